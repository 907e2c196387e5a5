"""Classifiers of increasing capacity, alone or after a transformer."""

import numpy as np

from .check import check_choice, check_whole
from .layer import Conv2d, Flatten, Layer, Linear, MaxPool2d, ReLU, Sequential
from .localisation import check_dtype, check_image_shape, check_widths, only_for_cnn, output_shape

KINDS = ("linear", "fcn", "cnn")


class Classifier(Layer):
    """Predict the class of an image.

    Parameters
    ----------
    image_shape : (C, H, W) ints
        Of the input images.
    kind : {"linear", "fcn", "cnn"}
        Linear layers alone; linear layers with ReLU between them; or convolutions, each with ReLU and max-pool by 2,
        and after them an "fcn".
    classes : int
    transformer : SpatialTransformer or None
        Transforms the images for the network, and is trained with it.
    hidden : sequence of int
        Widths of the linear layers before the last one. To a linear classifier they add only parameters, since the
        product of its matrices is one matrix.
    channels, kernel_sizes : sequences of int or None
        Of "cnn" alone: filters and their size in pixels, for each convolution; no padding. None for (16, 32), (9, 7).
    rng : numpy Generator, int or None
    dtype : float32 or float64

    Notes
    -----
    Forward: (N, C, H, W) to (N, classes) logits. ``network`` and ``transformer`` can be given learning rates of their
    own: ``Adam([{"params": model.network.parameters()}, {"params": model.transformer.parameters(), "lr": 1e-4}])``.
    """

    def __init__(
        self,
        image_shape,
        kind="cnn",
        classes=10,
        transformer=None,
        hidden=(),
        channels=None,
        kernel_sizes=None,
        rng=None,
        dtype=np.float32,
    ):
        check_choice("kind", kind, KINDS)
        channels_in, *size = check_image_shape(image_shape)
        check_whole("classes", classes, 1)
        hidden = check_widths("hidden", hidden)
        channels = check_widths("channels", only_for_cnn(kind, "channels", channels, (16, 32)))
        kernel_sizes = check_widths("kernel_sizes", only_for_cnn(kind, "kernel_sizes", kernel_sizes, (9, 7)))
        if transformer is not None and transformer.size is not None:
            size = transformer.size
        rng, dtype = np.random.default_rng(rng), check_dtype(dtype)
        layers = _convolutions(channels_in, channels, kernel_sizes, rng, dtype) if kind == "cnn" else []
        layers.append(Flatten())
        width = output_shape(layers, (channels_in, *size), dtype)[0]
        for out_width in hidden:
            layers += [Linear(width, out_width, rng, dtype)] + [ReLU()] * (kind != "linear")
            width = out_width
        self.transformer = transformer
        self.network = Sequential(*layers, Linear(width, classes, rng, dtype))

    def forward(self, image):
        return self.network(image if self.transformer is None else self.transformer(image))

    def backward(self, d_logits):
        d_image = self.network.backward(d_logits)
        return d_image if self.transformer is None else self.transformer.backward(d_image)


def _convolutions(channels_in, channels, kernel_sizes, rng, dtype):
    if len(channels) != len(kernel_sizes):
        raise ValueError(f"kernel_sizes: expected one for each of channels={channels}, got {kernel_sizes}")
    layers = []
    for width, kernel_size in zip(channels, kernel_sizes):
        layers += [Conv2d(channels_in, width, kernel_size, rng=rng, dtype=dtype), ReLU(), MaxPool2d(2)]
        channels_in = width
    return layers
