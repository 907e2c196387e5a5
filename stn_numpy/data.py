"""Digits to learn from: a small embedded set, all of MNIST, and the paper's seeded distortions R and RTS."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ._check import check_arrays, check_choice
from ._mnist import FILES, read_file
from .grid import affine_grid
from .sampler import grid_sample

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


@dataclass(frozen=True)
class Pose:
    """How `distort` placed each image of a batch: first scaled, then turned, then shifted.

    Attributes
    ----------
    angle : (N,) array of float64
        Radians; positive turns the picture counter-clockwise as seen.
    scale : (N,) array of float64
        Above 1 the picture grows; in pixels, so 1.2 makes a stroke of 10 pixels one of 12.
    shift_x, shift_y : (N,) arrays of float64
        Where the middle of the image went, in output pixels from the output's middle; x to the right, y down.
    theta : (N, 2, 3) array of the images' dtype
        The map from output to input, in normalised units, that `affine_grid` was given. A transformer that
        undoes the pose finds the inverse of this map.
    """

    angle: np.ndarray
    scale: np.ndarray
    shift_x: np.ndarray
    shift_y: np.ndarray
    theta: np.ndarray


def distort(images, distortion, rng):
    """Turn, scale and shift a batch of images as the paper does with MNIST, and say by how much.

    Parameters
    ----------
    images : (N, C, H, W) array of float32 or float64
        Pictures on a background of 0.
    distortion : {"R", "RTS"}
        "R": rotation, uniform in -90 to 90 degrees; the size stays.
        "RTS": rotation, uniform in -45 to 45 degrees, scale, uniform in 0.7 to 1.2, and a random place on a
        canvas one and a half times as high and as wide, 42x42 for MNIST.
    rng : numpy.random.Generator
        Where the random numbers come from; the same state gives the same result.

    Returns
    -------
    distorted : (N, C, h, w) array of images' dtype
        Bilinear, zeros outside the image, ``align_corners=False``.
    pose : Pose
        The true angle, scale and shift of each image.

    Raises
    ------
    TypeError, ValueError
        If images have the wrong type or shape, the distortion is unknown, or rng is no Generator.

    Notes
    -----
    No source says what a random place is. Here the box around the ink is turned and scaled with the
    picture, and its place is uniform among those where all of it is on the canvas, so that no ink is lost;
    the 28x28 frame itself may stick out. A picture too wide (or too high) for the canvas stays put that way.
    Source: Jaderberg et al. 2015, section 4.1; the ranges are taken second-hand, from notes on the paper.
    """
    lengths = check_arrays(images=(images, "N C H W"))
    check_choice("distortion", distortion, ("R", "RTS"))
    if not isinstance(rng, np.random.Generator):
        raise TypeError(f"rng: expected a numpy.random.Generator, got {type(rng).__name__}")
    batch, channels, height, width = (lengths[word] for word in "NCHW")
    if distortion == "R":
        out_size = height, width
        angle, scale = rng.uniform(-np.pi / 2, np.pi / 2, batch), np.ones(batch)
        shift = np.zeros((batch, 2))
    else:
        out_size = 3 * height // 2, 3 * width // 2
        angle, scale = rng.uniform(-np.pi / 4, np.pi / 4, batch), rng.uniform(0.7, 1.2, batch)
        shift = _random_place(images, angle, scale, out_size, rng)
    theta = _pose_theta(angle, scale, shift, (height, width), out_size).astype(images.dtype)
    grid = affine_grid(theta, (batch, channels, *out_size), align_corners=False)
    distorted = grid_sample(images, grid, mode="bilinear", padding_mode="zeros", align_corners=False)
    return distorted, Pose(angle, scale, shift[:, 0], shift[:, 1], theta)


def _pose_theta(angle, scale, shift, in_size, out_size):
    """The map from output to input: undo the shift, turn back, undo the scale, all in pixels from the middle.

    Worked out in pixels and only then normalised, since on an image that is not square a rotation of
    normalised units is not a rotation of the picture.
    """
    turn_back = _rotation(angle) / scale[:, None, None]
    in_half, out_half = (np.array([width, height]) / 2 for height, width in (in_size, out_size))
    linear = turn_back * out_half / in_half[:, None]
    offset = -(turn_back @ shift[:, :, None]) / in_half[:, None]
    return np.concatenate([linear, offset], axis=2)


def _rotation(angle):
    """(N, 2, 2): turns points (x, y), y down, clockwise as seen; a picture read there turns the other way."""
    cos, sin = np.cos(angle), np.sin(angle)
    return np.stack([np.stack([cos, -sin], -1), np.stack([sin, cos], -1)], -2)


def _random_place(images, angle, scale, out_size, rng):
    """Shifts (N, 2) in pixels that keep the turned and scaled box around the ink on the canvas."""
    corners = _ink_corners(images) @ _rotation(angle) * scale[:, None, None]  # row vectors: the inverse turn
    out_half = np.array([out_size[1], out_size[0]]) / 2
    lowest, highest = -out_half - corners.min(1), out_half - corners.max(1)
    place = rng.uniform(size=lowest.shape)
    return np.where(lowest < highest, lowest + place * (highest - lowest), 0)


def _ink_corners(images):
    """Corners (N, 4, 2) of the box around each picture's ink, (x, y) in pixels from the middle of the image.

    The box reaches half a pixel past the ink's pixels, as far as bilinear interpolation smears them.
    """
    ink = (images != 0).any(axis=1)
    left, right = _first_and_last(ink.any(axis=1))
    top, bottom = _first_and_last(ink.any(axis=2))
    return np.stack([np.stack([x, y], -1) for x in (left, right) for y in (top, bottom)], 1)


def _first_and_last(occupied):
    """Where each row's True entries begin and end, half a pixel further out, from the middle: (N,), (N,)."""
    length = occupied.shape[1]
    first, last = occupied.argmax(1), length - 1 - occupied[:, ::-1].argmax(1)
    return first - 0.5 - length / 2, last + 1.5 - length / 2
