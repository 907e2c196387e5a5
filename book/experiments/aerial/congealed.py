"""Chapter 17: headings by congealing: each class in one common direction, from the features of a trained network."""

import time

import numpy as np
import torch

from book.experiments.aerial.measures import differences, heading_errors, roses
from stn_numpy.aerial.tiles import KINDS
from stn_numpy.pytorch.folder import CONGEALED_FROM
from stn_numpy.pytorch.turned_copies import CongealedClassifier, TurnedCopies


def congealed(network, images, kinds):
    """A trained network of turned copies, or a CNN, congealed from the first training images; and the seconds."""
    copies = network if isinstance(network, TurnedCopies) else CongealedClassifier(network.network).eval()
    start = time.process_time()
    copies.congeal(images[:CONGEALED_FROM], kinds[:CONGEALED_FROM], len(KINDS))
    return copies, time.process_time() - start


@torch.no_grad()
def directions(copies, images):
    """The angles that turn images, in radians, and their shares: see `TurnedCopies.direction`."""
    return tuple(torch.cat(found).numpy() for found in zip(*map(copies.direction, images.split(100))))


def measure_congealed(copies, images, kinds, heading):
    """The headings that remain, and their errors by thirds of the share, the least certain first."""
    angle, share = directions(copies, images)
    left = heading - np.degrees(angle)
    errors = heading_errors(left, kinds)
    nosed = kinds != KINDS.index("ferry")
    off = abs(differences(left, np.array(errors["means"])[kinds]))[nosed]
    thirds = np.array_split(np.argsort(share[nosed]), 3)
    within = [round(float((off[third] < 30).mean()), 4) for third in thirds]
    found = dict(heading=errors, rose=roses(left, kinds), within_by_third=within)
    return found | dict(mean_share=round(float(share.mean()), 3))
