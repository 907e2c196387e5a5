"""The output of `diagnose` for transformers with known faults, in modules that are independent of this package."""

import math
import random

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from support import assert_refused
from torch import nn

from stn_numpy.pytorch import LocalisationNetwork, SpatialTransformer, build, diagnose
from stn_numpy.pytorch.watch import Look, measure_grid

DIGIT = torch.zeros(3, 1, 8, 8)
DIGIT[:, :, 2:6, 3:5] = 1.0
LABELS = torch.tensor([0, 1, 2])


class Foreign(nn.Module):
    """A reader's own: one theta for every image, learned as a bias, and a linear classifier."""

    def __init__(self, theta, corners=(False, False), padding_mode="zeros", seen=8, change=lambda grid: grid):
        super().__init__()
        self.angle = nn.Parameter(torch.tensor(theta, dtype=torch.float32))
        self.head = nn.Linear(seen * seen, 4)
        self.corners, self.padding_mode, self.seen, self.change = corners, padding_mode, seen, change

    def look(self, x):
        grid = F.affine_grid(self.angle.expand(len(x), 2, 3), (len(x), 1, self.seen, self.seen), self.corners[0])
        return F.grid_sample(x, self.change(grid), padding_mode=self.padding_mode, align_corners=self.corners[1])

    def forward(self, x):
        return self.head(self.look(x).flatten(1))


IDENTITY = [[1.0, 0, 0], [0, 1, 0]]


def examine(theta=IDENTITY, images=DIGIT, labels=LABELS, **options):
    torch.manual_seed(0)
    return diagnose(Foreign(theta, **options), (images, labels), draw=False)


def suspects(diagnosis):
    return {name for name, found in diagnosis.findings.items() if found.suspicious}


def test_a_healthy_one_has_nothing_wrong():
    found = examine()
    assert not suspects(found)
    assert found["outside"].value == 0 and found["drift"].value == pytest.approx(0, abs=1e-5)
    assert found["singular values"].value == pytest.approx((1, 1), abs=1e-6)
    assert found["gradients"].value["localisation"] > 0 and found["gradients"].value["rest"] > 0


@pytest.mark.parametrize("shift, share", [(0.0, 0), (0.5, 2 / 8), (1.0, 4 / 8), (-0.25, 1 / 8), (2.5, 1)])
def test_share_outside_of_a_shift(shift, share):
    """Eight columns; half a unit is two of them."""
    assert examine([[1, 0, shift], [0, 1, 0]])["outside"].value == pytest.approx(share)


def test_outside_through_the_bottom_is_outside_too():
    assert examine([[1, 0, 0.5], [0, 1, 0.25]])["outside"].value == pytest.approx((16 + 8 - 2) / 64)


def test_all_outside_stops_the_gradient():
    found = examine([[1, 0, 2.5], [0, 1, 0]])
    assert {"outside", "gradients"} <= suspects(found)
    assert found["gradients"].value["localisation"] == 0 and found["gradients"].value["rest"] > 0
    assert "100%" in found["outside"].verdict and "learns nothing" in found["gradients"].verdict


def test_drift_is_counted_in_pixels():
    """A quarter of a unit is one of eight pixels; along both axes that is the diagonal."""
    assert examine([[1, 0, 0.25], [0, 1, 0]])["drift"].value == pytest.approx(1)
    assert examine([[1, 0, 0.25], [0, 1, -0.25]])["drift"].value == pytest.approx(math.sqrt(2))
    assert examine([[1, 0, 2 / 7], [0, 1, 0]], corners=(True, True))["drift"].value == pytest.approx(1)


def test_singular_values_are_not_eigenvalues():
    """A shear by 3/2 stretches by 2 and by 1/2, and both its eigenvalues are 1."""
    assert examine([[1, 1.5, 0.1], [0, 1, 0]])["singular values"].value == pytest.approx((2, 0.5), abs=1e-5)
    turned = examine([[0, -1, 0], [1, 0, 0]])
    assert turned["singular values"].value == pytest.approx((1, 1), abs=1e-5) and not turned["mirrored"].suspicious


@pytest.mark.parametrize(
    "theta, seen, word",
    [
        ([[3, 0, 0], [0, 3, 0]], 8, "left out"),
        (IDENTITY, 2, "left out"),
        ([[0.0, 0, 0], [0, 0, 0]], 8, "a line or a point"),
        (IDENTITY, 4, None),
    ],
)
def test_a_stretch_that_skips_pixels_is_named(theta, seen, word):
    """Four samples for eight pixels are two pixels apart, and still touch all of them; two samples are four apart."""
    found = examine(theta, seen=seen)["singular values"]
    assert found.suspicious == (word is not None)
    assert word is None or word in found.verdict


def test_swapped_axes_are_a_mirror_image():
    found = examine(change=lambda grid: grid.flip(-1))
    assert found["mirrored"].value == 1 and "swapped" in found["mirrored"].verdict
    np.testing.assert_allclose(measure_grid(found.looks[0])["theta"][0], [[0, 1, 0], [1, 0, 0]], atol=1e-6)


def test_theta_is_read_from_the_grid_as_x_then_y():
    bent = [[0.5, 0.25, 0.1], [-0.75, 1.5, -0.2]]
    for corners in (False, True):
        look = examine(bent, corners=(corners, corners)).looks[0]
        found = measure_grid(look)
        np.testing.assert_allclose(found["theta"][1], bent, atol=1e-6)
        assert found["bend"] < 1e-5


def test_pixels_of_an_image_that_is_not_square():
    """On 4 rows and 8 columns a unit is two pixels down and four across; the stride counts pixels of the input."""
    image = torch.rand(1, 1, 4, 8)
    grid = F.affine_grid(torch.tensor([[[1.0, 0, 0.5], [0, 3, 0]]]), (1, 1, 4, 8), align_corners=False)
    found = measure_grid(Look(image, grid, image, "zeros", False, False, grid, image))
    assert found["stride"].item() == pytest.approx(3)
    sideways = F.affine_grid(torch.tensor([[[1.0, 0, 0.5], [0, 1, 0]]]), (1, 1, 4, 8), align_corners=False)
    found = measure_grid(Look(image, sideways, image, "zeros", False, False, grid, image))
    assert found["drift"].item() == pytest.approx(2)


def test_mixed_align_corners_are_named():
    found = examine(corners=(True, False))
    assert suspects(found) == {"align_corners"}
    assert "True" in found["align_corners"].verdict and "False" in found["align_corners"].verdict
    assert not examine(corners=(True, True))["align_corners"].suspicious


def test_a_grid_made_by_hand_is_not_accused():
    found = examine(corners=(True, False), change=lambda grid: grid * 7 / 8)
    assert found["align_corners"].value is None and not found["align_corners"].suspicious


@pytest.mark.parametrize("padding_mode, framed", [("zeros", True), ("border", False), ("reflection", False)])
def test_a_frame_needs_a_grey_background_and_zeros(padding_mode, framed):
    found = examine(images=DIGIT - 0.25, padding_mode=padding_mode)
    assert found["background"].suspicious == framed
    assert found["background"].value == pytest.approx(0.25 if framed else 0)
    assert not examine(padding_mode=padding_mode)["background"].suspicious


class Unfed(Foreign):
    def forward(self, x):
        self.look(x)
        return self.head(x.flatten(1))


class Detached(Foreign):
    def look(self, x):
        with torch.no_grad():
            return super().look(x)


def test_a_classifier_that_is_given_something_else():
    found = diagnose(Unfed(IDENTITY), (DIGIT, LABELS), draw=False)
    assert {"fed", "gradients"} <= suspects(found) and found["fed"].value is False
    assert "something else" in found["fed"].verdict


def test_a_theta_that_is_not_trained():
    found = diagnose(Detached(IDENTITY), (DIGIT, LABELS), draw=False)
    assert "gradients" in suspects(found) and "detached" in found["gradients"].verdict


def test_gradient_norms_are_those_of_backward():
    model = Foreign([[0.9, 0.2, 0.1], [-0.1, 1.1, 0.05]])
    found = diagnose(model, (DIGIT, LABELS), draw=False)["gradients"].value
    F.cross_entropy(model(DIGIT), LABELS).backward()
    assert found["localisation"] == pytest.approx(model.angle.grad.norm().item(), rel=1e-5)
    rest = torch.cat([p.grad.flatten() for p in model.head.parameters()]).norm().item()
    assert found["rest"] == pytest.approx(rest, rel=1e-5)


@pytest.mark.parametrize("padding_mode", ["zeros", "border", "reflection"])
def test_a_diverged_theta_is_reported_and_its_backward_never_run(padding_mode):
    """In torch 2.13 that backward can end the process."""
    found = examine([[float("nan"), 0, 0], [0, 1, 0]], padding_mode=padding_mode)
    assert {"finite", "gradients"} <= suspects(found)
    assert found["finite"].value == 3 * 64 and found["gradients"].value is None


def test_one_diverged_image_does_not_spoil_the_numbers_of_the_others():
    grid = F.affine_grid(torch.tensor([IDENTITY] * 3), (3, 1, 8, 8), align_corners=False)
    grid[1, 3, 3, 0] = float("inf")
    found = measure_grid(Look(DIGIT, grid, DIGIT, "zeros", False, False, grid, DIGIT))
    assert found["outside"].isnan().tolist() == [False, True, False]
    assert found["drift"][[0, 2]].abs().max() < 1e-5


class Restless(nn.Module):
    """Batch norm, dropout, two transformers, and a counter that is replaced at each forward."""

    def __init__(self):
        super().__init__()
        self.norm, self.drop, self.head = nn.BatchNorm2d(1), nn.Dropout(0.5), nn.Linear(64, 4)
        self.first = nn.Parameter(torch.tensor([IDENTITY]))
        self.second = nn.Parameter(torch.tensor([[[1.0, 0, 2.5], [0, 1, 0]]]))
        self.register_buffer("count", torch.zeros(()))

    def forward(self, x):
        self.count = self.count + 1
        x = self.norm(x) + 0.5
        for theta in (self.first, self.second):
            x = F.grid_sample(x, F.affine_grid(theta.expand(len(x), 2, 3), x.shape, False), align_corners=False)
        return self.head(self.drop(x).flatten(1))


@pytest.mark.parametrize("training", [True, False])
def test_nothing_is_changed(training):
    model = Restless().train(training)
    model.head.weight.grad = torch.ones_like(model.head.weight)
    before = {name: value.clone() for name, value in model.state_dict().items()}
    count = model.count
    states = torch.get_rng_state(), random.getstate(), np.random.get_state()[1].tolist()
    diagnose(model, (DIGIT, LABELS), draw=False)
    assert model.training == training and model.count is count
    assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())
    assert torch.equal(model.head.weight.grad, torch.ones_like(model.head.weight)) and model.first.grad is None
    after = torch.get_rng_state(), random.getstate(), np.random.get_state()[1].tolist()
    assert torch.equal(states[0], after[0]) and states[1:] == after[1:]
    with torch.no_grad():
        diagnose(model, (DIGIT, LABELS), draw=False)
        assert not torch.is_grad_enabled()


def test_each_of_several_samplers_is_looked_at():
    found = diagnose(Restless(), (DIGIT, LABELS), draw=False)
    assert found["outside"].value == 0 and found["outside 2"].value == 1
    assert len(found.looks) == 2 and {"drift 2", "background 2"} <= set(found.findings)


def test_without_labels_nothing_is_said_of_gradients():
    found = diagnose(Foreign(IDENTITY), DIGIT, draw=False)
    assert found["gradients"].value is None and not found["gradients"].suspicious and "labels" in str(found)


def test_a_loss_of_the_readers_own():
    target = torch.rand(3, 4)
    found = diagnose(Foreign(IDENTITY), (DIGIT, target), loss=F.mse_loss, draw=False)
    assert found["gradients"].value["localisation"] > 0


def test_a_frozen_model_and_a_compiled_one():
    model = Foreign(IDENTITY)
    compiled = torch.compile(model)
    assert not suspects(diagnose(compiled, (DIGIT, LABELS), draw=False))
    assert "no parameter" in diagnose(model.requires_grad_(False), (DIGIT, LABELS), draw=False)["gradients"].verdict


def test_the_networks_of_this_package():
    model = build("st-cnn", "R", rng=0)
    found = diagnose(model, (torch.rand(2, 1, 28, 28), torch.tensor([1, 2])), draw=False)
    assert found["align_corners"].value is True and found["gradients"].value["localisation"] > 0
    bent = SpatialTransformer(LocalisationNetwork((1, 9, 9), [0.0] * 32, rng=0), "tps")
    with torch.no_grad():
        bent.localisation.final.bias.add_(0.3 * torch.randn(32, generator=torch.Generator().manual_seed(0)))
    assert "bent" in diagnose(bent, torch.rand(2, 1, 9, 9), draw=False)["singular values"].verdict


def test_it_prints_what_it_returns(capsys):
    found = examine([[1, 0, 0.75], [0, 1, 0]])
    printed = capsys.readouterr().out
    assert printed == f"{found}\n" and "LOOK  outside" in printed
    assert all("\n" not in one.verdict for one in found.findings.values())


@pytest.mark.parametrize("channels", [1, 2, 3])
def test_it_draws(channels):
    matplotlib = pytest.importorskip("matplotlib")
    matplotlib.use("Agg")
    images = torch.rand(7, channels, 8, 8)
    figures = diagnose(_Looker(), (images, torch.zeros(7, 1, 8, 8)), loss=_mean_square).figures
    assert len(figures) == 1
    drawn = [ax for part in figures[0].subfigs for ax in part.axes]
    assert len(drawn) == 2 * 5 + 4


class _Looker(nn.Module):
    def __init__(self):
        super().__init__()
        self.theta = nn.Parameter(torch.tensor([IDENTITY]))

    def forward(self, x):
        return F.grid_sample(x, F.affine_grid(self.theta.expand(len(x), 2, 3), x.shape, False), align_corners=False)


def _mean_square(out, target):
    return (out - target).square().mean()


@pytest.mark.parametrize(
    "model, batch, argument, expected, given",
    [
        (nn.Flatten(), DIGIT, "model", "calls torch.nn.functional.grid_sample", "Flatten"),
        (lambda x: x, DIGIT, "model", "a torch.nn.Module", "function"),
        (_Looker(), np.zeros((1, 1, 2, 2)), "batch", "a tensor of floats", "ndarray of float64"),
        (_Looker(), DIGIT.byte(), "batch", "a tensor of floats", "uint8"),
        (_Looker(), DIGIT[0], "batch", "(N, C, H, W)", "(1, 8, 8)"),
        (_Looker(), (DIGIT, LABELS, LABELS), "batch", "a pair", "3"),
        (_Looker(), (DIGIT, LABELS[:2]), "batch", "each of 3 images", "(2,)"),
        (_Looker(), (DIGIT, [0, 1, 2]), "batch", "labels in a tensor", "list"),
        (_Looker().to("meta"), DIGIT, "batch", "device meta", "cpu"),
    ],
)
def test_what_does_not_fit_is_refused(model, batch, argument, expected, given):
    assert_refused(lambda: diagnose(model, batch), argument, expected, given)
