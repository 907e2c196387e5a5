"""Normalised units and pixels: the two conventions of `align_corners`, which grid and sampler share."""

import numpy as np

HORIZON = 1e-6  # a denominator counts as positive above this part of the largest that its row allows
FAR = 1e6  # normalised units: outside every image


def pixel_centres(length: int, align_corners: bool, dtype=np.float64) -> np.ndarray:
    """Normalised positions of the pixel centres along one axis.

    Parameters
    ----------
    length : int
        Number of pixels along the axis.
    align_corners : bool
        Whether the first and last centres are at -1 and 1 (True) or half a pixel inside them (False).
    dtype : dtype
        float32 or float64.

    Returns
    -------
    (length,) array
        Normalised units. A single pixel sits at 0 in both conventions.
    """
    if not align_corners:
        return ((2 * np.arange(length) + 1) / length - 1).astype(dtype)
    return np.linspace(-1, 1, length).astype(dtype) if length > 1 else np.zeros(1, dtype)


def base_points(height: int, width: int, align_corners: bool, dtype=np.float64) -> np.ndarray:
    """The output's own points (x, y, 1), one a row, in the order of its pixels: (h * w, 3)."""
    x = pixel_centres(width, align_corners, dtype)
    y = pixel_centres(height, align_corners, dtype)
    points = np.ones((height, width, 3), dtype)
    points[..., 0] = x
    points[..., 1] = y[:, None]
    return points.reshape(height * width, 3)


def to_pixels(coordinate: np.ndarray, length: int, align_corners: bool) -> np.ndarray:
    """Normalised coordinates to pixels: -1 and 1 are the outer centres (True) or the outer edges (False)."""
    if align_corners:
        return (coordinate + 1) / 2 * (length - 1)
    return ((coordinate + 1) * length - 1) / 2


def pixels_per_unit(length: int, align_corners: bool) -> float:
    """How many pixels a step of one normalised unit is: the factor of the chain rule."""
    return (length - 1) / 2 if align_corners else length / 2
