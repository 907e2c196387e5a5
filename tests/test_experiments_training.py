"""Chapter 10's experiment: fair rows, digits that are turned, and transformers trained in three ways."""

import numpy as np
import pytest
from series import record_of
from twins import data_of

from book.experiments.training import turned_digits
from book.experiments.training.rotated_mnist import EXPERIMENT, KINDS, TRANSFORM_NAMES, WAYS, snapshots_of_seed_0
from book.experiments.training.turned_digits import new_classifier, turned_batches, turned_set
from stn_numpy import digits as data
from stn_numpy import pose


@pytest.mark.parametrize("kind", KINDS)
def test_parameters_of_a_row_agree(kind):
    """Within 4%: one more hidden unit of the linear classifier is 6% of it."""
    counts = [new_classifier(kind, transform, 0).parameter_count() for transform in TRANSFORM_NAMES]
    assert max(counts) < 1.04 * min(counts), dict(zip(TRANSFORM_NAMES, counts, strict=True))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("transform", TRANSFORM_NAMES)
def test_models_are_seeded_and_start_by_changing_nothing(kind, transform):
    one, same, other = (new_classifier(kind, transform, seed) for seed in (0, 0, 1))
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
    turned, found = turned_batches(images, labels, 200)(np.random.default_rng(0))
    again = turned_batches(images, labels, 200)(np.random.default_rng(0))
    assert turned.shape == (200, 1, 28, 28) and turned.dtype == np.float32 and len(np.unique(found)) == 10
    assert np.array_equal(turned, again[0]) and np.array_equal(found, again[1])
    assert not np.array_equal(turned, turned_batches(images, labels, 200)(np.random.default_rng(1))[0])


def test_a_turned_digit_keeps_its_label():
    """Squares as bright as their class: turning leaves their middle as it is."""
    labels = np.arange(10)
    images = np.zeros((10, 1, 28, 28), "float32")
    images[:, :, 8:20, 8:20] = labels[:, None, None, None]
    turned, found = turned_batches(images, labels, 100)(np.random.default_rng(0))
    np.testing.assert_allclose(turned[:, 0, 13, 13], found, atol=1e-5)
    assert np.abs(turned - images[found]).max(axis=(1, 2, 3))[found > 0].mean() > 0.5  # and the rest is turned


def test_every_model_sees_the_same_turned_digits(few_digits):
    (turned, labels, pose), again = turned_set("test"), turned_set("test")
    assert len(turned) == len(labels) == len(pose.angle) == turned_digits.TEST_TURNS * 30
    assert np.array_equal(turned, again[0]) and np.array_equal(pose.angle, again[2].angle)
    assert len(np.unique(pose.angle)) == len(turned)
    other = turned_set("train", turns=1, seed=3)[2].angle
    assert len(other) == 30 and not np.intersect1d(other, pose.angle).size


ONLY = "part=table classifier=linear seed=0 transform="


def test_a_cell_of_the_table(few_digits, tmp_path):
    alone, after = (record_of(EXPERIMENT, tmp_path, ONLY + name, "steps=2") for name in ("none", "rotation"))
    assert alone.settings["steps"] == 2 and alone.settings["layers"] == dict(hidden=[17])
    for record in (alone, after):
        assert 0 <= record.result["test_error"] <= 1 and record.result["parameters"] > 7850
        assert {"0", "2"} <= set(record.result["snapshots"])
    assert "life" not in alone.result and 0 < after.result["remaining_degrees"] < 180
    assert 0 <= after.result["label_readable"] <= 1 and np.shape(after.result["life"]["theta_mean"]) == (2, 3)


def test_a_cell_that_is_stopped_goes_on_where_it_was(few_digits, tmp_path):
    batches = iter(range(105))
    stopped = record_of(EXPERIMENT, tmp_path, ONLY + "none", "steps=110", stop=lambda: next(batches, None) is None)
    assert stopped is None
    batches = iter(range(1000))
    resumed = record_of(EXPERIMENT, tmp_path, ONLY + "none", "steps=110", stop=lambda: next(batches) < 0)
    assert next(batches) == 1 + 10  # asked once before the cell, and once a step
    assert resumed.result == record_of(EXPERIMENT, tmp_path / "anew", ONLY + "none", "steps=110").result


def test_a_cell_of_chance(few_digits, tmp_path):
    record = record_of(EXPERIMENT, tmp_path, "part=chance transform=affine seed=0")
    assert 0 <= record.result["label_readable"] <= 1


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
    start = new_classifier("linear", "rotation", 0, "fcn")
    assert not np.array_equal(data_of(start.network)[0], upright[0])
    assert not np.array_equal(data_of(start.transformer)[0], data_of(model.transformer)[0])


def test_the_true_angle_guides(few_digits):
    """From the true angle, even thirty digits teach a network to turn them back."""
    turned, _, truth = turned_set("train")
    left = [
        pose.circular_deviation(
            pose.remaining_angle(turned_digits.train_guided(0, "fcn", SHORT | {"steps": steps}), turned, truth)
        )
        for steps in (1, 100)
    ]
    assert left[1] < 0.5 * left[0]


@pytest.mark.parametrize("way", WAYS)
def test_angles_are_compared_in_three_ways(few_digits, in_short, tmp_path, way):
    found = record_of(EXPERIMENT, tmp_path, f"part=angles localisation=cnn way={way} seed=0", "steps=2").result
    assert 0 < found["remaining_degrees"] < 180 and len(found["mean_degrees_by_class"]) == 10
    assert ("test_error" in found) == (way != "guided") and "remaining" in found["life"]


def test_the_snapshots_of_the_book_are_those_of_seed_0():
    found = snapshots_of_seed_0()
    assert len(found) == 9 and np.shape(found["fcn affine"]["4000"]["theta"]) == (10, 2, 3)
