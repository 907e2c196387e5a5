"""Make a small picture of the canvas.

Chapter:     5, Deciding where to look: the localisation network, forward
Difficulty:  1 of 3
Size:        about 1 line
Check:       pytest --ex shrink

The input of the program's localisation network: 10 x 10 means in place of 40 x 40 pixels, in one row for each picture.
SMALL is 10 and POOL is 4.
"""

import numpy as np

from book.by_hand import POOL, SMALL


def shrink(image):
    """Average squares of pixels: a small picture is enough to see where a digit lies.

    Parameters
    ----------
    image : (N, 1, SMALL * POOL, SMALL * POOL) array of float32 or float64
        The canvases.

    Returns
    -------
    (N, SMALL * SMALL) array of the image's dtype
        The mean of each square of POOL x POOL pixels, row by row.

    Notes
    -----
    Convention: the squares do not overlap, and the first one is in the upper left corner.
    """
    raise NotImplementedError("your answer goes here")


# Three hints, each more explicit than the one before. Stop as soon as you can go on alone.
HINTS = [
    "Which 16 pixels of the canvas belong to the first mean, and which to the second? Write their rows and columns as "
    "slices.",
    "Row `r` of the canvas is row `r % POOL` of square `r // POOL`. So a reshape that splits the axis of 40 into 10 "
    "times 4 separates the squares from the pixels in them.",
    "`image.reshape(-1, SMALL, POOL, SMALL, POOL)` has the pixels of a square in axes 2 and 4. Average over these "
    "two, and reshape what remains to `(-1, SMALL**2)`.",
]
