"""Digits to learn from: a small embedded set, and all of MNIST."""

from pathlib import Path

import numpy as np

from .check import check_choice
from .mnist import FILES, read_file

EMBEDDED = Path(__file__).parent / "datasets" / "mnist_small.npz"


def load_digits(split: str = "train") -> tuple[np.ndarray, np.ndarray]:
    """Load the digits that come with the package: 500 of each class to train on, 100 of each to test with.

    Parameters
    ----------
    split : {"train", "test"}
        Which part.

    Returns
    -------
    images : (N, 1, 28, 28) array of float32
        From 0 (background) to 1 (ink); N is 5000 or 1000.
    labels : (N,) array of int64
        The digits' classes, 0 to 9.

    Notes
    -----
    The first digits of each class of MNIST, in MNIST's order; origin and licence: datasets/README.md.
    """
    check_choice("split", split, tuple(FILES))
    with np.load(EMBEDDED) as arrays:
        return _as_batch(arrays[f"{split}_images"], arrays[f"{split}_labels"])


def load_mnist(split: str = "train") -> tuple[np.ndarray, np.ndarray]:
    """Load all of MNIST, from your own folder or from the network, and check that it is MNIST.

    The environment variable ``STN_DATA`` names a folder with the four files (``train-images-idx3-ubyte.gz`` and so
    on, packed or not), or one that torchvision has filled. Without it the files are downloaded once, 11 MB, and kept
    in pooch's cache folder. The split, images and labels are as in `load_digits`; N is 60000 or 10000.

    Raises
    ------
    ValueError
        If a file is cut short, damaged or not MNIST's (by SHA-256).
    FileNotFoundError
        If ``STN_DATA`` names no folder, or one without the file.
    PermissionError
        If a file may not be read, or the cache folder not written.
    ConnectionError
        If no mirror delivers the file; `load_digits` works without a network.
    """
    check_choice("split", split, tuple(FILES))
    images, labels = (read_file(file) for file in FILES[split])
    return _as_batch(images, labels)


def _as_batch(images, labels):
    return (images / np.float32(255))[:, None], labels.astype(np.int64)
