"""Chapter 10's long runs: thetas that are exchanged, and a cell from its settings to its result."""

import numpy as np
import pytest
from series import record_of

from book.experiments.engine import NO_SERIES
from book.experiments.training import turned_digits, turning
from book.experiments.training.exchange import choose_donors, measure_exchanges
from stn_numpy import digits as data
from stn_numpy.model import Classifier
from stn_numpy.sampler import affine_sample
from stn_numpy.theta import rotation_theta
from stn_numpy.transformer import SpatialTransformer

COUNT = 200


class Fixed:
    """A localisation network that gives parameters by the picture's upper left pixel."""

    def __init__(self, by_number):
        self.by_number = by_number

    def __call__(self, images):
        return self.by_number[images[:, 0, 0, 0].round().astype(int)]

    def parameters(self):
        return []


@pytest.fixture
def numbered():
    """Pictures that carry their own number, classes and angles at random, and a classifier of what it sees there."""
    rng = np.random.default_rng(0)
    labels, angles = rng.integers(0, 10, COUNT), rng.uniform(-1.5, 1.5, COUNT)
    images = np.broadcast_to(np.arange(COUNT, dtype="float32")[:, None, None, None], (COUNT, 1, 4, 4)).copy()
    return images, labels, angles


def model_of(parameters, network):
    model = Classifier((1, 4, 4), "linear", rng=0)
    model.transformer = SpatialTransformer(Fixed(parameters), "rotation")
    model.network = network
    return model


def test_a_donor_is_another_picture_of_the_wanted_class_and_nearly_of_the_same_turn(numbered):
    _, labels, angles = numbered
    for same in (True, False):
        donors = choose_donors(labels, angles, same, np.random.default_rng(1))
        assert ((labels[donors] == labels) == same).all() and (donors != np.arange(COUNT)).all()
        others = [np.flatnonzero((labels == labels[k]) == same) for k in range(COUNT)]
        nearest = [min(abs(angles[k] - angles[j]) for j in others[k] if j != k) for k in range(COUNT)]
        np.testing.assert_allclose(np.abs(angles - angles[donors]), nearest, atol=1e-8)


def test_a_classifier_that_lives_by_theta_takes_the_donor_s_class(numbered):
    """The turn alone determines the class: a constant picture read by it shows only its turn."""
    images, labels, angles = numbered
    parameters = (0.1 * labels[:, None]).astype("float32")
    images = np.tile(np.float32([0, 1, 2, 3]), (COUNT, 1, 4, 1)) + 0 * images  # a slope along x shows each turn
    images[:, 0, 0, 0] = np.arange(COUNT)

    def network(seen):
        clean = np.tile(np.float32([0, 1, 2, 3]), (1, 1, 4, 1))
        turns = [clean_read(clean, 0.1 * digit) for digit in range(10)]
        return -np.stack([np.abs(seen - turn)[:, :, 1:3, 1:3].sum(axis=(1, 2, 3)) for turn in turns], axis=1)

    found = measure_exchanges(model_of(parameters, network), images, labels, angles, np.random.default_rng(0))
    assert found["own"]["error"] == found["same_class"]["error"] == found["class_mean"]["error"] == 0
    assert found["other_class"]["error"] == found["other_class"]["donor"] == 1
    assert found["any_angle_other_class"]["donor"] == 1 and found["mean"]["error"] > 0.5
    assert "donor" not in found["same_class"] and found["other_class"]["degrees"] < 5


def clean_read(image, angle):
    theta = rotation_theta(np.float32([[angle]]))
    return affine_sample(image, theta, image.shape, align_corners=False)


def test_a_classifier_that_sees_only_the_picture_does_not_mind(numbered):
    images, labels, angles = numbered
    parameters = np.random.default_rng(2).normal(size=(COUNT, 1)).astype("float32") * 0

    def network(seen):
        return np.eye(10)[labels[seen[:, 0, 1, 1].round().astype(int)]]

    found = measure_exchanges(model_of(parameters, network), images, labels, angles, np.random.default_rng(0))
    assert all(part["error"] == 0 for part in found.values()) and found["other_class"]["donor"] == 0


@pytest.fixture
def few_digits(monkeypatch):
    def load(split="train"):
        images, labels = data.load_digits(split)
        chosen = np.concatenate([np.flatnonzero(labels == digit)[:3] for digit in range(10)])
        return images[chosen], labels[chosen]

    for module in (turning, turned_digits):
        monkeypatch.setattr(module, "load_digits", load)
    monkeypatch.setattr(turning, "load_mnist", load)
    monkeypatch.setattr(turning, "RECORD_EVERY", 2)


@pytest.mark.parametrize("only", ["fcn affine", "linear features", "fcn none"])
def test_a_long_cell(few_digits, tmp_path, only):
    classifier, transform = only.split()
    which = f"part=long classifier={classifier} transform={transform} data=mnist seed=0"
    result = record_of(turning.EXPERIMENT, tmp_path, which, "steps=4").result
    assert [entry["step"] for entry in result["history"]] == [0, 2, 4]
    assert 0 <= result["test_error"] <= 1
    assert ("exchanges" in result) == ("label_readable" in result["history"][-1]) == (transform == "affine")


def test_a_short_cell(few_digits, tmp_path):
    which = "part=short classifier=linear transform=affine seed=0"
    result = record_of(turning.EXPERIMENT, tmp_path, which, "steps=2").result
    assert result["exchanges"]["own"]["error"] == pytest.approx(result["test_error"])


def test_batches_are_those_of_the_table(few_digits):
    images, labels = turning.load_mnist()
    found = turning.fast_batches(images, labels, 50, NO_SERIES)(np.random.default_rng(0))
    expected = turned_digits.turned_batches(images, labels, 50)(np.random.default_rng(0))
    np.testing.assert_allclose(found[0], expected[0], atol=1e-5)
    assert np.array_equal(found[1], expected[1])
