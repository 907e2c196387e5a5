"""Right answers on changed arguments: an answer with the same results has mistaken those for its arguments."""

import inspect
from itertools import permutations

import numpy as np

NUMBERS = {
    "-{0}": np.negative,
    "2 * {0}": lambda a: 2 * a,
    "{0} / 2": lambda a: a / 2,
    "{0} ** 2": np.square,
    "np.sqrt({0})": np.sqrt,
    "1 / {0}": lambda a: 1 / a,
    "abs({0})": np.abs,
    "np.rint({0})": np.rint,
    "np.floor({0})": np.floor,
    "np.sign({0})": np.sign,
    "{0} + 1": lambda a: a + 1,
    "{0} - 1": lambda a: a - 1,
    "1 - {0}": lambda a: 1 - a,
    "2 * {0} - 1": lambda a: 2 * a - 1,
    "({0} + 1) / 2": lambda a: (a + 1) / 2,
    "np.radians({0})": np.radians,
    "np.degrees({0})": np.degrees,
    "zeros": np.zeros_like,
    "ones": np.ones_like,
    "np.log({0})": np.log,
    "np.exp({0})": np.exp,
    "np.clip({0}, -1, 1)": lambda a: np.clip(a, -1, 1),
    "np.clip({0}, 0, 1)": lambda a: np.clip(a, 0, 1),
    "np.maximum({0}, 0)": lambda a: np.maximum(a, 0),
    "{0} - {0}.mean()": lambda a: a - np.mean(a),
    "{0} / 255": lambda a: a / 255,
}
ARRAYS = {  # those in lists
    **{words: lambda a, change=change: change(a).astype(a.dtype) for words, change in NUMBERS.items()},
    "{0} / len({0})": lambda a: a / a.dtype.type(len(a)),
    "{0} / {0}.size": lambda a: a / a.dtype.type(a.size),
    "{0} / np.linalg.norm({0})": lambda a: a / (np.linalg.norm(a) or 1).astype(a.dtype),
    "{0}.mean()": lambda a: np.full_like(a, a.mean()),
}
LENGTHS = {
    "{0} - 1": lambda n: n - 1,
    "{0} + 1": lambda n: n + 1,
    "2 * {0}": lambda n: 2 * n,
    "{0} // 2": lambda n: n // 2,
    "1": lambda n: 1,
    "0": lambda n: 0,
}
FLAGS = {"not {0}": lambda flag: not flag, "True": lambda flag: True, "False": lambda flag: False}
WHOLE = {  # of an array: the batch, and the mean of everything
    "the first of `{0}` for all": lambda a: np.repeat(a[:1], len(a), axis=0),
    "the last of `{0}` for all": lambda a: np.repeat(a[-1:], len(a), axis=0),
    "the mean of `{0}` for all": lambda a: np.full_like(a, a.mean()),
    "the sum over the batch of `{0}` for each": lambda a: np.zeros_like(a) + a.sum(axis=0),
    "the mean over the batch of `{0}` for each": lambda a: np.zeros_like(a) + a.mean(axis=0),
}


ALONG = {  # an axis of an array, but the first
    "the first of `{{0}}` along axis {} for all": lambda a, axis: a.take([0], axis),
    "the sum along axis {} of `{{0}}` for each": lambda a, axis: a.sum(axis, keepdims=True),
    "the mean along axis {} of `{{0}}` for each": lambda a, axis: a.mean(axis, keepdims=True),
    "the softmax of `{{0}}` along axis {}": lambda a, axis: _softmax(a, axis),
}


def probes(exercise):
    """Pairs of words and a wrapper, which returns the function called with other arguments."""
    signature = inspect.signature(exercise.solution())
    calls = [signature.bind(*case.args, **case.options) for case in exercise.cases]
    for call in calls:
        call.apply_defaults()
    for name, parameter in signature.parameters.items():
        if parameter.default is not parameter.empty and not _far_larger(parameter.default, name, calls):
            yield (
                f"its default, {parameter.default!r},",
                name,
                _taking(signature, name, lambda a, d=parameter.default: d),
            )
        for words, change in _changes([call.arguments[name] for call in calls]):
            shown = words.format(name)
            shown = shown if "`" in shown or shown in ("zeros", "ones") else f"`{shown}`"
            yield shown, name, _taking(signature, name, change)
    batch = [name for name in signature.parameters if all(_same_length(call.arguments, name) for call in calls)]
    if any(len(call.arguments[name]) > 1 for call in calls for name in batch):
        for words, kept in (
            ("the first of the batch alone", slice(1)),
            ("all but the last of the batch", slice(-1)),
            ("the last of the batch alone", slice(-1, None)),
            ("all but the first of the batch", slice(1, None)),
        ):
            yield words, "the batch", _cutting(signature, batch, kept)
    for one, other in permutations(signature.parameters, 2):
        if all(_same_kind(call.arguments[one], call.arguments[other]) for call in calls):
            yield f"`{one}`", other, _exchanging(signature, {other: one})
            if one < other:
                yield f"`{one}` for `{other}` and `{other}`", one, _exchanging(signature, {other: one, one: other})


def _far_larger(default, name, calls):
    """Whether a default is a number of steps, say, that would take far longer than those of the calls."""
    numbers = [call.arguments[name] for call in calls]
    whole = all(type(number) is int for number in [default, *numbers])
    return whole and default > 10 * max(1, *numbers)


def _changes(values):
    """Pairs of words and a function of the argument, by the kind of argument in all calls."""
    if all(isinstance(value, (bool, np.bool_)) for value in values):
        return list(FLAGS.items())
    if all(isinstance(value, (int, np.integer)) for value in values):
        return list(LENGTHS.items())
    if all(isinstance(value, float) for value in values):
        return [(words, lambda a, change=change: float(change(a))) for words, change in NUMBERS.items()]
    if all(isinstance(value, tuple) and all(isinstance(n, (int, np.integer)) for n in value) for value in values):
        return list(_of_sizes())
    if all(isinstance(value, np.ndarray) and value.dtype.kind in "fi" for value in values):
        return list(_of_arrays(values))
    if all(isinstance(value, list) and value and isinstance(value[0], dict) for value in values):
        return list(_of_records(values))
    return []


def _of_records(values):
    """The same change of all arrays under one key, in lists of dictionaries."""
    for key in values[0][0]:
        for words, change in ARRAYS.items():
            yield (
                words.format(f"{key}"),
                lambda records, key=key, change=change: [_with(one, key, change) for one in records],
            )


def _with(record, key, change):
    return record | {key: list(map(change, record[key]))} if isinstance(record.get(key), list) else record


def _softmax(array, axis):
    powers = np.exp(array - array.max(axis, keepdims=True))
    return powers / powers.sum(axis, keepdims=True)


def _of_sizes():
    yield "{0} with rows and columns exchanged", lambda s: (*s[:-2], s[-1], s[-2])
    yield "the rows of `{0}` for its columns as well", lambda s: (*s[:-1], s[-2])
    yield "the columns of `{0}` for its rows as well", lambda s: (*s[:-2], s[-1], s[-1])
    for step, words in ((-1, "less"), (1, "more")):
        yield f"`{{0}}` with one row and one column {words}", lambda s, step=step: (*s[:-2], s[-2] + step, s[-1] + step)


def _of_arrays(values):
    kind = values[0].dtype.kind
    for words, change in (NUMBERS if kind == "f" else LENGTHS).items():
        yield words, lambda a, change=change: np.zeros_like(a) + np.asarray(change(a)).astype(a.dtype)
    if kind == "f" and any(len(value) > 1 for value in values if value.ndim):
        yield from WHOLE.items()
    ends = {value.shape[1:] for value in values}
    dimensions = {value.ndim for value in values}
    if len(dimensions) > 1:
        return
    (ndim,) = dimensions
    for axis in range(ndim):
        place = ", ".join(":" * axis + "k") if axis else "k"
        yield f"`{{0}}` backwards along axis {axis}", lambda a, axis=axis: np.flip(a, axis)
        for words, change in ALONG.items() if axis else ():
            yield words.format(axis), lambda a, axis=axis, change=change: np.zeros_like(a) + change(a, axis)
        for words, kept in (("first", 0), ("last", -1)) if axis else ():
            yield (
                f"zeros for the {words} of `{{0}}` along axis {axis}, and the rest of `{{0}}`",
                lambda a, axis=axis, kept=kept: _without(a, axis, kept),
            )
            yield (
                f"the {words} of `{{0}}` along axis {axis}, and zeros for the rest of `{{0}}`",
                lambda a, axis=axis, kept=kept: a - _without(a, axis, kept),
            )
        if max(value.shape[axis] for value in values) <= 3 and axis:
            for k in range(min(value.shape[axis] for value in values)):
                shown = place.replace("k", str(k))
                yield f"0 in `{{0}}[{shown}]`, and the rest of `{{0}}`", lambda a, axis=axis, k=k: _without(a, axis, k)
    for one in range(ndim):
        for other in range(one + 1, ndim):
            words = f"`{{0}}` with axes {one} and {other} exchanged"
            yield words, lambda a, one=one, other=other: a.swapaxes(one, other).reshape(a.shape)
    if ends == {(2, 3)}:
        yield "`{0}` with its 2 x 2 part transposed", lambda a: _joined(a[..., :2].swapaxes(1, 2), a[..., 2:])
        yield "`{0}` with its first two columns exchanged", lambda a: a[..., [1, 0, 2]]
        yield "`{0}` with zeros beside its diagonal", lambda a: a * np.array([[1, 0, 1], [0, 1, 1]], a.dtype)
        yield "`{0}` with its 2 x 2 part inverted", lambda a: _joined(np.linalg.inv(a[..., :2]), a[..., 2:])
        yield "the inverse of `{0}`", _inverse


def _without(array, axis, k):
    array = array.copy()
    np.moveaxis(array, axis, 0)[k] = 0
    return array


def _inverse(theta):
    linear = np.linalg.inv(theta[..., :2])
    return _joined(linear, -linear @ theta[..., 2:])


def _joined(linear, shift):
    return np.concatenate([linear, shift], axis=2)


def _same_kind(one, other):
    if isinstance(one, np.ndarray):
        return isinstance(other, np.ndarray) and one.shape == other.shape and one.dtype == other.dtype
    return type(one) is type(other) is tuple and len(one) == len(other)


def _taking(signature, name, change):
    def wrap(function):
        def wrapped(*args, **options):
            call = signature.bind(*args, **options)
            call.apply_defaults()
            call.arguments[name] = change(call.arguments[name])
            return function(*call.args, **call.kwargs)

        return wrapped

    return wrap


def _same_length(arguments, name):
    first = next((value for value in arguments.values() if isinstance(value, np.ndarray) and value.ndim), None)
    return isinstance(arguments[name], np.ndarray) and first is not None and len(arguments[name]) == len(first)


def _cutting(signature, names, kept):
    def wrap(function):
        def wrapped(*args, **options):
            call = signature.bind(*args, **options)
            if len(call.arguments[names[0]]) > 1:
                call.arguments |= {name: call.arguments[name][kept] for name in names}
            return function(*call.args, **call.kwargs)

        return wrapped

    return wrap


def _exchanging(signature, taken):
    def wrap(function):
        def wrapped(*args, **options):
            call = signature.bind(*args, **options)
            call.arguments |= {name: call.arguments[other] for name, other in taken.items()}
            return function(*call.args, **call.kwargs)

        return wrapped

    return wrap
