"""Read the four pixels around each point.

Chapter:     4, Reading between pixels: the bilinear sampler
Difficulty:  2 of 3
Size:        about 8 lines
Check:       pytest --ex neighbours

The first half of the program's sampler: four pixels for each point, without weights. Points may lie far outside the
image; some of those that are judged lie exactly on a pixel. You may assume that every position is finite.
"""

import numpy as np


def neighbours(image, x, y):
    """Read the four pixels around each point: upper left, upper right, lower left, lower right; zeros outside.

    Parameters
    ----------
    image : (N, C, H, W) array of float32 or float64
        The images that are read.
    x, y : two (N, h, w) arrays of the image's dtype
        Positions in pixels: columns to the right and rows down, whole numbers at the pixels' centres.

    Returns
    -------
    list of four (N, C, h, w) arrays of the image's dtype
        The pixels in columns floor(x) and floor(x) + 1 and in rows floor(y) and floor(y) + 1; 0 where there is none.

    Notes
    -----
    Convention: all channels of an image are read at the same points. `bilinear_weights` has the same order.
    """
    raise NotImplementedError("your answer goes here")


# Three hints, each more explicit than the one before. Stop as soon as you can go on alone.
HINTS = [
    "Begin with one image, one channel and one point in plain loops: that is a right answer too. Which four pairs of "
    "row and column are read, and which of them exist?",
    "Give the image a frame of zeros: `np.pad(image, ((0, 0), (0, 0), (2, 2), (2, 2)))`. A position is then 2 larger "
    "along both axes. Two rows of zeros are enough on each side, once `np.clip` has brought points far outside to -2 "
    "or to H (W for columns).",
    "With `row` and `column` as whole numbers `(N, h, w)` in the framed image, `framed[n[:, None, None, None], c[:, "
    "None, None], row[:, None], column[:, None]]` reads the upper left pixels, where n is `np.arange(N)` and c is "
    "`np.arange(C)`. The other three have `row + 1` or `column + 1`.",
]
