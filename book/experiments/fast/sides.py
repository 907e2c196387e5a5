"""The sides of a comparison: which are installed, their numbers of threads, and whether all compute the same."""

import contextlib
import importlib
from typing import NamedTuple

import numpy as np

# The name each side has in the table -> the package that it needs.
NEEDS = {
    "ours": "numba",
    "NumPy": "numpy",
    "torch": "torch",
    "OpenCV": "cv2",
    "SciPy": "scipy.ndimage",
    "skimage": "skimage.transform",
}


class Side(NamedTuple):
    """One side of a comparison: a function without arguments, and a function that reads arrays from its result."""

    call: object
    read: object


class Disagreement(Exception):
    """A side's result differs from the reference, so that a comparison of times would be meaningless."""


def installed():
    """The packages that can be imported: name in the table -> module; and a sentence for each that cannot."""
    found, missing = {}, []
    for name, package in NEEDS.items():
        try:
            found[name] = importlib.import_module(package)
        except ImportError as error:
            missing.append(f"{name} is left out: {error}.")
    return found, missing


@contextlib.contextmanager
def threads(count, packages):
    """Let every side that can use several threads use `count` of them, and restore their numbers afterwards."""
    controls = {  # functions that read and set a package's number
        "ours": ("get_num_threads", "set_num_threads"),
        "torch": ("get_num_threads", "set_num_threads"),
        "OpenCV": ("getNumThreads", "setNumThreads"),
    }
    controls = [(packages[name], *words) for name, words in controls.items() if name in packages]
    before = [getattr(package, get)() for package, get, _ in controls]
    try:
        for package, _, change in controls:
            getattr(package, change)(count)
        yield
    finally:
        for (package, _, change), number in zip(controls, before):
            getattr(package, change)(number)


def check_agreement(sides, tolerance, reference="NumPy"):
    """The error of each side by name, relative to the largest number of the reference; `Disagreement` is raised where
    one is beyond the tolerance or has another shape."""
    expected = sides[reference].read(sides[reference].call())
    errors = {}
    for name, side in sides.items():
        if name != reference:
            errors[name] = max(_error(name, *pair) for pair in zip(side.read(side.call()), expected, strict=True))
            if not errors[name] <= tolerance:
                found = f"got a relative error of {errors[name]:.1g}"
                raise Disagreement(f"{name}: expected {reference}'s result to {tolerance:.1g}, {found}")
    return errors


def _error(name, actual, expected):
    if actual.shape != expected.shape:
        raise Disagreement(f"{name}: expected shape {expected.shape}, got {actual.shape}")
    return float(f"{np.abs(actual - expected).max() / np.abs(expected).max():.2g}")
