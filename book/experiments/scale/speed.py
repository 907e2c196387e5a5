"""Images per second of the training command and of the loop of most tutorials: a timing for chapter 13.

Plain: a DataLoader over a Dataset that distorts one digit at a time, batches copied to the device, eager float32 steps,
the loss read after every one. Ours: the parts of the training command's own loop, in one precision or in several.
"""

import statistics
import time
from itertools import chain, repeat

import torch
import torch.nn.functional as F
from torch.utils.data import DataLoader, Dataset

from book.experiments.engine import Experiment
from stn_numpy.pytorch.command import Refusal, find_devices
from stn_numpy.pytorch.digits import STEPS_A_PIECE, load_split
from stn_numpy.pytorch.distortions import distort
from stn_numpy.pytorch.run import Run, name_of
from stn_numpy.pytorch.settings import Settings
from stn_numpy.pytorch.steps import parameter_groups

# `steps` of each turn; `loaders` are the DataLoader's processes, 0 as in its default: more are quicker where there are
# idle cores. Unlike other cells this one takes several threads.
OURS = dict(precisions=["bfloat16", "float32"], acceleration="auto", threads=2)
TRAINING = dict(model="st-cnn", distortion="R", data="small", batch=256, steps=STEPS_A_PIECE)
CELL = dict(**TRAINING, turns=3, loaders=0, **OURS)


class OneByOne(Dataset):
    """Digits that are distorted one at a time, when the loader asks for them."""

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
        groups = parameter_groups(self.network, settings.localisation_rate)
        groups = [dict(params=group["params"], lr=settings.rate * group["factor"]) for group in groups]
        self.optimizer = torch.optim.SGD(groups, momentum=settings.momentum)
        digits = OneByOne(settings)
        if settings.batch > len(digits):
            most = f"{len(digits)}, the digits of data={settings.data}"
            raise Refusal(f"batch: expected at most {most}, got {settings.batch}", 2)
        how = dict(num_workers=loaders, persistent_workers=loaders > 0, pin_memory=device.type == "cuda")
        loader = DataLoader(digits, settings.batch, shuffle=True, drop_last=True, **how)
        self.batches = chain.from_iterable(repeat(loader))  # one pass after another

    def __call__(self, steps):
        """Take some steps; return the last loss."""
        for _ in range(steps):
            images, labels = next(self.batches)
            images, labels = images.to(self.device), labels.to(self.device)
            self.optimizer.zero_grad()
            loss = F.cross_entropy(self.network(images), labels)
            loss.backward()
            self.optimizer.step()
            value = loss.item()
        return value


class OurLoop:
    """The training command's loop, a number of steps at a time."""

    def __init__(self, settings, device, acceleration, folder):
        self.run = Run(settings, 0, device, folder, acceleration, checkpoint_every=10**9)

    def __call__(self, steps):
        """Take some steps; return the last loss."""
        self.run.train(until=self.run.step + steps)
        return self.run.losses[self.run.step - 1].item()


def measure_speed(cell, context):
    """Images per second of each turn, of the ``plain`` loop and of ours by its precision, after a turn that does not
    count; and for each precision the median of the ratios of neighbours."""
    if cell["steps"] % STEPS_A_PIECE:
        raise Refusal(f"steps: expected a multiple of {STEPS_A_PIECE}, got {cell['steps']}", 2)
    torch.set_num_threads(cell["threads"])
    device, how = find_devices(context.device)[0], (cell["acceleration"], context.folder)
    loops = {"plain": PlainLoop(speed_settings(cell, "float32"), device, cell["loaders"])}
    loops |= {name: OurLoop(speed_settings(cell, name), device, *how) for name in cell["precisions"]}
    found = {name: [] for name in loops}
    for turn in context.steps(cell["turns"] + 1):
        for name, loop in loops.items():
            start = time.perf_counter()
            loop(cell["steps"])
            seconds = time.perf_counter() - start
            if turn:
                found[name].append(round(cell["steps"] * cell["batch"] / seconds))
    pairs = {name: zip(found["plain"], found[name]) for name in cell["precisions"]}
    ratios = {name: round(statistics.median(ours / plain for plain, ours in pairs[name]), 2) for name in pairs}
    return dict(images_per_second=found, ratio=ratios, made_by=name_of(device))


def speed_settings(cell, precision):
    """Of a run that is longer than the benchmark, so that the rate stays the same."""
    how = {name: cell[name] for name in ("model", "distortion", "data", "batch")}
    return Settings(**how, precision=precision, iterations=4 * cell["steps"] * (cell["turns"] + 1))


EXPERIMENT = Experiment("training_speed", 13, [CELL], measure_speed)
