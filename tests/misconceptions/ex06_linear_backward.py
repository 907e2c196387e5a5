"""Wrong answers to `linear_backward`, and the calls that tell them apart."""

import numpy as np

from stn_numpy import linear_backward
from tests.judge import Case, Exercise

rng = np.random.default_rng(0)
SQUARE = np.array([[1.0, 2], [3, 4]])
BATCH = [rng.standard_normal(shape) for shape in ((4, 2), (4, 3), (2, 3), (2,))]
SINGLE = [rng.standard_normal(shape).astype("float32") for shape in ((4, 5), (4, 3), (5, 3), (5,))]

EXERCISE = Exercise(
    name="linear_backward",
    answer="stn_numpy.linear",
    gives=("d_inputs", "d_weight", "d_bias"),
    cases=[
        Case(
            "one image, two inputs, two outputs",
            np.array([[1.0, 10]]),
            np.array([[2.0, 3]]),
            SQUARE,
            np.zeros(2),
            expected=([[31, 42]], [[2, 3], [20, 30]], [1, 10]),
        ),
        Case(
            "two images, two inputs, two outputs",
            np.array([[1.0, 10], [2, 0]]),
            np.array([[2.0, 3], [5, -1]]),
            SQUARE,
            np.zeros(2),
            expected=([[31, 42], [2, 4]], [[12, 1], [20, 30]], [3, 10]),
        ),
        Case(
            "the layer of chapter 6: three inputs, two outputs",
            np.array([[1.0, 10]]),
            np.array([[1.0, 2, 3]]),
            np.array([[1.0, 0, -1], [2, 1, 0]]),
            np.array([4.0, 5]),
            expected=([[21, 10, -1]], [[1, 2, 3], [10, 20, 30]], [1, 10]),
        ),
        Case("four images, three inputs, two outputs", *BATCH),
        Case("four images, three inputs, five outputs, float32", *SINGLE),
    ],
)


@EXERCISE.wrong(
    "`d_weight` is transposed",
    "your `d_weight` has a row for each input; row o should belong to output o and hold the inputs times the upstream "
    "gradient of that output.",
    "sec-layers-linear",
)
def weight_transposed(d_out, inputs, weight, bias):
    d_inputs, d_weight, d_bias = linear_backward(d_out, inputs, weight, bias)
    return d_inputs, inputs.T @ d_out, d_bias


@EXERCISE.wrong(
    "`d_inputs` uses `weight` as in the forward pass",
    "your `d_inputs` sums along a row of `weight`, as the forward pass does; `weight[o, i]` connects input i to "
    "output o, so in the backward pass the sum runs down a column, over the outputs.",
    "sec-layers-linear",
)
def forward_again(d_out, inputs, weight, bias):
    d_weight, d_bias = linear_backward(d_out, inputs, weight, bias)[1:]
    return d_out @ weight.T, d_weight, d_bias


@EXERCISE.wrong(
    "The mean over the batch instead of the sum",
    "your function divides `d_weight` and `d_bias` by N; all images use the same weight and bias, so their gradients "
    "are added, and the loss has already divided by N.",
    "sec-layers-linear",
)
def mean_over_batch(d_out, inputs, weight, bias):
    d_inputs, d_weight, d_bias = linear_backward(d_out, inputs, weight, bias)
    return d_inputs, d_weight / len(inputs), d_bias / len(inputs)


@EXERCISE.wrong(
    "The mean instead of the sum in `d_bias`",
    "your function divides `d_bias` by the number of images; all images use the same bias, so their gradients are "
    "added.",
    "sec-layers-linear",
)
def mean_bias(d_out, inputs, weight, bias):
    d_inputs, d_weight, d_bias = linear_backward(d_out, inputs, weight, bias)
    return d_inputs, d_weight, d_bias / len(inputs)


@EXERCISE.wrong(
    "`d_bias` is summed along the wrong axis",
    "your `d_bias` sums over the outputs and keeps the images; each output has its own bias, so sum over the images "
    "and keep the outputs.",
    "sec-layers-linear",
)
def bias_over_outputs(d_out, inputs, weight, bias):
    d_inputs, d_weight, _ = linear_backward(d_out, inputs, weight, bias)
    return d_inputs, d_weight, d_out.sum(axis=1)


@EXERCISE.wrong(
    "`d_bias` is not summed over the batch",
    "your `d_bias` still has a row for each image; all images use the same bias, so sum the upstream gradient over "
    "them, which leaves (O,).",
    "sec-layers-linear",
)
def bias_not_summed(d_out, inputs, weight, bias):
    d_inputs, d_weight, _ = linear_backward(d_out, inputs, weight, bias)
    return d_inputs, d_weight, d_out.copy()


@EXERCISE.wrong(
    "`d_bias` is all ones",
    "your `d_bias` leaves out `d_out`; 1 is the derivative of an output with respect to its bias, and the gradient is "
    "that times the upstream gradient.",
    "sec-layers-linear",
)
def bias_of_ones(d_out, inputs, weight, bias):
    d_inputs, d_weight, _ = linear_backward(d_out, inputs, weight, bias)
    return d_inputs, d_weight, np.ones_like(bias)


@EXERCISE.wrong(
    "The upstream gradient is left out",
    "your function returns the layer's derivatives, as if `d_out` were all ones; a gradient is those derivatives "
    "times the upstream gradient, `d_out`.",
    "sec-layers-chain",
)
def slopes_alone(d_out, inputs, weight, bias):
    return linear_backward(np.ones_like(d_out), inputs, weight, bias)


@EXERCISE.wrong(
    "`d_weight` holds the last image only",
    "your `d_weight` comes from the last image alone; all images use the same weight, so add every image's "
    "contribution, with `+=` in a loop.",
    "sec-layers-linear",
)
def last_image(d_out, inputs, weight, bias):
    d_inputs, _, d_bias = linear_backward(d_out, inputs, weight, bias)
    return d_inputs, np.outer(d_out[-1], inputs[-1]), d_bias


@EXERCISE.wrong(
    "`d_bias` holds the last image only",
    "your `d_bias` comes from the last image alone; all images use the same bias, so add every image's contribution, "
    "with `+=` in a loop.",
    "sec-layers-linear",
)
def last_image_in_bias(d_out, inputs, weight, bias):
    d_inputs, d_weight, _ = linear_backward(d_out, inputs, weight, bias)
    return d_inputs, d_weight, d_out[-1].copy()


@EXERCISE.wrong(
    "`d_weight` and `d_bias` hold the last image only",
    "your `d_weight` and `d_bias` come from the last image alone; all images use the same weight and bias, so add "
    "every image's contribution, with `+=` in a loop.",
    "sec-layers-linear",
)
def last_image_in_both(d_out, inputs, weight, bias):
    d_inputs = linear_backward(d_out, inputs, weight, bias)[0]
    return d_inputs, np.outer(d_out[-1], inputs[-1]), d_out[-1].copy()


@EXERCISE.wrong(
    "`d_inputs` is summed over the batch",
    "your `d_inputs` is one row for the whole batch; weight and bias are shared by the images but the inputs are not, "
    "so each image has a row of its own.",
    "sec-layers-linear",
)
def inputs_summed(d_out, inputs, weight, bias):
    d_inputs, d_weight, d_bias = linear_backward(d_out, inputs, weight, bias)
    return d_inputs.sum(axis=0), d_weight, d_bias


@EXERCISE.wrong(
    "Every row of `d_inputs` holds the batch's sum",
    "your `d_inputs` adds over the images; weight and bias are shared by the images but the inputs are not, so row n "
    "depends on `d_out[n]` alone.",
    "sec-layers-linear",
)
def inputs_of_all(d_out, inputs, weight, bias):
    d_inputs, d_weight, d_bias = linear_backward(d_out, inputs, weight, bias)
    return np.repeat(d_inputs.sum(axis=0, keepdims=True), len(inputs), axis=0), d_weight, d_bias


@EXERCISE.wrong(
    "`d_weight` is computed from `d_inputs`",
    "your `d_weight` uses the gradient of the inputs; the forward pass multiplies the weight by the inputs, so "
    "`d_weight` needs those.",
    "sec-layers-linear",
)
def from_gradient(d_out, inputs, weight, bias):
    d_inputs, _, d_bias = linear_backward(d_out, inputs, weight, bias)
    return d_inputs, d_out.T @ d_inputs, d_bias


@EXERCISE.wrong(
    "`d_bias` holds the sum over all outputs",
    "your `d_bias` has the same sum for every output; each output has its own bias, whose gradient is the sum over "
    "that output.",
    "sec-layers-linear",
)
def bias_of_all(d_out, inputs, weight, bias):
    d_inputs, d_weight, _ = linear_backward(d_out, inputs, weight, bias)
    return d_inputs, d_weight, np.full_like(bias, d_out.sum())


@EXERCISE.wrong(
    "`d_weight` holds the first image only",
    "your `d_weight` comes from the first image alone; all images use the same weight, so add every image's "
    "contribution.",
    "sec-layers-linear",
)
def first_image(d_out, inputs, weight, bias):
    d_inputs, _, d_bias = linear_backward(d_out, inputs, weight, bias)
    return d_inputs, np.outer(d_out[0], inputs[0]), d_bias


@EXERCISE.wrong(
    "The mean instead of the sum in `d_weight`",
    "your function divides `d_weight` by the number of images; all images use the same weight, so their gradients are "
    "added.",
    "sec-layers-linear",
)
def mean_weight(d_out, inputs, weight, bias):
    d_inputs, d_weight, d_bias = linear_backward(d_out, inputs, weight, bias)
    return d_inputs, d_weight / len(inputs), d_bias


@EXERCISE.wrong(
    "`d_inputs` is divided by the number of images",
    "your function divides `d_inputs` by the number of images; each image's row comes from its own `d_out`, so "
    "nothing is averaged.",
    "sec-layers-linear",
)
def mean_inputs(d_out, inputs, weight, bias):
    d_inputs, d_weight, d_bias = linear_backward(d_out, inputs, weight, bias)
    return d_inputs / len(inputs), d_weight, d_bias


@EXERCISE.right_too
def image_by_image(d_out, inputs, weight, bias):
    d_inputs, d_weight, d_bias = np.zeros_like(inputs), np.zeros_like(weight), np.zeros_like(bias)
    for n in range(len(inputs)):
        for o in range(len(weight)):
            d_inputs[n] += d_out[n, o] * weight[o]
            d_weight[o] += d_out[n, o] * inputs[n]
            d_bias[o] += d_out[n, o]
    return d_inputs, d_weight, d_bias


@EXERCISE.right_too
def with_einsum(d_out, inputs, weight, bias):
    arrived = d_out.astype("float64")
    gradients = (
        np.einsum("no,oi->ni", arrived, weight),
        np.einsum("no,ni->oi", arrived, inputs),
        np.einsum("no->o", arrived),
    )
    return tuple(gradient.astype(inputs.dtype) for gradient in gradients)


@EXERCISE.right_too
def bias_as_a_weight(d_out, inputs, weight, bias):
    """The bias is a weight whose input is always 1."""
    longer = np.concatenate([inputs, np.ones((len(inputs), 1), inputs.dtype)], axis=1)
    d_longer = np.tensordot(d_out, longer, axes=(0, 0))
    return (weight.T @ d_out.T).T, d_longer[:, :-1], d_longer[:, -1]
