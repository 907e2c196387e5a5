"""How the time of the affine warp grows with pixels, channels and images: ``python -m book.experiments.fast.scaling``.

On one thread: ours, torch, OpenCV where it has the operation, and a copy of the images, the memory's own speed.
"""

import argparse
import os
import shlex
import sys
from functools import partial

import numpy as np

from book.experiments.fast import machine, run, warp
from book.experiments.fast.__main__ import BLAS_THREADS
from book.experiments.fast.sides import installed
from stn_numpy.files import provenance, write_json

SIDES = ("ours", "torch", "OpenCV")
STEPS = [4**k for k in range(6)]
SWEEPS = {  # three decades of each, the others fixed
    "pixels": [(1, 1, side, side) for side in (32, 64, 128, 256, 512, 1024, 2048)],
    "channels": [(1, channels, 32, 32) for channels in STEPS],
    "images": [(images, 1, 28, 28) for images in STEPS],
}
THETA = [[0.9, -0.25, 0.02], [0.2, 0.95, -0.04]]  # one map for all, so that each value costs the same work
BUDGET = dict(seconds=1.2, least=5, most=301)


def main(arguments=None):
    """Run the command; return its exit status."""
    parser = argparse.ArgumentParser(prog="python -m book.experiments.fast.scaling", description=__doc__)
    parser.add_argument("--out", default="book/results/scaling.json", help="the file to write (default: %(default)s)")
    arguments = sys.argv[1:] if arguments is None else arguments
    options = parser.parse_args(arguments)
    write_json(options.out, measure(shlex.join(["python", "-m", "book.experiments.fast.scaling", *arguments])))
    return 0


def measure(command, sweeps=SWEEPS, budget=BUDGET):
    """Measure all sweeps; return what stands in the results file."""
    packages, watch, rows = installed()[0], machine.Watch(), []
    for case in cases(packages, sweeps):
        rows.append(dict(sweep=case["what"], **run.row(case, 1, packages, watch, budget)))
        took = {name: f"{side['median_ms']:.3g} ms" for name, side in rows[-1]["sides"].items()}
        print(case["what"], case["shape"], case["direction"], took, flush=True)
    facts = dict(machine=machine.describe(), versions=machine.versions(), quiet=watch.verdict())
    return dict(made_by=provenance(command), **facts, theta=THETA, **budget, rows=rows)


def cases(packages, sweeps):
    """What is measured, one dict a row, as `run.row` takes it."""
    for sweep, shapes in sweeps.items():
        for shape in shapes:
            image, _, d_out = warp.example(shape)
            theta = np.tile(np.float32(THETA), (shape[0], 1, 1))
            for direction in warp.DIRECTIONS:
                make = partial(warp.sides, direction, packages, image, theta, d_out)
                moved = warp.BYTES_A_VALUE[direction] * image.size
                how = dict(direction=direction, tolerance=warp.tolerance(shape), bytes_moved=moved, timed=SIDES)
                yield dict(what=sweep, shape=shape, image=image, sides=make, **how)


if __name__ == "__main__":
    if os.environ.get(BLAS_THREADS) != "1":
        os.execve(sys.executable, [sys.executable, *sys.orig_argv[1:]], os.environ | {BLAS_THREADS: "1"})
    sys.exit(main())
