"""Find the bug that loses a sum, and fix it.

Chapter:     11, From loops to machine code: how a readable loop becomes faster than a framework
Difficulty:  1 of 3
Size:        about 1 line
Check:       pytest --ex bug_lost_sum

The symptom: the gradients of many images are right, to the last digit. Where two output pixels far apart in the output
read the same input pixel, that pixel's gradient is too small. With one worker instead of two it never happens. (The two
workers take turns here, so that the bug is the same every time; with threads it comes and goes.)
"""

import numpy as np


def bug_lost_sum(d_out, position, length):
    """Gradient of a loss with respect to a row, computed by two workers that share the positions at which it was read.

    Parameters
    ----------
    d_out : (K,) array of float32 or float64
        Gradient of the loss with respect to the values that were read.
    position : (K,) array of d_out's dtype
        Where the row was read, in pixels: 0 is the centre of the first.
    length : int
        The row's number of pixels.

    Returns
    -------
    (length,) array of d_out's dtype
        Gradient with respect to the row.

    Notes
    -----
    Convention: bilinear, zeros outside. The first worker has the first half of the positions, the second the rest.
    """
    raise NotImplementedError("find the bug, fix it, then delete this line")
    d_row = np.zeros(length, d_out.dtype)
    half = len(position) // 2
    for share in (slice(0, half), slice(half, len(position))):
        mine = np.zeros(length, d_out.dtype)  # this worker's own sum
        for given, place in zip(d_out[share], position[share]):
            left = int(np.floor(place))
            for pixel in (left, left + 1):
                if 0 <= pixel < length:
                    mine[pixel] += (1 - abs(place - pixel)) * given
        touched = mine != 0
        d_row[touched] = mine[touched]
    return d_row


# Three hints, each more explicit than the one before. Stop as soon as you can go on alone.
HINTS = [
    "Try two positions, one for each worker: first far from each other, then both on pixel 1. What should come out, "
    "and what does?",
    "Each worker's own array is right. Look at the lines in which the two are combined.",
    "The second worker overwrites what the first one left in `d_row[touched]`. Gradients that arrive at the same pixel "
    "must be added.",
]
