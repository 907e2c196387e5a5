"""Train classifiers on turned digits: ``python -m book.experiments.training.rotated_mnist``."""

import argparse
import json
import multiprocessing
import os
import sys
import zlib
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path

import numpy as np

from book.experiments.training.turned_digits import (
    ARCHITECTURES,
    LOCALISATIONS,
    SETTINGS,
    TEST_TURNS,
    measure,
    told_by_chance,
    train_frozen,
    train_guided,
    train_one,
    turned_set,
)
from stn_numpy.files import provenance, write_json
from stn_numpy.pose import describe_angles, remaining_angle
from stn_numpy.training import error_rate

PROGRAM = "python -m book.experiments.training.rotated_mnist"
KINDS = ("linear", "fcn", "cnn")
TRANSFORM_NAMES = ("none", "rotation", "affine")
MEASURES = {"test_error": 100, "remaining_degrees": 1, "read_from_parameters": 100}  # by what they are shown times


def run(kind, transform, seed, folder, settings=SETTINGS):
    """Train and measure one cell for one seed, unless its result is there already.

    Parameters
    ----------
    kind, transform, seed
        As in `build`.
    folder : path
        Where the checkpoint and the finished result lie.
    settings : dict

    Returns
    -------
    dict
        What stands in the results file under ``runs``.
    """
    facts = dict(classifier=kind, transform=transform, seed=seed, settings=settings | ARCHITECTURES)
    done = _own_file(folder, f"{kind}-{transform}-{seed}", facts)
    if done.exists():
        return json.loads(done.read_text())
    model, history = train_one(kind, transform, seed, checkpoint=done.with_suffix(".npz"), settings=settings)
    result = dict(**facts, parameters=model.parameter_count(), seconds=round(history.seconds, 1), **measure(model),
                  **curves(history))
    write_json(done, result)
    return result


def run_beside(seed, folder, settings=SETTINGS):
    """What stands beside the table, for one seed: where the remaining angle comes from, and what chance tells.

    Parameters
    ----------
    seed, folder, settings
        As in `run`.

    Returns
    -------
    dict
        ``told_by_chance`` by the name of the transform; and for each kind of localisation network in front of the
        linear classifier, ``angles``: behind a rotation that is ``free`` (trained as in the table), before a
        ``frozen`` reader, and ``guided`` by the true angle.
    """
    facts = dict(seed=seed, settings=settings | ARCHITECTURES)
    done = _own_file(folder, f"beside-{seed}", facts)
    if done.exists():
        return json.loads(done.read_text())
    chance = {name: told_by_chance(name, seed) for name in ("rotation", "affine")}
    angles = {kind: compare_angles(kind, seed, settings) for kind in LOCALISATIONS}
    result = dict(**facts, told_by_chance=chance, angles=angles)
    write_json(done, result)
    return result


def _own_file(folder, name, facts):
    """A file that belongs to these settings alone: with others, nothing of an earlier run is taken up."""
    return Path(folder) / f"{name}-{zlib.crc32(json.dumps(facts, sort_keys=True).encode()):08x}.json"


def compare_angles(localisation, seed, settings=SETTINGS):
    """The angles behind one kind of localisation network, trained in three ways."""
    turned, labels, pose = turned_set("test")
    free, _ = train_one("linear", "rotation", seed, localisation, settings=settings)
    frozen = train_frozen(seed, localisation, settings)
    transformers = dict(free=free.transformer, frozen=frozen.transformer,
                        guided=train_guided(seed, localisation, settings))
    found = {name: describe_angles(remaining_angle(transformer, turned, pose), labels)
             for name, transformer in transformers.items()}
    for name, model in (("free", free), ("frozen", frozen)):
        found[name]["test_error"] = error_rate(model, turned, labels)
    return found


def curves(history):
    """The loss in means of 50 steps, and the snapshots by step."""
    losses = np.array(history.losses)
    losses = losses[:len(losses) // 50 * 50].reshape(-1, 50).mean(axis=1)
    snapshots = {step: {name: np.round(array, 5).tolist() for name, array in found.items()}
                 for step, found in sorted(history.records.items())}
    return dict(loss=np.round(losses, 4).tolist(), snapshots=snapshots)


def summarise(runs):
    """Mean and spread over the seeds for every cell of the table.

    Parameters
    ----------
    runs : list of dict
        As `run` returns them.

    Returns
    -------
    list of dict
        One for each pair of classifier and transform: seeds, parameters, and for each measure its mean and its sample
        standard deviation.
    """
    rows = []
    for kind in KINDS:
        for transform in TRANSFORM_NAMES:
            cell = [r for r in runs if (r["classifier"], r["transform"]) == (kind, transform)]
            if not cell:
                continue
            row = dict(classifier=kind, transform=transform, seeds=len(cell), parameters=cell[0]["parameters"])
            for key in (*MEASURES, "seconds"):
                values = [r[key] for r in cell if key in r]
                if values:
                    spread = float(np.std(values, ddof=1)) if len(values) > 1 else None
                    row[key] = dict(mean=float(np.mean(values)), spread=spread)
            rows.append(row)
    return rows


def table(rows):
    """The summary as text, one line a cell."""
    heads = ("error %", "angle left", "digit told %")
    lines = [f"{'classifier':<12}{'in front':<10}{'parameters':>10}" + "".join(f"{head:>14}" for head in heads)]
    for row in rows:
        found = [_with_spread(row.get(key), factor) for key, factor in MEASURES.items()]
        lines.append(f"{row['classifier']:<12}{row['transform']:<10}{row['parameters']:>10}"
                     + "".join(f"{text:>14}" for text in found))
    return "\n".join(lines)


def _with_spread(found, factor):
    if found is None:
        return "-"
    mean = f"{found['mean'] * factor:.1f}"
    return mean if found["spread"] is None else f"{mean} +- {found['spread'] * factor:.1f}"


def main(arguments=None):
    """The command; see ``--help``."""
    given = _read_arguments(arguments)
    # One thread a run: the runs share the cores, and a result must not depend on how many there are.
    os.environ.update({name: "1" for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")})
    settings = SETTINGS | {"steps": given.steps}
    tasks = [(kind, transform, seed, given.runs, settings)
             for seed in range(given.seeds) for kind in reversed(KINDS) for transform in TRANSFORM_NAMES]
    runs, beside = _run_all(tasks, [(seed, given.runs, settings) for seed in range(given.seeds)], given.workers)
    rows = summarise(runs)
    command = " ".join([PROGRAM, *(sys.argv[1:] if arguments is None else arguments)])
    target = Path(given.out) / "rotated_mnist.json"
    shared = settings | ARCHITECTURES | {"test_turns": TEST_TURNS}
    for result in runs + beside:
        del result["settings"]
    write_json(target, dict(made_by=provenance(command), settings=shared, summary=rows, beside=beside, runs=runs))
    print(table(rows))
    print(f"written to {target}")


def _read_arguments(arguments):
    parser = argparse.ArgumentParser(
        prog=PROGRAM, description=__doc__.split(":")[0] + ".",
        epilog="A run that was stopped goes on where its last checkpoint ends; a finished one is not run again.")
    add = parser.add_argument
    add("--seeds", type=int, default=3, help="runs of each cell (default: 3)")
    add("--steps", type=int, default=SETTINGS["steps"], help="training steps of a run (default: %(default)s)")
    add("--out", default="book/results", help="folder for rotated_mnist.json (default: %(default)s)")
    add("--runs", default="runs/rotated_mnist", help="folder for checkpoints (default: %(default)s)")
    add("--workers", type=int, default=os.cpu_count(), help="runs at a time (default: one for each core)")
    given = parser.parse_args(arguments)
    for name in ("seeds", "steps", "workers"):
        if getattr(given, name) < 1:
            parser.error(f"--{name}: expected at least 1, got {getattr(given, name)}")
    return given


def _run_all(tasks, tasks_beside, workers):
    from tqdm import tqdm

    with ProcessPoolExecutor(workers, multiprocessing.get_context("spawn")) as pool:
        futures = [pool.submit(run, *task) for task in tasks]
        beside = [pool.submit(run_beside, *task) for task in tasks_beside]
        for future in tqdm(as_completed(futures + beside), total=len(futures + beside), unit="run"):
            future.result()
    order = {pair: k for k, pair in enumerate((kind, name) for kind in KINDS for name in TRANSFORM_NAMES)}
    runs = sorted((f.result() for f in futures), key=lambda r: (order[r["classifier"], r["transform"]], r["seed"]))
    return runs, [f.result() for f in beside]


if __name__ == "__main__":
    main()
