"""Wrong answers to `singular_values`, and the calls that tell them apart."""

import numpy as np

from tests.judge import Case, Exercise


def theta(*entries):
    return np.array(entries, "float64").reshape(-1, 2, 3)


RANDOM = np.random.default_rng(0).standard_normal((4, 2, 3))

EXERCISE = Exercise(
    name="singular_values",
    answer="tests.solutions",
    gives=("values",),
    cases=[
        Case(
            "twice as far along x, half as far along y, and a shift",
            theta(2, 0, 0.75, 0, 0.5, -0.25),
            expected=[[2, 0.5]],
        ),
        Case("half as far along x, twice as far along y", theta(0.5, 0, 0, 0, 2, 0), expected=[[2, 0.5]]),
        Case("a quarter turn: nothing is stretched", theta(0, -1, 3, 1, 0, 0), expected=[[1, 1]]),
        Case(
            "a shear by 3/2, which makes a long ellipse of the circle", theta(1, 1.5, 0, 0, 1, 0), expected=[[2, 0.5]]
        ),
        Case("a mirror image: the smaller is not negative", theta(1, 0, 0, 0, -1, 0), expected=[[1, 1]]),
        Case("everything read from one line", theta(1, 0, 0, 1, 0, 0), expected=[[np.sqrt(2), 0]]),
        Case(
            "two images: three times, and a shear",
            theta(3, 0, 0, 0, 3, 0, 1, 0, 1, 1.5, 1, 0),
            expected=[[3, 3], [2, 0.5]],
        ),
        Case("four random thetas", RANDOM),
        Case("four random thetas in float32", RANDOM.astype("float32")),
    ],
)


def values(theta):
    return np.linalg.svd(theta[:, :, :2], compute_uv=False)


@EXERCISE.wrong(
    "The shift is taken for a stretch",
    "theta's third column moves the picture and stretches nothing; take theta[:, :, :2] before anything else.",
    "sec-clinic-numbers",
)
def with_shift(theta):
    return np.linalg.svd(theta, compute_uv=False)


@EXERCISE.wrong(
    "Eigenvalues for singular values",
    "an eigenvalue is how much a direction that does not turn is stretched, and under a shear or a turn there are few "
    "of those; the half axes are the square roots of the eigenvalues of A.T @ A.",
    "sec-clinic-numbers",
)
def eigenvalues(theta):
    found = np.sort(abs(np.linalg.eigvals(theta[:, :, :2])), axis=1)[:, ::-1]
    return found.astype(theta.dtype)


@EXERCISE.wrong(
    "The square roots are missing",
    "the eigenvalues of A.T @ A are the squares of the half axes; take their square roots.",
    "sec-clinic-numbers",
)
def squares(theta):
    return values(theta) ** 2


@EXERCISE.wrong(
    "The entries on the diagonal",
    "they are the scales only where theta neither turns nor shears; a "
    "quarter turn has zeros there and shrinks nothing.",
    "sec-clinic-numbers",
)
def diagonal(theta):
    return np.sort(abs(np.stack([theta[:, 0, 0], theta[:, 1, 1]], axis=1)), axis=1)[:, ::-1].copy()


@EXERCISE.wrong(
    "The lengths of the columns",
    "a column's length is how far a step along x or along y is stretched, and the direction that is stretched most "
    "may lie between the two, as it does in a shear.",
    "sec-clinic-numbers",
)
def columns(theta):
    return np.sort(np.linalg.norm(theta[:, :, :2], axis=1), axis=1)[:, ::-1].copy()


@EXERCISE.wrong(
    "The lengths of the rows",
    "a row is how one coordinate of the input depends on the output's x and y; the half axes of the ellipse are "
    "something else as soon as theta shears.",
    "sec-clinic-numbers",
)
def rows(theta):
    return np.sort(np.linalg.norm(theta[:, :, :2], axis=2), axis=1)[:, ::-1].copy()


@EXERCISE.wrong(
    "The smaller one first", "the larger comes first; yours are sorted the other way.", "sec-clinic-numbers"
)
def ascending(theta):
    return values(theta)[:, ::-1].copy()


@EXERCISE.wrong(
    "The mirror image's sign is kept",
    "a half axis is a length and never negative; whether theta mirrors is the determinant's sign, another question.",
    "sec-clinic-numbers",
)
def signed(theta):
    found = values(theta)
    found[:, 1] *= np.where(np.linalg.det(theta[:, :, :2]) < 0, -1, 1).astype(theta.dtype)
    return found


@EXERCISE.wrong(
    "The scale of the picture, not of the points",
    "theta moves the points, and points that are spread by 2 make a picture of half the size; the 2 is required, and "
    "yours is its inverse.",
    "sec-grid-pull",
)
def inverted(theta):
    with np.errstate(divide="ignore"):
        return 1 / values(theta)[:, ::-1]


@EXERCISE.wrong(
    "One theta for the whole batch",
    "each image has a theta of its own, and so two values of its own; yours gives those of the first to all.",
    "sec-clinic-numbers",
)
def first_alone(theta):
    return values(theta[:1]).repeat(len(theta), axis=0)


@EXERCISE.wrong(
    "The larger one twice",
    "there are two half axes, and the smaller shows when a picture collapses into a line; yours gives the larger for "
    "both.",
    "sec-clinic-numbers",
)
def larger_twice(theta):
    return values(theta)[:, :1].repeat(2, axis=1)


@EXERCISE.wrong(
    "Trace and determinant",
    "the trace is the sum of the eigenvalues and the determinant their product; "
    "the half axes are the square roots of the eigenvalues of A.T @ A.",
    "sec-clinic-numbers",
)
def trace_and_determinant(theta):
    linear = theta[:, :, :2]
    return np.stack([linear[:, 0, 0] + linear[:, 1, 1], np.linalg.det(linear).astype(theta.dtype)], axis=1)


@EXERCISE.wrong(
    "Whole axes for half axes",
    "the circle has radius 1, so a stretch is measured from the middle; "
    "yours are the whole lengths of the ellipse, twice as large.",
    "sec-clinic-numbers",
)
def whole_axes(theta):
    return 2 * values(theta)


@EXERCISE.wrong(
    "The root of the determinant twice",
    "the determinant is the factor of the area, the product of the two half axes; yours gives its root for both of "
    "them.",
    "sec-clinic-numbers",
)
def by_area(theta):
    root = np.sqrt(abs(np.linalg.det(theta[:, :, :2]))).astype(theta.dtype)
    return np.stack([root, root], axis=1)


@EXERCISE.wrong(
    "The smaller one twice",
    "there are two half axes, the larger first; yours gives the smaller for both.",
    "sec-clinic-numbers",
)
def smaller_twice(theta):
    return values(theta)[:, 1:].repeat(2, axis=1)


@EXERCISE.wrong(
    "The eigenvalues of A + A.T, halved",
    "half of A + A.T is what is left of A without its turning "
    "part, and a quarter turn leaves nothing; the half axes are the square roots of the eigenvalues of "
    "A.T @ A.",
    "sec-clinic-numbers",
)
def symmetric_part(theta):
    linear = theta[:, :, :2].astype("float64")
    found = np.linalg.eigvalsh((linear + linear.swapaxes(1, 2)) / 2)
    return np.sort(abs(found), axis=1)[:, ::-1].astype(theta.dtype)


@EXERCISE.wrong(
    "The determinant comes with the larger",
    "two half axes are required; yours are the larger one and the area's factor, or the larger one and their ratio.",
    "sec-clinic-numbers",
)
def with_determinant(theta):
    found = values(theta)
    return np.stack([found[:, 0], found[:, 0] * found[:, 1]], axis=1)


@EXERCISE.wrong(
    "The largest and the smallest entry",
    "an entry is how one coordinate depends on another; how far a circle is stretched depends on all four together.",
    "sec-clinic-numbers",
)
def largest_and_smallest_entry(theta):
    entries = abs(theta[:, :, :2]).reshape(-1, 4)
    return np.stack([entries.max(axis=1), entries.min(axis=1)], axis=1)


@EXERCISE.wrong(
    "The norm and the determinant",
    "the determinant is the product of the half axes and the Frobenius "
    "norm the root of the sum of their squares; neither is one of the two.",
    "sec-clinic-numbers",
)
def norm_and_determinant(theta):
    linear = theta[:, :, :2]
    return np.stack([np.linalg.norm(linear, axis=(1, 2)), abs(np.linalg.det(linear))], axis=1).astype(theta.dtype)


@EXERCISE.wrong(
    "The sums of rows and columns",
    "the norms that add up entries bound the stretch and do not give it; take singular values.",
    "sec-clinic-numbers",
)
def sum_norms(theta):
    linear = abs(theta[:, :, :2])
    return np.stack([linear.sum(axis=1).max(axis=1), linear.sum(axis=2).max(axis=1)], axis=1)


@EXERCISE.wrong(
    "The directions, not the half axes",
    "np.linalg.svd gives three arrays, of which the second holds the singular values; yours is the first, the "
    "directions. With compute_uv=False the values come alone.",
    "sec-clinic-numbers",
)
def directions(theta):
    return np.linalg.svd(theta[:, :, :2])[0]


@EXERCISE.right_too
def from_the_square(theta):
    """The square roots of the eigenvalues of A.T @ A."""
    linear = theta[:, :, :2].astype("float64")
    found = np.linalg.eigvalsh(linear.swapaxes(1, 2) @ linear)[:, ::-1]
    return np.sqrt(np.maximum(found, 0)).astype(theta.dtype)


@EXERCISE.right_too
def in_closed_form(theta):
    a, b, _, c, d, _ = theta.reshape(-1, 6).T
    together, apart = np.hypot(a + d, c - b), np.hypot(a - d, b + c)
    return np.stack([together + apart, abs(together - apart)], axis=1) / 2
