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
    "Outside only where both coordinates are",
    "a point beside the picture is outside although its height "
    "is right, so one of the two coordinates is enough: any, not all.",
    "sec-layer-failures",
)
def both_needed(theta, size, align_corners=False):
    return outside(theta, size, align_corners).all(axis=-1).mean(axis=(1, 2))


@EXERCISE.wrong(
    "Coordinates are counted, not points",
    "a point has two coordinates and counts once; join them with any(axis=-1) before you take the mean.",
    "sec-layer-failures",
)
def coordinates(theta, size, align_corners=False):
    return outside(theta, size, align_corners).mean(axis=(1, 2, 3))


@EXERCISE.wrong(
    "Only x is looked at",
    "a point can leave through the top and the bottom as well, so look at both coordinates.",
    "sec-layer-failures",
)
def x_alone(theta, size, align_corners=False):
    return outside(theta, size, align_corners)[..., 0].mean(axis=(1, 2))


@EXERCISE.wrong(
    "Only y is looked at",
    "a point can leave to the left and to the right as well, so look at both "
    "coordinates; the first of the last axis is x.",
    "sec-layer-failures",
)
def y_alone(theta, size, align_corners=False):
    return outside(theta, size, align_corners)[..., 1].mean(axis=(1, 2))


@EXERCISE.wrong(
    "One side only",
    "a coordinate below -1 is outside as much as one above 1; take its absolute value.",
    "sec-layer-failures",
)
def one_side(theta, size, align_corners=False):
    return (affine_grid(theta, size, align_corners) > 1).any(axis=-1).mean(axis=(1, 2))


@EXERCISE.wrong(
    "The edge counts as outside",
    "a point exactly at -1 or 1 is inside, so compare with > and not with "
    ">=; with align_corners=True the identity has a whole rim of such points.",
    "sec-grid-units",
)
def edge_outside(theta, size, align_corners=False):
    return (abs(affine_grid(theta, size, align_corners)) >= 1).any(axis=-1).mean(axis=(1, 2))


@EXERCISE.wrong(
    "A circle for the picture",
    "the picture is a square in normalised units, and its corners are at "
    "distance 1.41 from the middle; compare each coordinate, not the distance.",
    "sec-grid-units",
)
def circle(theta, size, align_corners=False):
    return (np.linalg.norm(affine_grid(theta, size, align_corners), axis=-1) > 1).mean(axis=(1, 2))


@EXERCISE.wrong(
    "The share inside", "the share outside is required, and yours is the rest; take it from 1.", "sec-layer-failures"
)
def inside(theta, size, align_corners=False):
    return 1 - outside(theta, size, align_corners).any(axis=-1).mean(axis=(1, 2))


@EXERCISE.wrong(
    "A count, not a share",
    "divide by the number of points, h * w, or take the mean in place of the sum.",
    "sec-clinic-numbers",
)
def count(theta, size, align_corners=False):
    return outside(theta, size, align_corners).any(axis=-1).sum(axis=(1, 2)).astype(float)


@EXERCISE.wrong(
    "One share for the whole batch",
    "each image has a theta of its own, and one that has run off must not "
    "hide among the others; take the mean over rows and columns alone.",
    "sec-clinic-numbers",
)
def whole_batch(theta, size, align_corners=False):
    share = outside(theta, size, align_corners).any(axis=-1).mean()
    return np.full(len(theta), share)


@EXERCISE.wrong(
    "Whether a point is outside, not how many",
    "a theta that reads one corner past the edge is no "
    "trouble, one that reads nothing else is; take the mean over the points, not whether there is any.",
    "sec-clinic-numbers",
)
def any_point(theta, size, align_corners=False):
    return outside(theta, size, align_corners).any(axis=(1, 2, 3)).astype(float)


@EXERCISE.wrong(
    "The other align_corners",
    "with True the outermost points are at -1 and 1, with False half a pixel "
    "inside; yours does it the other way round.",
    "sec-grid-units",
)
def other_convention(theta, size, align_corners=False):
    return outside(theta, size, not align_corners).any(axis=-1).mean(axis=(1, 2))


@EXERCISE.wrong(
    "align_corners is ignored, centres always",
    "with False, -1 and 1 are edges, so the output's first "
    "point lies half a pixel inside, at -1 + 1 / w; yours starts at -1 always.",
    "sec-grid-units",
)
def always_centres(theta, size, align_corners=False):
    return outside(theta, size, True).any(axis=-1).mean(axis=(1, 2))


@EXERCISE.wrong(
    "align_corners is ignored, edges always",
    "with True, the output's outermost points are at -1 and 1 themselves; yours starts half a pixel inside always.",
    "sec-grid-units",
)
def always_edges(theta, size, align_corners=False):
    return outside(theta, size, False).any(axis=-1).mean(axis=(1, 2))


@EXERCISE.wrong(
    "The shift is left out",
    "theta's third column moves all points, and nothing brings them outside "
    "sooner; the point is (x, y, 1), not (x, y).",
    "sec-grid-idea",
)
def without_shift(theta, size, align_corners=False):
    still = theta.copy()
    still[:, :, 2] = 0
    return outside(still, size, align_corners).any(axis=-1).mean(axis=(1, 2))


@EXERCISE.wrong(
    "x and y are swapped",
    "theta takes (x, y, 1), the column's place before the row's; in yours rows and columns are exchanged, in the point "
    "or in the size (N, C, h, w).",
    "sec-grid-trap",
)
def swapped(theta, size, align_corners=False):
    return outside(theta[:, :, [1, 0, 2]], size, align_corners).any(axis=-1).mean(axis=(1, 2))


@EXERCISE.wrong(
    "theta is transposed",
    "each point is theta @ (x, y, 1), so the first row of theta gives x; yours multiplies from the other side.",
    "sec-grid-idea",
)
def transposed(theta, size, align_corners=False):
    turned = theta.copy()
    turned[:, :, :2] = theta[:, :, :2].swapaxes(1, 2)
    return outside(turned, size, align_corners).any(axis=-1).mean(axis=(1, 2))


@EXERCISE.wrong(
    "The four corners alone",
    "the corners are the first points to leave and tell nothing about the others; count all h * w of them.",
    "sec-clinic-numbers",
)
def corners_alone(theta, size, align_corners=False):
    there = outside(theta, size, align_corners).any(axis=-1)[:, [0, 0, -1, -1], [0, -1, 0, -1]]
    return there.mean(axis=1)


@EXERCISE.wrong(
    "Pixels against normalised units",
    "theta gives places from -1 to 1, so compare with 1; bounds of 0 "
    "and w belong to pixels, and half the picture has negative places.",
    "sec-grid-units",
)
def pixel_bounds(theta, size, align_corners=False):
    grid = affine_grid(theta, size, align_corners)
    return ((grid < 0) | (grid > np.array(size[:1:-1]) - 1)).any(axis=-1).mean(axis=(1, 2))


@EXERCISE.wrong(
    "The two shares are multiplied",
    "a point is outside as soon as one of its coordinates is, and the "
    "two do not depend on each other by chance; yours multiplies the share outside in x with that in y.",
    "sec-clinic-numbers",
)
def shares_multiplied(theta, size, align_corners=False):
    there = outside(theta, size, align_corners)
    return there[..., 0].mean(axis=(1, 2)) * there[..., 1].mean(axis=(1, 2))


@EXERCISE.wrong(
    "The two shares are added",
    "a point whose x and y are both outside counts once; yours adds the share outside in x and that in y.",
    "sec-clinic-numbers",
)
def shares_added(theta, size, align_corners=False):
    return outside(theta, size, align_corners).sum(axis=-1).mean(axis=(1, 2))


@EXERCISE.wrong("In per cent", "a share runs from 0 to 1; yours is in per cent.", "sec-clinic-numbers")
def per_cent(theta, size, align_corners=False):
    return 100 * outside(theta, size, align_corners).any(axis=-1).mean(axis=(1, 2))


@EXERCISE.wrong(
    "The other side only",
    "a coordinate above 1 is outside as much as one below -1; take its absolute value.",
    "sec-layer-failures",
)
def other_side(theta, size, align_corners=False):
    return (affine_grid(theta, size, align_corners) < -1).any(axis=-1).mean(axis=(1, 2))


@EXERCISE.wrong(
    "theta is inverted",
    "theta already maps each point of the output to the picture; yours applies its inverse.",
    "sec-grid-pull",
)
def inverted(theta, size, align_corners=False):
    linear = np.linalg.pinv(theta[:, :, :2])
    back = np.concatenate([linear, -linear @ theta[:, :, 2:]], axis=2)
    return outside(back, size, align_corners).any(axis=-1).mean(axis=(1, 2))


@EXERCISE.wrong(
    "Outside from half a pixel on",
    "outside is beyond -1 or 1 in both conventions; yours takes the "
    "outermost centres for the ends, 1 - 1 / w, where these are edges.",
    "sec-grid-units",
)
def beyond_the_centres(theta, size, align_corners=False):
    reach = 1 - (0 if align_corners else 1) / np.array(size[:1:-1])
    return (abs(affine_grid(theta, size, align_corners)) > reach + 1e-12).any(axis=-1).mean(axis=(1, 2))


@EXERCISE.wrong(
    "Divided by the wrong number",
    "the points of one image are h * w; yours divides their number by the number of coordinates, or by N * h * w.",
    "sec-clinic-numbers",
)
def divided_by_all(theta, size, align_corners=False):
    return outside(theta, size, align_corners).any(axis=-1).sum(axis=(1, 2)) / (len(theta) * size[2] * size[3])


@EXERCISE.wrong(
    "A circle round the corners",
    "a point is outside when one of its coordinates is, not when it is "
    "further from the middle than the picture's corners are.",
    "sec-grid-units",
)
def circle_round_corners(theta, size, align_corners=False):
    return ((affine_grid(theta, size, align_corners) ** 2).sum(axis=-1) > 2).mean(axis=(1, 2))


@EXERCISE.wrong(
    "A diamond for the picture",
    "a point is outside when one of its coordinates is; yours adds the two distances from the middle.",
    "sec-grid-units",
)
def diamond(theta, size, align_corners=False):
    return (abs(affine_grid(theta, size, align_corners)).sum(axis=-1) > 1).mean(axis=(1, 2))


@EXERCISE.wrong(
    "Rows are counted, not points",
    "every point counts for itself; yours counts the rows of the output that have a point outside.",
    "sec-layer-failures",
)
def rows_with_any(theta, size, align_corners=False):
    return outside(theta, size, align_corners).any(axis=(-1, -2)).mean(axis=1)


@EXERCISE.wrong(
    "The points are rounded first",
    "a point is outside as soon as a coordinate passes 1; yours rounds first, and so forgives half a unit.",
    "sec-layer-failures",
)
def rounded(theta, size, align_corners=False):
    return (abs(np.rint(affine_grid(theta, size, align_corners))) > 1).any(axis=-1).mean(axis=(1, 2))


@EXERCISE.wrong(
    "Signs cancel before the mean",
    "each point is tested for being outside, and then the mean is taken; yours tests the mean point.",
    "sec-layer-failures",
)
def mean_point(theta, size, align_corners=False):
    return (abs(affine_grid(theta, size, align_corners).mean(axis=(1, 2))) > 1).any(axis=-1).astype("float64")


@EXERCISE.wrong(
    "The edge is moved out by a pixel",
    "a point is outside as soon as a coordinate is beyond -1 or 1, whatever the size; yours allows one output pixel's "
    "half width more.",
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
    "Not outside where both coordinates are",
    "a point is outside if x is, if y is, or if both are; yours leaves out the points for which both are, as an "
    "exclusive or does.",
    "sec-layer-failures",
)
def one_of_two(theta, size, align_corners=False):
    return (outside(theta, size, align_corners).sum(axis=-1) == 1).mean(axis=(1, 2))
