"""The patients of chapter 14, trained for some seeds: ``python -m book.experiments.debugging.clinic``."""

import argparse
import json
import sys
from pathlib import Path

import torch

from book.experiments.debugging.patients import PATIENTS, train
from stn_numpy.files import provenance, write_json

PROGRAM = "python -m book.experiments.debugging.clinic"
STEPS = 1000


def main(arguments=None):
    """Train every patient and what cures it, and write the errors; what a results file has already is not run again.

    Each run keeps the commit that made it: a file may be of several.
    """
    parser = argparse.ArgumentParser(prog="python -m book.experiments.debugging.clinic", description=__doc__)
    parser.add_argument("--seeds", type=int, default=5, help="how many runs of each (default 5)")
    parser.add_argument("--steps", type=int, default=STEPS, help=f"of training in each (default {STEPS})")
    parser.add_argument("--only", nargs="*", choices=tuple(PATIENTS), default=tuple(PATIENTS), help="which ones")
    parser.add_argument("--out", type=Path, default=Path("book/results"), help="folder of clinic.json")
    options = parser.parse_args(arguments)
    torch.set_num_threads(1)
    path = options.out / "clinic.json"
    command = " ".join([PROGRAM, *(sys.argv[1:] if arguments is None else arguments)])
    made = provenance(command) | {"torch": torch.__version__}
    kept = json.loads(path.read_text())["runs"] if path.exists() else []
    runs = {(run["name"], run["seed"]): run for run in kept if run["steps"] == options.steps}
    for seed in range(options.seeds):
        for name in options.only:
            if (name, seed) not in runs:
                _, course = train(name, options.steps, seed)
                runs[name, seed] = dict(name=name, seed=seed, steps=options.steps, commit=made["commit"],
                                        **_short(course))
                write_json(path, dict(made_by=made, runs=list(runs.values())))
            print(f"{name}, seed {seed}: error {100 * runs[name, seed]['error']:.1f} %", flush=True)


def _short(course):
    """Of the whole course what the chapter shows: the end, and the loss averaged over fifty steps at a time."""
    losses = torch.tensor(course["loss"]).unfold(0, 50, 50).mean(1)
    last = {name: round(course[name][-1], 4) for name in ("outside", "larger", "smaller")}
    return dict(error=round(course["error"], 4), loss=[round(x, 4) for x in losses.tolist()], **last)


if __name__ == "__main__":
    main()
