"""Every built page, opened from its file with the network off: complete, quiet, and asking nobody for anything."""

import re
from pathlib import Path

import pytest
from browser import cannot_run, listen

HTML = Path(__file__).resolve().parent.parent / "_build" / "html"
REDIRECT = re.compile(r'http-equiv="Refresh" content="0; url=([^"]+)"', re.IGNORECASE)


def _built_pages():
    """All pages, without the templates that the theme leaves in _static."""
    return sorted(path for path in HTML.rglob("*.html") if "_static" not in path.relative_to(HTML).parts)


def _is_redirect(page):
    return page.stat().st_size < 500 and REDIRECT.search(page.read_text("utf8"))


@pytest.fixture(scope="module")
def visit(browser):
    """Open a page with the network off; return it with what it asked for and what it complained of."""
    if not _built_pages():
        cannot_run("the book is not built: run `make book` first")
    context = browser.new_context(offline=True)
    page = context.new_page()
    asked, complaints = listen(page)

    def open_page(path):
        asked.clear()
        complaints.clear()
        page.goto(path.as_uri())
        page.evaluate("() => window.MathJax && MathJax.startup && MathJax.startup.promise")
        return page, asked, complaints

    yield open_page
    context.close()


PAGES = [path for path in _built_pages() if not _is_redirect(path)]


@pytest.mark.parametrize("path", PAGES or [None], ids=lambda path: path.name if path else "not-built")
def test_page_opens_offline(visit, path):
    page, asked, complaints = visit(path)
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


def test_front_page_leads_into_the_book():
    if not _built_pages():
        cannot_run("the book is not built: run `make book` first")
    target = REDIRECT.search((HTML / "index.html").read_text("utf8"))
    assert target is None or (HTML / target[1]).is_file()
