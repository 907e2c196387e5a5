"""Take a gradient back through two layers.

Chapter:     6, Backwards through the layers
Difficulty:  2 of 3
Size:        about 4 lines
Check:       pytest --ex network_backward

The backward of `network`. `linear_backward` is given, the program's or your own: what remains is the order of the
steps, and ReLU between them.
"""

import numpy as np

from book.by_hand import linear_backward


def network_backward(d_out, inputs, weights):
    """Take a gradient back through `network`: to its inputs, and to its weights.

    Parameters
    ----------
    d_out : (N, O) array of float32 or float64
        Gradient of the loss with respect to the network's output.
    inputs : (N, I) array of d_out's dtype
        The inputs of the forward.
    weights : tuple of four arrays of d_out's dtype
        The first layer's weight (J, I) and bias (J,), then the second's, (O, J) and (O,).

    Returns
    -------
    d_inputs : (N, I) array
    d_weights : tuple of four arrays
        One gradient for each of the weights, in their order.

    Notes
    -----
    Convention: the slope of ReLU is 1 above 0, and 0 below 0 and at 0. The forward kept nothing, so that the hidden
    units are computed again.
    """
    raise NotImplementedError("your answer goes here")


# Three hints, each more explicit than the one before. Stop as soon as you can go on alone.
HINTS = [
    "Write the forward as three lines with names: before ReLU, after ReLU, out. The backward has one line for each of "
    "them, in the opposite order.",
    "The second layer's inputs were the hidden units after ReLU. Their gradient passes ReLU only where the hidden "
    "unit was positive *before* ReLU. Then the first layer's backward follows.",
    "`before = inputs @ weights[0].T + weights[1]`. `linear_backward(d_out, np.maximum(before, 0), *weights[2:])` "
    "gives d_hidden and two gradients. `linear_backward(d_hidden * (before > 0), inputs, *weights[:2])` gives "
    "d_inputs and the other two, which come first in the tuple.",
]
