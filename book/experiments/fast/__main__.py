"""Measure the kernels against every peer that is installed, print the table and write it as JSON."""

import argparse
import os
import shlex
import subprocess
import sys

from book.experiments.fast import machine, table
from book.experiments.fast.sides import NEEDS, Disagreement, installed
from stn_numpy.files import provenance, write_json

CPU_CHOICES = ("NUMBA_CPU", "ATEN_CPU", "ONEDNN_MAX_CPU")  # variables by which the sides are told what processor to use
BUDGETS = {False: dict(seconds=2.5, least=5, most=101), True: dict(seconds=0.4, least=2, most=25)}  # whether quick


def main(arguments=None):
    """Run the command; return its exit status."""
    arguments = sys.argv[1:] if arguments is None else arguments
    options, cores = read_arguments(arguments), machine.usable_cores()
    packages, missing = installed()
    counts = [count for count in options.threads if count <= cores]
    if "ours" not in packages:
        return _fail("numba is not installed, so nothing can be measured: pip install numba")
    if not counts:
        return _fail(f"--threads: expected at most {cores}, the cores of this process, got {min(options.threads)}")
    too_many = [count for count in options.threads if count > cores]
    missing += [f"{count} threads are left out: this process has {cores} cores." for count in too_many]
    try:
        facts = measure_kernels(packages, counts, BUDGETS[options.quick], missing)
    except Disagreement as error:
        return _fail(f"the sides disagree, so timing stops, and no file is written: {error}")
    chosen = [f"{name}={value}" for name, value in sorted(os.environ.items()) if name.startswith(CPU_CHOICES)]
    command = shlex.join([*chosen, "python", "-m", "book.experiments.fast", *arguments])
    write_json(options.out, dict(made_by=provenance(command), quick=options.quick, **facts))
    print(f"Written to {options.out}.")
    return 0


def measure_kernels(packages, counts, budget, missing, shapes=None):
    """Measure and print everything; return the content of the results file."""
    from book.experiments.fast import network, run, warp

    about, versions, watch = machine.describe(), machine.versions(), machine.Watch()
    print(table.head(about, versions), flush=True)
    rows = run.rows(packages, counts, watch, budget, shapes, report=_Printer())
    texts = (warp.CONVENTIONS | network.CONVENTIONS).items()
    conventions = {name: text for name, text in texts if name in packages or name not in NEEDS}
    quiet = watch.verdict()
    print(table.foot(quiet, missing, conventions))
    how = dict(dtype="float32", mode="bilinear", padding_mode="zeros", align_corners=False)
    settings = dict(**how, threads=counts, thetas=warp.THETAS, **budget)
    facts = dict(machine=about, versions=versions, quiet=quiet, missing=missing, settings=settings)
    return facts | dict(conventions=conventions, rows=rows)


def read_arguments(arguments):
    """The command's options."""
    epilog = "Peers: pip install -r requirements.txt. Close other programs."
    parser = argparse.ArgumentParser(prog="python -m book.experiments.fast", description=__doc__, epilog=epilog)
    add = parser.add_argument
    add("--out", default="book/results/kernels.json", help="the file to write (default: %(default)s)")
    add("--quick", action="store_true", help="fewer calls of each: takes under a minute")
    add("--threads", type=int, nargs="+", default=[1, 2], metavar="N", help="numbers of threads (default: 1 2)")
    options = parser.parse_args(arguments)
    if min(options.threads) < 1:
        parser.error(f"--threads: expected at least 1, got {min(options.threads)}")
    return options


class _Printer:
    """Print each row as it comes, under a heading for each number of threads."""

    threads = None

    def __call__(self, row):
        if row["threads"] != self.threads:
            self.threads = row["threads"]
            print(table.block_head(self.threads))
        print(table.line(row), flush=True)


def _fail(message):
    print(f"python -m book.experiments.fast: {message}", file=sys.stderr)
    return 1


# NumPy's own threads, which multiply matrices, go on spinning after each product and keep Numba's threads off the
# cores: # a training step on two threads then takes many times as long. Their number is read once, when NumPy loads.
BLAS_THREADS = "OPENBLAS_NUM_THREADS"

if __name__ == "__main__":
    if BLAS_THREADS in os.environ:
        sys.exit(main())
    again = [sys.executable, *sys.orig_argv[1:]]
    sys.exit(subprocess.run(again, env=os.environ | {BLAS_THREADS: "1"}).returncode)
