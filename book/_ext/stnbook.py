"""Sphinx settings of this book beyond its extensions: kernels, cache, numbers, offline formulas, times.

- Cells run in book/, so kernels get the repository's root on PYTHONPATH.
- The execution cache is keyed by every file that cells read or import, and by the versions of the packages: a change to
  any of them runs the cells again.
- A chapter's number is the number in its file's name, so that chapter 10 is "10" before chapters 03 to 09 exist.
- MathJax is one local file, so that pages opened from a folder show their formulas without a network.
- A build with warnings is not saved, so that the next one shows them again.
- Garbage collection is off: a build makes millions of objects that stay, and Python would scan them again and again.
"""

import gc
import hashlib
import os
import platform
import re
import shutil
from importlib import metadata
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.environment import BuildEnvironment
from sphinx.environment.collectors.toctree import TocTreeCollector
from sphinx.util import logging

LOGGER = logging.getLogger(__name__)
KERNEL_THREADS = "1"  # so that no number on a page depends on the number of cores
THREAD_VARIABLES = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")
VERSIONED = ("numpy", "numba", "matplotlib", "torch", "ipykernel", "myst-nb")
# Files that cells read or import, apart from the chapters themselves
INPUTS = (
    "stn_numpy/**/*",
    "book/*.py",
    "book/exercises/**/*",
    "book/experiments/**/*",
    "book/results/**/*",
    "tests/judge/**/*",
    "tests/misconceptions/**/*",
    "tests/solutions.py",
    "tests/test_exercises.py",
    "conftest.py",
)


def _inputs(root):
    paths = {path for pattern in INPUTS for path in root.glob(pattern)}
    return [path for path in sorted(paths) if path.is_file() and "__pycache__" not in path.parts]


def cache_key(root: Path) -> str:
    """Hash of every file that can change the output of a cell, and of the versions of the packages."""
    digest = hashlib.sha256(platform.python_version().encode())
    for name in VERSIONED:
        try:
            digest.update(f"{name}={metadata.version(name)};".encode())
        except metadata.PackageNotFoundError:
            digest.update(f"{name} missing;".encode())
    for path in _inputs(root):
        digest.update(path.relative_to(root).as_posix().encode() + b"\0")
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:16]


def prepare_execution(app: Sphinx, config: Config) -> None:
    """Give this state of the files its own cache, and delete the caches of other states."""
    root, build = Path(app.srcdir), Path(app.outdir).parent
    cache = build / f".jupyter_cache-{cache_key(root)}"
    for old in build.glob(".jupyter_cache-*"):
        if old != cache:
            shutil.rmtree(old, ignore_errors=True)
    config.nb_execution_cache_path = str(cache)
    prepare_kernels(root, build)


def prepare_kernels(root: Path, build: Path) -> None:
    """Set the environment that kernels inherit from the build."""
    paths = [str(root), *filter(None, [os.environ.get("PYTHONPATH")])]
    os.environ["PYTHONPATH"] = os.pathsep.join(paths)
    for name in THREAD_VARIABLES:
        os.environ.setdefault(name, KERNEL_THREADS)
    os.environ.setdefault("PYDEVD_DISABLE_FILE_VALIDATION", "1")
    # The book's figures do not depend on a matplotlibrc at home. The list of fonts is built here, because matplotlib
    # reports that on stderr, which would fail the first cell that plots.
    os.environ["MPLCONFIGDIR"] = str(build / ".matplotlib")
    import matplotlib.font_manager  # noqa: F401


def show_buttons(app: Sphinx, config: Config) -> None:
    """Show the repository's buttons if _config.yml names a repository."""
    options = config.html_theme_options
    if options.get("repository_url"):
        options.update(use_repository_button=True, use_issues_button=True)


def chapter_number(docname: str) -> int | None:
    """10 for book/10_training, None for a page without a number."""
    match = re.match(r"(\d+)_", docname.rpartition("/")[2])
    return int(match[1]) if match else None


def number_chapters(app: Sphinx, env: BuildEnvironment) -> list[str]:
    """Number each chapter, and its figures, by its file's name instead of its place in the table of contents."""
    for docname, sections in env.toc_secnumbers.items():
        chapter = chapter_number(docname)
        if chapter is None:
            continue
        env.toc_secnumbers[docname] = {
            anchor: (chapter, *number[1:]) if number else number for anchor, number in sections.items()
        }
        # The sidebar shows the lists in titles and contents
        for node in [env.titles[docname], *env.tocs[docname].findall(nodes.reference)]:
            if node.get("secnumber"):
                node["secnumber"] = [chapter, *node["secnumber"][1:]]
    return TocTreeCollector().assign_figure_numbers(env)


def copy_mathjax(app: Sphinx) -> None:
    """Copy the single-file MathJax from its package: the full one, which fetches no TeX package."""
    name = Path(app.config.mathjax_path)
    source = metadata.distribution("sphinx-mathjax-offline").locate_file("sphinx-mathjax-offline/static") / name
    target = Path(app.outdir) / "_static" / name
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)


def print_times(app: Sphinx) -> None:
    """Print the seconds that each chapter's cells took in their last run."""
    times = {
        name: data["exec_data"]["runtime"] or 0.0
        for name, data in sorted(app.env.nb_metadata.items())
        if data.get("exec_data")
    }
    for name, seconds in times.items():
        LOGGER.info("%7.1f s  %s", seconds, name)
    LOGGER.info("%7.1f s  all cells of the book", sum(times.values()))


def print_as_one_page(app: Sphinx) -> None:
    """Give the builder of the one long page, from which the PDF is printed, the handlers of the html builder."""
    handlers = app.registry.translation_handlers
    handlers["singlehtml"] = handlers.get("html", {}) | handlers.get("singlehtml", {})
    if app.builder.name == "singlehtml":
        app.builder.search = False
        skip_summary(app)


def skip_summary(app: Sphinx) -> None:
    """Stop the theme from summarising the one long page.

    It joins the texts of all sections, nested ones several times, before it shortens them to 160 characters: for a
    whole book that takes seconds.
    """
    from sphinx_book_theme import add_metadata_to_page

    for listener in list(app.events.listeners["html-page-context"]):
        if listener.handler is add_metadata_to_page:
            app.disconnect(listener.id)
            # Earlier than the listeners of the same priority, which use its result
            app.connect(
                "html-page-context", lambda *args: add_metadata_to_page(*args[:-1], None), listener.priority - 1
            )


def finish(app: Sphinx, exception: Exception | None) -> None:
    """After the build, copy MathJax and print the times; discard the saved state of a build with warnings."""
    if exception is None and app.builder.format == "html":
        copy_mathjax(app)
        print_times(app)
    if exception is not None or app._warncount:
        (Path(app.doctreedir) / "environment.pickle").unlink(missing_ok=True)


def setup(app: Sphinx) -> dict:
    """Connect the above to the build's events."""
    gc.disable()
    # Jupyter Book sets this value even without the extension that reads it
    app.add_config_value("comments_config", {}, "")
    app.setup_extension("book._ext.stn_execute")
    app.setup_extension("book._ext.stn_exercises")
    app.setup_extension("book._ext.stn_explore")
    app.setup_extension("book._ext.stn_looks")
    app.setup_extension("book._ext.stn_two_hours")
    app.connect("config-inited", prepare_execution)
    app.connect("config-inited", show_buttons)
    app.connect("builder-inited", print_as_one_page)
    app.connect("env-get-updated", number_chapters, priority=600)  # after Sphinx's own numbers
    app.connect("build-finished", finish)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
