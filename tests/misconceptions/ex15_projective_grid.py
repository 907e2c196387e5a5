"""Wrong answers to `projective_grid`, and the calls that tell them apart."""

import numpy as np

from stn_numpy import pixel_centres, projective_grid
from tests.judge import Case, Exercise


def theta(*nine):
    return np.array(nine, "float64").reshape(-1, 3, 3)


LEANS_RIGHT = theta(1, 0, 0, 0, 1, 0, 0.5, 0, 1)
BENT = theta(0.5, 0.25, 0.1, -0.75, 1.5, -0.2, 0.2, -0.3, 1, 2, 1, -0.5, 0.3, -1, 1, -0.4, 0.6, 2)

EXERCISE = Exercise(
    name="projective_grid",
    answer="stn_numpy.projective",
    gives=("grid",),
    also=("as_fraction",),
    cases=[
        Case(
            "the right side three times as far away as the left: denominators of 1/2, 1, 3/2",
            LEANS_RIGHT,
            (1, 1, 2, 3),
            align_corners=True,
            expected=[[[[-2, -2], [0, -1], [2 / 3, -2 / 3]], [[-2, 2], [0, 1], [2 / 3, 2 / 3]]]],
        ),
        Case(
            "the top further away, -1 and 1 are edges",
            theta(1, 0, 0, 0, 1, 0, 0, -1, 1),
            (1, 1, 2, 2),
            align_corners=False,
            expected=[[[[-1 / 3, -1 / 3], [1 / 3, -1 / 3]], [[-1, 1], [1, 1]]]],
        ),
        Case(
            "a shift of one unit to the right, all nine numbers times -2",
            theta(-2, 0, -2, 0, -2, 0, 0, 0, -2),
            (1, 1, 2, 2),
            align_corners=True,
            expected=[[[[0, -1], [2, -1]], [[0, 1], [2, 1]]]],
        ),
        Case(
            "an affine map: the last row is 0, 0, 1",
            theta(0, -2, 0.5, 1, 0, 0, 0, 0, 1),
            (1, 1, 2, 2),
            align_corners=True,
            expected=[[[[2.5, -1], [2.5, 1]], [[-1.5, -1], [-1.5, 1]]]],
        ),
        Case("two bent thetas, one for each image of the batch", BENT, (2, 1, 2, 5), align_corners=False),
        Case("two bent thetas in float32", BENT.astype("float32"), (2, 3, 6, 3), align_corners=True),
    ],
)


def homogeneous(theta, size, align_corners):
    """The three numbers of each pixel before they are divided: (N, h, w, 3)."""
    x, y = np.meshgrid(
        pixel_centres(size[3], align_corners, theta.dtype), pixel_centres(size[2], align_corners, theta.dtype)
    )
    points = np.stack([x, y, np.ones_like(x)], axis=-1)
    return np.einsum("nab,ijb->nija", theta, points)


@EXERCISE.wrong(
    "The homogeneous divide is forgotten",
    "theta makes three numbers of each point, and the place is the "
    "first two divided by the third; yours drops the third, and the plane does not lean.",
    "sec-families-projective",
)
def undivided(theta, size, align_corners=False):
    return homogeneous(theta, size, align_corners)[..., :2].copy()


@EXERCISE.wrong(
    "Inverse and forward are swapped",
    "theta leads from the output to the input, and so do the points of "
    "a grid; yours inverts it first, as a map that moves the picture would have to be.",
    "sec-families-projective",
)
def inverted(theta, size, align_corners=False):
    return projective_grid(np.linalg.inv(theta), size, align_corners)


@EXERCISE.wrong(
    "x and y are swapped",
    "the grid's last axis is (x, y), the column before the row; yours holds the row first.",
    "sec-grid-all",
)
def swapped(theta, size, align_corners=False):
    return projective_grid(theta, size, align_corners)[..., ::-1].copy()


@EXERCISE.wrong(
    "x and y are swapped before theta",
    "the output's own point is (x, y, 1), the place of its column before that of its row; yours puts the row first.",
    "sec-grid-trap",
)
def swapped_in(theta, size, align_corners=False):
    return projective_grid(theta[:, :, [1, 0, 2]].copy(), size, align_corners)


@EXERCISE.wrong(
    "x and y are swapped twice",
    "the point that goes into theta and the one that comes out are both "
    "(x, y); yours has the row first in both, which a theta that treats both axes alike cannot show.",
    "sec-grid-trap",
)
def swapped_twice(theta, size, align_corners=False):
    return swapped(theta[:, :, [1, 0, 2]].copy(), size, align_corners)


@EXERCISE.wrong(
    "Only x is divided",
    "what is further away looks smaller both ways, so x and y are divided by the same "
    "third number; yours leaves y as it is.",
    "sec-families-projective",
)
def x_alone(theta, size, align_corners=False):
    seen = homogeneous(theta, size, align_corners)
    return np.stack([seen[..., 0] / seen[..., 2], seen[..., 1]], axis=-1)


@EXERCISE.wrong(
    "Divided by theta's last number",
    "the denominator is the third row times (x, y, 1), another one for "
    "every pixel; yours divides all of them by its last entry.",
    "sec-families-projective",
)
def by_the_last(theta, size, align_corners=False):
    return homogeneous(theta, size, align_corners)[..., :2] / theta[:, None, None, 2:, 2]


@EXERCISE.wrong(
    "Multiplied where it should be divided",
    "a third number of 2 means twice as far away, so that the "
    "place comes closer to the middle; yours multiplies by it.",
    "sec-families-projective",
)
def multiplied(theta, size, align_corners=False):
    seen = homogeneous(theta, size, align_corners)
    return seen[..., :2] * seen[..., 2:]


@EXERCISE.wrong(
    "The denominator's sign is lost",
    "theta and minus theta are the same map, because the signs of "
    "numerator and denominator cancel; yours takes the denominator's size alone.",
    "sec-families-horizon",
)
def positive(theta, size, align_corners=False):
    seen = homogeneous(theta, size, align_corners)
    return seen[..., :2] / np.abs(seen[..., 2:])


@EXERCISE.wrong(
    "Divided by the length",
    "a direction is divided by its length, a place in the plane by its third "
    "number alone; yours divides by the root of the sum of all three squares.",
    "sec-families-projective",
)
def by_length(theta, size, align_corners=False):
    seen = homogeneous(theta, size, align_corners)
    return seen[..., :2] / np.linalg.norm(seen, axis=-1, keepdims=True)


@EXERCISE.wrong(
    "The plane leans the other way",
    "the third number is divided by as it comes out; yours turns the sign "
    "of the tilts, the first two entries of theta's last row.",
    "sec-families-projective",
)
def other_lean(theta, size, align_corners=False):
    turned = theta.copy()
    turned[:, 2, :2] *= -1
    return projective_grid(turned, size, align_corners)


@EXERCISE.wrong(
    "theta is transposed",
    "each point is theta @ (x, y, 1), so the last row of theta gives the "
    "denominator; yours multiplies from the other side, and the shift takes its place.",
    "sec-families-projective",
)
def transposed(theta, size, align_corners=False):
    seen = homogeneous(theta.swapaxes(1, 2), size, align_corners)
    return seen[..., :2] / seen[..., 2:]


@EXERCISE.wrong(
    "The other align_corners",
    "True puts -1 and 1 on the centres of the outermost pixels, False on the "
    "outer edges; yours does it the other way round.",
    "sec-grid-units",
)
def other_convention(theta, size, align_corners=False):
    return projective_grid(theta, size, not align_corners)


@EXERCISE.wrong(
    "align_corners is ignored",
    "with False, -1 and 1 are the outer edges, so the first centre lies half a "
    "pixel inside; yours starts at -1 always.",
    "sec-grid-units",
)
def always_corners(theta, size, align_corners=False):
    return projective_grid(theta, size, True)


@EXERCISE.wrong(
    "align_corners is ignored, edges always",
    "with True, -1 and 1 are the centres of the outermost pixels; yours starts half a pixel inside always.",
    "sec-grid-units",
)
def always_edges(theta, size, align_corners=False):
    return projective_grid(theta, size, False)


@EXERCISE.wrong(
    "Rows for columns",
    "the shape is (N, h, w, 2), rows before columns, although x comes before y in the "
    "last axis; yours has the columns first.",
    "sec-grid-all",
)
def rows_for_columns(theta, size, align_corners=False):
    return projective_grid(theta, size, align_corners).swapaxes(1, 2).copy()


@EXERCISE.wrong(
    "One theta for the whole batch",
    "each image has a homography of its own; yours gives that of the first to all.",
    "sec-families-projective",
)
def first_alone(theta, size, align_corners=False):
    return projective_grid(theta[:1].repeat(len(theta), axis=0), size, align_corners)


@EXERCISE.wrong(
    "Only y is divided",
    "what is further away looks smaller both ways, so x and y are divided by the "
    "same third number; yours leaves x as it is.",
    "sec-families-projective",
)
def y_alone(theta, size, align_corners=False):
    seen = homogeneous(theta, size, align_corners)
    return np.stack([seen[..., 0], seen[..., 1] / seen[..., 2]], axis=-1)


@EXERCISE.wrong(
    "Divided by the square",
    "the place is the first two numbers divided by the third, once; yours divides by its square.",
    "sec-families-projective",
)
def by_the_square(theta, size, align_corners=False):
    seen = homogeneous(theta, size, align_corners)
    return seen[..., :2] / seen[..., 2:] ** 2


@EXERCISE.wrong(
    "A small number is added to the denominator",
    "the third number is divided by as it comes out, and is not 0 for any pixel here; adding to it moves every point.",
    "sec-families-projective",
)
def a_little_more(theta, size, align_corners=False):
    seen = homogeneous(theta, size, align_corners)
    return seen[..., :2] / (seen[..., 2:] + theta.dtype.type(1e-6))


@EXERCISE.wrong(
    "The ninth number is taken for 1",
    "only the ratios of theta's nine numbers count, and the ninth may be any; yours puts a 1 in its place.",
    "sec-families-projective",
)
def ninth_is_one(theta, size, align_corners=False):
    changed = theta.copy()
    changed[:, 2, 2] = 1
    return projective_grid(changed, size, align_corners)


@EXERCISE.wrong(
    "1 is added to the denominator",
    "the third row of theta with (x, y, 1) is the whole denominator, its last entry included; yours adds another 1.",
    "sec-families-projective",
)
def one_more(theta, size, align_corners=False):
    seen = homogeneous(theta, size, align_corners)
    return seen[..., :2] / (seen[..., 2:] + 1)


@EXERCISE.wrong(
    "The tilts are exchanged",
    "theta's last row multiplies (x, y, 1), so its first entry tilts along x; yours takes the second for it.",
    "sec-families-projective",
)
def tilts_exchanged(theta, size, align_corners=False):
    changed = theta.copy()
    changed[:, 2, :2] = theta[:, 2, 1::-1]
    return projective_grid(changed, size, align_corners)


@EXERCISE.right_too
def by_division(theta, size, align_corners=False):
    seen = homogeneous(theta, size, align_corners)
    return seen[..., :2] / seen[..., 2:]


@EXERCISE.right_too
def pixel_by_pixel(theta, size, align_corners=False):
    """Point by point, as the equation says it."""
    batch, _, height, width = size
    grid = np.empty((batch, height, width, 2), theta.dtype)
    for n, one in enumerate(theta):
        for i, y in enumerate(pixel_centres(height, align_corners, theta.dtype)):
            for j, x in enumerate(pixel_centres(width, align_corners, theta.dtype)):
                a, b, c = one @ np.array([x, y, 1], theta.dtype)
                grid[n, i, j] = a / c, b / c
    return grid
