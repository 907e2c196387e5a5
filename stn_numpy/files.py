"""Files that are the old one or the new one, never half of one; and the provenance of results."""

import contextlib
import csv
import io
import json
import math
import os
import platform
import re
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import numpy as np


@contextlib.contextmanager
def whole_file(path):
    """A binary file to write to; at the end it is synced to the disk and replaces the old file of that name.

    Its folder is made if need be. Where writing fails or is interrupted, the old file stays as it was.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")
    try:
        with open(part, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)
    _sync_folder(path.parent)


def _sync_folder(path):
    """Sync a folder's list of files to the disk: a checkpoint is deleted as soon as its result is written."""
    with contextlib.suppress(OSError):  # not every system can; the file itself is written
        folder = os.open(path, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


@contextlib.contextmanager
def locked(path, patience=1.0, keep=False):
    """Hold a lock file, which names its process; others wait for `patience` seconds and then get BlockingIOError.

    The lock is SQLite's, which is the operating system's: it ends with its process, so a file that a killed process has
    left does not lock. Without patience, two processes that start at the same time may both be refused.

    Parameters
    ----------
    path : path
    patience : float
        Seconds.
    keep : bool
        Whether the file stays. It must if holders may never overlap: otherwise a process that waits for a removed file
        and one that creates the file again would both go on.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    with contextlib.closing(sqlite3.connect(path, timeout=patience, isolation_level=None)) as file:
        try:
            file.execute(f"PRAGMA user_version = {os.getpid()}")
            file.execute("BEGIN IMMEDIATE")  # others may read, but not write
        except sqlite3.Error as error:
            if error.sqlite_errorname not in ("SQLITE_BUSY", "SQLITE_READONLY_DBMOVED"):  # the second: just removed
                raise OSError(f"{path}: {error}") from error
            process = file.execute("PRAGMA user_version").fetchone()[0]
            raise BlockingIOError(
                f"{path.with_suffix('')} is in use by process {process}; wait for its end, stop it, "
                "or name another folder"
            ) from error
        try:
            yield
        finally:
            with contextlib.suppress(OSError):  # Windows keeps a file that is open
                if not keep:
                    path.unlink()


def write_json(path, content) -> None:
    """Write a JSON file that is never half there, with lists of numbers on one line each; its folder is made.

    Arrays and tensors become lists; numbers that are not finite, which JSON does not have, become null.
    """
    text = json.dumps(as_json(content), indent=1, allow_nan=False)
    text = re.sub(r'\[\n[^\[\]{}"]*\]', lambda found: " ".join(found.group().split()), text)
    with whole_file(path) as file:
        file.write(f"{text}\n".encode())


def write_csv(path, fields, rows) -> None:
    """Write rows, as dicts, to a CSV file that is never half there; bytes of a name that are not UTF-8 as escapes."""
    table = io.StringIO(newline="")
    writer = csv.DictWriter(table, fields)
    writer.writeheader()
    writer.writerows(rows)
    with whole_file(path) as file:
        file.write(table.getvalue().encode("utf8", "backslashreplace"))


def as_json(value) -> object:
    """The value as it is read back from a JSON file."""
    if hasattr(value, "tolist"):
        return as_json(value.tolist())
    if isinstance(value, dict):
        return {str(name): as_json(one) for name, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [as_json(one) for one in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def provenance(command, commit=None) -> dict:
    """Command, commit, versions, machine and date: the provenance of a result.

    `commit` is what `commit_of_code` returned when the command began; None for the current one.
    """
    found = dict(
        command=command,
        commit=commit or commit_of_code(),
        python=platform.python_version(),
        numpy=np.__version__,
        machine=f"{platform.machine()}, {os.cpu_count()} cores",
        date=time.strftime("%Y-%m-%d"),
    )
    torch = sys.modules.get("torch")  # a result of a process that has not loaded it does not depend on it
    if torch is None:
        return found
    return found | dict(torch=torch.__version__, device=f"cpu: {_processor()}", threads=torch.get_num_threads())


def _processor():
    with contextlib.suppress(OSError, StopIteration):
        with open("/proc/cpuinfo") as file:
            return next(line for line in file if line.startswith("model name")).partition(":")[2].strip()
    return platform.processor() or platform.machine()


def commit_of_code() -> str:
    """The commit of this code, with "-dirty" where files have changed since, results apart; "unknown" without git."""

    def git(*words):
        return subprocess.run(["git", *words], capture_output=True, text=True, cwd=Path(__file__).parent).stdout.strip()

    try:
        commit = git("describe", "--always", "--abbrev=12")
        changed = git("status", "--porcelain", "--untracked-files=no", ":/", ":(top,exclude)book/results")
    except OSError:  # a training machine may have no git
        commit = changed = ""
    return f"{commit}-dirty" if commit and changed else commit or "unknown"
