"""Chapter 16, MNIST addition: the sum of two digits, each turned, scaled and placed on its own in a channel of its own.

Networks without a transformer, with one, and with two in parallel, all of about 400,000 parameters.
"""

from dataclasses import dataclass

import numpy as np
import torch
from torch import nn

from book.experiments.engine import Experiment
from book.experiments.more_than_one.parallel import ParallelTransformers
from book.experiments.more_than_one.tiles import tiled_starts
from book.experiments.networks import settings_from, train_run
from stn_numpy.layer import AvgPool2d
from stn_numpy.pose import remaining_pose
from stn_numpy.pytorch.digits import STEPS_A_PIECE, TEST_SEED, Digits, load_split, mixed_seed
from stn_numpy.pytorch.distortions import distort
from stn_numpy.pytorch.families import TRANSFORMS
from stn_numpy.pytorch.localisation import LocalisationNetwork
from stn_numpy.pytorch.networks import CLASSIFIERS, PARAMETERS
from stn_numpy.pytorch.run import Run
from stn_numpy.pytorch.settings import Settings
from stn_numpy.pytorch.transformer import SpatialTransformer

MODELS = {"fcn": 0, "cnn": 0, "st-fcn": 1, "2xst-fcn": 2}  # number of transformers before the classifier
ANSWERS = {"sum": 19, "digits": 20}  # outputs of the last layer
CANVAS = 42  # pixels a side


@dataclass(frozen=True)
class AdditionSettings(Settings):
    """One network of `MODELS` on MNIST addition, trained with Adam; the rest is as in `Settings`."""

    distortion: str = "addition"
    start: str = "identity"  # where transformers look at first: all at the whole picture, or with "tiles" at parts
    answer: str = "sum"  # the target: the sum, or with "digits" both digits, from which the sum follows
    localisation: str = "cnn"  # the kind of the localisation networks
    optimizer: str = "adam"

    @property
    def name(self):
        """The beginning of a file name, from the settings that distinguish the table's cells."""
        return f"{self.model}-{self.answer}" + (f"-{self.start}" if self.start != "identity" else "")

    def unused(self):
        """The settings that have no effect on this network."""
        alone = () if MODELS[self.model] else ("transform", "localisation_rate", "localisation", "start")
        return (*alone, "localisation_depth", "momentum")

    def facts(self):
        """All settings by name, without those that are unused."""
        return super().facts() | dict(optimizer=self.optimizer)

    def rate_at(self, step):
        """The base rate of a step: a tenth in the last sixth of the run."""
        return self.rate * 0.1 ** (step * 6 // self.iterations == 5)

    def build(self, seed):
        """The network with its first weights; each transformer reads and warps both channels, and the classifier gets
        the parameters that remain after the transformers'.

        Our choice: all classifiers read pictures that an average pool has halved, and a localisation network has the
        layers of `LocalisationNetwork`, on the image downsampled by 2.
        Source: Jaderberg et al. 2015, the appendix on MNIST addition.
        """
        rng, count = np.random.default_rng(seed), MODELS[self.model]
        starts = [TRANSFORMS[self.transform].identity] * count
        if self.start == "tiles":
            starts = tiled_starts(count, self.transform)
        networks = (LocalisationNetwork((2, CANVAS, CANVAS), one, downsample=2, rng=rng) for one in starts)
        transformers = [SpatialTransformer(network, self.transform) for network in networks]
        left = PARAMETERS - sum(parameter.numel() for one in transformers for parameter in one.parameters())
        shape, kind = (2 * max(count, 1), CANVAS // 2), "cnn" if self.model == "cnn" else "fcn"
        numbers = ANSWERS[self.answer], left, rng, torch.float32
        classifier = CLASSIFIERS[kind]([AvgPool2d(2)], *shape, *numbers)
        if self.answer == "digits":
            classifier.append(BothDigits())
        return AdditionNetwork(ParallelTransformers(transformers) if count else None, classifier)


class AdditionNetwork(nn.Module):
    """Parallel transformers or None, and a classifier after them: (N, 2, 42, 42) to (N, 19) or (N, 100) logits."""

    def __init__(self, transformers, network):
        super().__init__()
        self.transformers, self.network = transformers, network

    def forward(self, images):
        return self.network(images if self.transformers is None else self.transformers(images))

    @property
    def transformer(self):
        """The transformers, by the name that a `Classifier` has for its own."""
        return self.transformers

    def parameter_count(self):
        """The number of learned numbers."""
        return sum(parameter.numel() for parameter in self.parameters())


class BothDigits(nn.Module):
    """Ten numbers for each of two digits, (N, 20), to logits of all pairs (N, 100): class ``10 * first + second``."""

    def forward(self, numbers):
        first, second = numbers.split(10, dim=1)
        return (first[:, :, None] + second[:, None, :]).flatten(1)


class Pairs(Digits):
    """Pairs of digits, each distorted on its own, in two channels; the label is their sum."""

    def piece(self, seed, number, part=slice(None)):
        generator = torch.Generator(self.device).manual_seed(mixed_seed(seed, number))
        shape = STEPS_A_PIECE, self.settings.batch
        index = torch.randint(len(self.images), (2, shape[0] * shape[1]), generator=generator, device=self.device)
        pairs, _ = distort_pairs(self.images[index], generator)
        labels = answers_of(self.settings.answer, *self.labels[index])
        return pairs.unflatten(0, shape)[:, part], labels.unflatten(0, shape)[:, part]

    def _test_set(self):
        pairs, digits, _ = test_pairs(self.settings.data)
        return pairs, answers_of(self.settings.answer, *digits)


def answers_of(answer, first, second):
    """The class of each pair of digits (N,), (N,): their sum, or the number of the pair."""
    return first + second if answer == "sum" else 10 * first + second


def distort_pairs(digits, generator):
    """Pairs (N, 2, 42, 42) of digits (2, N, 1, 28, 28), each turned, scaled and placed on its own, and the true maps
    from their canvases to the upright pictures: (2, N, 2, 3)."""
    canvases, pose = distort(digits.flatten(0, 1), "RTS", generator)
    return canvases.view(2, -1, CANVAS, CANVAS).transpose(0, 1), pose.theta.view(2, -1, 2, 3)


def test_pairs(data):
    """The test pairs (N, 2, 42, 42), each test digit once as the first and once as the second; their labels (2, N), and
    their true maps (2, N, 2, 3) as in `distort_pairs`."""
    images, labels = map(torch.from_numpy, load_split(data, "test"))
    generator = torch.Generator().manual_seed(TEST_SEED)  # on the CPU, since other devices draw other numbers
    second = torch.randperm(len(images), generator=generator)
    pairs, theta = distort_pairs(torch.stack([images, images[second]]), generator)
    return pairs, torch.stack([labels, labels[second]]), theta


class AdditionRun(Run):
    """A `Run` on pairs; its result has the share of wrong sums, and how transformers divide the digits."""

    def __init__(self, settings, seed, device, folder, **how):
        super().__init__(settings, seed, device, folder, digits=Pairs(settings, device), **how)

    def measure(self, network):
        """``sum_error``, and ``division``, see below, where there are affine transformers."""
        found = dict(sum_error=sum_error(network, self.settings))
        return found if network.transformers is None else found | dict(division=division(network, self.settings.data))


@torch.no_grad()
def sum_error(network, settings, batch=500):
    """Share of the test pairs whose sum is wrong, whichever answer the network gives."""
    pairs, digits, _ = test_pairs(settings.data)
    answers = torch.cat([network(part).argmax(1) for part in pairs.split(batch)])
    sums = answers // 10 + answers % 10 if settings.answer == "digits" else answers
    return (sums != digits.sum(0)).double().mean().item()


@torch.no_grad()
def division(network, data, batch=500):
    """What each transformer does to each digit: the `remaining_pose` of the two digits ``before`` it and after it
    (``behind``); and ``theta_mean`` and ``theta_spread`` of each."""
    pairs, _, truth = test_pairs(data)
    thetas = torch.cat([network.transformers.theta(part) for part in pairs.split(batch)], dim=1)
    if thetas.shape[2:] != (2, 3) or not thetas.isfinite().all():
        return {}
    still = torch.eye(2, 3).expand_as(thetas[0])
    before, *behind = [[_pose(true, theta) for true in truth] for theta in (still, *thetas)]
    moments = dict(theta_mean=_rounded(thetas.mean(1)), theta_spread=_rounded(thetas.std(1)))
    return dict(before=before, behind=behind, **moments)


def _pose(truth, theta):
    return {name: round(value, 3) for name, value in remaining_pose(truth, theta, 28, CANVAS).items()}


def _rounded(tensor):
    return np.round(tensor.double().numpy(), 4).tolist()


@torch.no_grad()
def thetas_of_examples(network, count=6):
    """The thetas of affine transformers for the first of the package's test pairs: (T, count, 2, 3)."""
    return _rounded(network.transformers.theta(test_pairs("small")[0][:count]))


def measure_addition(cell, context):
    """Train one network."""
    result, network = train_run(settings_from(cell, AdditionSettings), cell["seed"], context, AdditionRun)
    return result | (dict(examples=thetas_of_examples(network)) if result.get("division") else {})


def cell_of(model, seed, start="identity", answer="sum", precision="bfloat16", **settings):
    """One network, without the settings that have no effect on it."""
    how = dict(localisation_rate=1.0, batch=64, precision=precision)
    return dict(**AdditionSettings(model, start=start, answer=answer, **how, **settings).facts(), seed=seed)


def cells():
    """The table of chapter 16, and a shorter experiment whose networks learn from both digits."""
    long, short = dict(rate=0.0005, iterations=12000), dict(answer="digits", rate=0.002, iterations=1200)
    return [
        *(cell_of(model, seed, **long) for seed in (0, 1) for model in MODELS),
        *(cell_of("2xst-fcn", seed, "tiles", **long) for seed in (0, 1, 2)),
        *(cell_of(model, 2, precision="float32", **long) for model in MODELS),  # for processors without bfloat16
        *(cell_of(model, 0, **short) for model in MODELS),
        cell_of("2xst-fcn", 0, "tiles", **short),
        *(cell_of(model, 1, **short) for model in ("fcn", "st-fcn", "2xst-fcn")),
        cell_of("2xst-fcn", 0, rate=0.002, iterations=600),
    ]


EXPERIMENT = Experiment("addition", 16, cells(), measure_addition)
