"""What decides a training run's numbers."""

import math
from dataclasses import asdict, dataclass, fields

from .networks import SIZES, build

DISTORTIONS = tuple(SIZES)
PRECISIONS = ("float32", "bfloat16")
OPTIMIZERS = ("sgd", "adamw")
SCHEDULES = ("thirds", "cosine")
LATER = ("optimizer", "nesterov", "schedule", "warm_up", "clip", "weight_decay")  # named where they differ from default
ITERATIONS = 150_000  # the paper's, from notes on it


@dataclass(frozen=True)
class Settings:
    """One cell of a table: a network, what its digits suffer, and how it is trained.

    Attributes
    ----------
    model, distortion, transform, localisation_depth
        As in `stn_numpy.pytorch.build`.
    data : {"mnist", "small"}
        All of MNIST, or the digits that come with the package.
    iterations : int
        Training steps.
    batch : int
        Images a step.
    rate : float
        The base rate: the largest, before the schedule lowers it.
    momentum : float
        Of stochastic gradient descent.
    localisation_rate : float
        What the rate is multiplied by for the localisation network.
    precision : {"float32", "bfloat16"}
        Of convolutions and products in training; weights, grid and loss are float32 always.
    optimizer : {"sgd", "adamw"}
        Stochastic gradient descent or AdamW, which takes no notice of `momentum`.
    nesterov : bool
        Whether the momentum is Nesterov's.
    schedule : {"thirds", "cosine"}
        The rate falls to a tenth after each third of the steps, or along half a cosine to 0.
    warm_up : float
        Share of the steps, at the beginning, over which the rate rises linearly from 0.
    clip : float
        The largest norm of a network's gradient: a longer one is scaled down to it; 0 for no limit.
    weight_decay : float
        Coupled with the gradient in SGD, decoupled in AdamW.
    """

    model: str
    distortion: str
    transform: str = "affine"
    localisation_depth: int = 2
    data: str = "mnist"
    iterations: int = ITERATIONS
    batch: int = 256
    rate: float = 0.01
    momentum: float = 0.9
    localisation_rate: float = 0.1
    precision: str = "float32"
    optimizer: str = "sgd"
    nesterov: bool = False
    schedule: str = "thirds"
    warm_up: float = 0.0
    clip: float = 0.0
    weight_decay: float = 0.0

    def __post_init__(self):
        if self.nesterov and self.optimizer != "sgd":
            raise ValueError(f"nesterov: expected it with the optimizer sgd, got {self.optimizer}")

    @property
    def name(self) -> str:
        """A file name's beginning, of what sets the cells of a table apart."""
        name = f"{self.model}-{self.distortion}"
        if self.model.startswith("st-"):
            name += f"-{self.transform}"
            if self.localisation_depth != Settings.localisation_depth:
                name += f"-depth{self.localisation_depth}"
            if self.localisation_rate != Settings.localisation_rate:
                name += f"-rate{self.localisation_rate:g}"
        for field, value in self._later().items():
            name += f"-{value}" if isinstance(value, str) else f"-{field}" + f"{value:g}" * (value is not True)
        return name

    def _later(self):
        """The settings in `LATER` that differ from the default: earlier results do not name them."""
        defaults = {field.name: field.default for field in fields(self)}
        return {name: getattr(self, name) for name in LATER if getattr(self, name) != defaults[name]}

    def facts(self) -> dict:
        """All of it by name, but for what concerns a transformer where there is none, and defaults in `LATER`."""
        left_out = () if self.model.startswith("st-") else ("transform", "localisation_depth", "localisation_rate")
        facts = {name: value for name, value in asdict(self).items() if name not in (*LATER, *left_out)}
        return facts | self._later()

    def beside(self):
        """What else the file of the trained weights shall hold: nothing, since these settings rebuild the network."""
        return {}

    def build(self, seed):
        """The network with its first weights."""
        return build(self.model, self.distortion, self.transform, self.localisation_depth, rng=seed)

    def rate_at(self, step: int) -> float:
        """The base rate of a step, as the schedule says."""
        warm_up = round(self.warm_up * self.iterations)
        rise = min(1.0, (step + 1) / warm_up) if warm_up else 1.0
        if self.schedule == "thirds":
            return self.rate * rise * 0.1 ** (step * 3 // self.iterations)
        progress = max(0, step - warm_up) / max(1, self.iterations - warm_up)
        return self.rate * rise * (1 + math.cos(math.pi * progress)) / 2
