"""MNIST's four files: their sources, and the check of every byte."""

import errno
import gzip
import hashlib
import os
import zlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np

MIRRORS = ("https://ossci-datasets.s3.amazonaws.com/mnist/", "https://storage.googleapis.com/cvdf-datasets/mnist/")
DISK_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EROFS)
PLACES = ("", "raw", "MNIST/raw")  # below STN_DATA's folder; the last is torchvision's


@dataclass(frozen=True)
class IdxFile:
    """One of MNIST's four files: its name, the shape it holds, and the SHA-256 of both of its forms."""

    name: str
    shape: tuple
    packed: str  # of the .gz file that the mirrors carry
    content: str  # of the unpacked content


FILES = {
    "train": (
        IdxFile(
            "train-images-idx3-ubyte",
            (60000, 28, 28),
            "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
            "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
        ),
        IdxFile(
            "train-labels-idx1-ubyte",
            (60000,),
            "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
            "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
        ),
    ),
    "test": (
        IdxFile(
            "t10k-images-idx3-ubyte",
            (10000, 28, 28),
            "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
            "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
        ),
        IdxFile(
            "t10k-labels-idx1-ubyte",
            (10000,),
            "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
            "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
        ),
    ),
}


def read_file(file: IdxFile) -> np.ndarray:
    """The array in one of MNIST's files, out of STN_DATA's folder or else downloaded; of uint8 and of file.shape.

    Raises
    ------
    ValueError, OSError
        As in `stn_numpy.digits.load_mnist`.
    """
    folder = os.environ.get("STN_DATA")
    for path in _candidates(file, Path(folder).expanduser()) if folder else [_download(file)]:
        if os.path.isdir(path):
            continue
        try:
            content = path.read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            continue
        except OSError as error:
            raise type(error)(
                f"{path} cannot be read ({error.strerror}); change its permissions, or set STN_DATA to "
                f"another folder with MNIST's four files"
            ) from error
        return _unpack(file, path, content)
    if not os.path.isdir(Path(folder).expanduser()):
        raise FileNotFoundError(
            f"STN_DATA names {folder}, which is not a folder; set it to the folder that "
            f"holds MNIST's four files, or unset it to download them"
        )
    raise FileNotFoundError(
        f"{folder}, which STN_DATA names, holds neither {file.name}.gz nor {file.name}, and no "
        f"MNIST/raw with them; put the file there, or unset STN_DATA to download it"
    )


def _candidates(file, folder):
    names = file.name, file.name.replace("-idx", ".idx")  # the second as some archives spell it
    return [folder / place / f"{name}{ending}" for place in PLACES for name in names for ending in (".gz", "")]


def _download(file):
    """Path of the file in the cache, fetched from the first mirror that delivers it unharmed."""
    import pooch  # here, so that the package loads with NumPy alone

    cache, failures = pooch.os_cache("stn_numpy"), []
    for mirror in MIRRORS:
        try:
            return Path(
                pooch.retrieve(
                    f"{mirror}{file.name}.gz",
                    f"sha256:{file.packed}",
                    fname=f"{file.name}.gz",
                    path=cache,
                    progressbar=True,
                )
            )
        except (OSError, ValueError) as error:  # no network, no such page, another file than expected
            if isinstance(error, PermissionError) or getattr(error, "errno", None) in DISK_FULL:
                raise type(error)(
                    f"{cache}: MNIST's files cannot be kept there ({error.strerror or error}); free some "
                    f"space or change its permissions, or set STN_DATA to a folder that holds them"
                ) from error
            failures.append(f"{mirror}: {type(error).__name__}")
    raise ConnectionError(
        f"{file.name}.gz could not be downloaded ({'; '.join(failures)}); connect to a "
        f"network, or set STN_DATA to a folder with MNIST's four files; the "
        f"embedded digits of load_digits() need no network"
    )


def _unpack(file, path, content):
    """The array in the bytes of an idx file, packed or not, after a check of every byte."""
    remedy = "delete it and run again, or set STN_DATA to a folder with sound copies"
    try:
        if content.startswith(b"\x1f\x8b"):  # not by the name: browsers unpack a file and keep its name
            content = gzip.decompress(content)
    except (OSError, EOFError, zlib.error) as error:
        raise ValueError(f"{path} is damaged or cut short ({error}); {remedy}") from error
    found = hashlib.sha256(content).hexdigest()
    if found != file.content:
        raise ValueError(
            f"{path} is not MNIST's {file.name}, or is cut short: its content has SHA-256 {found[:12]}..., "
            f"expected {file.content[:12]}...; {remedy}"
        )
    header = 4 + 4 * len(file.shape)  # bytes: a magic number, and the length of each axis
    return np.frombuffer(content, np.uint8, offset=header).reshape(file.shape)
