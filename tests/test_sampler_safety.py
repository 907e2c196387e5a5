"""What grid_sample does with strange coordinates and values, and with arguments that no call should have."""

import numpy as np
import pytest
from hypothesis import given
from support import assert_refused, counts, grid_from_pixels, normal, thetas
from tolerances import assert_agrees

STRANGE = [np.nan, np.inf, -np.inf, 1e30, -1e30, 1e-45, 5e-324, 2.0**24, -(2.0**31), 2.0**63, 2.0**64]


def strict():
    """Turn every overflow, every invalid operation and every division by zero into an error."""
    return np.errstate(over="raise", invalid="raise", divide="raise")


def sample_both_ways(implementation, image, grid, **options):
    """The output and both gradients, under one fixed upstream gradient."""
    d_out = normal(5, (*image.shape[:2], *grid.shape[1:3]), image.dtype)
    with strict():
        out = implementation.grid_sample(image, grid, **options)
        d_image, d_grid = implementation.grid_sample_backward(d_out, image, grid, **options)
    return d_out, out, d_image, d_grid


@pytest.mark.parametrize("axis", [0, 1], ids=["x", "y"])
@pytest.mark.parametrize("strange", STRANGE)
def test_a_strange_coordinate_spoils_only_its_own_pixel(
    implementation, dtype, mode, padding_mode, align_corners, strange, axis
):
    options = {"mode": mode, "padding_mode": padding_mode, "align_corners": align_corners}
    image = normal(0, (2, 2, 9, 7), dtype)
    grid = (normal(1, (2, 3, 4, 2)) / 2).astype(dtype)
    _, before, _, d_grid_before = sample_both_ways(implementation, image, grid, **options)
    with np.errstate(under="ignore"):
        grid[1, 2, 3, axis] = strange
    d_out, out, d_image, d_grid = sample_both_ways(implementation, image, grid, **options)
    others = np.ones((2, 3, 4), bool)
    others[1, 2, 3] = False
    assert_agrees(np.moveaxis(out, 1, -1)[others], np.moveaxis(before, 1, -1)[others])
    assert_agrees(d_grid[others], d_grid_before[others], unit=20)
    assert np.all(np.isfinite(d_image))
    if np.isnan(strange) or (np.isinf(strange) and padding_mode == "reflection"):
        assert np.all(np.isnan(out[1, :, 2, 3]))
        assert mode == "nearest" or np.all(np.isnan(d_grid[1, 2, 3]))
    else:
        assert np.all(np.abs(out[1, :, 2, 3]) <= 2 * np.abs(image[1]).max())  # bicubic may overshoot
        assert np.all(np.isfinite(d_grid[1, 2, 3]))


def test_nan_gives_the_image_nothing(implementation, mode, padding_mode, align_corners):
    options = {"mode": mode, "padding_mode": padding_mode, "align_corners": align_corners}
    image, grid = normal(0, (1, 2, 5, 4)), normal(1, (1, 1, 3, 2)) / 2
    d_out = normal(2, (1, 2, 1, 3))
    without, _ = implementation.grid_sample_backward(d_out[..., :2].copy(), image, grid[:, :, :2].copy(), **options)
    grid[0, 0, 2] = np.nan
    d_image, _ = implementation.grid_sample_backward(d_out, image, grid, **options)
    assert_agrees(d_image, without)


@pytest.mark.parametrize("far", [np.inf, 1e30, 1e5])
@pytest.mark.parametrize("sign", [-1, 1])
def test_far_outside_is_zero_or_the_edge(implementation, dtype, mode, align_corners, far, sign):
    image = normal(0, (1, 2, 3, 5), dtype)
    grid = grid_from_pixels(2, 1, image, align_corners)
    grid[..., 0] = sign * far
    options = {"mode": mode, "align_corners": align_corners}
    with strict():
        zero = implementation.grid_sample(image, grid, padding_mode="zeros", **options)
        edge = implementation.grid_sample(image, grid, padding_mode="border", **options)
    assert_agrees(zero.ravel(), np.zeros(2, dtype))
    assert_agrees(edge.ravel(), image[0, :, 1, 0 if sign < 0 else -1])


@pytest.mark.parametrize("far", [np.inf, 1e30, 1e5])
def test_far_outside_there_is_no_gradient(implementation, dtype, mode, align_corners, far):
    image = normal(0, (1, 2, 3, 5), dtype)
    grid = np.full((1, 1, 1, 2), -far, dtype)
    for padding_mode in ("zeros", "border"):
        options = {"mode": mode, "padding_mode": padding_mode, "align_corners": align_corners}
        _, _, d_image, d_grid = sample_both_ways(implementation, image, grid, **options)
        assert_agrees(d_grid, np.zeros_like(grid))
        assert padding_mode == "border" or not d_image.any()


def test_the_largest_number_is_harmless(implementation, dtype, mode, padding_mode, align_corners):
    """It may overflow on the way to pixels, but it neither warns nor reads out of bounds."""
    options = {"mode": mode, "padding_mode": padding_mode, "align_corners": align_corners}
    image, grid = normal(0, (1, 1, 9, 7), dtype), np.zeros((1, 1, 3, 2), dtype)
    grid[0, 0, 0, 0], grid[0, 0, 2, 1] = np.finfo(dtype).max, np.finfo(dtype).min
    _, out, d_image, _ = sample_both_ways(implementation, image, grid, **options)
    assert np.isfinite(out[0, 0, 0, 1]) and np.all(np.isfinite(d_image))


def test_a_nan_pixel_spoils_only_those_who_look_at_it(implementation, dtype, mode, padding_mode, align_corners):
    """The corner pixel is NaN; a point in the far corner does not see it, nor, under zeros, one far outside."""
    options = {"mode": mode, "padding_mode": padding_mode, "align_corners": align_corners}
    image = normal(0, (1, 1, 9, 9), dtype)
    image[0, 0, 0, 0] = np.nan
    far = -50 if padding_mode == "zeros" else 6.2
    grid = grid_from_pixels([0.2, 6.2, far, 0.2, far], [0.2, 6.2, far, far, 0.2], image, align_corners)
    _, out, d_image, d_grid = sample_both_ways(implementation, image, grid, **options)
    assert np.isnan(out.ravel()[0]) and np.all(np.isfinite(out.ravel()[1:]))
    assert np.all(np.isfinite(d_image)) and np.all(np.isfinite(d_grid[0, 0, 1:]))


def test_a_nan_gradient_spoils_only_the_pixels_it_came_from(implementation, dtype, mode, padding_mode, align_corners):
    options = {"mode": mode, "padding_mode": padding_mode, "align_corners": align_corners}
    image = normal(0, (1, 1, 9, 9), dtype)
    far = -50 if padding_mode == "zeros" else 6.2
    grid = grid_from_pixels([6.2, 2.2, far], [6.2, 2.2, 6.2], image, align_corners)
    d_out = np.array([1, np.nan, np.nan if padding_mode == "zeros" else 1], dtype).reshape(1, 1, 1, 3)
    d_image, d_grid = implementation.grid_sample_backward(d_out, image, grid, **options)
    assert np.isnan(d_image[0, 0, 2, 2])
    assert np.all(np.isfinite(d_image[0, 0, 5:])) and np.all(np.isfinite(d_image[0, 0, 0]))
    assert np.all(np.isfinite(d_grid[0, 0, 0]))


@pytest.mark.parametrize("strange", [np.nan, np.inf, -np.inf, 1e30, np.finfo("float32").max])
def test_a_strange_theta_spoils_only_its_own_sample(implementation, dtype, padding_mode, align_corners, strange):
    image, theta = normal(0, (2, 1, 4, 5), dtype), normal(1, (2, 2, 3), dtype)
    size, options = (2, 1, 3, 3), {"padding_mode": padding_mode, "align_corners": align_corners}
    before = implementation.affine_sample(image, theta, size, **options)
    d_out = normal(2, size, dtype)
    d_image_before, d_theta_before = implementation.affine_sample_backward(d_out, image, theta, **options)
    theta[1, 0, 1] = strange
    with strict():
        out = implementation.affine_sample(image, theta, size, **options)
        d_image, d_theta = implementation.affine_sample_backward(d_out, image, theta, **options)
    assert_agrees(out[0], before[0])
    assert_agrees(d_image[0], d_image_before[0])
    assert_agrees(d_theta[0], d_theta_before[0], unit=20)
    assert np.all(np.isfinite(d_image))


@given(batch=counts, channels=counts)
def test_a_blank_theta_reads_the_middle(implementation, batch, channels):
    """All zeros, as a dead localisation network gives: every output pixel looks at the centre."""
    image = normal(0, (batch, channels, 3, 5))
    out = implementation.affine_sample(image, np.zeros((batch, 2, 3)), (batch, channels, 2, 2))
    assert_agrees(out, np.broadcast_to(image[:, :, 1:2, 2:3], out.shape))


IMAGE, GRID, THETA, SIZE = np.ones((2, 1, 4, 5)), np.zeros((2, 3, 3, 2)), np.zeros((2, 2, 3)), (2, 1, 3, 3)

BAD_SAMPLE = {
    "image without channels": ((np.ones((2, 4, 5)), GRID), {}, "image", "(N, C, H, W)", "(2, 4, 5)"),
    "image of integers": ((np.ones((2, 1, 4, 5), "uint8"), GRID), {}, "image", "float32 or float64", "uint8"),
    "image in half precision": ((IMAGE.astype("float16"), GRID), {}, "image", "float32 or float64", "float16"),
    "image of complex numbers": ((IMAGE + 0j, GRID), {}, "image", "float32 or float64", "complex128"),
    "image as a list": ((IMAGE.tolist(), GRID), {}, "image", "array", "list"),
    "image of no pixels": ((np.ones((2, 1, 0, 5)), GRID), {}, "image", "", "(2, 1, 0, 5)"),
    "image of no channels": ((np.ones((2, 0, 4, 5)), GRID), {}, "image", "", "(2, 0, 4, 5)"),
    "grid of another batch": ((IMAGE, GRID[:1]), {}, "grid", "2", "(1, 3, 3, 2)"),
    "grid with channels second": ((IMAGE, np.ones((2, 2, 3, 3))), {}, "grid", "2)", "(2, 2, 3, 3)"),
    "grid in homogeneous units": ((IMAGE, np.ones((2, 3, 3, 3))), {}, "grid", "2)", "(2, 3, 3, 3)"),
    "grid of one sample": ((IMAGE, GRID[0]), {}, "grid", "2)", "(3, 3, 2)"),
    "grid of no points": ((IMAGE, GRID[:, :0]), {}, "grid", "", "(2, 0, 3, 2)"),
    "grid of another dtype": ((IMAGE, GRID.astype("float32")), {}, "grid", "float64", "float32"),
    "grid of integers": ((IMAGE, GRID.astype(int)), {}, "grid", "float32 or float64", "int64"),
    "grid as a list": ((IMAGE, GRID.tolist()), {}, "grid", "array", "list"),
    "unknown mode": ((IMAGE, GRID), {"mode": "cubic"}, "mode", "bilinear", "cubic"),
    "mode as a number": ((IMAGE, GRID), {"mode": 3}, "mode", "bilinear", "3"),
    "unknown padding": ((IMAGE, GRID), {"padding_mode": "wrap"}, "padding_mode", "reflection", "wrap"),
}

BAD_AFFINE = {
    "theta of another batch": ((IMAGE, THETA[:1], SIZE), {}, "theta", "2", "(1, 2, 3)"),
    "theta transposed": ((IMAGE, np.ones((2, 3, 2)), SIZE), {}, "theta", "2, 3)", "(2, 3, 2)"),
    "theta of another dtype": ((IMAGE, THETA.astype("float32"), SIZE), {}, "theta", "float64", "float32"),
    "theta as a list": ((IMAGE, THETA.tolist(), SIZE), {}, "theta", "array", "list"),
    "size of other channels": ((IMAGE, THETA, (2, 3, 3, 3)), {}, "size", "1", "(2, 3, 3, 3)"),
    "size of height and width": ((IMAGE, THETA, (3, 3)), {}, "size", "(N, C, h, w)", "(3, 3)"),
    "size of no rows": ((IMAGE, THETA, (2, 1, 0, 3)), {}, "size", "whole number", "0"),
    "size with a fraction": ((IMAGE, THETA, (2, 1, 1.5, 3)), {}, "size", "whole number", "1.5"),
    "image of integers": ((IMAGE.astype(int), THETA, SIZE), {}, "image", "float32 or float64", "int64"),
    "unknown padding": ((IMAGE, THETA, SIZE), {"padding_mode": "edge"}, "padding_mode", "reflection", "edge"),
}


@pytest.mark.parametrize("case", BAD_SAMPLE)
def test_bad_input_is_refused(implementation, case):
    """The forward and the backward raise the same error, both before they compute anything."""
    arguments, options, *message = BAD_SAMPLE[case]
    assert_refused(lambda: implementation.grid_sample(*arguments, **options), *message)
    d_out = np.ones((2, 1, 3, 3))
    assert_refused(lambda: implementation.grid_sample_backward(d_out, *arguments, **options), *message)


@pytest.mark.parametrize("case", BAD_AFFINE)
def test_bad_affine_input_is_refused(implementation, case):
    (image, theta, size), options, *message = BAD_AFFINE[case]
    assert_refused(lambda: implementation.affine_sample(image, theta, size, **options), *message)
    if not case.startswith("size"):
        d_out = np.ones(SIZE)
        assert_refused(lambda: implementation.affine_sample_backward(d_out, image, theta, **options), *message)


@pytest.mark.parametrize("shape", [(2, 1, 3, 4), (1, 1, 3, 3), (2, 2, 3, 3), (2, 3, 3)])
def test_a_gradient_of_another_shape_is_refused(implementation, shape):
    call = lambda: implementation.grid_sample_backward(np.ones(shape), IMAGE, GRID)  # noqa: E731
    assert_refused(call, "d_out", "2", str(shape))


def test_a_gradient_of_another_type_is_refused(implementation):
    for d_out, came in ((np.ones((2, 1, 3, 3), "float32"), "float32"), (np.ones((2, 1, 3, 3), int), "int64")):
        assert_refused(lambda d_out=d_out: implementation.grid_sample_backward(d_out, IMAGE, GRID), "d_out", "", came)
        call = lambda d_out=d_out: implementation.affine_sample_backward(d_out, IMAGE, THETA)  # noqa: E731
        assert_refused(call, "d_out", "", came)


def test_the_message_is_a_sentence_to_act_on(implementation):
    with pytest.raises(ValueError, match=r"theta: expected shape \(N(=2)?, 2, 3\), got \(2, 3, 2\)"):
        implementation.affine_sample(IMAGE, np.swapaxes(thetas([[1, 0, 0], [0, 1, 0]], 2), 1, 2), SIZE)
