"""An experiment whose cells wait until a file appears: ``python tests/toy_experiment.py FOLDER wait ...``."""

import sys
import time
from pathlib import Path

from book.experiments.engine import Experiment

CELLS = [dict(kind=kind, seed=seed) for kind in ("quick", "slow") for seed in (0, 1)]


def measure_patience(settings, context):
    """Count, from where a checkpoint ends; a slow cell goes on until ``go`` lies beside the folder of runs."""
    path = context.folder / "count"
    count = int(path.read_text()) if path.exists() else 0
    begun = count
    while settings["kind"] == "slow" and not (context.folder.parents[1] / "go").exists():
        count += 1
        path.write_text(str(count))
        for _ in context.steps(1):
            time.sleep(0.05)
    return dict(begun=begun, count=count, nothing=float("nan"))


EXPERIMENT = Experiment("toy", 0, CELLS, measure_patience)

if __name__ == "__main__":
    from book.experiments.__main__ import main

    folder = Path(sys.argv[1])
    main(["toy", "--out", str(folder), "--runs", str(folder / "runs"), *sys.argv[2:]], [EXPERIMENT])
