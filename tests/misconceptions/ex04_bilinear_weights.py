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
    "the nearer a pixel, the more it counts; with fx = x - "
    "floor(x) the upper left one has (1-fx)*(1-fy), the area on the far side of the point, and yours gives "
    "it fx*fy.",
    "sec-sampler-neighbours",
)
def opposite(x, y):
    return products(*fractions(x, y))[::-1].copy()


@EXERCISE.wrong(
    "Left and right are exchanged",
    "x - floor(x) is the way from the left column, so it is the right "
    "column's share: a point close to the left column has come a short way, and reads little on the right.",
    "sec-sampler-neighbours",
)
def left_and_right(x, y):
    fx, fy = fractions(x, y)
    return products(1 - fx, fy)


@EXERCISE.wrong(
    "Upper and lower are exchanged",
    "y runs down, so y - floor(y) is the way from the upper row, and the lower row's share.",
    "sec-sampler-neighbours",
)
def upper_and_lower(x, y):
    fx, fy = fractions(x, y)
    return products(fx, 1 - fy)


@EXERCISE.wrong(
    "Upper right and lower left are exchanged",
    "the second weight is that of the pixel on the right, the "
    "third that of the pixel below; in yours x and y are swapped, or the order runs down the columns.",
    "sec-sampler-neighbours",
)
def swapped(x, y):
    return products(*fractions(y, x))


@EXERCISE.wrong(
    "The two shares are added",
    "the share of a pixel's column and that of its row are multiplied, so that "
    "a pixel out of reach along one axis has weight 0.",
    "sec-sampler-neighbours",
)
def added(x, y):
    fx, fy = fractions(x, y)
    return np.stack([(1 - fx) + (1 - fy), fx + (1 - fy), (1 - fx) + fy, fx + fy])


@EXERCISE.wrong(
    "The shares are averaged, not multiplied",
    "the share of a pixel's column and that of its row are "
    "multiplied; with a quarter of their sum, a point on one pixel would still read two others.",
    "sec-sampler-neighbours",
)
def mean_of_shares(x, y):
    return added(x, y) / 4


@EXERCISE.wrong(
    "The straight-line distance",
    "the bilinear weight is a product of two tents, one along x and one "
    "along y, and no function of the distance as the crow flies.",
    "sec-sampler-tents",
)
def straight(x, y):
    fx, fy = fractions(x, y)
    return np.stack([np.maximum(0, 1 - np.hypot(fx - column, fy - row)) for row in (0, 1) for column in (0, 1)])


@EXERCISE.wrong(
    "One over the distance",
    "a tent falls evenly, from 1 on the pixel to 0 one pixel away; one over the "
    "distance is infinite on the pixel and never 0.",
    "sec-sampler-tents",
)
def one_over(x, y):
    fx, fy = fractions(x, y)
    weights = np.stack([1 / np.hypot(fx - column, fy - row) for row in (0, 1) for column in (0, 1)])
    return weights / weights.sum(axis=0)


@EXERCISE.wrong(
    "Everything to the nearest pixel",
    "all four neighbours count, each by how near it is; yours gives the "
    "whole weight to one of them, which is the nearest-pixel sampler.",
    "sec-sampler-dial",
)
def nearest(x, y):
    return products(*(np.rint(fraction) for fraction in fractions(x, y)))


@EXERCISE.wrong(
    "Rounded towards zero",
    "left of pixel 0 the left neighbour is pixel -1, which np.floor finds, and "
    "int(), astype(int) and np.trunc do not: they go to 0, and a weight becomes negative.",
    "sec-sampler-neighbours",
)
def truncated(x, y):
    return products(x - np.trunc(x), y - np.trunc(y))


@EXERCISE.wrong(
    "Below 0 the fraction is measured to the wrong side",
    "the left neighbour of x = -0.2 is pixel -1, "
    "and x is 0.8 beyond it, x - floor(x); np.fmod and abs give the 0.2 to pixel 0, which is the way to "
    "the right neighbour.",
    "sec-sampler-neighbours",
)
def measured_to_zero(x, y):
    return products(np.abs(np.fmod(x, 1)), np.abs(np.fmod(y, 1)))


@EXERCISE.wrong(
    "The neighbours are kept inside the image",
    "the upper left neighbour is in column floor(x), "
    "whether it exists or not; yours moves it to column 0 before it measures, and a weight becomes "
    "negative.",
    "sec-sampler-outside",
)
def kept_inside(x, y):
    return products(x - np.maximum(np.floor(x), 0), y - np.maximum(np.floor(y), 0))


@EXERCISE.wrong(
    "Rounded to the nearest",
    "the upper left neighbour is found with np.floor; np.round goes up beyond the half, and the fraction then becomes "
    "negative.",
    "sec-sampler-neighbours",
)
def rounded(x, y):
    return products(x - np.rint(x), y - np.rint(y))


@EXERCISE.wrong(
    "On a whole pixel all weights are 0",
    "the right neighbour is floor(x) + 1, also where x is whole; "
    "np.ceil(x) is then x itself, and both distances are 0.",
    "sec-sampler-neighbours",
)
def ceiling(x, y):
    fx, fy = fractions(x, y)
    left, upper = np.ceil(x) - x, np.ceil(y) - y
    return np.stack([left * upper, fx * upper, left * fy, fx * fy])


@EXERCISE.wrong(
    "The whole pixels are left in",
    "a share is what remains of x after its whole part, x - floor(x); yours measures from pixel 0, wherever the point "
    "is.",
    "sec-sampler-neighbours",
)
def not_fractions(x, y):
    return products(x, y)


@EXERCISE.wrong(
    "The four weights come last",
    "the result has the shape (4, *S), the four before the points; stack along the first axis.",
    "sec-sampler-neighbours",
)
def four_last(x, y):
    return np.moveaxis(products(*fractions(x, y)), 0, -1).copy()


@EXERCISE.wrong(
    "Squared distances",
    "a tent falls evenly, 1 - distance; yours is 1 - distance squared, which is too "
    "large in between, and the four weights do not add up to 1.",
    "sec-sampler-tents",
)
def squares(x, y):
    fx, fy = fractions(x, y)
    return np.stack([(1 - (fx - column) ** 2) * (1 - (fy - row) ** 2) for row in (0, 1) for column in (0, 1)])


@EXERCISE.wrong(
    "Along one axis alone",
    "a pixel's weight is the share of its column times the share of its row; "
    "yours has the columns' shares only, half of them for each row.",
    "sec-sampler-neighbours",
)
def columns_alone(x, y):
    fx, _ = fractions(x, y)
    return np.stack([(1 - fx) / 2, fx / 2, (1 - fx) / 2, fx / 2]).astype(x.dtype)


@EXERCISE.wrong(
    "The weights are a list along the columns",
    "the order is upper left, upper right, lower left, lower "
    "right; yours goes round the point, so that the last two have changed places.",
    "sec-sampler-neighbours",
)
def around_the_point(x, y):
    return products(*fractions(x, y))[[0, 1, 3, 2]]


@EXERCISE.wrong(
    "A quarter to each",
    "the nearer a pixel, the more it counts; yours gives each of the four a quarter, wherever the point is.",
    "sec-sampler-neighbours",
)
def quarters(x, y):
    return np.full((4, *x.shape), 0.25, x.dtype)


@EXERCISE.wrong(
    "The shares are smoothed",
    "the share grows evenly with the way, x - floor(x) as it is; yours bends "
    "it, as 3 f^2 - 2 f^3 does, which makes another interpolation.",
    "sec-sampler-neighbours",
)
def smoothed(x, y):
    fx, fy = fractions(x, y)
    return products(fx * fx * (3 - 2 * fx), fy * fy * (3 - 2 * fy))


@EXERCISE.wrong(
    "Divided by the sum of the squares",
    "the four weights add up to 1 as they are; yours divides them by something that is not their sum.",
    "sec-sampler-neighbours",
)
def by_the_squares(x, y):
    weights = products(*fractions(x, y))
    return weights / (weights**2).sum(axis=0)


@EXERCISE.wrong(
    "The nearer share of each axis",
    "the share of the far column is x - floor(x), however large; yours folds it at a half.",
    "sec-sampler-neighbours",
)
def folded(x, y):
    fx, fy = fractions(x, y)
    return products(np.minimum(fx, 1 - fx), np.minimum(fy, 1 - fy))


@EXERCISE.wrong(
    "The smaller of the two shares",
    "the share of a pixel's column and that of its row are multiplied; yours takes the smaller one.",
    "sec-sampler-neighbours",
)
def smaller(x, y):
    fx, fy = fractions(x, y)
    return np.stack([np.minimum(a, b) for b in (1 - fy, fy) for a in (1 - fx, fx)])


@EXERCISE.wrong(
    "Measured from the right and from below",
    "the weight of the right neighbour is how far the point lies beyond the left one, x - floor(x); yours takes "
    "ceil(x) - x, the distance to the right neighbour, which is also 0 on a whole pixel.",
    "sec-sampler-neighbours",
)
def from_the_ceiling(x, y):
    right, down = np.ceil(x) - x, np.ceil(y) - y
    return np.stack([(1 - right) * (1 - down), right * (1 - down), (1 - right) * down, right * down])


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
