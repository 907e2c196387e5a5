"""Pass the upstream gradient of a window to its largest pixel.

Chapter:     6, Backwards through the layers
Difficulty:  2 of 3
Size:        about 12 lines
Check:       pytest --ex max_pool2d_backward

The gradient of max-pooling, where windows may overlap and may not cover the last columns and rows. kernel_size is an
int; stride is an int, or None, which means kernel_size: windows side by side. The arguments are valid, and no pixel is
NaN. Loops are welcome.
"""

import numpy as np


def max_pool2d_backward(
    d_out: np.ndarray, image: np.ndarray, kernel_size: int | tuple, stride: int | tuple | None = None
) -> np.ndarray:
    """Gradient of `max_pool2d`: d_out (N, C, h, w) to d_image (N, C, H, W).

    It goes to the largest pixel of the window, to the first where several tie; in a window with NaNs to the last of
    them, as in torch.
    """
    raise NotImplementedError("your answer goes here")


# Three hints, each more explicit than the one before. Stop as soon as you can go on alone.
HINTS = [
    "A pooled pixel is a copy of one pixel. So its gradient goes to that pixel, whole, and the backward only "
    "has to find it again. Draw a picture of 2 x 3 with windows of 2 x 2, one pixel apart: what if both windows have "
    "the same winner?",
    "Loop over all n, c, i, j of `d_out`. The window starts at row `i * stride` and column `j * stride`; `stride` is "
    "`kernel_size` where it is `None`. The first of several equals is what `argmax` finds, row by row.",
    "`row, column = np.unravel_index(window.argmax(), window.shape)` is the winner's place within the window. Add the "
    "window's own start to it, and add `d_out[n, c, i, j]` to that pixel: `+=` and not `=`.",
]
