"""What a trained transformer does to the test digits: ``python -m book.experiments.scale.learned``."""

import argparse
import json
import sys
from pathlib import Path

import numpy as np
import torch

from stn_numpy.files import write_json
from stn_numpy.pose import remaining_pose
from stn_numpy.pytorch.command import Parser, Refusal, plain_errors
from stn_numpy.pytorch.digits import test_digits
from stn_numpy.pytorch.life import TURNED
from stn_numpy.pytorch.run import made_by
from stn_numpy.pytorch.settings import Settings
from stn_numpy.pytorch.weights import load

PROGRAM = "python -m book.experiments.scale.learned"

DESCRIPTION = """\
Look at the transformers of finished runs: the mean picture of each class of test digits before and behind them, and the
pose that they leave, compared with the true one that every digit was given.
"""


def make_parser():
    """The command's arguments."""
    parser = Parser(prog=PROGRAM, description=DESCRIPTION, allow_abbrev=False,
                    formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+", metavar="DIR",
                        help="folders of finished runs; those with an affine transformer on R or RTS are looked at")
    parser.add_argument("--out", required=True, metavar="FILE", help="where the findings go, as JSON")
    return parser


def read(path):
    """The settings, the seed and the provenance in a run's result; no settings if they are of another kind of run."""
    try:
        result = json.loads(path.read_text())
        foreign = result["settings"].keys() - Settings.__dataclass_fields__
        return None if foreign else Settings(**result["settings"]), result["seed"], result["made_by"]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Refusal(f"{path} is not a run's result ({error})") from error


def runs_in(folders):
    """The results in some folders that a look can be had at, in the order of their names.

    Raises
    ------
    Refusal
        If there are none.
    """
    every = [path for folder in folders for path in sorted(Path(folder).glob("*-seed*.json"))]
    found = []
    for path in every:
        settings = read(path)[0]
        if (settings and settings.model.startswith("st-") and settings.distortion in TURNED
                and settings.transform == "affine"):
            found.append(path)
    if not found:
        raise Refusal(f"no finished run with an affine transformer on {' or '.join(TURNED)} in {', '.join(folders)}")
    return found


@torch.no_grad()
def look(path, batch=500):
    """What one run has learned.

    Parameters
    ----------
    path : Path
        Of the run's result; its weights have the same name with .pt.

    Returns
    -------
    dict
        ``mean_before`` and ``mean_behind``: the mean picture of each class, ten pictures of whole numbers from 0 to
        255; ``pose_before`` and ``pose_behind``: see `remaining_pose`; ``theta_mean`` and ``theta_spread``; and
        how many of the ``units`` before the localisation network's last layer are ``silent``, 0 for every digit.
    """
    settings, seed, made = read(path)
    network = settings.build(seed)
    load(path.with_suffix(".pt"), network)
    images, labels, truth = test_digits(settings.data, settings.distortion)
    theta = torch.cat([network.transformer.theta(part) for part in images.split(batch)])
    behind = torch.cat([network.transformer(part) for part in images.split(batch)])
    features = torch.cat([network.transformer.localisation.features(part) for part in images.split(batch)])
    still = torch.eye(2, 3).expand_as(theta)
    pose = {when: remaining_pose(truth.theta, said, 28, images.shape[-1])
            for when, said in (("before", still), ("behind", theta))}
    return dict(settings=settings.facts(), seed=seed, run_made_by=made,
                mean_before=mean_pictures(images, labels), mean_behind=mean_pictures(behind, labels),
                pose_before=pose["before"], pose_behind=pose["behind"],
                theta_mean=np.round(theta.mean(0).tolist(), 4).tolist(),
                theta_spread=np.round(theta.std(0).tolist(), 4).tolist(),
                units=features.shape[1], silent=int((features == 0).all(0).sum()))


def mean_pictures(images, labels):
    """The mean picture of each class 0 to 9, in whole numbers from 0 to 255."""
    return [(255 * images[labels == digit].mean(0)[0]).round().int().tolist() for digit in range(10)]


def main(arguments=None):
    """The command; see ``--help``."""
    given = make_parser().parse_args(arguments)
    command = " ".join([PROGRAM, *(sys.argv[1:] if arguments is None else arguments)])
    with plain_errors("learned"):
        found = [look(path) for path in runs_in(given.folders)]
        for run in found:
            base = Settings(run["settings"]["model"], run["settings"]["distortion"])
            if run["seed"] or Settings(**run["settings"]).name != base.name:  # pictures are large: a few are enough
                del run["mean_before"], run["mean_behind"]
        write_json(given.out, dict(made_by=made_by(command, torch.device("cpu")), runs=found))
        for run in found:
            words = [f"{name} {run['pose_before'][name]:.2f} -> {run['pose_behind'][name]:.2f}"
                     for name in run["pose_before"]]
            print(f"{Settings(**run['settings']).name}, seed {run['seed']}: {', '.join(words)}")
        print(f"written to {given.out}")


if __name__ == "__main__":
    main()
