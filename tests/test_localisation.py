"""The localisation network: any kind, depth, number of channels and size, and it starts as the identity."""

import numpy as np
import pytest
from support import assert_refused, normal
from tolerances import FINITE_DIFFERENCES
from torch import nn
from twins import TorchLocalisation, as_functions, assert_same_as_twin, data_of, randomise

import stn_numpy
from stn_numpy import pytorch
from stn_numpy.families import TRANSFORMS
from stn_numpy.gradcheck import gradcheck
from stn_numpy.grid import affine_grid
from stn_numpy.localisation import LocalisationNetwork
from stn_numpy.transformer import SpatialTransformer

IMAGE_SHAPES = [(1, 1, 1), (2, 5, 9), (3, 1, 7), (1, 28, 28), (3, 40, 30)]
AFFINE = TRANSFORMS["affine"].identity


def identifier(shape):
    return "x".join(map(str, shape))


@pytest.fixture(params=IMAGE_SHAPES, ids=identifier)
def image_shape(request):
    return request.param


@pytest.fixture(params=["cnn", "fcn"])
def kind(request):
    return request.param


def test_any_size_number_of_channels_and_depth(image_shape, kind, dtype):
    for channels, hidden in [((), ()), ((2,), (3,)), ((2, 3, 2, 2), (4, 3)), ((2, 1, 2, 1, 2, 1, 2), (1, 2, 1))]:
        convolutions = dict(channels=channels, kernel_size=3) if kind == "cnn" else {}
        network = LocalisationNetwork(image_shape, AFFINE, kind, hidden=hidden, dtype=dtype, **convolutions)
        out = network(normal(0, (2, *image_shape), dtype))
        assert out.shape == (2, 6) and out.dtype == dtype
        depth = len(hidden) + 1 + (len(channels) if kind == "cnn" else 0)
        assert len(network.parameters()) == 2 * depth
        assert all(parameter.data.dtype == dtype for parameter in network.parameters())


def test_lists_do_as_well_as_tuples():
    network = LocalisationNetwork([1, 5, 5], [0.0], "cnn", [2], hidden=[3])
    assert network(normal(0, (2, 1, 5, 5), "float32")).shape == (2, 1)


CNN = TorchLocalisation(
    nn.Conv2d(2, 2, 3, padding=1),
    nn.ReLU(),
    nn.MaxPool2d(2),
    nn.Conv2d(2, 3, 3, padding=1),
    nn.ReLU(),
    nn.MaxPool2d(2),
    nn.Flatten(),
    nn.Linear(3 * 2 * 3, 4),
    nn.ReLU(),
    final=nn.Linear(4, 6),
)
DEFAULT = TorchLocalisation(
    nn.Conv2d(1, 8, 5, padding=2),
    nn.ReLU(),
    nn.MaxPool2d(2),
    nn.Conv2d(8, 10, 5, padding=2),
    nn.ReLU(),
    nn.MaxPool2d(2),
    nn.Flatten(),
    nn.Linear(10 * 3 * 2, 32),
    nn.ReLU(),
    final=nn.Linear(32, 6),
)
FCN = TorchLocalisation(nn.Flatten(), nn.Linear(90, 5), nn.ReLU(), nn.Linear(5, 4), nn.ReLU(), final=nn.Linear(4, 1))
SHRUNK = TorchLocalisation(
    nn.AvgPool2d(3), nn.Conv2d(1, 2, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), final=nn.Linear(4, 4)
)
SHRUNK_FCN = TorchLocalisation(nn.AvgPool2d(2), nn.Flatten(), nn.Linear(12, 3), nn.ReLU(), final=nn.Linear(3, 2))
THIN = TorchLocalisation(  # two rows are pooled to one, and one no further, whatever the columns
    nn.Conv2d(1, 2, 3, padding=1),
    nn.ReLU(),
    nn.MaxPool2d(2),
    nn.Conv2d(2, 2, 3, padding=1),
    nn.ReLU(),
    nn.Flatten(),
    nn.Linear(2 * 1 * 4, 3),
    nn.ReLU(),
    final=nn.Linear(3, 3),
)
TWINS = {
    "convolutional": (CNN, (2, 9, 13), "affine", dict(channels=(2, 3), kernel_size=3, hidden=(4,))),
    "as it comes": (DEFAULT, (1, 12, 9), "affine", {}),
    "fully connected": (FCN, (2, 5, 9), "rotation", dict(kind="fcn", hidden=(5, 4))),
    "shrunk first": (SHRUNK, (1, 13, 7), "similarity", dict(channels=(2,), kernel_size=3, hidden=(), downsample=3)),
    "shrunk, fully connected": (SHRUNK_FCN, (1, 7, 9), "translation", dict(kind="fcn", hidden=(3,), downsample=2)),
    "thin": (THIN, (1, 2, 9), "attention", dict(channels=(2, 2), kernel_size=3, hidden=(3,))),
}


@pytest.mark.parametrize("name", TWINS)
def test_same_as_torch(name, dtype):
    twin, image_shape, transform, options = TWINS[name]
    network = LocalisationNetwork(image_shape, TRANSFORMS[transform].identity, rng=0, dtype=dtype, **options)
    assert_same_as_twin(randomise(network), twin, normal(1, (3, *image_shape), dtype), unit=10)


@pytest.mark.parametrize("name", ["convolutional", "fully connected", "shrunk first"])
def test_backward_is_the_finite_difference(name):
    _, image_shape, transform, options = TWINS[name]
    network = randomise(LocalisationNetwork(image_shape, TRANSFORMS[transform].identity, dtype="float64", **options))
    errors = gradcheck(*as_functions(network), [normal(1, (1, *image_shape)), *data_of(network)])
    assert max(errors) < FINITE_DIFFERENCES, errors


@pytest.mark.parametrize("transform", TRANSFORMS)
def test_starts_as_the_identity(transform, image_shape, kind, align_corners):
    network = LocalisationNetwork(image_shape, TRANSFORMS[transform].identity, kind, rng=0, dtype="float64")
    transformer = SpatialTransformer(network, transform, align_corners=align_corners)
    images = normal(1, (2, *image_shape))
    np.testing.assert_allclose(transformer(images), images, rtol=0, atol=1e-12)
    identity = np.tile(np.eye(2, 3), (2, 1, 1))
    np.testing.assert_array_equal(transformer.grid, affine_grid(identity, images.shape, align_corners))


@pytest.mark.parametrize("transform", TRANSFORMS)
def test_the_last_layer_learns_from_its_zeros(transform, kind):
    """Its weights start at zero, but their gradient does not; only the layers before wait one step for theirs."""
    network = LocalisationNetwork((1, 8, 8), TRANSFORMS[transform].identity, kind, rng=0, dtype="float64")
    transformer = SpatialTransformer(network, transform)
    before = [parameter for parameter in network.parameters() if not parameter.data.any()]
    assert before == [network.final.weight] or not any(TRANSFORMS[transform].identity)  # whose bias is zero too
    transformer.backward(normal(2, transformer(normal(1, (4, 1, 8, 8))).shape))
    assert np.abs(network.final.weight.grad).max(axis=1).min() > 1e-3
    assert np.abs(network.final.bias.grad).min() > 1e-3
    assert not any(parameter.grad.any() for parameter in network.features.parameters())


def test_the_identity_is_the_last_bias(dtype):
    network = LocalisationNetwork((1, 4, 4), (0.25, -3, 7.5), dtype=dtype)
    np.testing.assert_array_equal(network.final.bias.data, np.array([0.25, -3, 7.5], dtype))
    np.testing.assert_array_equal(network(normal(0, (2, 1, 4, 4), dtype)), [[0.25, -3, 7.5]] * 2)


def test_a_seed_decides_the_first_weights():
    def build(rng):
        return data_of(LocalisationNetwork((1, 8, 8), AFFINE, rng=rng))

    assert all(np.array_equal(*pair) for pair in zip(build(3), build(np.random.default_rng(3)), strict=True))
    assert not np.array_equal(build(3)[0], build(4)[0])
    assert not np.array_equal(build(None)[0], build(None)[0])


BAD = {
    "image without channels": (dict(image_shape=(8, 8)), "image_shape", "(C, H, W)", "(8, 8)"),
    "image of no rows": (dict(image_shape=(1, 0, 8)), "image_shape", "at least 1", "0"),
    "image of half a row": (dict(image_shape=(1, 7.5, 8)), "image_shape", "whole number", "7.5"),
    "image as a number": (dict(image_shape=8), "image_shape", "(C, H, W)", "8"),
    "unknown kind": (dict(kind="mlp"), "kind", "'cnn', 'fcn'", "'mlp'"),
    "even kernel": (dict(kernel_size=4), "kernel_size", "odd", "4"),
    "no kernel": (dict(kernel_size=0), "kernel_size", "at least 1", "0"),
    "no channels": (dict(channels=(2, 0)), "channels", "at least 1", "0"),
    "channels as a number": (dict(channels=8), "channels", "sequence", "8"),
    "channels of a fraction": (dict(channels=(2.5,)), "channels", "whole number", "2.5"),
    "a hidden layer of none": (dict(hidden=(0,)), "hidden", "at least 1", "0"),
    "hidden as a number": (dict(hidden=32), "hidden", "sequence", "32"),
    "shrunk by zero": (dict(downsample=0), "downsample", "at least 1", "0"),
    "shrunk to nothing": (dict(downsample=9), "downsample", "8", "9"),
    "no identity": (dict(identity=()), "identity", "sequence of numbers", "()"),
    "identity as a word": (dict(identity="affine"), "identity", "sequence of numbers", "'affine'"),
    "identity as a count": (dict(identity=6), "identity", "sequence of numbers", "6"),
    "identity as a matrix": (dict(identity=np.eye(2, 3)), "identity", "sequence of numbers", "array"),
    "whole numbers": (dict(dtype=int), "dtype", "float32 or float64", "int64"),
    "half precision": (dict(dtype="float16"), "dtype", "float32 or float64", "float16"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_arguments_are_refused(case, kind):
    changed, name, expected, got = BAD[case]
    if kind == "fcn" and name in ("channels", "kernel_size"):  # it has no convolutions, and refuses these
        expected = "None"
    arguments = dict(image_shape=(1, 8, 10), identity=AFFINE, kind=kind) | changed
    assert_refused(lambda: LocalisationNetwork(**arguments), name, expected, got)


@pytest.mark.parametrize("library", [stn_numpy, pytorch], ids=["numpy", "torch"])
def test_what_only_convolutions_have_is_refused_without_them(library):
    """Not ignored: a network of another size than the caller thinks would be trained."""
    for option in (dict(channels=(4,)), dict(kernel_size=3)):
        ((name, value),) = option.items()
        assert_refused(
            lambda option=option: library.LocalisationNetwork((1, 8, 10), AFFINE, "fcn", **option),
            name,
            "None",
            str(value),
        )


def test_other_images_are_refused(kind):
    network = LocalisationNetwork((2, 8, 10), AFFINE, kind, dtype="float64")
    assert_refused(lambda: network(np.ones((3, 2, 8, 16))), None, "I=", "(32, ")
    assert_refused(lambda: network(np.ones((3, 1, 8, 10))), None, "", "")
    assert_refused(lambda: network(np.ones((3, 2, 8, 10), "float32")), None, "float32", "float64")
