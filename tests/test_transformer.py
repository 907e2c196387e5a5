"""The Spatial Transformer as one layer: sizes, behaviour, and the gradients of both of its paths."""

import itertools

import numpy as np
import pytest
import torch
from support import assert_refused, normal, normalise
from tolerances import FINITE_DIFFERENCES, assert_agrees
from torch import nn
from twins import (
    Says,
    TorchLocalisation,
    TorchTransformer,
    as_functions,
    assert_same_as_twin,
    data_of,
    randomise,
    with_same_parameters,
)

from stn_numpy.families import TRANSFORMS
from stn_numpy.gradcheck import gradcheck
from stn_numpy.localisation import LocalisationNetwork
from stn_numpy.sampler import grid_sample, grid_sample_backward
from stn_numpy.transformer import SpatialTransformer

SHAPE = (2, 5, 7)  # channels, height and width of the images here


@pytest.fixture(params=TRANSFORMS)
def transform(request):
    return request.param


def build(transform, dtype="float64", **options):
    """A tiny transformer that does something different to every image, and nothing by the identity alone."""
    network = LocalisationNetwork(
        SHAPE, TRANSFORMS[transform].identity, channels=(2,), kernel_size=3, hidden=(3,), dtype=dtype
    )
    identity = network.final.bias.data.copy()
    randomise(network, seed=1)
    network.final.bias.data[:] = identity + 0.17
    return SpatialTransformer(network, transform, **options)


def build_twin(transform, **options):
    count = len(TRANSFORMS[transform].identity)
    localisation = TorchLocalisation(
        nn.Conv2d(2, 2, 3, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(2 * 2 * 3, 3),
        nn.ReLU(),
        final=nn.Linear(3, count),
    )
    return TorchTransformer(localisation, transform, **options)


@pytest.mark.parametrize("size, expected", [(None, (5, 7)), (4, (4, 4)), ((3, 11), (3, 11)), ([1, 1], (1, 1))])
def test_output_size_is_free(size, expected, dtype):
    transformer, images = build("affine", dtype, size=size), normal(0, (3, *SHAPE), dtype)
    out = transformer(images)
    assert out.shape == (3, 2, *expected) and out.dtype == dtype
    d_images = transformer.backward(normal(1, out.shape, dtype))
    assert d_images.shape == images.shape and d_images.dtype == dtype


def test_theta_is_that_of_the_last_batch():
    transformer = build("similarity")
    for count in (3, 2):
        images = normal(count, (count, *SHAPE))
        transformer(images)
        a, b, x, y = transformer.localisation(images).T
        assert_agrees(transformer.theta, np.array([[a, -b, x], [b, a, y]]).transpose(2, 0, 1))


def test_same_as_torch(transform, dtype):
    twin = build_twin(transform, size=(4, 6))
    assert_same_as_twin(build(transform, dtype, size=(4, 6)), twin, normal(0, (3, *SHAPE), dtype), unit=30)


def test_reads_as_it_is_told(mode, padding_mode, align_corners):
    options = dict(mode=mode, padding_mode=padding_mode, align_corners=align_corners)
    assert_same_as_twin(build("affine", **options), build_twin("affine", **options), normal(0, (2, *SHAPE)), unit=30)


def test_backward_is_the_finite_difference(transform, align_corners):
    """For the images and for every parameter, under a random upstream gradient; the output is of another size."""
    transformer = build(transform, size=(4, 3), align_corners=align_corners)
    errors = gradcheck(*as_functions(transformer), [normal(0, (2, *SHAPE)), *data_of(transformer)])
    assert len(errors) == 1 + 6 and max(errors) < FINITE_DIFFERENCES, errors


def test_a_pixel_matters_by_what_is_read_and_by_where_it_sends_the_reading(transform):
    """The images' gradient is that through the sampler plus that through the localisation network.

    Torch gives each alone, if the other path is detached.
    """
    transformer, twin = build(transform), build_twin(transform)
    with_same_parameters(twin, transformer)
    images = normal(0, (3, *SHAPE))
    d_out = normal(1, transformer(images).shape)
    theta = torch.tensor(transformer.theta)

    def gradient(forward):
        tensor = torch.tensor(images, requires_grad=True)
        forward(tensor).backward(torch.tensor(d_out))
        return tensor.grad.numpy()

    read = gradient(lambda tensor: twin.sample(tensor, theta))
    sent = gradient(lambda tensor: twin(tensor) - twin.sample(tensor, theta))
    assert min(np.abs(read).max(), np.abs(sent).max()) > 0.1
    d_images = transformer.backward(d_out)
    assert_agrees(d_images, read + sent, unit=30)
    assert_agrees(grid_sample_backward(d_out, images, transformer.grid)[0], read, unit=30)
    for alone in (read, sent):
        assert np.abs(d_images - alone).max() > 0.1


def test_a_bias_of_a_quarter_turn_turns_every_image(align_corners):
    images = normal(0, (3, 2, 6, 6))
    network = LocalisationNetwork((2, 6, 6), TRANSFORMS["rotation"].identity, dtype="float64")
    for quarters in (1, 2, -1):
        network.final.bias.data[:] = quarters * np.pi / 2
        out = SpatialTransformer(network, "rotation", align_corners=align_corners)(images)
        assert_agrees(out, np.rot90(images, quarters, axes=(2, 3)))


def test_every_image_is_turned_by_its_own_angle(align_corners):
    images, quarters = normal(0, (4, 2, 5, 5)), (1, 0, -1, 2)
    says = Says(*([quarter * np.pi / 2] for quarter in quarters))
    out = SpatialTransformer(says, "rotation", align_corners=align_corners)(images)
    for image, turned, quarter in zip(images, out, quarters, strict=True):
        assert_agrees(turned, np.rot90(image, quarter, axes=(1, 2)))


def test_the_grid_is_where_the_last_batch_was_read(transform, mode, align_corners):
    transformer = build(transform, size=(4, 6), mode=mode, align_corners=align_corners)
    for count in (3, 2):
        images = normal(count, (count, *SHAPE))
        out = transformer(images)
        parameters = transformer.localisation(images)
        assert_agrees(transformer.grid, TRANSFORMS[transform].grid(parameters, (count, 2, 4, 6), align_corners))
        assert_agrees(grid_sample(images, transformer.grid, mode, align_corners=align_corners), out)


def test_channels_are_moved_together():
    transformer = build("affine", size=(6, 4))
    images = normal(0, (3, *SHAPE))
    images[:, 1] = 2 * images[:, 0] - 0.5 * (images[:, 0] != 0)
    out = transformer(images)
    ones = SpatialTransformer(Says(*transformer.theta.reshape(3, 6)), size=(6, 4))(np.ones((3, 1, 5, 7)))
    assert_agrees(out[:, 1], 2 * out[:, 0] - 0.5 * ones[:, 0])


def test_a_smaller_output_shows_the_same_picture():
    """A ramp stays a ramp: every output pixel reads the ramp at its own place."""
    ramp = np.broadcast_to(normalise(np.arange(12.0), 12, False), (1, 1, 9, 12)).copy()
    out = SpatialTransformer(Says(TRANSFORMS["affine"].identity), size=(3, 4))(ramp)
    assert_agrees(out, np.broadcast_to(normalise(np.arange(4.0), 4, False), (1, 1, 3, 4)))


def test_parameters_are_those_of_the_localisation_network():
    transformer = build("affine")
    names = [f"localisation.{name}" for name in transformer.localisation.named_parameters()]
    assert list(transformer.named_parameters()) == names and "localisation.final.bias" in names


BAD = {
    "unknown transform": (dict(transform="shear"), "transform", "'rotation'", "'shear'"),
    "unknown mode": (dict(mode="linear"), "mode", "'bilinear'", "'linear'"),
    "unknown padding": (dict(padding_mode="wrap"), "padding_mode", "'zeros'", "'wrap'"),
    "a word for a flag": (dict(align_corners="False"), "align_corners", "True or False", "'False'"),
    "size of zero": (dict(size=0), "size", "at least 1", "0"),
    "size of four": (dict(size=(1, 1, 3, 4)), "size", "pair", "(1, 1, 3, 4)"),
    "size of a fraction": (dict(size=(3, 4.5)), "size", "whole number", "4.5"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_arguments_are_refused(case):
    options, *message = BAD[case]
    assert_refused(lambda: SpatialTransformer(Says([0.0]), **options), *message)


def test_a_localisation_network_for_another_transform_is_refused():
    lengths = {name: len(TRANSFORMS[name].identity) for name in TRANSFORMS}
    for one, other in itertools.permutations(lengths, 2):
        if lengths[one] == lengths[other]:  # affine and affine-exp: both take six
            continue
        says = Says(*[TRANSFORMS[one].identity] * 2)
        assert_refused(
            lambda says=says, other=other: SpatialTransformer(says, other)(np.ones((2, 1, 4, 4))),
            "parameters",
            f"(N, {lengths[other]})",
            f"(2, {lengths[one]})",
        )


def test_bad_images_are_refused():
    transformer = build("affine")
    assert_refused(lambda: transformer(np.ones(SHAPE)), "image", "(N, C, H, W)", str(SHAPE))
    assert_refused(lambda: transformer(np.ones((2, *SHAPE), int)), "image", "float32 or float64", "int64")
    assert_refused(lambda: transformer([[1.0]]), "image", "array", "list")
