"""Measure what pose remains.

Chapter:     10, Training it with nothing but NumPy
Difficulty:  2 of 3
Size:        about 6 lines
Check:       pytest --ex pose_left

The pose that remains in the classifier's input: a digit was put on its canvas by a pose, the transformer reads the
canvas by a theta, and both together are one theta. Only differences between digits count.
"""

import numpy as np

from book.by_hand import DIGIT, compose_theta


def pose_left(pose, theta):
    """Measure the pose that remains: standard deviations of place (in a digit's pixels), log size and degrees.

    Parameters
    ----------
    pose : (N, 2, 3) array of float32 or float64
        The theta by which each canvas reads its digit.
    theta : (N, 2, 3) array of pose's dtype
        The theta by which the transformer reads each canvas.

    Returns
    -------
    place : number
        Standard deviation of the shift, the mean of x and y, in pixels of the digit, which is DIGIT wide and high.
    size : number
        Standard deviation of the logarithm of the size.
    turn : number
        Standard deviation of the angle, in degrees.

    Notes
    -----
    Convention: of what remains, ``[[a, b, x], [c, d, y]]``, the shift is (x, y), the size is the root of the absolute
    determinant ``|a d - b c|``, and the angle is that of the rotation nearest to it, ``arctan2(c - b, a + d)``.
    """
    raise NotImplementedError("your answer goes here")


# Three hints, each more explicit than the one before. Stop as soon as you can go on alone.
HINTS = [
    "Two transformers in a row: the first one reads the digit and writes the canvas, the second one reads the canvas. "
    "Which function turns two thetas into one, and in which order does it take them?",
    "`left = compose_theta(pose, theta)`. The shifts are its last column, in normalised units: one unit is half a "
    "digit, DIGIT / 2 pixels. The logarithm of a root is half of the logarithm.",
    "Shift: `left[:, :, 2].std(axis=0).mean() * DIGIT / 2`. Size: the standard deviation of "
    "`np.log(np.abs(np.linalg.det(left[:, :, :2]))) / 2`. Angle: `np.arctan2` of `left[:, 1, 0] - left[:, 0, 1]` and "
    "`left[:, 0, 0] + left[:, 1, 1]`, and `np.degrees` of its standard deviation.",
]
