"""Turn the errors of several seeds into the two numbers of a table's cell.

Chapter:     13, Training at scale
Difficulty:  1 of 3
Size:        about 3 lines
Check:       pytest --ex mean_and_spread

A cell reads "mean ± spread". Several spreads go by that name, and even with three seeds the largest can be three times
the smallest.
"""

import numpy as np


def mean_and_spread(errors):
    """Give the mean of each cell's errors, and their sample standard deviation, both in per cent.

    Parameters
    ----------
    errors : (C, S) array of float64
        One row for each cell of a table, one column for each seed, 2 or more; shares from 0 to 1.

    Returns
    -------
    mean : (C,) array of float64
        In per cent.
    spread : (C,) array of float64
        In percentage points.

    Notes
    -----
    Convention: the sample standard deviation divides the sum of squares by S - 1, because the mean was computed from
    the same S runs.
    """
    raise NotImplementedError("your answer goes here")


# Three hints, each more explicit than the one before. Stop as soon as you can go on alone.
HINTS = [
    "Go to per cent first, and then work along the seeds, which are the last axis.",
    "NumPy's `std` divides by S by default; look for `ddof` in its documentation.",
    "`percent = 100 * errors`, then return `percent.mean(axis=1)` and `percent.std(axis=1, ddof=1)`. "
    "For 1, 6, 5, 5 and 3 NumPy's default is 1.79, and the equation gives 2.",
]
