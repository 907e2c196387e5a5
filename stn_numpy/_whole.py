"""Files that are the old one or the new one, never half of one."""

import contextlib
import os
from pathlib import Path


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
