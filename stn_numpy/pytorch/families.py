"""Families of transformations in torch: from a localisation network's numbers to the grid."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

import torch
import torch.nn.functional as F

from ..check import check_choice
from ..tps import control_points
from .affine_exp import affine_exp_theta
from .projective import projective_grid, projective_theta
from .theta import affine_theta, attention_theta, rotation_theta, similarity_theta, translation_theta
from .tps import tps_displacements, tps_grid


@dataclass(frozen=True)
class Transform:
    """A family of transformations. As in `stn_numpy.Transform`, but torch's autograd does the backward."""

    name: str
    forward: Callable = field(repr=False)
    identity: tuple
    theta_grid: Callable = field(default=F.affine_grid, repr=False)

    def grid(self, parameters: torch.Tensor, size: tuple, align_corners: bool = False) -> torch.Tensor:
        """The grid of a batch's parameters, as in `torch.nn.functional.affine_grid`."""
        return self.theta_grid(self.forward(parameters), size, align_corners)


def tps_transform(control_shape, name: str = "tps") -> Transform:
    """The family of thin-plate splines through a regular grid of control points. As in `stn_numpy.tps_transform`."""
    count = len(control_points(control_shape))
    return Transform(
        name, partial(tps_displacements, count=count), (0.0,) * (2 * count), partial(tps_grid, points=control_shape)
    )


TRANSFORMS = {
    family.name: family
    for family in (
        Transform("translation", translation_theta, (0.0, 0.0)),
        Transform("rotation", rotation_theta, (0.0,)),
        Transform("attention", attention_theta, (1.0, 0.0, 0.0)),
        Transform("similarity", similarity_theta, (1.0, 0.0, 0.0, 0.0)),
        Transform("affine", affine_theta, (1.0, 0.0, 0.0, 0.0, 1.0, 0.0)),
        Transform("affine-exp", affine_exp_theta, (0.0,) * 6),
        Transform("projective", projective_theta, (1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0), projective_grid),
        tps_transform((4, 4)),
    )
}


def as_transform(transform: str | Transform) -> Transform:
    """The family of a name in `TRANSFORMS`; a `Transform` is returned as it is."""
    if isinstance(transform, Transform):
        return transform
    check_choice("transform", transform, tuple(TRANSFORMS))
    return TRANSFORMS[transform]
