"""Chapter 13's recipes: what an ST-FCN learns on R by optimizer, base rate and the localisation network's factor.

Errors and poses are those of the last 10,000 training digits, on which none of these networks is trained: recipes are
chosen here, and the test digits are kept for the chosen ones.
"""

from itertools import product

from book.experiments.engine import Experiment
from book.experiments.networks import settings_from, train_run
from stn_numpy.pytorch.settings import Settings

SCHEDULE = dict(iterations=10_000, schedule="cosine", warm_up=0.05, clip=5.0)
SHARED = dict(model="st-fcn", distortion="R", data="validation", **SCHEDULE)
BASE_RATES = {"sgd": (0.1, 0.05, 0.02), "adamw": (4e-3, 2e-3, 5e-4)}
FACTORS = (1.0, 0.1, 0.01)
LONGER = ((0.05, 30_000), (0.02, 40_000), (0.01, 40_000))  # base rates and steps of longer runs
RECORD_EVERY = 2_500  # steps


def cells_of_table() -> list:
    """The rates that look best first, so that an unfinished table is already useful."""
    cells = []
    for place, factor, optimizer in product((1, 2, 0), FACTORS, BASE_RATES):
        rates = dict(rate=BASE_RATES[optimizer][place], localisation_rate=factor)
        settings = Settings(**SHARED, optimizer=optimizer, nesterov=optimizer == "sgd", **rates)
        cells.append(settings.facts() | dict(seed=0))
    return cells


def cells_of_longer_runs() -> list:
    """How much more time is worth, at the factor that the table chose."""
    shared = SHARED | dict(optimizer="sgd", nesterov=True, localisation_rate=1.0)
    cells = [Settings(**shared | dict(rate=rate, iterations=steps)) for rate, steps in LONGER]
    return [settings.facts() | dict(seed=0) for settings in cells]


def measure_history(cell, context) -> dict:
    """Train one network, with a history along the run."""
    result, _ = train_run(settings_from(cell, Settings), cell["seed"], context, record_every=RECORD_EVERY)
    return result


ALIKE = ("seed", "rate", "localisation_rate")
EXPERIMENT = Experiment("rates", 13, cells_of_table() + cells_of_longer_runs(), measure_history, alike=ALIKE)
