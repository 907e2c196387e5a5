"""Shared by all tests: the implementations under test, and Hypothesis' way of drawing examples."""

import contextlib
import gc
import importlib
import os
import sys
from pathlib import Path

# pytest has a worker for each core already. A thread that waits for the next piece of work must not spin meanwhile: it
# would take the core from another worker. To be set before NumPy, Numba and torch are loaded, which read it then.
os.environ.setdefault("OMP_WAIT_POLICY", "passive")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import pytest
from browser import browser  # noqa: F401  a fixture
from visits import PAGES, begin

import stn_numpy

ROOT = Path(__file__).resolve().parents[1]


class Implementation:
    """One implementation of the contract: `implementation.grid_sample` is its package's function of this name.

    A partial implementation skips the tests of the operations that it lacks; a whole one fails them.
    """

    def __init__(self, package, partial=False):
        self.package, self.partial = package, partial

    def __getattr__(self, name):
        package = importlib.import_module(self.package)
        found = getattr(package, name, None)
        if self.partial and not callable(found) and hasattr(stn_numpy, name):  # a module may have the name
            pytest.skip(f"{self.package} has no {name}")
        return getattr(package, name)


IMPLEMENTATIONS = {"numpy": Implementation("stn_numpy"), "numba": Implementation("stn_numpy.fast", partial=True)}
if os.environ.get("STN_CUDA"):  # a separate run, started by tests/test_cuda.py: Numba simulates a GPU or has one
    IMPLEMENTATIONS = {"cuda": Implementation("stn_numpy.cuda", partial=True)}


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


@pytest.fixture(scope="session", autouse=True)
def visits(request, tmp_path_factory):
    """The folder of the visits to the built pages, which begin before the first test if any test asks for them."""
    parallel = hasattr(request.config, "workerinput")
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if parallel else base) / "visits"
    if PAGES and any("visited" in item.fixturenames for item in request.session.items):
        folder.mkdir(exist_ok=True)
        with contextlib.suppress(FileExistsError), open(folder / "begun", "x"):
            begin(folder, os.getppid() if parallel else os.getpid(), PAGES)
    return folder


def pytest_addoption(parser):
    parser.addoption("--every-mistake", action="store_true", help="try all of the catalogue where a part is the rule")


def pytest_itemcollected(item):
    if {"browser", "visited"} & set(item.fixturenames):
        item.add_marker(pytest.mark.slow)


# The files that take longest, which workers begin with: the last ones to run are short, and no worker is idle for long
LONGEST = (
    "test_misconceptions",
    "test_pytorch_train",
    "test_fast_safety",
    "test_explore",
    "test_judge",
    "test_families",
    "test_experiments_more_than_one",
    "test_contract",
    "test_experiments_training",
    "test_experiments_scale",
    "test_experiments_debugging",
    "test_sampler_safety",
    "test_sampler",
)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items):
    places = {name: place for place, name in enumerate(LONGEST)}
    last = {"test_book": len(places) + 1}  # it waits for `visits`, which run meanwhile
    items.sort(key=lambda item: (places | last).get(item.path.stem, len(places)))


def pytest_collection_finish(session):
    """Exclude all objects loaded so far from garbage collection."""
    gc.enable()
    gc.freeze()


def pytest_runtest_setup():
    """Torch on one thread: the two share a library for threads, in which Numba's kernels set their own number."""
    if "torch" in sys.modules:
        sys.modules["torch"].set_num_threads(1)


def _draw_the_same_examples():
    """The same on every run, so that a red test stays red. `--hypothesis-profile thorough` draws new ones.

    Where it checks every index, `make fuzz` draws more, with profile fuzz.
    """
    from hypothesis import HealthCheck, settings

    quiet = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow]}
    settings.register_profile("suite", derandomize=True, max_examples=15, **quiet)
    settings.register_profile("fuzz", derandomize=True, max_examples=60, **quiet)
    settings.register_profile("thorough", max_examples=300, **quiet)
    settings.load_profile("suite")


@pytest.hookimpl(tryfirst=True)  # before Hypothesis looks for the requested profile
def pytest_configure(config):
    gc.disable()  # until all tests are collected: millions of objects, none of which is freed
    if not config.getoption("ex"):
        _draw_the_same_examples()
