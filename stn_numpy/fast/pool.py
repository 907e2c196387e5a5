"""Pooling, compiled: the same as stn_numpy/pool.py."""

import numpy as np
from numba import prange

from .._check import check_arrays, check_pair
from .._windows import output_length
from ._compile import helper, kernel, ready


def max_pool2d(image, kernel_size, stride=None):
    """Keep the largest value of every window.

    Parameters
    ----------
    image : (N, C, H, W) array of float32 or float64
    kernel_size, stride : int or (int, int)
        In pixels; stride is kernel_size if left out. A rest at the right or below that fills no window is dropped.

    Returns
    -------
    (N, C, h, w) array

    Raises
    ------
    TypeError, ValueError
        If an argument has the wrong type or shape; the message says what was expected and what came.
    """
    check_arrays(image=(image, "N C H W"))
    return max_pool2d_lanes(ready(image), 1, kernel_size, stride)


def max_pool2d_backward(d_out, image, kernel_size, stride=None):
    """Gradient of `max_pool2d`: it goes to the largest pixel of the window, to the first one where several tie.

    Parameters
    ----------
    d_out : (N, C, h, w) array
        Gradient of the loss for the output.
    image, kernel_size, stride
        What the forward saw.

    Returns
    -------
    (N, C, H, W) array

    Raises
    ------
    TypeError, ValueError
        If an argument has the wrong type or shape; the message says what was expected and what came.
    """
    _check_gradient(d_out, image, kernel_size, stride)
    return max_pool2d_lanes_backward(ready(d_out), ready(image), 1, kernel_size, stride)


def avg_pool2d(image, kernel_size, stride=None):
    """Take the mean of every window.

    Parameters
    ----------
    image : (N, C, H, W) array of float32 or float64
    kernel_size, stride : int or (int, int)
        As in `max_pool2d`.

    Returns
    -------
    (N, C, h, w) array

    Raises
    ------
    TypeError, ValueError
        If an argument has the wrong type or shape; the message says what was expected and what came.
    """
    check_arrays(image=(image, "N C H W"))
    return avg_pool2d_lanes(ready(image), 1, kernel_size, stride)


def avg_pool2d_backward(d_out, image, kernel_size, stride=None):
    """Gradient of `avg_pool2d`: every pixel of a window receives the same share.

    Parameters
    ----------
    d_out : (N, C, h, w) array
        Gradient of the loss for the output.
    image, kernel_size, stride
        What the forward saw.

    Returns
    -------
    (N, C, H, W) array

    Raises
    ------
    TypeError, ValueError
        If an argument has the wrong type or shape; the message says what was expected and what came.
    """
    _check_gradient(d_out, image, kernel_size, stride)
    return avg_pool2d_lanes_backward(ready(d_out), ready(image), 1, kernel_size, stride)


def max_pool2d_lanes(image, lanes, kernel_size, stride=None, relu=False):
    """`max_pool2d` for images in lanes; with `relu`, ReLU before or after it, which is the same, in one go."""
    kernel_size, stride, out = _prepare(image, lanes, kernel_size, stride)
    _max_pool(image, lanes, kernel_size, stride, 0.0 if relu else -np.inf, out)
    return out


def max_pool2d_lanes_backward(d_out, image, lanes, kernel_size, stride=None, relu=False):
    """`max_pool2d_backward` for images in lanes, with or without ReLU."""
    kernel_size, stride, _ = _prepare(image, lanes, kernel_size, stride)
    least = np.finfo(image.dtype).smallest_subnormal if relu else image.dtype.type(-np.inf)
    d_image = np.empty_like(image)
    _max_pool_backward(d_out, image, lanes, kernel_size, stride, least, d_image)
    return d_image


def avg_pool2d_lanes(image, lanes, kernel_size, stride=None):
    """`avg_pool2d` for images in lanes."""
    kernel_size, stride, out = _prepare(image, lanes, kernel_size, stride)
    _avg_pool(image, lanes, kernel_size, stride, out)
    return out


def avg_pool2d_lanes_backward(d_out, image, lanes, kernel_size, stride=None):
    """`avg_pool2d_backward` for images in lanes."""
    kernel_size, stride, _ = _prepare(image, lanes, kernel_size, stride)
    d_image = np.empty_like(image)
    _avg_pool_backward(d_out, lanes, kernel_size, stride, d_image)
    return d_image


def _geometry(size, kernel_size, stride):
    """Kernel and stride as pairs, checked, and the height and width of the output."""
    kernel_size = check_pair("kernel_size", kernel_size, 1)
    stride = kernel_size if stride is None else check_pair("stride", stride, 1)
    return kernel_size, stride, [output_length("kernel_size", *axis) for axis in zip(size, kernel_size, stride)]


def _prepare(image, lanes, kernel_size, stride):
    """Kernel and stride as pairs, and an array for the output."""
    kernel_size, stride, (height, width) = _geometry((image.shape[2], image.shape[3] // lanes), kernel_size, stride)
    return kernel_size, stride, np.empty((*image.shape[:2], height, width * lanes), image.dtype)


def _check_gradient(d_out, image, kernel_size, stride):
    check_arrays(image=(image, "N C H W"))
    height, width = _geometry(image.shape[2:], kernel_size, stride)[2]
    check_arrays(image=(image, "N C H W"), d_out=(d_out, f"N C {height} {width}"))


@kernel(parallel=True)
def _max_pool(image, lanes, kernel_size, stride, floor, out):
    """Threads over the batch, and over its channels. Images in lanes: a row of windows at once."""
    channels, height, width = out.shape[1:]
    for plane in prange(len(image) * channels):
        n, c = plane // channels, plane % channels
        where = np.empty(width, np.int32)
        for i in range(height):
            out[n, c, i] = floor
            _find_largest(image[n, c], i * stride[0], lanes, kernel_size, stride[1], out[n, c, i], where)


@kernel(parallel=True)
def _max_pool_backward(d_out, image, lanes, kernel_size, stride, least, d_image):
    """Threads over the batch, and over its channels: no two of them write one pixel."""
    channels, height, width = d_out.shape[1:]
    for plane in prange(len(image) * channels):
        n, c = plane // channels, plane % channels
        best, where = np.empty(width, image.dtype), np.empty(width, np.int32)
        d_image[n, c] = 0
        d_plane = d_image[n, c].ravel()
        for i in range(height):
            best[:] = -np.inf
            _find_largest(image[n, c], i * stride[0], lanes, kernel_size, stride[1], best, where)
            for j in range(width // lanes):
                start = i * stride[0] * image.shape[3] + j * stride[1] * lanes
                for p in range(j * lanes, (j + 1) * lanes):
                    winner = np.uint64(start + p - j * lanes + where[p])
                    d_plane[winner] += d_out[n, c, i, p] if best[p] >= least else 0


@helper
def _find_largest(plane, top, lanes, kernel_size, stride, best, where):
    """For a row of windows, the largest number where it exceeds `best`, and how far it stands from its window's start.

    Of equal ones the first stays. A NaN takes the place of any number and is replaced by nothing.
    """
    where[:] = 0
    for row in range(kernel_size[0]):
        for column in range(kernel_size[1]):
            pixels = plane[top + row, column * lanes:]
            at = np.int32(row * plane.shape[1] + column * lanes)
            if lanes == 1 and stride == 2:  # a step that the compiler knows, it can load as a whole
                for p in range(len(best)):
                    _keep_larger(pixels[2 * p], at, best, where, p)
            else:
                for j in range(len(best) // lanes):
                    for lane in range(lanes):
                        _keep_larger(pixels[j * stride * lanes + lane], at, best, where, j * lanes + lane)


@helper
def _keep_larger(pixel, at, best, where, p):
    larger = pixel > best[p] or pixel != pixel
    best[p] = pixel if larger else best[p]
    where[p] = at if larger else where[p]


@kernel(parallel=True)
def _avg_pool(image, lanes, kernel_size, stride, out):
    """Threads over the batch, and over its channels. Images in lanes: the inner loop runs over them."""
    channels, height, width = out.shape[1:]
    count = image.dtype.type(kernel_size[0] * kernel_size[1])
    for plane in prange(len(image) * channels):
        n, c = plane // channels, plane % channels
        for i in range(height):
            row_out = out[n, c, i]
            row_out[:] = 0
            for row in range(i * stride[0], i * stride[0] + kernel_size[0]):
                for j in range(width // lanes):
                    for column in range(j * stride[1], j * stride[1] + kernel_size[1]):
                        for lane in range(lanes):
                            row_out[j * lanes + lane] += image[n, c, row, column * lanes + lane]
            row_out /= count


@kernel(parallel=True)
def _avg_pool_backward(d_out, lanes, kernel_size, stride, d_image):
    """Threads over the batch, and over its channels: no two of them write one pixel."""
    channels, height, width = d_out.shape[1:]
    count = d_image.dtype.type(kernel_size[0] * kernel_size[1])
    for plane in prange(len(d_image) * channels):
        n, c = plane // channels, plane % channels
        d_image[n, c] = 0
        for i in range(height):
            share = d_out[n, c, i] / count
            for row in range(i * stride[0], i * stride[0] + kernel_size[0]):
                for j in range(width // lanes):
                    for column in range(j * stride[1], j * stride[1] + kernel_size[1]):
                        for lane in range(lanes):
                            d_image[n, c, row, column * lanes + lane] += share[j * lanes + lane]
