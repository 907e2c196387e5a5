"""conv2d, im2col and col2im."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from hypothesis import given
from hypothesis import strategies as st
from support import assert_refused, assert_same_as_torch, counts, normal, seeds
from tolerances import assert_agrees

pairs = st.one_of(st.integers(1, 3), st.tuples(st.integers(1, 3), st.integers(1, 3)))
paddings = st.one_of(st.integers(0, 2), st.tuples(st.integers(0, 2), st.integers(0, 2)))


@st.composite
def convolutions(draw):
    """Shapes of image, weight and bias, with a stride and a padding that leave at least one window."""
    batch, channels, outputs = draw(counts), draw(counts), draw(counts)
    stride, padding = draw(pairs), draw(paddings)
    kernel, lengths = [], []
    for around in np.broadcast_to(padding, 2):
        kernel.append(draw(st.integers(1, 4)))
        lengths.append(draw(st.integers(max(1, kernel[-1] - 2 * int(around)), 7)))
    return (batch, channels, *lengths), (outputs, channels, *kernel), (outputs,), stride, padding


@given(case=convolutions(), seed=seeds)
def test_same_as_torch(implementation, dtype, case, seed):
    *shapes, stride, padding = case
    assert_same_as_torch(
        lambda image, weight, bias: implementation.conv2d(image, weight, bias, stride=stride, padding=padding),
        lambda d, image, weight, bias: implementation.conv2d_backward(
            d, image, weight, bias, stride=stride, padding=padding
        ),
        lambda image, weight, bias: F.conv2d(image, weight, bias, stride=stride, padding=padding),
        [normal(seed + k, shape, dtype) for k, shape in enumerate(shapes)],
        unit=10,
    )


def test_default_is_stride_1_padding_0(implementation):
    arrays = [normal(0, (2, 1, 5, 6)), normal(1, (3, 1, 2, 3)), normal(2, 3)]
    assert_same_as_torch(implementation.conv2d, implementation.conv2d_backward, F.conv2d, arrays)


def test_nothing_is_flipped(implementation):
    """A one at the kernel's top left looks up and left: the picture moves down and right. It is a cross-correlation."""
    image = np.arange(12.0).reshape(1, 1, 3, 4)
    weight = np.zeros((1, 1, 2, 3))
    weight[0, 0, 0, 0] = 1
    out = implementation.conv2d(image, weight, np.array([0.5]))
    assert_agrees(out, image[:, :, :2, :2] + 0.5)


def test_a_pair_is_rows_then_columns(implementation):
    image, weight = normal(0, (1, 1, 6, 7)), np.ones((1, 1, 1, 1))
    out = implementation.conv2d(image, weight, np.zeros(1), stride=(2, 3))
    assert_agrees(out, image[:, :, ::2, ::3])
    out = implementation.conv2d(image, weight, np.zeros(1), padding=(1, 2))
    assert out.shape == (1, 1, 8, 11)
    assert_agrees(out[:, :, 1:-1, 2:-2], image)
    assert not out[:, :, 0].any() and not out[..., :2].any()


def test_channels_are_summed(implementation):
    image = np.stack([np.full((2, 2), 1.0), np.full((2, 2), 10.0)])[None]
    weight = np.array([2.0, 3.0]).reshape(1, 2, 1, 1)
    assert_agrees(implementation.conv2d(image, weight, np.zeros(1)), np.full((1, 1, 2, 2), 32.0))


@given(case=convolutions(), seed=seeds)
def test_columns_as_torch_unfold(implementation, dtype, case, seed):
    shape, weight, _, stride, padding = case
    image, kernel = normal(seed, shape, dtype), weight[2:]
    expected = F.unfold(torch.tensor(image), kernel, padding=padding, stride=stride)
    columns = implementation.im2col(image, kernel, stride, padding)
    assert_agrees(columns, expected.numpy())
    expected = F.fold(expected, shape[2:], kernel, padding=padding, stride=stride)
    assert_agrees(implementation.col2im(columns, shape, kernel, stride, padding), expected.numpy())


@given(case=convolutions(), seed=seeds)
def test_col2im_is_the_transpose_of_im2col(implementation, case, seed):
    shape, weight, _, stride, padding = case
    image = normal(seed, shape)
    columns = implementation.im2col(image, weight[2:], stride, padding)
    others = normal(seed + 1, columns.shape)
    back = implementation.col2im(others, shape, weight[2:], stride, padding)
    assert_agrees((columns * others).sum(), (image * back).sum(), unit=100)


X, W, B = np.ones((2, 3, 4, 5)), np.ones((6, 3, 2, 2)), np.ones(6)

BAD = {
    "image without channels": ((X[:, 0], W, B), {}, "image", "(N, C, H, W)", "(2, 4, 5)"),
    "image of integers": ((X.astype("uint8"), W, B), {}, "image", "float32 or float64", "uint8"),
    "image as a list": ((X.tolist(), W, B), {}, "image", "array", "list"),
    "image of no samples": ((X[:0], W, B), {}, "image", "", "(0, 3, 4, 5)"),
    "weight of other channels": ((X, W[:, :2], B), {}, "weight", "3", "(6, 2, 2, 2)"),
    "weight of one filter": ((X, W[0], B), {}, "weight", "", "(3, 2, 2)"),
    "weight of another dtype": ((X, W.astype("float32"), B), {}, "weight", "float64", "float32"),
    "bias of another length": ((X, W, B[:3]), {}, "bias", "6", "(3,)"),
    "kernel larger than the image": ((X, np.ones((6, 3, 5, 5)), B), {}, None, "4", "5"),
    "stride of zero": ((X, W, B), {"stride": 0}, "stride", "1", "0"),
    "stride of a fraction": ((X, W, B), {"stride": 1.5}, "stride", "whole number", "1.5"),
    "stride of True": ((X, W, B), {"stride": True}, "stride", "whole number", "True"),
    "three strides": ((X, W, B), {"stride": (1, 1, 1)}, "stride", "pair", "(1, 1, 1)"),
    "padding below zero": ((X, W, B), {"padding": -1}, "padding", "0", "-1"),
    "padding as a word": ((X, W, B), {"padding": "same"}, "padding", "(kernel_size - 1) // 2", "'same'"),
    "stride as a word": ((X, W, B), {"stride": "two"}, "stride", "a pair of them", "'two'"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input_is_refused(implementation, case):
    arguments, options, *message = BAD[case]
    assert_refused(lambda: implementation.conv2d(*arguments, **options), *message)
    d_out = np.ones((2, 6, 3, 4))
    assert_refused(lambda: implementation.conv2d_backward(d_out, *arguments, **options), *message)


def test_a_bad_shape_of_the_image_is_refused(implementation):
    assert_refused(
        lambda: implementation.col2im(np.ones((1, 4, 1)), (1, 2, 2), 2), "image_shape", "(N, C, H, W)", "(1, 2, 2)"
    )


@pytest.mark.parametrize("shape", [(2, 6, 3, 5), (1, 6, 3, 4), (2, 5, 3, 4), (6, 3, 4)])
def test_bad_gradient_is_refused(implementation, shape):
    assert_refused(lambda: implementation.conv2d_backward(np.ones(shape), X, W, B), "d_out", "", str(shape))
