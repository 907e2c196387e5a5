"""Compute where every output pixel looks.

Chapter:     3, Where to look: coordinates and the grid
Difficulty:  2 of 3
Size:        about 8 lines
Check:       pytest --ex affine_grid

The grid generator, in both conventions of align_corners. You may assume that the arguments are valid (errors are not
judged), and that the output has two rows and two columns or more.
"""

import numpy as np


def affine_grid(theta: np.ndarray, size: tuple, align_corners: bool = False) -> np.ndarray:
    """Compute for each output pixel the point of the input that it shows, under an affine map theta.

    Parameters
    ----------
    theta : (N, 2, 3) array of float32 or float64
        One affine map for each image of the batch, in normalised units.
    size : (N, C, h, w) ints
        The shape of the **output**; the input's size does not matter here.
    align_corners : bool
        Whether -1 and 1 are the centres of the outermost pixels (True) or the outer edges of the image (False).

    Returns
    -------
    (N, h, w, 2) array of theta's dtype
        Points of the input in normalised units, x before y.

    Notes
    -----
    Convention: ``grid[n, i, j] = theta[n] @ (x_j, y_i, 1)``. Theta maps output positions to input positions; the last
    axis is (x, y), x to the right and y down; the image spans -1 to 1 both ways. Nothing is padded here.
    Source: Jaderberg et al. 2015, eq. 1; the meaning of `align_corners` is torch's.
    """
    raise NotImplementedError("your answer goes here")


# Three hints, each more explicit than the one before. Stop as soon as you can go on alone.
HINTS = [
    "Begin with one axis: where do the centres of w pixels lie between -1 and 1, in each convention? Chapter 3 draws "
    "both to scale.",
    "Make the output's own points (x, y, 1) for every pixel, as an array `(h, w, 3)`: x changes along the columns, y "
    "along the rows. Then each point of the grid is `theta[n] @ point`.",
    "With `points` of shape `(h * w, 3)`, `points @ theta.swapaxes(1, 2)` has shape `(N, h * w, 2)`; reshape it to "
    "`(N, h, w, 2)`. With edges the pixels are at `(2 * j + 1) / w - 1`, with centres at `np.linspace(-1, 1, w)`.",
]
