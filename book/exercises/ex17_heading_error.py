"""Measure the error of headings, where 359 and 1 are neighbours and no direction is marked as up.

Chapter:     17, Aerial images at any heading and scale
Difficulty:  2 of 3
Size:        about 4 lines
Check:       pytest --ex heading_error

A transformer that is trained without headings may turn every nose to the left, consistently. So the constant is
subtracted first, and the rest is the error.
"""

import numpy as np


def heading_error(said, true):
    """Compare headings with the true ones, up to a constant that all of them have in common.

    Parameters
    ----------
    said, true : (N,) arrays of float64
        Degrees on the compass.

    Returns
    -------
    offset : float
        The mean of ``said - true``, as arrows are added: degrees from -180 to 180, of which either may stand for a half
        turn.
    error : float
        The mean distance of ``said - true`` from that offset, the short way round: degrees from 0 to 180.

    Notes
    -----
    Convention: the mean of angles is the direction of the sum of arrows of length 1, one for each of them.
    """
    raise NotImplementedError("your answer goes here")


# Three hints, each more explicit than the one before. Stop as soon as you can go on alone.
HINTS = [
    "The mean of 359 and 1 should be 0. Which numbers can be added up so that it is? Not the angles.",
    "Write each difference as the complex number `np.exp(1j * np.radians(said - true))`, an arrow of length 1; the "
    "mean of the arrows points where the mean difference does: `np.angle` reads it.",
    "With the offset taken off, bring each difference to between -180 and 180 by `(difference + 180) % 360 - 180`; "
    "then the mean of the absolute values.",
]
