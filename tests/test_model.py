"""Classifiers of rising strength, alone and behind a transformer."""

import numpy as np
import pytest
from support import assert_refused, normal
from tolerances import FINITE_DIFFERENCES, assert_agrees
from torch import nn
from twins import (
    TorchClassifier,
    TorchLocalisation,
    TorchTransformer,
    as_functions,
    assert_same_as_twin,
    data_of,
    randomise,
)

import stn_numpy
from stn_numpy import pytorch
from stn_numpy.families import TRANSFORMS
from stn_numpy.gradcheck import gradcheck
from stn_numpy.localisation import LocalisationNetwork
from stn_numpy.model import Classifier
from stn_numpy.transformer import SpatialTransformer

SHAPE = (2, 9, 8)
CNN = dict(channels=(2, 3), kernel_sizes=(3, 2))

# kind, options, the same network in torch on 2 x 9 x 8 images
NETWORKS = {
    "linear": ("linear", {}, lambda: [nn.Flatten(), nn.Linear(144, 4)]),
    "linear, deep": (
        "linear",
        dict(hidden=(5, 3)),
        lambda: [nn.Flatten(), nn.Linear(144, 5), nn.Linear(5, 3), nn.Linear(3, 4)],
    ),
    "fcn": (
        "fcn",
        dict(hidden=(5, 3)),
        lambda: [nn.Flatten(), nn.Linear(144, 5), nn.ReLU(), nn.Linear(5, 3), nn.ReLU(), nn.Linear(3, 4)],
    ),
    "cnn": (
        "cnn",
        CNN,
        lambda: [
            nn.Conv2d(2, 2, 3),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Conv2d(2, 3, 2),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Flatten(),
            nn.Linear(3, 4),
        ],
    ),
    "cnn, hidden": (
        "cnn",
        dict(channels=(2,), kernel_sizes=(3,), hidden=(5, 3)),
        lambda: [
            nn.Conv2d(2, 2, 3),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Flatten(),
            nn.Linear(18, 5),
            nn.ReLU(),
            nn.Linear(5, 3),
            nn.ReLU(),
            nn.Linear(3, 4),
        ],
    ),
}


def transformer(image_shape=SHAPE, dtype="float64", transform="affine", size=None, **options):
    options = options or dict(channels=(2,), kernel_size=3, hidden=(3,))
    network = LocalisationNetwork(image_shape, TRANSFORMS[transform].identity, rng=7, dtype=dtype, **options)
    return SpatialTransformer(network, transform, size)


def torch_transformer(in_channels, flat, size=None):
    features = nn.Conv2d(in_channels, 2, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(flat, 3)
    return TorchTransformer(TorchLocalisation(*features, nn.ReLU(), final=nn.Linear(3, 6)), "affine", size)


@pytest.fixture(params=NETWORKS)
def name(request):
    return request.param


def test_same_as_torch(name, dtype):
    kind, options, twin = NETWORKS[name]
    model = Classifier(SHAPE, kind, 4, rng=0, dtype=dtype, **options)
    assert_same_as_twin(randomise(model), TorchClassifier(*twin()), normal(1, (3, *SHAPE), dtype), unit=30)


def test_same_as_torch_behind_a_transformer(name, dtype):
    """The classifier is built for what comes out of the transformer, here smaller than what goes in."""
    kind, options, twin = NETWORKS[name]
    front = transformer((2, 12, 14), dtype, size=SHAPE[1:])
    model = Classifier((2, 12, 14), kind, 4, front, rng=0, dtype=dtype, **options)
    twin = TorchClassifier(*twin(), transformer=torch_transformer(2, 2 * 6 * 7, SHAPE[1:]))
    assert_same_as_twin(randomise(model, scale=0.2), twin, normal(1, (3, 2, 12, 14), dtype), unit=30)


def test_backward_is_the_finite_difference():
    model = randomise(Classifier((1, 9, 8), "cnn", 3, transformer((1, 9, 8)), dtype="float64", **CNN))
    errors = gradcheck(*as_functions(model), [normal(1, (2, 1, 9, 8)), *data_of(model)])
    assert len(errors) == 1 + 6 + 6 and max(errors) < FINITE_DIFFERENCES, errors


def test_a_transformer_at_its_start_changes_nothing(name):
    kind, options, _ = NETWORKS[name]
    alone = Classifier(SHAPE, kind, 4, rng=0, dtype="float64", **options)
    behind = Classifier(SHAPE, kind, 4, transformer(), rng=0, dtype="float64", **options)
    images = normal(1, (3, *SHAPE))
    logits, d_logits = alone(images), normal(2, (3, 4))
    assert_agrees(behind(images), logits)
    assert_agrees(behind.backward(d_logits), alone.backward(d_logits))


def bend(model, seed=1):
    """f(a + b) - f(a) - f(b) + f(0): zero for every pair if and only if f is linear, but for a constant."""
    a, b = normal(seed, (2, 5, *SHAPE))
    return np.abs(model(a + b) - model(a) - model(b) + model(0 * a)).max()


def test_a_linear_classifier_stays_linear_however_deep():
    for hidden in [(), (7,), (7, 5, 6)]:
        model = randomise(Classifier(SHAPE, "linear", hidden=hidden, dtype="float64"))
        assert bend(model) < 1e-12 * np.abs(model(normal(1, (5, *SHAPE)))).max()
    model = randomise(Classifier(SHAPE, "linear", transformer=transformer(), dtype="float64"))
    assert bend(model) > 0.1


@pytest.mark.parametrize("name", ["fcn", "cnn"])
def test_the_others_bend(name):
    kind, options, _ = NETWORKS[name]
    assert bend(randomise(Classifier(SHAPE, kind, dtype="float64", **options))) > 0.1


COUNTS = {
    "linear": (dict(kind="linear"), 784 * 10 + 10),
    "linear, deep": (dict(kind="linear", hidden=(43,)), 784 * 43 + 43 + 43 * 10 + 10),
    "fcn": (dict(kind="fcn", hidden=(128,)), 784 * 128 + 128 + 128 * 10 + 10),
    "fcn of three classes": (dict(kind="fcn", hidden=(8, 4), classes=3), 784 * 8 + 8 + 8 * 4 + 4 + 4 * 3 + 3),
    "cnn": (dict(kind="cnn"), (81 * 16 + 16) + (49 * 16 * 32 + 32) + (32 * 2 * 2 * 10 + 10)),
}


@pytest.mark.parametrize("case", COUNTS)
def test_parameter_counts(case):
    options, expected = COUNTS[case]
    model = Classifier((1, 28, 28), rng=0, **options)
    assert model.parameter_count() == sum(p.data.size for p in model.parameters()) == expected
    assert model(normal(0, (2, 1, 28, 28), "float32")).shape == (2, options.get("classes", 10))


def test_a_transformer_brings_its_own_parameters():
    front = transformer((1, 28, 28), kind="fcn", hidden=(32, 32))
    model = Classifier((1, 28, 28), "linear", transformer=front, dtype="float64")
    assert front.parameter_count() == 784 * 32 + 32 + 32 * 32 + 32 + 32 * 6 + 6
    assert model.parameter_count() == 7850 + front.parameter_count()
    whole = {id(p) for p in model.parameters()}
    parts = [{id(p) for p in part.parameters()} for part in (model.network, model.transformer)]
    assert whole == parts[0] | parts[1] and not parts[0] & parts[1]
    assert {name.split(".")[0] for name in model.named_parameters()} == {"network", "transformer"}


def test_a_seed_decides_the_first_weights(name):
    kind, options, _ = NETWORKS[name]

    def build(rng):
        return data_of(Classifier(SHAPE, kind, rng=rng, **options))

    assert all(np.array_equal(*pair) for pair in zip(build(3), build(np.random.default_rng(3)), strict=True))
    assert not np.array_equal(build(3)[0], build(4)[0]) and not np.array_equal(build(None)[0], build(None)[0])


BAD = {
    "unknown kind": (dict(kind="mlp"), "kind", "'linear', 'fcn', 'cnn'", "'mlp'"),
    "no classes": (dict(classes=0), "classes", "at least 1", "0"),
    "image without channels": (dict(image_shape=(28, 28)), "image_shape", "(C, H, W)", "(28, 28)"),
    "kernels for other channels": (dict(channels=(3,)), "kernel_sizes", "channels=(3,)", "(9, 7)"),
    "channels as a number": (dict(channels=16), "channels", "sequence", "16"),
    "no channels": (dict(channels=(0, 2)), "channels", "at least 1", "0"),
    "no kernel": (dict(kernel_sizes=(3, 0)), "kernel_sizes", "at least 1", "0"),
    "image too small": (dict(image_shape=(1, 8, 8)), "kernel_size", "8", "9"),
    "a hidden layer of none": (dict(kind="fcn", hidden=(0,)), "hidden", "at least 1", "0"),
    "hidden as a number": (dict(kind="fcn", hidden=32), "hidden", "sequence", "32"),
    "whole numbers": (dict(dtype="int32"), "dtype", "float32 or float64", "int32"),
}


@pytest.mark.parametrize("library", [stn_numpy, pytorch], ids=["numpy", "torch"])
@pytest.mark.parametrize("kind", ["linear", "fcn"])
def test_what_only_convolutions_have_is_refused_without_them(kind, library):
    for option in (dict(channels=(4,)), dict(kernel_sizes=(3,))):
        ((name, value),) = option.items()
        assert_refused(lambda option=option: library.Classifier((1, 28, 28), kind, **option), name, "None", str(value))


@pytest.mark.parametrize("case", BAD)
def test_bad_arguments_are_refused(case):
    changed, *message = BAD[case]
    assert_refused(lambda: Classifier(**dict(image_shape=(1, 28, 28)) | changed), *message)
