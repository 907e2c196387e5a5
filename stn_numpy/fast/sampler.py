"""The sampler, compiled: the same as stn_numpy/sampler.py; with a theta, no grid and no gradient of it is stored."""

import functools

import numpy as np

from ..check import check_arrays, check_choice, check_flag, check_output
from ..taps import MODES, PADDING_MODES
from . import bilinear as _bilinear
from . import taps as _taps
from .compiling import num_threads, ready
from .grid import output_axes
from .memory import empty


def grid_sample(
    image: np.ndarray,
    grid: np.ndarray,
    mode: str = "bilinear",
    padding_mode: str = "zeros",
    align_corners: bool = False,
) -> np.ndarray:
    """As `stn_numpy.grid_sample`, compiled."""
    check_arrays(image=(image, "N C H W"), grid=(grid, "N h w 2"))
    options = _as_numbers(mode, padding_mode, align_corners)
    out = np.empty(image.shape[:2] + grid.shape[1:3], image.dtype)
    with np.errstate(all="ignore"):
        _taps.sample(ready(image), False, *_no_theta(image.dtype), ready(grid), *options, out)
    return out


def grid_sample_backward(
    d_out: np.ndarray,
    image: np.ndarray,
    grid: np.ndarray,
    mode: str = "bilinear",
    padding_mode: str = "zeros",
    align_corners: bool = False,
) -> tuple[np.ndarray, np.ndarray]:
    """As `stn_numpy.grid_sample_backward`, compiled."""
    check_arrays(image=(image, "N C H W"), grid=(grid, "N h w 2"), d_out=(d_out, "N C h w"))
    options = _as_numbers(mode, padding_mode, align_corners)
    d_image, d_grid = np.zeros(image.shape, image.dtype), np.empty(grid.shape, grid.dtype)
    nothing = _no_theta(image.dtype)
    with np.errstate(all="ignore"):
        _taps.sample_backward(
            ready(d_out), ready(image), False, *nothing, ready(grid), *options, d_image, nothing[0], d_grid
        )
    return d_image, d_grid


def affine_sample(
    image: np.ndarray,
    theta: np.ndarray,
    size: tuple,
    mode: str = "bilinear",
    padding_mode: str = "zeros",
    align_corners: bool = False,
) -> np.ndarray:
    """As `stn_numpy.affine_sample`, compiled. Each point of the grid is computed as it is read."""
    check_arrays(image=(image, "N C H W"), theta=(theta, "N 2 3"))
    out_size = check_output(size, theta=(theta, "N 2 3"))
    if size[1] != image.shape[1]:
        raise ValueError(f"size: expected C={image.shape[1]} like image, got {tuple(size)}")
    options = _as_numbers(mode, padding_mode, align_corners)
    xs, ys, places = _places(*out_size, options[2], theta.dtype)
    image, theta, nothing = ready(image), ready(theta), _no_grid(image.dtype)
    out, odd = empty((*image.shape[:2], len(ys), len(xs)), image.dtype), range(len(image))
    with np.errstate(all="ignore"):
        if places and _is_simple(image, mode, padding_mode):
            blocks, matrix, (rows, columns) = _blocks(image), _in_pixels(theta, image, options[2]), places.size
            gather = _bilinear.gather_lanes if blocks else _bilinear.gather
            odd = np.empty((len(image), blocks or -(-rows // _bilinear.BAND)), bool)
            seen = _flat(out) if blocks else out.reshape(*out.shape[:2], rows, columns)
            gather(_flat(image), *image.shape[2:], matrix, *places, num_threads(), seen, odd)
            odd = np.flatnonzero(odd.any(axis=1) | ~np.isfinite(matrix).all(axis=(1, 2)))
        for one in _each(odd, image):
            _taps.sample(image[one], True, theta[one], xs, ys, nothing, *options, out[one])
    return out


def affine_sample_backward(
    d_out: np.ndarray,
    image: np.ndarray,
    theta: np.ndarray,
    mode: str = "bilinear",
    padding_mode: str = "zeros",
    align_corners: bool = False,
) -> tuple[np.ndarray, np.ndarray]:
    """As `stn_numpy.affine_sample_backward`, compiled. Gradients of points are summed into theta's at once."""
    check_arrays(image=(image, "N C H W"), theta=(theta, "N 2 3"), d_out=(d_out, "N C h w"))
    options = _as_numbers(mode, padding_mode, align_corners)
    xs, ys, places = _places(*d_out.shape[2:], options[2], theta.dtype)
    d_out, image, theta, nothing = ready(d_out), ready(image), ready(theta), _no_grid(image.dtype)
    d_image, d_theta = empty(image.shape, image.dtype), np.empty(theta.shape, theta.dtype)
    odd = range(len(image))
    with np.errstate(all="ignore"):
        if places and _is_simple(image, mode, padding_mode):
            blocks, matrix, (rows, columns) = _blocks(image), _in_pixels(theta, image, options[2]), places.size
            scatter = _bilinear.scatter_lanes if blocks else _bilinear.scatter
            shares = np.zeros((len(image), *((blocks, 1) if blocks else _parts(image)), 2, 3))
            d_seen = _flat(d_out) if blocks else d_out.reshape(*d_out.shape[:2], rows, columns)
            scatter(d_seen, _flat(image), *image.shape[2:], matrix, *places, num_threads(), _flat(d_image), shares)
            d_theta[...] = shares.sum(axis=(1, 2)) * _half_size(image, options[2])
            odd = np.flatnonzero(~(np.isfinite(d_theta) & np.isfinite(matrix)).all(axis=(1, 2)))
        for one in _each(odd, image):
            d_image[one] = 0
            _taps.sample_backward(
                d_out[one], image[one], True, theta[one], xs, ys, nothing, *options, d_image[one], d_theta[one], nothing
            )
    return d_image, d_theta


def _as_numbers(mode, padding_mode, align_corners):
    """Check the words and return them as the kernels take them."""
    check_choice("mode", mode, MODES)
    check_choice("padding_mode", padding_mode, PADDING_MODES)
    return MODES.index(mode), PADDING_MODES.index(padding_mode), check_flag("align_corners", align_corners)


@functools.lru_cache(16)
def _places(height, width, align_corners, dtype):
    """The output's own x and y, and both as the fast paths read them; kept, as a call on a few pixels takes no longer
    than to make them."""
    xs, ys = output_axes(height, width, align_corners, dtype)
    return xs, ys, _bilinear.places(xs, ys)


def _is_simple(image, mode, padding_mode):
    """Whether the fast paths cover the case: on a longer axis float32 cannot represent every pixel's number, and the
    number of a pixel is an int32."""
    size = image.shape[2:]
    simple = (mode, padding_mode) == ("bilinear", "zeros") and 2 <= min(size) and max(size) < 2**24
    return simple and _bilinear.WIDTH <= size[0] * size[1] < 2**31


def _in_pixels(theta, image, corners):
    """Theta from the output's normalised units to the image's pixels: x = (W - corners) / 2 * x + (W - 1) / 2."""
    matrix = theta * _half_size(image, corners)
    matrix[:, :, 2] += np.array([(image.shape[3] - 1) / 2, (image.shape[2] - 1) / 2])
    return matrix.astype(theta.dtype)


def _half_size(image, corners):
    """Pixels in a normalised unit, for x and y: (2, 1)."""
    return np.array([[(image.shape[3] - corners) / 2], [(image.shape[2] - corners) / 2]])


def _each(odd, image):
    """Slices of the images that the fast paths have not done: one by one, or all together."""
    return [slice(None)] if len(odd) == len(image) else [slice(n, n + 1) for n in odd]


def _flat(image):
    """The same image, its pixels in one row."""
    return image.reshape(*image.shape[:2], -1)


def _blocks(image):
    """The number of blocks of channels in lanes: none for few channels, or where a block's scratch would be too
    large."""
    _, channels, height, width = image.shape
    return -(-channels // _bilinear.WIDTH) if channels >= _bilinear.WIDTH and height * width <= 2**18 else 0


def _parts(image):
    """The numbers of groups of channels, and of bands of rows, of each image in the backward.

    Channels of one group share the work on cells and weights, but their quads, like those of a band, should fit in the
    cache; and few images should still give work to all threads.
    """
    batch, channels, height, width = image.shape
    if height * width <= 2**12:
        return 1, 1
    near, work = -(-height * width // 2**18), min(8 // (batch * channels), height // 128)
    return channels, max(1, min(max(near, work), height // 2))


def _no_grid(dtype):
    """The placeholder for the grid where there is a theta."""
    return np.empty((1, 1, 1, 2), dtype)


def _no_theta(dtype):
    """The placeholders for theta, and for the output's x and y, where there is a grid."""
    return np.empty((1, 2, 3), dtype), np.empty(1, dtype), np.empty(1, dtype)
