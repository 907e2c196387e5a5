"""The sampler, compiled: the same as stn_numpy/sampler.py, with the grid and its gradient made on the fly."""

import numpy as np

from ..check import check_arrays, check_choice
from . import bilinear as _bilinear
from . import taps as _taps
from .compiling import hands, ready
from .grid import base_points


def grid_sample(image, grid, mode="bilinear", padding_mode="zeros", align_corners=False):
    """Read an image at the points of a grid.

    Parameters
    ----------
    image : (N, C, H, W) array of float32 or float64
        What is read.
    grid : (N, h, w, 2) array of the image's dtype
        Where it is read: points (x, y) in normalised units.
    mode : {"bilinear", "nearest", "bicubic"}
        From how many pixels a value is mixed: 4, 1 or 16.
    padding_mode : {"zeros", "border", "reflection"}
        What stands outside the image: zeros, the nearest edge pixel, or the image mirrored.
    align_corners : bool
        Whether -1 and 1 are the centres of the outermost pixels (True) or the outer edges of the image (False).

    Returns
    -------
    (N, C, h, w) array of the image's dtype
        All channels of an image are read at the same points.

    Raises
    ------
    TypeError, ValueError
        If an argument has the wrong type, shape or word; the message says what was expected and what came.

    Notes
    -----
    Convention: the grid's last axis is (x, y), x to the right and y down. A NaN coordinate makes its own output pixel
    NaN and no other; so does an infinite one under "reflection". Elsewhere infinite points are simply far outside.
    Source: Jaderberg et al. 2015, eqs. 3 to 5; names, defaults and the pixel conventions are torch's.
    """
    check_arrays(image=(image, "N C H W"), grid=(grid, "N h w 2"))
    options = _as_numbers(mode, padding_mode, align_corners)
    out = np.empty(image.shape[:2] + grid.shape[1:3], image.dtype)
    with np.errstate(all="ignore"):
        _taps.sample(ready(image), False, *_no_theta(image.dtype), ready(grid), *options, out)
    return out


def grid_sample_backward(d_out, image, grid, mode="bilinear", padding_mode="zeros", align_corners=False):
    """Gradients of `grid_sample` for the image and for the grid.

    Parameters
    ----------
    d_out : (N, C, h, w) array of the image's dtype
        Gradient of the loss for the output.
    image, grid, mode, padding_mode, align_corners
        What the forward saw.

    Returns
    -------
    d_image : (N, C, H, W) array
        Each output pixel gives back to the pixels it was mixed from, in the same proportions; what one pixel is given
        several times adds up.
    d_grid : (N, h, w, 2) array
        How the loss changes as each point moves, per normalised unit, x before y; zeros for "nearest".

    Raises
    ------
    TypeError, ValueError
        If an argument has the wrong type, shape or word; the message says what was expected and what came.

    Notes
    -----
    Convention: as in `grid_sample`. At whole-pixel positions bilinear has a kink; the derivative to the right and
    downwards is taken, as torch does. An undefined point (NaN) gives nothing to d_image and NaN in its own d_grid.
    Source: Jaderberg et al. 2015, eqs. 6 and 7.
    """
    check_arrays(image=(image, "N C H W"), grid=(grid, "N h w 2"), d_out=(d_out, "N C h w"))
    options = _as_numbers(mode, padding_mode, align_corners)
    d_image, d_grid = np.zeros(image.shape, image.dtype), np.empty(grid.shape, grid.dtype)
    nothing = _no_theta(image.dtype)
    with np.errstate(all="ignore"):
        _taps.sample_backward(
            ready(d_out), ready(image), False, *nothing, ready(grid), *options, d_image, nothing[0], d_grid
        )
    return d_image, d_grid


def affine_sample(image, theta, size, padding_mode="zeros", align_corners=False, mode="bilinear"):
    """Warp an image by theta: `affine_grid` and `grid_sample` in one loop, without a grid in memory.

    Parameters
    ----------
    image : (N, C, H, W) array of float32 or float64
    theta : (N, 2, 3) array of the image's dtype
        Maps output positions to input positions, normalised units.
    size : (N, C, h, w) ints
        The shape of the output.
    padding_mode, align_corners, mode
        As in `grid_sample`; the grid and the sampler share one `align_corners`.

    Returns
    -------
    (N, C, h, w) array of the image's dtype

    Raises
    ------
    TypeError, ValueError
        If an argument has the wrong type, shape or word; the message says what was expected and what came.

    Notes
    -----
    Convention: as in `affine_grid` and `grid_sample`. Source: Jaderberg et al. 2015, eqs. 1 and 3.
    """
    check_arrays(image=(image, "N C H W"), theta=(theta, "N 2 3"))
    xs, ys = base_points(theta, size, align_corners)
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
        gather(_flat(image), *image.shape[2:], line, span, xs, hands(), image.dtype.type(0), out, odd)
        for n in np.flatnonzero(bad | odd.any(axis=1)):
            one = slice(n, n + 1)
            _taps.sample(image[one], True, theta[one], xs, ys, _no_grid(image.dtype), *options, out[one])
    return out


def affine_sample_backward(d_out, image, theta, padding_mode="zeros", align_corners=False, mode="bilinear"):
    """Gradients of `affine_sample` for the image and for theta, summed into theta as they arise.

    Parameters
    ----------
    d_out : (N, C, h, w) array of the image's dtype
        Gradient of the loss for the output.
    image, theta, padding_mode, align_corners, mode
        What the forward saw; the output's size is d_out's.

    Returns
    -------
    d_image : (N, C, H, W) array
    d_theta : (N, 2, 3) array

    Raises
    ------
    TypeError, ValueError
        If an argument has the wrong type, shape or word; the message says what was expected and what came.

    Notes
    -----
    Convention: as in `grid_sample_backward`. Source: Jaderberg et al. 2015, eqs. 6 and 7 and the derivative of eq. 1.
    """
    check_arrays(image=(image, "N C H W"), theta=(theta, "N 2 3"), d_out=(d_out, "N C h w"))
    xs, ys = base_points(theta, d_out.shape, align_corners)
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
            scatter(d_out, _flat(image), *image.shape[2:], line, span, xs, ys, hands(), _flat(d_image), shares)
            d_theta[...] = shares.sum(axis=1) * [[[(image.shape[axis] - options[2]) / 2] for axis in (3, 2)]]
            odd = np.flatnonzero(bad | ~np.isfinite(d_theta).all(axis=(1, 2)))
            d_image[odd] = 0
        for one in (slice(n, n + 1) for n in odd) if len(odd) < len(image) else [slice(None)]:
            _taps.sample_backward(d_out[one], image[one], True, theta[one], xs, ys, nothing, *options,
                                  d_image[one], d_theta[one], nothing)
    return d_image, d_theta


def _as_numbers(mode, padding_mode, align_corners):
    """Check the words and return them as the kernels take them."""
    check_choice("mode", mode, _taps.MODES)
    check_choice("padding_mode", padding_mode, _taps.PADDING_MODES)
    return _taps.MODES.index(mode), _taps.PADDING_MODES.index(padding_mode), bool(align_corners)


def _is_simple(image, mode, padding_mode):
    """Whether the fast paths know the case: in float32 a longer axis has no number of its own for each pixel."""
    return (mode, padding_mode) == ("bilinear", "zeros") and 2 <= min(image.shape[2:]) and max(image.shape[2:]) < 2**24


def _lines(image, theta, xs, ys, corners, bands):
    """For the fast paths: where each row of the output lies in the input, what it can see there, and whether it can."""
    line = np.empty((len(image), len(ys), 4), theta.dtype)
    span, bad = np.empty((len(image), bands, len(ys), 2), _bilinear.Index), np.empty(len(image), bool)
    _bilinear.lines(theta, xs, ys, *image.shape[2:], corners, line, span, bad)
    return line, span, bad


def _flat(image):
    """The same image, its pixels in one row."""
    return image.reshape(*image.shape[:2], -1)


def _blocks(image):
    """How many blocks of channels to work on as lanes: none for few channels, or where a block is too big a scratch."""
    _, channels, height, width = image.shape
    return -(-channels // _bilinear.LANES) if channels >= _bilinear.LANES and height * width <= 2**18 else 0


def _bands(image):
    """Into how many bands of rows to cut each image: some where there are few images, so that threads have work."""
    return max(1, min(8 // len(image), image.shape[2] // 128))


def _no_grid(dtype):
    """What stands for the grid where a theta is given."""
    return np.empty((1, 1, 1, 2), dtype)


def _no_theta(dtype):
    """What stands for theta, and for the output's x and y, where a grid is given."""
    return np.empty((1, 2, 3), dtype), np.empty(1, dtype), np.empty(1, dtype)
