"""The projective grid, compiled: the same as stn_numpy/projective.py, point by point."""

import numpy as np
from numba import prange

from ..check import check_arrays, check_output
from ..coordinates import FAR, HORIZON
from .compiling import helper, kernel, ready
from .grid import output_axes


def projective_grid(theta: np.ndarray, size: tuple, align_corners: bool = False) -> np.ndarray:
    """As `stn_numpy.projective_grid`, compiled."""
    xs, ys = output_axes(*check_output(size, theta=(theta, "N 3 3")), align_corners, theta.dtype)
    grid = np.empty((len(theta), len(ys), len(xs), 2), theta.dtype)
    with np.errstate(all="ignore"):
        _grid(ready(theta), xs, ys, grid)
    return grid


def projective_grid_backward(d_grid: np.ndarray, theta: np.ndarray, align_corners: bool = False) -> np.ndarray:
    """As `stn_numpy.projective_grid_backward`, compiled."""
    check_arrays(theta=(theta, "N 3 3"), d_grid=(d_grid, "N h w 2"))
    xs, ys = output_axes(*d_grid.shape[1:3], align_corners, theta.dtype)
    d_theta = np.empty(theta.shape, theta.dtype)
    with np.errstate(all="ignore"):
        _grid_backward(ready(d_grid), ready(theta), xs, ys, d_theta)
    return d_theta


@helper
def as_fraction(theta, x, y):
    """Numerators and denominator of one point, and whether it lies in front of the horizon."""
    side = -1 if theta[2, 2] < 0 else 1
    a = side * (theta[0, 0] * x + theta[0, 1] * y + theta[0, 2])
    b = side * (theta[1, 0] * x + theta[1, 1] * y + theta[1, 2])
    c = side * (theta[2, 0] * x + theta[2, 1] * y + theta[2, 2])
    behind = c <= HORIZON * (abs(theta[2, 0]) + abs(theta[2, 1]) + abs(theta[2, 2]))
    return side, a, b, c, behind


@kernel(parallel=True)
def _grid(theta, xs, ys, grid):
    """Threads over the batch, and over the rows of each image."""
    height, width = len(ys), len(xs)
    for row in prange(len(theta) * height):
        n, i = row // height, row % height
        for j in range(width):
            _, a, b, c, behind = as_fraction(theta[n], xs[j], ys[i])
            grid[n, i, j, 0] = (-FAR if a < 0 else FAR) if behind else a / c
            grid[n, i, j, 1] = (-FAR if b < 0 else FAR) if behind else b / c


@kernel(parallel=True)
def _grid_backward(d_grid, theta, xs, ys, d_theta):
    """Threads over the batch: each image has its own theta. Sums run in double precision."""
    for n in prange(len(d_grid)):
        total = np.zeros((3, 3))
        side = 1
        for i in range(len(ys)):
            for j in range(len(xs)):
                side, a, b, c, behind = as_fraction(theta[n], xs[j], ys[i])
                if behind:
                    continue
                d_a, d_b = d_grid[n, i, j, 0] / c, d_grid[n, i, j, 1] / c
                d_c = -(d_a * (a / c) + d_b * (b / c))
                total[0, 0] += d_a * xs[j]
                total[0, 1] += d_a * ys[i]
                total[0, 2] += d_a
                total[1, 0] += d_b * xs[j]
                total[1, 1] += d_b * ys[i]
                total[1, 2] += d_b
                total[2, 0] += d_c * xs[j]
                total[2, 1] += d_c * ys[i]
                total[2, 2] += d_c
        for row in range(3):
            for column in range(3):
                d_theta[n, row, column] = side * total[row, column]
