"""A signal from outside, sent to a command that runs in this process."""

import contextlib
import os
import signal
import sys
import threading
import time

import pytest


@contextlib.contextmanager
def signal_when(ready, number, patience=120):
    """Send this process a signal as soon as `ready()` is true; one that is not handled is an error.

    Skips on Windows, which ends a process instead of sending it a signal.
    """
    if sys.platform == "win32":
        pytest.skip("Windows sends no signals")

    def refuse(*_):
        raise AssertionError(f"{signal.Signals(number).name} reached no handler of the command's")

    def send():
        limit = time.monotonic() + patience
        while not ready() and time.monotonic() < limit and not left.is_set():
            time.sleep(0.01)
        if not left.is_set():
            os.kill(os.getpid(), number)

    before, left, sender = signal.signal(number, refuse), threading.Event(), threading.Thread(target=send)
    sender.start()
    try:
        yield
    finally:
        left.set()
        sender.join()
        signal.signal(number, before)
