"""The grid generator, compiled: the same as stn_numpy/grid.py, point by point."""

import numpy as np
from numba import prange

from ..check import check_arrays, check_size
from .compiling import kernel, ready


def affine_grid(theta, size, align_corners=False):
    """Say for each output pixel which point of the input it shows, under an affine map theta.

    Parameters
    ----------
    theta : (N, 2, 3) array of float32 or float64
        One affine map for each image of the batch, in normalised units.
    size : (N, C, h, w) ints
        The shape of the **output**; the input's size plays no part here.
    align_corners : bool
        Whether -1 and 1 are the centres of the outermost pixels (True) or the outer edges of the image (False).

    Returns
    -------
    (N, h, w, 2) array of theta's dtype
        Points of the input in normalised units, x before y.

    Raises
    ------
    TypeError, ValueError
        If theta or size has the wrong type or shape; the message says what was expected and what came.

    Notes
    -----
    Convention: ``grid[n, i, j] = theta[n] @ (x_j, y_i, 1)``. Theta maps output positions to input positions; the last
    axis is (x, y), x to the right and y down; the image spans -1 to 1 both ways. Nothing is padded here.
    Source: Jaderberg et al. 2015, eq. 1; the meaning of `align_corners` is torch's.
    """
    xs, ys = base_points(theta, size, align_corners)
    grid = np.empty((len(theta), len(ys), len(xs), 2), theta.dtype)
    with np.errstate(all="ignore"):
        _grid(ready(theta), xs, ys, grid)
    return grid


def affine_grid_backward(d_grid, align_corners=False):
    """Gradient of `affine_grid`: every output pixel's wish, summed into the six numbers of theta.

    Parameters
    ----------
    d_grid : (N, h, w, 2) array of float32 or float64
        Gradient of the loss for the grid, x before y.
    align_corners : bool
        As in the forward.

    Returns
    -------
    (N, 2, 3) array of d_grid's dtype
        ``d_theta[n] = sum over pixels of outer(d_grid[n, i, j], (x_j, y_i, 1))``, normalised units.

    Raises
    ------
    TypeError, ValueError
        If d_grid has the wrong type or shape; the message says what was expected and what came.

    Notes
    -----
    Convention: as in `affine_grid`. Source: Jaderberg et al. 2015, the derivative of eq. 1.
    """
    check_arrays(d_grid=(d_grid, "N h w 2"))
    batch, height, width, _ = d_grid.shape
    xs, ys = (pixel_centres(length, align_corners, d_grid.dtype) for length in (width, height))
    d_theta = np.empty((batch, 2, 3), d_grid.dtype)
    with np.errstate(all="ignore"):
        _grid_backward(ready(d_grid), xs, ys, d_theta)
    return d_theta


def pixel_centres(length, align_corners, dtype=np.float64):
    """Normalised positions of the pixel centres along one axis: (length,), a single pixel at 0 in both conventions."""
    if not align_corners:
        return ((2 * np.arange(length) + 1) / length - 1).astype(dtype)
    return np.linspace(-1, 1, length).astype(dtype) if length > 1 else np.zeros(1, dtype)


def base_points(theta, size, align_corners):
    """Check theta and the output's size (N, C, h, w); return the output's own x (w,) and y (h,) in theta's dtype."""
    batch, _, height, width = check_size("size", size)
    check_arrays(theta=(theta, "N 2 3"))
    if len(theta) != batch:
        raise ValueError(f"theta: expected shape (N={batch}, 2, 3) to go with size, got {theta.shape}")
    return pixel_centres(width, align_corners, theta.dtype), pixel_centres(height, align_corners, theta.dtype)


@kernel(parallel=True)
def _grid(theta, xs, ys, grid):
    """Threads over the batch, and over the rows of each image."""
    height, width = len(ys), len(xs)
    for row in prange(len(theta) * height):
        n, i = row // height, row % height
        for j in range(width):
            for axis in range(2):
                grid[n, i, j, axis] = theta[n, axis, 0] * xs[j] + theta[n, axis, 1] * ys[i] + theta[n, axis, 2]


@kernel(parallel=True)
def _grid_backward(d_grid, xs, ys, d_theta):
    """Threads over the batch: each image has its own theta. Sums run in double precision."""
    for n in prange(len(d_grid)):
        for axis in range(2):
            along_x = along_y = total = 0.0
            for i in range(len(ys)):
                row = 0.0
                for j in range(len(xs)):
                    along_x += d_grid[n, i, j, axis] * xs[j]
                    row += d_grid[n, i, j, axis]
                along_y += row * ys[i]
                total += row
            d_theta[n, axis, 0], d_theta[n, axis, 1], d_theta[n, axis, 2] = along_x, along_y, total
