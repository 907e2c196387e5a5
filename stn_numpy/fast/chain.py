"""Layers that follow one another, with the batch in lanes from the first of the image layers to the last."""

import numpy as np

from ..check import check_arrays
from ..layer import AvgPool2d, Conv2d, Layer, MaxPool2d, ReLU
from .conv import conv2d_lanes, conv2d_lanes_backward
from .lanes import lanes_for, pack, unpack
from .linear import relu, relu_backward
from .pool import avg_pool2d_lanes, avg_pool2d_lanes_backward, max_pool2d_lanes, max_pool2d_lanes_backward

IMAGE_LAYERS = (Conv2d, ReLU, MaxPool2d, AvgPool2d)


def chain(layers):
    """Replace each run of image layers by one `Run`; leave the others, and a ReLU among them, as they are."""
    steps, run = [], []
    for layer in (*layers, None):
        if type(layer) in IMAGE_LAYERS:
            run.append(layer)
            continue
        steps += [Run(run)] if any(type(member) is not ReLU for member in run) else run
        steps += [layer] if layer is not None else []
        run = []
    return tuple(steps)


class Run(Layer):
    """Image layers one after the other: packed into lanes once before the first, unpacked once after the last.

    Pooling alone gains less by lanes than packing costs.
    """

    def __init__(self, layers):
        self.pays = any(type(layer) is Conv2d for layer in layers)
        self.links = _link(layers)

    def forward(self, image):
        check_arrays(image=(image, "N C H W"))
        self.batch, self.lanes = len(image), lanes_for(len(image)) if self.pays else 1
        image = pack(image, self.lanes)
        for link in self.links:
            image = link.forward(image, self.lanes)
        out = unpack(image, self.lanes, self.batch)
        self.like = np.broadcast_to(out.dtype.type(0), out.shape)  # what d_out has to be like: the kernels trust it
        return out

    def backward(self, d_out):
        check_arrays(out=(self.like, "N C h w"), d_out=(d_out, "N C h w"))
        d_image = pack(d_out, self.lanes)
        for link in reversed(self.links):
            d_image = link.backward(d_image, self.lanes)
        return unpack(d_image, self.lanes, self.batch)


class _Convolution:
    def __init__(self, layer):
        self.layer = layer

    def forward(self, image, lanes):
        self.image, weight, bias = image, self.layer.weight.data, self.layer.bias.data
        check_arrays(image=(image, "N C H W"), weight=(weight, "O C kh kw"), bias=(bias, "O"))
        return conv2d_lanes(image, lanes, weight, bias, self.layer.stride, self.layer.padding)

    def backward(self, d_out, lanes):
        layer = self.layer
        d_image, d_weight, d_bias = conv2d_lanes_backward(d_out, self.image, lanes, layer.weight.data, layer.stride,
                                                          layer.padding)
        layer.weight.grad += d_weight
        layer.bias.grad += d_bias
        return d_image


class _MaxPooling:
    """Max-pooling, alone or with a ReLU before or after it: the largest of what is cut off at zero is the largest, cut
    off at zero, and the gradient goes to the same pixel."""

    def __init__(self, layer, relu=False):
        self.layer, self.relu = layer, relu

    def forward(self, image, lanes):
        self.image = image
        return max_pool2d_lanes(image, lanes, self.layer.kernel_size, self.layer.stride, self.relu)

    def backward(self, d_out, lanes):
        return max_pool2d_lanes_backward(d_out, self.image, lanes, self.layer.kernel_size, self.layer.stride,
                                         self.relu)


class _AveragePooling:
    def __init__(self, layer):
        self.layer = layer

    def forward(self, image, lanes):
        self.image = image
        return avg_pool2d_lanes(image, lanes, self.layer.kernel_size, self.layer.stride)

    def backward(self, d_out, lanes):
        return avg_pool2d_lanes_backward(d_out, self.image, lanes, self.layer.kernel_size, self.layer.stride)


class _ReLU:
    def __init__(self, layer):
        pass

    def forward(self, image, lanes):
        self.image = image
        return relu(image)

    def backward(self, d_out, lanes):
        return relu_backward(d_out, self.image)


_LINKS = {Conv2d: _Convolution, MaxPool2d: _MaxPooling, AvgPool2d: _AveragePooling, ReLU: _ReLU}


def _link(layers):
    """A link for each layer, and one for each max-pooling together with the ReLU beside it."""
    links, place = [], 0
    while place < len(layers):
        pair = layers[place:place + 2]
        if {type(layer) for layer in pair} == {ReLU, MaxPool2d}:
            links.append(_MaxPooling(*(layer for layer in pair if type(layer) is MaxPool2d), relu=True))
            place += 2
        else:
            links.append(_LINKS[type(layers[place])](layers[place]))
            place += 1
    return links
