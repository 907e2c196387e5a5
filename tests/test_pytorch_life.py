"""Whether a transformer lives: silent units, theta's spread, what lies outside, the pose and the label that remain."""

import json
import math

import numpy as np
import pytest
import torch

from book.experiments.measured import MeasuredRun, known_digits, label_leak
from stn_numpy.pytorch import build
from stn_numpy.pytorch.digits import test_digits
from stn_numpy.pytorch.life import is_silent, signs_of_life
from stn_numpy.pytorch.run import Stopped
from stn_numpy.pytorch.settings import Settings
from stn_numpy.pytorch.train import main

CPU = torch.device("cpu")
test_digits.__test__ = False  # a function of the library, whatever its name looks like


def network(bias=0.0, weight=0.05, model="st-fcn", transform="affine"):
    """A network whose last hidden layer has this bias, and whose theta depends on it."""
    found = build(model, "R", transform, rng=0)
    localisation = found.transformer.localisation
    with torch.no_grad():
        localisation.features[-2].bias += bias
        localisation.final.weight.fill_(weight)
    return found


@pytest.fixture(scope="module")
def digits():
    images, labels, pose = test_digits("small", "R")
    return images, labels, pose


@pytest.mark.parametrize("model, layers", [("st-fcn", 2), ("st-cnn", 3)])
def test_a_dead_and_a_living_network(model, layers, digits):
    images, _, pose = digits
    dead, living = (signs_of_life(network(bias, model=model), images, pose) for bias in (-1e3, 0.0))
    assert len(dead["silent"]) == len(living["silent"]) == layers
    assert is_silent(dead) and not is_silent(living) and dead["silent"][0] == living["silent"][0] < 0.5
    assert torch.tensor(dead["theta_spread"]).abs().max() < 1e-6 < torch.tensor(living["theta_spread"]).min()
    assert dead["theta_mean"] == [[1, 0, 0], [0, 1, 0]]
    assert dead["outside"] == 0 < living["outside"] < 1


def test_a_unit_that_is_active_once_is_not_silent(digits):
    images = digits[0][:40]
    layer, found = network(), []
    with torch.no_grad():
        layer.transformer.localisation.features[-2].weight.zero_()
        layer.transformer.localisation.features[-2].bias.fill_(-1.0)
        layer.transformer.localisation.features[-2].bias[3:5] = 1.0
        found.append(signs_of_life(layer, images, batch=7)["silent"][-1])
        layer.transformer.localisation.features[-2].bias.fill_(-1.0)
        first = layer.transformer.localisation.features[:-2](images)
        layer.transformer.localisation.features[-2].weight[0] = 1e6 * (first[33] - first.mean(0))
        hidden = layer.transformer.localisation.features(images)
    assert (hidden > 0).sum(0)[0] < 40  # active for some of the pictures alone
    found.append(signs_of_life(layer, images, batch=7)["silent"][-1])
    assert found == [round(30 / 32, 4), round(31 / 32, 4)]


class Says(torch.nn.Module):
    """A localisation network that looks at nothing."""

    def __init__(self, answer):
        super().__init__()
        self.answer = answer

    def forward(self, images):
        return self.answer()


def test_what_remains_is_the_pose_that_is_not_undone(digits):
    images, _, pose = digits
    standing = signs_of_life(network(weight=0.0), images, pose)["remaining"]
    assert 50 < standing["degrees"] < 60 and standing["scale"] < 1e-4 and standing["pixels"] < 1e-3
    whole = torch.cat([pose.theta, torch.tensor([[[0.0, 0, 1]]]).expand(len(images), 1, 3)], dim=1)
    undone = network()
    undone.transformer.localisation = Says(lambda: torch.linalg.inv(whole)[:, :2].flatten(1))
    assert max(signs_of_life(undone, images, pose, batch=len(images))["remaining"].values()) < 0.1
    assert "remaining" not in signs_of_life(network(), images)
    assert "remaining" not in signs_of_life(network(transform="tps", weight=0.0), images, pose)


@pytest.mark.filterwarnings("ignore:invalid value")
def test_numbers_that_are_not_finite_or_a_theta_of_zeros_are_said_plainly(digits):
    images, _, pose = digits
    lost = network()
    with torch.no_grad():
        lost.transformer.localisation.final.bias[0] = math.nan
    found = json.loads(json.dumps(signs_of_life(lost, images, pose), allow_nan=False))
    assert found["theta_mean"][0][0] is None and found["remaining"]["degrees"] is None
    lost.transformer.localisation = Says(lambda: torch.zeros(len(images), 6))
    assert "remaining" not in signs_of_life(lost, images, pose, batch=len(images))


def test_the_label_is_read_from_a_theta_that_whispers_it_and_not_from_a_constant(digits):
    images, labels, _ = digits
    known, known_labels = known_digits("small", "R")

    constant = network(weight=0.0)
    assert 0.05 < label_leak(constant, known, known_labels, images, labels) < 0.15
    telling = network()
    parts = iter([*known_labels.split(500), *labels[::5].split(500)])
    telling.transformer.localisation = Says(lambda: next(parts)[:, None].float().expand(-1, 6))
    assert label_leak(telling, known, known_labels, images, labels) == 1


def run(folder, record_every=10, **settings):
    return MeasuredRun(
        Settings("st-fcn", "R", data="small", batch=8, iterations=60, rate=0.05, **settings),
        0,
        CPU,
        folder,
        record_every=record_every,
    )


def test_a_history_is_kept_through_stops_and_changes_no_loss(tmp_path):
    """It is recorded at multiples and at the end, whether the run was stopped before, at or after such a step."""
    plain = run(tmp_path / "plain", record_every=0)
    plain.train()
    whole = run(tmp_path / "whole", record_every=35)
    whole.train()
    expected = whole.finish({})
    assert torch.equal(whole.losses, plain.losses) and "history" not in plain.finish({})
    assert [entry["step"] for entry in expected["history"]] == [35, 60]
    last = expected["history"][-1]
    assert np.shape(last["thetas"]) == (20, 6)
    assert last["test_error"] == expected["test_error"] and last["life"] == expected["life"]
    assert 0 < last["label_leak"] < 1 and last["life"]["remaining"]["degrees"] == pytest.approx(
        expected["angles"]["remaining_degrees"], abs=0.01
    )
    for stop in (20, 35, 40):
        part = run(tmp_path / "part", record_every=35)
        steps = iter(range(part.step + 1, 61))
        with pytest.raises(Stopped):
            part.train(stop=lambda steps=steps, stop=stop: next(steps) >= stop)
        assert part.step == stop
    part = run(tmp_path / "part", record_every=35)
    part.train()
    assert part.finish({})["history"] == expected["history"]


@pytest.mark.parametrize("bias, warned", [(-1e3, True), (0.0, False)])
def test_the_command_warns_of_a_transformer_that_stands_still(bias, warned, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(Settings, "build", lambda self, seed: network(bias))
    main(
        [
            "--model",
            "st-fcn",
            "--distortion",
            "R",
            "--data",
            "small",
            "--batch",
            "8",
            "--device",
            "cpu",
            "--precision",
            "float32",
            "--iterations",
            "2",
            "--out",
            str(tmp_path),
        ]
    )
    said = (
        "warning: the localisation network's last hidden layer is silent for every picture: theta is a constant; "
        "lower --localisation-rate"
    )
    assert (said in capsys.readouterr().err) == warned
