"""Networks for square tiles with classes of their own, and checkpoints that say how to rebuild them."""

import numpy as np
import torch
from torch import nn

from ..check import check_whole
from .command import Refusal
from .families import TRANSFORMS
from .localisation import LocalisationNetwork
from .model import Classifier
from .transformer import SpatialTransformer
from .weights import check_architecture
from .weights import save as save_weights

PARAMETERS = 80_000
CHANNELS = (16, 32)  # of the classifier's first two convolutions; the third takes what parameters are left
LOCALISATION = (16, 32, 32)
LEAST_SIZE = 24  # three convolutions and three pools need so many pixels


class Compass(nn.Module):
    """Turn votes for the directions of a compass into one angle, that of all arrows added, each as long as its share.

    Parameters
    ----------
    directions : int
        How many: north, and on clockwise at equal steps.

    Notes
    -----
    Forward: (N, directions) votes, before a softmax, to (N, 1) radians. A rotation by this angle turns what has it for
    a heading until it points north.
    """

    def __init__(self, directions):
        super().__init__()
        self.directions = directions

    def angles(self):
        """The directions, in radians."""
        return torch.arange(self.directions) * (2 * torch.pi / self.directions)

    def forward(self, votes):
        shares = votes.float().softmax(1)
        angles = self.angles().to(votes.device)
        along = shares @ angles.sin(), shares @ angles.cos()
        return torch.atan2(*along)[:, None]

    def extra_repr(self):
        return f"{self.directions}"


def build(image_shape, classes, transform=None, size=None, localisation_depth=3, directions=None,
          parameters=PARAMETERS, rng=None):
    """Build a convolutional classifier of tiles, alone or behind a transformer.

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
    directions : int or None
        For a rotation: its angle is not said as a number but voted for, among so many directions; see `Compass`.
    parameters : int
        About how many numbers the whole network shall learn: the classifier gets what the transformer leaves.
    rng : numpy Generator, int or None
        Of the first weights; an int is a seed.

    Returns
    -------
    Classifier

    Raises
    ------
    TypeError, ValueError
        If an argument does not fit; the message says what was expected and what came.

    Notes
    -----
    Classifier: convolutions 5x5 (16), 3x3 (32) and 3x3, each with a max-pool by 2, and a linear layer. Localisation
    network: as in chapter 10, on the tile at half its size, convolutions 5x5 (16, 32, 32) and a hidden layer of 32.
    """
    channels, side = image_shape[0], check_whole("image_shape", image_shape[1], LEAST_SIZE)
    seen = side if transform is None or size is None else check_whole("size", size, LEAST_SIZE)
    if check_whole("localisation_depth", localisation_depth, 0) > len(LOCALISATION):
        raise ValueError(f"localisation_depth: expected 0 to {len(LOCALISATION)}, got {localisation_depth}")
    rng, transformer = np.random.default_rng(rng), None
    if transform is not None:
        if directions and transform != "rotation":
            raise ValueError(f"directions: expected None with the transform {transform!r}, which is no rotation, "
                             f"got {directions}")
        start = TRANSFORMS[transform].identity if not directions else (2.0, *[0.0] * (directions - 1))
        localisation = LocalisationNetwork(image_shape, start, rng=rng, downsample=2,
                                           channels=LOCALISATION[:localisation_depth], hidden=(32,))
        if directions:
            localisation = nn.Sequential(localisation, Compass(directions))
        transformer = SpatialTransformer(localisation, transform, size)
    taken = sum(parameter.numel() for parameter in transformer.parameters()) if transformer else 0
    first, second = CHANNELS
    last = (((seen - 4) // 2 - 2) // 2 - 2) // 2
    fixed = taken + first * (25 * channels + 1) + second * (9 * first + 1) + classes
    width = round((parameters - fixed) / (9 * second + 1 + last * last * classes))
    if width < 8:
        raise ValueError(f"parameters: expected more, since all but the last convolution have {fixed} already, "
                         f"got {parameters}")
    return Classifier(tuple(image_shape), "cnn", classes, transformer, channels=(*CHANNELS, width),
                      kernel_sizes=(5, 3, 3), rng=rng)


def rebuild(facts, rng=None):
    """A network from what a checkpoint says of it: ``facts["network"]`` holds the arguments of `build`."""
    return build(**facts["network"], classes=len(facts["classes"]), rng=rng)


def centred(images, facts):
    """Tiles as the networks take them: their training set's mean colour is 0, so that what lies outside has it too.

    Parameters
    ----------
    images : (N, C, S, S) tensor
        From 0 to 1.
    facts : dict
        ``mean``, C numbers.

    Returns
    -------
    (N, C, S, S) tensor
    """
    return 4 * (images - torch.tensor(facts["mean"], dtype=images.dtype, device=images.device).view(1, -1, 1, 1))


def uncentred(images, facts):
    """The inverse of `centred`, cut to what an image file can hold."""
    mean = torch.tensor(facts["mean"], dtype=images.dtype, device=images.device).view(1, -1, 1, 1)
    return (images / 4 + mean).clamp(0, 1)


def mean_colour(images):
    """The mean of each channel of (N, C, S, S) images from 0 to 1, as `centred` wants it."""
    return [round(float(value), 4) for value in images.mean((0, 2, 3))]


def save(path, network, facts):
    """Write a network and what is needed to use it again.

    Parameters
    ----------
    path : path
    network : Module
    facts : dict
        ``classes``: names; ``mean``: see `centred`; ``network``: the other arguments of `build`.
    """
    save_weights(path, network, tiles=facts)


def load(path):
    """Read what `save` wrote, or what the training command wrote for a folder of tiles.

    Parameters
    ----------
    path : path

    Returns
    -------
    network : Classifier
    facts : dict

    Raises
    ------
    Refusal
        If there is no such file, or it is damaged, or it is no network for tiles.
    """
    try:
        content = torch.load(path, map_location="cpu", weights_only=True)
    except OSError:
        raise
    except Exception as error:  # a single wrong bit can raise nearly anything
        raise Refusal(f"{path} is no checkpoint, or is damaged ({type(error).__name__})") from error
    if not isinstance(content, dict) or "tiles" not in content:
        raise Refusal(f"{path} is not a finished network for tiles: expected a .pt that training with --data-folder, "
                      f"or book.experiments.aerial.rivals, has left at its end")
    try:
        network = rebuild(content["tiles"])
        check_architecture(network, content["architecture"], path)
        network.load_state_dict(content["state"])
    except (KeyError, TypeError, ValueError, RuntimeError) as error:
        raise Refusal(f"{path} is damaged ({error})") from error
    return network.eval(), content["tiles"]
