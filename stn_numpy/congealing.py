"""Congealing: the images of each class brought to one common direction, without a single known heading."""

from dataclasses import dataclass

import numpy as np

from .check import check_arrays

STARTS = 12  # images of a class with which congealing begins anew; the best result is kept
SHARPNESS = (10.0,) * 2 + (20.0,) * 3 + (40.0,) * 3 + (80.0,) * 2  # of the softmax over turns, a number a round
SHRINKAGE = 0.1  # of the mean variance, added to each before whitening


def turn_likeness(features: np.ndarray, template: np.ndarray) -> np.ndarray:
    """The correlation of images' features with a template at every turn.

    Parameters
    ----------
    features : (N, K, D) array
        D features of each of K turned copies of N images. Turning an image by one K-th of a full turn moves its
        features by one place.
    template : (K, D) array
        The features of one image, or the mean of several.

    Returns
    -------
    (N, K) array
        At place s: the sum over copies and features of ``features[n, k + s] * template[k]``.
    """
    check_arrays(features=(features, "N K D"), template=(template, "K D"))
    turned = np.stack([np.roll(template, turn, axis=0) for turn in range(len(template))])
    return features.reshape(len(features), -1) @ turned.reshape(len(template), -1).T


def congeal_step(features: np.ndarray, template: np.ndarray, sharpness: float) -> np.ndarray:
    """The mean of all images' features (N, K, D) after each was turned to the template (K, D), with length 1.

    An image takes part at every turn, with a weight: the softmax over turns of `sharpness` times `turn_likeness`.
    """
    likeness = sharpness * turn_likeness(features, template)
    weights = np.exp(likeness - likeness.max(axis=1, keepdims=True))
    weights /= weights.sum(axis=1, keepdims=True)
    sums = (weights.T @ features.reshape(len(features), -1)).reshape(-1, *template.shape)
    mean = sum(np.roll(part, -turn, axis=0) for turn, part in enumerate(sums))
    return mean / max(np.linalg.norm(mean), np.finfo(mean.dtype).tiny)


def congeal(features: np.ndarray, rng=None) -> np.ndarray:
    """The common template (K, D) of images of one class, from their features (N, K, D).

    It begins as the features of one image, and each round replaces it by the mean of all, turned to it. Several images
    are tried; the template with the largest mean likeness is returned.
    Source: Learned-Miller 2006, with features of a network in place of pixels, and turns alone.
    """
    rng, best, most = np.random.default_rng(rng), None, -np.inf
    for start in rng.choice(len(features), min(STARTS, len(features)), replace=False):
        template = features[start]
        for sharpness in SHARPNESS:
            template = congeal_step(features, template, sharpness)
        fit = turn_likeness(features, template).max(axis=1).mean()
        if fit > most:
            best, most = template, fit
    return best


def finest_turn(likeness: np.ndarray) -> np.ndarray:
    """The turn with the largest likeness, (N, K) to (N,), in places.

    It lies between places, at the top of the parabola through the largest value and its neighbours.
    """
    every, top = np.arange(len(likeness)), likeness.argmax(axis=1)
    before, at, after = (likeness[every, (top + step) % likeness.shape[1]] for step in (-1, 0, 1))
    bend = 2 * at - before - after
    return top + np.divide(after - before, 2 * bend, out=np.zeros_like(bend), where=bend > 0)


@dataclass
class Congealed:
    """What the features of each class look like in its common direction: ``scale`` (D, D) whitens features, and
    ``templates`` (classes, K, D) has one template a class."""

    scale: np.ndarray
    templates: np.ndarray

    @classmethod
    def of(cls, features: np.ndarray, labels: np.ndarray, classes: int, rng=None) -> "Congealed":
        """From features (N, K, D) of images and their labels (N,). A class without an image gets a template of 0."""
        rng, scale = np.random.default_rng(rng), whitening(features)
        ready = _whitened(features, scale)
        templates = np.zeros((classes, *features.shape[1:]), features.dtype)
        for label in np.unique(labels):
            templates[label] = congeal(ready[labels == label], rng)
        return cls(scale, templates)

    def directions(self, features: np.ndarray, labels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """For features (N, K, D) of images of these classes (N,): the angle that turns each to its class's common
        direction, in radians, and the share of the nearest turn, from 0 to 1."""
        ready, likeness = _whitened(features, self.scale), np.zeros(features.shape[:2], features.dtype)
        for label in np.unique(labels):
            likeness[labels == label] = turn_likeness(ready[labels == label], self.templates[label])
        shares = np.exp(SHARPNESS[-1] * (likeness - likeness.max(axis=1, keepdims=True)))
        return finest_turn(likeness) * (2 * np.pi / likeness.shape[1]), 1 / shares.sum(axis=1)


def whitening(features: np.ndarray) -> np.ndarray:
    """The matrix (D, D) after which the differences between an image's copies are about uncorrelated, with variance 1.

    Then the few features that distinguish nose from tail count as much as the many that do not.
    """
    apart = (features - features.mean(axis=1, keepdims=True)).reshape(-1, features.shape[2])
    spread = apart.std(axis=0)
    apart = apart / np.where(spread > 0, spread, 1)
    values, vectors = np.linalg.eigh(apart.T @ apart / len(apart))
    return vectors / np.sqrt(values.clip(0) + SHRINKAGE * values.mean()) / np.where(spread > 0, spread, 1)[:, None]


def _whitened(features, scale):
    """Each image's features, whitened, with mean 0 over its copies and length 1."""
    ready = (features - features.mean(axis=1, keepdims=True)) @ scale
    length = np.linalg.norm(ready, axis=(1, 2), keepdims=True)
    return ready / np.where(length > 0, length, 1)
