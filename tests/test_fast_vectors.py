"""The vectors of the compiled kernels: LLVM does what NumPy says; and arrays in memory that was used before."""

import gc

import numba
import numpy as np
import pytest
from numba import njit

from stn_numpy.fast import memory, vectors
from stn_numpy.fast.vectors import WIDTH

compiled = pytest.mark.skipif(bool(numba.config.DISABLE_JIT), reason="there is nothing to compare with NumPy")
CELLS = np.array([0, 5, 5, 1, 9, 3, 2, 0], np.int32)  # some twice: what is added to one cell adds up


def numbers(count, dtype, seed=0):
    return np.random.default_rng(seed).standard_normal(count).astype(dtype)


def store_vectors(found, out):
    for place, vector in enumerate(found if isinstance(found, tuple) else (found,)):
        out[place * WIDTH : (place + 1) * WIDTH] = vector


@njit
def write(out, found):
    for place in range(len(found)):
        vectors.store(out, (place * WIDTH,), found[place])


@compiled
@pytest.mark.parametrize("name", ["lesser", "larger", "zipped", "unzipped"])
def test_of_two_vectors(dtype, name):
    operation, given = getattr(vectors, name), numbers(2 * WIDTH, dtype)
    given[3] = np.nan

    @njit
    def run_one(given, out):
        vectors.store(out, (0,), operation(vectors.load(given, (0,)), vectors.load(given, (WIDTH,))))

    @njit
    def run_two(given, out):
        write(out, operation(vectors.load(given, (0,)), vectors.load(given, (WIDTH,))))

    out, expected = np.zeros(2 * WIDTH, dtype), np.zeros(2 * WIDTH, dtype)
    (run_two if name.endswith("zipped") else run_one)(given, out)
    store_vectors(vectors.MEANING[name](given[:WIDTH], given[WIDTH:]), expected)
    np.testing.assert_array_equal(out, expected)


@compiled
@pytest.mark.parametrize("name", ["magnitude", "in_unzipped_order", "whole"])
def test_of_one_vector(dtype, name):
    operation, given = getattr(vectors, name), 5 * numbers(WIDTH, dtype)

    @njit
    def run(given, out):
        vectors.store(out, (0,), operation(vectors.load(given, (0,))))

    expected = vectors.MEANING[name](given)
    out = np.zeros(WIDTH, expected.dtype)
    run(given, out)
    np.testing.assert_array_equal(out, expected)


@compiled
def test_arithmetic_and_comparisons(dtype):
    @njit
    def run(a, b, out):
        x, y = vectors.load(a, (0,)), vectors.load(b, (0,))
        chosen = vectors.select((x < y) | (x >= 1.5), 2 * x - y, x * y + 3)
        chosen += vectors.spread(a[0])
        vectors.store(out, (0,), chosen)
        return vectors.every(x <= x), vectors.every(x < y), vectors.total(x)

    a, b, out = numbers(WIDTH, dtype), numbers(WIDTH, dtype, seed=1), np.zeros(WIDTH, dtype)
    a[2] = 2
    same, less, total = run(a, b, out)
    expected = np.where((a < b) | (a >= 1.5), 2 * a - b, a * b + 3) + a[0]
    np.testing.assert_allclose(out, expected, rtol=10 * np.finfo(dtype).eps)
    assert same and not less and total == pytest.approx(a.sum(), rel=1e-5)
    a[1] = np.nan
    assert not run(a, b, out)[0]


@compiled
def test_wide_vectors_do_the_same(dtype):
    @njit
    def run(given, out):
        wide = vectors.load_wide(given, (1,))
        vectors.store(out, (0,), 2 * wide * wide + vectors.spread_wide(given[0]))

    given, out = numbers(vectors.WIDE + 1, dtype), np.zeros(vectors.WIDE, dtype)
    run(given, out)
    np.testing.assert_allclose(out, 2 * given[1:] ** 2 + given[0], rtol=10 * np.finfo(dtype).eps)
    assert np.array_equal(vectors.MEANING["load_wide"](given, (1,)), given[1:])


@compiled
def test_pairs_read_each_cell_and_its_neighbour(dtype):
    @njit
    def run(image, cells, out):
        write(out, vectors.pairs(image, (1, 2), cells, 0))

    image, out, expected = numbers((2, 13), dtype), np.zeros(2 * WIDTH, dtype), np.zeros(2 * WIDTH, dtype)
    run(image, CELLS, out)
    store_vectors(vectors.MEANING["pairs"](image, (1, 2), CELLS, 0), expected)
    np.testing.assert_array_equal(out, expected)
    np.testing.assert_array_equal(out, np.append(image[1, 2 + CELLS], image[1, 3 + CELLS]))


@compiled
def test_quads_are_added_one_after_the_other_and_summed(dtype):
    @njit
    def run(quads, cells, corners, out):
        a, b = vectors.load(corners, (0, 0)), vectors.load(corners, (1, 0))
        c, d = vectors.load(corners, (2, 0)), vectors.load(corners, (3, 0))
        vectors.add_quads(quads, (4,), cells, 0, a, b, c, d)
        vectors.store(out, (0,), vectors.sum_quads(quads, (24,), 20, 4))

    quads, corners, out = numbers(60, dtype), numbers((4, WIDTH), dtype, seed=1), np.zeros(WIDTH, dtype)
    expected = quads.copy()
    vectors.MEANING["add_quads"](expected, (4,), CELLS, 0, *corners)
    run(quads, CELLS, corners, out)
    np.testing.assert_allclose(quads, expected, rtol=10 * np.finfo(dtype).eps)
    sums = vectors.MEANING["sum_quads"](expected, (24,), 20, 4)
    assert sums[1] == expected[28] + expected[24 + 1] + expected[8 + 2] + expected[4 + 3]
    np.testing.assert_allclose(out, sums, rtol=20 * np.finfo(dtype).eps, atol=20 * np.finfo(dtype).eps)


@compiled
def test_turned_is_transposed(dtype):
    @njit
    def turn(t, out):
        a, b, c, d = (
            vectors.load(t, (0, 0)),
            vectors.load(t, (1, 0)),
            vectors.load(t, (2, 0)),
            vectors.load(t, (3, 0)),
        )
        e, f, g, h = (
            vectors.load(t, (4, 0)),
            vectors.load(t, (5, 0)),
            vectors.load(t, (6, 0)),
            vectors.load(t, (7, 0)),
        )
        write(out, vectors.turned(a, b, c, d, e, f, g, h))

    table, out = numbers((WIDTH, WIDTH), dtype), np.zeros(WIDTH * WIDTH, dtype)
    turn(table, out)
    np.testing.assert_array_equal(out.reshape(WIDTH, WIDTH), table.T)


@compiled
def test_halves_come_from_two_places(dtype):
    @njit
    def run(table, out):
        vectors.store(out, (0,), vectors.load_halves(table, (0, 1), (1, 2)))

    table, out = numbers((2, 6), dtype), np.zeros(WIDTH, dtype)
    run(table, out)
    np.testing.assert_array_equal(out, np.append(table[0, 1:5], table[1, 2:6]))


def test_memory_is_used_again_only_when_no_view_is_left():
    shape = (memory.SMALL // 4, 2)
    first = memory.empty(shape, np.dtype("float32"))
    place, view = first.ctypes.data, first[3:, 1].reshape(-1, 1)
    del first
    gc.collect()
    assert memory.empty(shape, np.dtype("float32")).ctypes.data != place
    view[:] = 7
    del view
    gc.collect()
    again = [memory.empty(shape, np.dtype("float32")) for _ in range(4)]
    assert place in {array.ctypes.data for array in again} and len({array.ctypes.data for array in again}) == 4
    assert all(array.flags.c_contiguous and array.flags.writeable and array.flags.aligned for array in again)
    assert memory.empty((3, 0), np.dtype("float64")).shape == (3, 0)


def test_memory_that_lies_unused_is_limited(monkeypatch):
    monkeypatch.setattr(memory, "KEPT", 3 * memory.SMALL)
    arrays = [memory.empty((memory.SMALL + 8 * k,), np.dtype("uint8")) for k in range(6)]
    del arrays
    gc.collect()
    assert sum(size * len(buffers) for size, buffers in memory._free.items()) <= 3 * memory.SMALL
