"""A Chromium for the tests that need one, which skip without it and fail in CI; and for the PDF."""

import os
import shutil
import subprocess

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def cannot_run(reason):
    """Skip on a developer's machine, fail where CI promises that the test runs."""
    if os.environ.get("CI"):
        pytest.fail(f"{reason} (CI is set, so this is no reason to skip)", pytrace=False)
    pytest.skip(reason)


def _path(playwright):
    """A Chromium that runs: a name on PATH proves nothing, since Ubuntu's is a stub that asks for snap."""
    for name in (*NAMES, playwright.chromium.executable_path):
        path = shutil.which(name)
        if path and subprocess.run([path, "--version"], capture_output=True).returncode == 0:
            return path
    return None


def chromium(playwright):
    """How to launch a Chromium without a window, or None where none runs."""
    path = _path(playwright)
    # Chromium refuses its sandbox to root, as which a bare CI machine runs
    arguments = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    return path and dict(executable_path=path, args=arguments)


def launch(playwright):
    """Start Chromium without a window, or return None where none runs."""
    found = chromium(playwright)
    return found and playwright.chromium.launch(**found)


@pytest.fixture(scope="session")
def browser():
    """One Chromium for the whole run."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        cannot_run("playwright is not installed: see requirements.txt")
    with sync_playwright() as playwright:
        launched = launch(playwright)
        if launched is None:
            cannot_run("no Chromium found: install chromium, or run `python -m playwright install chromium`")
        yield launched
        launched.close()


def listen(page):
    """Two lists that fill while the page runs: its requests, and its errors."""
    asked, complaints = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("requestfailed", lambda request: complaints.append(f"did not load: {request.url}"))
    page.on("pageerror", lambda error: complaints.append(f"script error: {error}"))
    page.on("console", lambda message: message.type == "error" and complaints.append(message.text))
    return asked, complaints
