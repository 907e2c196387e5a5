"""The loop of the experiments: what is measured is written at once and never lost, whatever ends a series."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pytest
import series as toy

from book.experiments import engine, ledger
from book.experiments.__main__ import PROGRAM, catalogue, command_of, main

ROOT = Path(__file__).resolve().parents[1]


def start(folder, *arguments):
    return subprocess.Popen(
        [sys.executable, toy.__file__, str(folder), *arguments],
        cwd=ROOT,
        text=True,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def finish(process, code=0):
    out, err = process.communicate(timeout=120)
    assert process.returncode == code, err
    return out, err


def wait_until(ready, patience=120):
    limit = time.monotonic() + patience
    while not ready():
        assert time.monotonic() < limit
        time.sleep(0.02)


def slow_cell_begun(folder, cell):
    path = engine.Places(runs=folder / "runs").of_cell(toy.EXPERIMENT, cell) / "count"
    return lambda: path.exists() and path.read_text().isdigit()


def command(tmp_path, capsys, *arguments, code=None):
    """The command in this process, with the toy alone; for what measures nothing."""
    arguments = ["--out", str(tmp_path), "--runs", str(tmp_path / "runs"), *arguments]
    if code is None:
        main(arguments, [toy.EXPERIMENT])
    else:
        with pytest.raises(SystemExit) as ended:
            main(arguments, [toy.EXPERIMENT])
        assert ended.value.code == code
    found = capsys.readouterr()
    return found.err if code else found.out


def add_record(tmp_path, settings, seconds=60.0):
    ledger.add("toy", ledger.Record(settings, dict(command="by hand"), seconds, seconds, dict(count=1)), tmp_path)


def test_a_killed_series_loses_the_cell_in_hand_and_the_next_goes_on_from_its_checkpoint(tmp_path):
    killed = start(tmp_path)
    wait_until(slow_cell_begun(tmp_path, toy.CELLS[2]))
    killed.kill()
    killed.communicate()
    assert [cell.settings for cell in ledger.read("toy", tmp_path)] == toy.CELLS[:2]
    (tmp_path / "runs" / "go").touch()
    finish(start(tmp_path))
    cells = ledger.read("toy", tmp_path)
    assert [cell.settings for cell in cells] == toy.CELLS
    assert cells[2].result["begun"] > 0 == cells[3].result["begun"]
    assert list((tmp_path / "runs" / "toy").iterdir()) == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_series_that_is_asked_to_stop_says_what_is_done(tmp_path, number):
    stopped = start(tmp_path)
    wait_until(slow_cell_begun(tmp_path, toy.CELLS[2]))
    stopped.send_signal(number)
    out, err = finish(stopped, 130)
    assert out.splitlines() == [f"kind=quick seed={seed}: begun 0, count 0, 0.0 s" for seed in (0, 1)]
    assert err.splitlines()[-1] == "stopped, 2 of 4 cells are done; the same command resumes"


def test_two_commands_at_once_divide_the_cells_and_lose_none(tmp_path):
    both = [start(tmp_path), start(tmp_path)]
    for cell in toy.CELLS[2:]:
        wait_until(slow_cell_begun(tmp_path, cell))
    (tmp_path / "runs" / "go").touch()
    lines = [line for process in both for line in finish(process)[0].splitlines() if line.startswith("kind=")]
    assert len(lines) == len(set(lines)) == 4
    assert ledger.read("toy", tmp_path).values("nothing") == [None] * 4


def test_processes_that_write_at_the_same_time_lose_no_cell(tmp_path):
    with ProcessPoolExecutor(4, get_context("spawn")) as pool:
        list(pool.map(add_record, [tmp_path] * 40, [dict(seed=seed // 2) for seed in range(40)]))
    assert sorted(cell.settings["seed"] for cell in ledger.read("toy", tmp_path)) == list(range(20))


def test_a_cell_is_written_with_what_made_it(tmp_path):
    places = engine.Places(tmp_path, tmp_path / "runs", "a command", "abc")
    record = engine.measure_cell(toy.EXPERIMENT, toy.CELLS[0], places)
    content = json.loads((tmp_path / "toy.json").read_text(), parse_constant=pytest.fail)
    assert content["experiment"] == "toy" and len(content["cells"]) == 1
    made_by = content["cells"][0]["made_by"]
    assert made_by["command"] == "a command" and made_by["commit"] == "abc"
    assert {"python", "numpy", "machine", "date"} <= made_by.keys()
    assert content["cells"][0] == vars(record) == vars(ledger.read("toy", tmp_path)[0])
    assert record.result == dict(begun=0, count=0, nothing=None)
    assert engine.measure_cell(toy.EXPERIMENT, toy.CELLS[0], places) is None


def test_a_cell_that_is_done_leaves_its_folder_where_it_shall(tmp_path):
    for keep in (False, True):
        places = engine.Places(tmp_path / str(keep), tmp_path / "runs", keep=keep)
        engine.measure_cell(toy.EXPERIMENT, toy.CELLS[0], places)
        assert places.of_cell(toy.EXPERIMENT, toy.CELLS[0]).is_dir() == keep


def test_a_result_may_say_what_it_took(tmp_path):
    experiment = engine.Experiment(
        "other",
        0,
        [],
        lambda settings, context: dict(seconds=7, processor_seconds=5, made_by=dict(device="abacus"), a=1),
    )
    record = engine.measure_cell(experiment, dict(seed=0), engine.Places(tmp_path, tmp_path))
    assert (record.seconds, record.processor_seconds, record.result) == (7, 5, dict(a=1))
    assert record.made_by["device"] == "abacus" and "numpy" in record.made_by


@pytest.mark.parametrize(
    "text, complaint",
    [
        ("{", "is damaged or no ledger"),
        ("[]", "is damaged or no ledger"),
        ('{"runs": []}', "is damaged or no ledger"),
        ('{"experiment": "toy", "cells": [{"settings": {}}]}', "is damaged or no ledger"),
        ('{"experiment": "other", "cells": []}', "another experiment: expected 'toy', got 'other'"),
    ],
)
def test_a_ledger_that_cannot_be_read_gets_one_line_and_stays(tmp_path, capsys, text, complaint):
    (tmp_path / "toy.json").write_text(text)
    for arguments in ([], ["toy"], ["toy", "--list"]):
        said = command(tmp_path, capsys, *arguments, code=1)
        assert complaint in said and said.count("\n") == 1
    assert (tmp_path / "toy.json").read_text() == text


def test_the_overview_counts_what_is_done_what_is_left_and_what_was_spent(tmp_path, capsys):
    def overview():
        return [line.split() for line in command(tmp_path, capsys).splitlines()]

    nothing = "0 core-minutes spent on 0 cells; of 0 it was not recorded".split()
    assert overview() == ["chapter 0 toy 0 of 4 cells ? core-minutes left".split(), nothing]
    add_record(tmp_path, toy.CELLS[2], 90.0)
    assert overview()[0] == "chapter 0 toy 1 of 4 cells 1.5 + ? core-minutes left".split()
    add_record(tmp_path, toy.CELLS[0], 30.0)
    spent = "2 core-minutes spent on 2 cells; of 0 it was not recorded".split()
    assert overview() == ["chapter 0 toy 2 of 4 cells 2.0 core-minutes left".split(), spent]
    for cell in toy.CELLS[1::2]:
        add_record(tmp_path, cell, None)
    assert overview()[0] == "chapter 0 toy 4 of 4 cells".split()
    assert overview()[1] == "2 core-minutes spent on 2 cells; of 2 it was not recorded".split()


def test_readme_says_about_what_the_recorded_results_took():
    experiments = catalogue()
    records = [record for each in experiments for record in engine.records_of(each, ledger.RESULTS)]
    taken = sum(record.processor_seconds or 0 for record in records) / 60
    readme = (ROOT / "README.md").read_text("utf8")
    said = int(re.search(r"took about ([\d,]+) core-minutes", readme)[1].replace(",", ""))
    assert said == pytest.approx(taken, rel=0.1)


def test_the_list_shows_every_cell_and_which_records_are_stale(tmp_path, capsys):
    add_record(tmp_path, toy.CELLS[0])
    add_record(tmp_path, dict(kind="gone", seed=0))
    engine.Places(runs=tmp_path / "runs").of_cell(toy.EXPERIMENT, toy.CELLS[3]).mkdir(parents=True)
    assert command(tmp_path, capsys, "toy", "--list").splitlines() == [
        "done   kind=quick seed=0",
        "left   kind=quick seed=1",
        "left   kind=slow seed=0",
        "begun  kind=slow seed=1",
        "stale  kind=gone seed=0 (not counted: the experiment has no such cell now)",
        "1 of 4 cells are done 1.0 + ? core-minutes left",
    ]
    assert command(tmp_path, capsys, "toy", "--list", "--only", "kind=slow", "seed=1,0").splitlines()[:2] == [
        "left   kind=slow seed=0",
        "begun  kind=slow seed=1",
    ]
    assert command(tmp_path, capsys, "toy", "--list", "--only", "seed=0", "--set", "seed=7").splitlines()[:2] == [
        "left   kind=quick seed=7",
        "left   kind=slow seed=7",
    ]


@pytest.mark.parametrize(
    "arguments, complaint",
    [
        (["tyo"], "name: expected one of toy, got 'tyo'"),
        (["toy", "--only", "kind=fast"], "--only: expected kind=quick,slow, got 'kind=fast'"),
        (["toy", "--only", "sort=fast"], "--only: expected one of kind, seed, got 'sort=fast'"),
        (["toy", "--set", "steps=3"], "--set: expected one of kind, seed, got 'steps=3'"),
        (["toy", "--workers", "0"], "--workers: expected at least 1, got 0; --help explains"),
    ],
)
def test_a_wrong_argument_gets_one_line(tmp_path, capsys, arguments, complaint):
    assert command(tmp_path, capsys, *arguments, code=2) == f"experiments: {complaint}\n"


def test_cells_are_chosen_by_their_settings_and_averaged():
    cells = ledger.Cells(
        ledger.Record(dict(kind=kind, seed=seed), {}, None, None, dict(test=dict(error=error)))
        for kind, seed, error in (("a", 0, 0.1), ("a", 1, 0.3), ("b", 0, 0.5))
    )
    assert cells.where(kind="a").values("test", "error") == [0.1, 0.3]
    assert cells.where(kind="a").mean("test", "error") == pytest.approx(0.2)
    assert cells.where(kind="a").spread("test", "error") == pytest.approx(0.2 / 2**0.5)
    assert cells.where(kind="b").spread("test", "error") is None
    assert cells.one(kind="a", seed=1) is cells[1]
    assert len(cells.where(kind=None)) == 0 and len(cells.where(steps=None)) == 3
    with pytest.raises(LookupError, match="expected one cell with {'kind': 'a'}, got 2"):
        cells.one(kind="a")


def test_every_ledger_of_the_book_is_of_an_experiment_and_has_no_stale_cell():
    experiments = {experiment.name: experiment for experiment in catalogue()}
    own = {"kernels", "kernels_avx2", "kernels_wide", "scaling", "cuda_registers"}  # of commands of their own
    begun = {path.stem for path in ledger.RESULTS.glob("*.json")} - own
    assert begun <= experiments.keys()
    for experiment in map(experiments.get, begun):
        cells = {ledger.key_of(cell) for cell in experiment.cells}
        records = [ledger.key_of(cell.settings) for cell in ledger.read(experiment.name)]
        assert len(cells) == len(experiment.cells) and set(records) <= cells and len(set(records)) == len(records) > 0


def test_a_ledger_names_the_command_without_the_folders_of_a_machine():
    arguments = ["toy", "--out", "some/where", "--only", "seed=1", "--runs", "elsewhere", "--workers", "2"]
    assert command_of(arguments) == f"{PROGRAM} toy --only seed=1 --workers 2"
