"""The thin-plate-spline family in torch: control points, and the grid that follows them."""

from functools import lru_cache

import numpy as np
import torch

from .. import tps
from .grid import base_points


def tps_displacements(parameters, count=16):
    """(N, 2 * K) to (N, K, 2), as `stn_numpy.tps.tps_displacements`."""
    return parameters.reshape(-1, count, 2)


def tps_grid(displacements, size, align_corners=False, points=tps.CONTROL_SHAPE):
    """(N, K, 2) to (N, h, w, 2), as `stn_numpy.tps.tps_grid`.

    Points are a (K, 2) NumPy array or the shape of a regular grid. The system is solved at the first call for a size
    and a set of points, on the CPU: make that call before you capture a CUDA graph.
    """
    batch, _, height, width = size
    dtype, device = displacements.dtype, displacements.device
    basis = _basis(points, height, width, align_corners, dtype, device)
    base = base_points(height, width, align_corners, dtype, device)[:, :2]
    return (base + basis @ displacements).reshape(batch, height, width, 2)


def bending_energy(displacements, points=tps.CONTROL_SHAPE):
    """(N, K, 2) to (N,), as `stn_numpy.tps.bending_energy`; points as in `tps_grid`."""
    bending = _bending(points, displacements.dtype, displacements.device)
    return (displacements * (bending @ displacements)).sum(dim=(1, 2))


@torch.compiler.assume_constant_result
def _basis(points, *rest):
    """How far each pixel follows each control point: (h * w, K)."""
    return _kept("tps_basis", *_key(points), *rest)


@torch.compiler.assume_constant_result
def _bending(points, *rest):
    """8 pi B of the bending energy: (K, K)."""
    return _kept("_bending", *_key(points), *rest)


def _key(points):
    return tps._key(tps._as_points(points))


@lru_cache(maxsize=tps.REMEMBERED)
def _kept(name, *arguments):
    """A matrix of NumPy's, as a tensor on its device: copied there once."""
    *arguments, dtype, device = arguments
    with torch.inference_mode(False):  # the first call may be in it, and a later one may want gradients
        return torch.tensor(getattr(tps, name)(*arguments, np.float64), dtype=dtype, device=device)
