"""Say which pixel a place between -1 and 1 is.

Chapter:     3, Where to look: coordinates and the grid
Difficulty:  1 of 3
Size:        about 3 lines
Check:       pytest --ex to_pixels

The third step, which every sampler begins with, here for one axis. Both conventions are judged, and places beyond -1
and 1, which give positions outside the picture: nothing is rounded here and nothing clipped.
"""

import numpy as np


def to_pixels(coordinates, length, align_corners=False):
    """Turn normalised coordinates, along one axis, into positions in pixels.

    Parameters
    ----------
    coordinates : (...) array of float32 or float64
        Places in normalised units; those beyond -1 and 1 lie outside the picture.
    length : int
        How many pixels the axis has: the width for x, the height for y.
    align_corners : bool
        Whether -1 and 1 are the centres of the outermost pixels (True) or the outer edges of the image (False).

    Returns
    -------
    (...) array of coordinates' dtype
        Positions in pixels: 0 is the centre of the first pixel, and what falls between two pixels stays there.

    Notes
    -----
    Convention: torch's `align_corners`. The way there is `to_normalised`.
    """
    raise NotImplementedError("your answer goes here")


# Three hints, each saying more than the one before. Stop as soon as you can go on alone.
HINTS = [
    "It is `to_normalised` backwards: solve the straight line for the pixel. Which position must -1 give, and which 1, "
    "in each convention?",
    "From -1 to 1 are two units. With centres they hold `length - 1` steps and -1 is position 0; with edges they hold "
    "`length` pixels and -1 is position -1/2.",
    "With centres: `(coordinates + 1) / 2 * (length - 1)`. With edges scale by `length` in place of `length - 1`, and "
    "take off half a pixel at the end.",
]
