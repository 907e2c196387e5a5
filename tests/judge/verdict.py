"""The judgement: run every case, and where one fails say which mistake it was."""

from dataclasses import dataclass

import numpy as np

from . import calling, form, matching, sections, words
from .calling import Outcome
from .difference import where_wrong
from .evidence import evidence


@dataclass(frozen=True)
class Verdict:
    """What the judge says of an answer: one of untouched, right, wrong; why; and the traceback, if something raised.

    `misconception` is the catalogue's title where one fits.
    """

    status: str
    message: str
    misconception: str | None = None
    traceback: str = ""


def judge(exercise, function, path=None, clock=None, watch=calling.UNWATCHED):
    """Judge one function against an exercise; never raises, whatever the function does.

    The function is called while the clock has time, inside the context manager `watch`.
    """
    clock = clock or calling.Clock()
    answer = exercise.solution()
    if not calling.bindable(function, exercise.cases[0]):
        return Verdict("wrong", _cannot_be_called(exercise, answer))
    right = [expectation(answer, case) for case in exercise.cases]
    with watch:
        given = calling.call_all(function, exercise.cases, right, clock)
    if late := next((one.error for one in given if isinstance(one.error, calling.Late)), None):
        line = words.where_raised(late, path or _file_of(function))
        return Verdict("wrong", does_not_end(f"Your {exercise.name}", clock.seconds, line))
    failing = [k for k in range(len(right)) if not all(calling.same(given[k], right[k]))]
    if not failing:
        return Verdict("right", f"{exercise.name}: right. All {len(right)} checks hold.")
    first = failing[0]
    path = path or _file_of(function)
    head, found = _diagnosis(exercise, given, right, path)
    error = given[first].error
    if found and error:
        head += "\n" + raised(error, f"Your {exercise.name} raised", path)
    body = evidence(exercise, answer, exercise.cases[first], given[first], right[first])
    count = f"{len(right) - len(failing)} of {len(right)} checks hold; this is the first that does not."
    trace = words.full_traceback(error) if error else ""
    return Verdict("wrong", "\n\n".join([head, *body, count]), found and found.title, trace)


BESIDES = {
    "all": "",
    "all that is wrong": " (It shows in part of your results; the others are right.)",
    "this output": " (That explains {name}. Something else is wrong besides.)",
    "what is shown": " (That explains what is shown below, but not all that is wrong.)",
    "most": " (That explains most of what is wrong, but not what is shown below.)",
}


def _diagnosis(exercise, given, right, path):
    """The first lines of the message, and the catalogued mistake that they name, if any: the surest guess first."""
    wrong = matching.wrong_parts(given, right)
    case, part = wrong[0]
    mine, asked, name = given[case], right[case], exercise.gives[part]
    found, share = matching.closest(exercise, given, right, wrong)
    note = _note(mine)
    if share == "all the numbers":
        return _misconception(found, _types(given, right) + note), found
    if share in ("all", "all that is wrong", "this output"):
        return _misconception(found, BESIDES[share].format(name=name) + note * (share != "all")), found
    if share == "what is shown" and (mine.error or form.unusable(mine, asked, exercise)):
        return _misconception(found, BESIDES[share] + note), found
    if mine.error is not None:
        return raised(mine.error, f"Your {exercise.name} raised", path), None
    if sentence := form.unusable(mine, asked, exercise):
        return words.paragraph(sentence), None
    unknown = (f"{name}: " if len(exercise.gives) > 1 else "") + "No mistake that I know gives this."
    if change := matching.simple_change(given, right, wrong):
        return words.paragraph(f"{unknown} {change}{note}"), None
    if found:
        return _misconception(found, BESIDES[share] + note), found
    if blend := matching.two_at_once(exercise, given, wrong):
        return _misconception(blend[0], f" (On top of that: {blend[1]}){note}"), blend[0]
    where = where_wrong(mine.parts[part], asked.parts[part], exercise.cases[case].outside, part)
    return words.paragraph(f"{unknown} {where}{note}"), None


def _types(given, right):
    """The first difference in type, as a remark; empty if there is none."""
    for mine, asked in zip(given, right):
        for one, other in zip(mine.parts, asked.parts):
            if not calling.same_type(one, np.asarray(other)):
                return f" (Besides, the type is wrong: {form.wrong_type(one, np.asarray(other))})"
    return ""


def _note(given):
    """A reminder where arguments were written into: that may be the cause of the rest."""
    if not given.changed:
        return ""
    return f" (Your function also writes into {form.arguments(given.changed)}: work on a copy first.)"


def expectation(answer, case):
    """What a case asks for: worked out by hand where it was, in the types that the right answer gives."""
    outcome = calling.call(answer, case)
    if case.expected is None or outcome.error is not None:
        return outcome
    by_hand = case.expected if isinstance(case.expected, tuple) else (case.expected,)
    parts = tuple(np.asarray(part, np.asarray(model).dtype) for part, model in zip(by_hand, outcome.parts, strict=True))
    return Outcome(parts, outcome.many)


def _misconception(found, besides):
    return f"{words.paragraph(f'{found.title}: {found.correction}{besides}')}\n{sections.read(found.section)}"


def _file_of(function):
    """Where a function was written: a cell has a file name too, if an odd one."""
    code = getattr(calling.inspect.unwrap(function), "__code__", None)
    return code and code.co_filename


def _cannot_be_called(exercise, answer):
    names = ", ".join(calling.inspect.signature(answer).parameters)
    return words.paragraph(f"Your {exercise.name} does not take the arguments that the exercise gives it. It is called "
                           f"as {exercise.name}({names}).")


def raised(error, beginning, path=None):
    """What an error says and on which of the reader's lines it arose."""
    if isinstance(error, NotImplementedError):
        return words.paragraph("The stub's own line, raise NotImplementedError, still stands in your function: delete "
                               "it where your answer begins.")
    said = " ".join(line.strip() for line in [line for line in str(error).splitlines() if line.strip()][:2])
    lines = [words.paragraph(f"{beginning} {type(error).__name__}: {words.clip(said, 200)}"),
             words.where_raised(error, path)]
    return "\n".join(line for line in lines if line)


def does_not_end(whose, seconds, line=None):
    """What to say of code that was stopped, and the reader's line that it had come to, if that is known."""
    said = words.paragraph(f"{whose} has not ended after {seconds:g} seconds, all checks together, and was stopped: is "
                           "there a loop that never stops?" + " It was here:" * bool(line))
    return said + (f"\n{line}" if line else "")
