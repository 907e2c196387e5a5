"""Take the gradient of a sum over turned copies back to logits and scores.

Chapter:     17, Aerial images at any heading and scale
Difficulty:  3 of 3
Size:        about 8 lines
Check:       pytest --ex marginalise_backward

The forward is ``log(sum over k of share_k * p(class | copy k))`` for each class, where the shares are the softmax of
the scores and the probabilities that of the logits.
"""

import numpy as np


def marginalise_backward(d_out: np.ndarray, logits: np.ndarray, scores: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Gradient of `marginalise`: d_out (N, C) to d_logits (N, K, C) and d_scores (N, K).

    With the posterior ``r = share_k * p(class | copy k) / sum over k of the same``, each copy's part is ``r * d_out``,
    which then passes back through two softmaxes. Where the loss is minus one class's output, the gradient of the scores
    is the shares less that class's posterior.
    """
    raise NotImplementedError("your answer goes here")


# Three hints, each more explicit than the one before. Stop as soon as you can go on alone.
HINTS = [
    "The logarithm of a sum of exponentials has the softmax as its gradient. Here the sum runs over the copies, of "
    "``log share_k + log p(class | copy k)``; its softmax over k is the posterior r, one for each class.",
    "Both logarithms get the same part, `part = r * d_out[:, None]` of shape (N, K, C); the shares get its sum over "
    "the classes. Then go back through a log-softmax: the gradient of its inputs is what comes in, less the softmax "
    "times the sum of what comes in.",
    "`d_logits = part - p * part.sum(axis=2, keepdims=True)` with p the probabilities of the classes, and with "
    "`of_copy = part.sum(axis=2)`: `d_scores = of_copy - shares * of_copy.sum(axis=1, keepdims=True)`.",
]
