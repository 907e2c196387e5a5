"""Chapter 13's networks on distorted MNIST, for the cells of the paper's Table 1 and around it."""

from itertools import product

import numpy as np
import torch

from book.experiments.engine import Experiment
from book.experiments.measured import TURNED
from book.experiments.networks import settings_from, train_run
from book.experiments.scale.paper import error_in_paper
from stn_numpy.pose import remaining_pose
from stn_numpy.pytorch.digits import test_digits
from stn_numpy.pytorch.networks import MODELS
from stn_numpy.pytorch.settings import Settings

DISTORTIONS = ("R", "RTS", "P2", "E", "TC")
FAMILIES = ("affine", "projective", "tps")
SHORT = dict(data="mnist", iterations=2000, batch=256, rate=0.1, precision="bfloat16")
SHORTER = ("cnn", "st-cnn"), ("P2", "E")  # these models on these distortions take 500 steps
SEEDS = range(3)


def cells_of(series, **settings):
    """The cells of one network, without the settings that have no effect on it."""
    return [dict(series=series, **Settings(**SHORT | settings).facts(), seed=seed) for seed in SEEDS]


def table_cells():
    """Every cell of Table 1; in the series "still", frozen transformers; in the series "localisation", rates and depths
    of the localisation network, including those of the table."""
    cells = []
    for distortion, model, family in product(DISTORTIONS, MODELS, FAMILIES):
        if error_in_paper(model, distortion, family) and (model.startswith("st-") or family == "affine"):
            shorter = dict(iterations=500) if model in SHORTER[0] and distortion in SHORTER[1] else {}
            cells += cells_of("table", model=model, distortion=distortion, transform=family, **shorter)
    for distortion in ("R", "RTS"):
        cells += cells_of("still", model="st-cnn", distortion=distortion, localisation_rate=0.0)
    for rate in (1.0, 0.1, 0.01, 0.0):
        cells += cells_of("localisation", model="st-fcn", distortion="RTS", localisation_rate=rate)
    for depth in (0, 1, 3):
        cells += cells_of("localisation", model="st-fcn", distortion="RTS", localisation_depth=depth)
    return cells


def measure_network(cell, context):
    """Train one network; describe what an affine transformer on turned digits has learned."""
    settings = settings_from(cell, Settings)
    result, network = train_run(settings, cell["seed"], context)
    if settings.model.startswith("st-") and settings.transform == "affine" and settings.distortion in TURNED:
        standard = Settings(settings.model, settings.distortion).name == settings.name
        result["learned"] = describe_transformer(network, settings, pictures=standard and cell["seed"] == 0)
    return result


@torch.no_grad()
def describe_transformer(network, settings, pictures=False, batch=500):
    """What an affine transformer does to the test digits: their `remaining_pose` before and after it, the mean and
    spread of its thetas, how many of its localisation network's last hidden units are ``silent``, 0 for every digit;
    with `pictures` also the `mean_pictures` before and after it."""
    images, labels, truth = test_digits(settings.data, settings.distortion)
    transformer = network.transformer
    looks = transformer.theta, transformer, transformer.localisation.features
    theta, after, features = (torch.cat([look(part) for part in images.split(batch)]) for look in looks)
    still, canvas = torch.eye(2, 3).expand_as(theta), images.shape[-1]
    poses = {"pose_before": still, "pose_behind": theta}
    found = {name: remaining_pose(truth.theta, thetas, 28, canvas) for name, thetas in poses.items()}
    found |= dict(theta_mean=np.round(theta.mean(0).tolist(), 4), theta_spread=np.round(theta.std(0).tolist(), 4))
    found |= dict(units=features.shape[1], silent=int((features == 0).all(0).sum()))
    shown = dict(mean_before=images, mean_behind=after) if pictures else {}
    return found | {name: mean_pictures(seen, labels) for name, seen in shown.items()}


def mean_pictures(images, labels):
    """The mean picture of each class 0 to 9, in whole numbers from 0 to 255."""
    return [(255 * images[labels == digit].mean(0)[0]).round().int().tolist() for digit in range(10)]


EXPERIMENT = Experiment("distorted_mnist", 13, table_cells(), measure_network)
