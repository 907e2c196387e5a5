"""The loop of all experiments: measure the missing cells, and write each as soon as it is done."""

import contextlib
import hashlib
import multiprocessing
import os
import shutil
import signal
import sys
import time
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait
from dataclasses import dataclass
from pathlib import Path

from book.experiments import ledger
from stn_numpy.files import as_json, locked, provenance

# Results must not depend on how many cells are measured at a time: each process computes on one thread.
ONE_THREAD = {f"{name}_NUM_THREADS": "1" for name in ("OMP", "OPENBLAS", "MKL", "NUMBA", "VECLIB_MAXIMUM")}
REPORT_EVERY = 0.2  # seconds
BAR = "{percentage:3.0f}%|{bar}| {n:.1f}/{total_fmt} cells [{elapsed}<{remaining}{postfix}]"


class Stopped(Exception):
    """A cell was stopped; it resumes from the content of its folder."""


@dataclass(frozen=True)
class Experiment:
    """A list of cells and a function that measures one."""

    name: str  # of its ledger, too
    chapter: int
    cells: list  # a dict of settings each, plain JSON: all that determines the cell's result, including the seed
    # measure(settings, context) -> dict, a function of a module: other processes import it. Results are JSON; arrays
    # and tensors become lists. Its `seconds`, `processor_seconds` and `made_by`, if any, replace the
    # engine's own.
    measure: Callable
    alike: tuple = ("seed",)  # settings that do not change what a cell costs


class Context:
    """The context of a cell: its `folder` for checkpoints, removed once the cell is written; `stop()`, whether it
    should save what it can and raise `Stopped`; and the `device` of networks: "auto", "cpu", "cuda" or "cuda:N"."""

    def __init__(self, folder, stop=lambda: False, report=lambda share, text: None, device="cpu"):
        self.folder, self.stop, self.device = Path(folder), stop, device
        self._report, self._last = report, 0.0

    def progress(self, share, text="") -> None:
        """Show how much of the cell is done, 0 to 1."""
        if time.monotonic() - self._last > REPORT_EVERY:
            self._last = time.monotonic()
            self._report(share, text)

    def check(self) -> None:
        """Raise `Stopped` if a stop was requested."""
        if self.stop():
            raise Stopped

    def steps(self, count):
        """``range(count)``, which shows its progress and checks for a stop."""
        for step in range(count):
            self.check()
            yield step
            self.progress((step + 1) / count)


NO_SERIES = Context("runs")  # for a page or a test that calls an experiment's functions


@dataclass(frozen=True)
class Places:
    """The folders of the ledgers and of the cells' own folders; command and commit, for the ledger; the device; whether
    the cells' folders are kept."""

    results: Path = ledger.RESULTS
    runs: Path = Path("runs")
    command: str = ""
    commit: str = ""
    device: str = "cpu"
    keep: bool = False

    def of_cell(self, experiment, settings) -> Path:
        """The folder of a cell."""
        return Path(self.runs) / experiment.name / hashlib.sha256(ledger.key_of(settings).encode()).hexdigest()[:12]


def records_of(experiment, results) -> ledger.Cells:
    """The records of an experiment's ledger, including stale ones."""
    exists = ledger.path_of(experiment.name, results).exists()
    return ledger.read(experiment.name, results) if exists else ledger.Cells()


def cells_left(cells, records) -> list:
    """The cells of which there is no record."""
    done = {ledger.key_of(record.settings) for record in records}
    return [cell for cell in cells if ledger.key_of(cell) not in done]


def processor_seconds_of(experiment, settings, records) -> float | None:
    """The likely cost of a cell: the mean over records that differ only in `alike` settings; None if there are none."""

    def kind(found):
        return ledger.key_of({name: value for name, value in found.items() if name not in experiment.alike})

    alike = [record for record in records if kind(record.settings) == kind(settings)]
    taken = [record.processor_seconds or record.seconds for record in alike]
    taken = [seconds for seconds in taken if seconds is not None]
    return sum(taken) / len(taken) if taken else None


def measure_cell(experiment, settings, places, stop=lambda: False, report=lambda share, text: None):
    """Measure one cell and write it; return its record, or None if it was stopped or another command measures it."""
    folder = places.of_cell(experiment, settings)
    with contextlib.ExitStack() as stack:
        try:
            stack.enter_context(locked(f"{folder}.lock"))
        except BlockingIOError:
            return None
        if stop() or not cells_left([settings], records_of(experiment, places.results)):
            return None
        folder.mkdir(exist_ok=True)
        start, processor_start = time.perf_counter(), time.process_time()
        try:
            result = as_json(experiment.measure(settings, Context(folder, stop, report, places.device)))
        except Stopped:
            return None
        taken = dict(processor_seconds=time.process_time() - processor_start, seconds=time.perf_counter() - start)
        taken = {name: result.pop(name, round(seconds, 1)) for name, seconds in taken.items()}
        made_by = provenance(places.command, places.commit) | result.pop("made_by", {})
        record = ledger.Record(as_json(settings), made_by, result=result, **taken)
        ledger.add(experiment.name, record, places.results)
        if not places.keep:
            shutil.rmtree(folder, ignore_errors=True)
        return record


def run_cells(experiment, cells, places, workers=1, stop=lambda: False) -> int:
    """Measure the missing cells, several at a time, until `stop()` is true; return how many are left."""
    from tqdm import tqdm

    left = cells_left(cells, records_of(experiment, places.results))
    if not left:
        return 0
    os.environ.update(ONE_THREAD)
    context = multiprocessing.get_context("spawn")
    stopping, reports, shares = context.Event(), context.Queue(), {}
    pool = ProcessPoolExecutor(min(workers, len(left)), context, _start_worker, (stopping, reports))
    with pool, tqdm(total=len(cells), initial=len(cells) - len(left), bar_format=BAR) as bar:
        running = {pool.submit(_work, experiment, cell, places): cell for cell in left}
        try:
            while running:
                done, _ = wait(running, REPORT_EVERY, FIRST_COMPLETED)
                if stop():
                    stopping.set()
                while not reports.empty():
                    key, shares[key], text = reports.get()
                    bar.set_postfix_str(text, refresh=False)
                for future in done:
                    record = future.result()
                    shares[ledger.key_of(running.pop(future))] = float(record is not None)
                    if record is not None:
                        bar.write(as_line(experiment, record), file=sys.stdout)
                bar.n = len(cells) - len(left) + sum(shares.values())
                bar.refresh()
        except BaseException:
            stopping.set()
            pool.shutdown(wait=False, cancel_futures=True)
            for process in multiprocessing.active_children() if stop() else ():  # stopped twice
                process.kill()
            raise
    return len(cells_left(cells, records_of(experiment, places.results)))


def as_line(experiment, record) -> str:
    """A record in one line: the settings by which the experiment's cells differ, and the numbers of its result."""
    numbers = [f"{name} {value:.4g}" for name, value in record.result.items() if isinstance(value, (int, float))]
    return f"{in_words(record.settings, experiment.cells)}: {', '.join([*numbers, f'{record.processor_seconds} s'])}"


def in_words(settings, cells) -> str:
    """The settings by which some cells differ, as ``--only`` takes them."""
    values = {name: {ledger.key_of(cell[name]) for cell in [settings, *cells] if name in cell} for name in settings}
    return " ".join(f"{name}={as_word(value)}" for name, value in settings.items() if len(values[name]) > 1)


def as_word(value) -> str:
    """A setting's value as a word."""
    return value if isinstance(value, str) else ledger.key_of(value)


_WORKER = {}


def _start_worker(stopping, reports):
    """In each process: leave signals to the parent, which requests stops."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    _WORKER.update(stopping=stopping, reports=reports)


def _work(experiment, settings, places):
    parent, key = multiprocessing.parent_process(), ledger.key_of(settings)

    def stop():
        return _WORKER["stopping"].is_set() or not parent.is_alive()

    def report(share, text):
        _WORKER["reports"].put((key, share, text))

    record = measure_cell(experiment, settings, places, stop, report)
    if not parent.is_alive():  # it was killed, so nothing else would end this process
        os._exit(1)
    return record
