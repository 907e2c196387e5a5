"""Measure how wrong the scores are.

Chapter:     6, Backwards through the layers
Difficulty:  1 of 3
Size:        about 3 lines
Check:       pytest --ex cross_entropy

The loss that the program minimises. Scores may be large: 1000 must not overflow. You may assume that the arguments are
valid.
"""

import numpy as np


def cross_entropy(logits, target):
    """Average the negative log-probability of the right classes.

    Parameters
    ----------
    logits : (N, K) array of float32 or float64
        A score for each picture and class.
    target : (N,) array of ints
        The right classes.

    Returns
    -------
    number of the logits' dtype
        The mean of ``-log(p)`` over the batch, where p is the probability that softmax gives to the right class.
    """
    raise NotImplementedError("your answer goes here")


# Three hints, each more explicit than the one before. Stop as soon as you can go on alone.
HINTS = [
    "Begin with one picture and two classes with the scores 0 and 0. What are the two probabilities, and what is "
    "-log(p)?",
    "p is `exp(score of the right class) / sum of all exp(scores)`, so `-log(p)` is the logarithm of that sum less "
    "the score of the right class. No probability is needed.",
    "`np.logaddexp.reduce(logits, axis=1)` is the logarithm of the sum for each row, without overflow. "
    "`logits[np.arange(N), target]` picks the right scores. The loss is the mean of the difference.",
]
