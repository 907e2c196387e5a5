"""Run the cells of several pages at a time, before Sphinx reads the pages.

MyST-NB runs a page's cells when Sphinx reads it, one page after the other. Here every page without a result in the
cache is run first, in as many processes as there are cores; Sphinx then finds the results. The cells of a page run in
their order, in one kernel of one thread, as before, so that results are the same. The kernels of many pages have loaded
their packages before they start (`stn_kernels`). A page that fails is left to Sphinx, which runs it again and reports
the error with its place.
"""

import multiprocessing
import os
import time
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import suppress
from pathlib import Path

import nbformat
from jupyter_cache import get_cache
from jupyter_cache.base import CacheBundleIn
from jupyter_cache.executors.utils import single_nb_execution
from myst_nb.core.read import create_nb_reader
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util import logging

from book._ext.stn_kernels import load_before

LOGGER = logging.getLogger(__name__)
MEASURING = ("book/11_fast", "book/A_fast")  # their live timings need a quiet machine: each runs alone, at the end
MOST = 6  # pages at a time; a kernel takes up to a GiB
LOADED = ("matplotlib.pyplot", "myst_nb.ext.glue", "torch._dynamo")  # by most kernels; the last by torch's optimisers


def run_pages(app: Sphinx, env: BuildEnvironment, docnames: list) -> None:
    """Run the cells of the pages that Sphinx is about to read, as far as the cache lacks them."""
    if env.mystnb_config.execution_mode != "cache":
        return
    cache = get_cache(env.mystnb_config.execution_cache_path or ".jupyter_cache")
    pages = {name: notebook for name in docnames if (notebook := unknown_notebook(env, name, cache)) is not None}
    alone = [name for name in pages if name in MEASURING]
    longest_first = sorted(set(pages) - set(alone), key=lambda name: -os.path.getsize(env.doc2path(name)))
    several, done, total = pages_at_a_time(), 0, 0.0
    if pages:
        LOGGER.info("running the cells of %d pages, %d at a time", len(pages), several)
    groups = [{name: pages[name] for name in names} for names in (longest_first, alone)]
    for name, seconds, text in run_all(env, groups):
        done, total = done + 1, total + seconds
        together, one_by_one = max(0, len(longest_first) - done), min(len(alone), len(pages) - done)
        left = total / done * (together / several + one_by_one)
        LOGGER.info("[%2d of %d] %s: %.0f s; about %.0f s left", done, len(pages), name, seconds, left)
        if text:
            bundle = CacheBundleIn(
                nbformat.reads(text, 4), str(env.doc2path(name)), data=dict(execution_seconds=seconds)
            )
            cache.cache_notebook_bundle(bundle, check_validity=False, overwrite=True)


def pages_at_a_time() -> int:
    """One for each core that this process may use, but not more than memory holds."""
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(allowed, MOST)


def unknown_notebook(env, name, cache):
    """The page as a notebook, if it has cells whose results the cache lacks; else None."""
    path = env.doc2path(name)
    content = Path(path).read_text("utf8")
    reader = create_nb_reader(str(path), env.myst_config, env.mystnb_config, content)
    if reader is None:
        return None
    notebook = reader.read(content)
    if not any(cell.cell_type == "code" for cell in notebook.cells):
        return None
    with suppress(KeyError):
        cache.match_cache_notebook(notebook)
        return None
    return notebook


def run_all(env, groups):
    """Yield name, seconds and executed notebook of each page, as JSON, in the order in which they end; for a page that
    failed, an empty text. The pages of the first group run together, those of the second one by one."""
    count = sum(map(len, groups))
    if not count:
        return
    workers, timeout = min(pages_at_a_time(), count), env.mystnb_config.execution_timeout
    spawn = multiprocessing.get_context("spawn")
    early = (load_before, LOADED) if count > workers else ()
    with ProcessPoolExecutor(workers, spawn, *early) as pool:
        if all(groups):
            pool.submit(compile_kernels)
        waiting = [groups[0], *({name: page} for name, page in groups[1].items())]
        for pages in waiting:
            running = {
                pool.submit(run_page, nbformat.writes(page), str(Path(env.doc2path(name)).parent), timeout): name
                for name, page in pages.items()
            }
            for future in as_completed(running):
                yield running[future], *future.result()


def compile_kernels() -> None:
    """Compile the kernels before the pages need them: two pages at a time would both compile them."""
    import numpy as np

    from stn_numpy import TRANSFORMS, Classifier, LocalisationNetwork, SpatialTransformer, fast

    shape = (1, 28, 28)
    localisation = LocalisationNetwork(shape, TRANSFORMS["affine"].identity, channels=(8, 10), downsample=2)
    model = fast.compiled(Classifier(shape, "linear", transformer=SpatialTransformer(localisation, "affine")))
    model.backward(model(np.ones((64, *shape), np.float32)))  # as many as in training: large arrays take other kernels
    image, theta = np.ones((2, *shape)), np.ones((2, 2, 3))
    fast.affine_sample(image, theta, image.shape)
    fast.affine_sample_backward(image, image, theta)


def run_page(text: str, folder: str, timeout: int) -> tuple:
    """Run a notebook in a kernel of its own: the seconds, and the notebook as JSON, empty where a cell failed."""
    notebook = nbformat.reads(text, 4)
    begun = time.monotonic()
    result = single_nb_execution(notebook, cwd=folder, timeout=timeout, allow_errors=False, meta_override=True)
    return time.monotonic() - begun, "" if result.err else nbformat.writes(notebook)


def setup(app: Sphinx) -> dict:
    """Connect it to the build, after MyST-NB has made its configuration."""
    app.connect("env-before-read-docs", run_pages)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
