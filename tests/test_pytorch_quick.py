"""What is quick on a CPU is the same: outputs, gradients of pictures and parameters, and the names of these."""

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from stn_numpy.pytorch import build
from stn_numpy.pytorch.quick import OneChannelConv2d, quicken


def pair(model="st-cnn", distortion="R", dtype=torch.float64):
    """A network as it is and a quick one, with the same weights; no point of the transformer lies on a whole pixel."""
    plain, quick = (build(model, distortion, rng=0, dtype=dtype) for _ in range(2))
    generator = torch.Generator().manual_seed(1)
    for network in (plain, quick) if model.startswith("st-") else ():
        final = network.transformer.localisation.final
        with torch.no_grad():
            final.weight.copy_(0.02 * torch.randn(final.weight.shape, generator=generator.manual_seed(1)))
            final.bias += torch.tensor([0.1, 0.07, 0.03, -0.05, 0.08, -0.02])
    return plain, quicken(quick)


def outcome(network, size):
    """Logits, and under a random upstream gradient those of the pictures and of every parameter."""
    generator, first = torch.Generator().manual_seed(2), next(network.parameters())
    images = torch.randn(3, 1, size, size, generator=generator, dtype=first.dtype).requires_grad_()
    logits = network(images)
    logits.backward(torch.randn(logits.shape, generator=generator, dtype=first.dtype))
    return dict(logits=logits.detach(), images=images.grad) | {n: p.grad for n, p in network.named_parameters()}


@pytest.mark.parametrize("dtype, tolerance", [(torch.float64, 1e-10), (torch.float32, 1e-5)], ids=str)
@pytest.mark.parametrize(
    "model, distortion, size", [("st-cnn", "R", 28), ("st-cnn", "RTS", 42), ("cnn", "R", 28), ("st-fcn", "R", 28)]
)
def test_the_same_outputs_and_gradients(model, distortion, size, dtype, tolerance):
    plain, quick = pair(model, distortion, dtype)
    expected, found = outcome(plain, size), outcome(quick, size)
    assert list(expected) == list(found)
    for name, value in expected.items():
        scale = value.abs().max().item()
        assert scale > 0
        torch.testing.assert_close(found[name], value, rtol=0, atol=tolerance * max(scale, 1), msg=name)


def test_what_is_changed():
    _, quick = pair()
    kinds = [type(layer).__name__ for layer in quick.network]
    assert kinds == ["OneChannelConv2d", "MaxPool2d", "ReLU", "Conv2d", "MaxPool2d", "ReLU", "Flatten", "Linear"]
    _, quick = pair("cnn")
    assert type(quick.network[0]) is nn.Conv2d, "its pictures ask for no gradient"


def test_the_parameters_are_the_same_objects_and_no_random_number_is_used():
    network = build("st-cnn", "R", rng=0)
    before, state = dict(network.named_parameters()), torch.get_rng_state()
    after = dict(quicken(network).named_parameters())
    assert list(before) == list(after) and all(before[name] is after[name] for name in before)
    assert torch.equal(state, torch.get_rng_state())


@pytest.mark.parametrize("shape, kernel, padding", [((5, 7), 3, 0), ((6, 4), 3, 2), ((9, 5), (3, 2), (0, 1))])
def test_one_channel_of_any_shape_against_finite_differences(shape, kernel, padding):
    layer = OneChannelConv2d.of(nn.Conv2d(1, 4, kernel, padding=padding, dtype=torch.float64))
    images = torch.randn(2, 1, *shape, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    images.requires_grad_()
    torch.testing.assert_close(layer(images), F.conv2d(images, layer.weight, layer.bias, padding=padding))
    assert torch.autograd.gradcheck(layer, (images,))


def test_in_bfloat16_it_is_as_close_to_the_truth_as_torch_s_own():
    """Eighty-one rounded numbers meet in each pixel: added up in bfloat16 they would be three times as far off."""
    generator = torch.Generator().manual_seed(0)
    images, d_out = (torch.randn(shape, generator=generator) for shape in ((8, 1, 28, 28), (8, 64, 20, 20)))
    plain = nn.Conv2d(1, 64, 9)

    def d_images(layer, precision):
        leaf = images.clone().requires_grad_()
        with torch.autocast("cpu", torch.bfloat16, enabled=precision == "bfloat16"):
            out = layer(leaf)
        assert out.dtype == getattr(torch, precision)
        out.backward(d_out.to(out.dtype))
        return leaf.grad

    truth = d_images(plain, "float32")
    theirs, ours = (
        (d_images(layer, "bfloat16") - truth).norm() / truth.norm() for layer in (plain, OneChannelConv2d.of(plain))
    )
    assert 0 < ours < 1.5 * theirs and ours < 0.01


def test_turned_copies_keep_torchs_convolution():
    """Copies have no parameters, so their network needs no gradient with respect to a picture."""
    network = quicken(build("cnn", "R", rng=0, turned_copies=4))
    assert not any(isinstance(layer, OneChannelConv2d) for layer in network.modules())
