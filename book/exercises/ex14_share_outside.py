"""Measure the share of an output's points that lie outside the picture.

Chapter:     14, When it does not work: debugging an STN
Difficulty:  1 of 3
Size:        about 8 lines
Check:       pytest --ex share_outside

The first number to print if a transformer does not learn. Where all points are well outside, there is no gradient.
"""

import numpy as np


def share_outside(theta, size, align_corners=False):
    """Compute for each image the share of the output's points that lie outside it.

    Parameters
    ----------
    theta : (N, 2, 3) array of float64
        One affine map for each image, from the output to the input, in normalised units.
    size : (N, C, h, w) ints
        The shape of the output; h and w are at least 2.
    align_corners : bool
        What -1 and 1 are: the outer edges of the outermost pixels (False) or their centres (True).

    Returns
    -------
    (N,) array of float64
        From 0, all points on the picture, to 1, none.

    Notes
    -----
    Convention: a point (x, y) is outside if x or y is less than -1 or greater than 1, in normalised units. A point
    exactly at -1 or 1 is inside.
    """
    raise NotImplementedError("your answer goes here")


# Three hints, each more explicit than the one before. Stop as soon as you can go on alone.
HINTS = [
    "First the output's own points (x, y, 1), all h * w of them, as in chapter 3. With `align_corners=False` the first "
    "centre along x is at -1 + 1 / w, with True at -1.",
    "Where they look: `theta @ (x, y, 1)` for each image, an array (N, h, w, 2). A point is outside as soon as one of "
    "its two coordinates is: `.any(axis=-1)`.",
    "With `x, y = np.meshgrid(...)` and `points = np.stack([x, y, np.ones_like(x)])`: "
    "`grid = np.einsum('nck,kij->nijc', theta, points)`, then `(abs(grid) > 1).any(axis=-1).mean(axis=(1, 2))`.",
]
