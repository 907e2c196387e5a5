"""tps_grid and bending_energy: control points are moved, the rest follows and bends as little as possible."""

import numpy as np
import pytest
import torch
from hypothesis import given
from scipy.interpolate import RBFInterpolator
from support import assert_refused, assert_same_as_torch, counts, lengths, normal, output_points, seeds
from tolerances import FINITE_DIFFERENCES, RELATIVE, assert_agrees

from stn_numpy.gradcheck import gradcheck

CLOSE = dict(rtol=0, atol=1e-8)  # to SciPy, an independent implementation


def spline(points, values):
    """SciPy's thin-plate spline through values (K, D) at points (K, 2)."""
    return RBFInterpolator(points, values, kernel="thin_plate_spline", degree=1)


CONTROL = {"square": (4, 4), "wide": (3, 5), "tall": (4, 2), "small": (2, 2)}


@pytest.fixture(params=[*CONTROL, "scattered"])
def points(request, implementation):
    """Control points on grids of several shapes, and anywhere."""
    if request.param == "scattered":
        return np.random.default_rng(5).uniform(-1.2, 1.2, (9, 2))
    return implementation.control_points(CONTROL[request.param])


@pytest.mark.parametrize("size", [(2, 1, 5, 7), (2, 3, 1, 1), (2, 1, 1, 6)])
def test_same_as_scipy(implementation, align_corners, points, size):
    displacements = normal(0, (2, len(points), 2))
    grid = implementation.tps_grid(displacements, size, align_corners=align_corners, points=points)
    for found, moved in zip(grid, displacements, strict=True):
        expected = spline(points, points + moved)(output_points(size, align_corners))
        np.testing.assert_allclose(found.reshape(-1, 2), expected, **CLOSE)


@given(count=counts, height=lengths, width=lengths, seed=seeds)
def test_same_as_torch(implementation, dtype, align_corners, count, height, width, seed):
    """Against a system that torch sets up, solves and differentiates."""
    size = (count, 2, height, width)
    points = implementation.control_points()
    places = output_points(size, align_corners)

    def around(a, b):
        r = np.linalg.norm(a[:, None] - b, axis=2)
        return r**2 * np.log(r + (r == 0))

    affine, base = (np.pad(p, ((0, 0), (0, 1)), constant_values=1) for p in (points, places))
    system = np.block([[around(points, points), affine], [affine.T, np.zeros((3, 3))]])
    rows = np.concatenate([around(places, points), base], axis=1)

    def by_definition(displacements):
        wanted = torch.nn.functional.pad(displacements.double() + torch.tensor(points), (0, 0, 0, 3))
        weights = torch.linalg.solve(torch.tensor(system), wanted)
        return (torch.tensor(rows) @ weights).reshape(count, height, width, 2).to(displacements.dtype)

    assert_same_as_torch(
        lambda displacements: implementation.tps_grid(displacements, size, align_corners=align_corners),
        lambda d_grid, d: implementation.tps_grid_backward(d_grid, d, align_corners=align_corners),
        by_definition,
        [normal(seed, (count, 16, 2), dtype)],
        unit=10,
    )


def test_finite_differences_with_points_of_ones_own(implementation, points):
    size, displacements = (2, 1, 3, 4), normal(0, (2, len(points), 2))
    [error] = gradcheck(
        lambda d: implementation.tps_grid(d, size, points=points),
        lambda d_grid, d: implementation.tps_grid_backward(d_grid, d, points=points),
        [displacements],
    )
    assert error < FINITE_DIFFERENCES
    [error] = gradcheck(
        lambda d: implementation.bending_energy(d, points),
        lambda d_energy, d: implementation.bending_energy_backward(d_energy, d, points),
        [displacements],
    )
    assert error < FINITE_DIFFERENCES


def test_points_are_in_the_order_of_reading(implementation):
    """Row by row from the top, each from left to right, x before y."""
    expected = [[-1.0, -1], [0, -1], [1, -1], [-1, 1], [0, 1], [1, 1]]
    assert_agrees(implementation.control_points((2, 3)), np.array(expected))
    assert implementation.control_points().shape == (16, 2)
    assert_agrees(implementation.control_points(3), implementation.control_points((3, 3)))
    assert_agrees(implementation.control_points(1), np.zeros((1, 2)))


def test_zeros_do_nothing(implementation, dtype, align_corners):
    transform, size = implementation.TRANSFORMS["tps"], (3, 1, 5, 4)
    grid = transform.grid(np.array([transform.identity] * 3, dtype), size, align_corners)
    identity = np.tile(np.eye(2, 3, dtype=dtype), (3, 1, 1))
    np.testing.assert_array_equal(grid, implementation.affine_grid(identity, size, align_corners))


def test_control_points_go_where_they_are_sent(implementation, dtype):
    """With as many pixels as control points, each pixel is one: the last axis is (x, y), the first pixel point 0."""
    displacements = normal(0, (2, 16, 2), dtype)
    grid = implementation.tps_grid(displacements, (2, 1, 4, 4), align_corners=True)
    expected = implementation.control_points().astype(dtype) + displacements
    assert_agrees(grid.reshape(2, 16, 2), expected)


def test_a_family_of_any_control_shape(implementation, dtype, align_corners):
    """Two numbers a point; the identity is exact; points may be of either float type."""
    family, size = implementation.tps_transform((2, 3)), (2, 1, 4, 5)
    assert family.identity == (0.0,) * 12
    parameters = normal(0, (2, 12), dtype)
    points = implementation.control_points((2, 3)).astype("float32")  # -1, 0 and 1: exact in both
    grid = family.grid(parameters, size, align_corners)
    displacements = parameters.reshape(2, 6, 2)
    assert_agrees(grid, implementation.tps_grid(displacements, size, align_corners, points))
    assert_agrees(
        implementation.bending_energy(displacements, (2, 3)), implementation.bending_energy(displacements, points)
    )
    d_parameters = family.grid_backward(grid, parameters, align_corners)
    expected = implementation.tps_grid_backward(grid, displacements, align_corners, points).reshape(2, 12)
    assert_agrees(d_parameters, expected)
    assert_refused(lambda: family.grid(np.ones((2, 32)), size), "parameters", "(N, 12)", "(2, 32)")


def test_a_moved_point_pulls_its_own_neighbourhood(implementation):
    """Point 6 of 4 x 4 is in row 1, column 2; moved along x alone, the right middle of the upper half follows."""
    displacements = np.zeros((1, 16, 2))
    displacements[0, 6] = [0.25, 0]
    grid = implementation.tps_grid(displacements, (1, 1, 31, 31), align_corners=True)[0]
    follows = grid - implementation.tps_grid(0 * displacements, (1, 1, 31, 31), align_corners=True)[0]
    assert not follows[..., 1].any()
    row, column = np.unravel_index(follows[..., 0].argmax(), (31, 31))
    assert abs(row - 10) <= 1 and abs(column - 20) <= 1


@given(seed=seeds)
def test_an_affine_map_of_the_points_moves_all_pixels_by_it(implementation, align_corners, seed):
    theta, size = normal(seed, (2, 2, 3)), (2, 1, 4, 5)
    points = implementation.control_points()
    moved = np.pad(points, ((0, 0), (0, 1)), constant_values=1) @ theta.swapaxes(1, 2)
    grid = implementation.tps_grid(moved - points, size, align_corners=align_corners)
    assert_agrees(grid, implementation.affine_grid(theta, size, align_corners=align_corners), unit=10)
    assert np.abs(implementation.bending_energy(moved - points)).max() < 1e-10


def test_default_is_edges_and_sixteen_points(implementation):
    displacements, size = normal(0, (2, 16, 2)), (2, 1, 3, 4)
    options = dict(align_corners=False, points=implementation.control_points((4, 4)))
    grid = implementation.tps_grid(displacements, size, **options)
    assert_agrees(implementation.tps_grid(displacements, size), grid)
    expected = implementation.tps_grid_backward(grid, displacements, **options)
    assert_agrees(implementation.tps_grid_backward(grid, displacements), expected)


def test_backward_of_one_pixel(implementation):
    """A pixel on control point 6 follows no other point, so only that point gets its gradient, x to x."""
    d_grid = np.zeros((1, 4, 4, 2))
    d_grid[0, 1, 2] = [3, -5]
    expected = np.zeros((1, 16, 2))
    expected[0, 6] = [3, -5]
    assert_agrees(implementation.tps_grid_backward(d_grid, 0 * expected, align_corners=True), expected)


def test_each_image_has_its_own_displacements(implementation):
    displacements = normal(3, (3, 16, 2))
    displacements[1, 4, 0] = np.nan
    grid = implementation.tps_grid(displacements, (3, 1, 4, 5))
    for index in (0, 2):
        alone = implementation.tps_grid(displacements[index : index + 1], (1, 1, 4, 5))
        assert_agrees(grid[index : index + 1], alone)
    assert np.isnan(grid[1, ..., 0]).all() and np.isfinite(grid[1, ..., 1]).all()


def test_coincident_points_act_as_one(implementation, dtype):
    """Two points in one place, moved apart: the plane goes where their mean goes."""
    single = implementation.control_points((3, 3))
    doubled = np.concatenate([single, single[4:5]])
    displacements = normal(0, (1, 10, 2), dtype)
    mean = displacements[:, :9].copy()
    mean[:, 4] = (displacements[:, 4] + displacements[:, 9]) / 2
    with np.errstate(all="raise"):
        grid = implementation.tps_grid(displacements, (1, 1, 5, 6), points=doubled)
        energy = implementation.bending_energy(displacements, doubled)
        d_displacements = implementation.tps_grid_backward(grid, displacements, points=doubled)
    assert_agrees(grid, implementation.tps_grid(mean, (1, 1, 5, 6), points=single))
    assert_agrees(energy, implementation.bending_energy(mean, single), unit=100)
    expected = implementation.tps_grid_backward(grid, mean, points=single)
    assert_agrees(d_displacements[:, [4, 9]], np.stack([expected[:, 4]] * 2, axis=1) / 2, unit=10)


@pytest.mark.parametrize("case", ["one point", "two points", "on a line", "all in one place"])
def test_too_few_points_give_something_finite(implementation, case):
    line = np.stack([np.linspace(-1, 1, 5), 0.5 * np.linspace(-1, 1, 5)], axis=1)
    points = {
        "one point": line[:1],
        "two points": line[1:3],
        "on a line": line,
        "all in one place": np.tile(line[1:2], (3, 1)),
    }[case].copy()
    displacements = normal(0, (1, len(points), 2)) * (case != "all in one place") + (case == "all in one place")
    values = implementation.tps_grid(displacements, (1, 1, 9, 9), align_corners=True, points=points)
    base = implementation.tps_grid(0 * displacements, (1, 1, 9, 9), align_corners=True, points=points)
    assert np.isfinite(values).all() and np.abs(values - base).max() < 50 * np.abs(displacements).max()
    assert np.isfinite(implementation.bending_energy(displacements, points)).all()
    at_points = [(int(4 + 4 * y), int(4 + 4 * x)) for x, y in points if (4 * y) % 1 == 0 and (4 * x) % 1 == 0]
    assert at_points
    for (row, column), k in zip(at_points, [k for k, p in enumerate(points) if not ((4 * p) % 1).any()], strict=True):
        assert_agrees(values[0, row, column], points[k] + displacements[0, k])


def test_a_folded_plane_is_read_twice(implementation):
    """The two inner columns of control points change places: x runs forth, back and forth, and all is finite."""
    points = implementation.control_points()
    displacements = np.zeros((1, 16, 2))
    displacements[0, points[:, 0] == points[1, 0], 0] = 2 / 3
    displacements[0, points[:, 0] == points[2, 0], 0] = -2 / 3
    grid = implementation.tps_grid(displacements, (1, 1, 8, 40), align_corners=True)
    steps = np.diff(grid[0, :, :, 0], axis=1)
    assert np.isfinite(grid).all() and (steps < 0).any(axis=1).all() and (steps > 0).any(axis=1).all()
    image = normal(1, (1, 1, 8, 40))
    d_image, d_grid = implementation.grid_sample_backward(np.ones((1, 1, 8, 40)), image, grid, align_corners=True)
    assert np.isfinite(d_image).all() and np.isfinite(d_grid).all()
    assert d_image.max() > 1.5  # a pixel that is seen more than once


def test_bending_energy_is_the_integral_of_the_second_derivatives(implementation):
    """Summed over a wide square by differences of SciPy's spline; what lies outside falls off like 1 / width^2."""
    points = implementation.control_points((3, 3))
    moved = normal(2, (9, 2)) / 4
    f = spline(points, moved)

    def inside(half, step):
        side = np.arange(-half, half + step / 2, step)
        z = f(np.stack(np.meshgrid(side, side), axis=-1).reshape(-1, 2)).reshape(len(side), len(side), 2)
        d = [np.gradient(one, step, axis=axis) for one in (z,) for axis in (0, 1)]
        yy, yx, xx = np.gradient(d[0], step, axis=0), np.gradient(d[0], step, axis=1), np.gradient(d[1], step, axis=1)
        return (xx**2 + 2 * yx**2 + yy**2).sum() * step**2

    [energy] = implementation.bending_energy(moved[None], points)
    assert inside(6, 0.025) == pytest.approx(energy, rel=0.03)


def test_bending_energy_is_least_of_all_interpolants(implementation):
    """A spline with more points, the same at the old ones and different at the new, bends more."""
    few, many = implementation.control_points((2, 2)), implementation.control_points((3, 3))
    corners = [0, 2, 6, 8]
    moved = normal(0, (1, 4, 2))
    places = implementation.tps_grid(moved, (1, 1, 3, 3), align_corners=True, points=few).reshape(1, 9, 2) - many
    assert_agrees(places[:, corners], moved)
    [least] = implementation.bending_energy(moved, few)
    assert_agrees(implementation.bending_energy(places, many), np.array([least]), unit=10)
    for seed in range(5):
        other = places.copy()
        other[:, [1, 3, 4, 5, 7]] += 0.1 * normal(seed, (1, 5, 2))
        assert implementation.bending_energy(other, many)[0] > least


def test_the_system_is_solved_once(implementation, monkeypatch):
    """For one size and one set of points; the batch's size and its displacements do not matter."""
    solved, pinv = [], np.linalg.pinv
    monkeypatch.setattr(np.linalg, "pinv", lambda *a, **k: solved.append(1) or pinv(*a, **k))
    points = np.random.default_rng(1).uniform(-1, 1, (7, 2))
    for count in (2, 3, 2):
        displacements = normal(count, (count, 7, 2))
        grid = implementation.tps_grid(displacements, (count, 1, 4, 5), points=points)
        implementation.tps_grid_backward(grid, displacements, points=points)
        implementation.bending_energy(normal(count, (count, 7, 2)), points)
    assert len(solved) <= 1
    if implementation.package == "stn_numpy":
        assert solved


def test_points_that_change_in_place_are_seen(implementation):
    """Nothing is remembered by name: the same array with other numbers is another set of points."""
    points, displacements = implementation.control_points(), normal(0, (1, 16, 2))
    first = implementation.tps_grid(displacements, (1, 1, 4, 4), points=points)
    points *= 0.5
    second = implementation.tps_grid(displacements, (1, 1, 4, 4), points=points)
    assert_agrees(second, implementation.tps_grid(displacements, (1, 1, 4, 4), points=points.copy()))
    assert np.abs(first - second).max() > 1e3 * RELATIVE[first.dtype]


@given(count=counts, seed=seeds)
def test_thirty_two_numbers(implementation, dtype, count, seed):
    """x and y of the first point, then of the second, and so on."""
    forward, backward = implementation.tps_displacements, implementation.tps_displacements_backward
    assert_same_as_torch(forward, backward, lambda p: p.reshape(-1, 16, 2), [normal(seed, (count, 32), dtype)])


BAD = {
    "another number of points": (np.ones((2, 9, 2)), {}, "displacements", "(N, 16, 2)", "(2, 9, 2)"),
    "flat": (np.ones((2, 32)), {}, "displacements", "(N, 16, 2)", "(2, 32)"),
    "integers": (np.ones((2, 16, 2), int), {}, "displacements", "float32 or float64", "int64"),
    "other points": (np.ones((2, 9, 2)), {"points": np.ones((8, 2))}, "displacements", "(N, 8, 2)", "(2, 9, 2)"),
    "another shape": (np.ones((2, 9, 2)), {"points": (2, 5)}, "displacements", "(N, 10, 2)", "(2, 9, 2)"),
    "points as a list": (np.ones((2, 1, 2)), {"points": [[0.0, 0.0]]}, "points", "pair", "[[0.0, 0.0]]"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input_is_refused(implementation, case):
    displacements, options, *message = BAD[case]
    assert_refused(lambda: implementation.tps_grid(displacements, (2, 1, 3, 3), **options), *message)
    assert_refused(lambda: implementation.bending_energy(displacements, **options), *message)


def test_other_bad_arguments_are_refused(implementation):
    d = np.ones((2, 16, 2))
    assert_refused(lambda: implementation.tps_grid(d, (3, 1, 4, 4)), "displacements", "N=3", "(2, 16, 2)")
    assert_refused(lambda: implementation.tps_grid(d, (4, 4)), "size", "(N, C, h, w)", "(4, 4)")
    assert_refused(lambda: implementation.tps_grid_backward(np.ones((2, 4, 4, 3)), d), "d_grid", "2)", "(2, 4, 4, 3)")
    assert_refused(lambda: implementation.tps_grid_backward(np.ones((3, 4, 4, 2)), d), "d_grid", "N=2", "(3, 4, 4, 2)")
    assert_refused(
        lambda: implementation.tps_grid_backward(np.ones((2, 4, 4, 2)), d, points=np.ones((9, 3))),
        "points",
        "(K, 2)",
        "(9, 3)",
    )
    unknown = np.array([[0.0, 0], [np.nan, 1]])
    assert_refused(lambda: implementation.tps_grid(d[:, :2], (2, 1, 4, 4), points=unknown), "points", "finite", "NaN")
    assert_refused(lambda: implementation.bending_energy_backward(np.ones(3), d), "d_energy", "2", "(3,)")
    assert_refused(lambda: implementation.control_points((0, 3)), "control_shape", "at least 1", "0")
    assert_refused(lambda: implementation.tps_displacements(np.ones((2, 31))), "parameters", "(N, 32)", "(2, 31)")
