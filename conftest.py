"""Pytest's options for the reader, in every folder of the repository: `--ex` and `--progress`."""

import math
import os
import re
import sys
from pathlib import Path

import pytest

from tests.judge import Bench, clip, judge_stub, paragraph, select, stubs

ROOT = Path(__file__).resolve().parent
CHOSEN = pytest.StashKey()  # the stubs that this run judges
PRAISE = pytest.StashKey()  # the judge's verdicts on right answers, for the end of a run with --ex


def pytest_addoption(parser):
    group = parser.getgroup("exercises")
    group.addoption(
        "--ex",
        metavar="WHICH",
        help="judge your answers alone: a chapter (4), its topic (sampler), an exercise (bilinear_weights) or its file",
    )
    group.addoption("--progress", action="store_true", help="print a table of the exercises: untouched, wrong, right")
    group.addoption("--exercises", metavar="FOLDER", help="read your answers there, not in book/exercises (with =)")


def _chosen(config):
    folder, word = config.getoption("exercises"), config.getoption("ex")
    # The shell expands --ex ex03* to several arguments, of which the option takes the first
    more = [argument for argument in config.args if re.fullmatch(r"ex\d\d_\w+\.py", Path(argument).name)]
    try:
        return stubs(folder) if word is None else [stub for one in (word, *more) for stub in select(one, folder)]
    except ValueError as error:
        raise pytest.UsageError(str(error)) from None


@pytest.hookimpl(tryfirst=True)
def pytest_cmdline_main(config):
    """Stop at an unknown name; with --ex, load only the answers; with --progress, run no test."""
    config.stash[CHOSEN], config.stash[PRAISE] = _chosen(config), []
    if config.getoption("progress"):
        return _print_progress(config.stash[CHOSEN])
    if config.getoption("ex") is not None:
        config.args = [str(ROOT / "tests/test_exercises.py")]
    return None


def _print_progress(chosen):
    states = []
    _say("chapter  exercise                  difficulty  state")
    with Bench() as bench:
        for stub in chosen:
            verdict = bench.judge(stub)[0]
            why = f": {verdict.misconception or verdict.message.partition(chr(10))[0]}" * (verdict.status == "wrong")
            difficulty = stub.fields.get("Difficulty", "")
            _say(clip(f"{stub.chapter:7}  {stub.name:24}  {difficulty:10}  {verdict.status}{why}"))
            states.append(verdict.status)
    _say(
        paragraph(
            f"{states.count('right')} right, {states.count('wrong')} wrong, "
            f"{states.count('untouched')} untouched, of {len(states)}."
        )
    )
    return 0


def _say(line):
    """Print a line, with question marks for characters that the terminal's encoding lacks."""
    encoding = sys.stdout.encoding or "utf8"
    print(line.encode(encoding, "replace").decode(encoding), flush=True)


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config):
    if config.getoption("ex") and config.pluginmanager.has_plugin("hypothesispytest"):
        config.pluginmanager.unregister(name="hypothesispytest")  # saves a second: verdicts do not need it


def pytest_xdist_auto_num_workers(config):
    """Two workers for the whole suite; none for a part of it, which ends before a second worker has started."""
    whole = config.args_source is not pytest.Config.ArgsSource.ARGS
    part = config.getoption("ex") or config.getoption("progress") or config.getoption("keyword") or not whole
    return 0 if part or config.option.collectonly else min(2, os.cpu_count() or 1)


def pytest_generate_tests(metafunc):
    if "stub" in metafunc.fixturenames:
        metafunc.parametrize("stub", metafunc.config.stash[CHOSEN], ids=lambda stub: stub.name)


@pytest.fixture(scope="session")
def verdict_on(request):
    """The function that judges a file: in a second process, but in this one where the reader debugs the file here."""
    config = request.config
    with Bench() as bench:

        def judged(stub):
            if config.option.usepdb or config.option.trace or re.search(r"\b(breakpoint|set_trace)\(", stub.text):
                verdict = judge_stub(stub, patience=math.inf)
            else:
                verdict, printed = bench.judge(stub)
                print(printed, end="")
            if verdict.status == "right" and config.getoption("ex"):
                config.stash[PRAISE].append(verdict.message)
            return verdict

        yield judged


def pytest_terminal_summary(terminalreporter, config):
    for message in config.stash[PRAISE]:
        terminalreporter.write_line(message)
