"""The measures of a trained transformer: the angle that remains, and what its parameters reveal."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from support import normal
from twins import Says, randomise

from stn_numpy import pytorch
from stn_numpy.digits import load_digits
from stn_numpy.distortions import Pose, distort
from stn_numpy.families import TRANSFORMS
from stn_numpy.localisation import LocalisationNetwork
from stn_numpy.pose import (
    circular_deviation,
    describe_angles,
    label_readable_from,
    outputs,
    remaining_angle,
    remaining_pose,
    signs_of_life,
)
from stn_numpy.pytorch import life
from stn_numpy.transformer import SpatialTransformer

EVEN = (np.arange(1000) + 0.5) / 1000 - 0.5  # evenly between -1/2 and 1/2


@pytest.mark.parametrize("angle", np.linspace(-3, 3, 13))
def test_equal_angles_do_not_deviate(angle):
    """Their mean on the circle may come out a rounding error longer than 1, whose root must not be NaN."""
    for count in (1, 7, 1000):
        deviation = circular_deviation(np.full(count, angle))
        assert isinstance(deviation, float) and 0 <= deviation < 1e-4


def test_deviation_of_known_angles():
    """Evenly over +-90 degrees the mean on the circle is 2 / pi long, and sqrt(-2 log(2 / pi)) is 54.45 degrees."""
    assert circular_deviation(np.pi * EVEN) == pytest.approx(54.45, abs=0.01)
    assert circular_deviation([-0.1, 0.1]) == pytest.approx(np.degrees(np.sqrt(-2 * np.log(np.cos(0.1)))))
    small = 0.01 * normal(0, 10000)
    assert circular_deviation(small) == pytest.approx(np.degrees(small.std()), rel=1e-3)
    assert circular_deviation(2 * np.pi * EVEN) > 300  # no direction at all


def test_deviation_of_random_turns():
    turns = np.random.default_rng(0).uniform(-np.pi / 2, np.pi / 2, 20000)
    assert circular_deviation(turns) == pytest.approx(54.45, abs=1)


@pytest.mark.parametrize("offset", [0.3, -2, np.pi, 100])
def test_deviation_knows_no_offset_and_no_whole_turns(offset):
    angles = normal(1, 500)
    assert circular_deviation(angles + offset) == pytest.approx(circular_deviation(angles))
    angles[::3] += 2 * np.pi
    assert circular_deviation(angles) == pytest.approx(circular_deviation(normal(1, 500)))
    assert circular_deviation([np.pi - 0.1, -np.pi + 0.1]) == pytest.approx(circular_deviation([-0.1, 0.1]))


def likeness(images, others):
    """Correlation of each image with its counterpart: 1 is the same picture, but for its contrast."""
    return np.array([np.corrcoef(one.ravel(), other.ravel())[0, 1] for one, other in zip(images, others, strict=True)])


def turned_digits():
    """A few digits that have a right way up, well turned to both sides."""
    images, labels = load_digits("test")
    images = images[np.flatnonzero(np.isin(labels, [2, 3, 4, 5, 7]))[:40]].astype("float64")
    turned, pose = distort(images, "R", np.random.default_rng(1))
    far = np.abs(pose.angle) > 0.6
    assert (pose.angle[far] > 0).any() and (pose.angle[far] < 0).any()
    return images[far], turned[far], Pose(*(value[far] for value in vars(pose).values()))


def parameters_of_a_turn(transform, angle, scale=1.0):
    cos, sin, zero = scale * np.cos(angle), scale * np.sin(angle), 0 * angle
    return {
        "rotation": np.stack([angle], axis=1),
        "similarity": np.stack([cos, sin, zero, zero], axis=1),
        "affine": np.stack([cos, -sin, zero, sin, cos, zero], axis=1),
    }[transform]


@pytest.mark.parametrize("transform", ["rotation", "similarity", "affine"])
def test_a_transformer_that_turns_the_digits_back_leaves_no_angle(transform):
    """By pictures: only the angles that leave nothing make the digits look as they did."""
    images, turned, pose = turned_digits()
    back = SpatialTransformer(Says(*parameters_of_a_turn(transform, -pose.angle)), transform)
    assert likeness(images, back(turned)).min() > 0.95
    np.testing.assert_allclose(remaining_angle(back, turned, pose), 0, atol=1e-12)
    further = SpatialTransformer(Says(*parameters_of_a_turn(transform, pose.angle)), transform)
    assert likeness(images, further(turned)).max() < 0.9
    np.testing.assert_allclose(remaining_angle(further, turned, pose), 2 * pose.angle, atol=1e-12)


def test_the_angle_that_remains_is_that_of_the_picture():
    """What a transformer leaves at 20 degrees looks like the digit turned by 20 degrees, and not by -20."""
    images, turned, pose = turned_digits()
    left = np.radians(20)
    almost = SpatialTransformer(Says(*(left - pose.angle)[:, None]), "rotation")
    np.testing.assert_allclose(remaining_angle(almost, turned, pose), left, atol=1e-12)
    by = [SpatialTransformer(Says(*[[angle]] * len(images)), "rotation")(images) for angle in (left, -left)]
    out = almost(turned)
    assert likeness(out, by[0]).min() > 0.95
    assert np.all(likeness(out, by[0]) > likeness(out, by[1]) + 0.1)


def test_the_identity_leaves_the_pose():
    _, turned, pose = turned_digits()
    network = LocalisationNetwork((1, 28, 28), TRANSFORMS["affine"].identity, "fcn", dtype="float64")
    np.testing.assert_allclose(remaining_angle(SpatialTransformer(network), turned, pose), pose.angle, atol=1e-15)


def test_scale_and_shift_leave_no_angle():
    _, turned, pose = turned_digits()
    rows = parameters_of_a_turn("affine", -pose.angle, scale=0.5) + [0, 0, 0.3, 0, 0, -0.2]
    np.testing.assert_allclose(remaining_angle(SpatialTransformer(Says(*rows)), turned, pose), 0, atol=1e-12)


@pytest.mark.parametrize("batch_size", [1, 100, 250, 600])
def test_many_images_go_through_in_parts(batch_size):
    layer = randomise(LocalisationNetwork((1, 3, 4), (0.0, 0.0), "fcn", dtype="float64"))
    images = normal(0, (600, 1, 3, 4))
    np.testing.assert_allclose(outputs(layer, images, batch_size), layer(images), rtol=0, atol=1e-13)


def clusters(seed, count, spread, places=10):
    """Points in the plane around ten places of a circle, each class at its own."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, 10, count)
    centres = np.stack([np.cos(0.2 * np.pi * labels), np.sin(0.2 * np.pi * labels)], axis=1)
    return centres + spread * rng.standard_normal((count, 2)), labels


def test_separate_clusters_are_read_without_an_error():
    assert label_readable_from(*clusters(0, 400, 0.05), *clusters(1, 601, 0.05)) == 1.0


def test_noise_is_read_by_chance_alone():
    (known, known_labels), (asked, asked_labels) = clusters(0, 2000, 0), clusters(1, 2000, 0)
    found = label_readable_from(normal(2, known.shape), known_labels, normal(3, asked.shape), asked_labels)
    assert isinstance(found, float) and found == pytest.approx(0.1, abs=0.03)


def test_each_number_counts_by_its_own_spread():
    """A number a thousand times as large without information does not hide the two that have some."""
    (known, known_labels), (asked, asked_labels) = clusters(0, 1000, 0.02), clusters(1, 300, 0.02)
    known, asked = (np.column_stack([points, 1000 * normal(k, len(points))]) for k, points in enumerate((known, asked)))
    assert label_readable_from(known, known_labels, asked, asked_labels) > 0.9


def test_a_number_that_never_changes_does_no_harm():
    (known, known_labels), (asked, asked_labels) = clusters(0, 400, 0.05), clusters(1, 100, 0.05)
    known, asked = (np.column_stack([points, np.ones(len(points))]) for points in (known, asked))
    assert label_readable_from(known, known_labels, asked, asked_labels) == 1.0


def test_the_majority_of_the_neighbours_decides():
    known = np.concatenate([[[0.0]], np.full((8, 1), 0.1), np.full((6, 1), -0.1), np.full((20, 1), 9.0)])
    labels = np.array([7] + [3] * 8 + [5] * 6 + [1] * 20)
    asked = np.zeros((1, 1))
    for neighbours, label in [(1, 7), (15, 3), (34, 1)]:
        assert label_readable_from(known, labels, asked, np.array([label]), neighbours) == 1.0


def test_angles_are_described_by_class():
    """Every class at an angle of its own, and evenly about it by up to 9 degrees."""
    labels = np.repeat(np.arange(10), 1000)
    means = np.arange(-5, 5) / 5
    found = describe_angles(np.tile(np.pi / 10 * EVEN, 10) + means[labels], labels)
    within = circular_deviation(np.pi / 10 * EVEN)
    assert found["remaining_about_class_mean"] == pytest.approx(within)
    assert found["remaining_degrees_by_class"] == pytest.approx([within] * 10)
    assert found["mean_degrees_by_class"] == pytest.approx(np.degrees(means))
    assert found["remaining_degrees"] > 3 * within


# --- The pose that remains


STILL = np.array([[[1.0, 0, 0], [0, 1, 0]]])


@pytest.fixture(scope="module")
def pose_of_digits():
    digits = load_digits("test")[0][:200].astype(float)
    return distort(digits, "RTS", np.random.default_rng(0))[1]


def undo_theta(theta):
    whole = np.concatenate([theta, np.broadcast_to([[[0.0, 0, 1]]], (len(theta), 1, 3))], axis=1)
    return np.linalg.inv(whole)[:, :2]


def test_standing_still_leaves_what_was_given(pose_of_digits):
    left = remaining_pose(pose_of_digits.theta, STILL.repeat(200, 0), 28, 42)
    assert left["degrees"] == pytest.approx(circular_deviation(pose_of_digits.angle))
    assert left["scale"] == pytest.approx(np.log(pose_of_digits.scale).std())
    assert left["pixels"] == pytest.approx(np.hypot(pose_of_digits.shift_x.std(), pose_of_digits.shift_y.std()))


def test_undoing_everything_leaves_nothing(pose_of_digits):
    left = remaining_pose(pose_of_digits.theta, undo_theta(pose_of_digits.theta), 28, 42)
    assert max(left.values()) < 1e-5


def test_each_part_is_measured_alone():
    """Two digits, worked out by hand: only where their middles lie differs, by 6 pixels across."""
    shift = STILL.repeat(2, 0)
    shift[:, 0, 2] = 3 / 14, -3 / 14
    left = remaining_pose(STILL.repeat(2, 0), shift, 28, 28)
    assert left == pytest.approx(dict(degrees=0, scale=0, pixels=3), abs=1e-7)
    zoom = STILL.repeat(2, 0) * np.array([1, 2])[:, None, None]
    left = remaining_pose(STILL.repeat(2, 0), zoom, 28, 28)
    assert left == pytest.approx(dict(degrees=0, scale=np.log(2) / 2, pixels=0), abs=1e-7)


# --- Signs of life


@pytest.mark.parametrize("transform, size", [("affine", None), ("rotation", 20), ("tps", None)])
def test_signs_of_life_are_those_of_the_twin_in_torch(transform, size):
    images, pose = distort(load_digits("test")[0][:300], "R", np.random.default_rng(0))
    network = LocalisationNetwork((1, 28, 28), TRANSFORMS[transform].identity, rng=0)
    network.final.weight.data[:] = 0.1 * normal(1, network.final.weight.data.shape, "float32")
    network.features.layers[0].bias.data[:3] = -100  # three channels are silent
    layer = SpatialTransformer(network, transform, size=size)
    found = signs_of_life(layer, images, pose)
    expected = life.signs_of_life(
        pytorch.from_numpy(layer), torch.from_numpy(images), replace(pose, theta=torch.from_numpy(pose.theta))
    )
    assert found["silent"] == pytest.approx(expected["silent"], abs=1e-4) and found["silent"][0] == 3 / 8
    for name in ("theta_mean", "theta_spread", "outside"):
        np.testing.assert_allclose(found[name], expected[name], rtol=1e-3, atol=1e-4)
    assert ("remaining" in found) == (transform != "tps")
    if "remaining" in found:
        assert found["remaining"] == pytest.approx(expected["remaining"], rel=1e-3, abs=1e-6)
