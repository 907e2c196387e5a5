"""The still pictures of the explorables, drawn from the same data by the library itself."""

import base64
import io

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.patches import Rectangle

from .. import viz
from ..coordinates import pixel_centres
from ..grid import affine_grid
from ..linear import linear, relu
from ..loss import softmax
from ..pool import avg_pool2d
from ..projective import homography, projective_grid
from ..sampler import affine_sample, affine_sample_backward, grid_sample, grid_sample_backward
from ..theta import rotation_theta
from ..tps import bending_energy, control_points, tps_grid

IDENTITY = np.array([[[1.0, 0, 0], [0, 1, 0]]])
SIZE = (1, 1, 24, 24)


def draw_still(name: str, data: dict) -> bytes:
    """The still of one explorable, a PNG, from its data: each name is that of a function of this module."""
    with plt.rc_context():
        viz.use_style()
        figure, file = globals()[name](data), io.BytesIO()
        figure.savefig(file, format="png", dpi=120)
        plt.close(figure)
    return file.getvalue()


def turned_and_shifted(angle: np.ndarray, shift: np.ndarray) -> np.ndarray:
    """theta (N, 2, 3) of rotations (N,), in radians, and shifts along x (N,), in normalised units."""
    theta = rotation_theta(angle[:, None])
    theta[:, 0, 2] = shift
    return theta


def draw(data):
    """A small six in a corner of the canvas, the inputs of two trained classifiers, and their answers."""
    pose = np.array([[[1.0, 0, -0.4], [0, 1, 0.35]]]) * 40 / 28 / 0.7
    canvas = affine_sample(data["digits"][6][None, None], pose, (1, 1, 40, 40), align_corners=False)
    figure = plt.figure(figsize=(7.2, 3.2))
    shape = figure.add_gridspec(2, 3, width_ratios=(1.6, 1, 1), height_ratios=(1.7, 1))
    left = figure.add_subplot(shape[:, 0])
    viz.show_image(left, canvas[0], title="canvas", frame=viz.INPUT)
    for place, (name, title) in enumerate({"transformer": "with a transformer", "plain": "without one"}.items(), 1):
        *localisation, hidden, last = _layers(data[name])
        theta = _network(avg_pool2d(canvas, 4), *localisation).reshape(1, 2, 3) if localisation else IDENTITY
        seen = affine_sample(canvas, theta, (1, 1, 20, 20), align_corners=False)
        viz.show_image(figure.add_subplot(shape[0, place]), seen[0], title=title, frame=viz.OUTPUT)
        below = figure.add_subplot(shape[1, place])
        below.bar(range(10), softmax(_network(seen, hidden, last))[0], color=viz.OUTPUT)
        below.set(xticks=range(10), yticks=[], ylim=(0, 1))
        if localisation:
            grid = affine_grid(theta, seen.shape, align_corners=False)[0]
            viz.draw_grid_points(left, grid, (40, 40), align_corners=False)
            viz.draw_grid_outline(left, grid, (40, 40), align_corners=False)
    return figure


def _layers(texts):
    """Pairs of weight and bias, from float32 in base64."""
    flat = [np.frombuffer(base64.b64decode(text), "<f4").astype(np.float64) for text in texts]
    return [(weight.reshape(len(bias), -1), bias) for weight, bias in zip(flat[::2], flat[1::2])]


def _network(image, hidden, last):
    return linear(relu(linear(image.reshape(1, -1), *hidden)), *last)


def theta(data):
    """The digit with a turned frame, and the output."""
    image, turn = data["digit"][None, None], rotation_theta(np.radians([[30.0]]))
    figure, (left, right) = plt.subplots(1, 2, figsize=(5.6, 2.7))
    grid = affine_grid(turn, image.shape, align_corners=False)[0]
    viz.show_image(left, image[0], title="input", frame=viz.INPUT)
    viz.draw_grid_points(left, grid, (28, 28), align_corners=False)
    viz.draw_grid_outline(left, grid, (28, 28), align_corners=False)
    left.set(xlim=(-7, 34), ylim=(34, -7), facecolor=viz.OUTSIDE)
    out = affine_sample(image, turn, image.shape, align_corners=False)
    viz.show_image(right, out[0], title="output", frame=viz.OUTPUT)
    return figure


def neighbours(data):
    """A lattice of pixels, a point, and the rectangles that are its weights."""
    image = np.reshape(data["values"], (data["height"], data["width"])).astype(np.float64)
    x, y, left, top = 2.3, 1.4, 2, 1
    figure, ax = plt.subplots(figsize=(4.6, 3.1))
    viz.show_image(ax, image, frame=viz.INPUT, vmax=9)
    for k, colour in enumerate(("#56B4E9", "#0072B2", "#CFE5F3", "#0B3C5D")):
        start_x, start_y = (left, x)[k % 2 == 0], (top, y)[k < 2]
        wide, high = (x - left, left + 1 - x)[k % 2 == 0], (y - top, top + 1 - y)[k < 2]
        ax.add_patch(Rectangle((start_x, start_y), wide, high, facecolor=colour, edgecolor="white"))
        ax.plot(left + k % 2, top + k // 2, "o", color=colour, markersize=15, markeredgecolor="white")
    for (row, column), value in np.ndenumerate(image):
        near = row in (top, top + 1) and column in (left, left + 1)
        dark = (row - top, column - left) in ((0, 1), (1, 1)) if near else value < 5
        ax.text(column, row, f"{value:.0f}", ha="center", va="center", color="white" if dark else "black")
    ax.plot(x, y, "o", color=viz.GRID, markersize=8, markeredgecolor="white")
    point = 2 * np.array([[[[x, y]]]]) / (np.array(image.shape[::-1]) - 1) - 1
    value = grid_sample(image[None, None], point, align_corners=True).item()
    ax.set_title(f"column {x}, row {y}: {value:.2f} is read", color=viz.OUTPUT)
    return figure


def conventions(data):
    """Four pixels in both conventions, to scale."""
    figure, axes = plt.subplots(2, 1, figsize=(5.6, 2.4))
    for ax, corners in zip(axes, (False, True)):
        centres = pixel_centres(4, corners)
        step = centres[1] - centres[0]
        for centre in centres:
            ax.add_patch(Rectangle((centre - step / 2, -0.3), step, 0.6, facecolor="#E3EEF6", edgecolor=viz.INPUT))
        ax.plot(centres, 0 * centres, "o", color=viz.TEXT)
        for x in (-1, 0, 1):
            ax.plot([x, x], [-0.4, 0.42], color=viz.GRID, linewidth=1.2)
            ax.text(x, 0.5, f"{x}".replace("-", "\N{MINUS SIGN}"), color=viz.GRID, ha="center", va="bottom")
        ax.set(xlim=(-2, 2), ylim=(-0.4, 0.9), title=f"align_corners={corners}")
        ax.axis("off")
    return figure


def kink(data):
    """A row, the two slopes on its middle pixel, and the staircase with equation 7 on the pixels."""
    row = np.array(data["rows"]["hills"], float)
    places, steps = np.arange(-1, 6), np.diff([0, *row, 0])
    figure, (left, right) = plt.subplots(1, 2, figsize=(7.2, 2.6))
    left.plot(places, [0, *row, 0], color=viz.OUTPUT)
    left.plot(range(5), row, "s", color=viz.INPUT)
    for start, slope, line in ((1.25, steps[2], "--"), (2, steps[3], "-")):
        x = np.array([start, start + 0.75])
        left.plot(x, row[2] + slope * (x - 2), line, color=viz.GRADIENT, linewidth=3)
    left.plot(2, row[2], "o", color=viz.GRID, markersize=8)
    left.set(title="value read", xlabel="position, pixels")
    right.stairs(steps, places, baseline=None, color=viz.GRADIENT, linewidth=2)
    right.plot(range(5), row, "x", color=viz.TEXT, label="eq. 7 on a pixel")
    right.set(title="its slope", xlabel="position, pixels")
    right.legend(loc="lower left")
    return figure


def pulls(data):
    """Minus the gradient of each sampling point, for a four that has to turn."""
    image = data["image"][None, None]
    target = affine_sample(image, rotation_theta(np.radians([[12.0]])), SIZE, align_corners=False)
    d_out = affine_sample(image, IDENTITY, SIZE, align_corners=False) - target
    grid = affine_grid(IDENTITY, SIZE, align_corners=False)
    arrows = -grid_sample_backward(d_out, image, grid, align_corners=False)[1][0].reshape(-1, 2)
    x, y = (((grid[0] + 1) * 28 - 1) / 2).reshape(-1, 2).T
    figure, axes = plt.subplots(1, 3, figsize=(7.2, 2.6), width_ratios=(1.4, 1, 1))
    viz.show_image(axes[0], image[0], title="minus the gradient of each point", frame=viz.INPUT, vmax=1.5)
    scale = dict(angles="xy", scale_units="xy", scale=abs(arrows).max() / 4)
    axes[0].quiver(x, y, *arrows.T, color=viz.GRADIENT, width=0.006, **scale)
    viz.show_image(axes[1], target[0], title="target", frame=viz.OUTPUT)
    axes[2].imshow(d_out[0, 0], cmap="PuOr", vmin=-1, vmax=1)
    axes[2].set(title="output \N{MINUS SIGN} target", xticks=[], yticks=[])
    return figure


def landscape(data):
    """The loss over angle and shift, and a descent on it."""
    image = data["image"][None, None]
    target = affine_sample(image, turned_and_shifted(np.radians([25.0]), 0.15), SIZE, align_corners=False)

    def difference(turn):
        many = np.broadcast_to(image, (len(turn), *image.shape[1:]))
        return affine_sample(many, turn, (len(turn), *SIZE[1:]), align_corners=False) - target

    def slope_at(angle, shift):
        turn = turned_and_shifted(np.array([angle]), shift)
        d_theta = affine_sample_backward(difference(turn), image, turn, align_corners=False)[1]
        return np.array([(d_theta * rotation_theta(np.array([[angle + np.pi / 2]]))).sum(), d_theta[0, 0, 2]])

    angles, shifts = np.linspace(-np.pi, np.pi, 61), np.linspace(-2, 2, 41)
    height = [(difference(turned_and_shifted(angles, shift)) ** 2).sum(axis=(1, 2, 3)) / 2 for shift in shifts]
    path = [np.array([np.radians(45.0), 0.2])]
    for _ in range(40):
        path.append(path[-1] - [6e-4, 1.2e-4] * slope_at(*path[-1]))
    figure, ax = plt.subplots(figsize=(5.6, 3.1))
    figure.colorbar(ax.pcolormesh(np.degrees(angles), shifts, height, cmap="cividis", shading="nearest"), label="loss")
    ax.plot(*(np.array(path) * [180 / np.pi, 1]).T, "o-", color="white", markersize=2.5, linewidth=0.8)
    ax.plot(*(path[0] * [180 / np.pi, 1]), "o", color=viz.GRID, markersize=7)
    ax.set(xlabel="angle, degrees", ylabel="shift", xticks=[-180, -90, 0, 90, 180])
    return figure


def blurred(image: np.ndarray, spread: float) -> np.ndarray:
    """A picture (H, W) after a Gaussian of standard deviation `spread` pixels; mirrored at the frame."""
    reach = round(4 * spread)
    bell = np.exp(-(np.arange(-reach, reach + 1) ** 2) / (2 * spread**2))
    wide = np.pad(image, reach, mode="reflect")
    down = sum(b * wide[k : k + len(image)] for k, b in enumerate(bell / bell.sum()))
    return sum(b * down[:, k : k + image.shape[1]] for k, b in enumerate(bell / bell.sum()))


def aliasing(data):
    """Rings, shrunk to a quarter in four ways."""
    row, column = np.indices((112, 112)) - 55.5
    rings = (0.5 + 0.5 * np.cos(np.pi * 0.25 * (row**2 + column**2) / 56))[None, None]

    def read(picture, places):
        return affine_sample(picture, IDENTITY, (1, 1, places, places), align_corners=False)

    ways = {
        "bilinear alone": read(rings, 28),
        "pool by 2 first": read(avg_pool2d(rings, 2), 28),
        "blur first": read(blurred(rings[0, 0], 2.0)[None, None], 28),
        "pool by 2 after": avg_pool2d(read(rings, 56), 2),
    }
    figure, axes = plt.subplots(1, 5, figsize=(7.6, 1.9))
    viz.show_image(axes[0], rings[0], title="input", frame=viz.INPUT)
    for ax, (name, seen) in zip(axes[1:], ways.items()):
        viz.show_image(ax, seen[0], title=name, frame=viz.OUTPUT)
    return figure


def growing(data):
    """Outputs of the first run's transformer for ten digits, before, during and after training."""
    run, steps = next(iter(data["runs"].values())), data["steps"]
    images = np.stack(data["digits"])[:, None]
    figure, axes = plt.subplots(3, 10, figsize=(7.6, 2.5))
    for line, at in zip(axes, (0, 4, len(steps) - 1)):
        thetas = np.array(run["theta"][at], float).reshape(10, 2, 3)
        for ax, picture in zip(line, affine_sample(images, thetas, images.shape, align_corners=False)):
            viz.show_image(ax, picture, frame=viz.OUTPUT)
        error = "" if run["error"][at] is None else f"\n{100 * run['error'][at]:.1f}%"
        line[0].set_ylabel(f"{steps[at]:,} steps{error}", rotation=0, ha="right", va="center")
    return figure


turning = growing  # another run


def corners(data):
    """The leaning sheet with the output's corners on its own, the output, and the nearest affine map's."""
    image, on_sheet = data["sheet"][None, None], np.array([data["corners"]])
    square = np.array([[[-1.0, -1], [1, -1], [1, 1], [-1, 1]]])
    grid = projective_grid(homography(square, on_sheet), image.shape, align_corners=False)
    affine = np.linalg.lstsq(np.insert(square[0], 2, 1, axis=1), on_sheet[0], rcond=None)[0].T[None]
    figure, axes = plt.subplots(1, 3, figsize=(7.2, 2.7), width_ratios=(1.3, 1, 1))
    viz.show_image(axes[0], image[0], title="input", frame=viz.INPUT)
    viz.draw_grid_points(axes[0], grid[0, ::5, ::5], (56, 56), align_corners=False)
    axes[0].plot(*((np.concatenate([on_sheet[0], on_sheet[0, :1]]) + 1) * 28 - 0.5).T, color=viz.GRID)
    viz.show_image(axes[1], grid_sample(image, grid, align_corners=False)[0], title="output", frame=viz.OUTPUT)
    nearest = affine_sample(image, affine, image.shape, align_corners=False)[0]
    viz.show_image(axes[2], nearest, title="nearest affine map", frame=viz.OUTPUT)
    return figure


def winding(data):
    """The tile, its sixteen shares, and one number against the heading."""
    thing, heading, seam = data["thing"][None, None], 60.0, 60.0
    image = affine_sample(thing, rotation_theta(np.radians([[-heading]])), thing.shape, align_corners=False)
    turns = 2 * np.pi * np.arange(16) / 16
    copies = affine_sample(np.repeat(image, 16, 0), rotation_theta(turns[:, None]), (16, *thing.shape[1:]))
    scores = -150 * ((copies - thing) ** 2).mean(axis=(1, 2, 3))
    shares = np.exp(scores - scores.max()) / np.exp(scores - scores.max()).sum()
    figure = plt.figure(figsize=(7.2, 2.6))
    left, middle, right = (figure.add_subplot(1, 3, k + 1, polar=k == 1) for k in range(3))
    viz.show_image(left, image[0], title="tile", frame=viz.INPUT)
    middle.set(theta_zero_location="N", theta_direction=-1, yticks=[], xticks=turns[::4], title="sixteen shares")
    middle.bar(turns, shares, width=0.3, color=viz.GRID)
    half = 180 - seam / 2
    right.plot([-180, -half, half, 180], [0, -half, half, 0], color=viz.GRADIENT)
    right.plot([-180, 180], [-180, 180], ":", color=viz.GRID)
    right.set(xticks=[-180, 0, 180], yticks=[-180, 0, 180], title="one number", xlabel="heading, degrees")
    return figure


def bend(data):
    """An arch of sixteen control points, the output, and how far each point follows the sixth of them."""
    image, points = data["image"][None, None], control_points()
    arch = np.stack([0 * points[:, 0], 0.35 * np.cos(np.pi * points[:, 0])], axis=1)[None]
    grid = tps_grid(arch, image.shape, align_corners=False)
    one = np.zeros_like(arch)
    one[0, 5] = 1
    follows = tps_grid(one, image.shape, align_corners=False) - tps_grid(0 * one, image.shape, align_corners=False)
    figure, axes = plt.subplots(1, 3, figsize=(7.2, 2.7), width_ratios=(1.3, 1, 1))
    viz.show_image(axes[0], image[0], title=f"bending energy {bending_energy(arch).item():.1f}", frame=viz.INPUT)
    x, y = ((grid[0] + 1) * 14 - 0.5).transpose(2, 0, 1)[:, ::3, ::3]
    axes[0].plot(x, y, color=viz.GRID, linewidth=0.8)
    axes[0].plot(x.T, y.T, color=viz.GRID, linewidth=0.8)
    axes[0].plot(*((points + arch[0] + 1) * 14 - 0.5).T, "o", color=viz.GRID, markeredgecolor="white")
    axes[0].set(xlim=(-4, 31), ylim=(36, -9), facecolor=viz.OUTSIDE)
    viz.show_image(axes[1], grid_sample(image, grid, align_corners=False)[0], title="output", frame=viz.OUTPUT)
    axes[2].imshow(follows[0, ..., 0], cmap="PuOr", vmin=-1, vmax=1)
    axes[2].plot(*((points[5] + 1) * 14 - 0.5), "o", color=viz.GRID, markeredgecolor="white")
    axes[2].set(title="share in one point's move")
    axes[2].axis("off")
    return figure
