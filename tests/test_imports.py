"""Which module may import which: numpy <- operations <- layers <- networks <- training, and nothing else on the way."""

import ast
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "stn_numpy"

# Each module's place: it may import modules of its own place or of an earlier one, and no two each other.
PLACES = [
    ["check", "_backend", "coordinates", "taps", "windows", "mnist", "files"],  # what the operations are made of
    ["grid", "sampler", "linear", "conv", "pool", "loss", "theta", "gradcheck",  # operations
     "projective", "tps", "affine_exp", "compose"],
    ["families", "layer", "distortions", "digits", "pose"],
    ["localisation", "transformer", "model"],  # networks
    ["optimizer", "training", "viz"],
]
PLACE = {module: place for place, modules in enumerate(PLACES) for module in modules}

FAST = "fast"
ANYWHERE = {"numpy", "stn_numpy"} | set(sys.stdlib_module_names)
INSIDE_FUNCTIONS = {"pooch", "tqdm", "PIL"}



def modules():
    """Every module of the package: dotted name below stn_numpy -> its file."""
    return {
        ".".join(path.relative_to(PACKAGE).with_suffix("").parts): path
        for path in sorted(PACKAGE.rglob("*.py"))
        if "__pycache__" not in path.parts
    }


def imports(name, path):
    """What a module imports: (dotted absolute name, whether it runs when the module loads)."""
    package = ["stn_numpy", *name.split(".")[:-1]]

    def visit(node, on_load):
        if isinstance(node, ast.Import):
            yield from ((alias.name, on_load) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            start = package[: len(package) - node.level + 1] if node.level else []
            source = ".".join(start + ([node.module] if node.module else []))
            yield source, on_load
            yield from ((f"{source}.{alias.name}", on_load) for alias in node.names)
        inner = on_load and not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        for child in ast.iter_child_nodes(node):
            yield from visit(child, inner)

    return set(visit(ast.parse(path.read_text(encoding="utf-8")), True))


def own_imports(name, path):
    """The modules of this package that a module imports, anywhere in it."""
    known = modules()
    found = {dotted.removeprefix("stn_numpy.") for dotted, _ in imports(name, path) if dotted.startswith("stn_numpy.")}
    return {dotted for dotted in found if dotted in known or f"{dotted}.__init__" in known}


def in_package(name, package):
    return name == package or name.startswith(f"{package}.")


def test_the_reader_of_imports_sees_every_form(tmp_path):
    path = tmp_path / "example.py"
    path.write_text(
        "import numpy as np\nfrom . import grid\nfrom .sampler import grid_sample\nfrom ..pool import max_pool2d\n"
        "class A:\n    import json\n    def f(self):\n        from tqdm.auto import tqdm\n"
    )
    found = imports("fast.example", path)
    assert {("numpy", True), ("stn_numpy.fast.grid", True), ("stn_numpy.fast.sampler", True)} <= found
    assert {("stn_numpy.pool", True), ("json", True), ("tqdm.auto", False)} <= found


CORE = [name for name in modules() if "." not in name and name not in ("__init__", "__main__")]


@pytest.mark.parametrize("name", CORE)
def test_imports_point_one_way(name):
    assert name in PLACE, f"{name}.py has no place yet: give it one in PLACES"
    later = {other for other in own_imports(name, modules()[name]) if PLACE.get(other, len(PLACES)) > PLACE[name]}
    assert not later, f"{name}.py imports {sorted(later)}, which stand after it"


def test_no_two_modules_import_each_other():
    """Taking away again and again what imports nothing that is left must leave nothing."""
    left = {name: own_imports(name, modules()[name]) - {name} for name in CORE}
    while free := [name for name, needed in left.items() if not needed & set(left)]:
        for name in free:
            del left[name]
    assert not left, f"a circle of imports among {sorted(left)}"


@pytest.mark.parametrize("name", modules())
def test_only_its_own_place_imports_a_heavy_package(name):
    """torch in pytorch/ alone, numba in fast/ alone, matplotlib where pictures are; pooch and tqdm where used."""
    allowed = set(ANYWHERE)
    allowed |= {"torch"} if in_package(name, "pytorch") else set()
    allowed |= {"numba"} if in_package(name, FAST) else set()
    allowed |= {"matplotlib", "cycler"} if name in ("viz", "explore.stills") else set()
    for dotted, on_load in imports(name, modules()[name]):
        package = dotted.split(".")[0]
        assert package in allowed or package in INSIDE_FUNCTIONS, f"{name}: imports {package}"
        assert package in allowed or not on_load, f"{name}: imports {package} outside a function"


KERNELS = [name for name in modules() if in_package(name, FAST)]


@pytest.mark.parametrize("name", KERNELS or ["__init__"])
def test_fast_never_imports_its_reference(name):
    """The compiled twin of an operation is written on its own, or it would be compared with itself."""
    operations = {other for other in own_imports(name, modules()[name]) if PLACE.get(other) == PLACE["grid"]}
    assert name == "__init__" or not operations, f"{name} imports {sorted(operations)}"


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
    """Whatever is imported first: no order of imports hides a circle, and none but viz loads more than numpy."""
    names = [f"stn_numpy.{name}" for name in CORE if name != "viz"]
    code = f"""
import importlib, json, sys
for name in {names}:
    for loaded in [module for module in sys.modules if module.split(".")[0] == "stn_numpy"]:
        del sys.modules[loaded]
    importlib.import_module(name)
print(json.dumps([name for name in ("torch", "numba", "matplotlib", "pooch", "tqdm") if name in sys.modules]))
"""
    assert run(code) == []


TWIN = [name for name in modules() if in_package(name, "pytorch")]


def test_the_torch_twin_needs_torch_numpy_and_tqdm_alone():
    """A training machine may have nothing else: every module of it loads where nothing else can be imported."""
    names = [f"stn_numpy.{name.removesuffix('.__init__')}" for name in TWIN]
    code = f"""
import importlib, json, sys
for name in ("numba", "matplotlib", "pooch", "PIL", "scipy", "cv2", "skimage", "pandas", "pytest", "hypothesis",
             "IPython"):
    sys.modules[name] = None  # whoever imports it gets an error
for name in {names}:
    importlib.import_module(name)
print(json.dumps(sorted(name for name in sys.modules if name.split(".")[0] == "stn_numpy")))
"""
    loaded = run(code)
    assert set(names) <= set(loaded) and "stn_numpy.viz" not in loaded and "stn_numpy.fast" not in loaded


def test_importing_the_library_is_quick():
    """Under 0.3 s of processor time, the best of three."""
    code = "import time; start = time.process_time(); import stn_numpy; print(time.process_time() - start)"
    assert min(run(code) for _ in range(3)) < 0.3
