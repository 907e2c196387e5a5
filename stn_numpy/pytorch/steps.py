"""One training step: for one network or for several side by side, eager, compiled or as a CUDA graph."""

import warnings

import torch
import torch.nn.functional as F
from torch import nn
from torch.func import functional_call, stack_module_state, vmap

ACCELERATIONS = ("eager", "compile", "graph")

# Side by side, torch makes the networks' grids one network at a time: a small part of a step.
warnings.filterwarnings("ignore", message=".*batching rule for aten::affine_grid_generator")


class SideBySide(nn.Module):
    """Several networks of one shape, each with its own images, as one module: a GPU has room for more than one.

    The networks have no buffers. Forward: (S, B, C, H, W) to (S, B, classes), where S is the number of networks.
    """

    def __init__(self, networks):
        super().__init__()
        self.count = len(networks)
        if self.count == 1:
            self.only = networks[0]
            return
        self.skeleton = [networks[0]]  # in a list, so that its own weights are not learned
        stacked, _ = stack_module_state(networks)
        self.names = list(stacked)
        self.stacked = nn.ParameterList(nn.Parameter(stacked[name].detach()) for name in self.names)

    def forward(self, images):
        if self.count == 1:
            return self.only(images[0])[None]
        return vmap(self._call)(dict(zip(self.names, self.stacked)), images)

    def _call(self, parameters, images):
        return functional_call(self.skeleton[0], parameters, (images,))

    def weights(self, place: int) -> dict:
        """The weights of one of the networks, by their names in it."""
        if self.count == 1:
            return {name: tensor.detach().clone() for name, tensor in self.only.state_dict().items()}
        return {name: tensor[place].detach().clone() for name, tensor in zip(self.names, self.stacked)}

    def groups(self, localisation_rate: float) -> list[dict]:
        """The parameters for an optimizer, those of localisation networks apart; `factor` multiplies the rate."""
        named = self.only.named_parameters() if self.count == 1 else zip(self.names, self.stacked)
        parts = {True: [], False: []}
        for name, parameter in named:
            parts["localisation" in name.split(".")].append(parameter)
        groups = [dict(params=parts[False], factor=1.0), dict(params=parts[True], factor=localisation_rate)]
        return [group for group in groups if group["params"]]


def make_optimizer(networks, settings, device) -> torch.optim.Optimizer:
    """The optimizer of the settings. On CUDA its rates are tensors, which a recorded step reads anew each time."""
    cuda = device.type == "cuda"
    groups, decay = networks.groups(settings.localisation_rate), settings.weight_decay
    for group in groups:
        group["lr"] = torch.tensor(settings.rate, device=device) if cuda else settings.rate
    if settings.optimizer == "sgd":
        momentum = dict(momentum=settings.momentum, nesterov=settings.nesterov)
        return torch.optim.SGD(groups, **momentum, weight_decay=decay, fused=cuda or None)
    return torch.optim.AdamW(groups, weight_decay=decay, capturable=cuda)


def set_rate(optimizer, rate: float) -> None:
    """Give each group of parameters its rate."""
    for group in optimizer.param_groups:
        if isinstance(group["lr"], torch.Tensor):
            group["lr"].fill_(rate * group["factor"])
        else:
            group["lr"] = rate * group["factor"]


def clip_gradients(parameters, largest: float, count: int) -> None:
    """Scale the gradient of each of so many networks down to a norm of at most `largest`.

    With several networks the parameters are stacked: their first axis says which network.
    """
    gradients = [parameter.grad for parameter in parameters if parameter.grad is not None]
    squares = [gradient.reshape(count, -1).square().sum(1) for gradient in gradients]
    factor = (largest / (torch.stack(squares).sum(0).sqrt() + 1e-6)).clamp(max=1)
    for gradient in gradients:
        gradient.mul_(factor.view(-1, *[1] * (gradient.ndim - 1)))


def choose_acceleration(name: str, device, processes: int = 1) -> str:
    """What "auto" means on a device: recorded steps where one process has a CUDA device, else eager ones."""
    recordable = device.type == "cuda" and processes == 1
    if name == "graph" and not recordable:
        raise ValueError(f"acceleration: graph needs a CUDA device and a single process, got {device} and {processes}")
    return name if name != "auto" else "graph" if recordable else "eager"


def class_losses(model, images, labels):
    """The cross-entropy of each network's classes, and the share of images that it gets wrong."""
    logits = model(images).float()
    losses = F.cross_entropy(logits.flatten(0, 1), labels.flatten(), reduction="none").view_as(labels).mean(1)
    return losses, (logits.detach().argmax(2) != labels).float().mean(1)


class Stepper:
    """Take training steps of a `SideBySide`, or of what data-parallel training has wrapped around one, without waiting.

    `losses_of` is another loss than `class_losses`. The acceleration "compile" is `torch.compile`; "graph" records a
    step once and replays it, on CUDA only.
    """

    def __init__(self, model, optimizer, precision="float32", acceleration="eager", clip=0.0, losses_of=None):
        self.model, self.optimizer, self.precision, self.clip = model, optimizer, precision, clip
        self.losses_of = losses_of or class_losses
        self.parameters = [parameter for group in optimizer.param_groups for parameter in group["params"]]
        self.outcome = torch.compile(self._outcome) if acceleration == "compile" else self._outcome
        self.graph, self.recorded = None, acceleration == "graph"

    def __call__(self, images, labels):
        """One step on (S, B, C, H, W) images and (S, B) labels; losses and errors (S,) before it, on the device.

        They are valid until the next step.
        """
        if not self.recorded:
            return self._step(images, labels)
        if self.graph is None:
            self._record(images, labels)
        self.images.copy_(images)
        self.labels.copy_(labels)
        self.graph.replay()
        return self.losses, self.errors

    def _outcome(self, images, labels):
        with torch.autocast(images.device.type, torch.bfloat16, enabled=self.precision == "bfloat16"):
            return self.losses_of(self.model, images, labels)

    def _step(self, images, labels):
        losses, errors = self.outcome(images, labels)
        self.optimizer.zero_grad(set_to_none=True)
        losses.sum().backward()  # each network's gradient is that of its own loss
        if self.clip:
            clip_gradients(self.parameters, self.clip, len(images))
        self.optimizer.step()
        return losses.detach(), errors

    def _record(self, images, labels):
        """Record one step on CUDA, and leave weights and momentum as they were."""
        self.images, self.labels = images.clone(), labels.clone()
        values = [parameter.detach().clone() for parameter in self.parameters]
        states = [{name: tensor.clone() for name, tensor in self._state(p).items()} for p in self.parameters]
        other = torch.cuda.Stream(images.device)
        other.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(other):  # a recording must not be the first to ask libraries for memory
            for _ in range(3):
                self._step(self.images, self.labels)
        torch.cuda.current_stream().wait_stream(other)
        self.optimizer.zero_grad(set_to_none=True)  # gradients then live in the graph's own memory
        self.graph = torch.cuda.CUDAGraph()
        # Other threads may continue what they do, such as a DataLoader's that pins memory.
        with torch.cuda.graph(self.graph, stream=other, capture_error_mode="thread_local"):
            self.losses, self.errors = self._step(self.images, self.labels)
        with torch.no_grad():
            for parameter, value, state in zip(self.parameters, values, states):
                parameter.copy_(value)
                for name, tensor in self._state(parameter).items():
                    tensor.copy_(state.get(name, torch.zeros_like(tensor)))  # no state at all is the same as zeros

    def _state(self, parameter):
        """What the optimizer keeps of a parameter: momentum, or Adam's means and its count."""
        state = self.optimizer.state.get(parameter, {})
        return {name: value for name, value in state.items() if isinstance(value, torch.Tensor)}
