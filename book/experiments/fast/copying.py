"""The speed at which this machine copies memory, the reference for every other kernel."""

import numpy as np
from numba import prange

from stn_numpy.fast.compiling import kernel


@kernel(parallel=True)
def _copy_parts(source, target):
    """Copy an array (parts, length), each thread its own parts."""
    for part in prange(source.shape[0]):
        for k in range(source.shape[1]):
            target[part, k] = source[part, k]


def copy_call(image, count):
    """A function that copies `image` on `count` threads, into memory that it has used before."""
    source = image.ravel()[: image.size // count * count].reshape(count, -1)
    target = np.empty_like(source)
    return (lambda: np.copyto(target, source)) if count == 1 else (lambda: _copy_parts(source, target))


def share_of_copy_speed(bytes_moved, milliseconds, copied_bytes, copy_milliseconds):
    """The speed at which a kernel moves its bytes, as a share of the speed of a copy, which moves each byte twice."""
    return (bytes_moved / milliseconds) / (2 * copied_bytes / copy_milliseconds)
