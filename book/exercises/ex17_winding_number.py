"""Count how often a transformer turns while a tile is turned once.

Chapter:     17, Aerial images at any heading and scale
Difficulty:  2 of 3
Size:        about 4 lines
Check:       pytest --ex winding_number

A tile was turned through a full circle in equal steps, and a transformer predicted a theta at each of them. A
transformer that follows the heading turns once; one number, which returns to where it began, does not turn at all.
"""

import numpy as np


def winding_number(theta):
    """Count the full turns of a closed curve of thetas.

    Parameters
    ----------
    theta : (M, 2, 3) array of float32 or float64
        In the order of the curve, in normalised units; after the last one the curve closes at the first. From each to
        the next the angle changes by less than half a turn.

    Returns
    -------
    float
        A whole number, positive where the angle grows: that of the rotation nearest to each theta,
        ``arctan2(theta[1, 0] - theta[0, 1], theta[0, 0] + theta[1, 1])``, which is the heading that it undoes,
        clockwise.
    """
    raise NotImplementedError("your answer goes here")


# Three hints, each more explicit than the one before. Stop as soon as you can go on alone.
HINTS = [
    "np.arctan2 gives each angle up to full turns, so it jumps by 2 * pi somewhere. What never jumps is the step from "
    "one theta to the next, taken the short way round.",
    "Bring every difference of neighbours to between -pi and pi, the one from the last theta to the first included, "
    "and add them up. The sum is a whole number of full turns.",
    "`steps = np.diff(angle, append=angle[:1])`, then `(steps + np.pi) % (2 * np.pi) - np.pi`; their sum over 2 * "
    "np.pi, rounded, is the answer.",
]
