"""Start a localisation network so that it changes nothing.

Chapter:     5, Deciding where to look: the localisation network, forward
Difficulty:  1 of 3
Size:        about 3 lines
Check:       pytest --ex identity_start

The weight and the bias of the last layer, before training, for an affine transformer. Whatever the features are, every
theta must be the identity. Return the two in this order.
"""

import numpy as np


def identity_start(features, dtype=np.float32):
    """Start the last layer of an affine localisation network so that every picture passes unchanged at first.

    Parameters
    ----------
    features : int
        The number of the layer's inputs.
    dtype : float32 or float64
        Of both results.

    Returns
    -------
    weight : (6, features) array
    bias : (6,) array

    Notes
    -----
    Convention: ``phi = weight @ f + bias`` for the features f of one picture, and the six numbers of phi are laid out
    in the two rows of theta, ``theta = phi.reshape(2, 3)``. Theta is in normalised units.
    Source: Jaderberg et al. 2015, section 3.1; the start is common practice.
    """
    raise NotImplementedError("your answer goes here")


# Three hints, each more explicit than the one before. Stop as soon as you can go on alone.
HINTS = [
    "Which theta, as two rows of three numbers, maps each point (x, y) to itself?",
    "The features differ from picture to picture, and theta must not. So what can the weights be? The bias alone has "
    "to be the identity.",
    "Theta is `[[1, 0, 0], [0, 1, 0]]`; its first row, then its second, is the bias. The weight is `np.zeros((6, "
    "features), dtype)`.",
]
