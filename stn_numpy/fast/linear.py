"""The ReLU, compiled: the same as in stn_numpy/linear.py. NumPy's matrix product is machine code already."""

import numpy as np
from numba import prange

from ..check import check_floating, check_gradient
from .compiling import kernel, ready
from .memory import empty

LEAST = 1 << 15  # elements: one thread takes about 10 microseconds


def relu(inputs: np.ndarray) -> np.ndarray:
    """As `stn_numpy.relu`, compiled."""
    check_floating("inputs", inputs)
    out = empty(inputs.shape, inputs.dtype)
    _relu(ready(inputs).ravel(), out.ravel())
    return out


def relu_backward(d_out: np.ndarray, inputs: np.ndarray) -> np.ndarray:
    """As `stn_numpy.relu_backward`, compiled."""
    check_floating("inputs", inputs)
    check_gradient("d_out", d_out, inputs.shape, inputs.dtype)
    d_inputs = empty(inputs.shape, inputs.dtype)
    _relu_backward(ready(d_out).ravel(), ready(inputs).ravel(), d_inputs.ravel())
    return d_inputs


@kernel(parallel=True, least=LEAST)
def _relu(inputs, out):
    """Threads over the batch. A NaN is not <= 0, and stays."""
    for k in prange(len(out)):
        out[k] = 0 if inputs[k] <= 0 else inputs[k]


@kernel(parallel=True, least=LEAST)
def _relu_backward(d_out, inputs, d_inputs):
    """Threads over the batch."""
    for k in prange(len(d_out)):
        d_inputs[k] = 0 if inputs[k] <= 0 else d_out[k]
