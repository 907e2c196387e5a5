"""Whether a classifier uses theta's information on the class: thetas exchanged between pictures, or averaged."""

import numpy as np

from stn_numpy.pose import outputs
from stn_numpy.sampler import affine_sample

BATCH = 250


def measure_exchanges(model, images, labels, angles, rng) -> dict:
    """The error of a classifier that reads each picture by another theta than its own.

    Parameters
    ----------
    model : Classifier
        With a transformer.
    images : (N, C, H, W) array
    labels, angles : (N,) arrays
        The true class and the true turn, radians, of each.
    rng : numpy.random.Generator

    Returns
    -------
    dict of dict
        ``own``: each by its own theta. ``same_class`` and ``other_class``: each by the theta of a picture, the donor,
        of the same class or of another that was turned by nearly the same angle; ``any_angle_same_class`` and
        ``any_angle_other_class``: of a donor turned by any angle. ``class_mean``: by the mean parameters of its class;
        ``mean``: by those of all. Each with its ``error``; ``donor``, the share of pictures that are classified as
        their donor's class, where the two classes differ; and the median ``degrees`` between the turns of the two.
    """
    parameters = outputs(model.transformer.localisation, images)
    found = {"own": _by_parameters(model, images, labels, parameters)}
    for name, same, near in (
        ("same_class", True, True),
        ("other_class", False, True),
        ("any_angle_same_class", True, False),
        ("any_angle_other_class", False, False),
    ):
        donors = choose_donors(labels, angles if near else rng.uniform(size=len(labels)), same, rng)
        found[name] = _by_parameters(model, images, labels, parameters[donors], labels[donors])
        apart = np.abs(np.degrees(angles - angles[donors]))
        found[name]["degrees"] = float(np.median(apart))
    means = np.stack([parameters[labels == digit].mean(axis=0) for digit in range(10)])
    found["class_mean"] = _by_parameters(model, images, labels, means[labels].astype(parameters.dtype))
    overall = np.broadcast_to(parameters.mean(axis=0, dtype=parameters.dtype), parameters.shape)
    found["mean"] = _by_parameters(model, images, labels, overall)
    return found


def choose_donors(labels, values, same, rng):
    """For each picture the index of another one, of the same class or of another, whose value is nearest."""
    distance = np.abs(values[:, None] - values[None])
    fitting = labels[:, None] == labels[None] if same else labels[:, None] != labels[None]
    np.fill_diagonal(fitting, False)
    distance += 1e-9 * rng.uniform(size=distance.shape)  # equal distances in random order
    return np.where(fitting, distance, np.inf).argmin(axis=1)


def _by_parameters(model, images, labels, parameters, donor_labels=None):
    """The error of the classifier on pictures that are read by given parameters."""
    theta = model.transformer.transform.forward(parameters)
    answers = []
    for start in range(0, len(images), BATCH):
        part = slice(start, start + BATCH)
        seen = affine_sample(images[part], theta[part], images[part].shape, align_corners=False)
        answers.append(model.network(seen).argmax(axis=1))
    answers = np.concatenate(answers)
    found = dict(error=float(np.mean(answers != labels)))
    if donor_labels is not None and (donor_labels != labels).all():
        found["donor"] = float(np.mean(answers == donor_labels))
    return found
