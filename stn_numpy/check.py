"""The errors of this package.

Bad input raises a TypeError (the wrong type or dtype) or a ValueError (the wrong shape, word or size), which names the
argument, the expected value and the given one: ``theta: expected shape (N, 2, 3), got (4, 3, 2)``. Docstrings do not
repeat this rule.
"""

import numbers

import numpy as np


def check_arrays(**arguments) -> dict:
    """Check that arrays are floating, of one dtype, and that their shapes fit together.

    Parameters
    ----------
    **arguments : (array, str)
        Each argument by its own name, with its shape in words: ``image=(image, "N C H W")``.
        A word that occurs in several shapes must have one length in all of them; a number is that length.

    Returns
    -------
    dict
        The length of every word. No length is zero: a batch without images is refused.
    """
    lengths, first = {}, None
    for name, (array, pattern) in arguments.items():
        check_floating(name, array)
        first = first or (name, array.dtype)
        if array.dtype != first[1]:
            raise TypeError(f"{name}: expected dtype {first[1]} like {first[0]}, got {array.dtype}")
        _check_shape(name, array.shape, pattern.split(), lengths)
    return lengths


def check_floating(name, array) -> None:
    """Check that an argument is an array of float32 or float64.

    Masked arrays and matrices are refused: operations would read masked values, and `*` multiplies matrices.
    """
    if not isinstance(array, np.ndarray) or isinstance(array, np.matrix) or hasattr(array, "mask"):
        raise TypeError(f"{name}: expected a NumPy array of float32 or float64, got {type(array).__name__}")
    if array.dtype not in (np.float32, np.float64):
        raise TypeError(f"{name}: expected an array of float32 or float64, got {array.dtype}")


def check_gradient(name, gradient, shape, dtype) -> None:
    """Check that an upstream gradient has the shape and the dtype of the output that it belongs to."""
    check_floating(name, gradient)
    if gradient.dtype != dtype:
        raise TypeError(f"{name}: expected dtype {dtype} like the output, got {gradient.dtype}")
    if gradient.shape != shape:
        raise ValueError(f"{name}: expected shape {shape} like the output, got {gradient.shape}")


def _check_shape(name, shape, words, lengths):
    known = [int(word) if word.isdigit() else lengths.get(word) for word in words]
    if len(shape) != len(words) or any(k not in (None, s) for k, s in zip(known, shape)):
        expected = ", ".join(
            word if k in (None, int(word) if word.isdigit() else None) else f"{word}={k}"
            for word, k in zip(words, known)
        )
        raise ValueError(f"{name}: expected shape ({expected}), got {shape}")
    if 0 in shape:
        raise ValueError(f"{name}: expected a shape without zeros, got {shape}")
    lengths.update({word: s for word, s in zip(words, shape) if not word.isdigit()})


def check_choice(name, value, choices) -> None:
    """Check that a word is one of the choices."""
    if not isinstance(value, str) or value not in choices:
        raise ValueError(f"{name}: expected one of {', '.join(map(repr, choices))}, got {value!r}")


def check_flag(name, value) -> bool:
    """Check that a value is True or False, not merely truthy or falsy; return it as a bool."""
    if not isinstance(value, (bool, np.bool_)):
        raise TypeError(f"{name}: expected True or False, got {value!r}")
    return bool(value)


def check_whole(name, value, least) -> int:
    """Check that a value is a whole number of at least `least`; return it as an int."""
    if not isinstance(value, numbers.Integral) or isinstance(value, (bool, np.bool_)):
        raise TypeError(f"{name}: expected a whole number, got {value!r}")
    if value < least:
        raise ValueError(f"{name}: expected a whole number of at least {least}, got {value!r}")
    return int(value)


def check_pair(name, value, least) -> tuple:
    """Check a whole number or a pair of them (rows, columns), as torch takes them; return the pair."""
    if isinstance(value, (tuple, list)):
        if len(value) != 2:
            raise ValueError(f"{name}: expected a whole number or a pair of them, got {value!r}")
        return tuple(check_whole(name, part, least) for part in value)
    if isinstance(value, str):
        words = "; for an odd kernel at stride 1, 'same' is (kernel_size - 1) // 2" if value == "same" else ""
        raise TypeError(f"{name}: expected a whole number or a pair of them{words}, got {value!r}")
    return (check_whole(name, value, least),) * 2


def check_size(name, size) -> tuple:
    """Check an output size (N, C, h, w); return it as ints."""
    if not isinstance(size, (tuple, list)) or len(size) != 4:
        raise ValueError(f"{name}: expected (N, C, h, w), the shape of the output, got {size!r}")
    return tuple(check_whole(name, part, 1) for part in size)


def check_output(size, **argument) -> tuple:
    """Check an output size (N, C, h, w) and the array from which its grid is made; return height and width.

    The array comes by its own name with its shape in words, N first, as in `check_arrays`.
    """
    batch, _, height, width = check_size("size", size)
    check_arrays(**argument)
    [(name, (array, pattern))] = argument.items()
    if len(array) != batch:
        expected = ", ".join([f"N={batch}", *pattern.split()[1:]])
        raise ValueError(f"{name}: expected shape ({expected}) to go with size, got {array.shape}")
    return height, width
