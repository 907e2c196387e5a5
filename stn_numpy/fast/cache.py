"""Compiled kernels on disk: Numba's cache, made to survive damage and to notice a changed constant anywhere.

Numba compares the time and size of a kernel's own file. Constants and helpers that it takes from other files are
compiled into it too, so they are compared as well. Numba also trusts what it reads, so each file begins with a
checksum; a file that is damaged or cannot be read or written costs a compilation and one line of output, never an
error.
"""

import hashlib
import pickle
import sys
import types

import numba
import numpy as np
from numba.core.caching import FunctionCache, IndexDataCacheFile

CONSTANTS = (int, float, str, tuple, type, np.generic)
CHECKSUM = 32  # bytes of SHA-256


def announce(line: str) -> None:
    """Print one line where the user sees it and no program mistakes it for output."""
    # In a notebook, text on stderr looks like an error; elsewhere stdout belongs to the program.
    stream = sys.stdout if "ipykernel" in sys.modules else sys.stderr
    print(f"stn_numpy.fast: {line}", file=stream, flush=True)


class KernelCache(FunctionCache):
    """Numba's cache of one kernel, with the constants and helpers that the kernel uses as a part of its stamp."""

    def __init__(self, function):
        super().__init__(function)
        self._complete = False

    def load_overload(self, signature, target_context):
        self._complete_stamp()
        return super().load_overload(signature, target_context)

    def save_overload(self, signature, data):
        self._complete_stamp()
        try:
            super().save_overload(signature, data)
        except OSError as error:  # the folder cannot be made
            _report_unwritable(self.cache_path, error)

    def _complete_stamp(self):
        """Called at the first call, since only then every helper of the kernel's module is defined."""
        if not self._complete:
            stamp = self._impl.locator.get_source_stamp(), fingerprint(self._py_func)
            base = f"{self._impl.filename_base}.numba-{numba.__version__}"
            self._cache_file = _CheckedFiles(self.cache_path, base, stamp)
            self._complete = True


def fingerprint(function: types.FunctionType) -> str:
    """A checksum of a kernel's code and its helpers', and of the constants that they take from their modules."""
    parts, functions = [], [function]
    for function in functions:  # grows as helpers are found
        for code in _codes(function.__code__):
            parts += [code.co_code, repr([c for c in code.co_consts if not isinstance(c, types.CodeType)]).encode()]
            for name in code.co_names:
                value = function.__globals__.get(name)
                value = getattr(value, "py_func", getattr(value, "_defn", value))  # of a helper, of an intrinsic
                if isinstance(value, CONSTANTS):
                    parts.append(f"{name}={value!r}".encode())
                elif isinstance(value, types.FunctionType) and value not in functions:
                    functions.append(value)
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def _codes(code):
    """A function's code, and the code inside it."""
    yield code
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield from _codes(constant)


class _CheckedFiles(IndexDataCacheFile):
    """The files of one kernel: an index from signatures to data files, each with a checksum before its content."""

    def save(self, key, data):
        try:
            super().save(key, (key, data))
        except OSError as error:
            _report_unwritable(self._index_path, error)

    def load(self, key):
        found = super().load(key)
        return found[1] if found and found[0] == key else None  # two processes may have written under one name

    def _load_index(self):
        stamp, overloads = self._read(self._index_path) or (None, {})
        return overloads if stamp == self._source_stamp else {}

    def _save_index(self, overloads):
        self._write(self._index_path, (self._source_stamp, overloads))

    def _load_data(self, name):
        return self._read(self._data_path(name))

    def _save_data(self, name, data):
        self._write(self._data_path(name), data)

    def _read(self, path):
        """The content of a file; None if it is missing or useless."""
        try:
            with open(path, "rb") as file:
                checksum, content = file.read(CHECKSUM), file.read()
            if hashlib.sha256(content).digest() != checksum:
                raise ValueError("it is damaged")
            return pickle.loads(content)
        except FileNotFoundError:
            return None
        except Exception as error:  # unpickling may raise anything; the kernel can be compiled again
            _report_unreadable(path, error)
            return None

    def _write(self, path, value):
        content = self._dump(value)
        with self._open_for_write(path) as file:
            file.write(hashlib.sha256(content).digest() + content)


_reported = set()


def _report_unreadable(path, error):
    _report_once(
        "read", f"the kernels' cache {path} cannot be read ({_reason(error)}): compiling again (about 20 s in all)"
    )


def _report_unwritable(path, error):
    _report_once(
        "written", f"the kernels' cache {path} cannot be written ({_reason(error)}): compiling for this run alone"
    )


def _reason(error):
    return getattr(error, "strerror", None) or str(error) or type(error).__name__


def _report_once(kind, line):
    """One line a run for each kind of problem: the other kernels' files are likely to be in the same state."""
    if kind not in _reported:
        _reported.add(kind)
        announce(line)


def reported_unreadable() -> bool:
    """Whether the user has already been informed that kernels are compiled."""
    return "read" in _reported
