"""SGD with momentum and Adam, with parameter groups; two schedules of their learning rates; clipped gradients."""

import math

import numpy as np

from .check import check_whole
from .layer import Parameter


class Optimizer:
    """The common part of SGD and Adam: groups of parameters with learning rates of their own, and a state to save.

    Parameters
    ----------
    params_or_groups : list of Parameter, or list of dict
        As in torch: ``[{"params": network.parameters()}, {"params": localisation.parameters(), "lr": 1e-4}]``; every
        parameter once.
    lr : float
        Learning rate of every group that names none.
    """

    slots = ()  # names of the arrays that are kept for each parameter
    hyperparameters = ("first_rates",)  # names of the attributes that a resumed run must share

    def __init__(self, params_or_groups, lr):
        groups = list(params_or_groups)
        if not groups or not isinstance(groups[0], dict):
            groups = [{"params": groups}]
        self.groups = [{"lr": lr, **group, "params": list(group.get("params", ()))} for group in groups]
        self.first_rates = [group["lr"] for group in self.groups]
        self.count = 0
        self._check()
        self.state = [{slot: np.zeros_like(p.data) for slot in self.slots} for p in self.parameters()]

    def _check(self):
        for place, group in enumerate(self.groups):
            if not group["lr"] >= 0:
                raise ValueError(f"lr: expected a number of at least 0 in group {place}, got {group['lr']!r}")
            unknown = [p for p in group["params"] if not isinstance(p, Parameter)]
            if unknown or not group["params"]:
                raise TypeError(
                    f"params_or_groups: expected Parameters in group {place}, "
                    f"got {type(unknown[0]).__name__ if unknown else 'none'}"
                )
        if len({id(p) for p in self.parameters()}) != len(self.parameters()):
            raise ValueError("params_or_groups: expected every parameter once, got one in two places")

    def parameters(self) -> list[Parameter]:
        """The parameters of all groups in their order."""
        return [parameter for group in self.groups for parameter in group["params"]]

    def zero_grad(self) -> None:
        """Set every gradient to zero, in place."""
        for parameter in self.parameters():
            parameter.grad[...] = 0

    def step(self) -> None:
        """Move every parameter against its gradient."""
        self.count += 1
        rates = [group["lr"] for group in self.groups for _ in group["params"]]
        for parameter, state, lr in zip(self.parameters(), self.state, rates):
            self._move(parameter, state, lr)

    def state_dict(self) -> dict[str, np.ndarray]:
        """Everything that a resumed run needs, as a flat dict of arrays."""
        state = {f"{place}.{slot}": array for place, slots in enumerate(self.state) for slot, array in slots.items()}
        return {"count": np.array(self.count), "lr": np.array([group["lr"] for group in self.groups]), **state}

    def load_state_dict(self, state: dict[str, np.ndarray]) -> None:
        """Restore what `state_dict` returned."""
        self.count = int(state["count"])
        for group, lr in zip(self.groups, state["lr"], strict=True):
            group["lr"] = float(lr)
        for place, slots in enumerate(self.state):
            for slot, array in slots.items():
                array[...] = state[f"{place}.{slot}"]


class SGD(Optimizer):
    """Stochastic gradient descent, as torch has it: ``velocity = momentum * velocity + grad``, then
    ``data -= lr * velocity``, or with Nesterov's momentum ``data -= lr * (grad + momentum * velocity)``."""

    slots = ("velocity",)
    hyperparameters = ("first_rates", "momentum", "nesterov")

    def __init__(self, params_or_groups, lr, momentum=0.0, nesterov=False):
        super().__init__(params_or_groups, lr)
        self.momentum, self.nesterov = momentum, nesterov
        if nesterov and not momentum > 0:
            raise ValueError(f"nesterov: expected it with a momentum above 0, got momentum {momentum!r}")

    def _move(self, parameter, state, lr):
        state["velocity"] *= self.momentum
        state["velocity"] += parameter.grad
        direction = parameter.grad + self.momentum * state["velocity"] if self.nesterov else state["velocity"]
        parameter.data -= lr * direction


class Adam(Optimizer):
    """Adam (Kingma and Ba, 2015): steps scaled by running means of the gradient and of its square, as torch has it."""

    slots = ("mean", "square")
    hyperparameters = ("first_rates", "betas", "eps")

    def __init__(self, params_or_groups, lr=1e-3, betas=(0.9, 0.999), eps=1e-8):
        super().__init__(params_or_groups, lr)
        self.betas, self.eps = betas, eps

    def _move(self, parameter, state, lr):
        first, second = self.betas
        state["mean"] += (1 - first) * (parameter.grad - state["mean"])
        state["square"] += (1 - second) * (parameter.grad**2 - state["square"])
        spread = np.sqrt(state["square"]) / (1 - second**self.count) ** 0.5 + self.eps
        parameter.data -= lr / (1 - first**self.count) * state["mean"] / spread


class StepLR:
    """Multiply every group's learning rate by `gamma` each `step_size` steps."""

    hyperparameters = ("step_size", "gamma")

    def __init__(self, optimizer, step_size, gamma=0.1):
        self.optimizer, self.gamma = optimizer, gamma
        self.step_size = check_whole("step_size", step_size, 1)

    def step(self) -> None:
        """Call after each step of the optimizer; its count of steps decides when the rates change."""
        if self.optimizer.count % self.step_size == 0:
            for group in self.optimizer.groups:
                group["lr"] *= self.gamma


class CosineLR:
    """Raise every group's learning rate linearly from 0 to its own over a share of the steps, then lower it to 0 along
    half a cosine.

    Parameters
    ----------
    optimizer : Optimizer
    steps : int
        Of the whole run.
    warm_up : float
        Share of the steps over which the rates rise, 0 to 1.
    """

    hyperparameters = ("steps", "warm_up")

    def __init__(self, optimizer, steps, warm_up=0.0):
        self.optimizer, self.warm_up = optimizer, warm_up
        self.steps = check_whole("steps", steps, 1)
        if not 0 <= warm_up <= 1:
            raise ValueError(f"warm_up: expected a share of 0 to 1, got {warm_up!r}")
        self._set_rates()

    def step(self) -> None:
        """Call after each step of the optimizer; its count of steps gives the rates."""
        self._set_rates()

    def _set_rates(self):
        step, rising = self.optimizer.count, round(self.warm_up * self.steps)
        progress = min(1.0, max(0, step - rising) / max(1, self.steps - rising))
        share = (step + 1) / rising if step < rising else (1 + math.cos(math.pi * progress)) / 2
        for group, rate in zip(self.optimizer.groups, self.optimizer.first_rates):
            group["lr"] = rate * share


def clip_gradients(parameters, largest: float) -> float:
    """Scale the gradients of some parameters in place so that their norm, taken together, is `largest` at most.

    Returns the norm as it was, like ``torch.nn.utils.clip_grad_norm_``.
    """
    parameters = list(parameters)
    norm = math.sqrt(sum(float(np.vdot(parameter.grad, parameter.grad)) for parameter in parameters))
    if norm > largest:
        for parameter in parameters:
            parameter.grad *= largest / (norm + 1e-6)
    return norm
