"""Chapter 16: one transformer that can only turn, at several depths of a small CNN; digits are turned by up to 90°.

The CNN has so few filters that it reads turned digits badly: turning them helps. Trained by chapter 13's recipe.
"""

from functools import cache

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

from book.experiments.engine import NO_SERIES, Experiment
from book.experiments.networks import Watched, settings_from
from book.experiments.scale.recipe import RECIPE
from stn_numpy.digits import load_digits
from stn_numpy.pose import circular_deviation
from stn_numpy.pytorch.distortions import distort
from stn_numpy.pytorch.families import TRANSFORMS
from stn_numpy.pytorch.life import signs_of_life
from stn_numpy.pytorch.localisation import LocalisationNetwork
from stn_numpy.pytorch.settings import Settings
from stn_numpy.pytorch.steps import make_optimizer, set_rate
from stn_numpy.pytorch.transformer import SpatialTransformer
from stn_numpy.theta import rotation_angle

CHANNELS = (1, 4, 8)  # of the image, and after the first and the second convolution
HIDDEN = (32, 32)  # units of a localisation network, as in the paper's FCN


class Placed(nn.Module):
    """Two convolutions and a linear layer, (N, 1, 28, 28) to (N, 10), with a turning transformer after `place` of the
    convolutions, or none for None. Its localisation network is fully connected and reads the transformer's input, or,
    if `shared`, the maps of the classifier's convolutions of the original image, which passes through both twice."""

    def __init__(self, place=0, shared=False):
        super().__init__()
        self.place, self.shared = place, shared
        convolutions = [nn.Conv2d(*pair, 5, padding=2) for pair in zip(CHANNELS, CHANNELS[1:])]
        self.blocks = nn.ModuleList(nn.Sequential(one, nn.ReLU(), nn.MaxPool2d(2)) for one in convolutions)
        self.classifier = nn.Sequential(nn.Flatten(), nn.Linear(CHANNELS[-1] * 7 * 7, 10))
        self.transformer = None if place is None else SpatialTransformer(self._localisation(), "rotation")

    def _localisation(self):
        identity, rng = TRANSFORMS["rotation"].identity, np.random.default_rng(torch.initial_seed())
        place = len(self.blocks) if self.shared else self.place
        shape = (CHANNELS[place], 28 >> place, 28 >> place)
        return LocalisationNetwork(shape, identity, kind="fcn", hidden=HIDDEN, rng=rng)

    def angle(self, image):
        """The angle by which the transformer turns each image: (N, 1) radians, counter-clockwise as seen."""
        seen = image
        for block in self.blocks if self.shared else self.blocks[: self.place]:
            seen = block(seen)
        return self.transformer.localisation(seen)

    def forward(self, image):
        if self.shared:
            image = self.transformer.sample(image, self.angle(image))
        for number, block in enumerate(self.blocks):
            if number == self.place and not self.shared:
                image = self.transformer(image)
            image = block(image)
        if self.place == len(self.blocks):
            image = self.transformer(image)
        return self.classifier(image)


PLACES = {
    "none": dict(place=None),
    "image": dict(place=0),
    "shared": dict(place=0, shared=True),
    "behind one": dict(place=1),
    "behind two": dict(place=2),
}


@cache
def turned_test_digits():
    """The test digits, each turned five times, always in the same way: images, labels, pose."""
    images, labels = (torch.from_numpy(array).repeat_interleave(5, 0) for array in load_digits("test"))
    turned, pose = distort(images, "R", torch.Generator().manual_seed(2015))
    return turned, labels, pose


def train_placed(cell, context=NO_SERIES):
    """Train the network of a cell; return it, and the loss of each step."""
    settings = settings_from(cell | dict(model="cnn", distortion="R", iterations=cell["steps"]), Settings)
    digits, labels = map(torch.from_numpy, load_digits("train"))
    generator, losses = torch.Generator().manual_seed(cell["seed"]), []
    with torch.random.fork_rng([]):
        torch.manual_seed(cell["seed"])
        model = Placed(**PLACES[cell["place"]])
    optimizer = make_optimizer(model, settings, torch.device("cpu"))
    for step in context.steps(settings.iterations):
        chosen = torch.randint(len(digits), (settings.batch,), generator=generator)
        loss = F.cross_entropy(model(distort(digits[chosen], "R", generator)[0]), labels[chosen])
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), settings.clip)
        set_rate(optimizer, settings.rate_at(step))
        optimizer.step()
        losses.append(loss.item())
    return model, losses


@torch.no_grad()
def measure_turns(model, batch=500):
    """The test error; and the circular deviation in degrees of the test digits' angles before the transformer
    (``given``) and after it (``remaining``, None without one)."""
    images, labels, pose = turned_test_digits()
    parts = zip(images.split(batch), labels.split(batch))
    wrong = sum((model(part).argmax(1) != label).sum().item() for part, label in parts)
    remaining, angle = None, pose.angle.double().numpy()
    if model.transformer is not None:
        parameters = torch.cat([model.angle(part) for part in images.split(batch)])
        turn = rotation_angle(TRANSFORMS["rotation"].forward(parameters).double().numpy())
        remaining = round(circular_deviation(angle + turn), 2)
    return dict(error=round(wrong / len(images), 4), given=round(circular_deviation(angle), 2), remaining=remaining)


def measure_place(cell, context):
    """Train one network and measure it; the loss is in means of 50 steps."""
    model, losses = train_placed(cell, context)
    loss = np.reshape(losses[: len(losses) // 50 * 50], (-1, 50)).mean(axis=1)
    count = sum(parameter.numel() for parameter in model.parameters())
    found = dict(**measure_turns(model), parameters=count, loss=np.round(loss, 4))
    if model.transformer is not None:
        images, _, pose = turned_test_digits()
        pose = pose if model.place == 0 else None  # theta describes the picture's pose only where it reads the picture
        found["life"] = signs_of_life(Watched(model, model.transformer.localisation), images, pose)
    return found


HOW = dict(steps=3_000, batch=128, **RECIPE) | dict(rate=0.02)  # at 0.05 some localisation networks fall silent
CELLS = [dict(place=name, **HOW, seed=seed) for seed in range(5) for name in PLACES]
EXPERIMENT = Experiment("depth", 16, CELLS, measure_place)
