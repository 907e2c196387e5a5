"""Networks for square tiles of any classes, and checkpoints from which they can be rebuilt."""

import numpy as np
import torch
from torch import nn

from ..check import check_whole
from .families import TRANSFORMS
from .localisation import LocalisationNetwork
from .model import Classifier
from .transformer import SpatialTransformer
from .turned_copies import TurnedCopies
from .weights import load as load_weights
from .weights import read_whole
from .weights import save as save_weights

PARAMETERS = 80_000
CHANNELS = (16, 32)  # of the classifier's first two convolutions; the third takes the remaining parameters
LOCALISATION = (16, 32, 32)
COPIES, A_COPY = 28, 30_000  # side of turned copies in pixels; about how many numbers their network learns
LEAST_SIZE = 24  # pixels, for three convolutions and three pools


class Compass(nn.Module):
    """Turn votes for the directions of a compass into one angle: that of the sum of all arrows, each as long as its
    share.

    Forward: (N, directions) votes, before a softmax, to (N, 1) radians. The directions are north, and on clockwise at
    equal steps; a rotation by the angle turns a thing with this heading to the north.
    """

    def __init__(self, directions):
        super().__init__()
        self.directions = directions

    def angles(self) -> torch.Tensor:
        """The directions, in radians."""
        return torch.arange(self.directions) * (2 * torch.pi / self.directions)

    def forward(self, votes):
        shares = votes.float().softmax(1)
        angles = self.angles().to(votes.device)
        along = shares @ angles.sin(), shares @ angles.cos()
        return torch.atan2(*along)[:, None]

    def extra_repr(self):
        return f"{self.directions}"


def build_tile_network(
    image_shape,
    classes: int,
    transform=None,
    size=None,
    localisation_depth=3,
    directions=None,
    parameters=PARAMETERS,
    rng=None,
    turned_copies=0,
) -> Classifier | TurnedCopies:
    """Build a convolutional classifier of tiles (C, S, S), alone or after a transformer of the family `transform`.

    With `turned_copies` it reads the tile in that many directions, see `TurnedCopies`. `size` is the side of the
    classifier's input after the transformer, or of the copies; None for S. The angle of a rotation is voted for among
    `directions`, see `Compass`; None for a number. `parameters` is about how many numbers the whole network learns; the
    classifier gets those that remain after the transformer's.

    Classifier: convolutions 5x5 (16), 3x3 (32) and 3x3, each with a max-pool by 2, and a linear layer. Localisation
    network: as in chapter 10, on the tile at half its size, convolutions 5x5 (16, 32, 32), of which
    `localisation_depth` are taken, and a hidden layer of 32.
    """
    channels, side = image_shape[0], check_whole("image_shape", image_shape[1], LEAST_SIZE)
    if turned_copies and transform is not None:
        raise ValueError(f"turned_copies: expected 0 with the transform {transform!r}, got {turned_copies}")
    seen = side if (transform is None and not turned_copies) or size is None else check_whole("size", size, LEAST_SIZE)
    if check_whole("localisation_depth", localisation_depth, 0) > len(LOCALISATION):
        raise ValueError(f"localisation_depth: expected 0 to {len(LOCALISATION)}, got {localisation_depth}")
    rng, transformer = np.random.default_rng(rng), None
    if transform is not None:
        if directions and transform != "rotation":
            raise ValueError(
                f"directions: expected None with the transform {transform!r}, which is no rotation, got {directions}"
            )
        start = (2.0, *[0.0] * (directions - 1)) if directions else TRANSFORMS[transform].identity
        localisation = LocalisationNetwork(
            image_shape, start, rng=rng, downsample=2, channels=LOCALISATION[:localisation_depth], hidden=(32,)
        )
        if directions:
            localisation = nn.Sequential(localisation, Compass(directions))
        transformer = SpatialTransformer(localisation, transform, size)
    spent = sum(parameter.numel() for parameter in transformer.parameters()) if transformer else 0
    first, second = CHANNELS
    classes += bool(turned_copies)  # the score of a copy
    last = (((seen - 4) // 2 - 2) // 2 - 2) // 2
    spent += first * (25 * channels + 1) + second * (9 * first + 1) + classes
    width = round((parameters - spent) / (9 * second + 1 + last * last * classes))
    if width < 8:
        raise ValueError(
            f"parameters: expected more, since all but the last convolution have {spent} already, got {parameters}"
        )
    shape = (channels, seen, seen) if turned_copies else tuple(image_shape)
    layers = dict(channels=(*CHANNELS, width), kernel_sizes=(5, 3, 3), rng=rng)
    network = Classifier(shape, "cnn", classes, transformer, **layers)
    return TurnedCopies(network.network, turned_copies, size) if turned_copies else network


def rebuild(facts: dict, rng=None) -> Classifier | TurnedCopies:
    """A network from a checkpoint's facts: ``facts["network"]`` holds the arguments of `build_tile_network`."""
    return build_tile_network(**facts["network"], classes=len(facts["classes"]), rng=rng)


def centred(images: torch.Tensor, facts: dict) -> torch.Tensor:
    """Tiles (N, C, S, S) from 0 to 1 as the networks take them.

    The mean colour of the training tiles, ``facts["mean"]``, becomes 0, so zero padding has this colour, too.
    """
    return 4 * (images - _mean(images, facts))


def uncentred(images: torch.Tensor, facts: dict) -> torch.Tensor:
    """The inverse of `centred`, clipped to the range of an image file."""
    return (images / 4 + _mean(images, facts)).clamp(0, 1)


def _mean(images, facts):
    return torch.tensor(facts["mean"], dtype=images.dtype, device=images.device).view(1, -1, 1, 1)


def mean_colour(images: torch.Tensor) -> list[float]:
    """The mean of each channel of (N, C, S, S) images from 0 to 1, for `centred`."""
    return [round(float(value), 4) for value in images.mean((0, 2, 3))]


def save_tile_network(path, network: Classifier, facts: dict) -> None:
    """Write a network and the facts that are needed to use it again. The facts are ``classes``: names; ``mean``: see
    `centred`; ``network``: the other arguments of `build_tile_network`; ``background``: the colour under transparent
    pixels, see `stn_numpy.pictures.opaque`.
    """
    save_weights(path, network, tiles=facts)


def load_tile_network(path) -> tuple[Classifier, dict]:
    """Read a network and its facts, which `save_tile_network` wrote, or the training command for a folder of tiles.

    ValueError if the file is damaged, or holds no network for tiles.
    """
    try:
        content = read_whole(path)
    except ValueError as error:
        raise ValueError(f"{path} is no checkpoint, or is damaged ({error})") from error
    if not isinstance(content, dict) or "tiles" not in content:
        source = "training with --data-folder, or python -m book.experiments --keep"
        raise ValueError(f"{path} is not a finished network for tiles: expected the .pt of {source}")
    try:
        return load_weights(path, rebuild(content["tiles"])).eval(), content["tiles"]
    except (KeyError, TypeError, ValueError, RuntimeError) as error:
        raise ValueError(f"{path} is damaged ({error})") from error
