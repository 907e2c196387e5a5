"""Chapter 17: ways to read aerial tiles at any heading: the networks, and one step of training each."""

from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

from stn_numpy.aerial.tiles import KINDS, SYMMETRIC
from stn_numpy.pytorch.command import best_precision
from stn_numpy.pytorch.families import Transform
from stn_numpy.pytorch.grid import base_points, quick_affine_grid
from stn_numpy.pytorch.localisation import LocalisationNetwork
from stn_numpy.pytorch.model import Classifier
from stn_numpy.pytorch.quick import quicken
from stn_numpy.pytorch.theta import translation_theta
from stn_numpy.pytorch.tiles import build_tile_network, classify_tiles, localise_tiles
from stn_numpy.pytorch.transformer import SpatialTransformer
from stn_numpy.pytorch.turned_copies import TurnedCopies, marginalise, share_entropy

SIZE = 48  # of a tile; pixels
BATCH, CLIP = 32, 5.0
RATES = dict(adam=2e-3, sgd=0.05)
HIDDEN = (32,)  # units of a fully connected classifier
HIDDEN_OF_CNN, DROPOUT = 48, 0.3
FORGETTING = 0.05  # share of a kind's mean that a batch replaces
WARM_UP = 0.05  # share of the steps
DIRECTIONS = 16  # of a compass, for votes
LABELLED = 8  # tiles of a batch with a heading, where headings are known


@dataclass(frozen=True)
class Arm:
    """One way to read tiles, and its training; every tile is turned and scaled afresh each time it is read."""

    reads: str  # "cnn", "turned copies", "log-polar", or a transformer's family
    steps: int
    turns: int = 0  # of turned copies
    size: int = SIZE  # of the classifier's input; pixels
    plain: bool = False  # whether the CNN, or the network of turned copies, is that of `train`: no normalisation
    entropy: float = 0.0  # weight of the shares' entropy in the loss
    agreement: float = 0.0  # weight of the copies' likeness to their kind's mean, averaged by the shares, subtracted
    classifier: str = "cnn"  # after a transformer: "cnn", or "fcn" with a hidden layer
    hard: bool = False  # whether only the best copy is read, its gradient straight through
    votes: bool = False  # whether a rotation's angle is voted for
    told: int = 0  # number of tiles of each kind with known headings
    limit: float = 180.0  # the largest heading, in degrees from north to either side
    optimizer: str = "adam"
    rate: float = 0.0  # the base rate, 0 for that of `RATES`
    localisation_rate: float = 1.0
    parameters: int = 30_000  # about, of a plain network, or of a transformer and its CNN
    tiles: int = 4000  # to train on
    aligned_after: int = 0  # steps of turned copies, before a CNN learns on the tiles that they have aligned


def build(arm, seed):
    """An arm's network with its first weights."""
    shape, common = (3, SIZE, SIZE), dict(parameters=arm.parameters, rng=seed)
    if arm.plain:
        copies = dict(size=arm.size, turned_copies=arm.turns) if arm.turns else {}
        return build_tile_network(shape, len(KINDS), **copies, **common)
    if arm.reads == "cnn":
        return Classifier.of(small_convolutions(shape, len(KINDS), HIDDEN_OF_CNN, seed))
    if arm.reads == "turned copies":  # each kind, and the score of a copy
        network = small_convolutions((3, arm.size, arm.size), len(KINDS) + 1, HIDDEN_OF_CNN, seed)
        return (BestCopy if arm.hard else TurnedCopies)(network, arm.turns, arm.size)
    if arm.reads == "log-polar":
        return log_polar_network(shape, len(KINDS), (48, 32), seed)
    if arm.votes:
        rng = np.random.default_rng(seed)
        votes = localise_tiles(shape, (2.0, *[0.0] * (DIRECTIONS - 1)), 3, rng)
        transformer = SpatialTransformer(nn.Sequential(votes, Compass()), arm.reads, arm.size)
        return classify_tiles(shape, len(KINDS), transformer, arm.parameters, rng)
    network = build_tile_network(shape, len(KINDS), arm.reads, arm.size, **common)
    if arm.classifier == "fcn":
        return Classifier(shape, "fcn", len(KINDS), network.transformer, hidden=HIDDEN, rng=seed)
    return network


def small_convolutions(shape, outputs, hidden, seed):
    """A CNN of small filters for square images (C, S, S) of 24 pixels or more. The first two convolutions halve the
    side, and a pool leaves 3 x 3 places, so that the linear layers are the same for every size."""
    torch.manual_seed(seed)
    channels, _, side = shape
    layers = [nn.Conv2d(channels, 24, 5, stride=2, padding=2), nn.BatchNorm2d(24), nn.ReLU()]
    layers += [nn.Conv2d(24, 48, 3, stride=2, padding=1), nn.BatchNorm2d(48), nn.ReLU()]
    layers += [nn.Conv2d(48, 64, 3, padding=1), nn.MaxPool2d(side // 12), nn.BatchNorm2d(64), nn.ReLU(), nn.Flatten()]
    layers += [nn.Dropout(DROPOUT), nn.Linear(576, hidden), nn.ReLU(), nn.Dropout(DROPOUT), nn.Linear(hidden, outputs)]
    return nn.Sequential(*layers)


def directions():
    """The directions of the votes, in radians: from north on, clockwise in equal steps."""
    return torch.arange(DIRECTIONS) * (2 * torch.pi / DIRECTIONS)


class Compass(nn.Module):
    """Votes for the directions (N, D), before a softmax, to one angle (N, 1) in radians: that of the sum of all arrows,
    each as long as its share. A rotation by the angle turns a thing with this heading to the north."""

    def forward(self, votes):
        shares, angles = votes.float().softmax(1), directions()
        return torch.atan2(shares @ angles.sin(), shares @ angles.cos())[:, None]


class BestCopy(TurnedCopies):
    """Turned copies of which only the one with the largest share is read; its gradient is that of the sum."""

    def forward(self, image):
        logits, scores = self.read(image)
        shares = scores.softmax(1)
        best = F.one_hot(shares.argmax(1), self.turns) + shares - shares.detach()
        return (best[:, :, None] * logits.log_softmax(2)).sum(1)


def log_polar_grid(
    theta: torch.Tensor, size: tuple, align_corners: bool = False, least_radius: float = 0.05
) -> torch.Tensor:
    """(N, 2, 3) to (N, h, w, 2). As in `stn_numpy.log_polar_grid`."""
    batch, _, height, width = size
    base = base_points(height, width, align_corners, theta.dtype, theta.device)
    angle, radius = torch.pi * (base[:, 1] + 1), least_radius ** ((1 - base[:, 0]) / 2)
    points = torch.stack([radius * angle.sin(), -radius * angle.cos(), torch.ones_like(radius)], 1)
    return (points @ theta.mT).reshape(batch, height, width, 2)


LOG_POLAR = Transform("log-polar", translation_theta, (0.0, 0.0), log_polar_grid)  # no parameters do nothing in it


class RowsAround(nn.Module):
    """Rows of a log-polar picture are directions: above the first lies the last."""

    def __init__(self, margin):
        super().__init__()
        self.margin = margin

    def forward(self, image):
        return F.pad(image, (0, 0, self.margin, self.margin), mode="circular")


class LargestRow(nn.Module):
    """The maximum over directions: (N, C, h, w) to (N, C * w)."""

    def forward(self, image):
        return image.amax(2).flatten(1)


def log_polar_network(shape, classes, size, seed):
    """A transformer that chooses the centre of a log-polar grid of `size`, directions and radii, and a classifier that
    ignores the direction."""
    start, side = np.random.default_rng(seed), shape[-1]
    options = dict(channels=(8, 16), downsample=max(1, side // 24), rng=start)
    localisation = LocalisationNetwork(shape, LOG_POLAR.identity, **options)
    torch.manual_seed(seed)
    layers, channels = [], shape[0]
    for width, kernel in ((16, 5), (32, 3), (48, 3)):
        layers += [RowsAround(kernel // 2), nn.Conv2d(channels, width, kernel), nn.MaxPool2d(2), nn.ReLU()]
        channels = width
    layers += [LargestRow(), nn.LazyLinear(classes)]
    network = Classifier.of(nn.Sequential(*layers), SpatialTransformer(localisation, LOG_POLAR, size))
    network(torch.zeros(1, *shape))  # the last layer's width
    return network


def turned_within(images, theta, generator, limit=180.0, zoom=0.2):
    """Each tile (B, C, S, S) turned so that its heading lies anywhere within the limit, in degrees, and scaled by up to
    a fifth, beyond its edge mirrored; and its new true theta (B, 2, 3), as `AerialPose.theta`."""
    turned, scaled = 2 * torch.rand(2, len(images), generator=generator) - 1
    heading = torch.atan2(theta[:, 1, 0] - theta[:, 0, 1], theta[:, 0, 0] + theta[:, 1, 1])
    angle, scale = heading - torch.pi * limit / 180 * turned, torch.exp(zoom * scaled)
    a, b, none = scale * angle.cos(), scale * angle.sin(), torch.zeros_like(angle)
    turn = torch.stack([a, -b, none, b, a, none], 1).view(-1, 2, 3)
    grid = quick_affine_grid(turn, images.shape)
    images = F.grid_sample(images, grid, padding_mode="reflection", align_corners=False)
    back = torch.linalg.inv(turn[:, :, :2])  # the old tile is read by turn, so things move by its inverse
    return images, back @ theta


def vote_loss(votes, theta, labels):
    """Cross-entropy of the votes (B, D), before a softmax, with the directions of the true heading, which is the angle
    of theta (B, 2, 3); kinds in `SYMMETRIC` look alike both ways, have no heading and are left out."""
    has_one = torch.ones(len(KINDS), dtype=torch.bool)
    has_one[[KINDS.index(kind) for kind in SYMMETRIC]] = False
    here = has_one[labels]
    if not here.any():
        return votes.sum() * 0
    heading = torch.atan2(theta[here, 1, 0] - theta[here, 0, 1], theta[here, 0, 0] + theta[here, 1, 1])
    near = torch.softmax(8 * torch.cos(heading[:, None] - directions()), 1)  # the nearest direction, and its neighbours
    return F.cross_entropy(votes[here], near)


class Trainer:
    """Training steps on centred images, labels and thetas; the rate falls to 0 along a cosine."""

    def __init__(self, arm, network, tiles, seed, steps=None):
        network = quicken(network).to(memory_format=torch.channels_last)
        self.arm, self.network, self.tiles, self.step = arm, network, tiles, 0
        self.steps, groups = steps or arm.steps, {True: [], False: []}
        for name, parameter in network.named_parameters():
            groups["localisation" in name.split(".")].append(parameter)
        factors = {True: arm.localisation_rate, False: 1.0}
        groups = [dict(params=some, factor=factors[part]) for part, some in groups.items() if some]
        sgd = dict(momentum=0.9, nesterov=True)
        self.optimizer = torch.optim.SGD(groups, **sgd) if arm.optimizer == "sgd" else torch.optim.Adam(groups)
        self.generator, self.means = torch.Generator().manual_seed(seed), None
        self.half = best_precision(torch.device("cpu")) == "bfloat16"
        labels = tiles[1]
        self.told = [torch.nonzero(labels == kind).flatten()[: arm.told] for kind in range(len(KINDS))]
        self.told = torch.cat(self.told) if arm.told else None

    def __call__(self):
        """Take one step; return the loss of the classes."""
        for group in self.optimizer.param_groups:
            group["lr"] = group["factor"] * self._rate()
        chosen = torch.randint(len(self.tiles[0]), (BATCH,), generator=self.generator)
        if self.told is not None:
            chosen[:LABELLED] = self.told[torch.randint(len(self.told), (LABELLED,), generator=self.generator)]
        images, labels, theta = (part[chosen] for part in self.tiles)
        images, theta = turned_within(images, theta, self.generator, self.arm.limit)
        loss, total = self._losses(images.contiguous(memory_format=torch.channels_last), labels, theta)
        self.optimizer.zero_grad()
        total.backward()
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), CLIP)
        self.optimizer.step()
        self.step += 1
        return loss.item()

    def _rate(self):
        base, share = (self.arm.rate or RATES[self.arm.optimizer]), self.step / self.steps
        if self.arm.optimizer == "sgd" and share < WARM_UP:
            return base * (self.step + 1) / (WARM_UP * self.steps)
        return base * (1 + np.cos(np.pi * share)) / 2

    @torch.no_grad()
    def _likeness(self, images, scores, labels):
        """The correlation (B, K) of each copy with the mean of its kind: of the copies seen so far, by their shares."""
        copies = self.network.copies(images).float().flatten(2)
        copies = F.normalize(copies - copies.mean(2, keepdim=True), dim=2)
        if self.means is None:
            self.means = copies.new_zeros(len(KINDS), copies.shape[2])
        likeness = (copies * F.normalize(self.means, dim=1)[labels, None]).sum(2)
        chosen = (scores.softmax(1)[..., None] * copies).sum(1)
        for kind in labels.unique():
            self.means[kind].lerp_(chosen[labels == kind].mean(0), FORGETTING)
        return likeness

    def _losses(self, images, labels, theta):
        part = slice(LABELLED if self.told is not None else 0)
        with torch.autocast("cpu", torch.bfloat16, enabled=self.half):
            if self.arm.entropy or self.arm.agreement:
                logits, scores = self.network.read(images)
                loss = F.cross_entropy(marginalise(logits, scores), labels)
                total = loss + self.arm.entropy * share_entropy(scores).mean()
                if self.arm.agreement:
                    alike = (scores.softmax(1) * self._likeness(images, scores, labels)).sum(1).mean()
                    total = total - self.arm.agreement * alike
                return loss, total
            if self.told is None or self.arm.reads == "cnn":
                loss = F.cross_entropy(self.network(images).float(), labels)
                return loss, loss
            if self.arm.reads == "turned copies":
                logits, votes = self.network.read(images)
                loss = F.cross_entropy(marginalise(logits, votes), labels)
                return loss, loss + vote_loss(votes[part], theta[part], labels[part])
            transformer = self.network.transformer
            votes_of, compass = transformer.localisation
            votes = votes_of(images).float()
            angle = compass(votes).detach()  # the votes learn from their own loss alone, since the two losses conflict
            logits = self.network.network(transformer.sample(images, angle)).float()
        loss = F.cross_entropy(logits, labels)
        return loss, loss + vote_loss(votes[part], theta[part], labels[part])
