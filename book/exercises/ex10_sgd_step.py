"""Take one step of gradient descent at two rates.

Chapter:     10, Training it with nothing but NumPy
Difficulty:  1 of 3
Size:        about 5 lines
Check:       pytest --ex sgd_step

Parameters come in groups, so that the localisation network can learn at a rate of its own. The book's optimizers update
the parameters in place; here return new arrays, and do not change the arguments.
"""

import numpy as np


def sgd_step(groups, lr):
    """Move every parameter one step against its gradient, each group at its own learning rate.

    Parameters
    ----------
    groups : list of dict
        Each holds "params" and "grads", two lists of arrays of equal shapes, and perhaps "lr", a float.
    lr : float
        Learning rate of every group that names none.

    Returns
    -------
    tuple of arrays
        The parameters after the step, group by group, each of its old shape and dtype; new arrays.

    Notes
    -----
    Convention: ``new = old - rate * gradient``, with no momentum and no decay.
    """
    raise NotImplementedError("your answer goes here")


# Three hints, each more explicit than the one before. Stop as soon as you can go on alone.
HINTS = [
    "Two loops: over the groups, and in each over its parameters and their gradients side by side (`zip`). Find the "
    "rate once for each group.",
    'A group is a dictionary: `group.get("lr", lr)` is its own rate, or the default where it names none. Give the '
    "result a name of its own, so that `lr` is still the default when the next group comes.",
    'Begin with `moved = []`. For each group set `rate = group.get("lr", lr)`, and for each pair append `param - rate '
    "* grad`, which is a new array. Return `tuple(moved)`.",
]
