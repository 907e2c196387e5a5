"""Compare a backward that was derived by hand with finite differences, which need no derivation."""

import inspect
from collections.abc import Callable

import numpy as np


def numerical_gradient(function: Callable, array: np.ndarray, step: float = 1e-6) -> np.ndarray:
    """Gradient of a scalar function by central differences.

    Parameters
    ----------
    function : callable
        Takes an array shaped like `array`, returns a number.
    array : float64 array, any shape
        Where the gradient is taken; it is not written to.
    step : float
        How far each entry is moved to either side.

    Returns
    -------
    float64 array shaped like `array`
        ``(function(array + step) - function(array - step)) / (2 * step)``, entry by entry.
    """
    if getattr(array, "dtype", None) != np.float64:
        raise TypeError(f"array: expected an array of float64, got {getattr(array, 'dtype', type(array).__name__)}")
    gradient = np.empty(array.shape)
    for entry in np.ndindex(array.shape):
        sides = []
        for move in (step, -step):
            moved = array.copy()
            moved[entry] += move
            sides.append(function(moved))
        gradient[entry] = (sides[0] - sides[1]) / (2 * step)
    return gradient


def gradcheck(forward: Callable, backward: Callable, arguments: list, seed: int = 0, step: float = 1e-6) -> list[float]:
    """How far a hand-written backward is from finite differences.

    Parameters
    ----------
    forward : callable
        ``forward(*arguments) -> out``.
    backward : callable
        ``backward(d_out, *arguments)``: a gradient for every floating argument, in their order; a single array if there
        is only one.
    arguments : list
        Float64 arrays, which are differentiated, and forward's other arguments, which are passed on.
    seed : int
        Of the random upstream gradient. It is random because an all-ones one lets errors cancel.
    step : float
        Of the finite differences.

    Returns
    -------
    list of float
        For each float64 array, ``|by hand - numerical| / (|by hand| + |numerical|)`` in the Euclidean norm; right
        gradients give 1e-7 or less away from kinks.

    Raises
    ------
    TypeError
        If an array of floats is not float64: the rounding of float32 is as large as the differences that are measured.
    ValueError
        If backward returns another number of gradients, or a gradient of another shape than its argument, even one
        that would broadcast.
    """
    places = _places(arguments)
    out = np.asarray(forward(*arguments))
    d_out = np.random.default_rng(seed).standard_normal(out.shape)
    gradients = backward(d_out, *arguments)
    gradients = gradients if isinstance(gradients, (tuple, list)) else (gradients,)
    _check_gradients(gradients, places, arguments, _names(forward, len(arguments)))
    errors = []
    for place, gradient in zip(places, gradients):
        function = _scalar(forward, arguments, place, d_out)
        errors.append(_relative_error(gradient, numerical_gradient(function, arguments[place], step)))
    return errors


def _places(arguments):
    """The places of the arrays that are differentiated; arrays of other floats are refused."""
    floats = [k for k, a in enumerate(arguments) if isinstance(a, np.ndarray) and np.issubdtype(a.dtype, np.inexact)]
    for place in floats:
        if arguments[place].dtype != np.float64:
            raise TypeError(
                f"arguments[{place}]: expected float64 in this machine's byte order, since differences "
                f"drown in the rounding of float32, got {arguments[place].dtype}"
            )
    return floats


def _names(function, count):
    """The function's names for its arguments, or their places where not all have names."""
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):  # a NumPy function
        parameters = ()
    names = [parameter.name for parameter in parameters if parameter.kind is not parameter.VAR_POSITIONAL]
    return names if len(names) >= count else [f"arguments[{place}]" for place in range(count)]


def _check_gradients(gradients, places, arguments, names):
    """Check that there is a gradient for each array that is differentiated, and that it has the array's shape."""
    expected = ", ".join(f"d_{names[place]}" for place in places)
    if len(gradients) != len(places):
        raise ValueError(f"backward: expected {len(places)} gradients ({expected}), got {len(gradients)}")
    for place, gradient in zip(places, gradients):
        if np.shape(gradient) != arguments[place].shape:
            raise ValueError(
                f"d_{names[place]}: expected shape {arguments[place].shape} like {names[place]}, "
                f"got {np.shape(gradient)}"
            )


def _scalar(forward, arguments, place, d_out):
    """The forward as a number that depends on one argument: its output weighted with d_out."""

    def function(array):
        return float((d_out * forward(*arguments[:place], array, *arguments[place + 1 :])).sum())

    return function


def _relative_error(one, other):
    size = np.linalg.norm(one) + np.linalg.norm(other)
    return float(np.linalg.norm(one - other) / size) if size else 0.0
