"""The one small change of a reader's own code that makes it right.

A slip undone is a slip: what `slips` does to right answers is done to the answer, with a few changes more that put in
what a reader left out. What makes all calls right needs no guess about the mistake.
"""

import ast
import contextlib
import functools
import inspect
import io
import types
from itertools import permutations

from .expressions import SELDOM, alternatives, code
from .positions import positions
from .slips import Source, kinds_in
from .twins import twins

MODULES = {"numpy", "math", "cmath", "functools", "itertools", "operator"}
DANGEROUS = {"open", "exec", "eval", "input", "__import__", "save", "savez", "savetxt", "tofile"}
ENDLESS = {"svd", "pinv", "lstsq", "cond", "matrix_rank"}  # LAPACK can loop for ever on an infinite number
PUT_IN = [code(text) for text in ("x + 0.5", "x - 0.5", "x + 1", "x - 1", "2 * x", "x / 2", "-x", "1 - x")]
WHOLE = [code(text) for text in ("np.floor(x)", "np.maximum(x, 0)", "np.sqrt(x)", "np.log(x)", "np.abs(x)")]
MOVED = [code(text) for text in ("x.swapaxes(-1, -2)", "x.T", "x[::-1]", "x[..., ::-1]", "x[..., :2]", "x[:, :2]")]
MOVED += [code(text) for text in ("x[:, None]", "x[..., None]", "x[:, None, None]")]
ENDS = ast.stmt, ast.Slice
AROUND = ast.BinOp, ast.Call, ast.Tuple, ast.List, ast.Subscript, *ENDS
READ = ast.BinOp, ast.Name, ast.Call, ast.Subscript, ast.UnaryOp
LATE = 2.9  # the rank of a division that gives 0 for much
FEW, LEAVES = 12, 3  # names that are put in; names and numbers in a formula that is


def mends(function, case, right):
    """Changes in a reader's function, and in those of the reader's own that it calls, the likeliest first.

    None where that is not Python's, or does more than compute: it will be called thousands of times. What puts
    something in comes late, since there is much that could be, and what is seldom meant comes last.
    """
    function = inspect.unwrap(function)
    if not isinstance(function, types.FunctionType) or str(function.__module__).partition(".")[0] in MODULES:
        return
    kinds, own, seldom = _constants_of(function) | kinds_in(quietly(function), case), list(_own(function)), []
    for others, pairs in ((_other_code(_constants(right), _formulas(right)), twins), (_more_code, None)):
        source = Source(function, kinds, others, pairs)
        if not _computes(source):
            return
        found = source.slips()
        for name, helper in own:
            helper = Source(helper, kinds, others, pairs)
            found += [slip.behind(function, name) for slip in helper.slips()] if _computes(helper) else []
        seldom += [slip for slip in found if slip.rank % 1 == SELDOM % 1]
        yield from sorted((slip for slip in found if slip.rank % 1 != SELDOM % 1), key=lambda slip: slip.rank)
    yield from seldom


def sentence(part, *slips):
    """What to change, and where, that one output is right or all are."""
    whole = "Your function" if part is None else "It"
    return f"{whole} is right with {', and '.join(f'{slip.words()} (line {slip.line})' for slip in slips)}."


def quietly(function):
    """The same function, without what it prints."""

    @functools.wraps(function)
    def quiet(*args, **options):
        with contextlib.redirect_stdout(io.StringIO()):
            return function(*args, **options)

    return quiet


def _own(function):
    """The functions of the same file that a function calls."""
    for name in function.__code__.co_names:
        helper = function.__globals__.get(name)
        if isinstance(helper, types.FunctionType) and helper.__code__.co_filename == function.__code__.co_filename:
            yield name, helper


def _constants_of(function):
    """The kinds of the numbers that stand outside the function, such as SEEN, whether or not it uses them."""
    known = function.__globals__.items()
    return {name: "number" for name, one in known if isinstance(one, (int, float)) and not name.startswith("_")}


def _computes(source):
    """Whether a function is known, and does nothing but compute: no files, no other modules, nothing compiled."""
    nodes = list(ast.walk(source.tree)) if source.tree else [ast.Import([])]
    names = {getattr(node, "id", getattr(node, "attr", None)) for node in nodes}
    known = [source.function.__globals__.get(name) for name in names]
    modules = [one.__name__ for one in known if isinstance(one, types.ModuleType)]
    imports = any(isinstance(node, (ast.Import, ast.ImportFrom)) for node in nodes)
    compiled = any(hasattr(one, "py_func") for one in known)
    return not imports and not compiled and not names & (DANGEROUS | ENDLESS) and MODULES.issuperset(modules)


def _constants(functions):
    """The numbers in the code of some functions."""
    found = {0, 1, 2, 0.5}
    for function in functions:
        tree = Source(function, {}).tree
        numbers = [one.value for one in ast.walk(tree) if isinstance(one, ast.Constant)] if tree else []
        found |= {one for one in numbers if isinstance(one, (int, float)) and not isinstance(one, bool)}
    return sorted(found)


def _formulas(functions):
    """The short formulas in the code of some functions, each with its names."""
    found = {}
    for function in functions:
        tree = Source(function, {}).tree
        for node in ast.walk(tree) if tree else ():
            if isinstance(node, (ast.BinOp, ast.Compare, ast.IfExp)):
                inside = list(ast.walk(node))
                leaves = [one for one in inside if isinstance(one, (ast.Name, ast.Constant))]
                if len(leaves) <= LEAVES and not any(isinstance(one, ast.Call) for one in inside):
                    found[ast.dump(node)] = node, {one.id for one in leaves if isinstance(one, ast.Name)}
    return [(node, names) for node, names in found.values() if names]


def _other_code(constants, formulas):
    """What yields the alternatives of right answers, and other orders, numbers, operations and formulas."""

    def others(place, kinds):
        node = place.node
        if _is_fixed(place):
            return
        yield from alternatives(place, kinds)
        if isinstance(node, ast.Constant) and isinstance(node.value, bool):
            yield 0, lambda n: ast.Constant(not n.value)
        elif isinstance(node, ast.Constant) and isinstance(node.value, (int, float)):
            yield from ((2, lambda n, one=one: ast.Constant(one)) for one in constants if one != node.value)
            yield from map(code, _numbers(kinds))
        elif isinstance(node, ast.Subscript):
            yield from _other_values(node, kinds)
        elif isinstance(node, ast.BinOp):
            yield from _other_operations(node)
            yield from positions(node)
            mine = {one.id for one in ast.walk(node) if isinstance(one, ast.Name)} - {"np"}
            yield from (
                (0, lambda n, other=other: other) for other, names in formulas if mine & names and names <= kinds.keys()
            )
        elif isinstance(node, ast.Call):
            yield from _other_calls(node)
        elif isinstance(node, (ast.Tuple, ast.List)) and 2 < len(node.elts) < 5:
            yield from _other_rows(len(node.elts))

    return others


def _more_code(place, kinds):
    """What yields code with something put in: a number, a factor, an end, an order of axes."""
    node, numbers = place.node, _numbers(kinds)
    if _is_fixed(place):
        return
    if isinstance(node, ast.Compare) and len(node.ops) == 1:
        for text in ("x & (y >= 0)", *(f"x & (y < {name})" for name in numbers[:FEW])):
            yield 2, lambda n, text=text: code(text, y=n.left)[1](n)
    if isinstance(node, READ):
        yield from _missing(place.parent, numbers, kinds)


def _is_fixed(place):
    return place.field == "func" or isinstance(place.parent, ast.keyword) and place.parent.arg == "dtype"


def _numbers(kinds):
    return sorted(name for name, kind in kinds.items() if kind in ("int", "number", "bool"))


def _other_values(node, kinds):
    """A whole array for a part of one; the sum, say, or the largest for one number."""
    arrays = sorted(name for name, kind in kinds.items() if kind.startswith("array"))
    yield from map(code, arrays[:FEW])
    for name in (
        name for name in arrays[:FEW] if isinstance(node.slice, ast.Slice) and kinds[name] == "array of 1 axes"
    ):
        yield 1, lambda n, name=name: ast.Subscript(n.value, ast.Name(name, ast.Load()), n.ctx)
    if isinstance(node.slice, ast.Constant):
        for name in ("min", "max", "sum", "mean"):
            yield 1, lambda n, name=name: code(f"y.{name}()", y=n.value)[1](n)


def _other_operations(node):
    """Another operation on the same two; one on two of the names in it; the first of several factors alone."""
    for op in (ast.Add, ast.Sub, ast.Mult, ast.Div, ast.FloorDiv, ast.MatMult):
        if not isinstance(node.op, op) and (op is not ast.MatMult or isinstance(node.op, ast.Mult)):
            rank = 1 if op is not ast.FloorDiv else LATE
            yield rank, lambda n, op=op: ast.BinOp(n.left, op(), n.right)
    names = sorted({one.id for one in ast.walk(node) if isinstance(one, ast.Name) and one.id != "np"})
    for one, other in permutations(names[:4], 2):
        yield from (code(f"{one} {op} {other}") for op in "*-+/" if op in "-/" or one < other)
    if isinstance(node.left, ast.BinOp):
        yield 1, lambda n: n.left.left
        if isinstance(node.op, ast.Div) and isinstance(node.left.op, ast.Mult):
            yield 1, lambda n: code("x * y / z", y=n.right, z=n.left.right)[1](n.left.left)
    yield 0, lambda n: ast.Constant(0)


def _other_calls(node):
    """Two neighbouring arguments exchanged; rows for columns, where an array is reshaped."""
    for k in range(len(node.args) - 1) if len(node.args) > 2 else ():
        yield 1, lambda n, k=k: _exchanged(n, k)
    name = getattr(node.func, "attr", "")
    inside = node.func.value if isinstance(node.func, ast.Attribute) else None
    if name in ("transpose", "swapaxes") and inside is not None:
        yield 1, lambda n: code("np.linalg.inv(y)", y=n.func.value)[1](n)
    if name in ("transpose", "swapaxes") and isinstance(inside, ast.Call) and len(inside.args) > 1:
        yield 0, lambda n: _exchanged(n.func.value, len(n.func.value.args) - 2)
    if name == "reshape" and len(node.args) > 2:
        yield 1, lambda n: code("x.swapaxes(-1, -2)")[1](_exchanged(n, len(n.args) - 2))


def _exchanged(node, k):
    order = [*range(k), k + 1, k, *range(k + 2, len(node.args))]
    return ast.Call(node.func, [node.args[j] for j in order], node.keywords)


def _other_rows(length):
    """A few expressions in another order, or one of them left out."""
    orders = [*permutations(range(length)), *([j for j in range(length) if j != k] for k in range(length))]
    for order in orders[1:]:
        yield 1, lambda n, order=order: type(n)([n.elts[k] for k in order], ast.Load())


def _missing(parent, numbers, kinds):
    if isinstance(parent, (ast.Attribute, ast.BinOp, ast.Call, ast.stmt)):
        yield from MOVED
    if isinstance(parent, AROUND):
        yield from PUT_IN
        operations = "*/+-" if isinstance(parent, ENDS) else "*/"
        for name in numbers if isinstance(parent, ast.stmt) else numbers[:FEW]:
            yield from (code(f"x {op} {name}", 3) for op in operations)
    if isinstance(parent, ast.stmt):
        yield from WHOLE
        yield from (code(f"{name} or x") for name in numbers)
        arrays = sorted(name for name, kind in kinds.items() if kind.startswith("array"))[:FEW]
        for name in arrays:
            yield from (code(f"x {op} {name}", 3) for op in "*+-")
