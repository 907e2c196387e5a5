"""Convert positions in pixels to normalised units.

Chapter:     3, Where to look: coordinates and the grid
Difficulty:  1 of 3
Size:        about 5 lines
Check:       pytest --ex to_normalised

One axis at a time: the function serves x with the width as `length`, and y with the height. The checks cover both
conventions, positions between pixels and outside the picture, and an axis of a single pixel.
"""

import numpy as np


def to_normalised(pixels, length, align_corners=False):
    """Convert positions in pixels, along one axis, to normalised coordinates.

    Parameters
    ----------
    pixels : (...) array of float32 or float64
        Positions in pixels: 0 is the centre of the first pixel. They may lie between two pixels or outside the picture.
    length : int
        The number of pixels along the axis: the width for x, the height for y.
    align_corners : bool
        Whether -1 and 1 are the centres of the outermost pixels (True) or the outer edges of the image (False).

    Returns
    -------
    (...) array of pixels' dtype
        The same places in normalised units. The centre of a single pixel is at 0 in both conventions.

    Notes
    -----
    Convention: torch's `align_corners`. The inverse is `to_pixels`.
    """
    raise NotImplementedError("your answer goes here")


# Three hints, each more explicit than the one before. Stop as soon as you can go on alone.
HINTS = [
    "Two pairs of numbers determine each convention: which positions in pixels are at -1 and at 1? With edges, the "
    "left edge of the first pixel is not at 0 but half a pixel before it.",
    "The map from pixels to units is a straight line: first centre plus step times position. With edges a step is `2 "
    "/ length` and the first centre is at `-1 + 1 / length`; with centres a step is `2 / (length - 1)`, from -1.",
    "With edges: `(2 * pixels + 1) / length - 1`. With centres: `2 * pixels / (length - 1) - 1`, but an axis of one "
    "pixel has no step, so there return zeros.",
]
