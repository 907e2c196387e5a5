"""Wrong answers to `projective_grid`, and the calls that tell them apart."""

import numpy as np

from stn_numpy import pixel_centres, projective_grid
from tests.judge import Case, Exercise


def theta(*nine):
    return np.array(nine, "float64").reshape(-1, 3, 3)


LEANS_RIGHT = theta(1, 0, 0, 0, 1, 0, 0.5, 0, 1)
BENT = theta(0.5, 0.25, 0.1, -0.75, 1.5, -0.2, 0.2, -0.3, 1, 2, 1, -0.5, 0.3, -1, 1, -0.4, 0.6, 2)
RANDOM = np.random.default_rng(7)

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
        Case(
            "three thetas, five rows, -1 and 1 are edges",
            np.eye(3) + 0.2 * RANDOM.uniform(-1, 1, (3, 3, 3)),
            (3, 1, 5, 3),
            align_corners=False,
        ),
        Case(
            "three thetas, four columns, -1 and 1 are centres",
            np.eye(3) + 0.2 * RANDOM.uniform(-1, 1, (3, 3, 3)),
            (3, 2, 3, 4),
            align_corners=True,
        ),
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
    "Not divided by the third number",
    "your function drops the third number, so there is no perspective; `theta` gives three numbers for each point, "
    "and the position is the first two divided by the third.",
    "sec-families-projective",
)
def undivided(theta, size, align_corners=False):
    return homogeneous(theta, size, align_corners)[..., :2].copy()


@EXERCISE.wrong(
    "`theta` is inverted",
    "your function inverts `theta`; `theta` already maps the output to the input, as the points of a grid require.",
    "sec-families-projective",
)
def inverted(theta, size, align_corners=False):
    return projective_grid(np.linalg.inv(theta), size, align_corners)


@EXERCISE.wrong(
    "x and y are swapped",
    "your last axis holds y first; it has to be (x, y), the column before the row.",
    "sec-grid-all",
)
def swapped(theta, size, align_corners=False):
    return projective_grid(theta, size, align_corners)[..., ::-1].copy()


@EXERCISE.wrong(
    "x and y are swapped before `theta`",
    "your function applies `theta` to (y, x, 1); the output's own point is (x, y, 1), its column's position before "
    "its row's.",
    "sec-grid-trap",
)
def swapped_in(theta, size, align_corners=False):
    return projective_grid(theta[:, :, [1, 0, 2]].copy(), size, align_corners)


@EXERCISE.wrong(
    "x and y are swapped twice",
    "your function has y first both in the point to which `theta` is applied and in the result, a mistake that a "
    "theta with equal axes cannot show; both are (x, y).",
    "sec-grid-trap",
)
def swapped_twice(theta, size, align_corners=False):
    return swapped(theta[:, :, [1, 0, 2]].copy(), size, align_corners)


@EXERCISE.wrong(
    "Only x is divided",
    "your function divides x but not y; both should be divided by the third number.",
    "sec-families-projective",
)
def x_alone(theta, size, align_corners=False):
    seen = homogeneous(theta, size, align_corners)
    return np.stack([seen[..., 0] / seen[..., 2], seen[..., 1]], axis=-1)


@EXERCISE.wrong(
    "Divided by `theta`'s last entry",
    "your function divides every point by `theta`'s last entry; the denominator is the third row times (x, y, 1), "
    "different for every pixel.",
    "sec-families-projective",
)
def by_the_last(theta, size, align_corners=False):
    return homogeneous(theta, size, align_corners)[..., :2] / theta[:, None, None, 2:, 2]


@EXERCISE.wrong(
    "Multiplied instead of divided",
    "your function multiplies by the third number; a third number of 2 means twice as far away, so the position is "
    "divided by it.",
    "sec-families-projective",
)
def multiplied(theta, size, align_corners=False):
    seen = homogeneous(theta, size, align_corners)
    return seen[..., :2] * seen[..., 2:]


@EXERCISE.wrong(
    "The denominator's absolute value",
    "your function divides by the absolute value of the third number; theta and minus theta are the same map, in "
    "which the signs of numerator and denominator cancel.",
    "sec-families-horizon",
)
def positive(theta, size, align_corners=False):
    seen = homogeneous(theta, size, align_corners)
    return seen[..., :2] / np.abs(seen[..., 2:])


@EXERCISE.wrong(
    "Divided by the length",
    "your function divides by the length of all three numbers, as for a direction; the position is the first two "
    "divided by the third alone.",
    "sec-families-projective",
)
def by_length(theta, size, align_corners=False):
    seen = homogeneous(theta, size, align_corners)
    return seen[..., :2] / np.linalg.norm(seen, axis=-1, keepdims=True)


@EXERCISE.wrong(
    "The tilts have the opposite sign",
    "your function changes the sign of the tilts, the first two entries of `theta`'s last row; use the third number "
    "with its sign.",
    "sec-families-projective",
)
def other_lean(theta, size, align_corners=False):
    turned = theta.copy()
    turned[:, 2, :2] *= -1
    return projective_grid(turned, size, align_corners)


@EXERCISE.wrong(
    "`theta` is transposed",
    "your function multiplies by the transpose of `theta`, so the shift becomes the denominator's row; each point is "
    "`theta @ (x, y, 1)`, and the last row of `theta` gives the denominator.",
    "sec-families-projective",
)
def transposed(theta, size, align_corners=False):
    seen = homogeneous(theta.swapaxes(1, 2), size, align_corners)
    return seen[..., :2] / seen[..., 2:]


@EXERCISE.wrong(
    "The other `align_corners`",
    "your function exchanges the two conventions; `align_corners=True` places -1 and 1 at the centres of the "
    "outermost pixels, `False` at the outer edges.",
    "sec-grid-units",
)
def other_convention(theta, size, align_corners=False):
    return projective_grid(theta, size, not align_corners)


@EXERCISE.wrong(
    "`align_corners` is ignored",
    "your first centre lies at -1 even where `align_corners=False`; there -1 and 1 are the outer edges, and the first "
    "centre lies half a pixel inside.",
    "sec-grid-units",
)
def always_corners(theta, size, align_corners=False):
    return projective_grid(theta, size, True)


@EXERCISE.wrong(
    "`align_corners` is ignored, edges always",
    "your first centre lies half a pixel inside even where `align_corners=True`; there -1 and 1 are the centres of "
    "the outermost pixels.",
    "sec-grid-units",
)
def always_edges(theta, size, align_corners=False):
    return projective_grid(theta, size, False)


@EXERCISE.wrong(
    "Rows and columns are exchanged",
    "your grid has the columns as its second axis and the rows as its third; the shape should be (N, h, w, 2), rows "
    "before columns, although x comes before y in the last axis.",
    "sec-grid-all",
)
def rows_for_columns(theta, size, align_corners=False):
    return projective_grid(theta, size, align_corners).swapaxes(1, 2).copy()


@EXERCISE.wrong(
    "One `theta` for the whole batch",
    "your function uses the first `theta` for every image; each image has its own.",
    "sec-families-projective",
)
def first_alone(theta, size, align_corners=False):
    return projective_grid(theta[:1].repeat(len(theta), axis=0), size, align_corners)


@EXERCISE.wrong(
    "Only y is divided",
    "your function divides y but not x; both should be divided by the third number.",
    "sec-families-projective",
)
def y_alone(theta, size, align_corners=False):
    seen = homogeneous(theta, size, align_corners)
    return np.stack([seen[..., 0], seen[..., 1] / seen[..., 2]], axis=-1)


@EXERCISE.wrong(
    "Divided by the square",
    "your function divides by the square of the third number; divide by it once.",
    "sec-families-projective",
)
def by_the_square(theta, size, align_corners=False):
    seen = homogeneous(theta, size, align_corners)
    return seen[..., :2] / seen[..., 2:] ** 2


@EXERCISE.wrong(
    "A small number is added to the denominator",
    "your function adds a small number to the denominator, which moves every point; the denominator is not 0 for any "
    "pixel here.",
    "sec-families-projective",
)
def a_little_more(theta, size, align_corners=False):
    seen = homogeneous(theta, size, align_corners)
    return seen[..., :2] / (seen[..., 2:] + theta.dtype.type(1e-6))


@EXERCISE.wrong(
    "The ninth entry is replaced with 1",
    "your function replaces `theta`'s last entry with 1; only the ratios of the nine entries matter, and the last may "
    "be any number.",
    "sec-families-projective",
)
def ninth_is_one(theta, size, align_corners=False):
    changed = theta.copy()
    changed[:, 2, 2] = 1
    return projective_grid(changed, size, align_corners)


@EXERCISE.wrong(
    "1 is added to the denominator",
    "your function adds another 1 to the denominator; it should be `theta`'s third row times (x, y, 1), with its last "
    "entry included.",
    "sec-families-projective",
)
def one_more(theta, size, align_corners=False):
    seen = homogeneous(theta, size, align_corners)
    return seen[..., :2] / (seen[..., 2:] + 1)


@EXERCISE.wrong(
    "The tilts are exchanged",
    "your function exchanges the first two entries of `theta`'s last row; the row multiplies (x, y, 1), so its first "
    "entry tilts along x.",
    "sec-families-projective",
)
def tilts_exchanged(theta, size, align_corners=False):
    changed = theta.copy()
    changed[:, 2, :2] = theta[:, 2, 1::-1]
    return projective_grid(changed, size, align_corners)


@EXERCISE.wrong(
    "The centres of x are spaced by the height",
    "your function spaces x by the number of rows and y by the number of columns; `size` is (N, C, h, w), so the w "
    "centres along x are spaced by w and the h centres along y by h.",
    "sec-grid-units",
)
def other_length(theta, size, align_corners=False):
    h, w = size[2:]
    x = 2 * np.arange(w) / (h - 1) - 1 if align_corners else (2 * np.arange(w) + 1) / h - 1
    y = 2 * np.arange(h) / (w - 1) - 1 if align_corners else (2 * np.arange(h) + 1) / w - 1
    points = np.stack([*np.meshgrid(x, y), np.ones((h, w))], axis=-1).reshape(-1, 3).astype(theta.dtype)
    seen = points @ theta.swapaxes(1, 2)
    return (seen[..., :2] / seen[..., 2:]).reshape(-1, h, w, 2)


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
