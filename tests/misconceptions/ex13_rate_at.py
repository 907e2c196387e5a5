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
    "The fall comes a step late",
    "steps count from 0, so a run of nine has taken a third of its steps "
    "when step 3 comes, and step 3 is the first at the lower rate; yours falls one step later.",
    "sec-scale-protocol",
)
def late(step, iterations, rate, factor):
    return _rates(rate, np.maximum(step - 1, 0) * 3 // iterations, factor)


@EXERCISE.wrong(
    "The fall comes a step early",
    "steps count from 0, so a run of nine is at a third of its length when "
    "step 3 comes, and step 2 still has the higher rate; yours falls one step earlier.",
    "sec-scale-protocol",
)
def early(step, iterations, rate, factor):
    return _rates(rate, (step + 1) * 3 // iterations, factor)


@EXERCISE.wrong(
    "A third is cut to whole steps",
    "iterations // 3 drops the remainder, so that ten steps fall after "
    "three and a fourth stretch is left at the end; multiply the step by 3 before you divide.",
    "sec-scale-protocol",
)
def cut(step, iterations, rate, factor):
    return _rates(rate, step // (iterations // 3), factor)


@EXERCISE.wrong(
    "A smooth fall",
    "the rate stays where it is for a third of the run and then falls at once, so the "
    "exponent is a whole number; yours falls a little with every step.",
    "sec-scale-protocol",
)
def smooth(step, iterations, rate, factor):
    return _rates(rate, step * 3 / iterations, factor)


@EXERCISE.wrong(
    "By a tenth, not to a tenth",
    "each fall leaves a tenth of the rate; yours takes a tenth of it away.",
    "sec-scale-protocol",
)
def by_a_tenth(step, iterations, rate, factor):
    classifier_rate = rate * 0.9 ** (step * 3 // iterations)
    return classifier_rate, factor * classifier_rate


@EXERCISE.wrong(
    "One fall instead of two",
    "the rate falls after each third, so the last third has a hundredth of it; yours falls only once.",
    "sec-scale-protocol",
)
def one_fall(step, iterations, rate, factor):
    return _rates(rate, np.minimum(step * 3 // iterations, 1), factor)


@EXERCISE.wrong(
    "A tenth times the falls",
    "the falls multiply, 0.1 to their power; yours multiplies by 0.1 times "
    "their number, which is 0 in the first third.",
    "sec-scale-protocol",
)
def times_falls(step, iterations, rate, factor):
    classifier_rate = rate * 0.1 * (step * 3 // iterations)
    return classifier_rate, factor * classifier_rate


@EXERCISE.wrong(
    "The factor is forgotten",
    "the localisation network learns at factor times the rate; yours gives both parts the same.",
    "sec-scale-rate",
)
def no_factor(step, iterations, rate, factor):
    return _rates(rate, step * 3 // iterations, 1.0)


@EXERCISE.wrong(
    "The factor for both parts",
    "the factor belongs to the localisation network alone; yours slows the classifier down as well.",
    "sec-scale-rate",
)
def both(step, iterations, rate, factor):
    slowed = factor * _rates(rate, step * 3 // iterations, 1)[0]
    return slowed, slowed


@EXERCISE.wrong(
    "The factor twice",
    "the factor multiplies the rate once; in yours it comes in twice, as it does where "
    "both the optimizer's group and the schedule apply it.",
    "sec-scale-rate",
)
def twice(step, iterations, rate, factor):
    return _rates(rate, step * 3 // iterations, factor**2)


@EXERCISE.wrong(
    "The factor again at each fall",
    "the factor is the same throughout the run; in yours it multiplies "
    "the rate once more at every fall, as it does where a schedule reads the rate that it wrote.",
    "sec-scale-rate",
)
def again(step, iterations, rate, factor):
    falls = step * 3 // iterations
    classifier_rate = rate * 0.1**falls
    return classifier_rate, classifier_rate * float(factor) ** (falls + 1)


@EXERCISE.wrong(
    "The factor in the rate's place",
    "the factor multiplies the rate; yours takes it for the localisation network's own rate.",
    "sec-scale-rate",
)
def instead(step, iterations, rate, factor):
    falls = step * 3 // iterations
    return rate * 0.1**falls, factor * 0.1**falls


@EXERCISE.wrong(
    "The localisation network's rate never falls",
    "the factor multiplies the rate of the step, which has fallen; yours multiplies the rate of step 0 throughout.",
    "sec-scale-rate",
)
def never_falls(step, iterations, rate, factor):
    return rate * 0.1 ** (step * 3 // iterations), np.full(len(step), rate * factor)


@EXERCISE.wrong(
    "The two rates are exchanged",
    "the classifier's rate comes first and the localisation network's second; yours come the other way round.",
    "sec-scale-rate",
)
def exchanged(step, iterations, rate, factor):
    return _rates(rate, step * 3 // iterations, factor)[::-1]


@EXERCISE.wrong(
    "To a half, not to a tenth", "each fall leaves a tenth of the rate; yours leaves a half.", "sec-scale-protocol"
)
def to_a_half(step, iterations, rate, factor):
    classifier_rate = rate * 0.5 ** (step * 3 // iterations)
    return classifier_rate, factor * classifier_rate


@EXERCISE.wrong(
    "Falls after halves of the run",
    "the rate falls after a third and after two thirds of the run; yours falls once, half way.",
    "sec-scale-protocol",
)
def halves(step, iterations, rate, factor):
    return _rates(rate, step * 2 // iterations, factor)


@EXERCISE.wrong(
    "Falls after quarters of the run",
    "the rate falls after a third and after two thirds of the run; yours falls at every quarter.",
    "sec-scale-protocol",
)
def quarters(step, iterations, rate, factor):
    return _rates(rate, step * 4 // iterations, factor)


@EXERCISE.wrong(
    "Lower from the start",
    "the rate at step 0 is the one that is named, and falls for the first time "
    "after a third; yours has fallen once already.",
    "sec-scale-protocol",
)
def fallen_once(step, iterations, rate, factor):
    return _rates(rate, step * 3 // iterations + 1, factor)


@EXERCISE.wrong("It rises", "each fall leaves a tenth of the rate; yours multiplies by ten.", "sec-scale-protocol")
def rises(step, iterations, rate, factor):
    classifier_rate = rate * 10.0 ** (step * 3 // iterations)
    return classifier_rate, factor * classifier_rate


@EXERCISE.wrong(
    "It never falls",
    "the rate falls to a tenth after each third of the run; yours stays as it is.",
    "sec-scale-protocol",
)
def never(step, iterations, rate, factor):
    return _rates(rate, 0 * step, factor)


@EXERCISE.wrong(
    "Divided by the factor",
    "the localisation network learns at factor times the rate; yours divides by it.",
    "sec-scale-rate",
)
def divided(step, iterations, rate, factor):
    classifier_rate = rate * 0.1 ** (step * 3 // iterations)
    with np.errstate(all="ignore"):
        return classifier_rate, classifier_rate / np.float64(factor)


@EXERCISE.wrong(
    "By a tenth of the first rate each time",
    "the falls multiply, and each leaves a tenth of what there was; yours takes the same amount away at each.",
    "sec-scale-protocol",
)
def in_steps(step, iterations, rate, factor):
    classifier_rate = rate * (1 - 0.9 * (step * 3 // iterations) / 2)
    return classifier_rate, factor * classifier_rate


@EXERCISE.wrong(
    "The last third is longer by a step",
    "the steps of a third are those with floor(3 * step / "
    "iterations) equal to 0, 1 or 2; yours rounds to the nearest third.",
    "sec-scale-protocol",
)
def nearest_third(step, iterations, rate, factor):
    return _rates(rate, np.minimum(np.rint(step * 3 / iterations), 2), factor)


@EXERCISE.wrong(
    "Past a third, not at it",
    "the rate falls at the first step that is at or past a third of the run; yours still has the higher rate where a "
    "step is exactly at a third.",
    "sec-scale-protocol",
)
def past_a_third(step, iterations, rate, factor):
    return _rates(rate, np.maximum(3 * step - 1, 0) // iterations, factor)


@EXERCISE.wrong(
    "Past a third, not at it",
    "the rate falls at the first step that is at or past a third of the run; yours still has the higher rate where a "
    "step is exactly at a third.",
    "sec-scale-protocol",
)
def past_a_third_and_higher_at_first(step, iterations, rate, factor):
    return _rates(rate, (3 * step - 1) // iterations, factor)


@EXERCISE.wrong(
    "Divided by ten times the falls",
    "each fall leaves a tenth of what there was, so the second leaves a hundredth; yours divides by 10 times the "
    "number of falls, and the second leaves a twentieth.",
    "sec-scale-protocol",
)
def ten_times_the_falls(step, iterations, rate, factor):
    classifier_rate = rate / np.maximum(10.0 * (step * 3 // iterations), 1)
    return classifier_rate, factor * classifier_rate


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
