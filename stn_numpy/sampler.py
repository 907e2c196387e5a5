"""The sampler: read an image at points that lie between its pixels."""

import numpy as np

from .check import check_arrays, check_choice, check_flag
from .coordinates import pixels_per_unit, to_pixels
from .grid import affine_grid, affine_grid_backward
from .taps import MODES, PADDING_MODES, axis_taps


def grid_sample(
    image: np.ndarray,
    grid: np.ndarray,
    mode: str = "bilinear",
    padding_mode: str = "zeros",
    align_corners: bool = False,
) -> np.ndarray:
    """Read an image at the points of a grid.

    Parameters
    ----------
    image : (N, C, H, W) array of float32 or float64
        The images that are read.
    grid : (N, h, w, 2) array of the image's dtype
        The points at which they are read, (x, y) in normalised units.
    mode : {"bilinear", "nearest", "bicubic"}
        A value is a mixture of 4, 1 or 16 pixels.
    padding_mode : {"zeros", "border", "reflection"}
        What is read outside the image: zeros, the nearest edge pixel, or the image mirrored.
    align_corners : bool
        Whether -1 and 1 are the centres of the outermost pixels (True) or the outer edges of the image (False).

    Returns
    -------
    (N, C, h, w) array of the image's dtype
        All channels of an image are read at the same points.

    Notes
    -----
    Convention: the grid's last axis is (x, y), x to the right and y down. A NaN coordinate makes only its own output
    pixel NaN; so does an infinite one under "reflection". Elsewhere infinite points are simply far outside.
    Source: Jaderberg et al. 2015, eqs. 3 to 5; names, defaults and the pixel conventions are torch's.
    """
    _check(image, grid, mode, padding_mode, align_corners)
    out = np.zeros(image.shape[:2] + grid.shape[1:3], image.dtype)
    flat, planes, width = image.ravel(), _planes(image), image.shape[3]
    with np.errstate(all="ignore"):
        along_y, along_x, undefined = _taps(image, grid, mode, padding_mode, align_corners)
        for row, weight_y in along_y:
            for column, weight_x in along_x:
                out += _weigh(flat.take(planes + row * width + column), weight_y * weight_x)
    np.copyto(out, np.nan, where=undefined)
    return out


def grid_sample_backward(
    d_out: np.ndarray,
    image: np.ndarray,
    grid: np.ndarray,
    mode: str = "bilinear",
    padding_mode: str = "zeros",
    align_corners: bool = False,
) -> tuple[np.ndarray, np.ndarray]:
    """Gradients of `grid_sample`: d_out (N, C, h, w) to d_image (N, C, H, W) and d_grid (N, h, w, 2).

    d_image: each output pixel's gradient goes to the pixels from which it was mixed, with the same weights; a pixel
    that was read several times receives the sum. d_grid: how the loss changes as each point moves, per normalised unit,
    x before y; zeros for "nearest". At whole-pixel positions bilinear has a kink; the derivative to the right and
    downwards is taken, as torch does. An undefined point (NaN) adds nothing to d_image, and its own d_grid is NaN.
    Source: Jaderberg et al. 2015, eqs. 6 and 7.
    """
    _check(image, grid, mode, padding_mode, align_corners)
    check_arrays(image=(image, "N C H W"), grid=(grid, "N h w 2"), d_out=(d_out, "N C h w"))
    d_image, d_grid = np.zeros(image.size), np.zeros_like(grid, order="C")
    flat, planes, (height, width) = image.ravel(), _planes(image), image.shape[2:]
    with np.errstate(all="ignore"):
        along_y, along_x, undefined = _taps(image, grid, mode, padding_mode, align_corners, slopes=True)
        d = np.where(undefined, d_out.dtype.type(0), d_out)
        for row, weight_y, slope_y in along_y:
            for column, weight_x, slope_x in along_x:
                index = planes + row * width + column
                share = _weigh(d, weight_y * weight_x)
                d_image += np.bincount(index.ravel(), share.ravel(), minlength=image.size)
                product = (d * flat.take(index)).sum(axis=1)
                d_grid[..., 0] += _weigh(product, (weight_y * slope_x)[:, 0])
                d_grid[..., 1] += _weigh(product, (slope_y * weight_x)[:, 0])
        d_grid *= np.array([pixels_per_unit(length, align_corners) for length in (width, height)], grid.dtype)
    np.copyto(d_grid, np.nan, where=undefined[:, 0, ..., None])
    return d_image.astype(image.dtype).reshape(image.shape), d_grid


def affine_sample(
    image: np.ndarray,
    theta: np.ndarray,
    size: tuple,
    mode: str = "bilinear",
    padding_mode: str = "zeros",
    align_corners: bool = False,
) -> np.ndarray:
    """Warp an image by theta: `affine_grid` and `grid_sample` in one call.

    Parameters
    ----------
    image : (N, C, H, W) array of float32 or float64
    theta : (N, 2, 3) array of the image's dtype
        Maps output positions to input positions, normalised units.
    size : (N, C, h, w) ints
        The shape of the output.
    mode, padding_mode, align_corners
        As in `grid_sample`; the grid and the sampler share one `align_corners`.

    Returns
    -------
    (N, C, h, w) array of the image's dtype

    Notes
    -----
    Convention: as in `affine_grid` and `grid_sample`. Source: Jaderberg et al. 2015, eqs. 1 and 3.
    """
    check_arrays(image=(image, "N C H W"), theta=(theta, "N 2 3"))
    grid = affine_grid(theta, size, align_corners)
    if size[1] != image.shape[1]:
        raise ValueError(f"size: expected C={image.shape[1]} like image, got {tuple(size)}")
    return grid_sample(image, grid, mode, padding_mode, align_corners)


def affine_sample_backward(
    d_out: np.ndarray,
    image: np.ndarray,
    theta: np.ndarray,
    mode: str = "bilinear",
    padding_mode: str = "zeros",
    align_corners: bool = False,
) -> tuple[np.ndarray, np.ndarray]:
    """Gradients of `affine_sample`: d_out (N, C, h, w) to d_image (N, C, H, W) and d_theta (N, 2, 3).

    Source: Jaderberg et al. 2015, eqs. 6 and 7 and the derivative of eq. 1.
    """
    check_arrays(image=(image, "N C H W"), theta=(theta, "N 2 3"), d_out=(d_out, "N C h w"))
    grid = affine_grid(theta, d_out.shape, align_corners)
    d_image, d_grid = grid_sample_backward(d_out, image, grid, mode, padding_mode, align_corners)
    return d_image, affine_grid_backward(d_grid, theta, align_corners)


def _weigh(values, weight):
    """Values times weight, and 0 where the weight is 0: a tap outside reads nothing, not even a NaN at the edge."""
    return np.where(weight != 0, values * weight, values.dtype.type(0))


def _check(image, grid, mode, padding_mode, align_corners):
    """Check the arguments of both directions."""
    check_arrays(image=(image, "N C H W"), grid=(grid, "N h w 2"))
    check_choice("mode", mode, MODES)
    check_choice("padding_mode", padding_mode, PADDING_MODES)
    check_flag("align_corners", align_corners)


def _taps(image, grid, mode, padding_mode, align_corners, slopes=False):
    """The taps along y and along x, each (N, 1, h, w) since channels share their points, and the undefined points."""
    lengths = image.shape[3], image.shape[2]
    points = [to_pixels(grid[:, None, ..., axis], lengths[axis], align_corners) for axis in (0, 1)]
    undefined = np.isnan(points[0]) | np.isnan(points[1])
    if padding_mode == "reflection":  # infinity has no mirror image
        undefined |= np.isinf(points[0]) | np.isinf(points[1])
    along_x, along_y = (
        axis_taps(np.where(undefined, point.dtype.type(0), point), length, mode, padding_mode, align_corners, slopes)
        for point, length in zip(points, lengths)
    )
    return along_y, along_x, undefined


def _planes(image):
    """Where each channel of each image begins in the flat image: (N, C, 1, 1)."""
    batch, channels, height, width = image.shape
    return np.arange(batch * channels).reshape(batch, channels, 1, 1) * (height * width)
