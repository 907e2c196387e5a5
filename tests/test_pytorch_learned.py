"""What a trained transformer leaves: poses that can be worked out, and the command."""

import json

import numpy as np
import pytest
import torch

from book.experiments.scale import learned
from stn_numpy.digits import load_digits
from stn_numpy.distortions import distort
from stn_numpy.pose import circular_deviation
from stn_numpy.pytorch.folder import FolderSettings
from stn_numpy.pytorch.run import Run, made_by
from stn_numpy.pytorch.settings import Settings

STILL = np.array([[[1.0, 0, 0], [0, 1, 0]]])


@pytest.fixture(scope="module")
def pose():
    digits = load_digits("test")[0][:200].astype(float)
    return distort(digits, "RTS", np.random.default_rng(0))[1]


def _undo(theta):
    whole = np.concatenate([theta, np.broadcast_to([[[0.0, 0, 1]]], (len(theta), 1, 3))], axis=1)
    return np.linalg.inv(whole)[:, :2]


def test_standing_still_leaves_what_was_given(pose):
    left = learned.remaining_pose(pose.theta, STILL.repeat(200, 0), 28, 42)
    assert left["degrees"] == pytest.approx(circular_deviation(pose.angle))
    assert left["scale"] == pytest.approx(np.log(pose.scale).std())
    assert left["pixels"] == pytest.approx(np.hypot(pose.shift_x.std(), pose.shift_y.std()))


def test_undoing_everything_leaves_nothing(pose):
    left = learned.remaining_pose(pose.theta, _undo(pose.theta), 28, 42)
    assert max(left.values()) < 1e-5


def test_each_part_is_measured_alone():
    """Two digits, worked out by hand: only where their middles lie differs, by 6 pixels across."""
    shift = STILL.repeat(2, 0)
    shift[:, 0, 2] = 3 / 14, -3 / 14
    left = learned.remaining_pose(STILL.repeat(2, 0), shift, 28, 28)
    assert left == pytest.approx(dict(degrees=0, scale=0, pixels=3), abs=1e-7)
    zoom = STILL.repeat(2, 0) * np.array([1, 2])[:, None, None]
    left = learned.remaining_pose(STILL.repeat(2, 0), zoom, 28, 28)
    assert left == pytest.approx(dict(degrees=0, scale=np.log(2) / 2, pixels=0), abs=1e-7)


def test_results_of_other_commands_are_passed_over(tmp_path):
    folder = FolderSettings("st-cnn", None, folder="mine", image_shape=(3, 24, 24), classes=("a", "b"), mean=(0.5,) * 3)
    for name, settings in (("st-cnn-mine", folder), ("st-cnn-R", Settings("st-cnn", "R"))):
        (tmp_path / f"{name}-seed0.json").write_text(json.dumps(dict(settings=settings.facts(), seed=0, made_by={})))
    assert learned.runs_in([tmp_path]) == [tmp_path / "st-cnn-R-seed0.json"]


@pytest.mark.parametrize("model, distortion", [("st-fcn", "R"), ("st-cnn", "RTS")])
def test_command(tmp_path, capsys, model, distortion):
    settings = Settings(model, distortion, data="small", iterations=2, batch=8)
    for seed in (0, 3):
        run = Run(settings, [seed], torch.device("cpu"), tmp_path)
        run.train()
        run.finish(made_by("a test", torch.device("cpu")))
    learned.main([str(tmp_path), "--out", str(tmp_path / "learned.json")])
    written = json.loads((tmp_path / "learned.json").read_text())
    assert {"command", "commit", "torch"} <= set(written["made_by"])
    found, other = written["runs"]
    size = 28 if distortion == "R" else 42
    assert np.shape(found["mean_before"]) == np.shape(found["mean_behind"]) == (10, size, size)
    assert np.ptp(found["mean_before"]) > 20
    assert (found["seed"], other["seed"]) == (0, 3) and found["settings"] == settings.facts()
    assert 0 <= found["silent"] < found["units"]
    assert "mean_before" not in other and other["pose_before"] == found["pose_before"]
    assert "written to" in capsys.readouterr().out


def test_a_folder_without_such_runs_is_refused(tmp_path, capsys):
    path = tmp_path / "cnn-R-seed0.json"
    for content, said in (("{}", "is not a run's result"), ("?", "is not a run's result"),
                          ('{"settings": []}', "is not a run's result"),
                          (json.dumps(dict(settings=Settings("cnn", "R").facts(), seed=0, made_by={})), "affine")):
        path.write_text(content)
        with pytest.raises(SystemExit) as left:
            learned.main([str(tmp_path), "--out", str(tmp_path / "out.json")])
        assert left.value.code == 1
        assert said in capsys.readouterr().err
