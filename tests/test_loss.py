"""softmax and cross_entropy."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from hypothesis import given
from hypothesis import strategies as st
from support import assert_refused, assert_same_as_torch, counts, normal, seeds
from tolerances import assert_agrees

classes = st.integers(1, 10)


def targets(seed, batch, classes):
    return np.random.default_rng(seed).integers(0, classes, batch)


@given(batch=counts, classes=classes, seed=seeds)
def test_cross_entropy_same_as_torch(implementation, dtype, batch, classes, seed):
    target = targets(seed, batch, classes)
    assert_same_as_torch(
        lambda logits: implementation.cross_entropy(logits, target),
        lambda d_loss, logits: implementation.cross_entropy_backward(d_loss, logits, target),
        lambda logits: F.cross_entropy(logits, torch.tensor(target)),
        [3 * normal(seed, (batch, classes), dtype)],
    )


@given(batch=counts, classes=classes, seed=seeds)
def test_softmax_same_as_torch(implementation, dtype, batch, classes, seed):
    logits = 3 * normal(seed, (batch, classes), dtype)
    out = implementation.softmax(logits)
    assert_agrees(out, torch.softmax(torch.tensor(logits), dim=1).numpy())
    assert_agrees(out.sum(axis=1), np.ones(batch, dtype))


def test_softmax_by_hand(implementation):
    """Scores log 1, log 2 and log 5 give probabilities as 1 to 2 to 5, whatever is added to all of them."""
    logits = np.log([[1.0, 2.0, 5.0]])
    expected = np.array([[0.125, 0.25, 0.625]])
    assert_agrees(implementation.softmax(logits), expected)
    assert_agrees(implementation.softmax(logits + 1000), expected)


def test_equal_scores_cost_the_log_of_the_classes(implementation, dtype):
    loss = implementation.cross_entropy(np.zeros((4, 10), dtype), np.array([0, 3, 9, 9]))
    assert_agrees(loss, np.asarray(np.log(10), dtype))
    assert np.ndim(loss) == 0


def test_backward_by_hand(implementation):
    """The probabilities, less one at the right class, over the number of samples, times the upstream gradient."""
    logits, target = np.log([[1.0, 2.0, 5.0], [1.0, 1.0, 2.0]]), np.array([2, 0])
    d_logits = implementation.cross_entropy_backward(np.asarray(4.0), logits, target)
    assert_agrees(d_logits, 2 * np.array([[0.125, 0.25, -0.375], [-0.75, 0.25, 0.5]]))


def test_huge_scores_stay_finite(implementation, dtype):
    logits = np.array([[1e4, -1e4, 0], [-1e30, 1e30, 0], [500, 500, -500]], dtype)
    target = np.array([1, 1, 0])
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        loss = implementation.cross_entropy(logits, target)
        d_logits = implementation.cross_entropy_backward(np.asarray(1, dtype), logits, target)
        probabilities = implementation.softmax(logits)
    assert_agrees(loss, np.asarray((2e4 + 0 + np.log(2)) / 3, dtype))
    assert_agrees(probabilities, np.array([[1, 0, 0], [0, 1, 0], [0.5, 0.5, 0]], dtype))
    assert_agrees(d_logits, np.array([[1, -1, 0], [0, 0, 0], [-0.5, 0.5, 0]], dtype) / 3)


@pytest.mark.parametrize("kind", ["int64", "int32", "uint8"])
def test_targets_of_every_whole_type(implementation, kind):
    logits, target = normal(0, (4, 5)), np.array([0, 4, 2, 2])
    loss = implementation.cross_entropy(logits, target.astype(kind))
    assert_agrees(loss, implementation.cross_entropy(logits, target))


L, T = np.ones((3, 5)), np.array([0, 4, 2])

BAD = {
    "logits of one sample": ((L[0], T), "logits", "(N, ", "(5,)"),
    "logits of integers": ((L.astype(int), T), "logits", "float32 or float64", "int64"),
    "logits as a list": ((L.tolist(), T), "logits", "array", "list"),
    "no samples": ((L[:0], T[:0]), "logits", "", "(0, 5)"),
    "target of another batch": ((L, T[:2]), "target", "3", "(2,)"),
    "target in one-hot": ((L, np.eye(5, dtype=int)[T]), "target", "3", "(3, 5)"),
    "target of floats": ((L, T.astype(float)), "target", "int", "float64"),
    "target of booleans": ((L, T > 1), "target", "int", "bool"),
    "target as a list": ((L, T.tolist()), "target", "int", "list"),
    "target beyond the classes": ((L, np.array([0, 5, 2])), "target", "4", "5"),
    "target below zero": ((L, np.array([0, -1, 2])), "target", "0", "-1"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input_is_refused(implementation, case):
    arguments, *message = BAD[case]
    assert_refused(lambda: implementation.cross_entropy(*arguments), *message)
    assert_refused(lambda: implementation.cross_entropy_backward(np.asarray(1.0), *arguments), *message)


def test_bad_softmax_input_is_refused(implementation):
    assert_refused(lambda: implementation.softmax(L[0]), "logits", "(N, ", "(5,)")
    assert_refused(lambda: implementation.softmax(L.astype(int)), "logits", "float32 or float64", "int64")
