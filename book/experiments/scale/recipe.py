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

DISTORTIONS = ("R", "RTS", "P", "E", "TC", "P2")
FAMILIES = ("affine", "projective", "tps")
RECIPE = dict(
    optimizer="sgd", nesterov=True, rate=0.05, schedule="cosine", warm_up=0.05, clip=5.0, localisation_rate=1.0
)
TABLE = dict(data="mnist", iterations=15_000, precision="float32", **RECIPE)
LONG = dict(iterations=40_000, rate=0.02)  # of runs that are followed to their end
# What a CPU without bfloat16 does in 4 to 25 minutes a cell. The rate is in proportion to the batch: at 0.05, batches
# of 64 silence the last hidden layer of the localisation networks.
STEPS_OF_CNN = dict(iterations=3_000, batch=64, rate=0.0125)
COPIES = 24  # directions, 15 degrees apart
STEPS_OF_COPIES = dict(iterations=3_000, batch=64, optimizer="adamw", nesterov=False, rate=2e-3)
SEEDS = range(3)


def table_cells(half) -> list:
    """The cells of one half of Table 1, "fcn" or "cnn", affine transformers first; P also in the other reading."""
    return [
        ("table", dict(model=model, distortion=distortion, transform=family))
        for family, distortion in product(FAMILIES, DISTORTIONS)
        for model in MODELS
        if model.endswith(half)
        and error_in_paper(model, distortion, family)
        and (distortion != "P2" or (half == "fcn" and family == "affine"))
        and (model.startswith("st-") or family == "affine")
    ]


def controls() -> list:
    """A transformer that is frozen at the identity, one that can do nothing but turn, one that learns the true thetas,
    turned copies, and the CNN half at the FCN half's rate."""
    return [
        ("frozen", dict(model="st-fcn", distortion="R", localisation_rate=0.0)),
        ("turn alone", dict(model="st-fcn", distortion="R", transform="rotation")),
        ("told", dict(model="st-fcn", distortion="R", transform="affine")),
        ("frozen", dict(model="st-fcn", distortion="RTS", localisation_rate=0.0)),
        ("turned copies", dict(model="cnn", distortion="R", turned_copies=COPIES, **STEPS_OF_COPIES)),
        *(("faster", dict(model="cnn", distortion=distortion, rate=RECIPE["rate"])) for distortion in ("R", "P", "E")),
        ("faster", dict(model="st-cnn", distortion="R", rate=RECIPE["rate"])),
    ]


def recipe_cells() -> list:
    """All of the table and its controls, seed by seed, and longer runs."""
    cells = [cell_of("long", seed, model="st-fcn", distortion="R", transform="affine", **LONG) for seed in SEEDS]
    cells += [cell_of("long", 0, model="fcn", distortion=distortion, **LONG) for distortion in ("R", "P", "P2")]
    cells.append(cell_of("long", 0, model="st-fcn", distortion="RTS", transform="affine", **LONG))
    for wanted in (table_cells("fcn") + controls(), table_cells("cnn")):
        cells += [cell_of(series, seed, **settings) for seed in SEEDS for series, settings in wanted]
    return cells


def cell_of(series, seed, **settings) -> dict:
    """One cell, without what does not concern its network."""
    shorter = STEPS_OF_CNN if settings["model"].endswith("cnn") else {}
    return dict(series=series, **Settings(**TABLE | shorter | settings).facts(), seed=seed)


def measure_recipe(cell, context) -> dict:
    """Train one network; measure how much of the distortion a transformer undoes."""
    settings = settings_from(cell, Settings)
    kind = told_run if cell["series"] == "told" else MeasuredRun
    result, network = train_run(settings, cell["seed"], context, kind, record_every=RECORD_EVERY)
    if network.transformer is not None:
        result["alignment"] = measure_alignment(network, settings.data, settings.distortion)
    return result


EXPERIMENT = Experiment("recipe", 13, recipe_cells(), measure_recipe)
