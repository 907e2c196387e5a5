"""The sampler, compiled: the same as stn_numpy/sampler.py; with a theta, no grid and no gradient of it is stored."""

import numpy as np

from ..check import check_arrays, check_choice, check_flag, check_output
from ..taps import MODES, PADDING_MODES
from . import bilinear as _bilinear
from . import taps as _taps
from .compiling import num_threads, ready
from .grid import output_axes


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
    xs, ys = output_axes(*check_output(size, theta=(theta, "N 2 3")), align_corners, theta.dtype)
    if size[1] != image.shape[1]:
        raise ValueError(f"size: expected C={image.shape[1]} like image, got {tuple(size)}")
    options = _as_numbers(mode, padding_mode, align_corners)
    image, theta = ready(image), ready(theta)
    out = np.empty((*image.shape[:2], len(ys), len(xs)), image.dtype)
    with np.errstate(all="ignore"):
        if not _is_simple(image, mode, padding_mode):
            _taps.sample(image, True, theta, xs, ys, _no_grid(image.dtype), *options, out)
            return out
        blocks = _blocks(image)
        odd = np.empty((len(image), blocks or len(ys)), bool)
        gather = _bilinear.gather_lanes if blocks else _bilinear.gather
        line, span, bad = _lines(image, theta, xs, ys, options[2], 1)
        gather(_flat(image), *image.shape[2:], line, span, xs, num_threads(), image.dtype.type(0), out, odd)
        for n in np.flatnonzero(bad | odd.any(axis=1)):
            one = slice(n, n + 1)
            _taps.sample(image[one], True, theta[one], xs, ys, _no_grid(image.dtype), *options, out[one])
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
    xs, ys = output_axes(*d_out.shape[2:], align_corners, theta.dtype)
    options = _as_numbers(mode, padding_mode, align_corners)
    d_out, image, theta, nothing = ready(d_out), ready(image), ready(theta), _no_grid(image.dtype)
    d_image, d_theta = np.zeros(image.shape, image.dtype), np.empty(theta.shape, theta.dtype)
    with np.errstate(all="ignore"):
        odd = range(len(image))
        if _is_simple(image, mode, padding_mode):
            blocks, bands = _blocks(image), _bands(image)
            shares = np.zeros((len(image), blocks or bands, 2, 3))
            scatter = _bilinear.scatter_lanes if blocks else _bilinear.scatter
            line, span, bad = _lines(image, theta, xs, ys, options[2], 1 if blocks else bands)
            scatter(d_out, _flat(image), *image.shape[2:], line, span, xs, ys, num_threads(), _flat(d_image), shares)
            d_theta[...] = shares.sum(axis=1) * [[[(image.shape[axis] - options[2]) / 2] for axis in (3, 2)]]
            odd = np.flatnonzero(bad | ~np.isfinite(d_theta).all(axis=(1, 2)))
            d_image[odd] = 0
        for one in (slice(n, n + 1) for n in odd) if len(odd) < len(image) else [slice(None)]:
            _taps.sample_backward(
                d_out[one], image[one], True, theta[one], xs, ys, nothing, *options, d_image[one], d_theta[one], nothing
            )
    return d_image, d_theta


def _as_numbers(mode, padding_mode, align_corners):
    """Check the words and return them as the kernels take them."""
    check_choice("mode", mode, MODES)
    check_choice("padding_mode", padding_mode, PADDING_MODES)
    return MODES.index(mode), PADDING_MODES.index(padding_mode), check_flag("align_corners", align_corners)


def _is_simple(image, mode, padding_mode):
    """Whether the fast paths cover the case: on a longer axis, float32 cannot represent every pixel's number."""
    return (mode, padding_mode) == ("bilinear", "zeros") and 2 <= min(image.shape[2:]) and max(image.shape[2:]) < 2**24


def _lines(image, theta, xs, ys, corners, bands):
    """For the fast paths: each output row's line in the input, the columns that it can see, and which thetas are
    bad."""
    line = np.empty((len(image), len(ys), 4), theta.dtype)
    span, bad = np.empty((len(image), bands, len(ys), 2), _bilinear.Index), np.empty(len(image), bool)
    _bilinear.lines(theta, xs, ys, *image.shape[2:], corners, line, span, bad)
    return line, span, bad


def _flat(image):
    """The same image, its pixels in one row."""
    return image.reshape(*image.shape[:2], -1)


def _blocks(image):
    """The number of blocks of channels in lanes: none for few channels, or where a block's scratch would be too
    large."""
    _, channels, height, width = image.shape
    return -(-channels // _bilinear.BLOCK) if channels >= _bilinear.BLOCK and height * width <= 2**18 else 0


def _bands(image):
    """The number of bands of rows of each image: more than one where images are few, so that all threads have work."""
    return max(1, min(8 // len(image), image.shape[2] // 128))


def _no_grid(dtype):
    """The placeholder for the grid where there is a theta."""
    return np.empty((1, 1, 1, 2), dtype)


def _no_theta(dtype):
    """The placeholders for theta, and for the output's x and y, where there is a grid."""
    return np.empty((1, 2, 3), dtype), np.empty(1, dtype), np.empty(1, dtype)
