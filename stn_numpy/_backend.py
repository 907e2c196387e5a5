"""Where a layer finds its operations: in the NumPy reference, or in its compiled twin."""

from importlib import import_module

from .check import check_choice

BACKENDS = {"numpy": "stn_numpy", "numba": "stn_numpy.fast"}


def operation(backend, name):
    """Find an operation and its backward.

    Parameters
    ----------
    backend : {"numpy", "numba"}
        Who computes. Numba is loaded here, by the first who asks for it.
    name : str
        Module and function, such as ``"conv.conv2d"``.

    Returns
    -------
    forward, backward : functions

    Raises
    ------
    ValueError
        If there is no such backend.
    """
    module, function = name.split(".")
    home = load(backend, module)
    return getattr(home, function), getattr(home, f"{function}_backward")


def counterpart(backend, function):
    """A backend's own version of one of NumPy's functions, or that function itself where the backend has none."""
    package, _, module = function.__module__.partition(".")
    if package != BACKENDS["numpy"]:  # a family of the reader's own
        return function
    try:
        return getattr(load(backend, module), function.__name__, function)
    except ModuleNotFoundError:
        return function


def load(backend, module):
    """A backend's module, by the name that it has in every backend."""
    check_choice("backend", backend, tuple(BACKENDS))
    return import_module(f"{BACKENDS[backend]}.{module}")
