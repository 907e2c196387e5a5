"""Finding an answer's mistake: its outputs are compared with those of wrong answers on the same cases."""

from enum import Enum

import numpy as np

from . import calling, form, places
from .beside import with_an_argument
from .changes import ENOUGH, change_of_all, change_on_top, undefined


class Share(Enum):
    """How much of the difference a catalogued mistake explains, and the remark on the rest."""

    ALL = ""
    OUTPUT = " (That explains {name}.)"
    WRONG = " (It shows in part of your results; the others are right.)"
    SHOWN = " (That explains what is shown below, but not all that is wrong.)"


class Trial:
    """A wrong answer: its outcomes and the right ones on every case, and where the numbers differ."""

    def __init__(self, exercise, given, right):
        self.exercise, self.given, self.right = exercise, given, right
        self.wrong = [
            (case, part)
            for case, (mine, asked) in enumerate(zip(given, right))
            for part, same in enumerate(self._same(mine, asked))
            if not same
        ]

    def _same(self, mine, asked):
        """For each output whether its numbers are right; none is, if the call raised or the number of outputs is
        wrong."""
        same = calling.same(mine, asked, strict=False)
        return same if len(same) == len(self.exercise.gives) else [False] * len(self.exercise.gives)

    def usable(self, case):
        """Whether the outputs of a case can be compared with the right ones, number by number."""
        mine = self.given[case]
        return mine.error is None and not form.unusable(mine, self.right[case], self.exercise)

    def cases(self, part):
        """The cases in which an output is wrong, and those in which it is right."""
        wrong = [case for case, its in self.wrong if its == part]
        return wrong, [case for case in range(len(self.given)) if case not in wrong]

    def exactly(self):
        """The catalogued mistake that gives the same in everything, in types and in arguments written into."""
        return next(
            (
                one
                for one in self.exercise.misconceptions
                if all(all(calling.same(*pair)) for pair in zip(self.given, self.exercise.outcomes(one)))
            ),
            None,
        )

    def in_numbers(self, part=None):
        """The catalogued mistake that gives the same numbers in every case.

        Of several, one that writes into the same arguments, and then the nearest: float32 leaves a choice.
        """
        found = [
            one
            for one in self.exercise.misconceptions
            if all(self._alike(case, other, part) for case, other in enumerate(self.exercise.outcomes(one)))
        ]
        return min(found, key=lambda one: self._unlike(self.exercise.outcomes(one)), default=None)

    def hits(self, outcomes, cases, part):
        """The number of numbers of an output that equal the given ones, in some cases."""
        pairs = [_pair(self.given[case], outcome, part) for case, outcome in zip(cases, outcomes)]
        return sum(int(np.isclose(*pair, equal_nan=True).sum()) for pair in pairs if pair)

    def _alike(self, case, other, part):
        same = calling.same(self.given[case], other, strict=False)
        return all(same) if part is None or len(same) <= part else same[part]

    def _unlike(self, outcomes):
        """Differences from an answer with the same numbers: arguments written into, and the last digits."""
        written = sum(len({*one.written} ^ {*other.written}) for one, other in zip(self.given, outcomes))
        pairs = [_pair(one, other, part) for one, other in zip(self.given, outcomes) for part in range(len(one.parts))]
        with np.errstate(all="ignore"):
            apart = [np.abs(np.subtract(*pair)) for pair in pairs if pair]
        return written, sum(np.max(one, where=np.isfinite(one), initial=0.0) for one in apart)

    def fits(self, function, part=None):
        """Whether a function gives the given numbers in every case; those in which it is wrong are tried first."""
        wrong = [case for case, its in self.wrong if part in (None, its)]
        order = dict.fromkeys([*wrong, *range(len(self.given))])
        return all(
            self._alike(case, calling.call_for_outputs(function, self.exercise.cases[case]), part) for case in order
        )

    def change(self, part, other=None, kind=change_of_all):
        """A sentence for the simple change of the right outcome, or of another, that gives the given one."""
        found = [_pair(*both, part) for both in zip(self.given, other or self.right)]
        return None if None in found else kind(found)

    def change_in_some_calls(self, part):
        """The same for the calls that go wrong, if these have something in common."""
        cases, others = self.cases(part)
        found = [_pair(self.given[case], self.right[case], part) for case in cases]
        if not others or None in found or not (condition := places.condition(self.exercise, cases)):
            return None
        change = change_of_all(found)
        return change and f"{condition} There: {change[0].lower()}{change[1:]}"

    def undefined(self, part):
        """A sentence for numbers that are not finite, and for the calls in which all are; None if all are in all."""
        found = [pair for both in zip(self.given, self.right) if (pair := _pair(*both, part))]
        if not (said := undefined(found)):
            return None
        finite = [pair for pair in found if not undefined([pair])]
        change = finite and change_of_all(finite)
        return f"In some calls {said}" + f" In the others: {change[0].lower()}{change[1:]}" if change else said

    def with_an_argument(self, part, other=None):
        """A sentence for one operation with an argument on everything, such as a factor that is a length."""
        found = [_pair(*both, part) for both in zip(self.given, other or self.right)]
        if None in found or not all(np.isfinite(given).all() for given, _ in found):
            return None
        return with_an_argument(self.exercise, found)

    def catalogued_and_changed(self, part):
        """A catalogued mistake that one simple change turns into the given outcome, and that change's sentence."""
        for one in self.exercise.misconceptions:
            theirs = self.exercise.outcomes(one)
            if change := self.change(part, theirs, change_on_top) or self.with_an_argument(part, theirs):
                return one, change
        return None

    def where_wrong(self, part):
        """The catalogued mistake that explains every wrong number, though it would show elsewhere, too."""
        return self._covering(self.cases(part)[0], part)

    def shown(self, part):
        """The catalogued mistake that explains the first case that is wrong, and perhaps others, but not all."""
        cases, _ = self.cases(part)
        for one in sorted(self.exercise.misconceptions, key=lambda one: -len(self._explained(one, cases, part))):
            explained = self._explained(one, cases, part)
            if cases[0] not in explained or 2 * len(explained) < len(cases):
                continue
            if self.strong(explained, part) and one is self._covering(explained, part):
                return one, [case for case in cases if case not in explained]
        return None

    def two_apart(self, part):
        """Two mistakes, of which one is made in some of the cases and the other in the rest."""
        if not (found := self.shown(part)):
            return None
        one, rest = found
        other = self._covering(rest, part)
        return other and (one, other)

    def _covering(self, cases, part):
        """The one catalogued mistake that gives the given numbers in these cases; None if there are several."""
        found = [one for one in self.exercise.misconceptions if len(self._explained(one, cases, part)) == len(cases)]
        if not found or not self.strong(cases, part):
            return None
        first = self.exercise.outcomes(found[0])
        same = [
            all(calling.same(first[case], self.exercise.outcomes(one)[case], strict=False)[part : part + 1])
            for one in found
            for case in range(len(first))
        ]
        return found[0] if all(same) else None

    def _explained(self, one, cases, part):
        theirs = self.exercise.outcomes(one)
        return [case for case in cases if self._alike(case, theirs[case], part)]

    def strong(self, cases, part):
        """Whether enough numbers are wrong in these cases that a match is not chance."""
        numbers = set()
        for case in cases:
            if self.given[case].error is not None:
                return True
            pair = _pair(self.given[case], self.right[case], part)
            if pair is None:
                return True
            numbers |= set(np.float64(pair[0][~np.isclose(*pair, equal_nan=True)]).round(6))
        return len(numbers) >= ENOUGH


def _pair(one, other, part):
    """The same part of two outcomes as arrays of floats, None where they cannot be compared."""
    if one.error or other.error or part >= min(len(one.parts), len(other.parts)):
        return None
    pair = one.parts[part], other.parts[part]
    if not all(map(calling.numbers, pair)) or np.shape(pair[0]) != np.shape(pair[1]):
        return None
    kept = [getattr(array, "dtype", None) == np.float32 for array in pair]
    return tuple(np.asarray(array, np.float32 if single else float) for array, single in zip(pair, kept))
