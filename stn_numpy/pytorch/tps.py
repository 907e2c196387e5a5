"""The thin-plate-spline family in torch: control points, and the grid that follows them."""

from functools import lru_cache

import numpy as np
import torch

from .. import tps
from .grid import base_points


def tps_displacements(parameters: torch.Tensor, count: int = 16) -> torch.Tensor:
    """(N, 2 * K) to (N, K, 2). As in `stn_numpy.tps.tps_displacements`."""
    return parameters.reshape(-1, count, 2)


def tps_grid(
    displacements: torch.Tensor, size: tuple, align_corners: bool = False, points=tps.CONTROL_SHAPE
) -> torch.Tensor:
    """(N, K, 2) to (N, h, w, 2). As in `stn_numpy.tps.tps_grid`.

    The system is solved at the first call for a size and a set of points, on the CPU: make that call before you capture
    a CUDA graph.
    """
    batch, _, height, width = size
    dtype, device = displacements.dtype, displacements.device
    basis = _constant("basis", _key(points), dtype, device, int(height), int(width), align_corners)
    base = base_points(height, width, align_corners, dtype, device)[:, :2]
    return (base + basis @ displacements).reshape(batch, height, width, 2)


def bending_energy(displacements: torch.Tensor, points=tps.CONTROL_SHAPE) -> torch.Tensor:
    """(N, K, 2) to (N,). As in `stn_numpy.tps.bending_energy`."""
    bending = _constant("bending", _key(points), displacements.dtype, displacements.device)
    return (displacements * (bending @ displacements)).sum(dim=(1, 2))


def _key(points):
    """Control points, or the shape of their grid, as something that a cache can look up."""
    return tuple(map(tuple, points.tolist())) if isinstance(points, np.ndarray) else points


@torch.compiler.assume_constant_result
def _constant(*arguments):
    # A cached tensor would make the graphs of a trace's two calls differ, and the tensors made during an export cannot
    # # be used by another call.
    if torch.jit.is_tracing() or torch.compiler.is_compiling():
        return _remembered.__wrapped__(*arguments)
    return _remembered(*arguments)


@lru_cache(maxsize=8)
def _remembered(kind, points, dtype, device, *options):
    """A matrix that depends on the control points alone, as a tensor on its device: copied there once."""
    points = np.array(points, float) if isinstance(points, tuple) and isinstance(points[0], tuple) else points
    with torch.inference_mode(False):  # the first call may be in it, and a later one may need gradients
        return torch.tensor({"basis": _basis, "bending": _bending}[kind](points, *options), dtype=dtype, device=device)


def _basis(points, height, width, align_corners):
    """How far each pixel follows each control point, (h * w, K): each is moved by 1, and the grid follows."""
    moved = _one_by_one(points)
    grids = (tps.tps_grid(place * moved, (len(moved), 1, height, width), align_corners, points) for place in (1, 0))
    moves, stays = (grid[..., 0].reshape(len(moved), -1) for grid in grids)
    return (moves - stays).T


def _bending(points):
    """8 pi B of the bending energy, (K, K): half the energy's gradient, as each point is moved by 1."""
    moved = _one_by_one(points)
    return tps.bending_energy_backward(np.ones(len(moved)), moved, points)[..., 0].T / 2


def _one_by_one(points):
    """Displacements (K, K, 2) of which the k-th moves the k-th point by 1 along x."""
    count = len(points if isinstance(points, np.ndarray) else tps.control_points(points))
    return np.stack([np.eye(count), np.zeros((count, count))], axis=2)
