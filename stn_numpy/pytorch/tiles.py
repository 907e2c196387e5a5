"""Networks for square tiles with classes of their own, and checkpoints that say how to rebuild them."""

import numpy as np
import torch

from ..check import check_whole
from .families import TRANSFORMS
from .localisation import LocalisationNetwork
from .model import Classifier
from .transformer import SpatialTransformer
from .weights import load as load_weights
from .weights import read_whole

PARAMETERS = 80_000
CHANNELS = (16, 32)  # of the classifier's first two convolutions; the third takes what parameters are left
LOCALISATION = (16, 32, 32)
LEAST_SIZE = 24  # three convolutions and three pools need so many pixels


def build(image_shape, classes: int, transform=None, size=None, localisation_depth=3, parameters=PARAMETERS,
          rng=None) -> Classifier:
    """Build a convolutional classifier of tiles, alone or after a transformer.

    Parameters
    ----------
    image_shape : (C, S, S)
        Of one tile.
    classes : int
    transform : str or None
        A name in `TRANSFORMS`; None for no transformer.
    size : int or None
        Side of what the transformer shows the classifier; None for S.
    localisation_depth : int
        Convolutions of the localisation network, 0 to 3.
    parameters : int
        About how many numbers the whole network learns: the classifier gets what the transformer leaves.
    rng : numpy Generator, int or None
        Of the first weights; an int is a seed.
    """
    rng, transformer = np.random.default_rng(rng), None
    check_whole("image_shape", image_shape[1], LEAST_SIZE)
    if check_whole("localisation_depth", localisation_depth, 0) > len(LOCALISATION):
        raise ValueError(f"localisation_depth: expected 0 to {len(LOCALISATION)}, got {localisation_depth}")
    if transform is not None:
        localisation = localise(image_shape, TRANSFORMS[transform].identity, rng, localisation_depth)
        transformer = SpatialTransformer(localisation, transform, size)
    return classify(image_shape, classes, transformer, rng, parameters)


def localise(image_shape, identity, rng, depth=3) -> LocalisationNetwork:
    """As in chapter 10, on the tile at half its size: convolutions 5x5 (16, 32, 32) and a hidden layer of 32."""
    channels = LOCALISATION[:depth]
    return LocalisationNetwork(image_shape, identity, channels=channels, hidden=(32,), downsample=2, rng=rng)


def classify(image_shape, classes, transformer, rng, parameters=PARAMETERS) -> Classifier:
    """Convolutions 5x5 (16), 3x3 (32) and 3x3, each with a max-pool by 2, and a linear layer, after a transformer."""
    seen = image_shape[1] if transformer is None or transformer.size is None else transformer.size[0]
    last = (((check_whole("size", seen, LEAST_SIZE) - 4) // 2 - 2) // 2 - 2) // 2
    first, second = CHANNELS
    spent = sum(parameter.numel() for parameter in transformer.parameters()) if transformer else 0
    spent += first * (25 * image_shape[0] + 1) + second * (9 * first + 1) + classes
    width = round((parameters - spent) / (9 * second + 1 + last * last * classes))
    if width < 8:
        raise ValueError(f"parameters: expected more, since all but the last convolution have {spent} already, "
                         f"got {parameters}")
    return Classifier(tuple(image_shape), "cnn", classes, transformer, channels=(*CHANNELS, width),
                      kernel_sizes=(5, 3, 3), rng=rng)


def rebuild(facts: dict, rng=None) -> Classifier:
    """A network from what a checkpoint says of it: ``facts["network"]`` holds the arguments of `build`."""
    return build(**facts["network"], classes=len(facts["classes"]), rng=rng)


def centred(images: torch.Tensor, facts: dict) -> torch.Tensor:
    """Tiles (N, C, S, S) from 0 to 1 as the networks take them.

    The mean colour of the training tiles, ``facts["mean"]``, is 0, so that what lies outside has it too.
    """
    return 4 * (images - _mean(images, facts))


def uncentred(images: torch.Tensor, facts: dict) -> torch.Tensor:
    """The inverse of `centred`, cut to what an image file can hold."""
    return (images / 4 + _mean(images, facts)).clamp(0, 1)


def _mean(images, facts):
    return torch.tensor(facts["mean"], dtype=images.dtype, device=images.device).view(1, -1, 1, 1)


def mean_colour(images: torch.Tensor) -> list[float]:
    """The mean of each channel of (N, C, S, S) images from 0 to 1, for `centred`."""
    return [round(float(value), 4) for value in images.mean((0, 2, 3))]


def load(path) -> tuple[Classifier, dict]:
    """Read a network and its facts, which the training command has left for a folder of tiles.

    The facts are ``classes``: names; ``mean``: see `centred`; ``network``: the other arguments of `build`; and
    ``background``: what shows through transparent pixels, see `stn_numpy.pictures.opaque`. ValueError if the file is
    damaged, or holds no network for tiles.
    """
    try:
        content = read_whole(path)
    except ValueError as error:
        raise ValueError(f"{path} is no checkpoint, or is damaged ({error})") from error
    if not isinstance(content, dict) or "tiles" not in content:
        raise ValueError(f"{path} is not a finished network for tiles: expected a .pt that training with "
                         f"--data-folder, or python -m book.experiments aerial --keep, has left at its end")
    try:
        return load_weights(path, rebuild(content["tiles"])).eval(), content["tiles"]
    except (KeyError, TypeError, ValueError, RuntimeError) as error:
        raise ValueError(f"{path} is damaged ({error})") from error
