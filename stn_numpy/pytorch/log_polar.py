"""The log-polar grid in torch."""

import torch

from .grid import base_points


def log_polar_grid(
    theta: torch.Tensor, size: tuple, align_corners: bool = False, least_radius: float = 0.05
) -> torch.Tensor:
    """(N, 2, 3) to (N, h, w, 2). As in `stn_numpy.log_polar_grid`."""
    batch, _, height, width = size
    base = base_points(height, width, align_corners, theta.dtype, theta.device)
    angle, radius = torch.pi * (base[:, 1] + 1), least_radius ** ((1 - base[:, 0]) / 2)
    points = torch.stack([radius * angle.sin(), -radius * angle.cos(), torch.ones_like(radius)], 1)
    return (points @ theta.mT).reshape(batch, height, width, 2)
