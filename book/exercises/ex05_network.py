"""Compute two linear layers with a ReLU between them.

Chapter:     5, Deciding where to look: the localisation network, forward
Difficulty:  1 of 3
Size:        about 2 lines
Check:       pytest --ex network

One function serves twice in the program: as the localisation network, which gives the six numbers of theta, and as the
classifier. The sizes follow from the weights.
"""

import numpy as np


def network(inputs, weights):
    """Compute linear, ReLU, linear: the localisation network, and the classifier too.

    Parameters
    ----------
    inputs : (N, I) array of float32 or float64
        One row for each picture.
    weights : tuple of four arrays of inputs' dtype
        The first layer's weight (J, I) and bias (J,), then the second's, (O, J) and (O,).

    Returns
    -------
    (N, O) array of inputs' dtype

    Notes
    -----
    Convention: a layer is ``inputs @ weight.T + bias``; ReLU replaces negative numbers by 0.
    """
    raise NotImplementedError("your answer goes here")


# Three hints, each more explicit than the one before. Stop as soon as you can go on alone.
HINTS = [
    "Do one picture with two inputs and two hidden units on paper. At which place does ReLU act, and does anything "
    "follow the second layer?",
    "The hidden units are `inputs @ weights[0].T + weights[1]`, and `np.maximum(..., 0)` is their ReLU. The second "
    "layer takes these units as its inputs.",
    "Put the first into the second: `hidden @ weights[2].T + weights[3]`, where `hidden` is the result of ReLU. No "
    "ReLU follows, because scores and the numbers of theta may be negative.",
]
