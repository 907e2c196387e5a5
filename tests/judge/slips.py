"""Small slips in right answers: a sign, one too many, height for width. Each makes a wrong answer to compare with.

Not all mistakes can be listed, but many are one slip in code that would otherwise be right. The right answer, and the
catalogue's right answers in other styles, are taken apart into their syntax, and each expression in turn is replaced by
one with which it is often confused (`expressions`).
"""

import ast
import dataclasses
import functools
import inspect
import os
import sys
import textwrap
import types
import warnings
from dataclasses import dataclass, field
from itertools import combinations

import numpy as np

from .calling import call
from .expressions import alternatives
from .remembering import remembering

LONG, SHORT = 72, 12  # characters of code: the most that are shown, and the fewest if there are more
TIMES = 1000  # that a while goes round at most
FIRST = -1  # the rank of what is right by no chance
ONE_LINE = 3  # the rank of slips so many that they are made in one line at a time
ALONE = ast.Slice, ast.Tuple, ast.Name, ast.Constant  # which mean little by themselves


def slips(functions, case):
    """Slips in some functions, as they are called in a case: the likeliest first, and those in the first functions."""
    found = []
    for late, function in enumerate(functions):
        kinds = kinds_in(function, case)
        source = Source(function, kinds)
        mine = source.slips()
        for name, helper in source.helpers():
            mine += [slip.behind(function, name) for slip in Source(helper, kinds).slips()]
        found += [(slip.rank + late / 2, slip) for slip in mine]
    return [slip for _, slip in sorted(found, key=lambda one: one[0])]


class Source:
    """The syntax of a function, and the kinds of its names' values, as observed in a call.

    None for a function that is not written in Python. A while is left after many times: a slip in it can be endless.
    """

    def __init__(self, function, kinds, others=alternatives, pairs=None):
        self.function, self.tree, self.choices, self.kinds = function, None, {}, kinds
        self.others, self.pairs = others, pairs
        try:
            tree = ast.parse(textwrap.dedent(inspect.getsource(function))).body[0]
        except (OSError, TypeError, SyntaxError):
            return
        if isinstance(tree, ast.FunctionDef) and not function.__closure__:
            tree = Ending().visit(tree)
            tree.decorator_list, tree.returns = [], None
            for one in ast.walk(tree):
                if isinstance(one, ast.arg):
                    one.annotation = None
            tree.body = tree.body[ast.get_docstring(tree) is not None :]
            self.tree = ast.fix_missing_locations(tree)

    def helpers(self):
        """The functions of the library, the answers and the catalogue that this one calls, except the checks."""
        for name in self.function.__code__.co_names:
            helper = self.function.__globals__.get(name)
            if isinstance(helper, types.FunctionType) and helper.__module__.startswith(("stn_numpy", "tests.")):
                if "check" not in helper.__module__ and "check" not in name:
                    yield name, helper

    def slips(self):
        """All slips in the function itself."""
        if self.tree is None:
            return []
        places = list(_places(self.tree))
        inside = [one for one in ast.walk(self.tree) if not isinstance(one, ast.keyword)]
        names = {getattr(one, "id", getattr(one, "arg", None)) for one in inside}
        names |= {name for name, one in self.function.__globals__.items() if isinstance(one, (int, float))}
        self.kinds = {name: kind for name, kind in self.kinds.items() if name in names}
        found = [
            Slip(self, rank + (len(group) > 1) / 2, group, make)
            for group in _groups(places)
            for rank, make in self.others(group[0], self.kinds)
            if rank < ONE_LINE or len({id(place.statement) for place in group}) == 1
        ]
        found += self._exchanges(places)
        at = {id(place.node): place for place in places}
        for node, made in self.pairs(self.tree) if self.pairs else ():
            found.append(Slip(self, FIRST, [at[id(node)]], lambda _, made=made: made))
        for body in [node.body for node in ast.walk(self.tree) if isinstance(getattr(node, "body", None), list)]:
            for line in body:
                place = Place(None, body, None, None, line)
                for other in _other_lines(line):
                    found.append(Slip(self, 1, [place], other))
                if len(body) > 1 and isinstance(line, (ast.Assign, ast.AugAssign, ast.If, ast.Expr)):
                    found.append(Slip(self, FIRST if self.pairs else 3, [place], lambda line: ast.Pass()))
        for slip in found:
            slip.chosen = dict(self._offered(place.node, slip.make(place.node)) for place in slip.places)
        return found

    def _offered(self, node, other):
        """The name and the number by which another piece of code is chosen in place of a node."""
        _, name, options = self.choices.setdefault(id(node), (node, f"_choice_{len(self.choices)}", []))
        options.append(other)
        return name, len(options)

    @functools.cached_property
    def with_choices(self):
        """The function with all slips in it, each behind a test of a global name; None if some are not valid Python.

        One function for all is compiled in a fraction of the time of one for each.
        """
        code = _compiled(ast.Module([self._chosen(self.tree)], []))
        if code is None:
            for _, _, options in self.choices.values():
                options[:] = [other if _valid(other) else ast.Constant(None) for other in options]
            code = _compiled(ast.Module([self._chosen(self.tree)], []))
        made = {}
        if code is not None:
            names = self.function.__globals__
            exec(code, names | remembering(names) | {name: 0 for _, name, _ in self.choices.values()}, made)
        return made.get(self.tree.name)

    def _chosen(self, node):
        """A copy of some syntax in which each node is one of its choices."""
        if isinstance(node, list):
            return list(map(self._chosen, node))
        if not isinstance(node, ast.AST):
            return node
        copy = type(node)(**{name: self._chosen(value) for name, value in ast.iter_fields(node)})
        _, name, options = self.choices.get(id(node), (None, None, []))
        return _one_of(name, [copy, *options])

    def _exchanges(self, places):
        """Two names of one kind that have changed places, in an expression."""
        for whole in places:
            if not isinstance(whole.node, (ast.BinOp, ast.BoolOp, ast.Call, ast.Compare, ast.List, ast.Tuple)):
                continue
            names = [place for place in places if isinstance(place.node, ast.Name) and place.inside(whole)]
            known = sorted({place.node.id for place in names if place.node.id in self.kinds})
            for one, other in combinations(known, 2):
                if self.kinds[one] == self.kinds[other]:
                    taken = {one: other, other: one}
                    yield Slip(
                        self,
                        1,
                        [place for place in names if place.node.id in taken],
                        lambda n, taken=taken: ast.Name(taken[n.id], ast.Load()),
                        whole=whole,
                    )


class Ending(ast.NodeTransformer):
    """Every while as a for that ends, after many times."""

    def visit_While(self, node):
        self.generic_visit(node)
        if node.orelse:
            return node
        leave = ast.If(ast.UnaryOp(ast.Not(), node.test), [ast.Break()], [])
        times = ast.parse(f"range({TIMES})", mode="eval").body
        loop = ast.For(ast.Name("_", ast.Store()), times, [ast.copy_location(leave, node), *node.body], [])
        return ast.copy_location(loop, node)


def _other_lines(line):
    """Lines with which one that adds to something is often confused, and one that writes into an array."""
    if isinstance(line, ast.AugAssign):
        yield lambda line: ast.Assign([line.target], line.value)
        for op in (ast.Add, ast.Sub, ast.Mult):
            if not isinstance(line.op, op):
                yield lambda line, op=op: ast.AugAssign(line.target, op(), line.value)
    indexed = ast.Subscript
    if isinstance(line, ast.Assign) and isinstance(line.targets[0], indexed):
        yield lambda line: ast.AugAssign(line.targets[0], ast.Add(), line.value)
    if isinstance(line, ast.AugAssign) and isinstance(line.op, ast.Add) and isinstance(line.target, indexed):
        yield _added_at
    if isinstance(line, ast.Expr) and ast.unparse(line).startswith("np.add.at("):
        yield _added_once


def _added_at(line):
    """`a[i] += b` as np.add.at(a, i, b), which adds as often as an index is there."""
    index = line.target.slice
    parts = index.elts if isinstance(index, ast.Tuple) else [index]
    index = ast.Tuple([_free(part) for part in parts], ast.Load())
    array = line.target.value
    return ast.Expr(ast.Call(ast.parse("np.add.at", mode="eval").body, [array, index, line.value], []))


def _added_once(line):
    array, index, value = line.value.args
    return ast.AugAssign(ast.Subscript(array, index, ast.Store()), ast.Add(), value)


@dataclass
class Slip:
    """One slip: in a source, in one place or several alike, and the code that it puts there."""

    source: Source
    rank: float
    places: list
    make: object
    callers: tuple = ()  # (function, name), where the source is a helper of another function
    whole: "Place | None" = None  # what is shown of the source, if it is not the code around the first place
    chosen: dict = field(default_factory=dict)  # the source's names of choices, and the number of this one

    def behind(self, function, name):
        """The same slip, in the function that calls this one by a name."""
        return dataclasses.replace(self, callers=(*self.callers, (function, name)))

    @functools.cached_property
    def function(self):
        """The answer with this slip in it, None if it is not valid Python."""
        return self._made(self.chosen)

    def joined(self, other):
        """The answer with this slip and another one in it, None if they are not in one function, side by side."""
        if (
            self.source is not other.source
            or self.callers != other.callers
            or any(one is two or one.inside(two) or two.inside(one) for one in self.places for two in other.places)
        ):
            return None
        return self._made(self.chosen | other.chosen)

    def _made(self, chosen):
        slipped = self.source.with_choices and with_globals(self.source.with_choices, chosen)
        for function, name in self.callers if slipped else ():
            slipped = with_globals(function, {name: slipped})
        return slipped

    @property
    def line(self):
        """The number of the line in its file, or in a notebook's cell."""
        statement = self.places[0].statement
        return self.source.function.__code__.co_firstlineno - 1 + getattr(statement, "lineno", 1)

    @property
    def answer(self):
        """The right answer that contains the slip, or calls the function that contains it."""
        return self.callers[-1][0] if self.callers else self.source.function

    def words(self):
        """The slip in words: the new code in place of the old."""
        shown = self.whole.around() if self.whole else self.places[0].around()
        before, after = _apart(shown.text(), self._slipped(shown.text))
        if after == "pass":
            return f"the line `{before}` left out"
        line = shown.statement if len(before) < SHORT and isinstance(shown.node, ast.expr) else None
        where = f", in the line `{ast.unparse(line)[: LONG + SHORT]}`" if _short(line) and len(self.places) == 1 else ""
        return f"`{after}` in place of `{before}`{', and so on' * (len(self.places) > 1)}{where}"

    def _slipped(self, work):
        old = [place.node for place in self.places]
        for place in self.places:
            place.put(ast.fix_missing_locations(ast.copy_location(self.make(place.node), place.node)))
        try:
            return work()
        finally:
            for place, node in zip(self.places, old):
                place.put(node)


def _apart(before, after):
    """Two texts, each of a length that can be shown: of long ones without most of what both begin with, or the ends."""
    same = len(os.path.commonprefix([before, after]))
    cut = before.rfind(" ", 0, max(same - SHORT, 0)) if max(map(len, (before, after))) > LONG + SHORT else -1
    texts = [f"...{text[cut:]}" if cut > 0 else text for text in (before, after)]
    return [text if len(text) <= LONG + SHORT else f"{text[: LONG // 2]} ... {text[-LONG // 2 :]}" for text in texts]


def _short(line):
    """Whether a statement is one line, and not too long to be shown."""
    return line is not None and "\n" not in (text := ast.unparse(line)) and len(text) <= LONG + SHORT


def with_globals(function, replaced):
    """The function, with other values for some of its global names."""
    changed = types.FunctionType(
        function.__code__,
        function.__globals__ | replaced,
        function.__name__,
        function.__defaults__,
        function.__closure__,
    )
    changed.__kwdefaults__ = function.__kwdefaults__
    return changed


def _compiled(tree):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # SyntaxWarning, since some slips make little sense
        try:
            return compile(ast.fix_missing_locations(tree), "<slip>", "exec")
        except (SyntaxError, ValueError, TypeError):
            return None


def _valid(node):
    """Whether a line, or an expression in brackets, can be compiled by itself."""
    line = node if isinstance(node, ast.stmt) else ast.Expr(ast.Tuple([_free(node)], ast.Load()))
    return _compiled(ast.Module([ast.parse("def f(): pass").body[0], line], [])) is not None


def _one_of(name, options, first=0):
    """Code that is the option whose number a global name holds: the first in one comparison, the others in a few."""
    if len(options) == 1:
        return options[0]
    half = len(options) // 2 if first else 1
    which = ast.Compare(ast.Name(name, ast.Load()), [ast.Lt()], [ast.Constant(first + half)])
    one, other = _one_of(name, options[:half], first), _one_of(name, options[half:], first + half)
    if isinstance(one, ast.stmt):
        return ast.If(which, [one], [other])
    return ast.IfExp(which, _free(one), _free(other))


def _free(node):
    """An index as an expression that may stand anywhere, slice(1, None) for 1:."""
    if isinstance(node, ast.Slice):
        ends = [end or ast.Constant(None) for end in (node.lower, node.upper, node.step)]
        return ast.Call(ast.Name("slice", ast.Load()), ends, [])
    return ast.Tuple(list(map(_free, node.elts)), node.ctx) if isinstance(node, ast.Tuple) else node


def kinds_in(function, case):
    """The kinds of the values of names, in a call of a function and in all functions that it calls."""
    kinds = {}

    def look(frame, event, argument):
        if event == "return":
            for name, value in frame.f_locals.items():
                if isinstance(value, np.ndarray):
                    kinds[name] = f"array of {value.ndim} axes"
                elif isinstance(value, (bool, int, float, np.number, tuple)):
                    kinds[name] = "number" if isinstance(value, (float, np.floating)) else type(value).__name__

    before = sys.getprofile()
    sys.setprofile(look)
    try:
        call(function, case)
    finally:
        sys.setprofile(before if callable(before) else None)
    return kinds


@dataclass
class Place:
    """The place of an expression in a tree, and the expression around it; or of a line in a list of lines."""

    above: "Place | None"
    parent: object
    field: str | None
    index: int | None
    statement: ast.stmt | None = field(repr=False)

    @property
    def node(self):
        if self.field is None:
            return self.statement
        found = getattr(self.parent, self.field)
        return found if self.index is None else found[self.index]

    def put(self, node):
        if self.field is None:
            self.parent[self.parent.index(self.statement)] = node
            self.statement = node
        elif self.index is None:
            setattr(self.parent, self.field, node)
        else:
            getattr(self.parent, self.field)[self.index] = node

    def inside(self, other):
        return self.above is not None and (self.above is other or self.above.inside(other))

    def around(self):
        """The expression or line around this one that is long enough to be shown."""
        place = self
        while place.above and (len(place.text()) < SHORT or isinstance(place.node, ALONE)):
            if len(place.above.text()) > LONG:
                return place
            place = place.above
        if (
            self.field
            and len(place.text()) < SHORT
            and isinstance(self.statement, (ast.Assign, ast.AugAssign, ast.For))
        ):
            return Place(None, None, None, None, self.statement)
        return place

    def text(self):
        """Its code, of several lines the first."""
        return ast.unparse(self.node).splitlines()[0]


def _places(node, above=None, statement=None):
    """All expressions of a tree whose values are read, from the outside in."""
    for name, value in ast.iter_fields(node):
        for index, one in enumerate(value) if isinstance(value, list) else [(None, value)]:
            if isinstance(one, ast.expr):
                place = Place(above, node, name, index, statement)
                if not isinstance(getattr(one, "ctx", None), ast.Store):
                    yield place
                yield from _places(one, place, statement)
            elif isinstance(one, ast.stmt):
                yield from _places(one, None, one)
            elif isinstance(one, ast.AST) and not isinstance(one, ast.arguments):
                yield from _places(one, above, statement)


def _groups(places):
    """Each expression alone; and those that are alike but for their names, since a slip in one is often in all."""
    alike = {}
    for place in places:
        yield [place]
        around = pattern(place.above.node) if place.above else type(place.statement).__name__
        alike.setdefault((pattern(place.node), around, place.field, place.index), []).append(place)
        alike.setdefault(pattern(place.node), []).append(place)
        alike.setdefault((pattern(place.node), id(place.statement)), []).append(place)
        alike.setdefault(ast.dump(place.node), []).append(place)
        alike.setdefault((ast.dump(place.node), id(place.statement)), []).append(place)
        if place.above:
            alike.setdefault((ast.dump(place.node), ast.dump(place.above.node), place.index), []).append(place)
    seen = set()
    for group in alike.values():
        group = [place for place in group if not any(place.inside(other) for other in group)]
        if len(group) > 1 and tuple(map(id, group)) not in seen:
            seen.add(tuple(map(id, group)))
            yield group


def pattern(node):
    """The structure of an expression, whatever its names."""
    if isinstance(node, ast.Name):
        return "_"
    if isinstance(node, ast.AST):
        inside = [pattern(value) for name, value in ast.iter_fields(node) if name != "ctx"]
        return f"{type(node).__name__}({','.join(inside)})"
    return f"[{','.join(map(pattern, node))}]" if isinstance(node, list) else repr(node)
