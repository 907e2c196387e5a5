"""The linear layer and the ReLU, forward and backward."""

import numpy as np

from .check import check_arrays, check_floating, check_gradient


def linear(inputs: np.ndarray, weight: np.ndarray, bias: np.ndarray) -> np.ndarray:
    """Multiply the inputs by weights and add a bias.

    Parameters
    ----------
    inputs : (N, I) array of float32 or float64
    weight : (O, I) array of the inputs' dtype
        One row for each output, as torch stores it.
    bias : (O,) array of the inputs' dtype

    Returns
    -------
    (N, O) array
        ``inputs @ weight.T + bias``.
    """
    check_arrays(inputs=(inputs, "N I"), weight=(weight, "O I"), bias=(bias, "O"))
    return inputs @ weight.T + bias


def linear_backward(
    d_out: np.ndarray, inputs: np.ndarray, weight: np.ndarray, bias: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Gradients of `linear`: d_out (N, O) to d_inputs (N, I), d_weight (O, I) and d_bias (O,)."""
    check_arrays(inputs=(inputs, "N I"), weight=(weight, "O I"), bias=(bias, "O"), d_out=(d_out, "N O"))
    return d_out @ weight, d_out.T @ inputs, d_out.sum(axis=0)


def relu(inputs: np.ndarray) -> np.ndarray:
    """Replace negative numbers by zero, and keep the others, NaN included.

    Parameters
    ----------
    inputs : array of float32 or float64, any shape

    Returns
    -------
    array of the same shape and dtype
    """
    check_floating("inputs", inputs)
    return np.maximum(inputs, inputs.dtype.type(0))


def relu_backward(d_out: np.ndarray, inputs: np.ndarray) -> np.ndarray:
    """Gradient of `relu`: d_out where the input, of the same shape, is positive or NaN. At 0 it is 0, as in torch."""
    check_floating("inputs", inputs)
    check_gradient("d_out", d_out, inputs.shape, inputs.dtype)
    return np.where(inputs <= 0, d_out.dtype.type(0), d_out)
