"""A compiled network is the same network: parameters, outputs, gradients and losses."""

import numba
import numpy as np
import pytest
from support import assert_refused, normal
from tolerances import assert_agrees
from twins import Says, as_functions, data_of, randomise

from stn_numpy import conv
from stn_numpy.families import TRANSFORMS, Transform
from stn_numpy.fast import compiled
from stn_numpy.fast import conv as fast_conv
from stn_numpy.fast import linear as fast_linear
from stn_numpy.grid import affine_grid
from stn_numpy.layer import AvgPool2d, Conv2d, Flatten, Layer, Linear, MaxPool2d, Parameter, ReLU, Sequential
from stn_numpy.localisation import LocalisationNetwork
from stn_numpy.model import Classifier
from stn_numpy.optimizer import Adam
from stn_numpy.training import load_checkpoint, save_checkpoint, train
from stn_numpy.transformer import SpatialTransformer

SHAPE = (2, 9, 8)
BATCHES = [7, 16, 19]  # without lanes, one group, one and a part of another
AFFINE = TRANSFORMS["affine"].identity


def classifier(**how):
    """A small Classifier with a SpatialTransformer."""
    localisation = LocalisationNetwork(SHAPE, AFFINE, channels=(3, 2), kernel_size=3, hidden=(5,), downsample=2, **how)
    transformer = SpatialTransformer(localisation, "affine", size=(8, 7))
    model = randomise(Classifier(SHAPE, "cnn", 4, transformer, channels=(2, 3), kernel_sizes=(3, 1), **how))
    localisation.final.bias.data[:] = [0.9, 0.13, 0.07, -0.11, 1.1, -0.05]
    return model


def image_layers(**how):
    """Every image layer, in orders and with options that the networks of this library do not have."""
    return randomise(
        Sequential(
            ReLU(),
            Conv2d(2, 3, 3, padding=1, **how),
            MaxPool2d(3, 2),
            AvgPool2d(2, 1),
            ReLU(),
            Conv2d(3, 3, 2, stride=2, padding=2, **how),
            MaxPool2d(2, 1),
            ReLU(),
            Sequential(Conv2d(3, 2, 1, **how)),
            Flatten(),
            Linear(8, 3, **how),
        )
    )


def pooling(**how):
    """Pooling without a convolution, and a ReLU on vectors."""
    return Sequential(
        AvgPool2d(2, 1), ReLU(), MaxPool2d(2), Flatten(), ReLU(), randomise(Linear(2 * 4 * 3, 3, **how)), ReLU()
    )


class Branches(Layer):
    """A reader's own layer: two paths that are added, in a list and a dict, and a path without layers in it."""

    def __init__(self, **how):
        self.scale = Parameter(np.array(0.7, how["dtype"]))
        self.paths = [Conv2d(2, 2, 3, padding=1, **how), Sequential(ReLU(), Conv2d(2, 2, 1, **how))]
        self.ends = {"pool": MaxPool2d(2), "mean": (AvgPool2d(2), ReLU())}
        self.last = Doubled(Flatten(), Linear(32, 3, **how))

    def forward(self, image):
        image = sum(path(image) for path in self.paths)
        self.seen = self.ends["pool"](image) + self.ends["mean"][1](self.ends["mean"][0](image))
        return self.last(self.scale.data * self.seen)

    def backward(self, d_out):
        d_seen = self.last.backward(d_out)
        self.scale.grad += (d_seen * self.seen).sum()
        average, cut = self.ends["mean"]
        d_image = self.ends["pool"].backward(self.scale.data * d_seen)
        d_image = d_image + average.backward(cut.backward(self.scale.data * d_seen))
        return sum(path.backward(d_image) for path in self.paths)


class Doubled(Sequential):
    """A subclass with a forward of its own, which its compiled twin must keep."""

    def forward(self, inputs):
        return 2 * super().forward(inputs)

    def backward(self, d_out):
        return super().backward(2 * d_out)


def branches(**how):
    return randomise(Branches(**how))


MODELS = {"classifier": classifier, "image layers": image_layers, "pooling": pooling, "branches": branches}


def same(model):
    return model


@pytest.fixture(params=MODELS)
def build(request):
    return MODELS[request.param]


@pytest.mark.parametrize("batch", BATCHES)
def test_same_outputs_and_gradients(build, batch, dtype):
    images, found = normal(1, (batch, *SHAPE), dtype), []
    for how in (same, compiled):
        forward, backward = as_functions(model := how(build(dtype=dtype)))
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
    shapes = (batch, 2, 4, 3), (3, 2, *kernel_size), 3
    image, weight, bias = (normal(seed, shape, dtype) for seed, shape in enumerate(shapes))
    expected = conv.conv2d(image, weight, bias, stride, padding)
    assert_agrees(fast_conv.conv2d(image, weight, bias, stride, padding), expected, unit=10)
    arguments = normal(4, expected.shape, dtype), image, weight, bias, stride, padding
    for result, wanted in zip(fast_conv.conv2d_backward(*arguments), conv.conv2d_backward(*arguments), strict=True):
        assert_agrees(result, wanted, unit=30)


@pytest.mark.parametrize("count", [fast_linear.LEAST - 1, fast_linear.LEAST])
def test_relu_on_one_thread_and_on_several(count):
    inputs, d_out = normal(31, (count,)), normal(32, (count,))
    np.testing.assert_array_equal(fast_linear.relu(inputs), np.maximum(inputs, 0))
    np.testing.assert_array_equal(fast_linear.relu_backward(d_out, inputs), np.where(inputs > 0, d_out, 0))


@pytest.mark.parametrize("order", ["before", "after"])
@pytest.mark.parametrize("kernel_size, stride", [(2, None), (3, 2), (2, 1)])
@pytest.mark.parametrize("batch", [3, 19])
def test_max_pooling_and_relu_in_one_go(order, kernel_size, stride, batch):
    """Whole numbers tie in nearly every window, many windows hold nothing above zero, and some hold NaN or infinity."""
    images = np.random.default_rng(0).integers(-3, 2, (batch, 1, 7, 9)).astype("float64")
    images[:, :, 1, ::4], images[:, :, 4:, 5] = np.nan, np.inf
    results = []
    for how in (same, compiled):
        pair = [MaxPool2d(kernel_size, stride), ReLU()]
        one = Conv2d(1, 1, 1, dtype="float64")  # passes the images on, so that they go in lanes
        one.weight.data[:], one.bias.data[:] = 1, 0
        model = how(Sequential(one, *(pair if order == "after" else pair[::-1])))
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
        image[:, 2 * label : 2 * label + 3, 1:6] += 3
    for axis in (2, 3) * 3:
        images = sum(np.roll(images, k, axis) for k in (-1, 0, 1)) / 3
    return images.astype(dtype), labels


def ten_steps(how, dtype):
    """A classifier after ten steps. With its usual eps, Adam makes a whole step of a gradient that is mere rounding."""
    model = how(classifier(dtype=dtype))
    optimizer = Adam(model.parameters(), eps=1e-2)
    history = train(model, optimizer, lambda rng: batch_of(rng, dtype), 10, progress=False)
    return np.array(history.losses, dtype), model, optimizer, history


@pytest.fixture(scope="module")
def reference_run(dtype):
    return ten_steps(same, dtype)


def test_the_same_ten_losses(reference_run, dtype):
    expected, model, *_ = reference_run
    found, other, *_ = ten_steps(compiled, dtype)
    assert np.ptp(expected) > 0.1
    assert_agrees(found, expected)
    for start, mine, theirs in zip(data_of(classifier(dtype=dtype)), data_of(model), data_of(other)):
        assert np.abs(mine - start).max() > 1e-4
        assert_agrees(theirs, mine)


def test_checkpoints_fit_both(reference_run, tmp_path):
    _, model, optimizer, history = reference_run
    dtype = model.parameters()[0].data.dtype
    save_checkpoint(tmp_path / "run.npz", model, optimizer, history, seed=0)
    other = compiled(classifier(dtype=dtype))
    randomise(other, seed=5)
    load_checkpoint(tmp_path / "run.npz", other, Adam(other.parameters(), eps=1e-2), seed=0)
    assert list(other.named_parameters()) == list(model.named_parameters())
    images = batch_of(np.random.default_rng(5), dtype)[0]
    assert_agrees(other(images), model(images), unit=10)


def test_parameters_are_shared(build):
    """By name and by object: what one learns, the other has learned; and the original stays what it was."""
    model = build(dtype="float64")
    before = classes(model)
    twin = compiled(model)
    assert list(twin.named_parameters()) == list(model.named_parameters())
    for one, other in zip(twin.parameters(), model.parameters(), strict=True):
        assert one is other
    assert classes(model) == before and all(kind.__module__ != "stn_numpy.fast.layer" for kind in before)
    assert isinstance(twin, type(model))


def classes(model):
    """The class of a layer and of all layers in it, in order."""
    parts = [part for _, part in model.members() if isinstance(part, Layer)]
    return [type(model), *(kind for part in parts for kind in classes(part))]


def test_every_known_layer_is_compiled_wherever_it_is():
    for build in (classifier, image_layers, pooling, branches):
        for kind, original in zip(classes(compiled(build(dtype="float64"))), classes(build(dtype="float64"))):
            assert issubclass(kind, original)
            own = original in (Linear, Flatten, Classifier, LocalisationNetwork, Branches, Doubled)
            assert kind is original if own else kind.__module__.startswith("stn_numpy.fast.")


def test_a_layer_in_two_places_stays_one():
    shared = Linear(3, 3)
    twin = compiled(Sequential(shared, ReLU(), Sequential(shared)))
    assert twin.layers[0] is twin.layers[2].layers[0] is not shared


def test_image_layers_in_two_places_or_called_in_between():
    """What a run needs for its backward is its own: else kernels would go by the size of another image."""
    first, second = (randomise(Conv2d(2, 2, 3, padding=1, dtype="float64"), seed) for seed in (1, 2))
    relu, pool = ReLU(), MaxPool2d(2)
    once = Sequential(first, ReLU(), MaxPool2d(2), second, ReLU(), MaxPool2d(2))
    twice = compiled(Sequential(first, relu, pool, second, relu, pool))
    images = normal(1, (9, *SHAPE))
    d_out = normal(2, once(images).shape)
    assert_agrees(twice(images), once(images))
    for layer in twice.layers:
        layer(normal(3, (1, 2, 40, 40)))
    assert_agrees(twice.backward(d_out), once.backward(d_out), unit=30)


def test_compiled_twice_is_compiled_once(build):
    twin = compiled(build(dtype="float64"))
    assert classes(compiled(twin)) == classes(twin)


def test_image_layers_go_in_lanes_together():
    """One run of eight layers, the last two of which are one link; and a run in the nested Sequential."""
    twin = compiled(image_layers(dtype="float64"))
    twin(normal(1, (16, *SHAPE)))
    assert [type(step).__name__ for step in twin.steps] == ["Run", "Sequential", "Flatten", "Linear"]
    assert len(twin.steps[0].links) == 7 and twin.steps[0].lanes == 16
    assert [type(step).__name__ for step in twin.steps[1].steps] == ["Run"]


@pytest.mark.parametrize("name", TRANSFORMS)
def test_every_family_compiled(name, dtype):
    """The grid, too, which an affine family need not make."""
    identity = TRANSFORMS[name].identity
    says = Says(*np.array(identity) + 0.2 * normal(0, (3, len(identity))))
    says.rows = says.rows.astype(dtype)
    says.backward = lambda d_parameters: d_parameters.sum()
    images, found = normal(1, (3, *SHAPE), dtype), []
    for how in (same, compiled):
        layer = how(SpatialTransformer(says, name, size=(4, 6), align_corners=True))
        out = layer(images)
        found.append([out, layer.grid, layer.theta, layer.backward(normal(2, out.shape, dtype))])
    for expected, result in zip(*found, strict=True):
        assert_agrees(result, expected, unit=100)


def test_a_family_of_ones_own_compiled():
    """Its grid is computed by its own functions."""
    wave = Transform("wave", np.copy, wave_backward, (0.0,), wave_grid, wave_grid_backward)
    says = Says([0.3], [-0.2])
    says.backward = lambda d_parameters: d_parameters.sum()
    images = normal(1, (2, *SHAPE))
    one, other = (how(SpatialTransformer(says, wave)) for how in (same, compiled))
    d_out = normal(2, one(images).shape)
    assert_agrees(other(images), one(images))
    assert_agrees(other.backward(d_out), one.backward(d_out), unit=30)


def wave_grid(heights, size, align_corners):
    points = affine_grid(np.tile(np.eye(2, 3), (len(heights), 1, 1)), size, align_corners)
    points[..., 0] += heights[:, :, None] * np.sin(2 * points[..., 1])
    return points


def wave_grid_backward(d_grid, heights, align_corners):
    y = wave_grid(0 * heights, (len(d_grid), 1, *d_grid.shape[1:3]), align_corners)[..., 1]
    return (d_grid[..., 0] * np.sin(2 * y)).sum(axis=(1, 2))[:, None]


def wave_backward(d_heights, parameters):
    return d_heights.copy()


def test_no_layer_is_refused():
    assert_refused(lambda: compiled([Linear(2, 3)]), "model", "a Layer", "list")


def test_results_do_not_depend_on_the_number_of_threads(build):
    most, found = numba.get_num_threads(), []
    images = normal(1, (33, *SHAPE), "float32")
    try:
        for threads in sorted({1, min(2, most), most}):
            numba.set_num_threads(threads)
            forward, backward = as_functions(model := compiled(build(dtype="float32")))
            out = forward(images, *data_of(model))
            found.append([out, *backward(normal(2, out.shape, "float32"), images, *data_of(model))])
    finally:
        numba.set_num_threads(most)
    for results in found[1:]:
        assert all(np.array_equal(*pair) for pair in zip(results, found[0], strict=True))


def test_weights_may_be_replaced_and_gradients_add_up():
    """Nothing is remembered but the last forward: new weights are used, and a second backward adds to the first."""
    model, images = compiled(image_layers(dtype="float64")), normal(1, (9, *SHAPE))
    d_out = normal(2, model(images).shape)
    for parameter in model.parameters():
        parameter.data = 1.5 * parameter.data
    plain = image_layers(dtype="float64")
    for mine, other in zip(plain.parameters(), model.parameters(), strict=True):
        mine.data[...] = other.data
    for _ in range(2):
        for network in (model, plain):
            network(images)
            network.backward(d_out)
    for mine, other in zip(model.parameters(), plain.parameters(), strict=True):
        assert_agrees(mine.grad, other.grad, unit=30)


@pytest.mark.parametrize(
    "images, message",
    [
        (np.ones((9, 8)), ("image", "(N, C, H, W)", "(9, 8)")),
        (np.ones((3, 3, 9, 8)), ("weight", "C=3", "(3, 2, 3, 3)")),
        (np.ones((3, *SHAPE), "float32"), ("weight", "float32", "float64")),
        (np.ones((3, *SHAPE), int), ("image", "float32 or float64", "int64")),
        (np.ones((9, 2, 1, 9)), ("kernel_size", "at most 1", "3")),
    ],
)
def test_bad_images_are_refused(images, message):
    assert_refused(lambda: compiled(image_layers(dtype="float64"))(images), *message)


@pytest.mark.parametrize(
    "change",
    [lambda d: d[:, :, :-1], lambda d: d[..., 1:], lambda d: d[:-1], lambda d: d[0], lambda d: d.astype("float32")],
    ids=["row", "column", "image", "axis", "dtype"],
)
def test_a_gradient_of_another_shape_or_dtype_is_refused(change):
    """The kernels go by its shape; one that is larger or smaller would have them write outside their arrays."""
    model = compiled(Sequential(Conv2d(2, 3, 3, dtype="float64"), MaxPool2d(2)))
    d_out = np.ones_like(model(normal(1, (9, *SHAPE))))
    changed = change(d_out)
    found = changed.dtype if changed.dtype != d_out.dtype else changed.shape
    assert_refused(lambda: model.backward(changed), "d_out", "", str(found))
