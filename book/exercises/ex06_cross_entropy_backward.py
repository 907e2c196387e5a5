"""Take the gradient back through softmax and cross-entropy.

Chapter:     6, Backwards through the layers
Difficulty:  1 of 3
Size:        about 6 lines
Check:       pytest --ex cross_entropy_backward

Two functions in one step, because together they are simpler than either. Scores may be large: 1000 must not overflow.
You may assume that the arguments are valid, and that d_loss is a Python float.
"""

import numpy as np


def cross_entropy_backward(d_loss: float, logits: np.ndarray, target: np.ndarray) -> np.ndarray:
    """Gradient of `cross_entropy`: d_loss, a scalar, to d_logits (N, K); the target takes no gradient.

    The probabilities, less 1 at the right class, over N. d_loss is 1 where the loss itself is minimised.
    """
    raise NotImplementedError("your answer goes here")


# Three hints, each more explicit than the one before. Stop as soon as you can go on alone.
HINTS = [
    "Begin with one image and write its loss as the logarithm of a sum, less the score of the right class. What is "
    "the slope of each of the two terms with respect to one score?",
    "The result is the prediction minus the target. So you need the probabilities, row by row; the loss is a mean "
    "over the batch, and something may follow it.",
    "Subtract from each row its largest score, take `np.exp`, divide each row by its sum (`axis=1, keepdims=True`). "
    "Subtract 1 in row n at column `target[n]`: `np.arange(len(target))` gives the rows. Multiply by `d_loss / N`.",
]
