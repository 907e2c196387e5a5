"""The values of grid_sample between and outside the pixels, worked out by hand, and torch's choices on the kinks."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from support import grid_from_pixels, normal
from tolerances import assert_agrees


def along_a_row(implementation, values, x, align_corners, **options):
    """Sample a one-row image at positions given in pixels."""
    image = np.array(values, "float64").reshape(1, 1, 1, -1)
    grid = grid_from_pixels(x, 0, image, align_corners)
    return implementation.grid_sample(image, grid, align_corners=align_corners, **options).ravel()


def test_zeros_fade_out_over_one_pixel(implementation, align_corners):
    x = [-2, -1, -0.75, -0.5, 0, 3, 3.25, 4, 9]
    out = along_a_row(implementation, [4, 5, 6, 8], x, align_corners, padding_mode="zeros")
    assert_agrees(out, np.array([0, 0, 1, 2, 4, 8, 6, 0, 0.0]))


def test_border_repeats_the_edge(implementation, align_corners):
    x = [-100, -1, -0.25, 0, 0.5, 3, 3.25, 9]
    out = along_a_row(implementation, [4, 5, 6, 8], x, align_corners, padding_mode="border")
    assert_agrees(out, np.array([4, 4, 4, 4, 4.5, 8, 8, 8]))


def test_reflection_at_the_edges_repeats_the_outer_pixel(implementation, mode):
    """d c b a | a b c d | d c b a: the mirror is at the outer edge of the outer pixel."""
    x = np.arange(-6, 10)
    out = along_a_row(implementation, [4, 5, 6, 8], x, False, mode=mode, padding_mode="reflection")
    assert_agrees(out, np.array([6, 8, 8, 6, 5, 4, 4, 5, 6, 8, 8, 6, 5, 4, 4, 5.0]))


def test_reflection_at_the_corners_does_not(implementation, mode):
    """d c b | a b c d | c b a: the mirror is at the centre of the outer pixel."""
    x = np.arange(-4, 9)
    out = along_a_row(implementation, [4, 5, 6, 8], x, True, mode=mode, padding_mode="reflection")
    assert_agrees(out, np.array([6, 8, 6, 5, 4, 5, 6, 8, 6, 5, 4, 5, 6.0]))


def test_reflection_between_pixels(implementation):
    """At -0.75 the edge mirror looks at -0.25, which is the edge again; the centre mirror looks at 0.75."""
    values = [4, 5, 6, 8]
    edges = along_a_row(implementation, values, [-0.75, -1.25, 4.5], False, padding_mode="reflection")
    assert_agrees(edges, np.array([4, 4.25, 7]))
    corners = along_a_row(implementation, values, [-0.75, -1.25, 3.5], True, padding_mode="reflection")
    assert_agrees(corners, np.array([4.75, 5.25, 7]))


def test_columns_and_rows_are_padded_apart(implementation, align_corners):
    """A point left of the image but level with its last row sees the border pixel of that row."""
    image = np.arange(15.0).reshape(1, 1, 3, 5)
    grid = grid_from_pixels([-7, 2, 9], [2, -7, 1], image, align_corners)
    out = implementation.grid_sample(image, grid, padding_mode="border", align_corners=align_corners)
    assert_agrees(out.ravel(), np.array([10.0, 2.0, 9.0]))


def test_bicubic_keeps_a_constant(implementation, align_corners):
    image = np.full((1, 1, 6, 7), 3.0)
    x, y = np.meshgrid(np.linspace(1, 5, 9), np.linspace(1, 4, 7))
    out = implementation.grid_sample(
        image, grid_from_pixels(x, y, image, align_corners), mode="bicubic", align_corners=align_corners
    )
    assert_agrees(out, np.full_like(out, 3.0))


def test_bicubic_on_a_ramp(implementation, align_corners):
    """With torch's a = -0.75 a ramp comes back exact at whole and half pixels, and s(s - 1/2)(s - 1) off between them.

    Only a = -0.5 would return the ramp itself: here the first moment of the four weights is s^3 - 1.5 s^2 + 1.5 s.
    """
    x = np.linspace(1, 5, 33)
    s = x % 1
    out = along_a_row_of_ramp(implementation, x, align_corners)
    assert_agrees(out, 2 + 3 * (x + s * (s - 0.5) * (s - 1)))
    on_halves = x * 2 % 1 == 0
    assert_agrees(out[on_halves], 2 + 3 * x[on_halves])


def along_a_row_of_ramp(implementation, x, align_corners):
    ramp = np.tile(2 + 3 * np.arange(7.0), (6, 1))[None, None]
    grid = grid_from_pixels(x, 2, ramp, align_corners)
    return implementation.grid_sample(ramp, grid, mode="bicubic", align_corners=align_corners).ravel()


def test_bilinear_is_exact_on_a_plane(implementation, padding_mode, align_corners):
    rows, columns = np.mgrid[:4, :7]
    image = (2.0 + 3 * columns - 5 * rows)[None, None]
    x, y = np.random.default_rng(0).uniform([[0], [0]], [[6], [3]], (2, 50))
    grid = grid_from_pixels(x, y, image, align_corners)
    out = implementation.grid_sample(image, grid, padding_mode=padding_mode, align_corners=align_corners)
    assert_agrees(out.ravel(), 2 + 3 * x - 5 * y)


def test_gradient_of_a_plane_is_its_slope(implementation, align_corners):
    """Slopes 3 a column and -5 a row: one normalised unit is half the width, or half of one pixel less."""
    rows, columns = np.mgrid[:4, :7]
    image = (2.0 + 3 * columns - 5 * rows)[None, None]
    grid = grid_from_pixels([0.5, 4.25], [1.5, 2.75], image, align_corners)
    d_out = np.array([1.0, 10.0]).reshape(1, 1, 1, 2)
    _, d_grid = implementation.grid_sample_backward(d_out, image, grid, align_corners=align_corners)
    across, down = (3, 1.5) if align_corners else (3.5, 2)
    assert_agrees(d_grid.reshape(2, 2), np.array([[3 * across, -5 * down], [30 * across, -50 * down]]))


def test_every_channel_pulls_at_the_point(implementation, align_corners):
    """Channels share their points: slopes 1 and 10 a column add up in the gradient of the one point."""
    columns = np.tile(np.arange(5.0), (3, 1))
    image = np.stack([columns, 10 * columns])[None]
    grid = grid_from_pixels(1.5, 1.25, image, align_corners)
    _, d_grid = implementation.grid_sample_backward(np.ones((1, 2, 1, 1)), image, grid, align_corners=align_corners)
    assert_agrees(d_grid.ravel(), np.array([11 * (2.0 if align_corners else 2.5), 0.0]))


def test_gradient_of_the_image_is_the_share(implementation, align_corners):
    """Each pixel's gradient has the weight with which it was read, and shares of one pixel add up."""
    image = np.zeros((1, 1, 3, 4))
    grid = grid_from_pixels([1.25, 1.25, -0.5], [1.0, 1.0, 0.0], image, align_corners)
    d_out = np.array([4.0, 8.0, 100.0]).reshape(1, 1, 1, 3)
    d_image, _ = implementation.grid_sample_backward(d_out, image, grid, align_corners=align_corners)
    assert_agrees(d_image[0, 0], np.array([[50, 0, 0, 0], [0, 9, 3, 0], [0, 0, 0, 0.0]]))


KINKS = {
    # Of 4 pixels at the edges convention and of 5 at the corners one, these are exact in binary: whole and half pixels.
    False: (4, np.array([-1.25, -1, -0.75, -0.5, -0.25, 0, 0.25, 0.5, 0.75, 1, 1.25])),
    True: (5, np.array([-1.25, -1, -0.75, -0.5, -0.25, 0, 0.25, 0.5, 0.75, 1, 1.25])),
}


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_kinks_and_ties_as_torch(implementation, dtype, mode, padding_mode, align_corners):
    """On the kinks the convention is torch's: nearest rounds halves to even, bilinear takes the slope to the right."""
    length, points = KINKS[align_corners]
    options = {"mode": mode, "padding_mode": padding_mode, "align_corners": align_corners}
    image = normal(0, (1, 2, length, length), dtype)
    grid = np.stack(np.meshgrid(points, points), axis=-1)[None].astype(dtype)
    tensors = [torch.tensor(array, requires_grad=True) for array in (image, grid)]
    expected = F.grid_sample(*tensors, **options)
    d_out = normal(1, expected.shape, dtype)
    expected.backward(torch.tensor(d_out))
    assert_agrees(implementation.grid_sample(image, grid, **options), expected.detach().numpy())
    d_image, d_grid = implementation.grid_sample_backward(d_out, image, grid, **options)
    assert_agrees(d_image, tensors[0].grad.numpy(), unit=10)
    assert_agrees(d_grid, tensors[1].grad.numpy(), unit=10)


def test_nearest_ties_go_to_the_even_pixel(implementation):
    out = along_a_row(implementation, [4, 5, 6, 8], [0.5, 1.5, 2.5], False, mode="nearest")
    assert_agrees(out, np.array([4, 6, 6.0]))


def test_nearest_gives_the_grid_no_gradient(implementation, padding_mode, align_corners):
    image = normal(0, (1, 2, 4, 5))
    grid = grid_from_pixels([0.25, 3.75, -2.25], [1.25, 0.75, 1.25], image, align_corners)
    d_out = normal(1, (1, 2, 1, 3))
    options = {"mode": "nearest", "padding_mode": padding_mode, "align_corners": align_corners}
    _, d_grid = implementation.grid_sample_backward(d_out, image, grid, **options)
    assert_agrees(d_grid, np.zeros_like(grid))


def test_border_gradient_ends_at_the_border(implementation):
    """On the border and beyond it the picture is flat: moving the point changes nothing."""
    image = np.array([10.0, 2.0, 3.0, 5.0]).reshape(1, 1, 1, 4)
    grid = grid_from_pixels([-3, 0, 3, 3.5], 0, image, True)
    d_out = np.ones((1, 1, 1, 4))
    _, d_grid = implementation.grid_sample_backward(d_out, image, grid, padding_mode="border", align_corners=True)
    assert_agrees(d_grid[..., 0], np.zeros((1, 1, 4)))


def test_reflection_turns_the_gradient_round(implementation):
    """In the mirror the picture runs backwards: at -0.5 the slope is minus the one at 0.5."""
    image = np.array([10.0, 2.0, 3.0, 5.0]).reshape(1, 1, 1, 4)
    grid = grid_from_pixels([0.5, -0.5], 0, image, True)
    d_out = np.ones((1, 1, 1, 2))
    _, d_grid = implementation.grid_sample_backward(d_out, image, grid, padding_mode="reflection", align_corners=True)
    assert_agrees(d_grid[0, 0, :, 0], np.array([-8 * 1.5, 8 * 1.5]))
