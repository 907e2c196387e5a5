"""The checks of the exercises are themselves checked: wrong answers are told apart, right ones pass in any style."""

import ast
import functools
import inspect
import os
import re

import numpy as np
import pytest
from tolerances import assert_agrees

from conftest import IMPLEMENTATIONS, ROOT
from tests.judge import catalogue, judge, searching, sections, stubs
from tests.judge.calling import call, copied, same
from tests.judge.stub import FIELDS
from tests.judge.verdict import expectation

STUBS = stubs()
EXERCISES = {stub.name: catalogue(stub.path.stem) for stub in STUBS}
WRONG = [(exercise, wrong) for exercise in EXERCISES.values() for wrong in exercise.misconceptions]
STYLES = [(exercise, style) for exercise in EXERCISES.values() for style in exercise.styles]
WIDTH, SCREEN = 100, 34
DRAWN = {"train"}  # what comes out of it is drawn at random even before the first step

_verdict = functools.cache(lambda place: judge(WRONG[place][0], WRONG[place][1].function))
NAMES = [f"{exercise.name}-{wrong.function.__name__}" for exercise, wrong in WRONG]
each_wrong = pytest.mark.parametrize("place", range(len(WRONG)), ids=NAMES)
SOLVED = [(exercise, package) for exercise in EXERCISES.values() for package in IMPLEMENTATIONS]

# A reader's own answers are theirs to lay out; in CI there are none, and test_stubs_are_unsolved holds that.
AS_GIVEN = [stub for stub in STUBS if not stub.touched or os.environ.get("CI")]
each_stub = pytest.mark.parametrize("written", [pytest.param(stub, id=stub.name) for stub in AS_GIVEN])
each_exercise = pytest.mark.parametrize("exercise", EXERCISES.values(), ids=EXERCISES)


def test_there_are_enough():
    """What the book promises: exercises in every chapter from 2 on, and mistakes for each."""
    assert len(STUBS) >= 18 and len(WRONG) >= 70
    chapters = {int(path.stem[:2]) for path in (ROOT / "book").glob("[0-9][0-9]_*.md")} - {1}
    assert {stub.chapter for stub in STUBS} == chapters


def test_stubs_and_catalogue_have_the_same_names():
    assert {stub.path.stem for stub in STUBS} == {path.stem for path in (ROOT / "tests/misconceptions").glob("ex*.py")}


@pytest.mark.parametrize("exercise, package", SOLVED, ids=[f"{package}-{solved.name}" for solved, package in SOLVED])
def test_library_answer_passes(exercise, package):
    """The right answer of each implementation, in the stub's place."""
    implementation = IMPLEMENTATIONS[package]
    try:
        solution = exercise.solution(implementation.package)
    except (AttributeError, ModuleNotFoundError):
        assert implementation.partial, f"{implementation.package} has no {exercise.name}"
        pytest.skip(f"{implementation.package} has no {exercise.name}")
    for case in exercise.cases:  # kernels are compiled before the judge looks at its clock
        assert call(solution, case).error is None, case.story
    verdict = judge(exercise, solution)
    assert verdict.status == "right", verdict.message


@each_wrong
def test_wrong_answer_is_called_by_its_name(place):
    verdict, wrong = _verdict(place), WRONG[place][1]
    assert verdict.status == "wrong"
    assert verdict.misconception == wrong.title, verdict.message
    assert " ".join(verdict.message.split()).startswith(f"{wrong.title}: {wrong.correction}")


def in_place(function):
    """The same, writing into every array that comes in, be it in a list or a dictionary."""

    def write(argument):
        if isinstance(argument, np.ndarray) and argument.dtype.kind == "f":
            argument += 1
        elif isinstance(argument, (list, tuple, dict)):
            for one in argument.values() if isinstance(argument, dict) else argument:
                write(one)

    @functools.wraps(function)
    def wrapped(*args, **options):
        out = copied(function(*copied(args), **options))
        write(args)
        return out

    return wrapped


def in_type(dtype):
    """What makes the same of a function, with outputs of a type."""

    def cast(part):
        return part.astype(dtype) if isinstance(part, np.ndarray) and part.dtype.kind in "fiub" else part

    def wrap(function):
        def wrapped(*args, **options):
            out = function(*args, **options)
            return tuple(map(cast, out)) if isinstance(out, (tuple, list)) else cast(out)

        return wrapped

    return wrap


BESIDES = {"in place": in_place, "float32": in_type("float32"), "float64": in_type("float64")}


@pytest.mark.parametrize("besides", BESIDES)
@each_exercise
def test_type_and_arguments_written_into_give_a_mistake_no_other_name(exercise, besides, request):
    """With --every-mistake for all of the catalogue, else for a part of it."""
    kept = 0 if request.config.getoption("every_mistake") else list(BESIDES).index(besides) + 1
    for place, wrong in enumerate(exercise.misconceptions):
        if kept and place % 9 != kept:
            continue
        function = BESIDES[besides](wrong.function)
        found = judge(exercise, function).misconception
        if found not in (wrong.title, None):
            named = next(one for one in exercise.misconceptions if one.title == found)
            outcomes = [call(function, case) for case in exercise.cases]
            assert all(map(all, map(same, outcomes, exercise.outcomes(named)))), (wrong.title, found)


def test_right_answer_in_place_is_named_as_that():
    """A mistake of the catalogue gives the same numbers in the first call, and only there."""
    verdict = judge(EXERCISES["to_pixels"], in_place(EXERCISES["to_pixels"].solution()))
    assert verdict.misconception is None and "your function writes into its argument coordinates" in verdict.message


@pytest.mark.parametrize("exercise, style", STYLES, ids=[f"{e.name}-{s.__name__}" for e, s in STYLES])
def test_right_answer_in_another_style_passes(exercise, style):
    verdict = judge(exercise, style)
    assert verdict.status == "right", verdict.message


@each_wrong
def test_message_is_fit_to_read(place):
    """Within 100 columns, and short enough for a screen, without colour and without a path of this machine."""
    message = _verdict(place).message
    assert max(map(len, message.splitlines())) <= WIDTH, message
    assert message.replace("\n", "").isprintable(), message
    assert len(message.splitlines()) <= SCREEN, message
    assert str(ROOT) not in message


@pytest.mark.skipif(not os.environ.get("CI"), reason="the stubs are the reader's to solve; in CI they must be unsolved")
def test_stubs_are_unsolved():
    assert [stub.name for stub in STUBS if stub.touched] == []


ODD = {
    "nothing": None,
    "a number": 3,
    "a word": "grid",
    "an empty list": [],
    "an empty tuple": (),
    "a dictionary": {},
    "objects": np.array([None, "x"], object),
    "complex": np.ones((2, 2), complex),
    "empty": np.empty((0, 3)),
    "a scalar": np.float32(1),
    "no numbers": np.full((1, 2, 3, 2), np.nan),
    "nested": [[1, 2], [3, [4]]],
    "three": (np.ones(2), None, "x"),
    "a type": int,
    "an iterator": iter([1]),
    "booleans": np.ones((2, 3), bool),
}


@pytest.mark.parametrize("odd", ODD)
@each_exercise
@pytest.mark.slow
def test_judge_never_raises(exercise, odd, monkeypatch):
    """Whatever comes back: a sentence of 100 columns at the most, and no traceback."""
    monkeypatch.setattr(searching, "SECONDS", 0.05 if odd == "no numbers" else 0)
    verdict = judge(exercise, lambda *args, **options: ODD[odd])
    assert verdict.status == "wrong" and not verdict.traceback
    assert max(map(len, verdict.message.splitlines())) <= WIDTH


def changed(part):
    """An output with other numbers; of a tuple, its last array."""
    if isinstance(part, (tuple, list)):
        return (*part[:-1], changed(part[-1]))
    return part * np.asarray(part).dtype.type(1.7) + 3


@pytest.mark.parametrize("later", ["raises", "nothing", "another shape", "too many"])
@each_exercise
@pytest.mark.slow
def test_judge_never_raises_where_only_some_calls_give_numbers(exercise, later, monkeypatch):
    """The last output is wrong in the first call; in the next one something comes that is no output at all."""
    monkeypatch.setattr(searching, "SECONDS", 0)
    calls, right = [], exercise.solution()

    def answer(*args, **options):
        calls.append(args)
        out = right(*args, **options)
        parts = list(out) if isinstance(out, (tuple, list)) else [out]
        if len(calls) == 1:
            empty = isinstance(parts[-1], np.ndarray) and not parts[-1].size
            parts = [changed(part) if empty or part is parts[-1] else part for part in parts]
        elif later == "raises":
            raise ValueError("no")
        elif later == "nothing":
            parts = [None] * len(parts)
        elif later == "another shape":
            parts = [part[:-1] if isinstance(part, (tuple, list)) else np.append(part, 1) for part in parts]
        else:
            parts = [*parts, *parts]
        return tuple(parts) if len(parts) > 1 else parts[0]

    verdict = judge(exercise, answer)
    assert verdict.status == "wrong" and not verdict.traceback
    assert max(map(len, verdict.message.splitlines())) <= WIDTH


@each_exercise
def test_exercise_is_complete(exercise):
    """Three mistakes or more, another style, each mistake corrected in one sentence that the book explains."""
    assert len(exercise.misconceptions) >= 3 and exercise.styles
    named = {(wrong.title, wrong.correction, wrong.section) for wrong in exercise.misconceptions}
    assert len({title for title, *_ in named}) == len(named)  # some have variants
    for wrong in exercise.misconceptions:
        assert wrong.section in sections.labels(), f"no heading of the book is labelled {wrong.section}"
        assert wrong.correction.endswith(".") and not re.search(r"[.!?] [A-Z]", wrong.correction), "one sentence"
        assert len(wrong.title) <= 60 and not wrong.title.endswith(".")


@each_exercise
def test_what_was_worked_out_by_hand_is_what_the_answer_gives(exercise):
    """At least one case is on paper, its outputs small or of few different numbers, and the paper is right."""
    by_hand = [case for case in exercise.cases if case.expected is not None]
    assert exercise.cases[0] in by_hand
    for case in by_hand:
        answer = call(exercise.solution(), case).parts
        for asked, given in zip(expectation(exercise.solution(), case).parts, answer, strict=True):
            assert_agrees(given, asked)
            assert asked.size <= 64 or len(np.unique(asked)) <= 20 or exercise.name in DRAWN


@each_exercise
def test_outputs_are_named(exercise):
    assert len(exercise.gives) == len(call(exercise.solution(), exercise.cases[0]).parts)


@each_stub
def test_stub_repeats_signature_and_docstring(written):
    answer, function = EXERCISES[written.name].solution(), written.function
    said, meant = ast.get_docstring(function), inspect.getdoc(answer)
    if answer.__module__ == "book.by_hand":  # one line there; the stub adds shapes and conventions
        said = said.partition("\n\n")[0]
    assert said == meant
    source = ast.parse(inspect.getsource(answer)).body[0]
    assert ast.unparse(function.args) == ast.unparse(source.args)


@each_stub
def test_stub_says_what_it_asks(written):
    """Chapter, difficulty, size, command, three hints that say more and more; each as the others say it."""
    fields = written.fields
    assert set(fields) == set(FIELDS), f"the header of {written.shown} lacks {set(FIELDS) - set(fields)}"
    path = next((ROOT / "book").glob(f"{written.chapter:02}_*.md"))
    title = re.search(r"^# (.+)$", path.read_text("utf8"), re.MULTILINE)[1]
    assert fields["Chapter"] == f"{written.chapter}, {title}"
    assert re.fullmatch(r"[123] of 3", fields["Difficulty"])
    assert re.fullmatch(r"about \d+ lines?", fields["Size"])
    assert fields["Check"] == f"pytest --ex {written.name}"
    hints = written.hints
    assert len(hints) == 3 and len(set(hints)) == 3 and all(len(hint) > 20 for hint in hints)


@each_stub
def test_size_is_that_of_the_answer(written):
    """The lines of the answer's body are about as many as the stub says; a bug's are those that have to change."""
    body = ast.parse(inspect.getsource(EXERCISES[written.name].solution())).body[0].body[1:]
    lines = sum(ast.unparse(node).count("\n") + 1 for node in body)
    said = int(re.search(r"\d+", written.fields["Size"])[0])
    least = 1 if written.name.startswith("bug_") else lines / 2 - 2
    assert least <= said <= 2 * lines + 8, f"the answer has {lines} lines, the stub says {said}"


@each_stub
def test_stub_gives_no_answer_away(written):
    """numpy and numba alone are imported, and from the program what the answer calls: it is not one import away."""
    for node in ast.walk(written.tree):
        if isinstance(node, ast.ImportFrom) and node.module == "book.by_hand":
            assert not {alias.name for alias in node.names} & {written.name, "*"}
            continue
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        names += [node.module or "."] if isinstance(node, ast.ImportFrom) else []
        assert {name.split(".")[0] for name in names} <= {"numpy", "numba"}
        assert not (isinstance(node, ast.Call) and "import" in ast.unparse(node.func))


@each_stub
def test_chapter_asks_for_it(written):
    """One box in the stub's own chapter, before the library's answer; the program's may open the chapter."""
    text = next((ROOT / "book").glob(f"{written.chapter:02}_*.md")).read_text("utf8")
    box = re.findall(rf"\{{exercise\}} .+, {written.name}\n(?::label: .+\n)?:stub: {written.name}$", text, re.MULTILINE)
    assert len(box) == 1, "a box whose title ends in the function's name, which JupyterLab shows as well"
    listing = rf"^```\{{literalinclude\}} (?!\.\./book/by_hand\.py).+\n(?::.+\n)*?:pyobject: {written.name}$"
    shown = re.search(listing, text, re.MULTILINE)
    assert shown is None or text.index(f":stub: {written.name}") < shown.start()
