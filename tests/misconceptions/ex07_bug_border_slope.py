"""Wrong answers to `bug_border_slope`, and the calls that tell them apart."""

import numpy as np

from tests.judge import Case, Exercise

RNG = np.random.default_rng(0)
ROW = np.array([2.0, 5, 4])

EXERCISE = Exercise(
    name="bug_border_slope",
    answer="tests.solutions",
    gives=("slope",),
    cases=[
        Case("between the pixels", ROW, np.array([0.5, 1.75]), expected=[3, -1]),
        Case("outside, on the left and on the right", ROW, np.array([-3, -0.5, 2.5, 7]), expected=[0, 0, 0, 0]),
        Case("on the last pixel itself", ROW, np.array([2.0]), expected=[0]),
        Case("on the first pixel itself", ROW, np.array([0.0]), expected=[0]),
        Case("on the pixel in the middle", ROW, np.array([1.0]), expected=[-1]),
        Case("a row of one pixel", np.array([3.0]), np.array([-1, 0, 0.5]), expected=[0, 0, 0]),
        Case(
            "a longer row at many positions, in float32",
            RNG.normal(size=8).astype("float32"),
            np.concatenate([np.arange(8), RNG.uniform(-2, 9, 12)]).astype("float32"),
        ),
    ],
)


def value(row, pixel, outside="border"):
    """The pixel's value; where there is none, the nearest one's, or 0."""
    last = len(row) - 1
    exists = (pixel >= 0) & (pixel <= last) | (outside == "border")
    return np.where(exists, row[np.clip(pixel, 0, last)], 0).astype(row.dtype)


def to_the_right(row, position, outside="border"):
    """The slope to the right, without a clamp."""
    left = np.floor(position).astype(int)
    return value(row, left + 1, outside) - value(row, left, outside)


@EXERCISE.wrong(
    "As it was found",
    "the code returns a slope on the first and the last pixel themselves, and on the last it takes the missing "
    "neighbour for 0; the clamp already holds the position there, so the slope should be 0.",
    "sec-sback-border",
)
def as_found(row, position):
    last = len(row) - 1
    moves = (position >= 0) & (position <= last)
    left = np.floor(np.clip(position, 0, last)).astype(int)
    slope = np.zeros_like(position)
    for neighbour, slope_of_weight in ((left, -1), (left + 1, 1)):
        exists = neighbour <= last
        slope += np.where(exists, slope_of_weight * row[np.minimum(neighbour, last)], 0)
    return np.where(moves, slope, 0)


@EXERCISE.wrong(
    "Fixed on the last pixel only",
    "your function returns 0 on the last pixel but still the inner slope on the first; the clamp holds the position "
    "there as well, so the slope should be 0.",
    "sec-sback-border",
)
def last_pixel_only(row, position):
    moves = (position >= 0) & (position < len(row) - 1)
    return np.where(moves, to_the_right(row, position), 0)


@EXERCISE.wrong(
    "Fixed on the first pixel only",
    "your function returns 0 on the first pixel, but on the last it still takes the missing neighbour for 0; the "
    "slope should be 0 there as well.",
    "sec-sback-border",
)
def first_pixel_only(row, position):
    moves = (position > 0) & (position <= len(row) - 1)
    return np.where(moves, to_the_right(row, position, outside="zero"), 0)


@EXERCISE.wrong(
    "The inner slope on the first and the last pixel",
    "your function returns the inner slope on the first and the last pixel; here the outer one is required, which is "
    "0, as in the library and in torch.",
    "sec-sback-border",
)
def inner_slope(row, position):
    last = len(row) - 1
    left = np.clip(np.floor(position).astype(int), 0, max(last - 1, 0))
    inside = (position >= 0) & (position <= last)
    return np.where(inside, value(row, left + 1) - value(row, left), 0)


@EXERCISE.wrong(
    "The mean of both sides on the first and last pixel",
    "your function returns half of the inner slope on the first and the last pixel, as a central difference does; "
    "here the outer slope is required, which is 0.",
    "sec-sback-border",
)
def mean_of_sides(row, position):
    last = len(row) - 1
    at_the_end = (position == 0) | (position == last)
    return np.where(at_the_end, inner_slope(row, position) / 2, inner_slope(row, position)).astype(row.dtype)


@EXERCISE.wrong(
    "Zeros padding",
    "your function lets the picture fall to 0 outside; under border padding it keeps the value of the nearest edge "
    "pixel there, so the slope is 0.",
    "sec-sback-outside",
)
def zeros_padding(row, position):
    return to_the_right(row, position, outside="zero")


@EXERCISE.wrong(
    "The clamp's derivative is left out",
    "your function clamps the position and then takes the slope at the place where it ends; outside, the position "
    "that is read does not move, so the slope is 0 whatever the picture.",
    "sec-sback-outside",
)
def clamped_alone(row, position):
    return to_the_right(row, np.clip(position, 0, len(row) - 1), outside="zero")


@EXERCISE.wrong(
    "No slope on any whole pixel",
    "your slope is 0 on every whole pixel; it should be 0 only on the first and the last, and between them the slope "
    "to the right is required.",
    "sec-sback-kink",
)
def none_on_pixels(row, position):
    return np.where(position == np.floor(position), 0, right_answer(row, position))


@EXERCISE.wrong(
    "The slope to the left on whole pixels",
    "your function returns the slope to the left on a whole pixel; of the two slopes there the one to the right is "
    "required, with `np.floor(position)` as the left neighbour.",
    "sec-sback-kink",
)
def to_the_left(row, position):
    left = np.ceil(position).astype(int) - 1
    moves = (position > 0) & (position < len(row) - 1)
    return np.where(moves, value(row, left + 1) - value(row, left), 0)


@EXERCISE.wrong(
    "The last interval is lost",
    "your slope is 0 between the last two pixels; the picture still changes there, and the slope should be 0 only "
    "from the last pixel on.",
    "sec-sback-border",
)
def last_interval_lost(row, position):
    moves = (position > 0) & (position < len(row) - 2)
    return np.where(moves, to_the_right(row, position), 0)


@EXERCISE.wrong(
    "Every sign is reversed",
    "your slopes have the opposite sign; as the position moves to the right the left neighbour's weight falls, -1, "
    "and the right one's rises, +1.",
    "sec-sback-idea",
)
def reversed_signs(row, position):
    return -right_answer(row, position)


def right_answer(row, position):
    moves = (position > 0) & (position < len(row) - 1)
    return np.where(moves, to_the_right(row, position), 0)


@EXERCISE.wrong(
    "A difference over two pixels",
    "your function takes the pixels on both sides of the left one and halves their difference; between two pixels the "
    "value is a straight line, whose slope is right minus left.",
    "sec-sback-idea",
)
def over_two_pixels(row, position):
    last = len(row) - 1
    left = np.floor(np.clip(position, 0, last)).astype(int)
    moves = (position > 0) & (position < last)
    return np.where(moves, (value(row, left + 1) - value(row, left - 1)) / 2, 0).astype(row.dtype)


@EXERCISE.wrong(
    "The absolute value of the slope",
    "your function returns the absolute value; the slope is right minus left, with its sign.",
    "sec-sback-idea",
)
def without_sign(row, position):
    return np.abs(right_answer(row, position))


@EXERCISE.wrong(
    "The value, not its slope",
    "your function returns the value at the position; the slope is how much that changes as the position moves.",
    "sec-sback-idea",
)
def what_is_read(row, position):
    place = np.clip(position, 0, len(row) - 1)
    left = np.floor(place).astype(int)
    share = (place - left).astype(row.dtype)
    return (1 - share) * value(row, left) + share * value(row, left + 1)


@EXERCISE.wrong(
    "The mean of both slopes on whole pixels",
    "your function averages both slopes on a whole pixel; the one to the right is required.",
    "sec-sback-kink",
)
def mean_on_pixels(row, position):
    mean = (right_answer(row, position) + to_the_left(row, position)) / 2
    return np.where(position == np.floor(position), mean, right_answer(row, position)).astype(row.dtype)


@EXERCISE.wrong(
    "The slope continues outside",
    "your function keeps the slope of the outermost interval outside; beyond the first and the last pixel the value "
    "does not change, so the slope is 0.",
    "sec-sback-border",
)
def goes_on(row, position):
    left = np.clip(np.floor(position).astype(int), 0, max(len(row) - 2, 0))
    return value(row, left + 1) - value(row, left)


@EXERCISE.wrong(
    "The first interval is lost",
    "your slope is 0 between the first two pixels; it should be the right pixel minus the left one there, as in any "
    "other interval.",
    "sec-sback-border",
)
def first_interval_lost(row, position):
    return np.where(position >= 1, right_answer(row, position), 0)


@EXERCISE.right_too
def with_missing_neighbours_at_the_edge(row, position):
    """The neighbour that does not exist is the edge pixel, and the clamp's own slope is still 0 on the edge."""
    last = len(row) - 1
    clamped = np.clip(position, 0, last)
    chain = ((position > 0) & (position < last)).astype(row.dtype)
    left = np.floor(clamped).astype(int)
    return chain * (row[np.minimum(left + 1, last)] - row[left])


@EXERCISE.right_too
def with_a_table_of_slopes(row, position):
    """One slope for each interval, 0 before the first and behind the last."""
    steps = np.concatenate([[0], np.diff(row), [0]]).astype(row.dtype)
    interval = np.searchsorted(np.arange(len(row)), position, side="right")
    return np.where(position == 0, 0, steps[interval]).astype(row.dtype)


@EXERCISE.right_too
def with_a_loop(row, position):
    slope = np.zeros(len(position))
    for k, place in enumerate(position):
        if 0 < place < len(row) - 1:
            left = int(place)
            slope[k] = row[left + 1] - row[left]
    return slope.astype(row.dtype)
