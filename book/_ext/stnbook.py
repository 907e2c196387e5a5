"""What this book needs of Sphinx beyond its extensions: kernels, cache, numbers, offline formulas, times.

- Cells run in book/, so kernels get the repository's root on PYTHONPATH.
- The execution cache is keyed by the library, its data, the recorded results, the judge of the exercises, and the
  versions of what cells import: a change to any of them runs the cells again.
- A chapter's number is the number in its file's name, so that chapter 10 is "10" before chapters 03 to 09 exist.
- MathJax is one local file, so that pages opened from a folder show their formulas without a network.
- A build with warnings is not remembered: the next one finds them again instead of passing on saved pages.
- Garbage is not looked for: a build makes millions of objects that stay, and Python would go through them all the time.
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
from sphinx.environment.collectors.toctree import TocTreeCollector
from sphinx.util import logging

LOGGER = logging.getLogger(__name__)
KERNEL_THREADS = "1"     # so that no number on a page depends on how many cores built it
THREAD_VARIABLES = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")
READ_BY_CELLS = ("stn_numpy", "book/results", "book/exercises", "tests/judge", "tests/misconceptions",
                 "tests/solutions.py", "tests/test_exercises.py", "conftest.py")
VERSIONED = ("numpy", "numba", "matplotlib", "torch", "ipykernel", "myst-nb")


def _inputs(root):
    """Every file, apart from the chapters themselves, that can change what a cell prints."""
    for place in READ_BY_CELLS:
        for path in sorted((root / place).rglob("*")) or [root / place]:
            if path.is_file() and "__pycache__" not in path.parts:
                yield path


def cache_key(root):
    """Hash of the library, its data, the recorded results, and the versions that cells run on."""
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


def prepare_execution(app, config):
    """Point the cache at this state of the library, and drop the caches of other states."""
    root, build = Path(app.srcdir), Path(app.outdir).parent
    cache = build / f".jupyter_cache-{cache_key(root)}"
    for old in build.glob(".jupyter_cache-*"):
        if old != cache:
            shutil.rmtree(old, ignore_errors=True)
    config.nb_execution_cache_path = str(cache)
    prepare_kernels(root, build)


def prepare_kernels(root, build):
    """Set the environment that kernels inherit from the build."""
    paths = [str(root), *filter(None, [os.environ.get("PYTHONPATH")])]
    os.environ["PYTHONPATH"] = os.pathsep.join(paths)
    for name in THREAD_VARIABLES:
        os.environ.setdefault(name, KERNEL_THREADS)
    os.environ.setdefault("PYDEVD_DISABLE_FILE_VALIDATION", "1")
    # The book's figures do not depend on the reader's own matplotlibrc. The font list is made here, because
    # matplotlib announces that on stderr, which would fail the first cell that plots.
    os.environ["MPLCONFIGDIR"] = str(build / ".matplotlib")
    import matplotlib.font_manager  # noqa: F401


def show_buttons(app, config):
    """Turn the repository's buttons on where _config.yml names a repository."""
    options = config.html_theme_options
    if options.get("repository_url"):
        options.update(use_repository_button=True, use_issues_button=True)


def chapter_number(docname):
    """10 for book/10_training, None for a page without a number."""
    found = re.match(r"(\d+)_", docname.rpartition("/")[2])
    return int(found[1]) if found else None


def number_chapters(app, env):
    """Replace the place in the table of contents by the number in the file's name, then number the figures anew."""
    for docname, sections in env.toc_secnumbers.items():
        chapter = chapter_number(docname)
        if chapter is None:
            continue
        env.toc_secnumbers[docname] = {
            anchor: (chapter, *number[1:]) if number else number for anchor, number in sections.items()
        }
        # Titles and contents hold lists of their own, which the sidebar shows
        for node in [env.titles[docname], *env.tocs[docname].findall(nodes.reference)]:
            if node.get("secnumber"):
                node["secnumber"] = [chapter, *node["secnumber"][1:]]
    return TocTreeCollector().assign_figure_numbers(env)


def copy_mathjax(app):
    """Copy the single-file MathJax out of the package that carries it; the full one, which fetches no TeX package."""
    name = Path(app.config.mathjax_path)
    source = metadata.distribution("sphinx-mathjax-offline").locate_file("sphinx-mathjax-offline/static") / name
    target = Path(app.outdir) / "_static" / name
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)


def print_times(app):
    """Print the seconds that each chapter's cells took when they last ran."""
    times = {name: data["exec_data"]["runtime"] or 0.0
             for name, data in sorted(app.env.nb_metadata.items()) if data.get("exec_data")}
    for name, seconds in times.items():
        LOGGER.info("%7.1f s  %s", seconds, name)
    LOGGER.info("%7.1f s  all cells of the book", sum(times.values()))


def print_as_one_page(app):
    """Teach the builder of the one long page, from which the PDF is printed, what only the html builder was taught."""
    handlers = app.registry.translation_handlers
    handlers["singlehtml"] = handlers.get("html", {}) | handlers.get("singlehtml", {})
    if app.builder.name == "singlehtml":
        app.builder.search = False      # nobody searches paper
        spare_the_summary(app)


def spare_the_summary(app):
    """Keep the theme from summing up the one long page: it joins the texts of all sections, nested ones once more each.

    It shortens them to 160 characters afterwards, which for a whole book is seconds for nothing.
    """
    from sphinx_book_theme import add_metadata_to_page

    for one in list(app.events.listeners["html-page-context"]):
        if one.handler is add_metadata_to_page:
            app.disconnect(one.id)
            # Before those of the same rank, which use what it leaves
            app.connect("html-page-context", lambda *given: add_metadata_to_page(*given[:-1], None), one.priority - 1)


def finish(app, exception):
    """After the build: formulas and times, and no memory of a build that had warnings."""
    if exception is None and app.builder.format == "html":
        copy_mathjax(app)
        print_times(app)
    if exception is not None or app._warncount:
        (Path(app.doctreedir) / "environment.pickle").unlink(missing_ok=True)


def setup(app):
    """Connect the above to the build's events."""
    gc.disable()
    # Jupyter Book always sets this value, also where the extension that reads it is left out
    app.add_config_value("comments_config", {}, "")
    app.setup_extension("book._ext.stn_exercises")
    app.setup_extension("book._ext.stn_explore")
    app.setup_extension("book._ext.stn_looks")
    app.connect("config-inited", prepare_execution)
    app.connect("config-inited", show_buttons)
    app.connect("builder-inited", print_as_one_page)
    app.connect("env-get-updated", number_chapters, priority=600)   # after Sphinx's own numbers
    app.connect("build-finished", finish)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
