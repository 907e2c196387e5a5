"""Images in lanes: the layout in which one instruction serves sixteen images.

An image array (N, C, H, W) becomes (groups, C, H, W * lanes): each group holds `lanes` images, and equal pixels of the
group's images stand side by side. A loop over a row then runs over contiguous numbers, with no rest, however narrow
the image is; a step of one pixel to the right is a step of `lanes` numbers. With one lane it is (N, C, H, W) itself.
"""

import numpy as np
from numba import prange

from ._compile import kernel, ready

LANES = 16
SMALL_BATCH = 8  # half-empty lanes cost as much as full ones


def lanes_for(batch):
    """How many lanes suit a batch."""
    return 1 if batch < SMALL_BATCH else LANES


def pack(image, lanes):
    """Put images in lanes: (N, C, H, W) to (groups, C, H, W * lanes); lanes left over hold zeros."""
    if lanes == 1:
        return ready(image)
    batch, channels, height, width = image.shape
    packed = np.empty((-(-batch // lanes), channels, height, width * lanes), image.dtype)
    _pack(ready(image), packed, lanes)
    return packed


def unpack(packed, lanes, batch):
    """Take images out of their lanes: (groups, C, H, W * lanes) to (N, C, H, W)."""
    if lanes == 1:
        return packed
    image = np.empty((batch, *packed.shape[1:3], packed.shape[3] // lanes), packed.dtype)
    _unpack(packed, image, lanes)
    return image


@kernel(parallel=True)
def _pack(image, packed, lanes):
    """Images in lanes: written in the order of the result, so that each line of memory is filled at once."""
    batch, channels, height, width = image.shape
    for group in prange(packed.shape[0]):
        first = group * lanes
        present = min(lanes, batch - first)
        if present < lanes:
            packed[group] = 0
        for c in range(channels):
            for i in range(height):
                for j in range(width):
                    for lane in range(present):
                        packed[group, c, i, j * lanes + lane] = image[first + lane, c, i, j]


@kernel(parallel=True)
def _unpack(packed, image, lanes):
    """Images in lanes: the way back, one image a turn."""
    batch, channels, height, width = image.shape
    for n in prange(batch):
        for c in range(channels):
            for i in range(height):
                for j in range(width):
                    image[n, c, i, j] = packed[n // lanes, c, i, j * lanes + n % lanes]
