"""What decides a training run's numbers."""

from dataclasses import asdict, dataclass

from .networks import SIZES, build

DISTORTIONS = tuple(SIZES)
PRECISIONS = ("float32", "bfloat16")
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
        Training steps; the rate falls to a tenth after each third of them.
    batch : int
        Images a step.
    rate, momentum : float
        Of stochastic gradient descent, without weight decay.
    localisation_rate : float
        What the rate is multiplied by for the localisation network.
    precision : {"float32", "bfloat16"}
        Of convolutions and products in training; weights, grid and loss are float32 always.
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

    @property
    def name(self):
        """A file name's beginning, of what sets the cells of a table apart."""
        name = f"{self.model}-{self.distortion}"
        if not self.model.startswith("st-"):
            return name
        name += f"-{self.transform}"
        if self.localisation_depth != Settings.localisation_depth:
            name += f"-depth{self.localisation_depth}"
        if self.localisation_rate != Settings.localisation_rate:
            name += f"-rate{self.localisation_rate:g}"
        return name

    def facts(self):
        """All of it by name; what concerns a transformer is left out where there is none."""
        facts = asdict(self)
        if not self.model.startswith("st-"):
            for name in ("transform", "localisation_depth", "localisation_rate"):
                del facts[name]
        return facts

    def beside(self):
        """What else the file of the trained weights shall hold: nothing, since these settings rebuild the network."""
        return {}

    def build(self, seed):
        """The network with its first weights."""
        return build(self.model, self.distortion, self.transform, self.localisation_depth, rng=seed)

    def rate_at(self, step):
        """The base rate of a step, which falls to a tenth after each third of them."""
        return self.rate * 0.1 ** (step * 3 // self.iterations)
