"""Checkpoints of torch: the old file or the new one, never half of one, and never a damaged one unnoticed."""

import contextlib
import errno
import hashlib
import os
from pathlib import Path

import torch

from .weights import write_whole

HELD = errno.EACCES, errno.EAGAIN, errno.EDEADLK  # what systems answer where another process has the lock


def save_checkpoint(path, content: dict) -> None:
    """Write a checkpoint in the old one's place.

    Parameters
    ----------
    path : path
    content : dict
        Tensors, numbers, words, and dicts and lists of them: nothing that runs when it is read. A digest is added,
        since ``torch.load`` does not notice a wrong bit.
    """
    write_whole(path, content | {"digest": _digest(content)})


def load_checkpoint(path, device="cpu") -> dict:
    """Read a checkpoint and check every bit of it.

    Raises
    ------
    ValueError
        If the file is damaged. One that is missing or may not be read is an OSError.
    """
    try:
        content = torch.load(path, map_location=device, weights_only=True)
        if content.pop("digest") != _digest(content):
            raise ValueError("its digest is another")
        return content
    except (OSError, torch.OutOfMemoryError):  # the file may well be sound
        raise
    except Exception as error:  # a single wrong bit can raise nearly anything
        reason = str(error).strip().partition("\n")[0].partition(". ")[0] or type(error).__name__
        raise ValueError(f"checkpoint: {path} is damaged ({reason}); delete it to start anew") from error


def check_facts(path, expected: dict, found: dict) -> None:
    """Refuse a file of another run, and say what of its settings differs."""
    for name in sorted(expected | found):
        if expected.get(name) != found.get(name):
            raise ValueError(f"{path} belongs to another run ({name}: expected {expected.get(name)!r}, got "
                             f"{found.get(name)!r}); name another folder, or delete the file to start anew")


def _digest(content):
    found = hashlib.sha256()
    _feed(found, content)
    return found.hexdigest()


def _feed(found, content):
    if isinstance(content, torch.Tensor):
        found.update(f"{content.dtype} {tuple(content.shape)}".encode())
        found.update(content.detach().cpu().contiguous().flatten().view(torch.uint8).numpy())
    elif isinstance(content, dict):
        for key, value in content.items():
            found.update(repr(key).encode())
            _feed(found, value)
    elif isinstance(content, (list, tuple)):
        for value in content:
            _feed(found, value)
    else:
        found.update(repr(content).encode())


@contextlib.contextmanager
def locked(path):
    """Hold a lock file, which names this process, while the context lasts.

    The operating system ends the lock with its process, so the file that a killed process has left behind locks
    nothing. Where a file system has no locks, nothing is locked.

    Raises
    ------
    BlockingIOError
        If another process, or another run of this one, holds it.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "a+") as file:
        try:
            _lock(file)
        except OSError as error:
            if error.errno in HELD:
                file.seek(0)
                raise BlockingIOError(f"{path.with_suffix('')} is being trained by process {file.read() or 'unknown'}; "
                                      "wait for its end, stop it, or name another folder") from error
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        try:
            yield
        finally:
            with contextlib.suppress(OSError):  # Windows keeps a file that is open
                path.unlink()


def _lock(file):
    try:
        import fcntl
    except ImportError:  # Windows, which locks a part of a file: one that is not read
        import msvcrt

        file.seek(1 << 30)
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
    else:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
