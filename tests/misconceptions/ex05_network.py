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
    "your function has no ReLU, so both layers together are one linear layer; between the layers negative numbers "
    "become 0.",
    "sec-localisation-weigh",
)
def linear(inputs, weights):
    return with_between(lambda hidden: hidden)(inputs, weights)


@EXERCISE.wrong(
    "A ReLU after the last layer as well",
    "your function applies a second ReLU to the outputs; the scores and the numbers of theta may be negative, so "
    "nothing follows the second layer.",
    "sec-localisation-weigh",
)
def relu_at_the_end(inputs, weights):
    return np.maximum(network(inputs, weights), 0)


@EXERCISE.wrong(
    "ReLU comes after the second layer",
    "your function applies ReLU to the outputs only; it belongs between the layers, on the hidden units.",
    "sec-localisation-weigh",
)
def relu_late(inputs, weights):
    return np.maximum(linear(inputs, weights), 0)


@EXERCISE.wrong(
    "ReLU comes before the bias",
    "your function adds the bias after ReLU; a hidden unit is the weighted sum plus its bias, and ReLU is applied to "
    "both together.",
    "sec-localisation-weigh",
)
def relu_early(inputs, weights):
    return (np.maximum(inputs @ weights[0].T, 0) + weights[1]) @ weights[2].T + weights[3]


@EXERCISE.wrong(
    "The sign is dropped",
    "your function makes negative numbers positive, as `np.abs` does; ReLU replaces them with 0.",
    "sec-localisation-weigh",
)
def absolute(inputs, weights):
    return with_between(np.abs)(inputs, weights)


@EXERCISE.wrong(
    "ReLU keeps the negative numbers",
    "your function keeps the negative numbers, as `np.minimum` does; ReLU keeps the positive ones, `np.maximum(..., "
    "0)`.",
    "sec-localisation-weigh",
)
def minimum(inputs, weights):
    return with_between(lambda hidden: np.minimum(hidden, 0))(inputs, weights)


@EXERCISE.wrong(
    "tanh instead of ReLU",
    "your function has a tanh between the layers; it has to be ReLU, max(0, h).",
    "sec-localisation-weigh",
)
def tanh(inputs, weights):
    return with_between(np.tanh)(inputs, weights)


@EXERCISE.wrong(
    "A sigmoid instead of ReLU",
    "your function has a sigmoid between the layers; it has to be ReLU, max(0, h).",
    "sec-localisation-weigh",
)
def sigmoid(inputs, weights):
    return with_between(lambda hidden: 1 / (1 + np.exp(-hidden)))(inputs, weights)


@EXERCISE.wrong(
    "Softplus instead of ReLU",
    "your function has `log(1 + exp(h))` between the layers, which is never 0; it has to be ReLU, max(0, h).",
    "sec-localisation-weigh",
)
def softplus(inputs, weights):
    return with_between(lambda hidden: np.logaddexp(hidden, 0))(inputs, weights)


@EXERCISE.wrong(
    "ReLU cuts off above 1 as well",
    "your function limits the hidden units to 1; ReLU replaces negative numbers by 0 and leaves the others alone.",
    "sec-localisation-weigh",
)
def limited(inputs, weights):
    return with_between(lambda hidden: np.clip(hidden, 0, 1))(inputs, weights)


@EXERCISE.wrong(
    "The first bias is missing",
    "your function leaves out the bias of the hidden units; each layer adds its bias, `weights[1]` for the hidden "
    "units and `weights[3]` for the outputs.",
    "sec-localisation-weigh",
)
def without_first_bias(inputs, weights):
    return network(inputs, (weights[0], 0 * weights[1], *weights[2:]))


@EXERCISE.wrong(
    "The second bias is missing",
    "your function leaves out the bias of the outputs; each layer adds its bias, `weights[1]` for the hidden units "
    "and `weights[3]` for the outputs.",
    "sec-localisation-weigh",
)
def without_second_bias(inputs, weights):
    return network(inputs, (*weights[:3], 0 * weights[3]))


@EXERCISE.wrong(
    "Neither bias is added",
    "your function leaves out both biases; each layer adds its own, `weights[1]` for the hidden units and "
    "`weights[3]` for the outputs.",
    "sec-localisation-weigh",
)
def without_biases(inputs, weights):
    return network(inputs, (weights[0], 0 * weights[1], weights[2], 0 * weights[3]))


@EXERCISE.wrong(
    "The weights are not transposed",
    "your function multiplies by the weights without transposing them; a weight is (outputs, inputs), so a batch of "
    "rows is multiplied by its transpose, `inputs @ weight.T`.",
    "sec-localisation-weigh",
)
def not_transposed(inputs, weights):
    return np.maximum(inputs @ weights[0] + weights[1], 0) @ weights[2] + weights[3]


@EXERCISE.wrong(
    "The hidden units are the output",
    "your function returns the hidden units after ReLU; the second layer is missing.",
    "sec-localisation-weigh",
)
def hidden_alone(inputs, weights):
    return np.maximum(inputs @ weights[0].T + weights[1], 0)


@EXERCISE.wrong(
    "Probabilities instead of scores",
    "your function applies softmax to the scores; it belongs to the loss, and the second layer's output is returned "
    "as it is.",
    "sec-layers-loss",
)
def softmax(inputs, weights):
    out = np.exp(network(inputs, weights))
    return out / out.sum(axis=1, keepdims=True)


@EXERCISE.wrong(
    "A small slope below 0",
    "your function keeps a hundredth of what is negative, as leaky ReLU does; ReLU gives 0 there.",
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
