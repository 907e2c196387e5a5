"""Softmax and cross-entropy, forward and backward."""

import numpy as np

from .check import check_arrays


def softmax(logits: np.ndarray) -> np.ndarray:
    """Turn scores into probabilities.

    Parameters
    ----------
    logits : (N, K) array of float32 or float64
        One score for each of K classes.

    Returns
    -------
    (N, K) array
        Positive, each row sums to 1. The largest score is subtracted first, so that no exponential overflows.
    """
    check_arrays(logits=(logits, "N K"))
    exponential = np.exp(logits - logits.max(axis=1, keepdims=True))
    return exponential / exponential.sum(axis=1, keepdims=True)


def cross_entropy(logits: np.ndarray, target: np.ndarray) -> np.floating:
    """Mean surprise (negative log-probability) at the right classes, from scores.

    Parameters
    ----------
    logits : (N, K) array of float32 or float64
    target : (N,) array of ints
        The right class of each image, 0 to K - 1.

    Returns
    -------
    scalar of the logits' dtype
        ``mean over n of -log softmax(logits)[n, target[n]]``, in nats.
    """
    _check_target(logits, target)
    shifted = logits - logits.max(axis=1, keepdims=True)
    log_sum = np.log(np.exp(shifted).sum(axis=1))
    return (log_sum - shifted[np.arange(len(target)), target]).mean()


def cross_entropy_backward(d_loss: float, logits: np.ndarray, target: np.ndarray) -> np.ndarray:
    """Gradient of `cross_entropy`: d_loss, a scalar, to d_logits (N, K); the target takes no gradient.

    The probabilities, less 1 at the right class, over N. d_loss is 1 where the loss itself is minimised.
    """
    _check_target(logits, target)
    d_logits = softmax(logits)
    d_logits[np.arange(len(target)), target] -= 1
    return d_logits * logits.dtype.type(d_loss / len(target))


def _check_target(logits, target):
    check_arrays(logits=(logits, "N K"))
    if not isinstance(target, np.ndarray) or not np.issubdtype(target.dtype, np.integer):
        raise TypeError(f"target: expected an array of ints, got {getattr(target, 'dtype', type(target).__name__)}")
    if target.shape != (len(logits),):
        raise ValueError(f"target: expected shape (N={len(logits)},), got {target.shape}")
    if target.min() < 0 or target.max() >= logits.shape[1]:
        raise ValueError(
            f"target: expected classes from 0 to {logits.shape[1] - 1}, got {target.min()} to {target.max()}"
        )
