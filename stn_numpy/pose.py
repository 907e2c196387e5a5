"""Measures of what a transformer has learned: the pose that remains, and what its parameters reveal."""

import contextlib

import numpy as np

from .files import as_json
from .layer import ReLU
from .theta import rotation_angle

DIGIT = 28  # pixels a side, before a digit is distorted


def circular_deviation(angles) -> float:
    """Circular standard deviation of angles (radians) in degrees; a common offset does not count.

    It is ``sqrt(-2 log |mean(exp(i angle))|)``.
    """
    length = np.abs(np.exp(1j * np.asarray(angles, float)).mean())
    return float(np.degrees(np.sqrt(2 * abs(np.log(length)))))  # not -log: rounding may leave it above 1


def outputs(layer, images, batch_size=250) -> np.ndarray:
    """A layer's outputs for more images than fit in one batch: (N, ...)."""
    return np.concatenate([layer(images[k : k + batch_size]) for k in range(0, len(images), batch_size)])


def remaining_angle(transformer, images, pose) -> np.ndarray:
    """The angle of each digit after the transformer: its true turn plus the transformer's.

    Images (N, C, H, W) and the pose are `distort`'s; the angles (N,) are in radians, counter-clockwise as seen.
    """
    theta = transformer.transform.forward(outputs(transformer.localisation, images))
    return pose.angle + rotation_angle(theta)


def label_readable_from(known, known_labels, probed, probed_labels, neighbours=15) -> float:
    """How often a digit's class can be read from the transform's parameters alone, by a vote of nearest neighbours.

    Parameters
    ----------
    known, probed : (N, P), (M, P) arrays
        What the localisation network predicts for training digits and for test digits; each of the P numbers is scaled
        to unit spread first.
    known_labels, probed_labels : (N,), (M,) arrays of ints

    Returns
    -------
    float
        Share of the probed digits whose class is found, 0 to 1; one in ten is chance.
    """
    spread = known.std(axis=0) + 1e-12
    known, probed, right = known / spread, probed / spread, 0
    for start in range(0, len(probed), 250):
        part = probed[start : start + 250]
        distance = ((part[:, None] - known[None]) ** 2).sum(axis=2)
        nearest = known_labels[np.argpartition(distance, neighbours, axis=1)[:, :neighbours]]
        votes = (nearest[:, :, None] == np.arange(10)).sum(axis=1)
        right += (votes.argmax(axis=1) == probed_labels[start : start + 250]).sum()
    return float(right / len(probed))


def describe_angles(angles, labels) -> dict:
    """The angles of turned digits after a transformer, in degrees, from `remaining_angle` and labels (N,) from 0 to 9.

    The circular deviation of all, about each class's own mean, and of each class; and the ten means.
    """
    own = [angles[labels == digit] for digit in range(10)]
    means = [np.angle(np.exp(1j * a).mean()) for a in own]
    centred = np.concatenate([a - mean for a, mean in zip(own, means)])
    return dict(
        remaining_degrees=circular_deviation(angles),
        remaining_about_class_mean=circular_deviation(centred),
        remaining_degrees_by_class=[circular_deviation(a) for a in own],
        mean_degrees_by_class=np.degrees(means).tolist(),
    )


def remaining_pose(truth, theta, digit_size, seen_size) -> dict:
    """The spread of the digits' poses after a transformer.

    Parameters
    ----------
    truth : (N, 2, 3) array
        The map from each distorted picture to the original digit, in normalised units of the two.
    theta : (N, 2, 3) array
        The transformer's: the map from its output to the distorted picture.
    digit_size, seen_size : int
        Sides of the square digit and of the square picture that is seen, in pixels.

    Returns
    -------
    dict
        ``degrees``, circular deviation of the angle; ``scale``, standard deviation of the logarithm of the scale (0.1
        is about 10%); ``pixels``, root mean square distance of the digits' middles from their mean place, in pixels of
        what is seen. A turn, a scale and a shift that all digits have in common do not count.
    """
    truth, theta = np.asarray(truth, float), np.asarray(theta, float)
    below = np.broadcast_to([[[0.0, 0.0, 1.0]]], (len(theta), 1, 3))
    left = truth @ np.concatenate([theta, below], axis=1)  # from what is seen straight to the digit
    linear = left[:, :, :2]
    middle = -np.linalg.solve(linear, left[:, :, 2:])[:, :, 0] * seen_size / 2
    shrunk = np.sqrt(np.abs(np.linalg.det(linear))) * digit_size / seen_size
    return dict(
        degrees=circular_deviation(rotation_angle(left)),
        scale=float(np.log(shrunk).std()),
        pixels=float(np.sqrt(middle.var(axis=0).sum())),
    )


def signs_of_life(transformer, images, pose=None, batch_size=250) -> dict:
    """Measure over many pictures what distinguishes a transformer that works from one that ignores its input.

    Parameters
    ----------
    transformer : SpatialTransformer
        With a `LocalisationNetwork`.
    images : (N, C, H, W) array
    pose : Pose or None
        The pose of each digit of 28 pixels a side, as `distort` returned it.
    batch_size : int

    Returns
    -------
    dict
        ``silent``: for each hidden layer of the localisation network the share of its units, or channels, that are 0
        for every picture. ``theta_mean`` and ``theta_spread``: of each entry of theta over the pictures. ``outside``:
        share of the samples that lie outside their picture. ``remaining``, with a pose and an affine theta: see
        `remaining_pose`.
    """
    active, thetas, outside = {}, [], 0.0
    for start in range(0, len(images), batch_size):
        part = hidden = images[start : start + batch_size]
        for place, layer in enumerate(transformer.localisation.features.layers):
            hidden = layer(hidden)
            if isinstance(layer, ReLU):
                units = (hidden != 0).any(axis=(0, *range(2, hidden.ndim)))
                active[place] = active.get(place, False) | units
        seen = transformer(part).shape
        thetas.append(transformer.theta)
        outside += (np.abs(transformer.grid) > 1 + 1e-4).any(axis=-1).mean(axis=(1, 2)).sum()
    silent = [1 - units.mean() for units in active.values()]
    theta = np.concatenate(thetas).astype(float)
    return describe_life(silent, theta, outside / len(images), None if pose is None else pose.theta, seen[2])


def describe_life(silent, theta, outside, truth, seen_size) -> dict:
    """What `signs_of_life` returns, from the measures of all pictures; None for a number that is not finite.

    The arguments are those of `remaining_pose`, or None for `truth`, and as in the result.
    """
    found = dict(silent=silent, theta_mean=theta.mean(axis=0), theta_spread=theta.std(axis=0), outside=outside)
    found = {name: _short(value) for name, value in found.items()}
    if truth is not None and theta.shape[1:] == (2, 3):
        with contextlib.suppress(np.linalg.LinAlgError):  # a theta of zeros shows a single point: no pose is left
            remaining = remaining_pose(truth, theta, DIGIT, seen_size)
            found["remaining"] = {name: _short(value) for name, value in remaining.items()}
    return as_json(found)


def _short(numbers):
    """Numbers with five significant digits, as nested lists."""
    return np.vectorize(lambda number: float(f"{number:.5g}"), otypes=[float])(numbers).tolist()
