"""One row of the table after another: check that all sides agree, then time them in turn."""

from functools import partial

import numpy as np

from book.experiments.fast import network, warp
from book.experiments.fast.copying import copy_call, share_of_copy_speed
from book.experiments.fast.sides import check_agreement, threads
from book.experiments.fast.timing import alternate, summary

BUSY_ROW = 0.25  # cores that others kept busy during one row, beyond which the row is marked
COPY = "copy"


def rows(packages, counts, watch, budget, shapes=None, report=lambda row: None):
    """Every row, one number of threads after another; `report` is called with each. `budget` holds keywords of
    `alternate`, `shapes` lists "warp" and "pool" shapes and "step" batches, None for all."""
    found = []
    for count in counts:
        for case in cases(packages, shapes or {}):
            found.append(row(case, count, packages, watch, budget))
            report(found[-1])
    return found


def cases(packages, shapes):
    """All cases, one dict a row: its names, a function that makes its sides, and the bytes that it must move."""
    for shape in shapes.get("warp", warp.SHAPES):
        arrays = warp.example(shape)
        for direction in warp.DIRECTIONS:
            moved = warp.BYTES_A_VALUE[direction] * arrays[0].size
            how = dict(direction=direction, tolerance=warp.tolerance(shape), bytes_moved=moved)
            make = partial(warp.sides, direction, packages, *arrays)
            yield dict(what="warp", shape=shape, image=arrays[0], sides=make, **how)
    yield from network.cases(packages, shapes)


def row(case, count, packages, watch, budget):
    """Measure one row: its dict in the results file. All sides are checked; those of `timed`, or all, are timed."""
    with threads(count, packages):
        sides = case["sides"]()
        errors = check_agreement(sides, case["tolerance"])
        watch.look()
        calls = {name: side.call for name, side in sides.items() if name in case.get("timed", sides)}
        times = alternate(calls | {COPY: copy_call(case["image"], count)}, **budget)
        load = watch.look()
    results = {name: summary(taken) for name, taken in times.items()}
    copied, took = results.pop(COPY), results["ours"]["median_ms"]
    share = share_of_copy_speed(case["bytes_moved"], took, case["image"].nbytes, copied["median_ms"])
    ours_over = {name: _short(took / result["median_ms"]) for name, result in results.items() if name != "ours"}
    copy_speed = _short(2 * case["image"].nbytes / copied["median_ms"] / 1e6)
    found = dict(what=case["what"], shape=list(case["shape"]), direction=case["direction"], threads=count)
    found |= dict(sides=results, ours_over=ours_over, bytes_moved=case["bytes_moved"])
    found |= dict(share_of_copy_speed=_short(share), copy_gb_per_s=copy_speed, relative_errors=errors)
    return found | dict(other_cores=load, busy=bool(load and load > BUSY_ROW))


def _short(number):
    return float(np.format_float_positional(number, precision=3, fractional=False))
