"""Arrays in memory that was used before.

The system hands out new memory page by page, and clears each page when something is first written to it, which costs
a kernel a good part of its time. A training step asks for the same sizes again and again. So the memory of an array is
kept for the next one of its size, once the array and all views of it are gone.
"""

import math
import weakref

import numpy as np

SMALL = 2**16  # bytes: smaller arrays cost little anyway
KEPT = 2**26  # bytes: the most that is kept unused
LINE = 64  # bytes that a processor fetches at once: each array begins at the start of a line

_free, _lent = {}, {}  # unused buffers by size; and of each array in use its weak reference and its buffer


def empty(shape: tuple, dtype: np.dtype) -> np.ndarray:
    """As `numpy.empty`."""
    dtype = np.dtype(dtype)
    size = math.prod(shape) * dtype.itemsize
    if not SMALL <= size <= KEPT:
        return np.empty(shape, dtype)
    try:
        buffer, offset = _free[size].pop()
    except (KeyError, IndexError):
        buffer = bytearray(size + LINE)  # were it an array, views would hold on to it, and not to the array below
        offset = -np.frombuffer(buffer, np.uint8).ctypes.data % LINE
    array = np.ndarray(shape, dtype, buffer, offset)
    reference = weakref.ref(array, _give_back)
    _lent[id(reference)] = reference, size, (buffer, offset)
    return array


def _give_back(reference):
    """Keep the buffer of an array whose views are all gone."""
    _, size, buffer = _lent.pop(id(reference))
    if size + sum(each * len(buffers) for each, buffers in list(_free.items())) > KEPT:
        _free.clear()  # otherwise sizes that are no longer used would stay forever
    _free.setdefault(size, []).append(buffer)
