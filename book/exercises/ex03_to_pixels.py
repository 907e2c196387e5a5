"""Convert normalised units to positions in pixels.

Chapter:     3, Where to look: coordinates and the grid
Difficulty:  1 of 3
Size:        about 3 lines
Check:       pytest --ex to_pixels

The third step, with which every sampler begins, here for one axis. The checks cover both conventions, and places beyond
-1 and 1, which give positions outside the picture: results are not rounded or clipped.
"""

import numpy as np


def to_pixels(coordinates, length, align_corners=False):
    """Convert normalised coordinates, along one axis, to positions in pixels.

    Parameters
    ----------
    coordinates : (...) array of float32 or float64
        Places in normalised units; those beyond -1 and 1 lie outside the picture.
    length : int
        The number of pixels along the axis: the width for x, the height for y.
    align_corners : bool
        Whether -1 and 1 are the centres of the outermost pixels (True) or the outer edges of the image (False).

    Returns
    -------
    (...) array of coordinates' dtype
        Positions in pixels: 0 is the centre of the first pixel; positions between two pixels are not rounded.

    Notes
    -----
    Convention: torch's `align_corners`. The inverse is `to_normalised`.
    """
    raise NotImplementedError("your answer goes here")


# Three hints, each more explicit than the one before. Stop as soon as you can go on alone.
HINTS = [
    "It is the inverse of `to_normalised`: solve the straight line for the pixel. Which position must -1 give, and "
    "which 1, in each convention?",
    "From -1 to 1 are two units. With centres they hold `length - 1` steps and -1 is position 0; with edges they hold "
    "`length` pixels and -1 is position -1/2.",
    "With centres: `(coordinates + 1) / 2 * (length - 1)`. With edges scale by `length` in place of `length - 1`, and "
    "subtract half a pixel at the end.",
]
