"""Shared data and comparisons for the tests of the operations."""

import re

import numpy as np
import pytest
import torch
from hypothesis import strategies as st
from tolerances import assert_agrees

IDENTITY = [[1, 0, 0], [0, 1, 0]]

seeds = st.integers(0, 2**32 - 1)
counts = st.integers(1, 3)  # batch and channels
lengths = st.one_of(st.just(1), st.integers(2, 7))  # heights and widths: one pixel is a case of its own


def normal(seed, shape, dtype="float64"):
    """Standard normal numbers, the same for the same seed in both float types."""
    return np.random.default_rng(seed).standard_normal(shape).astype(dtype)


def away_from_zero(seed, shape, dtype="float64", gap=0.1):
    """Normal numbers no closer to zero than `gap`."""
    numbers = normal(seed, shape)
    return (numbers + np.copysign(gap, numbers)).astype(dtype)


def distinct(seed, shape, dtype="float64"):
    """Numbers that differ clearly from one another, so that the largest of a window is always certain."""
    return (np.random.default_rng(seed).permutation(np.prod(shape)).reshape(shape) * 0.1 - 1).astype(dtype)


def normalise(pixels, length, align_corners):
    """Pixel coordinates (0 is the centre of the first pixel) as normalised ones, straight from the definition."""
    if align_corners:
        return 2 * pixels / max(length - 1, 1) - 1
    return (2 * pixels + 1) / length - 1


def grid_from_pixels(x, y, image, align_corners):
    """A sampling grid (1, 1, K, 2) at K points given in pixels of `image`."""
    height, width = image.shape[2:]
    x, y = np.broadcast_arrays(np.asarray(x, "float64"), np.asarray(y, "float64"))
    points = np.stack([normalise(x, width, align_corners), normalise(y, height, align_corners)], axis=-1)
    return points.reshape(1, 1, -1, 2).astype(image.dtype)


def output_points(size, align_corners):
    """The points (x, y) of an output (N, C, h, w), one a row; a single pixel sits in the middle."""
    height, width = size[2:]
    x, y = (
        normalise(np.arange(float(length)), length, align_corners) if length > 1 else np.zeros(1)
        for length in (width, height)
    )
    return np.stack(np.meshgrid(x, y, indexing="xy"), axis=-1).reshape(-1, 2)


def smooth_grid(seed, image, size, align_corners):
    """A random grid (N, h, w, 2), inside and outside `image`, away from every kink of every mode and padding.

    The kinks of sampling lie at whole pixels (bilinear, the limits of border) and at half pixels (nearest, the limits
    of reflection), so each coordinate is a whole number plus a fraction at least a tenth of a pixel from both.
    """
    rng = np.random.default_rng(seed)
    lengths_xy = (image.shape[3], image.shape[2])
    coordinates = []
    for length in lengths_xy:
        whole = rng.integers(-length - 2, 2 * length + 2, size=size)
        fraction = rng.uniform(0.1, 0.4, size=size) + 0.5 * rng.integers(0, 2, size=size)
        coordinates.append(normalise(whole + fraction, length, align_corners))
    return np.stack(coordinates, axis=-1).astype(image.dtype)


def thetas(rows, count=1, dtype="float64"):
    """`count` copies of one 2 x 3 matrix: (count, 2, 3)."""
    return np.tile(np.asarray(rows, dtype), (count, 1, 1))


def leaning(seed, count, dtype="float64"):
    """Homographies with the whole image in front of the horizon: a denominator of 1 +- 0.6 at most, times a scale."""
    rng = np.random.default_rng(seed)
    theta = rng.standard_normal((count, 3, 3))
    theta[:, 2] = [0, 0, 1] + rng.uniform(-0.3, 0.3, (count, 3)) * [1, 1, 0]
    return (theta * rng.choice([-2, 0.5, 1, 3], (count, 1, 1))).astype(dtype)


def as_tuple(results):
    """The gradients of a backward function as a tuple, whether it returns one or several."""
    return results if isinstance(results, tuple) else (results,)


def assert_same_as_torch(forward, backward, reference, arrays, unit=1.0):
    """Compare a forward and a backward with torch's, under a random upstream gradient."""
    tensors = [torch.tensor(array, requires_grad=True) for array in arrays]
    expected = reference(*tensors)
    d_out = normal(7, tuple(expected.shape), arrays[0].dtype)
    expected.backward(torch.tensor(d_out))
    assert_agrees(forward(*arrays), expected.detach().numpy())
    gradients = as_tuple(backward(d_out, *arrays))
    assert len(gradients) == len(tensors)
    for gradient, tensor in zip(gradients, tensors, strict=True):
        assert_agrees(gradient, tensor.grad.numpy(), unit)


def assert_refused(call, argument, expected, given):
    """Assert that `call` raises an error that names the argument, the expected value and the given one.

    None for the argument allows either of two arguments that do not fit together.
    """
    with pytest.raises((ValueError, TypeError)) as caught:
        call()
    message = str(caught.value)
    parts = re.fullmatch(r"(\w+): expected (.*), got (.*)", message, flags=re.DOTALL)
    assert parts, f"not of the form 'argument: expected ..., got ...': {message}"
    assert argument in (parts[1], None), f"names {parts[1]}, not {argument}: {message}"
    assert expected in parts[2], f"does not say that {expected} was expected: {message}"
    assert given in parts[3], f"does not say that {given} came: {message}"
