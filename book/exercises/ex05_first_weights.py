"""Start all weights of the program.

Chapter:     5, Deciding where to look: the localisation network, forward
Difficulty:  2 of 3
Size:        about 8 lines
Check:       pytest --ex first_weights

The eight arrays with which training begins. The random numbers are drawn in a fixed order, so that every program starts
from the same weights. Two of the eight come from `identity_start`.
"""

import numpy as np

from book.by_hand import CLASSES, HIDDEN, SEEN, SMALL, identity_start


def first_weights(rng, dtype=np.float32):
    """Start all weights: the localisation network's four arrays, then the classifier's four.

    Parameters
    ----------
    rng : np.random.Generator
        The source of the random weights.
    dtype : float32 or float64
        Of all results.

    Returns
    -------
    tuple of eight arrays
        The localisation network's weight (HIDDEN, SMALL**2), bias (HIDDEN,), weight (6, HIDDEN) and bias (6,); the
        classifier's weight (HIDDEN, SEEN**2), bias (HIDDEN,), weight (CLASSES, HIDDEN) and bias (CLASSES,).

    Notes
    -----
    Convention: three of the weights are random: ``rng.uniform(-1, 1, shape)`` over the square root of the layer's
    number of inputs, drawn in the order in which they are returned. The layer that gives theta is `identity_start`'s;
    the other biases are 0.
    """
    raise NotImplementedError("your answer goes here")


# Three hints, each more explicit than the one before. Stop as soon as you can go on alone.
HINTS = [
    "Write down the shapes of all eight arrays first. Three of them are random, two come from `identity_start`, and "
    "the other three are zeros.",
    "A layer's weight has the shape (outputs, inputs), so its number of inputs is `shape[1]`. The division by its "
    "root keeps the sums of many inputs from growing with their number.",
    "For each of `(HIDDEN, SMALL**2), (HIDDEN, SEEN**2), (CLASSES, HIDDEN)` make `(rng.uniform(-1, 1, shape) / "
    "shape[1] ** 0.5).astype(dtype)` and `np.zeros(shape[0], dtype)`. After the first pair comes "
    "`identity_start(HIDDEN, dtype)`, then the other two pairs.",
]
