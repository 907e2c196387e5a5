"""Compute the learning rate of each part of a network at a given step.

Chapter:     13, Training at scale
Difficulty:  1 of 3
Size:        about 3 lines
Check:       pytest --ex rate_at

The rate falls to a tenth after each third of a run, and the localisation network learns at its own share of it. A wrong
schedule raises no error; it only gives another result.
"""

import numpy as np


def rate_at(step, iterations, rate, factor):
    """Give the rates of the classifier and of the localisation network at some steps of a run.

    Parameters
    ----------
    step : (N,) array of ints
        Steps of the run, counted from 0 to iterations - 1.
    iterations : int
        The number of steps of the run, 3 or more, not necessarily a multiple of three.
    rate : float
        Learning rate at step 0. It falls to a tenth at the first step that is at or past a third of the run, and to a
        tenth of that at the first one at or past two thirds.
    factor : float
        The factor by which the rate is multiplied for the localisation network.

    Returns
    -------
    classifier_rate : (N,) array of float64
    localisation_rate : (N,) array of float64

    Notes
    -----
    Convention: the steps of a third are those with ``floor(3 * step / iterations)`` equal to 0, 1 or 2.
    """
    raise NotImplementedError("your answer goes here")


# Three hints, each more explicit than the one before. Stop as soon as you can go on alone.
HINTS = [
    "How often has the rate fallen before each step? That is a whole number, 0, 1 or 2, and it is the same for both "
    "rates.",
    "Multiply before you divide: `step * 3 // iterations` counts the falls exactly, even if a third of the run is not "
    "a whole number. `iterations // 3` loses the remainder.",
    "`falls = step * 3 // iterations`, then `classifier_rate = rate * 0.1**falls`. Return `classifier_rate` and "
    "`factor * classifier_rate`. Of ten steps, step 4 is the first at the lower rate.",
]
