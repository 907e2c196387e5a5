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
    "The shift is included",
    "your function includes the third column, which moves points without stretching anything; take `theta[:, :, :2]` "
    "first.",
    "sec-clinic-numbers",
)
def with_shift(theta):
    return np.linalg.svd(theta, compute_uv=False)


@EXERCISE.wrong(
    "Eigenvalues instead of singular values",
    "your function returns eigenvalues, the stretch of directions that do not turn, of which a shear or a rotation "
    "has few; the half axes are the square roots of the eigenvalues of `A.T @ A`.",
    "sec-clinic-numbers",
)
def eigenvalues(theta):
    found = np.sort(abs(np.linalg.eigvals(theta[:, :, :2])), axis=1)[:, ::-1]
    return found.astype(theta.dtype)


@EXERCISE.wrong(
    "The square roots are missing",
    "your function returns the eigenvalues of `A.T @ A`; the half axes are their square roots.",
    "sec-clinic-numbers",
)
def squares(theta):
    return values(theta) ** 2


@EXERCISE.wrong(
    "The entries on the diagonal",
    "your function returns the diagonal entries, which are the scales only where `theta` neither rotates nor shears; "
    "a quarter turn has zeros there although it shrinks nothing.",
    "sec-clinic-numbers",
)
def diagonal(theta):
    return np.sort(abs(np.stack([theta[:, 0, 0], theta[:, 1, 1]], axis=1)), axis=1)[:, ::-1].copy()


@EXERCISE.wrong(
    "The lengths of the columns",
    "your function returns the lengths of the columns, how far a step along x or y is stretched; the direction that "
    "is stretched most may lie between the two, as in a shear.",
    "sec-clinic-numbers",
)
def columns(theta):
    return np.sort(np.linalg.norm(theta[:, :, :2], axis=1), axis=1)[:, ::-1].copy()


@EXERCISE.wrong(
    "The lengths of the rows",
    "your function returns the lengths of the rows; these differ from the half axes as soon as `theta` shears.",
    "sec-clinic-numbers",
)
def rows(theta):
    return np.sort(np.linalg.norm(theta[:, :, :2], axis=2), axis=1)[:, ::-1].copy()


@EXERCISE.wrong(
    "The smaller one first",
    "your function returns the smaller value first; the larger should come first.",
    "sec-clinic-numbers",
)
def ascending(theta):
    return values(theta)[:, ::-1].copy()


@EXERCISE.wrong(
    "The sign of a mirror image is kept",
    "your second value is negative where `theta` mirrors; a half axis is a length and cannot be negative.",
    "sec-clinic-numbers",
)
def signed(theta):
    found = values(theta)
    found[:, 1] *= np.where(np.linalg.det(theta[:, :, :2]) < 0, -1, 1).astype(theta.dtype)
    return found


@EXERCISE.wrong(
    "The scale of the picture, not of the points",
    "your function returns the scales of the picture, the inverse of those of the points; `theta` moves the points, "
    "and points spread by 2 give the value 2.",
    "sec-grid-pull",
)
def inverted(theta):
    with np.errstate(divide="ignore"):
        return 1 / values(theta)[:, ::-1]


@EXERCISE.wrong(
    "One `theta` for the whole batch",
    "your function returns the first image's values for every image; each image has its own theta.",
    "sec-clinic-numbers",
)
def first_alone(theta):
    return values(theta[:1]).repeat(len(theta), axis=0)


@EXERCISE.wrong(
    "The larger one twice",
    "your function returns the larger value twice; the smaller is required as well, since it shows when a picture "
    "collapses to a line.",
    "sec-clinic-numbers",
)
def larger_twice(theta):
    return values(theta)[:, :1].repeat(2, axis=1)


@EXERCISE.wrong(
    "Trace and determinant",
    "your function returns trace and determinant, the sum and the product of the eigenvalues; the half axes are the "
    "square roots of the eigenvalues of `A.T @ A`.",
    "sec-clinic-numbers",
)
def trace_and_determinant(theta):
    linear = theta[:, :, :2]
    return np.stack([linear[:, 0, 0] + linear[:, 1, 1], np.linalg.det(linear).astype(theta.dtype)], axis=1)


@EXERCISE.wrong(
    "Whole axes instead of half axes",
    "your values are the whole lengths of the ellipse's axes; the circle has radius 1, so the half axes are required.",
    "sec-clinic-numbers",
)
def whole_axes(theta):
    return 2 * values(theta)


@EXERCISE.wrong(
    "The root of the determinant twice",
    "your function returns the square root of the determinant twice; the determinant is the product of the two half "
    "axes, which may differ.",
    "sec-clinic-numbers",
)
def by_area(theta):
    root = np.sqrt(abs(np.linalg.det(theta[:, :, :2]))).astype(theta.dtype)
    return np.stack([root, root], axis=1)


@EXERCISE.wrong(
    "The smaller one twice",
    "your function returns the smaller value twice; there are two half axes, the larger first.",
    "sec-clinic-numbers",
)
def smaller_twice(theta):
    return values(theta)[:, 1:].repeat(2, axis=1)


@EXERCISE.wrong(
    "The eigenvalues of A + A.T, halved",
    "your function returns the eigenvalues of (A + A.T) / 2, which leaves out the rotation and is 0 for a quarter "
    "turn; the half axes are the square roots of the eigenvalues of `A.T @ A`.",
    "sec-clinic-numbers",
)
def symmetric_part(theta):
    linear = theta[:, :, :2].astype("float64")
    found = np.linalg.eigvalsh((linear + linear.swapaxes(1, 2)) / 2)
    return np.sort(abs(found), axis=1)[:, ::-1].astype(theta.dtype)


@EXERCISE.wrong(
    "The larger value and the determinant",
    "your second value is the determinant, the product of both half axes; the smaller half axis is required.",
    "sec-clinic-numbers",
)
def with_determinant(theta):
    found = values(theta)
    return np.stack([found[:, 0], found[:, 0] * found[:, 1]], axis=1)


@EXERCISE.wrong(
    "The largest and the smallest entry",
    "your function returns the largest and the smallest entry; how far a circle is stretched depends on all four "
    "entries together.",
    "sec-clinic-numbers",
)
def largest_and_smallest_entry(theta):
    entries = abs(theta[:, :, :2]).reshape(-1, 4)
    return np.stack([entries.max(axis=1), entries.min(axis=1)], axis=1)


@EXERCISE.wrong(
    "The norm and the determinant",
    "your function returns the Frobenius norm, the square root of the sum of the squared half axes, and the "
    "determinant, their product; the half axes themselves are required.",
    "sec-clinic-numbers",
)
def norm_and_determinant(theta):
    linear = theta[:, :, :2]
    return np.stack([np.linalg.norm(linear, axis=(1, 2)), abs(np.linalg.det(linear))], axis=1).astype(theta.dtype)


@EXERCISE.wrong(
    "The largest sums of columns and rows",
    "your function returns the largest sum of a column and of a row, norms that bound the stretch but do not equal "
    "it; the singular values are required.",
    "sec-clinic-numbers",
)
def sum_norms(theta):
    linear = abs(theta[:, :, :2])
    return np.stack([linear.sum(axis=1).max(axis=1), linear.sum(axis=2).max(axis=1)], axis=1)


@EXERCISE.wrong(
    "The directions, not the half axes",
    "your function returns the first of the three arrays of `np.linalg.svd`, the directions; the singular "
    "values are the second, and with `compute_uv=False` they come alone.",
    "sec-clinic-numbers",
)
def directions(theta):
    return np.linalg.svd(theta[:, :, :2])[0]


@EXERCISE.wrong(
    "Eigenvalues as they come",
    "your function returns the eigenvalues of the 2 x 2 part in the order in which NumPy gives them; the half axes are "
    "the square roots of the eigenvalues of `A.T @ A`, the larger one first.",
    "sec-clinic-numbers",
)
def eigenvalues_as_they_come(theta):
    return np.linalg.eigvals(theta[:, :, :2]).real.astype(theta.dtype)


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
