"""What every test shares: the implementations under test, the reader's options, how Hypothesis draws examples."""

import contextlib
import gc
import importlib
import io
import os
import sys
from pathlib import Path

import pytest
from browser import browser  # noqa: F401  a fixture
from judge import clip, judge_stub, paragraph, select, stubs

import stn_numpy

ROOT = Path(__file__).resolve().parents[1]


class Implementation:
    """One implementation of the contract: `implementation.grid_sample` is what its package offers by this name.

    A partial implementation skips the tests of the operations that it lacks; a whole one fails them.
    """

    def __init__(self, package, partial=False):
        self.package, self.partial = package, partial

    def __getattr__(self, name):
        package = importlib.import_module(self.package)
        if self.partial and not hasattr(package, name) and hasattr(stn_numpy, name):
            pytest.skip(f"{self.package} has no {name}")
        return getattr(package, name)


IMPLEMENTATIONS = {"numpy": Implementation("stn_numpy"), "numba": Implementation("stn_numpy.fast", partial=True)}


@pytest.fixture(scope="session", params=IMPLEMENTATIONS)
def implementation(request):
    """Each implementation in turn; every test of an operation takes its functions from here."""
    return IMPLEMENTATIONS[request.param]


@pytest.fixture(scope="session", params=["float32", "float64"])
def dtype(request):
    """Each float type in turn."""
    return request.param


@pytest.fixture(scope="session", params=[False, True], ids=["edges", "corners"])
def align_corners(request):
    """What -1 and 1 mean: the outer edges of the outer pixels (False), or their centres (True)."""
    return request.param


@pytest.fixture(scope="session", params=["bilinear", "nearest", "bicubic"])
def mode(request):
    """Each kind of interpolation in turn."""
    return request.param


@pytest.fixture(scope="session", params=["zeros", "border", "reflection"])
def padding_mode(request):
    """Each kind of padding in turn."""
    return request.param


def pytest_addoption(parser):
    """The reader's options."""
    group = parser.getgroup("exercises")
    group.addoption("--ex", metavar="WHICH", help="judge your answers alone: a chapter (4), its topic (sampler) or an "
                    "exercise (bilinear_weights)")
    group.addoption("--progress", action="store_true", help="print a table of the exercises: untouched, wrong, right")
    group.addoption("--exercises", metavar="FOLDER", help="read your answers there, not in book/exercises (with =)")


def _wanted(config):
    """The stubs that this run judges."""
    folder, word = config.getoption("exercises"), config.getoption("ex")
    try:
        return select(word, folder) if word is not None else stubs(folder)
    except ValueError as error:
        raise pytest.UsageError(str(error)) from None


def pytest_ignore_collect(collection_path, config):
    """With --ex, nothing but the reader's answers is loaded."""
    if config.getoption("ex") is not None and collection_path.suffix == ".py":
        return collection_path.name != "test_exercises.py" or None
    return None


def pytest_generate_tests(metafunc):
    if "stub" in metafunc.fixturenames:
        metafunc.parametrize("stub", _wanted(metafunc.config), ids=lambda stub: stub.name)


def pytest_collection_finish(session):
    """Torch on one thread, once the modules that compare with it have loaded it; what is loaded is no garbage."""
    gc.enable()
    gc.freeze()
    if "torch" in sys.modules:
        sys.modules["torch"].set_num_threads(1)


def pytest_xdist_auto_num_workers(config):
    """Two workers for the whole suite; none for a part of it, which is done before a second worker has started."""
    whole = config.args_source is not pytest.Config.ArgsSource.ARGS
    part = config.getoption("ex") or config.getoption("progress") or config.getoption("keyword") or not whole
    return 0 if part or config.option.collectonly else min(2, os.cpu_count() or 1)


def _draw_the_same_examples():
    """The same on every run, so that a red test stays red. `--hypothesis-profile thorough` draws new ones.

    `make fuzz` draws more, with profile fuzz.
    """
    from hypothesis import HealthCheck, settings

    quiet = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow]}
    settings.register_profile("suite", derandomize=True, max_examples=15, **quiet)
    settings.register_profile("fuzz", derandomize=True, max_examples=60, **quiet)
    settings.register_profile("thorough", max_examples=300, **quiet)
    settings.load_profile("suite")


@pytest.hookimpl(tryfirst=True)     # before Hypothesis looks for the profile that was asked for
def pytest_configure(config):
    gc.disable()            # until all tests are collected: millions of objects, and none of them goes
    config.praise = []      # what the judge says of right answers, for the end of a run with --ex
    _wanted(config)         # a name that means nothing stops the run here
    plugins = config.pluginmanager
    if not config.getoption("ex"):
        _draw_the_same_examples()
    elif plugins.has_plugin("hypothesispytest"):    # who waits for a verdict draws no examples: that is a second saved
        plugins.unregister(name="hypothesispytest")


def pytest_terminal_summary(terminalreporter, config):
    for message in config.praise:
        terminalreporter.write_line(message)


def pytest_cmdline_main(config):
    """Print the table of --progress instead of running anything."""
    if not config.getoption("progress"):
        return None
    rows = []
    for stub in _wanted(config):
        with contextlib.redirect_stdout(io.StringIO()):     # what answers print is theirs
            rows.append((stub, judge_stub(stub)))
    print("chapter  exercise                  difficulty  state")
    for stub, verdict in rows:
        why = f": {verdict.misconception or verdict.message.partition(chr(10))[0]}" * (verdict.status == "wrong")
        difficulty = stub.fields().get("Difficulty", "")
        print(clip(f"{stub.chapter:7}  {stub.name:24}  {difficulty:10}  {verdict.status}{why}"))
    states = [verdict.status for _, verdict in rows]
    print(paragraph(f"{states.count('right')} right, {states.count('wrong')} wrong, "
                    f"{states.count('untouched')} untouched, of {len(rows)}."))
    return 0
