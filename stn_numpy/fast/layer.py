"""The layers compiled: stn_numpy/layer.py with the operations of this package, and runs of image layers in lanes.

In lanes a layer keeps no state: the `Run` keeps what its backward needs, so that a layer may be in it twice.
"""

from .. import layer
from ..check import check_arrays
from .chain import Run, chain
from .conv import conv2d_lanes, conv2d_lanes_backward
from .linear import relu, relu_backward
from .pool import avg_pool2d_lanes, avg_pool2d_lanes_backward, max_pool2d_lanes, max_pool2d_lanes_backward


class ImageLayer(layer.Layer):
    """A layer of images, which by itself is a `Run` of one."""

    def forward(self, image):
        self.run = Run([self])
        return self.run(image)

    def backward(self, d_out):
        return self.run.backward(d_out)


class Conv2d(ImageLayer, layer.Conv2d):
    """As `stn_numpy.Conv2d`, compiled."""

    def forward_lanes(self, image, lanes):
        weight, bias = self.weight.data, self.bias.data
        check_arrays(image=(image, "N C H W"), weight=(weight, "O C kh kw"), bias=(bias, "O"))
        return conv2d_lanes(image, lanes, weight, bias, self.stride, self.padding)

    def backward_lanes(self, d_out, image, lanes):
        gradients = conv2d_lanes_backward(d_out, image, lanes, self.weight.data, self.stride, self.padding)
        d_image, d_weight, d_bias = gradients
        self.weight.grad += d_weight
        self.bias.grad += d_bias
        return d_image


class ReLU(layer.ReLU):
    """As `stn_numpy.ReLU`, compiled."""

    def forward(self, inputs):
        self.inputs = inputs
        return relu(inputs)

    def backward(self, d_out):
        return relu_backward(d_out, self.inputs)

    def forward_lanes(self, image, lanes):
        return relu(image)

    def backward_lanes(self, d_out, image, lanes):
        return relu_backward(d_out, image)


class MaxPool2d(ImageLayer, layer.MaxPool2d):
    """As `stn_numpy.MaxPool2d`, compiled; in lanes together with a `ReLU` before or after it, if there is one."""

    def forward_lanes(self, image, lanes, relu=False):
        return max_pool2d_lanes(image, lanes, self.kernel_size, self.stride, relu)

    def backward_lanes(self, d_out, image, lanes, relu=False):
        return max_pool2d_lanes_backward(d_out, image, lanes, self.kernel_size, self.stride, relu)


class AvgPool2d(ImageLayer, layer.AvgPool2d):
    """As `stn_numpy.AvgPool2d`, compiled."""

    def forward_lanes(self, image, lanes):
        return avg_pool2d_lanes(image, lanes, self.kernel_size, self.stride)

    def backward_lanes(self, d_out, image, lanes):
        return avg_pool2d_lanes_backward(d_out, image, lanes, self.kernel_size, self.stride)


class Sequential(layer.Sequential):
    """As `stn_numpy.Sequential`; image layers that follow one another keep the batch in lanes."""

    def forward(self, inputs):
        self.steps = chain(self.layers)
        for step in self.steps:
            inputs = step(inputs)
        return inputs

    def backward(self, d_out):
        for step in reversed(self.steps):
            d_out = step.backward(d_out)
        return d_out
