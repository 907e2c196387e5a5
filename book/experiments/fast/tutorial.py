"""The network of PyTorch's tutorial on spatial transformers, without its dropout, for benchmarks."""

import numpy as np

from stn_numpy.families import TRANSFORMS
from stn_numpy.layer import Conv2d, Flatten, Linear, MaxPool2d, ReLU, Sequential
from stn_numpy.transformer import SpatialTransformer


def tutorial_network(seed=0, dtype=np.float32):
    """The tutorial's classifier, (N, 1, 28, 28) to (N, 10) logits, after a transformer that starts as the identity.

    Source: Ghassen Hamrouni, "Spatial Transformer Networks Tutorial", PyTorch tutorials.
    """
    how = dict(rng=np.random.default_rng(seed), dtype=dtype)
    final = Linear(32, 6, **how)
    final.weight.data[:], final.bias.data[:] = 0, TRANSFORMS["affine"].identity
    convolutions = Conv2d(1, 8, 7, **how), MaxPool2d(2), ReLU(), Conv2d(8, 10, 5, **how), MaxPool2d(2), ReLU()
    localisation = Sequential(*convolutions, Flatten(), Linear(90, 32, **how), ReLU(), final)
    convolutions = Conv2d(1, 10, 5, **how), MaxPool2d(2), ReLU(), Conv2d(10, 20, 5, **how), MaxPool2d(2), ReLU()
    head = Flatten(), Linear(320, 50, **how), ReLU(), Linear(50, 10, **how)
    return Sequential(SpatialTransformer(localisation, "affine"), *convolutions, *head)
