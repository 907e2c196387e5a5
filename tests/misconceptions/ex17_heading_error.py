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
    "The mean of the numbers, not of the arrows",
    "10 and 350 have the mean 0, and as numbers they have "
    "180, the opposite; add up arrows, and read the direction of the sum.",
    "sec-aerial-error",
)
def plain_mean(said, true):
    return finish(said - true, (said - true).mean())


@EXERCISE.wrong(
    "The mean after bringing each to -180 to 180",
    "that moves the seam from 0 to 180 and does not remove "
    "it, so that differences on both sides of 180 still have a mean near 0; arrows have no seam.",
    "sec-aerial-error",
)
def seam_moved(said, true):
    return finish(said - true, wrapped(said - true).mean())


@EXERCISE.wrong(
    "The long way round",
    "from 350 to 10 it is 20 degrees and not 340; bring every difference to between "
    "-180 and 180 before its size is taken.",
    "sec-aerial-error",
)
def long_way(said, true):
    offset = arrows(said - true)
    return offset, abs(said - true - offset).mean()


@EXERCISE.wrong(
    "The constant is left in",
    "the transformer has no reference for up, so the offset is not an error; subtract it before you take the "
    "distances.",
    "sec-aerial-error",
)
def offset_left_in(said, true):
    return arrows(said - true), abs(wrapped(said - true)).mean()


@EXERCISE.wrong(
    "True less said",
    "the offset is the mean of said - true; yours is that of true - said, and east becomes west.",
    "sec-aerial-error",
)
def reversed_sign(said, true):
    return finish(true - said, arrows(true - said))


@EXERCISE.wrong(
    "Each mean by itself",
    "the mean of the differences is required; where headings are all over the compass, said and true have no mean of "
    "their own worth the name.",
    "sec-aerial-error",
)
def means_apart(said, true):
    return finish(said - true, wrapped(arrows(said) - arrows(true)))


@EXERCISE.wrong(
    "Errors to the left and to the right cancel",
    "ten degrees to the left and ten to the right are two errors of ten; take absolute values before the mean.",
    "sec-aerial-error",
)
def cancelled(said, true):
    offset = arrows(said - true)
    return offset, wrapped(said - true - offset).mean()


@EXERCISE.wrong(
    "The root mean square",
    "the mean distance is required; yours squares first, so that a single tail taken for a nose outweighs everything.",
    "sec-aerial-error",
)
def root_mean_square(said, true):
    offset = arrows(said - true)
    return offset, np.sqrt((wrapped(said - true - offset) ** 2).mean())


@EXERCISE.wrong("Radians", "both numbers are required in degrees; yours are in radians.", "sec-aerial-error")
def radians(said, true):
    offset, error = finish(said - true, arrows(said - true))
    return np.radians(offset), np.radians(error)


@EXERCISE.wrong(
    "Degrees given to a function of radians",
    "np.exp, np.sin and np.cos take radians; yours passes degrees.",
    "sec-aerial-error",
)
def not_converted(said, true):
    return finish(said - true, np.degrees(np.angle(np.exp(1j * (said - true)).mean())))


@EXERCISE.wrong(
    "Nose and tail are the same",
    "an error of 180 degrees is the worst there is; yours is folded at 90 and counts it as none.",
    "sec-aerial-error",
)
def folded(said, true):
    offset = arrows(said - true)
    left = abs(wrapped(said - true - offset))
    return offset, np.minimum(left, 180 - left).mean()


@EXERCISE.wrong(
    "The offset from 0 to 360",
    "the sizes are right, and the offset must be from -180 to 180: 90 to the left is -90, and yours is 270.",
    "sec-aerial-error",
)
def offset_positive(said, true):
    offset, error = finish(said - true, arrows(said - true))
    return offset + 360 * (offset < -1e-6), error


@EXERCISE.wrong(
    "The differences are left at 0 to 360",
    "% 360 brings ten degrees to the left to 350, and its "
    "distance is 10 and not 350; bring every difference to between -180 and 180.",
    "sec-aerial-error",
)
def to_full_turns(said, true):
    difference = (said - true) % 360
    offset = arrows(difference)
    return offset, (abs(difference - offset) % 360).mean()


@EXERCISE.wrong(
    "% 360 of the distance",
    "the way round may be longer than half a turn, and then the other way is "
    "the short one; yours brings the distance to 0 to 360 and leaves it.",
    "sec-aerial-error",
)
def distance_to_full_turns(said, true):
    offset = arrows(said - true)
    return offset, ((said - true - offset) % 360).mean()


@EXERCISE.wrong(
    "Folded at 180 by a remainder",
    "a difference of 190 degrees is 170 the other way round; the remainder by 180 makes 10 of it.",
    "sec-aerial-error",
)
def remainder_by_half(said, true):
    offset = arrows(said - true)
    return offset, (abs(said - true - offset) % 180).mean()


@EXERCISE.wrong(
    "The median distance",
    "the mean distance is required; yours is the median, which ignores a tail taken for a nose.",
    "sec-aerial-error",
)
def median(said, true):
    offset = arrows(said - true)
    return offset, np.median(abs(wrapped(said - true - offset)))


@EXERCISE.wrong("The largest distance", "the mean distance is required; yours is the largest.", "sec-aerial-error")
def largest(said, true):
    offset = arrows(said - true)
    return offset, abs(wrapped(said - true - offset)).max()


@EXERCISE.wrong(
    "The offset is added",
    "the distance is that of said - true from the offset, their difference; yours adds the offset once more.",
    "sec-aerial-error",
)
def offset_added(said, true):
    offset = arrows(said - true)
    return offset, abs(wrapped(said - true + offset)).mean()


@EXERCISE.wrong(
    "Half of the offset", "np.arctan2 of the sums is the offset itself; yours is half of it.", "sec-aerial-error"
)
def half_the_offset(said, true):
    return finish(said - true, arrows(said - true) / 2)


@EXERCISE.wrong(
    "The median of the differences",
    "the mean of the arrows is required; yours is the middle one of the numbers.",
    "sec-aerial-error",
)
def median_offset(said, true):
    return finish(said - true, float(np.median(wrapped(said - true))))


@EXERCISE.wrong(
    "Sine and cosine are exchanged",
    "the direction of an arrow is arctan2(sine, cosine); yours has the cosine first, and counts from the right.",
    "sec-aerial-error",
)
def exchanged(said, true):
    apart = np.radians(said - true)
    return finish(said - true, np.degrees(np.arctan2(np.cos(apart).mean(), np.sin(apart).mean())))


@EXERCISE.wrong(
    "The standard deviation of the distances",
    "the mean distance is required; yours is how far the distances lie apart.",
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
