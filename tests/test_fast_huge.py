"""Arrays of more than 2^31 elements, where 32-bit indices run over: ``STN_HUGE=1 pytest tests/test_fast_huge.py``.

They need 20 GiB of memory and a few minutes, so they run only when asked. The arrays are zeros almost everywhere, which
most systems hold without memory until something is written.
"""

import os

import numpy as np
import pytest

from stn_numpy import sampler as plain
from stn_numpy.fast import linear, pool, sampler

pytestmark = pytest.mark.skipif(os.environ.get("STN_HUGE") != "1", reason="takes 20 GiB: STN_HUGE=1 asks for it")
SIDE = 46342  # squared it is just above 2^31
CORNER = 16  # pixels a side, at the lower right: beyond the 2^31st element


@pytest.fixture
def image():
    """Zeros, with noise in the last corner."""
    huge = np.zeros((1, 1, SIDE, SIDE), np.float32)
    huge[0, 0, -CORNER:, -CORNER:] = np.random.default_rng(0).standard_normal((CORNER, CORNER))
    return huge


def over_the_corner():
    """Theta that lays an output, a little turned, over the corner; and the one that lays it over the corner alone."""
    scale, turn = 0.5, 0.2
    near = np.array([[[scale, -turn, 0.1], [turn, scale, -0.05]]], np.float64)
    share = CORNER / SIDE
    far = near * share
    far[0, :, 2] += 1 - share
    return far, near


@pytest.mark.parametrize("mode", ["bilinear", "bicubic"])
def test_sampling_from_a_huge_image(image, mode):
    """In float32 the coordinates of so large an image are coarse, so they are float64, in the corner's own units."""
    far, near = over_the_corner()
    seen = sampler.affine_sample(image, far.astype(np.float32), (1, 1, 12, 12), mode=mode)
    alone = plain.affine_sample(image[:, :, -CORNER:, -CORNER:].astype(np.float64), near, (1, 1, 12, 12), mode=mode)
    assert abs(seen - alone).max() < 0.05 and alone.std() > 0.3


@pytest.mark.parametrize("mode", ["bilinear", "bicubic"])
def test_the_gradient_of_a_huge_image(image, mode):
    far, near = over_the_corner()
    d_out = np.random.default_rng(1).standard_normal((1, 1, 12, 12)).astype(np.float32)
    d_image, _ = sampler.affine_sample_backward(d_out, image, far.astype(np.float32), mode=mode)
    corner = image[:, :, -CORNER:, -CORNER:].astype(np.float64)
    alone, _ = plain.affine_sample_backward(d_out.astype(np.float64), corner, near, mode=mode)
    assert abs(d_image[:, :, -CORNER:, -CORNER:] - alone).max() < 0.05
    assert not d_image[0, 0, :-CORNER].any()


def test_a_huge_output():
    small = np.random.default_rng(0).standard_normal((1, 1, 7, 9)).astype(np.float32)
    theta = np.array([[[0.9, 0.1, 0.0], [-0.1, 0.9, 0.05]]], np.float32)
    seen = sampler.affine_sample(small, theta, (1, 1, SIDE, SIDE))
    xs = (2 * np.arange(SIDE - CORNER, SIDE) + 1) / SIDE - 1
    places = np.stack(np.meshgrid(xs, xs), axis=-1) @ theta[0, :, :2].T.astype(float) + theta[0, :, 2]
    expected = plain.grid_sample(small.astype(float), places[None])
    assert abs(seen[:, :, -CORNER:, -CORNER:] - expected).max() < 0.01 and expected.std() > 0


def test_pooling_and_relu(image):
    half = pool.max_pool2d(image, 2)
    corner = image[0, 0, -CORNER:, -CORNER:]
    assert np.array_equal(
        half[0, 0, -CORNER // 2 :, -CORNER // 2 :], corner.reshape(CORNER // 2, 2, CORNER // 2, 2).max(axis=(1, 3))
    )
    d_image = pool.max_pool2d_backward(half, image, 2)
    kept = d_image[0, 0, -CORNER:, -CORNER:]
    assert np.array_equal(kept[kept != 0], corner[kept != 0]) and (kept != 0).sum() == CORNER**2 // 4
    del half, d_image
    assert np.array_equal(linear.relu(image)[0, 0, -CORNER:, -CORNER:], np.maximum(corner, 0))
