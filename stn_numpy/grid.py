"""The grid generator: where in the input each output pixel looks."""

import numpy as np

from .check import check_arrays, check_size


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
    batch, _, height, width = check_size("size", size)
    check_arrays(theta=(theta, "N 2 3"))
    if theta.shape[0] != batch:
        raise ValueError(f"theta: expected shape (N={batch}, 2, 3) to go with size, got {theta.shape}")
    base = _base_points(height, width, align_corners, theta.dtype)
    with np.errstate(all="ignore"):  # a theta that has run off to infinity is the sampler's to deal with
        return (base @ theta.swapaxes(1, 2)).reshape(batch, height, width, 2)


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
    base = _base_points(height, width, align_corners, d_grid.dtype)
    with np.errstate(all="ignore"):
        return d_grid.reshape(batch, height * width, 2).swapaxes(1, 2) @ base


def pixel_centres(length, align_corners, dtype=np.float64):
    """Normalised positions of the pixel centres along one axis.

    Parameters
    ----------
    length : int
        Number of pixels along the axis.
    align_corners : bool
        Whether the first and last centres are at -1 and 1 (True) or half a pixel inside them (False).
    dtype : dtype
        float32 or float64.

    Returns
    -------
    (length,) array
        Normalised units. A single pixel sits at 0 in both conventions.
    """
    if not align_corners:
        return ((2 * np.arange(length) + 1) / length - 1).astype(dtype)
    return np.linspace(-1, 1, length).astype(dtype) if length > 1 else np.zeros(1, dtype)


def _base_points(height, width, align_corners, dtype):
    """The output's own points (x, y, 1), one a row, in the order of its pixels: (h * w, 3)."""
    x = pixel_centres(width, align_corners, dtype)
    y = pixel_centres(height, align_corners, dtype)
    points = np.ones((height, width, 3), dtype)
    points[..., 0] = x
    points[..., 1] = y[:, None]
    return points.reshape(height * width, 3)
