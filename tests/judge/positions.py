"""Formulas for positions, of which one is often taken for another: from indices to units, and from units to pixels."""

import ast

from .expressions import code

FORMULAS = ["(2 * a + 1) / b - 1", "2 * a / (b - 1) - 1", "((a + 1) * b - 1) / 2", "(a + 1) / 2 * (b - 1)"]
FORMULAS += ["(a + 0.5) / b", "a / (b - 1)", "a / b"]
LONG = 4  # names and numbers: shorter ones are changed in other ways


def positions(node):
    """Pairs of a rank and what makes another formula of the two things that a calculation is made of."""
    parts = list(_parts(node))
    things = {ast.dump(one): one for one in parts if not isinstance(one, ast.Constant)}
    if len(things) != 2 or len(parts) < LONG:
        return
    for text in FORMULAS:
        for k in (0, 1):
            yield 1, lambda n, text=text, k=k: _made(n, text, k)


def _made(node, text, k):
    """The formula of the things in this node, which may be another one of the same structure."""
    things = {ast.dump(one): one for one in _parts(node) if not isinstance(one, ast.Constant)}
    if len(things) != 2:
        return node
    one, other = things.values()
    return code(text, a=(one, other)[k], b=(other, one)[k])[1](node)


def _parts(node):
    """The numbers and other operands of a calculation."""
    if isinstance(node, ast.BinOp):
        yield from _parts(node.left)
        yield from _parts(node.right)
    elif isinstance(node, ast.UnaryOp):
        yield from _parts(node.operand)
    else:
        yield node
