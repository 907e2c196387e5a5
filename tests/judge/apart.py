"""Judging files in a separate process, which ends in time whatever a file does.

A process is needed because code that is stuck in a compiled loop, or that catches every exception, cannot be stopped
from within, and a file runs from its first line as soon as it is loaded. Faulthandler is used because its watchdog is a
thread written in C, which needs neither the interpreter's lock nor signals, so that Linux, macOS and Windows behave
alike. It writes down the line at which the file was, and ends the process; the process that waits for the verdict then
reads the end of a pipe.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from . import words
from .calling import PATIENCE
from .files import without_running
from .sections import ROOT
from .verdict import Verdict, does_not_end


class Bench:
    """Judges one file after another in a second process, which is started when needed, and again if it has ended."""

    def __init__(self, patience=PATIENCE):
        self.patience, self._process = patience, None

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self._end()

    def judge(self, stub):
        """The verdict on one file, and what the file printed."""
        if verdict := without_running(stub):
            return verdict, ""
        if self._process is None or self._process.poll() is not None:
            self._end()
            self._start()
        try:
            self._process.stdin.write(json.dumps([str(stub.path), self.patience]) + "\n")
            self._process.stdin.flush()
            answer = self._process.stdout.readline()
        except OSError:
            answer = ""
        printed = self._printed.read().decode("utf8", "replace").replace("\r\n", "\n")
        verdict = Verdict(**json.loads(answer)) if answer else self._ended(stub)
        return verdict, printed

    def _start(self):
        self._folder = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        printed, self._trace = Path(self._folder.name, "printed"), Path(self._folder.name, "trace")
        paths = [str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
        environment = os.environ | {"PYTHONPATH": os.pathsep.join(paths), "PYTHONIOENCODING": "utf8:backslashreplace"}
        self._trace.touch()
        with open(printed, "wb") as stderr:
            # -P: no imports from the reader's current folder
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", "tests.judge", str(self._trace)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=stderr,
                env=environment,
                text=True,
                encoding="utf8",
            )
        self._printed = open(printed, "rb")

    def _ended(self, stub):
        """The verdict on a file that has ended the process."""
        code, trace = self._process.wait(), self._trace.read_text("utf8", "replace")
        found = re.search(rf'{re.escape(stub.path.name)}", line (\d+)', trace)
        self._end()
        if trace.startswith("Timeout"):
            line = found and words.line(int(found[1]), stub.text.splitlines()[int(found[1]) - 1])
            return Verdict("wrong", does_not_end(stub.shown, self.patience, line))
        return Verdict(
            "wrong",
            words.paragraph(
                f"{stub.shown} ended Python itself (exit code {code}): a crash in "
                "compiled code, not enough memory, or a call of os._exit."
            ),
        )

    def _end(self):
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._printed.close()
            self._folder.cleanup()
        self._process = None
