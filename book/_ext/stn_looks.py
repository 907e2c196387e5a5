"""How pages look and where they lead: sharp figures, listings that name their file, launch links, what is shared."""

import re
from pathlib import Path
from urllib.parse import quote

from docutils import nodes
from PIL import Image
from sphinx.directives.code import LiteralInclude

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOKS = "notebooks"     # the branch to which publishing pushes the pages as notebooks
LOCAL_LAB = "http://localhost:8888/lab/tree"    # where `make lab` serves
# An inline formula with what a line must not part it from: a bracket before it, a stop or its own "'s" behind it
FORMULA = re.compile(r'[(\[“]*<span class="math notranslate nohighlight">[^<]*</span>(?:[,.;:?)\]”…]|’s\b)*')
PLAIN = re.compile(r'<span class="(?:n|p|w)">([^<]*)</span>')
CELL = re.compile(r'<(td|th)(?: class="([^"]*)")?>(.*?)</\1>', re.DOTALL)
# In a table: a shape, a number with its error, a span. They are read as one, and stand on one line
WHOLE = re.compile(r"\((?:[^(),<>]{1,12}, ){1,4}[^(),<>]{1,8}\)|[\d.,]+ (?:±|to) [\d.,]+(?: %)?")
LINK = re.compile(r"(?<=>)\w+_\w+(?=</span></a>)")
TITLE = re.compile(r'<p class="admonition-title">.*?</p>', re.DOTALL)
LONG = {"td": 24, "th": 12}     # characters of a cell that wraps, but not to a word a line
WIDE = 400          # pixels of a figure that a phone can't show whole
HEAVY = 400_000     # bytes: a figure of more is mostly grain, as of photographs, and is kept in 256 colours
DESCRIPTION = "A book that runs: spatial transformer networks in NumPy, forward and backward, every step by hand."


class NamedInclude(LiteralInclude):
    """A literalinclude whose caption is the file's path, where the page gives no other."""

    def run(self):
        path = Path(self.env.relfn2path(self.arguments[0])[1]).resolve()
        if path.is_relative_to(ROOT):
            self.options.setdefault("caption", path.relative_to(ROOT).as_posix())
        return super().run()


def halve_figures(app, doctree):
    """Show the figures of cells, which are drawn at twice the density, at their own size, so that they are sharp.

    Those with a share of the column for their width keep it; where they are wide, a small screen is told.
    """
    for image in doctree.findall(nodes.image):
        path = Path(app.srcdir) / image["uri"].lstrip("/")
        if "jupyter_execute" in path.parts and path.suffix == ".png":
            with Image.open(path) as picture:
                width = picture.width // 2
                if width >= WIDE:
                    image["classes"].append("wide")
                if "width" in image:
                    continue
                image["width"] = f"{width}px"
                if path.stat().st_size > HEAVY:
                    picture.convert("RGB").quantize(256, dither=Image.Dither.NONE).save(path, optimize=True)


def repository(app):
    """Owner and name of the repository that _config.yml names, or None."""
    url = app.config.html_theme_options.get("repository_url") or ""
    parts = url.rstrip("/").removesuffix(".git").split("/")
    return parts[-2:] if len(parts) > 2 and "github.com" in parts else None


def launch_links(app, pagename):
    """Where a page can be run: the reader's own JupyterLab; Binder and Colab where the repository has a name."""
    links = [("JupyterLab", "on this machine, while `make lab` runs", f"{LOCAL_LAB}/{pagename}.md")]
    if found := repository(app):
        owner, name = found
        page = quote(f"lab/tree/{pagename}.ipynb")
        links += [("Binder", "in a browser, at mybinder.org",
                   f"https://mybinder.org/v2/gh/{owner}/{name}/{NOTEBOOKS}?urlpath={page}"),
                  ("Colab", "in a browser, at Google",
                   f"https://colab.research.google.com/github/{owner}/{name}/blob/{NOTEBOOKS}/{pagename}.ipynb")]
    return links


def add_to_page(app, pagename, templatename, context, doctree):
    """The launch menu of pages with cells, and what other sites show of a page that is shared."""
    if app.env.nb_metadata.get(pagename, {}).get("exec_data"):
        context.setdefault("header_buttons", []).append({
            "type": "group", "tooltip": "Run this page", "icon": "fas fa-rocket", "label": "launch-buttons",
            "buttons": [{"type": "link", "text": name, "tooltip": f"Run this page {where}", "url": url,
                         "icon": "fas fa-play"} for name, where, url in launch_links(app, pagename)]})
    found = repository(app)
    base = f"https://{found[0]}.github.io/{found[1]}/" if found else context["pathto"]("", resource=True)
    title = nodes.Text(context.get("title") or app.config.project).astext()
    tags = {"og:type": "article", "og:title": title, "og:description": DESCRIPTION,
            "og:image": f"{base}_static/cover.png", "og:image:alt": "Turned digits, and the same digits upright."}
    if found:
        tags["og:url"] = f"{base}{pagename}.html"
    lines = [f'<meta property="{name}" content="{_attribute(text)}" />' for name, text in tags.items()]
    context["metatags"] = context.get("metatags", "") + "\n".join(lines)


def mend_for_readers_aloud(app, pagename, templatename, context, doctree):
    """What screen readers stumble over: roles that ARIA dropped or that allow no links inside, and heads of nothing."""
    body = context.get("body", "")
    for role in (' role="doc-biblioentry"', ' role="list"'):
        body = body.replace(role, "")
    context["body"] = re.sub(r'<th class="head">(<p></p>)?</th>', '<td class="head"></td>', body)


def leave_plain_code_plain(app, pagename, templatename, context, doctree):
    """Take names, brackets and spaces of code out of tags that give them no colour: two tags in three of a chapter."""
    if "body" in context:
        context["body"] = PLAIN.sub(r"\1", context["body"])


def keep_lines_in_order(app, pagename, templatename, context, doctree):
    """No line begins with the comma of a formula, and no link to an exercise with the space before it."""
    if "body" in context:
        body = FORMULA.sub(lambda found: f'<span class="together">{found[0]}</span>', context["body"])
        context["body"] = re.sub(r'(Solution to)(<a class="reference internal" href="[^"]*">) ', r"\1 \2", body)


def keep_cells_readable(app, pagename, templatename, context, doctree):
    """In narrow tables and titles: shapes and measured numbers stay whole, names break behind an underscore."""
    def cell(found):
        kind, style, words = found[1], found[2] or "", WHOLE.sub(unbroken, found[3])
        if len(re.sub(r'<span class="math.*?</span>|<[^>]*>', "", words)) > LONG[kind]:
            style += " long"
        style = f' class="{style.strip()}"' if style else ""
        return f"<{kind}{style}>{LINK.sub(broken, words)}</{kind}>"

    def unbroken(found):
        return found[0].replace(" ", "\u00a0")

    def broken(found):
        return found[0].replace("_", "_<wbr>")

    if "body" in context:
        body = CELL.sub(cell, context["body"])
        context["body"] = TITLE.sub(lambda title: re.sub(r"\b\w+_\w+\b(?![^<]*>)", broken, title[0]), body)


def _attribute(text):
    return text.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;")


def setup(app):
    """Connect the above to the build's events."""
    app.add_directive("literalinclude", NamedInclude, override=True)
    app.connect("doctree-read", halve_figures)
    app.connect("html-page-context", add_to_page, priority=600)     # after the theme has begun its list of buttons
    app.connect("html-page-context", mend_for_readers_aloud)
    app.connect("html-page-context", keep_lines_in_order)
    app.connect("html-page-context", leave_plain_code_plain)
    app.connect("html-page-context", keep_cells_readable)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
