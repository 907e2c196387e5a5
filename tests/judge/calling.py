"""Calling a reader's function on a case, whatever it does, and comparing two outcomes."""

import contextlib
import copy
import ctypes
import inspect
import signal
import threading
import time
import warnings
from dataclasses import dataclass, field

import numpy as np

PATIENCE = 20  # seconds in all for an answer: its file's own lines, compiling, every case
UNWATCHED = contextlib.nullcontext()
RELATIVE = {np.dtype(np.float64): 1e-9, np.dtype(np.float32): 3e-5}


@dataclass
class Outcome:
    """The outcome of a call: the outputs, or the error; and the arguments that it wrote into, in their new state.

    Outputs in nested tuples or lists are laid out in one row; `nested` keeps their structure.
    """

    parts: tuple = ()
    many: str = ""  # "tuple" or "list" where one was returned, even of length one
    error: BaseException | None = None
    changed: dict = field(default_factory=dict)
    written: tuple = ()  # which arguments were written into
    shared: tuple = ()  # which outputs lie in the memory of an argument
    relative: bool = False  # whether each number is compared by its own size
    nested: str = ""  # such as "o(oo)" for one output and two inside a tuple; empty where none is inside

    def __post_init__(self):
        if any(map(_holds_arrays, self.parts)):
            self.nested = nesting(self.parts)
            self.parts = tuple(_laid_out(self.parts))


class Late(TimeoutError):
    """The time is over before the end."""


class Clock:
    """The seconds that an answer has in all."""

    def __init__(self, seconds=PATIENCE):
        self.seconds, self.end = seconds, time.monotonic() + seconds

    def limit(self):
        """A context manager in which Late is raised when the time is over."""
        return time_limit(self.end - time.monotonic())


def call_all(function, cases, right, clock):
    """Call a function on every case, while there is time."""
    given = []
    for case, expected in zip(cases, right, strict=True):
        try:
            with clock.limit():
                given.append(call(function, case, expected.parts))
        except Late as error:
            given.append(Outcome(error=error))
    return given


def call(function, case, expected=()):
    """Call a function on copies of the case's arguments; it has no effect but its outcome.

    Where `expected` outputs are given, the memory that `np.empty` will reuse for such ones is filled with NaN: numbers
    that were never written must not look right because they were right the last time.
    """
    args, options = copied(case.args), copied(case.options)
    for part in map(np.asarray, expected):
        spoilt = [np.full(part.shape, np.nan, part.dtype) for _ in range(8) if part.dtype.kind == "f"]
        del spoilt
    with silence():
        try:
            result = function(*args, **options)
        except (Exception, SystemExit) as error:
            return Outcome(error=error)
    many = type(result).__name__ if isinstance(result, (tuple, list)) else ""
    parts = tuple(result) if many else (result,)
    shared = tuple(k for k, part in enumerate(parts) if _lies_in(part, (args, options)))
    written = tuple(k for k, (now, then) in enumerate(zip(args, case.args)) if not unchanged(now, then))
    changed = {_name(function, k): args[k] for k in written}
    return Outcome(parts, many, None, changed, written, shared, case.relative)


def call_for_outputs(function, case):
    """Call one of the judge's own functions, of which there are thousands, without checking its arguments
    afterwards."""
    try:
        result = function(*copied(case.args), **copied(case.options))
    except (Exception, SystemExit) as error:
        if isinstance(error, Late):
            raise
        return Outcome(error=error)
    many = type(result).__name__ if isinstance(result, (tuple, list)) else ""
    return Outcome(tuple(result) if many else (result,), many, relative=case.relative)


@contextlib.contextmanager
def silence():
    """No warnings, neither Python's nor NumPy's."""
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        yield


@contextlib.contextmanager
def time_limit(seconds):
    """Raise Late in code that runs too long.

    By an alarm where the system has one, which ends a sleep as well. On Windows, and in other threads than the first, a
    second thread sets the exception in this one, where it arises before the next instruction of Python. Neither ends a
    loop in compiled code or one that catches every exception: files are judged in a process of their own (`apart`).
    """
    if seconds <= 0:
        raise Late
    elif seconds == np.inf:
        yield
    elif hasattr(signal, "SIGALRM") and threading.current_thread() is threading.main_thread():
        with _alarm(seconds):
            yield
    else:
        with _exception_from_outside(seconds):
            yield


@contextlib.contextmanager
def _alarm(seconds):
    def stop(number, frame):
        raise Late

    before, start = signal.signal(signal.SIGALRM, stop), time.monotonic()
    around = signal.setitimer(signal.ITIMER_REAL, seconds)[0]  # what is left of a limit around this one
    if around and around < seconds:
        signal.setitimer(signal.ITIMER_REAL, around)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, around and max(around - (time.monotonic() - start), 1e-6))
        signal.signal(signal.SIGALRM, before)


@contextlib.contextmanager
def _exception_from_outside(seconds):
    here, set_in = ctypes.c_ulong(threading.get_ident()), ctypes.pythonapi.PyThreadState_SetAsyncExc
    timer = threading.Timer(seconds, set_in, (here, ctypes.py_object(Late)))
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        timer.join()  # an exception that is set and has not arisen yet does so here, at the latest


def bindable(function, case):
    """Whether a function can be called with the case's arguments."""
    try:
        inspect.signature(function).bind(*case.args, **case.options)
    except TypeError:
        return False
    except ValueError:  # a callable without a readable signature: the call will show
        return True
    return True


def argument_names(function, case):
    """The names of the case's positional arguments."""
    return list(inspect.signature(function).parameters)[: len(case.args)]


def _name(function, place):
    """The name of a function's positional argument at a place."""
    try:
        parameters = list(inspect.signature(function).parameters.values())[: place + 1]
    except (TypeError, ValueError):
        parameters = []
    plain = len(parameters) > place and all(one.kind is not one.VAR_POSITIONAL for one in parameters)
    return parameters[place].name if plain else f"number {place + 1}"


def copied(argument):
    """An argument with new arrays in it."""
    if isinstance(argument, np.ndarray):
        return argument.copy()
    if isinstance(argument, dict):
        return {key: copied(value) for key, value in argument.items()}
    if isinstance(argument, np.random.Generator):  # each call draws the same numbers
        return copy.deepcopy(argument)
    return type(argument)(map(copied, argument)) if isinstance(argument, (tuple, list)) else argument


def _lies_in(part, arguments):
    """Whether an output shares its memory with an argument, or with anything inside it."""
    if isinstance(arguments, np.ndarray):
        return isinstance(part, np.ndarray) and np.may_share_memory(part, arguments)
    inside = arguments.values() if isinstance(arguments, dict) else arguments
    return isinstance(arguments, (dict, tuple, list)) and any(_lies_in(part, one) for one in inside)


def unchanged(now, then):
    """Whether an argument, and everything inside it, is unchanged."""
    if isinstance(then, np.ndarray):
        return isinstance(now, np.ndarray) and now.shape == then.shape and np.array_equal(now, then, equal_nan=True)
    if isinstance(then, dict):
        return list(now) == list(then) and all(unchanged(now[key], then[key]) for key in then)
    if isinstance(then, (tuple, list)):
        return len(now) == len(then) and all(map(unchanged, now, then))
    return callable(then) or isinstance(then, np.random.Generator) or bool(now == then)


def numbers(part):
    """Whether an output is an array or a number of a floating type that can be compared."""
    return isinstance(part, (np.ndarray, np.generic, float, int)) and np.asarray(part).dtype.kind in "fiub"


def close(given, expected, relative=False):
    """Whether an output has the shape and the numbers of another, up to rounding."""
    if not numbers(given) or not numbers(expected) or np.shape(given) != np.shape(expected):
        return False
    given, expected = np.asarray(given), np.asarray(expected)
    rounding = max(RELATIVE.get(given.dtype, 1e-9), RELATIVE.get(expected.dtype, 1e-9))
    if relative:
        return bool(np.allclose(given, expected, rtol=rounding, atol=0, equal_nan=True))
    largest = np.max(np.abs(expected), where=np.isfinite(expected), initial=1.0)
    return bool(np.allclose(given, expected, rtol=0, atol=rounding * largest, equal_nan=True))


def same_type(given, expected):
    """Whether an output is of the type that was asked for; a single number may be Python's or NumPy's."""
    if np.ndim(expected) == 0:
        return np.ndim(given) == 0
    return isinstance(given, np.ndarray) and given.dtype == expected.dtype


def same(one, other, strict=True):
    """For each part of two outcomes, whether they are the same; one entry alone where they are not comparable.

    Not strictly, the types of the numbers and the arguments written into may differ.
    """
    if one.error is not None or other.error is not None:
        return [
            one.error is not None
            and other.error is not None
            and type(one.error) is type(other.error)
            and str(one.error) == str(other.error)
        ]
    if _shape(one) != _shape(other) or strict and one.written != other.written:
        return [False]
    return [
        close(a, b, other.relative) and (not strict or same_type(a, np.asarray(b)))
        for a, b in zip(one.parts, other.parts)
    ]


def _shape(outcome):
    """The number of outputs, and their structure; a tuple of one differs from one alone."""
    return len(outcome.parts), bool(outcome.many), outcome.nested


def _holds_arrays(part):
    """Whether an output is a tuple or a list with arrays in it, and not one of numbers."""
    return isinstance(part, (tuple, list)) and any(isinstance(one, np.ndarray) or _holds_arrays(one) for one in part)


def nesting(parts):
    """The structure of outputs: "o(oo)" for one output and two inside a tuple."""
    return "".join(f"({nesting(part)})" if _holds_arrays(part) else "o" for part in parts)


def _laid_out(parts):
    """All outputs in one row."""
    for part in parts:
        yield from _laid_out(part) if _holds_arrays(part) else [part]
