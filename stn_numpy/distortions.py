"""The paper's distortions, in two steps: draw the numbers, then distort by them. There are two readings of P."""

from dataclasses import dataclass

import numpy as np

from .check import check_arrays, check_choice
from .grid import affine_grid
from .projective import homography, projective_grid
from .sampler import grid_sample
from .tps import tps_grid

DISTORTIONS = ("R", "RTS", "P", "E", "TC", "P2")
MOVED = {"P": 5.0, "P2": 5.0, "E": 1.5}  # pixels: the standard deviation of what moves
TC_CANVAS, PATCHES, PATCH = 60, 6, 6  # pixels; how many; pixels
SQUARE = np.array([[-1.0, -1], [1, -1], [1, 1], [-1, 1]])


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
    """Distort a batch of images as the paper distorts MNIST; return them and their poses.

    Parameters
    ----------
    images : (N, C, H, W) array of float32 or float64
        Pictures on a background of 0.
    distortion : {"R", "RTS", "P", "E", "TC", "P2"}
        "R": rotation, uniform in -90 to 90 degrees; the size stays.
        "RTS": rotation, uniform in -45 to 45 degrees, scale, uniform in 0.7 to 1.2, and a random place on a
        canvas one and a half times as high and as wide, 42x42 for MNIST.
        "P": scale, uniform in 0.75 to 1, then each corner of the image moved along its own diagonal by a normal number
        with a standard deviation of 5 pixels; the size stays.
        "P2": the same, but each corner moved by two such numbers, one along each axis.
        "E": scale, uniform in 0.75 to 1, then 16 points on a regular grid moved likewise, by 1.5 pixels, and the rest
        of the plane with them, bent as little as possible; the size stays.
        "TC": a random place on a canvas of 60x60, and six patches of 6x6 pixels, cut out of other images of the batch
        at random places and put down at random places; at least two images, none larger than the canvas.
    rng : numpy.random.Generator
        The same state gives the same result.

    Returns
    -------
    distorted : (N, C, h, w) array of images' dtype
        Bilinear, zeros outside the image, ``align_corners=False``.
    pose : Pose, (N, 3, 3) array or None
        What the distortion did to each image. R, RTS and TC: the true angle, scale and shift. P: the homography from
        output to input, in normalised units, that `projective_grid` was given. E: None, as no pose describes it.

    Notes
    -----
    The following is our choice, where the sources give none. RTS: the box around the ink is turned and scaled with the
    picture, and its place is uniform among those where all of it is on the canvas, so that no ink is lost; the 28x28
    frame itself may stick out. A picture too wide (or too high) for the canvas is not moved in that direction. TC: the
    place is uniform among those where the whole frame is on the canvas, in whole pixels; where a patch and something
    else meet, the brighter one is seen. P: the paper has one amount for each corner, so it is one number here; P2, with
    two, is much harder (chapter 13). Where the quadrilateral would be folded, as one in 500 of P and one in 70 of P2
    would be, its corners are moved half as far, or, if that is too far, a quarter. E: the sampling points are moved,
    and a picture may fold, so what was lost cannot always be restored.
    Source: Jaderberg et al. 2015, sections 4.1 and A.4.
    """
    check_arrays(images=(images, "N C H W"))
    if not isinstance(rng, np.random.Generator):
        raise TypeError(f"rng: expected a numpy.random.Generator, got {type(rng).__name__}")
    return apply(images, distortion, draw(images, distortion, rng))


def draw(images, distortion, rng):
    """Draw the numbers by which each image of a batch is distorted; images, distortion and rng as in `distort`.

    Returns
    -------
    dict of arrays
        R: ``angle`` (N,), radians. RTS: the same, ``scale`` (N,), and ``place`` (N, 2), from 0 to 1 between the
        leftmost and the rightmost place, the highest and the lowest. P, P2: ``scale`` and ``corners`` (N, 4, 2), by how
        much each moves, (x, y) in pixels, from the upper left one clockwise. E: ``scale`` and ``points`` (N, 16, 2),
        likewise, row by row from the top. TC, in whole pixels and as (x, y) of upper left corners: ``place`` (N, 2) of
        the image on the canvas, ``cut`` and ``paste`` (N, 6, 2) of the patches in their images and on the canvas; and
        ``others`` (N, 6), from which image of the batch each patch comes.
    """
    check_choice("distortion", distortion, DISTORTIONS)
    return _DRAW[distortion](images, rng)


def apply(images, distortion, parameters):
    """Distort each image of a batch by the numbers that `draw` returns: distorted images and pose, as in `distort`."""
    check_arrays(images=(images, "N C H W"))
    check_choice("distortion", distortion, DISTORTIONS)
    return _APPLY[distortion](images, **parameters)


def rts_canvas(height, width):
    """The size (h, w) of an image after RTS: one and a half times its own, in whole pixels."""
    return 3 * height // 2, 3 * width // 2


def check_clutter(count, height, width):
    """Check that `count` images of one size can be put on TC's canvas, with patches of one another."""
    if count < 2:
        raise ValueError(f"images: expected at least 2 for TC, whose clutter is cut out of the others, got {count}")
    if not PATCH <= min(height, width) <= max(height, width) <= TC_CANVAS:
        raise ValueError(f"images: expected {PATCH} to {TC_CANVAS} pixels a side for TC, got {height}x{width}")


# --- R and RTS


def _draw_r(images, rng):
    return dict(angle=rng.uniform(-np.pi / 2, np.pi / 2, len(images)))


def _draw_rts(images, rng):
    count = len(images)
    return dict(
        angle=rng.uniform(-np.pi / 4, np.pi / 4, count),
        scale=rng.uniform(0.7, 1.2, count),
        place=rng.uniform(size=(count, 2)),
    )


def _apply_r(images, angle):
    return _turn(images, angle, np.ones(len(images)), np.zeros((len(images), 2)), images.shape[2:])


def _apply_rts(images, angle, scale, place):
    out_size = rts_canvas(*images.shape[2:])
    return _turn(images, angle, scale, _place(images, angle, scale, out_size, place), out_size)


def _turn(images, angle, scale, shift, out_size):
    theta = _pose_theta(angle, scale, shift, images.shape[2:], out_size).astype(images.dtype)
    grid = affine_grid(theta, (*images.shape[:2], *out_size), align_corners=False)
    return _read(images, grid), Pose(angle, scale, shift[:, 0], shift[:, 1], theta)


def _read(images, grid):
    return grid_sample(images, grid, mode="bilinear", padding_mode="zeros", align_corners=False)


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


def _place(images, angle, scale, out_size, place):
    """Shifts (N, 2) in pixels, between the two outermost ones that keep the turned and scaled box around the ink on
    the canvas."""
    corners = _ink_corners(images) @ _rotation(angle) * scale[:, None, None]  # row vectors: the inverse turn
    out_half = np.array([out_size[1], out_size[0]]) / 2
    lowest, highest = -out_half - corners.min(1), out_half - corners.max(1)
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


# --- P


def _draw_p(images, rng):
    count = len(images)
    scale, amounts = rng.uniform(0.75, 1, count), rng.normal(0, MOVED["P"], (count, 4, 1))
    half = _half(images.shape[2:])
    return _unfolded(images, scale, amounts * SQUARE * half / np.linalg.norm(half))


def _draw_p2(images, rng):
    count = len(images)
    return _unfolded(images, rng.uniform(0.75, 1, count), rng.normal(0, MOVED["P2"], (count, 4, 2)))


def _unfolded(images, scale, corners):
    """The parameters of P; the corners of a folded picture are moved less far."""
    whole, half = (_convex(_quadrilateral(images, scale, corners * part)) for part in (1, 0.5))
    return dict(scale=scale, corners=corners * np.select([whole, half], [1, 0.5], 0.25)[:, None, None])


def _apply_p(images, scale, corners):
    went = _quadrilateral(images, scale, corners) / _half(images.shape[2:])
    theta = homography(went, np.broadcast_to(SQUARE, went.shape)).astype(images.dtype)
    return _read(images, projective_grid(theta, images.shape, align_corners=False)), theta


def _quadrilateral(images, scale, corners):
    """Where the image's corners end, in pixels from the middle: (N, 4, 2)."""
    return scale[:, None, None] * SQUARE * _half(images.shape[2:]) + corners


def _convex(corners):
    """Whether each quadrilateral turns the same way, clockwise as seen, at all four corners: (N,)."""
    side = np.roll(corners, -1, axis=1) - corners
    following = np.roll(side, -1, axis=1)
    return (side[..., 0] * following[..., 1] > side[..., 1] * following[..., 0]).all(axis=1)


# --- E


def _draw_e(images, rng):
    count = len(images)
    return dict(scale=rng.uniform(0.75, 1, count), points=rng.normal(0, MOVED["E"], (count, 16, 2)))


def _apply_e(images, scale, points):
    grid = tps_grid(points / _half(images.shape[2:]), images.shape, align_corners=False)
    return _read(images, (grid / scale[:, None, None, None]).astype(images.dtype)), None


# --- TC


def _draw_tc(images, rng):
    count, _, height, width = images.shape
    check_clutter(count, height, width)
    others = np.arange(count)[:, None] + rng.integers(1, count, (count, PATCHES))
    return dict(
        place=_pairs(rng, TC_CANVAS - width, TC_CANVAS - height, (count,)),
        others=others % count,
        cut=_pairs(rng, width - PATCH, height - PATCH, (count, PATCHES)),
        paste=_pairs(rng, TC_CANVAS - PATCH, TC_CANVAS - PATCH, (count, PATCHES)),
    )


def _pairs(rng, right, bottom, shape):
    """Whole numbers (x, y), from 0 to `right` and to `bottom`."""
    return np.stack([rng.integers(right + 1, size=shape), rng.integers(bottom + 1, size=shape)], axis=-1)


def _apply_tc(images, place, others, cut, paste):
    count, channels, height, width = images.shape
    canvas = np.zeros((count, channels, TC_CANVAS, TC_CANVAS), images.dtype)
    for n, (x, y) in enumerate(place):
        canvas[n, :, y : y + height, x : x + width] = images[n]
        for other, source, target in zip(others[n], cut[n], paste[n]):
            seen = _patch(canvas[n], target)
            np.maximum(seen, _patch(images[other], source), out=seen)
    shift = place + _half((height, width)) - TC_CANVAS / 2
    angle, scale = np.zeros(count), np.ones(count)
    theta = _pose_theta(angle, scale, shift, (height, width), (TC_CANVAS, TC_CANVAS)).astype(images.dtype)
    return canvas, Pose(angle, scale, shift[:, 0], shift[:, 1], theta)


def _patch(image, corner):
    """The patch of an image (C, H, W) with its upper left corner at (x, y), as a view."""
    x, y = corner
    return image[:, y : y + PATCH, x : x + PATCH]


def _half(size):
    """Half the width and half the height, in pixels: (2,)."""
    height, width = size
    return np.array([width, height]) / 2


_DRAW = dict(R=_draw_r, RTS=_draw_rts, P=_draw_p, E=_draw_e, TC=_draw_tc, P2=_draw_p2)
_APPLY = dict(R=_apply_r, RTS=_apply_rts, P=_apply_p, E=_apply_e, TC=_apply_tc, P2=_apply_p)
