"""Chapter 17: 12,000 training digits at any heading, as in RotMNIST, and 10,000 test digits."""

import time
from dataclasses import asdict, dataclass, fields

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

from book.experiments.aerial.arms import log_polar_network, small_convolutions
from book.experiments.engine import Experiment
from book.experiments.measured import thetas
from stn_numpy.pose import circular_deviation, describe_angles
from stn_numpy.pytorch.command import best_precision
from stn_numpy.pytorch.digits import load_split
from stn_numpy.pytorch.grid import quick_affine_grid
from stn_numpy.pytorch.life import signs_of_life
from stn_numpy.pytorch.model import Classifier
from stn_numpy.pytorch.networks import build
from stn_numpy.pytorch.quick import quicken
from stn_numpy.pytorch.steps import parameter_groups, set_rate
from stn_numpy.pytorch.turned_copies import TurnedCopies
from stn_numpy.theta import rotation_angle

TRAIN, TEST, SEEDS = 12_000, 10_000, dict(train=21, test=22)
BATCH, RATE, CLIP, HIDDEN = 32, 2e-3, 5.0, 96


@dataclass(frozen=True)
class Arm:
    """One way to read digits at any heading."""

    reads: str  # "cnn", "turned copies", "rotation" or "log-polar"
    steps: int
    augmented: bool = True  # whether each digit is turned afresh each time it is drawn
    turns: int = 0
    localisation_rate: float = 1.0  # of the localisation network, times the base rate


ARMS = {  # steps such that each takes about 800 to 1,000 processor seconds
    "copies": Arm("turned copies", 6_000, turns=16),
    "cnn-augmented": Arm("cnn", 52_000),
    "log-polar": Arm("log-polar", 25_000),
    "log-polar-slow": Arm("log-polar", 25_000, localisation_rate=0.25),
    "rotation": Arm("rotation", 34_000),
    "rotation-slow": Arm("rotation", 34_000, localisation_rate=0.25),
    "cnn": Arm("cnn", 52_000, augmented=False),
}


def build_arm(arm, seed):
    """An arm's network with its first weights."""
    if arm.reads == "log-polar":
        return log_polar_network((1, 28, 28), 10, (32, 28), seed)
    classifier = small_convolutions((1, 28, 28), 10 + bool(arm.turns), HIDDEN, seed)  # turned copies have a score, too
    if arm.turns:
        return TurnedCopies(classifier, arm.turns)
    rotates = arm.reads == "rotation"
    return Classifier.of(classifier, build("st-cnn", "R", "rotation", rng=seed).transformer if rotates else None)


def turned(images, angles):
    """Digits (N, 1, 28, 28), each turned clockwise by its angle, in radians."""
    cos, sin, none = angles.cos(), angles.sin(), torch.zeros_like(angles)
    theta = torch.stack([cos, sin, none, -sin, cos, none], 1).view(-1, 2, 3)
    return F.grid_sample(images, quick_affine_grid(theta, images.shape), align_corners=False)


def digits_of(part, count):
    """The first digits of a part, upright, with their labels and the angles by which they will be turned."""
    images, labels = load_split("mnist", part)
    generator = torch.Generator().manual_seed(SEEDS[part])
    angles = 2 * torch.pi * torch.rand(count, generator=generator)
    return torch.from_numpy(images[:count]), torch.from_numpy(labels[:count]), angles


def train_arm(arm, seed, context):
    """A trained network, its losses in means of a sixtieth of the steps, and the seconds of its steps."""
    upright, labels, angles = digits_of("train", TRAIN)
    fixed = turned(upright, angles)
    network = quicken(build_arm(arm, seed)).to(memory_format=torch.channels_last)
    optimizer = torch.optim.Adam(parameter_groups(network, arm.localisation_rate))
    generator = torch.Generator().manual_seed(seed)
    losses, start = [], time.process_time()
    for step in context.steps(arm.steps):
        set_rate(optimizer, RATE * (1 + np.cos(np.pi * step / arm.steps)) / 2)
        chosen = torch.randint(TRAIN, (BATCH,), generator=generator)
        again = 2 * torch.pi * torch.rand(BATCH, generator=generator)
        images = turned(upright[chosen], again) if arm.augmented else fixed[chosen]
        with torch.autocast("cpu", torch.bfloat16, enabled=best_precision(torch.device("cpu")) == "bfloat16"):
            loss = F.cross_entropy(network(images).float(), labels[chosen])
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(network.parameters(), CLIP)
        optimizer.step()
        losses.append(loss.item())
    every = max(1, arm.steps // 60)
    curve = np.mean(np.reshape(losses[: len(losses) // every * every], (-1, every)), axis=1)
    return network.eval(), np.round(curve, 4).tolist(), time.process_time() - start


@torch.no_grad()
def measure_cell(cell, context):
    """Train and measure one arm for one seed."""
    arm = Arm(**{field.name: cell[field.name] for field in fields(Arm) if field.name in cell})
    with torch.enable_grad():
        network, curve, seconds = train_arm(arm, cell["seed"], context)
    upright, labels, angles = digits_of("test", TEST)
    images = turned(upright, angles)
    wrong = torch.cat([network(part).argmax(1) for part in images.split(100)]) != labels
    found = dict(error=round(float(wrong.float().mean()), 4), curve=curve, seconds_training=seconds)
    found |= dict(parameters=network.parameter_count())
    if network.transformer is not None:
        found |= dict(life=signs_of_life(network, images[:2000], batch=100))
        if arm.reads != "log-polar":
            found |= angles_after(network, images, labels, angles)
    if isinstance(network, TurnedCopies):
        found |= dict(share=float(network.shares(images[:1000]).amax(1).mean()))
    return found


def angles_after(network, images, labels, angles):
    """The deviation of the digits' angles in degrees, and the description of what remains after the transformer."""
    left = rotation_angle(thetas(network, images, batch=100).double().numpy()) - angles.double().numpy()
    described = describe_angles(left, labels.numpy())
    before = round(float(circular_deviation(angles.double().numpy())), 2)
    return dict(before=before, angles={name: np.round(value, 2).tolist() for name, value in described.items()})


def cell_of(name, seed):
    """The settings of one run; the localisation network's rate only where it is not the others'."""
    settings = asdict(ARMS[name])
    if ARMS[name].localisation_rate == 1:
        del settings["localisation_rate"]
    return dict(name=name, **settings, seed=seed)


CELLS = [cell_of(name, seed) for seed in range(3) for name in ARMS]
EXPERIMENT = Experiment("full_circle", 17, CELLS, measure_cell)
