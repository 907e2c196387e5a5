"""One training step: eager, compiled or as a CUDA graph."""

import torch
import torch.nn.functional as F
from torch import nn

from .turned_copies import marginalise, share_entropy

ACCELERATIONS = ("eager", "compile", "graph")


def parameter_groups(network, localisation_rate: float) -> list[dict]:
    """The parameters for an optimizer, those of the localisation network apart; `factor` multiplies the rate."""
    parts = {True: [], False: []}
    for name, parameter in network.named_parameters():
        parts["localisation" in name.split(".")].append(parameter)
    groups = [dict(params=parts[False], factor=1.0), dict(params=parts[True], factor=localisation_rate)]
    return [group for group in groups if group["params"]]


def make_optimizer(network, settings, device) -> torch.optim.Optimizer:
    """The optimizer of the settings. On CUDA its rates are tensors, which a recorded step reads again each time."""
    cuda = device.type == "cuda"
    groups, decay = parameter_groups(network, settings.localisation_rate), settings.weight_decay
    for group in groups:
        group["lr"] = torch.tensor(float(settings.rate), dtype=torch.float32, device=device) if cuda else settings.rate
    if settings.optimizer == "sgd":
        momentum = dict(momentum=settings.momentum, nesterov=settings.nesterov)
        return torch.optim.SGD(groups, **momentum, weight_decay=decay, fused=cuda or None)
    optimizer = torch.optim.AdamW(groups, weight_decay=decay, capturable=cuda)
    optimizer._warned_capturable_if_run_uncaptured = True  # torch advises against it where the step is not recorded
    return optimizer


def set_rate(optimizer, rate: float) -> None:
    """Give each group of parameters its rate."""
    for group in optimizer.param_groups:
        if isinstance(group["lr"], torch.Tensor):
            group["lr"].fill_(rate * group["factor"])
        else:
            group["lr"] = rate * group["factor"]


def choose_acceleration(name: str, device, processes: int = 1) -> str:
    """The acceleration for "auto" on a device: recorded steps where one process has a CUDA device, else eager ones."""
    recordable = device.type == "cuda" and processes == 1
    if name == "graph" and not recordable:
        raise ValueError(f"acceleration: graph needs a CUDA device and a single process, got {device} and {processes}")
    return name if name != "auto" else "graph" if recordable else "eager"


def class_loss(model, images, labels):
    """The cross-entropy of the classes, and the share of misclassified images."""
    logits = model(images).float()
    return F.cross_entropy(logits, labels), (logits.detach().argmax(1) != labels).float().mean()


def copies_loss(model, images, labels, entropy):
    """The same for turned copies, and so much of the entropy of their shares."""
    logits, scores = model.read(images)
    loss, wrong = class_loss(lambda copies: marginalise(*copies), (logits, scores), labels)
    return loss + entropy * share_entropy(scores).mean(), wrong


class Stepper:
    """Take training steps of a network, or of its wrapper for data-parallel training, without waiting.

    `loss_of` replaces `class_loss`. The acceleration "compile" is `torch.compile`; "graph" records a
    step once and replays it, on CUDA only.
    """

    def __init__(self, model, optimizer, precision="float32", acceleration="eager", clip=0.0, loss_of=None):
        self.model, self.optimizer, self.precision, self.clip = model, optimizer, precision, clip
        self.loss_of = loss_of or class_loss
        self.parameters = [parameter for group in optimizer.param_groups for parameter in group["params"]]
        self.outcome = torch.compile(self._outcome) if acceleration == "compile" else self._outcome
        self.graph, self.recorded = None, acceleration == "graph"

    def __call__(self, images, labels):
        """One step on images (B, C, H, W) and labels (B,); loss and error before it, on the device.

        They are valid until the next step.
        """
        if not self.recorded:
            return self._step(images, labels)
        if self.graph is None:
            self._record(images, labels)
        self.images.copy_(images)
        self.labels.copy_(labels)
        self.graph.replay()
        return self.loss, self.error

    def _outcome(self, images, labels):
        with torch.autocast(images.device.type, torch.bfloat16, enabled=self.precision == "bfloat16"):
            return self.loss_of(self.model, images, labels)

    def _step(self, images, labels):
        loss, error = self.outcome(images, labels)
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        if self.clip:
            nn.utils.clip_grad_norm_(self.parameters, self.clip)
        self.optimizer.step()
        return loss.detach(), error

    def _record(self, images, labels):
        """Record one step on CUDA, without changing weights and momentum."""
        self.images, self.labels = images.clone(), labels.clone()
        values = [parameter.detach().clone() for parameter in self.parameters]
        states = [{name: tensor.clone() for name, tensor in self._state(p).items()} for p in self.parameters]
        other = torch.cuda.Stream(images.device)
        other.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(other):  # libraries must have allocated their memory before a recording
            for _ in range(3):
                self._step(self.images, self.labels)
        torch.cuda.current_stream().wait_stream(other)
        self.optimizer.zero_grad(set_to_none=True)  # so that gradients are in the graph's own memory
        self.graph = torch.cuda.CUDAGraph()
        # Other threads may go on working, such as a DataLoader's that pins memory.
        with torch.cuda.graph(self.graph, stream=other, capture_error_mode="thread_local"):
            self.loss, self.error = self._step(self.images, self.labels)
        with torch.no_grad():
            for parameter, value, state in zip(self.parameters, values, states):
                parameter.copy_(value)
                for name, tensor in self._state(parameter).items():
                    tensor.copy_(state.get(name, torch.zeros_like(tensor)))  # no state at all is the same as zeros

    def _state(self, parameter):
        """The optimizer's state for a parameter: momentum, or Adam's means and its count."""
        state = self.optimizer.state.get(parameter, {})
        return {name: value for name, value in state.items() if isinstance(value, torch.Tensor)}
