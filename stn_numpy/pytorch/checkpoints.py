"""Checkpoints of torch: the old file or the new one, never half of one, and never a damaged one unnoticed."""

import hashlib

import torch

from .command import Refusal
from .weights import write_whole


def save(path, content):
    """Write a checkpoint in the old one's place.

    Parameters
    ----------
    path : path
        Its folder is made if need be.
    content : dict
        Tensors, numbers, words, and dicts and lists of them: nothing that runs when it is read. A digest is added,
        since ``torch.load`` does not notice a wrong bit.

    Raises
    ------
    OSError
        If the disk is full or the folder cannot be written; the old file stays as it was.
    """
    write_whole(path, content | {"digest": _digest(content)})


def load(path, device="cpu"):
    """Read a checkpoint and check every bit of it.

    Parameters
    ----------
    path : path
    device : torch.device or str

    Returns
    -------
    dict

    Raises
    ------
    Refusal
        If the file is damaged.
    OSError, torch.OutOfMemoryError
        If it cannot be read, or the device has no room for it.
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
        raise Refusal(f"checkpoint: {path} is damaged ({reason}); delete it to start anew") from error


def check_facts(path, expected, found):
    """Refuse a file of another run, and say what differs.

    Parameters
    ----------
    path : path
    expected, found : dict
        What decides a run's numbers, by name.
    """
    for name in sorted(expected | found):
        if expected.get(name) != found.get(name):
            raise Refusal(f"{path} belongs to another run ({name}: expected {expected.get(name)!r}, got "
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
