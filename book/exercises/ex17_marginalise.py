"""Sum a network's predictions for turned copies over the copies.

Chapter:     17, Aerial images at any heading and scale
Difficulty:  2 of 3
Size:        about 4 lines
Check:       pytest --ex marginalise

A network has read a tile in K directions. For each copy it gave the logits of the classes and a score. The direction is
unknown, so all of them count, each by its share.
"""

import numpy as np


def marginalise(logits: np.ndarray, scores: np.ndarray) -> np.ndarray:
    """Sum a network's predictions for K copies of an image over the copies, each weighted by its share.

    Parameters
    ----------
    logits : (N, K, C) array of float32 or float64
        The network's output for each copy: one number for each of C classes.
    scores : (N, K) array of logits' dtype
        One score for each copy. Their softmax is the share of each copy.

    Returns
    -------
    (N, C) array
        ``log(sum over k of share_k * p(class | copy k))``: log-probabilities, which `cross_entropy` takes as they are.
    """
    raise NotImplementedError("your answer goes here")


# Three hints, each more explicit than the one before. Stop as soon as you can go on alone.
HINTS = [
    "Two softmaxes: one over the classes of each copy, one over the copies of each image. Probabilities are multiplied "
    "and added up; logarithms come last.",
    "`shares` has the shape (N, K) and the probabilities of the classes (N, K, C): `shares[:, :, None]` times these, "
    "summed over the axis of the copies.",
    "With large logits an exponential overflows. Work with logarithms: `joint` is the log-softmax of the logits plus "
    "that of the scores, and `largest + np.log(np.exp(joint - largest).sum(axis=1))` is its sum over the copies.",
]
