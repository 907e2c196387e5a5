"""Turn a wide picture without slanting it.

Chapter:     3, Where to look: coordinates and the grid
Difficulty:  2 of 3
Size:        about 7 lines
Check:       pytest --ex wide_rotation

The remedy for the slanted picture in chapter 3: the output is as large as the input, and -1 and 1 are the edges
(align_corners=False). Only theta is judged; no picture is warped.
"""

import numpy as np


def wide_rotation(angle, size):
    """Make the theta that turns a picture of any shape about its middle, without slanting it.

    Parameters
    ----------
    angle : (N,) array of float32 or float64
        Radians. A positive angle turns the picture counter-clockwise as it is seen.
    size : (h, w) ints
        Rows and columns of the picture; the output has the same.

    Returns
    -------
    (N, 2, 3) array of angle's dtype
        One theta for each angle, in normalised units.

    Notes
    -----
    Convention: theta maps output positions to input positions, ``theta[n] @ (x, y, 1)``; -1 and 1 are the outer edges
    of the picture (``align_corners=False``), whatever its shape.
    """
    raise NotImplementedError("your answer goes here")


# Three hints, each more explicit than the one before. Stop as soon as you can go on alone.
HINTS = [
    "The plain formula supposes a square picture. How many pixels is one unit across, and how many is one unit down?",
    "Go from units to pixels, turn there, and go back: three 2 x 2 matrices. One unit is `w / 2` pixels across and `h "
    "/ 2` down, so the first matrix is `diag(w / 2, h / 2)` and the last one its inverse. Which entries does the "
    "product change?",
    "The diagonal stays `cos`. The sines are multiplied by the ratio of the sides: `-sin * h / w` in the upper right "
    "entry, which leads from y to x, and `sin * w / h` in the lower left one.",
]
