"""Torch's own layers, with first weights drawn as `stn_numpy.layer` draws them: same seed, same weights."""

import torch
from torch import nn


def linear(in_features, out_features, rng, dtype):
    """`torch.nn.Linear`, its weights drawn from a NumPy generator in the order of `stn_numpy.layer.Linear`."""
    layer = nn.utils.skip_init(nn.Linear, in_features, out_features, dtype=dtype)
    return _draw(layer, in_features ** -0.5, rng)


def conv2d(in_channels, out_channels, kernel_size, padding, rng, dtype):
    """`torch.nn.Conv2d`, its weights drawn from a NumPy generator in the order of `stn_numpy.layer.Conv2d`."""
    layer = nn.utils.skip_init(nn.Conv2d, in_channels, out_channels, kernel_size, padding=padding, dtype=dtype)
    return _draw(layer, (in_channels * kernel_size ** 2) ** -0.5, rng)


def _draw(layer, bound, rng):
    with torch.no_grad():
        for parameter in (layer.weight, layer.bias):
            parameter.copy_(torch.from_numpy(rng.uniform(-bound, bound, tuple(parameter.shape))))
    return layer


def check_dtype(dtype):
    """Check that a dtype is one of the two; return it."""
    if dtype not in (torch.float32, torch.float64):
        raise TypeError(f"dtype: expected torch.float32 or torch.float64, got {dtype}")
    return dtype


def output_shape(layers, image_shape, dtype=torch.float32):
    """What shape one image has behind some layers, found by sending a black one through."""
    with torch.no_grad():
        return tuple(nn.Sequential(*layers)(torch.zeros(1, *image_shape, dtype=dtype)).shape[1:])
