"""Explorables in the pages: each page keeps one copy of the script and the style sheet that they share.

In a notebook each cell's output carries both, so that it works alone.
"""

import re

from sphinx.application import Sphinx

SHARED = re.compile(r"<(style|script) data-stnx>.*?</\1>\n?", re.DOTALL)


def keep_first(body: str) -> str:
    """The page with each style sheet and script once."""
    seen = set()

    def once(match):
        new = match.group() not in seen
        seen.add(match.group())
        return match.group() if new else ""

    return SHARED.sub(once, body)


def slim(app: Sphinx, page: str, template: str, context: dict, doctree) -> None:
    if "data-stnx" in context.get("body", ""):
        context["body"] = keep_first(context["body"])


def setup(app: Sphinx) -> dict:
    """Slim every page that shows explorables."""
    app.connect("html-page-context", slim)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
