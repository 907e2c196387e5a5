"""Files of results: written whole or not at all, and with what made them."""

import json
import os
import platform
import subprocess
import time
from pathlib import Path

import numpy as np


def write_json(path, content):
    """Write a file that is never half there."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(path.name + ".part")
    beside.write_text(json.dumps(content, indent=1) + "\n")
    os.replace(beside, path)


def provenance(command):
    """What made a results file: command, commit, versions and machine."""
    git = subprocess.run(["git", "describe", "--always", "--dirty", "--abbrev=12"], capture_output=True, text=True,
                         cwd=Path(__file__).parent)
    return dict(command=command, commit=git.stdout.strip() or "unknown", python=platform.python_version(),
                numpy=np.__version__, machine=f"{platform.machine()}, {os.cpu_count()} cores",
                date=time.strftime("%Y-%m-%d"))
