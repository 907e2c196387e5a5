"""Families of transformations in torch: what the numbers of a localisation network do to the grid."""

from collections.abc import Callable
from dataclasses import dataclass

import torch.nn.functional as F

from ..tps import control_points
from .affine_exp import affine_exp_theta
from .projective import projective_grid, projective_theta
from .theta import affine_theta, attention_theta, rotation_theta, similarity_theta, translation_theta
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


def tps_transform(control_shape):
    """The family of thin-plate splines through a regular grid of control points, as `stn_numpy.theta.tps_transform`."""
    count = len(control_points(control_shape))
    return Transform(
        lambda parameters: tps_displacements(parameters, count),
        (0.0,) * (2 * count),
        lambda displacements, size, align_corners: tps_grid(displacements, size, align_corners, control_shape),
    )


TRANSFORMS = {
    "translation": Transform(translation_theta, (0.0, 0.0)),
    "rotation": Transform(rotation_theta, (0.0,)),
    "attention": Transform(attention_theta, (1.0, 0.0, 0.0)),
    "similarity": Transform(similarity_theta, (1.0, 0.0, 0.0, 0.0)),
    "affine": Transform(affine_theta, (1.0, 0.0, 0.0, 0.0, 1.0, 0.0)),
    "affine-exp": Transform(affine_exp_theta, (0.0,) * 6),
    "projective": Transform(projective_theta, (1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0), projective_grid),
    "tps": tps_transform((4, 4)),
}
