"""Which catalogued mistake an answer is: it runs theirs on the same cases, and compares what comes out."""

import numpy as np

from . import calling
from .difference import SIMPLE, pattern


def wrong_parts(given, right):
    """Every (case, part) in which two lists of outcomes differ; part 0 alone where outcomes cannot be compared."""
    return [(case, part) for case, (mine, asked) in enumerate(zip(given, right))
            for part, same in enumerate(calling.same(mine, asked)) if not same]


def closest(exercise, given, right, wrong):
    """The catalogued mistake that gives what was given, and how much of it that explains; (None, None) if none does.

    "all": it gives the same as the reader in every part of every case. "all that is wrong": where the reader is wrong,
    but the reader is right elsewhere. "this output": in all cases of the first output that is wrong. "what is shown":
    in at least half of the parts in which the reader is wrong, the first among them. "part": in other parts than that.
    """
    best, most = None, (False, 0, False)
    for misconception in exercise.misconceptions:
        theirs = [calling.call(misconception.function, case) for case in exercise.cases]
        alike = [calling.same(mine, yours) for mine, yours in zip(given, theirs)]
        if all(all(parts) for parts in alike):
            return misconception, "all"
        explained = {(case, part): part < len(alike[case]) and alike[case][part] for case, part in wrong}
        output = all(same for (_, part), same in explained.items() if part == wrong[0][1])
        rank = output, sum(explained.values()), explained[wrong[0]]
        if rank > most:
            best, most = misconception, rank
    output, count, shown = most
    if not output and 2 * count < len(wrong):
        return None, None
    return best, ("all that is wrong" if count == len(wrong) else "this output" if output else
                  "what is shown" if shown else "part")


def simple_change(given, right, wrong):
    """A sentence for the simple change that explains all cases in which the first wrong output is wrong; or None."""
    pairs = [_pair(given[case], right[case], part) for case, part in wrong if part == wrong[0][1]]
    with np.errstate(all="ignore"):
        for kind in SIMPLE if None not in pairs else ():
            sentences = [kind(*pair) for pair in pairs]
            if all(sentences):
                return sentences[0]
    return None


def two_at_once(exercise, given, wrong):
    """A catalogued mistake from which one simple change leads to what was given, and that change's sentence; or None.

    The kind of change must be the same in every part that is wrong.
    """
    for misconception in exercise.misconceptions:
        theirs = [calling.call(misconception.function, case) for case in exercise.cases]
        pairs = [_pair(given[case], theirs[case], part) for case, part in wrong]
        with np.errstate(all="ignore"):
            changes = [pair and np.ptp(pair[1]) > 0 and pattern(*pair) for pair in pairs]
        if all(changes) and len({kind for kind, _ in changes}) == 1:
            return misconception, changes[0][1]
    return None


def _pair(one, other, part):
    """The same part of two outcomes as float64 arrays, None where they cannot be compared."""
    if one.error or other.error or part >= min(len(one.parts), len(other.parts)):
        return None
    pair = one.parts[part], other.parts[part]
    if not all(map(calling.numbers, pair)) or np.shape(pair[0]) != np.shape(pair[1]):
        return None
    return tuple(np.asarray(array, "float64") for array in pair)
