"""Shared by the commands: one line for an error, and a stop that saves first."""

import argparse
import contextlib
import errno
import signal
import sys
from pathlib import Path

FULL = errno.ENOSPC, errno.EFBIG, errno.EDQUOT


class Refusal(Exception):
    """An error that the user can correct: one line, no traceback; exit code 2 for a wrong argument, else 1."""

    def __init__(self, message, code=1):
        super().__init__(message, code)
        self.message, self.code = message, code


class Parser(argparse.ArgumentParser):
    """Reports a wrong argument in one line; descriptions keep their line breaks."""

    def __init__(self, **options):
        super().__init__(**dict(allow_abbrev=False, formatter_class=argparse.RawDescriptionHelpFormatter) | options)

    def error(self, message):
        self.exit(2, f"{self.prog.rpartition('.')[2]}: {message}; --help explains\n")


def check_folder(argument: str, path: Path, words: str = "a folder") -> None:
    """Refuse an argument that does not name a folder."""
    if not path.is_dir():
        found = "a file" if path.exists() else "not there"
        raise Refusal(f"{argument}: expected {words}, got {path}, which is {found}", 2)


@contextlib.contextmanager
def plain_errors(command: str, rank: int = 0):
    """Turn errors that the user can correct into one line on stderr, which begins with `command`, and an exit code.

    `rank` is that of this process, where several work together: an error common to all is reported by the first alone.
    """
    shared = True
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # not in a notebook
            stream.reconfigure(errors="backslashreplace")  # a name that the terminal cannot show must not end a command
    try:
        yield
    except Refusal as error:
        message, code = error.message, error.code
    except (ValueError, ImportError) as error:  # of the library's loaders
        message, code = str(error), 1
    except KeyboardInterrupt:
        message, code = "stopped; only what was saved is kept", 130
    except OSError as error:
        remedy = "; free some space and run the same command again" if error.errno in FULL else ""
        prefix = f"{error.filename}: " if error.filename else ""
        message, code, shared = f"{prefix}{error.strerror or error}{remedy}", 1, False
    except RuntimeError as error:
        if type(error).__name__ != "OutOfMemoryError":  # torch's, which only its users have loaded
            raise
        message, code, shared = "the device is out of memory; a smaller --batch needs less", 1, False
    else:
        return
    if rank == 0 or not shared:
        prefix = f"{command}: rank {rank}" if rank else command
        print(f"{prefix}: {' '.join(message.split())}", file=sys.stderr)
    raise SystemExit(code)


class Stop:
    """A context in which SIGINT (Ctrl-C) and SIGTERM request a stop instead of ending the program.

    A second SIGINT ends it at once, unless `patient`: torchrun forwards the one that the terminal has sent already.
    """

    def __init__(self, patient=False):
        self.patient, self.requested = patient, False

    def __enter__(self):
        self.before = {number: signal.signal(number, self._request) for number in (signal.SIGINT, signal.SIGTERM)}
        return self

    def __exit__(self, *_):
        for number, handler in self.before.items():
            signal.signal(number, handler)

    def __call__(self) -> bool:
        return self.requested

    def _request(self, number, _):
        if self.requested and number == signal.SIGINT and not self.patient:
            raise KeyboardInterrupt
        self.requested = True
