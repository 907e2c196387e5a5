"""Wrong answers to `hat_read`, and the calls that tell them apart."""

import numpy as np

from tests.judge import Case, Exercise

RNG = np.random.default_rng(0)
ROW = np.array([2.0, 6, 4])
LONG = RNG.integers(1, 90, 7).astype("float64")
ANYWHERE = np.concatenate([RNG.uniform(-3, 10, 12).round(2), np.arange(7)])

EXERCISE = Exercise(
    name="hat_read",
    answer="tests.solutions",
    gives=("value",),
    cases=[
        Case(
            "between the pixels, a quarter and three quarters of the way",
            ROW,
            np.array([0.25, 1.75]),
            expected=[3, 4.5],
        ),
        Case("on the pixels themselves", ROW, np.array([0.0, 1, 2]), expected=[2, 6, 4]),
        Case(
            "less than a pixel outside, on the left and on the right",
            ROW,
            np.array([-0.25, 2.25]),
            expected=[1.5, 3],
            outside=np.array([True, True]),
        ),
        Case(
            "further outside",
            ROW,
            np.array([-1, -4.5, 3, 7.25]),
            expected=[0, 0, 0, 0],
            outside=np.array([True, True, True, True]),
        ),
        Case(
            "so far outside that no integer goes there",
            ROW,
            np.array([-1e30, 1e30]),
            expected=[0, 0],
            outside=np.array([True, True]),
        ),
        Case(
            "a row of two pixels",
            np.array([8.0, 4]),
            np.array([-0.5, 0.5, 1.5]),
            expected=[4, 6, 2],
            outside=np.array([True, False, True]),
        ),
        Case("a longer row at many positions", LONG, ANYWHERE, outside=(ANYWHERE < 0) | (ANYWHERE > 6)),
        Case(
            "a longer row at many positions, in float32",
            LONG.astype("float32"),
            ANYWHERE.astype("float32"),
            outside=(ANYWHERE < 0) | (ANYWHERE > 6),
        ),
    ],
)


def hat(distance):
    return np.maximum(0, 1 - np.abs(distance))


def cell_of(position, length, last=2):
    """Right: clamped so that both pixels exist."""
    return np.clip(np.floor(position), 0, length - last).astype(int)


def mix(row, cell, first, second):
    return (first * row[cell] + second * row[cell + 1]).astype(row.dtype)


@EXERCISE.wrong(
    "The position is clamped, not the cell",
    "only the cell is moved into the row, and the distance is "
    "measured from where the position really is; yours moves the position, so that the edge is drawn out.",
    "sec-fast-hat",
)
def clamped_position(row, position):
    position = np.clip(position, 0, len(row) - 1)
    cell = cell_of(position, len(row))
    return mix(row, cell, hat(position - cell), hat(position - cell - 1))


@EXERCISE.wrong(
    "The fraction is taken before the clamp",
    "the weights are those of the distance to the clamped cell, "
    "position - cell; position - floor(position) is never beyond a pixel, so far outside something is "
    "still read.",
    "sec-fast-hat",
)
def fraction_first(row, position):
    fraction = position - np.floor(position)
    return mix(row, cell_of(position, len(row)), 1 - fraction, fraction)


@EXERCISE.wrong(
    "max(0, ...) is missing",
    "beyond one pixel a hat is 0 and stays 0; 1 - |d| alone goes on below "
    "it, and outside the row negative brightness is read.",
    "sec-fast-hat",
)
def without_maximum(row, position):
    cell = cell_of(position, len(row))
    d = position - cell
    return mix(row, cell, 1 - np.abs(d), 1 - np.abs(d - 1))


@EXERCISE.wrong(
    "The straight line goes on outside",
    "the second weight is a hat of its own, hat(d - 1), and no "
    "remainder; with 1 - d and d the line through two pixels is drawn on beyond them.",
    "sec-fast-hat",
)
def drawn_on(row, position):
    cell = cell_of(position, len(row))
    return mix(row, cell, 1 - (position - cell), position - cell)


@EXERCISE.wrong(
    "The second weight is what the first leaves",
    "outside, both weights are 0; yours gives the second pixel 1 - hat(d), which is 1 there.",
    "sec-fast-hat",
)
def remainder(row, position):
    cell = cell_of(position, len(row))
    first = hat(position - cell)
    return mix(row, cell, first, 1 - first)


@EXERCISE.wrong(
    "The distance without |...|",
    "left of its pixel a distance is negative, and a hat falls to both sides: max(0, 1 - |d|); without the bars it "
    "keeps rising on the left.",
    "sec-fast-hat",
)
def without_abs(row, position):
    cell = cell_of(position, len(row))
    d = position - cell
    return mix(row, cell, np.maximum(0, 1 - d), np.maximum(0, 1 - (d - 1)))


@EXERCISE.wrong(
    "The weights are exchanged",
    "the nearer pixel weighs more: row[cell] has hat(d), and row[cell + 1] has hat(d - 1).",
    "sec-fast-hat",
)
def exchanged(row, position):
    cell = cell_of(position, len(row))
    return mix(row, cell, hat(position - cell - 1), hat(position - cell))


@EXERCISE.wrong(
    "The second distance has the wrong sign",
    "the second pixel lies at cell + 1, so its distance is "
    "d - 1; with d + 1 it is measured to the pixel before the cell.",
    "sec-fast-hat",
)
def other_side(row, position):
    cell = cell_of(position, len(row))
    return mix(row, cell, hat(position - cell), hat(position - cell + 1))


@EXERCISE.wrong(
    "The nearest pixel for the cell",
    "the cell is the pixel to the left, floor(position); yours rounds, "
    "and beyond the middle the left pixel is no longer among the two that are read.",
    "sec-fast-hat",
)
def rounded(row, position):
    cell = np.clip(np.rint(position), 0, len(row) - 2).astype(int)
    return mix(row, cell, hat(position - cell), hat(position - cell - 1))


@EXERCISE.wrong(
    "The edge is counted twice",
    "the cell stops at W - 2, so that its second pixel is the last one; yours "
    "stops at W - 1 and takes the last pixel for both.",
    "sec-fast-hat",
)
def edge_twice(row, position):
    cell = cell_of(position, len(row), last=1)
    second = np.minimum(cell + 1, len(row) - 1)
    return (hat(position - cell) * row[cell] + hat(position - second) * row[second]).astype(row.dtype)


@EXERCISE.wrong(
    "The cell stops one too early",
    "the last cell has the pixels W - 2 and W - 1; yours stops before it, and the last pixel is never read.",
    "sec-fast-hat",
)
def too_early(row, position):
    cell = np.clip(np.floor(position), 0, max(len(row) - 3, 0)).astype(int)
    return mix(row, cell, hat(position - cell), hat(position - cell - 1))


@EXERCISE.wrong(
    "Nothing is read outside",
    "less than a pixel outside, the first or last pixel is still within reach "
    "and the value fades; yours is 0 as soon as the position has left the row.",
    "sec-fast-hat",
)
def cut_off(row, position):
    inside = (position >= 0) & (position <= len(row) - 1)
    return np.where(inside, right_answer(row, position), 0).astype(row.dtype)


@EXERCISE.wrong(
    "Pixel -1 is the last one",
    "NumPy counts negative indices from the end; clamp the cell at 0 as well as at W - 2.",
    "sec-fast-hat",
)
def from_the_end(row, position):
    left = np.floor(np.clip(position, -1e6, 1e6)).astype(int)
    ring = np.minimum(left, len(row) - 2)
    near, far = row[ring % len(row)], row[(ring + 1) % len(row)]
    return (hat(position - ring) * near + hat(position - ring - 1) * far).astype(row.dtype)


@EXERCISE.wrong(
    "Only the left pixel is read",
    "a position between two pixels is read from both, "
    "hat(d) * row[cell] + hat(d - 1) * row[cell + 1]; yours stops after the first.",
    "sec-fast-hat",
)
def left_alone(row, position):
    cell = cell_of(position, len(row))
    return (hat(position - cell) * row[cell]).astype(row.dtype)


def right_answer(row, position):
    cell = cell_of(position, len(row))
    return mix(row, cell, hat(position - cell), hat(position - cell - 1))


@EXERCISE.wrong(
    "The nearest pixel only",
    "a position between two pixels is read from both, each by its hat; yours reads the nearer one, whole.",
    "sec-fast-hat",
)
def nearest(row, position):
    return right_answer(row, np.rint(position))


@EXERCISE.wrong(
    "The nearest pixel, and the edge drawn out",
    "a position between two pixels is read from both, each "
    "by its hat, and outside is nothing; yours reads the nearest pixel there is.",
    "sec-fast-hat",
)
def nearest_and_edge(row, position):
    return row[np.rint(np.clip(position, 0, len(row) - 1)).astype(int)]


@EXERCISE.wrong(
    "The row starts again",
    "a pixel that does not exist is a zero; % W, or an index below 0, reads the row from its other end.",
    "sec-fast-hat",
)
def around(row, position):
    left, share = np.floor(position), position - np.floor(position)
    near, far = ((left + step) % len(row) for step in (0, 1))
    return ((1 - share) * row[near.astype(int)] + share * row[far.astype(int)]).astype(row.dtype)


@EXERCISE.wrong(
    "The row starts again, in steps from end to end",
    "a pixel that does not exist is a zero; the remainder by W - 1 brings every position back into the row.",
    "sec-fast-hat",
)
def around_by_steps(row, position):
    return right_answer(row, position % (len(row) - 1))


@EXERCISE.wrong(
    "Only the right pixel is read",
    "a position between two pixels is read from both, hat(d) * row[cell] "
    "+ hat(d - 1) * row[cell + 1]; yours has the second term alone.",
    "sec-fast-hat",
)
def right_alone(row, position):
    cell = cell_of(position, len(row))
    return (hat(position - cell - 1) * row[cell + 1]).astype(row.dtype)


@EXERCISE.wrong(
    "The mean of both pixels",
    "each of the two pixels weighs its hat; yours gives each a half, wherever the position is.",
    "sec-fast-hat",
)
def mean_of_both(row, position):
    cell = cell_of(position, len(row))
    near = (hat(position - cell) + hat(position - cell - 1) > 0) / row.dtype.type(2)
    return mix(row, cell, near, near)


@EXERCISE.wrong(
    "The hat is squared",
    "a hat falls evenly, max(0, 1 - |d|); yours is 1 - d squared, which is too large in between.",
    "sec-fast-hat",
)
def rounded_hat(row, position):
    cell = cell_of(position, len(row))
    first, second = (np.maximum(0, 1 - d**2) for d in (position - cell, position - cell - 1))
    return mix(row, cell, first, second)


@EXERCISE.wrong(
    "The edge is drawn out half a pixel",
    "the value fades over one whole pixel outside; yours holds the edge for half a pixel and cuts there.",
    "sec-fast-hat",
)
def half_a_pixel_held(row, position):
    held = right_answer(row, np.clip(position, 0, len(row) - 1))
    return np.where((position < -0.5) | (position > len(row) - 0.5), 0, held).astype(row.dtype)


@EXERCISE.wrong(
    "Made an integer before it is clamped",
    "1e30 is too large for an integer, so clamp first, and make whole numbers of what is left.",
    "sec-fast-hat",
)
def integer_first(row, position):
    cell = np.clip(np.floor(position).astype(int), 0, len(row) - 2)
    cell = np.where(np.abs(position) > 1e18, 0, cell)
    far = np.where(np.abs(position) > 1e18, np.nan, position)
    return mix(row, cell, hat(far - cell), hat(far - cell - 1))


@EXERCISE.right_too
def with_all_pixels(row, position):
    """Every pixel's hat at every position."""
    return (hat(position[:, None] - np.arange(len(row))) @ row).astype(row.dtype)


@EXERCISE.right_too
def with_truncation(row, position):
    """Behind the clamp, int() and floor() are the same."""
    value = np.empty(len(position), row.dtype)
    for k, place in enumerate(position):
        cell = int(min(max(place, 0), len(row) - 2))
        value[k] = sum(max(0, 1 - abs(place - pixel)) * row[pixel] for pixel in (cell, cell + 1))
    return value


@EXERCISE.right_too
def with_a_frame_of_zeros(row, position):
    """Zeros drawn out on both sides, and a position clamped to where they stand."""
    framed = np.concatenate([[0, 0], row, [0, 0]])
    p = np.clip(position, -2, len(row)) + 2
    left = np.floor(p).astype(int)
    left = np.minimum(left, len(framed) - 2)
    return ((1 - (p - left)) * framed[left] + (p - left) * framed[left + 1]).astype(row.dtype)


@EXERCISE.wrong(
    "The cell may be the last pixel",
    "both pixels of the cell must exist, so the cell is clamped to len(row) - 2; yours goes up to len(row) - 1 and "
    "reads the last pixel a second time as its right neighbour.",
    "sec-fast-hat",
)
def last_twice(row, position):
    cell = np.clip(np.floor(position), 0, len(row) - 1).astype(int)
    left, right = hat(position - cell) * row[cell], hat(position - cell - 1) * row[np.minimum(cell + 1, len(row) - 1)]
    return (left + right).astype(row.dtype)
