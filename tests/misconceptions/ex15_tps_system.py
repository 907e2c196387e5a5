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
    "your last three rows are zero, so the system has no unique solution; they should state that the weights times x, "
    "the weights times y and the weights themselves add up to 0.",
    "sec-families-system",
)
def no_sides(points):
    return system(points, sides=np.zeros((3, len(points))))


@EXERCISE.wrong(
    "The affine part is missing",
    "your upper right block is zero; the first K rows should also contain `factor_x * x + factor_y * y + factor_1`, "
    "so that a rotation or a shift needs no bending.",
    "sec-families-system",
)
def no_affine(points):
    return system(points, affine=np.zeros((len(points), 3)), sides=ones(points).T)


@EXERCISE.wrong(
    "The bent part is missing",
    "your upper left block is zero, so every spline is flat; it should hold U of the distance from each control point "
    "to each.",
    "sec-families-system",
)
def no_bend(points):
    return system(points, bent=np.zeros((len(points), len(points))))


@EXERCISE.wrong(
    "U(r) with r instead of r squared",
    "your upper left block holds `r * log(r)`; U is `r**2 * log(r)`.",
    "sec-families-radial",
)
def r_once(points):
    return system(points, bent=distances(points) * log(distances(points)))


@EXERCISE.wrong(
    "The logarithm of the square",
    "your upper left block is twice what it should be, since `log(r**2)` is twice `log(r)`; from squared distances, U "
    "is half of `r**2 * log(r**2)`.",
    "sec-families-radial",
)
def twice(points):
    return system(points, bent=2 * distances(points) ** 2 * log(distances(points)))


@EXERCISE.wrong(
    "U of the squared distance",
    "your function takes U of the squared distance; take the square root first.",
    "sec-families-radial",
)
def squared(points):
    return system(points, bent=2 * distances(points) ** 4 * log(distances(points)))


@EXERCISE.wrong(
    "The logarithm of 0",
    "your diagonal is 0 times minus infinity, which is NaN; the distance of a point from itself is 0, where U is 0.",
    "sec-families-radial",
)
def log_of_zero(points):
    return system(points, bent=distances(points) ** 2 * np.log(distances(points)))


@EXERCISE.wrong(
    "The distances themselves",
    "your upper left block holds the distances; it has to hold U of the distances, `r**2 * log(r)`.",
    "sec-families-system",
)
def bare(points):
    return system(points, bent=distances(points))


@EXERCISE.wrong(
    "Steps along the axes instead of the distance",
    "your distance is the sum of the steps along x and y; it should be the square root of the sum of their squares.",
    "sec-families-system",
)
def along_axes(points):
    r = np.abs(points[:, None] - points).sum(axis=2)
    return system(points, bent=r**2 * log(r))


@EXERCISE.wrong(
    "The 1 comes first", "your affine columns start with the 1; their order should be x, y, 1.", "sec-families-system"
)
def one_first(points):
    return system(points, affine=ones(points)[:, [2, 0, 1]])


@EXERCISE.wrong(
    "x and y are swapped",
    "your affine columns have y first; a point is (x, y), and the columns are x, y, 1.",
    "sec-families-system",
)
def swapped(points):
    return system(points, affine=ones(points)[:, [1, 0, 2]])


@EXERCISE.wrong(
    "The constant is missing",
    "your third affine column is 0; it should be 1 for every point, so that the spline can shift and the weights add "
    "up to 0.",
    "sec-families-system",
)
def no_constant(points):
    return system(points, affine=ones(points) * [1, 1, 0])


@EXERCISE.wrong(
    "Ones in the empty corner",
    "your lower right block has ones on its diagonal; it should be zero, since the side conditions concern the "
    "weights alone.",
    "sec-families-system",
)
def full_corner(points):
    return system(points, corner=np.eye(3))


@EXERCISE.wrong(
    "The diagonal is not 0",
    "your diagonal is not 0, which makes a spline that passes near its points but not through them; the distance of a "
    "point from itself is 0, and so is U.",
    "sec-families-system",
)
def smoothing(points):
    r = distances(points)
    return system(points, bent=r**2 * log(r) + np.eye(len(points)))


@EXERCISE.wrong(
    "The blocks are in another order",
    "your affine part comes first, in rows and columns; the K weights should come first, then the three factors.",
    "sec-families-system",
)
def affine_first(points):
    count = len(points)
    order = [*range(count, count + 3), *range(count)]
    return system(points)[order][:, order].copy()


@EXERCISE.wrong(
    "The sign is wrong",
    "your upper left block has the opposite sign; U is negative below a distance of 1 and positive above.",
    "sec-families-radial",
)
def negative(points):
    r = distances(points)
    return system(points, bent=-(r**2) * log(r))


@EXERCISE.wrong(
    "The side conditions hold the factors, not the weights",
    "your last three rows state that the three factors are 0; they should state that the weights times x, the weights "
    "times y and the weights themselves add up to 0.",
    "sec-families-system",
)
def conditions_on_factors(points):
    return system(points, sides=np.zeros((3, len(points))), corner=np.eye(3))


@EXERCISE.wrong(
    "The logarithm to base 10",
    "your function uses `np.log10`; U has the natural logarithm, `np.log`.",
    "sec-families-radial",
)
def base_ten(points):
    r = distances(points)
    return system(points, bent=r**2 * log(r) / np.log(10))


@EXERCISE.wrong(
    "Squared distances",
    "your upper left block holds the squared distances, without the logarithm; it has to hold U of the distances, "
    "`r**2 * log(r)`.",
    "sec-families-system",
)
def squares(points):
    return system(points, bent=distances(points) ** 2)


@EXERCISE.wrong(
    "The side conditions are in another order",
    "your side conditions start with the weights themselves; the order should be the weights times x, the weights "
    "times y, and the weights.",
    "sec-families-system",
)
def sides_reordered(points):
    return system(points, sides=ones(points).T[[2, 0, 1]])


@EXERCISE.wrong(
    "The affine part is subtracted",
    "your first K rows subtract `factor_x * x + factor_y * y + factor_1`; they should add it.",
    "sec-families-system",
)
def affine_subtracted(points):
    return system(points, affine=-ones(points), sides=ones(points).T)


@EXERCISE.wrong(
    "A small number is added before the logarithm",
    "your `log(r + 1e-6)` avoids NaN on the diagonal but is wrong everywhere else; replace only the 0, with "
    "`np.where`.",
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
