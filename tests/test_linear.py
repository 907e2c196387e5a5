"""linear and relu."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from hypothesis import given
from support import assert_refused, assert_same_as_torch, away_from_zero, counts, lengths, normal, seeds
from tolerances import assert_agrees


@given(batch=counts, inputs=lengths, outputs=lengths, seed=seeds)
def test_linear_same_as_torch(implementation, dtype, batch, inputs, outputs, seed):
    assert_same_as_torch(
        implementation.linear,
        implementation.linear_backward,
        F.linear,
        [normal(seed, (batch, inputs), dtype), normal(seed + 1, (outputs, inputs), dtype), normal(2, outputs, dtype)],
    )


def test_linear_by_hand(implementation):
    """Each row of the weight is one output: 1 + 2 * 10 + 100 and -1 + 200."""
    inputs, weight, bias = np.array([[1.0, 10.0]]), np.array([[1.0, 2.0], [-1.0, 0.0]]), np.array([100.0, 200.0])
    assert_agrees(implementation.linear(inputs, weight, bias), np.array([[121.0, 199.0]]))
    d_inputs, d_weight, d_bias = implementation.linear_backward(np.array([[1.0, 3.0]]), inputs, weight, bias)
    assert_agrees(d_inputs, np.array([[-2.0, 2.0]]))
    assert_agrees(d_weight, np.array([[1.0, 10.0], [3.0, 30.0]]))
    assert_agrees(d_bias, np.array([1.0, 3.0]))


@pytest.mark.parametrize("shape", [(4,), (2, 3), (2, 3, 4, 5), ()])
@given(seed=seeds)
def test_relu_same_as_torch(implementation, dtype, shape, seed):
    arrays = [np.asarray(away_from_zero(seed, shape), dtype)]
    assert_same_as_torch(implementation.relu, implementation.relu_backward, torch.relu, arrays)


def test_relu_is_flat_at_zero(implementation):
    inputs, d_out = np.array([-2.0, -0.0, 0.0, 3.0]), np.array([5.0, 6.0, 7.0, 8.0])
    assert_agrees(implementation.relu(inputs), np.array([0.0, 0.0, 0.0, 3.0]))
    assert_agrees(implementation.relu_backward(d_out, inputs), np.array([0.0, 0.0, 0.0, 8.0]))


def test_relu_does_not_hide_nan(implementation):
    """Neither on the way back, as in torch."""
    inputs, d_out = np.array([np.nan, -np.inf, np.inf]), np.array([3.0, 4.0, 5.0])
    np.testing.assert_array_equal(implementation.relu(inputs), [np.nan, 0, np.inf])
    tensor = torch.tensor(inputs, requires_grad=True)
    torch.relu(tensor).backward(torch.tensor(d_out))
    np.testing.assert_array_equal(tensor.grad.numpy(), [3, 0, 5])
    np.testing.assert_array_equal(implementation.relu_backward(d_out, inputs), [3, 0, 5])


X, W, B = np.ones((4, 3)), np.ones((2, 3)), np.ones(2)

BAD = {
    "one sample": ((X[0], W, B), "inputs", "(N, ", "(3,)"),
    "integers": ((X.astype(int), W, B), "inputs", "float32 or float64", "int64"),
    "a list": ((X.tolist(), W, B), "inputs", "array", "list"),
    "no samples": ((X[:0], W, B), "inputs", "", "(0, 3)"),
    "weight transposed": ((X, W.T, B), "weight", "3", "(3, 2)"),
    "weight of another dtype": ((X, W.astype("float32"), B), "weight", "float64", "float32"),
    "bias too long": ((X, W, np.ones(3)), "bias", "2", "(3,)"),
    "bias as a column": ((X, W, B[:, None]), "bias", "2", "(2, 1)"),
    "bias of integers": ((X, W, B.astype(int)), "bias", "float32 or float64", "int64"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input_is_refused(implementation, case):
    arguments, *message = BAD[case]
    assert_refused(lambda: implementation.linear(*arguments), *message)
    assert_refused(lambda: implementation.linear_backward(np.ones((4, 2)), *arguments), *message)


@pytest.mark.parametrize("d_out", [np.ones((4, 3)), np.ones((3, 2)), np.ones(2)], ids=lambda d_out: str(d_out.shape))
def test_bad_gradient_is_refused(implementation, d_out):
    assert_refused(lambda: implementation.linear_backward(d_out, X, W, B), "d_out", "", str(d_out.shape))


def test_bad_relu_input_is_refused(implementation):
    assert_refused(lambda: implementation.relu(X.astype(int)), "inputs", "float32 or float64", "int64")
    assert_refused(lambda: implementation.relu([1.0]), "inputs", "array", "list")
    assert_refused(lambda: implementation.relu_backward(X[:2], X), "d_out", "(4, 3)", "(2, 3)")
    assert_refused(lambda: implementation.relu_backward(X.astype("float32"), X), "d_out", "float64", "float32")
