"""Images in lanes: the layout in which one instruction works on sixteen images.

An image array (N, C, H, W) becomes (groups, C, H, W * lanes): each group holds `lanes` images, and equal pixels of the
group's images are adjacent. A loop over a row then runs over contiguous numbers, without a remainder, however narrow
the image is; a step of one pixel to the right is a step of `lanes` numbers. With one lane it is (N, C, H, W) itself.
"""

import numpy as np

from .compiling import ready
from .memory import empty

LANES = 16  # images side by side
SMALL_BATCH = 8  # half-empty lanes cost as much as full ones


def lanes_for(batch: int) -> int:
    """The number of lanes for a batch."""
    return 1 if batch < SMALL_BATCH else LANES


def pack(image: np.ndarray, lanes: int) -> np.ndarray:
    """Put images in lanes: (N, C, H, W) to (groups, C, H, W * lanes); lanes left over hold zeros."""
    if lanes == 1:
        return ready(image)
    batch, channels, height, width = image.shape
    whole, rest = divmod(batch, lanes)
    packed = empty((whole + (rest > 0), channels, height, width * lanes), image.dtype)
    _in_lanes(packed, lanes)[:whole] = image[: whole * lanes].reshape(whole, lanes, *image.shape[1:])
    if rest:
        packed[whole] = 0
        _in_lanes(packed, lanes)[whole, :rest] = image[whole * lanes :]
    return packed


def unpack(packed: np.ndarray, lanes: int, batch: int) -> np.ndarray:
    """Take images out of their lanes: (groups, C, H, W * lanes) to (N, C, H, W)."""
    if lanes == 1:
        return packed
    images = _in_lanes(packed, lanes)
    unpacked = empty(images.shape, packed.dtype)
    unpacked[...] = images
    return unpacked.reshape(-1, *images.shape[2:])[:batch]


def _in_lanes(packed, lanes):
    """A view of the packed images as (groups, lanes, C, H, W). Copied by NumPy: a kernel would be no faster."""
    return packed.reshape(*packed.shape[:3], packed.shape[3] // lanes, lanes).transpose(0, 4, 1, 2, 3)
