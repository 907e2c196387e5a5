"""Compute the three gradients of a convolution.

Chapter:     6, Backwards through the layers
Difficulty:  3 of 3
Size:        about 15 lines
Check:       pytest --ex conv2d_backward

They are for a batch, and for any filter, stride and padding. The checks give stride and
padding as single ints, and their arguments are valid. Loops over the windows, or over the places in a window, are
welcome.
"""

import numpy as np


def conv2d_backward(
    d_out: np.ndarray,
    image: np.ndarray,
    weight: np.ndarray,
    bias: np.ndarray,
    stride: int | tuple = 1,
    padding: int | tuple = 0,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Gradients of `conv2d`: d_out (N, O, h, w) to d_image (N, C, H, W), d_weight (O, C, kh, kw) and d_bias (O,)."""
    raise NotImplementedError("your answer goes here")


# Three hints, each more explicit than the one before. Stop as soon as you can go on alone.
HINTS = [
    "Forget stride and padding at first, and think of one output pixel: it is the sum of a window times the filter, "
    "and the bias. Which gradient does the window receive from it, and which the filter? Then add over all output "
    "pixels and images.",
    "Pad the image with zeros, and make an array of zeros in the padded shape for its gradient. The window of output "
    "pixel (i, j) starts at row `i * stride` and column `j * stride` of both. Cut the frame off the gradient at the "
    "end.",
    "Loop over (i, j), with `top, left = i * stride, j * stride`. The window is `padded[:, :, top:top + kh, left:left "
    "+ kw]`, and `arrived = d_out[:, :, i, j]` has shape `(N, O)`. Add `np.einsum('no,ockl->nckl', arrived, weight)` "
    "to the same window of the padded gradient, and `np.einsum('no,nckl->ockl', arrived, window)` to `d_weight`. "
    "`d_bias` is `d_out` summed over all axes but axis 1.",
]
