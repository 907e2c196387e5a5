"""Find the block and the thread of a pixel.

Chapter:     18, One thread a pixel
Difficulty:  1 of 3
Size:        about 4 lines
Check:       pytest --ex thread_of_pixel

The arithmetic that every kernel begins with, backwards: not from the thread to its pixel, but from the pixel to its
thread.
"""

import numpy as np


def thread_of_pixel(row, column, width, block):
    """Compute the block and the thread that process each pixel of a picture.

    Parameters
    ----------
    row, column : (K,) arrays of ints
        The pixels, counted from 0.
    width : int
        The picture's width in pixels.
    block : (int, int)
        Columns and rows of a block, in this order: CUDA's x comes first.

    Returns
    -------
    block_number : (K,) array of ints
        Blocks are counted from 0, row by row; the last one of a row may reach beyond the picture.
    thread_number : (K,) array of ints
        Threads are counted from 0 within their block, row by row.

    Notes
    -----
    Convention: 32 threads with consecutive numbers are a warp, so that ``thread_number // 32`` is the warp.
    """
    raise NotImplementedError("your answer goes here")


# Three hints, each more explicit than the one before. Stop as soon as you can go on alone.
HINTS = [
    "Along each axis a pixel has a quotient and a remainder by the length of a block. One of the two is the block, "
    "the other the place in it.",
    "To count row by row, multiply the row by the number of things in a row and add the column. For threads that is "
    "the block's width. For blocks it is the number of blocks side by side, and a part of a block counts as one.",
    "`columns, rows = block` and `across = -(-width // columns)`; the block is `row // rows * across + column // "
    "columns`, the thread `row % rows * columns + column % columns`.",
]
