"""Visits to the built pages: each is opened once, two at a time, and everything that the tests need is recorded.

They run in a process and a browser of their own, beside the other tests: `begin` starts them, and `outcome` waits for
one page. `test_book.py` checks with a page full of faults that a visit finds all of them.

    python tests/visits.py FOLDER PID PAGE...

A file for each page, numbered, is written to the folder; the visits end early when the process PID is gone.
"""

import asyncio
import json
import os
import re
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from browser import chromium, listen

HTML = Path(__file__).resolve().parent.parent / "_build" / "html"
REDIRECT = re.compile(r'http-equiv="Refresh" content="0; url=([^"]+)"', re.IGNORECASE)


def built_pages():
    """All pages, without the templates that the theme leaves in _static."""
    return sorted(path for path in HTML.rglob("*.html") if "_static" not in path.relative_to(HTML).parts)


def is_redirect(page):
    return page.stat().st_size < 500 and REDIRECT.search(page.read_text("utf8"))


PAGES = [path for path in built_pages() if not is_redirect(path)]

AT_ONCE = 2
NO_CHROMIUM = "no Chromium found: install chromium, or run `python -m playwright install chromium`"
PATIENCE = 300_000  # milliseconds: a busy machine may be slow
PHONE = {"width": 360, "height": 740}

# Stray are dollars and backslashes of a formula that Markdown took for something else, such as a list
SEEN = r"""() => {
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), stray = [];
    while (texts.nextNode()) {
        const { data, parentElement: around } = texts.currentNode;
        if (/[$]|\\[a-z]/i.test(data) && around.closest("article")
            && !around.closest("pre, code, script, style, .math")) stray.push(data);
    }
    return {
        stray,
        raw: [...document.querySelectorAll(".math")].filter(one => !one.querySelector("mjx-container svg"))
            .map(one => one.innerText),
        refused: [...document.querySelectorAll('[data-mml-node="merror"]')].map(one => one.outerHTML),
        pictures: [...document.querySelectorAll("article img")].map(one => [one.alt, one.src.slice(0, 120)]),
    };
}"""

# On a phone: the page's width; pictures out of shape; formulas under their numbers
ON_A_PHONE = """() => ({
    wide: document.documentElement.scrollWidth,
    bent: [...document.querySelectorAll("article img")].filter(one => one.clientHeight && one.naturalHeight &&
        Math.abs(one.clientWidth / one.clientHeight / (one.naturalWidth / one.naturalHeight) - 1) > 0.05)
        .map(one => one.src.slice(-80)),
    covered: [...document.querySelectorAll("div.math .eqno")].filter(one => {
        const number = one.getBoundingClientRect(), box = one.parentNode.querySelector("mjx-container");
        const formula = box && box.getBoundingClientRect();
        return formula && number.top < formula.bottom - 2 && number.left < formula.right - 1;
    }).map(one => one.innerText),
})"""

# How something looks in both themes, at once and not by and by: on which ground, and, where it has words of its own, in
# which letters
LOOKS = """
    document.head.appendChild(document.createElement("style")).textContent =
        "* { transition: none !important; animation: none !important }";
    const grounds = new Map();
    const ground = (one) => {
        if (!one) return "";
        if (!grounds.has(one)) {
            const { backgroundColor, backgroundImage, opacity, filter } = getComputedStyle(one);
            grounds.set(one, [backgroundColor, backgroundImage, opacity, filter, ground(one.parentElement)].join());
        }
        return grounds.get(one);
    };
    const look = (one) => {
        const { color, fontSize, fontWeight, textShadow } = getComputedStyle(one);
        return [color, fontSize, fontWeight, textShadow, ground(one)].join();
    };
    const words = (one) => [...one.childNodes].some(({ nodeType, data }) => nodeType === 3 && data.trim());
    const looks = (all, of) => {
        const found = all.map(() => "");
        for (const theme of ["dark", "light"]) {
            document.documentElement.dataset.theme = theme;
            grounds.clear();
            all.forEach((one, k) => { found[k] += of(one); });
        }
        return found;
    };
    const first = (all, of) => {
        const found = looks(all, of);
        return all.filter((one, k) => found.indexOf(found[k]) === k);
    };"""

# A page has thousands of coloured pieces of code in a few dozen colours, and formulas of a thousand strokes. Of the
# pieces that look the same in both themes, on the same ground, the first is left and the others become plain text; what
# formulas are drawn and spoken by goes. axe then finds the same faults in a fraction of the time.
THIN_OUT = f"""() => {{{LOOKS}
    const pieces = [...document.querySelectorAll("article pre span")].filter(one => !one.children.length && !one.id);
    const kept = new Set(first(pieces, look));
    pieces.filter(one => !kept.has(one)).forEach(one => one.replaceWith(one.textContent));
    document.querySelectorAll("article pre").forEach(one => one.normalize());
    document.querySelectorAll("article mjx-container svg[aria-hidden=true], article mjx-assistive-mml math")
        .forEach(one => one.replaceChildren());
}}"""

# What is asked for its colours alone needs no second paragraph, cell or listing whose words all look as others did; an
# empty one stays where it was, as rules of style may count. What is folded up is opened.
ONE_OF_EACH = f"""() => {{{LOOKS}
    document.querySelectorAll("article details").forEach(one => {{ one.open = true; }});
    document.querySelectorAll("article .toggle-hidden").forEach(one => one.classList.remove("toggle-hidden"));
    const kinds = "p, li, td, th, dt, dd, h2, h3, h4, summary, figcaption, caption, .highlight";
    const blocks = [...document.querySelectorAll(`article :is(${{kinds}})`)]
        .filter(one => !one.closest(".stnx") && !one.querySelector(`${{kinds}}, img, input`));
    const parts = blocks.flatMap(block => [block, ...block.querySelectorAll("*")].filter(words)
        .map(one => [block, one]));
    const needed = new Set(first(parts, ([block, one]) => look(block) + look(one)).map(([block]) => block));
    blocks.filter(one => !needed.has(one)).forEach(one => one.replaceChildren());
}}"""

# axe's rules ask for names, roles and order, which are the same in both themes, or for colours, which are not.
AXE = """only => axe.run({ include: [["article"]] }, { resultTypes: ["violations"], preload: false,
    ...(only ? { runOnly: COLOURS } : { rules: Object.fromEntries(COLOURS.map(rule => [rule, { enabled: false }])) }) })
    .then(found => found.violations
        .map(({ id, nodes: [one] }) => [id, one.html.slice(0, 200), one.failureSummary]))""".replace(
    "COLOURS", '["color-contrast", "link-in-text-block"]'
)


@dataclass
class Visit:
    """The requests and errors of one page, its measurements, and axe's findings in each theme."""

    asked: list
    complaints: list
    seen: dict
    phone: dict
    axe: dict


async def visit(context, path):
    """Open one page, and record everything that the tests need."""
    from axe_playwright_python.base import AXE_SCRIPT

    page = await context.new_page()
    asked, complaints = listen(page)
    await page.goto(path.as_uri())
    await page.evaluate("() => window.MathJax && MathJax.startup && MathJax.startup.promise")
    opened = list(asked), list(complaints)
    seen = await page.evaluate(SEEN)
    found = {"light": [], "dark": []}
    if await page.locator("article").count():  # the page of search results has none: a script fills it
        await page.evaluate(THIN_OUT)
        await page.evaluate(AXE_SCRIPT)
        found["light"] = await page.evaluate(AXE, False)
        await page.evaluate(ONE_OF_EACH)
        for theme in found:
            await page.evaluate("theme => { document.documentElement.dataset.theme = theme }", theme)
            found[theme] += await page.evaluate(AXE, True)
    # Last, because the theme answers a change of size a moment later, by what closed cells then measure: anything
    await page.set_viewport_size(PHONE)
    phone = await page.evaluate(ON_A_PHONE)
    await page.close()
    return Visit(*opened, seen, phone, found)


async def _visit_all(folder, watched, paths):
    from playwright.async_api import async_playwright

    async with async_playwright() as playwright:
        found = chromium(playwright)
        if found is None:
            raise LookupError(NO_CHROMIUM)
        browser = await playwright.chromium.launch(**found)
        context = await browser.new_context(offline=True)
        context.set_default_timeout(PATIENCE)
        room = asyncio.Semaphore(AT_ONCE)

        async def one(number, path):
            async with room:
                if not _runs(watched):
                    return
                try:
                    found = dict(visit=asdict(await visit(context, path)))
                except Exception as error:  # the test of this page shall fail, and the other visits continue
                    found = dict(failed=f"{type(error).__name__}: {error}")
                _write(folder / str(number), found)

        await asyncio.gather(*(one(number, path) for number, path in enumerate(paths)))
        await browser.close()


def _runs(pid):
    try:
        os.kill(pid, 0)
    except OSError:
        return False
    return True


def _write(path, found):
    """Write a file completely or not at all."""
    part = path.with_suffix(".part")
    part.write_text(json.dumps(found), "utf8")
    part.rename(path)


def begin(folder, watched, paths):
    """Start visiting pages; the visits end when all are done, or when the process `watched` is gone."""
    command = [sys.executable, __file__, folder, watched, *paths]
    nowhere = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.DEVNULL)
    subprocess.Popen([str(part) for part in command], **nowhere)


def outcome(folder, number):
    """The visit of the page with this number, once it is over; LookupError if a requirement is not installed."""
    latest = time.monotonic() + PATIENCE / 500
    while time.monotonic() < latest:
        for name in (str(number), "end"):  # in this order: the end is written last
            if (folder / name).exists():
                return _visit_in(json.loads((folder / name).read_text("utf8")))
        time.sleep(0.05)
    raise TimeoutError(f"visits: the page with number {number} was not visited")


def _visit_in(found):
    if "missing" in found:
        raise LookupError(found["missing"])
    if "failed" in found:
        raise RuntimeError(f"visits: {found['failed']}")
    return Visit(**found["visit"])


def main(folder, watched, *paths):
    """Visit all pages, and write the results to numbered files, and finally the file ``end``."""
    end = dict(failed="ended before this page")
    if hasattr(os, "nice"):
        os.nice(5)  # the other tests have priority
    try:
        asyncio.run(_visit_all(Path(folder), int(watched), [Path(path) for path in paths]))
    except (ImportError, LookupError) as error:
        end = dict(missing=str(error))
    except Exception as error:
        end = dict(failed=f"{type(error).__name__}: {error}")
    _write(Path(folder) / "end", end)


if __name__ == "__main__":
    main(*sys.argv[1:])
