"""grid_sample and affine_sample against torch, and by pictures that can be worked out on paper."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from hypothesis import given
from support import (
    IDENTITY,
    assert_same_as_torch,
    counts,
    grid_from_pixels,
    lengths,
    normal,
    seeds,
    smooth_grid,
    thetas,
)
from tolerances import assert_agrees


@given(batch=counts, channels=counts, height=lengths, width=lengths, out_height=lengths, out_width=lengths, seed=seeds)
def test_grid_sample_same_as_torch(
    implementation, dtype, mode, padding_mode, align_corners, batch, channels, height, width, out_height, out_width,
    seed,
):  # fmt: skip
    options = {"mode": mode, "padding_mode": padding_mode, "align_corners": align_corners}
    image = normal(seed, (batch, channels, height, width), dtype)
    grid = smooth_grid(seed, image, (batch, out_height, out_width), align_corners)
    assert_same_as_torch(
        lambda image, grid: implementation.grid_sample(image, grid, **options),
        lambda d_out, image, grid: implementation.grid_sample_backward(d_out, image, grid, **options),
        lambda image, grid: F.grid_sample(image, grid, **options),
        [image, grid],
        unit=channels * max(height, width),
    )


@pytest.mark.filterwarnings("ignore:Since version 1.3.0, affine_grid")  # torch's, for a single row or column
@given(batch=counts, channels=counts, height=lengths, width=lengths, out_height=lengths, out_width=lengths, seed=seeds)
def test_affine_sample_same_as_torch(
    implementation, dtype, padding_mode, align_corners, batch, channels, height, width, out_height, out_width, seed
):
    options = {"padding_mode": padding_mode, "align_corners": align_corners}
    size = (batch, channels, out_height, out_width)

    def reference(image, theta):
        return F.grid_sample(image, F.affine_grid(theta, size, align_corners=align_corners), **options)

    assert_same_as_torch(
        lambda image, theta: implementation.affine_sample(image, theta, size, **options),
        lambda d_out, image, theta: implementation.affine_sample_backward(d_out, image, theta, **options),
        reference,
        [normal(seed, (batch, channels, height, width), dtype), normal(seed + 1, (batch, 2, 3), dtype)],
        unit=channels * max(height, width) * out_height * out_width,
    )


def test_defaults_are_bilinear_zeros_edges(implementation):
    image, theta = normal(0, (2, 1, 4, 5)), normal(1, (2, 2, 3))
    options = {"mode": "bilinear", "padding_mode": "zeros", "align_corners": False}
    grid = smooth_grid(2, image, (2, 3, 3), False)
    assert_agrees(implementation.grid_sample(image, grid), implementation.grid_sample(image, grid, **options))
    del options["mode"]
    expected = implementation.affine_sample(image, theta, (2, 1, 3, 3), **options)
    assert_agrees(implementation.affine_sample(image, theta, (2, 1, 3, 3)), expected)
    d_out = normal(3, (2, 1, 3, 3))
    for short, full in zip(
        implementation.grid_sample_backward(d_out, image, grid)
        + implementation.affine_sample_backward(d_out, image, theta),
        implementation.grid_sample_backward(d_out, image, grid, mode="bilinear", **options)
        + implementation.affine_sample_backward(d_out, image, theta, **options),
        strict=True,
    ):
        assert_agrees(short, full)


@pytest.mark.parametrize("shape", [(2, 3, 5, 7), (1, 1, 1, 1), (1, 2, 1, 4), (1, 1, 6, 1)])
def test_identity_is_the_identity(implementation, dtype, mode, padding_mode, align_corners, shape):
    image, theta = normal(0, shape, dtype), thetas(IDENTITY, shape[0], dtype)
    grid = implementation.affine_grid(theta, shape, align_corners=align_corners)
    out = implementation.grid_sample(image, grid, mode=mode, padding_mode=padding_mode, align_corners=align_corners)
    assert_agrees(out, image)


@pytest.mark.parametrize("turns", [1, 2, 3])
def test_quarter_turns_are_rot90(implementation, mode, padding_mode, align_corners, turns):
    """A positive angle turns counter-clockwise, as np.rot90 does, also from 4 x 7 to 7 x 4."""
    image = normal(0, (1, 2, 4, 7))
    expected = np.rot90(image, turns, axes=(2, 3))
    cosine, sine = [(1, 0), (0, 1), (-1, 0), (0, -1)][turns]
    theta = thetas([[cosine, -sine, 0], [sine, cosine, 0]])
    grid = implementation.affine_grid(theta, expected.shape, align_corners=align_corners)
    out = implementation.grid_sample(image, grid, mode=mode, padding_mode=padding_mode, align_corners=align_corners)
    assert_agrees(out, expected)


def test_mirrors_are_flips(implementation, mode, padding_mode, align_corners):
    image = normal(0, (1, 2, 4, 7))
    for rows, axis in (([[-1, 0, 0], [0, 1, 0]], 3), ([[1, 0, 0], [0, -1, 0]], 2)):
        grid = implementation.affine_grid(thetas(rows), image.shape, align_corners=align_corners)
        out = implementation.grid_sample(image, grid, mode=mode, padding_mode=padding_mode, align_corners=align_corners)
        assert_agrees(out, np.flip(image, axis))


def shift(columns, rows, image, align_corners):
    """Theta that looks `columns` to the right and `rows` down, in pixels."""
    height, width = image.shape[2:]
    lost = 1 if align_corners else 0
    return thetas([[1, 0, 2 * columns / (width - lost)], [0, 1, 2 * rows / (height - lost)]])


def one_bright_pixel():
    image = np.zeros((1, 1, 5, 7))
    image[0, 0, 2, 3] = 1
    return image


def test_looking_one_pixel_right_moves_the_picture_left(implementation, align_corners):
    image = normal(0, (1, 1, 3, 5))
    theta = shift(1, 0, image, align_corners)
    out = implementation.affine_sample(image, theta, image.shape, align_corners=align_corners)
    assert_agrees(out[..., :-1], image[..., 1:])
    assert_agrees(out[..., -1], np.zeros((1, 1, 3)))


def test_looking_one_pixel_down_moves_the_picture_up(implementation, align_corners):
    image = normal(0, (1, 1, 3, 5))
    theta = shift(0, 1, image, align_corners)
    out = implementation.affine_sample(image, theta, image.shape, align_corners=align_corners)
    assert_agrees(out[:, :, :-1], image[:, :, 1:])
    assert_agrees(out[:, :, -1], np.zeros((1, 1, 5)))


def test_half_a_pixel_shares_a_bright_one_between_two(implementation, align_corners):
    image = one_bright_pixel()
    theta = shift(0.5, 0, image, align_corners)
    expected = np.zeros_like(image)
    expected[0, 0, 2, 2:4] = 0.5
    assert_agrees(implementation.affine_sample(image, theta, image.shape, align_corners=align_corners), expected)


def test_half_a_pixel_both_ways_shares_it_between_four(implementation, align_corners):
    image = one_bright_pixel()
    theta = shift(0.5, 0.5, image, align_corners)
    expected = np.zeros_like(image)
    expected[0, 0, 1:3, 2:4] = 0.25
    assert_agrees(implementation.affine_sample(image, theta, image.shape, align_corners=align_corners), expected)


def test_a_quarter_of_a_pixel_leaves_three_quarters(implementation, align_corners):
    """The nearer pixel weighs more: at column 3.25 and row 2.5 the four weights are 3/8, 1/8, 3/8, 1/8."""
    image = np.arange(35.0).reshape(1, 1, 5, 7) ** 2
    grid = grid_from_pixels(3.25, 2.5, image, align_corners)
    top, bottom = image[0, 0, 2], image[0, 0, 3]
    expected = (3 * top[3] + top[4] + 3 * bottom[3] + bottom[4]) / 8
    assert_agrees(implementation.grid_sample(image, grid, align_corners=align_corners), np.full((1, 1, 1, 1), expected))


def test_crop_of_a_non_square_image(implementation):
    """Rows 1 to 3 and columns 2 to 7 of a 6 x 10 image, as a 3 x 6 output: each axis has its own scale and centre."""
    image = normal(0, (2, 3, 6, 10))
    theta = thetas([[6 / 10, 0, 2 * 5 / 10 - 1], [0, 3 / 6, 2 * 2.5 / 6 - 1]], 2)
    out = implementation.affine_sample(image, theta, (2, 3, 3, 6), align_corners=False)
    assert_agrees(out, image[:, :, 1:4, 2:8])


@pytest.mark.parametrize("size", [(3, 4), (9, 11), (2, 2)])
def test_identity_of_another_size_hits_the_corners(implementation, size):
    image = normal(0, (1, 2, 5, 7))
    out = implementation.affine_sample(image, thetas(IDENTITY), (1, 2, *size), align_corners=True)
    assert_agrees(out[:, :, [0, 0, -1, -1], [0, -1, 0, -1]], image[:, :, [0, 0, -1, -1], [0, -1, 0, -1]])


@pytest.mark.parametrize("size", [(3, 4), (9, 11), (2, 2)])
def test_identity_of_another_size_is_interpolate(implementation, align_corners, size):
    image = normal(0, (2, 2, 5, 7))
    theta = thetas(IDENTITY, 2)
    options = {"padding_mode": "border", "align_corners": align_corners}
    out = implementation.affine_sample(image, theta, (2, 2, *size), **options)
    expected = F.interpolate(torch.tensor(image), size, mode="bilinear", align_corners=align_corners)
    assert_agrees(out, expected.numpy())


def test_each_sample_has_its_own_grid_and_channels_share_it(implementation):
    image, grid = normal(0, (3, 2, 4, 5)), normal(1, (3, 2, 6, 2)) / 2
    together = implementation.grid_sample(image, grid)
    for sample in range(3):
        for channel in range(2):
            alone = implementation.grid_sample(image[[sample]][:, [channel]], grid[[sample]])
            assert_agrees(together[[sample]][:, [channel]], alone)


def test_affine_sample_takes_its_options_in_the_order_of_grid_sample(implementation):
    image, theta = normal(0, (1, 2, 4, 5)), np.array([[[1.3, 0.2, 0.4], [-0.1, 0.9, -0.3]]])
    grid = implementation.affine_grid(theta, (1, 2, 3, 3), True)
    expected = implementation.grid_sample(image, grid, "nearest", "border", True)
    assert_agrees(implementation.affine_sample(image, theta, (1, 2, 3, 3), "nearest", "border", True), expected)
    d_out = normal(1, (1, 2, 3, 3))
    d_image, _ = implementation.grid_sample_backward(d_out, image, grid, "nearest", "border", True)
    found = implementation.affine_sample_backward(d_out, image, theta, "nearest", "border", True)
    assert_agrees(found[0], d_image)
