"""Calls of a slow answer with smaller sizes, which a search makes first: few changes of it stand these."""

import inspect

from . import calling
from .mending import quietly
from .slips import with_globals


class Smaller:
    """Some cases of an exercise with other values of global names, such as a batch of two.

    There are none where the exercise has no such names, or the answer does not use them.
    """

    def __init__(self, exercise, function, cases):
        self.names = exercise.smaller
        self.cases = [exercise.cases[case] for case in cases] if self._used_by(function) else []
        self.given, self.right = map(self._outcomes, (function, exercise.solution()))

    def allows(self, function, wanted, alike):
        """Whether a function gives what is wanted, the `given` or the `right` outcomes; true if that cannot be seen."""
        if not self.cases or not self._used_by(function):
            return True
        function = quietly(with_globals(inspect.unwrap(function), self.names))
        return all(alike(calling.call_for_outputs(function, case), one) for case, one in zip(self.cases, wanted))

    def _used_by(self, function):
        code = getattr(inspect.unwrap(function), "__code__", None)
        return bool(self.names) and code is not None and {*self.names} <= {*code.co_names}

    def _outcomes(self, function):
        function = quietly(with_globals(inspect.unwrap(function), self.names)) if self.cases else function
        return [calling.call_for_outputs(function, case) for case in self.cases]
