"""Write every window of a picture as a column.

Chapter:     5, Deciding where to look: the localisation network, forward
Difficulty:  2 of 3
Size:        about 12 lines
Check:       pytest --ex im2col

A whole batch at once, with stride and padding. A kernel, a stride or a padding comes as one number for both directions,
or as a pair (rows, columns). You may assume that the arguments are valid; errors are not judged.
"""

import numpy as np


def im2col(
    image: np.ndarray, kernel_size: int | tuple, stride: int | tuple = 1, padding: int | tuple = 0
) -> np.ndarray:
    """Write every window of a convolution as one column of a matrix.

    Parameters
    ----------
    image : (N, C, H, W) array of float32 or float64
    kernel_size, stride, padding : int or (int, int)
        In pixels; a pair is (rows, columns).

    Returns
    -------
    (N, C * kh * kw, h * w) array
        Column ``i * w + j`` is the window of output pixel (i, j), channel by channel, row by row.
    """
    raise NotImplementedError("your answer goes here")


# Three hints, each more explicit than the one before. Stop as soon as you can go on alone.
HINTS = [
    "Begin with `columns_of` in chapter 5: it does this for one picture without stride and padding. "
    "`np.broadcast_to(stride, 2)` makes a pair of one number, and leaves a pair as it is.",
    "Pad with `np.pad`, rows and columns on both sides. Then count the windows: "
    "`h = (H + 2 * padding - kh) // stride + 1`, and w likewise. The window of output pixel (i, j) has its corner at "
    "row `i * stride` and column `j * stride` of the padded picture.",
    "Make `columns = np.empty((N, C * kh * kw, h * w), image.dtype)`. For each i and j set `columns[:, :, i * w + j]` "
    "to `padded[:, :, top:top + kh, left:left + kw].reshape(N, -1)`, with `top` and `left` the corner of that window.",
]
