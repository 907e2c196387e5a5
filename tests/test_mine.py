"""The reader's own functions in the program: all of them, some, wrong ones, and such as fail in training alone."""

import inspect
import subprocess
import sys
import textwrap

import pytest

from book import by_hand
from book.exercises import mine, yours
from conftest import ROOT
from tests.judge import catalogue, stubs

STUBS = {stub.name: stub for stub in stubs() if hasattr(by_hand, stub.name)}
TOTAL = sum(len(inspect.getsource(getattr(by_hand, name)).strip().splitlines()) for name in STUBS)
LINE = 'raise NotImplementedError("your answer goes here")'


def given(folder, name):
    """The stub as the book gives it, in a reader's folder."""
    path = folder / STUBS[name].path.name
    path.write_text(STUBS[name].path.read_text("utf8"), "utf8")
    return path


def write(folder, name, body):
    """The stub with a body in its place, and the names of the program that the stub imports."""
    path = given(folder, name)
    text = path.read_text("utf8")
    assert LINE in text, f"the stub of {name} is solved: this test needs it as it was"
    path.write_text(text.replace(f"    {LINE}\n", textwrap.indent(textwrap.dedent(body), "    ")), "utf8")
    return path


def programs_own(name):
    """The lines of the program's function below its docstring, and what they call where the stub imports nothing."""
    calls = [one for one in STUBS if one != name and f"{one}(" in inspect.getsource(getattr(by_hand, name))]
    needed = f"from book.by_hand import {', '.join(calls)}\n" if calls else ""
    return needed + textwrap.dedent("".join(inspect.getsource(getattr(by_hand, name)).splitlines(True)[2:]))


def said(capfd, *arguments, **options):
    """The exit code and what was printed, in one line."""
    code = mine.main(*arguments, **options)
    return code, " ".join(capfd.readouterr().out.split())


@pytest.fixture(autouse=True)
def programs_stay(monkeypatch):
    monkeypatch.setitem(sys.modules, "book.by_hand", by_hand)


def test_whoever_has_solved_all_has_written_the_program(tmp_path, capfd):
    """With the program's own lines in the stubs: every line is the reader's, and no digit differs."""
    for name in STUBS:
        write(tmp_path, name, programs_own(name))
    code, printed = said(capfd, tmp_path, steps=12, brief=True)
    assert f"[{'#' * mine.WIDTH}] {TOTAL} of {TOTAL} lines are yours" in printed, printed
    assert code == 0 and "The losses of all 12 steps are the original's, to the last digit." in printed, printed


def test_the_books_solutions_differ_by_rounding_at_most(tmp_path, capfd):
    for name, stub in STUBS.items():
        answer = catalogue(stub.path.stem).solution()
        if answer.__module__ == "book.by_hand":
            write(tmp_path, name, programs_own(name))
        else:
            (tmp_path / stub.path.name).write_text(f"from {answer.__module__} import {name}\n", "utf8")
    code, printed = said(capfd, tmp_path, steps=20, brief=True)
    assert code == 0 and f"{TOTAL} of {TOTAL} lines are yours" in printed, printed
    assert "to the last digit" in printed or "only by rounding" in printed, printed


def test_the_readers_functions_see_one_another(tmp_path):
    """Whether the reader's functions or the program's call them; under another name as well."""
    calls = tmp_path / "calls"
    write(
        tmp_path,
        "transform",
        programs_own("transform").replace("import affine_grid, grid_sample", "import affine_grid"),
    )
    path = tmp_path / STUBS["transform"].path.name
    path.write_text("from book.by_hand import grid_sample as read\n" + path.read_text("utf8").replace(
        "return grid_sample(", "return read("), "utf8")  # fmt: skip
    write(tmp_path, "grid_sample", f"open({str(calls)!r}, 'a').write('called ')\n" + programs_own("grid_sample"))
    program = mine.assembled({name: str(tmp_path / STUBS[name].path.name) for name in ("transform", "grid_sample")})
    (images, _), weights = program.digits("test"), program.first_weights(by_hand.np.random.default_rng(0))
    canvas, _ = program.scatter(images[:3], by_hand.np.random.default_rng(0))
    assert calls.read_text() == "called "
    program.transform(canvas, weights[:4])
    assert calls.read_text() == "called called " and by_hand.transform is not program.transform


def test_untouched_stubs_are_skipped(tmp_path, capfd):
    for name in STUBS:
        (tmp_path / STUBS[name].path.name).write_text(f'def {name}():\n    """Meaning."""\n    {LINE}\n', "utf8")
    code, printed = said(capfd, tmp_path)
    assert code == 0 and f"0 of {TOTAL} lines are yours" in printed and "Begin with" in printed
    assert printed.count("not begun") == len(STUBS) and "losses" not in printed


def test_a_wrong_answer_is_named_and_the_programs_is_used(tmp_path, capfd):
    write(tmp_path, "network", "return inputs @ weights[0].T @ weights[2].T\n")
    write(tmp_path, "shrink", "import os\nos._exit(3)\n")
    write(tmp_path, "look_at", programs_own("look_at"))
    code, printed = said(capfd, tmp_path, steps=3, brief=True)
    assert code == 1 and "Not right yet, so the program's own network is used" in printed
    assert "Neither bias is added" in printed or "ReLU is missing" in printed, printed
    assert "ex05_shrink.py ended Python itself (exit code 3)" in printed
    assert f" 3 of {TOTAL} lines are yours" in printed and "to the last digit" in printed


IN_TRAINING = "if len(inputs) == 64 and len(weights[3]) == 10:\n    {}\n"


@pytest.mark.parametrize("line, expected", [
    ("return undefined_name", "Your network raised NameError: name 'undefined_name' is not defined line "),
    ("while True: pass", "has not ended after 3 seconds, and was stopped. It was in your network: line "),
    ("__import__('os')._exit(3)", "Your functions have ended Python itself (exit code 3)"),
    ("weights = (*weights[:3], weights[3] + np.arange(10, dtype='float32'))",
     "by more than rounding can: in step 1 "),
], ids=["raises", "endless", "ends Python", "wrong"])  # fmt: skip
def test_what_fails_in_training_alone_is_shown(tmp_path, capfd, monkeypatch, line, expected):
    """The judge's cases are smaller than the program's batches."""
    monkeypatch.setattr(mine, "PATIENCE", 3 if "while" in line else 60)
    write(tmp_path, "network", IN_TRAINING.format(line) + programs_own("network"))
    write(tmp_path, "shrink", programs_own("shrink"))
    code, printed = said(capfd, tmp_path, steps=3, brief=True)
    assert code == 1 and expected in printed, printed
    assert line in printed or "stopped" not in printed and "raised" not in printed
    assert ("Your network alone causes such a difference." in printed) == ("more than" in printed)
    assert "Your shrink, alone" not in printed


def test_slow_functions_take_fewer_steps(tmp_path, capfd):
    write(tmp_path, "shrink", "import time\ntime.sleep(0.1)\n" + programs_own("shrink"))
    code, printed = said(capfd, tmp_path, steps=1000, seconds=2, brief=True)
    steps = int(printed.split(" steps. ")[0].split()[-1])
    assert code == 0 and 2 <= steps < 20 and f"The losses of all {steps} steps are the original's" in printed


def test_yours_prints_the_same_in_short_and_leaves_the_program_alone(tmp_path, capfd):
    write(tmp_path, "shrink", programs_own("shrink"))
    assert yours(steps=2, folder=tmp_path) is None
    printed = capfd.readouterr().out
    assert f"3 of {TOTAL} lines are yours" in printed and "to the last digit" in printed
    assert len(printed.strip().splitlines()) == 3 and by_hand.shrink.__module__ == "book.by_hand"


def test_report_of_a_whole_run(tmp_path, capfd, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write(tmp_path, "pose_left", programs_own("pose_left"))
    code, printed = said(capfd, tmp_path, steps=2)
    assert code == 0 and "10 pose_left " in printed and "yours" in printed
    assert "% wrong; standard deviation of place" in printed and (tmp_path / "by_hand.png").is_file()


@pytest.mark.skipif(any(stub.touched for stub in STUBS.values()), reason="the stubs are the reader's, who has begun")
def test_command_runs_in_any_folder(tmp_path):
    done = subprocess.run(
        [sys.executable, str(ROOT / "book/by_hand.py"), "--mine"], cwd=tmp_path, capture_output=True, text=True
    )
    assert done.returncode == 0 and not done.stderr and f"0 of {TOTAL} lines are yours" in done.stdout


@pytest.mark.parametrize("apart, right", [(0, True), (5e-5, True), (3e-4, False), (float("nan"), False)])
def test_what_counts_as_rounding(apart, right):
    expected = by_hand.np.full((30, 2), 2.0)
    losses = expected.copy()
    losses[4:, 1] *= 1 + apart
    sentence, found = mine.compared(losses, expected)
    assert found == right and ("From step 5 on" in sentence) == (apart != 0)


def test_rounding_may_grow_after_the_first_steps():
    expected = by_hand.np.full((300, 2), 2.0)
    losses = expected.copy()
    losses[5:] *= 1 + 1e-6
    losses[200:] *= 1.05
    sentence, right = mine.compared(losses, expected)
    assert right and "by 1e-06 of a loss at most in the first 10 steps" in " ".join(sentence.split())
