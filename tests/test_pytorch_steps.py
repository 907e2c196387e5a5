"""Recorded steps, with a stand-in for CUDA that records and replays on the CPU; and what a run refuses."""

import contextlib

import pytest
import torch

from stn_numpy.pytorch.command import Refusal
from stn_numpy.pytorch.run import Run
from stn_numpy.pytorch.settings import Settings
from stn_numpy.pytorch.steps import SideBySide, Stepper, make_optimizer, set_rate

SETTINGS = Settings("st-fcn", "R", data="small", iterations=6, batch=4, rate=0.1)
RATES = [0.1, 0.1, 0.02, 0.02, 0.02]  # a recorded step holds its rate, so a change has it recorded anew


class Stream:
    def __init__(self, device=None):
        pass

    def wait_stream(self, other):
        pass


@pytest.fixture
def cuda(monkeypatch):
    """What of torch.cuda a recording uses. The real one does not run the step that it records; restoring the weights
    afterwards makes up for that here."""
    monkeypatch.setattr(torch.cuda, "Stream", Stream)
    monkeypatch.setattr(torch.cuda, "current_stream", Stream)
    monkeypatch.setattr(torch.cuda, "stream", lambda stream: contextlib.nullcontext())
    monkeypatch.setattr(torch.cuda, "graph", lambda *_, **__: contextlib.nullcontext())
    monkeypatch.setattr(torch.cuda, "CUDAGraph", lambda: None)


class Recorded(Stepper):
    def __call__(self, images, labels):
        if self.graph is None:
            self._record(images, labels)
            self.graph = "recorded"
        return self._step(images, labels)


def adam(networks, settings, device):
    return torch.optim.Adam(networks.groups(0.1), lr=settings.rate)


@pytest.mark.filterwarnings("ignore:.*batching rule")
@pytest.mark.parametrize("optimizer_of", [make_optimizer, adam], ids=["sgd", "adam"])
@pytest.mark.parametrize("count", [1, 2])
def test_recording_leaves_no_trace(cuda, optimizer_of, count):
    """Its warm-up takes steps; weights, momentum and counts must be afterwards what they were before."""
    generator = torch.Generator().manual_seed(0)
    images = torch.rand(len(RATES), count, 4, 1, 28, 28, generator=generator)
    labels = torch.randint(10, (len(RATES), count, 4), generator=generator)
    losses = {}
    for kind in (Stepper, Recorded):
        networks = SideBySide([SETTINGS.build(seed) for seed in range(count)])
        optimizer = optimizer_of(networks, SETTINGS, torch.device("cpu"))
        stepper = kind(networks, optimizer)
        losses[kind] = []
        for rate, *batch in zip(RATES, images, labels):
            if set_rate(optimizer, rate):
                stepper.forget()
            losses[kind].append(stepper(*batch)[0].clone())
    torch.testing.assert_close(torch.stack(losses[Recorded]), torch.stack(losses[Stepper]), rtol=0, atol=0)


def test_a_graph_is_refused_where_there_is_none(tmp_path):
    with pytest.raises(Refusal, match="--acceleration: graph needs a CUDA device, got cpu"):
        Run(SETTINGS, [0], torch.device("cpu"), tmp_path, "graph")


def test_a_look_without_gradients_does_not_spoil_the_training():
    """A spline keeps its matrix; made in inference mode, it could not be used where gradients are wanted."""
    family = Settings("st-fcn", "R", transform="tps", data="small").build(0).transformer.transform
    parameters, size = torch.zeros(2, 32), (2, 1, 31, 29)  # a size that no other test has
    with torch.inference_mode():
        family.grid(parameters, size, False)
    family.grid(parameters.requires_grad_(), size, False).sum().backward()
    assert parameters.grad.abs().max() > 0
