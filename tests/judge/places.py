"""Where an answer is wrong, in words: in which calls, at which places of an array; and what to do next."""

import inspect
import re

import numpy as np

from .changes import count, listed
from .words import first_difference, number, size

AXES = {
    "N": "image",
    "C": "channel",
    "H": "row",
    "h": "row",
    "W": "column",
    "w": "column",
    "I": "input",
    "O": "output",
    "kh": "row of the filter",
    "kw": "column of the filter",
}
ORDINALS = ("first", "second", "third")


def axes(answer, outputs):
    """The docstring's names for the axes of each output: [["N", "2", "3"]]; empty lists where it has none."""
    doc = inspect.getdoc(answer) or ""
    returns = re.search(r"^Returns\n-+\n(.*?)(?:\n\n\w+\n-+\n|\Z)", doc, re.MULTILINE | re.DOTALL)
    found = []
    lines = re.findall(r"^(?:(\w[\w, ]*) : )?\(([^()]*)\) array", returns[1] if returns else "", re.MULTILINE)
    for names, shape in lines:
        found += [[letter.strip() for letter in shape.split(",") if letter.strip()]] * (names.count(",") + 1)
    if not found:  # a backward's docstring is a sentence: "d_grid (N, h, w, 2) to d_theta (N, 2, 3)"
        after = re.split(r"\)[^()]*? to ", doc.partition("\n\n")[0].replace("\n", " "))[-1]
        for names, shape in re.findall(r"(d_\w+(?: and d_\w+)?) \(([^()]*)\)", after):
            found += [re.findall(r"\w+", shape)] * (names.count(" and ") + 1)
    return found if len(found) == outputs else [[]] * outputs


def where(given, expected, outside=None, letters=()):
    """One sentence on the places at which two arrays of one case differ; None if they are wrong all over."""
    given, expected = np.asarray(given), np.asarray(expected)
    small = 1e-5 if np.float32 in (given.dtype, expected.dtype) else 1e-9
    wrong = ~np.isclose(given, expected, rtol=small, atol=small, equal_nan=True)
    if wrong.all() or not wrong.any():
        return None
    if outside is not None:
        outside = np.broadcast_to(outside, wrong.shape)
        if outside.any() and not (wrong & ~outside).any():
            return "Wrong only where samples lie outside the image: inside, the numbers agree."
        if (~outside).any() and not (wrong & outside).any():
            return "Wrong only where samples lie inside the image: outside, the numbers agree."
    letters = letters if len(letters) == wrong.ndim else [""] * wrong.ndim
    hit = [wrong.any(axis=tuple(a for a in range(wrong.ndim) if a != axis)) for axis in range(wrong.ndim)]
    partly = [axis for axis, one in enumerate(hit) if not one.all()]
    if wrong.sum() < np.prod([one.sum() for one in hit]):  # no block: the first axis along which it is half of one
        partly = [axis for axis in partly if 2 * wrong.sum() >= wrong.size * hit[axis].mean()][:1]
    if partly:
        named = ", ".join(_named(axis, hit[axis], letters) for axis in partly)
        return f"Wrong only {named}; elsewhere the numbers agree."
    if wrong.ndim >= 2 and min(wrong.shape[-2:]) > 2 and not wrong[..., 1:-1, 1:-1].any():
        return "Wrong only at the border of the last two axes; in the interior the numbers agree."
    return f"{count(wrong)} wrong, the others agree."


def _named(axis, hit, letters):
    """Some places along an axis: "in the third column, the shift", "in the last row", "at 1 along axis 2"."""
    places, last = [int(k) for k in np.flatnonzero(hit)], len(hit) - 1
    if letters[-2:] in (["2", "3"], ["3", "3"]) and axis >= len(letters) - 2:
        word = "row" if axis == len(letters) - 2 else "column"
        meaning = {("row", 0): ", that of x", ("row", 1): ", that of y", ("column", 2): ", the shift"}
        known = meaning.get((word, places[0]), "") if letters[-2] == "2" and len(places) == 1 else ""
        return f"in theta's {' and '.join(ORDINALS[k] for k in places)} {word}{known}"
    if letters[-1] == "2" and axis == len(letters) - 1:
        return f"in {'xy'[places[0]]}"
    if letters[axis] in AXES and len(letters) > 1:
        word = AXES[letters[axis]]
        if places in ([0], [last], [0, last]):
            return f"in the {' and the '.join('last' if k and k == last else 'first' for k in places)} {word}"
        return f"in {word}{'s' * (len(places) > 1)} {listed(places[:4])} (counted from 0)"
    shown = "first and last" if last > 3 and places == [0, last] else listed(places[:4])
    return f"at {shown} along axis {axis} (counted from 0)"


RIGHT = "the right number"
RULES = {
    "negative": lambda a: a < 0,
    "positive": lambda a: a > 0,
    "0": lambda a: a == 0,
    "a whole number": lambda a: a == np.rint(a),
    "less than -1": lambda a: a < -1,
    "greater than 1": lambda a: a > 1,
    "not between -1 and 1": lambda a: abs(a) > 1,
}


def parts(exercise, case, expected, letters):
    """Parts of an output in words, each with a mask: places along an axis, or where an argument meets a rule."""
    shape, found = np.shape(expected), {}
    letters = letters if len(letters) == len(shape) else [""] * len(shape)
    for axis, length in enumerate(shape):
        for place in {0, 1, 2, -1} if length > 1 else ():
            if place < length:
                hit = np.arange(length) == place % length
                mask = np.broadcast_to(hit.reshape([-1 if k == axis else 1 for k in range(len(shape))]), shape)
                found[axis, place] = _named(axis, hit, letters), mask
                if letters[axis] != "2":  # of two, the other one has a name
                    found[axis, place, "not"] = f"everywhere but {_named(axis, hit, letters)}", ~mask
    if len(shape) > 1:
        row, column = np.indices(shape[-2:])
        for words, mask in (("on", row == column), ("below", row > column), ("above", row < column)):
            found[words] = f"{words} the diagonal", np.broadcast_to(mask, shape)
        if shape[-2:] == (2, 3):
            found["off"] = "beside the diagonal, at [0, 1] and [1, 0]", np.broadcast_to(column == 1 - row, shape)
    for name, values in {RIGHT: expected, **dict(_beside(exercise, case, shape))}.items():
        for words, rule in RULES.items():
            found[name, words] = f"where {name} is {words}", np.broadcast_to(rule(values), shape)
    return found


def _beside(exercise, case, shape):
    """Arguments that have a number for each place of an output, or one for all channels; of points, each coordinate."""
    call = inspect.signature(exercise.solution()).bind(*case.args, **case.options)
    for name, value in call.arguments.items():
        if not isinstance(value, np.ndarray) or value.dtype.kind not in "fi":
            continue
        points = value.ndim > 1 and value.shape[-1] == 2
        for words, one in [
            (f"`{name}`", value),
            *((f"{'xy'[k]} of `{name}`", value[..., k]) for k in range(2 * points)),
        ]:
            for aligned in (one, one[:, None] if one.ndim else one, one[..., None]):
                if aligned.ndim == len(shape) and all(n in (1, m) for n, m in zip(aligned.shape, shape)):
                    yield words, aligned
                    break


def condition(exercise, calls):
    """One sentence on what the calls that go wrong have in common, and the others have not; None if nothing is.

    `calls` are pairs of a case and whether it goes wrong.
    """
    signature, facts = inspect.signature(exercise.solution()), []
    for case, _ in calls:
        call = signature.bind(*case.args, **case.options)
        call.apply_defaults()
        facts.append(dict(_facts(call.arguments)))
    failing = [wrong for _, wrong in calls]
    if all(failing) or len(facts) < 3:
        return None
    for fact in facts[0]:
        seen = [one.get(fact) for one in facts]
        values = {str(value) for value, fails in zip(seen, failing) if fails}
        if None in seen:  # of some calls the fact says nothing
            continue
        if len(values) == 1 and not values & {str(value) for value, fails in zip(seen, failing) if not fails}:
            return f"It goes wrong wherever {fact} {seen[failing.index(True)]}, and nowhere else."
    return None


def _facts(arguments):
    for name, value in arguments.items():
        if isinstance(value, (bool, str)) or value is None:
            yield f"{name} is", repr(value)
        elif isinstance(value, (int, np.integer)):
            yield f"{name} is", "one number"
        elif isinstance(value, tuple) and len(value) == 2:
            yield f"{name} is", "a pair"
    for name, value in arguments.items():
        if isinstance(value, np.ndarray) and value.ndim:
            yield f"{name} is", f"{value.dtype}"
            yield f"{name} has", "one entry along its first axis" if len(value) == 1 else "several along its first axis"
            if value.ndim > 2 and max(value.shape[-2:]) > 1:  # a single pixel is a square in name only
                square = value.shape[-1] == value.shape[-2]
                yield f"{name} has", "as many rows as columns" if square else "more rows than columns or fewer"


def next_step(name, given, expected):
    """Advice where nothing else is known: one number to follow by hand."""
    given, expected = np.asarray(given), np.asarray(expected)
    place, scale = first_difference(given, expected) or (), size(expected)
    came, should = (
        number(array[place], scale) if len(place) == array.ndim else "another number" for array in (given, expected)
    )
    entry = f"{name}{list(place)}" if place else name
    return (
        f"Next: work {entry} of the case below out by hand, where {should} is expected and {came} was given, and print "
        "each step of your function, until one differs from your calculation."
    )
