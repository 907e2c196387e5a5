"""Chapter 10's long runs in the book's own code: whether a transformer turns digits with more steps and tuned rates."""

import numpy as np

from book.experiments.engine import Experiment
from book.experiments.training.exchange import measure_exchanges
from book.experiments.training.turned_digits import (
    IMAGE_SHAPE,
    SETTINGS,
    measure_classifier,
    train_classifier,
    turned_set,
)
from stn_numpy import fast
from stn_numpy.digits import load_digits, load_mnist
from stn_numpy.distortions import draw
from stn_numpy.families import TRANSFORMS
from stn_numpy.localisation import LocalisationNetwork
from stn_numpy.model import Classifier
from stn_numpy.optimizer import SGD, CosineLR
from stn_numpy.pose import label_readable_from, outputs, signs_of_life
from stn_numpy.theta import rotation_theta
from stn_numpy.training import error_rate, train
from stn_numpy.transformer import SpatialTransformer

RECIPE = dict(optimizer="sgd", rate=0.05, momentum=0.9, nesterov=True, schedule="cosine", warm_up=0.05, clip=5.0)
LONG = dict(part="long", **RECIPE, steps=15_000, batch=256, localisation=(32, 32))
HIDDEN = {"linear": (), "fcn": (331, 331)}  # as wide as in chapter 13
SEEDS = range(3)
RECORD_EVERY = 1_000  # steps


def all_cells() -> list:
    """The long runs; the short ones of the table again, whose thetas are exchanged; the most important first."""
    long = [
        *(("fcn", "affine", "mnist", seed) for seed in SEEDS),
        *(("linear", name, "mnist", seed) for seed in SEEDS for name in ("affine", "features")),
        *(("fcn", name, "mnist", seed) for seed in SEEDS for name in ("none", "rotation")),
        *(("fcn", "affine", "small", seed) for seed in SEEDS),
    ]
    names = ("classifier", "transform", "data", "seed")
    cells = [LONG | dict(zip(names, values)) for values in long]
    short = [(name, seed) for name in ("linear", "cnn") for seed in SEEDS]
    return cells + [dict(part="short", classifier=k, transform="affine", **SETTINGS, seed=seed) for k, seed in short]


def long_model(classifier, transform, localisation, rng):
    """A classifier after a transform; "none" for none, "features" for a linear classifier of the features of the same
    localisation network in place of a picture."""
    if transform == "features":
        return Classifier(IMAGE_SHAPE, "fcn", hidden=localisation, rng=rng)
    if transform == "none":
        return Classifier(IMAGE_SHAPE, classifier, hidden=HIDDEN[classifier], rng=rng)
    identity = TRANSFORMS[transform].identity
    network = LocalisationNetwork(IMAGE_SHAPE, identity, kind="fcn", hidden=localisation, rng=rng)
    transformer = SpatialTransformer(network, transform)
    return Classifier(IMAGE_SHAPE, classifier, hidden=HIDDEN[classifier], transformer=transformer, rng=rng)


def measure_turning(cell, context) -> dict:
    """Train and measure one cell."""
    if cell["part"] == "short":
        model, _ = train_classifier(cell["classifier"], cell["transform"], cell["seed"], settings=cell, context=context)
        exchanges = exchanges_of(model, cell["seed"], cell["test_seed"])
        return measure_classifier(model, cell["test_seed"]) | dict(exchanges=exchanges)
    rng = np.random.default_rng([cell["seed"], 1])
    model = long_model(cell["classifier"], cell["transform"], tuple(cell["localisation"]), rng)
    history = train_long(fast.compiled(model), model, cell, context)
    found = measure_classifier(model) | dict(parameters=model.parameter_count(), history=history)
    return found | (dict(exchanges=exchanges_of(model, cell["seed"])) if model.transformer else {})


def exchanges_of(model, seed, test_seed=2015):
    """`measure_exchanges` over the turned test digits."""
    turned, labels, pose = turned_set("test", seed=test_seed)
    return measure_exchanges(model, turned, labels, pose.angle, np.random.default_rng([seed, 3]))


def fast_batches(images, labels, size, context):
    """`turned_batches`, turned by the compiled sampler: the same pictures up to rounding, in a seventh of the time."""

    def make_batch(rng):
        context.check()
        chosen = images[which := rng.integers(0, len(images), size)]
        theta = rotation_theta(draw(chosen, "R", rng)["angle"][:, None]).astype(chosen.dtype)
        return fast.affine_sample(chosen, theta, chosen.shape, align_corners=False), labels[which]

    return make_batch


def train_long(compiled, model, cell, context):
    """Train by the recipe, from the cell's checkpoint if there is one; return the history."""
    optimizer = SGD(compiled.parameters(), lr=cell["rate"], momentum=cell["momentum"], nesterov=cell["nesterov"])
    load = load_mnist if cell["data"] == "mnist" else load_digits
    look = looks_at(model)
    records = train(
        compiled,
        optimizer,
        fast_batches(*load("train"), cell["batch"], context),
        cell["steps"],
        seed=cell["seed"],
        schedule=CosineLR(optimizer, cell["steps"], cell["warm_up"]),
        clip=cell["clip"],
        checkpoint=context.folder / "checkpoint.npz",
        checkpoint_every=RECORD_EVERY,
        record=look,
        record_at=range(0, cell["steps"] + 1, RECORD_EVERY),
        progress=False,
    ).records
    return [
        dict(step=step, **{name: value.tolist() for name, value in record.items()})
        for step, record in sorted(records.items())
    ]


def looks_at(model):
    """The `record` of `train`: test error, remaining pose, silent units and how well theta reveals the class."""
    turned, labels, pose = turned_set("test", turns=1)
    known, known_labels, _ = turned_set("train", turns=1, seed=2016)

    def look(_):
        found = dict(test_error=error_rate(model, turned, labels))
        if model.transformer:
            life = signs_of_life(model.transformer, turned, pose)
            found |= life["remaining"] | dict(silent=life["silent"][-1])
            first, second = (outputs(model.transformer.localisation, images) for images in (known, turned))
            found["label_readable"] = label_readable_from(first, known_labels, second, labels)
        return {name: np.array(value) for name, value in found.items()}

    return look


EXPERIMENT = Experiment("turning", 10, all_cells(), measure_turning)
