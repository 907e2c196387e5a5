"""Checkpoints of a run: damaged ones, and those of another run, are refused."""

from .weights import read_whole


def load_checkpoint(path, device="cpu") -> dict:
    """Read a checkpoint that `write_whole` wrote: ValueError if it is damaged, OSError if it cannot be read."""
    try:
        return read_whole(path, device)
    except ValueError as error:
        raise ValueError(f"checkpoint: {path} is damaged ({error}); delete it to start again") from error


def check_facts(path, expected: dict, found: dict) -> None:
    """Refuse a file of another run, and name the setting that differs."""
    for name in sorted(expected | found):
        if expected.get(name) != found.get(name):
            words = f"{name}: expected {expected.get(name)!r}, got {found.get(name)!r}"
            raise ValueError(
                f"{path} belongs to another run ({words}); name another folder, or delete the file to start again"
            )
