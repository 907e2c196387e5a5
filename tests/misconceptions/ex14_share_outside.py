"""Wrong answers to `share_outside`, and the calls that tell them apart.

By hand: an output of 2 x 2 whose -1 and 1 are centres has its points in the corners; one of 4 x 4 whose -1 and 1 are
edges has them at -3/4, -1/4, 1/4 and 3/4 along both axes. Numbers are halves and quarters, so that a point that lies
exactly at 1 does so after rounding as well.
"""

import numpy as np

from stn_numpy import affine_grid
from tests.judge import Case, Exercise


def theta(*entries):
    return np.array(entries, "float64").reshape(1, 2, 3)


IDENTITY = theta(1, 0, 0, 0, 1, 0)
RIGHT = theta(1, 0, 0.5, 0, 1, 0)
BOTH = np.concatenate([theta(1, 0, 0.5, 0, 1, 0.5), theta(1, 0, 0, 0, 1, 0), theta(1, 0, -3, 0, 1, 0)])
RNG = np.random.default_rng(0)
BENT = np.array([[[1.0, 0, 0], [0, 1, 0]]] * 3) + 0.6 * RNG.standard_normal((3, 2, 3))

EXERCISE = Exercise(
    name="share_outside",
    answer="tests.solutions",
    gives=("share",),
    cases=[
        Case(
            "4 x 4 points, -1 and 1 are edges, a step of half a unit to the right: one column of four leaves",
            RIGHT,
            (1, 1, 4, 4),
            align_corners=False,
            expected=[0.25],
        ),
        Case(
            "2 x 2 points in the corners: the identity leaves none outside",
            IDENTITY,
            (1, 1, 2, 2),
            align_corners=True,
            expected=[0],
        ),
        Case(
            "2 x 2 points in the corners, half a unit up: the upper row leaves",
            theta(1, 0, 0, 0, 1, -0.5),
            (1, 1, 2, 2),
            align_corners=True,
            expected=[0.5],
        ),
        Case(
            "half a unit to the right and down; as it is; three units to the left",
            BOTH,
            (3, 1, 4, 4),
            align_corners=False,
            expected=[7 / 16, 0, 1],
        ),
        Case(
            "the same three, with -1 and 1 as centres", BOTH, (3, 1, 5, 5), align_corners=True, expected=[9 / 25, 0, 1]
        ),
        Case(
            "two rows and four columns, an eighth of a turn towards the corners",
            theta(1, 1, 0, -1, 1, 0),
            (1, 1, 2, 4),
            align_corners=False,
            expected=[0.5],
        ),
        Case("three bent thetas, three rows and seven columns", BENT, (3, 2, 3, 7), align_corners=False),
        Case("three bent thetas, -1 and 1 are centres", BENT, (3, 2, 5, 4), align_corners=True),
    ],
)


def outside(theta, size, align_corners):
    """For each point (N, h, w, 2), whether each of its coordinates is outside."""
    return abs(affine_grid(theta, size, align_corners)) > 1


@EXERCISE.wrong(
    "Outside only if both coordinates are",
    "your function counts a point only if both of its coordinates are outside; one is enough, so use `any`, not `all`.",
    "sec-layer-failures",
)
def both_needed(theta, size, align_corners=False):
    return outside(theta, size, align_corners).all(axis=-1).mean(axis=(1, 2))


@EXERCISE.wrong(
    "Coordinates are counted, not points",
    "your function counts coordinates; a point has two and counts once, so join them with `any(axis=-1)` before you "
    "take the mean.",
    "sec-layer-failures",
)
def coordinates(theta, size, align_corners=False):
    return outside(theta, size, align_corners).mean(axis=(1, 2, 3))


@EXERCISE.wrong(
    "Only x is checked",
    "your function checks x alone; a point can also lie above or below the image, so check both coordinates.",
    "sec-layer-failures",
)
def x_alone(theta, size, align_corners=False):
    return outside(theta, size, align_corners)[..., 0].mean(axis=(1, 2))


@EXERCISE.wrong(
    "Only y is checked",
    "your function checks y alone; a point can also lie left or right of the image, so check both coordinates, of "
    "which x comes first in the last axis.",
    "sec-layer-failures",
)
def y_alone(theta, size, align_corners=False):
    return outside(theta, size, align_corners)[..., 1].mean(axis=(1, 2))


@EXERCISE.wrong(
    "Only above 1",
    "your function checks only for coordinates above 1; one below -1 is outside as well, so take the absolute value.",
    "sec-layer-failures",
)
def one_side(theta, size, align_corners=False):
    return (affine_grid(theta, size, align_corners) > 1).any(axis=-1).mean(axis=(1, 2))


@EXERCISE.wrong(
    "The edge counts as outside",
    "your function compares with `>=`, but a point exactly at -1 or 1 is inside; with `align_corners=True` the "
    "identity has a whole rim of such points, so compare with `>`.",
    "sec-grid-units",
)
def edge_outside(theta, size, align_corners=False):
    return (abs(affine_grid(theta, size, align_corners)) >= 1).any(axis=-1).mean(axis=(1, 2))


@EXERCISE.wrong(
    "A circle instead of the image",
    "your function compares the distance from the middle; the image is a square in normalised units, with corners at "
    "a distance of 1.41, so compare each coordinate.",
    "sec-grid-units",
)
def circle(theta, size, align_corners=False):
    return (np.linalg.norm(affine_grid(theta, size, align_corners), axis=-1) > 1).mean(axis=(1, 2))


@EXERCISE.wrong("The share inside", "your function returns the share inside; subtract it from 1.", "sec-layer-failures")
def inside(theta, size, align_corners=False):
    return 1 - outside(theta, size, align_corners).any(axis=-1).mean(axis=(1, 2))


@EXERCISE.wrong(
    "A count instead of a share",
    "your function returns a number of points; divide it by h * w, or take the mean instead of the sum.",
    "sec-clinic-numbers",
)
def count(theta, size, align_corners=False):
    return outside(theta, size, align_corners).any(axis=-1).sum(axis=(1, 2)).astype(float)


@EXERCISE.wrong(
    "One share for the whole batch",
    "your function takes one mean over the whole batch; each image has its own theta, so take the mean over rows and "
    "columns alone.",
    "sec-clinic-numbers",
)
def whole_batch(theta, size, align_corners=False):
    share = outside(theta, size, align_corners).any(axis=-1).mean()
    return np.full(len(theta), share)


@EXERCISE.wrong(
    "Whether a point is outside, not how many",
    "your function returns whether any point is outside; one corner past the edge does little harm, so take the mean "
    "over the points.",
    "sec-clinic-numbers",
)
def any_point(theta, size, align_corners=False):
    return outside(theta, size, align_corners).any(axis=(1, 2, 3)).astype(float)


@EXERCISE.wrong(
    "The other `align_corners`",
    "your function exchanges the two conventions; with `align_corners=True` the outermost points are at -1 and 1, "
    "with `False` half a pixel inside.",
    "sec-grid-units",
)
def other_convention(theta, size, align_corners=False):
    return outside(theta, size, not align_corners).any(axis=-1).mean(axis=(1, 2))


@EXERCISE.wrong(
    "`align_corners` is ignored, centres always",
    "your first point is at -1 even where `align_corners=False`; there -1 and 1 are the edges, and the first point "
    "should lie half a pixel inside, at `-1 + 1 / w`.",
    "sec-grid-units",
)
def always_centres(theta, size, align_corners=False):
    return outside(theta, size, True).any(axis=-1).mean(axis=(1, 2))


@EXERCISE.wrong(
    "`align_corners` is ignored, edges always",
    "your first point lies half a pixel inside even where `align_corners=True`; there the outermost points should be "
    "at -1 and 1.",
    "sec-grid-units",
)
def always_edges(theta, size, align_corners=False):
    return outside(theta, size, False).any(axis=-1).mean(axis=(1, 2))


@EXERCISE.wrong(
    "The shift is left out",
    "your function leaves out the third column of `theta`, which moves every point; the point to multiply is (x, y, "
    "1), not (x, y).",
    "sec-grid-idea",
)
def without_shift(theta, size, align_corners=False):
    still = theta.copy()
    still[:, :, 2] = 0
    return outside(still, size, align_corners).any(axis=-1).mean(axis=(1, 2))


@EXERCISE.wrong(
    "x and y are swapped",
    "your function exchanges rows and columns, in the point or in the size (N, C, h, w); `theta` takes (x, y, 1), the "
    "column's position before the row's.",
    "sec-grid-trap",
)
def swapped(theta, size, align_corners=False):
    return outside(theta[:, :, [1, 0, 2]], size, align_corners).any(axis=-1).mean(axis=(1, 2))


@EXERCISE.wrong(
    "`theta` is transposed",
    "your function multiplies by the transpose of the linear part; each point is `theta @ (x, y, 1)`, so the first "
    "row of `theta` gives x.",
    "sec-grid-idea",
)
def transposed(theta, size, align_corners=False):
    turned = theta.copy()
    turned[:, :, :2] = theta[:, :, :2].swapaxes(1, 2)
    return outside(turned, size, align_corners).any(axis=-1).mean(axis=(1, 2))


@EXERCISE.wrong(
    "Only the four corners",
    "your function checks the four corners, which are the first points to leave the image; check all h * w points.",
    "sec-clinic-numbers",
)
def corners_alone(theta, size, align_corners=False):
    there = outside(theta, size, align_corners).any(axis=-1)[:, [0, 0, -1, -1], [0, -1, 0, -1]]
    return there.mean(axis=1)


@EXERCISE.wrong(
    "Pixel bounds for normalised units",
    "your function compares with 0 and the last pixel; `theta` gives positions from -1 to 1, so compare with those.",
    "sec-grid-units",
)
def pixel_bounds(theta, size, align_corners=False):
    grid = affine_grid(theta, size, align_corners)
    return ((grid < 0) | (grid > np.array(size[:1:-1]) - 1)).any(axis=-1).mean(axis=(1, 2))


@EXERCISE.wrong(
    "The two shares are multiplied",
    "your function multiplies the share outside in x by the share outside in y; a point is outside as soon as one of "
    "its coordinates is, so check point by point.",
    "sec-clinic-numbers",
)
def shares_multiplied(theta, size, align_corners=False):
    there = outside(theta, size, align_corners)
    return there[..., 0].mean(axis=(1, 2)) * there[..., 1].mean(axis=(1, 2))


@EXERCISE.wrong(
    "The two shares are added",
    "your function adds the share outside in x and the share outside in y; a point whose coordinates are both outside "
    "should count once.",
    "sec-clinic-numbers",
)
def shares_added(theta, size, align_corners=False):
    return outside(theta, size, align_corners).sum(axis=-1).mean(axis=(1, 2))


@EXERCISE.wrong("A percentage", "your function returns a percentage; a share runs from 0 to 1.", "sec-clinic-numbers")
def per_cent(theta, size, align_corners=False):
    return 100 * outside(theta, size, align_corners).any(axis=-1).mean(axis=(1, 2))


@EXERCISE.wrong(
    "Only below -1",
    "your function checks only for coordinates below -1; one above 1 is outside as well, so take the absolute value.",
    "sec-layer-failures",
)
def other_side(theta, size, align_corners=False):
    return (affine_grid(theta, size, align_corners) < -1).any(axis=-1).mean(axis=(1, 2))


@EXERCISE.wrong(
    "`theta` is inverted",
    "your function inverts `theta`; `theta` already maps each point of the output to the input.",
    "sec-grid-pull",
)
def inverted(theta, size, align_corners=False):
    linear = np.linalg.pinv(theta[:, :, :2])
    back = np.concatenate([linear, -linear @ theta[:, :, 2:]], axis=2)
    return outside(back, size, align_corners).any(axis=-1).mean(axis=(1, 2))


@EXERCISE.wrong(
    "Outside from the outermost centres on",
    "with `align_corners=False` your function counts a point as outside from the outermost centres on, `1 - 1 / w`; "
    "outside is beyond -1 or 1 in both conventions.",
    "sec-grid-units",
)
def beyond_the_centres(theta, size, align_corners=False):
    reach = 1 - (0 if align_corners else 1) / np.array(size[:1:-1])
    return (abs(affine_grid(theta, size, align_corners)) > reach + 1e-12).any(axis=-1).mean(axis=(1, 2))


@EXERCISE.wrong(
    "Divided by all points of the batch",
    "your function divides each image's number of points by N * h * w; an image has h * w points.",
    "sec-clinic-numbers",
)
def divided_by_all(theta, size, align_corners=False):
    return outside(theta, size, align_corners).any(axis=-1).sum(axis=(1, 2)) / (len(theta) * size[2] * size[3])


@EXERCISE.wrong(
    "A circle around the corners",
    "your function counts a point as outside if it lies further from the middle than the image's corners; it is "
    "outside as soon as one of its coordinates is.",
    "sec-grid-units",
)
def circle_round_corners(theta, size, align_corners=False):
    return ((affine_grid(theta, size, align_corners) ** 2).sum(axis=-1) > 2).mean(axis=(1, 2))


@EXERCISE.wrong(
    "A diamond instead of the image",
    "your function adds the absolute values of x and y; a point is outside as soon as one of its coordinates is.",
    "sec-grid-units",
)
def diamond(theta, size, align_corners=False):
    return (abs(affine_grid(theta, size, align_corners)).sum(axis=-1) > 1).mean(axis=(1, 2))


@EXERCISE.wrong(
    "Rows are counted, not points",
    "your function counts the rows of the output that have a point outside; count the points.",
    "sec-layer-failures",
)
def rows_with_any(theta, size, align_corners=False):
    return outside(theta, size, align_corners).any(axis=(-1, -2)).mean(axis=1)


@EXERCISE.wrong(
    "The points are rounded",
    "your function rounds the coordinates, so a point counts as outside only beyond 1.5; compare the coordinates "
    "themselves.",
    "sec-layer-failures",
)
def rounded(theta, size, align_corners=False):
    return (abs(np.rint(affine_grid(theta, size, align_corners))) > 1).any(axis=-1).mean(axis=(1, 2))


@EXERCISE.wrong(
    "Only the mean point",
    "your function checks whether the mean of the points is outside; check each point and then take the mean.",
    "sec-layer-failures",
)
def mean_point(theta, size, align_corners=False):
    return (abs(affine_grid(theta, size, align_corners).mean(axis=(1, 2))) > 1).any(axis=-1).astype("float64")


@EXERCISE.wrong(
    "The limit is half a pixel too far out",
    "your function counts a point as outside only half an output pixel beyond -1 or 1; it is outside as soon "
    "as a coordinate is less than -1 or greater than 1.",
    "sec-grid-units",
)
def half_a_pixel_more(theta, size, align_corners=False):
    limit = 1 + 1 / np.array(size[:1:-1])
    return (abs(affine_grid(theta, size, align_corners)) > limit).any(axis=-1).mean(axis=(1, 2))


@EXERCISE.right_too
def with_loops(theta, size, align_corners=False):
    batch, _, height, width = size
    share = np.zeros(batch)
    for n in range(batch):
        for i in range(height):
            for j in range(width):
                if align_corners:
                    x, y = -1 + 2 * j / (width - 1), -1 + 2 * i / (height - 1)
                else:
                    x, y = (2 * j + 1) / width - 1, (2 * i + 1) / height - 1
                x_s, y_s = theta[n] @ np.array([x, y, 1])
                share[n] += not (-1 <= x_s <= 1 and -1 <= y_s <= 1)
    return share / (height * width)


@EXERCISE.right_too
def by_largest_coordinate(theta, size, align_corners=False):
    return (abs(affine_grid(theta, size, align_corners)).max(axis=3) > 1).reshape(len(theta), -1).mean(axis=1)


@EXERCISE.wrong(
    "Points with both coordinates outside do not count",
    "your function leaves out points with both coordinates outside, as an exclusive or does; a point is outside if x "
    "is, if y is, or if both are.",
    "sec-layer-failures",
)
def one_of_two(theta, size, align_corners=False):
    return (outside(theta, size, align_corners).sum(axis=-1) == 1).mean(axis=(1, 2))
