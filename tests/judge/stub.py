"""The reader's files: a stub's header, whether it has been edited, and the function in it."""

import ast
import codecs
import difflib
import functools
import importlib.util
import io
import re
import tokenize
from dataclasses import dataclass
from pathlib import Path

from .sections import BOOK, ROOT

EXERCISES = BOOK / "exercises"
FIELDS = ("Chapter", "Difficulty", "Size", "Check")


@dataclass(frozen=True)
class Stub:
    """A reader's file: its number and name, read from the file's name. It is read once, when it is first needed."""

    path: Path

    @property
    def chapter(self):
        return int(self.path.stem[2:4])

    @property
    def name(self):
        return self.path.stem[5:]

    @property
    def shown(self):
        """The path as it would be typed."""
        return self.path.relative_to(ROOT).as_posix() if self.path.is_relative_to(ROOT) else self.path.name

    @functools.cached_property
    def _source(self):
        """The file's text as Python would read it, and one line on why Python cannot (None if it can)."""
        try:
            data = self.path.read_bytes()
        except OSError as error:
            return "", f"{self.shown} cannot be read: {error.strerror}."
        if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return data.decode("utf-16", "replace"), _save_as_utf8(self.shown, "it is UTF-16")
        if b"\0" in data:
            return data.replace(b"\0", b"").decode("utf8", "replace"), _save_as_utf8(self.shown, "it holds null bytes")
        try:
            encoding, unknown = tokenize.detect_encoding(io.BytesIO(data).readline)[0], ""
        except SyntaxError as error:  # the encoding that the first lines name does not exist, or they are not UTF-8
            encoding, unknown = "utf-8", error.msg
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError as error:
            text, unknown = data.decode("latin-1"), f"line {data.count(10, 0, error.start) + 1} is not {error.encoding}"
        return text, unknown and _save_as_utf8(self.shown, unknown) or None

    @property
    def text(self):
        """The file's text; if its encoding is wrong, as much of it as can be read."""
        return self._source[0]

    @property
    def unreadable(self):
        """One line on why Python cannot read the file, None if it can."""
        return self._source[1]

    @functools.cached_property
    def tree(self):
        """The file's syntax tree; SyntaxError where it is not Python."""
        return ast.parse(self.text, filename=str(self.path))

    @property
    def function(self):
        """The syntax tree of the exercise's function, or None."""
        found = [node for node in self.tree.body if isinstance(node, ast.FunctionDef) and node.name == self.name]
        return found[-1] if found else None

    @functools.cached_property
    def fields(self):
        """The header's lines, such as ``{"Difficulty": "1 of 3"}``."""
        return dict(re.findall(rf"^({'|'.join(FIELDS)}): +(.+?)\r?$", self.text, re.MULTILINE))

    @property
    def title(self):
        """The header's first line without the full stop."""
        found = re.search(r'^"""(.+?)\.?\r?$', self.text, re.MULTILINE)
        return found[1] if found else self.name

    @property
    def hints(self):
        """The HINTS at the end of the file, whatever is above them."""
        _, found, end = self.text.rpartition("\nHINTS = ")
        return ast.literal_eval(end) if found else []

    @property
    def placeholder(self):
        """The line number of the untouched ``raise NotImplementedError``, None once the reader has begun."""
        function = self.function
        body = function.body[1:] if function and ast.get_docstring(function) is not None else []
        if not body or not isinstance(body[0], ast.Raise):
            return None
        return body[0].lineno if "NotImplementedError" in ast.unparse(body[0]) else None

    @functools.cached_property
    def touched(self):
        """Whether the reader has begun."""
        try:
            return self.unreadable is not None or self.placeholder is None
        except (SyntaxError, ValueError, RecursionError, MemoryError):  # all that ast.parse raises
            return True

    def run(self):
        """Run the file and return its module; whatever goes wrong in it is raised."""
        spec = importlib.util.spec_from_file_location(f"your_{self.path.stem}", self.path)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module

    def load(self):
        """Run the file and return the function, None if there is none."""
        return getattr(self.run(), self.name, None)


def _save_as_utf8(shown, why):
    return f"{shown} cannot be read as Python ({why}): save it as UTF-8."


def stubs(folder=None):
    """All stubs of a folder (book/exercises), by chapter, and within a chapter in the book's order.

    Raises
    ------
    ValueError
        If the folder holds none.
    """
    found = [Stub(path.resolve()) for path in sorted(Path(folder or EXERCISES).glob("ex[0-9][0-9]_*.py"))]
    if not found:
        raise ValueError(f"--exercises: expected a folder with files such as ex03_affine_grid.py, got {str(folder)!r}")
    order = {
        name: place
        for path in sorted(BOOK.glob("[0-9][0-9]_*.md"))
        for place, name in enumerate(re.findall(r"^:stub: (\w+)$", path.read_text("utf8"), re.MULTILINE))
    }
    return sorted(found, key=lambda stub: (stub.chapter, order.get(stub.name, len(order)), stub.name))


def select(wanted, folder=None):
    """The stubs selected by `--ex`: a chapter's number or topic, an exercise's name, a part of one, or a file.

    A file may be given by its name or its path, from any folder, with either kind of slash. If it exists, the answers
    are read in its own folder.

    Raises
    ------
    ValueError
        If it selects nothing; the message lists the exercises.
    """
    path = Path(wanted.strip())
    if folder is None and re.fullmatch(r"ex\d\d_\w+\.py", path.name) and path.is_file():
        folder = path.parent
    everything, topics = stubs(folder), {path.stem[3:]: int(path.stem[:2]) for path in BOOK.glob("[0-9][0-9]_*.md")}
    word = re.split(r"[/\\]", wanted.strip())[-1].lower().replace("-", "_")
    word = re.sub(r"^ex(?=\d\d_?$)|^ex\d*_(?=\w)|\.py$", "", word).removesuffix("_")
    chapter = int(word) if word.isdigit() else topics.get(word)
    tries = [
        [s for s in everything if s.name == word],
        [s for s in everything if s.chapter == chapter],
        [s for s in everything if word in s.name and word],
    ]
    for found in tries:
        if found:
            return found
    near = difflib.get_close_matches(word, [s.name for s in everything], 1)
    raise ValueError(
        f"--ex: expected a chapter or an exercise, got {wanted!r}."
        + (f" Did you mean {near[0]}?" if near else "")
        + " There are:\n"
        + "\n".join(f"  {s.chapter:2}  {s.name}" for s in everything)
    )
