"""The projective grid, compiled: the same as stn_numpy/projective.py, point by point."""

import numpy as np
from numba import prange

from ..check import check_arrays, check_size
from .compiling import helper, kernel, ready
from .grid import pixel_centres

HORIZON = 1e-6  # a denominator is positive if it exceeds this part of the largest that its row allows
FAR = 1e6  # normalised units: outside every image


def projective_grid(theta, size, align_corners=False):
    """Say for each output pixel which point of the input it shows, under a projective map theta.

    Parameters
    ----------
    theta : (N, 3, 3) array of float32 or float64
        One homography for each image of the batch, in normalised units. Only the ratios of its nine numbers count.
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
    Convention: as in `stn_numpy.projective.projective_grid`, the horizon included.
    """
    batch, _, height, width = check_size("size", size)
    check_arrays(theta=(theta, "N 3 3"))
    if len(theta) != batch:
        raise ValueError(f"theta: expected shape (N={batch}, 3, 3) to go with size, got {theta.shape}")
    xs, ys = (pixel_centres(length, align_corners, theta.dtype) for length in (width, height))
    grid = np.empty((batch, height, width, 2), theta.dtype)
    with np.errstate(all="ignore"):
        _grid(ready(theta), xs, ys, grid)
    return grid


def projective_grid_backward(d_grid, theta, align_corners=False):
    """Gradient of `projective_grid`: the quotient rule, summed over the output pixels.

    Parameters
    ----------
    d_grid : (N, h, w, 2) array of theta's dtype
        Gradient of the loss for the grid, x before y; the output's size is its own.
    theta : (N, 3, 3) array of float32 or float64
    align_corners : bool
        As in the forward.

    Returns
    -------
    (N, 3, 3) array
        Summed over the pixels in front of the horizon, normalised units.

    Raises
    ------
    TypeError, ValueError
        If d_grid or theta has the wrong type or shape; the message says what was expected and what came.

    Notes
    -----
    Convention: as in `projective_grid`.
    """
    check_arrays(theta=(theta, "N 3 3"), d_grid=(d_grid, "N h w 2"))
    xs, ys = (pixel_centres(length, align_corners, theta.dtype) for length in (d_grid.shape[2], d_grid.shape[1]))
    d_theta = np.empty(theta.shape, theta.dtype)
    with np.errstate(all="ignore"):
        _grid_backward(ready(d_grid), ready(theta), xs, ys, d_theta)
    return d_theta


@helper
def _divide(theta, x, y):
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
            _, a, b, c, behind = _divide(theta[n], xs[j], ys[i])
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
                side, a, b, c, behind = _divide(theta[n], xs[j], ys[i])
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
