"""Wrong answers to `network_backward`, and the calls that tell them apart."""

import numpy as np

from book.by_hand import linear_backward, network_backward
from tests.judge import Case, Exercise


def drawn(seed, sizes, dtype="float64"):
    """d_out, a batch of four, and weights of layers with these numbers of inputs, hidden units and outputs."""
    rng, (inputs, hidden, outputs) = np.random.default_rng(seed), sizes
    shapes = (4, outputs), (4, inputs), (hidden, inputs), (hidden,), (outputs, hidden), (outputs,)
    d_out, batch, *weights = [rng.normal(0, 1, shape).astype(dtype) for shape in shapes]
    return d_out, batch, tuple(weights)


ROW = np.array([[1.0, 2]])
WEIGHTS = np.array([[1.0, -1], [1, 2]]), np.array([0.0, 1]), np.array([[3.0, 2]]), np.array([10.0])
AT_ZERO = np.array([[2.0, -1], [1, 0]]), np.array([0.0, 1]), np.array([[3.0, 2]]), np.array([0.0])

EXERCISE = Exercise(
    name="network_backward",
    answer="book.by_hand",
    gives=("d_inputs", "d_weight_1", "d_bias_1", "d_weight_2", "d_bias_2"),
    cases=[
        Case(
            "one row; before ReLU the hidden units are -1 and 6",
            np.array([[1.0]]),
            ROW,
            WEIGHTS,
            expected=([[2, 4]], [[0, 0], [2, 4]], [0, 2], [[0, 6]], [1]),
        ),
        Case(
            "one row; before ReLU the hidden units are 0, where the slope is 0, and 2",
            np.array([[10.0]]),
            ROW,
            AT_ZERO,
            expected=([[20, 0]], [[0, 0], [20, 40]], [0, 20], [[0, 20]], [10]),
        ),
        Case("four rows of three, five hidden units, two outputs", *drawn(0, (3, 5, 2))),
        Case("four rows, all sizes three", *drawn(1, (3, 3, 3))),
        Case("four rows of six, four hidden units, six outputs, float32", *drawn(2, (6, 4, 6), "float32")),
    ],
)


def back(d_out, inputs, weights, mask, hidden=lambda before: np.maximum(before, 0)):
    """The way back with another slope of ReLU, or other hidden units."""
    before = inputs @ weights[0].T + weights[1]
    d_hidden, *d_last = linear_backward(d_out, hidden(before), *weights[2:])
    d_inputs, *d_first = linear_backward((d_hidden * mask(before, d_hidden)).astype(inputs.dtype), inputs, *weights[:2])
    return d_inputs, (*d_first, *d_last)


def above(before, d_hidden):
    return before > 0


@EXERCISE.wrong(
    "ReLU is left out of the backward pass",
    "your function passes the whole gradient through ReLU; where a hidden unit was not positive before ReLU the "
    "derivative is 0, and the gradient becomes 0.",
    "sec-layers-relu",
)
def skipped(d_out, inputs, weights):
    return back(d_out, inputs, weights, lambda before, d_hidden: np.ones_like(before))


@EXERCISE.wrong(
    "ReLU is applied to the gradient",
    "your function sets negative gradients to 0; a gradient passes where the hidden unit was positive in the forward "
    "pass, whatever its own sign.",
    "sec-layers-relu",
)
def of_the_gradient(d_out, inputs, weights):
    return back(d_out, inputs, weights, lambda before, d_hidden: d_hidden > 0)


@EXERCISE.wrong(
    "The gradient passes where ReLU was 0",
    "your function passes the gradient where the hidden unit was not positive; the derivative of ReLU is 1 where it "
    "was positive and 0 elsewhere.",
    "sec-layers-relu",
)
def opposite(d_out, inputs, weights):
    return back(d_out, inputs, weights, lambda before, d_hidden: before <= 0)


@EXERCISE.wrong(
    "The derivative at 0 is 1",
    "your derivative of ReLU at exactly 0 is 1, as with `before >= 0`; here it should be 0, as with `before > 0` and "
    "in torch.",
    "sec-layers-relu",
)
def at_zero(d_out, inputs, weights):
    return back(d_out, inputs, weights, lambda before, d_hidden: before >= 0)


@EXERCISE.wrong(
    "The hidden unit instead of its derivative",
    "your function multiplies the gradient by the hidden unit itself; the derivative of ReLU is 1 or 0.",
    "sec-layers-relu",
)
def value_for_slope(d_out, inputs, weights):
    return back(d_out, inputs, weights, lambda before, d_hidden: np.maximum(before, 0))


@EXERCISE.wrong(
    "The hidden units lack the first bias",
    "your function computes the hidden units without the bias, so other ones are positive; they should be `inputs @ "
    "weights[0].T + weights[1]`, as in the forward pass.",
    "sec-layers-relu",
)
def without_bias(d_out, inputs, weights):
    return network_backward(d_out, inputs, (weights[0], 0 * weights[1], *weights[2:]))


@EXERCISE.wrong(
    "The second layer gets the hidden units before ReLU",
    "your gradient of the second weight uses the hidden units before ReLU; the second layer's inputs were those after "
    "ReLU.",
    "sec-layers-way",
)
def before_relu(d_out, inputs, weights):
    return back(d_out, inputs, weights, above, hidden=lambda before: before)


@EXERCISE.wrong(
    "The second layer's gradients come first",
    "your function returns the second layer's gradients first; return them in the order of the weights, the first "
    "layer's two before the second's.",
    "sec-layers-way",
)
def last_first(d_out, inputs, weights):
    d_inputs, d_weights = network_backward(d_out, inputs, weights)
    return d_inputs, (*d_weights[2:], *d_weights[:2])


@EXERCISE.wrong(
    "Five arrays without brackets",
    "your function returns five arrays in a row; return two things, `d_inputs` and a tuple of the weights' four "
    "gradients.",
    "sec-layers-way",
)
def five(d_out, inputs, weights):
    d_inputs, d_weights = network_backward(d_out, inputs, weights)
    return d_inputs, *d_weights


@EXERCISE.wrong(
    "Only the gradients of the weights",
    "your function returns only the weights' four gradients; return `d_inputs` before them, which the transformer "
    "needs.",
    "sec-layers-way",
)
def weights_alone(d_out, inputs, weights):
    return network_backward(d_out, inputs, weights)[1]


@EXERCISE.wrong(
    "The weights before `d_inputs`",
    "your function returns the weights' gradients first; `d_inputs` comes first and their tuple second.",
    "sec-layers-way",
)
def weights_first(d_out, inputs, weights):
    return network_backward(d_out, inputs, weights)[::-1]


@EXERCISE.wrong(
    "The mean over the batch",
    "your gradients of the weights are means over the batch; they should be sums, since the loss has already divided "
    "by N.",
    "sec-layers-linear",
)
def averaged(d_out, inputs, weights):
    d_inputs, d_weights = network_backward(d_out, inputs, weights)
    return d_inputs, tuple((gradient / len(inputs)).astype(inputs.dtype) for gradient in d_weights)


@EXERCISE.wrong(
    "`d_inputs` stops at the hidden units",
    "your `d_inputs` is the gradient with respect to the hidden units before ReLU; pass it on through the first layer "
    "to the network's inputs.",
    "sec-layers-way",
)
def hidden_for_inputs(d_out, inputs, weights):
    before = inputs @ weights[0].T + weights[1]
    return (d_out @ weights[2]) * (before > 0), network_backward(d_out, inputs, weights)[1]


@EXERCISE.wrong(
    "Both layers get the network's inputs",
    "your gradient of the second weight uses the network's inputs; the second layer's inputs were the hidden units.",
    "sec-layers-way",
)
def inputs_twice(d_out, inputs, weights):
    d_inputs, (d_weight, d_bias, _, d_last_bias) = network_backward(d_out, inputs, weights)
    return d_inputs, (d_weight, d_bias, d_out.T @ inputs, d_last_bias)


@EXERCISE.right_too
def row_by_row(d_out, inputs, weights):
    d_inputs, d_weights = np.zeros_like(inputs), [np.zeros_like(weight) for weight in weights]
    for n, row in enumerate(inputs):
        before = weights[0] @ row + weights[1]
        d_before = (weights[2].T @ d_out[n]) * (before > 0)
        d_inputs[n] = weights[0].T @ d_before
        for total, gradient in zip(
            d_weights, (np.outer(d_before, row), d_before, np.outer(d_out[n], before * (before > 0)), d_out[n])
        ):
            total += gradient
    return d_inputs, tuple(d_weights)


@EXERCISE.right_too
def by_what_is_left(d_out, inputs, weights):
    hidden = np.maximum(inputs @ weights[0].T + weights[1], 0)
    d_before = (d_out @ weights[2]) * np.sign(hidden)
    gradients = [d_before.T @ inputs, d_before.sum(axis=0), d_out.T @ hidden, d_out.sum(axis=0)]
    return [d_before @ weights[0], gradients]
