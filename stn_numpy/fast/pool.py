"""Pooling, compiled: the same as stn_numpy/pool.py."""

import numpy as np
from numba import prange

from .._check import check_arrays, check_pair
from .._windows import output_length
from ._compile import helper, kernel, ready
from .lanes import LANES


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
    return max_pool2d_lanes(ready(image), 1, kernel_size, stride)[0]


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
    where = max_pool2d_lanes(ready(image), 1, kernel_size, stride)[1]
    return max_pool2d_lanes_backward(ready(d_out), where, image.shape, 1, kernel_size, stride)


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
    """`max_pool2d` for images in lanes; with `relu`, ReLU before or after it, which is the same, in one go.

    Returns
    -------
    out : (groups, C, h, w * lanes) array
    where : array of ints of that shape
        How far the largest pixel stands from the first of its window; -1 where no gradient passes.
    """
    kernel_size, stride, out = _prepare(image, lanes, kernel_size, stride)
    where = np.empty(out.shape, np.int32)
    _max_pool(image, lanes, kernel_size, stride, relu, out, where)
    return out, where


def max_pool2d_lanes_backward(d_out, where, image_shape, lanes, kernel_size, stride=None):
    """`max_pool2d_backward` for images in lanes, from what the forward found."""
    _, stride, _ = _geometry((image_shape[2], image_shape[3] // lanes), kernel_size, stride)
    d_image = np.empty(image_shape, d_out.dtype)
    _max_pool_backward(d_out, where, lanes, stride, d_image)
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
def _max_pool(image, lanes, kernel_size, stride, relu, out, where):
    """Threads over the batch, and over its channels."""
    channels = image.shape[1]
    for plane in prange(len(image) * channels):
        n, c = plane // channels, plane % channels
        _max_pool_plane(image[n, c], lanes, kernel_size, stride, relu, out[n, c], where[n, c])


@kernel(parallel=True)
def _max_pool_backward(d_out, where, lanes, stride, d_image):
    """Threads over the batch, and over its channels: no two of them write one pixel."""
    channels = d_image.shape[1]
    for plane in prange(len(d_image) * channels):
        n, c = plane // channels, plane % channels
        _max_pool_backward_plane(d_out[n, c], where[n, c], lanes, stride, d_image[n, c])


@helper
def _max_pool_plane(image, lanes, kernel_size, stride, relu, out, where):
    """Images in lanes, or the rows of a plain image: windows of 2 x 2 get loops that fill the machine's width."""
    usual = kernel_size[0] == kernel_size[1] == stride[1] == 2
    least, nowhere = image.dtype.type(0 if relu else -np.inf), np.int32(-1 if relu else 0)
    for i in range(len(out)):
        rows = image[i * stride[0]:i * stride[0] + kernel_size[0]]
        if usual and lanes == LANES:
            _two_by_two_in_lanes(rows[0], rows[1], least, nowhere, out[i], where[i])
        elif usual and lanes == 1:
            _two_by_two(rows[0], rows[1], least, nowhere, out[i], where[i])
        else:
            _any_window(rows, lanes, kernel_size[1], stride[1], least, nowhere, out[i], where[i])


@helper
def _two_by_two(upper, lower, least, nowhere, out, where):
    down = np.int32(len(upper))
    for j in range(len(out)):
        best, found = _keep(upper[2 * j], np.int32(0), least, nowhere)
        best, found = _keep(upper[2 * j + 1], np.int32(1), best, found)
        best, found = _keep(lower[2 * j], down, best, found)
        out[j], where[j] = _keep(lower[2 * j + 1], down + np.int32(1), best, found)


@helper
def _two_by_two_in_lanes(upper, lower, least, nowhere, out, where):
    """Images in lanes: the inner loop has a length that the compiler knows."""
    right, down = np.int32(LANES), np.int32(len(upper))
    for j in range(len(out) // LANES):
        for lane in range(LANES):
            k = 2 * j * LANES + lane
            best, found = _keep(upper[k], np.int32(0), least, nowhere)
            best, found = _keep(upper[k + LANES], right, best, found)
            best, found = _keep(lower[k], down, best, found)
            out[j * LANES + lane], where[j * LANES + lane] = _keep(lower[k + LANES], down + right, best, found)


@helper
def _any_window(rows, lanes, kernel_width, stride, least, nowhere, out, where):
    for k in range(len(out)):
        best, found, first = least, nowhere, (k // lanes) * stride * lanes + k % lanes
        for row in range(len(rows)):
            for column in range(kernel_width):
                at = np.int32(row * rows.shape[1] + column * lanes)
                best, found = _keep(rows[row, first + column * lanes], at, best, found)
        out[k], where[k] = best, found


@helper
def _keep(pixel, at, best, found):
    """The larger of a pixel and the best before it, the first of equals; and where it stands.

    A NaN takes any number's place, nothing takes its place, and no gradient passes it.
    """
    undefined, larger = pixel != pixel, pixel > best
    return pixel if larger | undefined else best, np.int32(-1) if undefined else (at if larger else found)


@helper
def _max_pool_backward_plane(d_out, where, lanes, stride, d_image):
    d_pixels, width = d_image.ravel(), d_image.shape[1]
    d_pixels[:] = 0
    for i in range(len(d_out)):
        for j in range(d_out.shape[1] // lanes):
            start = i * stride[0] * width + j * stride[1] * lanes
            for lane in range(lanes):
                found = where[i, j * lanes + lane]
                d_pixels[np.uint64(start + lane + max(found, 0))] += d_out[i, j * lanes + lane] if found >= 0 else 0


@kernel(parallel=True)
def _avg_pool(image, lanes, kernel_size, stride, out):
    """Threads over the batch, and over its channels."""
    channels = image.shape[1]
    for plane in prange(len(image) * channels):
        n, c = plane // channels, plane % channels
        _avg_pool_plane(image[n, c], lanes, kernel_size, stride, out[n, c])


@kernel(parallel=True)
def _avg_pool_backward(d_out, lanes, kernel_size, stride, d_image):
    """Threads over the batch, and over its channels: no two of them write one pixel."""
    channels = d_image.shape[1]
    for plane in prange(len(d_image) * channels):
        n, c = plane // channels, plane % channels
        _avg_pool_backward_plane(d_out[n, c], lanes, kernel_size, stride, d_image[n, c])


@helper
def _avg_pool_plane(image, lanes, kernel_size, stride, out):
    """Images in lanes: the inner loop runs over them."""
    out[:] = 0
    for i in range(len(out)):
        for row in range(i * stride[0], i * stride[0] + kernel_size[0]):
            for j in range(out.shape[1] // lanes):
                for column in range(j * stride[1], j * stride[1] + kernel_size[1]):
                    for lane in range(lanes):
                        out[i, j * lanes + lane] += image[row, column * lanes + lane]
    out /= image.dtype.type(kernel_size[0] * kernel_size[1])


@helper
def _avg_pool_backward_plane(d_out, lanes, kernel_size, stride, d_image):
    """Images in lanes: the inner loop runs over them."""
    d_image[:] = 0
    share = d_out / d_image.dtype.type(kernel_size[0] * kernel_size[1])
    for i in range(len(d_out)):
        for row in range(i * stride[0], i * stride[0] + kernel_size[0]):
            for j in range(d_out.shape[1] // lanes):
                for column in range(j * stride[1], j * stride[1] + kernel_size[1]):
                    for lane in range(lanes):
                        d_image[row, column * lanes + lane] += share[i, j * lanes + lane]
