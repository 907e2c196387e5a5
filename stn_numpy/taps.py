"""The pixels that a sample reads along one axis, and their weights: the common part of the sampler's two directions.

Every mode is separable. A *tap* is one pixel of one axis: its index and its weight, and for the backward the slope of
that weight as the sample moves by one pixel. Nearest has one tap an axis, bilinear two, bicubic four.
"""

import numpy as np

MODES = ("bilinear", "nearest", "bicubic")
PADDING_MODES = ("zeros", "border", "reflection")
KEYS = -0.75  # the free parameter a of Keys' cubic convolution, as torch has it


def axis_taps(
    position: np.ndarray, length: int, mode: str, padding_mode: str, align_corners: bool, slopes: bool = False
) -> list:
    """The taps of samples along one axis.

    Parameters
    ----------
    position : array
        Finite or infinite positions in pixels. NaN is excluded before.
    length : int
        Pixels along the axis.
    slopes : bool
        Whether each tap comes with the slope of its weight, which only the backward needs.

    Returns
    -------
    list of (index, weight) or (index, weight, slope)
        Each shaped like `position`. An index is always inside the axis; a tap outside has weight and slope 0.
    """
    if padding_mode != "reflection":  # beyond three pixels outside nothing changes, and an int cannot overflow
        position = np.clip(position, -3, length + 2)
    factor = 1
    if mode != "bicubic":
        position, factor = fold(position, length, padding_mode, align_corners)
    cells, weights = TAPS[mode](position)
    if mode == "bicubic" and padding_mode != "zeros":
        cells = [fold(cell, length, padding_mode, align_corners)[0] for cell in cells]
    columns = [[np.clip(cell, 0, length - 1).astype(np.intp) for cell in cells], keep_inside(weights, cells, length)]
    if slopes:
        columns.append(keep_inside([slope * factor for slope in SLOPES[mode](position)], cells, length))
    return list(zip(*columns))


def linear_taps(position: np.ndarray) -> tuple:
    """Two neighbours: the pixel at or before the position, and the next one."""
    cell = np.floor(position)
    fraction = position - cell
    return [cell, cell + 1], [1 - fraction, fraction]


def linear_slopes(position: np.ndarray) -> list:
    """Moving by one pixel adds to the second weight what it takes from the first."""
    one = np.ones_like(position)
    return [-one, one]


def nearest_taps(position: np.ndarray) -> tuple:
    """One pixel; half-way between two of them, the even one."""
    return [np.rint(position)], [np.ones_like(position)]


def nearest_slopes(position: np.ndarray) -> list:
    """Zero, wherever the slope is defined."""
    return [np.zeros_like(position)]


def cubic_taps(position: np.ndarray) -> tuple:
    """Keys' cubic convolution: pieces for distances below 1 (the inner two pixels) and from 1 to 2 (the outer two)."""
    a, cell = KEYS, np.floor(position)
    cells, weights = [], []
    for offset in (-1, 0, 1, 2):
        d = np.abs(position - cell - offset)
        near = offset in (0, 1)
        cells.append(cell + offset)
        weights.append(((a + 2) * d - (a + 3)) * d * d + 1 if near else ((d - 5) * d + 8) * d * a - 4 * a)
    return cells, weights


def cubic_slopes(position: np.ndarray) -> list:
    """The derivatives of the weights of `cubic_taps`."""
    a, cell = KEYS, np.floor(position)
    slopes = []
    for offset in (-1, 0, 1, 2):
        d = np.abs(position - cell - offset)
        near = offset in (0, 1)
        slope = (3 * (a + 2) * d - 2 * (a + 3)) * d if near else ((3 * d - 10) * d + 8) * a
        slopes.append(slope if offset <= 0 else -slope)  # samples left of the tap move towards it
    return slopes


TAPS = {"bilinear": linear_taps, "nearest": nearest_taps, "bicubic": cubic_taps}
SLOPES = {"bilinear": linear_slopes, "nearest": nearest_slopes, "bicubic": cubic_slopes}


def fold(position: np.ndarray, length: int, padding_mode: str, align_corners: bool) -> tuple:
    """Bring positions outside back into the image, with the factor by which that changes their derivative."""
    factor = np.ones_like(position)
    if padding_mode == "zeros":
        return position, factor
    if padding_mode == "reflection":
        position, factor = reflect(position, length, align_corners)
    # At the clamp itself the derivative is 0, as in torch: one side of that kink is flat.
    factor = np.where((position <= 0) | (position >= length - 1), np.zeros_like(factor), factor)
    return np.clip(position, 0, length - 1), factor


def reflect(position: np.ndarray, length: int, align_corners: bool) -> tuple:
    """Mirror positions at the outer centres (align_corners) or the outer edges, as often as needed.

    The second array is 1 where a reflected position moves with the original one, and -1 where it moves against it.
    """
    low, span = (0, length - 1) if align_corners else (-0.5, length)
    if span == 0:
        return np.zeros_like(position), np.zeros_like(position)
    distance = position - low
    sign = np.where(distance < 0, -1, 1).astype(position.dtype)
    around = np.fmod(np.abs(distance), 2 * span)
    back = around >= span
    return np.where(back, 2 * span - around, around) + low, np.where(back, -sign, sign)


def keep_inside(numbers: list, cells: list, length: int) -> list:
    """Weights or slopes of taps, with 0 for those whose cell is outside the axis."""
    return [
        np.where((cell >= 0) & (cell <= length - 1), number, np.zeros_like(number))
        for cell, number in zip(cells, numbers)
    ]
