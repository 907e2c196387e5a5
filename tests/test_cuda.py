"""The kernels for a GPU: what is true of every implementation, in Numba's simulator; and that they compile."""

import inspect
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from numba import cuda as numba_cuda
from numba import types

import stn_numpy
from stn_numpy import cuda
from stn_numpy.cuda import benchmark, kernels, ptx
from stn_numpy.cuda.benchmark import check_agreement

ROOT = Path(__file__).parents[1]
# on_cuda has both types and conventions
WHICH = "on_cuda or (affine_sample and zeros and edges and not float64 and not (Fortran or negative or second))"
CONTRACT = ["tests/test_contract.py", "tests/on_cuda.py", "-k", WHICH]


@pytest.mark.parametrize("where", ["simulator", "gpu"])
@pytest.mark.slow
def test_contract(where):
    """In a process of its own, since Numba decides between simulator and GPU when it is loaded."""
    if where == "gpu" and not numba_cuda.is_available():
        pytest.skip("no GPU that CUDA can use")
    environment = os.environ | {"STN_CUDA": "1", "NUMBA_ENABLE_CUDASIM": str(int(where == "simulator"))}
    environment.pop("PYTEST_XDIST_WORKER", None)
    simulated = "no_reader or both_sides"  # what only the simulator can do
    contract = CONTRACT if where == "simulator" else [*CONTRACT[:-1], f"({WHICH}) and not ({simulated})"]
    command = [sys.executable, "-m", "pytest", "-n0", "-p", "no:cacheprovider", *contract]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, env=environment)
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"[1-9]\d+ passed", done.stdout) and "skipped" not in done.stdout, done.stdout


@pytest.mark.parametrize("name", ["affine_sample", "affine_sample_backward"])
def test_same_signature(name):
    assert inspect.signature(getattr(cuda, name)) == inspect.signature(getattr(stn_numpy, name))


def test_without_a_gpu_the_error_says_what_to_do():
    if numba_cuda.is_available():
        pytest.skip("there is a GPU")
    with pytest.raises(RuntimeError, match="NUMBA_ENABLE_CUDASIM=1"):
        cuda.affine_sample(np.ones((1, 1, 2, 2)), np.ones((1, 2, 3)), (1, 1, 2, 2))


@pytest.mark.parametrize("name", ptx.signatures(types.float32))
def test_kernel_compiles(name):
    """To PTX; that of float32 computes nothing in float64, which one plain 1 in a formula would bring about."""
    try:
        compiled = ptx.compile_kernel(name)
    except numba_cuda.cudadrv.error.NvvmSupportError as error:
        pytest.skip(f"no NVVM, which is part of the CUDA toolkit: {str(error).strip().splitlines()[0]}")
    assert ".visible .entry" in compiled
    computed = re.findall(r"^\s*((?:add|sub|mul|fma|div|setp|neg|abs)\S*\.f64)", compiled, re.MULTILINE)
    assert not computed or name == "add_shares", computed
    assert ("atom.global" in compiled or "red.global" in compiled) == (name == "scatter")
    assert ("bar.sync" in compiled) == (name in ("theta_shares", "add_shares"))


def test_every_kernel_is_compiled():
    found = {name for name, kernel in vars(kernels).items() if isinstance(kernel, type(kernels.clear))}
    devices = {name for name in found if kernels.__dict__[name].targetoptions.get("device")}
    assert found - devices == set(ptx.signatures(types.float32))


def test_the_benchmark_times_nothing_that_differs_from_torch():
    right = torch.arange(6.0).reshape(2, 3)
    check_agreement({"ours": lambda: right + 1e-3}, [right], lambda found: [found])
    with pytest.raises(AssertionError, match="atomics: "):
        check_agreement({"torch": lambda: [right], "atomics": lambda: [right + 0.01]}, [right], list)


def test_the_benchmark_says_that_it_needs_a_gpu():
    if numba_cuda.is_available():
        pytest.skip("there is a GPU")
    command = [sys.executable, "-m", "stn_numpy.cuda.benchmark"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)})
    assert done.returncode and "needs a GPU" in done.stderr and "Traceback" not in done.stderr


@pytest.mark.slow
def test_the_benchmark_on_a_gpu():
    if not (numba_cuda.is_available() and torch.cuda.is_available()):
        pytest.skip("no GPU that Numba and torch can use")
    command = [sys.executable, "-m", "stn_numpy.cuda.benchmark", "--repeats", "1", "--shapes", "1"]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, env=environment, check=True)
    made_by, row = map(json.loads, done.stdout.splitlines())
    assert made_by["commit"] and row["backward"]["no atomics"]["bandwidth"] > 0


@pytest.mark.parametrize("wrong", [["--repeats", "0"], ["--shapes", "-1"]])
def test_the_benchmark_refuses_no_calls(wrong, monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["benchmark", *wrong])
    with pytest.raises(SystemExit):
        benchmark.read_options()
    assert f"{wrong[0]}: expected at least 1, got {wrong[1]}" in capsys.readouterr().err


def test_medians_leave_out_the_rounds_of_warming_up(monkeypatch):
    """On a clock that says 5, 7 and 9 milliseconds after three slower rounds."""
    said = iter([100, 100, 100, 5, 9, 7])

    class Event:
        def __init__(self, enable_timing):
            pass

        def record(self):
            pass

        synchronize = record

        def elapsed_time(self, end):
            return next(said)

    monkeypatch.setattr(torch.cuda, "Event", Event)
    monkeypatch.setattr(torch.cuda, "synchronize", lambda: None)
    calls = []
    taken = benchmark.seconds_of({"ours": lambda: calls.append("ours")}, 3, lambda: calls.append("busy"))
    assert taken["ours"]["kernels"] == 0.007 and taken["ours"]["launched"] >= 0
    assert calls == ["busy", "ours", "ours"] * 6
