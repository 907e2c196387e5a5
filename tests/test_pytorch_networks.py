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
        localisation = library.LocalisationNetwork(
            SHAPE, identity, channels=(3,), kernel_size=3, hidden=(4,), downsample=2, rng=1, dtype=dtype
        )
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


@pytest.mark.filterwarnings("ignore:.*batching rule")
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


class Residual(nn.Sequential):
    """A forward of its own."""

    def forward(self, image):
        return image + super().forward(image)


class Turned(pytorch.SpatialTransformer):
    """Likewise, and a subclass of this library."""

    def forward(self, image):
        return super().forward(image).flip(3)


def with_hook(module, register):
    getattr(module, register)(lambda *_: None)
    return module


def with_forward(module):
    module.forward = torch.sin
    return module


def tied():
    """Two linear layers of one weight, which would be learned as one."""
    one, other = nn.Linear(3, 3), nn.Linear(3, 3)
    other.weight = one.weight
    return nn.Sequential(one, other)


def with_weight_hook(module):
    module.weight.register_hook(lambda grad: 2 * grad)
    return module


NO_TWIN = {
    "a Sequential that adds its input": (lambda: Residual(nn.ReLU()), "Residual"),
    "within a Sequential": (lambda: nn.Sequential(Residual(nn.ReLU())), "Residual"),
    "a transformer's subclass": (lambda: Turned(nn.Flatten(), "rotation"), "Turned"),
    "a layer's subclass": (lambda: type("Dense", (nn.Linear,), {})(2, 3), "Dense"),
    "forward hook": (lambda: with_hook(nn.ReLU(), "register_forward_hook"), "_forward_hooks"),
    "forward pre-hook": (lambda: with_hook(nn.ReLU(), "register_forward_pre_hook"), "_forward_pre_hooks"),
    "hook of a part": (lambda: nn.Sequential(with_hook(nn.ReLU(), "register_forward_hook")), "ReLU with"),
    "backward hook": (lambda: with_hook(nn.ReLU(), "register_full_backward_hook"), "_backward_hooks"),
    "backward pre-hook": (lambda: with_hook(nn.ReLU(), "register_full_backward_pre_hook"), "_backward_pre_hooks"),
    "hook of a weight": (lambda: with_weight_hook(nn.Linear(2, 3)), "_backward_hooks"),
    "forward of an object": (lambda: with_forward(nn.ReLU()), "a forward"),
    "weight norm": (lambda: nn.utils.parametrizations.weight_norm(nn.Linear(2, 3)), "Linear"),
    "weights in two places": (tied, "1.weight"),
    "half precision": (lambda: nn.Linear(2, 3).half(), "float16"),
    "bfloat16": (lambda: nn.Linear(2, 3).bfloat16(), "bfloat16"),
    "another divisor": (lambda: nn.AvgPool2d(2, divisor_override=1), "AvgPool2d"),
    "averages of what is left": (lambda: nn.AvgPool2d(2, ceil_mode=True), "AvgPool2d"),
    "padded averages": (lambda: nn.AvgPool2d(2, padding=1), "AvgPool2d"),
    "indices": (lambda: nn.MaxPool2d(2, return_indices=True), "MaxPool2d"),
    "dilated pooling": (lambda: nn.MaxPool2d(2, dilation=2), "MaxPool2d"),
    "padding in words": (lambda: nn.Conv2d(1, 2, 3, padding="same"), "padding=same"),
    "padding by reflection": (lambda: nn.Conv2d(1, 2, 3, padding_mode="reflect"), "reflect"),
    "groups": (lambda: nn.Conv2d(2, 2, 3, groups=2), "groups=2"),
    "a kernel that is not square": (lambda: nn.Conv2d(1, 2, (3, 5)), "(3, 5)"),
    "flattened from the first axis": (lambda: nn.Flatten(0), "start_dim=0"),
    "no bias": (lambda: nn.Linear(2, 3, bias=False), "bias=False"),
    "no twin": (lambda: nn.Sequential(nn.Tanh()), "Tanh()"),
    "no module": (lambda: torch.sin, "builtin"),
}


@pytest.mark.parametrize("case", NO_TWIN)
def test_to_numpy_refuses_what_it_would_not_compute_exactly(case):
    make, got = NO_TWIN[case]
    with pytest.raises(TypeError):
        pytorch.to_numpy(make())
    assert_refused(lambda: pytorch.to_numpy(make()), "module", "", got)


@pytest.mark.parametrize(
    "module",
    [
        nn.MaxPool2d((3, 2), (1, 2), padding=(0, 0), dilation=(1, 1)),
        nn.AvgPool2d((2, 3), padding=(0, 0)),
        nn.AvgPool2d(2, count_include_pad=False),
        nn.ReLU(inplace=True),
        nn.Conv2d(2, 3, (2, 2), (2, 2), (1, 1)),
        nn.Sequential(),
        nn.Flatten(),
    ],
    ids=str,
)
def test_to_numpy_takes_other_words_for_the_same(module):
    images = normal(3, (2, 2, 6, 7), "float32")
    assert_agrees(module(torch.tensor(images)).detach().numpy(), pytorch.to_numpy(module)(images))


def test_from_numpy_refuses_a_subclass():
    class Twice(stn_numpy.Sequential):
        def forward(self, inputs):
            return 2 * super().forward(inputs)

    assert_refused(lambda: pytorch.from_numpy(stn_numpy.Sequential(Twice())), "layer", "stn_numpy", "Twice")


BAD = {
    "kind": (lambda: build(pytorch, "mlp"), "kind", "'linear', 'fcn', 'cnn'", "'mlp'"),
    "dtype": (lambda: pytorch.Classifier((1, 8, 8), dtype=torch.float16), "dtype", "torch.float32", "torch.float16"),
    "transform": (lambda: pytorch.SpatialTransformer(nn.Identity(), "shear"), "transform", "'tps'", "'shear'"),
    "kernel": (lambda: pytorch.LocalisationNetwork((1, 8, 8), (0.0,), kernel_size=2), "kernel_size", "odd", "2"),
    "downsample": (lambda: pytorch.LocalisationNetwork((1, 8, 6), (0.0,), downsample=7), "downsample", "6", "7"),
    "kernel sizes": (
        lambda: pytorch.Classifier((1, 8, 8), channels=(2, 2), kernel_sizes=(3,)),
        "kernel_sizes",
        "channels=(2, 2)",
        "(3,)",
    ),
    "no twin here": (lambda: pytorch.from_numpy(stn_numpy.Layer()), "layer", "stn_numpy", "Layer"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_arguments_are_refused(case):
    assert_refused(*BAD[case])
