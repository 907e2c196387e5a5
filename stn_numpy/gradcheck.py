"""Compare a backward that was derived by hand with differences that need no derivation."""

import numpy as np


def numerical_gradient(function, array, step=1e-6):
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

    Raises
    ------
    TypeError
        If the array is not float64.
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


def gradcheck(forward, backward, arguments, seed=0, step=1e-6):
    """How far a hand-written backward is from finite differences.

    Parameters
    ----------
    forward : callable
        ``forward(*arguments) -> out``.
    backward : callable
        ``backward(d_out, *arguments)``: a gradient for every floating argument, in their order; one array if there is
        but one.
    arguments : list
        Float64 arrays, which are differentiated, and whatever else forward takes, which is passed on.
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
        If an array is float32: its rounding is as large as the differences that are measured.
    """
    for place, argument in enumerate(arguments):
        if isinstance(argument, np.ndarray) and argument.dtype == np.float32:
            raise TypeError(f"arguments[{place}]: expected float64, since differences drown in float32's rounding, "
                            "got float32")
    places = [k for k, a in enumerate(arguments) if isinstance(a, np.ndarray) and a.dtype == np.float64]
    out = np.asarray(forward(*arguments))
    d_out = np.random.default_rng(seed).standard_normal(out.shape)
    by_hand = backward(d_out, *arguments)
    by_hand = by_hand if isinstance(by_hand, tuple) else (by_hand,)
    errors = []
    for place, gradient in zip(places, by_hand, strict=True):
        function = _scalar(forward, arguments, place, d_out)
        errors.append(_relative_error(gradient, numerical_gradient(function, arguments[place], step)))
    return errors


def _scalar(forward, arguments, place, d_out):
    """The forward as a number that depends on one argument: its output weighted with d_out."""
    def function(array):
        return float((d_out * forward(*arguments[:place], array, *arguments[place + 1:])).sum())
    return function


def _relative_error(one, other):
    size = np.linalg.norm(one) + np.linalg.norm(other)
    return float(np.linalg.norm(one - other) / size) if size else 0.0
