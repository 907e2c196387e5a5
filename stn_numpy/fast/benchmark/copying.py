"""How fast this machine copies memory: what every other kernel is measured against."""

import numba
import numpy as np


@numba.njit(parallel=True, cache=True)
def copy_in_parts(source, target, parts):
    """Copy a flat array, each thread one stretch of it."""
    length = (source.size + parts - 1) // parts
    for part in numba.prange(parts):
        for k in range(part * length, min((part + 1) * length, source.size)):
            target[k] = source[k]


def copy_call(image, count):
    """A function that copies `image` on `count` threads into memory that it has used before: 8 bytes a float32."""
    source, target = image.ravel(), np.empty(image.size, image.dtype)
    if count == 1:
        return lambda: np.copyto(target, source)
    return lambda: copy_in_parts(source, target, count)


def share_of_copy_speed(bytes_moved, milliseconds, copied_bytes, copy_milliseconds):
    """What part of its time a kernel would need to move its bytes at the speed of a copy of as many images."""
    return bytes_moved / copied_bytes * copy_milliseconds / milliseconds
