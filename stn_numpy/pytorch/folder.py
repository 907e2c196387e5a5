"""Training on the user's own tiles: a folder with one folder for each class."""

import hashlib
import sys
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

from ..folder import Folder, read_folder, read_headings, split
from .command import Refusal, check_folder
from .digits import STEPS_A_PIECE, Digits, mixed_seed
from .settings import Settings
from .tiles import A_COPY, COPIES, build_tile_network, centred, mean_colour
from .turned_copies import CongealedClassifier, log_joint, share_entropy

MODELS = ("cnn", "st-cnn")
AUGMENTATIONS = ("turn", "scale", "turn,scale")
SCALED_BY = 0.2  # of the natural logarithm of the scale, the most
CONGEALED_FROM = 2000  # training tiles, at most
LABELLED = 4  # one in so many tiles of a batch has a heading, where headings are known
# Instead of the paper's protocol for digits, one that learns in minutes on a processor.
DEFAULTS = dict(iterations=2000, batch=32, rate=2e-3, optimizer="adamw", schedule="cosine", clip=5.0)


@dataclass(frozen=True)
class FolderSettings(Settings):
    """The settings that determine the numbers of a run on a folder of tiles."""

    folder: str = ""  # its name alone: a run can resume after the folder was moved
    image_shape: tuple = ()  # (C, S, S)
    classes: tuple = ()  # their names
    mean: tuple = ()  # the training tiles' mean colour, C floats
    content: str = ""  # a digest of all tiles, so that no run resumes with others
    background: str | None = None  # as in `read_folder`
    augment: tuple = ()  # "turn", "scale"
    headings: str = ""  # a digest of the headings that are known

    usual = DEFAULTS

    @property
    def name(self) -> str:
        """A file name's beginning."""
        return "-".join(
            [super().name.replace("-None", f"-{self.folder}", 1), *self.augment, *["told"] * bool(self.headings)]
        )

    def facts(self) -> dict:
        """All settings by name, in JSON's types."""
        facts = {name: list(value) if isinstance(value, tuple) else value for name, value in super().facts().items()}
        left_out = ["distortion", "data", *(name for name in ("augment", "headings") if not getattr(self, name))]
        return {name: value for name, value in facts.items() if name not in left_out}

    def build(self, seed):
        """The network with its first weights."""
        return build_tile_network(**self.network_facts(), classes=len(self.classes), rng=seed)

    def network_facts(self) -> dict:
        """The arguments of `build_tile_network` other than classes and rng."""
        more = {}
        if self.model.startswith("st-"):
            more = dict(transform=self.transform, localisation_depth=self.localisation_depth)
        if self.turned_copies:
            size = min(COPIES, self.image_shape[1])
            more = dict(turned_copies=self.turned_copies, size=size, parameters=A_COPY)
        return dict(image_shape=list(self.image_shape), **more)


def settings_for(folder: Folder, path, settings: Settings, background=None, augment=(), headings=None):
    """The settings of a run on a folder, from those of the command's arguments."""
    train, _ = split(folder.labels)
    mean = mean_colour(torch.from_numpy(folder.images[train]).float() / 255)
    content = hashlib.sha256(folder.images.tobytes() + folder.labels.tobytes()).hexdigest()[:16]
    name, shape, classes = Path(path).resolve().name, folder.images.shape[1:], tuple(folder.classes)
    more = dict(folder=name, image_shape=shape, classes=classes, mean=tuple(mean), content=content)
    digest = "" if headings is None else hashlib.sha256(headings.tobytes()).hexdigest()[:16]
    return FolderSettings(**asdict(settings), **more, background=background, augment=tuple(augment), headings=digest)


def open_folder(path, size, settings, device, say=True, out=None, background=None, augment=(), headings=None):
    """The settings and tiles of a folder, for the training command; remarks go to stderr."""
    if settings.model not in MODELS:
        raise Refusal(f"--model: expected one of {', '.join(MODELS)} with --data-folder, got {settings.model!r}", 2)
    if out is not None and Path(out).resolve().is_relative_to(Path(path).resolve()):
        raise Refusal(f"--out: expected a folder outside of --data-folder, where every folder is a class, got {out}", 2)
    check_folder("--data-folder", Path(path), "a folder with one folder for each class")
    try:
        folder = read_folder(path, size, background)
    except ValueError as error:
        raise Refusal(f"--data-folder: {error}", 2) from error
    known = _known_headings(headings, folder, settings)
    if say:
        print("\n".join(folder.remarks), file=sys.stderr)
    settings = settings_for(folder, path, settings, background, augment, known)
    return settings, FolderTiles(folder, settings, device, known)


def _known_headings(path, folder, settings):
    """The headings in the file of ``--headings``, and a remark on them; None without one."""
    if path is None:
        return None
    if not settings.turned_copies:
        raise Refusal("--headings: expected --turned-copies K with it, which learn from them, got none", 2)
    try:
        known = read_headings(path, folder.files)
    except ValueError as error:
        raise Refusal(f"--headings: {error}", 2) from error
    train, _ = split(folder.labels)
    folder.remarks.append(f"headings: {np.isfinite(known).sum()} tiles, {np.isfinite(known[train]).sum()} to train on")
    if not np.isfinite(known[train]).any():
        raise Refusal(f"--headings: expected a heading of a tile to train on, found none in {path}", 2)
    return known


class FolderTiles(Digits):
    """Training tiles that stay on the device, and the test tiles."""

    def __init__(self, folder: Folder, settings: FolderSettings, device: torch.device, headings=None):
        self.settings, self.device = settings, device
        images = centred(torch.from_numpy(folder.images).to(device).float() / 255, dict(mean=settings.mean))
        labels = torch.from_numpy(folder.labels).to(device)
        (self.images, self.labels), self.test = ((images[part], labels[part]) for part in split(folder.labels))
        self.headings = None
        if headings is not None:
            self.headings = torch.from_numpy(headings[split(folder.labels)[0]]).to(device).float()
            self.loss_of = partial(heading_loss, classes=len(settings.classes), entropy=settings.entropy)

    def piece(self, seed, number, part=slice(None)):
        generator = torch.Generator(self.device).manual_seed(mixed_seed(seed, number))
        shape = STEPS_A_PIECE, self.settings.batch
        index = torch.randint(len(self.images), shape, generator=generator, device=self.device)
        if self.headings is not None:
            known = torch.nonzero(self.headings.isfinite()).flatten()
            chosen = torch.randint(len(known), index[:, ::LABELLED].shape, generator=generator, device=self.device)
            index[:, ::LABELLED] = known[chosen]
        images, labels, turned = self.images[index], self.labels[index], 0.0
        if self.settings.augment:
            images, turned = turned_anew(images.flatten(0, 1), self.settings.augment, generator)
            images, turned = images.unflatten(0, shape), turned.unflatten(0, shape)
        if self.headings is not None:
            turns = self.settings.turned_copies
            place = torch.round((self.headings[index] - turned) * turns / 360).remainder(turns)
            labels = labels + len(self.settings.classes) * (1 + place.nan_to_num(-1)).long()
        return images[:, part], labels[:, part]

    def beside(self, network) -> dict:
        """The facts about the network in a finished checkpoint, for `load_tile_network`. A CNN, and turned copies
        that were not given a heading, are congealed, which these include."""
        settings = self.settings
        facts = dict(classes=list(settings.classes), mean=list(settings.mean), background=settings.background)
        facts |= dict(network=settings.network_facts())
        if network.transformer is None or (settings.turned_copies and self.headings is None):
            copies = network if settings.turned_copies else CongealedClassifier(network.network)
            chosen = torch.randperm(len(self.labels), generator=torch.Generator().manual_seed(0))[:CONGEALED_FROM]
            copies.congeal(self.images.cpu()[chosen], self.labels.cpu()[chosen], len(settings.classes))
            facts |= dict(congealed={name: torch.from_numpy(part) for name, part in vars(copies.congealed).items()})
        return dict(tiles=facts)

    def _test_set(self):
        return self.test


def turned_anew(images, augment, generator) -> tuple[torch.Tensor, torch.Tensor]:
    """Square images (N, C, S, S), each turned by any angle, scaled by up to a fifth, or both; beyond its edge a tile is
    mirrored. The angles are in degrees, and are subtracted from the tiles' headings."""
    angle, zoom = torch.rand(2, len(images), generator=generator, device=images.device)
    angle = 2 * torch.pi * angle if "turn" in augment else torch.zeros_like(angle)
    scale = torch.exp(SCALED_BY * (2 * zoom - 1)) if "scale" in augment else torch.ones_like(zoom)
    a, b, none = scale * angle.cos(), scale * angle.sin(), torch.zeros_like(angle)
    theta = torch.stack([a, -b, none, b, a, none], 1).view(-1, 2, 3)
    grid = F.affine_grid(theta, images.shape, align_corners=False)
    return F.grid_sample(images, grid, padding_mode="reflection", align_corners=False), torch.rad2deg(angle)


def heading_loss(model, images, marks, classes, entropy=0.0):
    """The loss of turned copies: minus the log-probability of a tile's class, and of its direction where it is known;
    plus `entropy` times the shares' entropy.

    A mark is the label, and `classes` times one more than the direction's place, or times 0 where it is not known:
    then the directions are summed over.
    """
    logits, scores = model.read(images)
    labels, places = marks % classes, marks // classes - 1
    joint = log_joint(logits, scores)
    of_label = joint.gather(2, labels[:, None, None].expand(-1, joint.shape[1], 1))[..., 0]
    known = of_label.gather(1, places.clamp(min=0)[:, None])[:, 0]
    losses = -torch.where(places < 0, of_label.logsumexp(1), known)
    wrong = joint.detach().logsumexp(1).argmax(1) != labels
    return losses.mean() + entropy * share_entropy(scores).mean(), wrong.float().mean()
