"""Which module may import which: the contracts of pyproject.toml, and what each module loads."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

# The packages that a part of the library may import besides NumPy; the three below, only inside functions.
OWN = {
    "stn_numpy.pytorch": {"torch"},
    "stn_numpy.fast": {"numba"},
    "stn_numpy.fast.vectors": {"llvmlite"},  # Numba's own
    "stn_numpy.cuda": {"numba"},
    "stn_numpy.cuda.benchmark": {"torch"},
    "stn_numpy.viz": {"matplotlib", "cycler"},
    "stn_numpy.explore.stills": {"matplotlib"},
    "stn_numpy.viz_diagnosis": {"matplotlib"},  # inside a function: a training machine has none
}
INSIDE_FUNCTIONS = {"pooch", "tqdm", "PIL"}

MODULES = [
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
    for path in sorted((ROOT / "stn_numpy").rglob("*.py"))
]
HEAVY = ("stn_numpy.fast", "stn_numpy.pytorch", "stn_numpy.cuda", "stn_numpy.viz", "stn_numpy.explore")


def within(name, package):
    return name == package or name.startswith(f"{package}.")


def test_contracts():
    """Directions, circles, rooms and twins, as pyproject.toml states them."""
    pytest.importorskip("importlinter", reason="import-linter is not installed: see requirements.txt")
    # In a process of its own: import-linter turns off the loggers of the one that it runs in.
    code = "import sys; from importlinter import cli; sys.exit(cli.lint_imports(no_cache=True, no_logo=True))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 0, done.stdout + done.stderr


def test_only_its_own_part_imports_a_heavy_package():
    """torch in pytorch alone, Numba in fast alone, matplotlib where pictures are drawn; nothing that is not listed."""
    grimp = pytest.importorskip("grimp", reason="import-linter is not installed: see requirements.txt")
    graph = grimp.build_graph("stn_numpy", include_external_packages=True, cache_dir=None)
    for name in MODULES:
        allowed = {"numpy"} | INSIDE_FUNCTIONS | set(sys.stdlib_module_names)
        allowed |= set().union(*(packages for part, packages in OWN.items() if within(name, part)))
        found = {
            imported for imported in graph.find_modules_directly_imported_by(name) if not within(imported, "stn_numpy")
        }
        assert found <= allowed, f"{name} imports {sorted(found - allowed)}"


def run(code):
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, env=environment)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_importing_the_library_loads_numpy_alone():
    """None of its own dependencies either, until they are used; and no figure library for a page without figures."""
    heavy = ["torch", "numba", "matplotlib", "pooch", "tqdm", "scipy", "stn_numpy.viz", "stn_numpy.fast"]
    code = f"import json, sys, stn_numpy; print(json.dumps([name for name in {heavy} if name in sys.modules]))"
    assert run(code) == []


def test_each_module_loads_by_itself():
    """In any order: no order of imports hides a circle, and none of these modules loads more than NumPy."""
    names = [name for name in MODULES if not any(within(name, part) for part in HEAVY)]
    code = f"""
import importlib, json, sys
for name in {names}:
    for loaded in [module for module in sys.modules if module.split(".")[0] == "stn_numpy"]:
        del sys.modules[loaded]
    importlib.import_module(name)
print(json.dumps([name for name in ("torch", "numba", "matplotlib", "pooch", "tqdm", "PIL") if name in sys.modules]))
"""
    assert run(code) == []


@pytest.mark.slow
def test_the_torch_twin_needs_torch_numpy_and_tqdm_alone():
    """A training machine may have nothing else: every module of it loads where nothing else can be imported."""
    names = [name for name in MODULES if within(name, "stn_numpy.pytorch")]
    code = f"""
import importlib, json, sys
for name in ("numba", "matplotlib", "pooch", "PIL", "scipy", "cv2", "skimage", "pandas", "pytest", "hypothesis",
             "IPython"):
    sys.modules[name] = None  # importing it is an error
for name in {names}:
    importlib.import_module(name)
print(json.dumps(sorted(name for name in sys.modules if name.split(".")[0] == "stn_numpy")))
"""
    loaded = run(code)
    assert set(names) <= set(loaded) and "stn_numpy.viz" not in loaded and "stn_numpy.fast" not in loaded
