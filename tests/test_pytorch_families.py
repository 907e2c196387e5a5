"""The families of transformations in torch: the same names, grids and gradients as in NumPy."""

import numpy as np
import pytest
import torch
from support import normal
from tolerances import assert_agrees

from stn_numpy import projective, pytorch, tps
from stn_numpy.families import TRANSFORMS, tps_transform
from stn_numpy.pytorch.projective import projective_grid
from stn_numpy.pytorch.tps import bending_energy, tps_grid
from stn_numpy.sampler import grid_sample, grid_sample_backward

SIZE = (4, 2, 5, 7)


def torch_gradient(forward, array, d_out):
    """What torch computes, and its gradient for the array."""
    leaf = torch.tensor(array, requires_grad=True)
    out = forward(leaf)
    out.backward(torch.tensor(d_out))
    return out.detach().numpy(), leaf.grad.numpy()


def test_the_same_names_and_starts():
    assert list(pytorch.TRANSFORMS) == list(TRANSFORMS)
    for name, family in TRANSFORMS.items():
        assert pytorch.TRANSFORMS[name].identity == family.identity


@pytest.mark.parametrize("name", TRANSFORMS)
def test_the_same_grid_and_gradient(name, dtype, align_corners):
    ours, theirs = TRANSFORMS[name], pytorch.TRANSFORMS[name]
    parameters = (ours.identity + 0.3 * normal(0, (4, len(ours.identity)))).astype(dtype)
    d_grid = normal(1, (4, 5, 7, 2), dtype)
    grid, d_parameters = torch_gradient(lambda p: theirs.grid(p, SIZE, align_corners), parameters, d_grid)
    assert_agrees(grid, ours.grid(parameters, SIZE, align_corners))
    assert_agrees(d_parameters, ours.grid_backward(d_grid, parameters, align_corners), unit=50)


@pytest.mark.parametrize("name", TRANSFORMS)
def test_the_start_does_nothing(name, dtype, align_corners):
    family = pytorch.TRANSFORMS[name]
    grid = family.grid(torch.tensor([family.identity] * 4, dtype=getattr(torch, dtype)), SIZE, align_corners)
    assert_agrees(grid.numpy(), TRANSFORMS["affine"].grid(np.array([[1, 0, 0, 0, 1, 0]] * 4, dtype), SIZE,
                                                          align_corners))


@pytest.mark.parametrize("scale", [1, 5, 20])
def test_the_same_exponential_of_large_numbers(scale, dtype):
    parameters = (scale * normal(0, (6, 6)) / 2).astype(dtype)
    for one in parameters:
        found = pytorch.TRANSFORMS["affine-exp"].forward(torch.tensor(one[None])).numpy()
        assert_agrees(found, TRANSFORMS["affine-exp"].forward(one[None]))


@pytest.mark.parametrize("row", [[2, 0, 1], [1, 0, 1], [-2, 0.5, -1], [1, 0, 0], [0, 0, 0]], ids=str)
def test_the_same_horizon(row, dtype):
    theta = np.array([[[1, 0.1, 0.07], [0.2, 1, 0.31], row]], dtype)
    d_grid = normal(1, (1, 7, 9, 2), dtype)
    grid, d_theta = torch_gradient(lambda theta: projective_grid(theta, (1, 1, 7, 9), True), theta, d_grid)
    expected = projective.projective_grid(theta, (1, 1, 7, 9), align_corners=True)
    far = np.abs(expected) == projective.FAR
    np.testing.assert_array_equal(grid[far], expected[far])
    assert_agrees(grid[~far], expected[~far])
    assert_agrees(d_theta, projective.projective_grid_backward(d_grid, theta, align_corners=True))
    assert far.any() and np.isfinite(d_theta).all()


@pytest.mark.parametrize("kind", ["regular", "scattered", "coincident"])
def test_the_same_spline_with_points_of_ones_own(kind, dtype, align_corners):
    points = {"regular": tps.control_points((3, 5)), "scattered": normal(3, (6, 2)),
              "coincident": np.concatenate([tps.control_points(3), np.zeros((1, 2))])}[kind]
    moved, d_grid = normal(0, (4, len(points), 2), dtype), normal(1, (4, 5, 7, 2), dtype)
    grid, d_moved = torch_gradient(lambda d: tps_grid(d, SIZE, align_corners, points), moved, d_grid)
    assert_agrees(grid, tps.tps_grid(moved, SIZE, align_corners, points), unit=10)
    assert_agrees(d_moved, tps.tps_grid_backward(d_grid, moved, align_corners, points), unit=50)
    energy, d_moved = torch_gradient(lambda d: bending_energy(d, points), moved, d_grid[:, 0, 0, 0])
    assert_agrees(energy, tps.bending_energy(moved, points), unit=100)
    assert_agrees(d_moved, tps.bending_energy_backward(d_grid[:, 0, 0, 0], moved, points), unit=100)


def test_the_same_family_of_any_control_shape(dtype):
    ours, theirs = tps_transform((2, 3)), pytorch.families.tps_transform((2, 3))
    assert ours.identity == theirs.identity
    parameters = normal(0, (4, 12), dtype)
    assert_agrees(theirs.grid(torch.tensor(parameters), SIZE).numpy(), ours.grid(parameters, SIZE))


@pytest.mark.parametrize("name", TRANSFORMS)
def test_the_same_reading(name, align_corners):
    """Through the sampler: images and parameters."""
    transformer = pytorch.SpatialTransformer(torch.nn.Identity(), name, (5, 7), align_corners=align_corners)
    identity = TRANSFORMS[name].identity
    parameters = identity + 0.1 * normal(0, (2, len(identity)))
    images, d_out = normal(1, (2, 3, 8, 6)), normal(2, (2, 3, 5, 7))
    out, d_parameters = torch_gradient(lambda p: transformer.sample(torch.tensor(images), p), parameters, d_out)
    grid = TRANSFORMS[name].grid(parameters, d_out.shape, align_corners)
    assert_agrees(out, grid_sample(images, grid, align_corners=align_corners))
    _, d_grid = grid_sample_backward(d_out, images, grid, align_corners=align_corners)
    assert_agrees(d_parameters, TRANSFORMS[name].grid_backward(d_grid, parameters, align_corners), unit=200)


@pytest.mark.parametrize("name", ["affine-exp", "projective", "tps"])
def test_compiles_as_one_graph(name):
    """Nothing in it goes back to Python: no control flow by values, no system solved on the way."""
    family = pytorch.TRANSFORMS[name]
    parameters = torch.tensor(family.identity) + torch.tensor(0.1 * normal(0, (4, len(family.identity)), "float32"))
    compiled = torch.compile(lambda p: family.grid(p, SIZE), fullgraph=True, backend="eager")
    torch.testing.assert_close(compiled(parameters), family.grid(parameters, SIZE))
