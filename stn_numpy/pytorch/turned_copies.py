"""Turned copies in torch: one network reads an image in K directions, none of which is given, and all are summed."""

import torch
import torch.nn.functional as F
from torch import nn

from ..check import check_pair, check_whole
from ..congealing import Congealed
from .theta import rotation_theta
from .transformer import SpatialTransformer

BATCH = 100  # images whose copies are read at a time, to congeal


def turned_thetas(turns: int, dtype=torch.float32, device=None) -> torch.Tensor:
    """The thetas of `turns` directions, (K, 2, 3). As in `stn_numpy.turned_thetas`."""
    angles = torch.arange(turns, dtype=dtype, device=device) * (2 * torch.pi / turns)
    return rotation_theta(angles[:, None])


def marginalise(logits: torch.Tensor, scores: torch.Tensor) -> torch.Tensor:
    """(N, K, classes) and (N, K) to log-probabilities (N, classes). As in `stn_numpy.marginalise`."""
    return torch.logsumexp(log_joint(logits, scores), 1)


def log_joint(logits: torch.Tensor, scores: torch.Tensor) -> torch.Tensor:
    """The log-probability of copy k together with each class: (N, K, classes), all of which add up to 1."""
    return logits.log_softmax(2) + scores.log_softmax(1)[:, :, None]


def share_entropy(scores: torch.Tensor) -> torch.Tensor:
    """The entropy of the copies' shares, in nats: (N, K) scores to (N,).

    It is 0 where one copy has the whole share, and log K where all have the same. With a small multiple of its mean in
    the loss, one direction wins more often.
    """
    log_shares = scores.log_softmax(1)
    return -(log_shares.exp() * log_shares).sum(1)


class TurnedCopies(nn.Module):
    """Read an image in K directions by one network, and average over them. As in `stn_numpy.TurnedCopies`.

    It has the attributes of a `Classifier`: `network`, and `transformer`, which turns an image by the direction with
    the largest share and has no weights of its own; once `congeal` has given the copies a `stn_numpy.Congealed` as
    their attribute `congealed`, to the common direction of the class that they predict.
    """

    def __init__(self, network, turns=16, size=None):
        super().__init__()
        self.network, self.turns = network, check_whole("turns", turns, 1)
        self.size = None if size is None else check_pair("size", size, 1)
        self.congealed = None

    @property
    def transformer(self) -> SpatialTransformer:
        """A rotation by the `direction`, with the copies' size."""
        return SpatialTransformer(BestTurn(self), "rotation", self.size)

    def forward(self, image):
        return marginalise(*self.read(image))

    def read(self, image: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """The network's outputs for each copy of each image (N, C, H, W): logits (N, K, classes), scores (N, K)."""
        copies = self.copies(image)
        said = self.network(copies.flatten(0, 1)).unflatten(0, copies.shape[:2])
        said = said.to(torch.promote_types(said.dtype, torch.float32))  # sums of exponentials, in autocast too
        return said[..., :-1], said[..., -1]

    def copies(self, image: torch.Tensor) -> torch.Tensor:
        """Each image in all directions: (N, K, C, h, w)."""
        count, channels, *size = image.shape
        height, width = self.size or size
        wide = torch.promote_types(image.dtype, torch.float32)
        with torch.autocast(image.device.type, enabled=False):
            thetas = turned_thetas(self.turns, wide, image.device)
            grid = F.affine_grid(thetas, (self.turns, channels, height, width), align_corners=False)
            # All copies are one picture, one below the other, so that the image is not copied K times.
            grid = grid.reshape(1, self.turns * height, width, 2).expand(count, -1, -1, -1)
            below = F.grid_sample(image.to(wide), grid, align_corners=False).to(image.dtype)
        return below.unflatten(2, (self.turns, height)).transpose(1, 2)

    def shares(self, image: torch.Tensor) -> torch.Tensor:
        """The share of each direction: (N, K), each row adds up to 1."""
        return self.read(image)[1].softmax(1)

    def direction(self, image: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """For each image the angle that turns it, in radians, and its confidence, the share of that turn: both (N,).

        No gradient passes through them: the shares change smoothly, but the direction of the largest jumps.
        """
        if self.congealed is None:
            share, place = self.shares(image).max(1)
            return place.to(share.dtype) * (2 * torch.pi / self.turns), share.detach()
        out = self(image)
        found = self.congealed.directions(self.orbits(image).cpu().numpy(), out.argmax(1).cpu().numpy())
        return tuple(torch.from_numpy(part).to(out) for part in found)

    def congeal(self, images: torch.Tensor, labels: torch.Tensor, classes: int, rng=0) -> None:
        """Find a common direction for each class; from now on `transformer` turns images to that of their class.

        `images` (N, C, H, W) and `labels` (N,) are training images as the network takes them, some tens of each class
        or more. No heading is used. The result is kept as `congealed`, a `stn_numpy.congealing.Congealed`.
        """
        found = torch.cat([self.orbits(part) for part in images.split(BATCH)])
        self.congealed = Congealed.of(found.cpu().numpy(), labels.cpu().numpy(), classes, rng)

    @torch.no_grad()
    def orbits(self, image: torch.Tensor) -> torch.Tensor:
        """The features of each copy of each image: (N, C, H, W) to (N, K, D). See `features_of`."""
        copies = self.copies(image)
        return features_of(self.network, copies.flatten(0, 1)).unflatten(0, copies.shape[:2]).float()

    def parameter_count(self) -> int:
        """The number of learned numbers."""
        return sum(parameter.numel() for parameter in self.parameters())

    def extra_repr(self) -> str:
        return f"turns={self.turns}, size={self.size}"


class CongealedClassifier(TurnedCopies):
    """A classifier of images as they come, whose features for turned copies give the direction, once congealed."""

    def forward(self, image):
        return self.network(image)

    def read(self, image):
        raise TypeError("a CongealedClassifier has no scores: expected congeal first, then direction")


def features_of(network: nn.Sequential, images: torch.Tensor) -> torch.Tensor:
    """What the layers before the last know of images: (N, C, H, W) to (N, D).

    Of the feature maps that a `Flatten` receives, the mean and the maximum over all places, which depend little on
    where a thing lies; and the last hidden layer, where there is one. TypeError for a network that is no `Sequential`.
    """
    if not isinstance(network, nn.Sequential):
        raise TypeError(f"network: expected a Sequential, got {type(network).__name__}")
    found, hidden, at = [], [], images
    for layer in network[:-1]:
        maps, at = at, layer(at)
        if isinstance(layer, nn.Flatten) and maps.dim() == 4:
            found, hidden = [maps.mean((2, 3)), maps.amax((2, 3))], []
        else:
            hidden = [at]
    return torch.cat(found + hidden, 1)


class BestTurn(nn.Module):
    """A localisation network: the angle of `TurnedCopies.direction`, (N, C, H, W) to (N, 1)."""

    def __init__(self, copies):
        super().__init__()
        self.copies = copies

    def forward(self, image):
        return self.copies.direction(image)[0][:, None]
