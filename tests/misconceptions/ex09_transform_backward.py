"""Wrong answers to `transform_backward`, and the calls that tell them apart."""

import numpy as np

from book.by_hand import (
    SEEN,
    affine_grid,
    affine_grid_backward,
    network,
    network_backward,
    sampler_d_grid,
    shrink,
    transform_backward,
)
from tests.judge import Case, Exercise

SIDE = 40
COLUMNS = np.tile(np.arange(float(SIDE)), (1, 1, SIDE, 1))  # each pixel holds the number of its column


def forward(image, localisation):
    """What `transform` returns after what is read: the grid and theta."""
    theta = network(shrink(image), localisation).reshape(-1, 2, 3)
    return affine_grid(theta, (len(image), 1, SEEN, SEEN), align_corners=False), theta


def constant(*theta):
    """A localisation network that gives the same theta for every picture: all weights are 0, the bias is theta."""
    return np.zeros((1, 100)), np.zeros(1), np.zeros((6, 1)), np.array(theta, float)


def one_pixel(row, column):
    """A gradient that is 1 at one pixel of what was read, and 0 elsewhere."""
    d_seen = np.zeros((1, 1, SEEN, SEEN))
    d_seen[0, 0, row, column] = 1
    return d_seen


def drawn(seed, dtype, batch=3):
    rng = np.random.default_rng(seed)
    shapes, scales = ((4, 100), (4,), (6, 4), (6,)), (0.1, 0.1, 0.3, 0.1)
    weights = [rng.normal(0, scale, shape) for shape, scale in zip(shapes, scales)]
    weights[3] += [0.8, 0.2, 0.1, -0.2, 0.7, 0.05]
    image, d_seen = rng.normal(0, 1, (batch, 1, SIDE, SIDE)), rng.normal(0, 0.1, (batch, 1, SEEN, SEEN))
    weights = tuple(weight.astype(dtype) for weight in weights)
    image = image.astype(dtype)
    return d_seen.astype(dtype), image, *forward(image, weights), weights


LOOKING = constant(0, 0, 0, 0, 0, 0)
ASIDE = constant(0, 0, 0.51, 0, 0, 0.26)
NOTHING = np.zeros((1, 100)), [0], np.zeros((6, 1))

EXERCISE = Exercise(
    name="transform_backward",
    answer="book.by_hand",
    gives=("d_weight_1", "d_bias_1", "d_weight_2", "d_bias_2"),
    cases=[
        Case(
            "each pixel holds the number of its column, and every pixel reads the middle; the gradient is 1 at the "
            "output pixel at x = 0.95, y = -0.05, and one unit of x is 20 pixels",
            one_pixel(9, 19),
            COLUMNS,
            *forward(COLUMNS, LOOKING),
            LOOKING,
            expected=(*NOTHING, [19, -1, 20, 0, 0, 0]),
        ),
        Case(
            "the same canvas on its side, so that the slope is in y, and the gradient 1 at x = -0.95, y = 0.05",
            one_pixel(10, 0),
            np.ascontiguousarray(COLUMNS.swapaxes(2, 3)),
            *forward(COLUMNS, ASIDE),
            ASIDE,
            expected=(*NOTHING, [0, 0, 0, -19, 1, 20]),
        ),
        Case("three random canvases and thetas", *drawn(0, "float64")),
        Case("three random canvases and thetas, float32", *drawn(1, "float32")),
    ],
)


def back(d_seen, image, grid, theta, localisation, ways=(False, False), change=lambda d_theta: d_theta):
    """The way back with other conventions of sampler and grid, or a change of theta's gradient."""
    d_grid = sampler_d_grid(d_seen, image, grid, align_corners=ways[0])
    d_theta = affine_grid_backward(d_grid, theta, align_corners=ways[1])
    return network_backward(change(d_theta).reshape(-1, 6), shrink(image), localisation)[1]


@EXERCISE.wrong(
    "`align_corners=True` in both calls",
    "your function passes `align_corners=True` to both backward functions; here -1 and 1 are the outer edges of the "
    "pictures, `align_corners=False` in both, as in the forward pass.",
    "sec-grid-units",
)
def corners(d_seen, image, grid, theta, localisation):
    return back(d_seen, image, grid, theta, localisation, (True, True))


@EXERCISE.wrong(
    "`align_corners=True` in the sampler only",
    "your function passes `align_corners=True` to `sampler_d_grid`; the forward pass had `False` in both calls, and "
    "so should the backward pass.",
    "sec-grid-units",
)
def corners_in_sampler(d_seen, image, grid, theta, localisation):
    return back(d_seen, image, grid, theta, localisation, (True, False))


@EXERCISE.wrong(
    "`align_corners=True` in the grid only",
    "your function passes `align_corners=True` to `affine_grid_backward`; the forward pass had `False` in both calls, "
    "and so should the backward pass.",
    "sec-grid-units",
)
def corners_in_grid(d_seen, image, grid, theta, localisation):
    return back(d_seen, image, grid, theta, localisation, (False, True))


@EXERCISE.wrong(
    "`d_theta` is flattened column by column",
    "your function flattens `d_theta` column by column; the forward pass reshaped six numbers to `theta` row by row, "
    "so use `reshape(-1, 6)`.",
    "sec-layer-hand",
)
def by_columns(d_seen, image, grid, theta, localisation):
    return back(d_seen, image, grid, theta, localisation, change=lambda d_theta: d_theta.swapaxes(1, 2))


@EXERCISE.wrong(
    "The gradient of the inputs is returned",
    "your function returns the first result of `network_backward`, the gradient of its inputs; return the second, the "
    "gradients of its four weights.",
    "sec-layer-hand",
)
def of_the_inputs(d_seen, image, grid, theta, localisation):
    d_grid = sampler_d_grid(d_seen, image, grid)
    return network_backward(affine_grid_backward(d_grid, theta).reshape(-1, 6), shrink(image), localisation)[0]


@EXERCISE.wrong(
    "Inputs and weights are returned",
    "your function returns the gradient of the network's inputs as well; nothing before the canvas is trained, so "
    "return the gradients of the four weights alone.",
    "sec-layer-hand",
)
def both(d_seen, image, grid, theta, localisation):
    d_grid = sampler_d_grid(d_seen, image, grid)
    return network_backward(affine_grid_backward(d_grid, theta).reshape(-1, 6), shrink(image), localisation)


@EXERCISE.wrong(
    "Only the shift's gradient is passed on",
    "your function passes on only the third column of `d_theta`; all six numbers of `theta` come from the "
    "localisation network, so all six gradients go back into it.",
    "sec-layer-hand",
)
def shift_alone(d_seen, image, grid, theta, localisation):
    shift = np.array([0, 0, 1], d_seen.dtype)
    return back(d_seen, image, grid, theta, localisation, change=lambda d_theta: d_theta * shift)


@EXERCISE.wrong(
    "x and y are exchanged",
    "your function exchanges the two rows of `d_theta`; the gradient of the grid is (x, y), x first, as in the grid, "
    "and needs no exchange.",
    "sec-layer-hand",
)
def rows_exchanged(d_seen, image, grid, theta, localisation):
    return back(d_seen, image, grid, theta, localisation, change=lambda d_theta: d_theta[:, ::-1])


@EXERCISE.wrong(
    "The mean over the points",
    "your function divides by the number of points; every point of the grid depends on `theta`, so their gradients "
    "are added.",
    "sec-layer-chain",
)
def mean_over_points(d_seen, image, grid, theta, localisation):
    return back(d_seen / d_seen.dtype.type(SEEN**2), image, grid, theta, localisation)


@EXERCISE.wrong(
    "The mean over the batch",
    "your function divides by N; the loss has already done so, and the gradients of the canvases are added.",
    "sec-layer-chain",
)
def mean_over_batch(d_seen, image, grid, theta, localisation):
    return back(d_seen / d_seen.dtype.type(len(image)), image, grid, theta, localisation)


@EXERCISE.wrong(
    "Every sign is reversed",
    "your gradients have the opposite sign; return the gradients themselves, and the step goes against them.",
    "sec-layer-chain",
)
def negative(d_seen, image, grid, theta, localisation):
    return back(-d_seen, image, grid, theta, localisation)


@EXERCISE.wrong(
    "The gradient per pixel, not per unit",
    "your function divides by the 20 pixels of a unit; `theta` is in normalised units, and `sampler_d_grid` already "
    "returns the gradient per unit.",
    "sec-layer-hand",
)
def per_pixel(d_seen, image, grid, theta, localisation):
    return back(d_seen / d_seen.dtype.type(SIDE / 2), image, grid, theta, localisation)


@EXERCISE.wrong(
    "The upstream gradient is left out",
    "your function computes as if `d_seen` were 1 everywhere; the backward pass starts with `d_seen`, the upstream "
    "gradient.",
    "sec-layer-chain",
)
def ones(d_seen, image, grid, theta, localisation):
    return transform_backward(np.ones_like(d_seen), image, grid, theta, localisation)


@EXERCISE.wrong(
    "The network's inputs are taken to be theta",
    "your function gives `network_backward` theta where it takes the network's inputs, and the shapes do not fit; the "
    "localisation network's inputs are `shrink(image)`.",
    "sec-layer-hand",
)
def theta_for_inputs(d_seen, image, grid, theta, localisation):
    return network_backward(theta.reshape(-1, 6), theta.reshape(-1, 6), localisation)


@EXERCISE.right_too
def canvas_by_canvas(d_seen, image, grid, theta, localisation):
    total = [np.zeros_like(weight) for weight in localisation]
    for n in range(len(image)):
        one = slice(n, n + 1)
        d_grid = sampler_d_grid(d_seen[one], image[one], grid[one], align_corners=False)
        six = affine_grid_backward(d_grid, theta[one], align_corners=False).reshape(1, 6)
        for k, gradient in enumerate(network_backward(six, shrink(image[one]), localisation)[1]):
            total[k] += gradient
    return tuple(total)


@EXERCISE.right_too
def written_out(d_seen, image, grid, theta, localisation):
    d_grid = sampler_d_grid(d_seen, image, grid)
    centres = ((2 * np.arange(SEEN) + 1) / SEEN - 1).astype(d_seen.dtype)
    d_x, d_y = d_grid[..., 0], d_grid[..., 1]
    six = [(d * by).sum(axis=(1, 2)) for d in (d_x, d_y) for by in (centres[None, None], centres[None, :, None], 1)]
    return list(network_backward(np.stack(six, axis=1), shrink(image), localisation)[1])
