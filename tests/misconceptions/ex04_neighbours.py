"""Wrong answers to `neighbours`, and the calls that tell them apart."""

import numpy as np

from book.by_hand import bilinear_weights, neighbours
from tests.judge import Case, Exercise

SQUARE = np.array([[[[1.0, 2], [3, 4]]]])
LONG = np.array([[[[1.0, 2, 3], [4, 5, 6]]]])


def one(position):
    """A position as x or y of one point."""
    return np.array([[[position]]])


def drawn(seed, dtype):
    """Two images of three channels, 4 x 5, and 12 points each, some of them outside."""
    rng = np.random.default_rng(seed)
    arrays = rng.normal(0, 1, (2, 3, 4, 5)), rng.uniform(-3, 7, (2, 3, 4)), rng.uniform(-3, 6, (2, 3, 4))
    return [array.astype(dtype) for array in arrays]


def pixels(*values):
    return tuple([[[[value]]]] for value in values)


EXERCISE = Exercise(
    name="neighbours",
    answer="book.by_hand",
    gives=("upper_left", "upper_right", "lower_left", "lower_right"),
    cases=[
        Case("in the middle of four pixels", SQUARE, one(0.5), one(0.5), expected=pixels(1, 2, 3, 4)),
        Case("between columns 1 and 2, near row 0", LONG, one(1.7), one(0.2), expected=pixels(2, 3, 5, 6)),
        Case("left of the first column", LONG, one(-0.4), one(0.2), expected=pixels(0, 1, 0, 4)),
        Case("right of the last column, below the last row", LONG, one(2.3), one(1.2), expected=pixels(6, 0, 0, 0)),
        Case("exactly on a pixel", LONG, one(1.0), one(0.0), expected=pixels(2, 3, 5, 6)),
        Case("far outside", LONG, one(-70.0), one(90.0), expected=pixels(0, 0, 0, 0)),
        Case("two images of three channels", *drawn(0, "float64")),
        Case("two images of three channels, float32", *drawn(1, "float32")),
    ],
)


def read(image, row, column):
    """Pixels by row and column; 0 where there is none."""
    height, width = image.shape[2:]
    exists = (0 <= row) & (row < height) & (0 <= column) & (column < width)
    row, column = np.clip(row, 0, height - 1), np.clip(column, 0, width - 1)
    return np.stack([one[:, r, c] * seen for one, r, c, seen in zip(image, row, column, exists)]).astype(image.dtype)


def as_it_is(number, length):
    return number


def edge(number, length):
    return np.clip(number, 0, length - 1)


def around(image, x, y, padding=as_it_is, floor=np.floor, row_padding=None, column_padding=None):
    """The four pixels with another padding, or another way to whole numbers."""
    row, column = floor(y).astype(int), floor(x).astype(int)
    moves = row_padding or padding, column_padding or padding
    return [
        read(image, *(move(at, side) for move, at, side in zip(moves, (row + below, column + right), image.shape[2:])))
        for below in (0, 1)
        for right in (0, 1)
    ]


@EXERCISE.wrong(
    "x and y are exchanged",
    "your function takes x for the row and y for the column; x counts columns to the right and y counts rows "
    "downwards, and an image is indexed by row and then column.",
    "sec-sampler-neighbours",
)
def exchanged(image, x, y):
    return neighbours(image, y, x)


@EXERCISE.wrong(
    "The pixels come column by column",
    "your second pixel is the lower left one; the order should be upper left, upper right, lower left, lower right, "
    "as in `bilinear_weights`.",
    "sec-sampler-neighbours",
)
def by_columns(image, x, y):
    return [neighbours(image, x, y)[k] for k in (0, 2, 1, 3)]


@EXERCISE.wrong(
    "Only the columns are checked",
    "your function gives 0 left and right of the image alone; above and below there is no pixel either, so check the "
    "rows, too.",
    "sec-sampler-outside",
)
def columns_checked(image, x, y):
    return around(image, x, y, row_padding=edge)


@EXERCISE.wrong(
    "Only the rows are checked",
    "your function gives 0 above and below the image alone; left and right of it there is no pixel either, so check "
    "the columns, too.",
    "sec-sampler-outside",
)
def rows_checked(image, x, y):
    return around(image, x, y, column_padding=edge)


@EXERCISE.wrong(
    "Only the first row and column are checked",
    "your function gives 0 above and left of the image alone; row H and column W do not exist either, so check the "
    "other ends, too.",
    "sec-sampler-outside",
)
def first_checked(image, x, y):
    return around(image, x, y, lambda number, length: np.minimum(number, length - 1))


@EXERCISE.wrong(
    "Only the last row and column are checked",
    "your function gives 0 below and right of the image alone; row -1 and column -1 do not exist either, so check the "
    "other ends, too.",
    "sec-sampler-outside",
)
def last_checked(image, x, y):
    return around(image, x, y, lambda number, length: np.maximum(number, 0))


@EXERCISE.wrong(
    "The edge is repeated outside",
    'outside the image your function reads the nearest edge pixel, which is `padding_mode="border"`; here it has to '
    "be 0.",
    "sec-sampler-outside",
)
def border(image, x, y):
    return around(image, x, y, edge)


@EXERCISE.wrong(
    "The opposite side is read outside",
    "outside the image your function reads from its opposite side, as a negative index does in Python; it has to be 0 "
    "there.",
    "sec-sampler-outside",
)
def wrapped(image, x, y):
    return around(image, x, y, lambda number, length: number % length)


@EXERCISE.wrong(
    "Index -1 reads the last pixel",
    "your function reads the last row or column in place of -1, as Python does with that index; row or column -1 lies "
    "outside the image and gives 0.",
    "sec-sampler-outside",
)
def minus_one(image, x, y):
    return around(image, x, y, lambda number, length: np.where(number == -1, length - 1, number))


@EXERCISE.wrong(
    "Positions are rounded",
    "your function rounds the position, so it takes the next pixel where that is nearer; the upper left pixel is in "
    "column `floor(x)` and row `floor(y)`.",
    "sec-sampler-neighbours",
)
def rounded(image, x, y):
    return around(image, x, y, floor=np.rint)


@EXERCISE.wrong(
    "Rounded towards zero",
    "your function rounds towards zero, as `int()` and `astype(int)` do, so that -0.4 becomes 0; `np.floor` gives -1, "
    "which lies outside the image.",
    "sec-sampler-neighbours",
)
def cut(image, x, y):
    return around(image, x, y, floor=np.trunc)


@EXERCISE.wrong(
    "The second neighbour is rounded up",
    "your function rounds up for the right column and the lower row, which gives the same pixel twice where a point "
    "lies exactly on one; they should be `floor(x) + 1` and `floor(y) + 1`.",
    "sec-sampler-neighbours",
)
def rounded_up(image, x, y):
    rows, columns = ([np.floor(axis).astype(int), np.ceil(axis).astype(int)] for axis in (y, x))
    return [read(image, row, column) for row in rows for column in columns]


@EXERCISE.wrong(
    "The first image is read for all",
    "your function reads the first image of the batch at all points; image n is read at its own points, `x[n]` and "
    "`y[n]`.",
    "sec-sampler-channels",
)
def first_image(image, x, y):
    return neighbours(np.repeat(image[:1], len(image), axis=0), x, y)


@EXERCISE.wrong(
    "The first channel is read for all",
    "your function repeats the first channel; every channel is read, at the same points.",
    "sec-sampler-channels",
)
def first_channel(image, x, y):
    return neighbours(np.repeat(image[:, :1], image.shape[1], axis=1), x, y)


@EXERCISE.wrong(
    "The pixels are already weighted",
    "your function multiplies the pixels by their weights; return them unweighted, since the sampler multiplies them "
    "by the weights of `bilinear_weights`.",
    "sec-sampler-neighbours",
)
def weighted(image, x, y):
    return [weight[:, None] * pixel for weight, pixel in zip(bilinear_weights(x, y), neighbours(image, x, y))]


@EXERCISE.wrong(
    "All four are the upper left pixel",
    "your function returns the upper left pixel four times; the other three are one column to the right, one row "
    "down, or both.",
    "sec-sampler-neighbours",
)
def the_same(image, x, y):
    return [neighbours(image, x, y)[0]] * 4


@EXERCISE.wrong(
    "One row and one column too far",
    "your upper left pixel is one row and one column too far, as with a frame of zeros one pixel narrower than the "
    "offset; it should be in column `floor(x)` and row `floor(y)`.",
    "sec-sampler-neighbours",
)
def too_far(image, x, y):
    return neighbours(image, x + 1, y + 1)


@EXERCISE.right_too
def point_by_point(image, x, y):
    height, width = image.shape[2:]
    found = [np.zeros((*image.shape[:2], *x.shape[1:]), image.dtype) for _ in range(4)]
    for n, i, j in np.ndindex(x.shape):
        for k in range(4):
            row, column = int(np.floor(y[n, i, j])) + k // 2, int(np.floor(x[n, i, j])) + k % 2
            if 0 <= row < height and 0 <= column < width:
                found[k][n, :, i, j] = image[n, :, row, column]
    return found


@EXERCISE.right_too
def clipped_and_hidden(image, x, y):
    return tuple(around(image, x, y))
