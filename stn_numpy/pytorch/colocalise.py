"""Find what pictures have in common, without being told what it is: ``python -m stn_numpy.pytorch.colocalise``."""

import argparse
import json
import sys
import time
from functools import cache
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

from ..data import load_digits
from ..results import write_json
from .command import Parser, Stop, plain_errors
from .distortions import distort
from .localisation import LocalisationNetwork
from .run import made_by
from .train import whole
from .transformer import SpatialTransformer

PROGRAM = "python -m stn_numpy.pytorch.colocalise"
CANVAS, DIGIT, COUNT = 84, 28, 100  # pixels a side, pixels a side, pictures of one class
PATCHES, PATCH = 16, 6  # of clutter in each picture, pixels a side
MARGIN, RATE, STEPS = 1.0, 1e-3, 400
START = (0.5, 0.0, 0.0)  # half as wide as the picture, in its middle
EMBEDDING_STEPS, EMBEDDING_BATCH = 600, 64

DESCRIPTION = """\
Co-localisation: a hundred pictures, each with one digit of the same class at a random place, with or without clutter.
No box is given and no label. A transformer learns to look at what the pictures have in common: what it shows of two
pictures shall be more alike than what it shows of one and a random piece of the same picture.
"""


def make_pictures(digit, clutter, seed=0):
    """Pictures that have a digit in common, and where it is.

    Parameters
    ----------
    digit : int
        The class, 0 to 9.
    clutter : bool
        Whether pieces of other digits lie about.
    seed : int
        Of places and clutter.

    Returns
    -------
    pictures : (100, 1, 84, 84) tensor
    boxes : (100, 4) tensor
        Left, top, right and bottom of each digit's 28 x 28 frame, in normalised units.
    """
    images, labels = map(torch.from_numpy, load_digits("train"))
    mine, others = images[labels == digit][:COUNT], images[labels != digit]
    generator = torch.Generator().manual_seed(1000 * seed + digit)
    places = torch.randint(CANVAS - DIGIT + 1, (COUNT, 2), generator=generator)
    pictures = torch.zeros(COUNT, 1, CANVAS, CANVAS)
    for picture, image, (x, y) in zip(pictures, mine, places.tolist()):
        picture[:, y:y + DIGIT, x:x + DIGIT] = image
        for _ in range(PATCHES if clutter else 0):
            which = int(torch.randint(len(others), (), generator=generator))
            a, b = torch.randint(DIGIT - PATCH + 1, (2,), generator=generator).tolist()
            u, v = torch.randint(CANVAS - PATCH + 1, (2,), generator=generator).tolist()
            under = picture[:, v:v + PATCH, u:u + PATCH]
            torch.maximum(under, others[which][:, b:b + PATCH, a:a + PATCH], out=under)
    corners = places / (CANVAS / 2) - 1
    return pictures, torch.cat([corners, corners + 2 * DIGIT / CANVAS], dim=1)


def crop_boxes(theta):
    """The frame (N, 4) that an attention transformer looks at: left, top, right, bottom in normalised units."""
    half, shift = torch.stack([theta[:, 0, 0], theta[:, 1, 1]], 1).abs(), theta[:, :, 2]
    return torch.cat([shift - half, shift + half], dim=1)


def overlap(boxes, others):
    """Intersection over union of pairs of boxes (N, 4), left, top, right, bottom: (N,), from 0 to 1."""
    inner = torch.minimum(boxes[:, 2:], others[:, 2:]) - torch.maximum(boxes[:, :2], others[:, :2])
    shared = inner.clamp_min(0).prod(1)
    both = sum((box[:, 2:] - box[:, :2]).prod(1) for box in (boxes, others))
    return shared / (both - shared)


def triplet_loss(shown, anywhere, margin=MARGIN):
    """How far what is shown of the pictures is from being alike, compared with random pieces of them.

    Parameters
    ----------
    shown, anywhere : (N, F) tensors
        Features of what the transformer shows of each picture, and of a random piece of it.
    margin : float

    Returns
    -------
    number
        Mean over n and m != n of ``max(0, |shown_n - shown_m|^2 - |shown_n - anywhere_n|^2 + margin)``.
        Source: Jaderberg et al. 2015, the appendix on co-localisation, taken second-hand.
    """
    apart = (shown[:, None] - shown[None]).square().sum(2)
    random = (shown - anywhere).square().sum(1)
    hinge = (apart - random[:, None] + margin).clamp_min(0)
    count = len(shown)
    return (hinge.sum() - hinge.diagonal().sum()) / (count * (count - 1))


class Embedding(nn.Module):
    """What pictures are compared by: the second feature map of a small CNN, scaled to length 1: (N, F)."""

    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(nn.Conv2d(1, 16, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2),
                                      nn.Conv2d(16, 32, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten())
        self.classifier = nn.Linear(32 * 7 * 7, 10)

    def forward(self, image):
        return F.normalize(self.features(image), dim=1)


@cache
def embedding(seed=0, steps=EMBEDDING_STEPS):
    """An `Embedding` that has learned to classify distorted digits, of which none is in the pictures."""
    images, labels = map(torch.from_numpy, load_digits("train"))
    rest = torch.cat([torch.nonzero(labels == digit)[COUNT:, 0] for digit in range(10)])
    generator = torch.Generator().manual_seed(seed)
    with torch.random.fork_rng([]):
        torch.manual_seed(seed)
        network = Embedding()
    optimizer = torch.optim.Adam(network.parameters(), RATE)
    for _ in range(steps):
        chosen = rest[torch.randint(len(rest), (EMBEDDING_BATCH,), generator=generator)]
        distorted = distort(images[chosen], "P", generator)[0]
        loss = F.cross_entropy(network.classifier(network.features(distorted)), labels[chosen])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return network.eval().requires_grad_(False)


def make_transformer(seed=0):
    """An attention transformer that makes 28 x 28 of 84 x 84, and begins in the middle."""
    localisation = LocalisationNetwork((1, CANVAS, CANVAS), START, channels=(16, 16), downsample=3, rng=seed)
    return SpatialTransformer(localisation, "attention", size=DIGIT)


def random_pieces(pictures, generator):
    """A piece of 28 x 28 of each picture, anywhere."""
    places = torch.randint(CANVAS - DIGIT + 1, (len(pictures), 2), generator=generator).tolist()
    return torch.stack([picture[:, y:y + DIGIT, x:x + DIGIT] for picture, (x, y) in zip(pictures, places)])


def colocalise(pictures, seed=0, steps=STEPS, note=lambda step, loss, transformer: None):
    """Train a transformer to look at what pictures have in common.

    Parameters
    ----------
    pictures : (N, 1, 84, 84) tensor
    seed : int
        Of the first weights and the random pieces; the embedding is the same for all.
    steps : int
        All pictures are seen in each.
    note : callable
        ``note(step, loss, transformer)`` before each step.

    Returns
    -------
    SpatialTransformer
    """
    embed, transformer = embedding(), make_transformer(seed)
    optimizer = torch.optim.Adam(transformer.parameters(), RATE)
    generator = torch.Generator().manual_seed(seed)
    for step in range(steps):
        shown = embed(transformer(pictures))
        loss = triplet_loss(shown, embed(random_pieces(pictures, generator)))
        note(step, loss.item(), transformer)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return transformer
