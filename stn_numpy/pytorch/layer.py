"""Torch's own layers, from this library's."""

import numpy as np
import torch
from torch import nn

from .. import layer as numpy_layer


def layer_from_numpy(layer: numpy_layer.Layer) -> nn.Module:
    """The torch twin of one layer, with a copy of its weights, on the CPU and in the same dtype."""
    match layer:
        case numpy_layer.Linear():
            out_features, in_features = layer.weight.data.shape
            return _filled(nn.utils.skip_init(nn.Linear, in_features, out_features), layer)
        case numpy_layer.Conv2d():
            out_channels, in_channels, *kernel_size = layer.weight.data.shape
            return _filled(
                nn.utils.skip_init(nn.Conv2d, in_channels, out_channels, kernel_size, layer.stride, layer.padding),
                layer,
            )
        case numpy_layer.AvgPool2d():
            return nn.AvgPool2d(layer.kernel_size, layer.stride)
        case numpy_layer.MaxPool2d():
            return nn.MaxPool2d(layer.kernel_size, layer.stride)
        case numpy_layer.ReLU():
            return nn.ReLU()
        case numpy_layer.Flatten():
            return nn.Flatten()
    raise TypeError(f"layer: expected one of stn_numpy's own, got {type(layer).__name__}")


def _filled(module, layer):
    """A torch layer with a copy of a NumPy layer's weights, in their dtype."""
    module.weight = nn.Parameter(torch.tensor(layer.weight.data))
    module.bias = nn.Parameter(torch.tensor(layer.bias.data))
    return module


def numpy_dtype(dtype) -> type:
    """NumPy's dtype of the same name."""
    names = {torch.float32: np.float32, torch.float64: np.float64}
    if dtype not in names:
        raise TypeError(f"dtype: expected torch.float32 or torch.float64, got {dtype}")
    return names[dtype]
