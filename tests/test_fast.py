"""The compiled operations beside their NumPy twins: the same numbers, whatever the mode, the size or the theta."""

import inspect

import numba
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import counts, normal, seeds, smooth_grid
from tolerances import assert_agrees

import stn_numpy as reference
from stn_numpy import fast as package
from stn_numpy.fast import grid as fast_grid
from stn_numpy.fast import sampler as fast

depths = st.sampled_from([1, 3, 8, 11, 16])  # few, one block of lanes, a block and a half, two
sides = st.sampled_from([1, 2, 3, 5, 16, 19])
STRANGE = [np.nan, np.inf, -np.inf, 1e30, -1e30, 3e38, 1e-45, 2.0**31, -(2.0**63), 0.0]


def smooth(seed, shape, dtype):
    """A picture of a few gentle waves: a rounding error on a kink of noise would be a large one."""
    phase = np.random.default_rng(seed).uniform(0, 6, (*shape[:2], 1, 1))
    rows, columns = np.ogrid[: shape[2], : shape[3]]
    return np.cos(phase + 0.2 * rows + 0.3 * columns).astype(dtype)


def random_theta(seed, batch, dtype):
    """Maps around the identity, that turn, shear, shift and look outside."""
    return ([[1, 0, 0], [0, 1, 0]] + 0.4 * normal(seed, (batch, 2, 3))).astype(dtype)


def both(module, d_out, image, theta, size, *options):
    """The output and both gradients of the fused sampler."""
    return (
        module.affine_sample(image, theta, size, *options),
        *module.affine_sample_backward(d_out, image, theta, *options),
    )


def test_the_package_offers_its_operations_by_name_with_the_signatures_of_numpy():
    """`from stn_numpy import fast; fast.grid_sample(...)` in place of `stn_numpy.grid_sample(...)`."""
    offered = {
        name: value
        for name, value in vars(package).items()
        if inspect.isfunction(value)
        and value.__module__.rpartition(".")[2] in ("grid", "projective", "sampler", "linear", "conv", "pool")
    }
    assert {
        "affine_grid",
        "projective_grid",
        "grid_sample",
        "affine_sample",
        "relu",
        "conv2d",
        "max_pool2d",
        "avg_pool2d",
    } == {name for name in offered if not name.endswith("_backward")}
    for name, function in offered.items():
        assert f"{name}_backward" in offered or name.removesuffix("_backward") in offered
        expected = inspect.signature(getattr(reference, name))
        assert inspect.signature(function) == expected, name


@given(batch=counts, channels=depths, height=sides, width=sides, rows=sides, columns=sides, seed=seeds)
def test_fused_sampler_same_as_numpy(
    dtype, mode, padding_mode, align_corners, batch, channels, height, width, rows, columns, seed
):
    image, theta = smooth(seed, (batch, channels, height, width), dtype), random_theta(seed, batch, dtype)
    size = (batch, channels, rows, columns)
    arguments = normal(seed + 1, size, dtype), image, theta, size, mode, padding_mode, align_corners
    units = 1, rows * columns / (height * width) + 4, channels * max(height, width) * rows * columns
    for found, expected, unit in zip(both(fast, *arguments), both(reference, *arguments), units, strict=True):
        assert_agrees(found, expected, unit)


@given(batch=counts, channels=depths, height=sides, width=sides, rows=sides, columns=sides, seed=seeds)
def test_grid_sampler_same_as_numpy(
    dtype, mode, padding_mode, align_corners, batch, channels, height, width, rows, columns, seed
):
    image = smooth(seed, (batch, channels, height, width), dtype)
    grid = smooth_grid(seed, image, (batch, rows, columns), align_corners)
    d_out, options = normal(seed + 1, (batch, channels, rows, columns), dtype), (mode, padding_mode, align_corners)
    assert_agrees(fast.grid_sample(image, grid, *options), reference.grid_sample(image, grid, *options))
    found = fast.grid_sample_backward(d_out, image, grid, *options)
    expected = reference.grid_sample_backward(d_out, image, grid, *options)
    assert_agrees(found[0], expected[0], rows * columns / (height * width) + 4)
    assert_agrees(found[1], expected[1], channels * max(height, width))


@given(batch=counts, rows=sides, columns=sides, seed=seeds)
def test_grid_same_as_numpy(dtype, align_corners, batch, rows, columns, seed):
    theta, size = normal(seed, (batch, 2, 3), dtype), (batch, 1, rows, columns)
    expected = reference.affine_grid(theta, size, align_corners)
    assert_agrees(fast_grid.affine_grid(theta, size, align_corners), expected)
    d_grid = normal(seed, expected.shape, dtype)
    expected = reference.affine_grid_backward(d_grid, theta, align_corners)
    assert_agrees(fast_grid.affine_grid_backward(d_grid, theta, align_corners), expected, rows * columns)


@pytest.mark.parametrize("channels", [1, 8])
def test_whole_pixels_have_the_same_slope(dtype, align_corners, channels):
    """Every sample lies on a kink, up to three pixels outside; in these lengths the positions are exact in binary."""
    length = 5 if align_corners else 4
    size, shift = (7, channels, length, length), np.arange(-3, 4) / 2
    theta = np.tile(np.eye(2, 3), (7, 1, 1)).astype(dtype)
    theta[:, 0, 2], theta[:, 1, 2] = shift, shift[::-1]
    arguments = normal(0, size, dtype), normal(1, size, dtype), theta, size, "bilinear", "zeros", align_corners
    for found, expected in zip(both(fast, *arguments), both(reference, *arguments), strict=True):
        assert_agrees(found, expected, unit=10 * channels)


@pytest.mark.parametrize("channels", [1, 9])
@pytest.mark.parametrize("where", ["image", "d_out", "theta"])
@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_what_is_not_finite_spreads_as_in_numpy(dtype, channels, where, value):
    """The fast paths hand such an image to the careful ones, so that nothing is spoilt that the reference keeps."""
    size = (3, channels, 18, 20)
    image, d_out, theta = smooth(0, (3, channels, 16, 17), dtype), normal(1, size, dtype), random_theta(2, 3, dtype)
    theta[1] = [[1, 0, 0], [0, 1, 0]]
    {"image": image[1, -1, 4], "d_out": d_out[1, -1, 4], "theta": theta[1, 0]}[where][1] = value
    found, expected = (both(module, d_out, image, theta, size) for module in (fast, reference))
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_array_equal(np.isnan(one), np.isnan(other))
        finite = np.isfinite(other)
        assert finite[0].all() and finite[2].all() and finite.any()
        assert_agrees(np.where(finite, one, 0), np.where(finite, other, 0), unit=100 * channels)


@given(seed=seeds, channels=st.sampled_from([1, 8]), height=sides, width=sides, rows=sides, columns=sides)
def test_no_theta_reads_or_writes_outside(
    dtype, padding_mode, align_corners, seed, channels, height, width, rows, columns
):
    """Under NUMBA_BOUNDSCHECK=1 an index outside is an error; without it, a value from outside would show."""
    rng = np.random.default_rng(seed)
    theta = random_theta(seed, 4, dtype)
    with np.errstate(over="ignore", under="ignore"):
        theta[rng.random(theta.shape) < 0.3] = np.array(rng.choice(STRANGE)).astype(dtype)
    image, size = normal(seed, (4, channels, height, width), dtype), (4, channels, rows, columns)
    d_out, options = normal(seed, size, dtype), ("bilinear", padding_mode, align_corners)
    out, d_image, d_theta = both(fast, d_out, image, theta, size, *options)
    assert np.isfinite(d_image).all()
    assert np.nanmax(np.abs(out), initial=0) <= np.abs(image).max() * 1.001


@pytest.mark.skipif(numba.config.DISABLE_JIT or numba.config.NUMBA_NUM_THREADS < 2, reason="there is one thread")
@pytest.mark.parametrize("shape", [(5, 3, 20, 21), (3, 17, 20, 21), (1, 2, 300, 24)], ids=["few", "lanes", "bands"])
@pytest.mark.parametrize("mode", ["bilinear", "bicubic"])
def test_threads_change_no_bit(dtype, shape, mode):
    image, theta = normal(0, shape, dtype), random_theta(1, shape[0], dtype)
    grid = reference.affine_grid(theta, shape)
    results = []
    for threads in (1, 2):
        numba.set_num_threads(threads)
        try:
            results.append(
                [
                    *both(fast, image[::-1], image, theta, shape, mode),
                    fast.grid_sample(image, grid, mode),
                    *fast.grid_sample_backward(image, image, grid, mode),
                    fast_grid.affine_grid(theta, shape),
                    fast_grid.affine_grid_backward(grid, theta),
                ]
            )
        finally:
            numba.set_num_threads(numba.config.NUMBA_NUM_THREADS)
    for one, two in zip(*results, strict=True):
        assert one.tobytes() == two.tobytes()


def test_bands_add_up_to_the_whole(dtype):
    """One tall image is cut into bands of rows for the backward; each pixel on a seam receives its gradient once."""
    shape = (1, 1, 260, 6)
    image, theta, d_out = smooth(0, shape, dtype), random_theta(1, 1, dtype), normal(2, shape, dtype)
    units = 1, 4, 6 * 260 * 260
    for found, expected, unit in zip(
        *(both(module, d_out, image, theta, shape) for module in (fast, reference)), units, strict=True
    ):
        assert_agrees(found / unit, expected / unit, 3 if dtype == "float32" else 1)
