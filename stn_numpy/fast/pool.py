"""Pooling, compiled: the same as stn_numpy/pool.py."""

import numpy as np
from numba import prange

from ..check import check_arrays, check_gradient, check_pair
from ..windows import output_length
from .compiling import helper, kernel, num_threads, ready
from .lanes import LANES
from .memory import empty
from .vectors import in_unzipped_order, load, load_halves, select, spread, store, unzipped, zipped

Index = np.uint64
EIGHT, FOUR = 8, 4  # windows that are processed at once


def max_pool2d(image: np.ndarray, kernel_size: int | tuple, stride: int | tuple | None = None) -> np.ndarray:
    """As `stn_numpy.max_pool2d`, compiled."""
    check_arrays(image=(image, "N C H W"))
    return max_pool2d_lanes(ready(image), 1, kernel_size, stride)


def max_pool2d_backward(
    d_out: np.ndarray, image: np.ndarray, kernel_size: int | tuple, stride: int | tuple | None = None
) -> np.ndarray:
    """As `stn_numpy.max_pool2d_backward`, compiled."""
    _check_gradient(d_out, image, kernel_size, stride)
    return max_pool2d_lanes_backward(ready(d_out), ready(image), 1, kernel_size, stride)


def avg_pool2d(image: np.ndarray, kernel_size: int | tuple, stride: int | tuple | None = None) -> np.ndarray:
    """As `stn_numpy.avg_pool2d`, compiled."""
    check_arrays(image=(image, "N C H W"))
    return avg_pool2d_lanes(ready(image), 1, kernel_size, stride)


def avg_pool2d_backward(
    d_out: np.ndarray, image: np.ndarray, kernel_size: int | tuple, stride: int | tuple | None = None
) -> np.ndarray:
    """As `stn_numpy.avg_pool2d_backward`, compiled."""
    _check_gradient(d_out, image, kernel_size, stride)
    return avg_pool2d_lanes_backward(ready(d_out), ready(image), 1, kernel_size, stride)


def max_pool2d_lanes(
    image: np.ndarray, lanes: int, kernel_size: int | tuple, stride: int | tuple | None = None, relu: bool = False
) -> np.ndarray:
    """`max_pool2d` for images in lanes; with `relu`, ReLU before or after it, which is the same, in one go."""
    kernel_size, stride, out = _prepare(image, lanes, kernel_size, stride)
    least = image.dtype.type(0 if relu else -np.inf)
    if _halves(kernel_size, stride, lanes):
        (_halve if lanes == 1 else _halve_lanes)(_planes(image), least, _planes(out))
    else:
        _max_pool(_planes(image), *_unsigned(lanes, kernel_size, stride), least, _planes(out))
    return out


def max_pool2d_lanes_backward(
    d_out: np.ndarray,
    image: np.ndarray,
    lanes: int,
    kernel_size: int | tuple,
    stride: int | tuple | None = None,
    relu: bool = False,
) -> np.ndarray:
    """`max_pool2d_backward` for images in lanes; it finds the largest pixels again, so that the forward keeps
    nothing."""
    kernel_size, stride, _ = _geometry((image.shape[2], image.shape[3] // lanes), kernel_size, stride)
    blocked = image.dtype.type(0 if relu else np.nan)  # no gradient for a maximum <= blocked; no number is <= NaN
    if _halves(kernel_size, stride, lanes) and lanes * d_out.shape[3] >= FOUR:
        d_image = empty(image.shape, image.dtype)  # each pixel is written once; of zeros there is only the rest
        d_image[:, :, 2 * d_out.shape[2] :] = 0
        d_image[:, :, :, 2 * d_out.shape[3] :] = 0
        if lanes == 1:
            _halve_backward(_planes(d_out), _planes(image), blocked, num_threads(), _planes(d_image))
        else:
            _halve_lanes_backward(_planes(d_out), _planes(image), blocked, _planes(d_image))
    else:
        d_image = np.zeros(image.shape, image.dtype)
        _max_pool_backward(
            _planes(d_out), _planes(image), *_unsigned(lanes, kernel_size, stride), blocked, _planes(d_image)
        )
    return d_image


def avg_pool2d_lanes(
    image: np.ndarray, lanes: int, kernel_size: int | tuple, stride: int | tuple | None = None
) -> np.ndarray:
    """`avg_pool2d` for images in lanes."""
    kernel_size, stride, out = _prepare(image, lanes, kernel_size, stride)
    _avg_pool(_planes(image), *_unsigned(lanes, kernel_size, stride), _planes(out))
    return out


def avg_pool2d_lanes_backward(
    d_out: np.ndarray, image: np.ndarray, lanes: int, kernel_size: int | tuple, stride: int | tuple | None = None
) -> np.ndarray:
    """`avg_pool2d_backward` for images in lanes."""
    kernel_size, stride, _ = _geometry((image.shape[2], image.shape[3] // lanes), kernel_size, stride)
    d_image = np.zeros(image.shape, image.dtype)
    _avg_pool_backward(_planes(d_out), *_unsigned(lanes, kernel_size, stride), _planes(d_image))
    return d_image


def _geometry(size, kernel_size, stride):
    """Kernel and stride as pairs, checked, and the height and width of the output."""
    kernel_size = check_pair("kernel_size", kernel_size, 1)
    stride = kernel_size if stride is None else check_pair("stride", stride, 1)
    return kernel_size, stride, [output_length("kernel_size", *axis) for axis in zip(size, kernel_size, stride)]


def _prepare(image, lanes, kernel_size, stride):
    """Kernel and stride as pairs, and an array for the output."""
    kernel_size, stride, (height, width) = _geometry((image.shape[2], image.shape[3] // lanes), kernel_size, stride)
    return kernel_size, stride, empty((*image.shape[:2], height, width * lanes), image.dtype)


def _check_gradient(d_out, image, kernel_size, stride):
    check_arrays(image=(image, "N C H W"))
    *_, out_size = _geometry(image.shape[2:], kernel_size, stride)
    check_gradient("d_out", d_out, (*image.shape[:2], *out_size), image.dtype)


def _halves(kernel_size, stride, lanes):
    """Whether this is the usual case, windows of 2 x 2 without overlap, in a layout that has a loop of its own."""
    return kernel_size == stride == (2, 2) and lanes in (1, LANES)


def _unsigned(lanes, kernel_size, stride):
    """The same numbers unsigned: for a signed index, Numba adds a test of whether it counts from the end."""
    return [Index(number) for number in (lanes, *kernel_size, *stride)]


def _planes(image):
    """The channels of all images one after the other."""
    return image.reshape(-1, *image.shape[2:])


@helper
def _exceeds(pixel, best):
    """Whether a pixel replaces the largest before it: a larger one does, and so does a NaN."""
    return (pixel > best) | (pixel != pixel)


@helper
def _larger(pixel, best):
    """The larger of two pixels, NaN if one of them is."""
    return pixel if _exceeds(pixel, best) else best


@helper
def _shares(a, b, c, d, blocked, d_out):
    """The gradient of each of four pixels: all of it for the first of the largest, or for the last NaN."""
    up_to_b = _larger(b, a)
    up_to_c = _larger(c, up_to_b)
    nothing = type(d_out)(0)
    left = nothing if _larger(d, up_to_c) <= blocked else d_out
    to_d, left = (left, nothing) if _exceeds(d, up_to_c) else (nothing, left)
    to_c, left = (left, nothing) if _exceeds(c, up_to_b) else (nothing, left)
    to_b, to_a = (left, nothing) if _exceeds(b, a) else (nothing, left)
    return to_a, to_b, to_c, to_d


@kernel(parallel=True)
def _halve(image, least, out):
    """Windows of 2 x 2 in plain images; threads over the batch and its channels.

    Eight windows fill the machine's registers. The last eight of a row overlap the eight before if need be, as a
    remainder would be processed one by one, which takes longer.
    """
    windows = out.shape[2]
    together = min(windows, EIGHT)
    for plane in prange(len(image)):
        for i in range(out.shape[1]):
            upper, lower = Index(2 * i), Index(2 * i + 1)
            for block in range(0, windows, together):
                start = Index(min(block, windows - together))
                for k in range(start, start + Index(together)):
                    best = _larger(image[plane, upper, k + k], least)
                    best = _larger(image[plane, upper, k + k + Index(1)], best)
                    best = _larger(image[plane, lower, k + k], best)
                    out[plane, i, k] = _larger(image[plane, lower, k + k + Index(1)], best)


@kernel(parallel=True)
def _halve_lanes(image, least, out):
    """Windows of 2 x 2, images in lanes: neighbours lie LANES apart. Threads over the batch and its channels."""
    for plane in prange(len(image)):
        for i in range(out.shape[1]):
            upper, lower = Index(2 * i), Index(2 * i + 1)
            for start in range(0, out.shape[2], LANES):
                for lane in range(LANES):
                    left, right = Index(2 * start + lane), Index(2 * start + LANES + lane)
                    best = _larger(image[plane, upper, left], least)
                    best = _larger(image[plane, upper, right], best)
                    best = _larger(image[plane, lower, left], best)
                    out[plane, i, start + lane] = _larger(image[plane, lower, right], best)


@helper
def _exceed(pixel, best):
    """`_exceeds` for vectors."""
    return (pixel > best) | (pixel != pixel)


@helper
def _shares_of_eight(a, b, c, d, blocked, nothing, d_out):
    """`_shares` for vectors of eight windows."""
    from_b = _exceed(b, a)
    best = select(from_b, b, a)
    from_c = _exceed(c, best)
    best = select(from_c, c, best)
    from_d = _exceed(d, best)
    left = select(select(from_d, d, best) <= blocked, nothing, d_out)
    to_d, left = select(from_d, left, nothing), select(from_d, nothing, left)
    to_c, left = select(from_c, left, nothing), select(from_c, nothing, left)
    return select(from_b, nothing, left), select(from_b, left, nothing), to_c, to_d


@helper
def _next_four(i, k, windows):
    """Row and first column of the next four windows; the last four of a row overlap the four before if need be."""
    return (i + 1, 0) if k == windows - FOUR else (i, min(k + FOUR, windows - FOUR))


@kernel(parallel=True)
def _halve_backward(d_out, image, blocked, threads, d_image):
    """Backward of windows of 2 x 2 in plain images, which finds each window's largest again; threads as in the forward.

    Eight windows at a time: twice four neighbours, of the same row or of two, as many rows hold no multiple of eight.
    """
    rows, windows, nothing = d_out.shape[1], d_out.shape[2], spread(image.dtype.type(0))
    for me in prange(threads):
        for plane in range(len(image) * me // threads, len(image) * (me + 1) // threads):
            i, k = 0, 0
            while i < rows:
                m, n = _next_four(i, k, windows)
                if m == rows:  # the last four alone: twice the same
                    m, n = i, k
                up, left, below, right = 2 * i, 2 * k, 2 * m, 2 * n
                a, b = unzipped(load(image, (plane, up, left)), load(image, (plane, below, right)))
                c, d = unzipped(load(image, (plane, up + 1, left)), load(image, (plane, below + 1, right)))
                d_eight = in_unzipped_order(load_halves(d_out, (plane, i, k), (plane, m, n)))
                a, b, c, d = _shares_of_eight(a, b, c, d, blocked, nothing, d_eight)
                one, other = zipped(a, b)
                store(d_image, (plane, up, left), one)
                store(d_image, (plane, below, right), other)
                one, other = zipped(c, d)
                store(d_image, (plane, up + 1, left), one)
                store(d_image, (plane, below + 1, right), other)
                i, k = _next_four(m, n, windows)


@kernel(parallel=True)
def _halve_lanes_backward(d_out, image, blocked, d_image):
    """Backward of windows of 2 x 2, images in lanes. Threads over the batch and its channels."""
    for plane in prange(len(image)):
        for i in range(d_out.shape[1]):
            upper, lower = Index(2 * i), Index(2 * i + 1)
            for start in range(0, d_out.shape[2], LANES):
                for lane in range(LANES):
                    left, right = Index(2 * start + lane), Index(2 * start + LANES + lane)
                    a, b, c, d = _shares(
                        image[plane, upper, left],
                        image[plane, upper, right],
                        image[plane, lower, left],
                        image[plane, lower, right],
                        blocked,
                        d_out[plane, i, start + lane],
                    )
                    d_image[plane, upper, left], d_image[plane, upper, right] = a, b
                    d_image[plane, lower, left], d_image[plane, lower, right] = c, d


@kernel(parallel=True)
def _max_pool(image, lanes: int, kernel_height, kernel_width, stride_y, stride_x, least, out):
    """Windows of any size; threads over the batch and its channels."""
    for plane in prange(len(image)):
        for i in range(Index(out.shape[1])):
            for k in range(Index(out.shape[2])):
                first, best = k // lanes * stride_x * lanes + k % lanes, least
                for row in range(i * stride_y, i * stride_y + kernel_height):
                    for column in range(kernel_width):
                        best = _larger(image[plane, row, first + column * lanes], best)
                out[plane, i, k] = best


@kernel(parallel=True)
def _max_pool_backward(d_out, image, lanes: int, kernel_height, kernel_width, stride_y, stride_x, blocked, d_image):
    """Windows of any size, which may overlap; threads over the batch and its channels: no two write one pixel."""
    for plane in prange(len(image)):
        for i in range(Index(d_out.shape[1])):
            for k in range(Index(d_out.shape[2])):
                first = k // lanes * stride_x * lanes + k % lanes
                best, found, place = image[plane, i * stride_y, first], i * stride_y, first
                for row in range(i * stride_y, i * stride_y + kernel_height):
                    for column in range(kernel_width):
                        pixel = image[plane, row, first + column * lanes]
                        if _exceeds(pixel, best):
                            best, found, place = pixel, row, first + column * lanes
                if not best <= blocked:
                    d_image[plane, found, place] += d_out[plane, i, k]


@kernel(parallel=True)
def _avg_pool(image, lanes: int, kernel_height, kernel_width, stride_y, stride_x, out):
    """Threads over the batch and its channels."""
    for plane in prange(len(image)):
        for i in range(Index(out.shape[1])):
            for k in range(Index(out.shape[2])):
                first, total = k // lanes * stride_x * lanes + k % lanes, image.dtype.type(0)
                for row in range(i * stride_y, i * stride_y + kernel_height):
                    for column in range(kernel_width):
                        total += image[plane, row, first + column * lanes]
                out[plane, i, k] = total / image.dtype.type(kernel_height * kernel_width)


@kernel(parallel=True)
def _avg_pool_backward(d_out, lanes: int, kernel_height, kernel_width, stride_y, stride_x, d_image):
    """Threads over the batch and its channels: no two of them write one pixel."""
    for plane in prange(len(d_image)):
        for i in range(Index(d_out.shape[1])):
            for k in range(Index(d_out.shape[2])):
                first = k // lanes * stride_x * lanes + k % lanes
                share = d_out[plane, i, k] / d_out.dtype.type(kernel_height * kernel_width)
                for row in range(i * stride_y, i * stride_y + kernel_height):
                    for column in range(kernel_width):
                        d_image[plane, row, first + column * lanes] += share
