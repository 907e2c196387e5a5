"""Files that are the old one or the new one, never half of one; and what made a file of results."""

import contextlib
import json
import os
import platform
import re
import subprocess
import time
from pathlib import Path

import numpy as np


@contextlib.contextmanager
def whole_file(path):
    """A file for bytes, beside the old one; at the end it is brought down to the disk and takes the old one's place.

    Parameters
    ----------
    path : path
        Its folder is made if need be.

    Raises
    ------
    OSError
        If the disk is full or the folder cannot be written; the old file stays as it was.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(path.name + ".part")
    try:
        with open(beside, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.replace(beside, path)
    except OSError:
        beside.unlink(missing_ok=True)
        raise
    _sync_folder(path.parent)


def _sync_folder(path):
    """Bring a folder's list of files down to the disk, since who has a result deletes the checkpoint."""
    with contextlib.suppress(OSError):  # not every system can; the file itself is there
        folder = os.open(path, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def write_json(path, content):
    """Write a JSON file that is never half there, with lists of numbers on one line each.

    Parameters
    ----------
    path : path
        Its folder is made if need be.
    content : dict
    """
    text = re.sub(r'\[\n[^\[\]{}"]*\]', lambda found: " ".join(found.group().split()), json.dumps(content, indent=1))
    with whole_file(path) as file:
        file.write(f"{text}\n".encode())


def provenance(command):
    """What made a results file.

    Parameters
    ----------
    command : str

    Returns
    -------
    dict
        Command, commit, versions, machine and date.
    """
    try:
        commit = subprocess.run(["git", "describe", "--always", "--dirty", "--abbrev=12"], capture_output=True,
                                text=True, cwd=Path(__file__).parent).stdout.strip()
    except OSError:  # a training machine may have no git
        commit = ""
    return dict(command=command, commit=commit or "unknown", python=platform.python_version(),
                numpy=np.__version__, machine=f"{platform.machine()}, {os.cpu_count()} cores",
                date=time.strftime("%Y-%m-%d"))
