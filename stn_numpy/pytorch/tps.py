"""The thin-plate-spline family in torch: control points, and the grid that follows them."""

from functools import lru_cache

import torch

from ..tps import CONTROL_SHAPE
from .grid import base_points


def tps_displacements(parameters):
    """(N, 32) to (N, 16, 2), as `stn_numpy.tps.tps_displacements`."""
    return parameters.reshape(-1, 16, 2)


def tps_grid(displacements, size, align_corners=False):
    """(N, 16, 2) to (N, h, w, 2), as `stn_numpy.tps.tps_grid` with its 16 control points.

    The system is solved at the first call for a size, on the CPU: make that call before you capture a CUDA graph.
    """
    batch, _, height, width = size
    base, basis = tps_basis(height, width, align_corners, displacements.dtype, displacements.device)
    return (base + basis @ displacements).reshape(batch, height, width, 2)


@torch.compiler.assume_constant_result
@lru_cache(maxsize=32)
def tps_basis(height, width, align_corners, dtype, device):
    """The pixels' own places (h * w, 2), and how far each pixel follows each of the control points (h * w, 16)."""
    double = dict(dtype=torch.float64, device="cpu")
    points = base_points(*CONTROL_SHAPE, True, **double)
    base = base_points(height, width, align_corners, **double)
    count = len(points)
    system = torch.zeros(count + 3, count + 3, **double)
    system[:count, :count] = _around(points, points)
    system[:count, count:], system[count:, :count] = points, points.T
    solution = torch.linalg.inv(system)[:, :count]
    basis = torch.cat([_around(base, points), base], dim=1) @ solution
    return base[:, :2].to(device, dtype), basis.to(device, dtype)


def _around(places, points):
    """U(r) = r^2 log r of the distances between places (M, 3) and points (K, 3): (M, K)."""
    squared = ((places[:, None] - points) ** 2).sum(dim=2)
    return 0.5 * torch.xlogy(squared, squared)
