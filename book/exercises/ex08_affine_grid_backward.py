"""Sum the gradients of all points of the grid into the gradient of theta.

Chapter:     8, Backwards through the grid: the gradient of theta
Difficulty:  2 of 3
Size:        about 7 lines
Check:       pytest --ex affine_grid_backward

The backward of the grid generator, for a batch, in both conventions of align_corners. A single pixel along an axis sits
at 0. You may assume that the argument is valid; float32 in gives float32 out.
"""

import numpy as np


def affine_grid_backward(d_grid: np.ndarray, theta: np.ndarray, align_corners: bool = False) -> np.ndarray:
    """Gradient of `affine_grid`: d_grid (N, h, w, 2), x before y, to d_theta (N, 2, 3), normalised units.

    The gradients of all output pixels, summed into six numbers: ``d_theta[n] = sum over pixels of
    outer(d_grid[n, i, j], (x_j, y_i, 1))``. The grid is linear in theta, so theta's values do not matter.
    Source: Jaderberg et al. 2015, the derivative of eq. 1.
    """
    raise NotImplementedError("your answer goes here")


# Three hints, each more explicit than the one before. Stop as soon as you can go on alone.
HINTS = [
    "In the forward each point was `theta[n] @ (x, y, 1)`, with (x, y) the place of its output pixel. By how much does "
    "the point move when one entry of theta does?",
    "Each pixel's share is the outer product of its gradient, two numbers, with (x, y, 1), three numbers. Add the "
    "shares of all pixels of an image; every image has its own sum.",
    "With `points` of shape `(h * w, 3)` as in the forward, `d_grid.reshape(N, h * w, 2).swapaxes(1, 2) @ points` has "
    "shape `(N, 2, 3)`. With edges the pixels are at `(2 * j + 1) / w - 1`, with centres at `np.linspace(-1, 1, w)`, "
    "and a single pixel sits at 0. `.astype(d_grid.dtype)` gives `points` the input's type, and so the result too.",
]
