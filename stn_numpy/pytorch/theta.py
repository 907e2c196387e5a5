"""Families of transformations in torch: what the numbers of a localisation network do to the grid."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
import torch.nn.functional as F

from .affine_exp import affine_exp_theta
from .projective import projective_grid, projective_theta
from .tps import tps_displacements, tps_grid


@dataclass(frozen=True)
class Transform:
    """A family of transformations: from a network's numbers to theta, and from theta to the grid.

    Attributes
    ----------
    forward : callable
        (N, P) parameters to theta: (N, 2, 3) in an affine family, whatever `theta_grid` takes in another.
    identity : tuple of P floats
        The parameters that do nothing.
    theta_grid : callable
        ``theta_grid(theta, size, align_corners)``: theta to the (N, h, w, 2) grid.
    """

    forward: Callable
    identity: tuple
    theta_grid: Callable = F.affine_grid

    def grid(self, parameters, size, align_corners=False):
        """Say for each output pixel which point of the input it shows.

        Parameters
        ----------
        parameters : (N, P) tensor
        size : (N, C, h, w) ints
            The shape of the output.
        align_corners : bool
            As in `torch.nn.functional.affine_grid`.

        Returns
        -------
        (N, h, w, 2) tensor
            Points of the input in normalised units, x before y.
        """
        return self.theta_grid(self.forward(parameters), size, align_corners)


def translation_theta(parameters):
    """(N, 2) to (N, 2, 3), as `stn_numpy.theta.translation_theta`."""
    x, y = parameters.unbind(1)
    zero, one = torch.zeros_like(x), torch.ones_like(x)
    return _theta(one, zero, x, zero, one, y)


def rotation_theta(parameters):
    """(N, 1) to (N, 2, 3), as `stn_numpy.theta.rotation_theta`."""
    cos, sin = parameters[:, 0].cos(), parameters[:, 0].sin()
    zero = torch.zeros_like(cos)
    return _theta(cos, -sin, zero, sin, cos, zero)


def attention_theta(parameters):
    """(N, 3) to (N, 2, 3), as `stn_numpy.theta.attention_theta`."""
    scale, x, y = parameters.unbind(1)
    zero = torch.zeros_like(scale)
    return _theta(scale, zero, x, zero, scale, y)


def similarity_theta(parameters):
    """(N, 4) to (N, 2, 3), as `stn_numpy.theta.similarity_theta`."""
    a, b, x, y = parameters.unbind(1)
    return _theta(a, -b, x, b, a, y)


def affine_theta(parameters):
    """(N, 6) to (N, 2, 3), as `stn_numpy.theta.affine_theta`."""
    return parameters.reshape(-1, 2, 3)


TRANSFORMS = {
    "translation": Transform(translation_theta, (0.0, 0.0)),
    "rotation": Transform(rotation_theta, (0.0,)),
    "attention": Transform(attention_theta, (1.0, 0.0, 0.0)),
    "similarity": Transform(similarity_theta, (1.0, 0.0, 0.0, 0.0)),
    "affine": Transform(affine_theta, (1.0, 0.0, 0.0, 0.0, 1.0, 0.0)),
    "affine-exp": Transform(affine_exp_theta, (0.0,) * 6),
    "projective": Transform(projective_theta, (1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0), projective_grid),
    "tps": Transform(tps_displacements, (0.0,) * 32, tps_grid),
}


def _theta(*six):
    """Six (N,) tensors, row by row, as (N, 2, 3)."""
    return torch.stack(six, dim=1).reshape(-1, 2, 3)
