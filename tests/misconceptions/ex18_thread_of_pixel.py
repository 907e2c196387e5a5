"""Wrong answers to `thread_of_pixel`, and the calls that tell them apart."""

import numpy as np

from tests.judge import Case, Exercise

SECTION = "sec-cuda-idea"
RNG = np.random.default_rng(0)

EXERCISE = Exercise(
    name="thread_of_pixel",
    answer="tests.solutions",
    gives=("block_number", "thread_number"),
    cases=[
        Case(
            "a picture 8 wide, blocks of 4 columns and 2 rows: three pixels of the first row, two of the fourth",
            np.array([0, 0, 0, 3, 3]),
            np.array([0, 3, 4, 1, 6]),
            8,
            (4, 2),
            expected=([0, 0, 1, 2, 3], [0, 3, 0, 5, 6]),
        ),
        Case(
            "a picture 5 wide: the second block of each row is only partly full",
            np.array([0, 2, 2]),
            np.array([4, 0, 4]),
            5,
            (4, 2),
            expected=([1, 2, 3], [0, 0, 0]),
        ),
        Case(
            "blocks of 2 columns and 3 rows",
            np.array([1, 4, 5]),
            np.array([1, 0, 3]),
            6,
            (2, 3),
            expected=([0, 3, 4], [3, 2, 5]),
        ),
        Case("pixels anywhere, blocks of 8 x 32", RNG.integers(0, 200, 20), RNG.integers(0, 77, 20), 77, (8, 32)),
        Case("pixels anywhere, blocks of 32 x 8", RNG.integers(0, 99, 20), RNG.integers(0, 130, 20), 130, (32, 8)),
    ],
)


def numbers(row, column, across, columns, rows):
    return row // rows * across + column // columns, row % rows * columns + column % columns


def blocks_across(width, columns):
    return -(-width // columns)


@EXERCISE.wrong(
    "Block and thread are exchanged",
    "your function exchanges quotient and remainder; the quotient gives the block, and the remainder the position "
    "within it.",
    SECTION,
)
def exchanged(row, column, width, block):
    return numbers(row, column, blocks_across(width, block[0]), *block)[::-1]


@EXERCISE.wrong(
    "The last block of a row is missing",
    "your `width // columns` counts full blocks only; a picture 5 wide has two blocks of 4 across, the second partly "
    "full, so round up.",
    SECTION,
)
def full_blocks(row, column, width, block):
    return numbers(row, column, width // block[0], *block)


@EXERCISE.wrong(
    "One block too many in a row",
    "your function adds a block even where the width is a multiple of the block's and nothing is left over; round the "
    "quotient up.",
    SECTION,
)
def one_too_many(row, column, width, block):
    return numbers(row, column, width // block[0] + 1, *block)


@EXERCISE.wrong(
    "The block is taken as (rows, columns)",
    "your function takes the first number of the block for its rows; CUDA's x comes first, so a block of (8, 32) has "
    "8 columns and 32 rows.",
    SECTION,
)
def rows_first(row, column, width, block):
    return numbers(row, column, blocks_across(width, block[1]), block[1], block[0])


@EXERCISE.wrong(
    "Threads are counted down the columns",
    "your function counts threads down the columns; they should be counted row by row, so multiply the row by the "
    "block's columns, not the column by its rows.",
    SECTION,
)
def down(row, column, width, block):
    columns, rows = block
    return numbers(row, column, blocks_across(width, columns), columns, rows)[0], column % columns * rows + row % rows


@EXERCISE.wrong(
    "The row is multiplied by the block's rows",
    "your function multiplies the row by the block's rows; each row of a block has as many threads as the block has "
    "columns, so multiply by those.",
    SECTION,
)
def times_rows(row, column, width, block):
    columns, rows = block
    return numbers(row, column, blocks_across(width, columns), columns, rows)[0], row % rows * rows + column % columns


@EXERCISE.wrong(
    "Pixels are numbered in one row",
    "your function splits the sequence of all pixels into pieces; a block is a tile of the picture, with rows and "
    "columns.",
    SECTION,
)
def in_one_row(row, column, width, block):
    number = row * width + column
    return number // (block[0] * block[1]), number % (block[0] * block[1])


@EXERCISE.wrong(
    "Row and column are exchanged",
    "your function exchanges row and column; y is the row and is divided by the block's rows, x is the column and is "
    "divided by its columns.",
    SECTION,
)
def transposed(row, column, width, block):
    return numbers(column, row, blocks_across(width, block[0]), *block)


@EXERCISE.wrong(
    "Rows of blocks counted in pixels",
    "your function multiplies by the width in pixels; a row of blocks has the width divided by the block's columns, "
    "rounded up.",
    SECTION,
)
def times_width(row, column, width, block):
    return numbers(row, column, width, *block)


@EXERCISE.wrong(
    "The position in the warp",
    "your thread numbers start again at 0 after every 32, so they are positions in a warp; threads are counted"
    " through the whole block.",
    "sec-cuda-idea",
)
def in_the_warp(row, column, width, block):
    columns, rows = block
    block_number, thread_number = numbers(row, column, blocks_across(width, columns), columns, rows)
    return block_number, thread_number % 32


@EXERCISE.right_too
def pixel_by_pixel(row, column, width, block):
    found = []
    for i, j in zip(row, column):
        (down, y), (over, x) = divmod(int(i), block[1]), divmod(int(j), block[0])
        found.append((down * ((width + block[0] - 1) // block[0]) + over, y * block[0] + x))
    first, second = zip(*found)
    return np.array(first), np.array(second)


@EXERCISE.right_too
def by_raveling(row, column, width, block):
    columns, rows = block
    tall = int(row.max()) // rows + 1
    across = int(np.ceil(width / columns))
    where = np.ravel_multi_index((row // rows, column // columns), (tall, across))
    return where, np.ravel_multi_index((row % rows, column % columns), (rows, columns))
