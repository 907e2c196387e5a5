"""Chapter 13's Table 1 by one recipe, which the table of rates has chosen, and the controls beside it."""

from itertools import product

from book.experiments.engine import Experiment
from book.experiments.measured import MeasuredRun
from book.experiments.networks import settings_from, train_run
from book.experiments.scale.alignment import measure_alignment
from book.experiments.scale.paper import error_in_paper
from book.experiments.scale.rates import RECORD_EVERY
from book.experiments.scale.told import told_run
from stn_numpy.pytorch.networks import MODELS
from stn_numpy.pytorch.settings import Settings

DISTORTIONS = ("R", "RTS", "P", "E", "TC")
FAMILIES = ("affine", "projective", "tps")
RECIPE = dict(
    optimizer="sgd", nesterov=True, rate=0.02, schedule="cosine", warm_up=0.05, clip=5.0, localisation_rate=1.0
)
LONG = dict(data="mnist", iterations=40_000, precision="float32", **RECIPE)
STEPS_OF_CNN = dict(iterations=3_000, rate=0.05, precision="bfloat16")
COPIES = 24  # directions, 15 degrees apart
STEPS_OF_COPIES = dict(iterations=3_000, batch=64, precision="bfloat16", optimizer="adamw", nesterov=False, rate=2e-3)
SEEDS = range(3)


def recipe_cells() -> list:
    """Table 1, fully connected networks first and affine transformers first among them; and the controls: a
    transformer that is frozen at the identity, one that can do nothing but turn, one that learns the true thetas, and
    turned copies."""
    wanted = [
        ("table", dict(model=model, distortion=distortion, transform=family))
        for half, family, distortion in product(("fcn", "cnn"), FAMILIES, DISTORTIONS)
        for model in MODELS
        if model.endswith(half)
        and error_in_paper(model, distortion, family)
        and (model.startswith("st-") or family == "affine")
    ]
    wanted += [("table", dict(model=model, distortion="P2", transform="affine")) for model in ("fcn", "st-fcn")]
    for distortion in ("R", "RTS"):
        frozen = dict(model="st-fcn", distortion=distortion, localisation_rate=0.0)
        wanted.append(("frozen", frozen))
    wanted.append(("turn alone", dict(model="st-fcn", distortion="R", transform="rotation")))
    wanted.append(("told", dict(model="st-fcn", distortion="R", transform="affine")))
    wanted.append(("turned copies", dict(model="cnn", distortion="R", turned_copies=COPIES, **STEPS_OF_COPIES)))
    return [cell_of(series, seed, **settings) for series, settings in wanted for seed in SEEDS]


def cell_of(series, seed, **settings) -> dict:
    """One cell, without what does not concern its network."""
    shorter = STEPS_OF_CNN if settings["model"].endswith("cnn") else {}
    return dict(series=series, **Settings(**LONG | shorter | settings).facts(), seed=seed)


def measure_recipe(cell, context) -> dict:
    """Train one network; measure how much of the distortion a transformer undoes."""
    settings = settings_from(cell, Settings)
    kind = told_run if cell["series"] == "told" else MeasuredRun
    result, network = train_run(settings, cell["seed"], context, kind, record_every=RECORD_EVERY)
    if network.transformer is not None:
        result["alignment"] = measure_alignment(network, settings.data, settings.distortion)
    return result


EXPERIMENT = Experiment("recipe", 13, recipe_cells(), measure_recipe)
