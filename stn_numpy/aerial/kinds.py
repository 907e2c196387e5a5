"""The things on aerial tiles: each kind as a few shapes, seen from above with its nose up."""

import numpy as np

# Paints that any kind may have, so that a colour does not reveal the kind.
PAINTS = np.array(
    [
        [0.93, 0.93, 0.91],
        [0.80, 0.82, 0.84],
        [0.60, 0.63, 0.66],
        [0.88, 0.84, 0.74],
        [0.72, 0.20, 0.17],
        [0.20, 0.33, 0.58],
        [0.86, 0.62, 0.20],
        [0.40, 0.44, 0.33],
    ],
    np.float32,
)
GLASS = np.array([0.10, 0.13, 0.17], np.float32)
METAL = np.array([0.34, 0.35, 0.37], np.float32)
RUST = np.array([0.45, 0.27, 0.20], np.float32)
LIGHT_PAINT = np.array([0.90, 0.89, 0.85], np.float32)


class Pen:
    """Paints shapes on tiles, the later over the earlier; coordinates are those of the thing, x right and y back.

    Parameters
    ----------
    x, y : (N, H, W) arrays
        Where each pixel lies on the thing, which is about 1 long; its nose is at y = -0.5.
    pixel : (N, 1, 1) array
        The width of a pixel in these units.
    picture : (N, H, W, 3) array
        The picture that is painted on.
    sun : (N, 3) array
        The direction of the light, in these coordinates; the third is up.
    colours : (N, 2, 3) array
        The two paints of each thing.
    """

    def __init__(self, x, y, pixel, picture, sun, colours, rng):
        self.x, self.y, self.pixel, self.picture, self.rng = x, y, pixel, picture, rng
        self.across, self.along, self.up = sun.T[:, :, None, None]
        self.first, self.second = colours[:, 0], colours[:, 1]

    def _paint(self, distance, colour, light, alpha=1.0):
        cover = alpha * np.clip(0.5 - distance / self.pixel, 0, 1)[..., None]
        self.picture += cover * (np.asarray(colour).reshape(-1, 1, 1, 3) * light[..., None] - self.picture)

    def body(self, profile, colour, x=0.0, mirrored=False, round_by=1.0):
        """A long rounded thing: profile holds (y, half width) from nose to tail."""
        sides = abs(self.x) - x if mirrored else self.x - x
        places, widths = np.array(profile, np.float32).T
        width = np.interp(self.y, places, widths).astype(np.float32)
        beyond = np.maximum(places[0] - self.y, self.y - places[-1])
        lean = round_by * np.clip(sides / np.maximum(width, 1e-3), -1, 1) * (np.sign(self.x) if mirrored else 1)
        light = 0.45 + 0.6 * np.maximum(lean * self.across + np.sqrt(1.001 - lean**2) * self.up, 0)
        self._paint(np.maximum(abs(sides) - width, beyond), colour, light)

    def wing(self, root, tip, span, colour, start=0.0, shade=1.0):
        """A pair of wings: the leading and trailing edge's y at the root and at the tip."""
        share = np.clip((abs(self.x) - start) / (span - start), 0, 1)
        front, back = (a + (b - a) * share for a, b in zip(root, tip))
        slant = np.hypot(1, (tip[0] - root[0]) / (span - start))
        distance = np.maximum(
            np.maximum(front - self.y, self.y - back) / slant, np.maximum(abs(self.x) - span, start - abs(self.x))
        )
        self._paint(distance, colour, shade * (0.45 + 0.6 * self.up - 0.05 * share))

    def box(self, x, y, colour, mirrored=False, shade=1.0, lean=0.0):
        """A box from x[0] to x[1] and y[0] to y[1]; `lean` darkens it towards the back."""
        sides = abs(self.x) if mirrored else self.x
        distance = np.maximum(abs(sides - sum(x) / 2) - (x[1] - x[0]) / 2, abs(self.y - sum(y) / 2) - (y[1] - y[0]) / 2)
        self._paint(distance, colour, shade * (0.45 + 0.6 * self.up) - lean * (self.y - y[0]))

    def disc(self, x, y, radius, colour, mirrored=False, alpha=1.0):
        """A round plate, opaque or as faint as a turning propeller."""
        sides = abs(self.x) if mirrored else self.x
        self._paint(np.hypot(sides - x, self.y - y) - radius, colour, 0.45 + 0.6 * self.up, alpha)

    def blades(self, y, radius, count, colour):
        """Rotor blades, at a random angle."""
        turn = self.rng.uniform(0, 2 * np.pi, (len(self.x), 1, 1)).astype(np.float32)
        for k in range(count):
            angle = turn + 2 * np.pi * k / count
            along = self.x * np.cos(angle) + (self.y - y) * np.sin(angle)
            beside = abs((self.y - y) * np.cos(angle) - self.x * np.sin(angle))
            distance = np.maximum(beside - 0.012, np.maximum(along - radius, -along))
            self._paint(distance, colour, 0.5 + 0.3 * self.up, 0.8)


class Silhouette(Pen):
    """Paints nothing, and records how far each pixel lies from the thing, from which its shadow is made."""

    def __init__(self, x, y, count_from):
        self.x, self.y, self.pixel = x, y, np.ones((len(x), 1, 1), np.float32)
        self.across = self.along = self.up = np.zeros((len(x), 1, 1), np.float32)
        self.first = self.second = np.zeros((len(x), 3), np.float32)
        self.rng, self.distance = count_from, np.full(x.shape, np.inf, np.float32)

    def _paint(self, distance, colour, light, alpha=1.0):
        if alpha > 0.7:
            np.minimum(self.distance, distance, out=self.distance)


def airliner(pen):
    """Swept wings, two engines."""
    pen.wing((-0.10, 0.10), (0.16, 0.215), 0.48, pen.first)
    pen.body([(-0.10, 0.02), (-0.07, 0.032), (0.05, 0.025)], METAL, 0.17, mirrored=True)
    pen.wing((0.38, 0.48), (0.47, 0.505), 0.18, pen.first, shade=0.95)
    pen.body([(-0.50, 0.0), (-0.47, 0.028), (-0.40, 0.05), (0.20, 0.05), (0.42, 0.022), (0.50, 0.005)], pen.first)
    pen.body([(0.34, 0.004), (0.42, 0.012), (0.50, 0.012)], pen.second)
    pen.box((-0.024, 0.024), (-0.462, -0.44), GLASS)


def turboprop(pen):
    """Straight wings, a propeller on each."""
    pen.wing((-0.16, 0.02), (-0.13, 0.0), 0.5, pen.first)
    pen.body([(-0.25, 0.012), (-0.21, 0.03), (-0.02, 0.02)], pen.second, 0.19, mirrored=True)
    pen.disc(0.19, -0.25, 0.085, METAL, mirrored=True, alpha=0.35)
    pen.wing((0.31, 0.43), (0.33, 0.42), 0.2, pen.first, shade=0.95)
    pen.body([(-0.42, 0.0), (-0.38, 0.04), (-0.28, 0.062), (0.06, 0.06), (0.42, 0.015), (0.46, 0.0)], pen.first)
    pen.body([(0.24, 0.004), (0.36, 0.012), (0.46, 0.012)], pen.second)
    pen.box((-0.036, 0.036), (-0.345, -0.31), GLASS)


def fighter(pen):
    """A delta wing behind a long nose."""
    pen.wing((-0.12, 0.36), (0.30, 0.36), 0.34, pen.first)
    pen.wing((-0.22, -0.10), (-0.10, -0.07), 0.17, pen.first, shade=0.95)
    pen.body([(-0.50, 0.0), (-0.40, 0.022), (-0.20, 0.05), (0.10, 0.062), (0.40, 0.05), (0.44, 0.04)], pen.first)
    pen.body([(0.36, 0.024), (0.47, 0.02)], METAL, 0.028, mirrored=True)
    pen.body([(0.16, 0.002), (0.30, 0.010), (0.44, 0.010)], pen.second)
    pen.body([(-0.34, 0.0), (-0.28, 0.024), (-0.18, 0.022), (-0.12, 0.0)], GLASS)


def helicopter(pen):
    """A drop with a tail, under a rotor."""
    pen.body([(-0.02, 0.03), (0.30, 0.018), (0.47, 0.012)], pen.first)
    pen.body([(-0.30, 0.008), (0.14, 0.008)], METAL, 0.115, mirrored=True)
    pen.wing((0.36, 0.42), (0.37, 0.42), 0.10, pen.second)
    pen.body([(-0.36, 0.02), (-0.32, 0.06), (-0.22, 0.09), (-0.02, 0.085), (0.12, 0.03)], pen.first)
    pen.body([(-0.34, 0.03), (-0.30, 0.055), (-0.23, 0.07), (-0.20, 0.06)], GLASS)
    pen.body([(0.40, 0.05), (0.50, 0.05)], METAL, 0.0, round_by=0.2)
    pen.disc(0.0, -0.08, 0.40, METAL, alpha=0.16)
    pen.blades(-0.08, 0.40, 4, METAL)


def freighter(pen):
    """A pointed bow, holds full of containers, the bridge aft."""
    hull = [(-0.50, 0.0), (-0.42, 0.06), (-0.30, 0.105), (0.42, 0.11), (0.50, 0.08)]
    pen.body(hull, RUST, round_by=0.3)
    pen.body([(0.95 * y, 0.84 * width) for y, width in hull], pen.first, round_by=0.2)
    for row in range(5):
        for column in range(3):
            colour = PAINTS[pen.rng.integers(len(PAINTS), size=len(pen.x))]
            left, front = -0.078 + 0.054 * column, -0.31 + 0.107 * row
            pen.box((left, left + 0.048), (front, front + 0.096), colour, shade=0.95)
    pen.box((-0.095, 0.095), (0.255, 0.34), LIGHT_PAINT)
    pen.box((-0.085, 0.085), (0.258, 0.274), GLASS)
    pen.disc(0.0, 0.38, 0.028, pen.second)


def ferry(pen):
    """The same at both ends: pointed, open car decks, the house in the middle."""
    hull = [(-0.46, 0.0), (-0.42, 0.07), (-0.30, 0.125), (0.30, 0.125), (0.42, 0.07), (0.46, 0.0)]
    pen.body(hull, pen.second, round_by=0.3)
    pen.body([(0.95 * y, 0.84 * width) for y, width in hull], METAL, round_by=0.1)
    for end in (-1, 1):
        pen.box((-0.006, 0.006), sorted((end * 0.24, end * 0.40)), LIGHT_PAINT)
    pen.box((-0.11, 0.11), (-0.21, 0.21), pen.first)
    pen.box((-0.085, 0.085), (-0.17, 0.17), LIGHT_PAINT, shade=0.92)
    pen.box((-0.12, 0.12), (-0.028, 0.028), GLASS)
    pen.disc(0.0, 0.0, 0.04, pen.second)


def lorry(pen):
    """A cab and a long box."""
    pen.box((-0.10, 0.10), (-0.46, -0.27), pen.second)
    pen.box((-0.085, 0.085), (-0.445, -0.40), GLASS)
    pen.box((-0.075, 0.075), (-0.385, -0.29), pen.second, shade=1.08)
    pen.box((-0.05, 0.05), (-0.28, -0.22), METAL, shade=0.7)
    pen.box((-0.115, 0.115), (-0.23, 0.47), pen.first)
    pen.box((-0.10, 0.10), (-0.215, 0.455), pen.first, shade=1.07, lean=0.08)
    for front in (-0.06, 0.11, 0.28):
        pen.box((-0.10, 0.10), (front, front + 0.012), METAL)


def car(pen):
    """A bonnet, two windscreens, a roof."""
    outline = [(-0.42, 0.13), (-0.39, 0.165), (-0.30, 0.18), (0.30, 0.18), (0.40, 0.165), (0.43, 0.14)]
    pen.box((0.16, 0.205), (-0.14, -0.10), pen.first, mirrored=True, shade=0.8)
    pen.body(outline, pen.first, round_by=0.35)
    pen.body([(-0.17, 0.13), (-0.12, 0.155), (0.26, 0.15), (0.30, 0.13)], GLASS, round_by=0.2)
    pen.body([(-0.05, 0.125), (0.0, 0.13), (0.18, 0.13), (0.20, 0.125)], pen.first, round_by=0.25)
    pen.disc(0.125, -0.395, 0.03, LIGHT_PAINT, mirrored=True)
    pen.box((0.09, 0.15), (0.40, 0.428), PAINTS[4], mirrored=True)


KINDS = {kind.__name__: kind for kind in (airliner, turboprop, fighter, helicopter, freighter, ferry, lorry, car)}
