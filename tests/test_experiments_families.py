"""Chapter 15's experiment: a known distortion is undone, what is left is measured in pixels, and each part of it."""

import numpy as np
import pytest
from series import record_of
from support import assert_refused, normal
from tolerances import FINITE_DIFFERENCES, assert_agrees

from book.experiments.families import fits
from book.experiments.families.undo import bounded_tps_transform, folded, places_left, places_shown, straight, undo
from stn_numpy.digits import load_digits
from stn_numpy.distortions import apply, draw
from stn_numpy.families import TRANSFORMS, tps_transform
from stn_numpy.gradcheck import gradcheck
from stn_numpy.grid import affine_grid
from stn_numpy.sampler import grid_sample
from stn_numpy.tps import control_points, tps_grid

SIZE = (2, 1, 28, 28)


def shifted(x, y, count=2):
    """Grids that read x and y further, in normalised units."""
    return affine_grid(np.tile([[1.0, 0, x], [0, 1, y]], (count, 1, 1)), (count, *SIZE[1:]), align_corners=False)


@pytest.fixture(scope="module")
def digits():
    return load_digits("test")[0][:6].astype("float64")


@pytest.mark.parametrize(
    "name, expected",
    [
        ("translation", [2 / 14, -1 / 14]),
        ("affine", [1, 0, 2 / 14, 0, 1, -1 / 14]),
        ("projective", [1, 0, 2 / 14, 0, 1, -1 / 14, 0, 0]),
        ("similarity", [1, 0, 2 / 14, -1 / 14]),
    ],
)
def test_a_shift_is_found(digits, name, expected):
    """The digit is 2 pixels to the right and 1 up, and so must be the sampling points.

    The median of six digits: a 1 hardly changes when it is stretched along its stroke.
    """
    moved = np.roll(digits, (-1, 2), axis=(2, 3))
    found = undo(moved, digits, name, steps=120)
    np.testing.assert_allclose(np.median(found, axis=0), expected, atol=0.02)


@pytest.mark.parametrize("name", [*TRANSFORMS, "tps, bounded"])
def test_every_family_comes_closer(digits, name):
    family = bounded_tps_transform(4) if name == "tps, bounded" else TRANSFORMS[name]
    wanted = digits[:3]
    numbers = draw(wanted, "R", np.random.default_rng(0)) | dict(angle=np.radians([8.0, -8, 6]))
    images, pose = apply(wanted, "R", numbers)
    there, ink = affine_grid(pose.theta, wanted.shape), wanted[:, 0] > 0.5
    grid = family.grid(undo(images, wanted, family, steps=40), wanted.shape)
    off, off_before = (((read - wanted) ** 2).sum() for read in (grid_sample(images, grid), images))
    left, before = (places_left(g, there, ink) for g in (grid, straight(there)))
    assert off < off_before
    assert (left < 0.7 * before).all() or name in ("translation", "attention")  # which cannot turn


def test_a_price_on_bending_bends_less(digits):
    seen = digits + 0.3 * normal(0, digits.shape)
    family = tps_transform(5)
    free, stiff = (undo(seen, digits, family, 40, bending=weight, points=5) for weight in (0, 1.0))
    far, near = (
        np.abs(moved.reshape(6, 25, 2) - moved.reshape(6, 25, 2).mean(axis=1, keepdims=True)).mean()
        for moved in (free, stiff)
    )
    assert near < 0.6 * far


def test_the_places_of_two_maps_are_those_of_their_product():
    """First the transformer's map, then the distortion's; away from the edges, where the displacement stops."""
    rng = np.random.default_rng(0)
    first, second = (np.tile(np.eye(3), (2, 1, 1)) + 0.1 * rng.standard_normal((2, 3, 3)) for _ in range(2))
    first[:, 2] = second[:, 2] = [0, 0, 1]
    one, other, both = (affine_grid(np.ascontiguousarray(m[:, :2]), SIZE) for m in (first, second, second @ first))
    np.testing.assert_allclose(places_shown(one, other)[:, 6:-6, 6:-6], both[:, 6:-6, 6:-6], atol=1e-12)


def test_what_is_left_of_a_shift_is_its_length_in_pixels():
    ink = np.zeros((2, 28, 28), bool)
    ink[:, 10:18, 12:15] = True
    left = places_left(shifted(0, 0), shifted(3 / 14, -4 / 14), ink)
    np.testing.assert_allclose(left, 5, atol=1e-12)
    np.testing.assert_allclose(places_left(shifted(-3 / 14, 4 / 14), shifted(3 / 14, -4 / 14), ink), 0, atol=1e-12)


def test_the_ink_alone_counts():
    """x is read too far by 7 pixels in the right half, and the ink is on the left."""
    grid = shifted(0, 0)
    grid[:, :, 14:, 0] += 0.5
    ink = np.zeros((2, 28, 28), bool)
    ink[0, :, :14] = ink[1, :, 14:] = True
    np.testing.assert_allclose(places_left(grid, shifted(0, 0), ink), [0, 7], atol=1e-12)


def test_a_fold_is_seen():
    grid = shifted(0, 0, 4)
    grid[1] = grid[1, :, ::-1]  # a mirror image
    grid[2, 5, 5, 0] += 2 * 2 / 28  # one point past its neighbour
    grid[3] = grid[3].swapaxes(0, 1)[..., ::-1]  # transposed twice: nothing turned over
    assert folded(grid).tolist() == [False, True, True, False]


def test_bounded_points_start_in_place_and_stay_inside(align_corners):
    family = bounded_tps_transform((3, 4))
    start = np.array([family.identity])
    assert_agrees(
        family.grid(start, (1, 1, 5, 6), align_corners),
        straight(np.zeros((1, 5, 6, 2))) if not align_corners else affine_grid(np.eye(2, 3)[None], (1, 1, 5, 6), True),
    )
    wild = family.forward(start + 300 * normal(0, start.shape))
    reached = wild.reshape(-1, 2) + 0.9 * control_points((3, 4))
    assert np.abs(reached).max() <= 1 and np.abs(reached).min() > 0.9
    parameters = start + 0.3 * normal(1, start.shape)
    [error] = gradcheck(
        lambda p: family.grid(p, (1, 1, 4, 5), align_corners),
        lambda d, p: family.grid_backward(d, p, align_corners),
        [parameters],
    )
    assert error < FINITE_DIFFERENCES


def test_the_map_of_an_elastic_distortion_is_the_one_that_was_read_by(digits):
    """Reading coordinates themselves, distorted as the digits are, gives the map; away from the black outside."""
    numbers = draw(digits, "E", np.random.default_rng(0))
    coordinates = np.ascontiguousarray(straight(np.zeros((6, 28, 28, 2))).transpose(0, 3, 1, 2))
    read, _ = apply(coordinates, "E", numbers)
    grid = tps_grid(numbers["points"] / 14, digits.shape) / numbers["scale"][:, None, None, None]
    inside = np.abs(grid).max(axis=3) < 27 / 28
    assert inside.mean() > 0.4
    assert_agrees(read.transpose(0, 2, 3, 1)[inside], grid[inside])


def test_what_does_not_fit_is_refused(digits):
    assert_refused(lambda: undo(digits, digits[:, 0], "affine"), "target", "(N", "(6, 28, 28)")
    assert_refused(lambda: undo(digits, digits, "tps", bending=1.0), "points", "control points", "None")
    assert_refused(lambda: undo(digits, digits, "tps", steps=-1), "steps", "0", "-1")
    with pytest.raises(ValueError, match="transform"):
        undo(digits, digits, "thin plates")
    assert_refused(lambda: places_left(shifted(0, 0)[0], shifted(0, 0), None), "grid", "(N", "(28, 28, 2)")


# --- The experiment


@pytest.fixture
def small(monkeypatch):
    for name, value in dict(DIGITS=4, STEPS=3, DRAWS=1).items():
        monkeypatch.setattr(fits, name, value)
    fits.distorted_digits.cache_clear()
    yield
    fits.distorted_digits.cache_clear()


@pytest.mark.parametrize("distortion, angle", [("R", None), ("R", 30), ("P", None), ("E", None)])
def test_the_grid_is_the_one_by_which_the_digits_were_distorted(small, distortion, angle):
    upright, images, grid = fits.distorted_digits(distortion, 0, angle)
    np.testing.assert_allclose(grid_sample(upright, grid), images, atol=1e-12)
    assert np.abs(grid - straight(grid)).max() > 0.1
    if angle is not None:
        turned, _ = apply(upright, "R", dict(angle=np.full(4, np.radians(angle))))
        np.testing.assert_allclose(images, turned)


def test_the_seed_decides_what_is_drawn(small):
    one, again, other = (fits.distorted_digits("E", seed)[1] for seed in (0, 0, 1))
    np.testing.assert_array_equal(one, again)
    assert np.abs(one - other).max() > 0.5


def test_noise_that_was_fitted_is_not_the_noise_that_is_tested_on(small):
    found = fits.fit_noisy(3, 0.1, 0)
    assert found["left"] != found["unseen"] and found["clean"] < found["unseen"]
    assert 0 < found["energy"] < np.inf


@pytest.mark.parametrize(
    "only",
    [
        ["part=families", "distortion=E", "family=tps"],
        ["part=angles", "angle=30", "family=tps, bounded"],
        ["part=points", "side=2", "bending=0.1"],
    ],
)
def test_a_fit(small, tmp_path, only):
    result = record_of(fits.EXPERIMENT, tmp_path, [*only, "seed=0"]).result
    assert 0 < result["left"] and 0 <= result["found"] <= 1 and result["pixels_before"] > 0
    assert ("unseen" in result) == ("part=points" in only)


@pytest.mark.parametrize("only", ["model=fcn", "model=st-fcn transform=tps"])
def test_a_network(small, tmp_path, only):
    record = record_of(fits.EXPERIMENT, tmp_path, f"part=networks seed=0 {only}", "iterations=4 batch=4")
    assert 0 <= record.result["error"] <= 1 and 0 <= record.result["train_error"] <= 1
    assert ("moved" in record.result) == ("life" in record.result) == ("tps" in only)
    assert "processor_seconds" not in record.result and record.processor_seconds is not None
