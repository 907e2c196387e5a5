"""Images per second of the training command beside a plain loop: ``python -m book.experiments.scale.speed``."""

import argparse
import os
import statistics
import sys
import tempfile
import time

import torch
import torch.nn.functional as F
from torch.utils.data import DataLoader, Dataset

from stn_numpy.files import write_json
from stn_numpy.pytorch.arguments import whole
from stn_numpy.pytorch.command import Parser, Refusal, best_precision, find_devices, plain_errors
from stn_numpy.pytorch.digits import STEPS_A_PIECE, load_split
from stn_numpy.pytorch.distortions import distort
from stn_numpy.pytorch.networks import MODELS
from stn_numpy.pytorch.run import Run, made_by
from stn_numpy.pytorch.settings import DISTORTIONS, PRECISIONS, Settings
from stn_numpy.pytorch.steps import ACCELERATIONS

PROGRAM = "python -m book.experiments.scale.speed"

DESCRIPTION = """\
Train the same network with the same digits, batch and rates in turn in two ways, and compare images per second.

Plain: the loop of most tutorials. A DataLoader over a Dataset that distorts one digit at a time, batches copied to the
device, eager float32 steps, the loss read after every one.
Ours: the training command's own loop, in one precision or in several.
"""


def make_parser():
    """The command's arguments."""
    parser = Parser(prog=PROGRAM, description=DESCRIPTION, allow_abbrev=False,
                    formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add("--model", choices=MODELS, default="st-cnn")
    add("--distortion", choices=DISTORTIONS, default="R")
    add("--data", choices=("mnist", "small"), default="small")
    add("--batch", type=whole(1), default=256, metavar="N")
    add("--steps", type=whole_pieces, default=STEPS_A_PIECE, metavar="N",
        help="of each turn, a multiple of %(default)s (default: %(default)s)")
    add("--turns", type=whole(1), default=3, metavar="N", help="of each of the two (default: %(default)s)")
    add("--loaders", type=whole(0), default=0, metavar="N",
        help="worker processes of the DataLoader, 0 as in its default: more are quicker where there are idle cores")
    add("--precision", nargs="+", choices=("auto", *PRECISIONS), default=["auto"],
        help="of our loop, one or several (default: auto, as in the training command)")
    add("--acceleration", choices=("auto", *ACCELERATIONS), default="auto", help="of our loop (default: auto)")
    add("--side-by-side", type=whole(1), default=1, metavar="N", help="seeds that our loop trains at once (default: 1)")
    add("--device", default="auto", metavar="NAME", help="auto, cpu, cuda or cuda:N (default: auto)")
    add("--out", metavar="FILE", help="also write the numbers there, as JSON")
    return parser


def whole_pieces(text):
    """A type for argparse: steps whose data our loop makes once; it makes a broken piece again in the next turn."""
    steps = whole(1)(text)
    if steps % STEPS_A_PIECE:
        raise argparse.ArgumentTypeError(f"expected a multiple of {STEPS_A_PIECE}, got {text!r}; the next is "
                                         f"{steps + -steps % STEPS_A_PIECE}")
    return steps


class OneByOne(Dataset):
    """Digits that are distorted one at a time, when they are asked for."""

    def __init__(self, settings):
        images, labels = load_split(settings.data, "train")
        self.images, self.labels = torch.from_numpy(images), torch.from_numpy(labels)
        self.distortion = settings.distortion
        self.generator = torch.Generator()

    def __len__(self):
        return len(self.images)

    def __getitem__(self, index):
        # Clutter comes from other digits, so there are two; elsewhere the second would be wasted work.
        several = [index, index - 1] if self.distortion == "TC" else [index]
        return distort(self.images[several], self.distortion, self.generator)[0][0], self.labels[index]


class PlainLoop:
    """The loop of most tutorials."""

    def __init__(self, settings, device, loaders):
        self.device = device
        self.network = settings.build(0).to(device)
        localisation = [p for name, p in self.network.named_parameters() if "localisation" in name]
        others = [p for name, p in self.network.named_parameters() if "localisation" not in name]
        groups = [dict(params=others)]
        if localisation:
            groups.append(dict(params=localisation, lr=settings.rate * settings.localisation_rate))
        self.optimizer = torch.optim.SGD(groups, lr=settings.rate, momentum=settings.momentum)
        digits = OneByOne(settings)
        if settings.batch > len(digits):
            raise Refusal(f"--batch: expected at most {len(digits)}, the digits of --data {settings.data}, got "
                          f"{settings.batch}", 2)
        self.loader = DataLoader(digits, settings.batch, shuffle=True, drop_last=True,
                                 num_workers=loaders, persistent_workers=loaders > 0,
                                 pin_memory=device.type == "cuda")
        self.batches = iter(self.loader)

    def __call__(self, steps):
        """Take some steps; return the last loss."""
        for _ in range(steps):
            images, labels = self._next()
            images, labels = images.to(self.device), labels.to(self.device)
            self.optimizer.zero_grad()
            loss = F.cross_entropy(self.network(images), labels)
            loss.backward()
            self.optimizer.step()
            value = loss.item()
        return value

    def _next(self):
        try:
            return next(self.batches)
        except StopIteration:
            self.batches = iter(self.loader)
            return next(self.batches)


class OurLoop:
    """The training command's loop, a number of steps at a time."""

    def __init__(self, settings, device, acceleration, count, folder):
        self.run = Run(settings, range(count), device, folder, acceleration, checkpoint_every=10**9)

    def __call__(self, steps):
        """Take some steps; return the last loss."""
        self.run.train(until=self.run.step + steps)
        return self.run.losses[self.run.step - 1].mean().item()


def measure(given):
    """All loops in turn, after a turn of each that does not count.

    Returns
    -------
    dict
        Images per second of each turn, of the ``plain`` loop and of ours by its precision, and for each precision the
        median of the ratios of neighbours.
    """
    device = find_devices(given.device)[0]
    precisions = dict.fromkeys(best_precision(device) if name == "auto" else name for name in given.precision)
    with tempfile.TemporaryDirectory() as folder:
        loops = {name: OurLoop(_settings(given, name), device, given.acceleration, given.side_by_side, folder)
                 for name in precisions}
        loops = {"plain": PlainLoop(_settings(given, "float32"), device, given.loaders)} | loops
        found = {name: [] for name in loops}
        for turn in range(given.turns + 1):
            for name, loop in loops.items():
                start = time.perf_counter()
                loop(given.steps)
                seconds = time.perf_counter() - start
                if turn:
                    trained = given.steps * given.batch * (1 if name == "plain" else given.side_by_side)
                    found[name].append(round(trained / seconds))
    ratios = {name: round(statistics.median(ours / plain for plain, ours in zip(found["plain"], found[name])), 2)
              for name in precisions}
    return dict(model=given.model, distortion=given.distortion, batch=given.batch, loaders=given.loaders,
                side_by_side=given.side_by_side, steps=given.steps, images_per_second=found, ratio=ratios)


def _settings(given, precision):
    """Of a run that is longer than the benchmark, so that the rate stays the same."""
    return Settings(given.model, given.distortion, data=given.data, batch=given.batch, precision=precision,
                    iterations=4 * given.steps * (given.turns + 1))


def main(arguments=None):
    """The command; see ``--help``."""
    given = make_parser().parse_args(arguments)
    command = " ".join([PROGRAM, *(sys.argv[1:] if arguments is None else arguments)])
    with plain_errors("speed"):
        facts = made_by(command, find_devices(given.device)[0]) | dict(cores=os.cpu_count())
        found = measure(given)
        for name, numbers in found["images_per_second"].items():
            print(f"{name:<9}{statistics.median(numbers):>12,.0f} images/s   (turns: "
                  + ", ".join(f"{number:,}" for number in numbers) + ")")
        for name, ratio in found["ratio"].items():
            print(f"ratio {ratio:.2f} in {name} on {facts['device']}, {facts['threads']} threads")
        if given.out:
            write_json(given.out, dict(made_by=facts, **found))


if __name__ == "__main__":
    main()
