"""A network with backend="numba" is the same network: parameters, outputs, gradients and losses."""

import numpy as np
import pytest
from support import assert_refused, normal
from tolerances import assert_agrees
from twins import Says, as_functions, data_of, randomise

from book.experiments.fast.tutorial import tutorial_network
from stn_numpy import conv, pool
from stn_numpy.families import TRANSFORMS
from stn_numpy.layer import AvgPool2d, Conv2d, Flatten, Linear, MaxPool2d, ReLU, Sequential
from stn_numpy.localisation import LocalisationNetwork
from stn_numpy.model import Classifier
from stn_numpy.optimizer import Adam
from stn_numpy.training import load_checkpoint, save_checkpoint, train
from stn_numpy.transformer import SpatialTransformer

SHAPE = (2, 9, 8)
BATCHES = [7, 16, 19]  # without lanes, one group, one and a part of another
AFFINE = TRANSFORMS["affine"].identity


def classifier(**how):
    """A small Classifier behind a SpatialTransformer."""
    localisation = LocalisationNetwork(SHAPE, AFFINE, channels=(3, 2), kernel_size=3, hidden=(5,), downsample=2, **how)
    front = SpatialTransformer(localisation, "affine", size=(8, 7), backend=how["backend"])
    model = randomise(Classifier(SHAPE, "cnn", 4, front, channels=(2, 3), kernel_sizes=(3, 1), **how))
    localisation.final.bias.data[:] = [0.9, 0.13, 0.07, -0.11, 1.1, -0.05]
    return model


def image_layers(**how):
    """Every image layer, in orders and with options that the networks of this library do not have."""
    backend = how["backend"]
    return randomise(Sequential(
        ReLU(backend), Conv2d(2, 3, 3, padding=1, **how), MaxPool2d(3, 2, backend), AvgPool2d(2, 1, backend),
        ReLU(backend), Conv2d(3, 3, 2, stride=2, padding=2, **how), MaxPool2d(2, 1, backend), ReLU(backend),
        Sequential(Conv2d(3, 2, 1, **how), backend=backend), Flatten(), Linear(8, 3, **how), backend=backend))


def pooling(**how):
    """Pooling without a convolution, and a ReLU on vectors."""
    backend = how["backend"]
    return Sequential(AvgPool2d(2, 1, backend), ReLU(backend), MaxPool2d(2, backend=backend), Flatten(), ReLU(backend),
                      randomise(Linear(2 * 4 * 3, 3, **how)), ReLU(backend), backend=backend)


MODELS = {"classifier": classifier, "image layers": image_layers, "pooling": pooling}


@pytest.fixture(params=MODELS)
def build(request):
    return MODELS[request.param]


@pytest.mark.parametrize("batch", BATCHES)
def test_same_outputs_and_gradients(build, batch, dtype):
    images, found = normal(1, (batch, *SHAPE), dtype), []
    for backend in ("numpy", "numba"):
        forward, backward = as_functions(model := build(dtype=dtype, backend=backend))
        out = forward(images, *data_of(model))
        found.append([out, *backward(normal(2, out.shape, dtype), images, *data_of(model))])
    for expected, result in zip(*found, strict=True):
        assert expected.any()
        assert_agrees(result, expected, unit=30)


@pytest.mark.parametrize("batch", [8, 17])
@pytest.mark.parametrize("stride, padding", [(1, 0), (1, 2), (2, 1), ((3, 2), (0, 3))])
@pytest.mark.parametrize("kernel_size", [(3, 2), (1, 1)])
def test_whole_batches_as_small_ones(stride, padding, kernel_size, batch, dtype):
    """The contract's tests hold batches too small for lanes; here are larger ones, against the reference."""
    fast = pytest.importorskip("stn_numpy.fast.conv")
    shapes = (batch, 2, 4, 3), (3, 2, *kernel_size), 3
    image, weight, bias = (normal(seed, shape, dtype) for seed, shape in enumerate(shapes))
    expected = conv.conv2d(image, weight, bias, stride, padding)
    assert_agrees(fast.conv2d(image, weight, bias, stride, padding), expected, unit=10)
    arguments = normal(4, expected.shape, dtype), image, weight, bias, stride, padding
    for result, wanted in zip(fast.conv2d_backward(*arguments), conv.conv2d_backward(*arguments), strict=True):
        assert_agrees(result, wanted, unit=30)


@pytest.mark.parametrize("order", ["before", "after"])
@pytest.mark.parametrize("kernel_size, stride", [(2, None), (3, 2), (2, 1)])
@pytest.mark.parametrize("batch", [3, 19])
def test_max_pooling_and_relu_in_one_go(order, kernel_size, stride, batch):
    """Whole numbers tie in nearly every window, many windows hold nothing above zero, and some hold NaN or infinity."""
    images = np.random.default_rng(0).integers(-3, 2, (batch, 1, 7, 9)).astype("float64")
    images[:, :, 1, ::4], images[:, :, 4:, 5] = np.nan, np.inf
    results = []
    for backend in ("numpy", "numba"):
        pair = [MaxPool2d(kernel_size, stride, backend), ReLU(backend)]
        one = Conv2d(1, 1, 1, dtype="float64", backend=backend)  # passes the images on, so that they go in lanes
        one.weight.data[:], one.bias.data[:] = 1, 0
        model = Sequential(one, *(pair if order == "after" else pair[::-1]), backend=backend)
        out = model(images)
        results.append((out, model.backward(normal(1, out.shape))))
    for expected, result in zip(*results, strict=True):
        np.testing.assert_allclose(result, expected, rtol=1e-12)  # overlapping windows may be added in another order
    assert len(model.steps[0].links) == 2  # in one go, indeed


def batch_of(rng, dtype):
    """Eight smooth pictures, brighter at the place of their class: with noise, the sampler's kinks lie everywhere."""
    labels = rng.integers(0, 4, 8)
    images = rng.standard_normal((8, *SHAPE))
    for image, label in zip(images, labels):
        image[:, 2 * label:2 * label + 3, 1:6] += 3
    for axis in (2, 3) * 3:
        images = sum(np.roll(images, k, axis) for k in (-1, 0, 1)) / 3
    return images.astype(dtype), labels


def ten_steps(backend, dtype):
    """A classifier after ten steps. With its usual eps, Adam makes a whole step of a gradient that is mere rounding."""
    model = classifier(dtype=dtype, backend=backend)
    optimizer = Adam(model.parameters(), eps=1e-2)
    history = train(model, optimizer, lambda rng: batch_of(rng, dtype), 10, progress=False)
    return np.array(history.losses, dtype), model, optimizer, history


@pytest.fixture(scope="module")
def reference_run(dtype):
    return ten_steps("numpy", dtype)


def test_the_same_ten_losses(reference_run, dtype):
    expected, model, *_ = reference_run
    found, other, *_ = ten_steps("numba", dtype)
    assert np.ptp(expected) > 0.1
    assert_agrees(found, expected)
    for start, mine, theirs in zip(data_of(classifier(dtype=dtype, backend="numpy")), data_of(model), data_of(other)):
        assert np.abs(mine - start).max() > 1e-4
        assert_agrees(theirs, mine)


def test_checkpoints_fit_both(reference_run, tmp_path):
    _, model, optimizer, history = reference_run
    dtype = model.parameters()[0].data.dtype
    save_checkpoint(tmp_path / "run.npz", model, optimizer, history, seed=0)
    other = classifier(dtype=dtype, backend="numba")
    randomise(other, seed=5)
    load_checkpoint(tmp_path / "run.npz", other, Adam(other.parameters()), seed=0)
    assert list(other.named_parameters()) == list(model.named_parameters())
    images = batch_of(np.random.default_rng(5), dtype)[0]
    assert_agrees(other(images), model(images), unit=10)


def test_a_seed_draws_the_same_parameters(build):
    one, other = (build(dtype="float64", backend=backend).named_parameters() for backend in ("numpy", "numba"))
    assert list(one) == list(other)
    assert all(np.array_equal(one[name].data, other[name].data) for name in one)


def test_results_do_not_depend_on_the_number_of_threads(build):
    numba = pytest.importorskip("numba")
    most, found = numba.get_num_threads(), []
    images = normal(1, (33, *SHAPE), "float32")
    try:
        for threads in sorted({1, min(2, most), most}):
            numba.set_num_threads(threads)
            forward, backward = as_functions(model := build(dtype="float32", backend="numba"))
            out = forward(images, *data_of(model))
            found.append([out, *backward(normal(2, out.shape, "float32"), images, *data_of(model))])
    finally:
        numba.set_num_threads(most)
    for results in found[1:]:
        assert all(np.array_equal(*pair) for pair in zip(results, found[0], strict=True))


def test_weights_may_be_replaced_and_gradients_add_up():
    """Nothing is remembered but the last forward: new weights are used, and a second backward adds to the first."""
    model, images = image_layers(dtype="float64", backend="numba"), normal(1, (9, *SHAPE))
    d_out = normal(2, model(images).shape)
    for parameter in model.parameters():
        parameter.data = 1.5 * parameter.data
    plain = image_layers(dtype="float64", backend="numpy")
    for mine, other in zip(plain.parameters(), model.parameters(), strict=True):
        mine.data[...] = other.data
    for _ in range(2):
        for network in (model, plain):
            network(images)
            network.backward(d_out)
    for mine, other in zip(model.parameters(), plain.parameters(), strict=True):
        assert_agrees(mine.grad, other.grad, unit=30)


@pytest.mark.parametrize("images, message", [
    (np.ones((9, 8)), ("image", "(N, C, H, W)", "(9, 8)")),
    (np.ones((3, 3, 9, 8)), ("weight", "C=3", "(3, 2, 3, 3)")),
    (np.ones((3, *SHAPE), "float32"), ("weight", "float32", "float64")),
    (np.ones((3, *SHAPE), int), ("image", "float32 or float64", "int64")),
    (np.ones((9, 2, 1, 9)), ("kernel_size", "at most 1", "3")),
])
def test_bad_images_are_refused(images, message):
    assert_refused(lambda: image_layers(dtype="float64", backend="numba")(images), *message)


@pytest.mark.parametrize("change", [lambda d: d[:, :, :-1], lambda d: d[..., 1:], lambda d: d[:-1], lambda d: d[0],
                                    lambda d: d.astype("float32")], ids=["row", "column", "image", "axis", "dtype"])
def test_a_gradient_of_another_shape_or_dtype_is_refused(change):
    """The kernels go by its shape; one that is larger or smaller would have them write outside their arrays."""
    model = Sequential(Conv2d(2, 3, 3, dtype="float64", backend="numba"), MaxPool2d(2, backend="numba"),
                       backend="numba")
    d_out = np.ones_like(model(normal(1, (9, *SHAPE))))
    changed = change(d_out)
    found = changed.dtype if changed.dtype != d_out.dtype else changed.shape
    assert_refused(lambda: model.backward(changed), "d_out", "", str(found))


@pytest.mark.parametrize("backend", ["cupy", None, 3])
@pytest.mark.parametrize("make", [
    lambda backend: Linear(2, 3, backend=backend), lambda backend: Conv2d(1, 2, 3, backend=backend), ReLU,
    lambda backend: MaxPool2d(2, backend=backend), lambda backend: AvgPool2d(2, backend=backend),
    lambda backend: Sequential(backend=backend), lambda backend: LocalisationNetwork(SHAPE, AFFINE, backend=backend),
    lambda backend: Classifier((1, 28, 28), backend=backend),
    lambda backend: SpatialTransformer(Says(AFFINE), backend=backend), tutorial_network,
])
def test_an_unknown_backend_is_refused(make, backend):
    assert_refused(lambda: make(backend), "backend", "'numpy', 'numba'", repr(backend))


def test_the_default_is_numpy():
    assert Conv2d(1, 2, 3).conv2d is conv.conv2d and MaxPool2d(2).pool is pool.max_pool2d
