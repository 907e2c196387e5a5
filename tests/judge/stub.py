"""The reader's files: what a stub says of itself, whether anyone has touched it, and the function in it."""

import ast
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
        """What stands in HINTS at the end of the file."""
        for node in self.tree().body:
            if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "HINTS":
                return ast.literal_eval(node.value)
        return []

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
        """Run the file and return the function; whatever goes wrong in it is raised."""
        spec = importlib.util.spec_from_file_location(f"your_{self.path.stem}", self.path)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return getattr(module, self.name)


def stubs(folder=EXERCISES):
    """All stubs of a folder, by chapter, and in a chapter as the book asks for them."""
    found = [Stub(path) for path in sorted(Path(folder).glob("ex[0-9][0-9]_*.py"))]
    order = {name: place for path in sorted(BOOK.glob("[0-9][0-9]_*.md"))
             for place, name in enumerate(re.findall(r"^:stub: (\w+)$", path.read_text("utf8"), re.MULTILINE))}
    return sorted(found, key=lambda stub: (stub.chapter, order.get(stub.name, len(order)), stub.name))


def select(wanted, folder=EXERCISES):
    """The stubs that `--ex` means: a chapter's number or topic, an exercise's name, or a part of one.

    Raises
    ------
    ValueError
        If nothing is meant by it; the message lists what there is.
    """
    everything, topics = stubs(folder), {path.stem[3:]: int(path.stem[:2]) for path in BOOK.glob("[0-9][0-9]_*.md")}
    word = wanted.strip().lower()
    chapter = int(word) if word.isdigit() else topics.get(word)
    tries = [[s for s in everything if s.name == word or s.path.stem == word],
             [s for s in everything if s.chapter == chapter],
             [s for s in everything if word in s.name and word]]
    for found in tries:
        if found:
            return found
    raise ValueError(f"--ex: expected a chapter or an exercise, got {wanted!r}. There are:\n"
                     + "\n".join(f"  {s.chapter:2}  {s.name}" for s in everything))
