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
    "r**2 * log(r) is 0 times minus infinity at r = 0, which NumPy calls NaN; the "
    "function's value there is 0, so the logarithm must not be taken of 0.",
    "sec-families-radial",
)
def log_of_zero(distance):
    return distance**2 * np.log(distance)


@EXERCISE.wrong(
    "r for r squared",
    "the thin plate's U is r**2 * log(r); yours is r * log(r), which has a kink at the "
    "point itself and bends without limit there.",
    "sec-families-radial",
)
def r_once(distance):
    return distance * log(distance)


@EXERCISE.wrong(
    "The logarithm of the square",
    "log(r**2) is twice log(r), a factor that Bookstein has in U and that "
    "his weights make up for; here U is r**2 * log(r).",
    "sec-families-radial",
)
def log_of_square(distance):
    return 2 * distance**2 * log(distance)


@EXERCISE.wrong(
    "The distance is taken for its square",
    "what comes in is r itself; half of r * log(r) would be U if r were the squared distance.",
    "sec-families-radial",
)
def as_squared(distance):
    return distance * log(distance) / 2


@EXERCISE.wrong(
    "The logarithm to base 10", "U takes the natural logarithm, np.log; yours takes np.log10.", "sec-families-radial"
)
def base_ten(distance):
    return distance**2 * log(distance) / np.log(distance.dtype.type(10))


@EXERCISE.wrong(
    "The square is missing",
    "the logarithm alone runs to minus infinity at the point; the factor r**2 makes U smooth there.",
    "sec-families-radial",
)
def log_alone(distance):
    return log(distance)


@EXERCISE.wrong(
    "The logarithm is missing",
    "r**2 alone is a bowl, for which a plate needs no force at its middle; U is r**2 * log(r).",
    "sec-families-radial",
)
def square_alone(distance):
    return distance**2


@EXERCISE.wrong("The cube", "r**3 is U on a line; in the plane it is r**2 * log(r).", "sec-families-radial")
def cube(distance):
    return distance**3


@EXERCISE.wrong(
    "The logarithm of 1 + r",
    "np.log1p(r) is log(1 + r), which is 0 at 0 and right nowhere else; U's logarithm is that of r itself.",
    "sec-families-radial",
)
def one_more(distance):
    return distance**2 * np.log1p(distance)


@EXERCISE.wrong(
    "Nothing below a distance of 1",
    "U is negative there, down to -1 / (2 e) near r = 0.61; yours is 0, as if the distance were at least 1.",
    "sec-families-radial",
)
def at_least_one(distance):
    return distance**2 * np.log(np.maximum(distance, 1))


@EXERCISE.wrong(
    "The wrong sign",
    "U is negative below a distance of 1 and positive beyond; yours is turned over.",
    "sec-families-radial",
)
def negative(distance):
    return -(distance**2) * log(distance)


@EXERCISE.wrong(
    "The logarithm to base 2", "U takes the natural logarithm, np.log; yours takes np.log2.", "sec-families-radial"
)
def base_two(distance):
    return distance**2 * log(distance) / np.log(distance.dtype.type(2))


@EXERCISE.wrong(
    "Half of it",
    "U is r**2 * log(r), and half of that belongs to r squared under the logarithm, "
    "log(r**2) / 2; yours has the half and r alone.",
    "sec-families-radial",
)
def half(distance):
    return distance**2 * log(distance) / 2


@EXERCISE.wrong(
    "The logarithm is squared",
    "U is r**2 * log(r); yours squares the logarithm, or the whole of r * log(r).",
    "sec-families-radial",
)
def squared_logarithm(distance):
    return (distance * log(distance)) ** 2


@EXERCISE.wrong(
    "The size of it", "U is negative below a distance of 1; yours is its absolute value.", "sec-families-radial"
)
def size(distance):
    return abs(distance**2 * log(distance))


@EXERCISE.wrong(
    "One at the point itself",
    "U is 0 at a distance of 0; yours is 1 there, or whatever the 0 was replaced by gives.",
    "sec-families-radial",
)
def one_at_zero(distance):
    return np.where(distance > 0, distance**2 * log(distance), 1).astype(distance.dtype)


@EXERCISE.wrong(
    "The slope of U, not U", "r**2 * log(r) itself is required; yours is its derivative.", "sec-families-radial"
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
            "log(r + 1e-6) keeps NaN away and is wrong at every other distance; replace the 0 alone, with np.where.",
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
