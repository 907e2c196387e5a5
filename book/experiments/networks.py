"""Shared by the experiments with torch networks: a run within a cell, and signs of life for any module."""

import os
from dataclasses import fields
from pathlib import Path

from book.experiments.engine import Stopped
from book.experiments.measured import MeasuredRun
from stn_numpy.pytorch import run as training
from stn_numpy.pytorch.command import find_devices
from stn_numpy.pytorch.watch import measure_grid, watch
from stn_numpy.pytorch.weights import load

CHECKPOINT_EVERY = 100  # steps


def settings_from(cell, kind):
    """The dataclass of settings in a cell; its other entries are ignored."""
    return kind(**{field.name: cell[field.name] for field in fields(kind) if field.name in cell})


def train_run(settings, seed, context, kind=MeasuredRun, record_every=0):
    """Train one network within a cell, from its checkpoint if there is one, by `kind`, a `Run`;
    return the result of `Run.finish`, with a history every `record_every` steps (0 for none), and the network, on the
    CPU."""
    devices = find_devices(context.device)
    how = dict(checkpoint_every=CHECKPOINT_EVERY, record_every=record_every)
    run = kind(settings, seed, devices[os.getpid() % len(devices)], context.folder, **how)

    def progress(steps, loss, error):
        context.progress(run.step / settings.iterations, f"loss {loss:.4f}, error {error:.2%}")

    try:
        run.train(progress, context.stop)
    except training.Stopped as stopped:
        raise Stopped from stopped
    result = run.finish(training.name_of(run.device))
    network = settings.build(seed)
    load(Path(context.folder) / f"{settings.name}-seed{seed}.pt", network)
    return {name: value for name, value in result.items() if name not in ("settings", "seed")}, network


class Watched:
    """Any module that calls `grid_sample`, in the form of a transformer for `signs_of_life`: measured by its grids, and
    by the hidden units of its part `localisation`."""

    def __init__(self, model, localisation):
        self.model, self.localisation = model, localisation
        self.transform, self.reading = self, dict(align_corners=None)

    def theta(self, images):
        """The affine maps nearest to the grids for some images: (N, 2, 3)."""
        self.look = watch(self.model, images)[0][0]
        return measure_grid(self.look)["theta"]

    def theta_grid(self, *_):
        """The grids of the same images: (N, h, w, 2)."""
        return self.look.grid

    @property
    def size(self):
        """The output's size in pixels."""
        return self.look.out.shape[2:]
