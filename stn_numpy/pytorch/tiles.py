"""Networks for square tiles of any classes, and checkpoints from which they can be rebuilt."""

import numpy as np
import torch

from ..check import check_whole
from ..congealing import Congealed
from .families import TRANSFORMS
from .localisation import LocalisationNetwork
from .model import Classifier
from .transformer import SpatialTransformer
from .turned_copies import CongealedClassifier, TurnedCopies
from .weights import load, read_whole

PARAMETERS = 80_000
CHANNELS = (16, 32)  # of the classifier's first two convolutions; the third takes the remaining parameters
LOCALISATION = (16, 32, 32)
COPIES, A_COPY = 28, 30_000  # side of turned copies in pixels; about how many numbers their network learns
LEAST_SIZE = 24  # pixels, for three convolutions and three pools


def build_tile_network(
    image_shape,
    classes: int,
    transform=None,
    size=None,
    localisation_depth=3,
    parameters=PARAMETERS,
    rng=None,
    turned_copies=0,
) -> Classifier | TurnedCopies:
    """Build a convolutional classifier of tiles (C, S, S), alone or after a transformer of the family `transform`.

    With `turned_copies` it reads the tile in that many directions, see `TurnedCopies`. `size` is the side of the
    classifier's input after the transformer, or of the copies; None for S. `parameters` is about how many numbers the
    whole network learns; the classifier gets those that remain after the transformer's. `localisation_depth` is that of
    `localise_tiles`.
    """
    side = check_whole("image_shape", image_shape[1], LEAST_SIZE)
    seen = side if size is None else check_whole("size", size, LEAST_SIZE)
    if turned_copies and transform is not None:
        raise ValueError(f"turned_copies: expected 0 with the transform {transform!r}, got {turned_copies}")
    rng, transformer = np.random.default_rng(rng), None
    if turned_copies:  # each class, and the score of a copy
        network = classify_tiles((image_shape[0], seen, seen), classes + 1, None, parameters, rng)
        return TurnedCopies(network.network, turned_copies, size)
    if transform is not None:
        localisation = localise_tiles(image_shape, TRANSFORMS[transform].identity, localisation_depth, rng)
        transformer = SpatialTransformer(localisation, transform, size)
    return classify_tiles(image_shape, classes, transformer, parameters, rng)


def localise_tiles(image_shape, identity, depth: int, rng) -> LocalisationNetwork:
    """As in chapter 10, on the tile at half its size: the first `depth` convolutions 5x5 of (16, 32, 32), and a
    hidden layer of 32."""
    if check_whole("localisation_depth", depth, 0) > len(LOCALISATION):
        raise ValueError(f"localisation_depth: expected 0 to {len(LOCALISATION)}, got {depth}")
    return LocalisationNetwork(image_shape, identity, rng=rng, downsample=2, channels=LOCALISATION[:depth])


def classify_tiles(image_shape, classes: int, transformer, parameters: int, rng) -> Classifier:
    """Convolutions 5x5 (16), 3x3 (32) and 3x3, each with a max-pool by 2, and a linear layer, after a transformer or
    None; the last convolution is as wide as so many parameters allow."""
    channels, seen = image_shape[0], transformer.size[0] if transformer and transformer.size else image_shape[1]
    spent = sum(parameter.numel() for parameter in transformer.parameters()) if transformer else 0
    first, second = CHANNELS
    last = (((seen - 4) // 2 - 2) // 2 - 2) // 2
    spent += first * (25 * channels + 1) + second * (9 * first + 1) + classes
    width = round((parameters - spent) / (9 * second + 1 + last * last * classes))
    if width < 8:
        raise ValueError(
            f"parameters: expected more, since all but the last convolution have {spent} already, got {parameters}"
        )
    layers = dict(channels=(*CHANNELS, width), kernel_sizes=(5, 3, 3), rng=rng)
    return Classifier(tuple(image_shape), "cnn", classes, transformer, **layers)


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


def load_tile_network(path) -> tuple[Classifier | TurnedCopies, dict]:
    """Read a network that the training command has trained on a folder of tiles, and the facts that its use requires.

    These are ``classes``: names; ``mean``: see `centred`; ``network``: the other arguments of `build_tile_network`;
    ``background``: the colour under transparent pixels, see `stn_numpy.pictures.opaque`; for a CNN, and turned copies
    that learned no headings, ``congealed``: see `TurnedCopies.congeal`. ValueError if the file is damaged, or
    holds no network for tiles.
    """
    try:
        content = read_whole(path)
    except ValueError as error:
        raise ValueError(f"{path} is no checkpoint, or is damaged ({error})") from error
    if not isinstance(content, dict) or "tiles" not in content:
        source = "training with --data-folder, or python -m book.experiments --keep"
        raise ValueError(f"{path} is not a finished network for tiles: expected the .pt of {source}")
    try:
        facts = content["tiles"]
        network = load(path, build_tile_network(**facts["network"], classes=len(facts["classes"]))).eval()
        if "congealed" in facts:
            network = network if isinstance(network, TurnedCopies) else CongealedClassifier(network.network).eval()
            network.congealed = Congealed(**{name: part.numpy() for name, part in facts["congealed"].items()})
        return network, facts
    except (KeyError, TypeError, ValueError, RuntimeError) as error:
        raise ValueError(f"{path} is damaged ({error})") from error
