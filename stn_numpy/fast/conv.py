"""Convolution, compiled: forward and backward of stn_numpy.conv."""

import numpy as np
from numba import prange

from .._check import check_arrays, check_pair
from .._windows import output_length
from ._compile import helper, kernel
from .lanes import lanes_for, pack, unpack

SUMS = {"fastmath": {"contract", "reassoc", "nsz"}}  # sums may be taken in another order; NaN and infinity stay


def conv2d(image, weight, bias, stride=1, padding=0):
    """Slide a bank of small filters over an image: as `stn_numpy.conv.conv2d`."""
    check_arrays(image=(image, "N C H W"), weight=(weight, "O C kh kw"), bias=(bias, "O"))
    lanes = lanes_for(len(image))
    out = conv2d_lanes(pack(image, lanes), lanes, weight, bias, stride, padding)
    return unpack(out, lanes, len(image))


def conv2d_backward(d_out, image, weight, bias, stride=1, padding=0):
    """Gradients of `conv2d` for image, weight and bias: as `stn_numpy.conv.conv2d_backward`."""
    check_arrays(image=(image, "N C H W"), weight=(weight, "O C kh kw"), bias=(bias, "O"))
    height, width = _geometry(image.shape[2:], weight.shape[2:], stride, padding)[2]
    check_arrays(image=(image, "N C H W"), weight=(weight, "O C kh kw"), d_out=(d_out, f"N O {height} {width}"))
    lanes = lanes_for(len(image))
    d_image, d_weight, d_bias = conv2d_lanes_backward(pack(d_out, lanes), pack(image, lanes), lanes, weight, stride,
                                                      padding)
    return unpack(d_image, lanes, len(image)), d_weight, d_bias


def conv2d_lanes(image, lanes, weight, bias, stride=1, padding=0):
    """`conv2d` of images in lanes: (groups, C, H, W * lanes) to (groups, O, h, w * lanes)."""
    size = image.shape[2], image.shape[3] // lanes
    stride, padding, (height, width) = _geometry(size, weight.shape[2:], stride, padding)
    out = np.empty((len(image), len(weight), height, width * lanes), image.dtype)
    flat = np.ascontiguousarray(weight.reshape(len(weight), -1))
    _correlate(image, flat, np.ascontiguousarray(bias), *_windows(size, weight.shape, stride, padding, lanes),
               stride[0], lanes, out)
    return out


def conv2d_lanes_backward(d_out, image, lanes, weight, stride=1, padding=0):
    """`conv2d_backward` of images in lanes; the gradient for the image is in lanes too."""
    size = image.shape[2], image.shape[3] // lanes
    stride, padding, _ = _geometry(size, weight.shape[2:], stride, padding)
    partial = np.empty((len(image), len(weight), weight[0].size + 1), image.dtype)
    _weigh_pairs(d_out, image, *_windows(size, weight.shape, stride, padding, lanes), stride[0], lanes, partial)
    total = partial.sum(axis=0)
    return (_d_image(d_out, lanes, weight, stride, padding, size), total[:, :-1].reshape(weight.shape),
            total[:, -1].copy())


def _d_image(d_out, lanes, weight, stride, padding, size):
    """The transpose of a convolution is a convolution of the gradients, spread out, with the kernel turned around."""
    turned = np.ascontiguousarray(weight[:, :, ::-1, ::-1].swapaxes(0, 1))
    kernel_size = weight.shape[2:]
    around = [k - 1 - p for k, p in zip(kernel_size, padding)]
    place = _place(d_out.shape[2:], lanes, around, stride, [n + k - 1 for n, k in zip(size, kernel_size)], 1)
    d_image = np.empty((len(d_out), weight.shape[1], size[0], size[1] * lanes), d_out.dtype)
    _correlate(d_out, turned.reshape(len(turned), -1), np.zeros(len(turned), d_out.dtype), *place,
               _taps(turned.shape, *place[2:], 1, lanes), 1, lanes, d_image)
    return d_image
