"""The projective family in torch: eight numbers, a homography, and its grid."""

import torch

from ..coordinates import FAR, HORIZON
from .grid import base_points


def projective_theta(parameters: torch.Tensor) -> torch.Tensor:
    """(N, 8) to (N, 3, 3). As in `stn_numpy.projective.projective_theta`."""
    return torch.cat([parameters, torch.ones_like(parameters[:, :1])], dim=1).reshape(-1, 3, 3)


def projective_grid(theta: torch.Tensor, size: tuple, align_corners: bool = False) -> torch.Tensor:
    """(N, 3, 3) to (N, h, w, 2). As in `stn_numpy.projective.projective_grid`, the horizon included."""
    batch, _, height, width = size
    base = base_points(height, width, align_corners, theta.dtype, theta.device)
    side = torch.where(theta[:, 2:, 2:] < 0, -1, 1).to(theta.dtype)
    numerator, denominator = (base @ (theta * side).mT).split([2, 1], dim=2)
    behind = denominator <= HORIZON * theta[:, 2:].abs().sum(dim=2, keepdim=True)
    point = numerator / torch.where(behind, 1, denominator)
    far = torch.where(numerator < 0, -FAR, FAR).to(theta.dtype)
    return torch.where(behind, far, point).reshape(batch, height, width, 2)


def homography_from_square(corners: torch.Tensor) -> torch.Tensor:
    """The maps (N, 3, 3) that take four corners (N, 4, 2) to those of the square of -1 to 1, clockwise.

    No system is solved, so no device waits: the map of the unit square onto a quadrilateral has a closed form, and a
    homography's inverse is its adjugate, as only ratios count. Source: Heckbert 1989, Fundamentals of texture mapping
    and image warping, section 2.2.3.
    """
    first, second, third, fourth = corners.unbind(1)
    along, down, sum_ = second - third, fourth - third, first - second + third - fourth
    whole = _cross(along, down)
    g, h = _cross(sum_, down), _cross(along, sum_)
    columns = [
        torch.cat([(second - first) * whole + g * second, g], dim=1),
        torch.cat([(fourth - first) * whole + h * fourth, h], dim=1),
        torch.cat([first * whole, whole], dim=1),
    ]
    u, v, w = (torch.linalg.cross(columns[k - 2], columns[k - 1]) for k in range(3))
    return torch.stack([2 * u - w, 2 * v - w, w], dim=1)


def _cross(one, other):
    """(N, 1): the third component of the cross product of vectors (N, 2) in the plane."""
    return one[:, :1] * other[:, 1:] - one[:, 1:] * other[:, :1]
