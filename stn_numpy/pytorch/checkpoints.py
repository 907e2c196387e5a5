"""Checkpoints of torch: the old file or the new one, never half of one, and never a damaged one unnoticed."""

import hashlib

import torch

from .weights import read_whole, write_whole


def save_checkpoint(path, content: dict) -> None:
    """Write a checkpoint in the old one's place: tensors, numbers, words, dicts and lists, nothing that runs when read.

    A digest is added, since ``torch.load`` does not notice a wrong bit.
    """
    write_whole(path, content | {"digest": _digest(content)})


def load_checkpoint(path, device="cpu") -> dict:
    """Read a checkpoint and check every bit of it: ValueError if it is damaged, OSError if it cannot be read."""
    try:
        content = read_whole(path, device)
        if content.pop("digest") != _digest(content):
            raise ValueError("its digest is another")
    except (ValueError, KeyError, AttributeError, TypeError) as error:
        raise ValueError(f"checkpoint: {path} is damaged ({error}); delete it to start again") from error
    return content


def check_facts(path, expected: dict, found: dict) -> None:
    """Refuse a file of another run, and say which of its settings differs."""
    for name in sorted(expected | found):
        if expected.get(name) != found.get(name):
            words = f"{name}: expected {expected.get(name)!r}, got {found.get(name)!r}"
            raise ValueError(
                f"{path} belongs to another run ({words}); name another folder, or delete the file to start again"
            )


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
