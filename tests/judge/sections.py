"""References to the sections of the book."""

import functools
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BOOK = ROOT / "book"
HEADING = re.compile(r"^\(([\w-]+)\)=\n(#+) (.+)$", re.MULTILINE)


@functools.cache
def labels():
    """Every labelled heading of the book: label -> (the chapter's file, its heading)."""
    return {
        label: (path, heading.replace("`", ""))
        for path in sorted(BOOK.glob("*.md"))
        for label, _, heading in HEADING.findall(path.read_text("utf8"))
    }


def read(label):
    """Two lines on where to read: chapter and heading, and the page to open."""
    path, heading = labels()[label]
    page = Path("_build/html/book") / f"{path.stem}.html"
    place = f"{page.as_posix()}#{label}" if (ROOT / page).is_file() else f"book/{path.name}"
    chapter = f"chapter {int(path.stem[:2])}, " if path.stem[:2].isdigit() else ""
    return f'Read: {chapter}"{heading}"\n      {place}'
