"""For tests of experiments: an experiment whose cells wait until a file appears, and short cells of the others.

``python tests/series.py FOLDER ...`` runs the first.
"""

import sys
import time
from pathlib import Path

from book.experiments import engine
from book.experiments.__main__ import main, select

CELLS = [dict(kind=kind, seed=seed) for kind in ("quick", "slow") for seed in (0, 1)]


def measure_patience(settings, context):
    """Count, from a checkpoint on; a slow cell waits until ``go`` is beside the folder of runs."""
    path = context.folder / "count"
    count = int(path.read_text()) if path.exists() else 0
    begun = count
    while settings["kind"] == "slow" and not (context.folder.parents[1] / "go").exists():
        count += 1
        path.write_text(str(count))
        for _ in context.steps(1):
            time.sleep(0.05)
    return dict(begun=begun, count=count, nothing=float("nan"))


EXPERIMENT = engine.Experiment("toy", 0, CELLS, measure_patience)


def record_of(experiment, folder, only="", changes="", stop=lambda: False):
    """Measure the single cell that ``--only`` and ``--set`` select, given as text or list; None if it was stopped."""
    [cell] = select(experiment, *(part.split() if isinstance(part, str) else part for part in (only, changes)))
    return engine.measure_cell(experiment, cell, engine.Places(folder, folder / "runs"), stop)


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    main(["toy", "--out", str(folder), "--runs", str(folder / "runs"), *sys.argv[2:]], [EXPERIMENT])
