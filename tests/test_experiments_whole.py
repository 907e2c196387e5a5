"""Chapter 2's experiment: the program trained, and its weights as the ledger keeps them."""

import numpy as np
import pytest
from series import record_of

from book import by_hand
from book.experiments.whole import program


@pytest.fixture(scope="module")
def record(tmp_path_factory):
    return record_of(program.EXPERIMENT, tmp_path_factory.mktemp("whole"), changes="steps=40")


@pytest.fixture(scope="module")
def trained():
    return by_hand.train(40, 0)


def test_the_weights_are_those_of_the_program(record, trained):
    """To the last bit, in the program's shapes; without a transformer, the classifier's alone."""
    weights, losses = trained
    plain, transformer = (program.unpacked(record.result[name]["weights"]) for name in program.NETWORKS)
    for found, expected in ((plain, weights[0][4:]), (transformer, weights[1])):
        assert len(found) == len(expected)
        for one, other in zip(found, expected):
            assert one.dtype == np.float32 and np.array_equal(one, other)
    assert record.result["transformer"]["loss"] == pytest.approx(losses[:, 1].mean(), abs=1e-4)


def test_what_is_measured_is_what_the_program_reports(record, trained, tmp_path, capsys):
    by_hand.report(trained[0], tmp_path / "picture.png")
    lines = capsys.readouterr().out.splitlines()[-3:-1]
    for name, line in zip(program.NETWORKS, lines):
        found = record.result[name]
        assert f" {found['test_error']:.1%} wrong" in line
        assert f"place {found['left']['pixels']:.1f} pixels" in line


def test_the_recorded_networks_make_the_recorded_mistakes():
    found = program.trained_networks()
    images, labels = by_hand.digits("test")
    canvas, _ = by_hand.scatter(images, np.random.default_rng(1))
    start = by_hand.first_weights(np.random.default_rng(0))[:4]  # which gives the identity
    for name, before in (("plain", start), ("transformer", ())):
        weights = (*before, *program.unpacked(found[name]["weights"]))
        seen = by_hand.transform(canvas, weights[:4])[0]
        answer = by_hand.network(seen.reshape(1000, -1), weights[4:]).argmax(axis=1)
        assert np.mean(answer != labels) == pytest.approx(found[name]["test_error"], abs=2e-3)
    assert found["transformer"]["test_error"] < 0.5 * found["plain"]["test_error"]
