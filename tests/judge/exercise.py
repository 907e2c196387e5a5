"""An exercise for its judge: a right answer, calls for the comparison, and the named wrong answers."""

import importlib
from collections.abc import Callable
from dataclasses import dataclass, field

from .calling import call


class Case:
    """One call of the exercise's function.

    Parameters
    ----------
    story : str
        The call in a few words, for the reader of the failure: "two rows, three columns, the identity".
    *args
        The positional arguments.
    expected : array, tuple of arrays or None
        The right outputs, worked out on paper; None for those of the right answer.
    outside : bool array or None
        Where the output looks outside the image, shaped to broadcast with the first output.
    relative : bool
        Whether each number is compared by its own size, however small it is, and not by that of the largest.
    **options
        The keyword arguments.
    """

    def __init__(self, story, *args, expected=None, outside=None, relative=False, **options):
        self.story, self.args, self.options = story, args, options
        self.expected, self.outside, self.relative = expected, outside, relative


@dataclass(frozen=True)
class Misconception:
    """A wrong answer with a name, the sentence that corrects it, and the label of the section that explains it."""

    title: str
    correction: str
    section: str
    function: Callable


@dataclass
class Exercise:
    """One exercise.

    Parameters
    ----------
    name : str
        Of the function, of the stub's file without its number, and after `--ex`.
    answer : str
        The module that holds the right answer.
    gives : tuple of str
        The names of what the function returns.
    cases : list of Case
        The first ones small enough for paper: the first that fails is shown.
    also : tuple of str
        Helpers in the answer's module that the book shows with it.
    fresh : bool
        Whether the exercise asks for new arrays: none may lie in the memory of an argument.
    smaller : dict
        Values of global names with which a slow answer is quicker: see the module of this name.
    """

    name: str
    answer: str
    gives: tuple
    cases: list
    also: tuple = ()
    fresh: bool = False
    smaller: dict = field(default_factory=dict)
    misconceptions: list = field(default_factory=list)
    styles: list = field(default_factory=list)
    further: list | None = field(default=None, repr=False)  # see the module of this name
    right: list | None = field(default=None, repr=False)  # the expected outcomes of all cases, computed once
    _outcomes: dict = field(default_factory=dict)

    def solution(self, package="stn_numpy"):
        """The right answer, or the same function of another implementation."""
        return getattr(importlib.import_module(self.answer.replace("stn_numpy", package, 1)), self.name)

    def outcomes(self, misconception):
        """The outcomes of a catalogued wrong answer on every case; computed once."""
        known = self._outcomes
        if misconception not in known:
            known[misconception] = [call(misconception.function, case) for case in self.cases]
        return known[misconception]

    def wrong(self, title, correction, section):
        """Put the decorated function into the catalogue of wrong answers."""

        def add(function):
            self.misconceptions.append(Misconception(title, correction, section, function))
            return function

        return add

    def right_too(self, function):
        """Register the decorated function as a right answer in another style, which must pass."""
        self.styles.append(function)
        return function
