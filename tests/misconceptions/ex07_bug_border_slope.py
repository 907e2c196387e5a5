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
    "on the first and the last pixel themselves the clamp already holds the position "
    "still, so the slope there is 0; yours lets it move, and on the last pixel takes a neighbour that "
    "does not exist for a 0.",
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
    "the last pixel's slope is 0 now, and the same holds on the first, where the clamp begins as well; yours still "
    "returns the inner slope there.",
    "sec-sback-border",
)
def last_pixel_only(row, position):
    moves = (position >= 0) & (position < len(row) - 1)
    return np.where(moves, to_the_right(row, position), 0)


@EXERCISE.wrong(
    "Fixed on the first pixel only",
    "the first pixel's slope is 0 now, and the last pixel's should be as well; yours still takes the neighbour beyond "
    "the last pixel for a 0.",
    "sec-sback-border",
)
def first_pixel_only(row, position):
    moves = (position > 0) & (position <= len(row) - 1)
    return np.where(moves, to_the_right(row, position, outside="zero"), 0)


@EXERCISE.wrong(
    "The inner slope on the first and the last pixel",
    "this is the slope on the inner side, but the outer one is required, which is 0, as in the library and in torch.",
    "sec-sback-border",
)
def inner_slope(row, position):
    last = len(row) - 1
    left = np.clip(np.floor(position).astype(int), 0, max(last - 1, 0))
    inside = (position >= 0) & (position <= last)
    return np.where(inside, value(row, left + 1) - value(row, left), 0)


@EXERCISE.wrong(
    "The mean of both sides on the first and last pixel",
    "a central difference gives half of the inner slope there, but the outer slope is required, which is 0.",
    "sec-sback-border",
)
def mean_of_sides(row, position):
    last = len(row) - 1
    at_the_end = (position == 0) | (position == last)
    return np.where(at_the_end, inner_slope(row, position) / 2, inner_slope(row, position)).astype(row.dtype)


@EXERCISE.wrong(
    "Zeros padding",
    "under border padding what lies outside has the value of the nearest edge, so "
    "nothing changes out there; yours lets the picture fade to 0.",
    "sec-sback-outside",
)
def zeros_padding(row, position):
    return to_the_right(row, position, outside="zero")


@EXERCISE.wrong(
    "The clamp has no slope of its own",
    "outside, the position that is read no longer moves, so the "
    "slope is 0 whatever the picture; yours clamps and then takes the slope at the place where it "
    "arrives.",
    "sec-sback-outside",
)
def clamped_alone(row, position):
    return to_the_right(row, np.clip(position, 0, len(row) - 1), outside="zero")


@EXERCISE.wrong(
    "No slope on any whole pixel",
    "only the first and the last pixel have a slope of 0; on those in between the slope to the right is required.",
    "sec-sback-kink",
)
def none_on_pixels(row, position):
    return np.where(position == np.floor(position), 0, right_answer(row, position))


@EXERCISE.wrong(
    "The slope to the left on whole pixels",
    "on a pixel inside the row there are two slopes, and the one to the right is required, as the floor of a whole "
    "number gives it.",
    "sec-sback-kink",
)
def to_the_left(row, position):
    left = np.ceil(position).astype(int) - 1
    moves = (position > 0) & (position < len(row) - 1)
    return np.where(moves, value(row, left + 1) - value(row, left), 0)


@EXERCISE.wrong(
    "The last interval is lost",
    "between the last two pixels the picture still changes; only from the last pixel on is the slope 0.",
    "sec-sback-border",
)
def last_interval_lost(row, position):
    moves = (position > 0) & (position < len(row) - 2)
    return np.where(moves, to_the_right(row, position), 0)


@EXERCISE.wrong(
    "Every sign is reversed",
    "as the position moves to the right the value goes from the left pixel to "
    "the right one, so the left neighbour's weight falls, -1, and the right one's rises, +1.",
    "sec-sback-idea",
)
def reversed_signs(row, position):
    return -right_answer(row, position)


def right_answer(row, position):
    moves = (position > 0) & (position < len(row) - 1)
    return np.where(moves, to_the_right(row, position), 0)


@EXERCISE.wrong(
    "A difference over two pixels",
    "between two pixels the value is a straight line from the one to the "
    "other, whose slope is right less left; yours takes the pixels on both sides of the left one, and "
    "halves.",
    "sec-sback-idea",
)
def over_two_pixels(row, position):
    last = len(row) - 1
    left = np.floor(np.clip(position, 0, last)).astype(int)
    moves = (position > 0) & (position < last)
    return np.where(moves, (value(row, left + 1) - value(row, left - 1)) / 2, 0).astype(row.dtype)


@EXERCISE.wrong(
    "The size of the slope alone", "a slope has a sign, right less left; yours is its absolute value.", "sec-sback-idea"
)
def without_sign(row, position):
    return np.abs(right_answer(row, position))


@EXERCISE.wrong(
    "The value, not its slope",
    "how bright the picture is does not matter, only how that changes as the "
    "position moves; yours returns what is read.",
    "sec-sback-idea",
)
def what_is_read(row, position):
    place = np.clip(position, 0, len(row) - 1)
    left = np.floor(place).astype(int)
    share = (place - left).astype(row.dtype)
    return (1 - share) * value(row, left) + share * value(row, left + 1)


@EXERCISE.wrong(
    "The mean of both slopes on whole pixels",
    "on a pixel inside the row there are two slopes, and the one to the right is required; yours is the mean of the "
    "two.",
    "sec-sback-kink",
)
def mean_on_pixels(row, position):
    mean = (right_answer(row, position) + to_the_left(row, position)) / 2
    return np.where(position == np.floor(position), mean, right_answer(row, position)).astype(row.dtype)


@EXERCISE.wrong(
    "The slope goes on outside",
    "beyond the first and the last pixel the value stays as it is, so the "
    "slope is 0; yours keeps that of the outermost interval.",
    "sec-sback-border",
)
def goes_on(row, position):
    left = np.clip(np.floor(position).astype(int), 0, max(len(row) - 2, 0))
    return value(row, left + 1) - value(row, left)


@EXERCISE.wrong(
    "Fixed on the last pixel, and its interval lost on the left",
    "the slope between the first two pixels is that of any other interval; yours is 0 up to the second pixel.",
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
