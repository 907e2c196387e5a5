"""The grid generator: the point of the input that each output pixel shows."""

import numpy as np

from .check import check_arrays, check_flag, check_output
from .coordinates import base_points


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
    height, width = check_output(size, theta=(theta, "N 2 3"))
    check_flag("align_corners", align_corners)
    base = base_points(height, width, align_corners, theta.dtype)
    with np.errstate(all="ignore"):  # infinite and NaN entries pass through; the sampler handles them
        return (base @ theta.swapaxes(1, 2)).reshape(-1, height, width, 2)


def affine_grid_backward(d_grid: np.ndarray, theta: np.ndarray, align_corners: bool = False) -> np.ndarray:
    """Gradient of `affine_grid`: d_grid (N, h, w, 2), x before y, to d_theta (N, 2, 3), normalised units.

    The gradients of all output pixels, summed into six numbers: ``d_theta[n] = sum over pixels of
    outer(d_grid[n, i, j], (x_j, y_i, 1))``. The grid is linear in theta, so theta's values do not matter.
    Source: Jaderberg et al. 2015, the derivative of eq. 1.
    """
    check_arrays(theta=(theta, "N 2 3"), d_grid=(d_grid, "N h w 2"))
    check_flag("align_corners", align_corners)
    batch, height, width, _ = d_grid.shape
    base = base_points(height, width, align_corners, theta.dtype)
    with np.errstate(all="ignore"):
        return d_grid.reshape(batch, height * width, 2).swapaxes(1, 2) @ base
