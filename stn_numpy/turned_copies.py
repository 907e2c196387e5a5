"""Turned copies: one network reads an image in K directions, none of which is given, and all are summed."""

import numpy as np

from .check import check_arrays, check_gradient, check_pair, check_whole
from .layer import Layer
from .loss import softmax
from .sampler import affine_sample, affine_sample_backward
from .theta import rotation_theta


def turned_thetas(turns: int, dtype=np.float32) -> np.ndarray:
    """The thetas of so many directions, equally far apart: (K, 2, 3), the k-th turned by ``2 * pi * k / K``.

    The k-th copy shows a thing with the heading ``360 * k / K``, clockwise from the top, upright.
    """
    angles = np.arange(check_whole("turns", turns, 1)) * (2 * np.pi / turns)
    return rotation_theta(angles[:, None]).astype(dtype)


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
    check_arrays(logits=(logits, "N K C"), scores=(scores, "N K"))
    joint = _log_joint(logits, scores)
    largest = joint.max(axis=1)
    return largest + np.log(np.exp(joint - largest[:, None]).sum(axis=1))


def marginalise_backward(d_out: np.ndarray, logits: np.ndarray, scores: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Gradient of `marginalise`: d_out (N, C) to d_logits (N, K, C) and d_scores (N, K).

    With the posterior ``r = share_k * p(class | copy k) / sum over k of the same``, each copy's part is ``r * d_out``,
    which then passes back through two softmaxes. Where the loss is minus one class's output, the gradient of the scores
    is the shares less that class's posterior.
    """
    lengths = check_arrays(logits=(logits, "N K C"), scores=(scores, "N K"))
    check_gradient("d_out", d_out, (lengths["N"], lengths["C"]), logits.dtype)
    joint = _log_joint(logits, scores)
    posterior = np.exp(joint - joint.max(axis=1, keepdims=True))
    posterior /= posterior.sum(axis=1, keepdims=True)
    part = posterior * d_out[:, None]
    of_copy = part.sum(axis=2)
    d_scores = of_copy - softmax(scores) * of_copy.sum(axis=1, keepdims=True)
    d_logits = part - np.exp(_log_softmax(logits)) * of_copy[:, :, None]
    return d_logits, d_scores


def _log_joint(logits, scores):
    """log(share_k * p(class | copy k)): (N, K, C)."""
    return _log_softmax(logits) + _log_softmax(scores)[:, :, None]


def _log_softmax(numbers):
    """Along the last axis."""
    shifted = numbers - numbers.max(axis=-1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))


class TurnedCopies(Layer):
    """Read an image in K directions by one network, and average over them.

    Parameters
    ----------
    network : Layer
        (N, C, h, w) to (N, classes + 1): the logits of the classes, and last the copy's score.
    turns : int
        How many directions, K.
    size : int, (h, w) or None
        Of the copies, in pixels; None for that of the image.

    Notes
    -----
    Forward: (N, C, H, W) to (N, classes) log-probabilities. After it ``shares`` are those of the directions, (N, K),
    and ``theta`` (N, 2, 3) turns each image by the direction with the largest share. Turning the image by one K-th of a
    full turn moves the shares by one place; the output stays the same, apart from the effects of interpolation and
    corners.
    """

    def __init__(self, network: Layer, turns: int = 16, size=None):
        self.network, self.turns = network, check_whole("turns", turns, 1)
        self.size = None if size is None else check_pair("size", size, 1)

    def forward(self, image):
        self.image, (count, channels, *size) = image, image.shape
        self.thetas = np.tile(turned_thetas(self.turns, image.dtype), (count, 1, 1))  # all of an image, then the next
        self.copies_size = (count * self.turns, channels, *(self.size or size))
        copies = affine_sample(np.repeat(image, self.turns, axis=0), self.thetas, self.copies_size)
        said = self.network(copies).reshape(count, self.turns, -1)
        self.logits, self.scores = said[..., :-1], said[..., -1]
        self.shares = softmax(self.scores)
        self.theta = self.thetas[self.shares.argmax(axis=1)]
        return marginalise(self.logits, self.scores)

    def backward(self, d_out):
        d_logits, d_scores = marginalise_backward(d_out, self.logits, self.scores)
        d_said = np.concatenate([d_logits, d_scores[..., None]], axis=2)
        d_copies = self.network.backward(d_said.reshape(len(self.thetas), -1))
        d_repeated, _ = affine_sample_backward(d_copies, np.repeat(self.image, self.turns, axis=0), self.thetas)
        return d_repeated.reshape(len(self.image), self.turns, *self.image.shape[1:]).sum(axis=1)
