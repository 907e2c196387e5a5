"""The localisation network in torch: from an image to the parameters of its transformation."""

import numpy as np
import torch
from torch import nn

from ..check import check_choice, check_whole
from ..localisation import KINDS, check_identity, check_image_shape, check_widths
from .layer import check_dtype, conv2d, linear, output_shape


class LocalisationNetwork(nn.Module):
    """Look at an image and say how to transform it; twin of `stn_numpy.LocalisationNetwork`.

    Parameters
    ----------
    image_shape, identity, kind, channels, kernel_size, hidden, downsample
        As in `stn_numpy.LocalisationNetwork`.
    rng : numpy Generator, int or None
        A seed gives the very weights that it gives there.
    dtype : torch.float32 or torch.float64

    Raises
    ------
    TypeError, ValueError
        If an argument does not fit; the message says what was expected and what came.

    Notes
    -----
    Forward: (N, C, H, W) to (N, P).
    """

    def __init__(self, image_shape, identity, kind="cnn", channels=(8, 10), kernel_size=5, hidden=(32,), downsample=1,
                 rng=None, dtype=torch.float32):
        super().__init__()
        check_choice("kind", kind, KINDS)
        image_shape, identity = check_image_shape(image_shape), check_identity(identity)
        if check_whole("kernel_size", kernel_size, 1) % 2 == 0:
            raise ValueError(f"kernel_size: expected an odd number, got {kernel_size}")
        if check_whole("downsample", downsample, 1) > min(image_shape[1:]):
            raise ValueError(f"downsample: expected at most {min(image_shape[1:])}, the image's shorter side, "
                             f"got {downsample}")
        channels, hidden = check_widths("channels", channels), check_widths("hidden", hidden)
        rng, dtype = np.random.default_rng(rng), check_dtype(dtype)
        layers = [nn.AvgPool2d(downsample)] if downsample > 1 else []
        if kind == "cnn":
            layers += _convolutions(image_shape, channels, kernel_size, downsample, rng, dtype)
        layers.append(nn.Flatten())
        width = output_shape(layers, image_shape, dtype)[0]
        for out_width in hidden:
            layers += [linear(width, out_width, rng, dtype), nn.ReLU()]
            width = out_width
        self.features = nn.Sequential(*layers)
        self.final = identity_layer(width, identity, rng, dtype)

    @classmethod
    def of(cls, features, final):
        """A localisation network of layers that you have: any features, and a last layer that says the parameters."""
        network = cls.__new__(cls)
        nn.Module.__init__(network)
        network.features, network.final = features, final
        return network

    def forward(self, image):
        return self.final(self.features(image))


def identity_layer(width, identity, rng, dtype):
    """A last layer that starts with zero weights and the identity as bias."""
    layer = linear(width, len(identity), rng, dtype)
    with torch.no_grad():
        layer.weight.zero_()
        layer.bias.copy_(torch.tensor(identity))
    return layer


def _convolutions(image_shape, channels, kernel_size, downsample, rng, dtype):
    """Convolution, ReLU and pooling for each entry of channels; one-pixel-thin images are pooled no further."""
    layers, previous, smallest = [], image_shape[0], min(image_shape[1:]) // downsample
    for width in channels:
        layers += [conv2d(previous, width, kernel_size, kernel_size // 2, rng, dtype), nn.ReLU()]
        previous = width
        if smallest >= 2:
            layers.append(nn.MaxPool2d(2))
            smallest //= 2
    return layers
