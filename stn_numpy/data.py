"""Digits to learn from: a small embedded set, all of MNIST, and the paper's seeded distortions."""

from pathlib import Path

import numpy as np

from ._check import check_arrays, check_choice
from ._mnist import FILES, read_file
from .distortions import apply, draw

EMBEDDED = Path(__file__).parent / "datasets" / "mnist_small.npz"


def load_digits(split="train"):
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

    Raises
    ------
    ValueError
        If the split is unknown.

    Notes
    -----
    The first digits of each class of MNIST, in MNIST's order; origin and licence: datasets/README.md.
    """
    check_choice("split", split, tuple(FILES))
    with np.load(EMBEDDED) as arrays:
        return _as_batch(arrays[f"{split}_images"], arrays[f"{split}_labels"])


def load_mnist(split="train"):
    """Load all of MNIST, from a folder of yours or from the network, and check that it is MNIST.

    The environment variable ``STN_DATA`` names a folder with the four files
    (``train-images-idx3-ubyte.gz`` and so on, packed or not). Without it the files are downloaded once,
    11 MB, and kept in pooch's cache folder.

    Parameters
    ----------
    split : {"train", "test"}
        Which part.

    Returns
    -------
    images : (N, 1, 28, 28) array of float32
        From 0 (background) to 1 (ink); N is 60000 or 10000.
    labels : (N,) array of int64
        The digits' classes, 0 to 9.

    Raises
    ------
    ValueError
        If the split is unknown, or a file is cut short, damaged or not MNIST's (by SHA-256).
    FileNotFoundError
        If ``STN_DATA`` names no folder, or one without the file.
    ConnectionError
        If no mirror delivers the file; `load_digits` works without a network.
    """
    check_choice("split", split, tuple(FILES))
    images, labels = (read_file(file) for file in FILES[split])
    return _as_batch(images, labels)


def _as_batch(images, labels):
    return (images / np.float32(255))[:, None], labels.astype(np.int64)


def distort(images, distortion, rng):
    """Distort a batch of images as the paper does with MNIST, and say how.

    Parameters
    ----------
    images : (N, C, H, W) array of float32 or float64
        Pictures on a background of 0.
    distortion : {"R", "RTS", "P", "E", "TC"}
        "R": rotation, uniform in -90 to 90 degrees; the size stays.
        "RTS": rotation, uniform in -45 to 45 degrees, scale, uniform in 0.7 to 1.2, and a random place on a
        canvas one and a half times as high and as wide, 42x42 for MNIST.
        "P": scale, uniform in 0.75 to 1, then each corner of the image moved by a normal number with a standard
        deviation of 5 pixels along each axis; the size stays.
        "E": scale, uniform in 0.75 to 1, then 16 points on a regular grid moved likewise, by 1.5 pixels, and the rest
        of the plane with them, bent as little as possible; the size stays.
        "TC": a random place on a canvas of 60x60, and six patches of 6x6 pixels, cut out of other images of the batch
        at random places and put down at random places.
    rng : numpy.random.Generator
        Where the random numbers come from; the same state gives the same result.

    Returns
    -------
    distorted : (N, C, h, w) array of images' dtype
        Bilinear, zeros outside the image, ``align_corners=False``.
    pose : Pose, (N, 3, 3) array or None
        What the distortion did to each image. R, RTS and TC: the true angle, scale and shift. P: the homography from
        output to input, in normalised units, that `projective_grid` was given. E: None, as no few numbers undo it.

    Raises
    ------
    TypeError, ValueError
        If images have the wrong type or shape, the distortion is unknown, or rng is no Generator; with "TC", if there
        is but one image or it is larger than the canvas.

    Notes
    -----
    What follows is our choice where the sources are silent. RTS: the box around the ink is turned and scaled with the
    picture, and its place is uniform among those where all of it is on the canvas, so that no ink is lost; the
    28x28 frame itself may stick out. A picture too wide (or too high) for the canvas stays put that way. TC: the place
    is uniform among those where the whole frame is on the canvas, in whole pixels; where a patch and something else
    meet, the brighter one is seen. P: one quadrilateral in 70 would be folded; its corners are moved half as far, or,
    if that is too far, a quarter. E: it is the points of reading that are moved, and a picture may fold, so what was
    lost cannot always be brought back.
    Source: Jaderberg et al. 2015, section 4.1; the ranges are taken second-hand, from notes on the paper.
    """
    check_arrays(images=(images, "N C H W"))
    if not isinstance(rng, np.random.Generator):
        raise TypeError(f"rng: expected a numpy.random.Generator, got {type(rng).__name__}")
    return apply(images, distortion, draw(images, distortion, rng))
