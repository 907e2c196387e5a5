"""Wrong answers to `tps_system`, and the calls that tell them apart."""

import numpy as np

from tests.judge import Case, Exercise

E = np.e
LINE = np.array([[0.0, 0], [E, 0]])
THREE = np.array([[0.0, 0], [1, 0], [0, E]])
SOME = np.random.default_rng(0).normal(size=(5, 2))

FAR = (1 + E**2) * np.log(1 + E**2) / 2

EXERCISE = Exercise(
    name="tps_system",
    answer="tests.solutions",
    gives=("system",),
    also=("tps_radial",),
    cases=[
        Case(
            "two points, e apart along x",
            LINE,
            expected=[[0, E**2, 0, 0, 1], [E**2, 0, E, 0, 1], [0, E, 0, 0, 0], [0, 0, 0, 0, 0], [1, 1, 0, 0, 0]],
        ),
        Case(
            "three points, at distances 1, e and the root of 1 + e squared",
            THREE,
            expected=[
                [0, 0, E**2, 0, 0, 1],
                [0, 0, FAR, 1, 0, 1],
                [E**2, FAR, 0, 0, E, 1],
                [0, 1, 0, 0, 0, 0],
                [0, 0, E, 0, 0, 0],
                [1, 1, 1, 0, 0, 0],
            ],
        ),
        Case("five points", SOME),
        Case("five points in float32", SOME.astype("float32")),
    ],
)


def log(distance):
    return np.log(np.where(distance > 0, distance, 1))


def distances(points):
    return np.linalg.norm(points[:, None] - points, axis=2)


def ones(points):
    return np.concatenate([points, np.ones_like(points[:, :1])], axis=1)


def system(points, bent=None, affine=None, sides=None, corner=None):
    """The four blocks, any of them replaced."""
    r = distances(points)
    bent = r**2 * log(r) if bent is None else bent
    affine = ones(points) if affine is None else affine
    sides = affine.T if sides is None else sides
    corner = np.zeros((3, 3), points.dtype) if corner is None else corner
    return np.block([[bent, affine], [sides, corner]]).astype(points.dtype)


@EXERCISE.wrong(
    "The side conditions are missing",
    "three more unknowns need three more equations: the weights, and "
    "the weights times x and times y, add up to 0; your last three rows are zero, with no solution.",
    "sec-families-system",
)
def no_sides(points):
    return system(points, sides=np.zeros((3, len(points))))


@EXERCISE.wrong(
    "The affine part is missing",
    "the first K rows also carry factor_x * x + factor_y * y + factor_1, so "
    "that a turn or a shift bends nothing; your upper right block is zero.",
    "sec-families-system",
)
def no_affine(points):
    return system(points, affine=np.zeros((len(points), 3)), sides=ones(points).T)


@EXERCISE.wrong(
    "U(r) with r for r squared",
    "the thin plate's U is r**2 * log(r); your upper left block holds r * log(r).",
    "sec-families-radial",
)
def r_once(points):
    return system(points, bent=distances(points) * log(distances(points)))


@EXERCISE.wrong(
    "The logarithm of the square",
    "log(r**2) is twice log(r), and your upper left block is twice what it "
    "should be; from squared distances, U is half of r**2 * log(r**2).",
    "sec-families-radial",
)
def twice(points):
    return system(points, bent=2 * distances(points) ** 2 * log(distances(points)))


@EXERCISE.wrong(
    "The squared distance goes into U",
    "U is taken of the distance; yours is taken of its square, so that a root is missing.",
    "sec-families-radial",
)
def squared(points):
    return system(points, bent=2 * distances(points) ** 4 * log(distances(points)))


@EXERCISE.wrong(
    "The logarithm of 0",
    "on the diagonal each point meets itself at a distance of 0, where U is 0; yours "
    "is NaN there, 0 times minus infinity.",
    "sec-families-radial",
)
def log_of_zero(points):
    return system(points, bent=distances(points) ** 2 * np.log(distances(points)))


@EXERCISE.wrong(
    "The distances themselves",
    "the upper left block holds U of the distances, r**2 * log(r); yours holds the distances.",
    "sec-families-system",
)
def bare(points):
    return system(points, bent=distances(points))


@EXERCISE.wrong(
    "Steps along the axes for the distance",
    "the distance is the root of the sum of the squares; yours adds up the steps along x and along y.",
    "sec-families-system",
)
def along_axes(points):
    r = np.abs(points[:, None] - points).sum(axis=2)
    return system(points, bent=r**2 * log(r))


@EXERCISE.wrong(
    "The 1 comes first",
    "the factors are those of x, of y and of 1, in this order; yours begin with the 1, as statisticians have it.",
    "sec-families-system",
)
def one_first(points):
    return system(points, affine=ones(points)[:, [2, 0, 1]])


@EXERCISE.wrong(
    "x and y are swapped",
    "a point is (x, y), and so are the first two of the three affine columns; yours have y first.",
    "sec-families-system",
)
def swapped(points):
    return system(points, affine=ones(points)[:, [1, 0, 2]])


@EXERCISE.wrong(
    "The constant is missing",
    "the third affine column is 1 for every point: without it a spline cannot "
    "shift, and the weights need not add up to 0; yours is 0.",
    "sec-families-system",
)
def no_constant(points):
    return system(points, affine=ones(points) * [1, 1, 0])


@EXERCISE.wrong(
    "Ones in the empty corner",
    "the lower right block is zero, since the side conditions are about the "
    "weights alone; yours has ones on its diagonal.",
    "sec-families-system",
)
def full_corner(points):
    return system(points, corner=np.eye(3))


@EXERCISE.wrong(
    "Something on the diagonal",
    "each point's distance to itself is 0 and so is U; a number there makes a "
    "spline that passes near its points and not through them.",
    "sec-families-system",
)
def smoothing(points):
    r = distances(points)
    return system(points, bent=r**2 * log(r) + np.eye(len(points)))


@EXERCISE.wrong(
    "The blocks in another order",
    "first the K weights, then the three factors; yours has the affine part first, in rows and columns.",
    "sec-families-system",
)
def affine_first(points):
    count = len(points)
    order = [*range(count, count + 3), *range(count)]
    return system(points)[order][:, order].copy()


@EXERCISE.wrong(
    "The wrong sign",
    "U is negative below a distance of 1 and positive beyond, and goes into the upper left block as it is; yours is "
    "turned over.",
    "sec-families-radial",
)
def negative(points):
    r = distances(points)
    return system(points, bent=-(r**2) * log(r))


@EXERCISE.wrong(
    "The side conditions hold the factors, not the weights",
    "the last three rows state that the weights, and the weights times x and times y, add up to 0; yours state that "
    "the three factors are 0.",
    "sec-families-system",
)
def conditions_on_factors(points):
    return system(points, sides=np.zeros((3, len(points))), corner=np.eye(3))


@EXERCISE.wrong(
    "The logarithm to base 10", "U takes the natural logarithm, np.log; yours takes np.log10.", "sec-families-radial"
)
def base_ten(points):
    r = distances(points)
    return system(points, bent=r**2 * log(r) / np.log(10))


@EXERCISE.wrong(
    "Squared distances",
    "the upper left block holds U of the distances, r**2 * log(r); yours holds their squares, without the logarithm.",
    "sec-families-system",
)
def squares(points):
    return system(points, bent=distances(points) ** 2)


@EXERCISE.wrong(
    "The side conditions in another order",
    "the weights times x, times y and the weights themselves add "
    "up to 0, in this order; yours begin with the weights themselves.",
    "sec-families-system",
)
def sides_reordered(points):
    return system(points, sides=ones(points).T[[2, 0, 1]])


@EXERCISE.wrong(
    "The affine part is taken off",
    "the first K rows add factor_x * x + factor_y * y + factor_1 to what the weights give; yours subtracts it.",
    "sec-families-system",
)
def affine_subtracted(points):
    return system(points, affine=-ones(points), sides=ones(points).T)


@EXERCISE.wrong(
    "A small number is added before the logarithm",
    "log(r + 1e-6) keeps NaN away from the diagonal and is wrong everywhere else; replace the 0 alone, with np.where.",
    "sec-families-radial",
)
def a_little_more(points):
    r = distances(points)
    return system(points, bent=r**2 * np.log(r + 1e-6))


@EXERCISE.right_too
def entry_by_entry(points):
    count = len(points)
    found = np.zeros((count + 3, count + 3), points.dtype)
    for k, (x, y) in enumerate(points):
        for other, (u, v) in enumerate(points):
            r_squared = (x - u) ** 2 + (y - v) ** 2
            found[k, other] = 0.5 * r_squared * np.log(r_squared) if r_squared else 0
        found[k, count:] = found[count:, k] = x, y, 1
    return found
