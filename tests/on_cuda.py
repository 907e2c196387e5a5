"""The kernels of stn_numpy.cuda against the library: run by tests/test_cuda.py, in the simulator or on a GPU.

Pictures are small: the simulator starts a Python thread for every thread of a GPU.
"""

import numpy as np
import pytest
import torch
from numba import cuda as numba_cuda
from support import IDENTITY, assert_refused, normal, thetas
from tolerances import FINITE_DIFFERENCES, assert_agrees

import stn_numpy
from stn_numpy import cuda, numerical_gradient, pixel_centres
from stn_numpy.cuda import benchmark, device, kernels

BACKWARDS = (cuda.affine_sample_backward, cuda.affine_sample_backward_atomics)
SHAPES = {  # image, and rows and columns of the output
    "more than a block": ((2, 3, 5, 4), (3, 6)),
    "one pixel": ((1, 2, 1, 1), (2, 3)),
    "one row": ((1, 1, 1, 4), (1, 5)),
}
HOSTILE = {
    "NaN": [[np.nan, 0, 0], [0, 1, 0]],
    "infinite": [[np.inf, 0, 0], [0, 1, 0]],
    "infinite shift": [[1, 0, 0], [0, 1, -np.inf]],
    "huge": [[1e30, 0, 1], [0, -1e30, 0]],
    "collapsed to a point": [[0, 0, 0.1], [0, 0, 0.2]],
    "collapsed to a line": [[0.5, 1, 0.1], [0.25, 0.5, 0]],
    "nearly collapsed": [[0.5, 1, 0.1], [0.25, 0.500001, 0]],
    "strongly magnified": [[1e-4, 0, 0.12], [0, 2e-4, 0.21]],
    "far away": [[1, 0, 50], [0, 1, 0]],
}


def drawn(image_shape, out_shape, dtype="float64"):
    """An image, thetas that turn, shear and leave it, and an upstream gradient."""
    theta = thetas(IDENTITY, image_shape[0]) + 0.5 * normal(1, (image_shape[0], 2, 3))
    return normal(0, image_shape, dtype), theta.astype(dtype), normal(2, (*image_shape[:2], *out_shape), dtype)


@pytest.mark.parametrize("shape", SHAPES)
def test_as_the_library(shape, dtype, align_corners):
    image, theta, d_out = drawn(*SHAPES[shape], dtype)
    corners = {"align_corners": align_corners}
    expected = stn_numpy.affine_sample(image, theta, d_out.shape, **corners)
    assert_agrees(cuda.affine_sample(image, theta, d_out.shape, **corners), expected)
    gradients = stn_numpy.affine_sample_backward(d_out, image, theta, **corners)
    for backward in BACKWARDS:
        for ours, theirs in zip(backward(d_out, image, theta, **corners), gradients, strict=True):
            assert_agrees(ours, theirs)


def test_a_thread_for_each_number_reads_the_same(dtype):
    image, theta, d_out = drawn(*SHAPES["more than a block"], dtype)
    on_device = [numba_cuda.to_device(array) for array in (image, theta)]
    out = device.affine_sample(*on_device, d_out.shape, channels_inside=False).copy_to_host()
    np.testing.assert_array_equal(out, cuda.affine_sample(image, theta, d_out.shape))


def test_results_are_written_where_they_are_asked_for():
    """The same arrays twice, with other thetas: nothing that is kept between calls depends on them."""
    image, theta, d_out = drawn(*SHAPES["more than a block"])
    on_device = [numba_cuda.to_device(array) for array in (d_out, image)]
    out, *gradients = (numba_cuda.to_device(np.full(like.shape, np.nan)) for like in (d_out, image, theta))
    for some in (theta, theta[:, ::-1].copy()):
        moved = numba_cuda.to_device(some)
        assert device.affine_sample(on_device[1], moved, d_out.shape, out=out) is out
        device.affine_sample_backward(*on_device, moved, out=gradients)
        assert_agrees(out.copy_to_host(), stn_numpy.affine_sample(image, some, d_out.shape))
        for ours, theirs in zip(gradients, stn_numpy.affine_sample_backward(d_out, image, some), strict=True):
            assert_agrees(ours.copy_to_host(), theirs)
    for kept in (device._axis, device._scratch):
        assert kept.cache_info().hits  # a key that is never equal to itself would keep nothing


WRONG = {"theta": (1, 2, 3), "out": (2, 3, 3, 7), "d_out": (2, 2, 3, 6), "d_image": (2, 3, 4, 5), "d_theta": (2, 3, 2)}


@pytest.mark.parametrize("name", WRONG)
def test_arrays_beyond_which_a_kernel_would_write_are_refused(name):
    """Another shape, or another type."""
    image, theta, d_out = drawn(*SHAPES["more than a block"], "float32")
    right = dict(theta=theta, d_out=d_out, out=d_out, d_image=image, d_theta=theta)
    for wrong in (np.zeros(WRONG[name], "float32"), right[name].astype("float64")):
        seen, *these = map(numba_cuda.to_device, (image, *(right | {name: wrong}).values()))
        calls = {"forward": lambda: device.affine_sample(seen, these[0], d_out.shape, out=these[2])}  # noqa: B023
        calls["backward"] = lambda: device.affine_sample_backward(these[1], seen, these[0], out=these[3:])  # noqa: B023
        for call in {"theta": calls, "out": ["forward"]}.get(name, ["backward"]):
            assert_refused(calls[call], name, str(right[name].shape), str(wrong.dtype))


def test_both_sides_of_the_benchmark_agree_on_its_arrays(monkeypatch):
    """In the simulator with torch's CPU tensors, whose memory the kernels share; test_cuda.py has a GPU's."""
    shared = lambda tensor: numba_cuda.to_device(tensor.numpy(), copy=False)  # noqa: E731
    monkeypatch.setattr(benchmark.cuda, "as_cuda_array", shared, raising=False)
    forward, backward = benchmark.sides((1, 2, 9, 9), "cpu")
    assert list(forward) == ["torch", "a thread a number", "a thread a pixel"]
    assert list(backward) == ["torch", "atomics", "no atomics"]
    assert torch.is_tensor(forward["torch"]())


def test_hostile_thetas_spoil_only_their_own_image():
    """As in the library, in one batch: undefined samples are NaN, those outside are zero."""
    theta = np.concatenate([thetas(IDENTITY) * 0.83, *map(thetas, HOSTILE.values())]).astype("float32")
    image, _, d_out = drawn((len(theta), 1, 3, 4), (3, 3), "float32")
    d_image, d_theta = stn_numpy.affine_sample_backward(d_out, image, theta)
    undefined = np.isnan(d_theta).any(axis=(1, 2))
    assert undefined.sum() == 2 and not undefined[0]
    with np.errstate(all="ignore"):
        out = cuda.affine_sample(image, theta, d_out.shape)
        gradients = [backward(d_out, image, theta) for backward in BACKWARDS]
    np.testing.assert_allclose(out, stn_numpy.affine_sample(image, theta, d_out.shape), rtol=0, atol=2e-5)
    for ours, of_theta in gradients:
        assert_agrees(ours, d_image)
        np.testing.assert_array_equal(np.isnan(of_theta), np.isnan(d_theta))
        assert_agrees(of_theta[0], d_theta[0])


def test_no_reader_is_outside_the_box(dtype):
    """Thetas of all sizes, some nearly singular, with pixels at the very edge of the box: rounding loses no reader."""
    rng, size, epsilon = np.random.default_rng(0), 12, np.finfo(dtype).eps
    (half, middle), centres = (
        device.frame(np.empty((1, 1, size, size), dtype), False),
        pixel_centres(size, False, dtype),
    )
    looked_at, found = 0, 0
    for strength in 10.0 ** rng.uniform(-7, 1, 150):
        turn = np.outer(*rng.normal(size=(2, 2))) + rng.choice([1, 0.1, 0.01, 0.001]) * rng.normal(size=(2, 2))
        here = rng.choice(centres, (2, 1)) - strength * turn @ rng.uniform(-1, 1, (2, 1))
        theta = np.hstack([strength * turn, here]).astype(dtype)[None]
        p_x, p_y = (
            (theta[0, axis, 0] * centres + theta[0, axis, 1] * centres[:, None] + theta[0, axis, 2]) * half[axis]
            + middle[axis]
            for axis in (0, 1)
        )
        for row, column in np.ndindex(size, size):
            reads = np.argwhere((abs(p_x - column) < 1) & (abs(p_y - row) < 1))
            if len(reads):
                first_i, end_i, first_j, end_j = kernels.readers.py_func(
                    theta, 0, row, column, half, middle, half, middle, size, size, epsilon
                )
                assert (reads >= (first_i, first_j)).all() and (reads < (end_i, end_j)).all()
                looked_at, found = looked_at + (end_i - first_i) * (end_j - first_j), found + len(reads)
    assert 1000 < found <= looked_at < 4 * found


def test_a_shift_to_the_right_reads_from_the_right():
    """Worked out by hand; with x and y exchanged the picture would move upwards."""
    image = np.arange(6.0).reshape(1, 1, 2, 3)
    theta = thetas([[1, 0, 2 / 3], [0, 1, 0]])  # a pixel of three, where -1 and 1 are the outer edges
    expected = [[[[1, 2, 0], [4, 5, 0]]]]
    np.testing.assert_allclose(cuda.affine_sample(image, theta, image.shape, align_corners=False), expected, atol=1e-12)
    for backward in BACKWARDS:
        d_image, _ = backward(np.ones((1, 1, 2, 3)), image, theta, align_corners=False)
        np.testing.assert_allclose(d_image, [[[[0, 1, 1], [0, 1, 1]]]], atol=1e-12)


def test_gradients_are_those_of_finite_differences():
    """Under a random upstream gradient, with every point away from the pixels' own columns and rows."""
    image, d_out = normal(0, (1, 2, 3, 3)), normal(2, (1, 2, 2, 2))
    theta = thetas([[0.55, 0.13, 0.07], [-0.21, 0.47, 0.09]])
    d_image, d_theta = cuda.affine_sample_backward(d_out, image, theta)
    loss = {
        "theta": lambda at: float((d_out * cuda.affine_sample(image, at, d_out.shape)).sum()),
        "image": lambda at: float((d_out * cuda.affine_sample(at, theta, d_out.shape)).sum()),
    }
    for ours, at, name in ((d_theta, theta, "theta"), (d_image, image, "image")):
        np.testing.assert_allclose(ours, numerical_gradient(loss[name], at), rtol=0, atol=FINITE_DIFFERENCES * 10)


def test_a_pixel_without_weight_is_not_read():
    """A NaN beside the points, on which it has no weight."""
    image = np.array([[[[1.0, np.nan], [2.0, np.nan]]]])
    theta = thetas([[0, 0, -1], [0, 1, 0]])
    out = cuda.affine_sample(image, theta, (1, 1, 2, 1), align_corners=True)
    np.testing.assert_array_equal(out.ravel(), [1, 2])


@pytest.mark.parametrize("option", [{"mode": "nearest"}, {"mode": "bicubic"}, {"padding_mode": "border"}])
def test_other_modes_are_refused(option):
    image, theta, d_out = drawn((1, 1, 2, 2), (2, 2))
    [(name, value)] = option.items()
    expected = "'bilinear'" if name == "mode" else "'zeros'"
    assert_refused(lambda: cuda.affine_sample(image, theta, image.shape, **option), name, expected, value)
    for backward in BACKWARDS:
        assert_refused(lambda: backward(d_out, image, theta, **option), name, expected, value)  # noqa: B023
