"""Every built page, opened from its file with the network off: complete, quiet, and asking nobody for anything."""

import functools
import gzip
import re
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from browser import cannot_run, listen

HTML = Path(__file__).resolve().parent.parent / "_build" / "html"
REDIRECT = re.compile(r'http-equiv="Refresh" content="0; url=([^"]+)"', re.IGNORECASE)


def _built_pages():
    """All pages, without the templates that the theme leaves in _static."""
    return sorted(path for path in HTML.rglob("*.html") if "_static" not in path.relative_to(HTML).parts)


def _is_redirect(page):
    return page.stat().st_size < 500 and REDIRECT.search(page.read_text("utf8"))


MEGABYTE = 1_000_000
PAGES = [path for path in _built_pages() if not _is_redirect(path)]


@pytest.fixture(scope="module")
def tab(browser):
    """One tab with the network off; what it asked for and what it complained of."""
    if not PAGES:
        cannot_run("the book is not built: run `make book` first")
    context = browser.new_context(offline=True)
    page = context.new_page()
    yield page, *listen(page)
    context.close()


@pytest.fixture(scope="module", params=PAGES or [None], ids=lambda path: path.name if path else "not-built")
def opened(tab, request):
    """Each page in turn, opened once for all its tests."""
    page, asked, complaints = tab
    asked.clear()
    complaints.clear()
    page.goto(request.param.as_uri())
    page.evaluate("() => window.MathJax && MathJax.startup && MathJax.startup.promise")
    return page, list(asked), list(complaints)


def test_page_opens_offline(opened):
    page, asked, complaints = opened
    assert [url for url in asked if not url.startswith(("file:", "data:", "blob:"))] == []
    assert complaints == []
    raw = page.eval_on_selector_all(
        ".math", "all => all.filter(one => !one.querySelector('mjx-container svg')).map(one => one.innerText)")
    assert raw == [], "formulas that were not set"
    wrong = page.eval_on_selector_all('[data-mml-node="merror"]', "all => all.map(one => one.outerHTML)")
    assert wrong == [], "formulas that MathJax refused"
    alts = page.eval_on_selector_all("article img", "all => all.map(one => [one.alt, one.src.slice(0, 120)])")
    bad = [src for alt, src in alts if not alt.strip() or re.search(r"\.(png|svg|jpe?g|gif|webp)$", alt.strip())]
    assert bad == [], "pictures without a text for those who cannot see them"


def test_page_is_light(opened):
    """Under 3 MB of its own, and under 3 MB as a host sends it, compressed, with all that the pages share."""
    _, asked, _ = opened
    files = {Path(unquote(urlsplit(url).path)) for url in asked if url.startswith("file:")}
    own = sum(file.stat().st_size for file in files if "_static" not in file.relative_to(HTML).parts)
    assert own < 3 * MEGABYTE, f"{own / MEGABYTE:.1f} MB of its own"
    sent = sum(_compressed(file) for file in files)
    assert sent < 3 * MEGABYTE, f"{sent / MEGABYTE:.1f} MB in all, compressed"


@functools.cache
def _compressed(file):
    return len(gzip.compress(file.read_bytes(), 6))


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_page_can_be_read_by_all(opened, theme):
    """axe finds nothing inside the article: contrast, names, roles, headings, tables."""
    try:
        from axe_playwright_python.sync_playwright import Axe
    except ImportError:
        cannot_run("axe-playwright-python is not installed: see requirements.txt")
    page, _, _ = opened
    if page.locator("article").count() == 0:
        return      # the page of search results, which a script fills
    page.evaluate(f"document.documentElement.dataset.theme = '{theme}'")
    found = Axe().run(page, context={"include": [["article"]]}).response["violations"]
    assert [(one["id"], one["nodes"][0]["html"][:200], one["nodes"][0].get("failureSummary")) for one in found] == []


def test_page_fits_a_phone(opened):
    """Nothing makes the page wider than 360 pixels: what is wider scrolls by itself."""
    page, _, _ = opened
    before = page.viewport_size
    page.set_viewport_size({"width": 360, "height": 740})
    wide = page.evaluate("document.documentElement.scrollWidth")
    page.set_viewport_size(before)
    assert wide <= 360


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
            there = target.exists() and (target not in found or not parts.fragment
                                         or unquote(parts.fragment) in found[target].ids | {"top"})
            lost += [] if there else [f"{path.name}: {link}"]
    assert lost == []


def test_front_page_leads_into_the_book():
    if not _built_pages():
        cannot_run("the book is not built: run `make book` first")
    target = REDIRECT.search((HTML / "index.html").read_text("utf8"))
    assert target is None or (HTML / target[1]).is_file()
