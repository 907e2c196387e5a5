"""The experiments of the chapters: ``python -m book.experiments``."""

import importlib
import json
import os
import sys
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

from book.experiments import engine, ledger
from stn_numpy.command import Parser, Refusal, Stop, plain_errors
from stn_numpy.files import commit_of_code

PROGRAM = "python -m book.experiments"
MODULES = (
    *("whole.program", "whole.rates", "training.rotated_mnist", "training.turning"),
    *("scale.rates", "scale.protocol", "scale.recipe", "scale.table", "scale.speed", "scale.shown"),
    *("debugging.clinic", "families.fits", "more_than_one.addition", "more_than_one.depth"),
    *("more_than_one.colocalise", "aerial.headings", "aerial.full_circle"),
)

DESCRIPTION = """\
Without a name: list the experiments by chapter, with the number of finished cells and the remaining time, in minutes of
one core, estimated from cells of the same kind ("?" where none is done), and at the end the time spent so far. With a
name: measure the missing cells.
"""

DEVICE = "auto, cpu, cuda or cuda:N, where `Run` trains (default: auto, CUDA if available); other cells use the CPU"

EPILOG = """\
Each cell is written as soon as it is done; Ctrl-C or a kill loses at most the cells being measured, and networks that
save checkpoints resume from those. The same command resumes; several at a time may work on one ledger.

Exit codes: 0 done, 1 something failed, 2 a wrong argument, 130 stopped and saved.
"""


def catalogue() -> list:
    """All experiments, in the order of the chapters."""
    return [importlib.import_module(f"book.experiments.{name}").EXPERIMENT for name in MODULES]


def read_options(arguments):
    """The command's options."""
    parser = Parser(prog=PROGRAM, description=DESCRIPTION, epilog=EPILOG)
    add, several = parser.add_argument, dict(nargs="+", default=[])
    add("name", nargs="?", help="which experiment")
    add("--only", **several, metavar="KEY=VALUE[,VALUE...]", help="only the cells with these settings")
    add("--set", **several, metavar="KEY=VALUE", help="change settings in all cells, such as fewer steps")
    add("--list", action="store_true", help="show the cells and whether they are done, without measuring")
    add("--workers", type=int, default=1, metavar="N", help="processes, each of one thread (default: %(default)s)")
    add("--device", default="auto", metavar="NAME", help=DEVICE)
    add("--out", type=Path, default=ledger.RESULTS, metavar="FOLDER", help="of the ledgers (default: book/results)")
    add("--runs", type=Path, default=Path("runs"), metavar="FOLDER", help="of checkpoints (default: %(default)s)")
    add("--keep", action="store_true", help="keep the cells' own folders, with the networks that they saved")
    options = parser.parse_args(arguments)
    if options.workers < 1:
        parser.error(f"--workers: expected at least 1, got {options.workers}")
    return options


def show_experiments(experiments, results):
    """One line for each experiment."""
    for experiment in experiments:
        records = engine.records_of(experiment, results)
        left = engine.cells_left(experiment.cells, records)
        done = f"{len(experiment.cells) - len(left):>5} of {len(experiment.cells):>3} cells"
        cost = cost_of(experiment, left, records)
        print(f"chapter {experiment.chapter:<4}{experiment.name:<20}{done}  {cost:>26}".rstrip())
    spent = [record.processor_seconds for each in experiments for record in engine.records_of(each, results)]
    known = [seconds for seconds in spent if seconds is not None]
    unknown = len(spent) - len(known)
    print(f"{sum(known) / 60:.0f} core-minutes spent on {len(known)} cells; of {unknown} it was not recorded")


def cost_of(experiment, cells, records) -> str:
    """The likely cost of some cells."""
    taken = [engine.processor_seconds_of(experiment, cell, records) for cell in cells]
    known = sum(seconds for seconds in taken if seconds is not None) / 60
    words = [f"{known:.1f}"] * (known > 0) + ["?"] * (None in taken)
    return f"{' + '.join(words)} core-minutes left" if cells else ""


def show_cells(experiment, cells, places):
    """One line for each cell, and for each stale record: one whose cell the experiment no longer has."""
    records = engine.records_of(experiment, places.results)
    left = engine.cells_left(cells, records)
    for cell in cells:
        state = "done" if cell not in left else "begun" if places.of_cell(experiment, cell).is_dir() else "left"
        print(f"{state:<7}{engine.in_words(cell, experiment.cells)}")
    known = {ledger.key_of(cell) for cell in [*experiment.cells, *cells]}
    for record in records:
        if ledger.key_of(record.settings) not in known:
            words = engine.in_words(record.settings, experiment.cells)
            print(f"stale  {words} (not counted: the experiment has no such cell now)")
    print(f"{len(cells) - len(left)} of {len(cells)} cells are done {cost_of(experiment, left, records)}".rstrip())


def select(experiment, only, changes) -> list:
    """The cells that ``--only`` selects, after ``--set`` has changed them."""
    cells, names = experiment.cells, list(dict.fromkeys(name for cell in experiment.cells for name in cell))
    for option, texts in (("--only", only), ("--set", changes)):
        for text in texts:
            if text.partition("=")[0] not in names:
                raise Refusal(f"{option}: expected one of {', '.join(names)}, got {text!r}", 2)
    for text in only:
        name, _, words = text.partition("=")
        own = {key: engine.as_word(cell[name]) for key, cell in enumerate(cells) if name in cell}
        values = [words] if words in own.values() else words.split(",")  # a value may have a comma
        if not set(values) & set(own.values()):
            raise Refusal(f"--only: expected {name}={','.join(dict.fromkeys(own.values()))}, got {text!r}", 2)
        cells = [cells[key] for key, value in own.items() if value in values]
    for text in changes:
        name, _, word = text.partition("=")
        try:
            value = json.loads(word)
        except ValueError:
            value = word
        cells = [cell | {name: value} if name in cell else cell for cell in cells]
    return list({ledger.key_of(cell): cell for cell in cells}.values())


def work(options, command, experiments):
    """Run the command with parsed options."""
    if options.name is None:
        return show_experiments(experiments, options.out)
    known = {experiment.name: experiment for experiment in experiments}
    if options.name not in known:
        raise Refusal(f"name: expected one of {', '.join(known)}, got {options.name!r}", 2)
    experiment = known[options.name]
    places = engine.Places(options.out, options.runs, command, commit_of_code(), options.device, options.keep)
    cells = select(experiment, options.only, options.set)
    if options.list:
        return show_cells(experiment, cells, places)
    from stn_numpy.pytorch.command import find_devices  # not above: --help needs no torch

    find_devices(options.device)  # refuses one that is not here
    with Stop() as stop:
        left = engine.run_cells(experiment, cells, places, options.workers, stop)
        done = f"{len(cells) - left} of {len(cells)} cells are done"
        if left and stop():
            print(f"stopped, {done}; the same command resumes", file=sys.stderr)
            raise SystemExit(130)
    path = os.path.relpath(ledger.path_of(experiment.name, options.out))
    print(done + (", another command is measuring the others" if left else "") + f", in {path}")


def command_of(arguments) -> str:
    """The command as a ledger records it: without this machine's folders, which do not affect a result."""
    folders = {k for k, word in enumerate(arguments) if word in ("--out", "--runs")}
    return " ".join([PROGRAM, *(word for k, word in enumerate(arguments) if k not in folders and k - 1 not in folders)])


def main(arguments=None, experiments=None):
    """The command; see ``--help``."""
    options = read_options(arguments)
    command = command_of(sys.argv[1:] if arguments is None else arguments)
    with plain_errors("experiments"):
        try:
            work(options, command, catalogue() if experiments is None else experiments)
        except BrokenProcessPool as error:
            raise Refusal("a process was killed; finished cells are kept, and the same command resumes") from error


if __name__ == "__main__":
    main()
