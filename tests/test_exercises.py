"""What the reader wrote: skipped while untouched, judged from then on. `pytest --ex WHICH` runs this file alone."""

import pytest
from judge import judge_stub


def test_yours(stub, request):
    """The reader's answer to one exercise."""
    verdict = judge_stub(stub)
    wanted = request.config.getoption("ex")
    if verdict.status == "untouched" and not wanted:
        pytest.skip("an exercise that you have not begun; `pytest --progress` lists them")
    if verdict.status != "right":
        pytest.fail(verdict.message + _traceback(verdict, request.config), pytrace=False)
    if wanted:
        request.config.praise.append(verdict.message)


def _traceback(verdict, config):
    """The whole traceback where it was asked for, else how to ask for it; nothing where nothing was raised."""
    if not verdict.traceback:
        return ""
    if config.getoption("tbstyle") in ("long", "short", "native"):
        return f"\n\n{verdict.traceback}"
    return "\nThe whole traceback comes with --tb=long."
