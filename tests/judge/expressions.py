"""Expressions that are often confused: pairs of a rank, the likeliest 0, and a function that makes the syntax."""

import ast

OPERATORS = {
    ast.Add: [ast.Sub],
    ast.Sub: [ast.Add],
    ast.Mult: [ast.Div, ast.Add],
    ast.Div: [ast.Mult, ast.FloorDiv],
    ast.FloorDiv: [ast.Div, ast.Mod],
    ast.Mod: [ast.FloorDiv],
    ast.MatMult: [ast.Mult],
    ast.BitAnd: [ast.BitOr],
    ast.BitOr: [ast.BitAnd],
}
COMPARISONS = {
    ast.Lt: [ast.LtE, ast.Gt],
    ast.LtE: [ast.Lt, ast.GtE],
    ast.Gt: [ast.GtE, ast.Lt],
    ast.GtE: [ast.Gt, ast.LtE],
    ast.Eq: [ast.NotEq],
    ast.NotEq: [ast.Eq],
}
ALIKE = [
    {"floor", "rint", "ceil", "trunc"},
    {"minimum", "maximum"},
    {"min", "max", "sum", "mean", "median", "prod"},
    {"cos", "sin", "tan"},
    {"argmax", "argmin"},
    {"any", "all"},
    {"log", "log2", "log10", "log1p", "sqrt"},
    {"zeros_like", "ones_like"},
    {"zeros", "ones"},
    {"radians", "degrees"},
    {"std", "var"},
    {"abs", "square"},
    {"arctan2", "hypot"},
]
BARE = {
    "floor",
    "rint",
    "abs",
    "sqrt",
    "radians",
    "degrees",
    "log",
    "exp",
    "sort",
    "clip",
    "minimum",
    "maximum",
    "max",
    "min",
    "swapaxes",
    "transpose",
    "flip",
    "inv",
    "cos",
    "sin",
    "square",
    "norm",
    "sum",
    "mean",
}


def alternatives(place, kinds):
    """All alternatives for the expression in a place, where the names around have values of these kinds."""
    node, parent = place.node, place.parent
    if place.field == "func" or isinstance(parent, ast.keyword) and parent.arg == "dtype":
        return
    for kind, others in KINDS.items():
        if isinstance(node, kind):
            yield from others(node, place, kinds)
    if isinstance(node, ast.Name) and isinstance(parent, (ast.BinOp, ast.Call, ast.Tuple, ast.List, ast.Compare)):
        kind = kinds.get(node.id, "")
        yield from OF_NAMES if kind.startswith("array") else OF_NUMBERS if kind != "bool" else ()
    if isinstance(node, (ast.Call, ast.Subscript)) and isinstance(parent, ast.Call):
        yield from OF_ORDERS
    outer = place.above.parent if isinstance(parent, ast.Tuple) and place.above else parent  # one of several outputs
    if isinstance(node, (ast.BinOp, ast.Call, ast.Name, ast.Subscript)) and isinstance(outer, ast.stmt):
        yield from OF_WHOLES


def _name(node, place, kinds):
    kind = kinds.get(node.id)
    if kind == "bool":
        yield 0, lambda n: ast.UnaryOp(ast.Not(), n)
        yield 0, lambda n: ast.Constant(True)
        yield 0, lambda n: ast.Constant(False)
    for name in sorted(kinds) if kind else ():
        if name != node.id and kinds[name] == kind:
            yield 0, lambda n, name=name: ast.Name(name, ast.Load())


def _constant(node, place, kinds):
    value = node.value
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return
    others = {value + 1, value - 1, 0}
    if not _is_index(place):
        others |= {2 * value, value / 2, -value, 1 - value, 0.5}
    for other in sorted(others - {value}):
        yield 0 if abs(other - value) == 1 else 1, lambda n, other=other: ast.Constant(other)


def _is_index(place):
    inside = place.above.parent if isinstance(place.parent, ast.Tuple) and place.above else place.parent
    return isinstance(inside, (ast.Subscript, ast.Slice, ast.keyword))


def _binary(node, place, kinds):
    yield 0, lambda n: n.left
    yield 0, lambda n: n.right
    for other in OPERATORS.get(type(node.op), ()):
        yield 0, lambda n, other=other: ast.BinOp(n.left, other(), n.right)
    if isinstance(node.op, (ast.Sub, ast.Div, ast.MatMult)):
        yield 0, lambda n: ast.BinOp(n.right, n.op, n.left)
    if isinstance(node.op, (ast.Mult, ast.Add, ast.BitAnd)) and not _goes_on(place, type(node.op)):
        yield from _chain(_operands(node, type(node.op)), node.op)


def _goes_on(place, op):
    """Whether an expression is an operand of the same operation, as `a * b` is in `a * b * c`."""
    return isinstance(place.parent, ast.BinOp) and isinstance(place.parent.op, op)


def _operands(node, op):
    if isinstance(node, ast.BinOp) and isinstance(node.op, op):
        return [*_operands(node.left, op), *_operands(node.right, op)]
    return [node]


def _chain(operands, op):
    """One of several alike operands used twice, x for y; or all with one name left out, such as both ends of x."""
    shapes = [ast.dump(_nameless(one)) for one in operands]
    for k, shape in enumerate(shapes):
        for other in range(len(shapes)):
            if other != k and shape == shapes[other] and not isinstance(operands[k], ast.Constant):
                yield 1, lambda n, k=k, other=other: _joined([*operands[:k], operands[other], *operands[k + 1 :]], op)
    names = [{one.id for one in ast.walk(operand) if isinstance(one, ast.Name)} for operand in operands]
    for name in sorted(set().union(*names)):
        kept = [one for one, its in zip(operands, names) if name not in its]
        if 0 < len(kept) < len(operands) - 1:
            yield 1, lambda n, kept=kept: _joined(kept, op)


def _nameless(node):
    """A copy in which all names are one."""
    copy = ast.parse(ast.unparse(node), mode="eval").body
    for one in ast.walk(copy):
        if isinstance(one, ast.Name):
            one.id = "_"
    return copy


def _joined(operands, op):
    whole, *others = operands
    for one in others:
        whole = ast.BinOp(whole, op, one)
    return whole


def _comparison(node, place, kinds):
    for other in COMPARISONS.get(type(node.ops[0]), ()):
        yield 0, lambda n, other=other: ast.Compare(n.left, [other(), *n.ops[1:]], n.comparators)
    if len(node.ops) > 1:
        yield 0, lambda n: ast.Compare(n.left, n.ops[:1], n.comparators[:1])
        yield 0, lambda n: ast.Compare(n.comparators[0], n.ops[1:], n.comparators[1:])
        for other in COMPARISONS.get(type(node.ops[1]), ()):
            yield 0, lambda n, other=other: ast.Compare(n.left, [n.ops[0], other()], n.comparators)


def _condition(node, place, kinds):
    yield 0, lambda n: n.body
    yield 0, lambda n: n.orelse
    yield 0, lambda n: ast.IfExp(n.test, n.orelse, n.body)


def _attribute(node, place, kinds):
    if node.attr == "T":
        yield 0, lambda n: n.value
    if node.attr == "pi":
        for other in ("180", "2 * x", "x / 2", "1"):
            yield code(other)


def _subscript(node, place, kinds):
    """All along an axis, in place of some; the first, in place of those that were chosen."""
    inside = node.slice
    if isinstance(inside, ast.Name) and kinds.get(inside.id, "").startswith("array of 1"):
        yield 1, lambda n: code("y[:len(z)]", y=n.value, z=n.slice)[1](n)
    for k in range(len(inside.elts)) if isinstance(inside, ast.Tuple) else ():
        if not isinstance(inside.elts[k], (ast.Slice, ast.Constant)):
            whole = ast.Tuple([*inside.elts[:k], ast.Slice(), *inside.elts[k + 1 :]], ast.Load())
            yield 1, lambda n, whole=whole: ast.Subscript(n.value, whole, n.ctx)


def _slice(node, place, kinds):
    yield 1, lambda n: ast.Slice(None, n.upper, n.step)
    yield 1, lambda n: ast.Slice(n.lower, None, n.step)
    if node.step:
        yield 0, lambda n: ast.Slice(n.lower, n.upper, None)
    elif (
        isinstance(node.lower, ast.Constant) and not node.upper
    ):  # the first ones for the last, and the other way round
        yield -0.5, lambda n: ast.Slice(None, ast.UnaryOp(ast.USub(), n.lower))
    elif isinstance(node.upper, ast.Constant) and not node.lower:
        yield -0.5, lambda n: ast.Slice(ast.UnaryOp(ast.USub(), n.upper), None)


def _sequence(node, place, kinds):
    """Two neighbours exchanged, or one used for the next; of two, one left out."""
    kind, load = type(node), ast.Load()
    for k in range(len(node.elts) - 1):
        yield 0, lambda n, k=k: kind([*n.elts[:k], n.elts[k + 1], n.elts[k], *n.elts[k + 2 :]], load)
        yield 1, lambda n, k=k: kind([*n.elts[:k], n.elts[k + 1], *n.elts[k + 1 :]], load)
        yield 1, lambda n, k=k: kind([*n.elts[: k + 1], n.elts[k], *n.elts[k + 2 :]], load)
    for k in range(len(node.elts)) if len(node.elts) == 2 else ():
        yield 1, lambda n, k=k: kind([n.elts[k]], load)


def _call(node, place, kinds):
    """Another function, exchanged arguments, no function."""
    name = getattr(node.func, "attr", getattr(node.func, "id", ""))
    method = not ast.unparse(node.func).startswith("np.")
    for group in ALIKE:
        for other in sorted(group - {name}) if name in group else ():
            yield 0, lambda n, other=other: ast.Call(_renamed(n.func, other), n.args, n.keywords)
    if name in ("mean", "std", "sum") and method and isinstance(node.func, ast.Attribute):
        median = ast.Attribute(ast.Name("np", ast.Load()), "median", ast.Load())
        yield 1, lambda n: ast.Call(median, [n.func.value, *n.args], [one for one in n.keywords if one.arg == "axis"])
    if len(node.args) == 2:
        yield 0, lambda n: ast.Call(n.func, n.args[::-1], n.keywords)
    if name == "arctan2":
        yield 0, lambda n: ast.Call(_renamed(n.func, "arctan"), [ast.BinOp(n.args[0], ast.Div(), n.args[1])], [])
    if node.args:
        yield SELDOM, lambda n: ast.Call(n.func, [n, *n.args[1:]], n.keywords)
    if name == "inv":
        yield 1, lambda n: code("y.swapaxes(-1, -2)", y=n.args[0])[1](n)
    if name == "range":
        yield 0, lambda n: ast.Call(n.func, [*n.args[:-1], ast.BinOp(n.args[-1], ast.Sub(), ast.Constant(1))], [])
        if len(node.args) == 1:
            yield 0, lambda n: ast.Call(n.func, [ast.Constant(1), *n.args], [])
    if name in BARE and method and isinstance(node.func, ast.Attribute):
        yield 0, lambda n: n.func.value
    elif name in BARE:
        for k in range(len(node.args[:2])):
            yield k, lambda n, k=k: n.args[k]
    for k, keyword in enumerate(node.keywords):
        if keyword.arg in ("ddof", "axis", "keepdims"):
            yield 1, lambda n, k=k: ast.Call(n.func, n.args, n.keywords[:k] + n.keywords[k + 1 :])


def _renamed(func, name):
    return ast.Name(name, ast.Load()) if isinstance(func, ast.Name) else ast.Attribute(func.value, name, ast.Load())


KINDS = {
    ast.Name: _name,
    ast.Constant: _constant,
    ast.BinOp: _binary,
    ast.Compare: _comparison,
    ast.IfExp: _condition,
    ast.Attribute: _attribute,
    ast.Slice: _slice,
    ast.Subscript: _subscript,
    (ast.Tuple, ast.List): _sequence,
    ast.Call: _call,
    ast.UnaryOp: lambda *_: [(0, lambda n: n.operand)],
    ast.BoolOp: lambda *_: [(0, lambda n: ast.BoolOp(ast.Or() if isinstance(n.op, ast.And) else ast.And(), n.values))],
}


def code(text, rank=2, **others):
    """The code of a text in which x is the node, and other names stand for other nodes."""

    def make(node):
        put = ast.NodeTransformer()
        put.visit_Name = lambda name: node if name.id == "x" else others.get(name.id, name)
        return put.visit(ast.parse(text, mode="eval").body)

    return rank, make


ENDS = ["x + 1", "x - 1", "x**2", "x**0.5", "2 * x", "x / 2", "1 - x", "-x", "abs(x)", "0", "1"]
ORDERS = ["x[::-1]", "x[:, ::-1]", "x[..., ::-1]", "x.swapaxes(-1, -2)"]
SHARES = ["x / len(x)", "x / x.size", "np.sign(x)", "np.clip(x, -1, 1)"]
WHOLES = ["1 / x", *(f"np.{name}(x)" for name in ("round", "floor", "exp", "log", "sqrt"))]
WHOLES += ["np.maximum(x, 0)", "np.clip(x, 0, 1)"]
SELDOM = 2.75
OF_NUMBERS = [code(text) for text in ENDS]
OF_NAMES = [*map(code, ENDS + ORDERS), *(code(text, SELDOM) for text in SHARES)]
OF_ORDERS = [code(text) for text in ORDERS]
OF_WHOLES = [*OF_NAMES, *map(code, WHOLES), code("0 * x", SELDOM), code("x - x.mean()", SELDOM)]
