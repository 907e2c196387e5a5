"""affine_exp_theta: an affine map that always has an inverse."""

import numpy as np
import pytest
import torch
from hypothesis import given
from scipy.linalg import expm
from support import IDENTITY, assert_refused, assert_same_as_torch, counts, normal, seeds, thetas
from tolerances import FINITE_DIFFERENCES, assert_agrees

from stn_numpy.affine_exp import affine_exp_theta
from stn_numpy.gradcheck import gradcheck
from stn_numpy.pytorch.affine_exp import affine_exp_theta as affine_exp_theta_of_torch


def by_definition(parameters):
    """The same in torch, which has an exponential of its own and differentiates it."""
    six = parameters.reshape(-1, 2, 3)
    return torch.linalg.matrix_exp(torch.cat([six, torch.zeros_like(six[:, :1])], dim=1))[:, :2]


def whole(theta):
    """(N, 2, 3) with the row (0, 0, 1) below: (N, 3, 3)."""
    return np.concatenate([theta, np.tile([[[0.0, 0.0, 1.0]]], (len(theta), 1, 1))], axis=1)


@given(count=counts, seed=seeds)
def test_same_as_torch(implementation, dtype, count, seed):
    parameters = normal(seed, (count, 6), dtype) / 2
    assert_same_as_torch(
        implementation.affine_exp_theta, implementation.affine_exp_theta_backward, by_definition, [parameters], unit=5
    )


@pytest.mark.parametrize("scale", [1e-12, 1e-3, 0.1, 0.5, 1, 3, 8])
def test_same_as_scipy(implementation, dtype, scale):
    """Small and large, and each image by its own number of squarings."""
    parameters = (scale * normal(0, (20, 6)) * np.linspace(0.05, 1, 20)[:, None]).astype(dtype)
    generator = np.zeros((20, 3, 3))
    generator[:, :2] = parameters.reshape(20, 2, 3)
    for found, expected in zip(implementation.affine_exp_theta(parameters), expm(generator), strict=True):
        assert_agrees(found, expected[:2].astype(dtype))


@pytest.mark.parametrize("size", [1e-3, 1, 100, 300, 500, 700])
def test_torch_s_own_is_as_exact(size):
    """Up to where float64 ends."""
    parameters = normal(3, (20, 6))
    parameters *= size / np.abs(parameters.reshape(20, 2, 3)).sum(axis=2).max(axis=1)[:, None]
    expected = affine_exp_theta(parameters)
    error = np.abs(affine_exp_theta_of_torch(torch.from_numpy(parameters)).numpy() - expected)
    assert (error.max(axis=(1, 2)) <= 2e-12 * np.abs(expected).max(axis=(1, 2))).all()


@pytest.mark.parametrize("scale", [1e-8, 0.3, 2])
def test_backward_is_the_finite_difference(implementation, scale):
    [error] = gradcheck(
        implementation.affine_exp_theta, implementation.affine_exp_theta_backward, [scale * normal(1, (5, 6))]
    )
    assert error < FINITE_DIFFERENCES


def test_the_identity_is_exact(implementation, dtype):
    transform = implementation.TRANSFORMS["affine-exp"]
    assert transform.forward is implementation.affine_exp_theta and len(transform.identity) == 6
    theta = transform.forward(np.array([transform.identity] * 3, dtype))
    np.testing.assert_array_equal(theta, thetas(IDENTITY, 3, dtype))


def test_pictures_by_hand(implementation, dtype):
    """A flow to the right and down; a turning one; one that grows along x alone; one that grows as it drifts."""
    parameters = [
        [0, 0, 0.5, 0, 0, -0.25],
        [0, -np.pi / 2, 0, np.pi / 2, 0, 0],
        [np.log(2), 0, 0, 0, 0, 0],
        [np.log(3), 0, np.log(3), 0, 0, 0],
        [0, 0.5, 0, 0, 0, 0],
    ]
    expected = [
        [[1, 0, 0.5], [0, 1, -0.25]],
        [[0, -1, 0], [1, 0, 0]],
        [[2, 0, 0], [0, 1, 0]],
        [[3, 0, 2], [0, 1, 0]],
        [[1, 0.5, 0], [0, 1, 0]],
    ]
    assert_agrees(implementation.affine_exp_theta(np.array(parameters, dtype)), np.array(expected, dtype))


@given(seed=seeds)
def test_the_negated_parameters_undo_it(implementation, seed):
    parameters = normal(seed, (3, 6))
    there, back = (whole(implementation.affine_exp_theta(sign * parameters)) for sign in (1, -1))
    assert_agrees(there @ back, np.tile(np.eye(3), (3, 1, 1)), unit=500)


@given(seed=seeds)
def test_it_never_mirrors(implementation, seed):
    parameters = normal(seed, (3, 6))
    theta = implementation.affine_exp_theta(parameters)
    assert_agrees(np.linalg.det(theta[:, :, :2]), np.exp(parameters[:, 0] + parameters[:, 4]), unit=100)


def test_backward_of_one_shift(implementation):
    """Without a linear part only the shifts move: theta is (1, 0, c; 0, 1, f), and the linear numbers act as well.

    To first order ``exp(A) = 1 + A + A^2 / 2``, so the shift of x is ``c + (a c + b f) / 2``.
    """
    parameters, d_theta = np.array([[0, 0, 0.4, 0, 0, 3.0]]), np.zeros((1, 2, 3))
    d_theta[0, 0, 2] = 2
    d_parameters = implementation.affine_exp_theta_backward(d_theta, parameters)
    assert_agrees(d_parameters, np.array([[2 * 0.4 / 2, 2 * 3 / 2, 2, 0, 0, 0]]))


def test_the_gradients_size_does_not_matter(implementation):
    parameters, d_theta = normal(0, (2, 6)), normal(1, (2, 2, 3))
    expected = implementation.affine_exp_theta_backward(d_theta, parameters)
    for factor in (1e-200, 1e200):
        assert_agrees(implementation.affine_exp_theta_backward(factor * d_theta, parameters) / factor, expected)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf, 1e300])
def test_a_broken_image_spoils_no_other(implementation, bad):
    parameters, d_theta = normal(0, (3, 6)), normal(1, (3, 2, 3))
    broken = parameters.copy()
    broken[1, 0] = bad
    with np.errstate(all="raise"):
        theta = implementation.affine_exp_theta(broken)
        d_parameters = implementation.affine_exp_theta_backward(d_theta, broken)
    expected = implementation.affine_exp_theta(parameters)
    np.testing.assert_array_equal(theta[[0, 2]], expected[[0, 2]])
    expected = implementation.affine_exp_theta_backward(d_theta, parameters)
    np.testing.assert_array_equal(d_parameters[[0, 2]], expected[[0, 2]])


def test_bad_input_is_refused(implementation):
    forward, backward = implementation.affine_exp_theta, implementation.affine_exp_theta_backward
    assert_refused(lambda: forward(np.ones((4, 7))), "parameters", "(N, 6)", "(4, 7)")
    assert_refused(lambda: forward(np.ones((4, 6), int)), "parameters", "float32 or float64", "int64")
    assert_refused(lambda: backward(np.ones((4, 3, 2)), np.ones((4, 6))), "d_theta", "2, 3)", "(4, 3, 2)")
    assert_refused(lambda: backward(np.ones((4, 2, 3), "f"), np.ones((4, 6))), "d_theta", "float64", "float32")
