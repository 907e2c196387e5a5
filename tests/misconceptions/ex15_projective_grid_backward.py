"""Wrong answers to `projective_grid_backward`, and the calls that tell them apart."""

import numpy as np

from stn_numpy import pixel_centres, projective_grid_backward
from tests.judge import Case, Exercise


def theta(*nine):
    return np.array(nine, "float64").reshape(-1, 3, 3)


RNG = np.random.default_rng(0)
LEANS_RIGHT = theta(1, 0, 0, 0, 1, 0, 0.5, 0, 1)
BENT = theta(0.5, 0.25, 0.1, -0.75, 1.5, -0.2, 0.2, -0.3, 1, 2, 1, -0.5, 0.3, -1, 1, -0.4, 0.6, 2)
TOP_RIGHT = np.zeros((1, 2, 3, 2))
TOP_RIGHT[0, 0, 2] = 9, 0
TOP_LEFT = np.zeros((1, 2, 3, 2))
TOP_LEFT[0, 0, 0] = 1, 2
TWO = np.zeros((1, 2, 3, 2))
TWO[0, 0, 2], TWO[0, 1, 0] = (9, 0), (0, 1)

EXERCISE = Exercise(
    name="projective_grid_backward",
    answer="stn_numpy.projective",
    gives=("d_theta",),
    also=("as_fraction",),
    cases=[
        Case(
            "one pixel with a gradient, at (1, -1); c is 3/2 there, and (2/3, -2/3) is read",
            TOP_RIGHT,
            LEANS_RIGHT,
            align_corners=True,
            expected=[[[6, -6, 6], [0, 0, 0], [-4, 4, -4]]],
        ),
        Case(
            "one pixel at (-1, -1); c is 1/2 there, and (-2, -2) is read",
            TOP_LEFT,
            LEANS_RIGHT,
            align_corners=True,
            expected=[[[-2, -2, 2], [-4, -4, 4], [-12, -12, 12]]],
        ),
        Case(
            "two pixels, at (1, -1) and at (-1, 1)",
            TWO,
            LEANS_RIGHT,
            align_corners=True,
            expected=[[[6, -6, 6], [-2, 2, 2], [0, 0, -8]]],
        ),
        Case(
            "two images of 3 x 7 pixels, -1 and 1 are edges", RNG.normal(size=(2, 3, 7, 2)), BENT, align_corners=False
        ),
        Case(
            "two images of 2 x 5 pixels, in float32",
            RNG.normal(size=(2, 2, 5, 2)).astype("float32"),
            BENT.astype("float32"),
            align_corners=True,
        ),
        Case("the same thetas times -3", RNG.normal(size=(2, 6, 3, 2)), -3 * BENT, align_corners=True),
    ],
)


def parts(d_grid, theta, align_corners):
    """Lever arms (h * w, 3), numerators (N, 2, h * w), denominators (N, 1, h * w) and gradients (N, 2, h * w)."""
    batch, height, width, _ = d_grid.shape
    x, y = np.meshgrid(
        pixel_centres(width, align_corners, theta.dtype), pixel_centres(height, align_corners, theta.dtype)
    )
    points = np.stack([x, y, np.ones_like(x)], axis=-1).reshape(-1, 3)
    seen = theta @ points.T
    return points, seen[:, :2], seen[:, 2:], d_grid.reshape(batch, -1, 2).swapaxes(1, 2)


def joined(points, d_numerator, d_denominator):
    return np.concatenate([d_numerator, d_denominator], axis=1) @ points


@EXERCISE.wrong(
    "The quotient rule's second term is missing",
    "your third row is zero, so `theta` could never learn a tilt; the denominator c comes from `theta` as well, and "
    "its row receives `-(x * d_x + y * d_y) / c`.",
    "sec-families-quotient",
)
def without_second(d_grid, theta, align_corners=False):
    d_theta = projective_grid_backward(d_grid, theta, align_corners)
    d_theta[:, 2] = 0
    return d_theta


@EXERCISE.wrong(
    "The second term has the wrong sign",
    "your third row has the wrong sign; a larger denominator brings the point closer to the middle, so the row "
    "receives `-(x * d_x + y * d_y) / c`.",
    "sec-families-quotient",
)
def plus(d_grid, theta, align_corners=False):
    d_theta = projective_grid_backward(d_grid, theta, align_corners)
    d_theta[:, 2] *= -1
    return d_theta


@EXERCISE.wrong(
    "c instead of its square",
    "your third row divides the numerator by c once; the derivative of a / c with respect to c is -a / c**2.",
    "sec-families-quotient",
)
def c_once(d_grid, theta, align_corners=False):
    points, numerator, denominator, wish = parts(d_grid, theta, align_corners)
    return joined(points, wish / denominator, -(wish * numerator / denominator).sum(axis=1, keepdims=True))


@EXERCISE.wrong(
    "The numerators are not divided",
    "your first two rows receive the upstream gradient undivided, as for an affine theta; the derivative of a / c "
    "with respect to a is 1 / c.",
    "sec-families-quotient",
)
def undivided(d_grid, theta, align_corners=False):
    points, numerator, denominator, wish = parts(d_grid, theta, align_corners)
    return joined(points, wish, -(wish * numerator / denominator**2).sum(axis=1, keepdims=True))


@EXERCISE.wrong(
    "No division at all",
    "your result is the gradient of an affine map; a projective one divides by c, so the first two rows are divided "
    "by each pixel's c, and the third row has a gradient as well.",
    "sec-families-quotient",
)
def as_affine(d_grid, theta, align_corners=False):
    points, _, denominator, wish = parts(d_grid, theta, align_corners)
    return joined(points, wish, 0 * denominator)


@EXERCISE.wrong(
    "The third row uses x alone",
    "your third row has the term of x alone; the denominator divides both coordinates, so add the term of y.",
    "sec-families-quotient",
)
def x_alone(d_grid, theta, align_corners=False):
    points, numerator, denominator, wish = parts(d_grid, theta, align_corners)
    return joined(points, wish / denominator, -(wish * numerator / denominator**2)[:, :1])


@EXERCISE.wrong(
    "The third row uses y alone",
    "your third row has the term of y alone; the denominator divides both coordinates, so add the term of x.",
    "sec-families-quotient",
)
def y_alone(d_grid, theta, align_corners=False):
    points, numerator, denominator, wish = parts(d_grid, theta, align_corners)
    return joined(points, wish / denominator, -(wish * numerator / denominator**2)[:, 1:])


@EXERCISE.wrong(
    "The output's own point in the third row",
    "your third row uses the output pixel's own x and y; in `-(x * d_x + y * d_y) / c`, x and y are the point of the "
    "input, a / c and b / c.",
    "sec-families-quotient",
)
def own_place(d_grid, theta, align_corners=False):
    points, _, denominator, wish = parts(d_grid, theta, align_corners)
    return joined(points, wish / denominator, -(wish * points.T[:2] / denominator).sum(axis=1, keepdims=True))


@EXERCISE.wrong(
    "The lever arms are missing",
    "your columns all hold the plain sums; multiply each pixel's three gradients by its lever arm, (x_t, y_t, 1), "
    "before you add them.",
    "sec-theta-sum",
)
def without_arms(d_grid, theta, align_corners=False):
    points, numerator, denominator, wish = parts(d_grid, theta, align_corners)
    return joined(
        np.ones_like(points), wish / denominator, -(wish * numerator / denominator**2).sum(axis=1, keepdims=True)
    )


@EXERCISE.wrong(
    "x and y are swapped",
    "your function takes the gradient in y first; the last axis of `d_grid` is (x, y), and the first row of `theta` "
    "belongs to x.",
    "sec-theta-sum",
)
def swapped(d_grid, theta, align_corners=False):
    return projective_grid_backward(d_grid[..., ::-1].copy(), theta, align_corners)


@EXERCISE.wrong(
    "The lever arms are swapped",
    "your first two columns are exchanged; the columns should belong to x_t, y_t and 1, in this order.",
    "sec-theta-sum",
)
def arms_swapped(d_grid, theta, align_corners=False):
    return projective_grid_backward(d_grid, theta, align_corners)[:, :, [1, 0, 2]].copy()


@EXERCISE.wrong(
    "`=` instead of `+=` in the sum over the pixels",
    "your function assigns, so that only the last pixel's contribution is left; add every pixel's with `+=`.",
    "sec-theta-hand",
)
def last_pixel(d_grid, theta, align_corners=False):
    last = np.zeros_like(d_grid)
    last[:, -1, -1] = d_grid[:, -1, -1]
    return projective_grid_backward(last, theta, align_corners)


@EXERCISE.wrong(
    "The mean instead of the sum",
    "your function divides by the number of pixels; `theta` affects every pixel, so their gradients are added.",
    "sec-theta-sum",
)
def mean(d_grid, theta, align_corners=False):
    return projective_grid_backward(d_grid, theta, align_corners) / (d_grid.shape[1] * d_grid.shape[2])


@EXERCISE.wrong(
    "The ninth entry has no gradient",
    "your gradient is 0 at the last entry; a 3 x 3 theta has nine gradients, and `projective_theta`, which fixes the "
    "last entry at 1, drops the ninth.",
    "sec-families-quotient",
)
def ninth_fixed(d_grid, theta, align_corners=False):
    d_theta = projective_grid_backward(d_grid, theta, align_corners)
    d_theta[:, 2, 2] = 0
    return d_theta


@EXERCISE.wrong(
    "The other `align_corners`",
    "your lever arms are those of the other convention; `align_corners=True` places -1 and 1 at the centres of the "
    "outermost pixels, `False` at the outer edges.",
    "sec-grid-units",
)
def other_convention(d_grid, theta, align_corners=False):
    return projective_grid_backward(d_grid, theta, not align_corners)


@EXERCISE.wrong(
    "`align_corners` is ignored",
    "your lever arms reach -1 and 1 even where `align_corners=False`; there the outermost lever arms should end half "
    "a pixel inside.",
    "sec-grid-units",
)
def always_corners(d_grid, theta, align_corners=False):
    return projective_grid_backward(d_grid, theta, True)


@EXERCISE.wrong(
    "Summed over the batch",
    "your function gives every image the sum over the batch; each image has its own theta, whose gradient comes from "
    "its own pixels alone.",
    "sec-theta-sum",
)
def over_the_batch(d_grid, theta, align_corners=False):
    d_theta = projective_grid_backward(d_grid, theta, align_corners)
    return np.zeros_like(d_theta) + d_theta.sum(axis=0, keepdims=True)


@EXERCISE.wrong(
    "`align_corners` is ignored, edges always",
    "your lever arms end half a pixel inside even where `align_corners=True`; there -1 and 1 are the outermost "
    "centres.",
    "sec-grid-units",
)
def always_edges(d_grid, theta, align_corners=False):
    return projective_grid_backward(d_grid, theta, False)


@EXERCISE.wrong(
    "c squared in all three rows",
    "your first two rows are divided by c squared; a and b are divided by c once, and so are their gradients, and "
    "only that of c has c squared.",
    "sec-families-quotient",
)
def squared_everywhere(d_grid, theta, align_corners=False):
    points, numerator, denominator, wish = parts(d_grid, theta, align_corners)
    second = -(wish * numerator / denominator**2).sum(axis=1, keepdims=True)
    return joined(points, wish / denominator**2, second)


@EXERCISE.wrong(
    "The third row lacks the numerator",
    "your third row is -1 / c**2 times the upstream gradient; the derivative of a / c with respect to c is -a / c**2.",
    "sec-families-quotient",
)
def without_numerator(d_grid, theta, align_corners=False):
    points, _, denominator, wish = parts(d_grid, theta, align_corners)
    return joined(points, wish / denominator, -(wish / denominator**2).sum(axis=1, keepdims=True))


@EXERCISE.wrong(
    "The third row is not divided",
    "your third row has the numerator but no denominator; the derivative of a / c with respect to c is -a / c**2.",
    "sec-families-quotient",
)
def third_undivided(d_grid, theta, align_corners=False):
    points, numerator, denominator, wish = parts(d_grid, theta, align_corners)
    return joined(points, wish / denominator, -(wish * numerator).sum(axis=1, keepdims=True))


@EXERCISE.wrong(
    "Multiplied by c instead of divided",
    "your first two rows are multiplied by c; the derivative of a / c with respect to a is 1 / c.",
    "sec-families-quotient",
)
def multiplied(d_grid, theta, align_corners=False):
    points, numerator, denominator, wish = parts(d_grid, theta, align_corners)
    return joined(points, wish * denominator, -(wish * numerator / denominator**2).sum(axis=1, keepdims=True))


@EXERCISE.wrong(
    "The opposite sign",
    "your result has the opposite sign; return the gradient, and the optimizer takes the step against it.",
    "sec-theta-hand",
)
def opposite(d_grid, theta, align_corners=False):
    return -projective_grid_backward(d_grid, theta, align_corners)


@EXERCISE.wrong(
    "Transposed",
    "your result is transposed; its rows should belong to the rows of `theta`, and its columns to (x_t, y_t, 1).",
    "sec-theta-sum",
)
def transposed(d_grid, theta, align_corners=False):
    return projective_grid_backward(d_grid, theta, align_corners).swapaxes(1, 2).copy()


@EXERCISE.wrong(
    "Only the third column has a gradient",
    "your first two columns are zero; each of the three gradients is multiplied by (x_t, y_t, 1) before it is summed.",
    "sec-theta-sum",
)
def shift_alone(d_grid, theta, align_corners=False):
    d_theta = projective_grid_backward(d_grid, theta, align_corners)
    d_theta[:, :, :2] = 0
    return d_theta


@EXERCISE.right_too
def by_the_equation(d_grid, theta, align_corners=False):
    points, numerator, denominator, wish = parts(d_grid, theta, align_corners)
    return joined(points, wish / denominator, -(wish * numerator / denominator**2).sum(axis=1, keepdims=True))


@EXERCISE.right_too
def pixel_by_pixel(d_grid, theta, align_corners=False):
    d_theta = np.zeros_like(theta)
    _, height, width, _ = d_grid.shape
    for n, one in enumerate(theta):
        for i, y in enumerate(pixel_centres(height, align_corners, theta.dtype)):
            for j, x in enumerate(pixel_centres(width, align_corners, theta.dtype)):
                arm = np.array([x, y, 1], theta.dtype)
                a, b, c = one @ arm
                d_x, d_y = d_grid[n, i, j]
                d_theta[n] += np.outer([d_x / c, d_y / c, -(d_x * a + d_y * b) / c**2], arm).astype(theta.dtype)
    return d_theta


@EXERCISE.wrong(
    "The output's own point as the numerators",
    "your third row uses x and y of the output's pixel as the numerators; in `-(a * d_x + b * d_y) / c**2`, a and b "
    "are the first two numbers that `theta` gives.",
    "sec-families-quotient",
)
def own_points(d_grid, theta, align_corners=False):
    points, _, denominator, d_points = parts(d_grid, theta, align_corners)
    own = points[:, :2].T
    return joined(points, d_points / denominator, -(d_points * own / denominator**2).sum(axis=1, keepdims=True))
