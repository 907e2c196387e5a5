"""The short path through the book: `{two-hours} MINUTES` below a heading marks its section as a stop on it. Its option
`write` names the functions that are written there.

The mark becomes a note in the margin with the stop's number, its minutes and a link to the next stop; the contents show
the section, and its chapter, with a small "2 h"; and `{two-hours-path}` lists all stops in the order of the pages.
"""

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util.docutils import SphinxDirective
from sphinx.util.nodes import make_refnode

CONTENTS = "2 h"  # shown beside a stop in the contents


class Path(nodes.General, nodes.Element):
    """The place of the list of all stops."""


class TwoHours(SphinxDirective):
    """A stop: its minutes, and what to do there."""

    required_arguments, has_content = 1, True
    option_spec = {"write": directives.unchanged_required}

    def run(self):
        minutes = directives.positive_int(self.arguments[0])
        stop = nodes.sidebar(classes=["margin", "two-hours"], minutes=minutes, page=self.env.docname)
        stop["write"] = self.options.get("write", "").split()
        stop += nodes.title("", "")
        self.state.nested_parse(self.content, self.content_offset, stop)
        return [stop]


class TwoHoursPath(SphinxDirective):
    """The list of all stops."""

    def run(self):
        return [Path()]


def marks(doctree: nodes.document) -> list[nodes.sidebar]:
    """The notes of a page."""
    return [note for note in doctree.findall(nodes.sidebar) if "two-hours" in note["classes"]]


def collect(app: Sphinx, doctree: nodes.document) -> None:
    """Remember the stops of a page."""
    found = []
    for number, stop in enumerate(marks(doctree)):
        section = stop.parent
        while not isinstance(section, nodes.section):
            section = section.parent
        stop["number"] = number
        title = section.next_node(nodes.title).astext()
        # The contents use a section's first id, links its label: several pages have ids like "exercises"
        found.append((section["ids"][0], section["ids"][-1], title, stop["minutes"], stop["write"]))
    stops(app.env)[app.env.docname] = found


def stops(env: BuildEnvironment) -> dict[str, list[tuple]]:
    """The stops of every page."""
    if not hasattr(env, "two_hours"):
        env.two_hours = {}
    return env.two_hours


def forget(app: Sphinx, env: BuildEnvironment, docname: str) -> None:
    """Drop a page's stops before the page is read again."""
    stops(env).pop(docname, None)


def merge(app: Sphinx, env: BuildEnvironment, docnames: list[str], other: BuildEnvironment) -> None:
    """Take over the stops that another process has read."""
    stops(env).update({name: found for name, found in stops(other).items() if name in docnames})


def pages(env: BuildEnvironment, docname: str) -> list[str]:
    """A page and all below it, in the order of the contents."""
    return [docname, *(page for child in env.toctree_includes.get(docname, ()) for page in pages(env, child))]


def in_order(env: BuildEnvironment) -> list[tuple]:
    """All stops as (page, its number on the page, first id, label, title, minutes, what is written), in order."""
    order = pages(env, env.config.root_doc)
    return [(page, number, *stop) for page in order for number, stop in enumerate(stops(env).get(page, ()))]


def mark_contents(app: Sphinx, env: BuildEnvironment) -> list[str]:
    """Mark the stops and their chapters in the contents."""
    for docname, found in stops(env).items():
        anchors = {f"#{first}" for first, *_ in found} | {""}
        for reference in env.tocs[docname].findall(nodes.reference) if found else ():
            if reference["anchorname"] in anchors and CONTENTS not in reference.astext():
                reference += [nodes.Text(" "), nodes.inline("", CONTENTS, classes=["two-hours"])]
    return []


def complete(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Number the notes, link each to the next stop, and write the list."""
    path = in_order(app.env)
    places = {stop[:2]: at for at, stop in enumerate(path)}
    for stop in marks(doctree):
        at = places.get((stop["page"], stop["number"]), 0)
        title = f"Two hours: stop {at + 1} of {len(path)}, {stop['minutes']} min"
        stop[0] += nodes.Text(title)
        if at + 1 < len(path):
            stop += nodes.paragraph("", "", nodes.Text("Next: "), link(app, docname, path[at + 1]))
    for place in list(doctree.findall(Path)):
        place.replace_self(table(app, docname, path))


def link(app: Sphinx, docname: str, stop: tuple) -> nodes.reference:
    """A link to a stop's section."""
    page, _, _, label, title, *_ = stop
    return make_refnode(app.builder, docname, page, label, nodes.inline("", title))


def table(app: Sphinx, docname: str, path: list[tuple]) -> nodes.table:
    """All stops: chapter, section, minutes; in the last row the sum."""
    rows = []
    for stop in path:
        number = app.env.toc_secnumbers.get(stop[0], {}).get("", ("",))[0]
        written = [node for name in stop[6] for node in (nodes.Text(", "), nodes.literal("", name))]
        where = [link(app, docname, stop), *([nodes.Text(": write "), *written[1:]] if written else ())]
        rows.append([[nodes.Text(str(number))], where, [nodes.Text(str(stop[5]))]])
    rows.append([[nodes.Text(words)] for words in ("", "together", str(sum(stop[5] for stop in path)))])
    group = nodes.tgroup("", *(nodes.colspec(colwidth=width) for width in (15, 65, 20)), cols=3)
    head = [[nodes.Text(words)] for words in ("Chapter", "Section", "Minutes")]
    group += [nodes.thead("", row_of(head)), nodes.tbody("", *map(row_of, rows))]
    return nodes.table("", group, classes=["colwidths-given"])


def row_of(cells: list[list[nodes.Node]]) -> nodes.row:
    """A row of a table."""
    return nodes.row("", *(nodes.entry("", nodes.paragraph("", "", *cell)) for cell in cells))


def setup(app: Sphinx) -> dict:
    """Add the two directives."""
    app.add_node(Path)
    app.add_directive("two-hours", TwoHours)
    app.add_directive("two-hours-path", TwoHoursPath)
    app.connect("doctree-read", collect, priority=600)
    app.connect("env-purge-doc", forget)
    app.connect("env-merge-info", merge)
    app.connect("env-get-updated", mark_contents, priority=700)
    app.connect("doctree-resolved", complete)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
