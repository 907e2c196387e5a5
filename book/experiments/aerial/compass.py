"""A localisation network that votes: an angle out of votes for the directions of a compass."""

import numpy as np
import torch
from torch import nn

from stn_numpy.pytorch.model import Classifier
from stn_numpy.pytorch.tiles import classify, localise
from stn_numpy.pytorch.transformer import SpatialTransformer


class Compass(nn.Module):
    """Turn votes (N, directions), before a softmax, into one angle (N, 1) in radians, that of all arrows added, each as
    long as its share; directions go clockwise from north, and a rotation by the angle turns this heading to it."""

    def __init__(self, directions):
        super().__init__()
        self.directions = directions

    def forward(self, votes):
        shares = votes.float().softmax(1)
        angles = directions_of(self.directions).to(votes.device)
        along = shares @ angles.sin(), shares @ angles.cos()
        return torch.atan2(*along)[:, None]


def directions_of(count: int) -> torch.Tensor:
    """The directions of a compass with so many, in radians."""
    return torch.arange(count) * (2 * torch.pi / count)


def build_voting(image_shape, classes: int, size: int, directions: int, rng=None) -> Classifier:
    """As `stn_numpy.pytorch.tiles.build` with a rotation, whose angle is voted for, and begins at north."""
    rng = np.random.default_rng(rng)
    votes = localise(image_shape, (2.0, *[0.0] * (directions - 1)), rng)
    transformer = SpatialTransformer(nn.Sequential(votes, Compass(directions)), "rotation", size)
    return classify(image_shape, classes, transformer, rng)
