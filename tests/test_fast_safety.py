"""First use, read-only installs, several Python threads and forked children: each in a process of its own."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import numba
import pytest

ROOT = Path(__file__).parents[1]
ANNOUNCED = "stn_numpy.fast: compiling kernels for this machine"

if numba.config.DISABLE_JIT:
    pytest.skip("nothing is compiled", allow_module_level=True)

SETUP = """
import numpy as np
from stn_numpy.fast.sampler import affine_sample, affine_sample_backward
rng = np.random.default_rng(0)
image, theta = rng.standard_normal((8, 2, 9, 9)), rng.standard_normal((8, 2, 3))
def work():
    return affine_sample(image, theta, image.shape).tobytes()
def more_work():
    return b"".join(array.tobytes() for array in affine_sample_backward(image, image, theta))
"""


QUICK = """
import numpy as np
from stn_numpy.fast.linear import relu, relu_backward
image = np.ones((2, 3))
"""  # what compiles in the shortest time


def run(code, folder=ROOT, **environment):
    """Run a program that ends well; return what it wrote to stdout and to stderr."""
    environment = os.environ | {"PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1"} | environment
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=folder, env=environment,
                          timeout=300)
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout, done.stderr


def test_importing_compiles_nothing(tmp_path):
    out, errors = run("import stn_numpy.fast.sampler, stn_numpy.fast.grid", NUMBA_CACHE_DIR=str(tmp_path))
    assert (out, errors) == ("", "") and not list(tmp_path.rglob("*.nbi"))


def test_compiling_is_announced_once_and_kept_on_disk(tmp_path):
    code = QUICK + "relu(image); relu_backward(image, image)"
    out, errors = run(code, NUMBA_CACHE_DIR=str(tmp_path))
    assert out == "" and errors.count(ANNOUNCED) == 1 and errors.count("\n") == 1
    assert {path.name.split("-")[0] for path in tmp_path.rglob("*.nbi")} == {"linear._relu", "linear._relu_backward"}
    assert run(code, NUMBA_CACHE_DIR=str(tmp_path)) == ("", "")


def test_in_a_notebook_it_is_no_error(tmp_path):
    """What a notebook's cell writes to stderr looks like a failure, and fails the book's build."""
    code = "import sys; sys.modules['ipykernel'] = sys\n" + QUICK + "relu(image)"
    out, errors = run(code, NUMBA_CACHE_DIR=str(tmp_path))
    assert ANNOUNCED in out and errors == ""


def test_a_read_only_install_compiles_for_each_run(tmp_path):
    """No folder can be made where a file stands, not even by root."""
    shutil.copytree(ROOT / "stn_numpy", tmp_path / "stn_numpy", ignore=shutil.ignore_patterns("__pycache__"))
    blocked = tmp_path / "stn_numpy" / "fast" / "__pycache__"
    blocked.write_text("")
    homeless = {"HOME": str(blocked), "XDG_CACHE_HOME": str(blocked / "cache"), "NUMBA_CACHE_DIR": ""}
    _, errors = run(QUICK + "relu(image); relu(image)", folder=tmp_path, **homeless)
    assert errors.count(ANNOUNCED) == 1 and "NUMBA_CACHE_DIR" in errors and errors.count("\n") == 1


@pytest.mark.parametrize("layer", ["", "workqueue"], ids=["default", "workqueue"])
def test_several_python_threads_at_once(layer):
    code = SETUP + """
import threading
expected, wrong = work() + more_work(), []
def often():
    for _ in range(200):
        if work() + more_work() != expected:
            wrong.append(1)
threads = [threading.Thread(target=often) for _ in range(4)]
for thread in threads: thread.start()
for thread in threads: thread.join()
import numba
print(numba.threading_layer(), len(wrong))
"""
    out, _ = run(code, **({"NUMBA_THREADING_LAYER": layer} if layer else {}))
    assert out.split()[-1] == "0" and (not layer or layer in out)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
@pytest.mark.parametrize("before", ["work()", "None"], ids=["after parallel work", "before any"])
def test_a_forked_child_works_on(before):
    code = SETUP + f"""
import os
{before}
child = os.fork()
result = work()
if child == 0:
    os._exit(0 if result == affine_sample(image, theta, image.shape).tobytes() and len(result) == image.nbytes else 3)
_, status = os.waitpid(child, 0)
print(os.waitstatus_to_exitcode(status))
"""
    assert run(code)[0].strip() == "0"


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_children_of_a_pool_agree_with_their_parent():
    code = SETUP + """
import multiprocessing
parent = np.frombuffer(work())
with multiprocessing.get_context("fork").Pool(2) as pool:
    for child in pool.starmap(work, [()] * 4):
        np.testing.assert_allclose(np.frombuffer(child), parent, rtol=0, atol=1e-12)
print("agreed")
"""
    assert run(code)[0].strip() == "agreed"


@pytest.mark.parametrize("asked", ["", "+sse2"])
def test_eight_at_once_rather_than_sixteen(asked):
    """And no gathers, on processors that could do either; what the reader asks for stays."""
    code = """
import llvmlite.binding, numba, stn_numpy.fast.compiling
print(llvmlite.binding.get_host_cpu_features().get("avx512f", False), numba.config.CPU_FEATURES)
"""
    wide, features = run(code, **{"NUMBA_CPU_FEATURES": asked} if asked else {})[0].split()
    if asked:
        assert features == asked
    elif wide == "True":
        assert features.endswith(",+prefer-256-bit,+prefer-no-gather")
    else:
        assert features == "None"
