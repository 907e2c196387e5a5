"""Wrong answers to `first_weights`, and the calls that tell them apart."""

import numpy as np

from book.by_hand import CLASSES, HIDDEN, SEEN, SMALL, first_weights, identity_start
from tests.judge import Case, Exercise

SHAPES = (HIDDEN, SMALL**2), (6, HIDDEN), (HIDDEN, SEEN**2), (CLASSES, HIDDEN)  # of the four weights


class Largest:
    """Give the upper limit of what is drawn, in place of a random number; `normal` gives the scale."""

    def uniform(self, low=0.0, high=1.0, size=None):
        return np.full(size, float(high))

    def normal(self, loc=0.0, scale=1.0, size=None):
        return np.full(size, float(scale))

    def standard_normal(self, size=None):
        return self.normal(size=size)

    def random(self, size=None):
        return np.ones(size)

    def __call__(self):
        raise TypeError("expected a call of uniform, got one of the generator itself")


ON_PAPER = (
    np.full(SHAPES[0], 1 / 10),
    np.zeros(HIDDEN),
    np.zeros(SHAPES[1]),
    [1, 0, 0, 0, 1, 0],
    np.full(SHAPES[2], 1 / 20),
    np.zeros(HIDDEN),
    np.full(SHAPES[3], 1 / 32**0.5),
    np.zeros(CLASSES),
)

EXERCISE = Exercise(
    name="first_weights",
    answer="book.by_hand",
    gives=(
        "localisation_weight_1",
        "localisation_bias_1",
        "localisation_weight_2",
        "localisation_bias_2",
        "classifier_weight_1",
        "classifier_bias_1",
        "classifier_weight_2",
        "classifier_bias_2",
    ),
    cases=[
        Case(
            "100 and 400 pixels and 32 hidden units; the largest number is drawn each time",
            Largest(),
            expected=ON_PAPER,
        ),
        Case("a generator of seed 0", np.random.default_rng(0)),
        Case("a generator of seed 1, float64", np.random.default_rng(1), dtype=np.float64),
    ],
)


def started(rng, dtype, draw, order=(0, 1, 2)):
    """The eight arrays with another way to draw a weight from its shape, or another order of drawing."""
    shapes = SHAPES[0], *SHAPES[2:]
    drawn = {k: draw(rng, shapes[k]).astype(dtype) for k in order}
    random = [(drawn[k], np.zeros(shapes[k][0], dtype)) for k in range(3)]
    return *random[0], *identity_start(HIDDEN, dtype), *random[1], *random[2]


def uniform(rng, shape):
    return rng.uniform(-1, 1, shape) / shape[1] ** 0.5


def changed(weights, **arrays):
    """The weights with some arrays exchanged, such as ``at3=...``."""
    return tuple(arrays.get(f"at{k}", weight) for k, weight in enumerate(weights))


@EXERCISE.wrong(
    "The weights are not divided",
    "your weights are not divided by the square root of their layer's number of inputs, so sums over 400 inputs are "
    "twenty times too large.",
    "sec-localisation-first",
)
def not_divided(rng, dtype=np.float32):
    return started(rng, dtype, lambda rng, shape: rng.uniform(-1, 1, shape))


@EXERCISE.wrong(
    "Divided by the number of inputs, not its square root",
    "your weights are divided by the number of inputs; a sum of random numbers grows with the square root of how many "
    "there are, so divide by that root.",
    "sec-localisation-first",
)
def divided_without_root(rng, dtype=np.float32):
    return started(rng, dtype, lambda rng, shape: rng.uniform(-1, 1, shape) / shape[1])


@EXERCISE.wrong(
    "Divided by the square root of the number of outputs",
    "your function divides by the root of `shape[0]`, the number of outputs; a weight is (outputs, inputs), and each "
    "output is a sum over the inputs, so use `shape[1]`.",
    "sec-localisation-first",
)
def divided_by_outputs(rng, dtype=np.float32):
    return started(rng, dtype, lambda rng, shape: rng.uniform(-1, 1, shape) / shape[0] ** 0.5)


@EXERCISE.wrong(
    "Only positive weights",
    "your weights are drawn between 0 and 1, so they all have the same sign; they should be drawn between -1 and 1.",
    "sec-localisation-first",
)
def positive(rng, dtype=np.float32):
    return started(rng, dtype, lambda rng, shape: rng.uniform(0, 1, shape) / shape[1] ** 0.5)


@EXERCISE.wrong(
    "Normally distributed weights",
    "your weights are normally distributed, which is a good start as well but not the program's; the program draws "
    "them by `rng.uniform(-1, 1, shape)`.",
    "sec-localisation-first",
)
def normal(rng, dtype=np.float32):
    return started(rng, dtype, lambda rng, shape: rng.normal(0, 1, shape) / shape[1] ** 0.5)


@EXERCISE.wrong(
    "The weights are drawn in another order",
    "your function draws the classifier's weights first; the random numbers are drawn in the order of the result, the "
    "localisation network's first weight and then the classifier's two.",
    "sec-localisation-first",
)
def classifier_drawn_first(rng, dtype=np.float32):
    return started(rng, dtype, uniform, (1, 2, 0))


@EXERCISE.wrong(
    "The layer that outputs theta is random",
    "your function draws the weight of the layer that outputs theta; theta has to be the identity at first, whatever "
    "the picture, so the weight and bias of that layer come from `identity_start`.",
    "sec-localisation-start",
)
def random_theta(rng, dtype=np.float32):
    first, last, *others = [uniform(rng, shape).astype(dtype) for shape in SHAPES]
    zeros = [np.zeros(length, dtype) for length in (HIDDEN, 6, HIDDEN, CLASSES)]
    return first, zeros[0], last, zeros[1], others[0], zeros[2], others[1], zeros[3]


@EXERCISE.wrong(
    "The bias of theta is 0",
    "your bias of the layer that outputs theta is 0, so every pixel reads the middle of the canvas; it has to be the "
    "identity, 1, 0, 0, 0, 1, 0.",
    "sec-localisation-start",
)
def zero_theta(rng, dtype=np.float32):
    return changed(first_weights(rng, dtype), at3=np.zeros(6, dtype))


@EXERCISE.wrong(
    "Random biases",
    "your biases are drawn like the weights; they should be 0, except that of the layer that outputs theta.",
    "sec-localisation-first",
)
def random_biases(rng, dtype=np.float32):
    arrays = []
    for shape in (SHAPES[0], *SHAPES[2:]):
        arrays += [uniform(rng, shape).astype(dtype), uniform(rng, (shape[0], shape[1]))[:, 0].astype(dtype)]
    return *arrays[:2], *identity_start(HIDDEN, dtype), *arrays[2:]


@EXERCISE.wrong(
    "The biases are 1",
    "your biases are 1; they should be 0, except that of the layer that outputs theta.",
    "sec-localisation-first",
)
def biases_of_one(rng, dtype=np.float32):
    ones = {f"at{k}": np.ones(length, dtype) for k, length in ((1, HIDDEN), (5, HIDDEN), (7, CLASSES))}
    return changed(first_weights(rng, dtype), **ones)


@EXERCISE.wrong(
    "All weights are 0",
    "your weights are all 0, so all hidden units of a layer are equal and learn the same; only the layer that outputs "
    "theta starts with zeros.",
    "sec-localisation-first",
)
def zeros(rng, dtype=np.float32):
    return started(rng, dtype, lambda rng, shape: np.zeros(shape))


@EXERCISE.wrong(
    "The classifier's weights come first",
    "your result starts with the classifier's weights; the localisation network's four arrays should come first, "
    "since `training_step` splits the tuple after them.",
    "sec-localisation-first",
)
def classifier_first(rng, dtype=np.float32):
    weights = first_weights(rng, dtype)
    return *weights[4:], *weights[:4]


@EXERCISE.wrong(
    "All weights first, then all biases",
    "your result has the four weights first; each weight should be followed by its own bias.",
    "sec-localisation-first",
)
def weights_then_biases(rng, dtype=np.float32):
    weights = first_weights(rng, dtype)
    return *weights[::2], *weights[1::2]


@EXERCISE.wrong(
    "The weights are (inputs, outputs)",
    "your weights are transposed; a weight is (outputs, inputs), as in torch and in `network`, which multiplies by "
    "its transpose.",
    "sec-localisation-weigh",
)
def transposed(rng, dtype=np.float32):
    return tuple(weight.T for weight in first_weights(rng, dtype))


@EXERCISE.wrong(
    "Always float64",
    "your arrays are always float64, as `rng.uniform` returns them; all eight should have the type `dtype`, so "
    "convert them with `.astype(dtype)`.",
    "sec-localisation-first",
)
def double(rng, dtype=np.float32):
    return tuple(weight.astype("float64") for weight in first_weights(rng, dtype))


@EXERCISE.wrong(
    "Always float32",
    "your arrays are always float32; that is only the default, and all eight should have the type `dtype`.",
    "sec-localisation-first",
)
def single(rng, dtype=np.float32):
    return tuple(weight.astype("float32") for weight in first_weights(rng, dtype))


@EXERCISE.right_too
def layer_by_layer(rng, dtype=np.float32):
    def layer(outputs, inputs):
        weight = rng.uniform(-1, 1, (outputs, inputs)) / np.sqrt(inputs)
        return [np.asarray(weight, dtype), np.zeros(outputs, dtype)]

    weights = layer(HIDDEN, SMALL**2)
    weights += [np.zeros((6, HIDDEN), dtype), np.eye(2, 3, dtype=dtype).ravel()]
    return tuple(weights + layer(HIDDEN, SEEN**2) + layer(CLASSES, HIDDEN))


@EXERCISE.right_too
def narrower_limits(rng, dtype=np.float32):
    return list(started(rng, dtype, lambda rng, shape: rng.uniform(-(shape[1] ** -0.5), shape[1] ** -0.5, shape)))
