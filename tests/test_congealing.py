"""Congealing: turns are found without a heading, and turn with the picture."""

import numpy as np
import pytest
import torch
from hypothesis import given
from support import assert_refused, normal, seeds
from test_turned_copies import small_network
from tolerances import assert_agrees

from stn_numpy import Congealed, congeal, finest_turn, pytorch, turn_likeness
from stn_numpy.congealing import congeal_step, whitening
from stn_numpy.pytorch.turned_copies import CongealedClassifier, features_of
from stn_numpy.turned_copies import TurnedCopies

TURNS, FEATURES = 8, 5


def turned_orbits(rng, count, noise=0.3):
    """Features of `count` images of one class, each at a turn of its own, and these turns."""
    template, places = rng.normal(size=(TURNS, FEATURES)), rng.integers(0, TURNS, count)
    orbits = np.stack([np.roll(template, place, axis=0) for place in places])
    return orbits + noise * rng.normal(size=orbits.shape), places


@given(seed=seeds)
def test_likeness_is_the_sum_of_its_definition(seed):
    features, template = normal(seed, (3, TURNS, FEATURES)), normal(seed + 1, (TURNS, FEATURES))
    expected = np.zeros((3, TURNS))
    for n, s, k in np.ndindex(3, TURNS, TURNS):
        expected[n, s] += features[n, (k + s) % TURNS] @ template[k]
    assert_agrees(turn_likeness(features, template), expected, unit=10)


def test_a_step_turns_the_right_way():
    """An orbit that is the template turned by three places comes back to the template; turned on, it would not."""
    template = normal(0, (TURNS, FEATURES))
    template /= np.linalg.norm(template)
    mean = congeal_step(np.roll(template, 3, axis=0)[None], template, sharpness=1e3)
    assert_agrees(mean, template)


@pytest.mark.parametrize("rng", range(5))
def test_turns_are_found_up_to_a_common_one(rng):
    orbits, places = turned_orbits(np.random.default_rng(rng), 40)
    orbits /= np.linalg.norm(orbits, axis=(1, 2), keepdims=True)
    found = turn_likeness(orbits, congeal(orbits, rng)).argmax(axis=1)
    assert len(set((found - places) % TURNS)) == 1


def test_the_top_of_a_parabola():
    places = np.arange(TURNS)
    for top in (0.0, 2.3, 4.5, 7.6):
        apart = (places - top + TURNS / 2) % TURNS - TURNS / 2
        found = finest_turn(1 - apart[None] ** 2)
        assert abs((found[0] - top + TURNS / 2) % TURNS - TURNS / 2) < 1e-12
    assert finest_turn(np.ones((1, TURNS))) == 0  # flat: no division by 0


def test_whitened_differences_are_uncorrelated_and_a_constant_feature_is_left_out():
    features = normal(0, (200, TURNS, 3)) @ np.array([[1.0, 0.9, 0], [0, 0.1, 0], [0, 0, 5.0]])
    features = np.concatenate([features, np.full((200, TURNS, 1), 7.0)], axis=2)
    scale = whitening(features)
    apart = (features - features.mean(axis=1, keepdims=True)) @ scale
    spread = np.cov(apart.reshape(-1, 4).T)
    assert np.isfinite(scale).all() and abs(spread - np.diag(spread.diagonal())).max() < 1e-2
    assert spread.max() < 1.01


def test_directions_turn_with_their_images_and_each_class_has_its_own():
    rng = np.random.default_rng(0)
    (first, places), (second, others) = (turned_orbits(rng, 30) for _ in range(2))
    features, labels = np.concatenate([first, second]), np.repeat([0, 2], 30)
    congealed = Congealed.of(features, labels, classes=3, rng=0)
    angle, share = congealed.directions(features, labels)
    left = (angle * TURNS / (2 * np.pi) - np.concatenate([places, others]) + TURNS / 2) % TURNS
    assert all(np.ptp(left[labels == label]) < 0.5 for label in (0, 2))
    assert (share > 1 / TURNS).all() and (share <= 1).all() and not congealed.templates[1].any()
    turned, _ = congealed.directions(np.roll(features, 1, axis=1), labels)
    assert_agrees(np.cos(turned - angle), np.full(60, np.cos(2 * np.pi / TURNS)))
    assert (np.sin(turned - angle) > 0).all()


def test_bad_input_is_named():
    assert_refused(lambda: turn_likeness(np.zeros((2, 4, 3)), np.zeros((5, 3))), None, "4", "5")


def congealed_twin(rng=0, turns=4):
    twin = pytorch.from_numpy(TurnedCopies(small_network(rng=rng, dtype="float32"), turns, 8))
    images = torch.from_numpy(normal(1, (12, 1, 8, 8), "float32"))
    twin.congeal(images, torch.arange(12) % 3, classes=3)
    return twin, images


def test_turning_the_picture_turns_the_direction():
    """By a quarter, clockwise, of four directions: the angle grows by 90 degrees, for a picture that the network takes
    for the same class."""
    twin, images = congealed_twin()
    turned = torch.rot90(images, -1, (2, 3))
    before, after = (twin.transformer.localisation(some)[:, 0] for some in (images, turned))
    assert_agrees(torch.cos(after - before).numpy(), np.zeros(12, np.float32), unit=100)
    assert (torch.sin(after - before) > 0).all()


def test_the_output_stays_and_a_twin_without_directions_is_refused():
    twin, images = congealed_twin()
    out = twin(images)
    with pytest.raises(TypeError, match="TurnedCopies"):
        pytorch.to_numpy(twin)
    twin.congealed = None
    torch.testing.assert_close(twin(images), out)


def test_a_classifier_has_no_shares_and_says_so():
    network = torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(64, 3))
    classifier, image = CongealedClassifier(network), torch.zeros(1, 1, 8, 8)
    for asked in (classifier.shares, classifier.direction, classifier.read):
        with pytest.raises(TypeError, match="congeal first"):
            asked(image)


def test_features_do_not_depend_on_the_place():
    """Maps (1, 1, 4, 4) with one bright pixel, wherever it is; then the hidden layer."""
    network = torch.nn.Sequential(
        torch.nn.Identity(), torch.nn.Flatten(), torch.nn.Linear(16, 2), torch.nn.Linear(2, 3)
    )
    image = torch.zeros(2, 1, 4, 4)
    image[0, 0, 0, 0] = image[1, 0, 3, 2] = 1
    found = features_of(network, image)
    torch.testing.assert_close(found[:, :2], torch.tensor([[1 / 16, 1.0]] * 2))
    torch.testing.assert_close(found[:, 2:], network[:3](image))
    with pytest.raises(TypeError, match="network: expected a Sequential, got Linear"):
        features_of(torch.nn.Linear(2, 2), image)
