"""What a transformer has learned: the angle that it leaves, and what its parameters betray."""

import numpy as np

from .theta import rotation_angle


def circular_deviation(angles):
    """Circular standard deviation in degrees: ``sqrt(-2 log |mean(exp(i angle))|)``; a common offset does not count.

    Parameters
    ----------
    angles : array of floats
        Radians.

    Returns
    -------
    float
        Degrees.
    """
    return float(np.degrees(np.sqrt(-2 * np.log(np.abs(np.exp(1j * np.asarray(angles, float)).mean())))))


def transform_parameters(transformer, images, batch_size=250):
    """What the localisation network says of many images: (N, P)."""
    starts = range(0, len(images), batch_size)
    return np.concatenate([transformer.localisation(images[k:k + batch_size]) for k in starts])


def remaining_angle(transformer, images, pose):
    """The angle at which each digit stands after the transformer: its true turn and the transformer's, added.

    Parameters
    ----------
    transformer : SpatialTransformer
    images : (N, C, H, W) array
    pose : Pose
        As `distort` returned it.

    Returns
    -------
    (N,) array
        Radians, counter-clockwise as seen.
    """
    theta = transformer.transform.forward(transform_parameters(transformer, images))
    return pose.angle + rotation_angle(theta)


def read_from_parameters(known, known_labels, asked, asked_labels, neighbours=15):
    """How often the digit can be told from the transform's parameters alone, by a vote of nearest neighbours.

    Parameters
    ----------
    known, asked : (N, P), (M, P) arrays
        What the localisation network says of training digits and of test digits; each of the P numbers is scaled to
        unit spread first.
    known_labels, asked_labels : (N,), (M,) arrays of ints
    neighbours : int

    Returns
    -------
    float
        Share of the asked that are told right, 0 to 1; one in ten is chance.
    """
    spread = known.std(axis=0) + 1e-12
    known, asked, right = known / spread, asked / spread, 0
    for start in range(0, len(asked), 250):
        part = asked[start:start + 250]
        distance = ((part[:, None] - known[None]) ** 2).sum(axis=2)
        nearest = known_labels[np.argpartition(distance, neighbours, axis=1)[:, :neighbours]]
        votes = (nearest[:, :, None] == np.arange(10)).sum(axis=1)
        right += (votes.argmax(axis=1) == asked_labels[start:start + 250]).sum()
    return float(right / len(asked))
