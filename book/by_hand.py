"""A spatial transformer that learns where to look, in NumPy, with every gradient by hand: python book/by_hand.py

A digit lies on a canvas, at any place and size. The localisation network sees the canvas and gives theta; theta maps
each pixel of a smaller picture to a point of the canvas; the sampler reads it there; the classifier reads the result.
Images are (N, C, H, W), points are (x, y), and a picture reaches from -1 to 1: its edges, or its outer centres."""
from pathlib import Path

import numpy as np

DIGIT, CANVAS, SEEN = 28, 40, 20  # pixels a side: of a digit, of the canvas, of what the classifier sees
SMALL, POOL, HIDDEN, CLASSES = 10, 4, 32, 10  # the localisation network sees 10 x 10 means of 4 x 4 pixels
BATCH, RATE, OWN_RATE = 64, 0.3, 0.03  # the localisation network has a learning rate of its own

def look_at(centre, share):  # chapter 2
    """Make the theta of a window from its middle, and from the share of width and height that it shows."""
    return np.concatenate([share[:, :, None] * np.eye(2, dtype=share.dtype), centre[:, :, None]], axis=2)

def compose_theta(first, second):  # chapter 2
    """Join two thetas into one: the second transformer reads the first one's output."""
    return first[:, :, :2] @ second + first * np.array([0, 0, 1], first.dtype)

def to_normalised(pixels, length, align_corners=False):  # chapter 3
    """Turn positions along one axis from pixels into units."""
    return (2 * pixels - (length - 1)) / max(length - align_corners, 1)

def to_pixels(coordinates, length, align_corners=False):  # chapter 3
    """Turn positions along one axis from units into pixels."""
    return (coordinates * (length - align_corners) + (length - 1)) / 2

def affine_grid(theta, size, align_corners=False):  # chapter 3
    """Compute the point that each output pixel reads: theta times its own point (x, y, 1)."""
    x, y = (to_normalised(np.arange(length, dtype=theta.dtype), length, align_corners) for length in (size[3], size[2]))
    points = np.dstack([*np.meshgrid(x, y), np.ones(size[2:], theta.dtype)]).reshape(-1, 3)
    return (points @ theta.swapaxes(1, 2)).reshape(-1, *size[2:], 2)

def neighbours(image, x, y):  # chapter 4
    """Read the four pixels around each point: upper left, upper right, lower left, lower right; zeros outside."""
    batch, channels, height, width = image.shape
    framed = np.pad(image, ((0, 0), (0, 0), (2, 2), (2, 2)))
    row, column = (np.clip(np.floor(at), -2, side).astype(int)[:, None] + 2 for at, side in ((y, height), (x, width)))
    first = (np.arange(batch * channels).reshape(batch, channels, 1, 1) * (height + 4) + row) * (width + 4) + column
    return [framed.take(first + step) for step in (0, 1, width + 4, width + 5)]

def bilinear_weights(x, y):  # chapter 4
    """Compute the weights of the same four pixels: the nearer, the larger."""
    f_x, f_y = x - np.floor(x), y - np.floor(y)
    return np.stack([(1 - f_x) * (1 - f_y), f_x * (1 - f_y), (1 - f_x) * f_y, f_x * f_y])

def grid_sample(image, grid, align_corners=False):  # chapter 4
    """Read an image at the points of a grid."""
    x, y = (to_pixels(grid[..., axis], image.shape[3 - axis], align_corners) for axis in (0, 1))
    return sum(weight[:, None] * pixel for weight, pixel in zip(bilinear_weights(x, y), neighbours(image, x, y)))

def shrink(image):  # chapter 5
    """Average squares of pixels: a small picture is enough to see where a digit lies."""
    return image.reshape(-1, SMALL, POOL, SMALL, POOL).mean(axis=2).mean(axis=3).reshape(-1, SMALL**2)

def network(inputs, weights):  # chapter 5
    """Compute linear, ReLU, linear: the localisation network, and the classifier too."""
    return np.maximum(inputs @ weights[0].T + weights[1], 0) @ weights[2].T + weights[3]

def identity_start(features, dtype=np.float32):  # chapter 5
    """Start the layer that gives theta so that every picture passes unchanged."""
    return np.zeros((6, features), dtype), np.array([1, 0, 0, 0, 1, 0], dtype)

def first_weights(rng, dtype=np.float32):  # chapter 5
    """Start all weights: the localisation network's four arrays, then the classifier's four."""
    sizes = (HIDDEN, SMALL**2), (HIDDEN, SEEN**2), (CLASSES, HIDDEN)
    random = [((rng.uniform(-1, 1, size) / size[1] ** 0.5).astype(dtype), np.zeros(size[0], dtype)) for size in sizes]
    return *random[0], *identity_start(HIDDEN, dtype), *random[1], *random[2]

def cross_entropy(logits, target):  # chapter 6
    """Average the negative log-probability of the right classes."""
    return (np.logaddexp.reduce(logits, axis=1) - logits[np.arange(len(target)), target]).mean()

def cross_entropy_backward(d_loss, logits, target):  # chapter 6
    """Subtract 1 from the probability of the right class; divide all probabilities by N."""
    probability = np.exp(logits - np.logaddexp.reduce(logits, axis=1, keepdims=True))
    return (probability - np.eye(logits.shape[1], dtype=logits.dtype)[target]) * (d_loss / len(target))

def linear_backward(d_out, inputs, weight, bias):  # chapter 6
    """Take a gradient back through `inputs @ weight.T + bias`."""
    return d_out @ weight, d_out.T @ inputs, d_out.sum(axis=0)

def network_backward(d_out, inputs, weights):  # chapter 6
    """Take a gradient back through `network`: to its inputs, and to its weights."""
    before = inputs @ weights[0].T + weights[1]
    d_hidden, *d_last = linear_backward(d_out, np.maximum(before, 0), *weights[2:])
    d_inputs, *d_first = linear_backward(d_hidden * (before > 0), inputs, *weights[:2])
    return d_inputs, (*d_first, *d_last)

def sampler_d_grid(d_out, image, grid, align_corners=False):  # chapter 7
    """Compute how the loss changes as each point of the grid moves, from the slopes between its four pixels."""
    x, y = (to_pixels(grid[..., axis], image.shape[3 - axis], align_corners) for axis in (0, 1))
    f_x, f_y = x - np.floor(x), y - np.floor(y)
    upper_left, upper_right, lower_left, lower_right = ((d_out * p).sum(axis=1) for p in neighbours(image, x, y))
    d_x = (upper_right - upper_left) * (1 - f_y) + (lower_right - lower_left) * f_y
    d_y = (lower_left - upper_left) * (1 - f_x) + (lower_right - upper_right) * f_x
    return np.stack([d * (image.shape[3 - axis] - align_corners) / 2 for axis, d in enumerate((d_x, d_y))], axis=-1)

def affine_grid_backward(d_grid, theta, align_corners=False):  # chapter 8
    """Sum the gradients of all points into theta's six numbers; the identity's grid is the output's own points."""
    own = affine_grid(np.eye(2, 3, dtype=theta.dtype)[None], (1, 1, *d_grid.shape[1:3]), align_corners)[0]
    points = np.dstack([own, np.ones(own.shape[:2], own.dtype)]).reshape(-1, 3)
    return d_grid.reshape(len(d_grid), -1, 2).swapaxes(1, 2) @ points

def transform(image, localisation):  # chapter 9
    """Predict theta, make the grid, sample the image; return the output, the grid and theta."""
    theta = network(shrink(image), localisation).reshape(-1, 2, 3)
    grid = affine_grid(theta, (len(image), 1, SEEN, SEEN), align_corners=False)
    return grid_sample(image, grid, align_corners=False), grid, theta

def transform_backward(d_seen, image, grid, theta, localisation):  # chapter 9
    """Take the output's gradient back to the weights of the localisation network."""
    d_grid = sampler_d_grid(d_seen, image, grid, align_corners=False)
    d_theta = affine_grid_backward(d_grid, theta, align_corners=False)
    return network_backward(d_theta.reshape(-1, 6), shrink(image), localisation)[1]

def sgd_step(groups, lr):  # chapter 10
    """Move all parameters against their gradients, a group at its own rate where it has one."""
    pairs = [(group.get("lr", lr), *pair) for group in groups for pair in zip(group["params"], group["grads"])]
    return tuple(param - rate * grad for rate, param, grad in pairs)

def training_step(weights, image, target, lr, own_lr):  # chapter 10
    """Go forward and back, and update all weights."""
    localisation, classifier = weights[:4], weights[4:]
    seen, grid, theta = transform(image, localisation)
    logits = network(seen.reshape(len(seen), -1), classifier)
    d_logits = cross_entropy_backward(1.0, logits, target)
    d_seen, d_classifier = network_backward(d_logits, seen.reshape(len(seen), -1), classifier)
    d_localisation = transform_backward(d_seen.reshape(seen.shape), image, grid, theta, localisation)
    groups = [dict(params=localisation, grads=d_localisation, lr=own_lr), dict(params=classifier, grads=d_classifier)]
    return sgd_step(groups, lr), cross_entropy(logits, target)

def digits(split):
    """Load "train" or "test": images (N, 1, 28, 28) from 0 to 1, labels (N,)."""
    with np.load(Path(__file__).resolve().parents[1] / "stn_numpy" / "datasets" / "mnist_small.npz") as arrays:
        return arrays[f"{split}_images"][:, None] / np.float32(255), arrays[f"{split}_labels"].astype(int)

def scatter(images, rng):
    """Put each digit on a canvas at a random place and size; its pose is the theta by which the canvas reads it."""
    size = rng.uniform(0.6, 1.2, (len(images), 1)).repeat(2, axis=1)
    place, share = rng.uniform(-1, 1, size.shape) * (1 - 0.6 * size), CANVAS / DIGIT / size
    pose = look_at(-place * share, share).astype(images.dtype)
    grid = affine_grid(pose, (len(images), 1, CANVAS, CANVAS), align_corners=False)
    return grid_sample(images, grid, align_corners=False), pose

def train(steps=3000, seed=0):  # chapter 10
    """Train on the same canvases with a transformer that is held at the identity, and with one that learns."""
    (images, labels), rng = digits("train"), np.random.default_rng(seed)
    weights, losses = [first_weights(rng)] * 2, np.empty((steps, 2))
    for step in range(steps):
        batch, left = rng.integers(len(images), size=BATCH), 1 - step / steps  # the rates fall evenly to 0
        canvas, _ = scatter(images[batch], rng)
        for k, own_rate in enumerate((0, OWN_RATE * left)):
            weights[k], losses[step, k] = training_step(weights[k], canvas, labels[batch], RATE * left, own_rate)
        if step % 300 == 299:
            plain, transformed = losses[step - 99:step + 1].mean(axis=0)
            print(f"step {step + 1} of {steps}: loss {plain:.2f} without a transformer, {transformed:.2f} with one")
    return weights, losses

def pose_left(pose, theta):  # chapter 10
    """Measure the pose that remains: standard deviations of place (in a digit's pixels), log size and degrees."""
    left = compose_theta(pose, theta)
    size = np.log(np.abs(np.linalg.det(left[:, :, :2]))) / 2
    turn = np.arctan2(left[:, 1, 0] - left[:, 0, 1], left[:, 0, 0] + left[:, 1, 1])
    return left[:, :, 2].std(axis=0).mean() * DIGIT / 2, size.std(), np.degrees(turn.std())

def report(weights, path="by_hand.png"):
    """Measure what was learned on test digits, and draw the first of each class."""
    (images, labels), answers, words = digits("test"), [], []
    canvas, pose = scatter(images, np.random.default_rng(1))
    for name, model in zip(("The canvas as it is", "Read at the points of the grid"), weights):
        seen, grid, theta = transform(canvas, model[:4])
        answers.append(network(seen.reshape(len(seen), -1), model[4:]).argmax(axis=1))
        words.append("{}: {:.1%} wrong; standard deviation of place {:.1f} pixels, of log size {:.2f}, of angle {:.1f}°"
                     .format(name, np.mean(answers[-1] != labels), *pose_left(pose, theta)))
    print(*words, path, sep="\n")
    draw(canvas, grid, seen, labels, answers, words).savefig(path)

def draw(canvas, grid, seen, labels, answers, words):
    """Draw canvases with their grids, and the outputs below; under each, the classifier's answer."""
    from matplotlib.figure import Figure
    figure = Figure(figsize=(10, 3.1), dpi=144, layout="constrained")
    figure.suptitle(words[0], fontsize=10)
    figure.supxlabel(words[1], fontsize=10)
    for axes, k in zip(figure.subplots(2, CLASSES).T, [np.argmax(labels == label) for label in range(CLASSES)]):
        for ax, image, answer, colour in zip(axes, (canvas, seen), answers, ("#0072B2", "#009E73")):
            ax.imshow(image[k, 0], cmap="gray", vmin=0, vmax=1)
            ax.set(xticks=[], yticks=[], autoscale_on=False, xlabel=f"{answer[k]} {'✗' * int(answer[k] != labels[k])}")
            ax.spines[:].set(color=colour, linewidth=2)
        points = to_pixels(grid[k], CANVAS, align_corners=False)
        dots, outline = points[::3, ::3].reshape(-1, 2), points[[0, 0, -1, -1, 0], [0, -1, -1, 0, 0]]
        axes[0].plot(*dots.T, ".", *outline.T, color="#D55E00", linewidth=1, markersize=1.5, clip_on=False)
    return figure

if __name__ == "__main__":
    import sys
    from exercises import mine  # with --mine, your own functions in place of these
    sys.exit(mine.main() if "--mine" in sys.argv else report(train()[0]))
