"""The paper's networks: the shapes that are known, one size of all, and the identity to begin with."""

import numpy as np
import pytest
import torch
from support import assert_refused
from tolerances import assert_agrees
from torch import nn

from stn_numpy import pytorch
from stn_numpy.digits import load_digits
from stn_numpy.distortions import distort
from stn_numpy.pytorch.networks import MODELS, PARAMETERS, SIZES, build

DISTORTIONS = pytest.mark.parametrize("distortion", SIZES)


def weights(module):
    """The layers that learn, in short: ("conv", in, out, pixels) or ("linear", in, out)."""
    found = []
    for layer in module.modules():
        if isinstance(layer, nn.Conv2d):
            found.append(("conv", layer.in_channels, layer.out_channels, layer.kernel_size[0]))
        if isinstance(layer, nn.Linear):
            found.append(("linear", layer.in_features, layer.out_features))
    return found


def kinds(module):
    return [type(layer).__name__ for layer in module]


@DISTORTIONS
def test_the_classifiers_of_one_table_have_one_size(distortion):
    counts = [
        build(model, distortion, transform).parameter_count()
        for model in MODELS
        for transform in (pytorch.TRANSFORMS if model.startswith("st-") else ("affine",))
    ]
    assert max(counts) < 1.1 * min(counts)
    np.testing.assert_allclose(counts, PARAMETERS, rtol=0.02)


@DISTORTIONS
@pytest.mark.parametrize("model", MODELS)
def test_takes_what_the_distortion_makes(model, distortion):
    images = torch.tensor(distort(load_digits("test")[0][:2], distortion, np.random.default_rng(0))[0])
    assert images.shape[2:] == (SIZES[distortion],) * 2
    assert build(model, distortion)(images).shape == (2, 10)


@DISTORTIONS
def test_the_shapes_are_the_paper_s(distortion):
    size = SIZES[distortion]
    fcn, cnn, st_fcn, st_cnn = (build(model, distortion) for model in MODELS)
    pooled = distortion in ("RTS", "TC")
    seen = size // 2 if pooled else size
    for model, inputs in ((fcn, size), (st_fcn, seen)):
        (_, first, width), second, third = weights(model.network)
        assert first == inputs**2 and second == ("linear", width, width) and third == ("linear", width, 10)
    for model in (cnn, st_cnn):
        first, second, third = weights(model.network)
        assert first == ("conv", 1, 64, 9) and (second[1], second[3]) == (64, 7) and third[2] == 10
    assert weights(st_fcn.transformer) == [("linear", size**2, 32), ("linear", 32, 32), ("linear", 32, 6)]
    first, second, third, last = weights(st_cnn.transformer)
    assert (first, second) == (("conv", 1, 20, 5), ("conv", 20, 20, 5)) and last == ("linear", 20, 6)
    assert third[2] == 20 and (distortion != "R" or third[1] == 20)  # 28 pixels: nothing but 20 numbers is left
    assert kinds(st_cnn.transformer.localisation.features) == [
        "AvgPool2d",
        "Conv2d",
        "ReLU",
        "MaxPool2d",
        "Conv2d",
        "ReLU",
        "Flatten",
        "Linear",
        "ReLU",
    ]


@DISTORTIONS
@pytest.mark.parametrize("model", MODELS)
def test_the_layers_stand_in_the_paper_s_order(model, distortion):
    order = dict(
        fcn=["Flatten", "Linear", "ReLU", "Linear", "ReLU", "Linear"],
        cnn=["Conv2d", "ReLU", "MaxPool2d", "Conv2d", "ReLU", "MaxPool2d", "Flatten", "Linear"],
    )
    pool = ["AvgPool2d"] if model.startswith("st-") and distortion in ("RTS", "TC") else []
    assert kinds(build(model, distortion).network) == pool + order[model.removeprefix("st-")]


@pytest.mark.parametrize("transform", pytorch.TRANSFORMS)
@pytest.mark.parametrize("model", ["st-fcn", "st-cnn"])
def test_starts_as_the_identity(model, transform):
    network = build(model, "RTS", transform, rng=0, dtype=torch.float64)
    images = torch.rand(2, 1, 42, 42, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    torch.testing.assert_close(network.transformer(images), images, atol=1e-9, rtol=0)


@DISTORTIONS
@pytest.mark.parametrize("model", ["st-fcn", "st-cnn"])
def test_localisation_networks_of_four_depths(model, distortion):
    layer = nn.Conv2d if model == "st-cnn" else nn.Linear
    for depth in range(4):
        network = build(model, distortion, localisation_depth=depth)
        features = network.transformer.localisation.features
        assert sum(isinstance(part, layer) for part in features) == depth
        np.testing.assert_allclose(network.parameter_count(), PARAMETERS, rtol=0.02)
        assert network(torch.zeros(2, 1, SIZES[distortion], SIZES[distortion])).shape == (2, 10)


def test_a_seed_decides():
    one, same, other = (build("st-cnn", "R", rng=seed).state_dict() for seed in (3, 3, 4))
    assert all(torch.equal(one[name], same[name]) for name in one)
    assert not torch.equal(one["network.0.weight"], other["network.0.weight"])


@pytest.mark.parametrize(
    "model, distortion, transform", [("st-cnn", "RTS", "tps"), ("st-fcn", "R", "projective"), ("cnn", "R", "affine")]
)
def test_runs_in_numpy_too(model, distortion, transform):
    network = build(model, distortion, transform, rng=0)
    images = distort(load_digits("test")[0][:3], distortion, np.random.default_rng(0))[0]
    assert_agrees(pytorch.to_numpy(network)(images), network(torch.tensor(images)).detach().numpy())


BAD = {
    "model": (("mlp", "R"), {}, "model", "'st-cnn'", "'mlp'"),
    "distortion": (("cnn", "S"), {}, "distortion", "'RTS'", "'S'"),
    "transform": (("st-cnn", "R", "shear"), {}, "transform", "'affine'", "'shear'"),
    "depth": (("st-cnn", "R"), dict(localisation_depth=4), "localisation_depth", "0 to 3", "4"),
    "half a layer": (("st-cnn", "R"), dict(localisation_depth=0.5), "localisation_depth", "whole number", "0.5"),
    "dtype": (("cnn", "R"), dict(dtype=torch.int64), "dtype", "torch.float32", "torch.int64"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_arguments_are_refused(case):
    arguments, options, *message = BAD[case]
    assert_refused(lambda: build(*arguments, **options), *message)
