"""Wrong answers to `transform`, and the calls that tell them apart."""

import numpy as np

from book.by_hand import SEEN, affine_grid, grid_sample, network, shrink
from tests.judge import Case, Exercise

SIDE = 40


def constant(*theta):
    """A localisation network that gives the same theta for every picture: all weights are 0, the bias is theta."""
    return np.zeros((1, 100)), np.zeros(1), np.zeros((6, 1)), np.array(theta, float)


def drawn(seed, dtype, batch=3):
    """Canvases and a localisation network whose thetas lie around the identity and differ."""
    rng = np.random.default_rng(seed)
    shapes, scales = ((4, 100), (4,), (6, 4), (6,)), (0.1, 0.1, 0.3, 0.1)
    weights = [rng.normal(0, scale, shape) for shape, scale in zip(shapes, scales)]
    weights[3] += [0.8, 0.2, 0.1, -0.2, 0.7, 0.05]
    image = rng.normal(0, 1, (batch, 1, SIDE, SIDE))
    return image.astype(dtype), tuple(weight.astype(dtype) for weight in weights)


COLUMNS = np.tile(np.arange(float(SIDE)), (1, 1, SIDE, 1))  # each pixel holds the number of its column
CENTRES = (2 * np.arange(SEEN) + 1) / SEEN - 1

EXERCISE = Exercise(
    name="transform",
    answer="book.by_hand",
    gives=("seen", "grid", "theta"),
    cases=[
        Case(
            "each pixel holds the number of its column; theta looks at the middle, x = 0, from everywhere",
            COLUMNS,
            constant(0, 0, 0, 0, 0, 0),
            expected=(np.full((1, 1, SEEN, SEEN), 19.5), np.zeros((1, SEEN, SEEN, 2)), np.zeros((1, 2, 3))),
        ),
        Case(
            "the same canvas; theta looks at x = 1/2, which is between columns 29 and 30, and at y = -1/4",
            COLUMNS,
            constant(0, 0, 1 / 2, 0, 0, -1 / 4),
            expected=(
                np.full((1, 1, SEEN, SEEN), 29.5),
                np.broadcast_to([1 / 2, -1 / 4], (1, SEEN, SEEN, 2)),
                [[[0, 0, 1 / 2], [0, 0, -1 / 4]]],
            ),
        ),
        Case(
            "the same canvas and the identity: two columns in one",
            COLUMNS,
            constant(1, 0, 0, 0, 1, 0),
            expected=(
                np.broadcast_to(2 * np.arange(SEEN) + 0.5, (1, 1, SEEN, SEEN)),
                np.dstack(np.meshgrid(CENTRES, CENTRES))[None],
                [[[1, 0, 0], [0, 1, 0]]],
            ),
        ),
        Case("three random canvases and thetas", *drawn(0, "float64")),
        Case("three random canvases and thetas, float32", *drawn(1, "float32")),
    ],
)


def carried_out(image, localisation, fold=lambda six: six.reshape(-1, 2, 3), ways=(False, False), size=(SEEN, SEEN)):
    """The transformer with other ways to fold theta, other conventions of grid and sampler, or another size."""
    theta = fold(network(shrink(image), localisation))
    grid = affine_grid(theta, (len(image), 1, *size), align_corners=ways[0])
    return grid_sample(image, grid, align_corners=ways[1]), grid, theta


@EXERCISE.wrong(
    "theta is reshaped column by column",
    "your function fills the columns of theta first; the first three of the six numbers are its first row, "
    "`reshape(-1, 2, 3)`.",
    "sec-localisation-idea",
)
def by_columns(image, localisation):
    return carried_out(image, localisation, lambda six: six.reshape(-1, 3, 2).swapaxes(1, 2))


@EXERCISE.wrong(
    "`align_corners=True` in both calls",
    "your function passes `align_corners=True` to the grid and the sampler; here -1 and 1 are the outer edges of the "
    "pictures, `align_corners=False` in both.",
    "sec-grid-units",
)
def corners(image, localisation):
    return carried_out(image, localisation, ways=(True, True))


@EXERCISE.wrong(
    "`align_corners=True` in the grid only",
    "your function passes `align_corners=True` to `affine_grid`; the grid and the sampler have to agree, with `False` "
    "in both.",
    "sec-grid-units",
)
def corners_in_grid(image, localisation):
    return carried_out(image, localisation, ways=(True, False))


@EXERCISE.wrong(
    "`align_corners=True` in the sampler only",
    "your function passes `align_corners=True` to `grid_sample`; the grid and the sampler have to agree, with `False` "
    "in both.",
    "sec-grid-units",
)
def corners_in_sampler(image, localisation):
    return carried_out(image, localisation, ways=(False, True))


@EXERCISE.wrong(
    "The output has the canvas's size",
    "your grid has a point for each pixel of the canvas; it needs one for each pixel of the output, `SEEN` x `SEEN`.",
    "sec-layer-hand",
)
def canvas_size(image, localisation):
    return carried_out(image, localisation, size=image.shape[2:])


@EXERCISE.wrong(
    "The small picture is sampled",
    "your function samples the small picture; that one is for the localisation network alone, and the sampler reads "
    "the canvas itself.",
    "sec-layer-chain",
)
def small_read(image, localisation):
    _, grid, theta = carried_out(image, localisation)
    return grid_sample(shrink(image).reshape(-1, 1, 10, 10), grid), grid, theta


@EXERCISE.wrong(
    "theta comes first",
    "your function returns theta first, in the order of computation; return what was read first, then the grid, then "
    "theta.",
    "sec-layer-hand",
)
def theta_first(image, localisation):
    return carried_out(image, localisation)[::-1]


@EXERCISE.wrong(
    "Only what was read is returned",
    "your function returns only what was read; return the grid and theta as well, which the backward pass needs.",
    "sec-layer-hand",
)
def seen_alone(image, localisation):
    return carried_out(image, localisation)[0]


@EXERCISE.wrong(
    "theta is returned as six numbers",
    "your theta has the shape (N, 6) of the network's output; it should be two rows of three for each canvas, (N, 2, "
    "3).",
    "sec-layer-hand",
)
def flat_theta(image, localisation):
    seen, grid, theta = carried_out(image, localisation)
    return seen, grid, theta.reshape(-1, 6)


@EXERCISE.wrong(
    "The first theta is used for all",
    "your function uses the first theta for every canvas; each canvas has its own.",
    "sec-localisation-one",
)
def first_theta(image, localisation):
    return carried_out(image, localisation, lambda six: np.repeat(six[:1], len(six), axis=0).reshape(-1, 2, 3))


@EXERCISE.wrong(
    "The identity is added",
    "your function adds the identity to theta; the network's bias starts at the identity already, and its six outputs "
    "are theta.",
    "sec-localisation-start",
)
def identity_added(image, localisation):
    return carried_out(image, localisation, lambda six: six.reshape(-1, 2, 3) + np.eye(2, 3, dtype=six.dtype))


@EXERCISE.wrong(
    "The grid is returned as (y, x)",
    "your function returns the grid with y first; a point of the grid is (x, y), so return what `affine_grid` "
    "returned.",
    "sec-layer-hand",
)
def flipped(image, localisation):
    seen, grid, theta = carried_out(image, localisation)
    return seen, grid[..., ::-1], theta


@EXERCISE.wrong(
    "The localisation network sees the whole canvas",
    "your function gives the localisation network all pixels of the canvas, which do not fit its weights; it takes the "
    "small picture, `shrink(image)`.",
    "sec-layer-hand",
)
def whole_canvas(image, localisation):
    return network(image.reshape(len(image), -1), localisation)


@EXERCISE.right_too
def canvas_by_canvas(image, localisation):
    seen, grids, thetas = [], [], []
    for one in image:
        theta = network(shrink(one[None]), localisation).reshape(2, 3)
        x, y = np.meshgrid(CENTRES.astype(image.dtype), CENTRES.astype(image.dtype))
        grid = np.stack([x, y, np.ones_like(x)], axis=-1) @ theta.T
        seen.append(grid_sample(one[None], grid[None], align_corners=False)[0])
        grids.append(grid)
        thetas.append(theta)
    return np.stack(seen), np.stack(grids), np.stack(thetas)


@EXERCISE.right_too
def with_the_library(image, localisation):
    from stn_numpy import affine_sample

    theta = np.stack(np.split(network(shrink(image), localisation), 2, axis=1), axis=1)
    grid = affine_grid(theta, (len(image), 1, SEEN, SEEN))
    return [affine_sample(image, theta, (len(image), 1, SEEN, SEEN), align_corners=False), grid, theta]
