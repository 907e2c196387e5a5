"""Chapter 13's experiments: the cells of the paper's table, what is measured of a transformer, and the two loops."""

import numpy as np
import pytest
import torch
from series import record_of

from book.experiments.scale import alignment, recipe, speed, table
from book.experiments.scale.paper import error_in_paper
from book.experiments.scale.told import ToldDigits
from stn_numpy.pytorch.command import Refusal
from stn_numpy.pytorch.digits import test_digits as distorted_test_digits
from stn_numpy.pytorch.run import load_checkpoint
from stn_numpy.pytorch.settings import Settings
from stn_numpy.pytorch.weights import write_whole

SHORT = "data=small iterations=4 batch=8 precision=float32"


def cells(**settings):
    return [cell for cell in table.EXPERIMENT.cells if settings.items() <= cell.items()]


def test_the_cells_are_those_of_the_paper():
    """Table 1 has eight rows and four columns; clutter was met with affine transformers alone."""
    names = [
        Settings(**{name: cell[name] for name in cell if name not in ("series", "seed")}).name
        for cell in cells(series="table", seed=0)
    ]
    assert len(names) == 8 * 4 + 4 == len(set(names))
    assert names[:8] == [
        "fcn-R",
        "cnn-R",
        *(f"{model}-R-{family}" for model in ("st-fcn", "st-cnn") for family in ("affine", "projective", "tps")),
    ]
    assert [name for name in names if "-TC" in name] == ["fcn-TC", "cnn-TC", "st-fcn-TC-affine", "st-cnn-TC-affine"]
    assert len(cells()) == 3 * (36 + 2 + 7)


def test_the_short_runs_of_chapter_13():
    steps = {(cell["model"][-3:], cell["distortion"]): cell["iterations"] for cell in cells(series="table")}
    assert {key for key, count in steps.items() if count == 500} == {("cnn", "P2"), ("cnn", "E")}
    assert {cell["localisation_rate"] for cell in cells(series="still")} == {0}
    assert {(cell["localisation_depth"], cell["localisation_rate"]) for cell in cells(series="localisation")} == {
        (2, 1),
        (2, 0.1),
        (2, 0.01),
        (2, 0),
        (0, 0.1),
        (1, 0.1),
        (3, 0.1),
    }


def test_the_paper_s_claim_that_a_transformer_beats_its_base():
    """Of the figures typed in: a slip of a line or column would break one of these."""
    for distortion in ("R", "RTS", "P", "E", "TC"):
        for kind in ("fcn", "cnn"):
            alone, behind = (error_in_paper(model, distortion, "affine")["error"] for model in (kind, f"st-{kind}"))
            assert behind < alone, (kind, distortion)
    assert error_in_paper("st-fcn", "RTS", "affine") == error_in_paper("cnn", "RTS", "affine")
    assert error_in_paper("cnn", "R", "similarity") and not error_in_paper("st-cnn", "R", "similarity")


@pytest.mark.parametrize("model, distortion, size", [("st-fcn", "R", 28), ("st-cnn", "RTS", 42)])
def test_a_cell_says_what_its_transformer_has_learned(tmp_path, model, distortion, size):
    only = f"series=table model={model} distortion={distortion} transform=affine seed="
    first, other = (record_of(table.EXPERIMENT, tmp_path, f"{only}{seed}", SHORT) for seed in (0, 1))
    found = first.result["learned"]
    assert np.shape(found["mean_before"]) == np.shape(found["mean_behind"]) == (10, size, size)
    assert np.ptp(found["mean_before"]) > 20 and 0 <= found["silent"] < found["units"]
    assert "mean_before" not in other.result["learned"]
    assert other.result["learned"]["pose_before"] == found["pose_before"]
    assert 0 < first.result["test_error"] <= 1 and {"silent", "outside"} <= first.result["life"].keys()
    assert first.settings["data"] == "small" and "settings" not in first.result and first.processor_seconds is not None


def test_a_stopped_cell_goes_on_where_it_was(tmp_path):
    only, long = "series=table model=fcn distortion=R seed=0", SHORT.replace("iterations=4", "iterations=60")
    steps = iter(range(30))
    assert record_of(table.EXPERIMENT, tmp_path, only, long, lambda: next(steps, None) is None) is None
    [path] = (tmp_path / "runs" / "distorted_mnist").glob("*/*.checkpoint.pt")
    content = load_checkpoint(path)
    content["losses"][:25] = 7.0  # so that a run that began again would be noticed
    write_whole(path, content)
    loss = record_of(table.EXPERIMENT, tmp_path, only, long).result["curve"]["loss"]
    assert loss[24] == 7 and 0 < loss[59] < 4


@pytest.mark.parametrize(
    "model, distortion, precisions", [("cnn", "TC", ["float32"]), ("st-fcn", "R", ["float32", "bfloat16"])]
)
def test_the_loops_are_timed_in_turn(model, distortion, precisions, tmp_path, monkeypatch):
    monkeypatch.setattr(speed, "STEPS_A_PIECE", 2)  # a test need not be fair
    threads, words = torch.get_num_threads(), str(precisions).replace("'", '"').replace(" ", "")
    record = record_of(
        speed.EXPERIMENT,
        tmp_path,
        "",
        f"model={model} distortion={distortion} batch=4 steps=2 turns=2 threads={threads} precisions={words}",
    )
    assert {name: len(turns) for name, turns in record.result["images_per_second"].items()} == dict.fromkeys(
        ["plain", *precisions], 2
    )
    assert list(record.result["ratio"]) == precisions


@pytest.mark.parametrize(
    "changes, complaint",
    [
        ("steps=30", "steps: expected a multiple of 25, got 30"),
        ("batch=6000 model=fcn", "batch: expected at most 5000, the digits of data=small, got 6000"),
    ],
)
def test_what_cannot_be_timed_is_refused(tmp_path, changes, complaint):
    with pytest.raises(Refusal, match=complaint):
        record_of(speed.EXPERIMENT, tmp_path, "", f"threads={torch.get_num_threads()} {changes}")


def test_the_plain_loop_learns():
    torch.manual_seed(0)
    settings = Settings("fcn", "R", data="small", batch=32, iterations=100, rate=0.05)
    loop = speed.PlainLoop(settings, torch.device("cpu"), 0)
    first = loop(1)
    assert loop(60) < 0.9 * first


def test_our_loop_takes_the_steps_of_a_run(tmp_path):
    """The training command's losses, from its own parts."""
    settings = Settings("fcn", "R", data="small", batch=8, iterations=100)
    loop = speed.OurLoop(settings, torch.device("cpu"), "eager", tmp_path / "a")
    run = speed.Run(settings, 0, torch.device("cpu"), tmp_path / "b", "eager")
    run.train()
    assert loop(50) == pytest.approx(run.losses[49].item(), rel=1e-6)


# --- Table 1 by one recipe


def test_the_recipe_s_cells_are_the_paper_s_and_their_controls():
    found = [cell for cell in recipe.EXPERIMENT.cells if cell["seed"] == 0]
    assert len(recipe.EXPERIMENT.cells) == 3 * (36 + 2 + 2 + 3 + 4) + 7 and len(found) == 47 + 5
    table_of = [Settings(**{k: v for k, v in cell.items() if k not in ("series", "seed")}) for cell in found]
    names = {(settings.name, settings.rate) for settings in table_of}
    assert len(names) == 51  # the told one is by its series alone another
    found = {(settings.iterations, settings.rate) for settings in table_of}
    assert found == {(40_000, 0.02), (15_000, 0.05), (3_000, 0.0125), (3_000, 0.05), (3_000, 2e-3)}
    assert {settings.clip for settings in table_of} == {5.0}


class Undoing(torch.nn.Module):
    """A transformer whose thetas are given, for the test digits in their order."""

    size, reading = None, dict(align_corners=False)

    def __init__(self, maps):
        super().__init__()
        self.maps, self.done = maps, 0
        self.transform = self
        self.transformer = self

    def theta(self, images):
        self.done += len(images)
        return self.maps[self.done - len(images) : self.done]

    def theta_grid(self, theta, size, align_corners):
        return torch.nn.functional.affine_grid(theta, list(size), align_corners=align_corners)


@pytest.mark.parametrize("distortion", ["R", "RTS", "P", "P2", "E"])
def test_alignment_sees_a_distortion_undone(distortion):
    """The inverse of the true map leaves nothing; the identity leaves all."""
    truth = alignment.true_maps("small", distortion)
    bottom = torch.tensor([[[0.0, 0, 1]]], dtype=truth.dtype).expand(len(truth), 1, 3)
    inverse = torch.linalg.inv(torch.cat([truth, bottom], 1))[:, :2]
    undone = alignment.measure_alignment(Undoing(inverse), "small", distortion)
    assert max(undone["after"].values()) < 1e-5
    still = alignment.measure_alignment(Undoing(torch.eye(2, 3).expand(len(truth), 2, 3)), "small", distortion)
    assert still["after"] == pytest.approx(still["before"], abs=1e-5) and still["before"] == undone["before"]
    assert still["before"]["degrees"] > 25 or distortion not in ("R", "RTS")
    assert still["before"]["scale"] > 0.05 or distortion == "R"


def test_what_the_told_transformer_learns_undoes_the_distortion():
    images, labels, truth = distorted_test_digits("small", "R")
    wanted = ToldDigits(Settings("st-fcn", "R", data="small"), torch.device("cpu")).wanted(labels, truth)
    assert torch.equal(wanted[:, 0].long(), labels)
    theta = wanted[:, 1:].view(-1, 2, 3).double()
    assert max(alignment.measure_alignment(Undoing(theta), "small", "R")["after"].values()) < 1e-4


def test_a_cell_of_the_recipe(tmp_path):
    only = "series=table model=st-fcn distortion=E transform=tps seed=0"
    result = record_of(recipe.EXPERIMENT, tmp_path, only, SHORT).result
    assert {"before", "after"} == result["alignment"].keys() and len(result["history"]) == 1


def test_a_transformer_that_is_told_the_pose_turns_within_a_few_steps(tmp_path):
    long = SHORT.replace("iterations=4", "iterations=150").replace("batch=8", "batch=64") + " rate=0.05"
    result = record_of(recipe.EXPERIMENT, tmp_path, "series=told seed=0", long).result
    assert result["life"]["remaining"]["degrees"] < 45
