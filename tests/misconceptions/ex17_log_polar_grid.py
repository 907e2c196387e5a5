"""Wrong answers to `log_polar_grid`, and the calls that tell them apart."""

import numpy as np

from stn_numpy import log_polar_grid, pixel_centres
from tests.judge import Case, Exercise

IDENTITY = np.array([[[1.0, 0, 0], [0, 1, 0]]])
RNG = np.random.default_rng(0)

EXERCISE = Exercise(
    name="log_polar_grid",
    answer="stn_numpy.log_polar",
    gives=("grid",),
    also=("log_polar_points",),
    cases=[
        Case(
            "the identity, three distances: 1/4, 1/2 and 1; the first and the last row look up, the middle one down",
            IDENTITY,
            (1, 1, 3, 3),
            align_corners=True,
            least_radius=0.25,
            expected=[
                [[[0, -0.25], [0, -0.5], [0, -1]], [[0, 0.25], [0, 0.5], [0, 1]], [[0, -0.25], [0, -0.5], [0, -1]]]
            ],
        ),
        Case(
            "five directions, two distances: up, right, down, left and up",
            IDENTITY,
            (1, 1, 5, 2),
            align_corners=True,
            least_radius=0.25,
            expected=[
                [
                    [[0, -0.25], [0, -1]],
                    [[0.25, 0], [1, 0]],
                    [[0, 0.25], [0, 1]],
                    [[-0.25, 0], [-1, 0]],
                    [[0, -0.25], [0, -1]],
                ]
            ],
        ),
        Case("a centre to the right, -1 and 1 are edges", IDENTITY + [[[0, 0, 0.5], [0, 0, 0]]], (1, 1, 4, 2), False),
        Case("two frames, turned, sheared and shifted", RNG.normal(size=(2, 2, 3)), (2, 3, 6, 4), False),
        Case("the same in float32", RNG.normal(size=(2, 2, 3)).astype("float32"), (2, 3, 3, 5), True),
    ],
)


def grid_of(theta, size, align_corners, point):
    """The grid of points that ``point(a, r)`` makes of angles and radii over which it is broadcast."""
    return place(theta, *point(*pixels(theta, size, align_corners)))


def pixels(theta, size, align_corners):
    y = pixel_centres(size[2], align_corners, theta.dtype)[:, None]
    return y, pixel_centres(size[3], align_corners, theta.dtype)[None]


def place(theta, x, y):
    x, y = np.broadcast_arrays(x, y)
    points = np.stack([x, y, np.ones_like(x)], axis=-1)
    return np.einsum("nab,ijb->nija", theta, points).astype(theta.dtype)


@EXERCISE.wrong(
    "Anticlockwise",
    "your rows go from up to the left; headings grow clockwise, from up to the right.",
    "sec-aerial-log-polar",
)
def anticlockwise(theta, size, align_corners=False, least_radius=0.05):
    y, x = pixels(theta, size, align_corners)
    a, r = np.pi * (y + 1), least_radius ** ((1 - x) / 2)
    return place(theta, -r * np.sin(a), -r * np.cos(a))


@EXERCISE.wrong(
    "Measured from the right",
    "your first direction is right, as for angles in mathematics; it should be up, (0, -1).",
    "sec-aerial-log-polar",
)
def from_the_right(theta, size, align_corners=False, least_radius=0.05):
    y, x = pixels(theta, size, align_corners)
    a, r = np.pi * (y + 1), least_radius ** ((1 - x) / 2)
    return place(theta, r * np.cos(a), r * np.sin(a))


@EXERCISE.wrong(
    "Rows are counted upwards",
    "your first direction is down; rows of a picture count downwards, so up is `-cos`.",
    "sec-aerial-log-polar",
)
def upside_down(theta, size, align_corners=False, least_radius=0.05):
    y, x = pixels(theta, size, align_corners)
    a, r = np.pi * (y + 1), least_radius ** ((1 - x) / 2)
    return place(theta, r * np.sin(a), r * np.cos(a))


@EXERCISE.wrong(
    "Distances grow linearly",
    "your distance grows by the same amount from column to column, a polar grid without the logarithm; the columns "
    "should be logarithms of distances, so that a change of scale shifts them.",
    "sec-aerial-log-polar",
)
def evenly(theta, size, align_corners=False, least_radius=0.05):
    y, x = pixels(theta, size, align_corners)
    a, r = np.pi * (y + 1), least_radius + (1 - least_radius) * (x + 1) / 2
    return place(theta, r * np.sin(a), -r * np.cos(a))


@EXERCISE.wrong(
    "The largest distance comes first",
    "your left edge has the distance 1; it should have the least distance, and the right edge 1.",
    "sec-aerial-log-polar",
)
def outside_first(theta, size, align_corners=False, least_radius=0.05):
    y, x = pixels(theta, size, align_corners)
    a, r = np.pi * (y + 1), least_radius ** ((1 + x) / 2)
    return place(theta, r * np.sin(a), -r * np.cos(a))


@EXERCISE.wrong(
    "The exponent is not halved",
    "your exponent runs from 2 to 0, so the least distance is squared; from x = -1 to x = 1 it should run from 1 to "
    "0, `(1 - x) / 2`.",
    "sec-aerial-log-polar",
)
def squared(theta, size, align_corners=False, least_radius=0.05):
    y, x = pixels(theta, size, align_corners)
    a, r = np.pi * (y + 1), least_radius ** (1 - x)
    return place(theta, r * np.sin(a), -r * np.cos(a))


@EXERCISE.wrong(
    "Half a circle",
    "your angle makes half a turn from y = -1 to y = 1; it should make a full turn, `pi * (y + 1)`.",
    "sec-aerial-log-polar",
)
def half_circle(theta, size, align_corners=False, least_radius=0.05):
    y, x = pixels(theta, size, align_corners)
    a, r = np.pi * (y + 1) / 2, least_radius ** ((1 - x) / 2)
    return place(theta, r * np.sin(a), -r * np.cos(a))


@EXERCISE.wrong(
    "The angle starts below",
    "your angle is `pi * y`, half a turn less than it should be; it should be `pi * (y + 1)`, which is 0 at the upper "
    "edge.",
    "sec-aerial-log-polar",
)
def begins_below(theta, size, align_corners=False, least_radius=0.05):
    y, x = pixels(theta, size, align_corners)
    a, r = np.pi * y, least_radius ** ((1 - x) / 2)
    return place(theta, r * np.sin(a) + 0 * a, -r * np.cos(a))


@EXERCISE.wrong(
    "Rows and columns are exchanged",
    "your rows are distances and your columns directions; rows should be directions and columns distances.",
    "sec-aerial-log-polar",
)
def exchanged(theta, size, align_corners=False, least_radius=0.05):
    y, x = pixels(theta, size, align_corners)
    a, r = np.pi * (x + 1), least_radius ** ((1 - y) / 2)
    return place(theta, r * np.sin(a), -r * np.cos(a))


@EXERCISE.wrong(
    "Only the centre",
    "your function adds the third column of `theta` and ignores the rest; apply the whole of `theta` to the points.",
    "sec-aerial-log-polar",
)
def centre_alone(theta, size, align_corners=False, least_radius=0.05):
    shift = np.zeros_like(theta)
    shift[:, 0, 0] = shift[:, 1, 1] = 1
    shift[:, :, 2] = theta[:, :, 2]
    return log_polar_grid(shift, size, align_corners, least_radius)


@EXERCISE.wrong(
    "The centre is missing",
    "your function leaves out the third column of `theta`; it is the centre and is added to every point.",
    "sec-aerial-log-polar",
)
def without_centre(theta, size, align_corners=False, least_radius=0.05):
    linear = theta.copy()
    linear[:, :, 2] = 0
    return log_polar_grid(linear, size, align_corners, least_radius)


@EXERCISE.wrong(
    "`theta` is not used",
    "your points are those of the identity; they should be mapped by `theta`.",
    "sec-aerial-log-polar",
)
def without_theta(theta, size, align_corners=False, least_radius=0.05):
    none = np.zeros_like(theta)
    none[:, 0, 0] = none[:, 1, 1] = 1
    return log_polar_grid(none, size, align_corners, least_radius)


@EXERCISE.wrong(
    "`theta` is transposed",
    "your function multiplies by the transpose of the linear part, which rotates the other way; a point is `theta @ "
    "(x, y, 1)`.",
    "sec-aerial-log-polar",
)
def transposed(theta, size, align_corners=False, least_radius=0.05):
    other = theta.copy()
    other[:, :, :2] = theta[:, :, :2].swapaxes(1, 2)
    return log_polar_grid(other, size, align_corners, least_radius)


@EXERCISE.wrong("y before x", "your last axis has y first; it has to be (x, y).", "sec-aerial-log-polar")
def swapped(theta, size, align_corners=False, least_radius=0.05):
    return log_polar_grid(theta, size, align_corners, least_radius)[..., ::-1].copy()


@EXERCISE.wrong(
    "The other `align_corners`",
    "your output points are those of the other convention; `align_corners=True` places -1 and 1 at the centres of the "
    "outermost pixels, `False` at the outer edges.",
    "sec-grid-units",
)
def other_corners(theta, size, align_corners=False, least_radius=0.05):
    return log_polar_grid(theta, size, not align_corners, least_radius)


@EXERCISE.wrong(
    "Rows are spaced by the width",
    "your function spaces the directions by the number of columns and the distances by the number of rows; `size` is "
    "(N, C, h, w), h directions and w distances.",
    "sec-aerial-log-polar",
)
def other_length(theta, size, align_corners=False, least_radius=0.05):
    (h, w), (y, x) = size[2:], (np.arange(length) for length in size[2:])
    y = 2 * y / (w - 1) - 1 if align_corners else (2 * y + 1) / w - 1
    x = 2 * x / (h - 1) - 1 if align_corners else (2 * x + 1) / h - 1
    angle, radius = np.pi * (y[:, None] + 1), least_radius ** ((1 - x) / 2)
    points = np.stack([radius * np.sin(angle), -radius * np.cos(angle), np.ones((h, w))], axis=-1).reshape(-1, 3)
    return (points.astype(theta.dtype) @ theta.swapaxes(1, 2)).reshape(-1, h, w, 2)


@EXERCISE.right_too
def by_loops(theta, size, align_corners=False, least_radius=0.05):
    y, x = pixels(theta, size, align_corners)
    out = np.zeros((len(theta), *size[2:], 2), theta.dtype)
    for n, i, j in np.ndindex(out.shape[:3]):
        a, r = np.pi * (float(y[i, 0]) + 1), least_radius ** ((1 - float(x[0, j])) / 2)
        out[n, i, j] = theta[n] @ np.array([r * np.sin(a), -r * np.cos(a), 1])
    return out


@EXERCISE.right_too
def by_exponentials(theta, size, align_corners=False, least_radius=0.05):
    y, x = pixels(theta, size, align_corners)
    points = -1j * np.exp(np.log(least_radius) * (1 - x) / 2 + 1j * np.pi * (y + 1))
    return place(theta, points.real.astype(theta.dtype), points.imag.astype(theta.dtype))
