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
    "d_weight is transposed",
    "row o of d_weight belongs to output o, and holds the inputs times what "
    "arrived there; yours has a row for each input.",
    "sec-layers-linear",
)
def weight_transposed(d_out, inputs, weight, bias):
    d_inputs, d_weight, d_bias = linear_backward(d_out, inputs, weight, bias)
    return d_inputs, inputs.T @ d_out, d_bias


@EXERCISE.wrong(
    "d_inputs takes weight the forward way round",
    "input i touches output o by weight[o, i], so on the "
    "way back the sum runs down a column of weight, over the outputs; yours runs along a row, as the "
    "forward does.",
    "sec-layers-linear",
)
def forward_again(d_out, inputs, weight, bias):
    d_weight, d_bias = linear_backward(d_out, inputs, weight, bias)[1:]
    return d_out @ weight.T, d_weight, d_bias


@EXERCISE.wrong(
    "Mean over the batch for the sum",
    "all images use the same weight and bias, so their gradients are added; the division by N belongs to the loss, "
    "which has already done it.",
    "sec-layers-linear",
)
def mean_over_batch(d_out, inputs, weight, bias):
    d_inputs, d_weight, d_bias = linear_backward(d_out, inputs, weight, bias)
    return d_inputs, d_weight / len(inputs), d_bias / len(inputs)


@EXERCISE.wrong(
    "Mean for the sum in d_bias",
    "all images use the same bias, so their gradients are added; yours divides by their number.",
    "sec-layers-linear",
)
def mean_bias(d_out, inputs, weight, bias):
    d_inputs, d_weight, d_bias = linear_backward(d_out, inputs, weight, bias)
    return d_inputs, d_weight, d_bias / len(inputs)


@EXERCISE.wrong(
    "d_bias is summed along the wrong axis",
    "each output has a bias of its own, so d_bias keeps the outputs and sums over the images; yours keeps the images.",
    "sec-layers-linear",
)
def bias_over_outputs(d_out, inputs, weight, bias):
    d_inputs, d_weight, _ = linear_backward(d_out, inputs, weight, bias)
    return d_inputs, d_weight, d_out.sum(axis=1)


@EXERCISE.wrong(
    "d_bias is not summed over the batch",
    "one bias serves all images, so the upstream gradient is summed over them, and (O,) is left; yours still has a "
    "row for each image.",
    "sec-layers-linear",
)
def bias_not_summed(d_out, inputs, weight, bias):
    d_inputs, d_weight, _ = linear_backward(d_out, inputs, weight, bias)
    return d_inputs, d_weight, d_out.copy()


@EXERCISE.wrong(
    "d_bias is all ones",
    "1 is the factor by which an output follows its bias, and the gradient is that factor times the upstream "
    "gradient; yours leaves d_out out.",
    "sec-layers-linear",
)
def bias_of_ones(d_out, inputs, weight, bias):
    d_inputs, d_weight, _ = linear_backward(d_out, inputs, weight, bias)
    return d_inputs, d_weight, np.ones_like(bias)


@EXERCISE.wrong(
    "The upstream gradient is left out",
    "a gradient is the upstream gradient, d_out, times the layer's derivatives; yours gives the derivatives alone, as "
    "if d_out were all ones.",
    "sec-layers-chain",
)
def slopes_alone(d_out, inputs, weight, bias):
    return linear_backward(np.ones_like(d_out), inputs, weight, bias)


@EXERCISE.wrong(
    "d_weight holds the last image only",
    "all images use the same weight, so every image adds to "
    "d_weight, in a loop with += and not =; yours keeps what the last one brought.",
    "sec-layers-linear",
)
def last_image(d_out, inputs, weight, bias):
    d_inputs, _, d_bias = linear_backward(d_out, inputs, weight, bias)
    return d_inputs, np.outer(d_out[-1], inputs[-1]), d_bias


@EXERCISE.wrong(
    "d_bias holds the last image only",
    "all images use the same bias, so every image adds to d_bias, in a "
    "loop with += and not =; yours keeps what the last one brought.",
    "sec-layers-linear",
)
def last_image_in_bias(d_out, inputs, weight, bias):
    d_inputs, d_weight, _ = linear_backward(d_out, inputs, weight, bias)
    return d_inputs, d_weight, d_out[-1].copy()


@EXERCISE.wrong(
    "d_weight and d_bias hold the last image only",
    "all images use the same weight and bias, so every "
    "image adds to both, in a loop with += and not =; yours keeps what the last one brought.",
    "sec-layers-linear",
)
def last_image_in_both(d_out, inputs, weight, bias):
    d_inputs = linear_backward(d_out, inputs, weight, bias)[0]
    return d_inputs, np.outer(d_out[-1], inputs[-1]), d_out[-1].copy()


@EXERCISE.wrong(
    "d_inputs is summed over the batch",
    "weight and bias are shared by all images, the inputs are not, so "
    "each row of d_inputs comes from its own image; yours is one row for all.",
    "sec-layers-linear",
)
def inputs_summed(d_out, inputs, weight, bias):
    d_inputs, d_weight, d_bias = linear_backward(d_out, inputs, weight, bias)
    return d_inputs.sum(axis=0), d_weight, d_bias


@EXERCISE.wrong(
    "Every row of d_inputs holds the batch's sum",
    "weight and bias are shared by all images, the inputs are not, so row n of d_inputs depends on d_out[n] alone; "
    "yours adds over the images.",
    "sec-layers-linear",
)
def inputs_of_all(d_out, inputs, weight, bias):
    d_inputs, d_weight, d_bias = linear_backward(d_out, inputs, weight, bias)
    return np.repeat(d_inputs.sum(axis=0, keepdims=True), len(inputs), axis=0), d_weight, d_bias


@EXERCISE.wrong(
    "d_weight is made from d_inputs",
    "a weight is multiplied with an input on the way forward, so "
    "d_weight needs the inputs; yours takes their gradient.",
    "sec-layers-linear",
)
def from_gradient(d_out, inputs, weight, bias):
    d_inputs, _, d_bias = linear_backward(d_out, inputs, weight, bias)
    return d_inputs, d_out.T @ d_inputs, d_bias


@EXERCISE.wrong(
    "d_bias holds the sum over all outputs",
    "each output has a bias of its own, which receives the gradient of that output; yours gives every bias the sum "
    "over all outputs.",
    "sec-layers-linear",
)
def bias_of_all(d_out, inputs, weight, bias):
    d_inputs, d_weight, _ = linear_backward(d_out, inputs, weight, bias)
    return d_inputs, d_weight, np.full_like(bias, d_out.sum())


@EXERCISE.wrong(
    "d_weight is made from the first image",
    "all images use the same weight, so every image adds to d_weight; yours has what the first one brings.",
    "sec-layers-linear",
)
def first_image(d_out, inputs, weight, bias):
    d_inputs, _, d_bias = linear_backward(d_out, inputs, weight, bias)
    return d_inputs, np.outer(d_out[0], inputs[0]), d_bias


@EXERCISE.wrong(
    "The weight's mean over the batch",
    "all images use the same weight, so their gradients are added; yours divides it by their number.",
    "sec-layers-linear",
)
def mean_weight(d_out, inputs, weight, bias):
    d_inputs, d_weight, d_bias = linear_backward(d_out, inputs, weight, bias)
    return d_inputs, d_weight / len(inputs), d_bias


@EXERCISE.wrong(
    "d_inputs is divided by the batch",
    "each image's row comes from its own d_out, and nothing is averaged; yours divides it by the number of images.",
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
