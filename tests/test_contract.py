"""What every operation has in common: dtype, memory layout, untouched arguments, fresh results."""

import numpy as np
import pytest
from calls import backward_of, forward_of, ordinary_calls
from support import as_tuple, assert_refused, normal
from tolerances import assert_agrees


def strided(array):
    """Every second entry along the last axis of an array twice as long: the others are NaN."""
    if array.ndim == 0:
        return array.copy()
    wide = np.full((*array.shape[:-1], 2 * array.shape[-1]), np.nan, array.dtype)
    wide[..., ::2] = array
    return wide[..., ::2]


def channels_last(array):
    """Stored with the second axis last, as images from other libraries are."""
    if array.ndim < 3:
        return np.asfortranarray(array)
    return np.moveaxis(np.ascontiguousarray(np.moveaxis(array, 1, -1)), -1, 1)


LAYOUTS = {
    "Fortran order": np.asfortranarray,
    "negative strides": lambda array: np.flip(np.flip(array).copy()) if array.ndim else array.copy(),
    "every second entry": strided,
    "channels last": channels_last,
    "read only": lambda array: array.copy(),
}


@pytest.fixture(scope="session", params=ordinary_calls("float64"))
def call(request, implementation, dtype):
    """Each operation in turn: forward, backward, the arrays, and a random upstream gradient."""
    name, arrays, options = ordinary_calls(dtype)[request.param]
    forward, backward = forward_of(implementation, name, options), backward_of(implementation, name, options)
    d_out = np.asarray(normal(99, np.shape(forward(*arrays))), dtype)
    return forward, backward, arrays, d_out


def test_dtype_in_is_dtype_out(call, dtype):
    forward, backward, arrays, d_out = call
    assert np.asarray(forward(*arrays)).dtype == dtype
    gradients = as_tuple(backward(d_out, *arrays))
    assert [gradient.dtype for gradient in gradients] == [dtype] * len(arrays)
    assert [gradient.shape for gradient in gradients] == [array.shape for array in arrays]


@pytest.mark.parametrize("layout", LAYOUTS)
def test_memory_layout_does_not_matter(call, layout):
    """The same numbers in another layout give the same result, and are not written to."""
    forward, backward, arrays, d_out = call
    laid_out = [LAYOUTS[layout](array) for array in (d_out, *arrays)]
    for array in laid_out:
        array.flags.writeable = False
    assert_agrees(forward(*laid_out[1:]), forward(*arrays))
    for result, expected in zip(as_tuple(backward(*laid_out)), as_tuple(backward(d_out, *arrays)), strict=True):
        assert_agrees(result, expected)


def test_arguments_are_never_written(call):
    forward, backward, arrays, d_out = call
    arguments = [array.copy() for array in (d_out, *arrays)]
    forward(*arguments[1:])
    backward(*arguments)
    for argument, before in zip(arguments, (d_out, *arrays), strict=True):
        np.testing.assert_array_equal(argument, before)


def test_results_are_fresh(call):
    """A result may be written on: it shares no memory with an argument, nor with another result."""
    forward, backward, arrays, d_out = call
    out, *gradients = forward(*arrays), *as_tuple(backward(d_out, *arrays))
    known = [d_out, *arrays]
    for result in (np.asarray(out), *gradients):
        assert result.flags.writeable
        assert not any(np.shares_memory(result, other) for other in known)
        known.append(result)


def test_twice_is_the_same(call):
    """Nothing is remembered from one call to the next."""
    forward, backward, arrays, d_out = call
    np.testing.assert_array_equal(forward(*arrays), forward(*arrays))
    for once, again in zip(as_tuple(backward(d_out, *arrays)), as_tuple(backward(d_out, *arrays)), strict=True):
        np.testing.assert_array_equal(once, again)


def test_backward_is_linear_in_the_upstream_gradient(call):
    """Zero in, zero out; twice in, twice out."""
    _, backward, arrays, d_out = call
    for gradient in as_tuple(backward(np.zeros_like(d_out), *arrays)):
        assert not gradient.any()
    for once, twice in zip(as_tuple(backward(d_out, *arrays)), as_tuple(backward(2 * d_out, *arrays)), strict=True):
        assert_agrees(twice, 2 * once)


FLAGS = ["False", "", 1, 0, 0.0, None, np.array(True), np.array([False])]
FLAGGED = [label for label, call in ordinary_calls("float64").items() if "align_corners" in call[2]]


@pytest.mark.parametrize("value", FLAGS, ids=repr)
@pytest.mark.parametrize("label", FLAGGED)
def test_a_flag_is_true_or_false(implementation, label, value):
    """The word "False" counts as true in Python."""
    name, arrays, options = ordinary_calls("float64")[label]
    d_out = np.ones_like(forward_of(implementation, name, options)(*arrays))
    options = options | {"align_corners": value}
    forward, backward = (make(implementation, name, options) for make in (forward_of, backward_of))
    assert_refused(lambda: forward(*arrays), "align_corners", "True or False", repr(value))
    assert_refused(lambda: backward(d_out, *arrays), "align_corners", "True or False", repr(value))


@pytest.mark.parametrize("label", FLAGGED)
def test_a_flag_of_numpy_is_a_flag(implementation, label):
    name, arrays, options = ordinary_calls("float64")[label]
    flag = np.bool_(options["align_corners"])
    np.testing.assert_array_equal(
        forward_of(implementation, name, options | {"align_corners": flag})(*arrays),
        forward_of(implementation, name, options)(*arrays),
    )


@pytest.mark.parametrize(
    "kind",
    [np.ma.masked_array, lambda array: array.astype(array.dtype.newbyteorder())],
    ids=["masked", "bytes swapped"],
)
def test_arrays_that_only_look_like_arrays_are_refused(call, kind):
    """Masked values would be read."""
    forward, backward, arrays, d_out = call
    for place, array in enumerate(arrays):
        others = [*arrays[:place], kind(array), *arrays[place + 1 :]]
        with pytest.raises(TypeError, match=r"^\w+: expected .*, got "):
            forward(*others)
        with pytest.raises(TypeError, match=r"^\w+: expected .*, got "):
            backward(d_out, *others)


@pytest.mark.parametrize("label", [label for label in ordinary_calls("float64") if not label.startswith("relu")])
def test_an_empty_batch_is_refused(implementation, label):
    """By all families alike, which have no grid to give; only what goes number by number takes none as well."""
    name, arrays, options = ordinary_calls("float64")[label]
    arrays = [array[:0] if len(array) == len(arrays[0]) else array for array in arrays]
    assert_refused(lambda: forward_of(implementation, name, options)(*arrays), None, "", "(0, ")
