"""Undo a known distortion: fit the parameters of one family to each picture, by gradient descent on its pixels."""

import numpy as np

from stn_numpy.check import check_arrays, check_whole
from stn_numpy.families import Transform, as_transform
from stn_numpy.grid import affine_grid
from stn_numpy.layer import Parameter
from stn_numpy.optimizer import Adam
from stn_numpy.sampler import grid_sample, grid_sample_backward
from stn_numpy.tps import bending_energy_backward, control_points, tps_displacements, tps_grid, tps_grid_backward

BOUNDED_SPAN = 0.9  # of the control points of `bounded_tps_transform`, since tanh never reaches 1


def undo(images, target, transform, steps=200, rate=0.03, bending=0.0, points=None):
    """The parameters (N, P) of one family, fitted to each of the distorted pictures (N, C, H, W), so that its output
    comes close to the target (N, C, h, w): the loss of each is half the sum of its squared differences.

    Adam starts at the identity with a `rate` in the parameters' own units, which falls to zero in a straight line;
    `bending` is the weight of a spline's bending energy in the loss, `points` its control points, as in `tps_grid`.
    """
    check_arrays(images=(images, "N C H W"), target=(target, "N C h w"))
    transform = as_transform(transform)
    if bending and points is None:
        raise ValueError(f"points: expected the spline's control points to go with bending={bending}, got None")
    fitted = Parameter(np.tile(np.array(transform.identity, images.dtype), (len(images), 1)))
    optimizer = Adam([fitted], rate)
    for step in range(check_whole("steps", steps, 0)):
        optimizer.groups[0]["lr"] = rate * (1 - step / steps)
        theta = transform.forward(fitted.data)
        grid = transform.theta_grid(theta, target.shape, align_corners=False)
        wrong = grid_sample(images, grid, align_corners=False) - target
        d_grid = grid_sample_backward(wrong, images, grid, align_corners=False)[1]
        d_theta = transform.theta_grid_backward(d_grid, theta, align_corners=False)
        if bending:
            d_theta = d_theta + bending_energy_backward(np.full(len(theta), bending, theta.dtype), theta, points)
        fitted.grad[...] = transform.backward(d_theta, fitted.data)
        optimizer.step()
    return fitted.data


def places_shown(grid, distortion_grid):
    """The place of the undistorted picture that each output pixel shows in the end: (N, h, w, 2), normalised units, if
    the transformer reads by `grid` (N, h, w, 2), after the distortion has read by `distortion_grid` (N, H, W, 2)."""
    check_arrays(grid=(grid, "N h w 2"), distortion_grid=(distortion_grid, "N H W 2"))
    # Between pixels the distortion's map is interpolated; beyond the picture its displacement goes on as at the edge.
    moved = np.ascontiguousarray((distortion_grid - straight(distortion_grid)).transpose(0, 3, 1, 2))
    there = grid_sample(moved, grid, padding_mode="border", align_corners=False)
    return grid + there.transpose(0, 2, 3, 1)


def places_left(grid, distortion_grid, ink):
    """The distance of an output's content from its right place: (N,), root mean square over the ink (N, h, w) of the
    undistorted picture, in pixels. The loss does not measure it: strokes read from elsewhere can look right."""
    height, width = grid.shape[1:3]
    off = (places_shown(grid, distortion_grid) - straight(grid)) * [width / 2, height / 2]
    return np.sqrt(((off**2).sum(axis=3) * ink).sum(axis=(1, 2)) / ink.sum(axis=(1, 2)))


def folded(grid):
    """Which grids (N, h, w, 2) turn some patch over: where the steps to the right and down span a negative area."""
    right, down = grid[:, :-1, 1:] - grid[:, :-1, :-1], grid[:, 1:, :-1] - grid[:, :-1, :-1]
    return (right[..., 0] * down[..., 1] < right[..., 1] * down[..., 0]).any(axis=(1, 2))


def straight(grid):
    """The grid of the same shape that shows a picture as it is."""
    batch, height, width, _ = grid.shape
    identity = np.tile(np.eye(2, 3, dtype=grid.dtype), (batch, 1, 1))
    return affine_grid(identity, (batch, 1, height, width), align_corners=False)


def bounded_tps_transform(control_shape):
    """Thin-plate splines whose control points cannot read outside the picture: their places are a tanh.

    The parameters are the places' inverse tanh. Source: Shi et al. 2016, Robust Scene Text Recognition with Automatic
    Rectification, section 3.1.1.
    """
    points = BOUNDED_SPAN * control_points(control_shape)
    count = len(points)

    def backward(d_displacements, parameters):
        return d_displacements.reshape(parameters.shape) * (1 - np.tanh(parameters) ** 2)

    return Transform(
        "tps, bounded",
        lambda parameters: tps_displacements(np.tanh(parameters), count) - points.astype(parameters.dtype),
        backward,
        tuple(np.arctanh(points).ravel().tolist()),
        lambda displacements, size, align_corners: tps_grid(displacements, size, align_corners, points),
        lambda d_grid, displacements, align_corners: tps_grid_backward(d_grid, displacements, align_corners, points),
    )
