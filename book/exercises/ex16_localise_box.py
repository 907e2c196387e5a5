"""The rectangle of the image that a theta reads.

Chapter:     16, More than one transformer
Difficulty:  2 of 3
Size:        about 5 lines
Check:       pytest --ex localise_box

A transformer that has learned where to look also localises an object. The rectangle around what it sees can be drawn
and compared with the true one. You may assume that the arguments are valid.
"""

import numpy as np


def localise_box(theta, image_size):
    """Smallest upright rectangle of the image that contains everything each theta reads.

    Parameters
    ----------
    theta : (N, 2, 3) array of float32 or float64
        One affine map for each image, from output positions to input positions, in normalised units.
    image_size : (H, W) ints
        The size of the image, in pixels.

    Returns
    -------
    (N, 4) array of theta's dtype
        Left, top, right and bottom of each rectangle, in pixels from the image's upper left corner: the whole image is
        (0, 0, W, H). Parts outside the image count as well.

    Notes
    -----
    Convention: -1 and 1 are the outer edges, of the output as of the image (``align_corners=False``); the output's four
    corners are at (-1, -1), (1, -1), (-1, 1) and (1, 1), x before y, y down.
    """
    raise NotImplementedError("your answer goes here")


# Three hints, each more explicit than the one before. Stop as soon as you can go on alone.
HINTS = [
    "Theta maps the output to the image, so it shows where each corner of the output reads. No inverse is needed. How "
    "many corners do you need, if theta may turn and mirror?",
    "Put the four corners as columns (x, y, 1) into a (3, 4) array; `theta @ corners` is (N, 2, 4), the places "
    "that they read. The rectangle reaches from the smallest x to the largest, and from the smallest y to the largest.",
    "Last, the units: -1 becomes 0 and 1 becomes W or H, so x is `(x + 1) * W / 2`. With `places = (theta @ corners + "
    "1) * np.array([[W], [H]]) / 2`, the answer is `np.concatenate([places.min(axis=2), places.max(axis=2)], axis=1)`, "
    "in theta's dtype. For the window above it is (6, 2, 14, 6).",
]
