"""Chapter 10's table: classifiers on turned digits, alone and after a transformer, and the angles that remain."""

import numpy as np

from book.experiments import ledger
from book.experiments.engine import NO_SERIES, Experiment
from book.experiments.training.turned_digits import (
    ALONE,
    BEHIND,
    LOCALISATIONS,
    SETTINGS,
    label_readable_by_chance,
    measure_classifier,
    train_classifier,
    train_frozen,
    train_guided,
    turned_set,
)
from stn_numpy.pose import describe_angles, remaining_angle, signs_of_life
from stn_numpy.training import error_rate

KINDS = ("linear", "fcn", "cnn")
TRANSFORM_NAMES = ("none", "rotation", "affine")
WAYS = ("free", "frozen", "guided")
SEEDS = range(3)
MORE_SEEDS = range(3, 10)  # of the comparison that three seeds do not decide


def table_cell(classifier, transform, seed):
    """A cell of the table."""
    layers = (ALONE if transform == "none" else BEHIND)[classifier]
    localisation = {} if transform == "none" else layers_of("cnn")
    network = dict(classifier=classifier, transform=transform, layers=layers, **localisation)
    return dict(part="table", **network, **SETTINGS, seed=seed)


def angle_cell(localisation, way, seed):
    """How far a rotation before the linear classifier turns digits upright: trained with it as in the table ("free"),
    before one that was trained on upright digits and then frozen ("frozen"), or on the true angle ("guided")."""
    return dict(part="angles", way=way, **layers_of(localisation), **SETTINGS, seed=seed)


def chance_cell(transform, seed):
    """How often the label can be read from the parameters that a network with random weights predicts."""
    return dict(part="chance", transform=transform, **layers_of("cnn"), test_seed=SETTINGS["test_seed"], seed=seed)


def layers_of(localisation):
    """The settings that describe a localisation network."""
    return dict(localisation=localisation, localisation_layers=LOCALISATIONS[localisation])


CELLS = [
    *(table_cell(kind, name, seed) for seed in SEEDS for kind in reversed(KINDS) for name in TRANSFORM_NAMES),
    *(angle_cell(kind, way, seed) for seed in SEEDS for kind in LOCALISATIONS for way in WAYS),
    *(angle_cell("fcn", way, seed) for seed in MORE_SEEDS for way in ("free", "frozen")),
    *(chance_cell(name, seed) for seed in SEEDS for name in TRANSFORM_NAMES[1:]),
]


def measure_rotated_mnist(cell, context):
    """Train and measure one cell."""
    seed = cell["seed"]
    if cell["part"] == "chance":
        return dict(label_readable=label_readable_by_chance(cell["transform"], seed, cell["test_seed"]))
    if cell["part"] == "table":
        how = dict(settings=cell, context=context, checkpoint=context.folder / "checkpoint.npz")
        model, history = train_classifier(cell["classifier"], cell["transform"], seed, **how)
        found = measure_classifier(model, cell["test_seed"])
        return dict(parameters=model.parameter_count(), **found, **curves(history))
    return compare_angles(cell["localisation"], cell["way"], seed, cell, context)


def compare_angles(localisation, way, seed, settings, context=NO_SERIES):
    """The angles after a rotation that was trained in one of the `WAYS`."""
    turned, labels, pose = turned_set("test", seed=settings["test_seed"])
    how = localisation, settings, context
    if way == "guided":
        model, transformer = None, train_guided(seed, *how)
    else:
        frozen = way == "frozen"
        model = train_frozen(seed, *how) if frozen else train_classifier("linear", "rotation", seed, *how)[0]
        transformer = model.transformer
    found = describe_angles(remaining_angle(transformer, turned, pose), labels)
    found["life"] = signs_of_life(transformer, turned, pose)
    return found if model is None else found | dict(test_error=error_rate(model, turned, labels))


def curves(history):
    """The loss in means of 50 steps, and the snapshots by step."""
    losses = np.array(history.losses)
    losses = losses[: len(losses) // 50 * 50].reshape(-1, 50).mean(axis=1)
    records = sorted(history.records.items())
    snapshots = {at: {name: np.round(a, 5).tolist() for name, a in found.items()} for at, found in records}
    return dict(loss=np.round(losses, 4).tolist(), snapshots=snapshots)


def snapshots_of_seed_0():
    """The snapshots of the table's runs with seed 0, by "classifier transform", for the explorable "growing"."""
    cells = ledger.read("rotated_mnist").where(part="table", seed=0)
    return {f"{cell.settings['classifier']} {cell.settings['transform']}": cell.result["snapshots"] for cell in cells}


EXPERIMENT = Experiment("rotated_mnist", 10, CELLS, measure_rotated_mnist)
