"""Every backward against finite differences, and the checker itself against gradients known to be wrong."""

import inspect
import sys

import numpy as np
import pytest
from calls import backward_of, forward_of, ordinary_calls
from support import IDENTITY, assert_refused, assert_same_as_torch, normal, thetas
from tolerances import FINITE_DIFFERENCES, assert_agrees

from stn_numpy.gradcheck import gradcheck, numerical_gradient


@pytest.mark.parametrize("label", ordinary_calls("float64"))
def test_backward_is_the_finite_difference(implementation, label):
    name, arrays, options = ordinary_calls("float64")[label]
    errors = gradcheck(forward_of(implementation, name, options), backward_of(implementation, name, options), arrays)
    assert len(errors) == len(arrays)
    assert max(errors) < FINITE_DIFFERENCES, errors


def test_a_right_gradient_passes():
    errors = gradcheck(lambda a, b: a * b, lambda d, a, b: (d * b, d * a), [normal(0, (3, 4)), normal(1, (3, 4))])
    assert len(errors) == 2 and max(errors) < FINITE_DIFFERENCES
    assert isinstance(errors, list) and all(isinstance(error, float) for error in errors)


def test_one_gradient_may_come_alone():
    [error] = gradcheck(np.sin, lambda d, a: d * np.cos(a), [normal(0, (3,))])
    assert error < FINITE_DIFFERENCES


def test_whole_numbers_and_words_are_passed_on():
    forward = lambda a, power, word: a**power if word == "up" else None  # noqa: E731
    errors = gradcheck(forward, lambda d, a, power, word: d * power * a ** (power - 1), [normal(0, (4,)), 3, "up"])
    assert len(errors) == 1 and errors[0] < FINITE_DIFFERENCES


WRONG = {
    "a lost factor": lambda d, a: 2 * d,
    "a lost sign": lambda d, a: -2 * d * a,
    "one entry": lambda d, a: 2 * d * a * np.where(np.arange(a.size).reshape(a.shape) == 3, 1.01, 1),
    "nothing at all": lambda d, a: np.zeros_like(a),
    "the transpose": lambda d, a: (2 * d * a).T.copy(),
    "the upstream gradient ignored": lambda d, a: 2 * a,
}


@pytest.mark.parametrize("mistake", WRONG)
def test_a_wrong_gradient_is_seen(mistake):
    [error] = gradcheck(lambda a: a**2, WRONG[mistake], [normal(0, (3, 3))])
    assert error > 100 * FINITE_DIFFERENCES


def test_the_wrong_one_of_two_is_named():
    """Errors come in the order of the arguments."""
    errors = gradcheck(lambda a, b: a * b, lambda d, a, b: (d * b, d * b), [normal(0, 5), normal(1, 5)])
    assert errors[0] < FINITE_DIFFERENCES < 1e-2 < errors[1]


def test_a_lost_linear_part_of_theta_is_seen(implementation):
    """An upstream gradient of ones cannot see it: over a symmetric grid x and y sum to zero."""

    def lost(d_grid, theta):
        d_theta = implementation.affine_grid_backward(d_grid, theta)
        d_theta[:, :, :2] = 0
        return d_theta

    ones, theta = np.ones((1, 4, 5, 2)), thetas(IDENTITY)
    assert_agrees(lost(ones, theta), implementation.affine_grid_backward(ones, theta))
    [error] = gradcheck(lambda theta: implementation.affine_grid(theta, (1, 1, 4, 5)), lost, [theta])
    assert error > 0.1


def test_no_gradients_at_all_agree():
    """Where everything is flat the error is zero, not zero over zero."""
    with np.errstate(all="raise"):
        [error] = gradcheck(np.zeros_like, lambda d, a: np.zeros_like(a), [normal(0, (2, 2))])
    assert error == 0


def test_nan_is_no_agreement():
    [error] = gradcheck(np.sin, lambda d, a: d * np.nan, [normal(0, (3,))])
    assert not error < FINITE_DIFFERENCES


def test_the_seed_changes_the_upstream_gradient():
    seen = []

    def backward(d, a):
        seen.append(d)
        return 2 * d * a

    for seed in (0, 1, 0):
        gradcheck(lambda a: a**2, backward, [normal(0, (3,))], seed=seed)
    first, second, third = seen[0], seen[len(seen) // 3], seen[-1]
    assert not np.array_equal(first, second)
    np.testing.assert_array_equal(first, third)


def test_arguments_are_not_written():
    argument = normal(0, (3, 3))
    argument.flags.writeable = False
    gradcheck(lambda a: a**2, lambda d, a: 2 * d * a, [argument])
    assert_agrees(argument, normal(0, (3, 3)))


def test_float32_is_refused():
    """Its rounding is larger than what the check looks for."""
    with pytest.raises(TypeError, match=r"expected float64.*got float32"):
        gradcheck(np.sin, lambda d, a: d * np.cos(a), [normal(0, (3,), "float32")])


def test_numerical_gradient_by_hand():
    """x^2 + 3 y has the slopes 2 x and 3."""
    gradient = numerical_gradient(lambda a: a[0] ** 2 + 3 * a[1], np.array([5.0, 7.0]))
    np.testing.assert_allclose(gradient, [10, 3], rtol=1e-8)


@pytest.mark.parametrize("dtype", ["float32", "int64"])
def test_numerical_gradient_wants_float64(dtype):
    """A move of a millionth is lost in float32, and cut off in whole numbers."""
    with pytest.raises(TypeError, match=f"array: expected an array of float64, got {dtype}"):
        numerical_gradient(lambda a: float(a.sum()), np.array([3, 4], dtype))


def test_gradcheck_and_torch_see_the_same():
    """The checker's verdict and torch's number agree on a function that neither side has in a library."""
    forward, backward = lambda a, b: a * b + b, lambda d, a, b: (d * b, d * (a + 1))
    arrays = [normal(0, (2, 3)), normal(1, (2, 3))]
    assert_same_as_torch(forward, backward, forward, arrays)
    assert max(gradcheck(forward, backward, arrays)) < FINITE_DIFFERENCES


def test_every_backward_takes_what_the_forward_saw(implementation):
    """`<name>_backward(d_<something>, *the forward's arguments)` with the same defaults, but for the output's size."""
    for name in sorted({call[0] for call in ordinary_calls("float64").values()}):
        forward = inspect.signature(getattr(implementation, name)).parameters.values()
        backward = list(inspect.signature(getattr(implementation, f"{name}_backward")).parameters.values())
        assert backward[0].name.startswith("d_"), name
        expected = [(parameter.name, parameter.default) for parameter in forward if parameter.name != "size"]
        assert [(parameter.name, parameter.default) for parameter in backward[1:]] == expected, name


def scaled_sum(image, bias):
    """A forward of two arrays: each column has a bias."""
    return 2 * image + bias


WRONG_SHAPE = {
    "axis kept": lambda d, image, bias: (2 * d, d.sum(axis=0, keepdims=True)),
    "one number": lambda d, image, bias: (2 * d, d.sum()),
    "not summed": lambda d, image, bias: (2 * d, d),
}


@pytest.mark.parametrize("case", WRONG_SHAPE)
def test_a_gradient_of_another_shape_is_refused(case):
    """Even one that would broadcast to the same numbers."""
    arguments = [normal(0, (3, 4)), normal(1, (4,))]
    given = WRONG_SHAPE[case](np.ones((3, 4)), *arguments)[1]
    call = lambda: gradcheck(scaled_sum, WRONG_SHAPE[case], arguments)  # noqa: E731
    assert_refused(call, "d_bias", "shape (4,) like bias", str(np.shape(given)))


@pytest.mark.parametrize("gradients", [1, 3])
def test_another_number_of_gradients_is_refused(gradients):
    backward = lambda d, image, bias: (2 * d, d.sum(axis=0), d)[:gradients]  # noqa: E731
    call = lambda: gradcheck(scaled_sum, backward, [normal(0, (3, 4)), normal(1, (4,))])  # noqa: E731
    assert_refused(call, "backward", "2 gradients (d_image, d_bias)", str(gradients))


def test_gradients_may_come_in_a_list():
    backward = lambda d, image, bias: [2 * d, d.sum(axis=0)]  # noqa: E731
    assert max(gradcheck(scaled_sum, backward, [normal(0, (3, 4)), normal(1, (4,))])) < FINITE_DIFFERENCES


@pytest.mark.parametrize("dtype", [">f8" if sys.byteorder == "little" else "<f8", "float16", "longdouble"])
def test_floats_that_would_be_passed_on_unseen_are_refused(dtype):
    """For example another machine's numbers: arrays that are not differentiated are not checked."""
    with pytest.raises(TypeError, match=r"arguments\[1\]: expected float64.*got "):
        gradcheck(scaled_sum, lambda d, *_: (2 * d, d.sum(axis=0)), [normal(0, (3, 4)), normal(1, (4,)).astype(dtype)])
