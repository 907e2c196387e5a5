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
    "The position is clipped, not the cell",
    "your function clips the position, so that the edge is repeated outside; clip the cell alone, and measure the "
    "distance from the position as it is.",
    "sec-fast-hat",
)
def clamped_position(row, position):
    position = np.clip(position, 0, len(row) - 1)
    cell = cell_of(position, len(row))
    return mix(row, cell, hat(position - cell), hat(position - cell - 1))


@EXERCISE.wrong(
    "The fraction is computed before clipping",
    "your weights come from `position - floor(position)`, which is never larger than a pixel, so values far outside "
    "are not 0; use the distance to the clipped cell, `position - cell`.",
    "sec-fast-hat",
)
def fraction_first(row, position):
    fraction = position - np.floor(position)
    return mix(row, cell_of(position, len(row)), 1 - fraction, fraction)


@EXERCISE.wrong(
    "`max(0, ...)` is missing",
    "your weight `1 - |d|` becomes negative beyond one pixel, so outside the row the brightness becomes negative; a "
    "hat stays 0 there, `max(0, 1 - |d|)`.",
    "sec-fast-hat",
)
def without_maximum(row, position):
    cell = cell_of(position, len(row))
    d = position - cell
    return mix(row, cell, 1 - np.abs(d), 1 - np.abs(d - 1))


@EXERCISE.wrong(
    "The line is extrapolated",
    "your weights are `1 - d` and `d`, which extend the line through two pixels beyond them; use `hat(d)` and `hat(d "
    "- 1)`.",
    "sec-fast-hat",
)
def drawn_on(row, position):
    cell = cell_of(position, len(row))
    return mix(row, cell, 1 - (position - cell), position - cell)


@EXERCISE.wrong(
    "The second weight is 1 minus the first",
    "your second weight is `1 - hat(d)`, which is 1 far outside; both weights are 0 there, and the second is `hat(d - "
    "1)`.",
    "sec-fast-hat",
)
def remainder(row, position):
    cell = cell_of(position, len(row))
    first = hat(position - cell)
    return mix(row, cell, first, 1 - first)


@EXERCISE.wrong(
    "The absolute value is missing",
    "your weight keeps rising to the left of its pixel, where the distance is negative; a hat falls on both sides, "
    "`max(0, 1 - |d|)`.",
    "sec-fast-hat",
)
def without_abs(row, position):
    cell = cell_of(position, len(row))
    d = position - cell
    return mix(row, cell, np.maximum(0, 1 - d), np.maximum(0, 1 - (d - 1)))


@EXERCISE.wrong(
    "The weights are exchanged",
    "your function exchanges the two weights; the nearer pixel counts more, so `row[cell]` has `hat(d)` and `row[cell "
    "+ 1]` has `hat(d - 1)`.",
    "sec-fast-hat",
)
def exchanged(row, position):
    cell = cell_of(position, len(row))
    return mix(row, cell, hat(position - cell - 1), hat(position - cell))


@EXERCISE.wrong(
    "The second distance has the wrong sign",
    "your second weight is `hat(d + 1)`, which measures the distance to the pixel before the cell; the second pixel "
    "is at `cell + 1`, so its distance is `d - 1`.",
    "sec-fast-hat",
)
def other_side(row, position):
    cell = cell_of(position, len(row))
    return mix(row, cell, hat(position - cell), hat(position - cell + 1))


@EXERCISE.wrong(
    "The nearest pixel as the cell",
    "your function rounds the position, so past the middle it does not read the left pixel; the cell is the pixel on "
    "the left, `floor(position)`.",
    "sec-fast-hat",
)
def rounded(row, position):
    cell = np.clip(np.rint(position), 0, len(row) - 2).astype(int)
    return mix(row, cell, hat(position - cell), hat(position - cell - 1))


@EXERCISE.wrong(
    "The edge is counted twice",
    "your cell may be W - 1, and then the last pixel is counted twice; clip the cell to W - 2, so that its second "
    "pixel is the last.",
    "sec-fast-hat",
)
def edge_twice(row, position):
    cell = cell_of(position, len(row), last=1)
    second = np.minimum(cell + 1, len(row) - 1)
    return (hat(position - cell) * row[cell] + hat(position - second) * row[second]).astype(row.dtype)


@EXERCISE.wrong(
    "The cell ends one too early",
    "your function clips the cell before W - 2, so the last pixel is never read; the last cell has the pixels W - 2 "
    "and W - 1.",
    "sec-fast-hat",
)
def too_early(row, position):
    cell = np.clip(np.floor(position), 0, max(len(row) - 3, 0)).astype(int)
    return mix(row, cell, hat(position - cell), hat(position - cell - 1))


@EXERCISE.wrong(
    "Nothing is read outside",
    "your value is 0 as soon as the position leaves the row; less than a pixel outside, the first or last pixel still "
    "counts, and the value falls to 0 with the distance.",
    "sec-fast-hat",
)
def cut_off(row, position):
    inside = (position >= 0) & (position <= len(row) - 1)
    return np.where(inside, right_answer(row, position), 0).astype(row.dtype)


@EXERCISE.wrong(
    "A negative index reads from the end",
    "your function uses negative indices, which NumPy counts from the end; clip the cell to 0 as well as to W - 2.",
    "sec-fast-hat",
)
def from_the_end(row, position):
    left = np.floor(np.clip(position, -1e6, 1e6)).astype(int)
    ring = np.minimum(left, len(row) - 2)
    near, far = row[ring % len(row)], row[(ring + 1) % len(row)]
    return (hat(position - ring) * near + hat(position - ring - 1) * far).astype(row.dtype)


@EXERCISE.wrong(
    "Only the left pixel is read",
    "your function reads the left pixel alone; a position between two pixels is read from both, `hat(d) * row[cell] + "
    "hat(d - 1) * row[cell + 1]`.",
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
    "your function reads only the nearest pixel; a position between two pixels is read from both, each weighted by "
    "its hat.",
    "sec-fast-hat",
)
def nearest(row, position):
    return right_answer(row, np.rint(position))


@EXERCISE.wrong(
    "The nearest pixel, and the edge repeated",
    "your function reads the nearest pixel that exists; a position between two pixels is read from both, each "
    "weighted by its hat, and a pixel that does not exist is 0.",
    "sec-fast-hat",
)
def nearest_and_edge(row, position):
    return row[np.rint(np.clip(position, 0, len(row) - 1)).astype(int)]


@EXERCISE.wrong(
    "The row repeats outside",
    "your function continues at the opposite end of the row, through `% W` or a negative index; a pixel that does not "
    "exist is 0.",
    "sec-fast-hat",
)
def around(row, position):
    left, share = np.floor(position), position - np.floor(position)
    near, far = ((left + step) % len(row) for step in (0, 1))
    return ((1 - share) * row[near.astype(int)] + share * row[far.astype(int)]).astype(row.dtype)


@EXERCISE.wrong(
    "The row repeats, with a period of W - 1",
    "your remainder by W - 1 moves every position into the row; a pixel that does not exist is 0.",
    "sec-fast-hat",
)
def around_by_steps(row, position):
    return right_answer(row, position % (len(row) - 1))


@EXERCISE.wrong(
    "Only the right pixel is read",
    "your function reads the right pixel alone; a position between two pixels is read from both, `hat(d) * row[cell] "
    "+ hat(d - 1) * row[cell + 1]`.",
    "sec-fast-hat",
)
def right_alone(row, position):
    cell = cell_of(position, len(row))
    return (hat(position - cell - 1) * row[cell + 1]).astype(row.dtype)


@EXERCISE.wrong(
    "The mean of both pixels",
    "your function gives each of the two pixels a half, wherever the position is; each is weighted by its hat.",
    "sec-fast-hat",
)
def mean_of_both(row, position):
    cell = cell_of(position, len(row))
    near = (hat(position - cell) + hat(position - cell - 1) > 0) / row.dtype.type(2)
    return mix(row, cell, near, near)


@EXERCISE.wrong(
    "The hat is squared",
    "your weight is 1 minus the squared distance, which is too large between the pixels; a hat falls linearly, "
    "`max(0, 1 - |d|)`.",
    "sec-fast-hat",
)
def rounded_hat(row, position):
    cell = cell_of(position, len(row))
    first, second = (np.maximum(0, 1 - d**2) for d in (position - cell, position - cell - 1))
    return mix(row, cell, first, second)


@EXERCISE.wrong(
    "The edge is repeated for half a pixel",
    "your function repeats the edge for half a pixel and is 0 after that; the value falls to 0 over a whole pixel "
    "outside.",
    "sec-fast-hat",
)
def half_a_pixel_held(row, position):
    held = right_answer(row, np.clip(position, 0, len(row) - 1))
    return np.where((position < -0.5) | (position > len(row) - 0.5), 0, held).astype(row.dtype)


@EXERCISE.wrong(
    "Converted to integers before clipping",
    "your function converts positions to integers before it clips them, but 1e30 is too large for an integer; clip "
    "first.",
    "sec-fast-hat",
)
def integer_first(row, position):
    cell = np.clip(np.floor(position).astype(int), 0, len(row) - 2)
    cell = np.where(np.abs(position) > 1e18, 0, cell)
    far = np.where(np.abs(position) > 1e18, np.nan, position)
    return mix(row, cell, hat(far - cell), hat(far - cell - 1))


@EXERCISE.wrong(
    "The nearest pixel",
    "your function reads the nearest pixel alone; both pixels of the cell count, each by its hat.",
    "sec-fast-hat",
)
def nearest_within_reach(row, position):
    near = np.clip(np.round(position), 0, len(row) - 1).astype(int)
    return np.where((-1 < position) & (position < len(row)), row[near], 0).astype(row.dtype)


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
    "your cell may be `len(row) - 1`, and then the last pixel is read again as its right neighbour; both pixels of a "
    "cell have to exist, so clip it to `len(row) - 2`.",
    "sec-fast-hat",
)
def last_twice(row, position):
    cell = np.clip(np.floor(position), 0, len(row) - 1).astype(int)
    left, right = hat(position - cell) * row[cell], hat(position - cell - 1) * row[np.minimum(cell + 1, len(row) - 1)]
    return (left + right).astype(row.dtype)
