"""The reader's files: what a stub says of itself, whether anyone has touched it, and the function in it."""

import ast
import difflib
import importlib.util
import re
from dataclasses import dataclass
from pathlib import Path

from .sections import BOOK, ROOT

EXERCISES = BOOK / "exercises"
FIELDS = ("Chapter", "Difficulty", "Size", "Check")


@dataclass(frozen=True)
class Stub:
    """A reader's file: its number and name, read from the file's name."""

    path: Path

    @property
    def chapter(self):
        return int(self.path.stem[2:4])

    @property
    def name(self):
        return self.path.stem[5:]

    @property
    def shown(self):
        """The path as one would type it."""
        return self.path.relative_to(ROOT).as_posix() if self.path.is_relative_to(ROOT) else self.path.name

    def tree(self):
        """The file's syntax tree; SyntaxError where it is not Python."""
        return ast.parse(self.path.read_text("utf8"), filename=str(self.path))

    def function(self):
        """The syntax tree of the exercise's function, or None."""
        found = [node for node in self.tree().body if isinstance(node, ast.FunctionDef) and node.name == self.name]
        return found[-1] if found else None

    def fields(self):
        """The header's lines, such as ``{"Difficulty": "1 of 3"}``."""
        return dict(re.findall(rf"^({'|'.join(FIELDS)}): +(.+)$", self.path.read_text("utf8"), re.MULTILINE))

    def title(self):
        """The header's first line without the full stop."""
        found = re.match(r'"""(.+?)\.?$', self.path.read_text("utf8"), re.MULTILINE)
        return found[1] if found else self.name

    def hints(self):
        """What stands in HINTS at the end of the file, whatever stands above it."""
        _, found, end = self.path.read_text("utf8").rpartition("\nHINTS = ")
        return ast.literal_eval(end) if found else []

    def placeholder(self):
        """The line number of the untouched ``raise NotImplementedError``, None once the reader has begun."""
        function = self.function()
        body = function.body[1:] if function and ast.get_docstring(function) is not None else []
        if not body or not isinstance(body[0], ast.Raise):
            return None
        return body[0].lineno if "NotImplementedError" in ast.unparse(body[0]) else None

    def touched(self):
        """Whether the reader has begun."""
        try:
            return self.placeholder() is None
        except SyntaxError:
            return True

    def load(self):
        """Run the file and return the function, None if there is none; whatever goes wrong in it is raised."""
        spec = importlib.util.spec_from_file_location(f"your_{self.path.stem}", self.path)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return getattr(module, self.name, None)


def stubs(folder=None):
    """All stubs of a folder (book/exercises), by chapter, and in a chapter as the book asks for them.

    Raises
    ------
    ValueError
        If the folder holds none.
    """
    found = [Stub(path.resolve()) for path in sorted(Path(folder or EXERCISES).glob("ex[0-9][0-9]_*.py"))]
    if not found:
        raise ValueError(f"--exercises: expected a folder with files such as ex03_affine_grid.py, got {str(folder)!r}")
    order = {name: place for path in sorted(BOOK.glob("[0-9][0-9]_*.md"))
             for place, name in enumerate(re.findall(r"^:stub: (\w+)$", path.read_text("utf8"), re.MULTILINE))}
    return sorted(found, key=lambda stub: (stub.chapter, order.get(stub.name, len(order)), stub.name))


def select(wanted, folder=None):
    """The stubs that `--ex` means: a chapter's number or topic, an exercise's name, or a part of one.

    Raises
    ------
    ValueError
        If nothing is meant by it; the message lists what there is.
    """
    everything, topics = stubs(folder), {path.stem[3:]: int(path.stem[:2]) for path in BOOK.glob("[0-9][0-9]_*.md")}
    word = re.sub(r"^ex\d*_|\.py$", "", wanted.strip().lower().replace("-", "_"))
    chapter = int(word) if word.isdigit() else topics.get(word)
    tries = [[s for s in everything if s.name == word],
             [s for s in everything if s.chapter == chapter],
             [s for s in everything if word in s.name and word]]
    for found in tries:
        if found:
            return found
    near = difflib.get_close_matches(word, [s.name for s in everything], 1)
    raise ValueError(f"--ex: expected a chapter or an exercise, got {wanted!r}."
                     + (f" Did you mean {near[0]}?" if near else "") + " There are:\n"
                     + "\n".join(f"  {s.chapter:2}  {s.name}" for s in everything))
