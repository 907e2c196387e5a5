"""Max-pooling and average-pooling, forward and backward."""

import numpy as np

from .check import check_arrays, check_pair
from .windows import output_length, window_views


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
    kernel, stride, out_shape = _geometry(image, kernel_size, stride)
    out = np.full(image.shape[:2] + out_shape, -np.inf, image.dtype)
    for _, _, view in window_views(image, kernel, stride, out_shape):
        np.maximum(out, view, out=out)
    return out


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
    out = max_pool2d(image, kernel_size, stride)
    kernel, stride, out_shape = _geometry(image, kernel_size, stride)
    check_arrays(image=(image, "N C H W"), d_out=(d_out, f"N C {out_shape[0]} {out_shape[1]}"))
    d_image = np.zeros(image.shape, image.dtype)
    waiting = np.ones(out.shape, bool)
    views = zip(window_views(image, kernel, stride, out_shape), window_views(d_image, kernel, stride, out_shape))
    for (_, _, view), (_, _, d_view) in views:
        winner = waiting & (view == out)
        d_view += np.where(winner, d_out, 0)
        waiting &= ~winner
    return d_image


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
    kernel, stride, out_shape = _geometry(image, kernel_size, stride)
    out = np.zeros(image.shape[:2] + out_shape, image.dtype)
    for _, _, view in window_views(image, kernel, stride, out_shape):
        out += view
    return out / image.dtype.type(kernel[0] * kernel[1])


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
    kernel, stride, out_shape = _geometry(image, kernel_size, stride)
    check_arrays(image=(image, "N C H W"), d_out=(d_out, f"N C {out_shape[0]} {out_shape[1]}"))
    d_image = np.zeros(image.shape, image.dtype)
    share = d_out / image.dtype.type(kernel[0] * kernel[1])
    for _, _, view in window_views(d_image, kernel, stride, out_shape):
        view += share
    return d_image


def _geometry(image, kernel_size, stride):
    """Check the arguments; return kernel and stride as pairs, and the height and width of the output."""
    check_arrays(image=(image, "N C H W"))
    kernel = check_pair("kernel_size", kernel_size, 1)
    stride = kernel if stride is None else check_pair("stride", stride, 1)
    return kernel, stride, tuple(output_length("kernel_size", *axis) for axis in zip(image.shape[2:], kernel, stride))
