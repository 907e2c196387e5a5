"""Chapter 17: headings by congealing: each class in one common direction, from the features of a trained network."""

import time

import numpy as np
import torch

from book.experiments.aerial.measures import differences, heading_errors, roses
from stn_numpy.aerial.tiles import KINDS
from stn_numpy.congealing import Congealed
from stn_numpy.pytorch.turned_copies import TurnedCopies

CONGEALED_FROM = 2000  # training tiles
TURNS = 16  # of a network that reads one copy


class CongealedNetwork:
    """A trained network of turned copies, or a CNN, with a common direction for each kind."""

    def __init__(self, network, images, kinds):
        self.network = network
        self.copies = network if isinstance(network, TurnedCopies) else TurnedCopies(network.network, TURNS)
        start = time.process_time()
        orbits = self._orbits(images[:CONGEALED_FROM])
        self.found = Congealed.of(orbits, kinds[:CONGEALED_FROM].numpy(), len(KINDS), 0)
        self.seconds = time.process_time() - start

    @torch.no_grad()
    def directions(self, images):
        """The angle that turns each image to the common direction of the kind that the network predicts, in radians,
        and its share."""
        kinds = torch.cat([self.network(part).argmax(1) for part in images.split(100)])
        return self.found.directions(self._orbits(images), kinds.numpy())

    def measure(self, images, kinds, heading):
        """The headings that remain; their errors by thirds of the share, the least certain first; and seconds."""
        angle, share = self.directions(images)
        left = heading - np.degrees(angle)
        errors = heading_errors(left, kinds)
        off = abs(differences(left, np.array(errors["means"])[kinds]))[kinds != KINDS.index("ferry")]
        thirds = np.array_split(np.argsort(share[kinds != KINDS.index("ferry")]), 3)
        within = [round(float((off[third] < 30).mean()), 4) for third in thirds]
        found = dict(heading=errors, rose=roses(left, kinds), within_by_third=within)
        return found | dict(mean_share=round(float(share.mean()), 3), seconds=round(self.seconds, 1))

    def _orbits(self, images):
        return torch.cat([self.copies.orbits(part) for part in images.split(100)]).numpy()
