"""Read a heading on the compass out of a theta.

Chapter:     17, Aerial images at any heading and scale
Difficulty:  2 of 3
Size:        about 3 lines
Check:       pytest --ex heading_of_theta

A transformer shows an aircraft with its nose up. Where did the nose point on the tile? Apply theta to one arrow. Some
of the thetas here shear, too; an arrow works for those as well.
"""

import numpy as np


def heading_of_theta(theta):
    """Compute the direction on the input of the output's upper side, as a heading on the compass.

    Parameters
    ----------
    theta : (N, 2, 3) array of float32 or float64
        From the output to the input, in normalised units; both are square.

    Returns
    -------
    (N,) array of theta's dtype
        Degrees from 0 to below 360, clockwise as seen: 0 is up on the input, 90 is right.

    Notes
    -----
    Convention: rows count downwards, so that the output's upper side lies in the direction (x, y) = (0, -1) from its
    middle.
    """
    raise NotImplementedError("your answer goes here")


# Three hints, each more explicit than the one before. Stop as soon as you can go on alone.
HINTS = [
    "Take the arrow (0, -1) of the output and see where theta's 2 x 2 part puts it on the input. The shift moves the "
    "arrow's foot and its head alike.",
    "The arrow becomes minus the second column: (x, y) = (-theta[:, 0, 1], -theta[:, 1, 1]). On a compass the angle "
    "grows from up towards right; which of the two is the sine then?",
    "`np.degrees(np.arctan2(x, -y)) % 360`: the first argument is what grows towards the right, the second what grows "
    "upwards.",
]
