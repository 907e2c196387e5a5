"""Time several functions in turn, so that other load on the machine slows them all alike."""

import gc
import time

import numpy as np


def alternate(calls, seconds=1.0, least=5, most=101):
    """The seconds of each call of each function by name, called in turn, forwards and backwards: A B C, C B A, ...

    The functions get equal shares of `seconds`, in `least` to `most` calls each, a slow one at even distances. One more
    call measures how long each takes, and is not kept. The result of a call is freed within its time.
    """
    share = seconds / len(calls)
    counts = {name: int(np.clip(share / max(_timed(call), 1e-9), least, most)) for name, call in calls.items()}
    rounds, times = max(counts.values()), {name: [] for name in calls}
    collecting = gc.isenabled()
    gc.disable()
    try:
        for k in range(rounds):
            for name in list(calls)[:: -1 if k % 2 else 1]:
                if is_due(k, counts[name], rounds):
                    times[name].append(_timed(calls[name]))
    finally:
        if collecting:
            gc.enable()
    return times


def is_due(k, count, rounds):
    """Whether round k of `rounds` is one of `count` rounds at even distances."""
    return (k + 1) * count // rounds > k * count // rounds


def summary(times):
    """Median and quartiles of some times, in milliseconds, and their number."""
    low, median, high = np.percentile(np.asarray(times) * 1e3, [25, 50, 75])
    return dict(median_ms=_short(median), quartiles_ms=[_short(low), _short(high)], calls=len(times))


def _timed(call):
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def _short(number):
    return float(f"{number:.4g}")
