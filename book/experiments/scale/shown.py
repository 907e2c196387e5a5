"""Pictures of the digits whose thetas the histories of chapter 13 keep, for a page without MNIST."""

from book.experiments import ledger
from book.experiments.engine import Experiment
from book.experiments.measured import shown
from stn_numpy.pytorch.digits import test_digits


def measure_shown(cell, context) -> dict:
    """Pictures in whole numbers from 0 to 255, labels, and the degrees by which each was turned."""
    images, labels, pose = test_digits(cell["data"], cell["distortion"])
    chosen = shown(len(images))
    degrees = pose.angle[chosen].double().rad2deg().round(decimals=2)
    pictures = (255 * images[chosen, 0]).round().int()
    return dict(pictures=pictures.tolist(), labels=labels[chosen].tolist(), degrees=degrees.tolist())


def run_of_seed_0() -> dict:
    """The long run of ST-FCN on R with seed 0 and the digits that its history follows, for the explorable
    "turning"."""
    cell = dict(series="long", model="st-fcn", distortion="R", transform="affine", seed=0)
    run = ledger.read("recipe").one(**cell).result
    digits = ledger.read("shown_digits").one(data="mnist", distortion="R").result
    return dict(history=run["history"], before=run["angles"]["before"], digits=digits)


CELLS = [dict(data=data, distortion="R") for data in ("validation", "mnist")]
EXPERIMENT = Experiment("shown_digits", 13, CELLS, measure_shown)
