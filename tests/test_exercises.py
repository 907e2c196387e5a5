"""The reader's answers: skipped while untouched, judged from then on. `pytest --ex WHICH` runs this file alone."""

import pytest


def test_yours(stub, verdict_on, request):
    """The reader's answer to one exercise."""
    verdict = verdict_on(stub)
    if verdict.status == "untouched" and not request.config.getoption("ex"):
        pytest.skip("an exercise that you have not begun; `pytest --progress` lists them")
    if verdict.status != "right":
        pytest.fail(verdict.message + _traceback(verdict, request.config), pytrace=False)


def _traceback(verdict, config):
    """The full traceback if it was requested, else how to request it; empty if nothing was raised."""
    if not verdict.traceback:
        return ""
    if config.getoption("tbstyle") in ("long", "short", "native"):
        return f"\n\n{verdict.traceback}"
    return "\nThe whole traceback comes with --tb=long."
