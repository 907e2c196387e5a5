"""Print the whole book as one PDF: ``make pdf``, or ``python -m book._ext.pdf``.

Jupyter Book builds one long page, and Chromium prints it: formulas are SVG, explorables show their stills, and headings
become bookmarks.
"""

import gc
import os
import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BUILT = ROOT / "_build/singlehtml/book/intro.html"
TARGET = ROOT / "_build/pdf/spatial_transformer_networks.pdf"
FOOT = (
    '<div style="font-size:8px; width:100%; text-align:center; color:#555">'
    '<span class="pageNumber"></span> / <span class="totalPages"></span></div>'
)


def build_page() -> None:
    """Build the one long page, as ``jupyter-book build . --builder singlehtml`` does."""
    gc.disable()
    # jsonschema's check of addresses takes seconds to load and is not used here
    sys.modules.setdefault("rfc3987_syntax", None)
    from jupyter_book.cli.main import main

    main(["build", str(ROOT), "--builder", "singlehtml"], standalone_mode=False)


def print_page(page: Path, target: Path) -> None:
    """Print one built page to a PDF with bookmarks; the file is complete or absent."""
    from playwright.sync_api import sync_playwright

    from tests.browser import launch

    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_suffix(".part")
    with sync_playwright() as playwright:
        browser = launch(playwright)
        if browser is None:
            sys.exit("make pdf: no Chromium found: install chromium, or run `python -m playwright install chromium`")
        tab = browser.new_context(offline=True, color_scheme="light").new_page()
        tab.set_default_timeout(600_000)  # milliseconds: enough for a busy machine
        tab.goto(page.as_uri())
        tab.evaluate("() => window.MathJax && MathJax.startup && MathJax.startup.promise")
        tab.pdf(
            path=partial,
            format="A4",
            outline=True,
            tagged=True,
            print_background=True,
            display_header_footer=True,
            header_template="<span></span>",
            footer_template=FOOT,
            margin=dict(top="16mm", bottom="18mm", left="16mm", right="16mm"),
        )
        browser.close()
    os.replace(partial, target)


if __name__ == "__main__":
    build_page()
    # Links in the page are relative to the folder above it
    print_page(Path(shutil.copy(BUILT, BUILT.parents[1] / "whole.html")), TARGET)
    print(TARGET.as_uri())
