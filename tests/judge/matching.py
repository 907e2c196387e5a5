"""Which mistake an answer is: what wrong answers give on the same cases is compared with what came.

What fits all cases is tried on further calls before it is said.
"""

import functools
from enum import Enum

import numpy as np

from . import calling, form, places
from .beside import with_an_argument
from .changes import ENOUGH, change_of_all, change_on_top, undefined
from .further import further, further_cases, numbers_in
from .smaller import Smaller


class Share(Enum):
    """How much of the difference a catalogued mistake explains, and the remark on the rest."""

    ALL = ""
    OUTPUT = " (That explains {name}.)"
    WRONG = " (It shows in part of your results; the others are right.)"
    SHOWN = " (That explains {some} of the {all} calls that go wrong; correct it, and run the check again.)"


class Trial:
    """A wrong answer: its outcomes and the right ones on every case, and where the numbers differ."""

    def __init__(self, exercise, function, given, right, path=None):
        self.exercise, self.function, self.given, self.right, self.path = exercise, function, given, right, path
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
        return mine.error is None and not self.unusable(case)

    def unusable(self, case):
        """A sentence on the form of what came in a case, if that is wrong."""
        return form.unusable(self.given[case], self.right[case], self.exercise, self.reordered)

    @functools.cached_property
    def reordered(self):
        """Whether the outputs are right but for their order."""
        return len(self.exercise.gives) > 1 and form.in_another_order(self.given, self.right)

    @functools.cached_property
    def smaller(self):
        """The calls with smaller sizes: of the cases that go wrong."""
        return Smaller(self.exercise, self.function, dict.fromkeys(case for case, _ in self.wrong))

    @functools.cached_property
    def further(self):
        """Further calls: which case each was, the new case, what came, and what is right."""
        return further(self.exercise, self.function)

    def holds(self, function, part, cases=None):
        """Whether a function gives what came in the further calls, too: in all, or in those made of some cases."""
        return all(
            _alike(came, calling.call_for_outputs(function, new), part)
            for place, new, came, _ in self.further
            if cases is None or place in cases
        )

    def _more(self, part, function=None, cases=None):
        """Pairs of what came and what is right, or what a function gives, in the further calls."""
        pairs = [
            _pair(came, calling.call_for_outputs(function, new) if function else right, part)
            for place, new, came, right in self.further
            if cases is None or place in cases
        ]
        return [pair for pair in pairs if pair and all(np.isfinite(array).all() for array in pair)]

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
        found = [one for one in self.exercise.misconceptions if self._all_alike(self.exercise.outcomes(one), part)]
        return min(found, key=lambda one: self._unlike(self.exercise.outcomes(one)), default=None)

    def _all_alike(self, outcomes, part):
        """Whether all numbers of a mistake came; where both raise something it may be said in other words."""
        both_raise = [bool(mine.error and other.error) for mine, other in zip(self.given, outcomes)]
        if not all(raised or self._alike(case, outcomes[case], part) for case, raised in enumerate(both_raise)):
            return False
        compared = [case for case, _ in self.wrong if not both_raise[case]]
        return not any(both_raise) or bool(compared) and self.strong(compared, part or 0)

    def hits(self, outcomes, cases, part):
        """The number of numbers of an output that equal the given ones, in some cases."""
        pairs = [_pair(self.given[case], outcome, part) for case, outcome in zip(cases, outcomes)]
        return sum(int(np.isclose(*pair, equal_nan=True).sum()) for pair in pairs if pair)

    def right_numbers(self, outcomes, cases, part):
        """The number of right numbers of an output in outcomes of some cases."""
        pairs = [_pair(self.right[case], outcome, part) for case, outcome in zip(cases, outcomes)]
        return sum(int(np.isclose(*pair, equal_nan=True).sum()) for pair in pairs if pair)

    def _alike(self, case, other, part):
        return _alike(self.given[case], other, part)

    def _unlike(self, outcomes):
        """Differences from an answer with the same numbers: arguments written into, and the last digits."""
        written = sum(len({*one.written} ^ {*other.written}) for one, other in zip(self.given, outcomes))
        pairs = [_pair(one, other, part) for one, other in zip(self.given, outcomes) for part in range(len(one.parts))]
        with np.errstate(all="ignore"):
            apart = [np.abs(np.subtract(*pair)) for pair in pairs if pair]
        return written, sum(np.max(one, where=np.isfinite(one), initial=0.0) for one in apart)

    def fits(self, function, part=None):
        """Whether a function gives the given numbers in every case; those in which it is wrong are tried first."""
        if not self.smaller.allows(function, self.smaller.given, functools.partial(_alike, part=part)):
            return False
        wrong = [case for case, its in self.wrong if part in (None, its)]
        order = sorted(range(len(self.given)), key=lambda case: (bool(self.given[case].error), case not in wrong))
        return all(self._as(function, case, part) for case in order) and self.holds(function, part)

    def _as(self, function, case, part):
        """Whether a function gives the given numbers in a case, or raises an error of the same type."""
        mine, other = self.given[case], calling.call_for_outputs(function, self.exercise.cases[case])
        return type(mine.error) is type(other.error) if mine.error else _alike(mine, other, part)

    def mended_by(self, function, part=None):
        """Whether a function is right in every case and in every further call; what is small and wrong comes first.

        In one output: what is wrong in the others must not change, unless it becomes right.
        """
        if not self.smaller.allows(function, self.smaller.right, functools.partial(_alike, part=part)):
            return False
        wrong = [case for case, its in self.wrong if part in (None, its)]
        cases = self.exercise.cases
        order = sorted(range(len(cases)), key=lambda case: (case not in wrong, numbers_in(cases[case].args)))
        for case in order:
            came = calling.call_for_outputs(function, cases[case])
            if not _alike(came, self.right[case], part) or part is not None and not self._besides(case, came, part):
                return False
        calls = further_cases(self.exercise)
        return all(_alike(calling.call_for_outputs(function, new), right, part) for _, new, right in calls)

    def _besides(self, case, came, part):
        """Whether the other outputs of a case are as they were, or right."""
        others = [other for other in range(len(self.exercise.gives)) if other != part]
        known = self.given[case], self.right[case]
        return all(any(_alike(came, one, other) for one in known) for other in others)

    def change(self, part):
        """A sentence for the simple change of what is right that gives what came."""
        return self._change(part, self.right, change_of_all)

    def _change(self, part, outcomes, kind, function=None):
        """The same for a change of some kind, of what another function gives."""
        found = [_pair(*both, part) for both in zip(self.given, outcomes)]
        if None in found or not (said := kind(found)):
            return None
        more = self._more(part, function)
        again = said if not more else kind([*found, *more]) or ""
        return said if said.split()[:4] == again.split()[:4] else None

    def change_in_some_calls(self, part):
        """The same for the calls that go wrong, if these have something in common."""
        cases, others = self.cases(part)
        found = [_pair(self.given[case], self.right[case], part) for case in cases]
        if not others or None in found or not (condition := self.condition(part)):
            return None
        change = change_of_all([*found, *self._more(part, cases=cases)])
        return change and f"{condition} There: {change[0].lower()}{change[1:]}"

    def in_places(self, part, changed=True):
        """A sentence on the part of the output in which all that is wrong lies, and on the change there.

        Without `changed`, of the smallest such part, if half of it is wrong.
        """
        calls = [*zip(self.exercise.cases, self.given, self.right), *(its[1:] for its in self.further)]
        found = [pair for _, *both in calls if (pair := _pair(*both, part))]
        if len(found) < len(calls) or not any(np.ndim(given) for given, _ in found):
            return None
        letters = places.axes(self.exercise.solution(), len(self.exercise.gives))[part]
        wrong = [~np.isclose(*pair, rtol=1e-5, atol=1e-7, equal_nan=True) for pair in found]
        parts = [places.parts(self.exercise, case, pair[1], letters) for (case, *_), pair in zip(calls, found)]
        narrow = []
        for key, (words, _) in parts[np.argmax([one.any() for one in wrong])].items():
            masks = [one[key][1] if key in one else np.zeros(its.shape, bool) for one, its in zip(parts, wrong)]
            if all(mask.all() for mask in masks) or any((its & ~mask).any() for its, mask in zip(wrong, masks)):
                continue
            inside = [(given[mask], expected[mask]) for (given, expected), mask in zip(found, masks)]
            if changed and (said := change_of_all([pair for pair in inside if pair[0].size])):
                return f"Wrong {_only(words)}. There: {said[0].lower()}{said[1:]}"
            if key[0] != places.RIGHT:  # a rule for which the numbers themselves happen to serve
                narrow.append((sum(mask.sum() for mask in masks), words))
        size, words = min(narrow, default=(0, ""))
        if not changed and ENOUGH <= size <= 2 * sum(its.sum() for its in wrong):
            return f"Wrong {_only(words)}; elsewhere the numbers agree."
        return None

    def condition(self, part):
        """A sentence on what the calls that go wrong have in common, and the others have not."""
        wrong = [(case, part) in self.wrong for case in range(len(self.given))]
        further = [(new, not _alike(came, right, part)) for _, new, came, right in self.further]
        return places.condition(self.exercise, [*zip(self.exercise.cases, wrong), *further])

    def undefined(self, part):
        """A sentence for numbers that are not finite, and for the calls in which all are; None if all are in all."""
        found = [pair for both in zip(self.given, self.right) if (pair := _pair(*both, part))]
        if not (said := undefined(found)):
            return None
        finite = [pair for pair in found if not undefined([pair])]
        change = finite and change_of_all(finite)
        return f"In some calls {said}" + f" In the others: {change[0].lower()}{change[1:]}" if change else said

    def with_an_argument(self, part, outcomes=None, function=None, lengths=True):
        """A sentence for what was done to everything with an argument, a factor that is a length, say."""
        found = [_pair(*both, part) for both in zip(self.given, outcomes or self.right)]
        if None in found or not all(np.isfinite(given).all() for given, _ in found):
            return None
        said = with_an_argument(self.exercise, self.exercise.cases, found, lengths)
        if said and len(more := self._more(part, function)) == len(self.further):
            calls = [*self.exercise.cases, *(new for _, new, *_ in self.further)]
            return said if said == with_an_argument(self.exercise, calls, [*found, *more], lengths) else None
        return said

    def catalogued_and_changed(self, part):
        """A catalogued mistake that one simple change turns into the given outcome, and that change's sentence."""
        for one in filter(self.spares, self.exercise.misconceptions):
            theirs = self.exercise.outcomes(one)
            change = self._change(part, theirs, change_on_top, one.function)
            if change := change or self.with_an_argument(part, theirs, one.function, lengths=False):
                return one, change
        return None

    def spares(self, one):
        """Whether a catalogued mistake leaves right whatever the answer has right."""
        right = zip(self.right, self.exercise.outcomes(one))
        return all(
            _alike(theirs, asked, part)
            for case, (asked, theirs) in enumerate(right)
            for part in range(len(self.exercise.gives))
            if not any((other, part) in self.wrong for other in range(len(self.given)))
        )

    def where_wrong(self, part):
        """The catalogued mistake that gives what came wherever that is wrong, though it would show elsewhere, too."""
        cases = self.cases(part)[0]
        found = self._covering(cases, part)
        return found if found and self.holds(found.function, part, cases) else None

    def shown(self, part):
        """The catalogued mistake that explains the first case that is wrong, and perhaps others, but not all."""
        cases, _ = self.cases(part)
        for one in sorted(self.exercise.misconceptions, key=lambda one: -len(self._explained(one, cases, part))):
            explained = self._explained(one, cases, part)
            if cases[0] not in explained or 2 * len(explained) < len(cases):
                continue
            if self.strong(explained, part) and one is self._covering(explained, part):
                rest = [case for case in cases if case not in explained]
                return (one, rest) if self.holds(one.function, part, explained) else None
        return None

    def two_apart(self, part):
        """Two mistakes, of which one is made in some of the cases and the other in the rest."""
        if not (found := self.shown(part)):
            return None
        one, rest = found
        other = self._covering(rest, part)
        return (one, other) if other and self.holds(other.function, part, rest) else None

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


def _only(words):
    return words if words.startswith("everywhere") else f"only {words}"


def _alike(one, other, part):
    """Whether two outcomes have the same numbers in an output, or in all where no output is named."""
    same = calling.same(one, other, strict=False)
    return all(same) if part is None or len(same) <= part else same[part]


def _pair(one, other, part):
    """The same part of two outcomes as arrays of floats, None where they cannot be compared."""
    if one.error or other.error or part >= min(len(one.parts), len(other.parts)):
        return None
    pair = one.parts[part], other.parts[part]
    if not all(map(calling.numbers, pair)) or np.shape(pair[0]) != np.shape(pair[1]):
        return None
    kept = [getattr(array, "dtype", None) == np.float32 for array in pair]
    return tuple(np.asarray(array, np.float32 if single else float) for array, single in zip(pair, kept))
