"""The thin-plate-spline grid: control points are moved, and the plane between them bends as little as possible."""

from functools import lru_cache

import numpy as np

from .check import check_arrays, check_flag, check_output, check_pair
from .coordinates import base_points

CONTROL_SHAPE = (4, 4)
REMEMBERED = 8  # sizes and sets of points whose solved systems are kept
NEGLIGIBLE = 1e-12  # relative size below which an eigenvalue of the system is rounding: control points that coincide


def control_points(control_shape: int | tuple = CONTROL_SHAPE) -> np.ndarray:
    """Control points on a regular grid that spans the image, -1 to 1 both ways.

    Parameters
    ----------
    control_shape : int or (rows, columns)
        How many there are; a single row or column sits in the middle.

    Returns
    -------
    (K, 2) array of float64
        Points (x, y) in normalised units, K = rows * columns, in the order of reading: row by row from the top, each
        from left to right. The outer ones lie at -1 and 1, whatever `align_corners` is.
    """
    rows, columns = check_pair("control_shape", control_shape, 1)
    return base_points(rows, columns, True, np.float64)[:, :2].copy()


def tps_grid(
    displacements: np.ndarray, size: tuple, align_corners: bool = False, points: np.ndarray | tuple = CONTROL_SHAPE
) -> np.ndarray:
    """Compute for each output pixel the point of the input that it shows, if control points move and the rest follows.

    Parameters
    ----------
    displacements : (N, K, 2) array of float32 or float64
        How far the sampling point of each control point is moved, (x, y) in normalised units; zeros do nothing.
    size, align_corners
        As in `affine_grid`: the shape (N, C, h, w) of the **output**, and what -1 and 1 are.
    points : (K, 2) array of float32 or float64, or (rows, columns)
        The places of the control points in the output, in the displacements' order; or the shape of a regular grid of
        them, as in `control_points`.

    Returns
    -------
    (N, h, w, 2) array of the displacements' dtype
        Points of the input in normalised units, x before y.

    Notes
    -----
    Convention: output to input, the last axis is (x, y), x to the right and y down; the image spans -1 to 1 both ways.
    ``grid(p) = p + shift + linear @ p + sum over k of weight_k * U(|p - points_k|)`` with ``U(r) = r^2 log r``, ``U(0)
    = 0``, such that the grid at ``points_k`` is ``points_k + displacements_k``: of all such maps the one of least
    `bending_energy`. It is linear in the displacements, so the system is solved once for a size and a set of points.
    Control points that coincide act as one, moved by their mean; if all lie on one line, what that leaves undetermined
    is as small as possible. The plane may fold: where it does, several output pixels show one place. The map is smooth;
    far outside the points it is affine, but for a part that grows like log r.
    Source: Bookstein 1989; Jaderberg et al. 2015, section 3.2.
    """
    points = _check_points(displacements, points)
    height, width = check_output(size, displacements=(displacements, f"N {len(points)} 2"))
    check_flag("align_corners", align_corners)
    basis = tps_basis(*_key(points), height, width, align_corners, displacements.dtype)
    base = base_points(height, width, align_corners, displacements.dtype)
    with np.errstate(all="ignore"):
        grid = basis @ displacements
        grid += np.ascontiguousarray(base[:, :2])
    return grid.reshape(-1, height, width, 2)


def tps_grid_backward(
    d_grid: np.ndarray,
    displacements: np.ndarray,
    align_corners: bool = False,
    points: np.ndarray | tuple = CONTROL_SHAPE,
) -> np.ndarray:
    """Gradient of `tps_grid`: d_grid (N, h, w, 2), x before y, to d_displacements (N, K, 2), per normalised unit.

    Each control point collects the gradients of the pixels that it moves: ``d_displacements[n, k] = sum over pixels of
    basis[pixel, k] * d_grid[n, pixel]``. The grid is linear in the displacements, so their values do not matter.
    """
    points = _check_points(displacements, points)
    check_arrays(displacements=(displacements, "N K 2"), d_grid=(d_grid, "N h w 2"))
    check_flag("align_corners", align_corners)
    batch, height, width, _ = d_grid.shape
    basis = tps_basis(*_key(points), height, width, align_corners, d_grid.dtype)
    with np.errstate(all="ignore"):
        return basis.T @ d_grid.reshape(batch, height * width, 2)


def bending_energy(displacements: np.ndarray, points: np.ndarray | tuple = CONTROL_SHAPE) -> np.ndarray:
    """The bending energy of a thin-plate spline: its squared second derivatives, integrated over the whole plane.

    Parameters
    ----------
    displacements : (N, K, 2) array of float32 or float64
    points : (K, 2) array or (rows, columns)
        As in `tps_grid`.

    Returns
    -------
    (N,) array
        The integral of ``f_xx^2 + 2 f_xy^2 + f_yy^2``, x and y parts of the map added up; normalised units. Zero if the
        displacements are those of an affine map.

    Notes
    -----
    It is ``8 pi d^T B d`` with the K x K matrix B of `tps_grid`'s system that takes displacements to weights.
    Source: Bookstein 1989.
    """
    points = _check_points(displacements, points)
    with np.errstate(all="ignore"):
        return (displacements * (_bending(*_key(points), displacements.dtype) @ displacements)).sum(axis=(1, 2))


def bending_energy_backward(
    d_energy: np.ndarray, displacements: np.ndarray, points: np.ndarray | tuple = CONTROL_SHAPE
) -> np.ndarray:
    """Gradient of `bending_energy`: d_energy (N,) to d_displacements (N, K, 2), ``16 pi B d`` times each d_energy."""
    points = _check_points(displacements, points)
    check_arrays(displacements=(displacements, "N K 2"), d_energy=(d_energy, "N"))
    with np.errstate(all="ignore"):
        return 2 * d_energy[:, None, None] * (_bending(*_key(points), displacements.dtype) @ displacements)


def tps_displacements(parameters: np.ndarray, count: int = 16) -> np.ndarray:
    """Turn two numbers for each control point, one point after the other, into its displacement (x, y).

    Parameters
    ----------
    parameters : (N, 2 * K) array of float32 or float64
        Normalised units; the points are in the order of `control_points`.
    count : int
        K, the number of control points.

    Returns
    -------
    (N, K, 2) array
    """
    check_arrays(parameters=(parameters, f"N {2 * count}"))
    return parameters.reshape(-1, count, 2).copy()


def tps_displacements_backward(d_displacements: np.ndarray, parameters: np.ndarray, count: int = 16) -> np.ndarray:
    """Gradient of `tps_displacements`: d_displacements (N, K, 2) to d_parameters (N, 2 * K), point by point."""
    check_arrays(parameters=(parameters, f"N {2 * count}"), d_displacements=(d_displacements, f"N {count} 2"))
    return d_displacements.reshape(-1, 2 * count).copy()


def as_points(points):
    """Check the control points, or make the grid of them; return them, (K, 2)."""
    if not isinstance(points, np.ndarray):
        points = control_points(check_pair("points", points, 1))
    check_arrays(points=(points, "K 2"))
    if not np.isfinite(points).all():
        raise ValueError("points: expected finite numbers, got NaN or infinity")
    return points


def _check_points(displacements, points):
    """Check both arguments; return the control points."""
    points = as_points(points)
    check_arrays(displacements=(displacements, f"N {len(points)} 2"))
    return points


def _key(points):
    """Points as `tps_solution` takes them: their bytes in float64, and their number."""
    return points.astype(np.float64).tobytes(), len(points)


def _radial(r_squared):
    """U(r) = r^2 log r, from r^2: no root is needed, and 0 log 0 is 0."""
    return 0.5 * r_squared * np.log(np.where(r_squared > 0, r_squared, 1))


def _around(places, points):
    """U of the distances between places (M, 2) and control points (K, 2): (M, K)."""
    return _radial(((places[:, None] - points) ** 2).sum(axis=2))


@lru_cache(maxsize=REMEMBERED)
def tps_solution(points: bytes, count: int) -> tuple:
    """The control points, and the (K + 3, K) matrix from displacements to weights (K rows), linear part and shift.

    The points come as bytes of float64, which a cache can look up, with their number.
    """
    points = np.frombuffer(points).reshape(count, 2)
    affine = np.concatenate([points, np.ones((count, 1))], axis=1)
    system = np.block([[_around(points, points), affine], [affine.T, np.zeros((3, 3))]])
    return points, np.linalg.pinv(system, rcond=NEGLIGIBLE, hermitian=True)[:, :count]


@lru_cache(maxsize=REMEMBERED)
def tps_basis(points: bytes, count: int, height: int, width: int, align_corners: bool, dtype) -> np.ndarray:
    """How far each pixel follows each control point: (h * w, K)."""
    points, solution = tps_solution(points, count)
    base = base_points(height, width, align_corners, np.float64)
    return _frozen(np.concatenate([_around(base[:, :2], points), base], axis=1) @ solution, dtype)


@lru_cache(maxsize=REMEMBERED)
def _bending(points, count, dtype):
    """8 pi B: (K, K)."""
    _, solution = tps_solution(points, count)
    return _frozen(8 * np.pi * solution[:count], dtype)


def _frozen(array, dtype):
    """A read-only copy in the given dtype: every caller of a cached function gets the same array."""
    array = np.ascontiguousarray(array, dtype)
    array.flags.writeable = False
    return array
