"""Further calls of an answer: those of the cases, with other numbers. A guess that fits the cases is tried on these.

Cases are small and their numbers round, so that two mistakes can give the same there.
"""

import time

import numpy as np

from . import calling
from .exercise import Case

SIZE, CALLS, SECONDS = 1500, 6, 1  # numbers in the arguments of a call; how many calls; for all of them


def further(exercise, function):
    """What a function gives in further calls: which case each was, the new case, what came, and what is right.

    Calls in which it raises are left out.
    """
    end, found = time.monotonic() + SECONDS, []
    for place, new, right in further_cases(exercise):
        try:
            with calling.time_limit(end - time.monotonic()):
                outcome = calling.call_for_outputs(function, new)
        except calling.Late:
            break
        if outcome.error is None:
            found.append((place, new, outcome, right))
    return found


def further_cases(exercise):
    """Triples of which case it was, the case with other numbers, and what is right there; made once."""
    if exercise.further is None:
        rng, exercise.further = np.random.default_rng(0), []
        small = [k for k, case in enumerate(exercise.cases) if 0 < numbers_in((case.args, case.options)) <= SIZE]
        for place in (small * CALLS)[:CALLS]:
            case = exercise.cases[place]
            args, options = varied((case.args, case.options), rng)
            new = Case(case.story, *args, relative=case.relative, **options)
            exercise.further.append((place, new, calling.call_for_outputs(exercise.solution(), new)))
    return exercise.further


def varied(argument, rng):
    """An argument with other numbers of the same kind: floats by up to a fifth, whole numbers in another order."""
    if isinstance(argument, np.ndarray) and argument.dtype.kind == "f":
        scale = np.max(np.abs(argument), where=np.isfinite(argument), initial=0.0)
        apart = rng.uniform(0.8, 1.2, argument.shape) * argument
        return np.where(argument == 0, 0.05 * scale * rng.random(argument.shape), apart).astype(argument.dtype)
    if isinstance(argument, np.ndarray) and argument.dtype.kind in "iu" and argument.ndim:
        return rng.permutation(argument)
    if isinstance(argument, float):
        return argument * rng.uniform(0.8, 1.2)
    if isinstance(argument, dict):
        return {key: varied(value, rng) for key, value in argument.items()}
    return type(argument)(varied(one, rng) for one in argument) if isinstance(argument, (tuple, list)) else argument


def numbers_in(argument):
    """How many numbers there are in all arrays of some arguments."""
    if isinstance(argument, (tuple, list, dict)):
        return sum(map(numbers_in, argument.values() if isinstance(argument, dict) else argument))
    return argument.size if isinstance(argument, np.ndarray) else 0
