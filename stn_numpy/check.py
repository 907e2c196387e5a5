"""The errors of this package: each names the argument, what was expected and what came."""

import numbers

import numpy as np


def check_arrays(**arguments):
    """Check that arrays are floating, of one dtype, and that their shapes fit together.

    Parameters
    ----------
    **arguments : (array, str)
        Each argument by its own name, with its shape in words: ``image=(image, "N C H W")``.
        A word that stands in several shapes must have one length in all of them; a number is that length.

    Returns
    -------
    dict
        The length of every word.

    Raises
    ------
    TypeError
        An argument is no array, is not float32 or float64, or differs in dtype from the first one.
    ValueError
        A shape does not fit, or a length is zero.
    """
    lengths, first = {}, None
    for name, (array, pattern) in arguments.items():
        check_floating(name, array)
        first = first or (name, array.dtype)
        if array.dtype != first[1]:
            raise TypeError(f"{name}: expected dtype {first[1]} like {first[0]}, got {array.dtype}")
        _check_shape(name, array.shape, pattern.split(), lengths)
    return lengths


def check_floating(name, array):
    """Check that an argument is an array of float32 or float64."""
    if not isinstance(array, np.ndarray):
        raise TypeError(f"{name}: expected a NumPy array of float32 or float64, got {type(array).__name__}")
    if array.dtype not in (np.float32, np.float64):
        raise TypeError(f"{name}: expected an array of float32 or float64, got {array.dtype}")


def _check_shape(name, shape, words, lengths):
    known = [int(word) if word.isdigit() else lengths.get(word) for word in words]
    if len(shape) != len(words) or any(k not in (None, s) for k, s in zip(known, shape)):
        expected = ", ".join(word if k in (None, int(word) if word.isdigit() else None) else f"{word}={k}"
                             for word, k in zip(words, known))
        raise ValueError(f"{name}: expected shape ({expected}), got {shape}")
    if 0 in shape:
        raise ValueError(f"{name}: expected a shape without zeros, got {shape}")
    lengths.update({word: s for word, s in zip(words, shape) if not word.isdigit()})


def check_choice(name, value, choices):
    """Check that a word is one of the known ones."""
    if not isinstance(value, str) or value not in choices:
        raise ValueError(f"{name}: expected one of {', '.join(map(repr, choices))}, got {value!r}")


def check_whole(name, value, least):
    """Check that a value is a whole number of at least `least`; return it as an int."""
    if not isinstance(value, numbers.Integral) or isinstance(value, (bool, np.bool_)):
        raise TypeError(f"{name}: expected a whole number, got {value!r}")
    if value < least:
        raise ValueError(f"{name}: expected a whole number of at least {least}, got {value!r}")
    return int(value)


def check_pair(name, value, least):
    """Check a whole number or a pair of them (rows, columns), as torch takes them; return the pair."""
    if isinstance(value, (tuple, list)):
        if len(value) != 2:
            raise ValueError(f"{name}: expected a whole number or a pair of them, got {value!r}")
        return tuple(check_whole(name, part, least) for part in value)
    return (check_whole(name, value, least),) * 2


def check_size(name, size):
    """Check an output size (N, C, h, w); return it as ints."""
    if not isinstance(size, (tuple, list)) or len(size) != 4:
        raise ValueError(f"{name}: expected (N, C, h, w), the shape of the output, got {size!r}")
    return tuple(check_whole(name, part, 1) for part in size)
