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


def read(image, row, column, padding=lambda number, length: number):
    """Pixels by row and column, after `padding` has moved both; 0 where there is none."""
    height, width = image.shape[2:]
    row, column = padding(row, height), padding(column, width)
    exists = (0 <= row) & (row < height) & (0 <= column) & (column < width)
    row, column = np.clip(row, 0, height - 1), np.clip(column, 0, width - 1)
    return np.stack([one[:, r, c] * seen for one, r, c, seen in zip(image, row, column, exists)]).astype(image.dtype)


def around(image, x, y, padding=lambda number, length: number, floor=np.floor):
    """The four pixels with another padding, or another way to whole numbers."""
    row, column = floor(y).astype(int), floor(x).astype(int)
    return [read(image, row + below, column + right, padding) for below in (0, 1) for right in (0, 1)]


@EXERCISE.wrong(
    "x and y are exchanged",
    "x counts columns, to the right, and y counts rows, down; an image is indexed by row and then by column.",
    "sec-sampler-neighbours",
)
def exchanged(image, x, y):
    return neighbours(image, y, x)


@EXERCISE.wrong(
    "The pixels come column by column",
    "the order is upper left, upper right, lower left, lower right, that of `bilinear_weights`; yours has the lower "
    "left pixel second.",
    "sec-sampler-neighbours",
)
def by_columns(image, x, y):
    return [neighbours(image, x, y)[k] for k in (0, 2, 1, 3)]


@EXERCISE.wrong(
    "The edge is repeated outside",
    "outside the image there are zeros here; yours reads the nearest pixel of the edge, which is padding_mode "
    '"border".',
    "sec-sampler-outside",
)
def border(image, x, y):
    return around(image, x, y, lambda number, length: np.clip(number, 0, length - 1))


@EXERCISE.wrong(
    "The other side is read outside",
    "outside the image there are zeros; index -1 is the last pixel in Python, and so a point left of the image reads "
    "its right side in yours.",
    "sec-sampler-outside",
)
def wrapped(image, x, y):
    return around(image, x, y, lambda number, length: number % length)


@EXERCISE.wrong(
    "Index -1 reads the last pixel",
    "a row or column of -1 lies outside the image and gives 0; Python takes -1 for the last one.",
    "sec-sampler-outside",
)
def minus_one(image, x, y):
    return around(image, x, y, lambda number, length: np.where(number == -1, length - 1, number))


@EXERCISE.wrong(
    "Positions are rounded",
    "the upper left pixel is in column floor(x) and row floor(y), also where the point is nearer to the next one; "
    "yours rounds.",
    "sec-sampler-neighbours",
)
def rounded(image, x, y):
    return around(image, x, y, floor=np.rint)


@EXERCISE.wrong(
    "Positions are cut, not rounded down",
    "int() and astype(int) cut towards 0, so that -0.4 becomes 0; floor gives -1, which lies outside.",
    "sec-sampler-neighbours",
)
def cut(image, x, y):
    return around(image, x, y, floor=np.trunc)


@EXERCISE.wrong(
    "The second neighbour is rounded up",
    "the right column is floor(x) + 1 and the lower row floor(y) + 1; rounding up gives the same pixel twice where a "
    "point lies exactly on one.",
    "sec-sampler-neighbours",
)
def rounded_up(image, x, y):
    rows, columns = ([np.floor(axis).astype(int), np.ceil(axis).astype(int)] for axis in (y, x))
    return [read(image, row, column) for row in rows for column in columns]


@EXERCISE.wrong(
    "The first image is read for all",
    "image n is read at the points n; yours reads the first image of the batch at all points.",
    "sec-sampler-channels",
)
def first_image(image, x, y):
    return neighbours(np.repeat(image[:1], len(image), axis=0), x, y)


@EXERCISE.wrong(
    "The first channel is read for all",
    "all channels are read at the same points, each for itself; yours repeats the first one.",
    "sec-sampler-channels",
)
def first_channel(image, x, y):
    return neighbours(np.repeat(image[:, :1], image.shape[1], axis=1), x, y)


@EXERCISE.wrong(
    "The pixels are weighted already",
    "the pixels are asked for as they are; their weights come from `bilinear_weights`, and the sampler multiplies.",
    "sec-sampler-neighbours",
)
def weighted(image, x, y):
    return [weight[:, None] * pixel for weight, pixel in zip(bilinear_weights(x, y), neighbours(image, x, y))]


@EXERCISE.wrong(
    "All four are the upper left pixel",
    "the other three are one column to the right, one row down, or both; yours reads the same pixel four times.",
    "sec-sampler-neighbours",
)
def the_same(image, x, y):
    return [neighbours(image, x, y)[0]] * 4


@EXERCISE.wrong(
    "One row and one column too far",
    "the upper left pixel is in column floor(x) and row floor(y); yours begins one further, as if the frame of zeros "
    "were one pixel narrower.",
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
