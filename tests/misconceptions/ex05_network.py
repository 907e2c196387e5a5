"""Wrong answers to `network`, and the calls that tell them apart."""

import numpy as np

from book.by_hand import network
from tests.judge import Case, Exercise


def drawn(seed, sizes, dtype="float64"):
    """A batch of four and weights, of layers with these numbers of inputs, hidden units and outputs."""
    rng, (inputs, hidden, outputs) = np.random.default_rng(seed), sizes
    shapes = (4, inputs), (hidden, inputs), (hidden,), (outputs, hidden), (outputs,)
    batch, *weights = [rng.normal(0, 1, shape).astype(dtype) for shape in shapes]
    return batch, tuple(weights)


ROW = np.array([[1.0, 2]])
WEIGHTS = np.array([[1.0, -1], [1, 2]]), np.array([0.0, 1]), np.array([[3.0, 2]]), np.array([10.0])
BELOW = np.array([[1.0, 0], [0, 1]]), np.array([-2.0, 1]), np.array([[1.0, 0], [0, -1]]), np.array([0.0, 1])

EXERCISE = Exercise(
    name="network",
    answer="book.by_hand",
    gives=("out",),
    cases=[
        Case("one row; before ReLU the hidden units are -1 and 6", ROW, WEIGHTS, expected=[[22]]),
        Case(
            "one row; before ReLU the hidden units are -1 and 3, and one output is negative",
            ROW,
            BELOW,
            expected=[[0, -2]],
        ),
        Case("four rows of three, five hidden units, two outputs", *drawn(0, (3, 5, 2))),
        Case("four rows, all sizes three", *drawn(1, (3, 3, 3))),
        Case("four rows of six, four hidden units, six outputs, float32", *drawn(2, (6, 4, 6), "float32")),
    ],
)


def with_between(between):
    """The network with another function between its layers."""

    def answer(inputs, weights):
        return between(inputs @ weights[0].T + weights[1]) @ weights[2].T + weights[3]

    return answer


@EXERCISE.wrong(
    "ReLU is missing",
    "between the two layers what is negative becomes 0; without it both layers together are one linear layer.",
    "sec-localisation-weigh",
)
def linear(inputs, weights):
    return with_between(lambda hidden: hidden)(inputs, weights)


@EXERCISE.wrong(
    "A ReLU follows the last layer as well",
    "scores and the numbers of theta may be negative, so nothing follows the second layer; yours cuts them at 0.",
    "sec-localisation-weigh",
)
def relu_at_the_end(inputs, weights):
    return np.maximum(network(inputs, weights), 0)


@EXERCISE.wrong(
    "ReLU stands after the second layer",
    "ReLU acts on the hidden units, between the layers; yours acts on the outputs alone.",
    "sec-localisation-weigh",
)
def relu_late(inputs, weights):
    return np.maximum(linear(inputs, weights), 0)


@EXERCISE.wrong(
    "ReLU comes before the bias",
    "a hidden unit is the weighted sum plus its bias, and ReLU takes both; yours adds the bias to what ReLU has left.",
    "sec-localisation-weigh",
)
def relu_early(inputs, weights):
    return (np.maximum(inputs @ weights[0].T, 0) + weights[1]) @ weights[2].T + weights[3]


@EXERCISE.wrong(
    "The sign is dropped",
    "ReLU replaces what is negative with 0; yours turns it positive, as abs does.",
    "sec-localisation-weigh",
)
def absolute(inputs, weights):
    return with_between(np.abs)(inputs, weights)


@EXERCISE.wrong(
    "ReLU keeps what is negative",
    "ReLU keeps what is positive, np.maximum(..., 0); np.minimum keeps the rest.",
    "sec-localisation-weigh",
)
def minimum(inputs, weights):
    return with_between(lambda hidden: np.minimum(hidden, 0))(inputs, weights)


@EXERCISE.wrong(
    "tanh for ReLU", "between the layers is ReLU, max(0, h); yours has a tanh there.", "sec-localisation-weigh"
)
def tanh(inputs, weights):
    return with_between(np.tanh)(inputs, weights)


@EXERCISE.wrong(
    "A sigmoid for ReLU", "between the layers is ReLU, max(0, h); yours has a sigmoid there.", "sec-localisation-weigh"
)
def sigmoid(inputs, weights):
    return with_between(lambda hidden: 1 / (1 + np.exp(-hidden)))(inputs, weights)


@EXERCISE.wrong(
    "The first bias is missing",
    "each layer adds its bias, weights[1] for the hidden units and weights[3] for the outputs; yours leaves the first "
    "one out.",
    "sec-localisation-weigh",
)
def without_first_bias(inputs, weights):
    return network(inputs, (weights[0], 0 * weights[1], *weights[2:]))


@EXERCISE.wrong(
    "The second bias is missing",
    "each layer adds its bias, weights[1] for the hidden units and weights[3] for the outputs; yours leaves the second "
    "one out.",
    "sec-localisation-weigh",
)
def without_second_bias(inputs, weights):
    return network(inputs, (*weights[:3], 0 * weights[3]))


@EXERCISE.wrong(
    "Neither bias is added",
    "each layer adds its bias, weights[1] for the hidden units and weights[3] for the outputs; yours has neither.",
    "sec-localisation-weigh",
)
def without_biases(inputs, weights):
    return network(inputs, (weights[0], 0 * weights[1], weights[2], 0 * weights[3]))


@EXERCISE.wrong(
    "The weights are not transposed",
    "a weight is (outputs, inputs), so a batch of rows is multiplied with its transpose, inputs @ weight.T; yours "
    "multiplies with the weight as it is.",
    "sec-localisation-weigh",
)
def not_transposed(inputs, weights):
    return np.maximum(inputs @ weights[0] + weights[1], 0) @ weights[2] + weights[3]


@EXERCISE.wrong(
    "The hidden units are the output",
    "two layers are asked for; yours returns the hidden units after ReLU.",
    "sec-localisation-weigh",
)
def hidden_alone(inputs, weights):
    return np.maximum(inputs @ weights[0].T + weights[1], 0)


@EXERCISE.wrong(
    "Probabilities for scores",
    "the output is the second layer's, and softmax belongs to the loss; yours makes probabilities of it.",
    "sec-layers-loss",
)
def softmax(inputs, weights):
    out = np.exp(network(inputs, weights))
    return out / out.sum(axis=1, keepdims=True)


@EXERCISE.wrong(
    "A small slope below 0",
    "ReLU gives 0 for everything negative; yours keeps a hundredth of it, as leaky ReLU does.",
    "sec-localisation-weigh",
)
def leaky(inputs, weights):
    return with_between(lambda hidden: np.where(hidden > 0, hidden, hidden / 100))(inputs, weights)


@EXERCISE.right_too
def row_by_row(inputs, weights):
    out = np.empty((len(inputs), len(weights[3])), inputs.dtype)
    for n, row in enumerate(inputs):
        hidden = [max(0, bias + sum(a * u for a, u in zip(line, row))) for line, bias in zip(*weights[:2])]
        out[n] = [bias + sum(a * h for a, h in zip(line, hidden)) for line, bias in zip(*weights[2:])]
    return out


@EXERCISE.right_too
def transposed_throughout(inputs, weights):
    hidden = weights[0] @ inputs.T + weights[1][:, None]
    return (weights[2] @ (hidden * (hidden > 0)) + weights[3][:, None]).T
