"""Explicit vectors: eight numbers that one instruction processes, instead of vectorisation by the compiler.

A compiler vectorises a plain loop if it can prove that the result stays the same, and for a sampler's loop its vector
code is seldom the best. Here a kernel states itself which operations work on eight numbers at a time:

    x = load(xs, (j,))                                eight neighbouring numbers
    here, right = pairs(image, (n, c, 0), cells, 0)   eight pixels from anywhere, each with its right neighbour
    store(out, (n, c, i, j), here + x * (right - here))

An operation is a function of NumPy arrays of eight (its meaning, which also runs where Numba is switched off), together
with the LLVM instructions to which Numba compiles it. Arithmetic and comparisons are written as always. An index names
the first of the eight; with NUMBA_BOUNDSCHECK=1 all eight are checked.
"""

import operator

import numba
import numpy as np
from llvmlite import ir
from numba.core import cgutils, types
from numba.core.codegen import get_host_cpu_features
from numba.core.datamodel import models
from numba.core.typing.templates import AbstractTemplate, infer_global
from numba.extending import intrinsic, lower_builtin, register_model
from numba.np.arrayobj import make_array

WIDTH = 8
# Where registers hold sixteen floats, loops of nothing but products and sums use vectors of sixteen.
WIDE = 16 if numba.config.CPU_NAME is None and "+avx512f" in get_host_cpu_features() else WIDTH
INT32, INT64 = ir.IntType(32), ir.IntType(64)


class Vector(types.Type):
    """Numba's type of eight floats, int32s or truth values, or of another number of them."""

    def __init__(self, element, width=WIDTH):
        self.element, self.width = element, width
        super().__init__(f"Vector({element}, {width})")


@register_model(Vector)
class _InRegisters(models.PrimitiveModel):
    """For LLVM, a vector is a vector."""

    def __init__(self, manager, vector):
        element = ir.IntType(1) if vector.element == types.boolean else manager.lookup(vector.element).get_value_type()
        super().__init__(manager, vector, ir.VectorType(element, vector.width))


def _operator(function, in_llvm, result=None):
    """Define a Python operator of vectors for Numba, or of a vector and a number, which counts eight times."""

    @infer_global(function)
    class Typed(AbstractTemplate):
        def generic(self, args, _):
            vectors = [one for one in args if isinstance(one, Vector)]
            if not vectors or not all(isinstance(one, (Vector, types.Number)) for one in args):
                return None
            args = [one if isinstance(one, Vector) else vectors[0].element for one in args]
            return (Vector(result, vectors[0].width) if result else vectors[0])(*args)

    def lower(context, builder, signature, args):
        width = next(kind.width for kind in signature.args if isinstance(kind, Vector))
        typed = zip(args, signature.args)
        return in_llvm(
            builder, *[one if isinstance(kind, Vector) else _spread(builder, one, width) for one, kind in typed]
        )

    for kinds in ((Vector, Vector), (Vector, types.Number), (types.Number, Vector)):
        lower_builtin(function, *kinds)(lower)


def _of_floats(vector):
    return not isinstance(vector.type.element, ir.IntType)


for _function in (operator.add, operator.iadd):
    _operator(_function, lambda builder, a, b: (builder.fadd if _of_floats(a) else builder.add)(a, b))
_operator(operator.sub, lambda builder, a, b: (builder.fsub if _of_floats(a) else builder.sub)(a, b))
_operator(operator.mul, lambda builder, a, b: (builder.fmul if _of_floats(a) else builder.mul)(a, b))
_operator(operator.ne, lambda builder, a, b: builder.fcmp_unordered("!=", a, b), types.boolean)
_operator(operator.or_, lambda builder, a, b: builder.or_(a, b))
for _function, _sign in ((operator.lt, "<"), (operator.le, "<="), (operator.gt, ">"), (operator.ge, ">=")):
    _operator(_function, lambda builder, a, b, sign=_sign: builder.fcmp_ordered(sign, a, b), types.boolean)


MEANING = {}  # of each operation by name, as a function of NumPy arrays


def _operation(in_numpy):
    """The decorator of an operation's LLVM: `in_numpy` is its meaning, and takes its place without Numba."""

    def decorate(in_llvm):
        MEANING[in_llvm.__name__] = in_numpy
        return in_numpy if numba.config.DISABLE_JIT else intrinsic(in_llvm)

    return decorate


def _part(array, index, count=WIDTH):
    """A view of `count` numbers of an array, from an index on."""
    start = int(index[-1])
    if not 0 <= start <= array.shape[len(index) - 1] - count:
        raise IndexError(f"expected {count} numbers inside, got the first at {start} of {array.shape}")
    return array[tuple(int(k) for k in index[:-1])][start : start + count]


def _reached(array, index, cells, count=2):
    """The parts of `count` from each of eight cells on, counted from an index, as (8, count)."""
    return np.array([_part(array, (*index[:-1], int(index[-1]) + int(cell)), count) for cell in cells])


@_operation(lambda number: np.full(WIDTH, number))
def spread(typing, number):
    """Eight times the same number."""
    return Vector(number)(number), lambda context, builder, signature, args: _spread(builder, args[0])


@_operation(lambda number: np.full(WIDE, number))
def spread_wide(typing, number):
    """`spread` in a vector of WIDE."""
    return Vector(number, WIDE)(number), lambda context, builder, signature, args: _spread(builder, args[0], WIDE)


@_operation(lambda array, index: _part(array, index, WIDE).copy())
def load_wide(typing, array, index):
    """WIDE neighbouring numbers, from an index on."""

    def in_llvm(context, builder, signature, args):
        return _load(context, builder, _address(context, builder, signature, args, WIDE), WIDE)

    return Vector(array.dtype, WIDE)(array, index), in_llvm


@_operation(lambda array, index: _part(array, index).copy())
def load(typing, array, index):
    """Eight neighbouring numbers, from an index on."""

    def in_llvm(context, builder, signature, args):
        return _load(context, builder, _address(context, builder, signature, args), WIDTH)

    return Vector(array.dtype)(array, index), in_llvm


@_operation(lambda array, one, other: np.append(_part(array, one, 4), _part(array, other, 4)))
def load_halves(typing, array, one, other):
    """Four neighbouring numbers, from an index on, and four from another."""

    def in_llvm(context, builder, signature, args):
        kind, *indices = signature.args
        halves = []
        for index, at in zip(indices, args[1:]):
            address = _address(context, builder, types.void(kind, index), (args[0], at), 4)
            halves.append(_load(context, builder, address, 4))
        return _joined(builder, halves)

    return Vector(array.dtype)(array, one, other), in_llvm


def _store_in_numpy(array, index, vector):
    _part(array, index, len(vector))[:] = vector


@_operation(_store_in_numpy)
def store(typing, array, index, vector):
    """Write the numbers of a vector next to each other, from an index on."""

    def in_llvm(context, builder, signature, args):
        _store(context, builder, args[2], _address(context, builder, signature, args, signature.args[2].width))
        return context.get_dummy_value()

    return types.void(array, index, vector), in_llvm


@_operation(lambda array, index: None)
def prefetch(typing, array, index):
    """Prefetch a number that will be read soon; without effect if its address is invalid."""

    def in_llvm(context, builder, signature, args):
        address = _address(context, builder, signature, args, count=0)
        address = builder.bitcast(address, ir.IntType(8).as_pointer())
        kind = ir.FunctionType(ir.VoidType(), [address.type, INT32, INT32, INT32])
        function = cgutils.get_or_insert_function(builder.module, kind, "llvm.prefetch.p0i8")
        builder.call(function, [address, INT32(0), INT32(3), INT32(1)])  # to read, kept near, data
        return context.get_dummy_value()

    return types.void(array, index), in_llvm


@_operation(lambda a, b: np.where(a < b, a, b))
def lesser(typing, a, b):
    """The lesser of each two numbers; b where a is NaN."""
    return _choice("<", a, b)


@_operation(lambda a, b: np.where(a > b, a, b))
def larger(typing, a, b):
    """The larger of each two numbers; b where a is NaN."""
    return _choice(">", a, b)


def _choice(sign, a, b):
    def in_llvm(context, builder, signature, args):
        a, b = (one if isinstance(kind, Vector) else _spread(builder, one) for one, kind in zip(args, signature.args))
        return builder.select(builder.fcmp_ordered(sign, a, b), a, b)

    return a(a, b if isinstance(b, Vector) else a.element), in_llvm


@_operation(np.abs)
def magnitude(typing, a):
    """The absolute value of each number."""

    def in_llvm(context, builder, signature, args):
        kind, bits = args[0].type, 8 * _bytes(context, args[0].type.element)
        name = f"llvm.fabs.v{WIDTH}f{bits}"
        function = cgutils.get_or_insert_function(builder.module, ir.FunctionType(kind, [kind]), name)
        return builder.call(function, [args[0]])

    return a(a), in_llvm


@_operation(np.where)
def select(typing, mask, a, b):
    """a where a mask is true, b elsewhere."""
    return a(mask, a, b), lambda context, builder, signature, args: builder.select(*args)


@_operation(lambda mask: bool(np.all(mask)))
def every(typing, mask):
    """Whether a mask is true eight times."""

    def in_llvm(context, builder, signature, args):
        bits = ir.IntType(WIDTH)
        return builder.icmp_unsigned("==", builder.bitcast(args[0], bits), bits(2**WIDTH - 1))

    return types.boolean(mask), in_llvm


@_operation(lambda a: a.astype(np.int32))
def whole(typing, a):
    """Rounded towards zero, as int32; numbers that do not fit must have been clamped before."""
    return Vector(types.int32)(a), lambda context, builder, signature, args: builder.fptosi(
        args[0], ir.VectorType(INT32, WIDTH)
    )


@_operation(lambda a, like: a.astype(like.dtype))
def as_floats(typing, a, like):
    """int32s as floats of another vector's type."""
    return like(a, like), lambda context, builder, signature, args: builder.sitofp(args[0], args[1].type)


@_operation(lambda a: a.sum())
def total(typing, a):
    """The sum of a vector's numbers."""

    def in_llvm(context, builder, signature, args):
        rest = args[0]
        while rest.type.count > 1:
            half = rest.type.count // 2
            low, high = (_shuffle(builder, rest, rest, range(start, start + half)) for start in (0, half))
            rest = builder.fadd(low, high)
        return builder.extract_element(rest, INT32(0))

    return a.element(a), in_llvm


@_operation(lambda array, index, cells, first: tuple(_reached(array, index, cells[first : first + WIDTH]).T))
def pairs(typing, array, index, cells, first):
    """Two vectors: the pixels at eight cells, and their right neighbours.

    cells : (..) array of int32, of which the eight from `first` on are used; a cell is an offset from `index`.
    Each pair is read at once, since it is contiguous: half as many reads as numbers. The cells come from memory, not
    from a vector, because taking a vector apart takes longer than reading eight numbers.
    """

    def in_llvm(context, builder, signature, args):
        found = [_load(context, builder, one, 2) for one in _addresses(context, builder, signature, args, 2)]
        low = _joined(builder, [found[k] for k in (0, 1, 4, 5)])  # in the order in which one shuffle sorts them
        high = _joined(builder, [found[k] for k in (2, 3, 6, 7)])
        here = _shuffle(builder, low, high, (0, 2, 8, 10, 4, 6, 12, 14))
        right = _shuffle(builder, low, high, (1, 3, 9, 11, 5, 7, 13, 15))
        return context.make_tuple(builder, signature.return_type, [here, right])

    return types.UniTuple(Vector(array.dtype), 2)(array, index, cells, first), in_llvm


def _add_quads_in_numpy(array, index, cells, first, *corners):
    for cell, quad in zip(cells[first : first + WIDTH], np.transpose(corners)):
        _part(array, (*index[:-1], int(index[-1]) + 4 * int(cell)), 4)[:] += quad


@_operation(_add_quads_in_numpy)
def add_quads(typing, array, index, cells, first, a, b, c, d):
    """Add (a, b, c, d) to the four numbers from 4 * cell on, for one of eight cells after the other."""

    def in_llvm(context, builder, signature, args):
        a, b, c, d = args[4:]
        quads = [None] * WIDTH
        for half, lanes in enumerate(((0, 8, 1, 9, 4, 12, 5, 13), (2, 10, 3, 11, 6, 14, 7, 15))):
            ab, cd = (_shuffle(builder, *pair, lanes) for pair in ((a, b), (c, d)))
            for odd, lanes in enumerate(((0, 1, 8, 9, 4, 5, 12, 13), (2, 3, 10, 11, 6, 7, 14, 15))):
                two, k = _shuffle(builder, ab, cd, lanes), 2 * half + odd
                quads[k], quads[k + 4] = (_shuffle(builder, two, two, range(at, at + 4)) for at in (0, 4))
        for quad, address in zip(quads, _addresses(context, builder, signature, args, 4, step=4)):
            _store(context, builder, builder.fadd(_load(context, builder, address, 4), quad), address)
        return context.get_dummy_value()

    return types.void(array, index, cells, first, a, b, c, d), in_llvm


def _sum_quads_in_numpy(array, index, up, left):
    *rest, here = (int(k) for k in index)
    starts = here, here - left + 1, here - up + 2, here - up - left + 3
    return sum(_part(array, (*rest, start), 4 * WIDTH - 3)[::4] for start in starts)


@_operation(_sum_quads_in_numpy)
def sum_quads(typing, array, index, up, left):
    """Eight sums of four numbers: the first of a quad, the second of the quad `left` before it, the third of the quad
    `up` before it, and the fourth of the one before both; for eight neighbouring quads, from an index on."""

    def in_llvm(context, builder, signature, args):
        up, left = (context.cast(builder, *one, types.intp) for one in zip(args[2:], signature.args[2:]))
        zero, steps = INT64(0), []
        for before in (zero, left, up, builder.add(up, left)):
            starts = [builder.sub(INT64(8 * k), before) for k in range(4)]
            steps.append([_address(context, builder, signature, args, WIDTH, start) for start in starts])
        twos = []
        for k in range(4):  # two quads at a time, of which each lane has its own
            both = _load(context, builder, steps[0][k], WIDTH)
            for lane in (1, 2, 3):
                lanes = [WIDTH + one if one % 4 == lane else one for one in range(WIDTH)]
                both = _shuffle(builder, both, _load(context, builder, steps[lane][k], WIDTH), lanes)
            twos.append(both)
        halves = [_neighbours_added(builder, *pair) for pair in (twos[:2], twos[2:])]
        sums = _neighbours_added(builder, *halves)
        return _shuffle(builder, sums, sums, (0, 4, 1, 5, 2, 6, 3, 7))

    return Vector(array.dtype)(array, index, up, left), in_llvm


@_operation(lambda *rows: tuple(np.transpose(rows).copy()))
def turned(typing, *rows):
    """The transpose of eight vectors."""

    def in_llvm(context, builder, signature, args):
        rows = cgutils.unpack_tuple(builder, args[0])
        # Neighbours are exchanged at a distance of 1, 2 and 4
        for distance, low, high in (
            (1, (0, 8, 2, 10, 4, 12, 6, 14), (1, 9, 3, 11, 5, 13, 7, 15)),
            (2, (0, 1, 8, 9, 4, 5, 12, 13), (2, 3, 10, 11, 6, 7, 14, 15)),
            (4, (0, 1, 2, 3, 8, 9, 10, 11), (4, 5, 6, 7, 12, 13, 14, 15)),
        ):
            for k in range(WIDTH):
                if not k & distance:
                    pair = rows[k], rows[k + distance]
                    rows[k], rows[k + distance] = (_shuffle(builder, *pair, lanes) for lanes in (low, high))
        return context.make_tuple(builder, signature.return_type, rows)

    return types.UniTuple(rows[0], WIDTH)(types.StarArgTuple(rows)), in_llvm


# Processors shuffle best within halves of a vector, and so leave every second number of sixteen in this order.
UNZIPPED = (0, 1, 4, 5, 2, 3, 6, 7)


@_operation(lambda a: a[list(UNZIPPED)])
def in_unzipped_order(typing, a):
    """A vector in the order of `unzipped`."""
    return a(a), lambda context, builder, signature, args: _shuffle(builder, args[0], args[0], UNZIPPED)


@_operation(lambda a, b: tuple(np.append(a, b)[start::2][list(UNZIPPED)] for start in (0, 1)))
def unzipped(typing, a, b):
    """The even and the odd ones of sixteen numbers in two vectors; both in the order UNZIPPED."""

    def in_llvm(context, builder, signature, args):
        each = [_shuffle(builder, *args, [2 * k + start for k in UNZIPPED]) for start in (0, 1)]
        return context.make_tuple(builder, signature.return_type, each)

    return types.UniTuple(a, 2)(a, b), in_llvm


@_operation(lambda a, b: tuple(np.stack([a, b], axis=1)[list(UNZIPPED)].reshape(2, WIDTH)))
def zipped(typing, a, b):
    """The sixteen numbers that were `unzipped`, in two vectors."""

    def in_llvm(context, builder, signature, args):
        lanes = [lane for k in UNZIPPED for lane in (k, k + WIDTH)]
        both = [_shuffle(builder, *args, part) for part in (lanes[:WIDTH], lanes[WIDTH:])]
        return context.make_tuple(builder, signature.return_type, both)

    return types.UniTuple(a, 2)(a, b), in_llvm


def _bytes(context, element):
    return context.get_abi_sizeof(element)


def _spread(builder, number, width=WIDTH):
    one = builder.insert_element(ir.Constant(ir.VectorType(number.type, width), ir.Undefined), number, INT32(0))
    return _shuffle(builder, one, one, [0] * width)


def _shuffle(builder, a, b, lanes):
    """A vector of chosen lanes of two others, those of b counted on from those of a."""
    return builder.shuffle_vector(a, b, ir.Constant(ir.VectorType(INT32, len(lanes)), list(lanes)))


def _neighbours_added(builder, a, b):
    """The sums of neighbouring lanes of two vectors, in the order in which processors have them."""
    even, odd = (0, 2, 8, 10, 4, 6, 12, 14), (1, 3, 9, 11, 5, 7, 13, 15)
    return builder.fadd(*(_shuffle(builder, a, b, lanes) for lanes in (even, odd)))


def _joined(builder, parts):
    """Vectors, a power of two of them, concatenated to a long one."""
    while len(parts) > 1:
        both = range(2 * parts[0].type.count)
        parts = [_shuffle(builder, *pair, both) for pair in zip(parts[::2], parts[1::2])]
    return parts[0]


def _load(context, builder, address, count):
    """A vector of numbers from an address that need not be aligned."""
    vector = ir.VectorType(address.type.pointee, count)
    loaded = builder.load(builder.bitcast(address, vector.as_pointer()))
    loaded.align = _bytes(context, address.type.pointee)
    return loaded


def _store(context, builder, vector, address):
    stored = builder.store(vector, builder.bitcast(address, vector.type.as_pointer()))
    stored.align = _bytes(context, address.type.pointee)


def _address(context, builder, signature, args, count=WIDTH, offset=None):
    """The address of an element of an array; if Numba checks indices, a check that `count` from there on are inside."""
    kind, places = signature.args[:2]
    array = make_array(kind)(context, builder, args[0])
    index = [context.cast(builder, *one, types.intp) for one in zip(cgutils.unpack_tuple(builder, args[1]), places)]
    if offset is not None:
        index[-1] = builder.add(index[-1], offset)
    if count and context.enable_boundscheck:
        last = [*index[:-1], builder.add(index[-1], INT64(count - 1))]
        for checked in (index, last):
            cgutils.do_boundscheck(context, builder, checked[-1], cgutils.unpack_tuple(builder, array.shape)[-1], -1)
    return cgutils.get_item_pointer(context, builder, kind, array, index, wraparound=False, boundscheck=False)


def _addresses(context, builder, signature, args, count, step=1):
    """The addresses of the parts of `count` from each of eight cells on; cells and the first are arguments 2 and 3."""
    kind = signature.args[2]
    cells = make_array(kind)(context, builder, args[2])
    first = context.cast(builder, args[3], signature.args[3], types.intp)
    found = []
    for k in range(WIDTH):
        place = [builder.add(first, INT64(k))]
        cell = builder.load(cgutils.get_item_pointer(context, builder, kind, cells, place, boundscheck=False))
        cell = builder.mul(builder.sext(cell, INT64), INT64(step))
        found.append(_address(context, builder, signature, args, count, cell))
    return found
