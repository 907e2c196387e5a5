"""Two digits, two transformers, one sum: ``python -m book.experiments.more_than_one.addition``."""

import argparse
import json
import sys
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import numpy as np
import torch
from torch import nn

from stn_numpy.check import check_choice
from stn_numpy.files import provenance, write_json
from stn_numpy.pose import remaining_pose
from stn_numpy.pytorch.arguments import real, whole
from stn_numpy.pytorch.command import Parser, Stop, best_precision, find_devices, plain_errors
from stn_numpy.pytorch.digits import DATA, STEPS_A_PIECE, TEST_SEED, Digits, load_split, mixed_seed
from stn_numpy.pytorch.distortions import distort
from stn_numpy.pytorch.families import TRANSFORMS
from stn_numpy.pytorch.layer import conv2d, linear
from stn_numpy.pytorch.localisation import LocalisationNetwork
from stn_numpy.pytorch.networks import PARAMETERS, closest_width
from stn_numpy.pytorch.parallel import ParallelTransformers, tiled_starts
from stn_numpy.pytorch.run import Run, Stopped, finished, made_by
from stn_numpy.pytorch.settings import LATER, PRECISIONS, Settings
from stn_numpy.pytorch.train import show_progress
from stn_numpy.pytorch.transformer import SpatialTransformer
from stn_numpy.pytorch.weights import load

PROGRAM = "python -m book.experiments.more_than_one.addition"
MODELS = {"fcn": 0, "cnn": 0, "st-fcn": 1, "2xst-fcn": 2}  # how many transformers stand in front
STARTS = ("identity", "tiles")
ANSWERS = {"sum": 19, "digits": 20}  # how many numbers the last layer gives
KINDS = ("fcn", "cnn")
OPTIMIZERS = ("sgd", "adam")
CANVAS = 42  # pixels a side

DESCRIPTION = """\
MNIST addition: two digits, each turned, scaled and placed on its own in a channel of its own; the answer is their sum.
Train networks without a transformer, with one, and with two in parallel, all of about 400,000 parameters; each
transformer sees and warps both channels. All classifiers read pictures that an average pool has halved.
"""

EPILOG = """\
In DIR: a checkpoint while a run lasts; at its end weights (.pt) and result (.json). Runs that are done are not run
again; those that were stopped (Ctrl-C) or killed go on where they were. All that is done in DIR is written to FILE.

The defaults are the paper's protocol as far as it is known, and take long. What makes shorter runs learn:
  --localisation cnn --optimizer adam --localisation-rate 1 --rate 0.0005 --batch 64 --iterations 12000
Told both digits, --answer digits, they learn sooner.
"""


@dataclass(frozen=True)
class AdditionSettings(Settings):
    """One network on MNIST addition, and how it is trained; what is not named here is as in `Settings`.

    Attributes
    ----------
    model : {"fcn", "cnn", "st-fcn", "2xst-fcn"}
    start : {"identity", "tiles"}
        Where the transformers look at first: all at everything, or at parts of it.
    answer : {"sum", "digits"}
        What is asked for and told in training: the sum, one of 19 classes, or both digits, from which it follows.
    localisation : {"fcn", "cnn"}
        Of what kind the localisation networks are; the paper's are fully connected.
    optimizer : {"sgd", "adam"}
        Adam takes no notice of `momentum`.
    """

    distortion: str = "addition"
    start: str = "identity"
    answer: str = "sum"
    localisation: str = "fcn"
    optimizer: str = "sgd"

    @property
    def name(self):
        """A file name's beginning, of what sets the cells of the table apart."""
        return f"{self.model}-{self.answer}" + (f"-{self.start}" if self.start != "identity" else "")

    def facts(self):
        """All of it by name; what concerns a transformer is left out where there is none."""
        facts = {name: value for name, value in vars(self).items() if name not in LATER}
        facts |= self._later() | dict(optimizer=self.optimizer)
        for name in () if MODELS[self.model] else ("transform", "localisation_rate", "localisation", "start"):
            del facts[name]
        for name in ("localisation_depth", *["momentum"] * (self.optimizer == "adam")):
            del facts[name]
        return facts

    def rate_at(self, step):
        """The base rate of a step: as in `Settings`, or with Adam a tenth of it in the last sixth of the run."""
        if self.optimizer == "sgd":
            return super().rate_at(step)
        return self.rate * 0.1 ** (step * 6 // self.iterations == 5)

    def build(self, seed):
        """The network with its first weights."""
        return build_addition(self.model, self.transform, self.start, self.answer, self.localisation, rng=seed)


class AdditionNetwork(nn.Module):
    """Parallel transformers or None, and a classifier behind them: (N, 2, 42, 42) to (N, 19) or (N, 100) logits."""

    def __init__(self, transformers, network):
        super().__init__()
        self.transformers, self.network = transformers, network

    def forward(self, images):
        return self.network(images if self.transformers is None else self.transformers(images))

    @property
    def transformer(self):
        """What stands before the classifier, by the name that it has in a `Classifier`."""
        return self.transformers

    def parameter_count(self):
        """How many numbers the network learns."""
        return sum(parameter.numel() for parameter in self.parameters())


class BothDigits(nn.Module):
    """Ten numbers for each of two digits, (N, 20), to logits of all pairs (N, 100): class ``10 * first + second``."""

    def forward(self, numbers):
        first, second = numbers.split(10, dim=1)
        return (first[:, :, None] + second[:, None, :]).flatten(1)


def build_addition(model, transform="affine", start="identity", answer="sum", localisation="fcn", rng=None,
                   dtype=torch.float32, parameters=PARAMETERS):
    """Build a network that reads the sum of two digits.

    Parameters
    ----------
    model : {"fcn", "cnn", "st-fcn", "2xst-fcn"}
    transform : str
        The family of transformations: a name in `TRANSFORMS`.
    start, answer, localisation
        As in `AdditionSettings`.
    rng : numpy Generator, int or None
        Of the first weights; an int is a seed.
    dtype : torch.float32 or torch.float64
    parameters : int
        About how many numbers the whole network shall learn: the classifier gets what the transformers leave.

    Returns
    -------
    AdditionNetwork

    Raises
    ------
    ValueError
        If an argument does not fit; the message says what was expected and what came.

    Notes
    -----
    Each transformer sees and warps both channels; its localisation network has linear layers of 32, 32 and P. What
    several make stands in channels beside each other. Our choice: networks without a transformer pool by 2 as well, and
    a convolutional localisation network has the layers of `LocalisationNetwork`, on the image downsampled by 2.
    Source: Jaderberg et al. 2015, the appendix on MNIST addition, taken second-hand.
    """
    check_choice("model", model, tuple(MODELS))
    check_choice("start", start, STARTS)
    check_choice("transform", transform, tuple(TRANSFORMS))
    check_choice("answer", answer, tuple(ANSWERS))
    check_choice("localisation", localisation, KINDS)
    rng, count = np.random.default_rng(rng), MODELS[model]
    starts = [TRANSFORMS[transform].identity] * count if start == "identity" else tiled_starts(count, transform)
    layers = dict(hidden=(32, 32)) if localisation == "fcn" else dict(downsample=2)
    transformers = [SpatialTransformer(LocalisationNetwork((2, CANVAS, CANVAS), one, localisation, rng=rng, dtype=dtype,
                                                           **layers), transform) for one in starts]
    left = parameters - sum(parameter.numel() for one in transformers for parameter in one.parameters())
    classifier = (_cnn if model == "cnn" else _fcn)(2 * max(count, 1), ANSWERS[answer], left, rng, dtype)
    if answer == "digits":
        classifier.append(BothDigits())
    return AdditionNetwork(ParallelTransformers(transformers) if count else None, classifier)


def _fcn(channels, classes, parameters, rng, dtype):
    """Two hidden layers of one width, the one that comes closest to so many parameters, on pooled pictures."""
    inputs = channels * (CANVAS // 2) ** 2
    width = closest_width(lambda width: (inputs + 1) * width + (width + 1) * width + (width + 1) * classes, parameters)
    return nn.Sequential(nn.AvgPool2d(2), nn.Flatten(), linear(inputs, width, rng, dtype), nn.ReLU(),
                         linear(width, width, rng, dtype), nn.ReLU(), linear(width, classes, rng, dtype))


def _cnn(channels, classes, parameters, rng, dtype, first=64):
    """64 padded filters of 9x9, and of 7x7 as many as come closest to so many parameters, on pooled pictures."""
    last = (CANVAS // 4 - 6) // 2
    width = closest_width(lambda width: (81 * channels + 1) * first + (49 * first + 1) * width
                     + (last * last * width + 1) * classes, parameters)
    return nn.Sequential(nn.AvgPool2d(2), conv2d(channels, first, 9, 4, rng, dtype), nn.ReLU(), nn.MaxPool2d(2),
                         conv2d(first, width, 7, 0, rng, dtype), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(),
                         linear(last * last * width, classes, rng, dtype))


class Pairs(Digits):
    """Pairs of digits, each distorted on its own, in two channels; the label is their sum."""

    def _piece_of(self, seed, number, part):
        generator = torch.Generator(self.device).manual_seed(mixed_seed(seed, number))
        shape = STEPS_A_PIECE, self.settings.batch
        index = torch.randint(len(self.images), (2, shape[0] * shape[1]), generator=generator, device=self.device)
        pairs, _ = distort_pairs(self.images[index], generator)
        labels = asked(self.settings.answer, *self.labels[index])
        return pairs.unflatten(0, shape)[:, part], labels.unflatten(0, shape)[:, part]

    def test_batches(self, batch):
        """The test pairs, as images (B, 2, 42, 42) and what is asked (B,)."""
        pairs, digits, _ = test_pairs(self.settings.data)
        labels, self.test_count = asked(self.settings.answer, *digits), len(pairs)
        for start in range(0, len(pairs), batch):
            yield pairs[start:start + batch].to(self.device), labels[start:start + batch].to(self.device)


def asked(answer, first, second):
    """The class of each pair of digits (N,), (N,): their sum, or which pair it is."""
    return first + second if answer == "sum" else 10 * first + second


def distort_pairs(digits, generator):
    """Turn, scale and place both digits of each pair, each on its own.

    Parameters
    ----------
    digits : (2, N, 1, 28, 28) tensor
        The first digits and the second ones.
    generator : torch.Generator

    Returns
    -------
    pairs : (N, 2, 42, 42) tensor
    theta : (2, N, 2, 3) tensor
        For each digit the true map from its canvas to the upright picture.
    """
    canvases, pose = distort(digits.flatten(0, 1), "RTS", generator)
    return canvases.view(2, -1, CANVAS, CANVAS).transpose(0, 1), pose.theta.view(2, -1, 2, 3)


def test_pairs(data):
    """The test pairs as every network meets them: each test digit once as the first and once as the second.

    Parameters
    ----------
    data : {"mnist", "small"}

    Returns
    -------
    pairs : (N, 2, 42, 42) tensor
    digits : (2, N) tensor
        The first digits and the second ones.
    theta : (2, N, 2, 3) tensor
        As `distort_pairs` returns it.
    """
    images, labels = map(torch.from_numpy, load_split(data, "test"))
    generator = torch.Generator().manual_seed(TEST_SEED)  # on the CPU: another device draws other numbers
    second = torch.randperm(len(images), generator=generator)
    pairs, theta = distort_pairs(torch.stack([images, images[second]]), generator)
    return pairs, torch.stack([labels, labels[second]]), theta


class AdditionRun(Run):
    """A `Run` on pairs; its result says how often the sum is wrong, and how transformers divide the digits."""

    def __init__(self, settings, seeds, device, folder, **how):
        super().__init__(settings, seeds, device, folder, digits=Pairs(settings, device), **how)

    def measure(self, network):
        """``sum_error``, and ``division``, see below, where there are affine transformers."""
        found = dict(sum_error=sum_error(network, self.settings))
        return found if network.transformers is None else found | dict(division=division(network, self.settings.data))


@torch.no_grad()
def sum_error(network, settings, batch=500):
    """Share of the test pairs whose sum is wrong, whatever was asked."""
    pairs, digits, _ = test_pairs(settings.data)
    said = torch.cat([network(part).argmax(1) for part in pairs.split(batch)])
    said = said // 10 + said % 10 if settings.answer == "digits" else said
    return (said != digits.sum(0)).double().mean().item()


@torch.no_grad()
def division(network, data, batch=500):
    """How each transformer lets each digit stand, over the test pairs.

    Parameters
    ----------
    network : AdditionNetwork
    data : {"mnist", "small"}

    Returns
    -------
    dict
        ``before``: for each of the two digits what `remaining_pose` says of the untouched
        canvases; ``behind``: the same for each transformer and each digit, in this order; ``theta_mean`` and
        ``theta_spread`` of each transformer.
    """
    pairs, _, truth = test_pairs(data)
    said = torch.cat([network.transformers.theta(part) for part in pairs.split(batch)], dim=1)
    if said.shape[2:] != (2, 3) or not said.isfinite().all():
        return {}
    still = torch.eye(2, 3).expand_as(said[0])
    return dict(before=[_pose(true, still) for true in truth],
                behind=[[_pose(true, theta) for true in truth] for theta in said],
                theta_mean=_rounded(said.mean(1)), theta_spread=_rounded(said.std(1)))


def _pose(truth, theta):
    return {name: round(value, 3) for name, value in remaining_pose(truth, theta, 28, CANVAS).items()}


def _rounded(tensor):
    return np.round(tensor.double().numpy(), 4).tolist()


def make_parser():
    """The command's arguments."""
    base = AdditionSettings("fcn")
    parser = Parser(prog=PROGRAM, description=DESCRIPTION, epilog=EPILOG, allow_abbrev=False,
                    formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add("--models", nargs="+", choices=MODELS, default=tuple(MODELS), metavar="MODEL", help="of " + ", ".join(MODELS))
    add("--starts", nargs="+", choices=STARTS, default=STARTS[:1], metavar="START",
        help="where two transformers look at first, of " + ", ".join(STARTS) + " (default: identity)")
    add("--answer", choices=ANSWERS, default=base.answer, help="what is asked for (default: %(default)s)")
    add("--localisation", choices=KINDS, default=base.localisation,
        help="fully connected or convolutional localisation networks (default: %(default)s)")
    add("--optimizer", choices=OPTIMIZERS, default=base.optimizer, help="default: %(default)s")
    add("--transform", choices=tuple(TRANSFORMS), default=base.transform, help="family of maps (default: %(default)s)")
    add("--seeds", type=whole(0), nargs="+", default=(0, 1, 2), metavar="N", help="default: 0 1 2")
    add("--iterations", type=whole(1), default=base.iterations, metavar="N", help="steps (default: %(default)s)")
    add("--batch", type=whole(1), default=base.batch, metavar="N", help="pairs a step (default: %(default)s)")
    add("--rate", type=real(0), default=base.rate, metavar="X",
        help="of the first third; with Adam, until the last sixth (default: %(default)s)")
    add("--momentum", type=real(0), default=base.momentum, metavar="X", help="default: %(default)s")
    add("--localisation-rate", type=real(0), default=base.localisation_rate, metavar="X",
        help="what the rate is multiplied by for the localisation networks (default: %(default)s)")
    add("--precision", choices=("auto", *PRECISIONS), default="auto", help="as in the training command")
    add("--data", choices=tuple(DATA), default=base.data, help="all of MNIST, or the package's digits")
    add("--checkpoint-every", type=whole(1), default=500, metavar="N", help="steps (default: %(default)s)")
    add("--device", default="auto", metavar="NAME", help="auto, cpu, cuda or cuda:N (default: auto)")
    add("--out", default="runs/addition", metavar="DIR", help="folder of the runs (default: %(default)s)")
    add("--results", metavar="FILE", help="where the table goes (default: addition.json in DIR)")
    return parser


def cells_of(given, device):
    """The settings of each row of the table; a start concerns several transformers alone."""
    shared = {name: value for name, value in vars(given).items() if name in AdditionSettings.__dataclass_fields__}
    if shared["precision"] == "auto":
        shared["precision"] = best_precision(device)
    every = [AdditionSettings(model=model, start=start if MODELS[model] > 1 else "identity", **shared)
             for model, start in product(given.models, given.starts)]
    return list(dict.fromkeys(every))


def train(settings, seed, device, given, command, stop):
    """One run, or what it left when it was done before; None if it was asked to stop."""
    result = finished(given.out, settings, seed)
    if result is None:
        run = AdditionRun(settings, [seed], device, given.out, checkpoint_every=given.checkpoint_every)
        try:
            with show_progress(run, hidden=not sys.stderr.isatty()) as progress:
                run.train(progress, stop)
        except Stopped:
            return None
        result = run.finish(made_by(command, device))[0]
    print(f"{settings.name}, seed {seed}: sum wrong {result['sum_error']:.2%}, {result['parameters']:,} parameters, "
          f"{result['processor_seconds']:.0f} s", flush=True)
    return result


def gather(folder):
    """The results of all runs that are done in a folder, whichever command made them, in the order of the table."""
    results = [json.loads(path.read_text()) | examples(path) for path in Path(folder).glob("*-seed*.json")]
    return sorted(results, key=lambda result: (
        list(ANSWERS).index(result["settings"]["answer"]), list(MODELS).index(result["settings"]["model"]),
        result["settings"].get("start", ""), result["seed"]))


@torch.no_grad()
def examples(path, count=6):
    """What a finished run's affine transformers say of the first of the package's test pairs.

    Parameters
    ----------
    path : Path
        Of the run's result; its weights have the same name with .pt.
    count : int

    Returns
    -------
    dict
        ``examples``: (T, count, 2, 3), or nothing where there are no affine transformers.
    """
    result = json.loads(path.read_text())
    if "division" not in result:
        return {}
    network = AdditionSettings(**result["settings"]).build(result["seed"])
    load(path.with_suffix(".pt"), network)
    return dict(examples=_rounded(network.transformers.theta(test_pairs("small")[0][:count])))


def summarise(results):
    """One row for each network: mean and sample standard deviation, over the seeds, of how often the sum is wrong."""
    rows = {}
    for result in results:
        rows.setdefault(AdditionSettings(**result["settings"]), []).append(result)
    return [settings.facts() | dict(
        parameters=runs[0]["parameters"], seeds=len(runs), mean=float(np.mean(errors)),
        spread=float(np.std(errors, ddof=1)) if len(errors) > 1 else None)
        for settings, runs in rows.items() for errors in [[run["sum_error"] for run in runs]]]


def main(arguments=None):
    """The command; see ``--help``."""
    given = make_parser().parse_args(arguments)
    command = " ".join([PROGRAM, *(sys.argv[1:] if arguments is None else arguments)])
    with plain_errors("addition"), Stop() as stop:
        device = find_devices(given.device)[0]
        path = Path(given.results or Path(given.out) / "addition.json")
        for seed, settings in product(given.seeds, cells_of(given, device)):
            if train(settings, seed, device, given, command, stop) is None:
                print(f"stopped; what was done is saved in {given.out}, and the same command goes on", file=sys.stderr)
                raise SystemExit(130)
            results = gather(given.out)
            write_json(path, dict(made_by=provenance(command) | dict(torch=torch.__version__),
                                  summary=summarise(results), runs=results))
        print(f"written to {path}")


if __name__ == "__main__":
    main()
