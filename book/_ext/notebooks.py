"""Write every page as a self-contained notebook: ``make notebooks``, run when the book is published.

Colab and Binder do not run Sphinx, so library listings are inserted, exercise boxes become text with their hints,
and boxes, references and citations become plain Markdown. The notebooks are written to book/, next to their pages.
"""

import re
from pathlib import Path

import yaml

from tests.judge import Stub

ROOT = Path(__file__).resolve().parents[2]

FENCE = re.compile(
    r"^(?P<fence>`{3,}|:{3,})\{(?P<name>[\w-]+)\}[ \t]*(?P<title>[^\n]*)\n"
    r"(?P<body>.*?)^(?P=fence)[ \t]*$",
    re.MULTILINE | re.DOTALL,
)
OPTION = re.compile(r"^:([\w-]+):[ \t]*(.*)$")
FIRST_CELL = """\
# Colab opens only this notebook: fetch the library and the figures' data.
import os, subprocess
if not os.path.exists("../stn_numpy") and "{url}":
    subprocess.run(["git", "clone", "--quiet", "--depth", "1", "{url}", "stn_book"], check=True)
    os.chdir("stn_book/book")
"""


def options_and_text(body: str) -> tuple[dict[str, str], str]:
    """The options at the head of a directive, and the text below them."""
    lines, options = body.splitlines(), {}
    while lines and (match := OPTION.match(lines[0])):
        options[match[1]] = match[2]
        lines.pop(0)
    return options, "\n".join(lines).strip("\n")


def listing(title: str, options: dict[str, str]) -> str:
    """A library function as code, with the name of its file above it."""
    import ast

    path = (ROOT / title.lstrip("/")) if title.startswith("/") else (ROOT / "book" / title).resolve()
    text = path.read_text("utf8")
    if "pyobject" in options:
        tree, source = ast.parse(text), text.splitlines()
        for name in options["pyobject"].split("."):
            tree = next(node for node in tree.body if getattr(node, "name", None) == name)
        first = min([tree.lineno, *(decorator.lineno for decorator in tree.decorator_list)])
        text = "\n".join(source[first - 1 : tree.end_lineno])
    return f"*{path.relative_to(ROOT).as_posix()}*\n\n```{options.get('language', 'python')}\n{text.rstrip()}\n```"


def stub_box(name: str) -> str:
    """File, command and hints of an exercise that pytest judges."""
    stub = Stub(next((ROOT / "book/exercises").glob(f"ex??_{name}.py")))
    fields = stub.fields
    hints = "\n\n".join(f"<details><summary>Hint</summary>{hint}</details>" for hint in stub.hints)
    return (
        f"\n\n`{stub.shown}`, difficulty {fields['Difficulty']}, {fields['Size']}\n\n"
        f"```console\n$ pytest --ex {name}\n```\n\n{hints}"
    )


def quoted(heading: str, text: str) -> str:
    """A box as a Markdown quotation."""
    return "\n".join(f"> {line}".rstrip() for line in f"**{heading}**\n\n{text}".splitlines())


def plain(match: re.Match) -> str:
    """One directive, a match of FENCE, as plain Markdown."""
    name, title = match["name"], match["title"].strip()
    options, text = options_and_text(match["body"])
    if name == "literalinclude":
        return listing(title, options)
    if name == "math":
        return f"$$\n{text}\n$$"
    if name in ("code-block", "code"):
        return f"```{title}\n{text}\n```"
    if name in ("bibliography", "explorable", "two-hours-path"):
        return "*A notebook cannot show this part: see the book's page.*"
    text = expand(text)
    if name in ("exercise", "exercise-start"):
        return quoted(f"Exercise. {title}", text + (stub_box(options["stub"]) if "stub" in options else ""))
    if name in ("solution", "solution-start"):
        return f"<details><summary>Answer</summary>\n\n{text}\n\n</details>"
    if name == "two-hours":
        return quoted(f"Two hours: {title} min", text)
    return quoted(title or name.capitalize(), text)


def expand(text: str) -> str:
    """Markdown without directives and roles."""
    while FENCE.search(text):
        text = FENCE.sub(plain, text)
    text = re.sub(r"^\([\w-]+\)=\n", "", text, flags=re.MULTILINE)
    text = re.sub(r"\{(?:numref|ref|eq|doc|prf:ref)\}`([^`<]*?)(?:\s*<[^>]*>)?`", r"\1", text)
    return re.sub(r"\{[\w:]+\}`([^`]*)`", r"\1", text)


def notebook(page: Path, url: str) -> dict:
    """One page as a notebook that clones the repository at `url` if it is opened without it."""
    import jupytext
    from nbformat.v4 import new_code_cell

    book = jupytext.read(page)
    for cell in book.cells:
        if cell.cell_type == "markdown":
            cell.source = expand(cell.source)
    book.cells.insert(0, new_code_cell(FIRST_CELL.format(url=url)))
    return book


def main() -> None:
    """Write all pages of the table of contents."""
    import jupytext

    contents = (ROOT / "_toc.yml").read_text("utf8")
    url = (yaml.safe_load((ROOT / "_config.yml").read_text("utf8")).get("repository") or {}).get("url") or ""
    for name in re.findall(r"(?:file|root): (\S+)", contents):
        jupytext.write(notebook(ROOT / f"{name}.md", url), ROOT / f"{name}.ipynb")
        print(f"{name}.ipynb")


if __name__ == "__main__":
    main()
