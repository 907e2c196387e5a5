"""Wrong answers to `tps_radial`, and the calls that tell them apart."""

import numpy as np

from tests.judge import Case, Exercise

E = np.e
SOME = np.random.default_rng(0).uniform(0.05, 3, (3, 4))
SOME[1, 2] = SOME[0, 0] = 0

EXERCISE = Exercise(
    name="tps_radial",
    answer="tests.solutions",
    gives=("bent",),
    cases=[
        Case("distances 1, e and e squared", np.array([[1, E, E**2]]), expected=[[0, E**2, 2 * E**4]]),
        Case("below 1: 1/e and its square", np.array([[1 / E, 1 / E**2]]), expected=[[-1 / E**2, -2 / E**4]]),
        Case("at the point itself, and one away", np.array([[0.0, 1], [1, 0]]), expected=[[0, 0], [0, 0]]),
        Case("three places and four points, two distances are 0", SOME),
        Case("very close: a distance of 1e-200", np.array([[1e-200, 1.5]])),
        Case("close: a hundredth, a thousandth and a millionth", np.array([[1e-2, 1e-3, 1e-6]]), relative=True),
        Case("the same in float32", SOME.astype("float32")),
    ],
)


def log(distance):
    """The logarithm, and 0 at 0."""
    return np.log(np.where(distance > 0, distance, 1))


@EXERCISE.wrong(
    "The logarithm of 0",
    "your function is 0 times minus infinity at r = 0, which is NaN; the value there is 0, so do not take the "
    "logarithm of 0.",
    "sec-families-radial",
)
def log_of_zero(distance):
    return distance**2 * np.log(distance)


@EXERCISE.wrong(
    "r instead of r squared",
    "your function is `r * log(r)`, whose slope is infinite at the point itself; U is `r**2 * log(r)`.",
    "sec-families-radial",
)
def r_once(distance):
    return distance * log(distance)


@EXERCISE.wrong(
    "The logarithm of the square",
    "your function takes `log(r**2)`, which is twice `log(r)`; Bookstein has that factor and his weights make up for "
    "it, but here U is `r**2 * log(r)`.",
    "sec-families-radial",
)
def log_of_square(distance):
    return 2 * distance**2 * log(distance)


@EXERCISE.wrong(
    "The distance is taken for its square",
    "your function takes the argument for the squared distance, for which U would be half of `r * log(r)`; it is r "
    "itself.",
    "sec-families-radial",
)
def as_squared(distance):
    return distance * log(distance) / 2


@EXERCISE.wrong(
    "The logarithm to base 10",
    "your function uses `np.log10`; U has the natural logarithm, `np.log`.",
    "sec-families-radial",
)
def base_ten(distance):
    return distance**2 * log(distance) / np.log(distance.dtype.type(10))


@EXERCISE.wrong(
    "The square is missing",
    "your function is the logarithm alone, which is minus infinity at the point; U is `r**2 * log(r)`.",
    "sec-families-radial",
)
def log_alone(distance):
    return log(distance)


@EXERCISE.wrong(
    "The logarithm is missing", "your function is `r**2` alone; U is `r**2 * log(r)`.", "sec-families-radial"
)
def square_alone(distance):
    return distance**2


@EXERCISE.wrong(
    "The cube",
    "your function is `r**3`, which is U on a line; in the plane U is `r**2 * log(r)`.",
    "sec-families-radial",
)
def cube(distance):
    return distance**3


@EXERCISE.wrong(
    "The logarithm of 1 + r",
    "your function uses `np.log1p(r)`, the logarithm of 1 + r; U has the logarithm of r itself.",
    "sec-families-radial",
)
def one_more(distance):
    return distance**2 * np.log1p(distance)


@EXERCISE.wrong(
    "Nothing below a distance of 1",
    "your function is 0 below a distance of 1; U is negative there, down to -1 / (2 e) near r = 0.61.",
    "sec-families-radial",
)
def at_least_one(distance):
    return distance**2 * np.log(np.maximum(distance, 1))


@EXERCISE.wrong(
    "The sign is wrong",
    "your function has the opposite sign; U is negative below a distance of 1 and positive above.",
    "sec-families-radial",
)
def negative(distance):
    return -(distance**2) * log(distance)


@EXERCISE.wrong(
    "The logarithm to base 2",
    "your function uses `np.log2`; U has the natural logarithm, `np.log`.",
    "sec-families-radial",
)
def base_two(distance):
    return distance**2 * log(distance) / np.log(distance.dtype.type(2))


@EXERCISE.wrong(
    "Half of it",
    "your function is half of U; the half belongs only to the logarithm of a squared distance, `log(r**2) / 2`.",
    "sec-families-radial",
)
def half(distance):
    return distance**2 * log(distance) / 2


@EXERCISE.wrong(
    "The logarithm is squared", "your function squares the logarithm; U is `r**2 * log(r)`.", "sec-families-radial"
)
def squared_logarithm(distance):
    return (distance * log(distance)) ** 2


@EXERCISE.wrong(
    "The absolute value",
    "your function returns the absolute value; U is negative below a distance of 1.",
    "sec-families-radial",
)
def size(distance):
    return abs(distance**2 * log(distance))


@EXERCISE.wrong(
    "One at the point itself", "your function is 1 at a distance of 0; U is 0 there.", "sec-families-radial"
)
def one_at_zero(distance):
    return np.where(distance > 0, distance**2 * log(distance), 1).astype(distance.dtype)


@EXERCISE.wrong(
    "The derivative of U",
    "your function returns the derivative of U; U itself is `r**2 * log(r)`.",
    "sec-families-radial",
)
def slope(distance):
    return 2 * distance * log(distance) + distance


def _with_a_little(small, under_the_root=False):
    def answer(distance):
        little = distance.dtype.type(small)
        r = np.sqrt(distance**2 + little) if under_the_root else distance + little
        return distance**2 * np.log(r)

    return answer


for _small in (1e-12, 1e-10, 1e-9, 1e-8, 1e-7, 1e-6, 1e-5, 1e-4, 1e-3):
    for _root in (False, True):
        EXERCISE.wrong(
            "A small number is added before the logarithm",
            "your function adds a small number before the logarithm, which avoids NaN but is wrong at every other "
            "distance; replace only the 0, with `np.where`.",
            "sec-families-radial",
        )(_with_a_little(_small, _root))


@EXERCISE.right_too
def by_masks(distance):
    bent = np.zeros_like(distance)
    there = distance > 0
    bent[there] = distance[there] ** 2 * np.log(distance[there])
    return bent


@EXERCISE.right_too
def afterwards(distance):
    """NaN is made and thrown away; allowed, if not quiet."""
    return np.where(distance == 0, 0, distance**2 * np.log(distance)).astype(distance.dtype)
