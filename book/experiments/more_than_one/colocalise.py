"""Chapter 16, co-localisation: a window finds what a hundred pictures have in common, without a box and a label.

Each has one digit of the same class at a random place. The contents of a window of its size in two pictures should be
more alike than its content in one of them and a random piece of the same picture.
"""

from functools import cache

import torch
import torch.nn.functional as F
from torch import nn

from book.experiments.engine import NO_SERIES, Experiment
from book.experiments.networks import Watched
from stn_numpy.digits import load_digits
from stn_numpy.pytorch.distortions import distort
from stn_numpy.pytorch.life import signs_of_life
from stn_numpy.pytorch.localisation import LocalisationNetwork
from stn_numpy.pytorch.transformer import SpatialTransformer

CANVAS, DIGIT, COUNT = 84, 28, 100  # pixels a side, pixels a side, pictures of one class
PATCHES, PATCH = 16, 6  # of clutter in each picture, pixels a side
SCALE = DIGIT / CANVAS  # of the window
MARGIN, RATE, STEPS = 1.0, 2e-3, 600
EMBEDDING_STEPS, EMBEDDING_BATCH, EMBEDDING_RATE, EMBEDDING_LENGTH = 250, 64, 1e-3, 2.0


def make_pictures(digit, clutter, seed=0):
    """Pictures (100, 1, 84, 84) that have digits of one class in common, with or without pieces of other digits, and
    the digits' frames (100, 4): left, top, right and bottom in normalised units."""
    images, labels = map(torch.from_numpy, load_digits("train"))
    mine, others = images[labels == digit][:COUNT], images[labels != digit]
    generator = torch.Generator().manual_seed(1000 * seed + digit)
    places = torch.randint(CANVAS - DIGIT + 1, (COUNT, 2), generator=generator)
    pictures = torch.zeros(COUNT, 1, CANVAS, CANVAS)
    for picture, image, (x, y) in zip(pictures, mine, places.tolist()):
        picture[:, y : y + DIGIT, x : x + DIGIT] = image
        for _ in range(PATCHES if clutter else 0):
            which = int(torch.randint(len(others), (), generator=generator))
            a, b = torch.randint(DIGIT - PATCH + 1, (2,), generator=generator).tolist()
            u, v = torch.randint(CANVAS - PATCH + 1, (2,), generator=generator).tolist()
            under = picture[:, v : v + PATCH, u : u + PATCH]
            torch.maximum(under, others[which][:, b : b + PATCH, a : a + PATCH], out=under)
    corners = places / (CANVAS / 2) - 1
    return pictures, torch.cat([corners, corners + 2 * DIGIT / CANVAS], dim=1)


def crop_boxes(shift):
    """The frames (N, 4) of windows at shifts (N, 2): left, top, right and bottom in normalised units."""
    return torch.cat([shift - SCALE, shift + SCALE], dim=1)


def overlap(boxes, others):
    """Intersection over union of (N, 4) boxes (left, top, right, bottom): (N,), 0 to 1."""
    upper_left = torch.maximum(boxes[:, :2], others[:, :2])
    lower_right = torch.minimum(boxes[:, 2:], others[:, 2:])
    shared = (lower_right - upper_left).clamp_min(0).prod(1)
    both = sum((box[:, 2:] - box[:, :2]).prod(1) for box in (boxes, others))
    return shared / (both - shared)


def triplet_loss(shown, anywhere, margin=MARGIN, both_move=False):
    """Mean over n and m != n of ``max(0, |shown_n - shown_m|^2 - |shown_n - anywhere_n|^2 + margin)``, for features (N,
    F) of what the window shows and of random pieces; the gradient reaches the first of a pair alone unless `both_move`.
    Source: Jaderberg et al. 2015, the appendix on co-localisation.
    """
    other = shown if both_move else shown.detach()
    apart = shown.square().sum(1)[:, None] + other.square().sum(1) - 2 * shown @ other.T
    hinge = (apart - (shown - anywhere).square().sum(1)[:, None] + margin).clamp_min(0)
    count = len(shown)
    return (hinge.sum() - hinge.diagonal().sum()) / (count * (count - 1))


class Embedding(nn.Module):
    """The features by which pictures are compared: the second feature map of a small CNN (N, F), in units of
    `length`."""

    def __init__(self):
        super().__init__()
        first = nn.Conv2d(1, 16, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2)
        second = nn.Conv2d(16, 32, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2)
        self.features = nn.Sequential(*first, *second, nn.Flatten())
        self.classifier = nn.Linear(32 * 7 * 7, 10)
        self.register_buffer("length", torch.ones(()))

    def forward(self, image):
        return self.features(image) / self.length


@cache
def train_embedding(seed=0, steps=EMBEDDING_STEPS):
    """An `Embedding` trained to classify distorted digits, none of which is in a picture; the features of its digits
    have a root mean square norm of 2, to which the margin of 1 compares."""
    images, labels = map(torch.from_numpy, load_digits("train"))
    rest = torch.cat([torch.nonzero(labels == digit)[COUNT:, 0] for digit in range(10)])
    generator = torch.Generator().manual_seed(seed)
    with torch.random.fork_rng([]):
        torch.manual_seed(seed)
        network = Embedding()
    optimizer = torch.optim.Adam(network.parameters(), EMBEDDING_RATE)
    for _ in range(steps):
        chosen = rest[torch.randint(len(rest), (EMBEDDING_BATCH,), generator=generator)]
        distorted = distort(images[chosen], "P2", generator)[0]
        loss = F.cross_entropy(network.classifier(network.features(distorted)), labels[chosen])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    with torch.no_grad():
        network.length.copy_(network.features(images[rest[::8]]).square().sum(1).mean().sqrt() / EMBEDDING_LENGTH)
    return network.eval().requires_grad_(False)


class Window(nn.Module):
    """Show a piece of 28 x 28 of each picture, at a place that a network predicts, inside of it."""

    def __init__(self, seed=0):
        super().__init__()
        layers = dict(channels=(16, 16), downsample=3)
        self.localisation = LocalisationNetwork((1, CANVAS, CANVAS), (0.0, 0.0), **layers, rng=seed)
        self.transformer = SpatialTransformer(nn.Identity(), "attention", size=DIGIT)

    def shift(self, pictures):
        """The windows' middles: (N, 2), normalised units."""
        return (1 - SCALE) * torch.tanh(self.localisation(pictures))

    def forward(self, pictures):
        parameters = F.pad(self.shift(pictures), (1, 0), value=SCALE)  # (scale, x, y)
        return self.transformer.sample(pictures, parameters)


def random_pieces(pictures, generator):
    """A piece of 28 x 28 of each picture, anywhere."""
    places = torch.randint(CANVAS - DIGIT + 1, (len(pictures), 2), generator=generator).tolist()
    return torch.stack([picture[:, y : y + DIGIT, x : x + DIGIT] for picture, (x, y) in zip(pictures, places)])


def train_window(
    pictures, seed=0, steps=STEPS, both_move=False, note=lambda step, loss, window: None, context=NO_SERIES
):
    """A window that has learned to look at what pictures (N, 1, 84, 84) have in common, all of them in each step, by an
    embedding that is the same for all seeds; ``note(step, loss, window)`` is called before each step."""
    embed, window = train_embedding(), Window(seed)
    optimizer = torch.optim.Adam(window.parameters(), RATE)
    generator = torch.Generator().manual_seed(seed)
    for step in context.steps(steps):
        anywhere = embed(random_pieces(pictures, generator))
        loss = triplet_loss(embed(window(pictures)), anywhere, both_move=both_move)
        note(step, loss.item(), window)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return window


@torch.no_grad()
def measure_window(window, pictures, boxes):
    """How well windows match the digits: mean overlap, share above 1/2, and the mean brightness of the windows."""
    found = overlap(crop_boxes(window.shift(pictures)), boxes)
    share, brightness = (found > 0.5).double().mean().item(), round(window(pictures).mean().item(), 4)
    return dict(share=share, overlap=round(found.mean().item(), 4), brightness=brightness)


def measure_colocalisation(cell, context):
    """One run: the windows at its end, and every 20 steps."""
    pictures, boxes = make_pictures(cell["digit"], cell["clutter"])
    course = []

    def note(step, loss, window):
        if step % 20 == 0:
            course.append(dict(step=step, loss=round(loss, 4), **measure_window(window, pictures, boxes)))

    window = train_window(pictures, cell["seed"], cell["steps"], cell["both_move"], note, context)
    with torch.no_grad():
        shift = [[round(number, 4) for number in pair] for pair in window.shift(pictures[:8]).tolist()]
    life = signs_of_life(Watched(window, window.localisation), pictures)
    return dict(**measure_window(window, pictures, boxes), shift=shift, course=course, life=life)


def cell_of(digit, clutter, both_move=False):
    """One run."""
    return dict(digit=digit, clutter=clutter, both_move=both_move, steps=STEPS, seed=0)


CELLS = [*(cell_of(digit, False) for digit in range(10)), cell_of(3, False, both_move=True)]
CELLS += [cell_of(digit, True) for digit in range(10)]
EXPERIMENT = Experiment("colocalisation", 16, CELLS, measure_colocalisation, alike=("seed", "digit", "clutter"))
