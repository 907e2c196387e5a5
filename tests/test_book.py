"""Every built page, opened from its file with the network off: complete, without errors and without requests."""

import functools
import gzip
import os
import re
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from browser import cannot_run
from visits import HTML, PAGES, REDIRECT, begin, built_pages, outcome

MEGABYTE = 1_000_000


@pytest.fixture(scope="module", params=PAGES or [None], ids=lambda path: path.name if path else "not-built")
def visited(visits, request):
    """Each page in turn, visited once for all its tests."""
    if request.param is None:
        cannot_run("the book is not built: run `make book` first")
    return visit_of(visits, PAGES.index(request.param))


def visit_of(folder, number):
    """A visit, once it is over."""
    try:
        return outcome(folder, number)
    except LookupError as error:
        cannot_run(f"{error} (see requirements.txt)")


def asked_elsewhere(visit):
    return [url for url in visit.asked if not url.startswith(("file:", "data:", "blob:"))]


def pictures_without_text(visit):
    return [
        source
        for alt, source in visit.seen["pictures"]
        if not alt.strip() or re.search(r"\.(png|svg|jpe?g|gif|webp)$", alt.strip())
    ]


def test_page_opens_offline(visited):
    assert asked_elsewhere(visited) == []
    assert visited.complaints == []
    assert visited.seen["raw"] == [], "formulas that were not set"
    assert visited.seen["stray"] == [], "formulas that Markdown took for text"
    assert visited.seen["refused"] == [], "formulas that MathJax refused"
    assert pictures_without_text(visited) == [], "pictures without a text for those who cannot see them"


def test_page_is_light(visited):
    """Under 3 MB of its own, and under 3 MB as a host sends it, compressed, with all that the pages share."""
    files = {Path(unquote(urlsplit(url).path)) for url in visited.asked if url.startswith("file:")}
    own = sum(file.stat().st_size for file in files if "_static" not in file.relative_to(HTML).parts)
    assert own < 3 * MEGABYTE, f"{own / MEGABYTE:.1f} MB of its own"
    sent = sum(_compressed(file) for file in files)
    assert sent < 3 * MEGABYTE, f"{sent / MEGABYTE:.1f} MB in all, compressed"


@functools.cache
def _compressed(file):
    return len(gzip.compress(file.read_bytes(), 6))


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_page_can_be_read_by_all(visited, theme):
    """axe finds nothing inside the article: contrast, names, roles, headings, tables."""
    assert visited.axe[theme] == []


def test_page_fits_a_phone(visited):
    """At 360 pixels the page is no wider, since what is wider scrolls by itself; pictures keep their shape, and no
    formula lies under its number."""
    assert visited.phone["wide"] <= 360
    assert visited.phone["bent"] == []
    assert visited.phone["covered"] == []


FAULTS = """<!doctype html><html lang="en" data-theme="light"><title>Faults</title><style>
pre { background: #fff; color: #111 } .a, .b { color: #222 }
[data-theme="dark"] pre { background: #000; color: #eee } [data-theme="dark"] .a { color: #ddd }
[data-theme="dark"] .b { color: #222 } p { background: #fff }
</style><script>window.MathJax = { startup: { promise: Promise.resolve() } }; nowhere();</script>
<article><h1>Faults</h1><img src="https://example.org/one.png" alt="one.png"><img src="gone.png">
<img alt="A square" style="width: 40px; height: 20px"
 src="data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' width='20' height='20'/%3E">
<div class="math">\\(x\\)</div><div class="math"><mjx-container><svg data-mml-node="merror"></svg></mjx-container></div>
<div class="math" style="position: relative"><span class="eqno" style="position: absolute; right: 0">(1)</span>
<mjx-container style="display: block"><svg width="300" height="20"></svg></mjx-container></div>
<pre>plain <span class="a">one</span> <span class="a">two</span> <span class="b">dark in the dark</span></pre>
<p style="color: #ddd">Pale, and <button></button> nameless.</p><p>The loss $1</p><p>\\cos(x)</p>
<div style="width: 500px">wide</div></article>"""


def test_a_visit_notices_every_fault(tmp_path):
    """A page with one fault of each kind; one piece of code can be read in the light alone, beside others that can."""
    page = tmp_path / "faults.html"
    page.write_text(FAULTS, "utf8")
    begin(tmp_path, os.getpid(), [page])
    visit = visit_of(tmp_path, 0)
    assert asked_elsewhere(visit) == ["https://example.org/one.png"]
    assert len(pictures_without_text(visit)) == 2
    assert [len(visit.seen[kind]) for kind in ("raw", "refused", "stray")] == [1, 1, 2]
    complaints = " ".join(visit.complaints)
    assert "nowhere is not defined" in complaints and "gone.png" in complaints
    assert 500 <= visit.phone["wide"] < 600 and len(visit.phone["bent"]) == 1 and visit.phone["covered"] == ["(1)"]
    light, dark = ({fault: summary for fault, _, summary in visit.axe[theme]} for theme in ("light", "dark"))
    assert {"color-contrast", "image-alt", "button-name"} <= set(light)
    assert set(dark) == {"color-contrast"}
    assert [html for fault, html, _ in visit.axe["dark"]] == ['<span class="b">dark in the dark</span>']


class Anchors(HTMLParser):
    """The ids and the links of one page."""

    def __init__(self, path):
        super().__init__()
        self.ids, self.links = set(), []
        self.feed(path.read_text("utf8"))

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        self.ids |= {attributes[name] for name in ("id", "name") if attributes.get(name)}
        if tag == "a" and attributes.get("href"):
            self.links.append(attributes["href"])


def test_links_lead_somewhere():
    """Every link inside the book, down to its anchor."""
    if not PAGES:
        cannot_run("the book is not built: run `make book` first")
    found = {path: Anchors(path) for path in PAGES}
    lost = []
    for path, anchors in found.items():
        for link in anchors.links:
            parts = urlsplit(link)
            if parts.scheme or link.startswith("//"):
                continue
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            there = target.exists() and (
                target not in found or not parts.fragment or unquote(parts.fragment) in found[target].ids | {"top"}
            )
            lost += [] if there else [f"{path.name}: {link}"]
    assert lost == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_code_without_a_tag_loses_no_colour(theme):
    """Names, brackets and spaces have the colour of the code around them, so pages leave their tags out."""
    if not PAGES:
        cannot_run("the book is not built: run `make book` first")
    rules = re.findall(
        rf'html\[data-theme="{theme}"\] \.highlight ?(\.\w+|) ?{{([^}}]*)}}',
        (HTML / "_static/pygments.css").read_text("utf8"),
    )
    colours = [re.search(r"(?<![\w-])color: (#\w+)", rule)[1] for name, rule in rules if name in ("", ".n", ".p", ".w")]
    assert len(colours) == 4 and len(set(colours)) == 1
    page = next(path for path in PAGES if path.name.startswith("04_")).read_text("utf8")
    assert '<span class="k">def</span>' in page and '<span class="n">' not in page


def test_a_small_screen_breaks_nothing_that_is_read_as_one():
    """Shapes stay whole in tables, names break only after an underscore, and wide figures are marked as wide."""
    if not PAGES:
        cannot_run("the book is not built: run `make book` first")
    pages = {path.name[:5]: path.read_text("utf8") for path in PAGES}
    assert "<td><p>(N,\u00a0C,\u00a0H,\u00a0W)</p></td>" in pages["04_sa"]
    assert ">compose_<wbr>theta</span></a></p></td>" in pages["learn"]
    assert re.search(r'<img [^>]*class="wide"[^>]*width: 75%', pages["04_sa"])


def test_front_page_leads_into_the_book():
    if not built_pages():
        cannot_run("the book is not built: run `make book` first")
    target = REDIRECT.search((HTML / "index.html").read_text("utf8"))
    assert target is None or (HTML / target[1]).is_file()
