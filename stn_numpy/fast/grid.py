"""The grid generator, compiled: the same as stn_numpy/grid.py, point by point."""

import numpy as np
from numba import prange

from ..check import check_arrays, check_flag, check_output
from ..coordinates import pixel_centres
from .compiling import kernel, ready


def affine_grid(theta: np.ndarray, size: tuple, align_corners: bool = False) -> np.ndarray:
    """As `stn_numpy.affine_grid`, compiled."""
    xs, ys = output_axes(*check_output(size, theta=(theta, "N 2 3")), align_corners, theta.dtype)
    grid = np.empty((len(theta), len(ys), len(xs), 2), theta.dtype)
    with np.errstate(all="ignore"):
        _grid(ready(theta), xs, ys, grid)
    return grid


def affine_grid_backward(d_grid: np.ndarray, theta: np.ndarray, align_corners: bool = False) -> np.ndarray:
    """As `stn_numpy.affine_grid_backward`, compiled."""
    check_arrays(theta=(theta, "N 2 3"), d_grid=(d_grid, "N h w 2"))
    xs, ys = output_axes(*d_grid.shape[1:3], align_corners, theta.dtype)
    d_theta = np.empty(theta.shape, theta.dtype)
    with np.errstate(all="ignore"):
        _grid_backward(ready(d_grid), xs, ys, d_theta)
    return d_theta


def output_axes(height: int, width: int, align_corners: bool, dtype) -> tuple[np.ndarray, np.ndarray]:
    """The output's own x (w,) and y (h,) in normalised units."""
    check_flag("align_corners", align_corners)
    return pixel_centres(width, align_corners, dtype), pixel_centres(height, align_corners, dtype)


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
