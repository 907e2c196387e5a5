"""Layers: thin objects that remember their parameters and what their forward saw, and call the pure functions.

Each takes ``backend="numpy"`` or ``"numba"``, which says whose functions it calls; its parameters are the same.
"""

import numpy as np

from ._backend import BACKENDS, load, operation
from .check import check_choice, check_whole


class Parameter:
    """An array that is learned, and the gradient that gathers for it."""

    def __init__(self, data):
        self.data = data
        self.grad = np.zeros_like(data)


class Layer:
    """Something with a forward and a backward; it finds the parameters and layers that are its attributes.

    A layer remembers its last forward, so forward and backward take turns: one backward for each forward.
    """

    def __call__(self, inputs):
        return self.forward(inputs)

    def forward(self, inputs):
        """Compute the output, and remember what the backward needs."""
        raise NotImplementedError

    def backward(self, d_out):
        """Add to each parameter's ``grad``; return the gradient for the inputs of the last forward."""
        raise NotImplementedError

    def named_parameters(self, prefix=""):
        """All parameters by name, as torch names them: ``{"network.1.weight": Parameter, ...}``."""
        found = {}
        for name, value in self._members():
            if isinstance(value, Parameter):
                found[prefix + name] = value
            elif isinstance(value, Layer):
                found.update(value.named_parameters(f"{prefix}{name}."))
        return found

    def parameters(self):
        """All parameters as a list, for an optimizer."""
        return list(self.named_parameters().values())

    def zero_grad(self):
        """Set every gradient to zero, in place; until then they add up."""
        for parameter in self.parameters():
            parameter.grad[...] = 0

    def parameter_count(self):
        """How many numbers the layer learns."""
        return sum(parameter.data.size for parameter in self.parameters())

    def _members(self):
        return vars(self).items()


class Linear(Layer):
    """A linear layer, with torch's initialisation: uniform within one over the root of the number of inputs.

    Parameters
    ----------
    in_features, out_features : int
    rng : numpy Generator, int or None
        Source of the first weights; an int is a seed, None draws anew each time.
    dtype : float32 or float64
    backend : {"numpy", "numba"}

    Raises
    ------
    TypeError, ValueError
        If what a unit sees is not a whole number of inputs, at least 1.
    """

    def __init__(self, in_features, out_features, rng=None, dtype=np.float32, backend="numpy"):
        self.linear, self.linear_backward = operation(backend, "linear.linear")
        rng, bound = np.random.default_rng(rng), check_whole("in_features", in_features, 1) ** -0.5
        self.weight = Parameter(rng.uniform(-bound, bound, (out_features, in_features)).astype(dtype))
        self.bias = Parameter(rng.uniform(-bound, bound, out_features).astype(dtype))

    def forward(self, inputs):
        self.inputs = inputs
        return self.linear(inputs, self.weight.data, self.bias.data)

    def backward(self, d_out):
        d_inputs, d_weight, d_bias = self.linear_backward(d_out, self.inputs, self.weight.data, self.bias.data)
        self.weight.grad += d_weight
        self.bias.grad += d_bias
        return d_inputs


class Conv2d(Layer):
    """A convolution, with torch's initialisation.

    Parameters
    ----------
    in_channels, out_channels : int
    kernel_size, stride, padding : int
        In pixels.
    rng, dtype, backend
        As in `Linear`, and so are the errors.
    """

    def __init__(self, in_channels, out_channels, kernel_size, stride=1, padding=0, rng=None, dtype=np.float32,
                 backend="numpy"):
        self.conv2d, self.conv2d_backward = operation(backend, "conv.conv2d")
        inputs = check_whole("in_channels", in_channels, 1) * check_whole("kernel_size", kernel_size, 1) ** 2
        rng, bound = np.random.default_rng(rng), inputs ** -0.5
        shape = (out_channels, in_channels, kernel_size, kernel_size)
        self.weight = Parameter(rng.uniform(-bound, bound, shape).astype(dtype))
        self.bias = Parameter(rng.uniform(-bound, bound, out_channels).astype(dtype))
        self.stride, self.padding = stride, padding

    def forward(self, image):
        self.image = image
        return self.conv2d(image, self.weight.data, self.bias.data, self.stride, self.padding)

    def backward(self, d_out):
        d_image, d_weight, d_bias = self.conv2d_backward(d_out, self.image, self.weight.data, self.bias.data,
                                                         self.stride, self.padding)
        self.weight.grad += d_weight
        self.bias.grad += d_bias
        return d_image


class ReLU(Layer):
    """`relu` as a layer."""

    def __init__(self, backend="numpy"):
        self.relu, self.relu_backward = operation(backend, "linear.relu")

    def forward(self, inputs):
        self.inputs = inputs
        return self.relu(inputs)

    def backward(self, d_out):
        return self.relu_backward(d_out, self.inputs)


class MaxPool2d(Layer):
    """`max_pool2d` as a layer: `kernel_size` and `stride` in pixels."""

    name = "pool.max_pool2d"

    def __init__(self, kernel_size, stride=None, backend="numpy"):
        self.kernel_size, self.stride = kernel_size, stride
        self.pool, self.pool_backward = operation(backend, self.name)

    def forward(self, image):
        self.image = image
        return self.pool(image, self.kernel_size, self.stride)

    def backward(self, d_out):
        return self.pool_backward(d_out, self.image, self.kernel_size, self.stride)


class AvgPool2d(MaxPool2d):
    """`avg_pool2d` as a layer: `kernel_size` and `stride` in pixels."""

    name = "pool.avg_pool2d"


class Flatten(Layer):
    """(N, C, H, W) to (N, C * H * W)."""

    def forward(self, image):
        self.shape = image.shape
        return image.reshape(len(image), -1)

    def backward(self, d_out):
        return d_out.reshape(self.shape)


class Sequential(Layer):
    """Layers one after the other; an empty one passes everything through.

    Parameters
    ----------
    *layers : Layer
    backend : {"numpy", "numba"}
        With "numba", convolutions, ReLU and pooling that follow one another keep the batch in the layout that their
        kernels like best, whatever the backend that each of them names.
    """

    def __init__(self, *layers, backend="numpy"):
        self.layers = layers
        check_choice("backend", backend, tuple(BACKENDS))
        self.steps = load(backend, "chain").chain(layers) if backend == "numba" else layers

    def forward(self, inputs):
        for step in self.steps:
            inputs = step(inputs)
        return inputs

    def backward(self, d_out):
        for step in reversed(self.steps):
            d_out = step.backward(d_out)
        return d_out

    def _members(self):
        return ((str(place), layer) for place, layer in enumerate(self.layers))
