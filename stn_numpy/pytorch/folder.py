"""The reader's own tiles: a folder with one folder a class, read whatever their format, colours and size."""

import hashlib
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch

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
    labels : (N,) array of int64
        Indices into the classes.
    classes : list of str
        The folders' names, sorted.
    files : list of str
        Of each tile, below the folder.
    skipped : list of (str, str)
        Files that could not be read, and why.
    resized : int
        How many had another size.
    """

    images: np.ndarray
    labels: np.ndarray
    classes: list
    files: list
    skipped: list
    resized: int


def pillow():
    """Pillow, which reads the common formats; imported where it is used.

    Raises
    ------
    Refusal
        If it is missing.
    """
    try:
        from PIL import Image, ImageOps
    except ImportError as error:
        raise Refusal("reading image files needs Pillow, which comes with matplotlib: pip install pillow") from error
    return Image, ImageOps


def read_square(path):
    """Read one image file, turned as its camera says, and cut to its middle square.

    Parameters
    ----------
    path : path

    Returns
    -------
    PIL Image
        Of mode "L" (grey) or "RGB".

    Raises
    ------
    ValueError
        If it is no image, or a damaged one; the message is the reason alone.
    Refusal
        If Pillow is missing.
    """
    image_module, operations = pillow()
    try:
        with image_module.open(path) as opened:
            image = operations.exif_transpose(opened)
            image.load()
    except Exception as error:  # formats fail in as many ways as there are formats
        raise ValueError(_reason(error)) from error
    if image.mode.startswith("I"):  # 16 bits
        image = image_module.fromarray((np.asarray(image, np.float64) / 257).clip(0, 255).astype(np.uint8))
    elif image.mode == "F":
        raise ValueError("has floating-point pixels, expected whole numbers of 8 or 16 bits")
    image = image.convert("L" if image.mode in ("1", "L", "LA") else "RGB")
    width, height = image.size
    side = min(width, height)
    left, top = (width - side) // 2, (height - side) // 2
    return image if width == height else image.crop((left, top, left + side, top + side))


def _reason(error):
    if type(error).__name__ == "UnidentifiedImageError":
        return "not an image that Pillow knows"
    return " ".join(str(error).split()) or type(error).__name__


def as_array(image, channels, size=None):
    """(C, S, S) uint8 of a square Pillow image, grey or in colour as asked, at its own size or another."""
    image = image.convert("L" if channels == 1 else "RGB")
    if size is not None and image.size != (size, size):
        image = image.resize((size, size), pillow()[0].Resampling.BILINEAR)  # averages where it shrinks
    array = np.asarray(image)
    return array[None] if channels == 1 else array.transpose(2, 0, 1)


def read_folder(path, size):
    """Read a folder of tiles, one folder a class.

    Parameters
    ----------
    path : path
    size : int
        Side in pixels to which every tile is brought: cut to its middle square, then resized.

    Returns
    -------
    Folder
        Grey if every tile is grey, else in colour.

    Raises
    ------
    Refusal
        If there is no folder, fewer than two classes, or a class with fewer than two tiles that can be read.
    """
    path = Path(path)
    if not path.is_dir():
        raise Refusal(f"--data-folder: expected a folder with one folder a class, got {path}, which is "
                      f"{'a file' if path.exists() else 'not there'}", 2)
    classes = sorted(entry.name for entry in path.iterdir() if entry.is_dir() and not entry.name.startswith("."))
    if len(classes) < 2:
        found = f"one alone, {classes[0]}" if classes else "none"
        raise Refusal(f"--data-folder: expected two folders or more in {path}, one for each class, found {found}", 2)
    images, labels, files, skipped, resized = [], [], [], [], 0
    for label, name in enumerate(classes):
        before = len(images)
        for file in image_files(path / name):
            try:
                image = read_square(file)
            except ValueError as error:
                skipped.append((str(file.relative_to(path)), str(error)))
            else:
                images.append(as_array(image, len(image.getbands()), size))  # at once: photos are large
                resized += image.size != (size, size)
                labels.append(label)
                files.append(str(file.relative_to(path)))
        if len(images) - before < 2:
            raise Refusal(f"--data-folder: expected two tiles or more of each class, one to train on and one to test "
                          f"on, found {len(images) - before} in {path / name} that can be read{_first(skipped)}")
    shape = max(map(len, images)), size, size
    return Folder(np.stack([np.broadcast_to(image, shape) for image in images]), np.array(labels), classes, files,
                  skipped, resized)


def image_files(path):
    """The files of a folder and of the folders in it, sorted, hidden ones left out."""
    return sorted(file for file in Path(path).rglob("*")
                  if file.is_file() and not any(part.startswith(".") for part in file.relative_to(path).parts))


def _first(skipped):
    return f" ({skipped[0][0]}: {skipped[0][1]})" if skipped else ""


def told(folder, size):
    """What the reader should know of how a folder was read: lines."""
    lines = [f"skipped {name}: {reason}" for name, reason in folder.skipped]
    counts = np.bincount(folder.labels, minlength=len(folder.classes))
    named = ", ".join(f"{name} {count}" for name, count in zip(folder.classes, counts))
    kind = "grey" if folder.images.shape[1] == 1 else "in colour"
    lines.append(f"{len(folder.files)} tiles, {kind}: {named}")
    if folder.resized:
        lines.append(f"{folder.resized} of them had another size: cut to their middle square, resized to {size}x{size}")
    return lines


def split(labels):
    """Which tiles are trained on and which are tested on: a fifth of each class, at least one, drawn by a fixed seed.

    Parameters
    ----------
    labels : (N,) array of ints

    Returns
    -------
    train, test : arrays of indices
    """
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
    """

    folder: str = ""
    image_shape: tuple = ()
    classes: tuple = ()
    mean: tuple = ()
    content: str = ""

    @property
    def name(self):
        """A file name's beginning."""
        return super().name.replace("-None", f"-{self.folder}", 1)

    def facts(self):
        """All of it by name, in the types that JSON gives back."""
        facts = {name: list(value) if isinstance(value, tuple) else value for name, value in super().facts().items()}
        return {name: value for name, value in facts.items() if name not in ("distortion", "data")}

    def build(self, seed):
        """The network with its first weights."""
        return build(**self._network(), classes=len(self.classes), rng=seed)

    def beside(self):
        """What a finished checkpoint says of the network, for `stn_numpy.pytorch.tiles.load`."""
        return dict(tiles=dict(classes=list(self.classes), mean=list(self.mean), network=self._network()))

    def _network(self):
        behind = dict(transform=self.transform, localisation_depth=self.localisation_depth)
        return dict(image_shape=list(self.image_shape), **behind if self.model.startswith("st-") else {})


def settings_for(folder, path, settings):
    """The settings of a run on a folder, from those that the command's arguments say."""
    if settings.model not in MODELS:
        raise Refusal(f"--model: expected one of {', '.join(MODELS)} with --data-folder, got {settings.model!r}", 2)
    train, _ = split(folder.labels)
    mean = mean_colour(torch.from_numpy(folder.images[train]).float() / 255)
    content = hashlib.sha256(folder.images.tobytes() + folder.labels.tobytes()).hexdigest()[:16]
    return FolderSettings(**asdict(settings), folder=Path(path).resolve().name, image_shape=folder.images.shape[1:],
                          classes=tuple(folder.classes), mean=tuple(mean), content=content)


def open_folder(path, size, settings, device, say=True):
    """What the training command needs of a folder: settings and tiles; what was found goes to stderr."""
    folder = read_folder(path, size)
    if say:
        print("\n".join(told(folder, size)), file=sys.stderr)
    settings = settings_for(folder, path, settings)
    return settings, FolderTiles(folder, settings, device)


class FolderTiles:
    """Training tiles that stay on the device, and the test tiles; in the place of `Digits`.

    Parameters
    ----------
    folder : Folder
    settings : FolderSettings
    device : torch.device
    """

    def __init__(self, folder, settings, device):
        self.settings, self.device = settings, device
        images = centred(torch.from_numpy(folder.images).to(device).float() / 255, dict(mean=settings.mean))
        labels = torch.from_numpy(folder.labels).to(device)
        (self.images, self.labels), self.test = ((images[part], labels[part]) for part in split(folder.labels))
        self.test_count = len(self.test[0])

    def piece(self, seeds, number, part=slice(None)):
        """Several steps' tiles, drawn with replacement; as `Digits.piece`."""
        shape, chosen = (STEPS_A_PIECE, self.settings.batch), []
        for seed in seeds:
            generator = torch.Generator(self.device).manual_seed(mixed_seed(seed, number))
            chosen.append(torch.randint(len(self.images), shape, generator=generator, device=self.device)[:, part])
        chosen = torch.stack(chosen)
        return self.images[chosen], self.labels[chosen]

    def test_batches(self, batch):
        """The test tiles, as pairs of images (B, C, S, S) and labels (B,)."""
        yield from zip(*(part.split(batch) for part in self.test))
