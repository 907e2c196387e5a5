"""Families of transformations: from a network's numbers to theta, and from theta to the grid."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

import numpy as np

from . import theta
from .affine_exp import affine_exp_theta, affine_exp_theta_backward
from .check import check_choice
from .grid import affine_grid, affine_grid_backward
from .projective import projective_grid, projective_grid_backward, projective_theta, projective_theta_backward
from .tps import control_points, tps_displacements, tps_displacements_backward, tps_grid, tps_grid_backward


@dataclass(frozen=True)
class Transform:
    """A family of transformations: from a network's numbers to theta, and from theta to the grid.

    Attributes
    ----------
    name : str
        Its name in messages and in the torch twin.
    forward : callable
        (N, P) parameters to theta: (N, 2, 3) in an affine family, the argument of `theta_grid` in another.
    backward : callable
        ``backward(d_theta, parameters)``: the gradient with respect to the parameters.
    identity : tuple of P floats
        The parameters that do nothing.
    theta_grid : callable
        ``theta_grid(theta, size, align_corners)``: theta to the (N, h, w, 2) grid.
    theta_grid_backward : callable
        ``theta_grid_backward(d_grid, theta, align_corners)``: the gradient with respect to theta.

    Notes
    -----
    Functions of a module, or `functools.partial` of them, can be pickled, and with them every network that uses the
    family; a lambda cannot.
    """

    name: str
    forward: Callable = field(repr=False)
    backward: Callable = field(repr=False)
    identity: tuple
    theta_grid: Callable = field(default=affine_grid, repr=False)
    theta_grid_backward: Callable = field(default=affine_grid_backward, repr=False)

    def grid(self, parameters: np.ndarray, size: tuple, align_corners: bool = False) -> np.ndarray:
        """The grid of a batch's parameters, as in `affine_grid`."""
        return self.theta_grid(self.forward(parameters), size, align_corners)

    def grid_backward(self, d_grid: np.ndarray, parameters: np.ndarray, align_corners: bool = False) -> np.ndarray:
        """Gradient of `grid` with respect to the parameters."""
        d_theta = self.theta_grid_backward(d_grid, self.forward(parameters), align_corners)
        return self.backward(d_theta, parameters)


def tps_transform(control_shape, name: str = "tps") -> Transform:
    """The family of thin-plate splines through a regular grid of control points: ``2 * rows * columns`` parameters."""
    count = len(control_points(control_shape))
    return Transform(
        name,
        partial(tps_displacements, count=count),
        partial(tps_displacements_backward, count=count),
        (0.0,) * (2 * count),
        partial(tps_grid, points=control_shape),
        partial(tps_grid_backward, points=control_shape),
    )


TRANSFORMS = {
    family.name: family
    for family in (
        Transform("translation", theta.translation_theta, theta.translation_theta_backward, (0.0, 0.0)),
        Transform("rotation", theta.rotation_theta, theta.rotation_theta_backward, (0.0,)),
        Transform("attention", theta.attention_theta, theta.attention_theta_backward, (1.0, 0.0, 0.0)),
        Transform("similarity", theta.similarity_theta, theta.similarity_theta_backward, (1.0, 0.0, 0.0, 0.0)),
        Transform("affine", theta.affine_theta, theta.affine_theta_backward, (1.0, 0.0, 0.0, 0.0, 1.0, 0.0)),
        Transform("affine-exp", affine_exp_theta, affine_exp_theta_backward, (0.0,) * 6),
        Transform(
            "projective",
            projective_theta,
            projective_theta_backward,
            (1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0),
            projective_grid,
            projective_grid_backward,
        ),
        tps_transform((4, 4)),
    )
}


def as_transform(transform: str | Transform) -> Transform:
    """The family of a name in `TRANSFORMS`; a `Transform` is returned as it is."""
    if isinstance(transform, Transform):
        return transform
    check_choice("transform", transform, tuple(TRANSFORMS))
    return TRANSFORMS[transform]
