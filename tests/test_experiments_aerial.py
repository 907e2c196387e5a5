"""The rivals of chapter 17: that each is trained as it is named, and that headings are measured as arrows are."""

import dataclasses
import functools

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from series import record_of

from book.experiments.aerial import rivals as aerial
from book.experiments.aerial.rivals import (
    RIVALS,
    Trainer,
    differences,
    heading_errors,
    mean_heading,
    measure_tiles,
    new_network,
    tiles_of,
    turned_anew,
    vote_loss,
)
from stn_numpy.aerial.tiles import KINDS


@pytest.fixture(autouse=True)
def small(monkeypatch):
    """One thread, few tiles, few steps."""
    for name, value in dict(TRAIN=48, TEST=40, GALLERY=16, BATCH=8).items():
        monkeypatch.setattr(aerial, name, value)
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def test_means_and_differences_go_the_short_way_round():
    assert mean_heading([350, 20]) == pytest.approx(5)
    assert differences([359, 1, 180.0, 90], 0).tolist() == [-1, 1, -180, 90]


def test_heading_errors_of_headings_made_up():
    """Each kind off by a constant of its own, by 10 degrees more or less; a tenth tail first; ferries both ways."""
    rng, kinds = np.random.default_rng(0), np.arange(8000) % 8
    left = 37.0 * kinds + rng.choice([-10, 10], 8000) + 180 * (rng.random(8000) < 0.1)
    left[kinds == KINDS.index("ferry")] += rng.choice([0, 180], 1000)
    found = heading_errors(left, kinds)
    assert 9 < found["median"] < 11 and found["within"] == pytest.approx(0.9, abs=0.02)
    assert found["flipped"] == pytest.approx(0.1, abs=0.02)
    assert max(found["by_kind"]) < 12 and found["means"][1] == pytest.approx(37, abs=4)
    nothing = heading_errors(rng.uniform(0, 360, 8000), kinds)
    assert nothing["median"] == pytest.approx(90, abs=6) and nothing["within"] == pytest.approx(1 / 6, abs=0.03)
    assert nothing["by_kind"][KINDS.index("ferry")] == pytest.approx(45, abs=4)


def test_a_tile_turned_anew_has_a_new_true_theta():
    """Read by its new theta, it shows what it showed by the old one; mirrored or swapped it would not."""
    images, _, theta, _ = tiles_of("train", 24)
    turned, truth = turned_anew(images, theta, torch.Generator().manual_seed(0))

    def upright(images, theta):
        return F.grid_sample(
            images,
            F.affine_grid(0.7 * theta + theta * torch.tensor([0, 0, 0.3]), images.shape, align_corners=False),
            align_corners=False,
        )

    before, after = upright(images, theta)[..., 14:34, 14:34], upright(turned, truth)[..., 14:34, 14:34]
    assert (before - after).abs().mean() < 0.25 * (before - upright(images, truth)[..., 14:34, 14:34]).abs().mean()


def test_votes_are_counted_against_the_true_heading():
    """Least for the nearest direction; a ferry has none."""
    theta = tiles_of("train", 48)[2][:1]
    heading = torch.rad2deg(torch.atan2(theta[0, 1, 0], theta[0, 0, 0])).item() % 360
    losses = [
        vote_loss(6 * F.one_hot(torch.tensor([k]), 16).float(), theta, torch.tensor([0])).item() for k in range(16)
    ]
    assert abs(differences(22.5 * np.argmin(losses), heading)) <= 11.3
    assert abs(differences(22.5 * np.argmax(losses), heading)) > 90
    both = vote_loss(torch.zeros(2, 16), theta.expand(2, -1, -1), torch.tensor([0, KINDS.index("ferry")]))
    assert both.item() == pytest.approx(np.log(16), abs=1e-5)


@pytest.mark.parametrize("name", RIVALS)
def test_a_rival_learns_by_heart(name):
    """Eight tiles, seen again and again; the localisation network is reached wherever there is one."""
    rival = dataclasses.replace(RIVALS[name], steps=40, augmented=False)
    network, _ = new_network(rival, 0)
    images, labels, theta, _ = tiles_of("train", 48)
    trainer = Trainer(rival, network, (4 * (images[:8] - 0.4), labels[:8], theta[:8]), 0)
    before = {key: value.clone() for key, value in network.state_dict().items()}
    losses = [trainer() for _ in range(40)]
    assert np.mean(losses[-5:]) < 0.6 * np.mean(losses[:5])
    moved = [key for key, value in network.state_dict().items() if not torch.equal(value, before[key])]
    assert any("localisation" in key for key in moved) == (rival.transform is not None)


def test_rivals_have_equal_parameters():
    counts = [new_network(rival, 0)[0].parameter_count() for rival in RIVALS.values()]
    assert max(counts) < 1.01 * min(counts)


def test_what_a_network_that_knows_leaves():
    """The true thetas in the network's place leave no heading, no place and no scale."""

    class Knows(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.transformer = self

        def forward(self, images):
            return torch.zeros(len(images), 8)

        def theta(self, images):
            return tiles_of("test", 40)[2]

    found = measure_tiles(Knows(), dict(mean=[0.4] * 3), part="test", count=40)
    assert found["heading"]["median"] < 0.1 and found["heading"]["within"] == 1
    assert found["scale"]["spread_behind"] < 1e-3 < 0.2 < found["scale"]["spread_before"]
    assert found["shift"]["behind"] < 1e-3 < 1 < found["shift"]["before"]


@pytest.mark.parametrize("name", ["cnn", "st-told"])
def test_a_cell(tmp_path, name):
    result = record_of(aerial.EXPERIMENT, tmp_path, f"name={name} seed=0", "steps=2").result
    assert 0 <= result["test"]["error"] <= 1 and result["parameters"] > 10_000 and "gallery" in result
    assert ("life" in result) == (name != "cnn")
    assert not list(tmp_path.glob("runs/aerial/*/*.pt"))
    if name != "cnn":
        assert len(result["gallery"]) == 16 and len(result["life"]["silent"]) > 1


def test_what_the_comparison_rests_on(tmp_path, monkeypatch):
    monkeypatch.setattr(aerial, "measure_costs", functools.partial(aerial.measure_costs, rounds=1, steps=1))
    costs = record_of(aerial.EXPERIMENT, tmp_path, "part=costs").result["costs"]
    assert set(costs) == set(RIVALS) and min(costs.values()) > 0
    data = record_of(aerial.EXPERIMENT, tmp_path, "part=data").result
    assert len(data["kinds"]) == len(data["heading_before"]["by_kind"]) == 8
