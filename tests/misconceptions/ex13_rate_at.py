"""Wrong answers to `rate_at`, and the calls that tell them apart."""

import numpy as np

from tests.judge import Case, Exercise

THIRDS = np.array([1, 1, 1, 0.1, 0.1, 0.1, 0.01, 0.01, 0.01])

EXERCISE = Exercise(
    name="rate_at",
    answer="tests.solutions",
    gives=("classifier's rate", "localisation network's rate"),
    cases=[
        Case("all steps of a run of nine", np.arange(9), 9, 2.0, 0.5, expected=(2 * THIRDS, THIRDS)),
        Case(
            "all steps of a run of ten, which has no whole third",
            np.arange(10),
            10,
            4.0,
            0.25,
            expected=([4, 4, 4, 4, 0.4, 0.4, 0.4, 0.04, 0.04, 0.04], [1, 1, 1, 1, 0.1, 0.1, 0.1, 0.01, 0.01, 0.01]),
        ),
        Case("all steps of a run of eleven", np.arange(11), 11, 1.0, 0.5),
        Case(
            "a localisation network that is held still",
            np.array([0, 2, 5]),
            6,
            1.0,
            0.0,
            expected=([1, 0.1, 0.01], [0, 0, 0]),
        ),
        Case(
            "the paper's run, on both sides of its falls",
            np.array([0, 49_999, 50_000, 99_999, 100_000, 149_999]),
            150_000,
            0.01,
            0.1,
        ),
    ],
)


def _rates(rate, falls, factor):
    classifier_rate = rate * 0.1 ** np.asarray(falls)
    return classifier_rate, factor * classifier_rate


@EXERCISE.wrong(
    "The rate falls a step too late",
    "your rate falls one step too late; steps count from 0, so in a run of nine step 3 should be the first at the "
    "lower rate.",
    "sec-scale-protocol",
)
def late(step, iterations, rate, factor):
    return _rates(rate, np.maximum(step - 1, 0) * 3 // iterations, factor)


@EXERCISE.wrong(
    "The rate falls a step too early",
    "your rate falls one step too early; steps count from 0, so in a run of nine step 2 should still have the higher "
    "rate.",
    "sec-scale-protocol",
)
def early(step, iterations, rate, factor):
    return _rates(rate, (step + 1) * 3 // iterations, factor)


@EXERCISE.wrong(
    "A third is rounded to whole steps",
    "your `iterations // 3` drops the remainder, so in a run of ten steps the rate falls after three, and a fourth "
    "part is left at the end; multiply the step by 3 before you divide.",
    "sec-scale-protocol",
)
def cut(step, iterations, rate, factor):
    return _rates(rate, step // (iterations // 3), factor)


@EXERCISE.wrong(
    "A smooth fall",
    "your rate falls a little with every step; it should be constant for a third of the run and then fall at once, so "
    "the exponent is a whole number.",
    "sec-scale-protocol",
)
def smooth(step, iterations, rate, factor):
    return _rates(rate, step * 3 / iterations, factor)


@EXERCISE.wrong(
    "By a tenth, not to a tenth", "your rate falls by a tenth; it should fall to a tenth.", "sec-scale-protocol"
)
def by_a_tenth(step, iterations, rate, factor):
    classifier_rate = rate * 0.9 ** (step * 3 // iterations)
    return classifier_rate, factor * classifier_rate


@EXERCISE.wrong(
    "One fall instead of two",
    "your rate falls only once; it should fall after each third, so in the last it is a hundredth.",
    "sec-scale-protocol",
)
def one_fall(step, iterations, rate, factor):
    return _rates(rate, np.minimum(step * 3 // iterations, 1), factor)


@EXERCISE.wrong(
    "0.1 times the number of falls",
    "your function multiplies the rate by 0.1 times the number of falls, which is 0 in the first third; multiply by "
    "0.1 to the power of that number.",
    "sec-scale-protocol",
)
def times_falls(step, iterations, rate, factor):
    classifier_rate = rate * 0.1 * (step * 3 // iterations)
    return classifier_rate, factor * classifier_rate


@EXERCISE.wrong(
    "The factor is missing",
    "your function gives both networks the same rate; the localisation network's should be `factor` times the "
    "classifier's.",
    "sec-scale-rate",
)
def no_factor(step, iterations, rate, factor):
    return _rates(rate, step * 3 // iterations, 1.0)


@EXERCISE.wrong(
    "The factor is applied to both networks",
    "your function multiplies the classifier's rate by `factor` as well; it belongs to the localisation network alone.",
    "sec-scale-rate",
)
def both(step, iterations, rate, factor):
    slowed = factor * _rates(rate, step * 3 // iterations, 1)[0]
    return slowed, slowed


@EXERCISE.wrong(
    "The factor is applied twice",
    "your function multiplies by `factor` twice, as happens where both the optimizer's group and the schedule apply "
    "it; apply it once.",
    "sec-scale-rate",
)
def twice(step, iterations, rate, factor):
    return _rates(rate, step * 3 // iterations, factor**2)


@EXERCISE.wrong(
    "The factor is applied again at each fall",
    "your function multiplies by `factor` again at every fall, as happens where a schedule reads the rate that it has "
    "written; the factor is the same throughout the run.",
    "sec-scale-rate",
)
def again(step, iterations, rate, factor):
    falls = step * 3 // iterations
    classifier_rate = rate * 0.1**falls
    return classifier_rate, classifier_rate * float(factor) ** (falls + 1)


@EXERCISE.wrong(
    "The factor instead of the rate",
    "your function takes `factor` for the localisation network's own rate; it multiplies the rate.",
    "sec-scale-rate",
)
def instead(step, iterations, rate, factor):
    falls = step * 3 // iterations
    return rate * 0.1**falls, factor * 0.1**falls


@EXERCISE.wrong(
    "The localisation network's rate never falls",
    "your localisation network's rate is constant; it should be `factor` times the rate of the step, which falls.",
    "sec-scale-rate",
)
def never_falls(step, iterations, rate, factor):
    return rate * 0.1 ** (step * 3 // iterations), np.full(len(step), rate * factor)


@EXERCISE.wrong(
    "The two rates are exchanged",
    "your function returns the localisation network's rate first; the classifier's should come first.",
    "sec-scale-rate",
)
def exchanged(step, iterations, rate, factor):
    return _rates(rate, step * 3 // iterations, factor)[::-1]


@EXERCISE.wrong(
    "To a half, not to a tenth", "your rate falls to a half; it should fall to a tenth.", "sec-scale-protocol"
)
def to_a_half(step, iterations, rate, factor):
    classifier_rate = rate * 0.5 ** (step * 3 // iterations)
    return classifier_rate, factor * classifier_rate


@EXERCISE.wrong(
    "Falls after halves of the run",
    "your rate falls once, after half of the run; it should fall after a third and after two thirds.",
    "sec-scale-protocol",
)
def halves(step, iterations, rate, factor):
    return _rates(rate, step * 2 // iterations, factor)


@EXERCISE.wrong(
    "Falls after quarters of the run",
    "your rate falls after every quarter of the run; it should fall after a third and after two thirds.",
    "sec-scale-protocol",
)
def quarters(step, iterations, rate, factor):
    return _rates(rate, step * 4 // iterations, factor)


@EXERCISE.wrong(
    "Too low from the start",
    "your rate has already fallen at step 0; it should be `rate` there and fall for the first time after a third of "
    "the run.",
    "sec-scale-protocol",
)
def fallen_once(step, iterations, rate, factor):
    return _rates(rate, step * 3 // iterations + 1, factor)


@EXERCISE.wrong(
    "The rate rises", "your function multiplies the rate by ten; it should fall to a tenth.", "sec-scale-protocol"
)
def rises(step, iterations, rate, factor):
    classifier_rate = rate * 10.0 ** (step * 3 // iterations)
    return classifier_rate, factor * classifier_rate


@EXERCISE.wrong(
    "The rate never falls",
    "your rate is constant; it should fall to a tenth after each third of the run.",
    "sec-scale-protocol",
)
def never(step, iterations, rate, factor):
    return _rates(rate, 0 * step, factor)


@EXERCISE.wrong(
    "Divided by the factor",
    "your function divides by `factor`; the localisation network's rate should be `factor` times the classifier's.",
    "sec-scale-rate",
)
def divided(step, iterations, rate, factor):
    classifier_rate = rate * 0.1 ** (step * 3 // iterations)
    with np.errstate(all="ignore"):
        return classifier_rate, classifier_rate / np.float64(factor)


@EXERCISE.wrong(
    "By the same amount each time",
    "your rate falls by the same amount each time; each fall should leave a tenth of the current rate.",
    "sec-scale-protocol",
)
def in_steps(step, iterations, rate, factor):
    classifier_rate = rate * (1 - 0.9 * (step * 3 // iterations) / 2)
    return classifier_rate, factor * classifier_rate


@EXERCISE.wrong(
    "Rounded to the nearest third",
    "your function rounds to the nearest third; the step's third is `floor(3 * step / iterations)`, 0, 1 or 2.",
    "sec-scale-protocol",
)
def nearest_third(step, iterations, rate, factor):
    return _rates(rate, np.minimum(np.rint(step * 3 / iterations), 2), factor)


@EXERCISE.wrong(
    "Past a third, not at it",
    "your rate is still the higher one where a step is exactly at a third of the run; it should fall at the "
    "first step that is at or past a third.",
    "sec-scale-protocol",
)
def past_a_third(step, iterations, rate, factor):
    return _rates(rate, np.maximum(3 * step - 1, 0) // iterations, factor)


@EXERCISE.wrong(
    "Past a third, not at it",
    "your rate is still the higher one where a step is exactly at a third of the run; it should fall at the "
    "first step that is at or past a third.",
    "sec-scale-protocol",
)
def past_a_third_and_higher_at_first(step, iterations, rate, factor):
    return _rates(rate, (3 * step - 1) // iterations, factor)


@EXERCISE.wrong(
    "Divided by ten times the number of falls",
    "your function divides the rate by 10 times the number of falls, so the second leaves a twentieth; each "
    "fall leaves a tenth of the rate before it, so the second leaves a hundredth.",
    "sec-scale-protocol",
)
def ten_times_the_falls(step, iterations, rate, factor):
    classifier_rate = rate / np.maximum(10.0 * (step * 3 // iterations), 1)
    return classifier_rate, factor * classifier_rate


@EXERCISE.wrong(
    "A third is rounded to whole steps",
    "your `iterations // 3` drops the remainder, so in a run of ten steps the rate falls after three, and a fourth "
    "part is left at the end; multiply the step by 3 before you divide.",
    "sec-scale-protocol",
)
def rounded_third(step, iterations, rate, factor):
    first, second = round(iterations / 3), round(2 * iterations / 3)
    return _rates(rate, (step >= first).astype(int) + (step >= second), factor)


@EXERCISE.wrong(
    "A third is rounded up to whole steps",
    "your third is rounded up to whole steps, and twice that is too long; multiply the step by 3 before you divide.",
    "sec-scale-protocol",
)
def rounded_up_third(step, iterations, rate, factor):
    return _rates(rate, step // -(-iterations // 3), factor)


@EXERCISE.right_too
def step_by_step(step, iterations, rate, factor):
    rates = []
    for each in step:
        now = float(rate)
        if 3 * each >= iterations:
            now /= 10
        if 3 * each >= 2 * iterations:
            now /= 10
        rates.append(now)
    return np.array(rates), np.array([now * factor for now in rates])


@EXERCISE.right_too
def by_comparison(step, iterations, rate, factor):
    falls = (step[:, None] * 3 >= np.array([1, 2]) * iterations).sum(axis=1)
    table = np.outer([1.0, factor], rate * np.array([1, 0.1, 0.01]))
    return tuple(table[:, falls])
