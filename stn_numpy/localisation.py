"""The localisation network: from an image to the parameters of its transformation."""

import numpy as np

from .check import check_choice, check_pair, check_whole
from .layer import AvgPool2d, Conv2d, Flatten, Layer, Linear, MaxPool2d, ReLU, Sequential

KINDS = ("cnn", "fcn")


class LocalisationNetwork(Layer):
    """Predict from an image the parameters of its transformation.

    Its last layer starts with zero weights and the identity as bias, so that before training every image passes
    unchanged and every gradient is that of an undistorted picture.

    Parameters
    ----------
    image_shape : (C, H, W) ints
        Of its input images; any number of channels, any size.
    identity : sequence of P floats
        The parameters that do nothing, such as ``TRANSFORMS["affine"].identity``; P is the number of outputs.
    kind : {"cnn", "fcn"}
        Convolutional, or fully connected throughout.
    channels : sequence of int or None
        Of "cnn" alone: one convolution, ReLU and max-pool by 2 for each entry, as many as you like; None for (8, 10).
    kernel_size : int or None
        Of "cnn" alone: odd, in pixels; the convolutions keep the image's size. None for 5.
    hidden : sequence of int
        Widths of the fully connected layers before the last one.
    downsample : int
        Average-pool the image by this factor first: a small picture shows well enough where to look.
    rng : numpy Generator, int or None
    dtype : float32 or float64

    Notes
    -----
    Forward: (N, C, H, W) to (N, P). Source: Jaderberg et al. 2015, section 3.1.
    """

    def __init__(
        self,
        image_shape,
        identity,
        kind="cnn",
        channels=None,
        kernel_size=None,
        hidden=(32,),
        downsample=1,
        rng=None,
        dtype=np.float32,
    ):
        check_choice("kind", kind, KINDS)
        image_shape = check_image_shape(image_shape)
        channels = check_widths("channels", only_for_cnn(kind, "channels", channels, (8, 10)))
        kernel_size = only_for_cnn(kind, "kernel_size", kernel_size, 5)
        if check_whole("kernel_size", kernel_size, 1) % 2 == 0:
            raise ValueError(f"kernel_size: expected an odd number, got {kernel_size}")
        if check_whole("downsample", downsample, 1) > min(image_shape[1:]):
            raise ValueError(
                f"downsample: expected at most {min(image_shape[1:])}, the image's shorter side, got {downsample}"
            )
        hidden, identity, dtype = check_widths("hidden", hidden), check_identity(identity), check_dtype(dtype)
        rng = np.random.default_rng(rng)
        layers = [AvgPool2d(downsample)] if downsample > 1 else []
        if kind == "cnn":
            layers += _convolutions(image_shape, channels, kernel_size, downsample, rng, dtype)
        layers.append(Flatten())
        width = output_shape(layers, image_shape, dtype)[0]
        for out_width in hidden:
            layers += [Linear(width, out_width, rng, dtype), ReLU()]
            width = out_width
        self.features = Sequential(*layers)
        self.final = Linear(width, len(identity), rng, dtype)
        self.final.weight.data[:] = 0
        self.final.bias.data[:] = identity

    def forward(self, image):
        return self.final(self.features(image))

    def backward(self, d_parameters):
        return self.features.backward(self.final.backward(d_parameters))


def _convolutions(image_shape, channels, kernel_size, downsample, rng, dtype):
    """Convolution, ReLU and pooling for each entry of channels; images one pixel thin are not pooled further."""
    layers, previous, smallest = [], image_shape[0], min(image_shape[1:]) // downsample
    for width in channels:
        layers += [Conv2d(previous, width, kernel_size, padding=kernel_size // 2, rng=rng, dtype=dtype), ReLU()]
        previous = width
        if smallest >= 2:
            layers.append(MaxPool2d(2))
            smallest //= 2
    return layers


def only_for_cnn(kind, name, value, default):
    """An option of convolutions: None gives the default, and another kind of network accepts only None."""
    if kind != "cnn" and value is not None:
        raise ValueError(f"{name}: expected None, as kind={kind!r} has no convolutions, got {value!r}")
    return default if value is None else value


def check_image_shape(image_shape):
    """Check (C, H, W); return it as ints."""
    if not isinstance(image_shape, (tuple, list)) or len(image_shape) != 3:
        raise ValueError(f"image_shape: expected (C, H, W), got {image_shape!r}")
    channels = check_whole("image_shape", image_shape[0], 1)
    return (channels, *check_pair("image_shape", tuple(image_shape[1:]), 1))


def check_widths(name, widths):
    """Check a sequence of widths; return it as a tuple of ints."""
    if not np.iterable(widths):
        raise TypeError(f"{name}: expected a sequence of whole numbers, got {widths!r}")
    return tuple(check_whole(name, width, 1) for width in widths)


def check_dtype(dtype):
    """Check that a dtype is float32 or float64; return it."""
    if np.dtype(dtype) not in (np.float32, np.float64):
        raise TypeError(f"dtype: expected float32 or float64, got {np.dtype(dtype)}")
    return np.dtype(dtype)


def check_identity(identity):
    """Check the parameters that do nothing; return them as an array."""
    numbers = np.array(identity)
    if numbers.dtype.kind not in "if" or numbers.ndim != 1 or not numbers.size:
        raise ValueError(f"identity: expected a sequence of numbers, one for each output, got {identity!r}")
    return numbers


def output_shape(layers, image_shape, dtype=np.float32) -> tuple:
    """The shape of one image after some layers, found by passing a black one through them."""
    return Sequential(*layers)(np.zeros((1, *image_shape), dtype)).shape[1:]
