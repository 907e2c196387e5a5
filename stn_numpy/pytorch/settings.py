"""The settings that determine a training run's numbers."""

import math
from dataclasses import asdict, dataclass, fields

from ..arguments import option
from .digits import DATA
from .families import TRANSFORMS
from .networks import MODELS, SIZES, build

DISTORTIONS = tuple(SIZES)
PRECISIONS = ("float32", "bfloat16")
OPTIMIZERS = ("sgd", "adamw")
SCHEDULES = ("thirds", "cosine")
ITERATIONS = 150_000  # the paper's
OPTIMISING = ("optimizer", "nesterov", "schedule", "warm_up", "clip", "weight_decay")
LATER = (*OPTIMISING, "turned_copies", "entropy")  # not in the first recorded results

DISTORTED = """\
rotation; rotation, scale and translation; projective; elastic; translation and clutter; projective, by two numbers a \
corner"""
NUMBERS = ", ".join(f"{name} {len(family.identity)}" for name, family in TRANSFORMS.items())
FAMILIES = f"the transformer's family of maps, with its number of parameters: {NUMBERS}"
DIGITS = """\
all of MNIST, the digits that come with the package, or MNIST's training digits alone, tested on the last 10,000 of \
them"""
DEPTH = "convolutions, or hidden layers, of the localisation network; the paper has 2"
SCHEDULE = "the rate falls to a tenth after each third of the steps, or along half a cosine to 0"
TURNED_COPIES = """\
the classifier reads each image in this number of directions and learns which is up; not with a transformer; 0 for \
none"""
ENTROPY = "so much of the entropy of turned copies' shares is added to the loss; at 0.1 one direction wins more often"
WARM_UP = "share of the steps, at the beginning, over which the rate rises linearly from 0"
PRECISION = """\
of convolutions and products in training; grid, loss, weights and the test are float32; auto: bfloat16 on a processor \
that computes in it, else float32, with TF32 for convolutions on CUDA"""


@dataclass(frozen=True)
class Settings:
    """One cell of a table: a network, the distortion of its digits, and its training.

    Each field is explained by its help, which the command line shows too.
    """

    model: str = option(choices=MODELS, help="fully connected or convolutional; st-: after a transformer")
    distortion: str | None = option(choices=DISTORTIONS, help=DISTORTED)
    transform: str = option("affine", FAMILIES, choices=TRANSFORMS)  # itself: a family added later is a choice, too
    localisation_depth: int = option(2, DEPTH, least=0, most=3)
    data: str = option("mnist", DIGITS, choices=tuple(DATA))
    iterations: int = option(ITERATIONS, least=1, help="training steps")
    batch: int = option(256, least=1, help="images a step")
    rate: float = option(0.01, least=0, help="the base rate: the largest, before the schedule lowers it")
    momentum: float = option(0.9, least=0, help="of SGD; not stated in the paper")
    localisation_rate: float = option(0.1, "factor of the rate for the localisation network; 0 freezes it", least=0)
    precision: str = option("float32", PRECISION, choices=PRECISIONS)
    optimizer: str = option("sgd", choices=OPTIMIZERS, help="stochastic gradient descent, or AdamW without momentum")
    nesterov: bool = option(False, help="the momentum is Nesterov's")
    schedule: str = option("thirds", SCHEDULE, choices=SCHEDULES)
    warm_up: float = option(0.0, WARM_UP, least=0, most=1)
    clip: float = option(0.0, least=0, help="the largest norm of a network's gradient; larger ones are scaled; 0: any")
    weight_decay: float = option(0.0, least=0, help="coupled with the gradient in SGD, decoupled in AdamW")
    turned_copies: int = option(0, TURNED_COPIES, least=0)
    entropy: float = option(0.0, ENTROPY, least=0)

    usual = {}  # values of settings in LATER that a name leaves out, besides the defaults

    def __post_init__(self):
        if self.nesterov and self.optimizer != "sgd":
            raise ValueError(f"nesterov: expected it with the optimizer sgd, got {self.optimizer}")
        if self.entropy and not self.turned_copies:
            raise ValueError(f"entropy: expected 0 without turned copies, got {self.entropy:g}")
        if self.turned_copies and self.model.startswith("st-"):
            raise ValueError(f"turned_copies: expected 0 with the model {self.model}, got {self.turned_copies}")

    @property
    def name(self) -> str:
        """The beginning of a file name, from the settings that distinguish the cells of a table."""
        name = f"{self.model}-{self.distortion}"
        if self.model.startswith("st-"):
            name += f"-{self.transform}"
            if self.localisation_depth != Settings.localisation_depth:
                name += f"-depth{self.localisation_depth}"
            if self.localisation_rate != Settings.localisation_rate:
                name += f"-rate{self.localisation_rate:g}"
        for field, value in self.facts().items():
            if field in LATER and value != self.usual.get(field):
                name += f"-{value}" if isinstance(value, str) else f"-{field}" + f"{value:g}" * (value is not True)
        return name

    def unused(self) -> tuple:
        """The settings that have no effect on this network."""
        return () if self.model.startswith("st-") else ("transform", "localisation_depth", "localisation_rate")

    def facts(self) -> dict:
        """All settings by name, without those that are unused, and without those in `LATER` at their defaults."""
        left_out = {one.name for one in fields(self) if one.name in LATER and getattr(self, one.name) == one.default}
        return {name: value for name, value in asdict(self).items() if name not in left_out.union(self.unused())}

    def build(self, seed):
        """The network with its first weights."""
        how = dict(turned_copies=self.turned_copies, rng=seed)
        return build(self.model, self.distortion, self.transform, self.localisation_depth, **how)

    def rate_at(self, step: int) -> float:
        """The base rate of a step, by the schedule."""
        warm_up = round(self.warm_up * self.iterations)
        rise = min(1.0, (step + 1) / warm_up) if warm_up else 1.0
        if self.schedule == "thirds":
            return self.rate * rise * 0.1 ** (step * 3 // self.iterations)
        progress = max(0, step - warm_up) / max(1, self.iterations - warm_up)
        return self.rate * rise * (1 + math.cos(math.pi * progress)) / 2
