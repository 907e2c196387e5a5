"""The recipe of chapter 10's experiment: turned digits, the models that read them, and their measurements."""

import numpy as np

from book.experiments.engine import NO_SERIES
from stn_numpy import fast
from stn_numpy.digits import load_digits
from stn_numpy.distortions import distort
from stn_numpy.families import TRANSFORMS
from stn_numpy.localisation import LocalisationNetwork
from stn_numpy.model import Classifier
from stn_numpy.optimizer import Adam, StepLR
from stn_numpy.pose import (
    circular_deviation,
    describe_angles,
    label_readable_from,
    outputs,
    remaining_angle,
    signs_of_life,
)
from stn_numpy.training import error_rate, train
from stn_numpy.transformer import SpatialTransformer

IMAGE_SHAPE = (1, 28, 28)
# The table has the convolutional localisation network; the other one is used to compare angles.
LOCALISATIONS = {
    "cnn": dict(kind="cnn", channels=(8, 10), kernel_size=5, downsample=2, hidden=(32,)),
    "fcn": dict(kind="fcn", hidden=(32, 32)),
}
# Widths of a classifier alone and after a transformer, so that the parameters of a row agree within 4%.
ALONE = {"linear": dict(hidden=(17,)), "fcn": dict(hidden=(71,)), "cnn": dict(channels=(18, 34))}
BEHIND = {"linear": dict(), "fcn": dict(hidden=(64,)), "cnn": dict(channels=(16, 32))}
# The test digits are turned by a seed that was drawn after all other settings had been chosen.
SETTINGS = dict(steps=4000, batch=64, rate=3e-3, decay_every=1500, decay=0.3, test_seed=2026)
SNAPSHOTS = (0, 50, 100, 200, 400, 800, 1500, 2500, 4000)
TEST_TURNS = 5  # angles at which every test digit is read


def new_classifier(kind, transform, seed, localisation="cnn"):
    """A classifier ("linear", "fcn", "cnn") with its first weights, after a transform ("none", "rotation", "affine")
    with a localisation network ("cnn", "fcn")."""
    rng = np.random.default_rng([seed, 1])
    if transform == "none":
        return Classifier(IMAGE_SHAPE, kind, rng=rng, **ALONE[kind])
    network = LocalisationNetwork(IMAGE_SHAPE, TRANSFORMS[transform].identity, rng=rng, **LOCALISATIONS[localisation])
    transformer = SpatialTransformer(network, transform)
    return Classifier(IMAGE_SHAPE, kind, transformer=transformer, rng=rng, **BEHIND[kind])


def turned_batches(images, labels, size, context=NO_SERIES):
    """The function with which `train` draws batches: random digits, each freshly turned."""

    def make_batch(rng):
        context.check()
        chosen = rng.integers(0, len(images), size)
        return distort(images[chosen], "R", rng)[0], labels[chosen]

    return make_batch


def turned_set(split, turns=TEST_TURNS, seed=2015):
    """The digits of a split, each turned several times, the same ones for every model: images, labels, pose."""
    images, labels = load_digits(split)
    images, labels = np.concatenate([images] * turns), np.concatenate([labels] * turns)
    turned, pose = distort(images, "R", np.random.default_rng(seed))
    return turned, labels, pose


def take_snapshot(turned, labels, pose):
    """The `record` of `train`: error, remaining angle, and theta for one digit of each class."""
    shown = [int(np.flatnonzero(labels == digit)[0]) for digit in range(10)]

    def record(model):
        found = {"error": np.array(error_rate(model, turned, labels))}
        if model.transformer:
            angles = remaining_angle(model.transformer, turned, pose)
            found["remaining_degrees"] = np.array(circular_deviation(angles))
            model.transformer(turned[shown])
            found["theta"] = model.transformer.theta.copy()
        return found

    return record


def train_by(settings, model, optimizer, make_batch, seed, **how):
    """Train a model by the recipe; return its history."""
    schedule = StepLR(optimizer, settings["decay_every"], settings["decay"])
    return train(model, optimizer, make_batch, settings["steps"], seed=seed, schedule=schedule, progress=False, **how)


def train_classifier(kind, transform, seed, localisation="cnn", settings=SETTINGS, context=NO_SERIES, checkpoint=None):
    """Train one cell of the table for one seed, from its checkpoint if there is one; return model and history."""
    model = new_classifier(kind, transform, seed, localisation)
    optimizer = Adam(model.parameters(), lr=settings["rate"])
    make_batch = turned_batches(*load_digits("train"), settings["batch"], context)
    snapshot = take_snapshot(*turned_set("test", turns=1, seed=settings["test_seed"]))
    record = dict(record=snapshot, record_at=SNAPSHOTS + (settings["steps"],))
    quick = fast.compiled(model)  # with the same parameters
    return model, train_by(settings, quick, optimizer, make_batch, seed, checkpoint=checkpoint, **record)


def measure_classifier(model, test_seed=2015):
    """Error, remaining angle and how well the parameters reveal the label, on turned test digits."""
    turned, labels, pose = turned_set("test", seed=test_seed)
    found = {"test_error": error_rate(model, turned, labels)}
    if model.transformer is None:
        return found
    found |= describe_angles(remaining_angle(model.transformer, turned, pose), labels)
    found["label_readable"] = label_readable(model.transformer.localisation, test_seed)
    return found | dict(life=signs_of_life(model.transformer, turned, pose))


def label_readable(localisation, test_seed):
    """How often the label can be read from a localisation network's parameters; see `label_readable_from`."""
    turned, labels, _ = turned_set("test", seed=test_seed)
    known, known_labels, _ = turned_set("train", turns=1, seed=2016)
    return label_readable_from(outputs(localisation, known), known_labels, outputs(localisation, turned), labels)


def label_readable_by_chance(transform, seed, test_seed):
    """The same with random weights in the last layer too. Numbers that depend on the picture always contain information
    about it, six more than one; only the excess over this was added by training."""
    localisation = new_classifier("linear", transform, seed).transformer.localisation
    weight = localisation.final.weight
    weight.data[:] = np.random.default_rng([seed, 2]).normal(size=weight.data.shape)
    return label_readable(localisation, test_seed)


def train_frozen(seed, localisation, settings=SETTINGS, context=NO_SERIES):
    """Train a rotation before a linear classifier that was trained on upright digits and then frozen."""
    model = new_classifier("linear", "rotation", seed, localisation)
    transformer, model.transformer = model.transformer, None
    images, labels = load_digits("train")

    def upright(rng):
        chosen = rng.integers(0, len(images), settings["batch"])
        return images[chosen], labels[chosen]

    train(model, Adam(model.parameters(), lr=1e-3), upright, 1500, seed=seed, progress=False)
    model.transformer = transformer
    optimizer = Adam(transformer.parameters(), lr=settings["rate"])
    make_batch = turned_batches(images, labels, settings["batch"], context)
    train_by(settings, fast.compiled(model), optimizer, make_batch, seed)
    return model


def train_guided(seed, localisation, settings=SETTINGS, context=NO_SERIES):
    """Train the transformer of a rotation on the true angle, which it is otherwise never given: the lower bound for a
    transformer, as it minimises ``mean(1 - cos(remaining angle))``."""
    transformer = new_classifier("linear", "rotation", seed, localisation).transformer
    network = fast.compiled(transformer.localisation)
    optimizer = Adam(network.parameters(), lr=settings["rate"])
    schedule = StepLR(optimizer, settings["decay_every"], settings["decay"])
    images, _ = load_digits("train")
    for step in context.steps(settings["steps"]):
        rng = np.random.default_rng([seed, step])
        turned, pose = distort(images[rng.integers(0, len(images), settings["batch"])], "R", rng)
        left = pose.angle + network(turned)[:, 0]
        optimizer.zero_grad()
        network.backward((np.sin(left) / len(left)).astype(turned.dtype)[:, None])
        optimizer.step()
        schedule.step()
    return transformer
