"""A description of the machine, and a check that it was not busy with other work while it was timed."""

import importlib.metadata
import os
import platform
import time
from pathlib import Path

import numpy as np

PACKAGES = {name: name for name in ("numpy", "numba", "torch", "opencv", "scipy", "scikit-image")}
PACKAGES["opencv"] = "opencv-python-headless"

# Beyond these limits a run does not count as quiet.
LIMITS = {
    "other_cores": 0.1,  # cores that other processes kept busy, on average
    "stolen_cores": 0.02,  # cores that the host gave to other machines, where this one is virtual
    "loop_spread": 0.1,  # (third quartile - first) / median of a loop that always does the same
}

SHORTEST = 0.25  # seconds: in less time, the clock ticks of /proc/stat are too coarse


def describe():
    """The machine, as far as timings depend on it."""
    return dict(cpu=_cpu_name(), cores=os.cpu_count(), usable_cores=usable_cores(), system=platform.platform())


def usable_cores():
    """The number of cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def versions():
    """The version of every package that takes part, where it is installed."""
    found = {"python": platform.python_version()}
    for name, package in PACKAGES.items():
        for candidate in (package, package.removesuffix("-headless")):
            try:
                found.setdefault(name, importlib.metadata.version(candidate))
            except importlib.metadata.PackageNotFoundError:
                continue
    return found


class Watch:
    """The load by other processes, and the steadiness of a fixed loop: call `look` from time to time, `verdict` at the
    end."""

    def __init__(self):
        self.loops, self.first = [], snapshot()
        self.last = self.first

    def look(self):
        """Time the fixed loop; return the load by others since the last look, in cores, or None if it is unknown."""
        self.loops += [_fixed_loop() for _ in range(5)]
        before, now = self.last, snapshot()
        load, self.last = load_between(before, now), now
        return load["other_cores"] if load and now["clock"] - before["clock"] > SHORTEST else None

    def verdict(self):
        """Whether the machine was quiet, as a dict with a sentence for the reader of the timings."""
        return judge(load_between(self.first, snapshot()), spread(self.loops))


def snapshot():
    """The clock, the processor time of this process, and of the whole machine where it can be read; in seconds."""
    try:
        busy, stolen = read_stat(Path("/proc/stat").read_text(), os.sysconf("SC_CLK_TCK"))
    except (OSError, ValueError, AttributeError):
        busy = stolen = None
    return dict(clock=time.monotonic(), own=time.process_time(), busy=busy, stolen=stolen)


def read_stat(text, ticks):
    """Seconds during which all cores were busy, and those taken by the host, from the text of /proc/stat."""
    name, *numbers = text.splitlines()[0].split()
    if name != "cpu" or len(numbers) < 8:
        raise ValueError(f"/proc/stat: expected a first line 'cpu' of 8 numbers, got {text.splitlines()[0]!r}")
    user, nice, system, _, _, irq, softirq, stolen = (int(number) / ticks for number in numbers[:8])
    return user + nice + system + irq + softirq, stolen


def load_between(before, after):
    """Cores kept busy by others, and taken by the host, between two snapshots; None where they cannot be read."""
    if before["busy"] is None or after["busy"] is None:
        return None
    gone = {key: after[key] - before[key] for key in before}
    seconds = max(gone["clock"], 1e-9)
    taken = {"other_cores": gone["busy"] - gone["own"], "stolen_cores": gone["stolen"]}
    return {name: round(max(busy, 0.0) / seconds, 3) for name, busy in taken.items()}


def judge(load, loop_spread):
    """Whether a run was quiet, by `load_between` and `spread`: ``quiet``, three numbers, and ``says``, a sentence."""
    found = (load or {"other_cores": None, "stolen_cores": None}) | {"loop_spread": round(loop_spread, 3)}
    words = {
        "other_cores": "other processes kept {:.2f} cores busy",
        "stolen_cores": "the host took {:.2f} cores away",
        "loop_spread": "a loop that always does the same varied by {:.0%}",
    }
    above = [key for key, limit in LIMITS.items() if found[key] is not None and found[key] > limit]
    wrong = [words[key].format(found[key]) for key in above]
    if wrong:
        says = f"The machine was busy: {', and '.join(wrong)}. Times and ratios may be off."
    elif load is None:
        says = "No other load was noticed, but this system does not report the load of other processes."
    else:
        says = "The machine was quiet."
    return dict(quiet=not wrong and load is not None, **found, says=says)


def spread(times):
    """The spread of times: the distance between their quartiles over their median; 0 for none."""
    if not len(times):
        return 0.0
    low, median, high = np.percentile(times, [25, 50, 75])
    return float((high - low) / median)


def _fixed_loop(count=40_000):
    start, total = time.perf_counter(), 0
    for k in range(count):
        total += k & 7
    return time.perf_counter() - start


def _cpu_name():
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        facts = dict(reversed([[part.strip() for part in line.split(":", 1)] for line in lines if ":" in line]))
    except OSError:
        facts = {}
    name = facts.get("model name") or platform.processor() or platform.machine()
    wide = [flag for flag in ("avx512f", "avx2") if flag in facts.get("flags", "").split()][:1]
    return ", ".join([name, *wide])
