"""A family of transformations made up for chapter 15, in both libraries: italics, by one number m."""

import numpy as np
import torch

from stn_numpy import Transform, pytorch


def slant_theta(parameters):
    """(N, 1) slants m to (N, 2, 3): the identity with m in the first row's second place."""
    theta = np.tile(np.eye(2, 3, dtype=parameters.dtype), (len(parameters), 1, 1))
    theta[:, 0, 1] = parameters[:, 0]
    return theta


def slant_theta_backward(d_theta, parameters):
    """Gradient of `slant_theta`: that of the entry m."""
    return d_theta[:, 0, 1][:, None].copy()


def slant_theta_in_torch(parameters):
    """(N, 1) to (N, 2, 3); autograd has the backward."""
    zero, one = torch.zeros_like(parameters[:, 0]), torch.ones_like(parameters[:, 0])
    return torch.stack([one, parameters[:, 0], zero, zero, one, zero], dim=1).reshape(-1, 2, 3)


SLANT = Transform("slant", slant_theta, slant_theta_backward, identity=(0.0,))
SLANT_IN_TORCH = pytorch.Transform("slant", slant_theta_in_torch, identity=(0.0,))
