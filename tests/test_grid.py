"""affine_grid: where each output pixel looks in the input."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from hypothesis import given
from support import IDENTITY, assert_refused, assert_same_as_torch, counts, lengths, normal, seeds, thetas
from tolerances import assert_agrees


@pytest.mark.filterwarnings("ignore:Since version 1.3.0, affine_grid")  # torch's, for a single row or column
@given(count=counts, height=lengths, width=lengths, seed=seeds)
def test_same_as_torch(implementation, dtype, align_corners, count, height, width, seed):
    size = (count, 2, height, width)
    assert_same_as_torch(
        lambda theta: implementation.affine_grid(theta, size, align_corners=align_corners),
        lambda d_grid, theta: implementation.affine_grid_backward(d_grid, theta, align_corners=align_corners),
        lambda theta: F.affine_grid(theta, size, align_corners=align_corners),
        [normal(seed, (count, 2, 3), dtype)],
    )


def test_default_is_edges(implementation):
    theta, size = thetas(IDENTITY), (1, 1, 3, 4)
    edges = implementation.affine_grid(theta, size, align_corners=False)
    assert_agrees(implementation.affine_grid(theta, size), edges)
    d_grid = normal(0, (1, 3, 4, 2))
    expected = implementation.affine_grid_backward(d_grid, theta, align_corners=False)
    assert_agrees(implementation.affine_grid_backward(d_grid, theta), expected)


def test_corners_of_the_identity(implementation, dtype, align_corners):
    """A 2 x 4 output: the outer centres are -1 and 1, or half a pixel inside them."""
    grid = implementation.affine_grid(thetas(IDENTITY, 1, dtype), (1, 1, 2, 4), align_corners=align_corners)
    x, y = (1, 1) if align_corners else (0.75, 0.5)
    assert_agrees(grid[0, 0, 0], np.array([-x, -y], dtype))
    assert_agrees(grid[0, 0, -1], np.array([x, -y], dtype))
    assert_agrees(grid[0, -1, 0], np.array([-x, y], dtype))
    assert_agrees(grid[0, -1, -1], np.array([x, y], dtype))


def test_last_axis_is_x_then_y(implementation, align_corners):
    """x grows along a row of the grid, y down a column; x and y carry their own shift."""
    grid = implementation.affine_grid(thetas([[1, 0, 10], [0, 1, 20]]), (1, 1, 3, 4), align_corners=align_corners)
    assert np.all(np.diff(grid[0, :, :, 0], axis=1) > 0) and np.all(np.diff(grid[0, :, :, 0], axis=0) == 0)
    assert np.all(np.diff(grid[0, :, :, 1], axis=0) > 0) and np.all(np.diff(grid[0, :, :, 1], axis=1) == 0)
    assert_agrees(grid.mean(axis=(0, 1, 2)), np.array([10.0, 20.0]))


def test_a_quarter_turn_sends_the_first_corner_to_the_right(implementation):
    """(x, y) -> (-y, x): the output's top left corner looks at the input's top right one."""
    grid = implementation.affine_grid(thetas([[0, -1, 0], [1, 0, 0]]), (1, 1, 3, 3), align_corners=True)
    assert_agrees(grid[0, 0, 0], np.array([1.0, -1.0]))
    assert_agrees(grid[0, 0, 2], np.array([1.0, 1.0]))


def test_one_pixel_looks_at_the_shift(implementation, align_corners):
    grid = implementation.affine_grid(thetas([[3, 4, 0.25], [5, 6, -0.5]]), (1, 1, 1, 1), align_corners=align_corners)
    assert_agrees(grid, np.array([[[[0.25, -0.5]]]]))


def test_backward_of_one_point(implementation):
    """One gradient at the top right of a 3 x 5 grid: theta's is its outer product with the point (1, -1, 1)."""
    d_grid = np.zeros((1, 3, 5, 2))
    d_grid[0, 0, -1] = [2, 30]
    d_theta = implementation.affine_grid_backward(d_grid, thetas(IDENTITY), align_corners=True)
    assert_agrees(d_theta, np.array([[[2.0, -2.0, 2.0], [30.0, -30.0, 30.0]]]))


def test_each_sample_has_its_own_theta(implementation, align_corners):
    theta, size = normal(3, (3, 2, 3)), (3, 1, 4, 5)
    grid = implementation.affine_grid(theta, size, align_corners=align_corners)
    for index in range(3):
        alone = implementation.affine_grid(theta[index : index + 1], (1, 1, 4, 5), align_corners=align_corners)
        assert_agrees(grid[index : index + 1], alone)


@pytest.mark.parametrize("kind", [tuple, list, torch.Size])
def test_size_may_be_any_sequence_of_whole_numbers(implementation, kind):
    theta, size = thetas(IDENTITY), (1, 1, 3, 4)
    assert_agrees(implementation.affine_grid(theta, kind(size)), implementation.affine_grid(theta, size))


BAD = {
    "theta transposed": (np.ones((4, 3, 2)), (4, 1, 3, 3), "theta", "(N, 2, 3)", "(4, 3, 2)"),
    "theta of one sample": (np.ones((2, 3)), (1, 1, 3, 3), "theta", "(N, 2, 3)", "(2, 3)"),
    "theta homogeneous": (np.ones((4, 3, 3)), (4, 1, 3, 3), "theta", "(N, 2, 3)", "(4, 3, 3)"),
    "theta of integers": (np.ones((1, 2, 3), "int64"), (1, 1, 3, 3), "theta", "float32 or float64", "int64"),
    "theta in half precision": (np.ones((1, 2, 3), "float16"), (1, 1, 3, 3), "theta", "float32 or float64", "float16"),
    "theta as a list": ([IDENTITY], (1, 1, 3, 3), "theta", "array", "list"),
    "no samples": (np.ones((0, 2, 3)), (1, 1, 3, 3), "theta", "", "(0, 2, 3)"),
    "another batch": (np.ones((2, 2, 3)), (3, 1, 3, 3), "theta", "3", "(2, 2, 3)"),
    "size of an image": (np.ones((1, 2, 3)), (3, 3), "size", "(N, C, h, w)", "(3, 3)"),
    "size with a fraction": (np.ones((1, 2, 3)), (1, 1, 3.5, 3), "size", "whole number", "3.5"),
    "size of zero": (np.ones((1, 2, 3)), (1, 1, 0, 3), "size", "whole number", "0"),
    "size below zero": (np.ones((1, 2, 3)), (1, 1, 3, -3), "size", "whole number", "-3"),
    "size as a number": (np.ones((1, 2, 3)), 3, "size", "(N, C, h, w)", "3"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input_is_refused(implementation, case):
    theta, size, *message = BAD[case]
    assert_refused(lambda: implementation.affine_grid(theta, size, align_corners=False), *message)


@pytest.mark.parametrize("d_grid", [np.ones((1, 3, 3, 3)), np.ones((3, 3, 2))], ids=["last axis", "rank"])
def test_bad_gradient_is_refused(implementation, d_grid):
    call = lambda: implementation.affine_grid_backward(d_grid, thetas(IDENTITY))  # noqa: E731
    assert_refused(call, "d_grid", "h, w, 2)", str(d_grid.shape))


def test_integer_gradient_is_refused(implementation):
    d_grid = np.ones((1, 3, 3, 2), "int64")
    call = lambda: implementation.affine_grid_backward(d_grid, thetas(IDENTITY))  # noqa: E731
    assert_refused(call, "d_grid", "float32 or float64", "int64")


def test_theta_of_another_batch_or_dtype_is_refused(implementation):
    d_grid = np.ones((2, 3, 3, 2))
    assert_refused(lambda: implementation.affine_grid_backward(d_grid, thetas(IDENTITY, 3)), "d_grid", "N=3", "(2, 3")
    call = lambda: implementation.affine_grid_backward(d_grid, thetas(IDENTITY, 2, "float32"))  # noqa: E731
    assert_refused(call, "d_grid", "float32", "float64")
