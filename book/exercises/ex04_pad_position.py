"""Bring positions from outside the image back in.

Chapter:     4, Reading between pixels: the bilinear sampler
Difficulty:  2 of 3
Size:        about 8 lines
Check:       pytest --ex pad_position

One axis of the sampler's padding, as the library does it for bilinear: the position is moved, not the index of a pixel.
Positions far outside are judged, and an axis of one single pixel; infinite ones are not.
"""

import numpy as np


def pad_position(position, length, padding_mode, align_corners=False):
    """Say which position of an axis is read in place of one that may lie outside.

    Parameters
    ----------
    position : array of any shape, float32 or float64
        Finite positions in pixels: 0 is the centre of the first pixel, length - 1 that of the last.
    length : int
        Pixels along the axis.
    padding_mode : {"zeros", "border", "reflection"}
        What stands outside: nothing, the outermost pixel, or the axis in a mirror.
    align_corners : bool
        Whether the mirrors stand on the outermost centres, 0 and length - 1 (True), or on the outer edges, half a pixel
        further out (False). Plays no part in the other modes.

    Returns
    -------
    array of position's shape and dtype
        Positions from 0 to length - 1; for "zeros" the positions as they came.

    Notes
    -----
    Convention: "border" takes the nearest position from 0 to length - 1. "reflection" mirrors as often as it takes to
    arrive between the mirrors, and then does as "border". The meaning of `align_corners` is torch's.
    """
    raise NotImplementedError("your answer goes here")


# Three hints, each saying more than the one before. Stop as soon as you can go on alone.
HINTS = [
    "Two of the modes are one line each, and `np.clip` is all they need. For the third, walk a point along the axis "
    "from one mirror to the other and on: where is it seen? When is it back where it began?",
    "Measure from the first mirror: `distance = np.abs(position - first)`, since the left side looks like the right "
    "one. Between the mirrors lies a span, and everything repeats after twice that, so take the remainder. What is "
    "left is on its way out or on its way back.",
    "`first, span = (0, length - 1)` for centres and `(-0.5, length)` for edges. `around = distance % (2 * span)`; on "
    "the way back it is `2 * span - around`, so the smaller of the two is right. Add `first` again, and clip. With one "
    "pixel and centres the span is 0: take a period of 1 there.",
]
