"""Chapter 17: errors of headings, with means of angles as sums of arrows."""

import numpy as np

from stn_numpy.aerial.tiles import KINDS, SYMMETRIC

ROSE = 24  # directions of the histograms of remaining headings


def differences(angles, reference):
    """Degrees from reference to angles, -180 to 180: the short way round."""
    return (np.asarray(angles) - np.asarray(reference) + 180) % 360 - 180


def mean_heading(headings):
    """The mean of headings in degrees, as arrows are added: 359 and 1 have the mean 0."""
    return float(np.degrees(np.angle(np.exp(1j * np.radians(headings)).mean())) % 360)


def heading_errors(left, kinds):
    """Distances of the headings (N,) in the classifier's input from their kind's mean heading, in degrees: ``median``,
    90 where nothing is aligned, and the shares ``within`` 30, a sixth where nothing is, and ``flipped``, beyond 150,
    over the kinds that have a heading; the medians ``by_kind`` and the ``means`` of all."""
    apart, by_kind, means = [], [], []
    for place, kind in enumerate(KINDS):
        # A kind that is the same both ways is measured by twice its angle, and the result is halved: 45 is chance.
        own, folds = left[kinds == place], 2 if kind in SYMMETRIC else 1
        mean = mean_heading(folds * own)
        off = abs(differences(folds * own, mean)) / folds
        means.append(round(mean / folds, 1))
        by_kind.append(round(float(np.median(off)), 1))
        if folds == 1:
            apart.append(off)
    apart = np.concatenate(apart)
    within, flipped = (round(float(far.mean()), 4) for far in (apart < 30, apart > 150))
    median = round(float(np.median(apart)), 1)
    return dict(median=median, within=within, flipped=flipped, by_kind=by_kind, means=means)


def roses(left, kinds):
    """Counts, for each kind, of remaining headings by their direction from the kind's mean heading."""
    means = heading_errors(left, kinds)["means"]
    off = [differences(left[kinds == k], means[k]) for k in range(len(KINDS))]
    return [np.histogram(some, ROSE, (-180, 180))[0].tolist() for some in off]
