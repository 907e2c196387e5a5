"""The table command and the benchmark: what is run, what is skipped, what is printed."""

import errno
import json
import signal

import pytest
import torch
from signals import signal_when

from book.experiments.scale import speed as benchmark
from book.experiments.scale import table
from book.experiments.scale.paper import error_in_paper
from stn_numpy.pytorch import checkpoints, run
from stn_numpy.pytorch.run import Run, Stopped, finished
from stn_numpy.pytorch.settings import Settings

ARGUMENTS = ["--data", "small", "--batch", "8", "--device", "cpu", "--precision", "float32"]


def parse(*arguments):
    return table.make_parser().parse_args([*ARGUMENTS, *arguments])


def cells(*arguments):
    given = parse(*arguments)
    return [settings.name for settings in table.cells_of(given, table.find_devices("cpu")[0])]


def test_the_cells_of_the_affine_grid():
    names = cells()
    assert len(names) == 4 * 5 == len(set(names))
    assert names[:4] == ["fcn-R", "cnn-R", "st-fcn-R-affine", "st-cnn-R-affine"]
    assert cells("--models", "cnn", "--distortions", "TC") == ["cnn-TC"]


def test_the_cells_of_the_full_grid_are_those_of_the_paper():
    """Table 1 has eight rows and four columns; clutter was met with affine transformers alone."""
    names = cells("--grid", "full")
    assert len(names) == 8 * 4 + 4 == len(set(names))
    assert names[:8] == ["fcn-R", "cnn-R", *(f"{model}-R-{family}" for model in ("st-fcn", "st-cnn")
                                             for family in ("affine", "projective", "tps"))]
    assert [name for name in names if "-TC" in name] == ["fcn-TC", "cnn-TC", "st-fcn-TC-affine", "st-cnn-TC-affine"]
    assert set(cells()) < set(names)


def test_families_by_name_stand_in_place_of_the_grid_s():
    names = cells("--models", "cnn", "st-fcn", "--distortions", "E", "TC", "--transforms", "rotation", "tps")
    assert names == ["cnn-E", "st-fcn-E-rotation", "st-fcn-E-tps", "cnn-TC", "st-fcn-TC-rotation", "st-fcn-TC-tps"]


def test_a_family_that_is_unknown_or_that_the_grid_decides(capsys):
    for wrong, part in ((["--transforms", "swirl"], "'swirl'"), (["--transform", "tps"], "--transform")):
        with pytest.raises(SystemExit) as left:
            parse(*wrong)
        said = capsys.readouterr().err
        assert left.value.code == 2 and part in said and said.count("\n") == 1, said


def test_rates_and_depths_concern_transformers_alone():
    names = cells("--models", "cnn", "st-cnn", "--distortions", "R", "--localisation-rates", "1", "0.1", "0",
                  "--localisation-depths", "2", "3")
    assert len(names) == 1 + 3 * 2
    assert "st-cnn-R-affine" in names and "st-cnn-R-affine-depth3-rate0" in names


def result_of(settings, seed, error):
    return dict(settings=settings.facts(), seed=seed, test_error=error, parameters=400_000)


def test_the_summary_and_the_printed_table():
    """Mean 0.02, sample standard deviation 0.01; the paper's figure with its mark."""
    settings = Settings("st-cnn", "E", iterations=500, rate=0.1)
    [row] = table.summarise([settings], [[result_of(settings, seed, 0.01 * (seed + 1)) for seed in range(3)]])
    assert row["mean"] == pytest.approx(0.02) and row["spread"] == pytest.approx(0.01)
    assert row["paper"] == dict(error=pytest.approx(0.012), mark="[T]")
    lines = table.as_text([row]).splitlines()
    assert lines[1].split() == ["E", "st-cnn", "affine", "0.1", "2", "400,000", "500", "3", "2.00", "+-", "1.00", "1.2",
                                "[T]"]
    assert "at a rate of 0.1" in lines[2] and "150,000 steps" in lines[2] and lines[3].startswith("[T]")


def test_one_seed_has_no_spread_and_a_cell_that_the_paper_lacks_no_figure():
    settings = Settings("st-fcn", "TC", transform="tps")
    [row] = table.summarise([settings], [[result_of(settings, 0, 0.5)]])
    assert row["spread"] is None and row["paper"] is None and "+-" not in table.as_text([row])


def test_the_paper_s_claim_that_a_transformer_beats_its_base():
    """Of the figures typed in: a slip of a line or column would break one of these."""
    for distortion in ("R", "RTS", "P", "E", "TC"):
        for kind in ("fcn", "cnn"):
            alone, behind = (error_in_paper(model, distortion, "affine")["error"] for model in (kind, f"st-{kind}"))
            assert behind < alone, (kind, distortion)
    assert error_in_paper("st-fcn", "RTS", "affine") == error_in_paper("cnn", "RTS", "affine")
    assert error_in_paper("cnn", "R", "similarity") and not error_in_paper("st-cnn", "R", "similarity")


def test_jobs_leave_out_what_is_done_and_take_seeds_together(tmp_path):
    settings = Settings("fcn", "R", data="small")
    (tmp_path / "fcn-R-seed1.json").write_text(json.dumps(result_of(settings, 1, 0.5)))
    assert table.jobs_of([settings], 4, 2, tmp_path) == [(settings, [0, 2]), (settings, [3])]
    assert finished(tmp_path, settings, 1)["test_error"] == 0.5


def test_a_disk_that_is_full_at_the_end_does_not_part_the_seeds_of_a_checkpoint(tmp_path, monkeypatch):
    """Seed 0 has its result, seed 1 has not: both go on together from their checkpoint."""
    settings, written = Settings("fcn", "R", data="small", batch=8, iterations=30), []

    def write_one(path, content):
        if written:
            raise OSError(errno.ENOSPC, "No space left on device")
        written.append(path)
        write_json(path, content)

    write_json = run.write_json
    monkeypatch.setattr(run, "write_json", write_one)
    together = Run(settings, (0, 1), torch.device("cpu"), tmp_path)
    together.train()
    with pytest.raises(OSError):
        together.finish({})
    monkeypatch.undo()
    assert table.jobs_of([settings], 5, 2, tmp_path) == [(settings, [0, 1]), (settings, [2, 3]), (settings, [4])]
    assert table.jobs_of([settings], 3, 1, tmp_path) == [(settings, [1]), (settings, [2])]  # asked for: one at a time
    resumed = Run(settings, (0, 1), torch.device("cpu"), tmp_path)
    assert resumed.step == 30  # nothing is trained again
    resumed.finish({})
    assert table.jobs_of([settings], 3, 2, tmp_path) == [(settings, [2])]


def test_checkpoints_decide_which_seeds_stay_together(tmp_path):
    """Each seed in one job alone, and none that was not asked for."""
    settings = Settings("fcn", "R", data="small")
    for name in ("fcn-R-seed1+2", "fcn-R-seed2+3", "fcn-R-seed4+9", "fcn-R-seed0 copy", "fcn-RTS-seed3+4"):
        (tmp_path / f"{name}.checkpoint.pt").touch()
    assert table.jobs_of([settings], 5, 2, tmp_path) == [(settings, [1, 2]), (settings, [0, 3]), (settings, [4])]
    for seed in (1, 2):
        (tmp_path / f"fcn-R-seed{seed}.json").write_text(json.dumps(result_of(settings, seed, 0.5)))
    assert table.jobs_of([settings], 3, 2, tmp_path) == [(settings, [0])]


def test_a_table_as_it_stands_has_the_runs_that_are_done(tmp_path, capsys):
    options = [*ARGUMENTS, "--as-it-stands", "--runs", str(tmp_path), "--out", str(tmp_path / "table.json")]
    with pytest.raises(SystemExit):
        table.main(options)
    assert capsys.readouterr().err == f"table: --runs: no run of this table is done in {tmp_path}\n"
    for model, seed in (("fcn", 2), ("cnn", 0), ("cnn", 1)):
        settings = Settings(model, "P", data="small", batch=8)
        (tmp_path / f"{model}-P-seed{seed}.json").write_text(json.dumps(result_of(settings, seed, 0.5 + seed / 10)))
    table.main(options)
    content = json.loads((tmp_path / "table.json").read_text())
    assert [(row["model"], row["seeds"], row["mean"]) for row in content["summary"]] == [
        ("fcn", 1, pytest.approx(0.7)), ("cnn", 2, pytest.approx(0.55))]
    assert [run["seed"] for run in content["runs"]] == [2, 0, 1]


@pytest.fixture
def one_thread(monkeypatch):
    """Of the workers, which inherit it: on busy cores two threads wait for each other."""
    monkeypatch.setenv("OMP_NUM_THREADS", "1")


def test_a_table_that_is_stopped_says_so_and_saves(tmp_path, capsys, one_thread):
    """Stopped by a signal to the command alone, as a batch system sends it: its workers save, too."""
    runs, target = tmp_path / "runs", tmp_path / "table.json"
    checkpoint = runs / "fcn-R-seed0+1.checkpoint.pt"
    with signal_when(checkpoint.exists, signal.SIGTERM), pytest.raises(SystemExit) as left:
        table.main([*ARGUMENTS, "--models", "fcn", "--distortions", "R", "--seeds", "3", "--iterations", "20000",
                    "--workers", "1", "--side-by-side", "2", "--checkpoint-every", "25", "--runs", str(runs),
                    "--out", str(target)])
    said = capsys.readouterr().err
    assert left.value.code == 130 and "Traceback" not in said, said
    assert "0 of 3 runs are done" in said.splitlines()[-1] and not target.exists()
    assert checkpoints.load_checkpoint(checkpoint)["step"] > 0


def test_a_table_goes_on_and_is_not_run_again(tmp_path, capsys, one_thread):
    runs, target = tmp_path / "runs", tmp_path / "table.json"
    settings = Settings("fcn", "R", data="small", batch=8, iterations=60)
    run = Run(settings, (0, 1), torch.device("cpu"), runs)
    steps = iter(range(30))
    with pytest.raises(Stopped):
        run.train(stop=lambda: next(steps, None) is None)
    spoilt = checkpoints.load_checkpoint(run.checkpoint)
    spoilt["losses"][:25] = 7.0  # so that a table that began anew would be seen
    checkpoints.save_checkpoint(run.checkpoint, spoilt)
    options = [*ARGUMENTS, "--models", "fcn", "--distortions", "R", "--seeds", "3", "--iterations", "60", "--workers",
               "1", "--side-by-side", "2", "--runs", str(runs), "--out", str(target)]
    table.main(options)
    out = capsys.readouterr().out
    assert f"written to {target}" in out
    content = json.loads(target.read_text())
    assert [row["seeds"] for row in content["summary"]] == [3]
    assert [run["curve"]["loss"][24] == 7 for run in content["runs"]] == [True, True, False]
    assert all(0 < run["curve"]["loss"][59] < 4 for run in content["runs"])
    before = sorted((path, path.stat().st_mtime_ns) for path in runs.iterdir())
    table.main(options)
    assert sorted((path, path.stat().st_mtime_ns) for path in runs.iterdir()) == before
    assert capsys.readouterr().out == out


def test_a_refusal_in_a_worker_is_one_line(tmp_path, capsys, one_thread):
    runs = tmp_path / "runs"
    runs.mkdir()
    (runs / "fcn-R-seed0.checkpoint.pt").write_bytes(b"weights")
    with pytest.raises(SystemExit) as left:
        table.main([*ARGUMENTS, "--models", "fcn", "--distortions", "R", "--seeds", "1", "--iterations", "2",
                    "--runs", str(runs), "--out", str(tmp_path / "table.json")])
    said = capsys.readouterr().err
    assert left.value.code == 1 and "Traceback" not in said
    assert "is damaged" in said.splitlines()[-1] and said.splitlines()[-1].startswith("table: ")


@pytest.mark.parametrize("model, distortion, precisions", [("cnn", "TC", ["float32"]),
                                                           ("st-fcn", "R", ["float32", "bfloat16"])])
def test_the_benchmark_runs_the_loops_in_turn(model, distortion, precisions, tmp_path, capsys, monkeypatch):
    target = tmp_path / "speed.json"
    monkeypatch.setattr(benchmark, "STEPS_A_PIECE", 2)  # a test need not be fair
    benchmark.main(["--model", model, "--distortion", distortion, "--batch", "4", "--steps", "2", "--turns", "2",
                    "--device", "cpu", "--precision", *precisions, "--out", str(target)])
    found, said = json.loads(target.read_text()), capsys.readouterr().out
    assert {name: len(turns) for name, turns in found["images_per_second"].items()} == dict.fromkeys(
        ["plain", *precisions], 2)
    assert list(found["ratio"]) == precisions
    assert all(f"ratio {ratio:.2f} in {name}" in said for name, ratio in found["ratio"].items())


@pytest.mark.parametrize("arguments, said", [
    (["--steps", "30"], "argument --steps: expected a multiple of 25, got '30'; the next is 50; --help explains"),
    (["--batch", "6000", "--model", "fcn"], "--batch: expected at most 5000, the digits of --data small, got 6000"),
])
def test_what_the_benchmark_cannot_measure(arguments, said, capsys):
    with pytest.raises(SystemExit) as left:
        benchmark.main(["--device", "cpu", "--precision", "float32", *arguments])
    assert left.value.code == 2 and capsys.readouterr().err == f"speed: {said}\n"


def test_the_plain_loop_learns():
    settings = Settings("fcn", "R", data="small", batch=32, iterations=100, rate=0.05)
    loop = benchmark.PlainLoop(settings, table.find_devices("cpu")[0], 0)
    first = loop(1)
    assert loop(60) < 0.9 * first
