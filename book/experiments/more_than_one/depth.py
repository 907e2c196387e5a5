"""A transformer at several depths of a network: ``python -m book.experiments.more_than_one.depth``."""

import argparse
import json
import sys
import time
from functools import cache
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

from stn_numpy.digits import load_digits
from stn_numpy.files import write_json
from stn_numpy.pose import circular_deviation
from stn_numpy.pytorch.arguments import whole
from stn_numpy.pytorch.command import Parser, plain_errors
from stn_numpy.pytorch.distortions import distort
from stn_numpy.pytorch.families import TRANSFORMS
from stn_numpy.pytorch.localisation import LocalisationNetwork, identity_layer
from stn_numpy.pytorch.run import made_by
from stn_numpy.pytorch.transformer import SpatialTransformer
from stn_numpy.theta import rotation_angle

PROGRAM = "python -m book.experiments.more_than_one.depth"
STEPS, BATCH, RATE = 800, 64, 1e-3
CHANNELS = (1, 16, 32)  # of the image, and behind the first and the second convolution

DESCRIPTION = """\
Digits turned by up to a quarter turn either way, and a small CNN with one transformer that can only turn: before the
first convolution, behind it, behind the second, before the first but with the network's own convolutions as its
localisation network ("shared"), or nowhere.
"""


class Placed(nn.Module):
    """Two convolutions and a linear layer, with a turning transformer before, between or behind the convolutions.

    Parameters
    ----------
    place : int or None
        Behind how many convolutions the transformer stands; None for no transformer.
    shared : bool
        Whether the angle is read from what the classifier's own convolutions say of the untouched image; else the
        transformer has convolutions of its own, and sees what it transforms.

    Notes
    -----
    Forward: (N, 1, 28, 28) to (N, 10). The shared one stands before the first convolution, and its image goes
    through both convolutions twice, once to be looked at and once to be read.
    """

    def __init__(self, place=0, shared=False):
        super().__init__()
        self.place, self.shared = place, shared
        self.blocks = nn.ModuleList(
            nn.Sequential(nn.Conv2d(before, behind, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2))
            for before, behind in zip(CHANNELS, CHANNELS[1:]))
        self.classifier = nn.Sequential(nn.Flatten(), nn.Linear(CHANNELS[-1] * 7 * 7, 10))
        self.transformer = None if place is None else SpatialTransformer(self._localisation(), "rotation")

    def _localisation(self):
        identity, rng = TRANSFORMS["rotation"].identity, np.random.default_rng(torch.initial_seed())
        if self.shared:
            head = nn.Sequential(nn.Flatten(), nn.Linear(CHANNELS[-1] * 7 * 7, 32), nn.ReLU())
            return LocalisationNetwork.of(head, identity_layer(32, identity, rng, torch.float32))
        side = 28 >> self.place
        return LocalisationNetwork((CHANNELS[self.place], side, side), identity, channels=(16, 32), rng=rng)

    def angle(self, image):
        """What the transformer says of each image: (N, 1) radians, counter-clockwise as seen."""
        seen = image
        for block in self.blocks if self.shared else self.blocks[:self.place]:
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


PLACES = {"none": dict(place=None), "image": dict(place=0), "shared": dict(place=0, shared=True),
          "behind one": dict(place=1), "behind two": dict(place=2)}


@cache
def test_digits():
    """The test digits, each turned five times, always in the same way: images, labels, angles."""
    images, labels = (torch.from_numpy(array).repeat_interleave(5, 0) for array in load_digits("test"))
    turned, pose = distort(images, "R", torch.Generator().manual_seed(2015))
    return turned, labels, pose.angle


def train(name, seed=0, steps=STEPS):
    """Train one of the `PLACES`.

    Returns
    -------
    model : Placed
    result : dict
        ``error`` on the test digits; ``remaining``: the circular deviation in degrees of the angle at which they stand
        behind the transformer, None without one; parameters, processor time in seconds, and the loss in means of 50.
    """
    digits, labels = map(torch.from_numpy, load_digits("train"))
    generator, start, losses = torch.Generator().manual_seed(seed), time.process_time(), []
    with torch.random.fork_rng([]):
        torch.manual_seed(seed)
        model = Placed(**PLACES[name])
    optimizer = torch.optim.Adam(model.parameters(), RATE)
    for _ in range(steps):
        chosen = torch.randint(len(digits), (BATCH,), generator=generator)
        loss = F.cross_entropy(model(distort(digits[chosen], "R", generator)[0]), labels[chosen])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    means = torch.tensor(losses[:len(losses) // 50 * 50]).view(-1, 50).mean(1).tolist()
    return model, dict(name=name, seed=seed, steps=steps, **measure(model),
                       parameters=sum(parameter.numel() for parameter in model.parameters()),
                       processor_seconds=round(time.process_time() - start, 1), loss=[round(x, 4) for x in means])


@torch.no_grad()
def measure(model, batch=500):
    """``error`` and ``remaining`` of a `Placed`, see `train`."""
    images, labels, given = test_digits()
    wrong = sum((model(part).argmax(1) != label).sum().item()
                for part, label in zip(images.split(batch), labels.split(batch)))
    remaining = None
    if model.transformer is not None:
        said = torch.cat([model.angle(part) for part in images.split(batch)])
        turned = rotation_angle(TRANSFORMS["rotation"].forward(said).double().numpy())
        remaining = round(circular_deviation(given.double().numpy() + turned), 2)
    return dict(error=round(wrong / len(images), 4), given=round(circular_deviation(given.numpy()), 2),
                remaining=remaining)


def main(arguments=None):
    """Train them all and write the results; what a results file has already is not run again."""
    parser = Parser(prog=PROGRAM, description=DESCRIPTION, allow_abbrev=False,
                    formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=whole(1), default=3, help="runs of each (default: %(default)s)")
    parser.add_argument("--steps", type=whole(1), default=STEPS, help="of training in each (default: %(default)s)")
    parser.add_argument("--out", type=Path, default=Path("book/results/depth.json"), metavar="FILE")
    given = parser.parse_args(arguments)
    command = " ".join([PROGRAM, *(sys.argv[1:] if arguments is None else arguments)])
    with plain_errors("depth"):
        torch.set_num_threads(1)
        kept = json.loads(given.out.read_text())["runs"] if given.out.exists() else []
        runs = {(run["name"], run["seed"]): run for run in kept if run["steps"] == given.steps}
        for seed in range(given.seeds):
            for name in PLACES:
                if (name, seed) not in runs:
                    made = made_by(command, torch.device("cpu"))
                    runs[name, seed] = train(name, seed, given.steps)[1] | dict(made_by=made)
                    write_json(given.out, dict(runs=list(runs.values())))
                run = runs[name, seed]
                print(f"{name}, seed {seed}: error {run['error']:.1%}, {run['remaining']} of {run['given']} degrees "
                      f"left, {run['processor_seconds']} s", flush=True)


if __name__ == "__main__":
    main()
