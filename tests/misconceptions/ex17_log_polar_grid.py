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
    "Counter-clockwise",
    "rows are headings, and headings grow clockwise: from up to the right; yours goes from up to the left.",
    "sec-aerial-log-polar",
)
def anticlockwise(theta, size, align_corners=False, least_radius=0.05):
    y, x = pixels(theta, size, align_corners)
    a, r = np.pi * (y + 1), least_radius ** ((1 - x) / 2)
    return place(theta, -r * np.sin(a), -r * np.cos(a))


@EXERCISE.wrong(
    "Counted from the right",
    "the first direction is up, (0, -1); yours begins on the right, where angles in mathematics begin.",
    "sec-aerial-log-polar",
)
def from_the_right(theta, size, align_corners=False, least_radius=0.05):
    y, x = pixels(theta, size, align_corners)
    a, r = np.pi * (y + 1), least_radius ** ((1 - x) / 2)
    return place(theta, r * np.cos(a), r * np.sin(a))


@EXERCISE.wrong(
    "Rows are counted upwards",
    "rows of a picture count downwards, so up is -cos; yours begins with what is below.",
    "sec-aerial-log-polar",
)
def upside_down(theta, size, align_corners=False, least_radius=0.05):
    y, x = pixels(theta, size, align_corners)
    a, r = np.pi * (y + 1), least_radius ** ((1 - x) / 2)
    return place(theta, r * np.sin(a), r * np.cos(a))


@EXERCISE.wrong(
    "Distances grow evenly",
    "columns are logarithms of distances, so that a scale is a shift; yours grows by the same length at each column, "
    "which is a polar grid without the logarithm.",
    "sec-aerial-log-polar",
)
def evenly(theta, size, align_corners=False, least_radius=0.05):
    y, x = pixels(theta, size, align_corners)
    a, r = np.pi * (y + 1), least_radius + (1 - least_radius) * (x + 1) / 2
    return place(theta, r * np.sin(a), -r * np.cos(a))


@EXERCISE.wrong(
    "The largest distance comes first",
    "the left edge is the least distance and the right edge 1; yours is the other way round.",
    "sec-aerial-log-polar",
)
def outside_first(theta, size, align_corners=False, least_radius=0.05):
    y, x = pixels(theta, size, align_corners)
    a, r = np.pi * (y + 1), least_radius ** ((1 + x) / 2)
    return place(theta, r * np.sin(a), -r * np.cos(a))


@EXERCISE.wrong(
    "The exponent is not halved",
    "from x = -1 to x = 1 the exponent goes from 1 to 0, so it is (1 - x) / 2; yours goes from 2, and the least "
    "distance is squared.",
    "sec-aerial-log-polar",
)
def squared(theta, size, align_corners=False, least_radius=0.05):
    y, x = pixels(theta, size, align_corners)
    a, r = np.pi * (y + 1), least_radius ** (1 - x)
    return place(theta, r * np.sin(a), -r * np.cos(a))


@EXERCISE.wrong(
    "Half a circle",
    "from y = -1 to y = 1 the angle makes a full turn, pi * (y + 1); yours makes half of one.",
    "sec-aerial-log-polar",
)
def half_circle(theta, size, align_corners=False, least_radius=0.05):
    y, x = pixels(theta, size, align_corners)
    a, r = np.pi * (y + 1) / 2, least_radius ** ((1 - x) / 2)
    return place(theta, r * np.sin(a), -r * np.cos(a))


@EXERCISE.wrong(
    "The angle begins below",
    "the angle is pi * (y + 1), 0 at the upper edge; yours is pi * y, half a turn less.",
    "sec-aerial-log-polar",
)
def begins_below(theta, size, align_corners=False, least_radius=0.05):
    y, x = pixels(theta, size, align_corners)
    a, r = np.pi * y, least_radius ** ((1 - x) / 2)
    return place(theta, r * np.sin(a) + 0 * a, -r * np.cos(a))


@EXERCISE.wrong(
    "Rows and columns are exchanged",
    "rows are directions and columns distances; yours has it the other way round.",
    "sec-aerial-log-polar",
)
def exchanged(theta, size, align_corners=False, least_radius=0.05):
    y, x = pixels(theta, size, align_corners)
    a, r = np.pi * (x + 1), least_radius ** ((1 - y) / 2)
    return place(theta, r * np.sin(a), -r * np.cos(a))


@EXERCISE.wrong(
    "The centre alone",
    "all of theta is applied to the points; yours adds its third column and forgets the rest.",
    "sec-aerial-log-polar",
)
def centre_alone(theta, size, align_corners=False, least_radius=0.05):
    shift = np.zeros_like(theta)
    shift[:, 0, 0] = shift[:, 1, 1] = 1
    shift[:, :, 2] = theta[:, :, 2]
    return log_polar_grid(shift, size, align_corners, least_radius)


@EXERCISE.wrong(
    "Without the centre",
    "the third column of theta is the centre and is added to every point; yours leaves it out.",
    "sec-aerial-log-polar",
)
def without_centre(theta, size, align_corners=False, least_radius=0.05):
    linear = theta.copy()
    linear[:, :, 2] = 0
    return log_polar_grid(linear, size, align_corners, least_radius)


@EXERCISE.wrong(
    "Theta plays no part",
    "the points are mapped by theta; yours are those of the identity, whatever the frame.",
    "sec-aerial-log-polar",
)
def without_theta(theta, size, align_corners=False, least_radius=0.05):
    none = np.zeros_like(theta)
    none[:, 0, 0] = none[:, 1, 1] = 1
    return log_polar_grid(none, size, align_corners, least_radius)


@EXERCISE.wrong(
    "Theta is transposed",
    "a point is theta @ (x, y, 1); yours has the 2 x 2 part the other way round, which turns backwards.",
    "sec-aerial-log-polar",
)
def transposed(theta, size, align_corners=False, least_radius=0.05):
    other = theta.copy()
    other[:, :, :2] = theta[:, :, :2].swapaxes(1, 2)
    return log_polar_grid(other, size, align_corners, least_radius)


@EXERCISE.wrong("y before x", "the last axis is (x, y); yours has y first.", "sec-aerial-log-polar")
def swapped(theta, size, align_corners=False, least_radius=0.05):
    return log_polar_grid(theta, size, align_corners, least_radius)[..., ::-1].copy()


@EXERCISE.wrong(
    "The other align_corners",
    "the output's own points lie where align_corners says; yours has the other convention.",
    "sec-grid-units",
)
def other_corners(theta, size, align_corners=False, least_radius=0.05):
    return log_polar_grid(theta, size, not align_corners, least_radius)


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
