"""Classifiers in torch, with or without a transformer in front."""

import numpy as np
import torch
from torch import nn

from ..check import check_choice, check_whole
from ..localisation import check_image_shape, check_widths
from ..model import KINDS
from .layer import check_dtype, conv2d, linear, output_shape


class Classifier(nn.Module):
    """Say which class an image shows; twin of `stn_numpy.Classifier`.

    Parameters
    ----------
    image_shape, kind, classes, transformer, hidden, channels, kernel_sizes
        As in `stn_numpy.Classifier`.
    rng : numpy Generator, int or None
        A seed gives the very weights that it gives there.
    dtype : torch.float32 or torch.float64

    Raises
    ------
    TypeError, ValueError
        If an argument does not fit; the message says what was expected and what came.

    Notes
    -----
    Forward: (N, C, H, W) to (N, classes) logits.
    """

    def __init__(self, image_shape, kind="cnn", classes=10, transformer=None, hidden=(), channels=(16, 32),
                 kernel_sizes=(9, 7), rng=None, dtype=torch.float32):
        super().__init__()
        check_choice("kind", kind, KINDS)
        channels_in, *size = check_image_shape(image_shape)
        check_whole("classes", classes, 1)
        hidden, channels, kernel_sizes = map(check_widths, ("hidden", "channels", "kernel_sizes"),
                                             (hidden, channels, kernel_sizes))
        if transformer is not None and transformer.size is not None:
            size = transformer.size
        rng, dtype = np.random.default_rng(rng), check_dtype(dtype)
        layers = _convolutions(channels_in, channels, kernel_sizes, rng, dtype) if kind == "cnn" else []
        layers.append(nn.Flatten())
        width = output_shape(layers, (channels_in, *size), dtype)[0]
        for out_width in hidden if kind != "cnn" else ():
            layers.append(linear(width, out_width, rng, dtype))
            layers += [nn.ReLU()] if kind == "fcn" else []
            width = out_width
        self.transformer = transformer
        self.network = nn.Sequential(*layers, linear(width, classes, rng, dtype))

    @classmethod
    def of(cls, network, transformer=None):
        """A classifier of layers that you have: any network, and a transformer or None in front of it."""
        classifier = cls.__new__(cls)
        nn.Module.__init__(classifier)
        classifier.transformer, classifier.network = transformer, network
        return classifier

    def forward(self, image):
        return self.network(image if self.transformer is None else self.transformer(image))

    def parameter_count(self):
        """How many numbers the network learns."""
        return sum(parameter.numel() for parameter in self.parameters())


def _convolutions(channels_in, channels, kernel_sizes, rng, dtype):
    if len(channels) != len(kernel_sizes):
        raise ValueError(f"kernel_sizes: expected one for each of channels={channels}, got {kernel_sizes}")
    layers = []
    for width, kernel_size in zip(channels, kernel_sizes):
        layers += [conv2d(channels_in, width, kernel_size, 0, rng, dtype), nn.ReLU(), nn.MaxPool2d(2)]
        channels_in = width
    return layers
