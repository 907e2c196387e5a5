"""The second process of `apart`: `python -m tests.judge TRACE` judges the files whose paths come in."""

import faulthandler
import json
import os
import sys
import time
from dataclasses import asdict
from pathlib import Path

from . import Stub, judge_stub


class Watchdog:
    """A context manager that ends this process after `seconds`, counted over all times that it is entered."""

    def __init__(self, seconds, trace):
        self.left, self.trace = seconds, trace

    def __enter__(self):
        self.start = time.monotonic()
        faulthandler.dump_traceback_later(max(self.left, 0.01), exit=True, file=self.trace)

    def __exit__(self, *error):
        faulthandler.cancel_dump_traceback_later()
        self.left -= time.monotonic() - self.start


def main():
    """Answer each line of input, a file's path and its time limit in seconds, with a line, the verdict.

    Files print to stderr, and their input is empty, since the pipes are for questions and answers.
    """
    requests = os.fdopen(os.dup(0), encoding="utf8")
    answers = os.fdopen(os.dup(1), "w", encoding="utf8")
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    with open(sys.argv[1], "w") as trace:
        for request in requests:
            path, patience = json.loads(request)
            os.dup2(2, 1)  # again for each file, since the last one may have closed it
            sys.stdout = open(1, "w", encoding="utf8", errors="backslashreplace", buffering=1, closefd=False)
            # The exception comes first, if it can: it leaves a traceback, and this process to go on with
            verdict = judge_stub(Stub(Path(path)), patience, Watchdog(patience + 0.5, trace))
            answers.write(json.dumps(asdict(verdict)) + "\n")
            answers.flush()


if __name__ == "__main__":
    main()
