"""The ground under the things on aerial tiles: a runway, water or a field, with clutter on it."""

import numpy as np

GROUNDS = ("runway", "water", "field")


def noise(count, size, cells, rng):
    """Smooth random hills, (count, size, size), about -1 to 1: values on a coarse grid, joined linearly."""
    place = np.linspace(0, cells, size, dtype=np.float32)
    joined = np.maximum(0, 1 - abs(place[:, None] - np.arange(cells + 1, dtype=np.float32)))
    return joined @ rng.uniform(-1, 1, (count, cells + 1, cells + 1)).astype(np.float32) @ joined.T


def _colour(count, rng, colour, spread):
    return np.array(colour, np.float32) + spread * rng.uniform(-1, 1, (count, 1, 1, 3)).astype(np.float32)


def _turned(x, y, rng):
    """Coordinates along and across some direction, another on each tile."""
    angle = rng.uniform(0, 2 * np.pi, (len(x), 1, 1)).astype(np.float32)
    return x * np.cos(angle) + y * np.sin(angle), y * np.cos(angle) - x * np.sin(angle)


def _uniform(count, rng, low, high):
    return rng.uniform(low, high, (count, 1, 1)).astype(np.float32)


def _stripe(picture, distance, half_width, pixel, colour, alpha=1.0):
    cover = (alpha * np.clip(0.5 + (half_width - abs(distance)) / pixel, 0, 1))[..., None]
    picture += cover * (np.asarray(colour, np.float32) - picture)


def runway(x, y, pixel, rng):
    """Slabs of concrete or asphalt, a painted line, tyre marks."""
    count, size = x.shape[:2]
    grey = _uniform(count, rng, 0.36, 0.66)[..., None]
    picture = grey * _colour(count, rng, (1.0, 0.99, 0.96), 0.03) * np.ones((*x.shape, 1), np.float32)
    for cells, strength in ((3, 0.05), (12, 0.03)):
        picture *= 1 + strength * noise(count, size, cells, rng)[..., None]
    along, across = _turned(x, y, rng)
    width = _uniform(count, rng, 0.45, 0.8)
    for distance in (along, across):
        joint = (distance + _uniform(count, rng, 0, 1)) % width - width / 2
        _stripe(picture, joint, 0.25 * pixel, pixel, 0.6 * grey, 0.5)
    place, dash = across + _uniform(count, rng, -0.9, 0.9), (along + _uniform(count, rng, 0, 1)) % 0.7 < 0.45
    paint = np.float32(0.85) * (rng.random((count, 1, 1)) < 0.5) * dash
    colour = np.where(rng.random((count, 1, 1, 1)) < 0.5, [0.88, 0.88, 0.86], [0.85, 0.70, 0.22])
    _stripe(picture, place, _uniform(count, rng, 0.015, 0.04), pixel, colour, paint)
    for _ in range(2):
        slant = across + 0.1 * along + _uniform(count, rng, -0.8, 0.8)
        _stripe(picture, slant, 0.02, pixel, 0.45 * grey, _uniform(count, rng, 0, 0.35))
    return picture


def water(x, y, pixel, rng):
    """Waves from one side, deeper and shallower places, white caps."""
    count, size = x.shape[:2]
    share = rng.uniform(0, 1, (count, 1, 1, 1)).astype(np.float32)
    base = (1 - share) * np.array([0.10, 0.24, 0.34], np.float32) + share * np.array([0.20, 0.40, 0.42], np.float32)
    picture = base * _colour(count, rng, (1, 1, 1), 0.08) * np.ones((*x.shape, 1), np.float32)
    picture *= 1 + 0.15 * noise(count, size, 2, rng)[..., None]
    along, _ = _turned(x, y, rng)
    bent = along + 0.08 * noise(count, size, 5, rng)
    for length in (0.32, 0.13):
        height = np.sin(2 * np.pi * (bent / length + _uniform(count, rng, 0, 1))) * (1 + noise(count, size, 6, rng)) / 2
        picture += _uniform(count, rng, 0.005, 0.03)[..., None] * height[..., None]
    foam = np.clip(noise(count, size, 24, rng) + 0.4 * noise(count, size, 4, rng) - 0.85, 0, 0.3)
    return picture + 1.6 * foam[..., None] * _uniform(count, rng, 0, 1)[..., None]


def field(x, y, pixel, rng):
    """Grass, stubble or earth, in furrows, with worn patches and a track."""
    count, size = x.shape[:2]
    crops = np.array([[0.27, 0.38, 0.17], [0.38, 0.44, 0.22], [0.58, 0.52, 0.31], [0.43, 0.34, 0.24]], np.float32)
    base = crops[rng.integers(len(crops), size=count)][:, None, None]
    picture = base * _colour(count, rng, (1, 1, 1), 0.10) * np.ones((*x.shape, 1), np.float32)
    for cells, strength in ((3, 0.15), (9, 0.12), (30, 0.10)):
        picture *= 1 + strength * noise(count, size, cells, rng)[..., None]
    along, across = _turned(x, y, rng)
    furrow = np.sin(2 * np.pi * across / _uniform(count, rng, 0.11, 0.3))
    picture *= 1 + (_uniform(count, rng, 0, 0.12) * furrow)[..., None]
    worn = np.clip(noise(count, size, 4, rng) - 0.35, 0, 0.4)[..., None]
    picture += worn * (np.array([0.55, 0.46, 0.33], np.float32) - picture)
    place, seen = along + _uniform(count, rng, -0.9, 0.9), 0.6 * (rng.random((count, 1, 1)) < 0.4)
    for side in (-0.05, 0.05):
        _stripe(picture, place + side + 0.05 * across**2, 0.025, pixel, base * 0.7 + 0.15, seen.astype(np.float32))
    return picture


def clutter(picture, x, y, pixel, sun, rng, most=5):
    """Bushes, crates, buoys, stains, each with its shadow."""
    count = len(x)
    for _ in range(most):
        there = (rng.random((count, 1, 1)) < 0.5).astype(np.float32)
        centre, size = rng.uniform(-1, 1, (count, 2)), _uniform(count, rng, 0.025, 0.085)
        colour = rng.uniform(0.15, 0.85, (count, 1, 1, 1)) * rng.uniform(0.75, 1, (count, 1, 1, 3))
        along, across = _turned(
            x - centre[:, 0, None, None].astype(np.float32), y - centre[:, 1, None, None].astype(np.float32), rng
        )
        squareness = rng.random((count, 1, 1)) < 0.5
        throw = -0.7 * size * sun[:, :2].T[..., None, None]
        for moved, shade, alpha in ((throw, 0.0, 0.45), (0 * throw, 1.0, 1.0)):
            ahead, beside = abs(along - moved[0]), abs(across - moved[1])
            distance = np.where(squareness, np.maximum(ahead, 1.6 * beside), np.hypot(ahead, beside)) - size
            cover = there * alpha * np.clip(0.5 - distance / pixel, 0, 1)
            picture += cover[..., None].astype(np.float32) * (shade * colour.astype(np.float32) - picture)
