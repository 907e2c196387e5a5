"""The benchmark of the kernels: that it compares like with like, and reports what it measured. Never how fast."""

import json
import re

import numpy as np
import pytest
from support import normal
from tolerances import assert_agrees

from book.experiments.fast import __main__ as command
from book.experiments.fast import copying, machine, network, run, sides, table, timing, warp
from stn_numpy import affine_sample, affine_sample_backward

TINY = {"warp": [(2, 3, 5, 7), (1, 1, 6, 4)], "pool": [(2, 3, 6, 4)], "step": [2]}
BUDGET = dict(seconds=0.001, least=2, most=3)


@pytest.fixture(scope="module")
def packages():
    return sides.installed()[0]


@pytest.fixture(scope="module")
def rows(packages):
    return run.rows(packages, [1], machine.Watch(), BUDGET, TINY)


@pytest.mark.parametrize("shape", [*TINY["warp"], (2, 17, 8, 9)])
def test_every_side_of_the_warp_computes_the_same(packages, shape):
    arrays = warp.example(shape)
    for direction in warp.DIRECTIONS:
        found = warp.sides(direction, packages, *arrays)
        errors = sides.check_agreement(found, warp.tolerance(shape))
        assert set(errors) == set(found) - {"NumPy"} and {"ours", "torch"} <= set(found)
        assert max(errors.values()) <= warp.tolerance(shape) < 1e-4


def test_the_reference_is_the_library(packages):
    image, theta, d_out = arrays = warp.example((2, 3, 5, 7))
    forward, backward = (warp.sides(direction, packages, *arrays)["NumPy"] for direction in warp.DIRECTIONS)
    assert_agrees(forward.read(forward.call())[0], affine_sample(image, theta, image.shape))
    for actual, expected in zip(backward.read(backward.call()), affine_sample_backward(d_out, image, theta)):
        assert_agrees(actual, expected)


def test_a_side_that_computes_something_else_is_not_timed(packages):
    image, theta, d_out = warp.example((2, 3, 5, 7))
    found = warp.sides("forward", packages, image, theta, d_out)
    swapped = np.ascontiguousarray(theta[:, ::-1, [1, 0, 2]])  # rows for columns
    found["torch"] = warp.sides("forward", packages, image, swapped, d_out)["torch"]
    with pytest.raises(sides.Disagreement, match="torch: expected NumPy's result"):
        sides.check_agreement(found, warp.tolerance(image.shape))
    found["torch"] = sides.Side(lambda: None, lambda _: [np.full(image.shape, np.nan)])
    with pytest.raises(sides.Disagreement, match="got a relative error of nan"):
        sides.check_agreement(found, warp.tolerance(image.shape))
    found["torch"] = sides.Side(lambda: None, lambda _: [image[:1]])
    with pytest.raises(sides.Disagreement, match="torch: expected shape"):
        sides.check_agreement(found, warp.tolerance(image.shape))


def test_pixel_matrices_of_a_shift_by_hand():
    """Half a unit to the right is a quarter of the width, whatever the height."""
    theta = np.array([[[1, 0, 0.5], [0, 1, 0]]])
    np.testing.assert_allclose(warp.pixel_matrices(theta, 4, 8), [[[1, 0, 2], [0, 1, 0]]], atol=1e-12)


@pytest.mark.parametrize("direction", ["forward", "backward", "both"])
def test_every_side_of_pooling_computes_the_same(packages, direction):
    found = network.pool_sides(direction, packages, normal(0, (2, 3, 6, 4), "float32"))
    assert set(found) == {"ours", "NumPy", "torch"}
    sides.check_agreement(found, network.TOLERANCES["pool"])


def test_every_side_of_a_training_step_computes_the_same_and_learns(packages):
    found = network.step_sides(packages, *network.step_example(4))
    assert set(found) == {"ours", "NumPy", "torch"}
    sides.check_agreement(found, network.TOLERANCES["step"])
    for side in found.values():
        first, *_ = side.read(side.call())
        losses = [float(side.read(side.call())[0]) for _ in range(5)]
        assert losses[-1] < first
    sides.check_agreement(found, 100 * network.TOLERANCES["step"])  # six steps of Adam later


def test_the_network_is_the_tutorials_and_its_grid_is_away_from_the_pixels():
    model = network.network()
    assert [list(p.data.shape) for p in model.parameters()][::2] == [
        [8, 1, 7, 7],
        [10, 8, 5, 5],
        [32, 90],
        [6, 32],
        [10, 1, 5, 5],
        [20, 10, 5, 5],
        [50, 320],
        [10, 50],
    ]
    model(network.step_example(3)[0])
    assert np.ptp(model.layers[0].theta, axis=0).min() > 0
    assert np.abs(model.layers[0].theta - np.eye(2, 3)).max() > 0.05


def test_alternate_goes_there_and_back_and_calls_the_slow_seldom(monkeypatch):
    """A clock of our own: a takes 1 s, b takes 4 s."""
    clock, log = [0.0], []
    monkeypatch.setattr(timing.time, "perf_counter", lambda: clock[0])

    def takes(name, seconds):
        def call():
            clock[0] += seconds
            log.append(name)

        return call

    times = timing.alternate({"a": takes("a", 1), "b": takes("b", 4)}, seconds=16, least=1, most=100)
    assert times == {"a": [1.0] * 8, "b": [4.0] * 2}
    assert "".join(log[2:]) == "aaa" + "ba" + "aaa" + "ba"
    once = timing.alternate({"a": takes("a", 1), "b": takes("b", 4)}, seconds=0, least=3, most=5)
    assert [len(taken) for taken in once.values()] == [3, 3]
    assert "".join(log[-6:]) == "abbaab"


@pytest.mark.parametrize(("count", "rounds"), [(1, 7), (3, 7), (7, 7), (5, 101)])
def test_rounds_are_spread_evenly(count, rounds):
    due = [k for k in range(rounds) if timing.is_due(k, count, rounds)]
    assert len(due) == count
    assert np.ptp(np.diff(due)) <= 1 if count > 1 else True


def test_a_summary_by_hand():
    assert timing.summary([0.005, 0.001, 0.002, 0.003, 0.004]) == {
        "median_ms": 3.0,
        "quartiles_ms": [2.0, 4.0],
        "calls": 5,
    }


def test_copying_copies():
    image = normal(0, (2, 3, 5, 8), "float32")
    target = np.zeros((2, 120), "float32")
    copying._copy_parts(image.reshape(2, 120), target)
    np.testing.assert_array_equal(target.ravel(), image.ravel())
    copying.copy_call(image, 1)()
    copying.copy_call(image[:, :, :, :3], 2)()


def test_the_share_of_copy_speed_by_hand():
    """A copy of 100 bytes moves 200 in 2 ms; a kernel that moves 300 in 6 ms is half as fast."""
    assert copying.share_of_copy_speed(300, 6, 100, 2) == pytest.approx(0.5)


STAT = "cpu  100 10 40 5000 7 2 1 30 0 0\ncpu0 50 5 20 2500 3 1 0 15 0 0\n"


def test_the_machines_load_is_read_from_the_kernels_first_line():
    assert machine.read_stat(STAT, 100) == (1.53, 0.3)
    with pytest.raises(ValueError, match="proc/stat"):
        machine.read_stat("intr 5\n", 100)


def snapshot(clock, own, busy, stolen):
    return dict(clock=clock, own=own, busy=busy, stolen=stolen)


def test_other_load_is_what_we_did_not_do():
    load = machine.load_between(snapshot(10, 1, 100, 0), snapshot(20, 11, 125, 0.5))
    assert load == {"other_cores": 1.5, "stolen_cores": 0.05}
    rounding = machine.load_between(snapshot(10, 1, 100, 0), snapshot(20, 11.02, 111, 0))
    assert rounding["other_cores"] == pytest.approx(0.098)
    assert machine.load_between(snapshot(10, 1, None, None), snapshot(20, 11, None, None)) is None


@pytest.mark.parametrize(
    ("load", "loop_spread", "quiet", "words"),
    [
        ({"other_cores": 0.02, "stolen_cores": 0.0}, 0.02, True, "was quiet"),
        ({"other_cores": 0.73, "stolen_cores": 0.0}, 0.02, False, "other processes kept 0.73 cores busy"),
        ({"other_cores": 0.02, "stolen_cores": 0.4}, 0.02, False, "the host took 0.40 cores away"),
        ({"other_cores": 0.02, "stolen_cores": 0.0}, 0.37, False, "varied by 37%"),
        ({"other_cores": 0.73, "stolen_cores": 0.0}, 0.37, False, "busy, and a loop"),
        (None, 0.37, False, "was busy: a loop"),
        (None, 0.02, False, "does not report"),
    ],
)
def test_a_busy_machine_is_not_called_quiet(load, loop_spread, quiet, words):
    verdict = machine.judge(load, loop_spread)
    assert verdict["quiet"] is quiet and words in verdict["says"]
    assert ("was quiet" in verdict["says"]) is quiet


def test_the_spread_by_hand():
    assert machine.spread([1, 2, 3, 4, 5]) == pytest.approx(2 / 3)
    assert machine.spread([]) == 0


def test_a_row_adds_up(rows):
    assert [(row["what"], row["direction"]) for row in rows] == [
        *[("warp", "forward"), ("warp", "backward")] * 2,
        ("pool", "forward"),
        ("pool", "backward"),
        ("pool", "both"),
        ("step", "both"),
    ]
    for row in rows:
        ours = row["sides"]["ours"]
        assert set(row["ours_over"]) == set(row["sides"]) - {"ours"}
        assert set(row["relative_errors"]) == set(row["sides"]) - {"NumPy"}
        for name, ratio in row["ours_over"].items():
            assert ratio == pytest.approx(ours["median_ms"] / row["sides"][name]["median_ms"], rel=1e-2)
        for side in row["sides"].values():
            assert 0 < side["quartiles_ms"][0] <= side["median_ms"] <= side["quartiles_ms"][1]
            assert BUDGET["least"] <= side["calls"] <= BUDGET["most"]
        values = np.prod(row["shape"])
        assert (
            row["bytes_moved"] / values == pytest.approx({"forward": 8, "backward": 12}[row["direction"]])
            if row["what"] == "warp"
            else True
        )
        speed = row["bytes_moved"] / ours["median_ms"] / 1e6
        assert row["share_of_copy_speed"] == pytest.approx(speed / row["copy_gb_per_s"], rel=1e-2)


def test_the_command_writes_what_it_prints(packages, tmp_path, monkeypatch, capsys):
    whole = run.rows
    monkeypatch.setattr(
        run,
        "rows",
        lambda packages, counts, watch, budget, shapes, report: whole(packages, counts, watch, BUDGET, TINY, report),
    )
    out = tmp_path / "kernels.json"
    assert command.main(["--quick", "--threads", "1", "--out", str(out)]) == 0
    printed, found = capsys.readouterr().out, json.loads(out.read_text())
    assert max(map(len, printed.splitlines())) <= table.WIDTH or str(out) in printed
    assert found["quick"] is True and found["settings"]["threads"] == [1] and len(found["rows"]) == 8
    assert {"command", "commit", "date"} <= set(found["made_by"])
    assert {"cpu", "cores"} <= set(found["machine"]) and {"python", "numpy", "numba"} <= set(found["versions"])
    assert found["quiet"]["says"].split()[0] in printed
    for row in found["rows"]:
        assert table.line(row) in printed
    assert "one thread" in printed and "two threads" not in printed


def test_without_torch_its_column_is_empty_and_the_command_says_so(packages, monkeypatch, capsys):
    monkeypatch.setitem(sides.NEEDS, "torch", "a_torch_that_is_not_there")
    found, missing = sides.installed()
    assert "torch" not in found and missing == ["torch is left out: No module named 'a_torch_that_is_not_there'."]
    facts = command.measure_kernels(found, [1], BUDGET, missing, TINY)
    assert "torch is left out" in capsys.readouterr().out and facts["missing"] == missing
    assert all("torch" not in row["sides"] for row in facts["rows"]) and "torch" not in facts["conventions"]
    assert re.search(r"5,7 .*\d%\s+\d", table.line(facts["rows"][0]))


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--threads", "1000"], "--threads: expected at most"),
        (["--threads", "0"], "--threads: expected at least 1, got 0"),
    ],
)
def test_bad_arguments_get_one_line(arguments, words, capsys):
    try:
        assert command.main(arguments) == 1
    except SystemExit as stop:
        assert stop.code == 2
    said = capsys.readouterr().err.strip().splitlines()
    assert words in said[-1]


def test_a_disagreement_ends_the_command_in_one_line(monkeypatch, tmp_path, capsys):
    def disagree(*_, **__):
        raise sides.Disagreement("torch: expected NumPy's result to 1e-05, got a relative error of 0.3")

    monkeypatch.setattr(run, "rows", disagree)
    assert command.main(["--threads", "1", "--out", str(tmp_path / "kernels.json")]) == 1
    assert "the sides disagree" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_without_numba_there_is_nothing_to_measure(monkeypatch, capsys):
    monkeypatch.setitem(sides.NEEDS, "ours", "a_numba_that_is_not_there")
    assert command.main([]) == 1
    assert "pip install numba" in capsys.readouterr().err


def test_threads_are_put_back(packages):
    torch = packages["torch"]
    before = torch.get_num_threads()
    with sides.threads(1, packages):
        assert torch.get_num_threads() == packages["ours"].get_num_threads() == 1
    assert torch.get_num_threads() == before
