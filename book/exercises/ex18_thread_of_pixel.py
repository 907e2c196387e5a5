"""Find the block and the thread of a pixel.

Chapter:     18, One thread per pixel
Difficulty:  1 of 3
Size:        about 4 lines
Check:       pytest --ex thread_of_pixel

Every kernel begins by computing its thread's pixel. Here is the inverse: from a pixel to its block and its thread.
"""

import numpy as np


def thread_of_pixel(row, column, width, block):
    """Find which thread of which block works on each pixel of a picture.

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
    "Along each axis, divide the pixel's number by the length of a block. The quotient is the number of the block, the "
    "remainder the place in the block.",
    "To count row by row, multiply the row by the number of items in a row and add the column. For threads that is "
    "the block's width. For blocks it is the number of blocks side by side, where a part of a block counts as one.",
    "`columns, rows = block` and `across = -(-width // columns)`; the block is `row // rows * across + column // "
    "columns`, the thread `row % rows * columns + column % columns`.",
]
