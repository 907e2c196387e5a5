"""When the book's build runs its cells again, and how it marks the short path."""

import io
import re
import shutil
from pathlib import Path

import pytest

pytest.importorskip("sphinx", reason="sphinx is not installed: see requirements.txt")
from sphinx.application import Sphinx  # noqa: E402

from book._ext import stn_execute  # noqa: E402
from book._ext.stnbook import cache_key  # noqa: E402

pytestmark = pytest.mark.slow

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


def test_the_short_path_is_numbered_in_the_order_of_the_pages_and_marked_in_the_contents(tmp_path):
    """Chapter b comes before chapter a in the contents; the sum is that of all marks."""
    mark = "# Chapter {}\n\n## Look\n\n```{{two-hours}} {}\n:write: one two\nRead this.\n```\n\n## Skip\n\nText.\n"
    (tmp_path / "index.md").write_text("# Start\n\n```{two-hours-path}\n```\n\n```{toctree}\nb\na\n```\n")
    (tmp_path / "a.md").write_text(mark.format("A", 7))
    (tmp_path / "b.md").write_text(mark.format("B", 5))
    app = Sphinx(
        tmp_path,
        None,
        tmp_path / "html",
        tmp_path / "doctrees",
        "html",
        confoverrides=dict(extensions=["myst_parser", "book._ext.stn_two_hours"]),
        status=None,
        warningiserror=True,
    )
    app.build()
    start, a, b = ((tmp_path / "html" / f"{page}.html").read_text() for page in ("index", "a", "b"))
    rows = [re.sub(r"<[^>]*>", "", row).split() for row in re.findall(r"<tr.*?</tr>", start, re.DOTALL)]
    assert rows[1:] == [["Look:", "write", "one,", "two", minutes] for minutes in "57"] + [["together", "12"]]
    assert "stop 1 of 2, 5 min" in b and 'Next: <a class="reference internal" href="a.html#look">' in b
    assert "stop 2 of 2, 7 min" in a and "Next: " not in a
    pill = ' <span class="two-hours">2 h</span>'
    assert f"Chapter A{pill}</a>" in start and f"Look{pill}</a>" in start and f"Skip{pill}" not in start


PAGE = """\
---
jupytext: {{text_representation: {{extension: .md, format_name: myst}}}}
kernelspec: {{display_name: Python 3, language: python, name: python3}}
---
# Page

```{{code-cell}} python
{}
```
"""


def built(tmp_path, **options):
    """Build the pages of a folder as the book does, and return what was logged."""
    log = io.StringIO()
    names = ["myst_nb", "book._ext.stn_execute"]
    settings = dict(extensions=names, source_suffix={".md": "myst-nb"}, nb_execution_mode="cache", **options)
    folders = tmp_path, None, tmp_path / "html", tmp_path / "doctrees", "html"
    app = Sphinx(*folders, confoverrides=settings, status=log, warning=log)
    app.build()
    return re.sub(r"\x1b\[[0-9;]*m", "", log.getvalue())


def test_pages_run_together_and_their_results_are_found(tmp_path):
    """Two pages that can only end when both run at the same time, and a third; a second build runs none of them."""
    wait = (
        "import pathlib, time\npathlib.Path('{}').touch()\n"
        "while not pathlib.Path('{}').exists():\n    time.sleep(0.01)\n6 * 7"
    )
    (tmp_path / "index.md").write_text("# Start\n\n```{toctree}\na\nb\nc\n```\n")
    (tmp_path / "a.md").write_text(PAGE.format(wait.format("is_a", "is_b")))
    (tmp_path / "b.md").write_text(PAGE.format(wait.format("is_b", "is_a")))
    (tmp_path / "c.md").write_text(PAGE.format("import sys\n'this' in sys.modules"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stn_execute, "pages_at_a_time", lambda: 2)
        patch.setattr(stn_execute, "LOADED", ("this", "that_is_not_installed"))
        log = built(tmp_path, nb_execution_cache_path=str(tmp_path / "cache"))
    assert "of 3 pages, 2 at a time" in log and "[ 3 of 3]" in log and log.count("Using cached notebook") == 3
    assert "42" in (tmp_path / "html" / "a.html").read_text("utf8")
    assert "True" in (tmp_path / "html" / "c.html").read_text("utf8")  # loaded before the kernel started
    (tmp_path / "a.md").write_text((tmp_path / "a.md").read_text() + "\nMore.\n")
    again = built(tmp_path, nb_execution_cache_path=str(tmp_path / "cache"))
    assert " of 1]" not in again and "Using cached notebook" in again


def test_a_page_that_fails_is_left_to_sphinx(tmp_path):
    (tmp_path / "index.md").write_text(PAGE.format("raise ValueError('broken on purpose')"))
    log = built(tmp_path, nb_execution_cache_path=str(tmp_path / "cache"), nb_execution_show_tb=True)
    assert "[ 1 of 1] index" in log and "broken on purpose" in log and "Executing notebook failed" in log
