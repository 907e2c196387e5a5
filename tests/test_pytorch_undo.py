"""The measurement of chapter 15, in miniature."""

import json

import numpy as np
import pytest

from book.experiments.families import fits as families
from book.experiments.families.undo import straight
from stn_numpy.distortions import apply
from stn_numpy.pytorch.settings import Settings
from stn_numpy.sampler import grid_sample


@pytest.fixture
def small(monkeypatch):
    for name, value in dict(DIGITS=4, STEPS=3, ANGLES=(30,), SIDES=(2, 3), ITERATIONS=2, BATCH=4, DRAWS=1,
                            NETWORKS=(("fcn", None), ("st-fcn", "tps"))).items():
        monkeypatch.setattr(families, name, value)


@pytest.mark.parametrize("distortion, angle", [("R", None), ("R", 30), ("P", None), ("E", None)])
def test_the_grid_is_the_one_by_which_the_digits_were_distorted(small, distortion, angle):
    wanted, images, grid = families.distorted(distortion, 0, angle)
    np.testing.assert_allclose(grid_sample(wanted, grid), images, atol=1e-12)
    assert np.abs(grid - straight(grid)).max() > 0.1
    if angle is not None:
        turned, _ = apply(wanted, "R", dict(angle=np.full(4, np.radians(angle))))
        np.testing.assert_allclose(images, turned)


def test_the_seed_is_who_draws(small):
    one, again, other = (families.distorted("E", seed)[1] for seed in (0, 0, 1))
    np.testing.assert_array_equal(one, again)
    assert np.abs(one - other).max() > 0.5


def test_noise_that_was_fitted_is_not_the_noise_that_is_tested_on(small):
    found = families.fit_noisy(3, 0.1, 0, *families.distorted("E", 0))
    assert found["left"] != found["unseen"] and found["clean"] < found["unseen"]
    assert 0 < found["energy"] < np.inf


def test_every_part_is_measured_once(small, tmp_path, capsys, monkeypatch):
    command = ["--seeds", "2", "--out", str(tmp_path), "--runs", str(tmp_path / "runs")]
    families.main(command)
    written = (tmp_path / "families.json").read_text()
    parts = json.loads(written)
    assert {part: len(content["runs"]) for part, content in parts.items()} == dict(
        families=2 * 3 * 8, angles=2 * 4, points=2 * 2 * 2, networks=2 * 2)
    assert all(content["made_by"]["commit"] for content in parts.values())
    network = [run for run in parts["networks"]["runs"] if run["transform"] == "tps"][0]
    assert 0 <= network["error"] <= 1 and network["moved"] >= 0 and network["parameters"] > 10_000
    monkeypatch.setattr(families, "measured", None)
    capsys.readouterr()
    families.main(command)
    assert capsys.readouterr().out == "" and (tmp_path / "families.json").read_text() == written


def test_a_network_goes_on_where_it_was(small, tmp_path):
    """What was trained already is measured, not trained again."""
    settings = Settings("fcn", "E", data="small", iterations=2, batch=4)
    first = families.trained(settings, 0, tmp_path)
    (tmp_path / "fcn-E-seed0.pt").stat()
    assert families.trained(settings, 0, tmp_path) == first
