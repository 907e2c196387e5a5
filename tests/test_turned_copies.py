"""Turned copies: the sum over directions and its gradients, and that a turn of the picture permutes the shares."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from hypothesis import given
from support import assert_refused, assert_same_as_torch, counts, normal, seeds
from tolerances import FINITE_DIFFERENCES, assert_agrees

from stn_numpy import SGD, affine_sample, marginalise, marginalise_backward, pytorch, rotation_angle, turned_thetas
from stn_numpy.gradcheck import gradcheck
from stn_numpy.layer import Conv2d, Flatten, Linear, MaxPool2d, ReLU, Sequential
from stn_numpy.loss import cross_entropy, cross_entropy_backward, softmax
from stn_numpy.pytorch import turned_copies
from stn_numpy.turned_copies import TurnedCopies


def draw(seed, count, turns=4, classes=3, dtype="float64"):
    return [normal(seed, (count, turns, classes), dtype), normal(seed + 1, (count, turns), dtype)]


def small_network(channels=1, side=8, classes=3, dtype="float64", rng=0):
    """A network of copies of 8 x 8 pixels: logits of three classes, and a score."""
    rng = np.random.default_rng(rng)
    convolution = Conv2d(channels, 4, 3, rng=rng, dtype=dtype)
    width = 4 * ((side - 2) // 2) ** 2
    return Sequential(convolution, ReLU(), MaxPool2d(2), Flatten(), Linear(width, classes + 1, rng, dtype))


def test_by_hand():
    """Two copies, two classes: the first, with a share of three quarters, is sure to nine tenths; the second is not."""
    logits = np.log([[[0.9, 0.1], [0.5, 0.5]]])
    scores = np.log([[3.0, 1.0]])
    expected = [[0.75 * 0.9 + 0.25 * 0.5, 0.75 * 0.1 + 0.25 * 0.5]]
    assert_agrees(np.exp(marginalise(logits, scores)), np.array(expected))


def test_the_gradient_of_the_scores_is_the_share_less_the_posterior():
    """By hand, for minus the log-probability of the first class: posteriors 0.675 and 0.125 of 0.8."""
    logits, scores = np.log([[[0.9, 0.1], [0.5, 0.5]]]), np.log([[3.0, 1.0]])
    _, d_scores = marginalise_backward(np.array([[-1.0, 0.0]]), logits, scores)
    assert_agrees(d_scores, np.array([[0.75 - 0.675 / 0.8, 0.25 - 0.125 / 0.8]]))


def test_entropy_of_shares():
    """One copy that has it all, two that halve it, and all four alike; its gradient for a score is -p (log p + H)."""
    scores = torch.tensor([[50.0, 0, 0, 0], [50, 50, 0, 0], [1, 1, 1, 1]], dtype=torch.float64)
    expected = torch.log(torch.tensor([1.0, 2.0, 4.0], dtype=torch.float64))
    torch.testing.assert_close(turned_copies.share_entropy(scores), expected)
    scores = torch.randn(3, 5, dtype=torch.float64, generator=torch.Generator().manual_seed(0)).requires_grad_()
    entropy = turned_copies.share_entropy(scores)
    (gradient,) = torch.autograd.grad(entropy.sum(), scores)
    shares = scores.detach().softmax(1)
    torch.testing.assert_close(gradient, -shares * (shares.log() + entropy.detach()[:, None]))


@given(count=counts, seed=seeds)
def test_probabilities_add_up_to_one(dtype, count, seed):
    out = marginalise(*draw(seed, count, dtype=dtype))
    assert_agrees(np.exp(out).sum(axis=1), np.ones(count, dtype))


@given(count=counts, seed=seeds)
def test_same_as_torch(dtype, count, seed):
    assert_same_as_torch(marginalise, marginalise_backward, turned_copies.marginalise, draw(seed, count, dtype=dtype))


@given(seed=seeds)
def test_same_as_sums_of_probabilities(seed):
    logits, scores = draw(seed, 2)
    shares, right = softmax(scores), np.stack([softmax(one) for one in logits])
    assert_agrees(np.exp(marginalise(logits, scores)), (shares[:, :, None] * right).sum(axis=1))


@given(count=counts, seed=seeds)
def test_backward_is_the_finite_difference(count, seed):
    errors = gradcheck(marginalise, marginalise_backward, draw(seed, count))
    assert len(errors) == 2 and max(errors) < FINITE_DIFFERENCES


def test_large_numbers_do_not_overflow(dtype):
    logits, scores = np.array([[[3e4, -3e4], [-3e4, 3e4]]], dtype), np.array([[3e4, -3e4]], dtype)
    out = marginalise(logits, scores)
    gradients = marginalise_backward(np.ones_like(out), logits, scores)
    assert all(np.isfinite(numbers).all() for numbers in (out, *gradients)) and abs(out[0, 0]) < 1e-3


def test_thetas_are_the_compass():
    """Of eight directions the third reads with heading 90: the output's upper side looks at the right."""
    thetas = turned_thetas(8, np.float64)
    assert_agrees(np.degrees(rotation_angle(thetas)) % 360, np.arange(8) * 45.0, unit=360)
    np.testing.assert_allclose(thetas[2] @ [0, -1, 1], [1, 0], atol=1e-12)


@pytest.mark.parametrize("size", [None, 8])
def test_same_as_the_torch_twin(dtype, size):
    """Output, and the gradients of the image and of all weights."""
    side = size or 10
    layer = TurnedCopies(small_network(2, side, dtype=dtype), 5, size)
    twin, image = pytorch.from_numpy(layer), normal(3, (3, 2, 10, 10), dtype)
    tensor = torch.tensor(image, requires_grad=True)
    expected, d_out = twin(tensor), normal(4, (3, 3), dtype)
    expected.backward(torch.tensor(d_out))
    assert_agrees(layer(image), expected.detach().numpy().astype(dtype), unit=10)
    assert_agrees(layer.backward(d_out), tensor.grad.numpy(), unit=20)
    for name, parameter in layer.named_parameters().items():
        assert_agrees(parameter.grad, twin.get_parameter(name).grad.numpy(), unit=50)
    assert_agrees(layer.theta, twin.transformer.theta(tensor).detach().numpy())
    back = pytorch.to_numpy(twin)
    assert (back.turns, back.size) == (layer.turns, layer.size)
    assert_agrees(back(image), layer(image))


def test_a_turn_of_the_picture_moves_the_shares_by_one_place():
    """A round picture within the corners, turned by a quarter, so that interpolation changes nothing; K = 4 and 8."""
    middle = np.hypot(*(np.indices((10, 10)) - 4.5)) < 4.6
    image = normal(0, (2, 1, 10, 10)) * middle
    turned = np.rot90(image, -1, (2, 3)).copy()  # clockwise: the heading grows by 90 degrees
    for turns in (4, 8):
        layer = TurnedCopies(small_network(1, 10), turns)
        before, shares, theta = layer(image), layer.shares, layer.theta
        assert np.ptp(shares, axis=1).min() > 0.01
        assert_agrees(layer(turned), before)
        assert_agrees(layer.shares, np.roll(shares, turns // 4, axis=1))
        moved = np.degrees(rotation_angle(layer.theta) - rotation_angle(theta)) % 360
        assert_agrees(moved, np.full(2, 90.0), unit=360)


def test_it_finds_an_up_from_classes_alone():
    """Bars with a head, at any of eight headings, in two kinds; nothing but the kind is given."""
    rng = np.random.default_rng(0)
    upright = np.zeros((2, 1, 12, 12))
    upright[:, :, 2:10, 5:7] = 1
    upright[0, :, 2:4, 3:9] = 1  # a hammer
    upright[1, :, 2:5, 5:11] = 1  # a flag
    layer, headings = TurnedCopies(small_network(1, 12, 2, rng=1), 8), np.arange(8)
    optimizer, back = SGD(layer.parameters(), 0.05, 0.9), turned_thetas(8, np.float64)
    for _ in range(150):
        kinds, heading = rng.integers(2, size=16), rng.integers(8, size=16)
        images = affine_sample(upright[kinds], back[-heading % 8], (16, 1, 12, 12))
        d_out = cross_entropy_backward(1.0, layer(images), kinds)
        layer.zero_grad()
        layer.backward(d_out)
        optimizer.step()
    for kind in (0, 1):
        out = layer(affine_sample(upright[[kind] * 8], back[-headings % 8], (8, 1, 12, 12)))
        assert cross_entropy(out, np.full(8, kind)) < 0.1
        assert len(set((layer.shares.argmax(axis=1) - headings) % 8)) <= 2  # the same up for all headings, or nearly


def test_the_best_turn_is_a_transformer():
    """The transformer of the torch twin reads the copy with the largest share."""
    torch.manual_seed(0)
    twin = pytorch.from_numpy(TurnedCopies(small_network(), 6)).double()
    image = torch.tensor(normal(1, (4, 1, 8, 8)))
    best = twin.shares(image).argmax(1)
    assert len(set(best.tolist())) > 1
    torch.testing.assert_close(twin.transformer(image), twin.copies(image)[torch.arange(4), best])
    assert not list(twin.transformer.parameters()) or "transformer" not in dict(twin.named_children())


def test_the_loss_is_that_of_the_classes():
    """The output is log-probabilities: cross-entropy adds nothing to them."""
    twin = pytorch.from_numpy(TurnedCopies(small_network(), 6))
    out, labels = twin(torch.tensor(normal(1, (4, 1, 8, 8)))), torch.tensor([0, 2, 1, 1])
    torch.testing.assert_close(F.cross_entropy(out, labels), -out[torch.arange(4), labels].mean())


def test_refusals():
    logits, scores = draw(0, 2)
    assert_refused(lambda: marginalise(logits, scores[:, 1:]), "scores", "(N=2, K=4)", "(2, 3)")
    assert_refused(lambda: TurnedCopies(small_network(), 0), "turns", "at least 1", "0")
    assert_refused(lambda: marginalise_backward(scores, logits, scores), "d_out", "(2, 3)", "(2, 4)")
