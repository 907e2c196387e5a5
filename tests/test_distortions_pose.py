"""The distortions R and RTS: the pose describes the distortion of the picture."""

import numpy as np
import pytest
from support import assert_refused

from stn_numpy.digits import load_digits
from stn_numpy.distortions import distort
from stn_numpy.grid import affine_grid
from stn_numpy.sampler import grid_sample


def digits(count=200, dtype="float64"):
    return load_digits("test")[0][:count].astype(dtype)


class Highest(np.random.Generator):
    """A generator whose every draw is the upper end of the range."""

    def uniform(self, low=0.0, high=1.0, size=None):
        return np.full(size, high, float)


class Lowest(np.random.Generator):
    """A generator whose every draw is the lower end of the range."""

    def uniform(self, low=0.0, high=1.0, size=None):
        return np.full(size, low, float)


def rng(seed=0, kind=np.random.Generator):
    return kind(np.random.PCG64(seed))


def blobs(count, size=(28, 28), centre=(4, -5), dtype="float64"):
    """Round spots 2 pixels wide, `centre` (x right, y down) pixels from the middle of the image."""
    y, x = (np.arange(n) + 0.5 - n / 2 for n in size)
    spot = np.exp(-((x - centre[0]) ** 2 + (y[:, None] - centre[1]) ** 2) / 8)
    return np.tile(spot * (spot > 0.01), (count, 1, 1, 1)).astype(dtype)


def centre_of_mass(images):
    """(N, 2): (x right, y down) in pixels from the middle of the image."""
    ink = images.sum(1)
    y, x = (np.arange(n) + 0.5 - n / 2 for n in ink.shape[1:])
    return np.stack([(ink * x).sum((1, 2)), (ink * y[:, None]).sum((1, 2))], 1) / ink.sum((1, 2))[:, None]


def spread(images):
    """(N,): the mean squared distance of the ink from its centre of mass, in square pixels."""
    ink, centre = images.sum(1), centre_of_mass(images)
    y, x = (np.arange(n) + 0.5 - n / 2 for n in ink.shape[1:])
    squared = (x - centre[:, :1])[:, None, :] ** 2 + (y - centre[:, 1:])[:, :, None] ** 2
    return (ink * squared).sum((1, 2)) / ink.sum((1, 2))


def turned(points, angle):
    """Points (x right, y down) turned counter-clockwise as seen: what is at the right goes up, to negative y."""
    x, y = points[:, 0], points[:, 1]
    return np.stack([x * np.cos(angle) + y * np.sin(angle), y * np.cos(angle) - x * np.sin(angle)], 1)


def test_the_largest_rotation_is_a_quarter_turn_counter_clockwise():
    images = digits(20)
    up, pose = distort(images, "R", rng(kind=Highest))
    np.testing.assert_allclose(up, np.rot90(images, 1, axes=(2, 3)), atol=1e-12)
    np.testing.assert_allclose(pose.angle, np.pi / 2)
    down, pose = distort(images, "R", rng(kind=Lowest))
    np.testing.assert_allclose(down, np.rot90(images, -1, axes=(2, 3)), atol=1e-12)
    np.testing.assert_allclose(pose.angle, -np.pi / 2)


@pytest.mark.parametrize("distortion", ["R", "RTS"])
@pytest.mark.parametrize("size", [(28, 28), (24, 40)], ids=["square", "not square"])
def test_a_spot_is_found_where_the_pose_says(distortion, size):
    images = blobs(100, size)
    distorted, pose = distort(images, distortion, rng())
    shift = np.stack([pose.shift_x, pose.shift_y], 1)
    expected = pose.scale[:, None] * turned(centre_of_mass(images), pose.angle) + shift
    np.testing.assert_allclose(centre_of_mass(distorted), expected, atol=0.05)


def test_digits_move_by_the_shift():
    images = digits()
    distorted, pose = distort(images, "RTS", rng())
    moved = centre_of_mass(distorted) - pose.scale[:, None] * turned(centre_of_mass(images), pose.angle)
    np.testing.assert_allclose(moved, np.stack([pose.shift_x, pose.shift_y], 1), atol=0.15)


def test_digits_grow_by_the_scale():
    images = digits()
    distorted, pose = distort(images, "RTS", rng())
    np.testing.assert_allclose(np.sqrt(spread(distorted) / spread(images)), pose.scale, rtol=0.03)


def test_a_round_spot_stays_round_on_an_image_that_is_not_square():
    distorted, _ = distort(blobs(50, (24, 40), centre=(0, 0)), "R", rng())
    across, down = distorted[:, 0].sum(1), distorted[:, 0].sum(2)
    x, y = (np.arange(n) + 0.5 - n / 2 for n in (40, 24))
    np.testing.assert_allclose((across * x**2).sum(1), (down * y**2).sum(1), rtol=0.05)


@pytest.mark.parametrize("distortion", ["R", "RTS"])
def test_the_inverse_of_the_pose_s_theta_restores_the_digit(distortion):
    images = digits()
    distorted, pose = distort(images, distortion, rng())
    square = np.concatenate([pose.theta, np.tile([[[0.0, 0, 1]]], (len(images), 1, 1))], 1)
    grid = affine_grid(np.linalg.inv(square)[:, :2], images.shape, align_corners=False)
    restored = grid_sample(distorted, grid, align_corners=False)
    error = np.abs(restored - images).sum((1, 2, 3)) / images.sum((1, 2, 3))
    assert np.median(error) < 0.25  # interpolated twice, a digit is softer, and no more
    assert np.abs(centre_of_mass(restored) - centre_of_mass(images)).max() < 0.4


@pytest.mark.parametrize(
    "distortion, size, degrees, scales", [("R", (28, 28), 90, (1, 1)), ("RTS", (42, 42), 45, (0.7, 1.2))]
)
def test_sizes_and_ranges_are_the_paper_s(distortion, size, degrees, scales):
    distorted, pose = distort(digits(1000), distortion, rng())
    assert distorted.shape == (1000, 1, *size)
    np.testing.assert_allclose(np.degrees([pose.angle.min(), pose.angle.max()]), [-degrees, degrees], atol=1)
    np.testing.assert_allclose(np.degrees(pose.angle).std(), degrees / np.sqrt(3), rtol=0.05)
    np.testing.assert_allclose([pose.scale.min(), pose.scale.max()], scales, atol=0.005)
    if distortion == "R":
        assert not pose.shift_x.any() and not pose.shift_y.any()


def test_no_ink_leaves_the_canvas_and_every_edge_is_reached():
    images = digits(1000)
    distorted, pose = distort(images, "RTS", rng())
    wider = pose.theta.copy()
    wider[:, :, :2] *= 60 / 42
    beyond = grid_sample(images, affine_grid(wider, (1000, 1, 60, 60)), align_corners=False)
    np.testing.assert_allclose(beyond[:, :, 9:-9, 9:-9], distorted, atol=1e-9)
    beyond[:, :, 9:-9, 9:-9] = 0
    assert not beyond.any()
    used = (distorted > 0.05).any((0, 1))
    assert used[1].any() and used[-2].any() and used[:, 1].any() and used[:, -2].any()


def test_a_picture_too_large_for_the_canvas_stays_in_the_middle():
    images = np.ones((8, 1, 28, 28))
    _, pose = distort(images, "RTS", rng(kind=Highest))
    assert not pose.shift_x.any() and not pose.shift_y.any()


@pytest.mark.parametrize("distortion", ["R", "RTS"])
def test_same_seed_same_pictures_and_nothing_is_written(distortion, dtype):
    images = digits(20, dtype)
    before = images.copy()
    images.flags.writeable = False
    distorted, pose = distort(images, distortion, rng(3))
    again, pose_again = distort(np.asfortranarray(images), distortion, rng(3))
    np.testing.assert_array_equal(images, before)
    np.testing.assert_array_equal(distorted, again)
    np.testing.assert_array_equal(pose.theta, pose_again.theta)
    assert distorted.dtype == pose.theta.dtype == dtype
    assert len(np.unique(pose.angle)) == 20
    assert not np.array_equal(distort(images, distortion, rng(4))[1].angle, pose.angle)


def test_both_float_types_get_the_same_pose():
    poses = [distort(digits(20, dtype), "RTS", rng())[1] for dtype in ("float32", "float64")]
    np.testing.assert_array_equal(poses[0].angle, poses[1].angle)
    np.testing.assert_array_equal(poses[0].shift_x, poses[1].shift_x)


def test_channels_are_distorted_alike():
    images = np.concatenate([digits(5), 2 * digits(5)], 1)
    distorted, _ = distort(images, "RTS", rng())
    np.testing.assert_allclose(distorted[:, 1], 2 * distorted[:, 0], atol=1e-12)


def test_bad_arguments_are_refused():
    images = digits(2)
    assert_refused(lambda: distort(images, "S", rng()), "distortion", "'R', 'RTS', 'P', 'E', 'TC'", "'S'")
    assert_refused(lambda: distort(images, "R", 0), "rng", "numpy.random.Generator", "int")
    assert_refused(lambda: distort(images[0], "R", rng()), "images", "(N, C, H, W)", "(1, 28, 28)")
    assert_refused(lambda: distort(images.astype(int), "R", rng()), "images", "float32 or float64", "int64")
