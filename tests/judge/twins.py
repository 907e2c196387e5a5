"""One of two lines that should be alike, such as those for x and for y, made like the other one.

A mistake in one of the two is not in the other. What the one has where the other has something else shows which names
and numbers change places: the other one, with these exchanged, is what the line should be.
"""

import ast
import copy
import re
from difflib import SequenceMatcher
from itertools import combinations

PAIRS = [("x", "y"), ("w", "h"), ("width", "height"), ("column", "row"), ("columns", "rows"), ("col", "row")]
PAIRS += [("cols", "rows"), ("left", "top"), ("right", "bottom"), ("left", "above"), ("right", "below"), ("j", "i")]
PAIRS += [("c", "r"), ("u", "v")]
KINDS = (ast.Add, ast.Sub), (ast.Mult, ast.Div)
LINES, ALIKE = 12, 0.4  # how many lines of one block are compared; how much of two must be the same


def twins(tree):
    """Pairs of an expression and what it should be, if it should be like another one."""
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    for one, other in filter(_similar, _pairs(tree)):
        known = {}
        _compare(one, other, known)
        for mine, like in ((one, other), (other, one)):
            made = _Exchanged(known, names).visit(copy.deepcopy(_value(like)))
            if ast.unparse(made) not in (ast.unparse(_value(mine)), ast.unparse(_value(like))):
                yield _value(mine), made


def _similar(pair):
    texts = [ast.unparse(_value(one)) for one in pair]
    return SequenceMatcher(None, *texts, autojunk=False).ratio() > ALIKE


def _value(node):
    return node.value if isinstance(node, ast.stmt) else node


def _pairs(tree):
    """Lines of one block that set something, the two expressions of a tuple, and conditions."""
    for node in ast.walk(tree):
        for body in (getattr(node, "body", None), getattr(node, "orelse", None)):
            lines = (
                [one for one in body if isinstance(one, (ast.Assign, ast.AugAssign))] if isinstance(body, list) else []
            )
            yield from (two for two in combinations(lines[:LINES], 2) if type(two[0]) is type(two[1]))
        if isinstance(node, (ast.Tuple, ast.List)) and len(node.elts) == 2 and isinstance(node.ctx, ast.Load):
            if not any(isinstance(one, (ast.Name, ast.Constant, ast.Slice)) for one in node.elts):
                yield tuple(node.elts)
        if isinstance(node, ast.BoolOp):
            yield from combinations(node.values, 2)
        if isinstance(node, ast.BinOp) and isinstance(node.op, (ast.BitAnd, ast.BitOr)):
            yield node.left, node.right


def _compare(one, other, known, around=""):
    """Note which names and numbers stand in one where other ones stand in the other."""
    if any(isinstance(side, ast.BinOp) for side in (one, other)):
        one, other = _alike(one, other)
    if type(one) is not type(other):
        return
    if isinstance(one, ast.Name):
        _note(known, (one.id, other.id), "")
    elif isinstance(one, ast.Constant) and around:
        _note(known, (one.value, other.value), around)
    for (field, mine), (_, its) in zip(ast.iter_fields(one), ast.iter_fields(other)):
        both = zip(mine, its) if isinstance(mine, list) and isinstance(its, list) else [(mine, its)]
        for k, (a, b) in enumerate(both):
            if isinstance(a, ast.AST) and isinstance(b, ast.AST):
                _compare(a, b, known, _around(one, field, k, around))


def _note(known, pair, around):
    """Note that two names, or two indices, change places; that one stays as it is counts less."""
    for one, other in (pair, pair[::-1]):
        if known.get((around, one), one) == one:
            known[around, one] = other


def _around(node, field, k, around):
    """Where a number is an index: the array's name and the axis; empty where it is none."""
    if isinstance(node, ast.Subscript):
        return f"{ast.unparse(node.value)} 0" if field == "slice" and isinstance(node.value, ast.Name) else ""
    return f"{around[:-1]}{k}" if isinstance(node, ast.Tuple) and around else ""


def _kinds(node):
    """The operations that go with that of a calculation; None for other nodes."""
    return next((its for its in KINDS if isinstance(node, ast.BinOp) and isinstance(node.op, its)), None)


def _operands(node, kinds):
    """The terms of a sum or difference, the factors of a product or quotient, or both sides of another operation."""
    if not isinstance(node, ast.BinOp):
        return [node]
    sides = [(side, _kinds(side)) for side in (node.left, node.right)]
    return [part for side, its in sides for part in (_operands(side, its) if kinds and its == kinds else [side])]


def _alike(one, other):
    """The operands of two calculations that belong together, as two lists."""
    kinds = _kinds(one), _kinds(other)
    both = _operands(one, kinds[0]), _operands(other, kinds[1])
    if kinds[0] != kinds[1]:  # one may be an operand of the other
        within = _shape(other) in map(_shape, both[0]), _shape(one) in map(_shape, both[1])
        both = (both[0], [other]) if within[0] else ([one], both[1]) if within[1] else ([], [])
    if len(both[0]) != len(both[1]):
        both = _matched(*both)
    return tuple(ast.List(list(parts), ast.Load()) for parts in both)


def _matched(some, others):
    """Of two lists of unequal length, those of one structure, in pairs."""
    if len(some) < len(others):
        return _matched(others, some)[::-1]
    left, found = list(some), []
    for part in others:
        like = next((its for its in left if _shape(its) == _shape(part)), None)
        if like is not None:
            left.remove(like)
            found.append((like, part))
    return tuple(zip(*found)) or ((), ())


def _shape(node):
    """The structure of an expression, whatever its names and numbers."""
    return re.sub(r"id='\w+'|value=[-\d.]+", "", ast.dump(node))


class _Exchanged(ast.NodeTransformer):
    """Names and indices exchanged: those that are known, and x for y, where there is such a name."""

    def __init__(self, known, names):
        self.known, self.names, self.around = known, names, ""

    def visit_Name(self, node):
        return ast.Name(self.known.get(("", node.id)) or self._other(node.id), node.ctx)

    def _other(self, name):
        for one, other in PAIRS:
            for a, b in ((one, other), (other, one), (one.upper(), other.upper()), (other.upper(), one.upper())):
                if a in name and name.replace(a, b) in self.names:
                    return name.replace(a, b)
        return name

    def visit_Subscript(self, node):
        if isinstance(node.value, ast.Name):
            index = node.slice
            parts = index.elts if isinstance(index, ast.Tuple) else [index]
            made = [self._index(f"{node.value.id} {k}", part) for k, part in enumerate(parts)]
            index = ast.Tuple(made, ast.Load()) if isinstance(index, ast.Tuple) else made[0]
            return ast.Subscript(self.visit(node.value), index, node.ctx)
        return self.generic_visit(node)

    def _index(self, around, part):
        if isinstance(part, ast.Constant):
            return ast.Constant(self.known.get((around, part.value), part.value))
        return self.visit(part)
