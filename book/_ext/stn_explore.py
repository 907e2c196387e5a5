"""Explorables in the pages: what several of them bring along is kept once a page.

A cell's output carries the script and the style sheet of all explorables, so that it works alone in a notebook. On a
page the first copy serves them all.
"""

import re

SHARED = re.compile(r"<(style|script) data-stnx>.*?</\1>\n?", re.DOTALL)


def keep_first(body):
    """The page with each style sheet and script once."""
    seen = set()

    def once(found):
        new = found.group() not in seen
        seen.add(found.group())
        return found.group() if new else ""

    return SHARED.sub(once, body)


def slim(app, page, template, context, doctree):
    if "data-stnx" in context.get("body", ""):
        context["body"] = keep_first(context["body"])


def setup(app):
    """Slim every page that shows explorables."""
    app.connect("html-page-context", slim)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
