"""First use, read-only installs, several Python threads and forked children: each in a process of its own."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import numba
import pytest
from warm import Warm

pytestmark = pytest.mark.slow

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
image = np.ones((2, 1 << 14))
"""  # what compiles in the shortest time; large enough for several threads


def run(code, folder=ROOT, **environment):
    """Run a program that ends well; return what it wrote to stdout and to stderr."""
    environment = os.environ | {"PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1"} | environment
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=folder, env=environment, timeout=300
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout, done.stderr


@pytest.fixture(scope="module")
def run_warm(tmp_path_factory):
    """`run` without the start of Numba; what first use is like, `run` alone can show."""
    if not hasattr(os, "fork"):
        yield run
        return
    written = tmp_path_factory.mktemp("written")
    with Warm() as warm:

        def quickly(code, folder=ROOT, **environment):
            exit_code, out, errors = warm.run(code, folder, dict(os.environ) | environment, written)
            assert exit_code == 0, errors[-2000:]
            return out, errors

        yield quickly


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
    """No folder can be made in a file's place, not even by root."""
    shutil.copytree(ROOT / "stn_numpy", tmp_path / "stn_numpy", ignore=shutil.ignore_patterns("__pycache__"))
    blocked = tmp_path / "stn_numpy" / "fast" / "__pycache__"
    blocked.write_text("")
    homeless = {"HOME": str(blocked), "XDG_CACHE_HOME": str(blocked / "cache"), "NUMBA_CACHE_DIR": ""}
    _, errors = run(QUICK + "relu(image); relu(image)", folder=tmp_path, **homeless)
    assert errors.count(ANNOUNCED) == 1 and "NUMBA_CACHE_DIR" in errors and errors.count("\n") == 1


KERNEL = QUICK + "assert relu(-image).max() == 0 and relu(image).min() == 1"


@pytest.fixture(scope="module")
def compiled_once(run_warm, tmp_path_factory):
    """A folder with the cache of `KERNEL`, to be copied."""
    folder = tmp_path_factory.mktemp("cache")
    run_warm(KERNEL, NUMBA_CACHE_DIR=str(folder))
    return folder


@pytest.fixture
def cache(compiled_once, tmp_path):
    return shutil.copytree(compiled_once, tmp_path / "cache")


def damage(path):
    """One bit in the middle of the file."""
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


DAMAGE = {
    "emptied": lambda path: path.write_bytes(b""),
    "cut": lambda path: path.write_bytes(path.read_bytes()[:-9]),
    "one bit": damage,
    "text": lambda path: path.write_text("no cache at all"),
}


@pytest.mark.parametrize("kind", ["nbi", "nbc"])
@pytest.mark.parametrize("how", DAMAGE)
def test_a_damaged_cache_is_compiled_anew(cache, run_warm, how, kind):
    """With one line that names the file; the next run finds the cache whole again."""
    [path] = cache.rglob(f"*.{kind}")
    DAMAGE[how](path)
    out, errors = run_warm(KERNEL, NUMBA_CACHE_DIR=str(cache))
    assert out == "" and errors.count("\n") == 1 and f"the kernels' cache {path} cannot be read" in errors
    assert run_warm(KERNEL, NUMBA_CACHE_DIR=str(cache)) == ("", "")


def test_the_cache_of_another_kernel_is_not_taken_for_this_one(tmp_path, run_warm):
    """Two processes that write at once can leave one's code under the other's name."""
    both = QUICK + "relu(image); relu(image.astype('float32'))"
    run_warm(both, NUMBA_CACHE_DIR=str(tmp_path))
    first, second = sorted(tmp_path.rglob("*.nbc"))
    second.write_bytes(first.read_bytes())
    for _ in range(2):
        out, _ = run_warm(
            both + "; print(relu(-image.astype('float32')).max(), relu(image).min())", NUMBA_CACHE_DIR=str(tmp_path)
        )
        assert out == "0.0 1.0\n"


@pytest.mark.skipif(sys.platform == "win32", reason="this system has no limits on the size of files")
def test_a_full_disk_compiles_for_this_run(tmp_path, run_warm):
    """No file may grow beyond 8 kB: the kernel's does not fit."""
    limit = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (8192, 8192))\n"
    for _ in range(2):
        _, errors = run_warm(limit + KERNEL, NUMBA_CACHE_DIR=str(tmp_path))
        assert errors.count(ANNOUNCED) == 1 and errors.count("cannot be written") == 1 and errors.count("\n") == 2
        assert str(tmp_path) in errors.splitlines()[1]
        assert not list(tmp_path.rglob("*.tmp*"))
    run_warm(KERNEL, NUMBA_CACHE_DIR=str(tmp_path))
    assert run_warm(KERNEL, NUMBA_CACHE_DIR=str(tmp_path)) == ("", "")


def test_a_cache_that_can_be_neither_read_nor_written_later_on(cache, run_warm):
    """Its folder was there when the library was loaded; a file that is a folder is unreadable even for root."""
    [index] = cache.rglob("*.nbi")
    index.unlink()
    index.mkdir()
    (index / "full").touch()
    _, errors = run_warm(KERNEL, NUMBA_CACHE_DIR=str(cache))
    assert errors.count(str(index)) == 2 and errors.count("cannot be read") == errors.count("cannot be written") == 1
    code = QUICK + f"import shutil; shutil.rmtree({str(cache)!r}); open({str(cache)!r}, 'w').close(); relu(image)"
    shutil.rmtree(index)
    _, errors = run_warm(code, NUMBA_CACHE_DIR=str(cache))
    assert "cannot be" in errors


CHANGES = {
    "a constant of another file": (
        "lanes.py",
        "LANES = 16 ",
        "LANES = 8 ",
        "from stn_numpy.fast.pool import max_pool2d_lanes\nmax_pool2d_lanes(np.ones((1, 1, 2, 4 * lanes)), lanes, 2)",
    ),
    "a constant behind a helper": (
        "../coordinates.py",
        "FAR = 1e6",
        "FAR = 2e6",
        "from stn_numpy.fast import projective_grid\nprojective_grid(np.ones((1, 3, 3)), (1, 1, 2, 2))",
    ),
}


@pytest.mark.parametrize("case", CHANGES)
def test_the_cache_notices_a_constant_that_changes(tmp_path, run_warm, case):
    """A kernel bakes in the constants that it imports: compiled code with the old ones must not run."""
    file, before, after, call = CHANGES[case]
    shutil.copytree(ROOT / "stn_numpy", tmp_path / "stn_numpy", ignore=shutil.ignore_patterns("__pycache__"))
    code = f"import numpy as np\nfrom stn_numpy.fast.lanes import LANES as lanes\n{call}"
    here = {"folder": tmp_path, "NUMBA_CACHE_DIR": str(tmp_path / "cache")}
    assert ANNOUNCED in run_warm(code, **here)[1] and run_warm(code, **here) == ("", "")
    path = tmp_path / "stn_numpy" / "fast" / file
    text = path.read_text("utf8")
    assert before in text
    path.write_text(text.replace(before, after), "utf8")
    assert ANNOUNCED in run_warm(code, **here)[1]


@pytest.mark.parametrize("layer", ["", "workqueue"], ids=["default", "workqueue"])
def test_several_python_threads_at_once(layer):
    code = (
        SETUP
        + """
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
    )
    out, _ = run(code, **({"NUMBA_THREADING_LAYER": layer} if layer else {}))
    assert out.split()[-1] == "0" and (not layer or layer in out)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
@pytest.mark.parametrize("before", ["work()", "None"], ids=["after parallel work", "before any"])
def test_a_forked_child_works_on(before):
    code = (
        SETUP
        + f"""
import os
{before}
child = os.fork()
result = work()
if child == 0:
    os._exit(0 if result == affine_sample(image, theta, image.shape).tobytes() and len(result) == image.nbytes else 3)
_, status = os.waitpid(child, 0)
print(os.waitstatus_to_exitcode(status))
"""
    )
    assert run(code)[0].strip() == "0"


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_children_of_a_pool_agree_with_their_parent():
    code = (
        SETUP
        + """
import multiprocessing
parent = np.frombuffer(work())
with multiprocessing.get_context("fork").Pool(2) as pool:
    for child in pool.starmap(work, [()] * 4):
        np.testing.assert_allclose(np.frombuffer(child), parent, rtol=0, atol=1e-12)
print("agreed")
"""
    )
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
