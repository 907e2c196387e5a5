"""Visits to the built pages: each is opened once, two at a time, and what the tests ask about it is written down.

They run in a thread and a browser of their own: `begin` starts them, and each page's visit is a future.
That nothing escapes a visit, `test_book.py` shows on a page full of faults.
"""

import asyncio
import threading
from concurrent.futures import Future
from dataclasses import dataclass

from browser import chromium, listen

AT_ONCE = 2
NO_CHROMIUM = "no Chromium found: install chromium, or run `python -m playwright install chromium`"
PATIENCE = 300_000      # milliseconds: a busy machine is slow, and not wrong
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

# A page has thousands of coloured pieces of code in a few dozen colours, and formulas of a thousand strokes. Of the
# pieces that look the same in both themes, on the same ground, the first is left and the others become plain text; the
# strokes of formulas, which are hidden from readers aloud, go. axe then finds the same faults in a third of the time.
THIN_OUT = """() => {
    const pieces = [...document.querySelectorAll("article pre span")].filter(one => !one.children.length && !one.id);
    const grounds = new Map();
    const ground = (one) => {
        if (!one) return "";
        if (!grounds.has(one)) {
            const { backgroundColor, backgroundImage, opacity, filter } = getComputedStyle(one);
            grounds.set(one, [backgroundColor, backgroundImage, opacity, filter, ground(one.parentElement)].join());
        }
        return grounds.get(one);
    };
    const looks = pieces.map(() => "");
    for (const theme of ["dark", "light"]) {
        document.documentElement.dataset.theme = theme;
        grounds.clear();
        pieces.forEach((one, k) => {
            const { color, fontSize, fontWeight, textShadow } = getComputedStyle(one);
            looks[k] += [color, fontSize, fontWeight, textShadow, ground(one)].join();
        });
    }
    pieces.forEach((one, k) => { if (looks.indexOf(looks[k]) < k) one.replaceWith(one.textContent); });
    document.querySelectorAll("article pre").forEach(one => one.normalize());
    document.querySelectorAll("article mjx-container svg[aria-hidden=true]").forEach(one => one.replaceChildren());
}"""

# In the dark only what has to do with colours can differ: axe's other rules ask for names, roles and order.
AXE = """only => axe.run({ include: [["article"]] },
    { resultTypes: ["violations"], preload: false, ...(only ? { runOnly: [only] } : {}) })
    .then(found => found.violations
        .map(({ id, nodes: [one] }) => [id, one.html.slice(0, 200), one.failureSummary]))"""


@dataclass
class Visit:
    """What one page asked for and complained of, what was seen on it, and what axe found in each theme."""

    asked: list
    complaints: list
    seen: dict
    phone: dict
    axe: dict


async def visit(context, path):
    """Open one page, and write down everything that the tests want to know."""
    from axe_playwright_python.base import AXE_SCRIPT

    page = await context.new_page()
    asked, complaints = listen(page)
    await page.goto(path.as_uri())
    await page.evaluate("() => window.MathJax && MathJax.startup && MathJax.startup.promise")
    opened = list(asked), list(complaints)
    seen = await page.evaluate(SEEN)
    found = {"light": [], "dark": []}
    if await page.locator("article").count():      # the page of search results has none: a script fills it
        await page.evaluate(THIN_OUT)
        await page.evaluate(AXE_SCRIPT)
        found["light"] = await page.evaluate(AXE, "")
        await page.evaluate("document.documentElement.dataset.theme = 'dark'")
        found["dark"] = await page.evaluate(AXE, "cat.color")
    # Last, because the theme answers a change of size a moment later, by what closed cells then measure: anything
    await page.set_viewport_size(PHONE)
    phone = await page.evaluate(ON_A_PHONE)
    await page.close()
    return Visit(*opened, seen, phone, found)


async def _visit_all(futures):
    from playwright.async_api import async_playwright

    async with async_playwright() as playwright:
        found = chromium(playwright)
        if found is None:
            raise LookupError(NO_CHROMIUM)
        browser = await playwright.chromium.launch(**found)
        context = await browser.new_context(offline=True)
        context.set_default_timeout(PATIENCE)
        room = asyncio.Semaphore(AT_ONCE)

        async def one(path, future):
            async with room:
                try:
                    future.set_result(await visit(context, path))
                except Exception as error:      # the test of this page is to fail, and the other visits to go on
                    future.set_exception(error)

        await asyncio.gather(*(one(path, future) for path, future in futures.items()))
        await browser.close()


def begin(paths):
    """Start visiting pages: for each path a future of its `Visit`.

    A future raises ImportError or LookupError where there is no playwright, no axe or no Chromium.
    """
    futures = {path: Future() for path in paths}

    def run():
        try:
            asyncio.run(_visit_all(futures))
        except Exception as error:
            for future in futures.values():
                if not future.done():
                    future.set_exception(error)

    threading.Thread(target=run, daemon=True).start()
    return futures
