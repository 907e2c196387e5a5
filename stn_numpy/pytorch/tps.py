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
    points = tuple(map(tuple, points.tolist())) if isinstance(points, np.ndarray) else points  # a cache can look it up
    basis = _basis(points, int(height), int(width), align_corners, dtype, device)
    base = base_points(height, width, align_corners, dtype, device)[:, :2]
    return (base + basis @ displacements).reshape(batch, height, width, 2)


@torch.compiler.assume_constant_result
def _basis(*arguments):
    # A cached tensor would make the graphs of a trace's two calls differ, and the tensors made during an export cannot
    # be used by another call.
    if torch.jit.is_tracing() or torch.compiler.is_compiling():
        return _remembered.__wrapped__(*arguments)
    return _remembered(*arguments)


@lru_cache(maxsize=8)
def _remembered(points, height, width, align_corners, dtype, device):
    """How far each pixel follows each control point, (h * w, K), as a tensor on its device: copied there once."""
    points = tps.as_points(points if np.ndim(points) < 2 else np.array(points, float))
    basis = tps.tps_basis(points.tobytes(), len(points), height, width, align_corners, np.float64)
    with torch.inference_mode(False):  # the first call may be in it, and a later one may need gradients
        return torch.tensor(basis, dtype=dtype, device=device)
