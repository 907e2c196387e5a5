"""How much a thin plate sags at some distance from the pin that holds it.

Chapter:     15, Other families of transformations
Difficulty:  1 of 3
Size:        about 3 lines
Check:       pytest --ex tps_radial

One line of mathematics with a trap: a warning on the way is allowed, a NaN is not.
"""

import numpy as np


def tps_radial(distance):
    """Shape of a thin plate around the pin that holds it, U(r) = r^2 log r.

    Parameters
    ----------
    distance : (M, K) array of float32 or float64
        r, from M places to K control points, in normalised units; some may be 0, none is negative.

    Returns
    -------
    (M, K) array of distance's dtype
        U of each; 0 at a distance of 0, and finite everywhere.

    Notes
    -----
    Convention: the natural logarithm, so U is negative up to a distance of 1 and positive beyond.
    Source: Bookstein 1989.
    """
    raise NotImplementedError("your answer goes here")


# Three hints, each more explicit than the one before. Stop as soon as you can go on alone.
HINTS = [
    "At r = 0 the formula is 0 times minus infinity, which is NaN in NumPy. What does `r**2 * log(r)` tend to as r "
    "shrinks? Try 0.1, 0.01, 0.001.",
    "The value at 0 is 0. NumPy computes both sides of an `np.where` before it chooses, so the logarithm of 0 has to "
    "be avoided, not discarded afterwards.",
    "`np.log(np.where(distance > 0, distance, 1))` is 0 wherever the distance is, and finite everywhere; "
    "`distance ** 2` times that is the answer.",
]
