"""Layers: thin objects that keep their parameters and their forward's inputs, and call the pure functions."""

import numpy as np

from .check import check_whole
from .conv import conv2d, conv2d_backward
from .linear import linear, linear_backward, relu, relu_backward
from .pool import avg_pool2d, avg_pool2d_backward, max_pool2d, max_pool2d_backward


class Parameter:
    """An array that is learned, and its accumulated gradient."""

    def __init__(self, data: np.ndarray):
        self.data = data
        self.grad = np.zeros_like(data)


class Layer:
    """An object with a forward and a backward, which finds the parameters and layers among its attributes.

    Lists, tuples and dicts of them count too. A layer keeps what its last forward computed, so forward and backward
    alternate: one backward for each forward.
    """

    def __call__(self, inputs: np.ndarray) -> np.ndarray:
        return self.forward(inputs)

    def forward(self, inputs: np.ndarray) -> np.ndarray:
        """Compute the output, and remember what the backward needs."""
        raise NotImplementedError

    def backward(self, d_out: np.ndarray) -> np.ndarray:
        """Add to each parameter's ``grad``; return the gradient with respect to the inputs of the last forward."""
        raise NotImplementedError

    def named_parameters(self, prefix: str = "") -> dict[str, Parameter]:
        """All parameters by name, as torch names them: ``{"network.1.weight": Parameter, ...}``; a shared one once."""
        found = {}
        for name, part in self.members():
            parts = {name: part} if isinstance(part, Parameter) else part.named_parameters(f"{name}.")
            known = {id(parameter) for parameter in found.values()}
            found.update({prefix + path: p for path, p in parts.items() if id(p) not in known})
        return found

    def parameters(self) -> list[Parameter]:
        """All parameters as a list, for an optimizer."""
        return list(self.named_parameters().values())

    def zero_grad(self) -> None:
        """Set every gradient to zero, in place; without it they accumulate."""
        for parameter in self.parameters():
            parameter.grad[...] = 0

    def parameter_count(self) -> int:
        """The number of learned numbers."""
        return sum(parameter.data.size for parameter in self.parameters())

    def members(self):
        """The layer's own parameters and layers: pairs of a name and a Parameter or Layer."""
        return _members(vars(self))


def _members(container):
    """The parameters and layers in a dict, list or tuple, and in those within it, by their paths."""
    for name, value in container.items() if isinstance(container, dict) else enumerate(container):
        if isinstance(value, (Parameter, Layer)):
            yield str(name), value
        elif isinstance(value, (dict, list, tuple)):
            yield from ((f"{name}.{path}", part) for path, part in _members(value))


class Linear(Layer):
    """A linear layer, with torch's initialisation: uniform within one over the root of the number of inputs.

    Parameters
    ----------
    in_features, out_features : int
    rng : numpy Generator, int or None
        Source of the first weights; an int is a seed, None gives other weights each time.
    dtype : float32 or float64
    """

    def __init__(self, in_features, out_features, rng=None, dtype=np.float32):
        rng, bound = np.random.default_rng(rng), check_whole("in_features", in_features, 1) ** -0.5
        self.weight = Parameter(rng.uniform(-bound, bound, (out_features, in_features)).astype(dtype))
        self.bias = Parameter(rng.uniform(-bound, bound, out_features).astype(dtype))

    def forward(self, inputs):
        self.inputs = inputs
        return linear(inputs, self.weight.data, self.bias.data)

    def backward(self, d_out):
        d_inputs, d_weight, d_bias = linear_backward(d_out, self.inputs, self.weight.data, self.bias.data)
        self.weight.grad += d_weight
        self.bias.grad += d_bias
        return d_inputs


class Conv2d(Layer):
    """A convolution, with torch's initialisation; kernel size, stride and padding in pixels, the rest as `Linear`'s."""

    def __init__(self, in_channels, out_channels, kernel_size, stride=1, padding=0, rng=None, dtype=np.float32):
        inputs = check_whole("in_channels", in_channels, 1) * check_whole("kernel_size", kernel_size, 1) ** 2
        rng, bound = np.random.default_rng(rng), inputs**-0.5
        shape = (out_channels, in_channels, kernel_size, kernel_size)
        self.weight = Parameter(rng.uniform(-bound, bound, shape).astype(dtype))
        self.bias = Parameter(rng.uniform(-bound, bound, out_channels).astype(dtype))
        self.stride, self.padding = stride, padding

    def forward(self, image):
        self.image = image
        return conv2d(image, self.weight.data, self.bias.data, self.stride, self.padding)

    def backward(self, d_out):
        d_image, d_weight, d_bias = conv2d_backward(
            d_out, self.image, self.weight.data, self.bias.data, self.stride, self.padding
        )
        self.weight.grad += d_weight
        self.bias.grad += d_bias
        return d_image


class ReLU(Layer):
    """`relu` as a layer."""

    def forward(self, inputs):
        self.inputs = inputs
        return relu(inputs)

    def backward(self, d_out):
        return relu_backward(d_out, self.inputs)


class MaxPool2d(Layer):
    """`max_pool2d` as a layer: `kernel_size` and `stride` in pixels."""

    def __init__(self, kernel_size, stride=None):
        self.kernel_size, self.stride = kernel_size, stride

    def forward(self, image):
        self.image = image
        return max_pool2d(image, self.kernel_size, self.stride)

    def backward(self, d_out):
        return max_pool2d_backward(d_out, self.image, self.kernel_size, self.stride)


class AvgPool2d(Layer):
    """`avg_pool2d` as a layer: `kernel_size` and `stride` in pixels."""

    def __init__(self, kernel_size, stride=None):
        self.kernel_size, self.stride = kernel_size, stride

    def forward(self, image):
        self.image = image
        return avg_pool2d(image, self.kernel_size, self.stride)

    def backward(self, d_out):
        return avg_pool2d_backward(d_out, self.image, self.kernel_size, self.stride)


class Flatten(Layer):
    """(N, C, H, W) to (N, C * H * W)."""

    def forward(self, image):
        self.shape = image.shape
        return image.reshape(len(image), -1)

    def backward(self, d_out):
        return d_out.reshape(self.shape)


class Sequential(Layer):
    """Layers one after the other; an empty one passes everything through."""

    def __init__(self, *layers: Layer):
        self.layers = layers

    def forward(self, inputs):
        for layer in self.layers:
            inputs = layer(inputs)
        return inputs

    def backward(self, d_out):
        for layer in reversed(self.layers):
            d_out = layer.backward(d_out)
        return d_out

    def members(self):
        return _members(self.layers)
