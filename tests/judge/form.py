"""Sentences for answers that cannot be compared number by number, or of which only the numbers are right."""

from itertools import permutations

import numpy as np

from . import calling


def fulfilled(given, right, exercise):
    """Whether an outcome meets all requirements."""
    return all(calling.same(given, right)) and not (exercise.fresh and given.shared)


def unusable(given, right, exercise, reordered=False):
    """A sentence for an answer of another form than asked for; None if its numbers can be compared.

    `reordered` says that in every call the outputs are the right ones in one other order.
    """
    assert given.error is None, "`unusable` must only be asked where nothing was raised"
    if len(given.parts) == 1 and given.parts[0] is None:
        return f"Your {exercise.name} returned None: is there a return at its end?"
    if bool(given.many) != bool(right.many) or len(given.parts) != len(right.parts) or given.nested != right.nested:
        return _number(given, right, exercise)
    if reordered and not all(map(calling.close, given.parts, right.parts)):
        return f"The results are right, but come in another order than {_names(exercise, right)}."
    return next(filter(None, map(_form, exercise.gives, given.parts, map(np.asarray, right.parts))), None)


def in_another_order(given, right):
    """Whether the outputs of all calls are the right ones in one other order: the same in each, or chance has a say."""
    if any(len(one.parts) != len(other.parts) or one.nested != other.nested for one, other in zip(given, right)):
        return False
    places = range(len(right[0].parts))
    alike = {
        (mine, asked): all(calling.close(one.parts[mine], other.parts[asked]) for one, other in zip(given, right))
        for mine in places
        for asked in places
    }
    left = list(places)
    for asked in places:
        mine = next((mine for mine in left if alike[mine, asked]), None)
        if mine is None:
            return False
        left.remove(mine)
    return True


def _names(exercise, right):
    """The names of the outputs, with brackets where some come inside a tuple."""
    names = iter(exercise.gives)
    marks = "".join(
        f"{next(names)}, " if mark == "o" else f"{mark}, " for mark in right.nested or "o" * len(right.parts)
    )
    return marks.replace("(, ", "(").replace(", )", ")").removesuffix(", ")


def _number(given, right, exercise):
    many = f"{len(right.parts)} arrays ({_names(exercise, right)}), one after the other"
    several = " (np.stack makes one of several)" * (len(given.parts) > 1)
    asked = many if right.many else f"one array{several}"
    if given.many:
        came = f"a {given.many} of {len(given.parts)}"
        came += " arrays, with the brackets in other places" * bool(right.many and len(given.parts) == len(right.parts))
    else:
        came = "one array" if isinstance(given.parts[0], np.ndarray) else f"one {type_name(given.parts[0])}"
    return f"Your {exercise.name} returned {came}; expected {asked}.{_which(given, right, exercise)}"


def _which(given, right, exercise):
    """Which of several outputs came, where some did and some are missing."""
    if given.nested or right.nested or not len(given.parts) < len(right.parts):
        return ""
    left, found = dict(zip(exercise.gives, right.parts)), []
    for one in given.parts:
        name = next((name for name, asked in left.items() if calling.close(one, asked)), None)
        if name is None:
            return ""
        del left[name]
        found.append(name)
    return f" What came is right: {', '.join(found)}. Missing: {', '.join(left)}."


def _form(name, given, expected):
    if given is None:
        return f"{name} is None: was it ever computed?"
    if expected.ndim and np.ndim(given) == 0 and calling.numbers(given):
        return f"{name} is a single number; expected an array of shape {expected.shape}."
    if expected.ndim and not isinstance(given, np.ndarray):
        return f"{name} is of type {type_name(given)}; expected a NumPy array."
    if not calling.numbers(given):
        return f"{name} holds {type_name(given)}; expected real numbers."
    if np.shape(given) != expected.shape:
        shapes = f"expected {expected.shape}, given {np.shape(given)}"
        return f"The shape of {name} is wrong: {shapes}.{_how(given, expected)}"
    return None


def _how(given, expected):
    """A remark on a wrong shape."""
    shape, wanted = np.shape(given), expected.shape
    if len(shape) == len(wanted) and sorted(shape) == sorted(wanted):
        for order in permutations(range(len(wanted))):
            if calling.close(given, expected.transpose(order)):
                return f" The numbers are right, with the axes in the order {order}."
        return " The same lengths in another order: is an axis in the wrong place?"
    if calling.close(np.ravel(given), expected.ravel()):
        return " The numbers are right, and in their order; reshape them."
    longer = [axis for axis in range(len(wanted)) if len(shape) == len(wanted) and shape[axis] > wanted[axis]]
    if len(longer) == 1 and calling.close(np.take(given, range(wanted[longer[0]]), longer[0]), expected):
        return f" Your first {wanted[longer[0]]} along axis {longer[0]} are right; leave out what follows."
    if tuple(n for n in shape if n != 1) == tuple(n for n in wanted if n != 1):
        return " The difference is an axis of length 1."
    if len(shape) + 1 == len(wanted):
        axes = [axis for axis in range(len(wanted)) if wanted[:axis] + wanted[axis + 1 :] == shape]
        for axis in axes:
            for word, summed in (("summed", expected.sum(axis)), ("averaged", expected.mean(axis))):
                if calling.close(given, summed):
                    return f" The numbers are right, but for axis {axis}, over which yours are {word}."
        return f" Axis {axes[0]} is gone: summed over, or indexed away?" if axes else ""
    return ""


def in_all_but_numbers(trial):
    """The fault where the numbers are right in every case: types, arguments written into, memory that is shared."""
    said = []
    if found := _wrong_type(trial):
        said.append(f"The numbers of {found[0]} are right, their type is wrong: {found[1]}")
    if changed := _changed(trial):
        said.append(
            f"The numbers are right, but your function writes into {changed}. Its caller still needs the old "
            "values: work on a copy."
        )
    if shared := _shared(trial):
        said.append(f"The numbers are right, but {shared}: a new array is required, as .copy() makes one.")
    return " ".join(said)


def besides(trial):
    """The same as remarks after another mistake; empty if there is nothing."""
    said = ""
    if found := _wrong_type(trial):
        said += f" (Besides, the type is wrong: {found[1]})"
    if changed := _changed(trial):
        said += f" (Your function also writes into {changed}: work on a copy first.)"
    if shared := _shared(trial):
        said += f" (Besides, {shared}: a new array is required.)"
    return said


def _wrong_type(trial):
    """The first output whose type is wrong, with the expected and the given type."""
    for mine, asked in zip(trial.given, trial.right):
        for name, one, other in zip(trial.exercise.gives, mine.parts, map(np.asarray, asked.parts)):
            if mine.error is None and calling.numbers(one) and not calling.same_type(one, other):
                return name, f"expected {other.dtype}, given {type_name(one)}."
    return None


def _changed(trial):
    names = list(dict.fromkeys(name for mine in trial.given for name in mine.changed))
    return f"its argument{'s' * (len(names) > 1)} {' and '.join(names)}" if names else ""


def _shared(trial):
    if not trial.exercise.fresh or not any(mine.shared for mine in trial.given):
        return ""
    parts = sorted({part for mine in trial.given for part in mine.shared})
    return f"{' and '.join(trial.exercise.gives[part] for part in parts)} shares its memory with an argument"


def type_name(part):
    """The type of an output, in a word or two."""
    return str(part.dtype) if isinstance(part, np.ndarray) else type(part).__name__
