"""Hostile input for the compiled kernels: they equal the reference, and touch nothing outside their arguments.

Every array lies within a larger one that is NaN around it. What reads outside brings a NaN home; what writes outside
leaves a mark. `make fuzz` runs this file and the contract twice more: with Numba's own check of every index, and as
plain Python.
"""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import as_tuple, away_from_zero, counts, distinct, lengths, normal, normalise, seeds
from tolerances import assert_agrees

import stn_numpy as reference

numba = pytest.importorskip("numba")

GUARD = 64  # numbers of NaN before and behind, more than the widest row and the widest tap of these tests
HUGE = [np.nan, np.inf, -np.inf, 1e30, -1e30, 3.4e38, 2.0**31, -(2.0**31), 2.0**63, 1e-45, -1e-45, 5e-324, 0.0, -0.0]

options = st.fixed_dictionaries(
    {"padding_mode": st.sampled_from(["zeros", "border", "reflection"]), "align_corners": st.booleans()}
)
modes = st.sampled_from(["bilinear", "nearest", "bicubic"])
float_types = st.sampled_from(["float32", "float64"])


class Guarded:
    """An array within NaN: contiguous in the middle of a long row, or the inner part of an array larger all round."""

    def __init__(self, array, inner=False):
        array = np.asarray(array)
        if inner:
            self.whole = np.full([n + 4 for n in array.shape], np.nan, array.dtype)
            self.array = self.whole[tuple(slice(2, -2) for _ in array.shape)]
        else:
            self.whole = np.full(array.size + 2 * GUARD, np.nan, array.dtype)
            self.array = self.whole[GUARD:-GUARD].reshape(array.shape)
        self.array[...] = array
        self.before = self.whole.tobytes()

    def is_untouched(self):
        return self.whole.tobytes() == self.before


def call_guarded(function, *arrays, inner=False, **keywords):
    """The results of a function of guarded arrays; what is no array is passed on."""
    guarded = [Guarded(array, inner) if isinstance(array, np.ndarray) else None for array in arrays]
    results = as_tuple(
        function(*[array if guard is None else guard.array for guard, array in zip(guarded, arrays)], **keywords)
    )
    for place, guard in enumerate(guarded):
        assert guard is None or guard.is_untouched(), f"argument {place} or its surroundings were written"
    return results


@st.composite
def hostile_points(draw, length, align_corners):
    """Twelve coordinates along one axis: anything, huge, on an edge, on a pixel or close beside, or ordinary."""
    pixels = st.integers(-3, length + 2)
    edges = st.sampled_from([-1.5, -1.0, -0.5, 0.0, length - 1.0, length - 0.5, float(length)])
    on_purpose = st.one_of(
        edges,
        pixels.map(float),
        pixels.map(lambda k: k + 0.5),
        pixels.map(lambda k: k + 1e-7),
        pixels.map(lambda k: k - 1e-7),
    )
    point = st.one_of(
        st.sampled_from(HUGE),
        st.floats(width=32),
        st.floats(-1.5, 1.5),
        on_purpose.map(lambda place: normalise(place, length, align_corners)),
    )
    return draw(st.lists(point, min_size=12, max_size=12))


def in_doubt(grid, shape, align_corners):
    """Points near a kink or a jump, where two right answers may differ, or so far out that folding is all rounding."""
    doubt = np.zeros(grid.shape[:3], bool)
    for axis, length in enumerate(shape[:1:-1]):
        with np.errstate(all="ignore"):
            x = grid[..., axis].astype(float)
            place = (x + 1) / 2 * (length - 1) if align_corners else ((x + 1) * length - 1) / 2
            doubt |= (np.abs(2 * place - np.rint(2 * place)) < 1e-2) | (np.abs(place) > 100)
    return doubt


@given(
    data=st.data(),
    seed=seeds,
    batch=counts,
    channels=counts,
    height=lengths,
    width=lengths,
    dtype=float_types,
    mode=modes,
    choice=options,
    inner=st.booleans(),
)
def test_hostile_grids(data, seed, batch, channels, height, width, dtype, mode, choice, inner):
    from stn_numpy.fast.sampler import grid_sample, grid_sample_backward

    image = normal(seed, (batch, channels, height, width), dtype)
    points = [data.draw(hostile_points(length, choice["align_corners"])) for length in (width, height)]
    with np.errstate(all="ignore"):
        grid = np.tile(np.stack(points, axis=-1).reshape(1, 3, 4, 2), (batch, 1, 1, 1)).astype(dtype)
    doubt = in_doubt(grid, image.shape, choice["align_corners"])
    d_out = normal(seed + 1, (batch, channels, 3, 4), dtype)
    choice = choice | {"mode": mode}

    (out,) = call_guarded(grid_sample, image, grid, inner=inner, **choice)
    expected = reference.grid_sample(image, grid, **choice)
    compared = ~doubt if mode == "nearest" or choice["padding_mode"] == "reflection" else np.ones_like(doubt)
    assert_agrees(np.moveaxis(out, 1, -1)[compared], np.moveaxis(expected, 1, -1)[compared], unit=4)
    assert np.array_equal(np.isnan(out), np.isnan(expected))
    assert np.all(np.isnan(out) | (np.abs(out) <= 2 * np.abs(image).max()))

    d_image, _ = call_guarded(grid_sample_backward, d_out, image, grid, inner=inner, **choice)
    assert np.all(np.isfinite(d_image))
    d_out = np.where(np.moveaxis(compared[..., None], -1, 1), d_out, 0).astype(dtype)
    d_image, d_grid = call_guarded(grid_sample_backward, d_out, image, grid, inner=inner, **choice)
    d_image_expected, d_grid_expected = reference.grid_sample_backward(d_out, image, grid, **choice)
    assert_agrees(d_image, d_image_expected, unit=20)
    assert_agrees(d_grid[~doubt], d_grid_expected[~doubt], unit=20)
    assert np.array_equal(np.isnan(d_grid), np.isnan(d_grid_expected))


@given(
    data=st.data(),
    seed=seeds,
    channels=st.sampled_from([1, 2, 3, 8, 17]),
    height=st.one_of(lengths, st.just(70)),
    width=lengths,
    out_height=lengths,
    out_width=lengths,
    dtype=float_types,
    choice=options,
    inner=st.booleans(),
)
def test_hostile_thetas(data, seed, channels, height, width, out_height, out_width, dtype, choice, inner):
    """The second image's theta is hostile; the first one must not notice.

    Channels and heights are what the fast paths tell apart: few, many, many with a rest, and several bands of rows.
    """
    from stn_numpy.fast.sampler import affine_sample, affine_sample_backward

    image, size = normal(seed, (2, channels, height, width), dtype), (2, channels, out_height, out_width)
    theta, d_out = normal(seed + 1, (2, 2, 3)), normal(seed + 2, size, dtype)
    number = st.one_of(st.sampled_from(HUGE), st.floats(width=32), st.sampled_from([0.0, 1.0, -1.0, 0.5]))
    with np.errstate(all="ignore"):
        theta[1] = np.reshape(data.draw(st.lists(number, min_size=6, max_size=6)), (2, 3))
        theta = theta.astype(dtype)

    (out,) = call_guarded(affine_sample, image, theta, size, inner=inner, **choice)
    d_image, d_theta = call_guarded(affine_sample_backward, d_out, image, theta, inner=inner, **choice)
    expected = reference.affine_sample(image, theta, size, **choice)
    d_image_expected, d_theta_expected = reference.affine_sample_backward(d_out, image, theta, **choice)
    assert np.all(np.isfinite(d_image))
    assert np.all(np.isnan(out) | (np.abs(out) <= 2 * np.abs(image).max()))
    tame = slice(None) if np.abs(theta[1]).max() <= 2 else slice(1)  # NaN is not
    assert_agrees(out[tame], expected[tame], unit=20)
    assert_agrees(d_image[tame], d_image_expected[tame], unit=40)
    if not in_doubt(
        reference.affine_grid(theta[:1], (1, *size[1:]), choice["align_corners"]), image.shape, choice["align_corners"]
    ).any():
        assert_agrees(d_theta[0], d_theta_expected[0], unit=100)


@given(
    seed=seeds,
    batch=counts,
    channels=counts,
    filters=counts,
    height=lengths,
    width=lengths,
    kernel_height=counts,
    kernel_width=counts,
    stride=counts,
    padding=st.integers(0, 2),
    dtype=float_types,
    inner=st.booleans(),
)
def test_convolutions_within_guards(
    seed, batch, channels, filters, height, width, kernel_height, kernel_width, stride, padding, dtype, inner
):
    from stn_numpy.fast.conv import conv2d, conv2d_backward

    kernel_height, kernel_width = min(kernel_height, height + 2 * padding), min(kernel_width, width + 2 * padding)
    image = normal(seed, (batch, channels, height, width), dtype)
    weight = normal(seed + 1, (filters, channels, kernel_height, kernel_width), dtype)
    bias, keywords = normal(seed + 2, filters, dtype), {"stride": stride, "padding": padding}
    expected = reference.conv2d(image, weight, bias, **keywords)
    d_out = normal(seed + 3, expected.shape, dtype)
    (out,) = call_guarded(conv2d, image, weight, bias, inner=inner, **keywords)
    assert_agrees(out, expected, unit=20)
    gradients = call_guarded(conv2d_backward, d_out, image, weight, bias, inner=inner, **keywords)
    for actual, wanted in zip(gradients, reference.conv2d_backward(d_out, image, weight, bias, **keywords)):
        assert_agrees(actual, wanted, unit=40)


@pytest.mark.parametrize("kind", ["max", "avg"])
@given(
    seed=seeds,
    batch=counts,
    channels=counts,
    height=lengths,
    width=lengths,
    kernel=counts,
    stride=counts,
    dtype=float_types,
    inner=st.booleans(),
)
def test_pools_within_guards(kind, seed, batch, channels, height, width, kernel, stride, dtype, inner):
    from stn_numpy.fast import pool

    kernel = min(kernel, height, width)
    image = distinct(seed, (batch, channels, height, width), dtype)
    expected = getattr(reference, f"{kind}_pool2d")(image, kernel, stride)
    d_out = normal(seed, expected.shape, dtype)
    (out,) = call_guarded(getattr(pool, f"{kind}_pool2d"), image, kernel, stride, inner=inner)
    assert_agrees(out, expected)
    (d_image,) = call_guarded(getattr(pool, f"{kind}_pool2d_backward"), d_out, image, kernel, stride, inner=inner)
    assert_agrees(d_image, getattr(reference, f"{kind}_pool2d_backward")(d_out, image, kernel, stride), unit=10)


@given(seed=seeds, batch=lengths, inputs=lengths, dtype=float_types, inner=st.booleans())
def test_relu_within_guards(seed, batch, inputs, dtype, inner):
    from stn_numpy.fast.linear import relu, relu_backward

    d_out, before = normal(seed, (batch, inputs), dtype), away_from_zero(seed, (batch, inputs), dtype)
    (rectified,) = call_guarded(relu, before, inner=inner)
    assert_agrees(rectified, reference.relu(before))
    (back,) = call_guarded(relu_backward, d_out, before, inner=inner)
    assert_agrees(back, reference.relu_backward(d_out, before))


def test_the_guards_catch_who_reads_or_writes_outside():
    image = normal(0, (1, 1, 2, 3))

    def reads_behind(array):
        return np.lib.stride_tricks.as_strided(array, (array.size + 1,), (array.itemsize,)).sum()

    def writes_before(array):
        np.lib.stride_tricks.as_strided(array[::-1], (2,), (-array.itemsize,))[:] = 5

    assert np.isnan(call_guarded(reads_behind, image)[0])
    with pytest.raises(AssertionError, match="argument 0 or its surroundings"):
        call_guarded(writes_before, np.arange(2.0))
    with pytest.raises(AssertionError, match="argument 0 or its surroundings"):
        call_guarded(lambda array: array.fill(0), image, inner=True)


CHECKED = numba.config.BOUNDSCHECK or numba.config.DISABLE_JIT


@pytest.mark.skipif(not CHECKED, reason="make fuzz runs this")
def test_an_index_outside_is_an_error_in_this_run():
    """What makes the two runs of `make fuzz` worth their time; Numba reports it from one thread alone."""
    from stn_numpy.fast.compiling import kernel

    @kernel(parallel=True)
    def reads_behind_the_row(image, out):
        for n in numba.prange(image.shape[0]):
            for k in range(image.shape[1]):
                out[n, k] = image[n, k + 1]

    assert numba.config.DISABLE_JIT or numba.config.NUMBA_NUM_THREADS == 1
    with pytest.raises((IndexError, SystemError)) as caught:
        reads_behind_the_row(normal(0, (3, 4)), np.zeros((3, 4)))
    assert isinstance(caught.value.__cause__ or caught.value, IndexError)
