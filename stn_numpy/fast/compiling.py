"""How a kernel is compiled: kept on disk, announced the first time, safe from several threads and after a fork."""

import functools
import os
import threading
import types
from collections.abc import Callable

import numba
import numpy as np
from numba.core import event
from numba.core.codegen import get_host_cpu_features

from .cache import KernelCache, announce, reported_unreadable

# GNU's OpenMP is quick to start and shares the machine well; the user's own choice, by environment, takes precedence.
if not {"NUMBA_THREADING_LAYER", "NUMBA_THREADING_LAYER_PRIORITY"} & set(os.environ):
    numba.config.THREADING_LAYER_PRIORITY = ["omp", "tbb", "workqueue"]

# With AVX-512 a processor works on 16 numbers at once and fetches them from 16 places. But many rows here hold fewer
# than 16, a remainder that does not fill a vector is processed one by one, and single reads are quicker than gathers. #
# So Numba's compiler uses 8 and no gathers. Here, too, the user's own choice takes precedence.
if numba.config.CPU_NAME is None and numba.config.CPU_FEATURES is None and "+avx512f" in get_host_cpu_features():
    numba.config.CPU_FEATURES = get_host_cpu_features() + ",+prefer-256-bit,+prefer-no-gather"

OPTIONS = {"nogil": True, "error_model": "numpy"}  # other Python threads run meanwhile, and x / 0 is inf as in NumPy
# Only prange loops run in parallel: Numba's search for other candidates takes longer than compiling the loops.
OTHERS = ("comprehension", "reduction", "inplace_binop", "setitem", "numpy", "stencil", "fusion")
PRANGE_ALONE = {"prange": True} | dict.fromkeys(OTHERS, False)


def kernel(function: Callable | None = None, *, parallel: bool = False, least: int = 0, **options) -> Callable:
    """Make a function of arrays and numbers a kernel: Python calls it, Numba compiles it at its first call.

    With `parallel` its `prange` loops are shared among Numba's threads, unless its last argument has fewer elements
    than `least`: on a busy machine, waiting for another thread can take longer than the work. The other options are
    those of `numba.njit`, such as fastmath. Code compiled inside other kernels is a `helper`, not a kernel. Compiled
    code is kept beside the source file or, where that cannot be written, in the user's cache folder (NUMBA_CACHE_DIR
    names another); where neither can, each run compiles again (see `cache`).
    """
    if function is None:
        return functools.partial(kernel, parallel=parallel, least=least, **options)
    run = _compiled(function, parallel=parallel and dict(PRANGE_ALONE), **options)  # a copy: Numba empties the dict
    if not parallel or numba.config.DISABLE_JIT:
        return functools.wraps(function)(lambda *arguments: run(*arguments))
    serial = _compiled(_twin(function), **options)

    @functools.wraps(function)
    def call(*arguments):
        if _state.forked or (least and arguments[-1].size < least):
            return serial(*arguments)
        if _state.layer_takes_threads():
            return run(*arguments)
        with _state.lock:
            return run(*arguments)

    return call


def helper(function: Callable | None = None, **options) -> Callable:
    """Make a function that kernels call; it is compiled as a part of them. Options as in `kernel`."""
    if function is None:
        return functools.partial(helper, **options)
    return numba.njit(**OPTIONS, **options)(function)


def num_threads() -> int:
    """How many threads the next parallel kernel runs on, each with its own scratch. Results do not depend on it."""
    return 1 if _state.forked else numba.get_num_threads()


class _State:
    """Whether this process is a forked child, and whether its Python threads may run kernels at the same time."""

    def __init__(self):
        self.forked, self.lock, self.layer = False, threading.Lock(), None
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=self.after_fork)

    def after_fork(self):
        """GNU's OpenMP ends a child process that uses it after its parent did: here, kernels run on one thread."""
        self.forked, self.lock = True, threading.Lock()

    def layer_takes_threads(self):
        """Whether several Python threads may start parallel kernels at once: Numba's workqueue would abort."""
        if self.layer is None:
            with self.lock:
                numba.get_num_threads()  # starts the layer
                self.layer = numba.threading_layer()
        return self.layer != "workqueue"


_state = _State()
_kernels, _uncached = set(), []


def _compiled(function, **options):
    """The function as Numba will compile it, with a cache on disk where one can be written."""
    dispatcher = numba.njit(**OPTIONS, **options)(function)
    if not numba.config.DISABLE_JIT:
        try:
            dispatcher._cache = KernelCache(function)
        except RuntimeError as error:
            if "cannot cache" not in str(error):
                raise
            _uncached.append(function)
    _kernels.add(dispatcher)
    return dispatcher


def _twin(function):
    """The function under another name, so that Numba's cache keeps the two ways of compiling it apart."""
    twin = types.FunctionType(function.__code__, function.__globals__, function.__name__ + "_serial")
    twin.__qualname__ = function.__qualname__ + "_serial"
    twin.__module__ = function.__module__
    return twin


class _Announcer(event.Listener):
    """Announces once a run that kernels are compiled; those that the cache holds are not compiled again."""

    announced = False

    def on_start(self, event):
        if self.announced or event.data["dispatcher"] not in _kernels:
            return
        self.announced = True
        once = "for this run (no cache folder can be written; NUMBA_CACHE_DIR names one)" if _uncached else "once"
        if not reported_unreadable():
            announce(f"compiling kernels for this machine, {once} (about 20 s in all)")

    def on_end(self, event):
        pass


event.register("numba:compile", _Announcer())


def ready(array: np.ndarray) -> np.ndarray:
    """The array in the layout of all kernels: C order, aligned and writeable, copied only where it is not.

    Numba compiles a kernel again for every other memory layout, and for read-only arrays.
    """
    array = np.asarray(array)
    flags = array.flags
    return array if flags.c_contiguous and flags.writeable and flags.aligned else np.array(array, order="C")
