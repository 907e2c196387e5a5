"""Convolution as one matrix product, forward and backward."""

import numpy as np

from .check import check_arrays, check_gradient, check_pair
from .windows import output_length, pad, window_views


def im2col(
    image: np.ndarray, kernel_size: int | tuple, stride: int | tuple = 1, padding: int | tuple = 0
) -> np.ndarray:
    """Write every window of a convolution as one column of a matrix.

    Parameters
    ----------
    image : (N, C, H, W) array of float32 or float64
    kernel_size, stride, padding : int or (int, int)
        In pixels; a pair is (rows, columns).

    Returns
    -------
    (N, C * kh * kw, h * w) array
        Column ``i * w + j`` is the window of output pixel (i, j), channel by channel, row by row.
    """
    check_arrays(image=(image, "N C H W"))
    kernel, stride, padding, (height, width) = _geometry(image.shape, kernel_size, stride, padding)
    padded = pad(image, padding)
    columns = np.empty(image.shape[:2] + kernel + (height, width), image.dtype)
    for row, column, view in window_views(padded, kernel, stride, (height, width)):
        columns[:, :, row, column] = view
    return columns.reshape(image.shape[0], -1, height * width)


def col2im(
    columns: np.ndarray, image_shape: tuple, kernel_size: int | tuple, stride: int | tuple = 1, padding: int | tuple = 0
) -> np.ndarray:
    """Add every column back to the window it came from: the transpose of `im2col`, and so its backward.

    Columns (N, C * kh * kw, h * w) to an image (N, C, H, W); a pixel that lies in several windows receives their sum.
    """
    if len(image_shape) != 4:
        raise ValueError(f"image_shape: expected (N, C, H, W), got {tuple(image_shape)}")
    kernel, stride, padding, (height, width) = _geometry(image_shape, kernel_size, stride, padding)
    batch, channels, rows, cols = image_shape
    check_arrays(columns=(columns, f"{batch} {channels * kernel[0] * kernel[1]} {height * width}"))
    columns = columns.reshape((batch, channels) + kernel + (height, width))
    image = np.zeros((batch, channels, rows + 2 * padding[0], cols + 2 * padding[1]), columns.dtype)
    for row, column, view in window_views(image, kernel, stride, (height, width)):
        view += columns[:, :, row, column]
    return image[:, :, padding[0] : padding[0] + rows, padding[1] : padding[1] + cols].copy()


def conv2d(
    image: np.ndarray, weight: np.ndarray, bias: np.ndarray, stride: int | tuple = 1, padding: int | tuple = 0
) -> np.ndarray:
    """Slide a bank of small filters over an image (a cross-correlation, as in torch: nothing is flipped).

    Parameters
    ----------
    image : (N, C, H, W) array of float32 or float64
    weight : (O, C, kh, kw) array of the image's dtype
        One filter for each output channel.
    bias : (O,) array of the image's dtype
    stride, padding : int or (int, int)
        In pixels; outside the image are zeros.

    Returns
    -------
    (N, O, h, w) array
        ``h = (H + 2 * padding - kh) // stride + 1``, and the width likewise.
    """
    check_arrays(image=(image, "N C H W"), weight=(weight, "O C kh kw"), bias=(bias, "O"))
    *_, (height, width) = _geometry(image.shape, weight.shape[2:], stride, padding)
    out = weight.reshape(len(weight), -1) @ im2col(image, weight.shape[2:], stride, padding)
    out += bias[:, None]
    return out.reshape(len(image), len(weight), height, width)


def conv2d_backward(
    d_out: np.ndarray,
    image: np.ndarray,
    weight: np.ndarray,
    bias: np.ndarray,
    stride: int | tuple = 1,
    padding: int | tuple = 0,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Gradients of `conv2d`: d_out (N, O, h, w) to d_image (N, C, H, W), d_weight (O, C, kh, kw) and d_bias (O,)."""
    check_arrays(image=(image, "N C H W"), weight=(weight, "O C kh kw"), bias=(bias, "O"))
    *_, out_size = _geometry(image.shape, weight.shape[2:], stride, padding)
    check_gradient("d_out", d_out, (len(image), len(weight), *out_size), image.dtype)
    d_out = d_out.reshape(len(image), len(weight), -1)
    columns = im2col(image, weight.shape[2:], stride, padding)
    d_weight = (d_out @ columns.swapaxes(1, 2)).sum(axis=0).reshape(weight.shape)
    d_columns = weight.reshape(len(weight), -1).T @ d_out
    return col2im(d_columns, image.shape, weight.shape[2:], stride, padding), d_weight, d_out.sum(axis=(0, 2))


def _geometry(image_shape, kernel_size, stride, padding):
    """The three pairs of a convolution, checked, and the height and width of its output."""
    kernel = check_pair("kernel_size", tuple(kernel_size) if isinstance(kernel_size, list) else kernel_size, 1)
    stride, padding = check_pair("stride", stride, 1), check_pair("padding", padding, 0)
    out = tuple(output_length("kernel_size", *axis) for axis in zip(image_shape[2:], kernel, stride, padding))
    return kernel, stride, padding, out
