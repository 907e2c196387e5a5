"""What each family of transformations can undo: ``python -m book.experiments.families.fits``."""

import json
import time
from itertools import product
from pathlib import Path

import numpy as np
import torch

from book.experiments.families.undo import bounded_tps_transform, folded, places_left, straight, undo
from stn_numpy.digits import load_digits
from stn_numpy.distortions import apply, draw
from stn_numpy.families import TRANSFORMS, tps_transform
from stn_numpy.files import provenance, write_json
from stn_numpy.grid import affine_grid
from stn_numpy.projective import projective_grid
from stn_numpy.pytorch.arguments import whole
from stn_numpy.pytorch.command import Parser, plain_errors
from stn_numpy.pytorch.digits import test_digits
from stn_numpy.pytorch.distortions import distort
from stn_numpy.pytorch.run import Run, finished, made_by
from stn_numpy.pytorch.settings import Settings
from stn_numpy.pytorch.weights import load
from stn_numpy.sampler import grid_sample
from stn_numpy.tps import bending_energy, tps_grid

PROGRAM = "python -m book.experiments.families.fits"
DESCRIPTION = "Measure what each family of transformations can undo: fits of single digits, and networks that learn."
DIGITS, STEPS = 40, 150  # of each fit
ANGLES = (30, 60, 90)
SIDES = (2, 4, 6, 8)  # control points along each side
BENDING = (0.0, 0.1)
NOISE = 0.2  # standard deviation, of a brightness from 0 to 1
ITERATIONS, BATCH, RATE = 2500, 64, 0.1
NETWORKS = (("fcn", None), ("st-fcn", "affine"), ("st-fcn", "projective"), ("st-fcn", "tps"))
DRAWS = 5  # how often each test digit is distorted


def distorted(distortion, seed, angle=None):
    """Some test digits, what became of them, and the grid by which they were read.

    Returns
    -------
    wanted, images : (N, 1, 28, 28) arrays of float64
    grid : (N, 28, 28, 2) array
        For each pixel of the distorted picture, the place of the original that it shows.
    """
    rng = np.random.default_rng(seed)
    digits, _ = load_digits("test")
    wanted = digits[rng.permutation(len(digits))[:DIGITS]].astype(np.float64)
    numbers = draw(wanted, distortion, rng)
    if angle is not None:
        numbers = dict(angle=np.full(DIGITS, np.radians(angle)))
    images, truth = apply(wanted, distortion, numbers)
    if distortion == "E":
        grid = tps_grid(numbers["points"] / 14, wanted.shape) / numbers["scale"][:, None, None, None]
    elif distortion == "P":
        grid = projective_grid(truth, wanted.shape)
    else:
        grid = affine_grid(truth.theta, wanted.shape)
    return wanted, images, grid


def measured(family, wanted, images, distortion_grid, **how):
    """Fit a family to each digit and say what is left: of the squared error a share, of the places pixels."""
    pair = images.astype(np.float32), wanted.astype(np.float32)
    parameters = undo(*pair, family, STEPS, **how).astype(np.float64)
    grid = family.grid(parameters, wanted.shape)
    ink = wanted[:, 0] > 0.5
    before, after = squared(images - wanted), squared(grid_sample(images, grid) - wanted)
    pixels = places_left(grid, distortion_grid, ink)
    found = dict(left=float(after.sum() / before.sum()), pixels=float(np.median(pixels)),
                 found=float((pixels < 1).mean()), folded=float(folded(grid).mean()),
                 pixels_before=float(np.median(places_left(straight(grid), distortion_grid, ink))))
    return found, parameters, grid


def squared(difference):
    """Squared differences, added up for each picture: (N,)."""
    return (difference ** 2).sum(axis=(1, 2, 3))


def fit_families(seed):
    """Every family against the paper's R, P and E."""
    for distortion in ("R", "P", "E"):
        data = distorted(distortion, seed)
        for name, family in TRANSFORMS.items():
            yield dict(distortion=distortion, family=name), lambda f=family, d=data: measured(f, *d)[0]


def fit_angles(seed):
    """Some families against one angle at a time."""
    families = {name: TRANSFORMS[name] for name in ("rotation", "affine", "tps")}
    families["tps, bounded"] = bounded_tps_transform((4, 4))
    for angle in ANGLES:
        data = distorted("R", seed, angle)
        for name, family in families.items():
            yield dict(angle=angle, family=name), lambda f=family, d=data: measured(f, *d)[0]


def fit_points(seed):
    """Splines of more and more control points against E with noise, with and without a price on bending."""
    data = distorted("E", seed)
    for side in SIDES:
        for bending in BENDING:
            yield dict(side=side, bending=bending), lambda s=side, b=bending: fit_noisy(s, b, seed, *data)


def fit_noisy(side, bending, seed, wanted, images, distortion_grid):
    """Fit to pictures with noise; then read the same pictures with other noise by the same grids."""
    rng = np.random.default_rng([seed, 15])
    seen, unseen = (images + rng.normal(0, NOISE, images.shape) for _ in range(2))
    family = tps_transform((side, side))
    found, parameters, grid = measured(family, wanted, seen, distortion_grid, bending=bending, points=(side, side))
    start = squared(seen - wanted).sum()
    energy = bending_energy(family.forward(parameters), (side, side))
    return found | dict(unseen=float(squared(grid_sample(unseen, grid) - wanted).sum() / start),
                        clean=float(squared(grid_sample(images, grid) - wanted).sum() / start),
                        energy=float(np.median(energy)))


def train_networks(seed, folder):
    """A fully connected network on E, alone and behind three transformers."""
    for model, transform in NETWORKS:
        settings = Settings(model, "E", transform or "affine", data="small", iterations=ITERATIONS, batch=BATCH,
                            rate=RATE)
        yield dict(model=model, transform=transform), lambda s=settings: trained(s, seed, folder)


def trained(settings, seed, folder):
    """Train one network, or go on with it, and measure it on each test digit distorted several times."""
    result = finished(folder, settings, seed)
    if result is None:
        run = Run(settings, [seed], torch.device("cpu"), folder, checkpoint_every=100)
        run.train()
        result = run.finish(made_by("", torch.device("cpu")))[0]
    network = settings.build(seed)
    load(Path(folder) / f"{settings.name}-seed{seed}.pt", network)
    error = result["curve"]["error"]
    return dict(parameters=result["parameters"], seconds=result["processor_seconds"],
                train_error=float(np.mean(error[-len(error) // 10:])), **examined(settings, network))


@torch.no_grad()
def examined(settings, network):
    """Error on test digits, and what the transformer does to them: how far it moves points, and whether it folds."""
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


PARTS = {"families": fit_families, "angles": fit_angles, "points": fit_points, "networks": train_networks}


def make_parser():
    """The command's arguments."""
    parser = Parser(prog=PROGRAM, description=DESCRIPTION, allow_abbrev=False)
    parser.add_argument("--seeds", type=whole(1), default=3, help="how often everything is repeated (default: 3)")
    parser.add_argument("--only", nargs="*", choices=tuple(PARTS), default=tuple(PARTS), help="parts (default: all)")
    parser.add_argument("--runs", default="runs/families", help="folder of checkpoints (default: %(default)s)")
    parser.add_argument("--out", type=Path, default=Path("book/results"), help="folder of families.json")
    return parser


def main(arguments=None):
    """Measure all that the results file does not have yet; it is written after each part of each seed."""
    options = make_parser().parse_args(arguments)
    torch.set_num_threads(1)
    path = options.out / "families.json"
    known = json.loads(path.read_text()) if path.exists() else {}
    for part in options.only:
        made = provenance(f"{PROGRAM} --seeds {options.seeds} --only {part}")
        known.setdefault(part, dict(made_by=made | {"torch": torch.__version__}, runs=[]))
    with plain_errors("families"):
        for seed, part in product(range(options.seeds), options.only):
            measure_part(known, part, seed, options)


def measure_part(known, part, seed, options):
    """Measure one part for one seed, all that is not known yet, and write it down case by case."""
    runs, more = known[part]["runs"], (options.runs,) if part == "networks" else ()
    for case, measure in PARTS[part](seed, *more):
        case = case | dict(seed=seed)
        if not any(case.items() <= run.items() for run in runs):
            start = time.process_time()
            runs.append(case | rounded(measure()))
            write_json(options.out / "families.json", known)
            print(runs[-1], f"{time.process_time() - start:.1f} s", flush=True)


def rounded(found):
    """Numbers with the digits that mean something."""
    return {name: round(value, 4) if isinstance(value, float) else value for name, value in found.items()}


if __name__ == "__main__":
    main()
