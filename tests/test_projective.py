"""projective_grid: where each output pixel looks on a plane that leans away."""

import cv2
import numpy as np
import pytest
import torch
from hypothesis import given
from skimage.transform import ProjectiveTransform
from support import assert_refused, assert_same_as_torch, counts, leaning, lengths, normal, output_points, seeds
from tolerances import FINITE_DIFFERENCES, assert_agrees

from stn_numpy.gradcheck import gradcheck

CLOSE = dict(rtol=0, atol=1e-8)  # to libraries that no one here wrote
FAR = 1e5  # normalised units: farther than any image reaches


def with_denominator(*row):
    """The identity but for its last row: (1, 3, 3)."""
    return np.array([[[1, 0, 0], [0, 1, 0], row]], float)


@given(count=counts, height=lengths, width=lengths, seed=seeds)
def test_same_as_torch(implementation, dtype, align_corners, count, height, width, seed):
    """Against the definition in torch, which differentiates it."""
    size = (count, 2, height, width)
    base = torch.tensor(np.pad(output_points(size, align_corners), ((0, 0), (0, 1)), constant_values=1).astype(dtype))

    def by_definition(theta):
        points = base @ theta.transpose(1, 2)
        return (points[..., :2] / points[..., 2:]).reshape(count, height, width, 2)

    assert_same_as_torch(
        lambda theta: implementation.projective_grid(theta, size, align_corners=align_corners),
        lambda d_grid, theta: implementation.projective_grid_backward(d_grid, theta, align_corners=align_corners),
        by_definition,
        [leaning(seed, count, dtype)],
        unit=height * width,
    )


@given(seed=seeds, height=lengths, width=lengths)
def test_same_as_skimage_and_opencv(implementation, align_corners, seed, height, width):
    theta, size = leaning(seed, 3), (3, 1, height, width)
    grid = implementation.projective_grid(theta, size, align_corners=align_corners).reshape(3, -1, 2)
    points = output_points(size, align_corners)
    for one, found in zip(theta, grid, strict=True):
        np.testing.assert_allclose(found, ProjectiveTransform(one)(points), **CLOSE)
        np.testing.assert_allclose(found, cv2.perspectiveTransform(points[None], one)[0], **CLOSE)


def test_warps_as_opencv(implementation):
    """A whole picture: with a flag OpenCV maps output to input too, in pixels and with coarser steps."""
    image = cv2.GaussianBlur(normal(0, (40, 50)), (0, 0), 3)
    theta = np.array([[[0.9, 0.2, 0.05], [-0.1, 1.1, -0.1], [0.2, -0.15, 1]]])
    to_units = np.array([[2 / 49, 0, -1], [0, 2 / 39, -1], [0, 0, 1]])  # pixels to units, corners at the centres
    in_pixels = np.linalg.inv(to_units) @ theta[0] @ to_units
    expected = cv2.warpPerspective(image, in_pixels, (50, 40), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP)
    grid = implementation.projective_grid(theta, (1, 1, 40, 50), align_corners=True)
    found = implementation.grid_sample(image[None, None], grid, align_corners=True)[0, 0]
    np.testing.assert_allclose(found, expected, rtol=0, atol=0.02 * np.abs(image).max())  # steps of 1/32 pixel
    assert np.abs(found - image).max() > 0.5 * np.abs(image).max()


@given(seed=seeds)
def test_an_affine_map_is_a_projective_one(implementation, align_corners, seed):
    theta, size = normal(seed, (2, 2, 3)), (2, 1, 4, 5)
    theta_3x3 = np.concatenate([theta, np.tile([[[0.0, 0.0, 1.0]]], (2, 1, 1))], axis=1)
    grid = implementation.projective_grid(theta_3x3, size, align_corners=align_corners)
    assert_agrees(grid, implementation.affine_grid(theta, size, align_corners=align_corners))
    d_grid = normal(1, grid.shape)
    d_theta = implementation.projective_grid_backward(d_grid, theta_3x3, align_corners=align_corners)
    expected = implementation.affine_grid_backward(d_grid, theta, align_corners=align_corners)
    assert_agrees(d_theta[:, :2], expected, unit=20)


def test_by_hand(implementation, dtype):
    """The right side is twice as far away: x from -1, 0, 1 to -1 / 0.5, 0, 1 / 1.5, and y shrinks likewise."""
    grid = implementation.projective_grid(with_denominator(0.5, 0, 1).astype(dtype), (1, 1, 2, 3), align_corners=True)
    expected = [[[-2, -2], [0, -1], [2 / 3, -2 / 3]], [[-2, 2], [0, 1], [2 / 3, 2 / 3]]]
    assert_agrees(grid[0], np.array(expected, dtype))


def test_the_two_tilts_are_x_and_y(implementation):
    """The seventh number tilts along x: columns spread or crowd, rows only lean; the eighth along y."""
    theta = implementation.projective_theta(np.array([[1, 0, 0, 0, 1, 0, 0.5, 0], [1, 0, 0, 0, 1, 0, 0, 0.5]]))
    along_x, along_y = implementation.projective_grid(theta, (2, 1, 3, 3), align_corners=True)
    assert_agrees(along_x[1, :, 0], np.array([-2, 0, 2 / 3]))
    assert_agrees(along_y[1, :, 0], np.array([-1.0, 0, 1]))
    assert_agrees(along_y[:, 1, 1], np.array([-2, 0, 2 / 3]))
    assert_agrees(along_y, along_x.swapaxes(0, 1)[..., ::-1])


def test_straight_lines_stay_straight(implementation):
    grid = implementation.projective_grid(leaning(3, 1), (1, 1, 6, 7))[0]
    for line in (*grid, *grid.swapaxes(0, 1), grid[range(6), range(6)]):
        assert np.linalg.svd(line - line.mean(axis=0))[1][1] < 1e-12


@pytest.mark.parametrize("factor", [-1, 2, -1e-3, 1e6])
def test_only_ratios_count(implementation, factor):
    theta, size = leaning(0, 2), (2, 1, 4, 5)
    grid = implementation.projective_grid(theta, size)
    assert_agrees(implementation.projective_grid(factor * theta, size), grid)
    d_grid = normal(1, grid.shape)
    d_theta = implementation.projective_grid_backward(d_grid, theta)
    assert_agrees(implementation.projective_grid_backward(d_grid, factor * theta) * factor, d_theta, unit=100)


def test_default_is_edges(implementation):
    theta, size = leaning(0, 1), (1, 1, 3, 4)
    grid = implementation.projective_grid(theta, size, align_corners=False)
    assert_agrees(implementation.projective_grid(theta, size), grid)
    expected = implementation.projective_grid_backward(grid, theta, align_corners=False)
    assert_agrees(implementation.projective_grid_backward(grid, theta), expected)


def test_backward_of_one_point(implementation):
    """At the top right, (1, -1), c = 1.5 and the point read is (2/3, -2/3); its gradient is (3, 0)."""
    d_grid = np.zeros((1, 3, 5, 2))
    d_grid[0, 0, -1] = [3, 0]
    d_theta = implementation.projective_grid_backward(d_grid, with_denominator(0.5, 0, 1), align_corners=True)
    d_a, d_c = 3 / 1.5, -3 * (2 / 3) / 1.5
    assert_agrees(d_theta, np.array([[[d_a, -d_a, d_a], [0, 0, 0], [d_c, -d_c, d_c]]]))


HORIZONS = {
    "on the left edge": (with_denominator(1, 0, 1), lambda x, y: 1 + x),
    "across the picture": (with_denominator(2, 0, 1), lambda x, y: 1 + 2 * x),
    "across, the other sign": (-with_denominator(2, 0, 1), lambda x, y: 1 + 2 * x),
    "below": (with_denominator(0, -1.5, 1), lambda x, y: 1 - 1.5 * y),
    "through the centre": (with_denominator(1, 0, 0), lambda x, y: x),
    "everywhere": (with_denominator(0, 0, 0), lambda x, y: 0 * x),
}


@pytest.mark.parametrize("case", HORIZONS)
def test_at_and_behind_the_horizon(implementation, dtype, case):
    """Such pixels look far outside and pass no gradient; those in front are as ever; nothing is infinite."""
    theta, denominator = HORIZONS[case]
    theta, size = theta.astype(dtype), (1, 1, 7, 9)
    x, y = output_points(size, True).T
    front = (denominator(x, y) > 0).reshape(7, 9)
    with np.errstate(all="raise"):
        grid = implementation.projective_grid(theta, size, align_corners=True)
        d_grid = normal(0, grid.shape, dtype)
        d_theta = implementation.projective_grid_backward(d_grid, theta, align_corners=True)
    assert np.isfinite(grid).all() and np.isfinite(d_theta).all() and (~front).any()
    assert np.abs(grid[0, ~front]).min(initial=np.inf) > FAR
    signs = np.where(output_points(size, True).reshape(7, 9, 2)[~front] < 0, -1, 1)
    np.testing.assert_array_equal(np.sign(grid[0, ~front]), signs * (-1 if theta[0, 2, 2] < 0 else 1) * theta[0, 0, 0])
    expected = output_points(size, True).reshape(7, 9, 2)[front] / denominator(x, y).reshape(7, 9, 1)[front]
    assert_agrees(grid[0, front], expected.astype(dtype))
    d_front = d_grid * front[None, ..., None]
    assert_agrees(implementation.projective_grid_backward(d_front, theta, align_corners=True), d_theta)
    assert d_theta.any() == front.any()


def test_the_front_of_a_horizon_has_the_finite_differences(implementation):
    theta, size = with_denominator(2, 0.3, 1), (1, 1, 6, 8)
    [error] = gradcheck(
        lambda theta: np.where(
            np.abs(implementation.projective_grid(theta, size)) > FAR, 0, implementation.projective_grid(theta, size)
        ),
        implementation.projective_grid_backward,
        [theta],
    )
    assert error < FINITE_DIFFERENCES


@pytest.mark.parametrize("padding_mode", ["zeros", "border", "reflection"])
def test_behind_the_horizon_nothing_is_seen_twice(implementation, padding_mode):
    """A bare division would show the picture a second time there, mirrored; with zeros there is nothing."""
    image = 1 + np.abs(normal(0, (1, 1, 9, 9)))
    grid = implementation.projective_grid(with_denominator(0, 4, 1), (1, 1, 9, 9), align_corners=True)
    out = implementation.grid_sample(image, grid, padding_mode=padding_mode, align_corners=True)
    assert np.isfinite(out).all()
    if padding_mode == "zeros":
        assert not out[0, 0, :3].any() and out[0, 0, 4].all()


@pytest.mark.parametrize("bad", [np.nan, np.inf, 1e300])
def test_a_broken_theta_spoils_no_other(implementation, bad):
    theta, size = leaning(0, 3), (3, 1, 4, 5)
    broken = theta.copy()
    broken[1, 2, 0] = bad
    with np.errstate(all="raise"):
        grid = implementation.projective_grid(broken, size)
        d_theta = implementation.projective_grid_backward(normal(1, grid.shape), broken)
    np.testing.assert_array_equal(grid[[0, 2]], implementation.projective_grid(theta, size)[[0, 2]])
    expected = implementation.projective_grid_backward(normal(1, grid.shape), theta)
    np.testing.assert_array_equal(d_theta[[0, 2]], expected[[0, 2]])


@given(count=counts, seed=seeds)
def test_eight_numbers(implementation, dtype, count, seed):
    assert_same_as_torch(
        implementation.projective_theta,
        implementation.projective_theta_backward,
        lambda p: torch.cat([p, torch.ones_like(p[:, :1])], dim=1).reshape(-1, 3, 3),
        [normal(seed, (count, 8), dtype)],
    )


def test_the_identity_is_exact(implementation, dtype, align_corners):
    transform, size = implementation.TRANSFORMS["projective"], (2, 1, 5, 4)
    grid = transform.grid(np.array([transform.identity] * 2, dtype), size, align_corners)
    expected = output_points(size, align_corners).reshape(5, 4, 2)
    assert_agrees(grid, np.stack([expected, expected]).astype(dtype))
    identity = np.tile(np.eye(2, 3, dtype=dtype), (2, 1, 1))
    np.testing.assert_array_equal(grid, implementation.affine_grid(identity, size, align_corners))


@given(count=counts, seed=seeds)
def test_homography_sends_four_points_to_four(implementation, count, seed):
    rng = np.random.default_rng(seed)
    square = np.array([[-1.0, -1], [1, -1], [-1, 1], [1, 1]])
    here, there = (square + rng.uniform(-0.4, 0.4, (count, 4, 2)) for _ in range(2))
    theta = implementation.homography(here, there)
    assert_agrees(theta[:, 2, 2], np.ones(count))
    for one, a, b in zip(theta, here, there, strict=True):
        np.testing.assert_allclose(ProjectiveTransform(one)(a), b, **CLOSE)
        expected = cv2.getPerspectiveTransform(a.astype("f"), b.astype("f"))  # takes float32 alone
        np.testing.assert_allclose(one, expected, rtol=0, atol=1e-4 * np.abs(expected).max())


def test_the_outputs_corners_show_the_four_points(implementation, dtype):
    """The grid's corners, in the order of reading, are the points given to the homography: x before y."""
    corners = np.array([[[-1, -1], [1, -1], [-1, 1], [1, 1]]], dtype)
    there = np.array([[[-0.5, -0.9], [0.7, -0.8], [-0.6, 0.3], [0.9, 1.2]]], dtype)
    grid = implementation.projective_grid(implementation.homography(corners, there), (1, 1, 5, 6), align_corners=True)
    assert_agrees(grid[:, [0, 0, -1, -1], [0, -1, 0, -1]], there, unit=3)


def test_a_homography_of_points_on_a_line_is_finite(implementation):
    square = np.array([[[-1.0, -1], [1, -1], [-1, 1], [1, 1]]])
    for bad in (np.zeros((1, 4, 2)), square * [1, 0], np.repeat(square[:, :2], 2, axis=1)):
        with np.errstate(all="raise"):
            for theta in (implementation.homography(square, bad), implementation.homography(bad, square)):
                assert np.isfinite(theta).all() and np.abs(theta).max() > 0.1


@pytest.mark.parametrize("value", [np.nan, np.inf, 1e200])
def test_one_homography_that_does_not_exist_spoils_no_other(implementation, value):
    corners = np.tile([[-1.0, -1], [1, -1], [-1, 1], [1, 1]], (3, 1, 1))
    there = corners + np.random.default_rng(0).uniform(-0.4, 0.4, corners.shape)
    expected = implementation.homography(corners, there)
    for bad, place in ((corners, "from"), (there, "to")):
        spoilt = bad.copy()
        spoilt[1, 2, 0] = value
        with np.errstate(all="raise", under="ignore"):
            theta = implementation.homography(*((spoilt, there) if place == "from" else (corners, spoilt)))
        np.testing.assert_array_equal(theta[[0, 2]], expected[[0, 2]])
        assert value == 1e200 or np.isnan(theta[1]).all()


BAD = {
    "theta of an affine map": (np.ones((4, 2, 3)), (4, 1, 3, 3), "theta", "(N, 3, 3)", "(4, 2, 3)"),
    "eight numbers": (np.ones((4, 8)), (4, 1, 3, 3), "theta", "(N, 3, 3)", "(4, 8)"),
    "theta of integers": (np.ones((1, 3, 3), int), (1, 1, 3, 3), "theta", "float32 or float64", "int64"),
    "another batch": (np.ones((2, 3, 3)), (3, 1, 3, 3), "theta", "3", "(2, 3, 3)"),
    "size of an image": (np.ones((1, 3, 3)), (3, 3), "size", "(N, C, h, w)", "(3, 3)"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input_is_refused(implementation, case):
    theta, size, *message = BAD[case]
    assert_refused(lambda: implementation.projective_grid(theta, size), *message)


def test_bad_gradients_and_corners_are_refused(implementation):
    theta, backward = np.ones((2, 3, 3)), implementation.projective_grid_backward
    assert_refused(lambda: backward(np.ones((2, 4, 4, 3)), theta), "d_grid", "h, w, 2)", "(2, 4, 4, 3)")
    assert_refused(lambda: backward(np.ones((3, 4, 4, 2)), theta), "d_grid", "N=2", "(3, 4, 4, 2)")
    assert_refused(lambda: backward(np.ones((2, 4, 4, 2), "f"), theta), "d_grid", "float64", "float32")
    assert_refused(lambda: backward(np.ones((2, 4, 4, 2)), theta[:, :2]), "theta", "(N, 3, 3)", "(2, 2, 3)")
    assert_refused(lambda: implementation.projective_theta(np.ones((2, 9))), "parameters", "(N, 8)", "(2, 9)")
    assert_refused(
        lambda: implementation.homography(np.ones((2, 4, 2)), np.ones((2, 5, 2))), "corners_to", "4, 2)", "(2, 5, 2)"
    )
