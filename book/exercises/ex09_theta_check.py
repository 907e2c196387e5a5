"""Measure the gradient of theta without deriving it.

Chapter:     9, The transformer as one layer
Difficulty:  2 of 3
Size:        about 8 lines
Check:       pytest --ex theta_check

A check for any backward that claims a d_theta. It is judged with large steps, so use the given step, to both sides. All
arrays are float64.
"""

import numpy as np


def theta_check(forward, theta, d_out, step=1e-6):
    """Measure how the loss changes with each entry of theta, by central differences.

    Parameters
    ----------
    forward : callable
        ``forward(theta) -> out``, shaped like d_out. Each image of the batch depends on its own theta only.
    theta : (N, 2, 3) array of float64
        The thetas at which the gradient is measured.
    d_out : (N, ...) array of float64
        Gradient of the loss with respect to forward's output.
    step : float
        How far each entry is moved to either side, in theta's own units.

    Returns
    -------
    (N, 2, 3) array of float64
        The slope of ``(d_out * forward(theta)).sum()`` along each entry of theta.

    Notes
    -----
    Convention: an entry's slope is ``(L(entry + step) - L(entry - step)) / (2 * step)``, exact up to rounding where the
    loss L is quadratic in the entry. Source: the definition of the derivative, taken to both sides.
    """
    raise NotImplementedError("your answer goes here")


# Three hints, each more explicit than the one before. Stop as soon as you can go on alone.
HINTS = [
    "First the loss as one number for a given theta: the output multiplied by `d_out`, and summed.",
    "Loop over all places of theta with `np.ndindex(theta.shape)`. At each, that one entry is moved and all others "
    "stay; move it in a fresh copy.",
    "At each entry: `above` is the loss with `copy[entry] += step`, `below` that with `copy[entry] -= step` in "
    "another copy, and `d_theta[entry] = (above - below) / (2 * step)`.",
]
