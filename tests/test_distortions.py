"""The distortions P, E and TC: pictures worked out by hand, ranges, and what the true pose is worth."""

import numpy as np
import pytest
from support import assert_refused
from tolerances import assert_agrees

from stn_numpy.digits import load_digits
from stn_numpy.distortions import DISTORTIONS, TC_CANVAS, apply, distort, draw
from stn_numpy.grid import affine_grid
from stn_numpy.projective import projective_grid
from stn_numpy.sampler import grid_sample

NEW = ("P", "E", "TC", "P2")


def digits(count=200, dtype="float64"):
    return load_digits("test")[0][:count].astype(dtype)


def generator(seed=0):
    return np.random.default_rng(seed)


def undone(theta):
    """The inverse of (N, 2, 3) or (N, 3, 3) maps, as (N, 3, 3)."""
    if theta.shape[1] == 2:
        theta = np.concatenate([theta, np.tile([[[0.0, 0, 1]]], (len(theta), 1, 1))], axis=1)
    return np.linalg.inv(theta)


def still(count=3):
    """Parameters that do nothing."""
    return {
        "P": dict(scale=np.ones(count), corners=np.zeros((count, 4, 2))),
        "E": dict(scale=np.ones(count), points=np.zeros((count, 16, 2))),
    }


@pytest.mark.parametrize("distortion", ["P", "E"])
def test_nothing_moved_is_nothing_done(distortion):
    images = digits(3)
    np.testing.assert_allclose(apply(images, distortion, still()[distortion])[0], images, atol=1e-12)


@pytest.mark.parametrize("distortion, moved, sign", [("P", "corners", 1), ("E", "points", -1)])
def test_all_moved_alike_is_a_shift(distortion, moved, sign):
    """P moves the picture's corners; E the points of reading, so that the picture goes the other way."""
    images, parameters = digits(3), still()[distortion]
    parameters[moved][:] = [3 * sign, -2 * sign]  # three pixels to the right and two up
    expected = np.zeros_like(images)
    expected[:, :, :-2, 3:] = images[:, :, 2:, :-3]
    np.testing.assert_allclose(apply(images, distortion, parameters)[0], expected, atol=1e-12)


@pytest.mark.parametrize("distortion", ["P", "E"])
def test_the_scale_makes_the_picture_smaller(distortion):
    images, parameters = np.ones((1, 1, 24, 40)), still(1)[distortion]
    parameters["scale"][:] = 0.75
    expected = np.zeros((24, 40))
    expected[3:-3, 5:-5] = 1
    assert_agrees(apply(images, distortion, parameters)[0][0, 0], expected)


def test_each_corner_of_p_is_its_own():
    """The upper right corner moves 10 pixels to the left: the upper edge is shorter, the lower one stays."""
    parameters = still(1)["P"]
    parameters["corners"][0, 1] = [-10, 0]
    seen = apply(np.ones((1, 1, 28, 28)), "P", parameters)[0][0, 0]
    right_edge = 18 + 10 * (np.arange(28) + 0.5) / 28  # where the line from (18, 0) to (28, 28) crosses each row
    centres = np.arange(28) + 0.5
    inside = centres[None] < right_edge[:, None] - 1
    assert (seen[:-1][inside[:-1]] > 0.99).all()  # the last row fades, as any edge does
    assert not seen[centres[None] > right_edge[:, None] + 1].any()


def test_p_takes_the_corners_where_it_says():
    images = digits(50)
    parameters = draw(images, "P", generator())
    _, theta = apply(images, "P", parameters)
    square = np.array([[-1.0, -1], [1, -1], [1, 1], [-1, 1]])
    went = parameters["scale"][:, None, None] * square + parameters["corners"] / 14
    back = np.concatenate([went, np.ones((50, 4, 1))], axis=2) @ theta.swapaxes(1, 2)
    np.testing.assert_allclose(back[..., :2] / back[..., 2:], np.tile(square, (50, 1, 1)), atol=1e-8)


def test_each_point_of_e_is_its_own():
    """The second point of the first row, a third of the way along the upper edge, reads 4 pixels further right."""
    images = np.tile(np.arange(28.0), (1, 1, 28, 1))  # each pixel has the value of its column
    parameters = still(1)["E"]
    parameters["points"][0, 1] = [4, 0]
    moved = apply(images, "E", parameters)[0][0, 0] - images[0, 0]
    assert abs(moved[0, 9] - 4) < 0.25
    assert np.unravel_index(np.abs(moved[:, 2:-6]).argmax(), (28, 20))[0] == 0
    assert np.abs(moved[9:, 2:-6]).max() < 1.5


@pytest.mark.parametrize("distortion, deviation", [("P", 5 / 2**0.5), ("P2", 5), ("E", 1.5)])
def test_ranges_of_p_and_e_are_the_paper_s(distortion, deviation):
    images = np.broadcast_to(digits(1), (4000, 1, 28, 28))
    scale, moved = draw(images, distortion, generator()).values()
    np.testing.assert_allclose([scale.min(), scale.max(), scale.mean()], [0.75, 1, 0.875], atol=0.005)
    np.testing.assert_allclose(moved.std(axis=0), deviation, rtol=0.06)
    assert np.abs(moved.mean(axis=0)).max() < 0.06 * deviation
    assert distort(images[:5], distortion, generator())[0].shape == (5, 1, 28, 28)


DIAGONALS = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) / 2**0.5


@pytest.mark.parametrize("distortion, numbers, one_in", [("P", 1, 500), ("P2", 2, 70)])
def test_no_corner_of_p_folds_the_picture_and_few_are_held_back(distortion, numbers, one_in):
    images = np.broadcast_to(digits(1), (8000, 1, 28, 28))
    scale, corners = draw(images, distortion, generator()).values()
    freely = generator()
    freely.uniform(0.75, 1, 8000)
    free = freely.normal(0, 5, (8000, 4, numbers))
    part = corners / (free * DIAGONALS if numbers == 1 else free)
    assert (np.abs(part[..., None] - [0.25, 0.5, 1]).min(axis=3) < 1e-9).all()
    np.testing.assert_allclose(part, np.broadcast_to(part[:, :1, :1], part.shape), rtol=1e-9)
    assert 0.5 / one_in < (part[:, 0, 0] < 0.9).mean() < 2 / one_in
    square = 14 * np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]])
    for k, (before, at, after) in enumerate([(3, 0, 1), (0, 1, 2), (1, 2, 3), (2, 3, 0)]):
        quadrilateral = scale[:, None, None] * square + corners
        one, other = quadrilateral[:, at] - quadrilateral[:, before], quadrilateral[:, after] - quadrilateral[:, at]
        assert (one[:, 0] * other[:, 1] - one[:, 1] * other[:, 0] > 0).all(), k


def test_the_inverse_of_p_restores_the_digit():
    images = digits()
    distorted, theta = distort(images, "P", generator())
    restored = grid_sample(distorted, projective_grid(undone(theta), images.shape), align_corners=False)
    error = np.abs(restored - images).sum((1, 2, 3)) / images.sum((1, 2, 3))
    assert np.median(error) < 0.3  # interpolated twice, a digit is softer, and no more


# --- TC


def test_tc_is_the_digit_at_its_place_and_six_patches_of_others():
    images = 1 + np.arange(4)[:, None, None, None] + np.zeros((4, 1, 28, 28))  # each has the value of its number
    parameters = draw(images, "TC", generator())
    assert (parameters["others"] != np.arange(4)[:, None]).all() and len(np.unique(parameters["others"])) == 4
    canvas, pose = apply(images, "TC", parameters)
    assert canvas.shape == (4, 1, TC_CANVAS, TC_CANVAS)
    for n in range(4):
        expected = np.zeros((TC_CANVAS, TC_CANVAS))
        x, y = parameters["place"][n]
        expected[y : y + 28, x : x + 28] = n + 1
        for other, (x, y) in zip(parameters["others"][n], parameters["paste"][n]):
            expected[y : y + 6, x : x + 6] = np.maximum(expected[y : y + 6, x : x + 6], other + 1)
        np.testing.assert_array_equal(canvas[n, 0], expected)
    np.testing.assert_array_equal(pose.shift_x, parameters["place"][:, 0] + 14 - 30)
    np.testing.assert_array_equal(pose.shift_y, parameters["place"][:, 1] + 14 - 30)
    assert not pose.angle.any() and (pose.scale == 1).all()


def test_a_patch_of_tc_shows_what_it_was_cut_from():
    images = np.zeros((2, 1, 28, 28))
    images[1, 0] = np.arange(28)[:, None] * 100 + np.arange(28)  # each pixel encodes its row and its column
    one = np.zeros((2, 6, 2), int)
    one[0, 0] = 7, 3  # x before y
    paste = np.full((2, 6, 2), 50)
    paste[0, 0] = 20, 10
    canvas, _ = apply(
        images, "TC", dict(place=np.full((2, 2), 32), others=np.array([[1] * 6, [0] * 6]), cut=one, paste=paste)
    )
    np.testing.assert_array_equal(canvas[0, 0, 10:16, 20:26], images[1, 0, 3:9, 7:13])


def test_the_inverse_of_the_pose_of_tc_restores_the_digit():
    images = digits()
    parameters = draw(images, "TC", generator())
    distorted, pose = apply(images, "TC", parameters)
    grid = affine_grid(undone(pose.theta)[:, :2], images.shape, align_corners=False)
    restored = grid_sample(distorted, grid, align_corners=False)
    assert (restored >= images - 1e-9).all()  # a patch may lie on the digit, and is the brighter then
    assert np.isclose(restored, images).mean() > 0.95


def test_tc_uses_the_whole_canvas():
    parameters = draw(np.broadcast_to(digits(1), (4000, 1, 28, 28)), "TC", generator())
    for name, last in (("place", 32), ("cut", 22), ("paste", 54)):
        corners = parameters[name].reshape(-1, 2)
        np.testing.assert_array_equal([corners.min(0), corners.max(0)], [[0, 0], [last, last]])
        np.testing.assert_allclose(corners.mean(0), last / 2, rtol=0.05)


# --- Shared


@pytest.mark.parametrize("distortion", NEW)
def test_same_seed_same_pictures_and_nothing_is_written(distortion, dtype):
    images = digits(20, dtype)
    before = images.copy()
    images.flags.writeable = False
    distorted, _ = distort(images, distortion, generator(3))
    np.testing.assert_array_equal(distorted, distort(np.asfortranarray(images), distortion, generator(3))[0])
    np.testing.assert_array_equal(images, before)
    assert distorted.dtype == dtype
    assert not np.array_equal(distorted, distort(images, distortion, generator(4))[0])


@pytest.mark.parametrize("distortion", DISTORTIONS)
def test_channels_are_distorted_alike(distortion):
    images = np.concatenate([digits(5), 2 * digits(5)], 1)
    distorted, _ = distort(images, distortion, generator())
    np.testing.assert_allclose(distorted[:, 1], 2 * distorted[:, 0], atol=1e-12)


def test_bad_arguments_are_refused():
    assert_refused(lambda: distort(digits(1), "TC", generator()), "images", "at least 2", "1")
    assert_refused(lambda: distort(np.ones((2, 1, 28, 61)), "TC", generator()), "images", "6 to 60", "28x61")
    assert_refused(lambda: distort(np.ones((2, 1, 5, 28)), "TC", generator()), "images", "6 to 60", "5x28")
    assert_refused(lambda: draw(digits(2), "S", generator()), "distortion", "'TC'", "'S'")
    assert_refused(lambda: apply(digits(2), "S", {}), "distortion", "'TC'", "'S'")
    assert_refused(lambda: distort(digits(2), "P", 0), "rng", "numpy.random.Generator", "int")
