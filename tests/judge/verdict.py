"""The judgement: run every case, and where one fails say which mistake it was."""

from dataclasses import dataclass

import numpy as np

from . import calling, matching, sections, words
from .calling import Outcome
from .difference import where_wrong
from .evidence import evidence, type_name


@dataclass(frozen=True)
class Verdict:
    """What the judge says of an answer: one of untouched, right, wrong; why; and the traceback, if something raised.

    `misconception` is the catalogue's title where one fits.
    """

    status: str
    message: str
    misconception: str | None = None
    traceback: str = ""


def judge(exercise, function, path=None):
    """Judge one function against an exercise; never raises, whatever the function does."""
    answer = exercise.solution()
    if not calling.bindable(function, exercise.cases[0]):
        return Verdict("wrong", _cannot_be_called(exercise, answer))
    right = [expectation(answer, case) for case in exercise.cases]
    given = [calling.call(function, case) for case in exercise.cases]
    failing = [k for k in range(len(right)) if not all(calling.same(given[k], right[k]))]
    if not failing:
        return Verdict("right", f"{exercise.name}: right. All {len(right)} checks hold.")
    first = failing[0]
    head, found = _diagnosis(exercise, given, right, first, path)
    body = evidence(exercise, answer, exercise.cases[first], given[first], right[first])
    count = f"{len(right) - len(failing)} of {len(right)} checks hold; this is the first that does not."
    error = given[first].error
    trace = words.full_traceback(error) if error else ""
    return Verdict("wrong", "\n\n".join([head, *body, count]), found and found.title, trace)


def _diagnosis(exercise, given, right, first, path):
    """The first lines of the message, and the catalogued mistake that they name, if any: the surest guess first."""
    wrong = matching.wrong_parts(given, right)
    found, share = matching.closest(exercise, given, right, wrong)
    if found and share == "all":
        return _misconception(found), found
    if given[first].error is not None:
        return raised(given[first].error, f"Your {exercise.name} raised", path), None
    note = _note(given[first])
    sentence = _unusable(given[first], right[first], exercise)
    if sentence and share in (None, "part"):
        return words.paragraph(sentence), None
    part = wrong[0][1]
    name = f"{exercise.gives[part]}: " if len(exercise.gives) > 1 else ""
    change = matching.simple_change(given, right, wrong)
    if change and share in (None, "part", "what is shown"):
        return words.paragraph(f"{name}No mistake that I know gives this. {change}{note}"), None
    if found:
        prefix = "In part of it: " if share == "all that is wrong" else "At least in part: "
        return _misconception(found, prefix, note), found
    if blend := matching.two_at_once(exercise, given, wrong):
        found, more = blend
        return _misconception(found, "Two mistakes at once, it seems. ", f" And beyond that: {more}{note}"), found
    where = where_wrong(given[first].parts[part], right[first].parts[part], exercise.cases[first].outside, part)
    return words.paragraph(f"{name}No mistake that I know gives this. {where}{note}"), None


def _note(given):
    """A reminder where arguments were written into: that may be the cause of the rest."""
    if not given.changed:
        return ""
    return f" (Your function also writes into its argument {' and '.join(given.changed)}: work on a copy first.)"


def expectation(answer, case):
    """What a case asks for: worked out by hand where it was, in the types that the right answer gives."""
    outcome = calling.call(answer, case)
    if case.expected is None or outcome.error is not None:
        return outcome
    by_hand = case.expected if isinstance(case.expected, tuple) else (case.expected,)
    parts = tuple(np.asarray(part, np.asarray(model).dtype) for part, model in zip(by_hand, outcome.parts, strict=True))
    return Outcome(parts)


def _misconception(found, prefix="", more=""):
    return f"{words.paragraph(f'{prefix}{found.title}: {found.correction}{more}')}\n{sections.read(found.section)}"


def _cannot_be_called(exercise, answer):
    names = ", ".join(calling.inspect.signature(answer).parameters)
    return words.paragraph(f"Your {exercise.name} does not take the arguments that the exercise gives it. It is called "
                           f"as {exercise.name}({names}).")


def raised(error, beginning, path=None):
    """What an error says and on which of the reader's lines it arose."""
    if isinstance(error, NotImplementedError):
        return words.paragraph("The stub's own line, raise NotImplementedError, still stands in your function: delete "
                               "it where your answer begins.")
    said = words.clip(str(error).partition("\n")[0], 200)
    lines = [words.paragraph(f"{beginning} {type(error).__name__}: {said}"), words.where_raised(error, path)]
    return "\n".join(line for line in lines if line)


def _unusable(given, right, exercise):
    """A sentence for an answer that cannot be compared: it has another form, or wrote into its arguments."""
    if len(given.parts) == 1 and given.parts[0] is None:
        return f"Your {exercise.name} returned None: is there a return at its end?"
    if len(given.parts) != len(right.parts):
        return _parts(given, right, exercise)
    for name, mine, asked in zip(exercise.gives, given.parts, right.parts):
        if sentence := _form(name, mine, np.asarray(asked)):
            return sentence
    if given.changed and all(map(calling.close, given.parts, right.parts)):
        return (f"The numbers are right, but your function writes into its argument {' and '.join(given.changed)}. "
                "Whoever called it still needs that: work on a copy.")
    return None


def _parts(given, right, exercise):
    asked = f"{len(right.parts)} arrays ({', '.join(exercise.gives)})" if len(right.parts) > 1 else "one array"
    things = f"{len(given.parts)} thing{'s' * (len(given.parts) > 1)}"
    return f"Your {exercise.name} returned {things}; {asked} should come back."


def _form(name, given, expected):
    if given is None:
        return f"{name} is None: was it ever computed?"
    if expected.ndim and np.ndim(given) == 0 and calling.numbers(given):
        return f"{name} should have the shape {expected.shape}, and is a single number."
    if expected.ndim and not isinstance(given, np.ndarray):
        return f"{name} should be a NumPy array, and is of type {type_name(given)}."
    if not calling.numbers(given):
        return f"{name} should hold numbers, and holds {getattr(given, 'dtype', type(given).__name__)}."
    if np.shape(given) != expected.shape:
        turned = sorted(np.shape(given)) == sorted(expected.shape) and " The same lengths in another order: "
        more = f"{turned}is an axis in the wrong place?" if turned else ""
        return f"{name} has the wrong shape: expected {expected.shape}, given {np.shape(given)}.{more}"
    if not calling.same_type(given, expected) and calling.close(given, expected):
        return (f"{name} has the right numbers in the wrong type: expected {expected.dtype}, given {given.dtype}. "
                "What goes out should have the type of what came in.")
    return None
