"""The torch twin: same weights, same outputs, same gradients, same losses; and nothing that a compiler trips over."""

import numpy as np
import pytest
import torch
from support import assert_refused, normal
from tolerances import assert_agrees
from torch import nn
from twins import randomise

import stn_numpy
from stn_numpy import fast, pytorch
from stn_numpy.training import training_step

SHAPE = (2, 11, 13)
FAMILIES = tuple(stn_numpy.TRANSFORMS)


def build(library, kind="cnn", transform=None, dtype="float64", **options):
    """A small classifier of either library; both take the same arguments."""
    dtype = getattr(torch, dtype) if library is pytorch else dtype
    transformer = None
    if transform:
        identity = library.TRANSFORMS[transform].identity
        localisation = library.LocalisationNetwork(SHAPE, identity, channels=(3,), kernel_size=3, hidden=(4,),
                                                   downsample=2, rng=1, dtype=dtype)
        transformer = library.SpatialTransformer(localisation, transform, **options)
    widths = dict(channels=(3, 4), kernel_sizes=(3, 2)) if kind == "cnn" else dict(hidden=(6,))
    return library.Classifier(SHAPE, kind, 5, transformer, rng=2, dtype=dtype, **widths)


def generic(transform=None, kind="cnn", dtype="float64", **options):
    """A NumPy classifier none of whose weights is zero and whose transformer does something to every image."""
    model = build(stn_numpy, kind, transform, dtype, **options)
    identity = transform and model.transformer.localisation.final.bias.data.copy()
    randomise(model, scale=0.2)
    if transform:
        model.transformer.localisation.final.bias.data[:] = identity + 0.03 * normal(5, identity.shape)
        model.transformer.localisation.final.weight.data *= 0.2
    return model


def assert_twins(layer, module, images, unit=30.0):
    """Output, and under a random upstream gradient those of the images and of every parameter, are the same."""
    tensor = torch.tensor(images, requires_grad=True)
    out, expected = layer(images), module(tensor)
    assert_agrees(expected.detach().numpy(), out)
    d_out = normal(9, out.shape, images.dtype)
    layer.zero_grad()
    d_images = layer.backward(d_out)
    module.zero_grad()
    expected.backward(torch.tensor(d_out))
    assert_agrees(tensor.grad.numpy(), d_images, unit)
    ours, theirs = layer.named_parameters(), dict(module.named_parameters())
    assert list(ours) == list(theirs) == list(module.state_dict())
    assert all(np.abs(parameter.grad).max() > 0 for parameter in ours.values())
    for name, parameter in ours.items():
        assert_agrees(theirs[name].detach().numpy(), parameter.data)
        assert_agrees(theirs[name].grad.numpy(), parameter.grad, unit)


@pytest.mark.parametrize("transform", [None, *FAMILIES])
def test_from_numpy_same_outputs_and_gradients(transform, dtype):
    layer = generic(transform, dtype=dtype)
    assert_twins(layer, pytorch.from_numpy(layer), normal(3, (3, *SHAPE), dtype))


@pytest.mark.parametrize("kind", ["linear", "fcn", "cnn"])
def test_to_numpy_same_outputs_and_gradients(kind, dtype):
    module = pytorch.from_numpy(generic("similarity", kind, dtype, size=(9, 8)))
    assert_twins(pytorch.to_numpy(module), module, normal(3, (3, *SHAPE), dtype))


def test_a_compiled_network_has_the_same_torch_twin():
    layer = generic("affine")
    images = torch.tensor(normal(3, (3, *SHAPE)))
    one, other = (pytorch.from_numpy(network)(images) for network in (layer, fast.compiled(layer)))
    assert torch.equal(one, other)


def test_reads_as_it_is_told(mode, padding_mode, align_corners):
    layer = generic("affine", size=8, mode=mode, padding_mode=padding_mode, align_corners=align_corners)
    module = pytorch.from_numpy(layer)
    for twin in (module, pytorch.from_numpy(pytorch.to_numpy(module))):  # there, and there and back
        images = normal(3, (3, *SHAPE))
        assert_agrees(twin(torch.tensor(images)).detach().numpy(), layer(images))


def test_weights_are_copies():
    layer = generic("affine")
    module = pytorch.from_numpy(layer)
    back = pytorch.to_numpy(module)
    layer.network.layers[0].weight.data[:] = 7
    assert module.network[0].weight.max() < 7
    with torch.no_grad():
        module.network[0].weight.fill_(8)
    assert back.network.layers[0].weight.data.max() < 7


@pytest.mark.parametrize("kind", ["linear", "fcn", "cnn"])
@pytest.mark.parametrize("transform", [None, "affine", "tps"])
def test_a_seed_gives_both_libraries_the_same_first_weights(kind, transform, dtype):
    ours, theirs = (build(library, kind, transform, dtype) for library in (stn_numpy, pytorch))
    theirs = dict(theirs.named_parameters())
    assert list(ours.named_parameters()) == list(theirs)
    for name, parameter in ours.named_parameters().items():
        np.testing.assert_array_equal(theirs[name].detach().numpy(), parameter.data)


def test_first_weights_leave_torch_s_own_random_numbers_alone():
    torch.manual_seed(0)
    expected = torch.rand(3)
    torch.manual_seed(0)
    build(pytorch, "cnn", "affine")
    assert torch.equal(torch.rand(3), expected)


@pytest.mark.parametrize("optimizer", ["SGD", "Adam"])
@pytest.mark.parametrize("transform", [None, "affine", "projective", "tps"])
def test_ten_training_steps_have_the_same_losses(optimizer, transform, dtype):
    layer = generic(transform, dtype=dtype)
    module = pytorch.from_numpy(layer)
    options = dict(lr=0.1, momentum=0.9) if optimizer == "SGD" else dict(lr=0.01)
    ours = getattr(stn_numpy, optimizer)(layer.parameters(), **options)
    theirs = getattr(torch.optim, optimizer)(module.parameters(), **options)
    losses = []
    for step in range(10):
        images, labels = normal(step, (8, *SHAPE), dtype), np.arange(8) % 5
        loss = nn.functional.cross_entropy(module(torch.tensor(images)), torch.tensor(labels))
        theirs.zero_grad()
        loss.backward()
        theirs.step()
        losses.append((training_step(layer, ours, images, labels), loss.item()))
    ours, theirs = np.array(losses, dtype).T
    assert_agrees(ours, theirs)
    assert np.ptp(ours) > 0.05  # they did learn


@pytest.mark.parametrize("transform", FAMILIES)
def test_families_have_the_same_identity_theta_and_grid(transform, align_corners, dtype):
    ours, theirs = stn_numpy.TRANSFORMS[transform], pytorch.TRANSFORMS[transform]
    assert ours.identity == theirs.identity
    parameters = (np.array(ours.identity) + 0.2 * normal(4, (6, len(ours.identity)))).astype(dtype)
    tensor = torch.tensor(parameters, requires_grad=True)
    assert_agrees(theirs.forward(tensor).detach().numpy(), ours.forward(parameters))
    size = (6, 1, 5, 7)
    grid = theirs.grid(tensor, size, align_corners)
    assert_agrees(grid.detach().numpy(), ours.grid(parameters, size, align_corners))
    d_grid = normal(5, grid.shape, dtype)
    grid.backward(torch.tensor(d_grid))
    assert_agrees(tensor.grad.numpy(), ours.grid_backward(d_grid, parameters, align_corners), unit=30)


def test_both_registries_have_the_same_names():
    assert tuple(pytorch.TRANSFORMS) == FAMILIES


def test_what_lies_behind_the_horizon_is_far_away_and_passes_no_gradient():
    theta = torch.tensor([[[1.0, 0, 0], [0, 1, 0], [0, -2, 1]], [[-1, 0, 0], [0, -1, 0], [0, 2, -1]]],
                         dtype=torch.float64, requires_grad=True)
    grid = pytorch.projective.projective_grid(theta, (2, 1, 9, 9))
    expected = stn_numpy.projective_grid(theta.detach().numpy(), (2, 1, 9, 9))
    assert_agrees(grid.detach().numpy(), expected)
    assert (np.abs(expected) > 1e5).any() and (np.abs(expected) < 1).any()
    d_grid = torch.tensor(normal(2, grid.shape))
    grid.backward(d_grid)
    assert_agrees(theta.grad.numpy(), stn_numpy.projective_grid_backward(d_grid.numpy(), theta.detach().numpy()), 30)


@pytest.mark.parametrize("transform", FAMILIES)
def test_compiles_as_one_graph(transform):
    module = pytorch.from_numpy(generic(transform))
    images = torch.tensor(normal(3, (3, *SHAPE)))
    torch.testing.assert_close(torch.compile(module, backend="eager", fullgraph=True)(images), module(images))


@pytest.mark.parametrize("transform", FAMILIES)
def test_several_networks_run_as_one(transform):
    modules = [pytorch.from_numpy(randomise(generic(transform), seed, 0.1)) for seed in range(3)]
    parameters, _ = torch.func.stack_module_state(modules)
    images = torch.tensor(normal(3, (3, 4, *SHAPE)))
    together = torch.vmap(lambda p, x: torch.func.functional_call(modules[0], p, (x,)))(parameters, images)
    torch.testing.assert_close(together, torch.stack([module(x) for module, x in zip(modules, images)]))


def test_half_precision_does_not_move_the_points():
    """bfloat16 has 8 bits: on an image of 60 pixels, a grid made in it would be off by a quarter of a pixel."""
    identity = pytorch.TRANSFORMS["affine"].identity
    transformer = pytorch.SpatialTransformer(pytorch.LocalisationNetwork((1, 60, 60), identity))
    images = torch.tensor(normal(0, (2, 1, 60, 60), "float32"))
    with torch.autocast("cpu", torch.bfloat16):
        out = transformer(images)
        assert transformer.localisation(images).dtype == torch.bfloat16
    assert out.dtype == torch.float32
    torch.testing.assert_close(out, images, atol=1e-4, rtol=0)


def test_feature_maps_in_half_precision_are_read_at_the_right_points():
    """A map behind a convolution is bfloat16 there; its grid must not be, and what is read is like the map again."""
    identity = pytorch.TRANSFORMS["affine"].identity
    transformer = pytorch.SpatialTransformer(pytorch.LocalisationNetwork((1, 60, 60), identity))
    maps = torch.tensor(normal(0, (2, 1, 60, 60), "float32")).bfloat16()
    with torch.autocast("cpu", torch.bfloat16):
        out = transformer(maps)
    assert out.dtype == torch.bfloat16
    torch.testing.assert_close(out.float(), maps.float(), atol=0.02, rtol=0)


BAD = {
    "kind": (lambda: build(pytorch, "mlp"), "kind", "'linear', 'fcn', 'cnn'", "'mlp'"),
    "dtype": (lambda: pytorch.Classifier((1, 8, 8), dtype=torch.float16), "dtype", "torch.float32", "torch.float16"),
    "transform": (lambda: pytorch.SpatialTransformer(nn.Identity(), "shear"), "transform", "'tps'", "'shear'"),
    "kernel": (lambda: pytorch.LocalisationNetwork((1, 8, 8), (0.0,), kernel_size=2), "kernel_size", "odd", "2"),
    "downsample": (lambda: pytorch.LocalisationNetwork((1, 8, 6), (0.0,), downsample=7), "downsample", "6", "7"),
    "kernel sizes": (lambda: pytorch.Classifier((1, 8, 8), channels=(2, 2), kernel_sizes=(3,)), "kernel_sizes",
                     "channels=(2, 2)", "(3,)"),
    "no twin there": (lambda: pytorch.to_numpy(nn.Sequential(nn.Tanh())), "module", "stn_numpy", "Tanh()"),
    "no bias": (lambda: pytorch.to_numpy(nn.Linear(2, 3, bias=False)), "module", "stn_numpy", "bias=False"),
    "no twin here": (lambda: pytorch.from_numpy(stn_numpy.Layer()), "layer", "stn_numpy", "Layer"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_arguments_are_refused(case):
    assert_refused(*BAD[case])
