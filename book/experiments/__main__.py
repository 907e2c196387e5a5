"""The experiments of the chapters: ``python -m book.experiments``."""

import argparse
import importlib
import json
import os
import sys
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

from book.experiments import engine, ledger
from stn_numpy.files import commit_of_code

PROGRAM = "python -m book.experiments"
MODULES = ("training.rotated_mnist", "scale.table", "scale.speed", "debugging.clinic", "families.fits",
           "more_than_one.addition", "more_than_one.depth", "more_than_one.colocalise", "aerial.rivals")

DESCRIPTION = """\
Without a name: the experiments by chapter, how many of their cells are done, and what is left, in minutes of one core,
as far as cells of the same kind are done ("?" where none is). With a name: measure the cells that are missing.
"""

EPILOG = """\
Each cell is written as soon as it is done; Ctrl-C or a kill loses the cells in hand at most, and networks that save
checkpoints go on from those. The same command goes on; several at a time may work on one ledger.

Exit codes: 0 done, 1 something failed, 2 a wrong argument, 130 stopped, and what was done is saved.
"""


def catalogue() -> list:
    """All experiments, in the order of the chapters."""
    return [importlib.import_module(f"book.experiments.{name}").EXPERIMENT for name in MODULES]


def make_parser():
    """The command's arguments."""
    from stn_numpy.pytorch.command import Parser

    parser = Parser(prog=PROGRAM, description=DESCRIPTION, epilog=EPILOG, allow_abbrev=False,
                    formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add("name", nargs="?", help="which experiment")
    add("--only", nargs="+", default=[], metavar="KEY=VALUE[,VALUE...]", help="the cells with these settings alone")
    add("--set", nargs="+", default=[], metavar="KEY=VALUE", help="other settings in all cells, such as fewer steps: "
        "these are other cells, which the chapters do not read")
    add("--list", action="store_true", help="show the cells and whether they are done, and measure nothing")
    add("--workers", type=int, default=1, metavar="N", help="processes, each of one thread (default: %(default)s)")
    add("--device", default="auto", metavar="NAME", help="of networks that may be trained on another: auto, cpu, cuda "
        "or cuda:N (default: auto, CUDA if there is)")
    add("--out", type=Path, default=ledger.RESULTS, metavar="FOLDER", help="of the ledgers (default: book/results)")
    add("--runs", type=Path, default=Path("runs"), metavar="FOLDER", help="of checkpoints (default: %(default)s)")
    return parser


def overview(experiments, results):
    """One line for each experiment."""
    for experiment in experiments:
        records = engine.records_of(experiment, results)
        left = engine.cells_left(experiment.cells, records)
        print(f"chapter {experiment.chapter:<4}{experiment.name:<20}"
              f"{len(experiment.cells) - len(left):>5} of {len(experiment.cells):>3} cells"
              f"  {cost_of(experiment, left, records):>24}")


def cost_of(experiment, cells, records) -> str:
    """What some cells are likely to take."""
    taken = [engine.processor_seconds_of(experiment, cell, records) for cell in cells]
    known = sum(seconds for seconds in taken if seconds is not None) / 60
    words = [f"{known:.1f}"] * (known > 0) + ["?"] * (None in taken)
    return f"{' + '.join(words)} core-minutes left" if cells else ""


def show_cells(experiment, cells, places):
    """One line for each cell, and those of the ledger that the experiment has no more."""
    records = engine.records_of(experiment, places.results)
    left = engine.cells_left(cells, records)
    for cell in cells:
        begun = "begun" if places.of_cell(experiment, cell).is_dir() else "left"
        print(f"{begun if cell in left else 'done':<7}{engine.in_words(cell, experiment.cells)}")
    known = {ledger.key_of(cell) for cell in [*experiment.cells, *cells]}
    for record in records:
        if ledger.key_of(record.settings) not in known:
            print(f"{'stale':<7}{engine.in_words(record.settings, experiment.cells)} (not counted: the experiment has "
                  "no such cell now)")
    print(f"{len(cells) - len(left)} of {len(cells)} cells are done {cost_of(experiment, left, records)}".rstrip())


def select(experiment, only, changes) -> list:
    """The cells that ``--only`` leaves, after ``--set`` has changed them.

    Returns
    -------
    list of dict
    """
    cells = experiment.cells
    for text in only:
        name, _, words = text.partition("=")
        own = {key: engine.as_word(cell[name]) for key, cell in enumerate(cells) if name in cell}
        values = [words] if words in own.values() else words.split(",")  # a value may have a comma
        cells = [cells[key] for key, value in own.items() if value in values]
        if not cells:
            found = dict.fromkeys(engine.as_word(cell[name]) for cell in experiment.cells if name in cell)
            refuse(f"--only: expected {name}={','.join(found) or '...'}, got {text!r}" if found else
                   f"--only: expected one of {', '.join(names_of(experiment))}, got {text!r}")
    for text in changes:
        name, _, word = text.partition("=")
        if name not in names_of(experiment):
            refuse(f"--set: expected one of {', '.join(names_of(experiment))}, got {text!r}")
        try:
            value = json.loads(word)
        except ValueError:
            value = word
        cells = [cell | {name: value} if name in cell else cell for cell in cells]
    return list({ledger.key_of(cell): cell for cell in cells}.values())


def names_of(experiment) -> list:
    """The settings that an experiment's cells have."""
    return list(dict.fromkeys(name for cell in experiment.cells for name in cell))


def refuse(message):
    """End with one line about a wrong argument."""
    from stn_numpy.pytorch.command import Refusal

    raise Refusal(message, 2)


def work(options, command, experiments):
    """Do what the options say."""
    from stn_numpy.pytorch.command import Refusal, Stop

    if options.workers < 1:
        refuse(f"--workers: expected at least 1, got {options.workers}")
    if options.name is None:
        return overview(experiments, options.out)
    known = {experiment.name: experiment for experiment in experiments}
    if options.name not in known:
        refuse(f"name: expected one of {', '.join(known)}, got {options.name!r}")
    experiment = known[options.name]
    places = engine.Places(options.out, options.runs, command, commit_of_code(), options.device)
    cells = select(experiment, options.only, options.set)
    if options.list:
        return show_cells(experiment, cells, places)
    with Stop() as stop:
        try:
            left = engine.run(experiment, cells, places, options.workers, stop)
        except BrokenProcessPool as error:
            raise Refusal("a process was killed; what was done is kept, and the same command goes on") from error
        if left and stop():
            print(f"stopped, {len(cells) - left} of {len(cells)} cells are done; the same command goes on",
                  file=sys.stderr)
            raise SystemExit(130)
    print(f"{len(cells) - left} of {len(cells)} cells are done" + (", another command has the others" if left else "")
          + f", in {os.path.relpath(ledger.path_of(experiment.name, options.out))}")


def main(arguments=None, experiments=None):
    """The command; see ``--help``."""
    from stn_numpy.pytorch.command import Refusal, plain_errors

    options = make_parser().parse_args(arguments)
    command = " ".join([PROGRAM, *(sys.argv[1:] if arguments is None else arguments)])
    with plain_errors("experiments"):
        try:
            work(options, command, catalogue() if experiments is None else experiments)
        except ledger.LedgerError as error:
            raise Refusal(str(error)) from error


if __name__ == "__main__":
    main()
