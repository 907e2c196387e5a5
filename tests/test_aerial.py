"""Aerial tiles: that the pose is the picture's, and that nothing but the thing itself gives its kind away."""

import numpy as np
import pytest

from stn_numpy import affine_sample, rotation_angle
from stn_numpy.aerial.tiles import GROUNDS, KINDS, SCALES, SHIFT, AerialPose, aerial_tiles


@pytest.fixture(scope="module")
def drawn():
    """Tiles, the same tiles without the things on them, and their poses."""
    with_things, pose = aerial_tiles(320, 5)
    return with_things, aerial_tiles(320, 5, background_only=True)[0], pose


def test_what_comes(drawn):
    images, _, pose = drawn
    assert images.shape == (320, 3, 48, 48) and images.dtype == np.float32
    assert images.min() >= 0 and images.max() <= 1 and images.std((2, 3)).min() > 0.005
    assert set(pose.kind) == set(range(len(KINDS))) and set(pose.ground) == set(range(len(GROUNDS)))
    assert 0 <= pose.heading.min() < 10 and 350 < pose.heading.max() < 360
    assert SCALES[0] <= pose.scale.min() < 0.55 and 1.5 < pose.scale.max() <= SCALES[1]
    assert abs(pose.shift).max() <= SHIFT


def test_a_seed_is_a_set_of_tiles(drawn):
    again, pose = aerial_tiles(320, np.random.default_rng(5))
    assert np.array_equal(again, drawn[0]) and np.array_equal(pose.heading, drawn[2].heading)
    assert not np.array_equal(aerial_tiles(320, 6)[0], again)


def test_a_heading_is_read_on_the_compass():
    """Heading 90 is east: the nose, above the middle of an upright thing, looks at the tile's right."""
    pose = AerialPose(np.zeros(4, int), np.array([0.0, 90, 180, 270]), np.ones(4), np.zeros((4, 2)), np.zeros(4, int))
    nose = pose.theta @ np.array([0, -0.5, 1])
    np.testing.assert_allclose(nose, [[0, -0.5], [0.5, 0], [0, 0.5], [-0.5, 0]], atol=1e-12)
    np.testing.assert_allclose(np.degrees(rotation_angle(pose.theta)) % 360, pose.heading, atol=1e-9)


def _ink(images, background, theta):
    """Where the things are, as theta shows it."""
    ink = (abs(images - background).max(1, keepdims=True) > 0.1).astype(np.float64)
    return affine_sample(ink, theta, (*ink.shape[:2], 48, 48), align_corners=False)[:, 0]


@pytest.mark.parametrize("kind", KINDS)
def test_theta_brings_all_of_a_kind_into_one_pose(drawn, kind):
    """And that of the mirrored heading, of x and y swapped or of the inverse scale does not."""
    images, background, pose = drawn
    here = np.flatnonzero((pose.kind == KINDS.index(kind)) & (pose.scale > 0.8) & (pose.scale < 1.2))

    def agreement(theta):
        ink = _ink(images[here], background[here], theta[here])
        return (ink.mean(0) ** 2).sum() / (ink**2).mean(0).sum()

    right = agreement(pose.theta)
    mirrored = AerialPose(pose.kind, -pose.heading, pose.scale, pose.shift, pose.ground).theta
    swapped = AerialPose(pose.kind, pose.heading, pose.scale, pose.shift[:, ::-1], pose.ground).theta
    assert right > agreement(mirrored) + 0.05 and right > agreement(swapped) + 0.02


@pytest.mark.parametrize("kind, lighter", [("fighter", 0), ("freighter", 0), ("helicopter", 1)])
def test_the_nose_is_up(drawn, kind, lighter):
    """A fighter and a freighter are pointed in front, and a helicopter is thin behind."""
    images, background, pose = drawn
    here = np.flatnonzero((pose.kind == KINDS.index(kind)) & (pose.scale > 0.8))
    halves = _ink(images[here], background[here], pose.theta[here]).reshape(-1, 2, 24 * 48).sum((0, 2))
    assert halves.argmin() == lighter and halves.min() < 0.95 * halves.max()


def test_the_ground_does_not_give_the_kind_away():
    """A vote of neighbours on the ground's colours and roughness is as good as guessing; on the things, better."""
    pictures, pose = aerial_tiles(1200, 8, size=24)
    grounds = aerial_tiles(1200, 8, size=24, background_only=True)[0]

    def told(images):
        found = np.concatenate([images.mean((2, 3)), images.std((2, 3)), images[:, :, 8:16, 8:16].std((2, 3))], axis=1)
        found = (found - found.mean(0)) / found.std(0)
        distance = ((found[900:, None] - found[None, :900]) ** 2).sum(2)
        votes = np.eye(len(KINDS))[pose.kind[np.argsort(distance, 1)[:, :15]]].sum(1)
        return (votes.argmax(1) == pose.kind[900:]).mean()

    chance, spread = 1 / len(KINDS), np.sqrt(1 / len(KINDS) / 300)
    assert told(grounds) < chance + 3 * spread < told(pictures)


def test_kinds_are_chosen():
    assert set(aerial_tiles(40, 0, kinds=("car", "ferry"))[1].kind) == {0, 1}


@pytest.mark.parametrize(
    "arguments, part",
    [
        (dict(count=0), "count"),
        (dict(size=8), "size: expected a whole number of at least 16"),
        (dict(kinds=()), "kinds: expected one name or more"),
        (dict(kinds=("car", "car")), "each once"),
        (dict(kinds=("zeppelin",)), "'zeppelin'"),
    ],
)
def test_bad_arguments(arguments, part):
    with pytest.raises(ValueError, match=part):
        aerial_tiles(**dict(count=2, rng=0) | arguments)
