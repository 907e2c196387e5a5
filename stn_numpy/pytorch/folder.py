"""The reader's own tiles: a folder with one folder for each class, as a network learns from them."""

import hashlib
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

import torch

from ..folder import Folder, read_folder, split
from .command import Refusal, check_folder
from .digits import STEPS_A_PIECE, Digits, mixed_seed
from .settings import Settings
from .tiles import build_tile_network, centred, mean_colour

MODELS = ("cnn", "st-cnn")


@dataclass(frozen=True)
class FolderSettings(Settings):
    """What decides the numbers of a run on a folder of tiles."""

    folder: str = ""  # its name alone: a run goes on where the folder was moved
    image_shape: tuple = ()  # (C, S, S)
    classes: tuple = ()  # their names
    mean: tuple = ()  # the training tiles' mean colour, C floats
    content: str = ""  # a digest of all tiles, so that no run goes on with others
    background: str | None = None  # as in `read_folder`

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
        return build_tile_network(**self._network(), classes=len(self.classes), rng=seed)

    def beside(self) -> dict:
        """What a finished checkpoint says of the network, for `load_tile_network`."""
        facts = dict(classes=list(self.classes), mean=list(self.mean), background=self.background)
        return dict(tiles=facts | dict(network=self._network()))

    def _network(self):
        transformer = dict(transform=self.transform, localisation_depth=self.localisation_depth)
        return dict(image_shape=list(self.image_shape), **transformer if self.model.startswith("st-") else {})


def settings_for(folder: Folder, path, settings: Settings, background=None) -> FolderSettings:
    """The settings of a run on a folder, from those that the command's arguments say."""
    train, _ = split(folder.labels)
    mean = mean_colour(torch.from_numpy(folder.images[train]).float() / 255)
    content = hashlib.sha256(folder.images.tobytes() + folder.labels.tobytes()).hexdigest()[:16]
    name, shape, classes = Path(path).resolve().name, folder.images.shape[1:], tuple(folder.classes)
    more = dict(folder=name, image_shape=shape, classes=classes, mean=tuple(mean), content=content)
    return FolderSettings(**asdict(settings), **more, background=background)


def open_folder(path, size, settings, device, say=True, out=None, background=None):
    """What the training command needs of a folder, settings and tiles; remarks go to stderr."""
    if settings.model not in MODELS:
        raise Refusal(f"--model: expected one of {', '.join(MODELS)} with --data-folder, got {settings.model!r}", 2)
    if out is not None and Path(out).resolve().is_relative_to(Path(path).resolve()):
        raise Refusal(f"--out: expected a folder outside of --data-folder, where every folder is a class, got {out}", 2)
    check_folder("--data-folder", Path(path), "a folder with one folder for each class")
    try:
        folder = read_folder(path, size, background)
    except ValueError as error:
        raise Refusal(f"--data-folder: {error}", 2) from error
    if say:
        print("\n".join(folder.remarks), file=sys.stderr)
    settings = settings_for(folder, path, settings, background)
    return settings, FolderTiles(folder, settings, device)


class FolderTiles(Digits):
    """Training tiles that stay on the device, and the test tiles."""

    def __init__(self, folder: Folder, settings: FolderSettings, device: torch.device):
        self.settings, self.device = settings, device
        images = centred(torch.from_numpy(folder.images).to(device).float() / 255, dict(mean=settings.mean))
        labels = torch.from_numpy(folder.labels).to(device)
        (self.images, self.labels), self.test = ((images[part], labels[part]) for part in split(folder.labels))

    def _piece_of(self, seed, number, part):
        generator = torch.Generator(self.device).manual_seed(mixed_seed(seed, number))
        shape = STEPS_A_PIECE, self.settings.batch
        index = torch.randint(len(self.images), shape, generator=generator, device=self.device)[:, part]
        return self.images[index], self.labels[index]

    def _test_set(self):
        return self.test
