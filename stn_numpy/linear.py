"""The linear layer and the ReLU, forward and backward."""

import numpy as np

from .check import check_arrays, check_floating


def linear(inputs, weight, bias):
    """Weigh the inputs and add a bias.

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

    Raises
    ------
    TypeError, ValueError
        If an argument has the wrong type or shape; the message says what was expected and what came.
    """
    check_arrays(inputs=(inputs, "N I"), weight=(weight, "O I"), bias=(bias, "O"))
    return inputs @ weight.T + bias


def linear_backward(d_out, inputs, weight, bias):
    """Gradients of `linear` for inputs, weight and bias.

    Parameters
    ----------
    d_out : (N, O) array
        Gradient of the loss for the output.
    inputs, weight, bias
        What the forward saw.

    Returns
    -------
    d_inputs : (N, I) array
    d_weight : (O, I) array
    d_bias : (O,) array

    Raises
    ------
    TypeError, ValueError
        If an argument has the wrong type or shape; the message says what was expected and what came.
    """
    check_arrays(inputs=(inputs, "N I"), weight=(weight, "O I"), bias=(bias, "O"), d_out=(d_out, "N O"))
    return d_out @ weight, d_out.T @ inputs, d_out.sum(axis=0)


def relu(inputs):
    """Keep what is positive, put zero for the rest.

    Parameters
    ----------
    inputs : array of float32 or float64, any shape

    Returns
    -------
    array of the same shape and dtype

    Raises
    ------
    TypeError
        If inputs is not an array of float32 or float64.
    """
    check_floating("inputs", inputs)
    return np.maximum(inputs, inputs.dtype.type(0))


def relu_backward(d_out, inputs):
    """Gradient of `relu`: it passes where the input was positive. At exactly 0 it is 0, as in torch.

    Parameters
    ----------
    d_out : array shaped like inputs
        Gradient of the loss for the output.
    inputs : array
        What the forward saw.

    Returns
    -------
    array shaped like inputs

    Raises
    ------
    TypeError, ValueError
        If an argument has the wrong type or shape; the message says what was expected and what came.
    """
    check_floating("inputs", inputs)
    check_floating("d_out", d_out)
    if d_out.shape != inputs.shape:
        raise ValueError(f"d_out: expected shape {inputs.shape} like inputs, got {d_out.shape}")
    if d_out.dtype != inputs.dtype:
        raise TypeError(f"d_out: expected dtype {inputs.dtype} like inputs, got {d_out.dtype}")
    return np.where(inputs > 0, d_out, d_out.dtype.type(0))
