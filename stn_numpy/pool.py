"""Max-pooling and average-pooling, forward and backward. A window with a NaN gives NaN, as in torch."""

import numpy as np

from .check import check_arrays, check_gradient, check_pair
from .windows import output_length, window_views


def max_pool2d(image: np.ndarray, kernel_size: int | tuple, stride: int | tuple | None = None) -> np.ndarray:
    """Keep the largest value of every window; a NaN counts as larger than any number.

    Parameters
    ----------
    image : (N, C, H, W) array of float32 or float64
    kernel_size, stride : int or (int, int)
        In pixels; stride is kernel_size if left out. Pixels at the right or below that fill no window are dropped.

    Returns
    -------
    (N, C, h, w) array
    """
    kernel, stride, out_shape = _geometry(image, kernel_size, stride)
    out = np.full(image.shape[:2] + out_shape, -np.inf, image.dtype)
    for _, _, view in window_views(image, kernel, stride, out_shape):
        np.maximum(out, view, out=out)
    return out


def max_pool2d_backward(
    d_out: np.ndarray, image: np.ndarray, kernel_size: int | tuple, stride: int | tuple | None = None
) -> np.ndarray:
    """Gradient of `max_pool2d`: d_out (N, C, h, w) to d_image (N, C, H, W).

    It goes to the largest pixel of the window, to the first where several tie; in a window with NaNs to the last of
    them, as in torch.
    """
    kernel, stride, out_shape = _geometry(image, kernel_size, stride)
    check_gradient("d_out", d_out, image.shape[:2] + out_shape, image.dtype)
    records, largest = [], np.full(d_out.shape, -np.inf, image.dtype)
    for _, _, view in window_views(image, kernel, stride, out_shape):
        records.append((view > largest) | np.isnan(view))
        np.maximum(largest, view, out=largest)
    records[0][...] = True  # where all are -inf
    waiting = np.ones(d_out.shape, bool)
    for record in reversed(records):  # a window's last record is its largest pixel
        record &= waiting
        waiting &= ~record
    d_image = np.zeros(image.shape, image.dtype)
    for winner, (_, _, d_view) in zip(records, window_views(d_image, kernel, stride, out_shape)):
        d_view += np.where(winner, d_out, 0)
    return d_image


def avg_pool2d(image: np.ndarray, kernel_size: int | tuple, stride: int | tuple | None = None) -> np.ndarray:
    """Take the mean of every window: (N, C, H, W) to (N, C, h, w). `kernel_size` and `stride` as in `max_pool2d`."""
    kernel, stride, out_shape = _geometry(image, kernel_size, stride)
    out = np.zeros(image.shape[:2] + out_shape, image.dtype)
    for _, _, view in window_views(image, kernel, stride, out_shape):
        out += view
    return out / image.dtype.type(kernel[0] * kernel[1])


def avg_pool2d_backward(
    d_out: np.ndarray, image: np.ndarray, kernel_size: int | tuple, stride: int | tuple | None = None
) -> np.ndarray:
    """Gradient of `avg_pool2d`: d_out (N, C, h, w) to d_image (N, C, H, W). A window's pixels receive equal shares."""
    kernel, stride, out_shape = _geometry(image, kernel_size, stride)
    check_gradient("d_out", d_out, image.shape[:2] + out_shape, image.dtype)
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
