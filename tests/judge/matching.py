"""Which catalogued mistake an answer is: it runs theirs on the same cases, and compares what comes out."""

import re

import numpy as np

from . import calling
from .difference import changes_all, changes_each


def wrong_parts(given, right):
    """Every (case, part) in which two lists of outcomes differ; part 0 alone where outcomes cannot be compared."""
    return [(case, part) for case, (mine, asked) in enumerate(zip(given, right))
            for part, same in enumerate(calling.same(mine, asked)) if not same]


def closest(exercise, given, right, wrong):
    """The catalogued mistake that gives what was given, and how much of it that explains; (None, None) if none does.

    "all": it gives the same as the reader in every part of every case. "all the numbers": so it does, but for their
    type or for arguments written into. "all that is wrong": where the reader is wrong, but the reader is right
    elsewhere. "this output": in all cases of the first output that is wrong. "what is shown": in the part that is wrong
    first. "most": in at least half of the wrong parts, but not in that one.
    """
    best, most, everywhere = None, (False, False, 0, 0), False
    for misconception in exercise.misconceptions:
        theirs = exercise.outcomes(misconception)
        if all(all(calling.same(mine, yours)) for mine, yours in zip(given, theirs)):
            return misconception, "all"
        alike = [calling.same(mine, yours, strict=False) for mine, yours in zip(given, theirs)]
        shows = wrong_parts(theirs, right)
        explained = {(case, part): (case, part) in shows and alike[case][part] for case, part in wrong}
        if any(part == wrong[0][1] for _, part in set(shows) - set(wrong)) and not all(explained.values()):
            continue        # the reader is right where this mistake would show
        output = all(same for (_, part), same in explained.items() if part == wrong[0][1])
        rank = output, explained[wrong[0]], sum(explained.values()), sum(map(sum, alike))
        if rank > most:
            best, most, everywhere = misconception, rank, all(map(all, alike))
    output, shown, count, _ = most
    if not count or not shown and 2 * count < len(wrong):
        return None, None
    return best, ("all the numbers" if everywhere else "all that is wrong" if count == len(wrong) else
                  "this output" if output else "what is shown" if shown else "most")


def simple_change(given, right, wrong):
    """A sentence for the simple change that explains all cases in which the first wrong output is wrong; or None."""
    return _change(given, right, wrong, changes_all)


def two_at_once(exercise, given, wrong):
    """A catalogued mistake that one simple change turns into what was given, and that change's sentence; or None."""
    for misconception in exercise.misconceptions:
        theirs = exercise.outcomes(misconception)
        if change := _change(given, theirs, wrong, changes_each):
            return misconception, re.split("[;:.]", change)[0].lower() + "."
    return None


def _change(given, other, wrong, changes):
    pairs = [_pair(given[case], other[case], part) for case, part in wrong if part == wrong[0][1]]
    exact = [pair for pair in pairs if pair and pair[2] == np.float64]
    pairs = [pair and pair[:2] for pair in exact or pairs]      # what float32 rounds hides a simple change
    with np.errstate(all="ignore"):
        return None if None in pairs else changes(pairs)


def _pair(one, other, part):
    """The same part of two outcomes as float64 arrays and their type, None where they cannot be compared."""
    if one.error or other.error or part >= min(len(one.parts), len(other.parts)):
        return None
    pair = one.parts[part], other.parts[part]
    if not all(map(calling.numbers, pair)) or np.shape(pair[0]) != np.shape(pair[1]):
        return None
    return *(np.asarray(array, "float64") for array in pair), np.asarray(pair[1]).dtype
