"""Classifiers of rising strength, with or without a transformer in front."""

import numpy as np

from .check import check_choice, check_whole
from .layer import Conv2d, Flatten, Layer, Linear, MaxPool2d, ReLU, Sequential
from .localisation import check_dtype, check_image_shape, check_widths, output_shape

KINDS = ("linear", "fcn", "cnn")


class Classifier(Layer):
    """Say which class an image shows.

    Parameters
    ----------
    image_shape : (C, H, W) ints
        Of the images that come in.
    kind : {"linear", "fcn", "cnn"}
        Linear layers alone; linear layers with ReLU between them; or convolutions, each with ReLU and max-pool by 2,
        and one linear layer behind them.
    classes : int
    transformer : SpatialTransformer or None
        Stands in front of the network and is trained with it.
    hidden : sequence of int
        Widths between first and last layer, for "fcn" and "linear". A linear classifier gains nothing by them but
        parameters: the product of its matrices is one matrix.
    channels, kernel_sizes : sequences of int
        Filters and their size in pixels, for each convolution of "cnn"; no padding.
    rng : numpy Generator, int or None
    dtype : float32 or float64
    backend : {"numpy", "numba"}
        Who computes the network; the transformer has a backend of its own.

    Raises
    ------
    TypeError, ValueError
        If an argument does not fit; the message says what was expected and what came.

    Notes
    -----
    Forward: (N, C, H, W) to (N, classes) logits. ``network`` and ``transformer`` can be given learning rates of their
    own: ``Adam([{"params": model.network.parameters()}, {"params": model.transformer.parameters(), "lr": 1e-4}])``.
    """

    def __init__(self, image_shape, kind="cnn", classes=10, transformer=None, hidden=(), channels=(16, 32),
                 kernel_sizes=(9, 7), rng=None, dtype=np.float32, backend="numpy"):
        check_choice("kind", kind, KINDS)
        channels_in, *size = check_image_shape(image_shape)
        check_whole("classes", classes, 1)
        hidden, channels, kernel_sizes = map(check_widths, ("hidden", "channels", "kernel_sizes"),
                                             (hidden, channels, kernel_sizes))
        dtype = check_dtype(dtype)
        if transformer is not None and transformer.size is not None:
            size = transformer.size
        rng = np.random.default_rng(rng)
        layers = _convolutions(channels_in, channels, kernel_sizes, rng, dtype, backend) if kind == "cnn" else []
        layers.append(Flatten())
        width = output_shape(layers, (channels_in, *size), dtype)[0]
        for out_width in hidden if kind != "cnn" else ():
            layers.append(Linear(width, out_width, rng, dtype, backend))
            layers += [ReLU(backend)] if kind == "fcn" else []
            width = out_width
        self.transformer = transformer
        self.network = Sequential(*layers, Linear(width, classes, rng, dtype, backend), backend=backend)

    def forward(self, image):
        return self.network(image if self.transformer is None else self.transformer(image))

    def backward(self, d_logits):
        d_image = self.network.backward(d_logits)
        return d_image if self.transformer is None else self.transformer.backward(d_image)


def _convolutions(channels_in, channels, kernel_sizes, rng, dtype, backend):
    if len(channels) != len(kernel_sizes):
        raise ValueError(f"kernel_sizes: expected one for each of channels={channels}, got {kernel_sizes}")
    layers = []
    for width, kernel_size in zip(channels, kernel_sizes):
        layers += [Conv2d(channels_in, width, kernel_size, rng=rng, dtype=dtype, backend=backend), ReLU(backend),
                   MaxPool2d(2, backend=backend)]
        channels_in = width
    return layers
