"""The module of one page: it starts by changing nothing, learns to look, and is the library's twin."""

import ast

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from tolerances import assert_agrees
from torch import nn

from book import answer, by_hand
from conftest import ROOT
from stn_numpy import pytorch
from stn_numpy.pytorch.localisation import LocalisationNetwork

PATH = ROOT / "book" / "answer.py"
each_family = pytest.mark.parametrize("family", answer.FAMILIES)


def new(channels=1, size=(20, 20), seed=0, **options):
    torch.manual_seed(seed)
    return answer.SpatialTransformer(channels, size, **options)


def moved(transformer):
    """The same module with last weights that are not zero: every image gets a theta of its own."""
    with torch.no_grad():
        transformer.localisation[-1].weight.normal_(0, 0.3, generator=torch.Generator().manual_seed(1))
    return transformer


def images(*shape, dtype=torch.float64):
    return torch.randn(shape, generator=torch.Generator().manual_seed(2), dtype=dtype)


def test_it_fits_a_page_and_needs_torch_alone():
    text = PATH.read_text("utf8")
    assert len(text.splitlines()) <= 60
    imports = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Import | ast.ImportFrom)]
    assert {getattr(node, "module", None) or node.names[0].name for node in imports} == {"torch", "torch.nn.functional"}


@each_family
@pytest.mark.parametrize("align_corners", [False, True])
def test_at_the_start_every_image_passes_unchanged(family, align_corners):
    """Whatever the image is: the last weights are zero."""
    image = images(3, 2, 24, 31)
    out = new(2, (24, 31), family=family, align_corners=align_corners).double()(image)
    assert_agrees(out.detach().numpy(), image.numpy(), unit=10)


@each_family
@pytest.mark.parametrize("mode", ["bilinear", "nearest", "bicubic"])
@pytest.mark.parametrize("padding_mode", ["zeros", "border", "reflection"])
@pytest.mark.parametrize("align_corners", [False, True])
def test_it_is_the_librarys_twin(family, mode, padding_mode, align_corners):
    """With the same layers: theta, output and every gradient."""
    reading = dict(mode=mode, padding_mode=padding_mode, align_corners=align_corners)
    ours = moved(new(3, (13, 17), family=family, **reading)).double()
    twin = LocalisationNetwork.of(ours.localisation[:-1], ours.localisation[-1])
    library = pytorch.SpatialTransformer(twin, family, (13, 17), **reading)
    image, d_out = images(4, 3, 21, 26), images(4, 3, 13, 17)
    assert_agrees(ours.theta(image).detach().numpy(), library.theta(image).detach().numpy())
    found = []
    for module in (ours, library):
        given = image.clone().requires_grad_()
        out = module(given)
        gradients = torch.autograd.grad(out, [given, *ours.localisation.parameters()], d_out)
        found.append([out.detach(), *gradients])
    for one, other in zip(*found):
        assert_agrees(one.numpy(), other.numpy())


def test_size_and_channels_of_the_input_are_free():
    """One module for images of several sizes; all channels are read at the same points."""
    transformer = moved(new(5, (9, 11))).double()
    for height, width in ((28, 28), (40, 64), (17, 90)):
        image = images(2, 5, height, width)
        out, theta = transformer(image), transformer.theta(image)
        assert out.shape == (2, 5, 9, 11)
        grid = F.affine_grid(theta, (2, 1, 9, 11), align_corners=False)
        for channel in range(5):
            alone = F.grid_sample(image[:, [channel]], grid, align_corners=False)
            assert_agrees(out[:, [channel]].detach().numpy(), alone.detach().numpy())
        assert (theta[0] - theta[1]).abs().max() > 1e-3


def test_the_gradient_reaches_the_localisation_network():
    """At the start its last layer alone; after one step every weight of it."""
    transformer = new()
    image, weight = images(8, 1, 40, 40, dtype=torch.float32), images(8, 1, 20, 20, dtype=torch.float32)
    parameters = list(transformer.localisation.parameters())
    gradients = torch.autograd.grad((transformer(image) * weight).sum(), parameters)
    assert [bool(one.abs().max() > 0) for one in gradients] == [False] * (len(parameters) - 2) + [True] * 2
    with torch.no_grad():
        for parameter, gradient in zip(parameters, gradients):
            parameter -= 1e-6 * gradient
    gradients = torch.autograd.grad((transformer(image) * weight).sum(), parameters)
    assert all(one.abs().max() > 0 for one in gradients)


def test_the_points_stay_exact_under_autocast():
    """In bfloat16 the grid of a large picture would be off by half a pixel or more."""
    transformer, image = new(1, (512, 512)), torch.rand((1, 1, 512, 512), generator=torch.Generator().manual_seed(0))
    with torch.autocast("cpu", dtype=torch.bfloat16):
        out = transformer(image)
    assert out.dtype == torch.float32 and (out - image).abs().max() < 1e-3


def classifier(seed=0):
    torch.manual_seed(seed)
    return nn.Sequential(new(), nn.Flatten(), nn.Linear(400, 32), nn.ReLU(), nn.Linear(32, 10))


def test_groups_hold_every_parameter_once():
    model = nn.Sequential(nn.Conv2d(1, 2, 3), new(2), nn.Flatten(), nn.Linear(800, 10))
    rest, own = answer.parameter_groups(model, 0.1, 0.02)
    assert (rest["lr"], own["lr"]) == (0.1, 0.02)
    assert {id(one) for one in own["params"]} == {id(one) for one in model[1].localisation.parameters()}
    assert sorted(map(id, rest["params"] + own["params"])) == sorted(map(id, model.parameters()))
    assert len(torch.optim.SGD([rest, own]).param_groups) == 2  # which refuses a parameter that is there twice


def test_silent_units_are_counted():
    """Two of four units can never be active; one of the others is, for the second image alone."""
    transformer = new(hidden=4)
    with torch.no_grad():
        first = transformer.localisation[-3]
        first.weight.zero_()
        first.weight[3] = 1
        first.bias.copy_(torch.tensor([-1.0, -1, 1, 0]))
        for layer in transformer.localisation[:-3]:
            if isinstance(layer, nn.Conv2d):
                layer.weight.fill_(0.1)
                layer.bias.zero_()
    both = torch.stack([torch.zeros(1, 40, 40), torch.ones(1, 40, 40)])
    assert answer.silent_share(transformer, both) == 0.5
    assert answer.silent_share(transformer, both[:1]) == 0.75


def test_it_trains_and_looks_somewhere_else():
    """Forty steps on digits at any place and size: the loss falls, and theta is neither the identity nor the same for
    all images; with a rate of 0, it stays the identity."""
    digits, labels = by_hand.digits("train")
    canvas = torch.tensor(by_hand.scatter(digits[:256], np.random.default_rng(0))[0])
    target = torch.tensor(labels[:256])
    for own_rate in (0.02, 0.0):
        model, losses = classifier(), []
        optimizer = torch.optim.SGD(answer.parameter_groups(model, 0.2, own_rate), momentum=0.9, nesterov=True)
        for _ in range(40):
            losses.append(F.cross_entropy(model(canvas), target))
            optimizer.zero_grad()
            losses[-1].backward()
            optimizer.step()
        theta = model[0].theta(canvas).detach()
        assert losses[-1] < losses[0] - 0.5
        away = (theta - torch.eye(2, 3)).abs().max()
        assert away == 0 if own_rate == 0 else away > 0.02 and theta.std(dim=0).max() > 1e-5
        assert answer.silent_share(model[0], canvas) < 0.5
