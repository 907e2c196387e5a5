"""Recorded steps, with a stand-in for CUDA that records and replays on the CPU; and what a run refuses."""

import contextlib
from dataclasses import replace

import pytest
import torch

from stn_numpy.pytorch.run import Run
from stn_numpy.pytorch.settings import OPTIMIZERS, Settings
from stn_numpy.pytorch.steps import Stepper, choose_acceleration, make_optimizer, set_rate

SETTINGS = Settings("st-fcn", "R", data="small", iterations=6, batch=4, rate=0.1)
RATES = [0.1, 0.1, 0.02, 0.02, 0.02]


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


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_recording_leaves_no_trace(cuda, optimizer):
    """Its warm-up takes steps; weights, momentum and counts must be afterwards what they were before."""
    generator = torch.Generator().manual_seed(0)
    images = torch.rand(len(RATES), 4, 1, 28, 28, generator=generator)
    labels = torch.randint(10, (len(RATES), 4), generator=generator)
    losses, settings = {}, replace(SETTINGS, optimizer=optimizer)
    for kind in (Stepper, Recorded):
        network = SETTINGS.build(0)
        descent = make_optimizer(network, settings, torch.device("cpu"))
        stepper = kind(network, descent, clip=0.5)
        losses[kind] = []
        for rate, *batch in zip(RATES, images, labels):
            set_rate(descent, rate)
            losses[kind].append(stepper(*batch)[0].clone())
    torch.testing.assert_close(torch.stack(losses[Recorded]), torch.stack(losses[Stepper]), rtol=0, atol=0)


def test_a_graph_is_refused_where_there_is_none(tmp_path):
    with pytest.raises(ValueError, match="acceleration: graph needs a CUDA device and a single process, got cpu and 1"):
        Run(SETTINGS, 0, torch.device("cpu"), tmp_path, "graph")
    assert choose_acceleration("auto", torch.device("cpu")) == "eager"
    assert [choose_acceleration("auto", Cuda, count) for count in (1, 2)] == ["graph", "eager"]


class Cuda:
    """A device that `make_optimizer` takes for CUDA, while its tensors lie on the CPU."""

    type = "cuda"


@pytest.mark.parametrize("nesterov", [False, True])
def test_a_rate_in_a_tensor_is_read_anew_in_every_step(nesterov, monkeypatch):
    """On CUDA, where a recorded step must not hold it as a number; torch's fused SGD takes it on the CPU, too."""
    original = torch.tensor
    monkeypatch.setattr(torch, "tensor", lambda value, dtype=None, device=None: original(value, dtype=dtype))
    settings, weights = replace(SETTINGS, nesterov=nesterov, rate=1), []  # an int, which must not make a tensor of ints
    for device in (Cuda, torch.device("cpu")):
        network = SETTINGS.build(0)
        optimizer = make_optimizer(network, settings, device)
        rate = optimizer.param_groups[1]["lr"]
        assert isinstance(rate, torch.Tensor) == (device is Cuda)
        assert device is not Cuda or rate.dtype == torch.float32
        for rate in RATES:
            set_rate(optimizer, rate)
            for number, parameter in enumerate(network.parameters()):
                parameter.grad = torch.full_like(parameter, 0.1 * number)
            optimizer.step()
        weights.append(torch.cat([parameter.detach().flatten() for parameter in network.parameters()]))
    torch.testing.assert_close(*weights)


def test_a_look_without_gradients_does_not_spoil_the_training():
    """A spline keeps its matrix; made in inference mode, it could not be used where gradients are wanted."""
    family = Settings("st-fcn", "R", transform="tps", data="small").build(0).transformer.transform
    parameters, size = torch.zeros(2, 32), (2, 1, 31, 29)  # a size that no other test has
    with torch.inference_mode():
        family.grid(parameters, size, False)
    family.grid(parameters.requires_grad_(), size, False).sum().backward()
    assert parameters.grad.abs().max() > 0
