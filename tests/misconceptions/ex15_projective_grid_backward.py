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
    "The quotient rule's second term is dropped",
    "the denominator c is made of theta as well, so its row "
    "gets -(x d_x + y d_y) / c; yours leaves the third row at zero, and no plane would ever learn to lean.",
    "sec-families-quotient",
)
def without_second(d_grid, theta, align_corners=False):
    d_theta = projective_grid_backward(d_grid, theta, align_corners)
    d_theta[:, 2] = 0
    return d_theta


@EXERCISE.wrong(
    "The second term has the wrong sign",
    "a larger denominator brings the place closer to the middle, so "
    "the third row's share is -(x d_x + y d_y) / c; the minus is missing.",
    "sec-families-quotient",
)
def plus(d_grid, theta, align_corners=False):
    d_theta = projective_grid_backward(d_grid, theta, align_corners)
    d_theta[:, 2] *= -1
    return d_theta


@EXERCISE.wrong(
    "c for its square",
    "the derivative of a / c with respect to c is -a / c**2, which is the place read over c; yours divides the "
    "numerator by c once.",
    "sec-families-quotient",
)
def c_once(d_grid, theta, align_corners=False):
    points, numerator, denominator, wish = parts(d_grid, theta, align_corners)
    return joined(points, wish / denominator, -(wish * numerator / denominator).sum(axis=1, keepdims=True))


@EXERCISE.wrong(
    "The numerators are not divided",
    "the derivative of a / c with respect to a is 1 / c; yours gives the first two rows the upstream gradient "
    "undivided, as if theta were affine.",
    "sec-families-quotient",
)
def undivided(d_grid, theta, align_corners=False):
    points, numerator, denominator, wish = parts(d_grid, theta, align_corners)
    return joined(points, wish, -(wish * numerator / denominator**2).sum(axis=1, keepdims=True))


@EXERCISE.wrong(
    "No division at all",
    "this is the gradient of an affine map's six numbers; a projective one divides "
    "by c, so that each pixel's share is divided by its own c, and c's row gets a share too.",
    "sec-families-quotient",
)
def as_affine(d_grid, theta, align_corners=False):
    points, _, denominator, wish = parts(d_grid, theta, align_corners)
    return joined(points, wish, 0 * denominator)


@EXERCISE.wrong(
    "The third row takes x alone",
    "the denominator divides both coordinates, so its gradient adds up what comes from x and what comes from y; yours "
    "has the first alone.",
    "sec-families-quotient",
)
def x_alone(d_grid, theta, align_corners=False):
    points, numerator, denominator, wish = parts(d_grid, theta, align_corners)
    return joined(points, wish / denominator, -(wish * numerator / denominator**2)[:, :1])


@EXERCISE.wrong(
    "The third row takes y alone",
    "the denominator divides both coordinates, so its gradient adds up what comes from x and what comes from y; yours "
    "has the second alone.",
    "sec-families-quotient",
)
def y_alone(d_grid, theta, align_corners=False):
    points, numerator, denominator, wish = parts(d_grid, theta, align_corners)
    return joined(points, wish / denominator, -(wish * numerator / denominator**2)[:, 1:])


@EXERCISE.wrong(
    "The output's own place for the one read",
    "in -(x d_x + y d_y) / c, x and y are the place that is read, a / c and b / c; yours takes the output pixel's own.",
    "sec-families-quotient",
)
def own_place(d_grid, theta, align_corners=False):
    points, _, denominator, wish = parts(d_grid, theta, align_corners)
    return joined(points, wish / denominator, -(wish * points.T[:2] / denominator).sum(axis=1, keepdims=True))


@EXERCISE.wrong(
    "The lever arms are missing",
    "each pixel's three gradients are multiplied by its place, (x_t, y_t, "
    "1), before they are added up; yours puts the plain sums into all three columns.",
    "sec-theta-sum",
)
def without_arms(d_grid, theta, align_corners=False):
    points, numerator, denominator, wish = parts(d_grid, theta, align_corners)
    return joined(
        np.ones_like(points), wish / denominator, -(wish * numerator / denominator**2).sum(axis=1, keepdims=True)
    )


@EXERCISE.wrong(
    "x and y are swapped",
    "the gradient's last axis is (x, y), and the first row of theta belongs to x; yours takes y first.",
    "sec-theta-sum",
)
def swapped(d_grid, theta, align_corners=False):
    return projective_grid_backward(d_grid[..., ::-1].copy(), theta, align_corners)


@EXERCISE.wrong(
    "The lever arms are swapped",
    "theta's columns belong to x_t, y_t and 1 in this order; yours has the first two the other way round.",
    "sec-theta-sum",
)
def arms_swapped(d_grid, theta, align_corners=False):
    return projective_grid_backward(d_grid, theta, align_corners)[:, :, [1, 0, 2]].copy()


@EXERCISE.wrong(
    "= for += in the sum over the pixels",
    "every pixel's share is added to what the pixels before it have "
    "left, with +=; yours assigns, so that only the last pixel's is there at the end.",
    "sec-theta-hand",
)
def last_pixel(d_grid, theta, align_corners=False):
    last = np.zeros_like(d_grid)
    last[:, -1, -1] = d_grid[:, -1, -1]
    return projective_grid_backward(last, theta, align_corners)


@EXERCISE.wrong(
    "The mean for the sum",
    "theta acts on every pixel, so its gradient is the sum over all of them; yours divides by their number.",
    "sec-theta-sum",
)
def mean(d_grid, theta, align_corners=False):
    return projective_grid_backward(d_grid, theta, align_corners) / (d_grid.shape[1] * d_grid.shape[2])


@EXERCISE.wrong(
    "The ninth number is held fixed",
    "the gradient for a 3 x 3 theta has nine numbers; that the last one is fixed at 1 is the part of "
    "projective_theta, which drops it.",
    "sec-families-quotient",
)
def ninth_fixed(d_grid, theta, align_corners=False):
    d_theta = projective_grid_backward(d_grid, theta, align_corners)
    d_theta[:, 2, 2] = 0
    return d_theta


@EXERCISE.wrong(
    "The other align_corners",
    "the lever arms are the output's pixel centres in the forward's convention; yours are those of the other one.",
    "sec-grid-units",
)
def other_convention(d_grid, theta, align_corners=False):
    return projective_grid_backward(d_grid, theta, not align_corners)


@EXERCISE.wrong(
    "align_corners is ignored",
    "with False, -1 and 1 are the outer edges, so the outermost centres lie "
    "half a pixel inside; yours has them at -1 and 1 always.",
    "sec-grid-units",
)
def always_corners(d_grid, theta, align_corners=False):
    return projective_grid_backward(d_grid, theta, True)


@EXERCISE.wrong(
    "Added up over the batch",
    "each image has a theta of its own, which depends on its own pixels alone; yours gives the sum over all images to "
    "each.",
    "sec-theta-sum",
)
def over_the_batch(d_grid, theta, align_corners=False):
    d_theta = projective_grid_backward(d_grid, theta, align_corners)
    return np.zeros_like(d_theta) + d_theta.sum(axis=0, keepdims=True)


@EXERCISE.wrong(
    "align_corners is ignored, edges always",
    "with True, -1 and 1 are the outermost centres themselves; your lever arms end half a pixel inside always.",
    "sec-grid-units",
)
def always_edges(d_grid, theta, align_corners=False):
    return projective_grid_backward(d_grid, theta, False)


@EXERCISE.wrong(
    "c squared in all three rows",
    "a and b are divided by c once, and so are their gradients; c's own has c squared, and yours has it in all three.",
    "sec-families-quotient",
)
def squared_everywhere(d_grid, theta, align_corners=False):
    points, numerator, denominator, wish = parts(d_grid, theta, align_corners)
    second = -(wish * numerator / denominator**2).sum(axis=1, keepdims=True)
    return joined(points, wish / denominator**2, second)


@EXERCISE.wrong(
    "The third row is not multiplied by the place",
    "the derivative of a / c with respect to c is -a / c**2, with the numerator in it; yours is -1 / c**2 times the "
    "upstream gradient.",
    "sec-families-quotient",
)
def without_numerator(d_grid, theta, align_corners=False):
    points, _, denominator, wish = parts(d_grid, theta, align_corners)
    return joined(points, wish / denominator, -(wish / denominator**2).sum(axis=1, keepdims=True))


@EXERCISE.wrong(
    "The third row is not divided at all",
    "the derivative of a / c with respect to c is -a / c**2; yours has the numerator and no denominator.",
    "sec-families-quotient",
)
def third_undivided(d_grid, theta, align_corners=False):
    points, numerator, denominator, wish = parts(d_grid, theta, align_corners)
    return joined(points, wish / denominator, -(wish * numerator).sum(axis=1, keepdims=True))


@EXERCISE.wrong(
    "Multiplied by c where it should be divided",
    "the derivative of a / c with respect to a is 1 / c; yours multiplies the upstream gradient by c.",
    "sec-families-quotient",
)
def multiplied(d_grid, theta, align_corners=False):
    points, numerator, denominator, wish = parts(d_grid, theta, align_corners)
    return joined(points, wish * denominator, -(wish * numerator / denominator**2).sum(axis=1, keepdims=True))


@EXERCISE.wrong(
    "The opposite sign", "the gradient is returned, and the step against it is the optimizer's part.", "sec-theta-hand"
)
def opposite(d_grid, theta, align_corners=False):
    return -projective_grid_backward(d_grid, theta, align_corners)


@EXERCISE.wrong(
    "Transposed",
    "each row of the gradient belongs to a row of theta, and its columns to (x_t, y_t, 1); yours has them exchanged.",
    "sec-theta-sum",
)
def transposed(d_grid, theta, align_corners=False):
    return projective_grid_backward(d_grid, theta, align_corners).swapaxes(1, 2).copy()


@EXERCISE.wrong(
    "Only the shift is there",
    "each of the three gradients is multiplied by (x_t, y_t, 1) before it is "
    "summed; yours has the sums in the third column alone.",
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
    "The output's points in the quotient rule",
    "the derivative with respect to c is -(x d_x + y d_y) / c with the point of the input, x = a / c and y = b / c; "
    "yours takes x and y of the output's pixel.",
    "sec-families-quotient",
)
def own_points(d_grid, theta, align_corners=False):
    points, _, denominator, d_points = parts(d_grid, theta, align_corners)
    own = points[:, :2].T
    return joined(points, d_points / denominator, -(d_points * own / denominator**2).sum(axis=1, keepdims=True))
