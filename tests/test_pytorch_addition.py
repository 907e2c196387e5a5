"""MNIST addition: transformers beside each other, pairs of digits, and the command."""

import json

import numpy as np
import pytest
import torch
from torch import nn

from book.experiments.more_than_one import addition
from book.experiments.more_than_one.addition import (
    AdditionRun,
    AdditionSettings,
    Pairs,
    build_addition,
    distort_pairs,
)
from stn_numpy.pytorch.parallel import ParallelTransformers, tiled_starts
from stn_numpy.pytorch.run import Stopped
from stn_numpy.pytorch.transformer import SpatialTransformer

CPU = torch.device("cpu")
SMALL = dict(data="small", batch=8, iterations=4)
test_pairs = addition.test_pairs
test_pairs.__test__ = False  # a function of the library, whatever its name looks like


class Says(nn.Module):
    """A localisation network that has made up its mind."""

    def __init__(self, *numbers):
        super().__init__()
        self.numbers = nn.Parameter(torch.tensor(numbers))

    def forward(self, image):
        return self.numbers.expand(len(image), -1)


# --- Beside each other


def test_each_looks_at_the_same_image():
    """One looks a pixel to the right, one a pixel down; both at both channels, the first one's channels first."""
    image = torch.arange(32.0).reshape(1, 2, 4, 4)
    two = ParallelTransformers([SpatialTransformer(Says(0.5, 0.0), "translation"),
                                SpatialTransformer(Says(0.0, 0.5), "translation")])
    out = two(image)
    assert out.shape == (1, 4, 4, 4)
    assert torch.allclose(out[:, :2, :, :3], image[..., 1:]) and torch.allclose(out[:, 2:, :3], image[:, :, 1:])
    assert two.theta(image)[:, 0, :, 2].tolist() == [[0.5, 0], [0, 0.5]]


def test_gradients_of_the_image_add_up():
    image = torch.rand(2, 2, 5, 5, dtype=torch.float64, requires_grad=True)
    parts = [SpatialTransformer(Says(0.3, 0.1), "translation").double(),
             SpatialTransformer(Says(-0.2, 0.4), "translation").double()]
    upstream = torch.randn(2, 4, 5, 5, dtype=torch.float64)
    [both] = torch.autograd.grad(ParallelTransformers(parts)(image), image, upstream)
    single = [torch.autograd.grad(part(image), image, d)[0] for part, d in zip(parts, upstream.split(2, dim=1))]
    assert torch.allclose(both, single[0] + single[1])


def test_tiles_by_hand():
    assert tiled_starts(1) == [(1.0, 0.0, 0.0)]
    assert tiled_starts(2) == [(0.5, -0.5, 0.0), (0.5, 0.5, 0.0)]
    assert tiled_starts(4) == [(0.5, -0.5, -0.5), (0.5, 0.5, -0.5), (0.5, -0.5, 0.5), (0.5, 0.5, 0.5)]
    assert tiled_starts(3)[2] == (0.5, 0.0, 0.5)  # alone in its row, in the middle of it
    assert tiled_starts(2, "affine", share=0.75) == [(0.75, 0, -0.25, 0, 0.75, 0), (0.75, 0, 0.25, 0, 0.75, 0)]


@pytest.mark.parametrize("count", [4, 9])
def test_square_numbers_of_tiles_see_every_pixel_once(count):
    side = round(count ** 0.5)
    image = torch.rand(1, 1, 6 * side, 6 * side)
    seen = [SpatialTransformer(Says(*start), "attention", size=6)(image)[0, 0] for start in tiled_starts(count)]
    rows = [torch.cat(seen[k:k + side], dim=1) for k in range(0, count, side)]
    assert torch.allclose(torch.cat(rows), image[0, 0], atol=1e-5)


def test_what_cannot_be_tiled_is_refused():
    with pytest.raises(ValueError, match="transform: expected one of 'attention', 'affine', got 'tps'"):
        tiled_starts(2, "tps")
    with pytest.raises(ValueError, match="share: expected more than 0 and at most 1, got 1.5"):
        tiled_starts(2, share=1.5)
    with pytest.raises(ValueError, match="count"):
        tiled_starts(0)


# --- Pairs


def test_each_digit_has_a_pose_of_its_own():
    """The true theta of each digit brings back that digit: read from a canvas made of it alone."""
    digits = torch.rand(2, 5, 1, 28, 28)
    pairs, theta = distort_pairs(digits, torch.Generator().manual_seed(0))
    assert pairs.shape == (5, 2, 42, 42) and theta.shape == (2, 5, 2, 3)
    assert (theta[0] - theta[1]).abs().amax((1, 2)).min() > 0.01
    for place in range(2):
        grid = nn.functional.affine_grid(theta[place], (5, 1, 42, 42), align_corners=False)
        again = nn.functional.grid_sample(digits[place], grid, align_corners=False)
        assert torch.allclose(again[:, 0], pairs[:, place], atol=1e-5)


def test_labels_are_sums_or_both_digits():
    first, second = torch.tensor([3, 9]), torch.tensor([4, 9])
    assert addition.asked("sum", first, second).tolist() == [7, 18]
    assert addition.asked("digits", first, second).tolist() == [34, 99]
    settings = {answer: AdditionSettings("fcn", answer=answer, **SMALL) for answer in addition.ANSWERS}
    (pairs, sums), (again, both) = (Pairs(one, CPU).piece([3], 0) for one in settings.values())
    assert pairs.shape == (1, 25, 8, 2, 42, 42) and torch.equal(pairs, again)
    assert torch.equal(sums, both // 10 + both % 10)
    assert not torch.equal(pairs, Pairs(settings["sum"], CPU).piece([4], 0)[0])


def test_every_network_meets_the_same_test_pairs():
    pairs, digits, theta = test_pairs("small")
    assert pairs.shape == (1000, 2, 42, 42) and theta.shape == (2, 1000, 2, 3)
    assert torch.equal(pairs, test_pairs("small")[0])
    assert torch.equal(digits[0].bincount(), digits[1].bincount())  # each digit once in either place
    assert (digits[0] != digits[1]).float().mean() > 0.8


# --- Networks


@pytest.mark.parametrize("model", addition.MODELS)
@pytest.mark.parametrize("answer, classes", [("sum", 19), ("digits", 100)])
def test_networks_are_of_one_size(model, answer, classes):
    network = build_addition(model, answer=answer, localisation="cnn", rng=0)
    assert network(torch.rand(2, 2, 42, 42)).shape == (2, classes)
    assert abs(network.parameter_count() - 400_000) < 2_500
    count = 0 if network.transformers is None else len(network.transformers.transformers)
    assert count == addition.MODELS[model]


def test_the_logit_of_a_pair_is_the_sum_of_two():
    numbers = torch.randn(3, 20)
    logits = addition.BothDigits()(numbers)
    assert torch.equal(logits[1, 34], numbers[1, 3] + numbers[1, 14])
    target = torch.tensor([12, 99, 40])
    both = sum(nn.functional.cross_entropy(part, digit)
               for part, digit in zip(numbers.split(10, 1), (target // 10, target % 10)))
    assert torch.allclose(nn.functional.cross_entropy(logits, target), both)


@pytest.mark.parametrize("start", addition.STARTS)
def test_transformers_start_where_they_are_told(start):
    network = build_addition("2xst-fcn", start=start, rng=0)
    expected = tiled_starts(2, "affine") if start == "tiles" else [(1.0, 0, 0, 0, 1, 0)] * 2
    found = network.transformers.theta(torch.rand(3, 2, 42, 42))
    assert torch.allclose(found, torch.tensor(expected).view(2, 1, 2, 3).expand(2, 3, 2, 3))


# --- The command


ARGUMENTS = ["--data", "small", "--batch", "8", "--iterations", "4", "--seeds", "5", "--precision", "float32",
             "--device", "cpu", "--checkpoint-every", "1"]


def test_command(tmp_path, capsys, monkeypatch):
    """Two rows, by both optimizers; nothing is run twice, and the table holds what the runs say."""
    pairs, digits, theta = test_pairs("small")
    monkeypatch.setattr(addition, "test_pairs", lambda data: (pairs[:100], digits[:, :100], theta[:, :100]))
    for optimizer in addition.OPTIMIZERS:
        folder = tmp_path / optimizer
        arguments = [*ARGUMENTS, "--models", "fcn", "2xst-fcn", "--optimizer", optimizer, "--answer", "digits",
                     "--starts", "identity", "tiles", "--out", str(folder)]
        addition.main(arguments)
        written = json.loads((folder / "addition.json").read_text())
        names = [(run["settings"]["model"], run["settings"].get("start")) for run in written["runs"]]
        assert names == [("fcn", None), ("2xst-fcn", "identity"), ("2xst-fcn", "tiles")]
        for row, run in zip(written["summary"], written["runs"], strict=True):
            assert row["mean"] == run["sum_error"] <= run["test_error"] and row["spread"] is None
            assert ("momentum" in run["settings"]) == (optimizer == "sgd")
        division = written["runs"][1]["division"]
        assert np.shape(division["theta_mean"]) == (2, 2, 3) and len(division["behind"]) == len(division["before"]) == 2
        times = [path.stat().st_mtime_ns for path in sorted(folder.glob("*-seed5.json"))]
        addition.main(arguments)
        assert times == [path.stat().st_mtime_ns for path in sorted(folder.glob("*-seed5.json"))]
    assert "sum wrong" in capsys.readouterr().out


@pytest.mark.parametrize("optimizer", addition.OPTIMIZERS)
def test_a_stopped_run_goes_on_as_if_it_had_not_been(tmp_path, optimizer):
    settings = AdditionSettings("st-fcn", answer="digits", optimizer=optimizer, **SMALL)
    whole = AdditionRun(settings, [0], CPU, tmp_path / "whole")
    whole.train()
    part = AdditionRun(settings, [0], CPU, tmp_path / "part")
    asked = iter([False, True])
    with pytest.raises(Stopped):
        part.train(stop=lambda: next(asked))
    again = AdditionRun(settings, [0], CPU, tmp_path / "part")
    assert again.step == 2
    again.train()
    assert torch.equal(again.losses, whole.losses)
    for name, tensor in whole.networks.weights(0).items():
        assert torch.equal(tensor, again.networks.weights(0)[name]), name


def test_a_transformer_that_centres_one_digit_owns_it():
    """Told the first digits' true places, one leaves nothing of their spread, and the second digits' as it was."""
    pairs, _, truth = test_pairs("small")
    still = torch.eye(2, 3).expand_as(truth[0])
    whole = torch.cat([truth[0], torch.tensor([[[0.0, 0, 1]]]).expand(len(pairs), 1, 3)], dim=1)
    undone = addition._pose(truth[0], torch.linalg.inv(whole)[:, :2])
    assert undone["pixels"] < 0.01 and undone["degrees"] < 0.1
    other = addition._pose(truth[1], torch.linalg.inv(whole)[:, :2])
    assert other["pixels"] > addition._pose(truth[1], still)["pixels"] > 5


def test_bad_input_is_refused(capsys):
    with pytest.raises(ValueError, match="model: expected one of"):
        build_addition("st-cnn")
    with pytest.raises(SystemExit) as left:
        addition.main(["--models", "st-cnn"])
    assert left.value.code == 2 and capsys.readouterr().err.startswith("addition: ")
