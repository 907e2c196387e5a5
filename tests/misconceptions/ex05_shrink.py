"""Wrong answers to `shrink`, and the calls that tell them apart."""

import numpy as np

from book.by_hand import POOL, SMALL, shrink
from tests.judge import Case, Exercise

SIDE = SMALL * POOL


def dots(**pixels):
    """A black canvas with some pixels, such as ``r0c5=16``."""
    canvas = np.zeros((1, 1, SIDE, SIDE))
    for place, value in pixels.items():
        row, column = place[1:].split("c")
        canvas[0, 0, int(row), int(column)] = value
    return canvas


def small(**places):
    """A row of zeros with some numbers, such as ``at12=1``."""
    row = np.zeros((1, SMALL**2))
    for place, value in places.items():
        row[0, int(place[2:])] = value
    return row


def drawn(seed, dtype):
    return np.random.default_rng(seed).normal(0, 1, (3, 1, SIDE, SIDE)).astype(dtype)


EXERCISE = Exercise(
    name="shrink",
    answer="book.by_hand",
    gives=("row",),
    cases=[
        Case(
            "one pixel of 16 in row 6, column 1: the first square of the second row",
            dots(r6c1=16),
            expected=small(at10=1),
        ),
        Case("one pixel of 16 in row 0, column 4: the second square", dots(r0c4=16), expected=small(at1=1)),
        Case("two pixels of one square, 16 and -8", dots(r4c4=16, r7c7=-8), expected=small(at11=0.5)),
        Case("a canvas of ones", np.ones((1, 1, SIDE, SIDE)), expected=np.ones((1, SMALL**2))),
        Case("three canvases", drawn(0, "float64")),
        Case("three canvases, float32", drawn(1, "float32")),
    ],
)


def squares(image):
    """The pixels of each square: (N, SMALL, SMALL, POOL, POOL)."""
    return image.reshape(-1, SMALL, POOL, SMALL, POOL).swapaxes(2, 3)


@EXERCISE.wrong(
    "One pixel of each square",
    "your function takes the first pixel of each square; each number should be the mean of all `POOL` x `POOL` pixels "
    "of its square.",
    "sec-sampler-shrink",
)
def every_fourth(image):
    return image[:, 0, ::POOL, ::POOL].reshape(-1, SMALL**2)


@EXERCISE.wrong(
    "The largest pixel of each square",
    "your function takes the largest pixel, as max-pooling does; each number should be the mean of its square.",
    "sec-localisation-shrink",
)
def largest(image):
    return squares(image).max(axis=(3, 4)).reshape(-1, SMALL**2)


@EXERCISE.wrong(
    "The sum instead of the mean",
    "your function adds the 16 pixels without dividing; each number should be the mean of its square.",
    "sec-localisation-shrink",
)
def summed(image):
    return squares(image).sum(axis=(3, 4)).reshape(-1, SMALL**2)


@EXERCISE.wrong(
    "The squares come column by column",
    "your squares go down the left column first; they should be laid out row by row, the upper row first.",
    "sec-localisation-shrink",
)
def by_columns(image):
    return squares(image).mean(axis=(3, 4)).swapaxes(1, 2).reshape(-1, SMALL**2)


@EXERCISE.wrong(
    "`POOL` and `SMALL` are exchanged in the `reshape`",
    "your function splits the axis of 40 into `POOL` times `SMALL`, which averages pixels from all over the canvas; "
    "row r belongs to square `r // POOL`, so split it into `SMALL` times `POOL`.",
    "sec-localisation-shrink",
)
def mixed(image):
    return image.reshape(-1, POOL, SMALL, POOL, SMALL).mean(axis=(1, 3)).reshape(-1, SMALL**2)


@EXERCISE.wrong(
    "Sixteen consecutive pixels",
    "your function averages 16 consecutive pixels, which a single `reshape` keeps together; a square is `POOL` rows "
    "high and `POOL` columns wide, so split both axes of 40 first.",
    "sec-localisation-shrink",
)
def sixteen_in_a_row(image):
    return image.reshape(-1, SMALL**2, POOL**2).mean(axis=2)


@EXERCISE.wrong(
    "The middle of each square",
    "your function averages the four pixels in the middle; each number should be the mean of all 16 pixels of its "
    "square.",
    "sec-localisation-shrink",
)
def middle(image):
    return squares(image)[..., 1:3, 1:3].mean(axis=(3, 4)).reshape(-1, SMALL**2)


@EXERCISE.wrong(
    "The small picture is not laid out in a row",
    "your function returns a picture for each canvas; the localisation network takes one row of numbers each, `(N, "
    "SMALL * SMALL)`, so reshape it.",
    "sec-localisation-shrink",
)
def not_flat(image):
    return squares(image).mean(axis=(3, 4))


@EXERCISE.wrong(
    "The batch is averaged as well",
    "your function averages over the canvases too; each canvas has a small picture of its own.",
    "sec-localisation-shrink",
)
def batch_mean(image):
    return np.repeat(shrink(image).mean(axis=0, keepdims=True), len(image), axis=0)


@EXERCISE.wrong(
    "The mean over the squares",
    "your function averages over axes 1 and 3, which count the squares, so POOL x POOL numbers are left; after"
    " the reshape to (N, SMALL, POOL, SMALL, POOL) the pixels of a square are in axes 2 and 4.",
    "sec-localisation-shrink",
)
def over_the_squares(image):
    return image.reshape(-1, SMALL, POOL, SMALL, POOL).mean(axis=(1, 3)).reshape(len(image), -1)


@EXERCISE.wrong(
    "The squares overlap",
    "your squares begin one pixel apart, so that they overlap; square i begins at `i * POOL` and ends before "
    "`(i + 1) * POOL`.",
    "sec-localisation-shrink",
)
def overlapping(image):
    squares = np.lib.stride_tricks.sliding_window_view(image[:, 0], (POOL, POOL), axis=(1, 2))
    return squares[:, :SMALL, :SMALL].mean(axis=(3, 4)).reshape(len(image), -1)


@EXERCISE.wrong(
    "One column of each square",
    "your function averages only the first column of each square; the mean is over all POOL x POOL pixels, "
    "down and across.",
    "sec-localisation-shrink",
)
def first_columns(image):
    return image[:, 0, :, ::POOL].reshape(-1, SMALL, POOL, SMALL).mean(axis=2).reshape(len(image), -1)


@EXERCISE.wrong(
    "One row of each square",
    "your function averages only the first row of each square; the mean is over all POOL x POOL pixels, down "
    "and across.",
    "sec-localisation-shrink",
)
def first_rows(image):
    return image[:, 0, ::POOL].reshape(-1, SMALL, SMALL, POOL).mean(axis=3).reshape(len(image), -1)


@EXERCISE.right_too
def square_by_square(image):
    small = np.empty((len(image), SMALL, SMALL), image.dtype)
    for i in range(SMALL):
        for j in range(SMALL):
            square = image[:, 0, i * POOL : (i + 1) * POOL, j * POOL : (j + 1) * POOL]
            small[:, i, j] = square.mean(axis=(1, 2))
    return small.reshape(len(image), -1)


@EXERCISE.right_too
def by_a_product(image):
    average = np.kron(np.eye(SMALL), np.full((1, POOL), 1 / POOL)).astype(image.dtype)
    return (average @ image[:, 0] @ average.T).reshape(-1, SMALL**2)
