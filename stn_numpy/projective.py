"""The projective grid: the points of an image seen on a plane that leans away."""

import numpy as np

from .check import check_arrays, check_flag, check_output
from .coordinates import FAR, HORIZON, base_points


def projective_grid(theta: np.ndarray, size: tuple, align_corners: bool = False) -> np.ndarray:
    """Compute for each output pixel the point of the input that it shows, under a projective map theta.

    Parameters
    ----------
    theta : (N, 3, 3) array of float32 or float64
        One homography for each image of the batch, in normalised units. Only the ratios of its nine numbers count.
    size, align_corners
        As in `affine_grid`: the shape (N, C, h, w) of the **output**, and what -1 and 1 are.

    Returns
    -------
    (N, h, w, 2) array of theta's dtype
        Points of the input in normalised units, x before y.

    Notes
    -----
    Convention: ``(a, b, c) = theta[n] @ (x_j, y_i, 1)`` and ``grid[n, i, j] = (a / c, b / c)``. Theta maps output
    positions to input positions; the last axis is (x, y), x to the right and y down; the image spans -1 to 1 both ways.
    Where c has another sign than at the output's centre, or is zero, the pixel looks at or behind the horizon: its
    point is ``(+-FAR, +-FAR)``, by the signs of a and b, outside every image, and it passes no gradient. If c is zero
    at the centre, positive is in front. Source: Jaderberg et al. 2015, section 3.2; Hartley and Zisserman, Multiple
    View Geometry, section 2.3.
    """
    height, width = check_output(size, theta=(theta, "N 3 3"))
    check_flag("align_corners", align_corners)
    with np.errstate(all="ignore"):  # infinite and NaN entries pass through; the sampler handles them
        base = base_points(height, width, align_corners, theta.dtype)
        _, numerator, denominator, behind = as_fraction(theta, base)
        grid = numerator / denominator
        np.copyto(grid, np.where(numerator < 0, -FAR, FAR), where=behind)
    return np.ascontiguousarray(grid.swapaxes(1, 2)).reshape(-1, height, width, 2)


def projective_grid_backward(d_grid: np.ndarray, theta: np.ndarray, align_corners: bool = False) -> np.ndarray:
    """Gradient of `projective_grid`: d_grid (N, h, w, 2), x before y, to d_theta (N, 3, 3).

    The quotient rule: for the three rows ``d_a = d_x / c``, ``d_b = d_y / c`` and ``d_c = -(x * d_x + y * d_y) / c``,
    each times (x_j, y_i, 1) and summed over the pixels in front of the horizon.
    """
    check_arrays(theta=(theta, "N 3 3"), d_grid=(d_grid, "N h w 2"))
    check_flag("align_corners", align_corners)
    batch, height, width, _ = d_grid.shape
    base = base_points(height, width, align_corners, theta.dtype)
    with np.errstate(all="ignore"):
        side, numerator, denominator, behind = as_fraction(theta, base)
        d_point = d_grid.reshape(batch, height * width, 2).swapaxes(1, 2)
        d_numerator = np.where(behind, 0, d_point / denominator)
        point = np.where(behind, 0, numerator / denominator)
        d_denominator = -(d_numerator * point).sum(axis=1, keepdims=True)
        return side * (np.concatenate([d_numerator, d_denominator], axis=1) @ base)


def projective_theta(parameters: np.ndarray) -> np.ndarray:
    """Write eight numbers, row by row, as a theta; the ninth is 1, since only the ratios count.

    Parameters
    ----------
    parameters : (N, 8) array of float32 or float64
        The first three and the next three are affine, the last two tilt the plane along x and along y.

    Returns
    -------
    (N, 3, 3) array
        Normalised units.
    """
    check_arrays(parameters=(parameters, "N 8"))
    return np.concatenate([parameters, np.ones_like(parameters[:, :1])], axis=1).reshape(-1, 3, 3)


def projective_theta_backward(d_theta: np.ndarray, parameters: np.ndarray) -> np.ndarray:
    """Gradient of `projective_theta`: d_theta (N, 3, 3) to d_parameters (N, 8). Theta's ninth number is fixed."""
    check_arrays(parameters=(parameters, "N 8"), d_theta=(d_theta, "N 3 3"))
    return d_theta.reshape(-1, 9)[:, :8].copy()


def homography(corners_from: np.ndarray, corners_to: np.ndarray) -> np.ndarray:
    """The projective map that takes four points to four others.

    Parameters
    ----------
    corners_from, corners_to : (N, 4, 2) arrays of float32 or float64
        Four points (x, y) each, in the same order, in any units.

    Returns
    -------
    (N, 3, 3) array
        Scaled so that its last number is 1, or to length 1 if that number is almost zero. For a theta of
        `projective_grid`, the first points are the output's corners, the second those of the input that they show. NaN
        where a point is not finite, in that image alone.

    Notes
    -----
    If three of the four points lie on one line, no such map or more than one exists; the result is then finite, a
    least-squares solution, and useless. Source: Hartley and Zisserman, Multiple View Geometry, section 4.1.
    """
    check_arrays(corners_from=(corners_from, "N 4 2"), corners_to=(corners_to, "N 4 2"))
    here = np.concatenate([corners_from, np.ones_like(corners_from[..., :1])], axis=2).astype(np.float64)
    zero, there = np.zeros_like(here), corners_to[..., None]
    with np.errstate(all="ignore"):
        rows = [
            np.concatenate([here, zero, -there[:, :, 0] * here], axis=2),
            np.concatenate([zero, here, -there[:, :, 1] * here], axis=2),
        ]
        system = np.concatenate(rows, axis=1)
        finite = np.isfinite(system).all(axis=(1, 2))  # for one matrix that is not, NumPy refuses the whole batch
        nine = np.linalg.svd(np.where(finite[:, None, None], system, 0))[2][:, -1]  # nearly solves the eight equations
        nine = np.where(finite[:, None], nine, np.nan)
        last = nine[:, 8:]
        nine = nine / np.where(np.abs(last) > HORIZON, last, 1)
        return nine.reshape(-1, 3, 3).astype(corners_from.dtype)


def as_fraction(theta: np.ndarray, base: np.ndarray) -> tuple:
    """The numerators (N, 2, h * w) and denominators (N, 1, h * w) of all points, and which are behind the horizon.

    Before them comes the sign (N, 1, 1) of theta that makes its denominator positive at the output's centre.
    """
    side = np.where(theta[:, 2:, 2:] < 0, theta.dtype.type(-1), theta.dtype.type(1))
    points = (theta * side) @ base.T
    numerator, denominator = points[:, :2], points[:, 2:]
    behind = denominator <= HORIZON * np.abs(theta[:, 2:]).sum(axis=2, keepdims=True)
    return side, numerator, np.where(behind, theta.dtype.type(1), denominator), behind
