"""A folder of tiles with one folder for each class: read into arrays, split in two, written without a clash."""

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from .pictures import as_array, image_files, opaque, read_squares

TEST_SHARE = 0.2
SPLIT_SEED = 2015  # which tiles are tested on: the same for every network and seed


@dataclass
class Folder:
    """The contents of a folder of tiles."""

    images: np.ndarray  # (N, C, S, S) of uint8: grey if every tile is grey, else in colour
    labels: np.ndarray  # (N,) of int64, indices into the classes
    classes: list  # the folders' names, sorted
    files: list  # of each tile, below the folder
    remarks: list  # which files cannot be read, how others were changed, how many there are


def read_folder(path, size: int, background=None) -> Folder:
    """Read a folder of tiles, one folder for each class; each tile is cut to its middle square, then resized to `size`.

    `background` shows through transparent pixels, as in `stn_numpy.pictures.opaque`. ValueError if there are fewer than
    two classes, or fewer than two tiles of a class that can be read.
    """
    path = Path(path)
    classes = sorted(entry.name for entry in path.iterdir() if entry.is_dir() and not entry.name.startswith("."))
    if len(classes) < 2:
        found = f"one alone, {classes[0]}" if classes else "none"
        raise ValueError(f"expected two folders or more in {path}, one for each class, found {found}")
    label_of = {file: label for label, name in enumerate(classes) for file in image_files(path / name)}
    images, labels, files, remarks, resized = [], [], [], [], 0
    for file, image in read_squares(label_of, path, remarks.append, background):
        image = opaque(image, background)
        images.append(as_array(image, len(image.getbands()), size))  # at once: photos are large
        labels.append(label_of[file])
        files.append(file.relative_to(path).as_posix())
        resized += image.size != (size, size)
    labels = np.array(labels, np.int64)
    counts = np.bincount(labels, minlength=len(classes))
    for name, count in zip(classes, counts):
        if count < 2:
            example = next((f" ({line})" for line in remarks if line.startswith(f"skipped {name}/")), "")
            raise ValueError(
                f"expected two tiles or more of each class, one to train on and one to test on, found "
                f"{count} in {path / name} that can be read{example}"
            )
    shape, sizes = (max(map(len, images)), size, size), (f"{name} {count}" for name, count in zip(classes, counts))
    remarks.append(f"{len(files)} tiles, {'grey' if shape[0] == 1 else 'in colour'}: {', '.join(sizes)}")
    if resized:
        remarks.append(f"{resized} of them had another size: cut to their middle square, resized to {size}x{size}")
    return Folder(np.stack([np.broadcast_to(image, shape) for image in images]), labels, classes, files, remarks)


def read_headings(path, files) -> np.ndarray:
    """The headings in a table, CSV with the columns ``file`` and ``degrees``: (N,), NaN for a tile without one.

    `files` are the tiles', as `read_folder` names them, below its folder. A tile without a row, or with nothing in its
    column, has no heading. ValueError for a missing file, or degrees that are not a number.
    """
    headings, places = np.full(len(files), np.nan), {file: place for place, file in enumerate(files)}
    with open(path, newline="", encoding="utf-8-sig") as file:
        table = csv.DictReader(file)
        if not {"file", "degrees"} <= set(table.fieldnames or ()):
            raise ValueError(f"expected a table with the columns file and degrees, got {table.fieldnames} in {path}")
        for row in table:
            if not (row["degrees"] or "").strip():
                continue
            if row["file"] not in places:
                raise ValueError(
                    f"expected files of the data folder, such as {files[0]}, got {row['file']!r} in {path}"
                )
            try:
                headings[places[row["file"]]] = float(row["degrees"])
            except ValueError:
                words = f"degrees of {row['file']}: expected a number, got {row['degrees']!r} in {path}"
                raise ValueError(words) from None
    if np.isinf(headings).any():
        raise ValueError(f"degrees: expected finite numbers, got an infinite one in {path}")
    return headings


def split(labels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Indices of the tiles to train on and to test on: of each class a fifth, at least one, always the same."""
    rng, test = np.random.default_rng(SPLIT_SEED), []
    for label in np.unique(labels):
        own = rng.permutation(np.flatnonzero(labels == label))
        test.append(own[: max(1, round(TEST_SHARE * len(own)))])
    test = np.sort(np.concatenate(test))
    return np.setdiff1d(np.arange(len(labels)), test), test


def place_for(name: str, places: set) -> str:
    """Where a tile is written: its own name with .png, or that after its whole name if there is another."""
    place = Path(name).with_suffix(".png").as_posix()
    while place.casefold() in places:  # as names count on a Mac and on Windows
        place = name = f"{name}.png"
    places.add(place.casefold())
    return place
