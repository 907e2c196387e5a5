"""The sampler: read an image at points that lie between its pixels."""

import numpy as np

from .check import check_arrays, check_choice
from .grid import affine_grid, affine_grid_backward
from .taps import MODES, PADDING_MODES, axis_taps, pixels_per_unit, to_pixels


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
    image, taps, _, undefined = _prepare(image, grid, mode, padding_mode, align_corners)
    out = np.zeros(image.shape[:2] + grid.shape[1:3], image.dtype)
    with np.errstate(all="ignore"):
        for index, weight, _, _ in taps:
            out += _weigh(image.ravel().take(index), weight)
    np.copyto(out, np.nan, where=undefined)
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
    lengths = check_arrays(image=(image, "N C H W"), grid=(grid, "N h w 2"), d_out=(d_out, "N C h w"))
    image, taps, scale, undefined = _prepare(image, grid, mode, padding_mode, align_corners)
    d_image = np.zeros(image.size)
    d_grid = np.zeros_like(grid, order="C")
    with np.errstate(all="ignore"):
        given = np.where(undefined, d_out.dtype.type(0), d_out)
        for index, weight, slope_x, slope_y in taps:
            d_image += np.bincount(index.ravel(), _weigh(given, weight).ravel(), minlength=image.size)
            pull = (given * image.ravel().take(index)).sum(axis=1)
            d_grid[..., 0] += _weigh(pull, slope_x[:, 0])
            d_grid[..., 1] += _weigh(pull, slope_y[:, 0])
        d_grid *= np.array(scale, grid.dtype)
    np.copyto(d_grid, np.nan, where=undefined[:, 0, ..., None])
    return d_image.astype(image.dtype).reshape([lengths[k] for k in "NCHW"]), d_grid


def affine_sample(image, theta, size, padding_mode="zeros", align_corners=False, mode="bilinear"):
    """Warp an image by theta: `affine_grid` and `grid_sample` in one call.

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
    grid = affine_grid(theta, size, align_corners)
    if size[1] != image.shape[1]:
        raise ValueError(f"size: expected C={image.shape[1]} like image, got {tuple(size)}")
    return grid_sample(image, grid, mode, padding_mode, align_corners)


def affine_sample_backward(d_out, image, theta, padding_mode="zeros", align_corners=False, mode="bilinear"):
    """Gradients of `affine_sample` for the image and for theta.

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
    grid = affine_grid(theta, d_out.shape, align_corners)
    d_image, d_grid = grid_sample_backward(d_out, image, grid, mode, padding_mode, align_corners)
    return d_image, affine_grid_backward(d_grid, align_corners)


def _weigh(values, weight):
    """Values times weight, and 0 where the weight is 0: a tap outside reads nothing, not even a NaN at the edge."""
    return np.where(weight != 0, values * weight, values.dtype.type(0))


def _prepare(image, grid, mode, padding_mode, align_corners):
    """Check the arguments; list the two-dimensional taps as (index, weight, slope_x, slope_y).

    Index is (N, C, h, w) into the flat image; the others are (N, 1, h, w), since channels share their points.
    """
    check_arrays(image=(image, "N C H W"), grid=(grid, "N h w 2"))
    check_choice("mode", mode, MODES)
    check_choice("padding_mode", padding_mode, PADDING_MODES)
    batch, channels, height, width = image.shape
    lengths, axes = (width, height), []
    with np.errstate(all="ignore"):
        points = [to_pixels(grid[:, None, ..., axis], lengths[axis], align_corners) for axis in (0, 1)]
        undefined = np.isnan(points[0]) | np.isnan(points[1])
        if padding_mode == "reflection":  # no mirror sends infinity back to a place
            undefined |= np.isinf(points[0]) | np.isinf(points[1])
        for length, point in zip(lengths, points):
            point = np.where(undefined, point.dtype.type(0), point)
            axes.append(axis_taps(point, length, mode, padding_mode, align_corners))
    planes = np.arange(batch * channels).reshape(batch, channels, 1, 1) * (height * width)
    taps = [(planes + row * width + column, weight_y * weight_x, weight_y * slope_x, slope_y * weight_x)
            for row, weight_y, slope_y in axes[1] for column, weight_x, slope_x in axes[0]]
    scale = [pixels_per_unit(length, align_corners) for length in lengths]
    return np.ascontiguousarray(image), taps, scale, undefined
