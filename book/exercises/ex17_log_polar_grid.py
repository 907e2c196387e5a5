"""Make the grid whose rows are directions and whose columns are distances.

Chapter:     17, Aerial images at any heading and scale
Difficulty:  2 of 3
Size:        about 8 lines
Check:       pytest --ex log_polar_grid

For a batch, in both conventions of align_corners. You may assume that the arguments are valid, and that the output has
two rows and two columns or more.
"""

import numpy as np


def log_polar_grid(
    theta: np.ndarray, size: tuple, align_corners: bool = False, least_radius: float = 0.05
) -> np.ndarray:
    """Compute for each output pixel the point of the input that it shows; rows are directions, columns distances.

    Parameters
    ----------
    theta : (N, 2, 3) array of float32 or float64
        One affine map for each image of the batch, in normalised units: the frame in which directions and distances
        are measured. Its third column is the centre.
    size : (N, C, h, w) ints
        The shape of the **output**: h directions, w distances.
    align_corners : bool
        As in `affine_grid`, for the output's own points.
    least_radius : float
        The distance at the output's left edge, in normalised units; at its right edge it is 1.

    Returns
    -------
    (N, h, w, 2) array of theta's dtype
        Points of the input in normalised units, x before y.

    Notes
    -----
    Convention: with ``a = pi * (y_i + 1)`` and ``r = least_radius ** ((1 - x_j) / 2)``, ``grid[n, i, j] = theta[n] @
    (r * sin(a), -r * cos(a), 1)``. Rows are headings, clockwise from the top; turning theta's frame by one row's angle
    moves the output by one row, and its scale moves the columns. Source: Esteves et al. 2018, section 4.1.
    """
    raise NotImplementedError("your answer goes here")


# Three hints, each more explicit than the one before. Stop as soon as you can go on alone.
HINTS = [
    "Two steps: the point that each output pixel would show under the identity, and theta applied to it, as in "
    "`affine_grid`.",
    "Rows give the angle and columns the radius: `a` from the h pixel centres along y, `r` from the w centres along "
    "x; with edges they are `(2 * i + 1) / h - 1`. Broadcast `a[:, None]` against `r` for points of shape (h, w).",
    "Stack `r * np.sin(a)`, `-r * np.cos(a)` and ones along a last axis to (h, w, 3); then `points.reshape(-1, 3) @ "
    "theta.swapaxes(1, 2)` is (N, h * w, 2), and a reshape remains.",
]
