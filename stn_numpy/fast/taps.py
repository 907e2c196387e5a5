"""The sampler for every mode and padding: right everywhere, point by point. The fast paths are in bilinear.py."""

import math

import numpy as np
from numba import prange

from ..taps import KEYS, MODES, PADDING_MODES
from .compiling import helper, kernel

BILINEAR, NEAREST, BICUBIC = (MODES.index(mode) for mode in ("bilinear", "nearest", "bicubic"))
ZEROS, REFLECTION = PADDING_MODES.index("zeros"), PADDING_MODES.index("reflection")


@helper
def reflect(place, length, corners):
    """Mirror a place at the outer centres or edges, as often as needed; return it and the sign of its motion."""
    low = 0.0 if corners else -0.5
    span = length - 1.0 if corners else length * 1.0
    if span == 0:
        return 0.0, 0.0
    distance = place - low
    sign = -1.0 if distance < 0 else 1.0
    around = abs(distance) % (2 * span)
    if around >= span:
        around, sign = 2 * span - around, -sign
    return around + low, sign


@helper
def cubic(d):
    """Keys' cubic convolution at a signed distance: weight and slope."""
    a, sign, d = KEYS, 1.0 if d >= 0 else -1.0, abs(d)
    if d <= 1:
        return ((a + 2) * d - (a + 3)) * d * d + 1, sign * (3 * (a + 2) * d - 2 * (a + 3)) * d
    return ((d - 5) * d + 8) * d * a - 4 * a, sign * ((3 * d - 10) * d + 8) * a


@helper
def axis_taps(place, length, mode, padding, corners, cell, weight, slope):
    """Write the taps of a place in pixels along one axis, each with weight and slope; return their number.

    A tap outside has weight and slope 0, at a cell inside. The place is clamped before it becomes an int.
    """
    chain, last = 1.0, length - 1.0
    if padding != REFLECTION:
        place = min(max(place, -3.0), length + 2.0)
    if mode != BICUBIC and padding != ZEROS:
        if padding == REFLECTION:
            place, chain = reflect(place, length, corners)
        if place <= 0 or place >= last:  # at the clamp itself the derivative is 0, as in torch
            chain = 0.0
        place = min(max(place, 0.0), last)
    base = np.rint(place) if mode == NEAREST else np.floor(place)
    fraction = place - base
    count, first = (4, -1) if mode == BICUBIC else (2 if mode == BILINEAR else 1, 0)
    for tap in range(count):
        at = base + first + tap
        if mode == BILINEAR:
            weight[tap], slope[tap] = fraction if tap else 1 - fraction, chain if tap else -chain
        elif mode == NEAREST:
            weight[tap], slope[tap] = 1.0, 0.0
        else:
            weight[tap], slope[tap] = cubic(fraction - first - tap)
            if padding == REFLECTION:
                at, _ = reflect(at, length, corners)
            if padding != ZEROS:
                at = min(max(at, 0.0), last)
        if at < 0 or at > last:
            weight[tap], slope[tap] = 0.0, 0.0
        cell[tap] = int(min(max(at, 0.0), last))
    return count


@helper
def point(fused, theta, xs, ys, grid, n, i, j):
    """The point that an output pixel reads, in normalised units: from theta (fused grid) or from the grid."""
    if not fused:
        return grid[n, i, j, 0], grid[n, i, j, 1]
    return (
        theta[n, 0, 0] * xs[j] + theta[n, 0, 1] * ys[i] + theta[n, 0, 2],
        theta[n, 1, 0] * xs[j] + theta[n, 1, 1] * ys[i] + theta[n, 1, 2],
    )


@helper
def to_pixels(coordinate, length, corners):
    """Normalised to pixels, rounded as in the reference: every number is of the coordinate's own type."""
    one, length = type(coordinate)(1), type(coordinate)(length)
    if corners:
        return (coordinate + one) / type(coordinate)(2) * (length - one)
    return ((coordinate + one) * length - one) / type(coordinate)(2)


@helper
def undefined(x, y, padding):
    """Whether a place is undefined: NaN, or infinite under reflection."""
    return math.isnan(x) or math.isnan(y) or (padding == REFLECTION and (math.isinf(x) or math.isinf(y)))


@kernel(parallel=True)
def sample(image, fused, theta, xs, ys, grid, mode, padding, corners, out):
    """Fused grid, if there is a theta; threads over the batch, and over the rows of each output."""
    _, channels, height, width = image.shape
    rows, columns = out.shape[2:]
    for k in prange(len(image) * rows):
        n, i = k // rows, k % rows
        cells, weights, slopes = np.empty((2, 4), np.int64), np.empty((2, 4)), np.empty((2, 4))
        for j in range(columns):
            x, y = point(fused, theta, xs, ys, grid, n, i, j)
            x, y = to_pixels(x, width, corners), to_pixels(y, height, corners)
            if undefined(x, y, padding):
                out[n, :, i, j] = np.nan
                continue
            count = axis_taps(x, width, mode, padding, corners, cells[0], weights[0], slopes[0])
            axis_taps(y, height, mode, padding, corners, cells[1], weights[1], slopes[1])
            for c in range(channels):
                value = 0.0
                for up in range(count):
                    for along in range(count):
                        weight = weights[1, up] * weights[0, along]
                        if weight != 0:  # a tap of weight 0 is not read, since 0 * NaN is NaN
                            value += weight * image[n, c, cells[1, up], cells[0, along]]
                out[n, c, i, j] = value


@helper(inline="always")  # a call would cost a quarter more time
def spread(d_out, image, n, i, j, count, cells, weights, slopes, d_image):
    """Add one output pixel's gradients to the pixels of its taps; return the gradient of its place, in pixels."""
    d_x = d_y = 0.0
    for up in range(count):
        for along in range(count):
            weight = weights[1, up] * weights[0, along]
            slope_x, slope_y = weights[1, up] * slopes[0, along], slopes[1, up] * weights[0, along]
            row, column, pull = cells[1, up], cells[0, along], 0.0
            for c in range(image.shape[1]):
                if weight != 0:
                    d_image[n, c, row, column] += weight * d_out[n, c, i, j]
                pull += d_out[n, c, i, j] * image[n, c, row, column]
            d_x += slope_x * pull if slope_x != 0 else 0.0
            d_y += slope_y * pull if slope_y != 0 else 0.0
    return d_x, d_y


@kernel(parallel=True)
def sample_backward(d_out, image, fused, theta, xs, ys, grid, mode, padding, corners, d_image, d_theta, d_grid):
    """Fused grid and d_theta, if there is a theta; threads over the batch, so that no two write one pixel."""
    _, _, height, width = image.shape
    rows, columns = d_out.shape[2:]
    per_x, per_y = (width - corners) / 2, (height - corners) / 2
    for n in prange(len(image)):
        cells, weights, slopes = np.empty((2, 4), np.int64), np.empty((2, 4)), np.empty((2, 4))
        d_affine = np.zeros((2, 3))
        for i in range(rows):
            for j in range(columns):
                x, y = point(fused, theta, xs, ys, grid, n, i, j)
                x, y = to_pixels(x, width, corners), to_pixels(y, height, corners)
                d_x = d_y = np.nan
                if not undefined(x, y, padding):
                    count = axis_taps(x, width, mode, padding, corners, cells[0], weights[0], slopes[0])
                    axis_taps(y, height, mode, padding, corners, cells[1], weights[1], slopes[1])
                    d_x, d_y = spread(d_out, image, n, i, j, count, cells, weights, slopes, d_image)
                d_x, d_y = d_x * per_x, d_y * per_y
                if not fused:
                    d_grid[n, i, j, 0], d_grid[n, i, j, 1] = d_x, d_y
                    continue
                for axis in range(2):
                    d = d_y if axis else d_x
                    d_affine[axis, 0] += d * xs[j]
                    d_affine[axis, 1] += d * ys[i]
                    d_affine[axis, 2] += d
        if fused:
            for axis in range(2):  # one by one: for a whole array Numba compiles an error message about shapes too
                for place in range(3):
                    d_theta[n, axis, place] = d_affine[axis, place]
