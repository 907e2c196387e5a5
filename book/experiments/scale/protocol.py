"""Chapter 13's long runs: FCN and ST-FCN on R by the paper's own protocol, with a history along the run."""

from itertools import product

from book.experiments.engine import Experiment
from book.experiments.scale.rates import measure_history
from stn_numpy.pytorch.settings import ITERATIONS, Settings

SHARED = dict(distortion="R", iterations=ITERATIONS, batch=256, rate=0.01, schedule="thirds", localisation_rate=1.0)
SEEDS = range(3)


def long_cells() -> list:
    """Both networks with one seed first: a figure that is begun should compare."""
    return [
        Settings(model=model, **SHARED).facts() | dict(seed=seed) for seed, model in product(SEEDS, ("st-fcn", "fcn"))
    ]


EXPERIMENT = Experiment("protocol", 13, long_cells(), measure_history)
