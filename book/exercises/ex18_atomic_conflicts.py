"""Count how many threads add to each pixel of the image.

Chapter:     18, One thread per pixel
Difficulty:  2 of 3
Size:        about 10 lines
Check:       pytest --ex atomic_conflicts

In the backward pass each thread of the output adds to the pixels that its sample was mixed from. Where many threads
add to one pixel, they wait for each other.
"""

import numpy as np


def atomic_conflicts(theta, in_size, out_size, align_corners=False):
    """Count, for each pixel of the image, the output pixels whose samples give it a weight.

    Parameters
    ----------
    theta : (2, 3) array of float64
        From the output to the image, in normalised units.
    in_size : (int, int)
        Height and width of the image.
    out_size : (int, int)
        Height and width of the output, each at least 2.
    align_corners : bool
        What -1 and 1 are: the outer edges of the outermost pixels (False) or their centres (True).

    Returns
    -------
    (H, W) array of ints
        How many threads add to each pixel. Those whose weight is 0 do not add.

    Notes
    -----
    Convention: bilinear, zeros outside. A sample gives a weight to a pixel that lies less than one pixel away from it
    both across and down.
    """
    raise NotImplementedError("your answer goes here")


# Three hints, each more explicit than the one before. Stop as soon as you can go on alone.
HINTS = [
    "First find where each output pixel reads: `theta @ (x, y, 1)` for each of the output's own centres (chapter 3). "
    "Then convert to pixels with the size of the image.",
    "A pixel (row, column) gets a share from a sample at (p_x, p_y) if `abs(p_x - column) < 1` and "
    "`abs(p_y - row) < 1`. The pictures are small: every pixel can be compared with every sample.",
    "With `p_x` and `p_y` as flat arrays: `beside = abs(p_x[:, None] - np.arange(W)) < 1` and "
    "`above = abs(p_y[:, None] - np.arange(H)) < 1`; then `above.T.astype(int) @ beside.astype(int)` is the answer.",
]
