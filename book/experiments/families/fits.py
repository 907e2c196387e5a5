"""Chapter 15: distortions that each family can undo, by fits of single digits and by networks that learn."""

from functools import lru_cache
from itertools import product

import numpy as np
import torch

from book.experiments.engine import Experiment
from book.experiments.families.undo import bounded_tps_transform, folded, places_left, straight, undo
from book.experiments.networks import settings_from, train_run
from stn_numpy.digits import load_digits
from stn_numpy.distortions import apply, draw
from stn_numpy.families import TRANSFORMS, tps_transform
from stn_numpy.grid import affine_grid
from stn_numpy.projective import projective_grid
from stn_numpy.pytorch.digits import test_digits
from stn_numpy.pytorch.distortions import distort
from stn_numpy.pytorch.settings import Settings
from stn_numpy.sampler import grid_sample
from stn_numpy.tps import bending_energy, tps_grid

DIGITS, STEPS = 40, 150  # of each fit
NOISE = 0.2  # standard deviation, of a brightness from 0 to 1
DRAWS = 5  # how often each test digit is distorted
SEEDS = range(3)
BOUNDED = "tps, bounded"


@lru_cache(maxsize=4)
def distorted_digits(distortion, seed, angle=None):
    """Some upright test digits, the same digits distorted, both (N, 1, 28, 28), and the grid (N, 28, 28, 2) of the
    distortion: for each pixel of the distorted picture, the place of the original that it shows."""
    rng = np.random.default_rng(seed)
    digits, _ = load_digits("test")
    upright = digits[rng.permutation(len(digits))[:DIGITS]].astype(np.float64)
    numbers = draw(upright, distortion, rng)
    if angle is not None:
        numbers = dict(angle=np.full(DIGITS, np.radians(angle)))
    images, truth = apply(upright, distortion, numbers)
    if distortion == "E":
        grid = tps_grid(numbers["points"] / 14, upright.shape) / numbers["scale"][:, None, None, None]
    elif distortion in ("P", "P2"):
        grid = projective_grid(truth, upright.shape)
    else:
        grid = affine_grid(truth.theta, upright.shape)
    return upright, images, grid


def fit_family(family, upright, images, distortion_grid, **how):
    """What remains after a family's fit to each digit: a share of the squared error, pixels; also parameters and
    grid."""
    pair = images.astype(np.float32), upright.astype(np.float32)
    parameters = undo(*pair, family, STEPS, **how).astype(np.float64)
    grid = family.grid(parameters, upright.shape)
    ink = upright[:, 0] > 0.5
    before, after = squared(images - upright), squared(grid_sample(images, grid) - upright)
    pixels = places_left(grid, distortion_grid, ink)
    pixels_before = float(np.median(places_left(straight(grid), distortion_grid, ink)))
    found = dict(left=float(after.sum() / before.sum()), pixels=float(np.median(pixels)))
    found |= dict(found=float((pixels < 1).mean()), folded=float(folded(grid).mean()), pixels_before=pixels_before)
    return found, parameters, grid


def squared(difference):
    """Squared differences, added up for each picture: (N,)."""
    return (difference**2).sum(axis=(1, 2, 3))


def fit_noisy(side, bending, seed):
    """Fit a spline of `side` x `side` control points to bent digits with noise, with a price on bending; then read the
    same digits with other noise by the same grids."""
    upright, images, distortion_grid = distorted_digits("E", seed)
    rng = np.random.default_rng([seed, 15])
    seen, unseen = (images + rng.normal(0, NOISE, images.shape) for _ in range(2))
    family = tps_transform((side, side))
    found, parameters, grid = fit_family(family, upright, seen, distortion_grid, bending=bending, points=(side, side))
    start = squared(seen - upright).sum()
    energy = bending_energy(family.forward(parameters), (side, side))
    read = {"unseen": unseen, "clean": images}
    left = {name: float(squared(grid_sample(seen, grid) - upright).sum() / start) for name, seen in read.items()}
    return found | left | dict(energy=float(np.median(energy)))


def train_on_bent_digits(cell, context):
    """Train one network on E and measure it on each test digit distorted several times."""
    settings = settings_from(cell, Settings)
    result, network = train_run(settings, cell["seed"], context)
    error = result["curve"]["error"]
    kept = {name: result[name] for name in ("parameters", "seconds", "processor_seconds", "life") if name in result}
    return kept | rounded(dict(train_error=float(np.mean(error[-len(error) // 10 :])), **measure_bends(network)))


@torch.no_grad()
def measure_bends(network):
    """Error on test digits, how far the transformer moves their points, and whether it folds."""
    _, labels, _ = test_digits("small", "E")
    digits = torch.from_numpy(load_digits("test")[0])
    wrong, moved, over = [], [], []
    for number in range(DRAWS):
        images, _ = distort(digits, "E", torch.Generator().manual_seed(1500 + number))
        wrong.append((network(images).argmax(1) != labels).double().mean().item())
        if network.transformer is not None:
            parameters = network.transformer.localisation(images)
            grid = network.transformer.transform.grid(parameters, images.shape).double().numpy()
            over.append(folded(grid).mean())
            moved.append(np.sqrt(((14 * (grid - grid.mean(axis=0))) ** 2).sum(axis=3).mean()))
    found = dict(error=float(np.mean(wrong)))
    return found | dict(folded=float(np.mean(over)), moved=float(np.mean(moved))) if over else found


def measure_part(cell, context):
    """Measure one cell: a fit, or a network."""
    if cell["part"] == "networks":
        return train_on_bent_digits(cell, context)
    if cell["part"] == "points":
        return rounded(fit_noisy(cell["side"], cell["bending"], cell["seed"]))
    name = cell["family"]
    family = bounded_tps_transform((4, 4)) if name == BOUNDED else TRANSFORMS[name]
    digits = distorted_digits(cell.get("distortion", "R"), cell["seed"], cell.get("angle"))
    return rounded(fit_family(family, *digits)[0])


def rounded(found):
    """Numbers with their significant digits."""
    return {name: round(value, 4) if isinstance(value, float) else value for name, value in found.items()}


def cells_of_seed(seed):
    """Every family against the paper's R, P and E; some against one angle at a time; splines of more and more control
    points against noise, with and without a price on bending; a fully connected network on E, alone and after three
    transformers."""
    network = dict(distortion="E", data="small", iterations=2500, batch=64, rate=0.1)
    networks = [("fcn", "affine"), *product(["st-fcn"], ("affine", "projective", "tps"))]
    angles, points = product((30, 60, 90), ("rotation", "affine", "tps", BOUNDED)), product((2, 4, 6, 8), (0.0, 0.1))
    cells = [
        dict(part="families", distortion=name, family=family) for name, family in product(("R", "P2", "E"), TRANSFORMS)
    ]
    cells += [dict(part="angles", angle=angle, family=family) for angle, family in angles]
    cells += [dict(part="points", side=side, bending=price) for side, price in points]
    cells += [dict(part="networks", **Settings(model, transform=name, **network).facts()) for model, name in networks]
    return [cell | dict(seed=seed) for cell in cells]


CELLS = [cell for seed in SEEDS for cell in cells_of_seed(seed)]
EXPERIMENT = Experiment("families", 15, CELLS, measure_part)
