"""Bring positions from outside the image back into it.

Chapter:     4, Reading between pixels: the bilinear sampler
Difficulty:  2 of 3
Size:        about 8 lines
Check:       pytest --ex pad_position

One axis of the sampler's padding, as the library does it for bilinear: the position is moved, not the index of a pixel.
The checks have positions far outside, and an axis of a single pixel, but no infinite positions.
"""

import numpy as np


def pad_position(position, length, padding_mode, align_corners=False):
    """Compute the position of an axis that is read in place of one that may lie outside.

    Parameters
    ----------
    position : array of any shape, float32 or float64
        Finite positions in pixels: 0 is the centre of the first pixel, length - 1 that of the last.
    length : int
        Pixels along the axis.
    padding_mode : {"zeros", "border", "reflection"}
        What is outside: zeros, the outermost pixel, or the mirrored axis.
    align_corners : bool
        Whether the mirrors are at the outermost centres, 0 and length - 1 (True), or at the outer edges, half a pixel
        further out (False). It does not matter in the other modes.

    Returns
    -------
    array of position's shape and dtype
        Positions from 0 to length - 1; for "zeros" the positions as they are.

    Notes
    -----
    Convention: "border" takes the nearest position from 0 to length - 1. "reflection" mirrors until the position lies
    between the mirrors, and then does the same as "border". The meaning of `align_corners` is torch's.
    """
    raise NotImplementedError("your answer goes here")


# Three hints, each more explicit than the one before. Stop as soon as you can go on alone.
HINTS = [
    "Two of the modes are one line each, and `np.clip` is all they need. For the third, move a point along the axis "
    "from one mirror to the other and on: where is its image? After what distance is it back where it began?",
    "Measure from the first mirror: `distance = np.abs(position - first)`, since both sides are alike. Positions "
    "repeat after twice the span between the mirrors, so take the remainder. It is either on its way out or on its "
    "way back.",
    "`first, span = (0, length - 1)` for centres and `(-0.5, length)` for edges. `around = distance % (2 * span)`; on "
    "the way back it is `2 * span - around`, so the smaller of the two is right. Add `first` again, and clip. With "
    "one pixel and centres the span is 0: take a period of 1 there.",
]
