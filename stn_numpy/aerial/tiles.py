"""Aerial tiles with their true poses: aircraft, ships and vehicles from above, at any heading and scale."""

from dataclasses import dataclass

import numpy as np

from ..check import check_choice, check_whole
from . import ground as ground_drawings
from .ground import GROUNDS
from .kinds import KINDS as DRAWINGS
from .kinds import PAINTS, Pen, Silhouette

KINDS = tuple(DRAWINGS)
SCALES = (0.5, 1.6)
SHIFT = 0.15  # of half a tile, the most along x and along y
LENGTH = 1.2  # of half a tile: how long things are at scale 1, about
FLYING = ("airliner", "turboprop", "fighter", "helicopter")
SYMMETRIC = ("ferry",)  # the same when turned by 180 degrees: no picture distinguishes its two headings
LEAST_CONTRAST = 0.12
PIECE = 128  # tiles drawn at once: more would only fill the memory


@dataclass(frozen=True)
class AerialPose:
    """The kind and the pose of the thing on each of N tiles.

    Attributes
    ----------
    kind : (N,) array of int64
        An index into the kinds that were asked for.
    heading : (N,) array of float64
        Where the nose points: degrees on the compass, 0 to 360, clockwise from the tile's upper edge.
    scale : (N,) array of float64
        1 makes the thing about 0.6 of the tile long; a large one may lose the tip of a wing.
    shift : (N, 2) array of float64
        Where its middle lies, x before y, in normalised units.
    ground : (N,) array of int64
        An index into `GROUNDS`.
    """

    kind: np.ndarray
    heading: np.ndarray
    scale: np.ndarray
    shift: np.ndarray
    ground: np.ndarray

    @property
    def theta(self):
        """The theta that shows each thing nose up, centred, at scale 1: (N, 2, 3), output to input, normalised units.

        Its angle, by `rotation_angle`, is the heading; tiles are square.
        """
        angle, (x, y) = np.radians(self.heading), self.shift.T
        a, b = self.scale * np.cos(angle), self.scale * np.sin(angle)
        return np.stack([a, -b, x, b, a, y], axis=1).reshape(-1, 2, 3)


def aerial_tiles(count, rng, size=48, kinds=KINDS, background_only=False):
    """Draw aerial tiles, in colour, shaded and with shadows, each with one thing on it.

    Parameters
    ----------
    count : int
        How many tiles, N.
    rng : numpy Generator or int
        An int is a seed. The same seed gives the same tiles.
    size : int
        Side of a tile in pixels, at least 16.
    kinds : sequence of str
        Which of `KINDS` are drawn, equally often in the long run.
    background_only : bool
        Leave out the things and their shadows; all else stays the same.

    Returns
    -------
    images : (N, 3, size, size) array of float32
        Red, green and blue, from 0 to 1.
    pose : AerialPose

    Notes
    -----
    Kind, heading, scale, shift and ground are drawn independently of one another. So a lorry may be on water: a ground
    that depended on the kind would be learned instead of the kind.
    """
    check_whole("count", count, 1)
    check_whole("size", size, 16)
    kinds = tuple(kinds)
    if not kinds or len(set(kinds)) < len(kinds):
        raise ValueError(f"kinds: expected one name or more, each once, got {kinds}")
    for kind in kinds:
        check_choice("kinds", kind, KINDS)
    rng = np.random.default_rng(rng)
    pose = AerialPose(
        kind=rng.integers(len(kinds), size=count),
        heading=rng.uniform(0, 360, count),
        scale=np.exp(rng.uniform(*np.log(SCALES), count)),
        shift=rng.uniform(-SHIFT, SHIFT, (count, 2)),
        ground=rng.integers(len(GROUNDS), size=count),
    )
    images = np.empty((count, 3, size, size), np.float32)
    for start in range(0, count, PIECE):
        part = slice(start, start + PIECE)
        piece = AerialPose(*(value[part] for value in vars(pose).values()))
        images[part] = _draw(piece, kinds, size, rng, background_only).transpose(0, 3, 1, 2)
    return images, pose


def _draw(pose, kinds, size, rng, background_only):
    """One piece of tiles, (n, size, size, 3)."""
    count, pixel = len(pose.kind), np.float32(2 / size)
    centres = (2 * np.arange(size, dtype=np.float32) + 1) / size - 1
    x, y = (np.broadcast_to(c, (count, size, size)) for c in (centres[None, None], centres[None, :, None]))
    azimuth, height = rng.uniform(0, 2 * np.pi, count), np.radians(rng.uniform(30, 65, count))
    sun = np.stack([np.cos(height) * np.cos(azimuth), np.cos(height) * np.sin(azimuth), np.sin(height)], axis=1)
    picture = np.empty((count, size, size, 3), np.float32)
    for place, ground in enumerate(GROUNDS):
        here = np.flatnonzero(pose.ground == place)
        if len(here):
            picture[here] = getattr(ground_drawings, ground)(x[here], y[here], pixel, rng)
    ground_drawings.clutter(picture, x, y, pixel, sun.astype(np.float32), rng)
    lift = rng.uniform(0.03, 0.07, count) * pose.scale
    colours = _paints(picture, rng)
    for place, kind in enumerate(kinds):
        here = np.flatnonzero(pose.kind == place)
        if len(here):
            high = lift[here] * (rng.uniform(1, 4, len(here)) if kind in FLYING else 1)
            part = AerialPose(*(value[here] for value in vars(pose).values()))
            thing = _with_thing(picture[here], x[here], y[here], part, kind, sun[here], high, colours[here], rng)
            if not background_only:
                picture[here] = thing
    return _photograph(picture, rng)


def _paints(picture, rng):
    """Two paints for each tile, the first not that of the ground; (n, 2, 3)."""
    ground = picture[:, ::4, ::4].mean((1, 2))
    apart = abs(PAINTS[None] - ground[:, None]).mean(-1) > LEAST_CONTRAST
    order = rng.random(apart.shape) + apart
    return np.stack([PAINTS[order.argmax(1)], PAINTS[rng.integers(len(PAINTS), size=len(ground))]], axis=1)


def _with_thing(picture, x, y, pose, kind, sun, lift, colours, rng):
    """A copy of the picture with the thing's shadow, and the thing."""
    angle, scale = (value.astype(np.float32)[:, None, None] for value in (np.radians(pose.heading), pose.scale))
    cos, sin, unit = np.cos(angle), np.sin(angle), LENGTH * scale

    def on_thing(x, y):
        return (x * cos + y * sin) / unit, (y * cos - x * sin) / unit

    right, down = (
        x - pose.shift[:, 0, None, None].astype(np.float32),
        y - pose.shift[:, 1, None, None].astype(np.float32),
    )
    throw = (lift / np.tan(np.arcsin(sun[:, 2])))[:, None] * -sun[:, :2] / np.linalg.norm(sun[:, :2], axis=1)[:, None]
    throw = throw.astype(np.float32)[:, :, None, None]
    shadow = Silhouette(*on_thing(right - throw[:, 0], down - throw[:, 1]), rng)
    DRAWINGS[kind](shadow)
    soft = (2 / x.shape[-1] + 0.3 * lift).astype(np.float32)[:, None, None]
    picture = picture * (1 - 0.6 * np.clip(0.5 - shadow.distance * unit / soft, 0, 1)[..., None])
    across, along = on_thing(*(unit * part[:, None, None] for part in sun.T[:2]))
    light = np.stack([across[:, 0, 0], along[:, 0, 0], sun[:, 2]], axis=1).astype(np.float32)
    DRAWINGS[kind](Pen(*on_thing(right, down), 2 / x.shape[-1] / unit, picture, light, colours, rng))
    return picture


def _photograph(picture, rng):
    """The picture as a camera would take it: with haze, exposure, a tint and noise."""
    count = len(picture)
    haze = rng.uniform(0, 0.18, (count, 1, 1, 1)).astype(np.float32)
    tint = rng.uniform(0.97, 1.03, (count, 1, 1, 3)) * rng.uniform(0.8, 1.15, (count, 1, 1, 1))
    picture = (picture * (1 - haze) + 0.75 * haze) * tint.astype(np.float32)
    grain = rng.uniform(0.005, 0.025, (count, 1, 1, 1)).astype(np.float32)
    return np.clip(picture + grain * rng.standard_normal(picture.shape, np.float32), 0, 1)
