"""Wrong answers to `heading_error`, and the calls that tell them apart."""

import numpy as np

from tests.judge import Case, Exercise

RNG = np.random.default_rng(1)
TRUE = RNG.uniform(0, 360, 9)
SAID = (TRUE + 70 + RNG.normal(0, 30, 9) + 180 * (np.arange(9) == 4)) % 360  # one has its tail first

EXERCISE = Exercise(
    name="heading_error",
    answer="tests.solutions",
    gives=("offset", "error"),
    cases=[
        Case(
            "10 degrees to either side, around north", np.array([12.0, 348]), np.array([2.0, 358]), expected=(0.0, 10.0)
        ),
        Case(
            "all off by the same 100 degrees",
            np.array([100.0, 200, 90]),
            np.array([0.0, 100, 350]),
            expected=(100.0, 0.0),
        ),
        Case("off by 80 and by 100 to the left", np.array([280.0, 10]), np.array([0.0, 110]), expected=(-90.0, 10.0)),
        Case(
            "off by 150 to the right and by 170 to the left",
            np.array([150.0, 180]),
            np.array([0.0, 350]),
            expected=(170.0, 20.0),
        ),
        Case("nine headings", SAID, TRUE),
        Case("the same nine, said on a compass that counts on", SAID + 360 * np.arange(-4, 5), TRUE),
    ],
)


def wrapped(angles):
    return (angles + 180) % 360 - 180


def arrows(angles, mean=np.mean):
    return np.degrees(np.angle(mean(np.exp(1j * np.radians(angles)))))


def finish(difference, offset):
    return offset, abs(wrapped(difference - offset)).mean()


@EXERCISE.wrong(
    "The mean of the numbers, not of arrows",
    "your function averages the numbers, and the mean of 10 and 350 is 180, the opposite of the right one, 0; add up "
    "arrows and take the direction of the sum.",
    "sec-aerial-error",
)
def plain_mean(said, true):
    return finish(said - true, (said - true).mean())


@EXERCISE.wrong(
    "The mean of differences between -180 and 180",
    "your function moves the seam from 0 to 180 without removing it, so differences on both sides of 180 still have a "
    "mean near 0; arrows have no seam.",
    "sec-aerial-error",
)
def seam_moved(said, true):
    return finish(said - true, wrapped(said - true).mean())


@EXERCISE.wrong(
    "The long way round",
    "your function takes the long way round; from 350 to 10 it is 20 degrees, not 340, so bring every difference to "
    "between -180 and 180 before you take its absolute value.",
    "sec-aerial-error",
)
def long_way(said, true):
    offset = arrows(said - true)
    return offset, abs(said - true - offset).mean()


@EXERCISE.wrong(
    "The offset is not subtracted",
    "your distances contain the offset, which is not an error, since the transformer has no reference for up; "
    "subtract it first.",
    "sec-aerial-error",
)
def offset_left_in(said, true):
    return arrows(said - true), abs(wrapped(said - true)).mean()


@EXERCISE.wrong(
    "`true - said` instead of `said - true`",
    "your offset is the mean of `true - said`, which exchanges east and west; it should be the mean of `said - true`.",
    "sec-aerial-error",
)
def reversed_sign(said, true):
    return finish(true - said, arrows(true - said))


@EXERCISE.wrong(
    "Separate means",
    "your function subtracts the mean of `true` from that of `said`; headings all over the compass have no meaningful "
    "mean, so take the mean of the differences.",
    "sec-aerial-error",
)
def means_apart(said, true):
    return finish(said - true, wrapped(arrows(said) - arrows(true)))


@EXERCISE.wrong(
    "Errors to the left and to the right cancel",
    "your errors to the left and to the right cancel; ten degrees to either side are two errors of ten, so take "
    "absolute values before the mean.",
    "sec-aerial-error",
)
def cancelled(said, true):
    offset = arrows(said - true)
    return offset, wrapped(said - true - offset).mean()


@EXERCISE.wrong(
    "The root mean square",
    "your function squares the distances first, so that a single tail taken for a nose outweighs the rest; the mean "
    "distance is required.",
    "sec-aerial-error",
)
def root_mean_square(said, true):
    offset = arrows(said - true)
    return offset, np.sqrt((wrapped(said - true - offset) ** 2).mean())


@EXERCISE.wrong("In radians", "your numbers are in radians; both are required in degrees.", "sec-aerial-error")
def radians(said, true):
    offset, error = finish(said - true, arrows(said - true))
    return np.radians(offset), np.radians(error)


@EXERCISE.wrong(
    "Degrees are passed to a function of radians",
    "your function passes degrees to `np.exp`, `np.sin` or `np.cos`, which take radians.",
    "sec-aerial-error",
)
def not_converted(said, true):
    return finish(said - true, np.degrees(np.angle(np.exp(1j * (said - true)).mean())))


@EXERCISE.wrong(
    "Nose and tail count as the same",
    "your errors are folded at 90 degrees, so that 180 degrees count as none; 180 degrees is the largest error.",
    "sec-aerial-error",
)
def folded(said, true):
    offset = arrows(said - true)
    left = abs(wrapped(said - true - offset))
    return offset, np.minimum(left, 180 - left).mean()


@EXERCISE.wrong(
    "The offset from 0 to 360",
    "your error is right, but your offset lies between 0 and 360; 90 to the left is -90, not 270.",
    "sec-aerial-error",
)
def offset_positive(said, true):
    offset, error = finish(said - true, arrows(said - true))
    return offset + 360 * (offset < -1e-6), error


@EXERCISE.wrong(
    "Differences between 0 and 360",
    "your `% 360` turns ten degrees to the left into 350, whose distance is 10; bring every difference to between "
    "-180 and 180.",
    "sec-aerial-error",
)
def to_full_turns(said, true):
    difference = (said - true) % 360
    offset = arrows(difference)
    return offset, (abs(difference - offset) % 360).mean()


@EXERCISE.wrong(
    "Distances between 0 and 360",
    "your distances run from 0 to 360; beyond half a turn the other way round is the short one, so bring them to "
    "between -180 and 180 and take the absolute value.",
    "sec-aerial-error",
)
def distance_to_full_turns(said, true):
    offset = arrows(said - true)
    return offset, ((said - true - offset) % 360).mean()


@EXERCISE.wrong(
    "The remainder by 180",
    "your remainder by 180 turns a difference of 190 degrees into 10; it is 170 the other way round.",
    "sec-aerial-error",
)
def remainder_by_half(said, true):
    offset = arrows(said - true)
    return offset, (abs(said - true - offset) % 180).mean()


@EXERCISE.wrong(
    "The median distance",
    "your function returns the median distance, which ignores a tail taken for a nose; the mean distance is required.",
    "sec-aerial-error",
)
def median(said, true):
    offset = arrows(said - true)
    return offset, np.median(abs(wrapped(said - true - offset)))


@EXERCISE.wrong(
    "The largest distance",
    "your function returns the largest distance; the mean distance is required.",
    "sec-aerial-error",
)
def largest(said, true):
    offset = arrows(said - true)
    return offset, abs(wrapped(said - true - offset)).max()


@EXERCISE.wrong(
    "The offset is added", "your function adds the offset to the differences; subtract it.", "sec-aerial-error"
)
def offset_added(said, true):
    offset = arrows(said - true)
    return offset, abs(wrapped(said - true + offset)).mean()


@EXERCISE.wrong(
    "Half of the offset",
    "your offset is half of the angle of the summed arrows; it should be that angle.",
    "sec-aerial-error",
)
def half_the_offset(said, true):
    return finish(said - true, arrows(said - true) / 2)


@EXERCISE.wrong(
    "The median of the differences",
    "your offset is the median of the differences; the direction of the summed arrows is required.",
    "sec-aerial-error",
)
def median_offset(said, true):
    return finish(said - true, float(np.median(wrapped(said - true))))


@EXERCISE.wrong(
    "Sine and cosine are exchanged",
    "your function exchanges the arguments of `np.arctan2`; the direction of an arrow is `arctan2(sine, cosine)`.",
    "sec-aerial-error",
)
def exchanged(said, true):
    apart = np.radians(said - true)
    return finish(said - true, np.degrees(np.arctan2(np.cos(apart).mean(), np.sin(apart).mean())))


@EXERCISE.wrong(
    "The standard deviation",
    "your error is the standard deviation of the differences; the mean distance from the offset is required.",
    "sec-aerial-error",
)
def deviation(said, true):
    offset = arrows(said - true)
    return offset, wrapped(said - true - offset).std()


@EXERCISE.right_too
def sines_and_cosines(said, true):
    apart = np.radians(said - true)
    offset = np.arctan2(np.sin(apart).sum(), np.cos(apart).sum())
    return np.degrees(offset), np.degrees(np.arctan2(abs(np.sin(apart - offset)), np.cos(apart - offset)).mean())


@EXERCISE.right_too
def one_by_one(said, true):
    x = y = total = 0.0
    for a, b in zip(np.radians(said), np.radians(true)):
        x, y = x + np.cos(a - b), y + np.sin(a - b)
    offset = np.degrees(np.arctan2(y, x))
    for a, b in zip(said, true):
        apart = abs(a - b - offset) % 360
        total += min(apart, 360 - apart)
    return float(offset), total / len(said)
