"""What to say of an answer that cannot be compared number by number."""

from itertools import permutations

import numpy as np

from . import calling


def unusable(given, right, exercise):
    """A sentence for an answer that has another form than asked for, or wrote into its arguments; None if neither."""
    if len(given.parts) == 1 and given.parts[0] is None:
        return f"Your {exercise.name} returned None: is there a return at its end?"
    if bool(given.many) != bool(right.many) or len(given.parts) != len(right.parts):
        return _number(given, right, exercise)
    if len(given.parts) > 1 and not all(map(calling.close, given.parts, right.parts)):
        for order in permutations(given.parts):
            if all(map(calling.close, order, right.parts)):
                return f"The results are right, but come in another order than {', '.join(exercise.gives)}."
    for name, mine, asked in zip(exercise.gives, given.parts, right.parts):
        if sentence := _form(name, mine, np.asarray(asked)):
            return sentence
    if given.changed and all(map(calling.close, given.parts, right.parts)):
        return (f"The numbers are right, but your function writes into {arguments(given.changed)}. "
                "Whoever called it still needs what was there: work on a copy.")
    return None


def _number(given, right, exercise):
    many = f"{len(right.parts)} arrays ({', '.join(exercise.gives)}), one after the other,"
    several = " (np.stack makes one of several)" * (len(given.parts) > 1)
    asked = many if right.many else f"one array{several}"
    if given.many:
        came = f"a {given.many} of {len(given.parts)}"
    else:
        came = "one array" if isinstance(given.parts[0], np.ndarray) else f"one {type_name(given.parts[0])}"
    return f"Your {exercise.name} returned {came}; {asked} should come back."


def _form(name, given, expected):
    if given is None:
        return f"None came for {name}: was it ever computed?"
    if expected.ndim and np.ndim(given) == 0 and calling.numbers(given):
        return f"A single number came for {name}, where an array of shape {expected.shape} was expected."
    if expected.ndim and not isinstance(given, np.ndarray):
        return f"A NumPy array should come for {name}; it is of type {type_name(given)}."
    if not calling.numbers(given):
        return f"Real numbers should come for {name}; it holds {type_name(given)}."
    if np.shape(given) != expected.shape:
        turned = sorted(np.shape(given)) == sorted(expected.shape) and " The same lengths in another order: "
        more = f"{turned}is an axis in the wrong place?" if turned else ""
        return f"The shape of {name} is wrong: expected {expected.shape}, given {np.shape(given)}.{more}"
    if not calling.same_type(given, expected) and calling.close(given, expected):
        return f"The numbers of {name} are right, their type is wrong: {wrong_type(given, expected)}"
    return None


def arguments(names):
    """Names as "its argument x" or "its arguments x and y"."""
    return f"its argument{'s' * (len(names) > 1)} {' and '.join(names)}"


def wrong_type(given, expected):
    """Which type was expected, and which came."""
    return f"expected {expected.dtype}, given {type_name(given)}."


def type_name(part):
    """What somebody gave, in a word or two."""
    return str(part.dtype) if isinstance(part, np.ndarray) else type(part).__name__
