"""Searching for a mistake that is not in the catalogue: one slip, other arguments, two mistakes at once."""

import functools
import time

import numpy as np

from . import calling, mending
from .probes import probes
from .slips import slips, with_globals

SECONDS = 6  # of computing, for the whole search; on a busy machine, three times as many of waiting
MENDING, TWICE = 5, 3  # besides, for all changes of the reader's own code; of these, for two at once
ONE = 1  # of waiting, for one change of the reader's own code
TELLS_LITTLE = (
    "its default",
    "zeros",
    "ones",
    "`0`",
    "`1`",
    "`True`",
    "`False`",
    "the first",
    "the last",
    "the sum",
    "the mean",
)
TURNS = "backwards", "exchanged", "transposed", "inverted", "the inverse"  # which can undo what a mistake did
LEADS = 6  # single changes that are tried with a second one


def _while_there_is_time(search):
    """Give up when the time is over, if need be in the middle of a call."""

    @functools.wraps(search)
    def limited(self, *args):
        if self.over():
            return None
        try:
            with calling.silence(), calling.time_limit(self.end - time.monotonic()):
                return search(self, *args)
        except calling.Late:
            self.end = 0
            return None

    return limited


class Search:
    """The search for a trial whose numbers come from no catalogued mistake."""

    def __init__(self, trial):
        self.trial, self.exercise = trial, trial.exercise
        self.until, self.end = time.process_time() + SECONDS, time.monotonic() + 3 * SECONDS
        self.left = MENDING
        self.soon = time.monotonic() + SECONDS  # no earlier can so much be computed, and processes' clocks are slow
        self.nothing = not any(map(trial.usable, {case for case, _ in trial.wrong}))  # errors alone prove little
        self.probes = list(probes(self.exercise))

    def over(self):
        """Whether the time is over."""
        now = time.monotonic()
        return now > self.end or now > self.soon and time.process_time() > self.until

    @functools.cached_property
    def slips(self):
        """The slips in right answers, the likeliest first."""
        return slips([self.exercise.solution(), *self.exercise.styles], self.exercise.cases[-1])

    @functools.cached_property
    def _probes_that_tell(self):
        """The probes that keep an argument's numbers: one that is hardly read is too much to have beside a mistake."""
        return [one for one in self.probes if not one[0].startswith(TELLS_LITTLE)]

    @functools.cached_property
    def around_right(self):
        """The catalogued mistakes that call the right answer, and the names by which they do."""
        found = [(one, _names_of(self.exercise.solution(), one.function)) for one in self.exercise.misconceptions]
        return [(one, names) for one, names in found if names]

    @functools.cached_property
    def _mends(self):
        """The changes of the reader's own code that were made before, and all others, the likeliest first."""
        right = [self.exercise.solution(), *self.exercise.styles]
        return [], mending.mends(self.trial.function, self.exercise.cases[self.trial.wrong[0][0]], right)

    def mends(self):
        """All changes of the reader's own code, each made when it is first needed."""
        known, coming = self._mends
        yield from known
        for slip in coming:
            known.append(slip)
            yield slip

    def mended(self, part=None):
        """A sentence for the one change of the reader's own code that makes it right, in one output or in all."""
        return self._besides(self._mended, part, self.left)

    def twice_mended(self, part):
        """The same for two changes."""
        return self._besides(self._twice_mended, part, min(self.left, TWICE))

    def _besides(self, search, part, seconds):
        """A search in the time for changes of the reader's code, which is not taken from that of the others."""
        start, began = time.process_time(), time.monotonic()
        before, self.until, self.end = (self.until, self.end), start + seconds, began + 3 * seconds
        self.soon = began + seconds
        found = search(part)
        used = time.process_time() - start
        self.left -= used
        self.until, self.end, self.soon = before[0] + used, before[1] + time.monotonic() - began, began
        return found

    @_while_there_is_time
    def _mended(self, part):
        for slip in self.mends():
            if self.over():
                return None
            if slip.function and self._mended_by(slip.function, part):
                return mending.sentence(part, slip)
        return None

    @_while_there_is_time
    def _twice_mended(self, part):
        """One of the two must by itself make more numbers right."""
        tried, _ = self._mends
        for lead in self._first_mends(tried, part):
            for other in tried:
                if self.over():
                    return None
                both = lead is not other and lead.joined(other)
                if both and self._mended_by(both, part):
                    return mending.sentence(part, lead, other)
        return None

    def _mended_by(self, function, part):
        """Whether a change makes it right, within the time for one: some make it run thousands of times as long."""
        try:
            with calling.time_limit(ONE):
                return self.trial.mended_by(mending.quietly(function), part)
        except calling.Late:
            return False

    def _first_mends(self, tried, part):
        cases = self.trial.cases(part)[0][:3]
        fewest, leads = self.trial.right_numbers([self.trial.given[case] for case in cases], cases, part), []
        for slip in tried:
            if self.over():
                break
            function = slip.function and mending.quietly(slip.function)
            outcomes = function and [calling.call_for_outputs(function, self.exercise.cases[case]) for case in cases]
            right = function and self.trial.right_numbers(outcomes, cases, part)
            if right and right > fewest:
                leads.append((right, slip))
        return [one for _, one in sorted(leads, key=lambda lead: -lead[0])[:LEADS]]

    def changed_answer(self, part=None):
        """A sentence for what came, if a right answer gives it on other arguments, or with one small slip in it."""
        if self.nothing or not any(np.any(one) for outcome in self.trial.given for one in outcome.parts):
            return None  # zeros come out of many changes
        if taken := self.other_arguments(self.exercise.solution(), part):
            return f"Your result is that of a right answer that takes {taken}."
        if slip := self.one_slip(part):
            return f"Your result is that of a right answer with {slip}."
        return None

    @_while_there_is_time
    def other_arguments(self, function, part=None, probes=None):
        """The words for arguments on which a function gives what came."""
        return next(
            (
                _taken(words, name)
                for words, name, wrap in probes or self.probes
                if not self.over() and self.trial.fits(wrap(function), part)
            ),
            None,
        )

    @_while_there_is_time
    def one_slip(self, part=None):
        """The words for the slip in a right answer that gives the given outcome."""
        return next(
            (
                slip.words()
                for slip in self.slips
                if not self.over() and slip.function and self.trial.fits(slip.function, part)
            ),
            None,
        )

    @_while_there_is_time
    def two_catalogued(self):
        """Two mistakes that together give the given outcome, in all outputs.

        Most of the catalogue calls the right answer: another mistake replaces it there.
        """
        for outer, names in self.around_right:
            for inner in self.exercise.misconceptions:
                if inner is not outer and not self.over():
                    if self.trial.fits(with_globals(outer.function, dict.fromkeys(names, inner.function))):
                        return outer, inner
        return None

    def catalogued_on_other_arguments(self):
        """A catalogued mistake that gives what came on other arguments, and the words for those."""
        plain = [one for one in self._probes_that_tell if not any(word in one[0] for word in TURNS)]
        for one in self.exercise.misconceptions:
            if found := self.other_arguments(one.function, None, plain):
                return one, found
        return None

    @_while_there_is_time
    def catalogued_and_slip(self, part):
        """A catalogued mistake, and the words for the slip that goes with it: in the right answer, or its own code.

        A reader has not that code: there the words are for the difference between the mistake and the answer.
        """
        inner = [slip for slip in self.slips if slip.answer is self.exercise.solution()]
        for one, names in self.around_right:
            for slip in inner if self.trial.spares(one) else ():
                if self.over():
                    return None
                slipped = slip.function and with_globals(one.function, dict.fromkeys(names, slip.function))
                if slipped and self.trial.fits(slipped, part):
                    return one, f"In addition, yours has {slip.words()}."
        if not self.trial.strong(self.trial.cases(part)[0], part):
            return None
        of = {one.function: one for one in filter(self.trial.spares, self.exercise.misconceptions)}
        for slip in slips(of, self.exercise.cases[-1]):
            if self.over():
                return None
            if slip.function and self.trial.fits(slip.function, part):
                return of[slip.answer], f"Yours differs from this mistake in one thing: it has {slip.words()}."
        return None

    @_while_there_is_time
    def two_changes(self, part):
        """A sentence for two slips, or a slip and other arguments, that a right answer needs to give the given outcome.

        There are too many pairs to try them all: one of the two must bring the numbers nearer to it by itself.
        """
        cases = self.trial.cases(part)[0]
        if not self.trial.strong(cases, part):
            return None
        for lead in self._leads(cases[:3], part):
            for other in (*self._probes_that_tell, *self.slips):
                if self.over():
                    return None
                function = _together(lead, other, self.exercise.solution())
                if function and self.trial.fits(function, part):
                    return f"Your result is that of a right answer {_both(lead, other)}."
        return None

    def _leads(self, cases, part):
        """The single changes that make the most numbers equal to the given ones, each effect once."""
        right = self.exercise.solution()
        seen, leads = {self.trial.hits([self.trial.right[case] for case in cases], cases, part): None}, []
        fewest = next(iter(seen))
        for one in (*self._probes_that_tell, *self.slips):
            if self.over():
                break
            function = one.function if hasattr(one, "function") else one[2](right)
            outcomes = function and [calling.call_for_outputs(function, self.exercise.cases[case]) for case in cases]
            hits = function and self.trial.hits(outcomes, cases, part)
            if hits and hits > fewest:
                leads.append((hits, one))
        return [one for _, one in sorted(leads, key=lambda lead: -lead[0])[:LEADS]]


def _names_of(called, function):
    """The global names by which a function calls another one."""
    return [name for name in function.__code__.co_names if function.__globals__.get(name) is called]


def _taken(words, name):
    return f"{words} for {name if ' ' in name else f'`{name}`'}"


def _together(one, other, right):
    """The right answer with two changes in it, each a probe or a slip; None if they cannot be made together."""
    if isinstance(one, tuple) and isinstance(other, tuple):
        return other[2](one[2](right))
    if isinstance(other, tuple):
        one, other = other, one
    if isinstance(one, tuple):
        return other.function and one[2](other.function)
    return one.joined(other)


def _both(one, other):
    """Words for the same."""
    if isinstance(one, tuple) and isinstance(other, tuple):
        return f"that takes {_taken(*one[:2])} and {_taken(*other[:2])}"
    if isinstance(other, tuple):
        one, other = other, one
    if isinstance(one, tuple):
        return f"that takes {_taken(*one[:2])}, with {other.words()}"
    return f"with {one.words()}, and {other.words()}"
