"""Files of results: their look, and that they are whole even after a power cut."""

import json
import os

import numpy as np
import pytest

from stn_numpy.files import write_json


def test_numbers_that_json_does_not_have_become_null(tmp_path):
    written = dict(error=float("nan"), loss=[1.5, float("-inf")], theta=np.array([np.nan, 2]))
    write_json(tmp_path / "result.json", written)
    content = json.loads((tmp_path / "result.json").read_text(), parse_constant=pytest.fail)
    assert content == dict(error=None, loss=[1.5, None], theta=[None, 2])


def test_lists_of_numbers_stand_on_one_line_and_words_stay_as_they_are(tmp_path):
    content = dict(
        classes=["oak  tree", "[1,  2]"],
        command="--rates [\n1,  2]",
        empty=[],
        curve=dict(loss=[1, -2.5e-07, None, True, 3.0], pairs=[[1, 2], [3, 4]]),
    )
    write_json(tmp_path / "deeper" / "result.json", content)
    text = (tmp_path / "deeper" / "result.json").read_text()
    assert json.loads(text) == content
    assert '"loss": [ 1, -2.5e-07, null, true, 3.0 ],' in text
    assert '"pairs": [\n   [ 1, 2 ],\n   [ 3, 4 ]\n  ]' in text and text.endswith("}\n")


def test_the_file_is_on_the_disk_before_it_takes_its_name_and_the_name_after(tmp_path, monkeypatch):
    done, replace, fsync = [], os.replace, os.fsync
    monkeypatch.setattr(os, "replace", lambda *paths: done.append("name") or replace(*paths))
    monkeypatch.setattr(os, "fsync", lambda number: done.append(os.fstat(number).st_ino) or fsync(number))
    write_json(tmp_path / "result.json", {})
    assert done == [(tmp_path / "result.json").stat().st_ino, "name", tmp_path.stat().st_ino]


@pytest.mark.parametrize("where", ["fsync", "replace"])
@pytest.mark.parametrize("error", [OSError("no space left"), KeyboardInterrupt("no space left")])
def test_a_failure_leaves_the_old_file_and_nothing_else(tmp_path, monkeypatch, where, error):
    path = tmp_path / "result.json"
    write_json(path, dict(a=1))

    def fails(*_):
        raise error

    monkeypatch.setattr(os, where, fails)
    with pytest.raises(type(error), match="no space left"):
        write_json(path, dict(a=2))
    assert json.loads(path.read_text()) == dict(a=1) and list(tmp_path.iterdir()) == [path]
