"""log_polar_grid: rows are headings, columns are distances, a turn is a shift."""

import numpy as np
import torch
from hypothesis import given
from support import IDENTITY, assert_refused, assert_same_as_torch, counts, lengths, normal, seeds, thetas
from tolerances import FINITE_DIFFERENCES, assert_agrees

from book.experiments.aerial.arms import LOG_POLAR as IN_TORCH
from book.experiments.aerial.arms import log_polar_grid as twin
from stn_numpy import SpatialTransformer, Transform, grid_sample, log_polar_grid, log_polar_grid_backward, pytorch
from stn_numpy.gradcheck import gradcheck
from stn_numpy.layer import Flatten, Linear, Sequential
from stn_numpy.theta import translation_theta, translation_theta_backward


def test_by_hand(dtype):
    """Four directions, two distances with the least one a quarter: up, right, down and left of the middle."""
    points = log_polar_grid(thetas(IDENTITY, dtype=dtype), (1, 1, 5, 3), align_corners=True, least_radius=0.25)
    expected = np.array(
        [
            [[0, -0.25], [0, -0.5], [0, -1]],
            [[0.25, 0], [0.5, 0], [1, 0]],
            [[0, 0.25], [0, 0.5], [0, 1]],
            [[-0.25, 0], [-0.5, 0], [-1, 0]],
            [[0, -0.25], [0, -0.5], [0, -1]],
        ],
        dtype,
    )
    assert_agrees(points, expected[None])


@given(count=counts, height=lengths, width=lengths, seed=seeds)
def test_same_as_the_torch_twin(dtype, align_corners, count, height, width, seed):
    size = (count, 2, height, width)
    assert_same_as_torch(
        lambda theta: log_polar_grid(theta, size, align_corners=align_corners),
        lambda d_grid, theta: log_polar_grid_backward(d_grid, theta, align_corners=align_corners),
        lambda theta: twin(theta, size, align_corners),
        [normal(seed, (count, 2, 3), dtype)],
        unit=height * width,
    )


@given(seed=seeds)
def test_backward_is_the_finite_difference(align_corners, seed):
    def forward(theta):
        return log_polar_grid(theta, (2, 1, 4, 3), align_corners=align_corners)

    def backward(d_grid, theta):
        return log_polar_grid_backward(d_grid, theta, align_corners=align_corners)

    assert max(gradcheck(forward, backward, [normal(seed, (2, 2, 3))])) < FINITE_DIFFERENCES


def test_a_turn_moves_the_rows_and_a_scale_the_columns():
    """A frame turned by two of eight rows, clockwise; and one scaled by one of four columns."""
    size, plain = (1, 1, 8, 4), thetas(IDENTITY)
    quarter = thetas([[0, -1, 0], [1, 0, 0]])
    grid = log_polar_grid(plain, size)
    assert_agrees(log_polar_grid(quarter, size), np.roll(grid, -2, axis=1))
    step = 0.05 ** (-1 / 4)
    assert_agrees(log_polar_grid(plain * step, size)[:, :, :-1], grid[:, :, 1:])


def test_turning_a_picture_moves_its_log_polar_picture():
    """A smooth picture, turned by a quarter clockwise: what was read in row i is read a quarter of the rows later."""
    y, x = np.indices((40, 40)) / 19.5 - 1
    image = (np.exp(-4 * ((x - 0.2) ** 2 + (y + 0.3) ** 2)) + 0.5 * x)[None, None]
    grid = log_polar_grid(thetas(IDENTITY), (1, 1, 16, 8))
    before = grid_sample(image, grid)
    after = grid_sample(np.rot90(image, -1, (2, 3)).copy(), grid)
    assert_agrees(after, np.roll(before, 4, axis=2))
    assert np.ptp(before, axis=2).max() > 0.5


def test_as_a_family_it_finds_a_centre_by_gradients(dtype):
    """In both libraries: the same output, and the same gradients of the weights that choose the centre."""
    localisation = Sequential(Flatten(), Linear(36, 2, 0, dtype))
    maps = translation_theta, translation_theta_backward, (0.0, 0.0), log_polar_grid, log_polar_grid_backward
    layer = SpatialTransformer(localisation, Transform("log-polar", *maps), (8, 5))
    image = normal(2, (2, 1, 6, 6), dtype)
    linear = torch.nn.Linear(36, 2, dtype=getattr(torch, dtype))
    with torch.no_grad():
        linear.weight.copy_(torch.tensor(localisation.layers[1].weight.data))
        linear.bias.copy_(torch.tensor(localisation.layers[1].bias.data))
    module = pytorch.SpatialTransformer(torch.nn.Sequential(torch.nn.Flatten(), linear), IN_TORCH, (8, 5))
    out = module(torch.tensor(image))
    d_out = normal(3, out.shape, dtype)
    out.backward(torch.tensor(d_out))
    assert_agrees(layer(image), out.detach().numpy())
    layer.backward(d_out)
    assert_agrees(localisation.layers[1].weight.grad, linear.weight.grad.numpy(), unit=100)


def test_refusals():
    assert_refused(lambda: log_polar_grid(np.zeros((1, 3, 3)), (1, 1, 2, 2)), "theta", "(N, 2, 3)", "(1, 3, 3)")
