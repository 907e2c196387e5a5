"""When the book's build runs its cells again."""

import shutil
from pathlib import Path

import pytest

pytest.importorskip("sphinx", reason="sphinx is not installed: see requirements.txt")
from book._ext.stnbook import cache_key  # noqa: E402

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize(
    ("name", "counts"),
    [
        ("stn_numpy/grid.py", True),
        ("stn_numpy/explore/maths.js", True),
        ("book/results/kernels.json", True),
        ("book/exercises/ex03_affine_grid.py", True),
        ("book/experiments/scale/paper.py", True),
        ("book/by_hand.py", True),
        ("tests/solutions.py", True),
        ("tests/judge/verdict.py", True),
        ("tests/misconceptions/ex03_affine_grid.py", True),
        ("book/03_grid.md", False),
        ("tests/test_grid.py", False),
        ("stn_numpy/__pycache__/grid.pyc", False),
    ],
)
def test_cells_run_again_after_a_change_to_what_they_read(tmp_path, name, counts):
    """The chapters themselves are compared by the cache; tests have no part in the pages."""
    for part in ("stn_numpy/grid.py", "tests/solutions.py"):
        (tmp_path / part).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / part, tmp_path / part)
    before = cache_key(tmp_path)
    (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
    with (tmp_path / name).open("a") as file:
        file.write("\n")
    assert (cache_key(tmp_path) != before) == counts
