"""The command behind chapter 10's table: fair rows, a results file that says how it was made, and no work twice."""

import json
import os
from concurrent.futures import Future

import numpy as np
import pytest
from twins import data_of

from book.experiments.training import rotated_mnist, turned_digits
from book.experiments.training.rotated_mnist import KINDS, TRANSFORM_NAMES, main, summarise
from book.experiments.training.turned_digits import batches, build, turned_set
from stn_numpy import digits as data
from stn_numpy import pose as measure


@pytest.mark.parametrize("kind", KINDS)
def test_parameters_of_a_row_agree(kind):
    """Within 4 %: one more hidden number of the linear classifier is 6 % of it."""
    counts = [build(kind, transform, 0).parameter_count() for transform in TRANSFORM_NAMES]
    assert max(counts) < 1.04 * min(counts), dict(zip(TRANSFORM_NAMES, counts, strict=True))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("transform", TRANSFORM_NAMES)
def test_models_are_seeded_and_start_by_changing_nothing(kind, transform):
    one, same, other = (build(kind, transform, seed) for seed in (0, 0, 1))
    assert all(np.array_equal(a, b) for a, b in zip(data_of(one), data_of(same), strict=True))
    assert not np.array_equal(data_of(one)[0], data_of(other)[0])
    images = data.load_digits("test")[0][:3]
    assert one(images).shape == (3, 10)
    assert (one.transformer is None) == (transform == "none")
    if one.transformer:
        np.testing.assert_allclose(one.transformer(images), images, atol=1e-5)


@pytest.fixture
def few_digits(monkeypatch):
    """Three digits of each class, to train and to test with."""
    def load_digits(split="train"):
        images, labels = data.load_digits(split)
        chosen = np.concatenate([np.flatnonzero(labels == digit)[:3] for digit in range(10)])
        return images[chosen], labels[chosen]

    monkeypatch.setattr(turned_digits, "load_digits", load_digits)
    return load_digits


def test_batches_are_turned_digits(few_digits):
    images, labels = few_digits()
    turned, found = batches(images, labels, 200)(np.random.default_rng(0))
    again = batches(images, labels, 200)(np.random.default_rng(0))
    assert turned.shape == (200, 1, 28, 28) and turned.dtype == np.float32 and len(np.unique(found)) == 10
    assert np.array_equal(turned, again[0]) and np.array_equal(found, again[1])
    assert not np.array_equal(turned, batches(images, labels, 200)(np.random.default_rng(1))[0])


def test_a_turned_digit_keeps_its_label():
    """Squares as bright as their class: turning leaves their middle as it is."""
    labels = np.arange(10)
    images = np.zeros((10, 1, 28, 28), "float32")
    images[:, :, 8:20, 8:20] = labels[:, None, None, None]
    turned, found = batches(images, labels, 100)(np.random.default_rng(0))
    np.testing.assert_allclose(turned[:, 0, 13, 13], found, atol=1e-5)
    assert np.abs(turned - images[found]).max(axis=(1, 2, 3))[found > 0].mean() > 0.5  # and the rest is turned


def test_every_model_sees_the_same_turned_digits(few_digits):
    (turned, labels, pose), again = turned_set("test"), turned_set("test")
    assert len(turned) == len(labels) == len(pose.angle) == turned_digits.TEST_TURNS * 30
    assert np.array_equal(turned, again[0]) and np.array_equal(pose.angle, again[2].angle)
    assert len(np.unique(pose.angle)) == len(turned)
    other = turned_set("train", turns=1, seed=3)[2].angle
    assert len(other) == 30 and not np.intersect1d(other, pose.angle).size


class Here:
    """Stands for a pool of processes, and works in this one, where digits and table can be made small."""

    def __init__(self, *_):
        pass

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def submit(self, function, *arguments):
        future = Future()
        future.set_result(function(*arguments))
        return future


@pytest.fixture
def command(tmp_path, monkeypatch, few_digits, capsys):
    """Run the command for the linear row; return what it wrote and the runs that were trained for it."""
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        monkeypatch.setenv(name, os.environ.get(name, "1"))  # so that what the command sets is taken back
    pool, trained = rotated_mnist.ProcessPoolExecutor, []
    monkeypatch.setattr(rotated_mnist, "KINDS", ("linear",))
    monkeypatch.setattr(rotated_mnist, "compare_angles", lambda kind, seed, _: {"seed": seed})  # has a test of its own
    real = rotated_mnist.train_one

    def train_one(kind, transform, seed, *rest, **options):
        trained.append((kind, transform, seed))
        return real(kind, transform, seed, *rest, **options)

    monkeypatch.setattr(rotated_mnist, "train_one", train_one)

    def call(*arguments, processes=False):
        monkeypatch.setattr(rotated_mnist, "ProcessPoolExecutor", pool if processes else Here)
        trained.clear()
        given = [*arguments, "--out", str(tmp_path / "out"), "--runs", str(tmp_path / "runs"), "--workers", "2"]
        main(given)
        path = tmp_path / "out" / "rotated_mnist.json"
        printed = capsys.readouterr().out
        assert str(path) in printed and "linear" in printed
        return json.loads(path.read_text(), parse_constant=pytest.fail), list(trained), given

    return call


def test_the_file_says_what_made_it(command):
    found, trained, given = command("--seeds", "2", "--steps", "2")
    made_by, settings = found["made_by"], found["settings"]
    assert made_by["command"] == " ".join(["python -m book.experiments.training.rotated_mnist", *given])
    assert made_by["numpy"] == np.__version__ and made_by["python"].count(".") == 2
    assert made_by["commit"] and made_by["machine"] and len(made_by["date"]) == 10
    assert settings["steps"] == 2 and settings["batch"] == 64 and {"alone", "behind"} <= set(settings)
    cells = [("linear", transform, seed) for transform in TRANSFORM_NAMES for seed in (0, 1)]
    assert [(r["classifier"], r["transform"], r["seed"]) for r in found["runs"]] == cells
    assert sorted(trained) == sorted(cells)
    assert [result["seed"] for result in found["beside"]] == [0, 1]
    for result in found["beside"]:
        assert all(0 <= share <= 1 for share in result["told_by_chance"].values())
    for result in found["runs"]:
        assert 0 <= result["test_error"] <= 1 and result["parameters"] > 7850 and result["seconds"] >= 0
        assert ("remaining_degrees" in result) == (result["transform"] != "none")
        assert {"0", "2"} <= set(result["snapshots"])
    assert [(row["transform"], row["seeds"]) for row in found["summary"]] == [(name, 2) for name in TRANSFORM_NAMES]
    errors = [result["test_error"] for result in found["runs"]]
    for row, pair in zip(found["summary"], [errors[:2], errors[2:4], errors[4:]], strict=True):
        assert row["test_error"]["mean"] == pytest.approx(np.mean(pair))
        assert row["test_error"]["spread"] == pytest.approx(abs(pair[0] - pair[1]) / 2**0.5)


def test_finished_runs_are_not_run_again(command):
    first, trained, _ = command("--seeds", "1", "--steps", "2")
    assert len(trained) == 3
    again, trained, _ = command("--seeds", "1", "--steps", "2")
    assert trained == [] and all(again[key] == first[key] for key in ("runs", "summary", "beside"))
    _, trained, _ = command("--seeds", "1", "--steps", "3")
    assert len(trained) == 3
    more, trained, _ = command("--seeds", "2", "--steps", "2")
    assert [seed for _, _, seed in trained] == [1, 1, 1] and more["runs"][::2] == first["runs"]


def test_processes_give_the_same_file(command):
    """The runs are finished, so that the processes have only to read them: what they see are all digits."""
    here, _, _ = command("--seeds", "1", "--steps", "2")
    there, trained, _ = command("--seeds", "1", "--steps", "2", processes=True)
    assert trained == [] and all(there[key] == here[key] for key in ("runs", "summary", "beside"))


@pytest.fixture
def in_short(monkeypatch):
    """No training takes more than three steps; return what each one left of the model's network."""
    left = []

    def train(model, optimizer, make_batch, steps, **options):
        history = real(model, optimizer, make_batch, min(steps, 3), **options)
        left.append(data_of(model.network))
        return history

    real = turned_digits.train
    monkeypatch.setattr(turned_digits, "train", train)
    return left


SHORT = turned_digits.SETTINGS | {"steps": 2}


def test_a_frozen_reader_learns_upright_digits_and_no_more(few_digits, in_short):
    model = turned_digits.train_frozen(0, "fcn", SHORT)
    upright, turned = in_short
    assert all(np.array_equal(a, b) for a, b in zip(upright, turned, strict=True))
    start = build("linear", "rotation", 0, "fcn")
    assert not np.array_equal(data_of(start.network)[0], upright[0])
    assert not np.array_equal(data_of(start.transformer)[0], data_of(model.transformer)[0])


def test_the_true_angle_guides(few_digits):
    """Told the angle, even thirty digits teach a network to turn them back."""
    turned, _, pose = turned_set("train")
    left = [measure.circular_deviation(measure.remaining_angle(
        turned_digits.train_guided(0, "fcn", SHORT | {"steps": steps}), turned, pose)) for steps in (1, 100)]
    assert left[1] < 0.5 * left[0]


def test_angles_are_compared_in_three_ways(few_digits, in_short):
    found = rotated_mnist.compare_angles("cnn", 0, SHORT)
    assert set(found) == {"free", "frozen", "guided"}
    for described in found.values():
        assert 0 < described["remaining_degrees"] < 180 and len(described["mean_degrees_by_class"]) == 10
    assert 0 <= found["free"]["test_error"] <= 1 and 0 <= found["frozen"]["test_error"] <= 1


def test_summary_of_one_seed_has_no_spread():
    def result(transform, seed, **measures):
        return dict(classifier="fcn", transform=transform, seed=seed, parameters=9, seconds=2.0, **measures)

    [none, affine] = summarise([
        result("affine", 0, test_error=0.25, remaining_degrees=50.0), result("none", 0, test_error=0.5),
        result("affine", 1, test_error=0.5, remaining_degrees=54.0),
    ])
    assert (none["transform"], none["seeds"], none["test_error"]) == ("none", 1, dict(mean=0.5, spread=None))
    assert "remaining_degrees" not in none and none["parameters"] == 9
    assert affine["remaining_degrees"] == dict(mean=52.0, spread=pytest.approx(8**0.5))


@pytest.mark.parametrize("option, value", [("--seeds", "0"), ("--steps", "0"), ("--workers", "-1"), ("--seeds", "two")])
def test_bad_options_end_with_a_message(option, value, capsys, tmp_path):
    with pytest.raises(SystemExit) as caught:
        main([option, value, "--out", str(tmp_path), "--runs", str(tmp_path)])
    assert caught.value.code == 2
    error = capsys.readouterr().err
    assert option in error and value in error and not list(tmp_path.iterdir())


def test_other_settings_take_up_nothing_of_an_earlier_run(few_digits, tmp_path):
    short = turned_digits.SETTINGS | {"steps": 2}
    first, other = (rotated_mnist.run("linear", "none", 0, tmp_path, short | {"rate": rate}) for rate in (3e-3, 1e-1))
    fresh = rotated_mnist.run("linear", "none", 0, tmp_path / "fresh", short | {"rate": 1e-1})
    assert other["test_error"] == fresh["test_error"] and first["test_error"] != other["test_error"]
