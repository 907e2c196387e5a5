"""Which pixels along one axis a sample reads, and with what weight: the part the sampler's two directions share.

Every mode is separable. A *tap* is one pixel of one axis: its index, its weight, and the slope of that weight as
the sample moves by one pixel. Nearest has one tap an axis, bilinear two, bicubic four.
"""

import numpy as np

MODES = ("bilinear", "nearest", "bicubic")
PADDING_MODES = ("zeros", "border", "reflection")


def to_pixels(coordinate, length, align_corners):
    """Normalised coordinates to pixels: -1 and 1 are the outer centres (True) or the outer edges (False)."""
    if align_corners:
        return (coordinate + 1) / 2 * (length - 1)
    return ((coordinate + 1) * length - 1) / 2


def pixels_per_unit(length, align_corners):
    """How many pixels a step of one normalised unit is: the factor of the chain rule."""
    return (length - 1) / 2 if align_corners else length / 2


def axis_taps(position, length, mode, padding_mode, align_corners):
    """The taps of samples along one axis.

    Parameters
    ----------
    position : array
        Finite or infinite positions in pixels (NaN is the caller's to handle).
    length : int
        Pixels along the axis.

    Returns
    -------
    list of (index, weight, slope)
        Each shaped like `position`. An index is always inside the axis; a tap outside has weight and slope 0.
    """
    if padding_mode != "reflection":  # beyond three pixels outside nothing changes, and an int overflows no more
        position = np.clip(position, -3, length + 2)
    if mode == "bicubic":
        cells, weights, slopes = _cubic(position)
        if padding_mode == "reflection":
            cells = [_reflect(cell, length, align_corners)[0] for cell in cells]
        if padding_mode != "zeros":
            cells = [np.clip(cell, 0, length - 1) for cell in cells]
    else:
        position, chain = _fold(position, length, padding_mode, align_corners)
        cells, weights, slopes = (_linear if mode == "bilinear" else _nearest)(position)
        slopes = [slope * chain for slope in slopes]
    return [_inside(*tap, length) for tap in zip(cells, weights, slopes)]


def _linear(position):
    cell = np.floor(position)
    fraction = position - cell
    one = np.ones_like(position)
    return [cell, cell + 1], [1 - fraction, fraction], [-one, one]


def _nearest(position):
    return [np.rint(position)], [np.ones_like(position)], [np.zeros_like(position)]


def _cubic(position, a=-0.75):
    """Keys' cubic convolution with torch's a = -0.75: pieces for distances below 1 and from 1 to 2."""
    cell = np.floor(position)
    cells, weights, slopes = [], [], []
    for offset in (-1, 0, 1, 2):
        signed = position - cell - offset
        d = np.abs(signed)
        near = offset in (0, 1)
        cells.append(cell + offset)
        weights.append(((a + 2) * d - (a + 3)) * d * d + 1 if near else ((d - 5) * d + 8) * d * a - 4 * a)
        slope = (3 * (a + 2) * d - 2 * (a + 3)) * d if near else ((3 * d - 10) * d + 8) * a
        slopes.append(slope if offset <= 0 else -slope)  # samples left of the tap move towards it
    return cells, weights, slopes


def _fold(position, length, padding_mode, align_corners):
    """Bring positions outside back in, with the factor by which that changes their derivative."""
    chain = np.ones_like(position)
    if padding_mode == "zeros":
        return position, chain
    if padding_mode == "reflection":
        position, chain = _reflect(position, length, align_corners)
    # At the clamp itself the derivative is 0, as in torch: one side of that kink is flat.
    chain = np.where((position <= 0) | (position >= length - 1), np.zeros_like(chain), chain)
    return np.clip(position, 0, length - 1), chain


def _reflect(position, length, align_corners):
    """Mirror positions at the outer centres (align_corners) or the outer edges, as often as needed."""
    low, span = (0, length - 1) if align_corners else (-0.5, length)
    if span == 0:
        return np.zeros_like(position), np.zeros_like(position)
    distance = position - low
    sign = np.where(distance < 0, -1, 1).astype(position.dtype)
    around = np.fmod(np.abs(distance), 2 * span)
    back = around >= span
    return np.where(back, 2 * span - around, around) + low, np.where(back, -sign, sign)


def _inside(cell, weight, slope, length):
    inside = (cell >= 0) & (cell <= length - 1)
    zero = np.zeros_like(weight)
    index = np.clip(cell, 0, length - 1).astype(np.intp)
    return index, np.where(inside, weight, zero), np.where(inside, slope, zero)
