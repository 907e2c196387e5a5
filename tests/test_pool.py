"""max_pool2d and avg_pool2d."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from hypothesis import given
from hypothesis import strategies as st
from support import assert_refused, assert_same_as_torch, counts, distinct, normal, seeds
from tolerances import assert_agrees

pairs = st.one_of(st.integers(1, 3), st.tuples(st.integers(1, 3), st.integers(1, 3)))


@pytest.fixture(scope="session", params=["max", "avg"])
def kind(request):
    """Each kind of pooling in turn."""
    return request.param


def pooling(implementation, kind):
    return getattr(implementation, f"{kind}_pool2d"), getattr(implementation, f"{kind}_pool2d_backward")


@st.composite
def poolings(draw):
    """The shape of an image that holds at least one window, the window and the stride."""
    kernel, stride = draw(pairs), draw(st.one_of(st.none(), pairs))
    lengths = [draw(st.integers(int(side), 8)) for side in np.broadcast_to(kernel, 2)]
    return (draw(counts), draw(counts), *lengths), kernel, stride


@given(case=poolings(), seed=seeds)
def test_same_as_torch(implementation, dtype, kind, case, seed):
    shape, kernel, stride = case
    forward, backward = pooling(implementation, kind)
    reference = getattr(F, f"{kind}_pool2d")
    assert_same_as_torch(
        lambda image: forward(image, kernel, stride=stride),
        lambda d_out, image: backward(d_out, image, kernel, stride=stride),
        lambda image: reference(image, kernel, stride=stride),
        [distinct(seed, shape, dtype)],
    )


@given(case=poolings(), seed=seeds)
def test_the_first_of_equals_gets_the_gradient(implementation, case, seed):
    """Whole numbers from 0 to 2 tie in nearly every window; torch's choice is the first in row order."""
    shape, kernel, stride = case
    image = np.random.default_rng(seed).integers(0, 3, shape).astype("float64")
    assert_same_as_torch(
        lambda image: implementation.max_pool2d(image, kernel, stride=stride),
        lambda d_out, image: implementation.max_pool2d_backward(d_out, image, kernel, stride=stride),
        lambda image: F.max_pool2d(image, kernel, stride=stride),
        [image],
    )


def test_a_tie_by_hand(implementation):
    image = np.array([[1.0, 7.0, 7.0], [7.0, 0.0, 0.0]]).reshape(1, 1, 2, 3)
    d_image = implementation.max_pool2d_backward(np.full((1, 1, 1, 1), 5.0), image, (2, 3))
    assert_agrees(d_image[0, 0], np.array([[0.0, 5.0, 0.0], [0.0, 0.0, 0.0]]))


def test_max_by_hand(implementation):
    """Windows of 2 x 2 with stride 1 overlap: the 9 in the middle wins all four and gets all four gradients."""
    image = np.array([[1.0, 2.0, 3.0], [4.0, 9.0, 5.0], [6.0, 7.0, 8.0]]).reshape(1, 1, 3, 3)
    assert_agrees(implementation.max_pool2d(image, 2, stride=1), np.full((1, 1, 2, 2), 9.0))
    d_image = implementation.max_pool2d_backward(np.array([1.0, 2, 3, 4]).reshape(1, 1, 2, 2), image, 2, stride=1)
    assert_agrees(d_image[0, 0], np.array([[0.0, 0, 0], [0, 10, 0], [0, 0, 0]]))


def test_average_by_hand(implementation):
    """A window of 1 row and 2 columns over 2 x 5: the last column fills no window and gets nothing."""
    image = np.arange(10.0).reshape(1, 1, 2, 5)
    assert_agrees(implementation.avg_pool2d(image, (1, 2))[0, 0], np.array([[0.5, 2.5], [5.5, 7.5]]))
    d_image = implementation.avg_pool2d_backward(np.array([2.0, 4, 6, 8]).reshape(1, 1, 2, 2), image, (1, 2))
    assert_agrees(d_image[0, 0], np.array([[1.0, 1, 2, 2, 0], [3, 3, 4, 4, 0]]))


def test_all_below_zero(implementation):
    """The largest of negative numbers is negative: nothing starts from zero."""
    image = -1 - np.arange(4.0).reshape(1, 1, 2, 2)
    assert_agrees(implementation.max_pool2d(image, 2), np.full((1, 1, 1, 1), -1.0))


def test_stride_defaults_to_the_window(implementation, kind):
    forward, backward = pooling(implementation, kind)
    image, d_out = normal(0, (1, 2, 6, 6)), normal(1, (1, 2, 3, 2))
    assert_agrees(forward(image, (2, 3)), forward(image, (2, 3), stride=(2, 3)))
    assert_agrees(backward(d_out, image, (2, 3)), backward(d_out, image, (2, 3), stride=(2, 3)))


@pytest.mark.parametrize("kernel, stride", [(2, None), (3, 2), ((2, 3), 1)])
def test_nan_as_in_torch(implementation, dtype, kind, kernel, stride):
    """It spoils only its own windows, and the gradient goes where torch sends it: to a window's last NaN."""
    image = normal(0, (3, 2, 6, 7), dtype)
    image[0, 0, 1, 1] = image[1, 0, 2:4, 2:4] = image[2, 1, 0, 1] = image[2, 1, 1, 0] = np.nan
    image[2, 0, :3, :3] = -np.inf
    forward, backward = pooling(implementation, kind)
    tensor = torch.tensor(image, requires_grad=True)
    expected = getattr(F, f"{kind}_pool2d")(tensor, kernel, stride=stride)
    d_out = normal(1, tuple(expected.shape), dtype)
    expected.backward(torch.tensor(d_out))
    assert np.isnan(forward(image, kernel, stride)).any()
    np.testing.assert_allclose(forward(image, kernel, stride), expected.detach().numpy(), rtol=1e-5)
    np.testing.assert_allclose(backward(d_out, image, kernel, stride), tensor.grad.numpy(), rtol=1e-5, atol=1e-6)


def test_an_infinite_gradient_stays_with_its_winner(implementation):
    """Of infinity and 0 a product is NaN."""
    image = np.arange(4.0).reshape(1, 1, 2, 2)
    d_image = implementation.max_pool2d_backward(np.full((1, 1, 1, 1), np.inf), image, 2)
    np.testing.assert_array_equal(d_image.ravel(), [0, 0, 0, np.inf])


X = np.ones((2, 3, 4, 5))

BAD = {
    "image without channels": ((X[:, 0], 2), {}, "image", "(N, C, H, W)", "(2, 4, 5)"),
    "image of integers": ((X.astype("uint8"), 2), {}, "image", "float32 or float64", "uint8"),
    "image as a list": ((X.tolist(), 2), {}, "image", "array", "list"),
    "image of no columns": ((X[..., :0], 2), {}, "image", "", "(2, 3, 4, 0)"),
    "window of zero": ((X, 0), {}, "kernel_size", "1", "0"),
    "window of a fraction": ((X, 2.0), {}, "kernel_size", "whole number", "2.0"),
    "window of a word": ((X, "same"), {}, "kernel_size", "pair", "'same'"),
    "three windows": ((X, (2, 2, 2)), {}, "kernel_size", "pair", "(2, 2, 2)"),
    "window higher than the image": ((X, 5), {}, "kernel_size", "4", "5"),
    "window wider than the image": ((X, (2, 6)), {}, "kernel_size", "5", "6"),
    "stride of zero": ((X, 2), {"stride": 0}, "stride", "1", "0"),
    "stride of True": ((X, 2), {"stride": True}, "stride", "whole number", "True"),
    "three strides": ((X, 2), {"stride": (1, 1, 1)}, "stride", "pair", "(1, 1, 1)"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input_is_refused(implementation, kind, case):
    arguments, options, *message = BAD[case]
    forward, backward = pooling(implementation, kind)
    assert_refused(lambda: forward(*arguments, **options), *message)
    assert_refused(lambda: backward(np.ones((2, 3, 2, 2)), *arguments, **options), *message)


@pytest.mark.parametrize("shape", [(2, 3, 2, 3), (1, 3, 2, 2), (2, 2, 2, 2), (3, 2, 2)])
def test_bad_gradient_is_refused(implementation, kind, shape):
    _, backward = pooling(implementation, kind)
    assert_refused(lambda: backward(np.ones(shape), X, 2), "d_out", "", str(shape))


def test_a_gradient_of_another_dtype_is_refused(implementation, kind):
    _, backward = pooling(implementation, kind)
    d_out = np.ones((2, 3, 2, 2), "float32")
    assert_refused(lambda: backward(d_out, X, 2), "d_out", "float64", "float32")
