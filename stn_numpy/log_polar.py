"""The log-polar grid: rows are directions, columns are distances, and a turn becomes a shift."""

import numpy as np

from .check import check_arrays, check_flag, check_output
from .coordinates import base_points


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
    height, width = check_output(size, theta=(theta, "N 2 3"))
    check_flag("align_corners", align_corners)
    points = log_polar_points(height, width, align_corners, theta.dtype, least_radius)
    with np.errstate(all="ignore"):
        return (points @ theta.swapaxes(1, 2)).reshape(-1, height, width, 2)


def log_polar_grid_backward(
    d_grid: np.ndarray, theta: np.ndarray, align_corners: bool = False, least_radius: float = 0.05
) -> np.ndarray:
    """Gradient of `log_polar_grid`: d_grid (N, h, w, 2), x before y, to d_theta (N, 2, 3), normalised units.

    As in `affine_grid_backward`, with the points of the log-polar output: the grid is linear in theta.
    """
    check_arrays(theta=(theta, "N 2 3"), d_grid=(d_grid, "N h w 2"))
    check_flag("align_corners", align_corners)
    batch, height, width, _ = d_grid.shape
    points = log_polar_points(height, width, align_corners, theta.dtype, least_radius)
    with np.errstate(all="ignore"):
        return d_grid.reshape(batch, height * width, 2).swapaxes(1, 2) @ points


def log_polar_points(height, width, align_corners, dtype, least_radius=0.05) -> np.ndarray:
    """The points (x, y, 1) that the output's pixels show under the identity, one a row: (h * w, 3)."""
    x, y, one = base_points(height, width, align_corners, dtype).T
    angle, radius = np.pi * (y + 1), least_radius ** ((1 - x) / 2)
    return np.stack([radius * np.sin(angle), -radius * np.cos(angle), one], axis=1).astype(dtype)
