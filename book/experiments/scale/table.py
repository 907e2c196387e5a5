"""Train a whole table and set it beside the paper's: ``python -m book.experiments.scale.table``."""

import argparse
import multiprocessing
import os
import re
import signal
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from itertools import product
from pathlib import Path

import numpy as np
import torch

from book.experiments.scale.paper import MARKS, error_in_paper
from stn_numpy.files import provenance, write_json
from stn_numpy.pytorch.arguments import add_arguments, real, whole
from stn_numpy.pytorch.command import Parser, Refusal, Stop, find_devices, plain_errors
from stn_numpy.pytorch.families import TRANSFORMS
from stn_numpy.pytorch.networks import MODELS
from stn_numpy.pytorch.run import Run, Stopped, finished, made_by
from stn_numpy.pytorch.settings import DISTORTIONS, ITERATIONS, Settings
from stn_numpy.pytorch.train import Options, settings_of

PROGRAM = "python -m book.experiments.scale.table"
GRIDS = {"affine": ("affine",), "full": ("affine", "projective", "tps")}  # of Table 1: its families

DESCRIPTION = """\
Train every network of a table on every distortion with several seeds, spread over the devices that there are, and
print our error beside the paper's, with the spread over the seeds.

--grid affine: FCN, CNN, ST-FCN and ST-CNN on R, RTS, P, E and TC, with affine transformers.
--grid full: with projective and thin-plate-spline transformers, too, on R, RTS, P and E, for which the paper has them.
--models, --distortions and --transforms choose a part of it. Several localisation rates or depths make a row of the
table each.
"""

EPILOG = """\
Runs that are done are not run again, and those that were stopped (Ctrl-C) or killed go on where they were.
One run alone: python -m stn_numpy.pytorch.train, whose --help says what the settings mean.
"""


def make_parser():
    """The command's arguments."""
    parser = Parser(prog=PROGRAM, description=DESCRIPTION, epilog=EPILOG, allow_abbrev=False,
                    formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add("--grid", choices=tuple(GRIDS), default="affine", help="which table (default: %(default)s)")
    add("--models", nargs="+", choices=MODELS, default=MODELS, metavar="MODEL", help="of " + ", ".join(MODELS))
    add("--distortions", nargs="+", choices=DISTORTIONS, default=DISTORTIONS, metavar="DISTORTION",
        help="of " + ", ".join(DISTORTIONS))
    add("--transforms", nargs="+", choices=tuple(TRANSFORMS), metavar="TRANSFORM",
        help="in place of the grid's: of " + ", ".join(TRANSFORMS))
    add("--seeds", type=whole(1), default=3, metavar="N", help="runs of each cell (default: %(default)s)")
    add("--localisation-rates", type=real(0), nargs="+", metavar="X", help="several, in place of one")
    add("--localisation-depths", type=whole(0, 3), nargs="+", metavar="N", help="several, in place of one")
    add_arguments(parser, Settings, omit=("model", "distortion", "transform"), precision="auto")
    add_arguments(parser, Options, only=("acceleration", "checkpoint_every"))
    add("--device", default="auto", metavar="NAME", help="auto or cuda (all there are), cpu, cuda:N (default: auto)")
    add("--workers", type=whole(1), metavar="N",
        help="runs at a time: on each CUDA device (default: 1), or on the CPU (default: one for each core)")
    add("--side-by-side", type=whole(1), metavar="N",
        help="seeds trained as one batched run (default: all of them on CUDA, whose devices are larger than one of "
             "these networks; 1 on the CPU, where it gains nothing and convolutions of several stay float32)")
    add("--runs", default="runs/table", metavar="DIR",
        help="folder of checkpoints, weights and single results (default: %(default)s)")
    add("--as-it-stands", action="store_true", help="train nothing: write the table of the runs that are done")
    add("--out", default="book/results/distorted_mnist.json", metavar="FILE", help="default: %(default)s")
    return parser


def cells_of(given, device):
    """The settings of each cell, in the order of the table; what does not concern a model is not multiplied.

    A grid has the cells that the paper has; whoever names families of transformations gets each everywhere.
    """
    rates = given.localisation_rates or [given.localisation_rate]
    depths = given.localisation_depths or [given.localisation_depth]
    families = given.transforms or GRIDS[given.grid]
    every = [settings_of(given, device, model=model, distortion=distortion, transform=transform,
                         localisation_depth=depth, localisation_rate=rate)
             for distortion, model, transform, depth, rate in product(given.distortions, given.models, families, depths,
                                                                      rates)
             if given.transforms or error_in_paper(model, distortion, transform)]
    return list({settings.name: settings for settings in every}.values())


def jobs_of(cells, seeds, together, folder):
    """What is left to do: (settings, seeds that are trained side by side).

    The seeds of a checkpoint stay together, even if some are done: a disk that was full at the end leaves it so.
    """
    jobs = []
    for settings in cells:
        free = set(range(seeds))
        left = {seed for seed in free if finished(folder, settings, seed) is None}
        for group in groups_saved(settings, folder):
            if len(group) <= together and free.issuperset(group) and left.intersection(group):
                jobs.append((settings, group))
                free -= set(group)
        rest = sorted(left & free)
        jobs += [(settings, rest[k:k + together]) for k in range(0, len(rest), together)]
    return jobs


def groups_saved(settings, folder):
    """The seeds of each checkpoint of a cell; `Run` names it after them."""
    names = sorted(path.name for path in Path(folder).glob(f"{settings.name}-seed*.checkpoint.pt"))
    found = [re.fullmatch(r".*-seed(\d+(?:\+\d+)*)\.checkpoint\.pt", name) for name in names]
    return [[int(seed) for seed in match[1].split("+")] for match in found if match]


def run_jobs(jobs, devices, workers, given, command, asked):
    """Run them all, or until asked to stop, each in a process that has a device or shares it with other workers."""
    from tqdm import tqdm

    context = multiprocessing.get_context("spawn")
    places, steps, stop = context.Queue(), context.Queue(), context.Event()
    for device in devices * workers:
        places.put(str(device))
    threads = max(1, (os.cpu_count() or 1) // (len(devices) * workers))
    count = min(len(devices) * workers, len(jobs))
    total = sum(settings.iterations * len(seeds) for settings, seeds in jobs)
    with tqdm(total=total, unit="step") as bar, ProcessPoolExecutor(
            count, context, _start_worker, (places, steps, stop, threads)) as pool:
        left = [pool.submit(_run_job, *job, given, command) for job in jobs]
        try:
            while left:
                time.sleep(0.2)
                if asked():
                    stop.set()
                for future in [future for future in left if future.done()]:
                    future.result()
                    left.remove(future)
                while not steps.empty():
                    name, taken, loss, error = steps.get()
                    bar.set_postfix_str(f"{name}: loss {loss:.4f}, error {error:.2%}", refresh=False)
                    bar.update(taken)
        except BaseException:
            stop.set()
            pool.shutdown(cancel_futures=True)
            raise


def _start_worker(places, steps, stop, threads):
    """In each process: take a device; leave signals to the parent, who says when to stop."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    if "OMP_NUM_THREADS" not in os.environ:
        torch.set_num_threads(threads)
    _WORKER.update(device=torch.device(places.get()), steps=steps, stop=stop)


_WORKER = {}


def _run_job(settings, seeds, given, command):
    parent, device, stop = multiprocessing.parent_process(), _WORKER["device"], _WORKER["stop"]
    if stop.is_set():
        return
    try:
        run = Run(settings, seeds, device, given.runs, given.acceleration, given.checkpoint_every)
        count = len(seeds)
        _WORKER["steps"].put((settings.name, run.step * count, 0.0, 0.0))

        def progress(taken, loss, error):
            _WORKER["steps"].put((settings.name, taken * count, loss, error))
        try:
            run.train(progress, lambda: stop.is_set() or not parent.is_alive())
            run.finish(made_by(command, device))
        except Stopped:
            pass
    except torch.OutOfMemoryError:
        raise Refusal("the device is out of memory; a smaller --batch, fewer --side-by-side or fewer --workers need "
                      "less") from None
    if not parent.is_alive():  # it was killed: nobody is left to hand out work or to end this process
        os._exit(1)


def summarise(cells, runs):
    """One row for each cell: mean and sample standard deviation of the error over the seeds, and the paper's.

    Parameters
    ----------
    cells : list of Settings
    runs : list of list of dict
        For each cell the results of its seeds.

    Returns
    -------
    list of dict
        Errors are shares, 0 to 1; `paper` is a dict of `error` and `mark`, or None.
    """
    rows = []
    for settings, results in zip(cells, runs):
        errors = [result["test_error"] for result in results]
        facts = settings.facts()
        rows.append(facts | dict(
            parameters=results[0]["parameters"], seeds=len(errors), mean=float(np.mean(errors)),
            spread=float(np.std(errors, ddof=1)) if len(errors) > 1 else None,
            paper=error_in_paper(settings.model, settings.distortion, settings.transform)))
    return rows


def as_text(rows):
    """The summary as text: one line a cell, and what the marks mean."""
    lines = [f"{'distortion':<11}{'network':<8}{'transform':<12}{'rate':>6}{'depth':>6}{'parameters':>11}{'steps':>9}"
             f"{'seeds':>6}{'error %':>14}{'paper %':>9}"]
    for row in rows:
        spread = "" if row["spread"] is None else f" +- {100 * row['spread']:.2f}"
        paper = "-" if row["paper"] is None else f"{100 * row['paper']['error']:.1f} {row['paper']['mark']}"
        rate, depth = (f"{row[name]:g}" if name in row else "-" for name in ("localisation_rate", "localisation_depth"))
        lines.append(f"{row['distortion']:<11}{row['model']:<8}{row.get('transform', '-'):<12}{rate:>6}{depth:>6}"
                     f"{row['parameters']:>11,}{row['iterations']:>9,}{row['seeds']:>6}{100 * row['mean']:>7.2f}"
                     f"{spread:<8}{paper:>8}")
    marks = sorted({row["paper"]["mark"] for row in rows if row["paper"]})
    protocol = ("ours: mean and sample standard deviation, over the seeds, of the error on the test digits after so "
                f"many steps of {rows[0]['batch']} images at a rate of {rows[0]['rate']:g}, the localisation network's "
                f"times the fourth column; the paper: {ITERATIONS:,} steps of 256 at 0.01 (second-hand)")
    return "\n".join(lines + [protocol] + [f"{mark} {MARKS[mark]}" for mark in marks])


def make_table(given, command):
    """Run the command."""
    devices = find_devices(given.device)
    cells = cells_of(given, devices[0])
    on_cpu = devices[0].type == "cpu"
    together = given.side_by_side or (1 if on_cpu else given.seeds)
    workers = given.workers or (os.cpu_count() if on_cpu else 1)
    jobs = [] if given.as_it_stands else jobs_of(cells, given.seeds, together, given.runs)
    with Stop() as asked:
        if jobs:
            run_jobs(jobs, devices, workers, given, command, asked)
    runs = [[finished(given.runs, settings, seed) for seed in range(given.seeds)] for settings in cells]
    runs = [[result for result in results if result is not None] for results in runs]
    done = sum(map(len, runs))
    if given.as_it_stands:
        cells, runs = [cell for cell, results in zip(cells, runs) if results], [results for results in runs if results]
        if not done:
            raise Refusal(f"--runs: no run of this table is done in {given.runs}")
    elif done < len(cells) * given.seeds:
        print(f"stopped, {done} of {len(cells) * given.seeds} runs are done, the others are saved in {given.runs}; "
              "the same command goes on from there", file=sys.stderr)
        raise SystemExit(130)
    rows = summarise(cells, runs)
    write_json(Path(given.out), dict(made_by=provenance(command) | dict(torch=torch.__version__),
                                     summary=rows, runs=[result for results in runs for result in results]))
    print(as_text(rows))
    print(f"written to {given.out}")


def main(arguments=None):
    """The command; see ``--help``."""
    given = make_parser().parse_args(arguments)
    command = " ".join([PROGRAM, *(sys.argv[1:] if arguments is None else arguments)])
    with plain_errors("table"):
        make_table(given, command)


if __name__ == "__main__":
    main()
