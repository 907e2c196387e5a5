"""The results of experiments: a JSON file of cells for each, to which the engine adds and which the chapters read."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from stn_numpy.files import as_json, locked, write_json

RESULTS = Path(__file__).parents[1] / "results"


class LedgerError(ValueError):
    """A file that is not the ledger of this experiment."""


@dataclass(frozen=True)
class Record:
    """A finished cell; the seconds are None where they were not recorded."""

    settings: dict
    made_by: dict  # command, commit, versions, machine, date
    processor_seconds: float | None
    seconds: float | None
    result: dict


class Cells(list):
    """Records, with means over their seeds."""

    def where(self, **settings) -> "Cells":
        """The records with these settings; None also stands for a setting that a record does not have."""
        return Cells(cell for cell in self if all(cell.settings.get(name) == value for name, value in settings.items()))

    def one(self, **settings) -> Record:
        """The only record with these settings."""
        found = self.where(**settings)
        if len(found) != 1:
            raise LookupError(f"expected one cell with {settings}, got {len(found)}")
        return found[0]

    def values(self, *path) -> list:
        """The number at this path of each record's result: ``values("test", "error")``."""
        found = [cell.result for cell in self]
        for name in path:
            found = [value[name] for value in found]
        return found

    def mean(self, *path) -> float:
        """The mean of `values`."""
        return float(np.mean(self.values(*path)))

    def spread(self, *path) -> float | None:
        """The sample standard deviation of `values`; None for a single one."""
        return float(np.std(self.values(*path), ddof=1)) if len(self) > 1 else None


def key_of(settings) -> str:
    """A key that is the same for equal cells only."""
    return json.dumps(as_json(settings), sort_keys=True)


def path_of(name, folder=RESULTS) -> Path:
    """The path of an experiment's ledger."""
    return Path(folder) / f"{name}.json"


def read(name, folder=RESULTS) -> Cells:
    """All finished cells of the experiment of this name."""
    path = path_of(name, folder)
    try:
        content = json.loads(path.read_text("utf8"))
        times = [(cell.get("processor_seconds"), cell.get("seconds")) for cell in content["cells"]]
        pairs = zip(content["cells"], times)
        cells = Cells(Record(cell["settings"], cell["made_by"], *taken, cell["result"]) for cell, taken in pairs)
        found = content["experiment"]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        why = f"({type(error).__name__}: {error})"
        raise LedgerError(f"{path} is damaged or no ledger {why}; move it away to start again") from error
    if found != name:
        raise LedgerError(f"{path} is the ledger of another experiment: expected {name!r}, got {found!r}")
    return cells


def add(name, record, folder=RESULTS) -> None:
    """Write one record into the ledger of the experiment of this name, unless an equal cell is already there."""
    path = path_of(name, folder)
    with locked(f"{path}.lock", 60, keep=True):  # several processes add to it, so each reads it again first
        cells = read(name, folder) if path.exists() else Cells()
        if all(key_of(cell.settings) != key_of(record.settings) for cell in cells):
            write_json(path, dict(experiment=name, cells=[asdict(cell) for cell in [*cells, record]]))
