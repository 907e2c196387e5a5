"""The judgement: run every case, and name the mistake if one fails."""

import functools
import re
from dataclasses import dataclass

import numpy as np

from . import calling, form, places, sections, words
from .calling import Outcome
from .evidence import evidence
from .matching import Share, Trial
from .searching import Search

UNKNOWN = "No known mistake gives this result."


@dataclass(frozen=True)
class Verdict:
    """The verdict on an answer: one of untouched, right, wrong; the reason; and the traceback, if something raised.

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
    clock, path = clock or calling.Clock(), path or _file_of(function)
    answer = exercise.solution()
    if not calling.bindable(function, exercise.cases[0]):
        return Verdict("wrong", _cannot_be_called(exercise, answer))
    right = exercise.right = exercise.right or [expectation(answer, case) for case in exercise.cases]
    with watch:
        given = calling.call_all(function, exercise.cases, right, clock)
    if late := next((one.error for one in given if isinstance(one.error, calling.Late)), None):
        line = words.where_raised(late, path)
        return Verdict("wrong", does_not_end(f"Your {exercise.name}", clock.seconds, line))
    failing = [k for k in range(len(right)) if not form.fulfilled(given[k], right[k], exercise)]
    if not failing:
        return Verdict("right", f"{exercise.name}: right. All {len(right)} checks hold.")
    first = failing[0]
    head, found = _diagnosis(Trial(exercise, _watched(function, watch), given, right, path))
    error = given[first].error
    if found and error:
        head += "\n" + raised(error, f"Your {exercise.name} raised", path)
    body = evidence(exercise, answer, exercise.cases[first], given[first], right[first])
    count = f"{len(right) - len(failing)} of {len(right)} checks hold; this is the first that does not."
    trace = words.full_traceback(error) if error else ""
    return Verdict("wrong", "\n\n".join([head, *body, count]), found and found.title, trace)


def _watched(function, watch):
    @functools.wraps(function)
    def watched(*args, **options):
        with watch:
            return function(*args, **options)

    return watched


def _diagnosis(trial):
    """The first lines of the message, and the catalogued mistake that they name, if any: the surest guess first."""
    exercise, note = trial.exercise, form.besides(trial)
    if found := trial.exactly():
        return _named(found), found
    if not trial.wrong:
        return words.paragraph(form.in_all_but_numbers(trial)), None
    if found := trial.in_numbers():
        return _named(found, note), found
    (case, part), search = trial.wrong[0], Search(trial)
    mine = trial.given[case]
    if not trial.usable(case):
        found, rest = trial.shown(part) or (None, None)
        if found:
            return _named(found, _explained(trial, part, rest) + note), found
        if mine.error is not None:
            reason = words.paragraph(search.mended() or search.changed_answer() or "")
            return "\n".join(
                filter(None, [raised(mine.error, f"Your {exercise.name} raised", trial.path), reason])
            ), None
        unusable = trial.unusable(case)
        explained = "The numbers are right" in unusable or "The results are right" in unusable
        reason = None if explained else search.mended()
        if not reason and not explained and all(map(calling.numbers, mine.parts)):
            reason = search.changed_answer()
        return words.paragraph(" ".join(filter(None, [unusable, reason]))), None
    parts = list(dict.fromkeys(its for case, its in trial.wrong if trial.usable(case)))
    if mended := search.mended():
        return _with_what_mends(trial, parts, mended, note)
    if len(parts) > 1 and (reason := search.changed_answer()):
        return words.paragraph(f"{UNKNOWN} {reason}{note}"), None
    heads, found = [], None
    for its in parts[:2]:
        head, named = _reason(trial, search, its, note if its == parts[0] else "")
        heads, found = [*heads, head] if head not in heads else heads, found or named
    if len(parts) > 2:
        heads.append(words.paragraph(f"{', '.join(exercise.gives[its] for its in parts[2:])}: wrong as well."))
    return "\n".join(heads), found


def _with_what_mends(trial, parts, mended, note):
    """What makes the answer right, after the name of the mistake or the change of all numbers, if there is one."""
    part = parts[0] if len(parts) == 1 else None
    if part is not None and (found := trial.where_wrong(part)):
        return _named(found, f"{Share.WRONG.value} {mended}{note}"), found
    change = None if part is None else trial.change(part)
    return words.paragraph(" ".join(filter(None, [UNKNOWN, change, mended])) + note), None


def _reason(trial, search, part, note):
    """Why one output is wrong, and the catalogued mistake that explains it, if there is one: the surest guess first."""
    exercise = trial.exercise
    several = len(exercise.gives) > 1
    name = exercise.gives[part]
    unknown = (f"{name}: " if several else "") + UNKNOWN
    if found := trial.in_numbers(part):
        return _named(found, Share.OUTPUT.value.format(name=name) * several + note), found
    if several and (change := search.mended(part)):
        return words.paragraph(f"{unknown} {change}{note}"), None
    if change := trial.change(part) or trial.with_an_argument(part) or search.changed_answer(part):
        return words.paragraph(f"{unknown} {change}{note}"), None
    if found := trial.where_wrong(part):
        return _named(found, Share.WRONG.value + note), found
    if change := trial.change_in_some_calls(part):
        return words.paragraph(f"{unknown} {change}{note}"), None
    if said := trial.in_places(part):
        return words.paragraph(f"{unknown} {said}{note}"), None
    if both := search.two_catalogued():
        return _named(both[0], f" (In addition, {_lowered(both[1].title)}: {both[1].correction}){note}"), both[0]
    if both := trial.catalogued_and_changed(part):
        change = re.split(r"[;:] |\.$", both[1])[0]
        return _named(both[0], f" (In addition: {_lowered(change)}.){note}"), both[0]
    if changes := search.twice_mended(part):
        return words.paragraph(f"{unknown} {changes}{note}"), None
    if both := search.catalogued_on_other_arguments():
        return _named(both[0], f" (In addition, yours takes {both[1]}.){note}"), both[0]
    if both := search.catalogued_and_slip(part):
        return _named(both[0], f" ({both[1]}){note}"), both[0]
    if changes := search.two_changes(part):
        return words.paragraph(f"{unknown} {changes}{note}"), None
    if both := trial.two_apart(part):
        return _named(both[0], f" (In other calls, {_lowered(both[1].title)}: {both[1].correction}){note}"), both[0]
    if said := trial.undefined(part):
        return words.paragraph(f"{unknown} {said}{note}"), None
    if both := trial.shown(part):
        return _named(both[0], _explained(trial, part, both[1]) + note), both[0]
    return words.paragraph(f"{unknown} {_where(trial, part)}{note}"), None


def _explained(trial, part, rest):
    """How many of the calls that go wrong a catalogued mistake explains; empty where it is all."""
    wrong = len(trial.cases(part)[0])
    return Share.SHOWN.value.format(some=wrong - len(rest), all=wrong) if rest else ""


def _where(trial, part):
    """A description where no reason is found: which calls, which places, and what to do next."""
    exercise, cases = trial.exercise, trial.cases(part)[0]
    first = next(filter(trial.usable, cases))
    mine, asked = trial.given[first], trial.right[first]
    letters = places.axes(exercise.solution(), len(exercise.gives))[part]
    outside = None if part else exercise.cases[first].outside
    where = trial.in_places(part, False) or places.where(mine.parts[part], asked.parts[part], outside, letters)
    said = [trial.condition(part), where]
    said = list(filter(None, said))
    for other in [case for case in cases if not trial.usable(case)][:1]:
        if error := trial.given[other].error:
            line = words.where_raised(error, trial.path).strip()
            said.append(f"In other calls it raises {type(error).__name__}, {words.clip(str(error), 120)}, at {line}.")
        else:
            said.append(f"In other calls: {trial.unusable(other)}")
    step = places.next_step(exercise.gives[part], mine.parts[part], asked.parts[part])
    return " ".join([*(said or ["No pattern stands out either."]), step])


def _lowered(text):
    """With a small letter, but for names."""
    first = text.split(" ")[0]
    return text[0].lower() + text[1:] if first[1:].islower() or len(first) == 1 else text


def _named(found, besides=""):
    return f"{words.paragraph(f'{found.title}: {found.correction}{besides}')}\n{sections.read(found.section)}"


def expectation(answer, case):
    """The expected outcome of a case: that worked out by hand, if there is one, in the types of the right answer."""
    outcome = calling.call(answer, case)
    if case.expected is None or outcome.error is not None:
        return outcome
    by_hand = case.expected if isinstance(case.expected, tuple) else (case.expected,)
    parts = tuple(np.asarray(part, np.asarray(model).dtype) for part, model in zip(by_hand, outcome.parts, strict=True))
    return Outcome(parts, outcome.many, relative=outcome.relative, nested=outcome.nested)


def _file_of(function):
    """The file of a function; a cell has a file name too, an artificial one."""
    code = getattr(calling.inspect.unwrap(function), "__code__", None)
    return code and code.co_filename


def _cannot_be_called(exercise, answer):
    names = ", ".join(calling.inspect.signature(answer).parameters)
    return words.paragraph(
        f"Your {exercise.name} does not take the arguments that the exercise gives it. It is called "
        f"as {exercise.name}({names})."
    )


def raised(error, beginning, path=None):
    """The message of an error, and the reader's line on which it arose."""
    if isinstance(error, NotImplementedError):
        return words.paragraph(
            "The stub's own line, raise NotImplementedError, is still in your function: delete "
            "it where your answer begins."
        )
    said = " ".join(line.strip() for line in [line for line in str(error).splitlines() if line.strip()][:2])
    lines = [
        words.paragraph(f"{beginning} {type(error).__name__}: {words.clip(said, 200)}"),
        words.where_raised(error, path),
    ]
    return "\n".join(line for line in lines if line)


def does_not_end(whose, seconds, line=None):
    """A sentence for code that was stopped, with the reader's line that it had reached, if that is known."""
    said = words.paragraph(
        f"{whose} has not ended after {seconds:g} seconds, all checks together, and was stopped: is "
        "there a loop that never stops?" + " It was here:" * bool(line)
    )
    return said + (f"\n{line}" if line else "")
