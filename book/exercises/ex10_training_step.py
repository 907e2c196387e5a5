"""Go forward and back, and update all weights.

Chapter:     10, Training it with nothing but NumPy
Difficulty:  2 of 3
Size:        about 9 lines
Check:       pytest --ex training_step

One step of training the whole program. Each part is given, forward and backward: put them in order, and give the
localisation network a learning rate of its own.
"""

import numpy as np

from book.by_hand import (
    cross_entropy,
    cross_entropy_backward,
    network,
    network_backward,
    sgd_step,
    transform,
    transform_backward,
)


def training_step(weights, image, target, lr, own_lr):
    """Go forward and back, and update all weights.

    Parameters
    ----------
    weights : tuple of eight arrays of float32 or float64
        The localisation network's four, then the classifier's four.
    image : (N, 1, H, W) array of the weights' dtype
        The canvases.
    target : (N,) array of ints
        The right classes.
    lr : float
        Learning rate of the classifier.
    own_lr : float
        Learning rate of the localisation network.

    Returns
    -------
    weights : tuple of eight arrays
        After one step, in the same order; new arrays.
    loss : number
        The batch's cross-entropy before the step.

    Notes
    -----
    Convention: both gradients are those of the weights that came in. The classifier takes the output of `transform` as
    (N, SEEN * SEEN), one row for each picture.
    """
    raise NotImplementedError("your answer goes here")


# Three hints, each more explicit than the one before. Stop as soon as you can go on alone.
HINTS = [
    "Write the forward first: what is read, the scores, the loss. Then go back through the same lines from the last "
    "to the first, and only then update the weights.",
    "`cross_entropy_backward(1.0, logits, target)` begins the backward. `network_backward` of the classifier gives "
    "the gradient of its inputs as well; reshaped to the shape of the output, it is the argument of "
    "`transform_backward`.",
    "`sgd_step` takes groups: `dict(params=localisation, grads=d_localisation, lr=own_lr)` and "
    "`dict(params=classifier, grads=d_classifier)`, in this order, and returns the eight new arrays.",
]
