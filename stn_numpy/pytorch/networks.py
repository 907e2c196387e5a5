"""The paper's networks for distorted digits: FCN, CNN, and both with a transformer before them."""

import numpy as np
import torch

from ..check import check_choice, check_whole
from ..layer import AvgPool2d, Conv2d, Flatten, Linear, MaxPool2d, ReLU, Sequential
from ..localisation import output_shape
from .families import as_transform
from .layer import numpy_dtype
from .localisation import LocalisationNetwork, identity_layer
from .model import Classifier
from .transformer import SpatialTransformer
from .turned_copies import TurnedCopies
from .weights import from_numpy

MODELS = ("fcn", "cnn", "st-fcn", "st-cnn")
SIZES = {"R": 28, "RTS": 42, "P": 28, "E": 28, "TC": 60, "P2": 28}
POOLED = ("RTS", "TC")  # where an average pool by 2 follows the transformer
PARAMETERS = 400_000  # of the whole network: the classifier gets those that remain after the transformer's
A_COPY = 45_000  # of the network that reads turned copies, for which each image costs K times as much


def build(
    model, distortion, transform="affine", localisation_depth=2, rng=None, dtype=torch.float32, turned_copies=0
) -> Classifier | TurnedCopies:
    """Build one of the paper's networks, or a classifier that reads each digit in `turned_copies` directions.

    Parameters
    ----------
    model : {"fcn", "cnn", "st-fcn", "st-cnn"}
        "st-" begins with a transformer; its localisation network is of the classifier's kind.
    distortion : {"R", "RTS", "P", "E", "TC", "P2"}
        The digits' distortion, which determines their size: 28, 42, 28, 28, 60, 28 pixels.
    localisation_depth : int
        Convolutions (ST-CNN) or hidden layers (ST-FCN) of the localisation network, 0 to 3; the paper has 2.
    transform, rng, dtype
        As in `stn_numpy.SpatialTransformer` and `stn_numpy.Classifier`.

    Notes
    -----
    From the paper: three weight layers in a classifier; FCN: two hidden layers; CNN: convolution 9x9, max-pool 2,
    convolution 7x7, max-pool 2, output; ST-FCN: a localisation network of three linear layers (32, 32, P);
    ST-CNN: one on the image downsampled by 2, of convolution 5x5 (20), max-pool 2, convolution 5x5 (20), linear (20),
    linear (P); with RTS and TC an average pool by 2 after the transformer, so the networks without one get no pool;
    about 400,000 parameters in every network.

    Not given there, and chosen here: P and E keep 28x28, and what leaves it is cut off. Convolutions are not
    padded, as the localisation network's shapes suggest (14x14 ends in 1x1); but in ST-CNN with RTS the 9x9 is, since
    the pool leaves 21x21, too small for both without. Both hidden layers of an FCN are equally wide; a CNN has 64
    filters of 9x9, and as many of 7x7 as bring the whole network to 400,000. Localisation networks of other depths than
    the paper's keep the image's size in their convolutions and pool after each, so that there is room for three.
    Source: Jaderberg et al. 2015, sections 4.1 and A.4.
    """
    check_choice("model", model, MODELS)
    check_choice("distortion", distortion, tuple(SIZES))
    transform = as_transform(transform)
    if check_whole("localisation_depth", localisation_depth, 0) > 3:
        raise ValueError(f"localisation_depth: expected 0 to 3, got {localisation_depth}")
    rng = np.random.default_rng(rng)
    kind, size = model.removeprefix("st-"), SIZES[distortion]
    if turned_copies:
        filters = dict(first=16) if kind == "cnn" else {}  # one additional output, the score of a copy
        return TurnedCopies(CLASSIFIERS[kind]([], 1, size, 11, A_COPY, rng, dtype, **filters), turned_copies)
    transformer, pool = None, []
    if model.startswith("st-"):
        localisation = _localisation(kind, size, transform.identity, localisation_depth, rng, dtype)
        transformer = SpatialTransformer(localisation, transform)
        pool = [AvgPool2d(2)] if distortion in POOLED else []
    taken = sum(p.numel() for p in transformer.parameters()) if transformer else 0
    classifier = CLASSIFIERS[kind](pool, 1, size // 2 if pool else size, 10, PARAMETERS - taken, rng, dtype)
    return Classifier.of(classifier, transformer)


def _localisation(kind, size, identity, depth, rng, dtype):
    shared = dict(image_shape=(1, size, size), identity=identity, kind=kind, rng=rng, dtype=dtype)
    if kind == "fcn":
        return LocalisationNetwork(hidden=(32,) * depth, **shared)
    if depth != 2:
        return LocalisationNetwork(channels=(20,) * depth, hidden=(20,), downsample=2, **shared)
    how = dict(rng=rng, dtype=numpy_dtype(dtype))
    layers = [AvgPool2d(2), Conv2d(1, 20, 5, **how), ReLU(), MaxPool2d(2), Conv2d(20, 20, 5, **how), ReLU(), Flatten()]
    width = output_shape(layers, (1, size, size), how["dtype"])[0]
    features = from_numpy(Sequential(*layers, Linear(width, 20, **how), ReLU()))
    return LocalisationNetwork.of(features, identity_layer(20, identity, rng, dtype))


def _fcn(pool, channels, size, classes, parameters, rng, dtype):
    """Two hidden layers of one width, chosen to come closest to `parameters`."""
    how, inputs = dict(rng=rng, dtype=numpy_dtype(dtype)), channels * size * size
    width = _closest_width(lambda width: (inputs + 1 + width + 1) * width + (width + 1) * classes, parameters)
    hidden = [Linear(inputs, width, **how), ReLU(), Linear(width, width, **how), ReLU()]
    return from_numpy(Sequential(*pool, Flatten(), *hidden, Linear(width, classes, **how)))


def _cnn(pool, channels, size, classes, parameters, rng, dtype, first=64):
    """64 filters of 9x9, and a number of 7x7 chosen to come closest to `parameters`."""
    padding = 0 if size >= 22 else 4  # 9x9, a pool, 7x7 and a pool need 22 pixels
    last = ((size + 2 * padding - 8) // 2 - 6) // 2
    fixed, each = (81 * channels + 1) * first + classes, 49 * first + 1 + last**2 * classes
    width = _closest_width(lambda width: fixed + each * width, parameters)
    how = dict(rng=rng, dtype=numpy_dtype(dtype))
    layers = [*pool, Conv2d(channels, first, 9, padding=padding, **how), ReLU(), MaxPool2d(2)]
    layers += [Conv2d(first, width, 7, **how), ReLU(), MaxPool2d(2), Flatten()]
    return from_numpy(Sequential(*layers, Linear(last * last * width, classes, **how)))


def _closest_width(count, parameters: int) -> int:
    """The width whose number of parameters, ``count(width)``, is closest to `parameters`."""
    return min(range(1, 2000), key=lambda width: abs(count(width) - parameters))


CLASSIFIERS = {"fcn": _fcn, "cnn": _cnn}
