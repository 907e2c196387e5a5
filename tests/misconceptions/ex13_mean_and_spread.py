"""Wrong answers to `mean_and_spread`, and the calls that tell them apart."""

import numpy as np

from tests.judge import Case, Exercise

EXERCISE = Exercise(
    name="mean_and_spread",
    answer="tests.solutions",
    gives=("mean", "spread"),
    cases=[
        Case("one cell, five seeds", np.array([[0.01, 0.06, 0.05, 0.05, 0.03]]), expected=([4], [2])),
        Case(
            "two cells, three seeds; in the second all agree",
            np.array([[0.01, 0.02, 0.03], [0.05, 0.05, 0.05]]),
            expected=([2, 5], [1, 0]),
        ),
        Case("four cells, three seeds", np.random.default_rng(0).random((4, 3)) / 10),
    ],
)


def _percent(errors, spread, middle=np.mean):
    percent = 100 * errors
    return middle(percent, axis=1), spread(percent)


def _sample(percent):
    return percent.std(axis=1, ddof=1)


@EXERCISE.wrong(
    "Divided by S, not by S - 1",
    "the mean comes from the same runs, which therefore lie closer to it than to the truth, and dividing by S - 1 "
    "makes up for that; yours divides by S, as NumPy's std does by default.",
    "sec-scale-spread",
)
def population(errors):
    return _percent(errors, lambda percent: percent.std(axis=1))


@EXERCISE.wrong(
    "The spread of the mean, not of the runs",
    "the spread is how far apart single runs lie; yours is divided by the root of S, which measures how well the mean "
    "is known and is smaller.",
    "sec-scale-spread",
)
def standard_error(errors):
    return _percent(errors, lambda percent: _sample(percent) / np.sqrt(percent.shape[1]))


@EXERCISE.wrong(
    "The variance, not its root",
    "the spread has the errors' own unit, percentage points; yours is its square.",
    "sec-scale-spread",
)
def variance(errors):
    return _percent(errors, lambda percent: percent.var(axis=1, ddof=1))


@EXERCISE.wrong(
    "Largest less smallest",
    "the standard deviation is required; yours is the range, which can only grow as seeds are added.",
    "sec-scale-spread",
)
def whole_range(errors):
    return _percent(errors, lambda percent: np.ptp(percent, axis=1))


@EXERCISE.wrong(
    "The mean distance, not the root mean square",
    "the standard deviation squares the distances from the "
    "mean before it adds them up; yours is the mean of the distances themselves.",
    "sec-scale-spread",
)
def mean_distance(errors):
    return _percent(errors, lambda percent: np.abs(percent - percent.mean(axis=1, keepdims=True)).mean(axis=1))


@EXERCISE.wrong(
    "Shares, not per cent",
    "the table is in per cent, so a share of 0.04 is 4; yours leaves both numbers as shares.",
    "sec-scale-spread",
)
def shares(errors):
    return errors.mean(axis=1), _sample(errors)


@EXERCISE.wrong(
    "The mean in per cent, the spread as a share",
    "mean and spread are in one cell and have one unit; yours multiplies the mean alone by 100.",
    "sec-scale-spread",
)
def half_percent(errors):
    return 100 * errors.mean(axis=1), _sample(errors)


@EXERCISE.wrong(
    "Over the cells, not over the seeds",
    "the seeds are the last axis, and each cell has a mean of its "
    "own; yours runs along the first axis and mixes the cells.",
    "sec-scale-spread",
)
def over_cells(errors):
    percent = 100 * errors
    return percent.mean(axis=0), np.sqrt(((percent - percent.mean(axis=0)) ** 2).sum(axis=0) / max(len(percent) - 1, 1))


@EXERCISE.wrong(
    "The best seed for the mean",
    "every seed counts, whatever it brings; yours reports the lowest error, "
    "which can only fall as more seeds are tried.",
    "sec-scale-spread",
)
def best(errors):
    return _percent(errors, _sample, middle=np.min)


@EXERCISE.wrong(
    "The median for the mean",
    "the mean is required; yours is the median, which ignores a seed that went astray.",
    "sec-scale-spread",
)
def median(errors):
    return _percent(errors, _sample, middle=np.median)


@EXERCISE.wrong(
    "The spread relative to the mean",
    "the spread is in percentage points, as the mean is in per cent; yours is a share of the mean.",
    "sec-scale-spread",
)
def relative(errors):
    return _percent(errors, lambda percent: 100 * _sample(percent) / percent.mean(axis=1))


@EXERCISE.wrong(
    "Divided by S - 2",
    "the sample standard deviation divides the sum of squares by S - 1, one for the "
    "mean that was taken from the same runs; yours divides by S - 2, or by 1 where that is none.",
    "sec-scale-spread",
)
def two_less(errors):
    def spread(percent):
        apart = percent - percent.mean(axis=1, keepdims=True)
        return np.sqrt((apart**2).sum(axis=1) / max(percent.shape[1] - 2, 1))

    return _percent(errors, spread)


@EXERCISE.wrong(
    "The root of the sum of squares",
    "the sum of squares is divided by S - 1 before the root; yours is not divided.",
    "sec-scale-spread",
)
def undivided(errors):
    return _percent(errors, lambda percent: _sample(percent) * np.sqrt(percent.shape[1] - 1))


@EXERCISE.wrong(
    "Half of the range",
    "the standard deviation is required; yours is half of the way from the smallest to the largest.",
    "sec-scale-spread",
)
def half_the_range(errors):
    return _percent(errors, lambda percent: np.ptp(percent, axis=1) / 2)


@EXERCISE.wrong(
    "The variance, made per cent afterwards",
    "the spread is the root of the variance, and the errors "
    "become per cent before; yours is the variance of the shares times 100.",
    "sec-scale-spread",
)
def variance_of_shares(errors):
    return 100 * errors.mean(axis=1), 100 * errors.var(axis=1, ddof=1)


@EXERCISE.wrong(
    "One spread for the whole table",
    "each cell has a mean and a spread of its own; yours gives all of them the spread over everything.",
    "sec-scale-spread",
)
def of_everything(errors):
    return _percent(errors, lambda percent: np.full(len(percent), percent.std(ddof=1)))


@EXERCISE.wrong(
    "Twice the spread",
    "single runs lie one standard deviation apart by this measure; yours is two of them.",
    "sec-scale-spread",
)
def twice(errors):
    return _percent(errors, lambda percent: 2 * _sample(percent))


@EXERCISE.wrong(
    "The worst seed for the mean", "every seed counts alike; yours reports the highest error.", "sec-scale-spread"
)
def worst(errors):
    return _percent(errors, _sample, middle=np.max)


@EXERCISE.right_too
def number_by_number(errors):
    means, spreads = [], []
    for cell in errors.tolist():
        mean = sum(cell) / len(cell)
        squares = sum((error - mean) ** 2 for error in cell)
        means.append(100 * mean)
        spreads.append(100 * (squares / (len(cell) - 1)) ** 0.5)
    return np.array(means), np.array(spreads)


@EXERCISE.right_too
def by_pairs(errors):
    seeds = errors.shape[1]
    apart = (errors[:, :, None] - errors[:, None]) ** 2
    return 1e2 * errors.sum(1) / seeds, 1e2 * np.sqrt(apart.sum((1, 2)) / (2 * seeds * (seeds - 1)))
