"""Wrong answers to `bilinear_weights`, and the calls that tell them apart."""

import numpy as np

from tests.judge import Case, Exercise

SOME = np.random.default_rng(0).uniform(-4, 4, (2, 2, 3))

EXERCISE = Exercise(
    name="bilinear_weights",
    answer="tests.solutions",
    gives=("weights",),
    cases=[
        Case(
            "one point, a little to the right of pixel (0, 0) and twice as far below it",
            np.array([0.2]),
            np.array([0.4]),
            expected=[[0.48], [0.12], [0.32], [0.08]],
        ),
        Case(
            "two points, the second exactly on a pixel",
            np.array([2.2, 3.0]),
            np.array([1.4, 2.0]),
            expected=[[0.48, 1], [0.12, 0], [0.32, 0], [0.08, 0]],
        ),
        Case(
            "one point left of the first column, one above the first row",
            np.array([-0.2, 0.2]),
            np.array([0.4, -0.4]),
            expected=[[0.12, 0.32], [0.48, 0.08], [0.08, 0.48], [0.32, 0.12]],
        ),
        Case("two rows of three points each", *SOME),
        Case("two rows of three points each, in float32", *SOME.astype("float32")),
    ],
)


def fractions(x, y):
    return x - np.floor(x), y - np.floor(y)


def products(fx, fy):
    return np.stack([(1 - fx) * (1 - fy), fx * (1 - fy), (1 - fx) * fy, fx * fy])


@EXERCISE.wrong(
    "The weights go to the opposite pixels",
    "your upper left weight is `fx * fy`, where `fx = x - floor(x)`; it should be `(1 - fx) * (1 - fy)`, the area "
    "opposite to the pixel, so that the nearest pixel counts most.",
    "sec-sampler-neighbours",
)
def opposite(x, y):
    return products(*fractions(x, y))[::-1].copy()


@EXERCISE.wrong(
    "Left and right are exchanged",
    "your function gives the left column the weight `x - floor(x)`; that is the distance from the left column, so it "
    "is the weight of the right one, and a point close to the left column reads little on the right.",
    "sec-sampler-neighbours",
)
def left_and_right(x, y):
    fx, fy = fractions(x, y)
    return products(1 - fx, fy)


@EXERCISE.wrong(
    "Upper and lower are exchanged",
    "your function gives the upper row the weight `y - floor(y)`; y grows downwards, so that is the distance from the "
    "upper row and the weight of the lower one.",
    "sec-sampler-neighbours",
)
def upper_and_lower(x, y):
    fx, fy = fractions(x, y)
    return products(fx, 1 - fy)


@EXERCISE.wrong(
    "Upper right and lower left are exchanged",
    "your second weight is that of the pixel below and your third that of the pixel on the right; the pixel on the "
    "right should come second, so x and y may be swapped, or the order may run down the columns.",
    "sec-sampler-neighbours",
)
def swapped(x, y):
    return products(*fractions(y, x))


@EXERCISE.wrong(
    "The two weights are added",
    "your function adds the weight of a pixel's column and that of its row; multiply them, so that a pixel one step "
    "away along either axis has weight 0.",
    "sec-sampler-neighbours",
)
def added(x, y):
    fx, fy = fractions(x, y)
    return np.stack([(1 - fx) + (1 - fy), fx + (1 - fy), (1 - fx) + fy, fx + fy])


@EXERCISE.wrong(
    "The weights are averaged, not multiplied",
    "your function averages the weight of a pixel's column and that of its row, so that a point exactly on one pixel "
    "still reads two others; multiply them.",
    "sec-sampler-neighbours",
)
def mean_of_shares(x, y):
    return added(x, y) / 4


@EXERCISE.wrong(
    "The straight-line distance",
    "your weight falls with the straight-line distance from the pixel; a bilinear weight is the product of two tents, "
    "one along x and one along y.",
    "sec-sampler-tents",
)
def straight(x, y):
    fx, fy = fractions(x, y)
    return np.stack([np.maximum(0, 1 - np.hypot(fx - column, fy - row)) for row in (0, 1) for column in (0, 1)])


@EXERCISE.wrong(
    "One over the distance",
    "your weight is one over the distance, which is infinite on the pixel and never 0; a tent falls linearly, from 1 "
    "on the pixel to 0 one pixel away.",
    "sec-sampler-tents",
)
def one_over(x, y):
    fx, fy = fractions(x, y)
    weights = np.stack([1 / np.hypot(fx - column, fy - row) for row in (0, 1) for column in (0, 1)])
    return weights / weights.sum(axis=0)


@EXERCISE.wrong(
    "Everything to the nearest pixel",
    "your function gives the whole weight to the nearest pixel, as nearest-neighbour sampling does; each of the four "
    "neighbours has a weight that depends on its distance.",
    "sec-sampler-dial",
)
def nearest(x, y):
    return products(*(np.rint(fraction) for fraction in fractions(x, y)))


@EXERCISE.wrong(
    "Rounded towards zero",
    "your function rounds towards zero, as `int()`, `astype(int)` and `np.trunc` do, so a weight becomes negative "
    "left of pixel 0; the left neighbour there is pixel -1, which `np.floor` finds.",
    "sec-sampler-neighbours",
)
def truncated(x, y):
    return products(x - np.trunc(x), y - np.trunc(y))


@EXERCISE.wrong(
    "Below 0 the fraction is measured to the wrong side",
    "left of pixel 0 your fraction is the distance to the right neighbour, as `np.fmod` and `abs` give it; the left "
    "neighbour of x = -0.2 is pixel -1, and the fraction is `x - floor(x)`, 0.8.",
    "sec-sampler-neighbours",
)
def measured_to_zero(x, y):
    return products(np.abs(np.fmod(x, 1)), np.abs(np.fmod(y, 1)))


@EXERCISE.wrong(
    "The neighbours are kept inside the image",
    "your function moves the upper left neighbour to column 0 before it measures the distance, so a weight becomes "
    "negative; that neighbour is in column `floor(x)`, whether it exists or not.",
    "sec-sampler-outside",
)
def kept_inside(x, y):
    return products(x - np.maximum(np.floor(x), 0), y - np.maximum(np.floor(y), 0))


@EXERCISE.wrong(
    "Rounded to the nearest",
    "your function rounds to the nearest pixel, so the fraction is negative above a half; the upper left neighbour is "
    "found with `np.floor`.",
    "sec-sampler-neighbours",
)
def rounded(x, y):
    return products(x - np.rint(x), y - np.rint(y))


@EXERCISE.wrong(
    "On a whole pixel all weights are 0",
    "your function takes `np.ceil(x)` for the right neighbour, so both distances are 0 where x is whole; the right "
    "neighbour is `floor(x) + 1`, also there.",
    "sec-sampler-neighbours",
)
def ceiling(x, y):
    fx, fy = fractions(x, y)
    left, upper = np.ceil(x) - x, np.ceil(y) - y
    return np.stack([left * upper, fx * upper, left * fy, fx * fy])


@EXERCISE.wrong(
    "The whole part is not subtracted",
    "your function measures from pixel 0, wherever the point is; the fraction is what remains of x after its whole "
    "part, `x - floor(x)`.",
    "sec-sampler-neighbours",
)
def not_fractions(x, y):
    return products(x, y)


@EXERCISE.wrong(
    "The four weights come last",
    "your result has the four weights on its last axis; its shape should be (4, *S), so stack along the first axis.",
    "sec-sampler-neighbours",
)
def four_last(x, y):
    return np.moveaxis(products(*fractions(x, y)), 0, -1).copy()


@EXERCISE.wrong(
    "Squared distances",
    "your weight is 1 minus the squared distance, which is too large between two pixels, and the four weights do not "
    "add up to 1; a tent falls linearly, 1 minus the distance.",
    "sec-sampler-tents",
)
def squares(x, y):
    fx, fy = fractions(x, y)
    return np.stack([(1 - (fx - column) ** 2) * (1 - (fy - row) ** 2) for row in (0, 1) for column in (0, 1)])


@EXERCISE.wrong(
    "Along one axis alone",
    "your function uses the weights of the columns alone, half of each for either row; a pixel's weight is that of "
    "its column times that of its row.",
    "sec-sampler-neighbours",
)
def columns_alone(x, y):
    fx, _ = fractions(x, y)
    return np.stack([(1 - fx) / 2, fx / 2, (1 - fx) / 2, fx / 2]).astype(x.dtype)


@EXERCISE.wrong(
    "The weights go round the point",
    "your last two weights are exchanged, as if the pixels were listed around the point; the order should be upper "
    "left, upper right, lower left, lower right.",
    "sec-sampler-neighbours",
)
def around_the_point(x, y):
    return products(*fractions(x, y))[[0, 1, 3, 2]]


@EXERCISE.wrong(
    "A quarter to each",
    "your function gives each pixel a quarter, wherever the point is; the nearer a pixel is, the more it counts.",
    "sec-sampler-neighbours",
)
def quarters(x, y):
    return np.full((4, *x.shape), 0.25, x.dtype)


@EXERCISE.wrong(
    "The weights are smoothed",
    "your function smooths the fraction, as 3 f^2 - 2 f^3 does, which is another interpolation; a bilinear weight is "
    "linear in `x - floor(x)`.",
    "sec-sampler-neighbours",
)
def smoothed(x, y):
    fx, fy = fractions(x, y)
    return products(fx * fx * (3 - 2 * fx), fy * fy * (3 - 2 * fy))


@EXERCISE.wrong(
    "Divided by the sum of the squares",
    "your function divides the weights by the sum of their squares; they add up to 1 already and need no division.",
    "sec-sampler-neighbours",
)
def by_the_squares(x, y):
    weights = products(*fractions(x, y))
    return weights / (weights**2).sum(axis=0)


@EXERCISE.wrong(
    "The smaller fraction of each axis",
    "your fraction is the smaller of `x - floor(x)` and 1 minus that; the weight of the right column is `x - "
    "floor(x)`, also above a half.",
    "sec-sampler-neighbours",
)
def folded(x, y):
    fx, fy = fractions(x, y)
    return products(np.minimum(fx, 1 - fx), np.minimum(fy, 1 - fy))


@EXERCISE.wrong(
    "The smaller of the two weights",
    "your function takes the smaller of the column's and the row's weight; multiply them.",
    "sec-sampler-neighbours",
)
def smaller(x, y):
    fx, fy = fractions(x, y)
    return np.stack([np.minimum(a, b) for b in (1 - fy, fy) for a in (1 - fx, fx)])


@EXERCISE.wrong(
    "Measured from the right and from below",
    "your function gives the right neighbour the weight `ceil(x) - x`, the distance to that neighbour; its weight is "
    "the distance from the left one, `x - floor(x)`.",
    "sec-sampler-neighbours",
)
def from_the_ceiling(x, y):
    right, down = np.ceil(x) - x, np.ceil(y) - y
    return np.stack([(1 - right) * (1 - down), right * (1 - down), (1 - right) * down, right * down])


@EXERCISE.wrong(
    "Rounded towards zero",
    "your function rounds towards zero, as `int()`, `astype(int)` and `np.trunc` do, so a weight becomes negative "
    "left of pixel 0; the left neighbour there is pixel -1, which `np.floor` finds.",
    "sec-sampler-neighbours",
)
def truncated_and_cut_off(x, y):
    across, down = (abs(at - np.trunc(at) - np.array([0, 1]).reshape(2, *[1] * at.ndim)) for at in (x, y))
    return np.stack([np.maximum(1 - across[k], 0) * np.maximum(1 - down[m], 0) for m in (0, 1) for k in (0, 1)]).astype(
        x.dtype
    )


@EXERCISE.right_too
def with_tents(x, y):
    weights = np.empty((4, *x.shape), x.dtype)
    for place in np.ndindex(x.shape):
        for k in range(4):
            row, column = np.floor(y[place]) + k // 2, np.floor(x[place]) + k % 2
            weights[k][place] = (1 - abs(x[place] - column)) * (1 - abs(y[place] - row))
    return weights


@EXERCISE.right_too
def with_remainders(x, y):
    across = np.stack([1 - x % 1, x % 1])
    down = np.stack([1 - y % 1, y % 1])
    return np.einsum("r...,q...->rq...", down, across).reshape(4, *x.shape)


@EXERCISE.right_too
def with_areas(x, y):
    x_wide, y_wide = x.astype("float64"), y.astype("float64")
    left, upper = np.floor(x_wide), np.floor(y_wide)
    right, lower = left + 1, upper + 1
    areas = [
        (right - x_wide) * (lower - y_wide),
        (x_wide - left) * (lower - y_wide),
        (right - x_wide) * (y_wide - upper),
        (x_wide - left) * (y_wide - upper),
    ]
    return np.array(areas, dtype=x.dtype)
