"""Chapter 13's long runs: FCN and ST-FCN on R by the paper's own protocol, with a history along the run."""

from itertools import product

from book.experiments.engine import Experiment
from book.experiments.networks import settings_from, train_run
from stn_numpy.pytorch.settings import ITERATIONS, Settings

SHARED = dict(distortion="R", iterations=ITERATIONS, batch=256, rate=0.01, schedule="thirds", localisation_rate=1.0)
SEEDS = range(3)
RECORD_EVERY = 2_500  # steps


def long_cells() -> list:
    """Both networks with one seed first: a figure that is begun should compare."""
    return [
        Settings(model=model, **SHARED).facts() | dict(seed=seed) for seed, model in product(SEEDS, ("st-fcn", "fcn"))
    ]


def measure_long(cell, context) -> dict:
    """Train one network, with a history along the run."""
    result, _ = train_run(settings_from(cell, Settings), cell["seed"], context, record_every=RECORD_EVERY)
    return result


EXPERIMENT = Experiment("protocol", 13, long_cells(), measure_long)
