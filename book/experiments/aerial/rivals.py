"""Chapter 17: ways to read aerial tiles, trained on the same tiles for about the same time, and what they leave."""

import functools
import time
from dataclasses import asdict, dataclass

import numpy as np
import torch
import torch.nn.functional as F

from book.experiments.engine import NO_SERIES, Experiment
from stn_numpy.aerial.tiles import KINDS, SYMMETRIC, aerial_tiles
from stn_numpy.pytorch.command import best_precision
from stn_numpy.pytorch.life import signs_of_life
from stn_numpy.pytorch.tiles import centred, mean_colour, rebuild
from stn_numpy.pytorch.weights import save
from stn_numpy.theta import rotation_angle

SIZE, SEEN = 48, 32  # of a tile, and of what a transformer shows its classifier; pixels
TRAIN, HELD_OUT, TEST, GALLERY = 4000, 1500, 2000, 240  # tiles
SEEDS = dict(train=11, held_out=12, test=13, gallery=14)  # of the tiles, the same for every rival and every seed
BATCH, RATE, CLIP = 32, 2e-3, 5.0
DIRECTIONS = 16


@dataclass(frozen=True)
class Rival:
    """One way to read aerial tiles."""

    transform: str | None  # the family of its transformer
    steps: int  # such that all take about the same time: see `measure_costs`
    augmented: bool = False  # whether every tile is turned and scaled anew each time it is seen
    votes: bool = False  # whether the angle is voted for among `DIRECTIONS`
    told: bool = False  # whether the votes learn from the true heading, and from that alone


RIVALS = {
    "cnn": Rival(None, 1500),
    "cnn-augmented": Rival(None, 1270, augmented=True),
    "st-rotation": Rival("rotation", 1270),
    "st-similarity": Rival("similarity", 1270),
    "st-affine": Rival("affine", 1270),
    "st-votes": Rival("rotation", 1270, votes=True),
    "st-told": Rival("rotation", 1270, votes=True, told=True),
    "st-told-augmented": Rival("rotation", 1080, augmented=True, votes=True, told=True),
}


@functools.lru_cache(maxsize=4)
def tiles_of(part, count):
    """Tiles of one part, as tensors: images from 0 to 1, kinds and true thetas; and their poses."""
    images, pose = aerial_tiles(count, SEEDS[part], SIZE)
    return torch.from_numpy(images), torch.from_numpy(pose.kind), torch.from_numpy(pose.theta).float(), pose


def turned_anew(images, theta, generator):
    """Each tile (B, C, S, S) turned by any angle and scaled by up to a fifth, beyond its edge mirrored; and its new
    true theta (B, 2, 3), from the upright thing to the tile as `AerialPose.theta`."""
    angle, zoom = torch.rand(2, len(images), generator=generator)
    angle, scale = 2 * torch.pi * angle, torch.exp(0.2 * (2 * zoom - 1))
    a, b, none = scale * angle.cos(), scale * angle.sin(), torch.zeros_like(angle)
    turn = torch.stack([a, -b, none, b, a, none], 1).view(-1, 2, 3)
    grid = F.affine_grid(turn, images.shape, align_corners=False)
    images = F.grid_sample(images, grid, padding_mode="reflection", align_corners=False)
    back = torch.linalg.inv(turn[:, :, :2])  # the old tile is read by turn: where a thing was, that undone
    return images, back @ theta


def vote_loss(votes, theta, labels):
    """Cross-entropy of the votes (B, D), before a softmax, with the directions of the true heading, which is the angle
    of theta (B, 2, 3); kinds in `SYMMETRIC` look alike both ways, have no heading and are left out."""
    has_one = torch.ones(len(KINDS), dtype=torch.bool)
    has_one[[KINDS.index(kind) for kind in SYMMETRIC]] = False
    here = has_one[labels]
    heading = torch.atan2(theta[here, 1, 0] - theta[here, 0, 1], theta[here, 0, 0] + theta[here, 1, 1])
    directions = torch.arange(votes.shape[1]) * (2 * torch.pi / votes.shape[1])
    near = torch.softmax(8 * torch.cos(heading[:, None] - directions), 1)  # the nearest direction, and its neighbours
    return F.cross_entropy(votes[here], near)


def new_network(rival, seed):
    """A rival's network with its first weights, and the facts that rebuild it."""
    network = dict(image_shape=[3, SIZE, SIZE], transform=rival.transform, size=SEEN if rival.transform else None,
                   directions=DIRECTIONS if rival.votes else None)
    facts = dict(classes=list(KINDS), network=network)
    return rebuild(facts, rng=seed), facts


class Trainer:
    """Adam with a rate that falls to 0 along a cosine, one step at a time, on centred images, labels and thetas."""

    def __init__(self, rival, network, tiles, seed):
        self.rival, self.network, self.tiles, self.step = rival, network.to(memory_format=torch.channels_last), tiles, 0
        self.optimizer = torch.optim.Adam(network.parameters(), RATE)
        self.generator = torch.Generator().manual_seed(seed)
        self.half = best_precision(torch.device("cpu")) == "bfloat16"

    def __call__(self):
        """Take one step; return the loss of the classes."""
        self.optimizer.param_groups[0]["lr"] = RATE * (1 + np.cos(np.pi * self.step / self.rival.steps)) / 2
        chosen = torch.randint(len(self.tiles[0]), (BATCH,), generator=self.generator)
        images, labels, theta = (part[chosen] for part in self.tiles)
        if self.rival.augmented:
            images, theta = turned_anew(images, theta, self.generator)
        loss, total = self._losses(images.contiguous(memory_format=torch.channels_last), labels, theta)
        self.optimizer.zero_grad()
        total.backward()
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), CLIP)
        self.optimizer.step()
        self.step += 1
        return loss.item()

    def _losses(self, images, labels, theta):
        transformer = self.network.transformer
        with torch.autocast("cpu", torch.bfloat16, enabled=self.half):
            if not self.rival.told:
                loss = F.cross_entropy(self.network(images).float(), labels)
                return loss, loss
            network, compass = transformer.localisation
            votes = network(images).float()
            angle = compass(votes).detach()  # the votes learn from their own loss alone: the two losses pull apart
            logits = self.network.network(transformer.sample(images, angle)).float()
        loss = F.cross_entropy(logits, labels)
        return loss, loss + vote_loss(votes, theta, labels)


def train_rival(rival, seed, context=NO_SERIES):
    """Train one rival for one seed; return the network, what rebuilds it, and the loss in means of 50 steps."""
    images, labels, theta, _ = tiles_of("train", TRAIN)
    network, facts = new_network(rival, seed)
    facts["mean"] = mean_colour(images)
    trainer = Trainer(rival, network, (centred(images, facts), labels, theta), seed)
    losses = [trainer() for _ in context.steps(rival.steps)]
    curve = np.mean(np.reshape(losses[:len(losses) // 50 * 50], (-1, 50)), axis=1)
    return network.eval(), facts, np.round(curve, 4).tolist()


def differences(angles, reference):
    """Degrees from reference to angles, -180 to 180: the short way round."""
    return (np.asarray(angles) - np.asarray(reference) + 180) % 360 - 180


def mean_heading(headings):
    """The mean of headings in degrees, as arrows are added: 359 and 1 have the mean 0."""
    return float(np.degrees(np.angle(np.exp(1j * np.radians(headings)).mean())) % 360)


def heading_errors(left, kinds):
    """How far the headings (N,) of things as the classifier sees them are from their own kind's mean heading, in
    degrees: ``median``, 90 where nothing is aligned, and the shares ``within`` 30, a sixth where nothing is, and
    ``flipped``, beyond 150, over the kinds that have a heading; the medians ``by_kind`` and the ``means`` of all."""
    apart, by_kind, means = [], [], []
    for place, kind in enumerate(KINDS):
        # A kind that is the same both ways is measured by twice its angle, and that halved: 45 is chance.
        own, folds = left[kinds == place], 2 if kind in SYMMETRIC else 1
        mean = mean_heading(folds * own)
        off = abs(differences(folds * own, mean)) / folds
        means.append(round(mean / folds, 1))
        by_kind.append(round(float(np.median(off)), 1))
        if folds == 1:
            apart.append(off)
    apart = np.concatenate(apart)
    within, flipped = (round(float(far.mean()), 4) for far in (apart < 30, apart > 150))
    median = round(float(np.median(apart)), 1)
    return dict(median=median, within=within, flipped=flipped, by_kind=by_kind, means=means)


@torch.no_grad()
def classify(network, images):
    """The kinds that a network takes tiles for, and its thetas (N, 2, 3) or None; batches of 250."""
    parts, transformer = images.split(250), network.transformer
    kinds = torch.cat([network(part).argmax(1) for part in parts])
    theta = torch.cat([transformer.theta(part) for part in parts]).double().numpy() if transformer else None
    return kinds.numpy(), theta


def measure_tiles(network, facts, part, count):
    """Error by class and by scale, and headings, on tiles that no network was trained on."""
    images, kinds, _, pose = tiles_of(part, count)
    found_kinds, theta = classify(network, centred(images, facts))
    wrong = found_kinds != kinds.numpy()
    thirds = np.digitize(pose.scale, np.quantile(pose.scale, [1 / 3, 2 / 3]))
    by_kind = [round(float(wrong[pose.kind == k].mean()), 4) for k in range(len(KINDS))]
    by_scale = [round(float(wrong[thirds == k].mean()), 4) for k in range(3)]
    found = dict(error=float(wrong.mean()), error_by_kind=by_kind, error_by_scale=by_scale)
    if theta is None:
        return found
    zoom = np.log(np.sqrt(abs(np.linalg.det(theta[:, :, :2]))))
    heading = heading_errors(pose.heading - np.degrees(rotation_angle(theta)), pose.kind)
    logs = {"spread_before": np.log(pose.scale), "spread_behind": zoom - np.log(pose.scale)}
    scale = {name: round(float(values.std()), 3) for name, values in logs.items()}
    shifts = {"before": pose.shift, "behind": theta[:, :, 2] - pose.shift}
    shift = {name: round(float(np.sqrt(moved.var(0).sum())) * SIZE / 2, 2) for name, moved in shifts.items()}
    return found | dict(heading=heading, scale=dict(mean=round(float(np.exp(zoom.mean())), 3), **scale), shift=shift)


def gallery_thetas(network, facts):
    """Thetas of the tiles that chapter 17 shows, as whole thousandths; None without a transformer."""
    _, theta = classify(network, centred(tiles_of("gallery", GALLERY)[0], facts))
    return None if theta is None else np.round(1000 * theta.reshape(-1, 6)).astype(int).tolist()


def measure_costs(context=NO_SERIES, rounds=5, steps=20):
    """Processor milliseconds a step of each rival, in turns: the least of some rounds."""
    images, labels, theta, _ = tiles_of("train", 10 * BATCH)
    tiles = centred(images, dict(mean=mean_colour(images))), labels, theta
    trainers = {name: Trainer(rival, new_network(rival, 0)[0], tiles, 0) for name, rival in RIVALS.items()}
    found = {name: [] for name in RIVALS}
    for _ in context.steps(rounds):
        for name, trainer in trainers.items():
            start = time.process_time()
            for _ in range(steps):
                trainer()
            found[name].append((time.process_time() - start) / steps)
    return {name: round(1000 * min(times), 1) for name, times in found.items()}


def describe_data():
    """The tiles, and the headings that they have before any transformer."""
    pose = tiles_of("test", TEST)[3]
    tiles = dict(size=SIZE, seen=SEEN, train=TRAIN, test=TEST, seeds=SEEDS)
    before = heading_errors(pose.heading, pose.kind)
    return dict(kinds=KINDS, tiles=tiles, batch=BATCH, rate=RATE, heading_before=before)


def measure_rival(cell, context):
    """Train and measure one rival for one seed; or what the comparison rests on."""
    if cell["part"] != "rivals":
        return dict(costs=measure_costs(context)) if cell["part"] == "costs" else describe_data()
    rival = Rival(**{name: cell[name] for name in Rival.__dataclass_fields__})
    network, facts, curve = train_rival(rival, cell["seed"], context)
    save(context.folder / f"{cell['name']}-seed{cell['seed']}.pt", network, tiles=facts)  # for --keep and pytorch.align
    found = dict(parameters=network.parameter_count(), test=measure_tiles(network, facts, "test", TEST), curve=curve)
    if network.transformer is not None:
        found["life"] = signs_of_life(network, centred(tiles_of("test", TEST)[0], facts))
    return found | (dict(gallery=gallery_thetas(network, facts)) if cell["seed"] == 0 else {})


RIVAL_CELLS = [dict(part="rivals", name=name, **asdict(rival)) for name, rival in RIVALS.items()]
CELLS = [cell | dict(seed=seed) for seed in range(3) for cell in RIVAL_CELLS]
CELLS += [dict(part="costs"), dict(part="data")]
EXPERIMENT = Experiment("aerial", 17, CELLS, measure_rival)
