"""The look of pages and their links: sharp figures, listings with file names, launch links, previews when shared."""

import re
from pathlib import Path
from urllib.parse import quote

from docutils import nodes
from PIL import Image
from sphinx.application import Sphinx
from sphinx.directives.code import LiteralInclude

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOKS = "notebooks"  # the branch to which publishing pushes the pages as notebooks
LOCAL_LAB = "http://localhost:8888/lab/tree"  # where `make lab` serves
# An inline formula with an opening bracket before it and a stop or "'s" after it: one line holds them all
FORMULA = re.compile(r'[(\[“]*<span class="math notranslate nohighlight">[^<]*</span>(?:[,.;:?)\]”…]|’s\b)*')
PLAIN = re.compile(r'<span class="(?:n|p|w)">([^<]*)</span>')
CELL = re.compile(r'<(td|th)(?: class="([^"]*)")?>(.*?)</\1>', re.DOTALL)
# In a table: a shape, a number with its error, a span. No line break falls inside one
WHOLE = re.compile(r"\((?:[^(),<>]{1,12}, ){1,4}[^(),<>]{1,8}\)|[\d.,]+ (?:±|to) [\d.,]+(?: %)?")
LINK = re.compile(r"(?<=>)\w+_\w+(?=</span></a>)")
TITLE = re.compile(r'<p class="admonition-title">.*?</p>', re.DOTALL)
LONG = {"td": 24, "th": 12}  # characters: cells longer than this get a minimum width
WIDE = 400  # pixels: figures wider than a phone
HEAVY = 400_000  # bytes: larger figures, mostly noise as in photographs, are reduced to 256 colours
DESCRIPTION = "A book that runs: spatial transformer networks in NumPy, forward and backward, every step by hand."


class NamedInclude(LiteralInclude):
    """A literalinclude whose default caption is the file's path."""

    def run(self):
        path = Path(self.env.relfn2path(self.arguments[0])[1]).resolve()
        if path.is_relative_to(ROOT):
            self.options.setdefault("caption", path.relative_to(ROOT).as_posix())
        return super().run()


def halve_figures(app: Sphinx, doctree: nodes.document) -> None:
    """Show the figures of cells, which are drawn at twice the density, at half their pixel width.

    Figures with a width of their own keep it. Wide ones get the class `wide`, for small screens.
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


def repository(app: Sphinx) -> list[str] | None:
    """Owner and name of the repository in _config.yml, or None."""
    url = app.config.html_theme_options.get("repository_url") or ""
    parts = url.rstrip("/").removesuffix(".git").split("/")
    return parts[-2:] if len(parts) > 2 and "github.com" in parts else None


def launch_links(app: Sphinx, pagename: str) -> list[tuple[str, str, str]]:
    """Name, place and address of each way to run a page: a local JupyterLab; Binder and Colab if there is a
    repository."""
    links = [("JupyterLab", "on this machine, while `make lab` runs", f"{LOCAL_LAB}/{pagename}.md")]
    if names := repository(app):
        owner, name = names
        page = quote(f"lab/tree/{pagename}.ipynb")
        links += [
            (
                "Binder",
                "in a browser, at mybinder.org",
                f"https://mybinder.org/v2/gh/{owner}/{name}/{NOTEBOOKS}?urlpath={page}",
            ),
            (
                "Colab",
                "in a browser, at Google",
                f"https://colab.research.google.com/github/{owner}/{name}/blob/{NOTEBOOKS}/{pagename}.ipynb",
            ),
        ]
    return links


def add_to_page(app: Sphinx, pagename: str, templatename: str, context: dict, doctree) -> None:
    """Add the launch menu of pages with cells, and the tags for previews of a shared page on other sites."""
    if app.env.nb_metadata.get(pagename, {}).get("exec_data"):
        context.setdefault("header_buttons", []).append(
            {
                "type": "group",
                "tooltip": "Run this page",
                "icon": "fas fa-rocket",
                "label": "launch-buttons",
                "buttons": [
                    {
                        "type": "link",
                        "text": name,
                        "tooltip": f"Run this page {where}",
                        "url": url,
                        "icon": "fas fa-play",
                    }
                    for name, where, url in launch_links(app, pagename)
                ],
            }
        )
    names = repository(app)
    base = f"https://{names[0]}.github.io/{names[1]}/" if names else context["pathto"]("", resource=True)
    title = nodes.Text(context.get("title") or app.config.project).astext()
    tags = {
        "og:type": "article",
        "og:title": title,
        "og:description": DESCRIPTION,
        "og:image": f"{base}_static/cover.png",
        "og:image:alt": "Turned digits, and the same digits upright.",
    }
    if names:
        tags["og:url"] = f"{base}{pagename}.html"
    lines = [f'<meta property="{name}" content="{_attribute(text)}" />' for name, text in tags.items()]
    context["metatags"] = context.get("metatags", "") + "\n".join(lines)


def fix_for_screen_readers(app: Sphinx, pagename: str, templatename: str, context: dict, doctree) -> None:
    """Remove roles that ARIA dropped or that allow no links inside, and turn empty header cells into plain ones."""
    body = context.get("body", "")
    for role in (' role="doc-biblioentry"', ' role="list"'):
        body = body.replace(role, "")
    context["body"] = re.sub(r'<th class="head">(<p></p>)?</th>', '<td class="head"></td>', body)


def leave_plain_code_plain(app: Sphinx, pagename: str, templatename: str, context: dict, doctree) -> None:
    """Remove the tags that give names, brackets and spaces of code no colour: two thirds of a chapter's tags."""
    if "body" in context:
        context["body"] = PLAIN.sub(r"\1", context["body"])


def keep_lines_in_order(app: Sphinx, pagename: str, templatename: str, context: dict, doctree) -> None:
    """Keep the comma after a formula on the formula's line, and the space before a link to an exercise outside it."""
    if "body" in context:
        body = FORMULA.sub(lambda match: f'<span class="together">{match[0]}</span>', context["body"])
        context["body"] = re.sub(r'(Solution to)(<a class="reference internal" href="[^"]*">) ', r"\1 \2", body)


def keep_cells_readable(app: Sphinx, pagename: str, templatename: str, context: dict, doctree) -> None:
    """In narrow tables and titles, break no shapes and numbers, and break names after an underscore."""

    def cell(match):
        kind, style, words = match[1], match[2] or "", WHOLE.sub(unbroken, match[3])
        if len(re.sub(r'<span class="math.*?</span>|<[^>]*>', "", words)) > LONG[kind]:
            style += " long"
        style = f' class="{style.strip()}"' if style else ""
        return f"<{kind}{style}>{LINK.sub(broken, words)}</{kind}>"

    def unbroken(match):
        return match[0].replace(" ", "\u00a0")

    def broken(match):
        return match[0].replace("_", "_<wbr>")

    if "body" in context:
        body = CELL.sub(cell, context["body"])
        context["body"] = TITLE.sub(lambda title: re.sub(r"\b\w+_\w+\b(?![^<]*>)", broken, title[0]), body)


def _attribute(text):
    return text.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;")


def setup(app: Sphinx) -> dict:
    """Connect the above to the build's events."""
    app.add_directive("literalinclude", NamedInclude, override=True)
    app.connect("doctree-read", halve_figures)
    app.connect("html-page-context", add_to_page, priority=600)  # after the theme has begun its list of buttons
    app.connect("html-page-context", fix_for_screen_readers)
    app.connect("html-page-context", keep_lines_in_order)
    app.connect("html-page-context", leave_plain_code_plain)
    app.connect("html-page-context", keep_cells_readable)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
