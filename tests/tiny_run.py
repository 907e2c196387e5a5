"""A transformer and a classifier small enough to train in a moment; ``python tiny_run.py PATH`` trains them."""

import sys

import numpy as np

from stn_numpy.families import TRANSFORMS
from stn_numpy.localisation import LocalisationNetwork
from stn_numpy.model import Classifier
from stn_numpy.optimizer import SGD, Adam, StepLR
from stn_numpy.training import train
from stn_numpy.transformer import SpatialTransformer

SHAPE = (1, 17, 9)
CLASSIFIERS = {"cnn": dict(channels=(3,), kernel_sizes=(3,)), "fcn": dict(hidden=(6,))}
OPTIMIZERS = {"SGD": lambda groups: SGD(groups, lr=0.1, momentum=0.9), "Adam": lambda groups: Adam(groups, lr=1e-2)}
KILLED_STEPS = 60


def build_model(seed=0, kind="cnn", transform="affine", hidden=(5,), align_corners=False, dtype="float64"):
    """A classifier after a transformer with a convolutional localisation network."""
    localisation = LocalisationNetwork(
        SHAPE, TRANSFORMS[transform].identity, channels=(2, 3), kernel_size=3, hidden=hidden, rng=seed, dtype=dtype
    )
    transformer = SpatialTransformer(localisation, transform, align_corners=align_corners)
    return Classifier(SHAPE, kind, 4, transformer, rng=seed + 1, dtype=dtype, **CLASSIFIERS[kind])


def build_optimizer(model, name="Adam"):
    """An optimizer with a rate of its own for the localisation network."""
    groups = [{"params": model.network.parameters()}, {"params": model.transformer.parameters(), "lr": 3e-3}]
    return OPTIMIZERS[name](groups)


def make_batch(rng):
    """Blurred noise whose brightest quarter is its class: something that can be learned."""
    labels = rng.integers(0, 4, 8)
    images = rng.standard_normal((8, *SHAPE))
    images = (images + np.roll(images, 1, 2) + np.roll(images, 1, 3)) / 2
    for image, label in zip(images, labels, strict=True):
        image[0, label // 2 * 8 :][:8, label % 2 * 4 :][:, :4] += 1
    return images, labels


def run(steps, seed=5, optimizer="Adam", model_seed=0, decay=None, batches=make_batch, **options):
    """Train a new tiny model; return model, optimizer and history."""
    model = build_model(model_seed)
    optimizer = build_optimizer(model, optimizer)
    options = dict(progress=False, schedule=StepLR(optimizer, *decay) if decay else None) | options
    return model, optimizer, train(model, optimizer, batches, steps, seed, **options)


def record(model):
    """Arrays of several shapes that change in every step."""
    bias = model.transformer.localisation.final.bias.data
    return {"bias": bias.copy(), "sum": np.array(sum(parameter.data.sum() for parameter in model.parameters()))}


def same(one, other):
    """Whether two runs are equal to the last bit: losses, records, parameters, state and rates."""
    found = []
    for model, optimizer, history in (one, other):
        arrays = {name: parameter.data for name, parameter in model.named_parameters().items()}
        arrays |= optimizer.state_dict() | {"losses": np.array(history.losses)}
        arrays |= {f"{step} {name}": array for step, kept in history.records.items() for name, array in kept.items()}
        found.append(arrays)
    mine, theirs = found
    return mine.keys() == theirs.keys() and all(
        np.array_equal(array, theirs[name]) and array.dtype == theirs[name].dtype for name, array in mine.items()
    )


def batches_on_demand(rng):
    """Wait for a line on stdin, then report on stdout that another step begins."""
    sys.stdin.readline()
    print("step", flush=True)
    return make_batch(rng)


if __name__ == "__main__":
    run(KILLED_STEPS, decay=(10, 0.9), batches=batches_on_demand, checkpoint=sys.argv[1], checkpoint_every=1)
