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
        Case("four cells, six seeds", np.random.default_rng(0).random((4, 6)) / 10),
    ],
)


def _percent(errors, spread, middle=np.mean):
    percent = 100 * errors
    return middle(percent, axis=1), spread(percent)


def _sample(percent):
    return percent.std(axis=1, ddof=1)


@EXERCISE.wrong(
    "Divided by S, not by S - 1",
    "your function divides by S, as `np.std` does by default; the runs lie closer to their own mean than to the true "
    "one, and dividing by S - 1 corrects for that.",
    "sec-scale-spread",
)
def population(errors):
    return _percent(errors, lambda percent: percent.std(axis=1))


@EXERCISE.wrong(
    "The standard error of the mean",
    "your spread is divided by the square root of S, which shows how well the mean is known; it has to show how far "
    "apart single runs lie.",
    "sec-scale-spread",
)
def standard_error(errors):
    return _percent(errors, lambda percent: _sample(percent) / np.sqrt(percent.shape[1]))


@EXERCISE.wrong(
    "The variance instead of its square root",
    "your spread is the variance; take its square root, which is in percentage points as the errors are.",
    "sec-scale-spread",
)
def variance(errors):
    return _percent(errors, lambda percent: percent.var(axis=1, ddof=1))


@EXERCISE.wrong(
    "Largest minus smallest",
    "your spread is the range, which can only grow as seeds are added; the standard deviation is required.",
    "sec-scale-spread",
)
def whole_range(errors):
    return _percent(errors, lambda percent: np.ptp(percent, axis=1))


@EXERCISE.wrong(
    "The mean distance instead of the root mean square",
    "your spread is the mean distance from the mean; the standard deviation squares the distances before it adds them.",
    "sec-scale-spread",
)
def mean_distance(errors):
    return _percent(errors, lambda percent: np.abs(percent - percent.mean(axis=1, keepdims=True)).mean(axis=1))


@EXERCISE.wrong(
    "The sum of the distances over S - 1",
    "your spread is the sum of the distances from the mean, divided by S - 1; the standard deviation squares the "
    "distances before it adds them, and takes the root.",
    "sec-scale-spread",
)
def distances_over_one_less(errors):
    def spread(percent):
        return np.abs(percent - percent.mean(axis=1, keepdims=True)).sum(axis=1) / (percent.shape[1] - 1)

    return _percent(errors, spread)


@EXERCISE.wrong(
    "Fractions instead of per cent",
    "your function returns fractions; the table is in per cent, so 0.04 becomes 4.",
    "sec-scale-spread",
)
def shares(errors):
    return errors.mean(axis=1), _sample(errors)


@EXERCISE.wrong(
    "The mean in per cent, the spread as a fraction",
    "your function multiplies the mean alone by 100; mean and spread should have the same unit.",
    "sec-scale-spread",
)
def half_percent(errors):
    return 100 * errors.mean(axis=1), _sample(errors)


@EXERCISE.wrong(
    "Over the cells, not over the seeds",
    "your function averages along the first axis, over the cells; the seeds are the last axis, and each cell has a "
    "mean of its own.",
    "sec-scale-spread",
)
def over_cells(errors):
    percent = 100 * errors
    return percent.mean(axis=0), np.sqrt(((percent - percent.mean(axis=0)) ** 2).sum(axis=0) / max(len(percent) - 1, 1))


@EXERCISE.wrong(
    "The best seed instead of the mean",
    "your function returns the lowest error, which can only fall as more seeds are tried; the mean counts every seed.",
    "sec-scale-spread",
)
def best(errors):
    return _percent(errors, _sample, middle=np.min)


@EXERCISE.wrong(
    "The median instead of the mean",
    "your function returns the median, which ignores a seed that failed; the mean is required.",
    "sec-scale-spread",
)
def median(errors):
    return _percent(errors, _sample, middle=np.median)


@EXERCISE.wrong(
    "The spread relative to the mean",
    "your spread is a percentage of the mean; it has to be in percentage points.",
    "sec-scale-spread",
)
def relative(errors):
    return _percent(errors, lambda percent: 100 * _sample(percent) / percent.mean(axis=1))


@EXERCISE.wrong(
    "Divided by S - 2",
    "your function divides by S - 2, or by 1 if that is 0; the sample standard deviation divides by S - 1, one less "
    "because the mean was estimated from the same runs.",
    "sec-scale-spread",
)
def two_less(errors):
    def spread(percent):
        apart = percent - percent.mean(axis=1, keepdims=True)
        return np.sqrt((apart**2).sum(axis=1) / max(percent.shape[1] - 2, 1))

    return _percent(errors, spread)


@EXERCISE.wrong(
    "The square root of the sum of squares",
    "your function does not divide the sum of squares; divide it by S - 1 before you take the root.",
    "sec-scale-spread",
)
def undivided(errors):
    return _percent(errors, lambda percent: _sample(percent) * np.sqrt(percent.shape[1] - 1))


@EXERCISE.wrong(
    "Half of the range", "your spread is half of the range; the standard deviation is required.", "sec-scale-spread"
)
def half_the_range(errors):
    return _percent(errors, lambda percent: np.ptp(percent, axis=1) / 2)


@EXERCISE.wrong(
    "100 times the variance",
    "your spread is the variance of the fractions times 100; convert the errors to per cent first, and take the "
    "square root of their variance.",
    "sec-scale-spread",
)
def variance_of_shares(errors):
    return 100 * errors.mean(axis=1), 100 * errors.var(axis=1, ddof=1)


@EXERCISE.wrong(
    "One spread for the whole table",
    "your function gives every cell the spread of the whole table; each cell has its own.",
    "sec-scale-spread",
)
def of_everything(errors):
    return _percent(errors, lambda percent: np.full(len(percent), percent.std(ddof=1)))


@EXERCISE.wrong("Twice the spread", "your spread is two standard deviations; one is required.", "sec-scale-spread")
def twice(errors):
    return _percent(errors, lambda percent: 2 * _sample(percent))


@EXERCISE.wrong(
    "The worst seed instead of the mean",
    "your function returns the highest error; the mean counts every seed.",
    "sec-scale-spread",
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
