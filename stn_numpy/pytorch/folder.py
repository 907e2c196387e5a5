"""The reader's own tiles: a folder with one folder for each class, as a network learns from them."""

import hashlib
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch

from ..pictures import as_array, image_files, opaque, read_squares
from .command import Refusal
from .digits import STEPS_A_PIECE, mixed_seed
from .settings import Settings
from .tiles import build, centred, mean_colour

TEST_SHARE = 0.2
SPLIT_SEED = 2015  # which tiles are tested on: the same for every network and seed
MODELS = ("cnn", "st-cnn")


@dataclass
class Folder:
    """What was found in a folder of tiles.

    Attributes
    ----------
    images : (N, C, S, S) array of uint8
        Grey if every tile is grey, else in colour.
    labels : (N,) array of int64
        Indices into the classes.
    classes : list of str
        The folders' names, sorted.
    files : list of str
        Of each tile, below the folder.
    remarks : list of str
        What the reader should know: files that cannot be read, what was done to others, how many there are.
    """

    images: np.ndarray
    labels: np.ndarray
    classes: list
    files: list
    remarks: list


def read_folder(path, size: int, background=None) -> Folder:
    """Read a folder of tiles, one folder for each class.

    Parameters
    ----------
    path : path
    size : int
        Side in pixels to which every tile is brought: cut to its middle square, then resized.
    background : str or None
        What shows through transparent pixels, as in `stn_numpy.pictures.opaque`.

    Raises
    ------
    ValueError
        If there are fewer than two classes, or fewer than two tiles of a class that can be read.
    """
    path = Path(path)
    classes = sorted(entry.name for entry in path.iterdir() if entry.is_dir() and not entry.name.startswith("."))
    if len(classes) < 2:
        raise ValueError(f"expected two folders or more in {path}, one for each class, found "
                         f"{f'one alone, {classes[0]}' if classes else 'none'}")
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
            raise ValueError(f"expected two tiles or more of each class, one to train on and one to test on, found "
                             f"{count} in {path / name} that can be read{example}")
    shape = max(map(len, images)), size, size
    remarks.append(f"{len(files)} tiles, {'grey' if shape[0] == 1 else 'in colour'}: "
                   + ", ".join(f"{name} {count}" for name, count in zip(classes, counts)))
    if resized:
        remarks.append(f"{resized} of them had another size: cut to their middle square, resized to {size}x{size}")
    return Folder(np.stack([np.broadcast_to(image, shape) for image in images]), labels, classes, files, remarks)


def split(labels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Indices of the tiles to train on and to test on: of each class a fifth, at least one, always the same."""
    rng, test = np.random.default_rng(SPLIT_SEED), []
    for label in np.unique(labels):
        own = rng.permutation(np.flatnonzero(labels == label))
        test.append(own[:max(1, round(TEST_SHARE * len(own)))])
    test = np.sort(np.concatenate(test))
    return np.setdiff1d(np.arange(len(labels)), test), test


@dataclass(frozen=True)
class FolderSettings(Settings):
    """What decides the numbers of a run on a folder of tiles.

    Attributes
    ----------
    folder : str
        Its name alone: a run goes on where the folder was moved.
    image_shape : tuple of (C, S, S)
    classes : tuple of str
    mean : tuple of C floats
        The training tiles' mean colour.
    content : str
        A digest of all tiles, so that no run goes on with others.
    background : str or None
        As in `read_folder`.
    """

    folder: str = ""
    image_shape: tuple = ()
    classes: tuple = ()
    mean: tuple = ()
    content: str = ""
    background: str | None = None

    @property
    def name(self) -> str:
        """A file name's beginning."""
        return super().name.replace("-None", f"-{self.folder}", 1)

    def facts(self) -> dict:
        """All of it by name, in the types that JSON gives back."""
        facts = {name: list(value) if isinstance(value, tuple) else value for name, value in super().facts().items()}
        return {name: value for name, value in facts.items() if name not in ("distortion", "data")}

    def build(self, seed):
        """The network with its first weights."""
        return build(**self._network(), classes=len(self.classes), rng=seed)

    def beside(self) -> dict:
        """What a finished checkpoint says of the network, for `stn_numpy.pytorch.tiles.load`."""
        return dict(tiles=dict(classes=list(self.classes), mean=list(self.mean), background=self.background,
                               network=self._network()))

    def _network(self):
        transformer = dict(transform=self.transform, localisation_depth=self.localisation_depth)
        return dict(image_shape=list(self.image_shape), **transformer if self.model.startswith("st-") else {})


def settings_for(folder: Folder, path, settings: Settings, background=None) -> FolderSettings:
    """The settings of a run on a folder, from those that the command's arguments say."""
    train, _ = split(folder.labels)
    mean = mean_colour(torch.from_numpy(folder.images[train]).float() / 255)
    content = hashlib.sha256(folder.images.tobytes() + folder.labels.tobytes()).hexdigest()[:16]
    return FolderSettings(**asdict(settings), folder=Path(path).resolve().name, image_shape=folder.images.shape[1:],
                          classes=tuple(folder.classes), mean=tuple(mean), content=content, background=background)


def open_folder(path, size, settings, device, say=True, out=None, background=None):
    """What the training command needs of a folder, settings and tiles; remarks go to stderr."""
    if settings.model not in MODELS:
        raise Refusal(f"--model: expected one of {', '.join(MODELS)} with --data-folder, got {settings.model!r}", 2)
    if out is not None and Path(out).resolve().is_relative_to(Path(path).resolve()):
        raise Refusal(f"--out: expected a folder outside of --data-folder, where every folder is a class, got {out}", 2)
    try:
        folder = read_folder(path, size, background)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise Refusal(f"--data-folder: expected a folder with one folder for each class, got {path}, which is "
                      f"{'not there' if isinstance(error, FileNotFoundError) else 'a file'}", 2) from error
    except ValueError as error:
        raise Refusal(f"--data-folder: {error}", 2) from error
    if say:
        print("\n".join(folder.remarks), file=sys.stderr)
    settings = settings_for(folder, path, settings, background)
    return settings, FolderTiles(folder, settings, device)


class FolderTiles:
    """Training tiles that stay on the device, and the test tiles; takes the place of `Digits`."""

    def __init__(self, folder: Folder, settings: FolderSettings, device: torch.device):
        self.settings, self.device = settings, device
        images = centred(torch.from_numpy(folder.images).to(device).float() / 255, dict(mean=settings.mean))
        labels = torch.from_numpy(folder.labels).to(device)
        (self.images, self.labels), self.test = ((images[part], labels[part]) for part in split(folder.labels))
        self.test_count = len(self.test[0])

    def piece(self, seeds, number, part=slice(None)):
        """Several steps' tiles, drawn with replacement; as `Digits.piece`."""
        shape, indices = (STEPS_A_PIECE, self.settings.batch), []
        for seed in seeds:
            generator = torch.Generator(self.device).manual_seed(mixed_seed(seed, number))
            indices.append(torch.randint(len(self.images), shape, generator=generator, device=self.device)[:, part])
        indices = torch.stack(indices)
        return self.images[indices], self.labels[indices]

    def test_batches(self, batch):
        """The test tiles, as pairs of images (B, C, S, S) and labels (B,)."""
        yield from zip(*(part.split(batch) for part in self.test))
