"""Both backends of a network: the same parameters, outputs, gradients and losses; whole batches in lanes."""

import numpy as np
import pytest
from support import assert_refused, away_from_zero, distinct, normal
from tolerances import assert_agrees
from twins import as_functions, data_of, randomise

import stn_numpy
from stn_numpy.layer import AvgPool2d, Conv2d, Flatten, Linear, MaxPool2d, ReLU, Sequential
from stn_numpy.localisation import LocalisationNetwork
from stn_numpy.model import Classifier
from stn_numpy.optimizer import Adam
from stn_numpy.theta import TRANSFORMS
from stn_numpy.training import load_checkpoint, save_checkpoint, train, training_step
from stn_numpy.transformer import SpatialTransformer
from stn_numpy.tutorial import tutorial_network

fast = pytest.importorskip("stn_numpy.fast.conv").__package__
SHAPE = (2, 9, 8)
BATCHES = [1, 7, 8, 16, 19]  # without lanes; half a group; one; more than one and the last one not full


def classifier(backend, dtype="float64"):
    """A small Classifier behind a SpatialTransformer, its parameters random."""
    localisation = LocalisationNetwork(SHAPE, TRANSFORMS["affine"].identity, channels=(3, 2), kernel_size=3, hidden=(5,),
                                       downsample=2, rng=0, dtype=dtype, backend=backend)
    front = SpatialTransformer(localisation, "affine", size=(8, 7), backend=backend)
    model = Classifier(SHAPE, "cnn", 4, front, channels=(2, 3), kernel_sizes=(3, 2), rng=1, dtype=dtype, backend=backend)
    randomise(model)
    localisation.final.bias.data[:] = [0.9, 0.13, 0.07, -0.11, 1.1, -0.05]
    return model


def image_layers(backend, dtype="float64"):
    """Every image layer, in orders and with options that the networks of this library do not have."""
    how = dict(dtype=dtype, backend=backend)
    return randomise(Sequential(
        ReLU(backend), Conv2d(2, 3, 3, padding=1, **how), MaxPool2d(3, 2, backend=backend), AvgPool2d(2, 1, backend),
        ReLU(backend), Conv2d(3, 1, 2, stride=2, padding=2, **how), MaxPool2d(2, 1, backend), ReLU(backend),
        Sequential(Conv2d(1, 2, 1, **how), backend=backend), Flatten(), Linear(2, 3, **how), backend=backend))


MODELS = {"classifier": classifier, "image layers": image_layers}


@pytest.mark.parametrize("batch", BATCHES)
@pytest.mark.parametrize("name", MODELS)
def test_same_outputs_and_gradients(name, batch, dtype):
    one, other = (MODELS[name](backend, dtype) for backend in ("numpy", "numba"))
    images = normal(1, (batch, *SHAPE), dtype)
    results = []
    for model in (one, other):
        forward, backward = as_functions(model)
        out = forward(images, *data_of(model))
        results.append([out, *backward(normal(2, out.shape, dtype), images, *data_of(model))])
    for expected, found in zip(*results, strict=True):
        assert np.abs(expected).max() > 1e-3
        assert_agrees(found, expected, unit=30)


def test_the_same_ten_losses(dtype):
    histories = []
    for backend in ("numpy", "numba"):
        model = tutorial_network(backend, seed=0, dtype=dtype)
        assert [p.data.sum() for p in model.parameters()] == [p.data.sum() for p in tutorial_network().parameters()] or (
            dtype == "float64")
        model.layers[0].localisation.layers[-1].bias.data[:] += 0.03
        histories.append(train(model, Adam(model.parameters()), lambda rng: batch_of(rng, dtype), 10, progress=False))
    losses = [np.array(history.losses, dtype) for history in histories]
    assert losses[0].min() < losses[0].max() - 0.01
    assert_agrees(losses[1], losses[0], unit=10)


def batch_of(rng, dtype):
    """Twenty blurred pictures, brighter at the place of their class."""
    labels = rng.integers(0, 10, 20)
    images = rng.standard_normal((20, 1, 28, 28))
    images = sum(np.roll(images, k, 2) + np.roll(images, k, 3) for k in range(3)) / 3
    for image, label in zip(images, labels):
        image[:, 4 + 2 * label:8 + 2 * label, 8:20] += 2
    return images.astype(dtype), labels
