"""Files of results: written whole or not at all, and with what made them."""

import json
import os
import platform
import re
import subprocess
import time
from pathlib import Path

import numpy as np

from ._whole import whole_file


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
