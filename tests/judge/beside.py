"""Wrong results that are the right ones changed by an argument: multiplied by a length, or with an array added."""

import inspect

import numpy as np

from .calling import close
from .changes import ENOUGH, different

OPERATIONS = {
    "added to": np.add,
    "subtracted from": np.subtract,
    "multiplied with": np.multiply,
    "divided out of": np.divide,
}


def with_an_argument(exercise, cases, pairs, lengths=True):
    """A sentence for what was done to every expected number with an argument; None if there is none.

    `pairs` are (given, expected), one for each case. Without `lengths`, factors that are a length are not tried: beside
    a catalogued mistake they turn one into another.
    """
    if different(np.concatenate([expected.ravel() for _, expected in pairs])) < ENOUGH:
        return None
    names = inspect.signature(exercise.solution()).parameters
    calls = [dict(zip(names, case.args)) for case in cases]
    with np.errstate(all="ignore"):
        return lengths and _by_a_length(calls, pairs) or _by_an_array(calls, pairs)


def _by_a_length(calls, pairs):
    for words, sizes in _lengths(calls):
        for power, said in ((1, "multiplied"), (-1, "divided")):
            if all(close(given, expected * np.float64(size) ** power) for (given, expected), size in zip(pairs, sizes)):
                return f"Everything is {said} by {words}, which it should not be."
    return None


def _lengths(calls):
    """Words and numbers, one for each case: the lengths of arguments, and the numbers among them."""
    for name, value in calls[0].items():
        if isinstance(value, np.ndarray):
            for axis in range(value.ndim):
                yield f"{name}.shape[{axis}]", [call[name].shape[axis] for call in calls]
            yield f"the size of {name}", [call[name].size for call in calls]
            yield f"the size of one of {name}", [call[name].size / max(len(call[name]), 1) for call in calls]
        elif isinstance(value, tuple) and value and isinstance(value[0], int):
            for k in range(len(value)):
                yield f"{name}[{k}]", [call[name][k] for call in calls]
        elif isinstance(value, int) and not isinstance(value, bool):
            yield name, [call[name] for call in calls]


def _by_an_array(calls, pairs):
    dimensions = {expected.ndim for _, expected in pairs}
    for name in calls[0] if len(dimensions) == 1 else ():
        arrays = [call.get(name) for call in calls]
        known = [one for one in arrays if isinstance(one, np.ndarray)]
        if not known or any(one is not None and not isinstance(one, np.ndarray) for one in arrays):
            continue
        for where, spread in _spreads(known[0].ndim, *dimensions):
            for words, operation in OPERATIONS.items():
                if all(_gives(operation, spread, *three) for three in zip(arrays, pairs)):
                    return f"`{name}` is {words} everything{where}, which it should not be."
    return None


def _spreads(ndim, wanted):
    """Words and a function for each way in which an array is broadcast to one with as many axes as wanted."""
    if ndim == wanted:
        yield "", lambda array: array
    for axis in range(wanted) if ndim == 1 else ():
        shape = [-1 if k == axis else 1 for k in range(wanted)]
        yield f" along axis {axis}", lambda array, shape=shape: array.reshape(shape)


def _gives(operation, spread, array, pair):
    given, expected = pair
    if array is None:
        return close(given, expected)
    if array.ndim and array.dtype.kind not in "fi":
        return False
    beside = spread(array)
    if any(mine not in (1, asked) for mine, asked in zip(beside.shape, expected.shape, strict=True)):
        return False
    return close(given, operation(expected, beside))
