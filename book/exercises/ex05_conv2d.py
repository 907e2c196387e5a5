"""Slide small filters over a picture.

Chapter:     5, Deciding where to look: the localisation network, forward
Difficulty:  2 of 3
Size:        about 12 lines
Check:       pytest --ex conv2d

The layer that finds strokes, for a whole batch, with stride and padding, each one number or a pair (rows, columns).
Loops will do, and so will one matrix product. You may assume that the arguments are valid; errors are not judged.
"""

import numpy as np


def conv2d(
    image: np.ndarray, weight: np.ndarray, bias: np.ndarray, stride: int | tuple = 1, padding: int | tuple = 0
) -> np.ndarray:
    """Slide a bank of small filters over an image (a cross-correlation, as in torch: nothing is flipped).

    Parameters
    ----------
    image : (N, C, H, W) array of float32 or float64
    weight : (O, C, kh, kw) array of the image's dtype
        One filter for each output channel.
    bias : (O,) array of the image's dtype
    stride, padding : int or (int, int)
        In pixels; outside the image are zeros.

    Returns
    -------
    (N, O, h, w) array
        ``h = (H + 2 * padding - kh) // stride + 1``, and the width likewise.
    """
    raise NotImplementedError("your answer goes here")


# Three hints, each more explicit than the one before. Stop as soon as you can go on alone.
HINTS = [
    "Begin with `slide_and_sum` in chapter 5: one picture, stride 1. `np.broadcast_to(stride, 2)` makes a pair of one "
    "number, and leaves a pair as it is.",
    "For each output pixel (i, j), cut the window `(N, C, kh, kw)` out of the padded batch, with its corner at row "
    "`i * stride` and column `j * stride`. Each filter is multiplied with it entry by entry, and the products are "
    "summed over channels, rows and columns.",
    "The sum for all pictures and all filters at once: `window.reshape(N, -1) @ weight.reshape(O, -1).T` has the shape "
    "`(N, O)`. Add the bias, and write it to `out[:, :, i, j]`, where `out = np.empty((N, O, h, w), image.dtype)`.",
]
