"""compose_affine: two affine maps in a row as one, in NumPy and in torch, and transformers in series."""

import numpy as np
import pytest
import torch
from hypothesis import given
from support import IDENTITY, assert_refused, assert_same_as_torch, counts, normal, seeds, thetas
from tolerances import FINITE_DIFFERENCES, assert_agrees
from torch import nn

from book.experiments.more_than_one import series
from book.experiments.more_than_one.series import SeriesTransformer
from stn_numpy import affine_sample, compose_affine, compose_affine_backward
from stn_numpy.gradcheck import gradcheck

QUARTER = [[0.0, -1, 0], [1, 0, 0]]
RIGHT = [[1.0, 0, 0.5], [0, 1, 0]]


def whole(theta):
    """With the row (0, 0, 1) below: (N, 3, 3)."""
    return np.concatenate([theta, np.tile(np.array([[[0.0, 0, 1]]], theta.dtype), (len(theta), 1, 1))], axis=1)


@given(count=counts, seed=seeds)
def test_is_the_product_of_the_whole_matrices(dtype, count, seed):
    first, second = normal(seed, (2, count, 2, 3), dtype)
    assert_agrees(compose_affine(first, second), (whole(first) @ whole(second))[:, :2], unit=5)


@given(count=counts, seed=seeds)
def test_same_as_the_torch_twin(dtype, count, seed):
    pair = list(normal(seed, (2, count, 2, 3), dtype))
    assert_same_as_torch(compose_affine, compose_affine_backward, series.compose_affine, pair, unit=5)


@given(count=counts, seed=seeds)
def test_backward_is_the_finite_difference(count, seed):
    errors = gradcheck(compose_affine, compose_affine_backward, list(normal(seed, (2, count, 2, 3))))
    assert len(errors) == 2 and max(errors) < FINITE_DIFFERENCES


def test_order_by_hand(dtype):
    """A quarter turn reads the image and a look to the right reads what it shows, and the other way round."""
    quarter, right = thetas(QUARTER, dtype=dtype), thetas(RIGHT, dtype=dtype)
    assert_agrees(compose_affine(quarter, right), thetas([[0, -1, 0], [1, 0, 0.5]], dtype=dtype))
    assert_agrees(compose_affine(right, quarter), thetas([[0, -1, 0.5], [1, 0, 0]], dtype=dtype))


@pytest.mark.parametrize("align_corners", [False, True])
def test_one_warp_shows_what_two_in_a_row_show(align_corners):
    """Turns by quarters and steps of whole pixels need no mixing, so that both ways must give the same picture."""
    image = normal(3, (1, 2, 4, 4))
    step = thetas([[1, 0, 2 / (4 - align_corners)], [0, 1, 0]])
    first, second = thetas(QUARTER), step
    twice = affine_sample(
        affine_sample(image, first, image.shape, align_corners=align_corners),
        second,
        image.shape,
        align_corners=align_corners,
    )
    once = affine_sample(image, compose_affine(first, second), image.shape, align_corners=align_corners)
    assert_agrees(once, twice)
    wrong = affine_sample(image, compose_affine(second, first), image.shape, align_corners=align_corners)
    assert abs(wrong - twice).max() > 0.5


def test_the_identity_changes_nothing(dtype):
    theta = normal(4, (3, 2, 3), dtype)
    same = thetas(IDENTITY, 3, dtype)
    np.testing.assert_array_equal(compose_affine(theta, same), theta)
    np.testing.assert_array_equal(compose_affine(same, theta), theta)


def test_arguments_are_not_written():
    first, second = normal(0, (2, 3, 2, 3))
    first.flags.writeable = second.flags.writeable = False
    compose_affine(first, second)
    compose_affine_backward(normal(1, (3, 2, 3)), first, second)


def test_bad_input_is_refused():
    good = normal(0, (2, 2, 3))
    assert_refused(lambda: compose_affine(good[0], good), "first", "(N, 2, 3)", "(2, 3)")
    assert_refused(lambda: compose_affine(good, good[:1]), "second", "(N=2, 2, 3)", "(1, 2, 3)")
    assert_refused(lambda: compose_affine(good, good.astype("float32")), "second", "float64", "float32")
    assert_refused(lambda: compose_affine_backward(good[:1], good, good), "d_theta", "(N=2, 2, 3)", "(1, 2, 3)")


def localisation(seed):
    """Any small network whose output differs for every image."""
    torch.manual_seed(seed)
    last = nn.Linear(64, 6, dtype=torch.float64)
    with torch.no_grad():
        last.bias.add_(torch.tensor([1.0, 0, 0, 0, 1, 0]))
    return nn.Sequential(nn.Flatten(), last)


@pytest.fixture
def images():
    return torch.tensor(normal(5, (3, 1, 8, 8))) / 4


def test_a_series_of_one_is_a_transformer(images):
    transformer = SeriesTransformer([localisation(0)])
    assert torch.equal(transformer(images), transformer.steps[0](images))
    assert torch.equal(transformer.theta(images), transformer.steps[0].theta(images))


def test_each_step_corrects_what_those_before_show(images):
    """What is read, what the second network sees, and which theta comes of it."""
    transformer = SeriesTransformer([localisation(0), localisation(1)])
    one, two = transformer.steps
    joint = series.compose_affine(one.theta(images), two.theta(one(images)))
    assert torch.allclose(transformer.theta(images), joint, atol=1e-12)
    assert torch.allclose(transformer(images), two.sample(images, joint.flatten(1)), atol=1e-12)


def test_the_border_comes_back_by_composing():
    """Two networks that predict half a picture to the right and half a picture to the left, whatever the input."""
    image = torch.arange(1.0, 17).reshape(1, 1, 4, 4)

    def says(*numbers):
        last = nn.Linear(16, 6)
        with torch.no_grad():
            last.weight.zero_()
            last.bias.copy_(torch.tensor(numbers))
        return nn.Sequential(nn.Flatten(), last)

    steps = [says(1, 0, 1.0, 0, 1, 0), says(1, 0, -1.0, 0, 1, 0)]
    assert torch.allclose(SeriesTransformer(steps)(image), image)


def test_gradients_reach_every_network(images):
    """A network that occurs in the series twice learns from both places: its gradient is the sum of two equal ones."""
    shared = localisation(0)
    SeriesTransformer([shared, shared])(images).square().sum().backward()
    apart = [localisation(0), localisation(0)]
    SeriesTransformer(apart)(images).square().sum().backward()
    together = apart[0][1].weight.grad + apart[1][1].weight.grad
    assert torch.allclose(shared[1].weight.grad, together) and together.abs().max() > 0.01
