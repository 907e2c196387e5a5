"""From a network's numbers to theta in torch: twins of the small maps in `stn_numpy.theta`."""

import torch


def translation_theta(parameters: torch.Tensor) -> torch.Tensor:
    """(N, 2) to (N, 2, 3). As in `stn_numpy.theta.translation_theta`."""
    x, y = parameters.unbind(1)
    zero, one = torch.zeros_like(x), torch.ones_like(x)
    return _theta(one, zero, x, zero, one, y)


def rotation_theta(parameters: torch.Tensor) -> torch.Tensor:
    """(N, 1) to (N, 2, 3). As in `stn_numpy.theta.rotation_theta`."""
    cos, sin = parameters[:, 0].cos(), parameters[:, 0].sin()
    zero = torch.zeros_like(cos)
    return _theta(cos, -sin, zero, sin, cos, zero)


def attention_theta(parameters: torch.Tensor) -> torch.Tensor:
    """(N, 3) to (N, 2, 3). As in `stn_numpy.theta.attention_theta`."""
    scale, x, y = parameters.unbind(1)
    zero = torch.zeros_like(scale)
    return _theta(scale, zero, x, zero, scale, y)


def similarity_theta(parameters: torch.Tensor) -> torch.Tensor:
    """(N, 4) to (N, 2, 3). As in `stn_numpy.theta.similarity_theta`."""
    a, b, x, y = parameters.unbind(1)
    return _theta(a, -b, x, b, a, y)


def affine_theta(parameters: torch.Tensor) -> torch.Tensor:
    """(N, 6) to (N, 2, 3). As in `stn_numpy.theta.affine_theta`."""
    return parameters.reshape(-1, 2, 3)


def _theta(*six):
    """Six (N,) tensors, row by row, as (N, 2, 3)."""
    return torch.stack(six, dim=1).reshape(-1, 2, 3)
