"""Layers: their state, the accumulation of their gradients, the names and first values of their parameters."""

import numpy as np
import pytest
from support import assert_refused, away_from_zero, distinct, normal
from tolerances import assert_agrees
from torch import nn
from twins import as_functions, assert_same_as_twin, data_of

from stn_numpy.layer import AvgPool2d, Conv2d, Flatten, Layer, Linear, MaxPool2d, Parameter, ReLU, Sequential
from stn_numpy.optimizer import SGD

IMAGE = (3, 2, 6, 7)

# layer from (rng, dtype), the torch module, inputs from (seed, shape, dtype), their shape
LAYERS = {
    "Linear": (lambda *how: Linear(5, 3, *how), nn.Linear(5, 3), normal, (4, 5)),
    "Conv2d": (lambda rng, dtype: Conv2d(2, 4, 3, rng=rng, dtype=dtype), nn.Conv2d(2, 4, 3), normal, IMAGE),
    "Conv2d strided, padded": (
        lambda rng, dtype: Conv2d(2, 3, 2, stride=2, padding=1, rng=rng, dtype=dtype),
        nn.Conv2d(2, 3, 2, stride=2, padding=1),
        normal,
        IMAGE,
    ),
    "ReLU": (lambda *_: ReLU(), nn.ReLU(), away_from_zero, IMAGE),
    "MaxPool2d": (lambda *_: MaxPool2d(2), nn.MaxPool2d(2), distinct, IMAGE),
    "MaxPool2d overlapping": (lambda *_: MaxPool2d(3, 2), nn.MaxPool2d(3, 2), distinct, IMAGE),
    "AvgPool2d": (lambda *_: AvgPool2d(2), nn.AvgPool2d(2), normal, IMAGE),
    "AvgPool2d overlapping": (lambda *_: AvgPool2d(3, 1), nn.AvgPool2d(3, 1), normal, IMAGE),
    "Flatten": (lambda *_: Flatten(), nn.Flatten(), normal, IMAGE),
    "Sequential": (
        lambda rng, dtype: Sequential(
            Conv2d(2, 3, 3, padding=1, rng=rng, dtype=dtype),
            ReLU(),
            MaxPool2d(2),
            Sequential(Flatten(), ReLU()),
            Linear(27, 4, rng, dtype),
        ),
        nn.Sequential(
            nn.Conv2d(2, 3, 3, padding=1),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Sequential(nn.Flatten(), nn.ReLU()),
            nn.Linear(27, 4),
        ),
        normal,
        IMAGE,
    ),
}


@pytest.mark.parametrize("name", LAYERS)
def test_same_as_torch(name, dtype):
    build, twin, draw, shape = LAYERS[name]
    assert_same_as_twin(build(0, dtype), twin, draw(1, shape, dtype), unit=10)


@pytest.mark.parametrize("name", LAYERS)
def test_arguments_are_not_written(name):
    build, _, draw, shape = LAYERS[name]
    forward, backward = as_functions(layer := build(0, "float64"))
    inputs, before = draw(1, shape), data_of(layer)
    d_out = normal(2, forward(inputs, *data_of(layer)).shape)
    copies = inputs.copy(), d_out.copy()
    backward(d_out, inputs, *(arrays := data_of(layer)))
    for now, then in zip([inputs, d_out, *arrays], [*copies, *before], strict=True):
        np.testing.assert_array_equal(now, then)


@pytest.mark.parametrize("name", ["Linear", "Conv2d", "Sequential"])
def test_gradients_add_up_until_zero_grad(name):
    build, _, draw, shape = LAYERS[name]
    layer = build(0, "float64")
    one, other = draw(1, shape), draw(2, shape)
    d_out = normal(3, layer(one).shape)
    single = [as_functions(layer)[1](d_out, inputs, *data_of(layer)) for inputs in (one, other)]
    layer.zero_grad()
    for inputs, (d_inputs, *_) in zip((one, other), single, strict=True):
        layer(inputs)
        assert_agrees(layer.backward(d_out), d_inputs)  # what goes further back does not add up
    for parameter, first, second in zip(layer.parameters(), single[0][1:], single[1][1:], strict=True):
        assert np.abs(first).min() > 0 and np.abs(second).min() > 0
        assert_agrees(parameter.grad, first + second)
    layer.zero_grad()
    assert not any(parameter.grad.any() for parameter in layer.parameters())


class Pair(Layer):
    """Layers and parameters as attributes, in lists, tuples and dicts; and things that are neither."""

    def __init__(self):
        self.shift, self.memory, self.words = Parameter(np.zeros(3)), np.zeros(4), {"a": Parameter(np.zeros(5)), "b": 1}
        self.first = Sequential(Linear(2, 3), ReLU(), Sequential(Linear(3, 4)))
        self.branches = [Linear(1, 2), None, ("word", [Linear(2, 1)]), np.zeros(2)]
        self.last, self.none, self.again = Conv2d(1, 2, 3), None, [self.shift]


def test_parameters_are_named_as_torch_names_them():
    named = Pair().named_parameters()
    assert list(named) == [
        "shift",
        "words.a",
        "first.0.weight",
        "first.0.bias",
        "first.2.0.weight",
        "first.2.0.bias",
        "branches.0.weight",
        "branches.0.bias",
        "branches.2.1.0.weight",
        "branches.2.1.0.bias",
        "last.weight",
        "last.bias",
    ]
    assert all(isinstance(parameter, Parameter) for parameter in named.values())
    assert named["first.2.0.weight"].data.shape == (4, 3) and named["last.bias"].data.shape == (2,)


def test_layers_in_a_list_learn():
    """An optimizer sees them, and each once, wherever else they are."""
    pair = Pair()
    for parameter in pair.parameters():
        parameter.grad[...] = 1
    before = [layer.bias.data.copy() for layer in (pair.branches[0], pair.branches[2][1][0])]
    SGD(pair.parameters(), lr=0.5).step()
    for layer, data in zip((pair.branches[0], pair.branches[2][1][0]), before, strict=True):
        np.testing.assert_allclose(layer.bias.data, data - 0.5)


def test_parameters_are_those_with_names():
    pair = Pair()
    assert [id(p) for p in pair.parameters()] == [id(p) for p in pair.named_parameters().values()]
    assert pair.parameter_count() == 3 + 5 + (6 + 3) + (12 + 4) + (2 + 2) + (2 + 1) + (18 + 2)
    assert ReLU().parameters() == [] and ReLU().parameter_count() == 0


def test_average_pooling_is_no_max_pooling():
    assert not isinstance(AvgPool2d(2), MaxPool2d)


def test_a_new_parameter_has_a_gradient_of_zeros(dtype):
    parameter = Parameter(normal(0, (2, 3), dtype))
    np.testing.assert_array_equal(parameter.grad, np.zeros((2, 3)))
    assert parameter.grad.dtype == dtype


@pytest.mark.parametrize(
    "make, name",
    [
        (lambda: Linear(0, 3), "in_features"),
        (lambda: Conv2d(0, 2, 3), "in_channels"),
        (lambda: Conv2d(1, 2, 0), "kernel_size"),
    ],
)
def test_a_layer_of_nothing_is_refused(make, name):
    assert_refused(make, name, "at least 1", "0")


def test_an_empty_sequential_passes_everything_through():
    inputs, layer = normal(0, (2, 3)), Sequential()
    assert layer(inputs) is inputs and layer.backward(inputs) is inputs and layer.parameters() == []


def test_a_layer_is_called_by_its_forward():
    class Double(Layer):
        def forward(self, inputs):
            return 2 * inputs

    assert Double()(3) == 6
    with pytest.raises(NotImplementedError):
        Layer()(3)
    with pytest.raises(NotImplementedError):
        Double().backward(3)


WEIGHTED = {
    "Linear": (lambda rng, dtype="float32": Linear(100, 300, rng, dtype), nn.Linear(100, 300)),
    "Conv2d": (lambda rng, dtype="float32": Conv2d(4, 300, 5, rng=rng, dtype=dtype), nn.Conv2d(4, 300, 5)),
}


@pytest.mark.parametrize("name", WEIGHTED)
def test_first_weights_are_uniform_within_torch_bounds(name, dtype):
    """Both draw from within one over the root of the number of inputs: 1/10 here."""
    build, twin = WEIGHTED[name]
    layer = build(0, dtype)
    for parameter, theirs in zip((layer.weight, layer.bias), (twin.weight, twin.bias), strict=True):
        data = parameter.data
        assert data.dtype == dtype and data.shape == tuple(theirs.shape)
        assert 0.097 < np.abs(data).max() <= 0.1 and 0.097 < theirs.abs().max() <= 0.1 + 1e-6
        assert abs(data.mean()) < 0.012
        assert data.std() == pytest.approx(0.1 / 3**0.5, rel=0.1)


@pytest.mark.parametrize("name", WEIGHTED)
def test_a_seed_decides_the_first_weights(name):
    build, _ = WEIGHTED[name]

    def same(one, other):
        return [np.array_equal(a, b) for a, b in zip(data_of(one), data_of(other), strict=True)]

    assert all(same(build(3), build(3)))
    assert all(same(build(3), build(np.random.default_rng(3))))
    assert not any(same(build(3), build(4)))
    assert not any(same(build(None), build(None)))
    rng = np.random.default_rng(3)
    assert not any(same(build(rng), build(rng)))  # a generator continues where it was


@pytest.mark.parametrize("name", WEIGHTED)
def test_drawing_leaves_numpy_own_seed_alone(name):
    np.random.seed(0)
    WEIGHTED[name][0](None)
    drawn = np.random.random()
    np.random.seed(0)
    assert np.random.random() == drawn
