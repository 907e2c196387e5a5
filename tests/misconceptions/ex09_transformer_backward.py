"""Wrong answers to `transformer_backward`, and the calls that tell them apart."""

import numpy as np

from stn_numpy import affine_sample_backward
from tests.judge import Case, Exercise


def always(d_image, d_theta):
    """A sampler's backward that has its numbers for one image ready, for following the chain on paper."""

    def sample_backward(d_out, image, theta):
        count = len(image)
        return (np.array([[[d_image]]] * count, image.dtype), np.array([d_theta] * count, image.dtype))

    sample_backward.__doc__ = f"Always give {d_image} and {d_theta}."
    return sample_backward


def by_pixel(d_out, image, theta):
    """Give 10 * image and [[0, 0, 2 * image + 1], [0, 0, 0]]."""
    d_theta = np.zeros_like(theta)
    d_theta[:, 0, 2] = 2 * image[:, 0, 0, 0] + 1
    return 10 * image, d_theta


def by_theta(d_out, image, theta):
    """Give 10 * image and 2 * theta."""
    return 10 * image, 2 * theta


def real(d_out, image, theta):
    """The real one, align_corners=False."""
    return affine_sample_backward(d_out, image, theta, align_corners=False)


def rows(length, **filled):
    """A weight (6, length) of zeros but for some rows, such as ``row2=[1, 5]``."""
    weight = np.zeros((6, length))
    for name, content in filled.items():
        weight[int(name[3:])] = content
    return weight


def random_case(story, shape, size, dtype="float64", seed=0):
    rng = np.random.default_rng(seed)
    image, d_out = rng.uniform(0, 1, shape), rng.standard_normal(shape[:2] + size)
    weight = rng.normal(0, 0.1, (6, image[0].size))
    bias = np.array([0.9, -0.2, 0.07, 0.15, 0.8, -0.04])
    return Case(story, *(array.astype(dtype) for array in (d_out, image, weight, bias)), real)


ONE, TWO = np.ones((1, 1, 1, 1)), np.ones((2, 1, 1, 1))
ONE_AND_TWO = np.array([[[[1.0]]], [[[2]]]])
IDENTITY = np.array([1.0, 0, 0, 0, 1, 0])
ROW = [1.0, 2, 6, 4]

EXERCISE = Exercise(
    name="transformer_backward",
    answer="tests.solutions",
    gives=("d_image", "d_weight", "d_bias"),
    cases=[
        Case(
            "sample_backward gives d_image, then d_theta, of which one entry is not 0",
            ONE,
            np.array([[[[2.0, 4]]]]),
            rows(2, row2=[1, 5]),
            IDENTITY,
            always([10, 20], [[0, 0, 3], [0, 0, 0]]),
            expected=([[[[13, 35]]]], rows(2, row2=[6, 12]), [0, 0, 3, 0, 0, 0]),
        ),
        Case(
            "sample_backward gives d_image, then d_theta with its six entries 1 to 6",
            ONE,
            np.array([[[[1.0, 10]]]]),
            rows(2, row0=[1, 0], row3=[0, 1]),
            IDENTITY,
            always([10, 20], [[1, 2, 3], [4, 5, 6]]),
            expected=([[[[11, 24]]]], [[1, 10], [2, 20], [3, 30], [4, 40], [5, 50], [6, 60]], [1, 2, 3, 4, 5, 6]),
        ),
        Case(
            "two images of one pixel, 1 and 2; for each, sample_backward gives d_image and d_theta",
            TWO,
            ONE_AND_TWO,
            rows(1, row2=[4]),
            IDENTITY,
            by_pixel,
            expected=([[[[22]]], [[[40]]]], rows(1, row2=[13]), [0, 0, 8, 0, 0, 0]),
        ),
        Case(
            "two images of one pixel, 1 and 2; the d_theta that sample_backward gives is twice the theta it is handed",
            TWO,
            ONE_AND_TWO,
            rows(1, row2=[4]),
            IDENTITY,
            by_theta,
            expected=([[[[42]]], [[[84]]]], rows(1, row0=[6], row2=[40], row4=[6]), [4, 0, 24, 0, 4, 0]),
        ),
        Case(
            "the real sampler, to one pixel; the chapter's picture on paper, half of its shift put into the bias",
            ONE,
            np.array([[[ROW, ROW]]]),
            rows(8, row2=[1 / 16] + 7 * [0]),
            np.array([0, 0, 1 / 16, 0, 0, 0]),
            real,
            expected=(
                [[[[1 / 2, 1 / 8, 3 / 8, 0], [0, 1 / 8, 3 / 8, 0]]]],
                rows(8, row2=8 * np.array(ROW + ROW)),
                [0, 0, 8, 0, 0, 0],
            ),
        ),
        random_case("the real sampler, two images of 2 x 3, outputs of 3 x 2", (2, 1, 2, 3), (3, 2)),
        random_case("the real sampler, two images of two channels, float32", (2, 2, 2, 2), (1, 3), "float32"),
    ],
)


def parts(d_out, image, weight, bias, sample_backward):
    """The image laid flat, the sampler's part of d_image, and d_theta as (N, 6)."""
    flat = image.reshape(len(image), -1)
    theta = (flat @ weight.T + bias).reshape(-1, 2, 3)
    d_read, d_theta = sample_backward(d_out, image, theta)
    return flat, d_read, d_theta.reshape(-1, 6)


def finish(flat, d_read, d_parameters, weight):
    """All three gradients from the parts."""
    d_image = d_read + (d_parameters @ weight).reshape(d_read.shape)
    return d_image, d_parameters.T @ flat, d_parameters.sum(axis=0)


@EXERCISE.wrong(
    "The path through the localisation network is missing",
    "your `d_image` is the sampler's part alone; the image is used twice, by the sampler and by the localisation "
    "network, so add `d_theta` passed back through `weight`.",
    "sec-layer-chain",
)
def only_read(d_out, image, weight, bias, sample_backward):
    flat, d_read, d_parameters = parts(d_out, image, weight, bias, sample_backward)
    return d_read, d_parameters.T @ flat, d_parameters.sum(axis=0)


@EXERCISE.wrong(
    "The path through the sampler is missing",
    "your `d_image` leaves out the one that `sample_backward` returns; the image is used twice, by the sampler and by "
    "the localisation network, so add both gradients.",
    "sec-layer-chain",
)
def only_looked(d_out, image, weight, bias, sample_backward):
    flat, d_read, d_parameters = parts(d_out, image, weight, bias, sample_backward)
    return finish(flat, 0 * d_read, d_parameters, weight)


@EXERCISE.wrong(
    "The two paths are multiplied",
    "your function multiplies the gradients of the two paths; factors along one path are multiplied, but two paths to "
    "the same array are added.",
    "sec-layer-chain",
)
def multiplied(d_out, image, weight, bias, sample_backward):
    flat, d_read, d_parameters = parts(d_out, image, weight, bias, sample_backward)
    d_looked, d_weight, d_bias = finish(flat, 0 * d_read, d_parameters, weight)
    return d_read * d_looked, d_weight, d_bias


@EXERCISE.wrong(
    "One path is subtracted from the other",
    "your function subtracts the localisation network's part from the sampler's; both paths lead to the same pixel, "
    "so their gradients are added.",
    "sec-layer-chain",
)
def subtracted(d_out, image, weight, bias, sample_backward):
    flat, d_read, d_parameters = parts(d_out, image, weight, bias, sample_backward)
    d_looked, d_weight, d_bias = finish(flat, 0 * d_read, d_parameters, weight)
    return d_read - d_looked, d_weight, d_bias


@EXERCISE.wrong(
    "Only the shift's gradient is passed on",
    "your function passes on only the third column of `d_theta`; all six numbers of theta come from the localisation "
    "network, so all six gradients go back into it.",
    "sec-layer-hand",
)
def shift_only(d_out, image, weight, bias, sample_backward):
    flat, d_read, d_parameters = parts(d_out, image, weight, bias, sample_backward)
    return finish(flat, d_read, d_parameters * np.array([0, 0, 1, 0, 0, 1], image.dtype), weight)


@EXERCISE.wrong(
    "`d_theta` is flattened column by column",
    "your function flattens `d_theta` column by column; the forward pass reshaped six numbers to (2, 3) row by row, "
    "so use `reshape(-1, 6)` without transposing.",
    "sec-layer-hand",
)
def by_columns(d_out, image, weight, bias, sample_backward):
    flat, d_read, d_parameters = parts(d_out, image, weight, bias, sample_backward)
    return finish(flat, d_read, d_parameters[:, [0, 3, 1, 4, 2, 5]], weight)


@EXERCISE.wrong(
    "The batch is averaged",
    "your function divides `d_weight` and `d_bias` by N; all images use the same weight and bias, so their gradients "
    "are added, and a loss that is a mean has already divided by N.",
    "sec-layers-linear",
)
def batch_mean(d_out, image, weight, bias, sample_backward):
    d_image, d_weight, d_bias = finish(*parts(d_out, image, weight, bias, sample_backward), weight)
    return d_image, d_weight / len(image), d_bias / len(image)


@EXERCISE.wrong(
    "`d_bias` is averaged over the batch",
    "your `d_bias` is the mean over the batch; every image contributes to the gradient of the one bias, so it is the "
    "sum.",
    "sec-layers-linear",
)
def bias_mean(d_out, image, weight, bias, sample_backward):
    flat, d_read, d_parameters = parts(d_out, image, weight, bias, sample_backward)
    d_image, d_weight, _ = finish(flat, d_read, d_parameters, weight)
    return d_image, d_weight, d_parameters.mean(axis=0)


@EXERCISE.wrong(
    "`d_bias` is not summed over the batch",
    "your `d_bias` still has a row for each image; all images use the same bias, so sum over the batch, which leaves "
    "(6,).",
    "sec-layers-linear",
)
def bias_not_summed(d_out, image, weight, bias, sample_backward):
    flat, d_read, d_parameters = parts(d_out, image, weight, bias, sample_backward)
    d_image, d_weight, _ = finish(flat, d_read, d_parameters, weight)
    return d_image, d_weight, d_parameters.copy()


@EXERCISE.wrong(
    "`d_weight` is transposed",
    "your `d_weight` is `flat.T @ d_parameters`; a gradient has the shape of its array, here (6, C * H * W), which is "
    "`d_parameters.T @ flat`.",
    "sec-layers-linear",
)
def weight_transposed(d_out, image, weight, bias, sample_backward):
    d_image, d_weight, d_bias = finish(*parts(d_out, image, weight, bias, sample_backward), weight)
    return d_image, d_weight.T.copy(), d_bias


@EXERCISE.wrong(
    "theta is computed without the bias",
    "your theta lacks the bias, so the sampler reads at other places; the backward pass needs the theta of the "
    "forward pass, `flat @ weight.T + bias`.",
    "sec-layer-hand",
)
def without_bias(d_out, image, weight, bias, sample_backward):
    return finish(*parts(d_out, image, weight, 0 * bias, sample_backward), weight)


@EXERCISE.wrong(
    "The identity is added to theta",
    "your function adds the identity to theta; the forward pass adds nothing, since the bias already contains the "
    "identity at the start.",
    "sec-layer-hand",
)
def identity_added(d_out, image, weight, bias, sample_backward):
    return finish(*parts(d_out, image, weight, bias + IDENTITY.astype(bias.dtype), sample_backward), weight)


@EXERCISE.wrong(
    "The identity instead of theta",
    "your function passes the identity to `sample_backward`; it needs the theta of the forward pass, `flat @ weight.T "
    "+ bias`, computed again from the image.",
    "sec-layer-hand",
)
def with_the_identity(d_out, image, weight, bias, sample_backward):
    flat, d_read, d_parameters = parts(d_out, image, 0 * weight, IDENTITY.astype(bias.dtype), sample_backward)
    return finish(flat, d_read, d_parameters, weight)


@EXERCISE.wrong(
    "theta is taken for `d_theta`",
    "your function passes theta itself back through the localisation network; pass back the gradient `d_theta` that "
    "`sample_backward` returns.",
    "sec-layer-hand",
)
def theta_itself(d_out, image, weight, bias, sample_backward):
    flat, d_read, _ = parts(d_out, image, weight, bias, sample_backward)
    return finish(flat, d_read, flat @ weight.T + bias, weight)


@EXERCISE.wrong(
    "The localisation network's path counts twice",
    "your function adds the localisation network's part twice; the image occurs once in each of the two lines of the "
    "forward pass, so each path is added once.",
    "sec-layer-chain",
)
def looked_twice(d_out, image, weight, bias, sample_backward):
    flat, d_read, d_parameters = parts(d_out, image, weight, bias, sample_backward)
    d_looked, d_weight, d_bias = finish(flat, 0 * d_read, d_parameters, weight)
    return d_read + 2 * d_looked, d_weight, d_bias


@EXERCISE.wrong(
    "`d_weight` is computed from the sampler's gradient",
    "your `d_weight` uses the sampler's gradient of the image; the forward pass multiplies the weight by the image, "
    "so `d_weight` needs the image itself.",
    "sec-layers-linear",
)
def from_gradient(d_out, image, weight, bias, sample_backward):
    flat, d_read, d_parameters = parts(d_out, image, weight, bias, sample_backward)
    d_image, _, d_bias = finish(flat, d_read, d_parameters, weight)
    return d_image, d_parameters.T @ d_read.reshape(len(d_read), -1), d_bias


@EXERCISE.wrong(
    "`d_weight` is computed from `d_image`",
    "your `d_weight` uses `d_image`; the forward pass multiplies the weight by the image, so `d_weight` needs the "
    "image itself.",
    "sec-layers-linear",
)
def from_d_image(d_out, image, weight, bias, sample_backward):
    d_image, _, d_bias = finish(*parts(d_out, image, weight, bias, sample_backward), weight)
    _, _, d_parameters = parts(d_out, image, weight, bias, sample_backward)
    return d_image, d_parameters.T @ d_image.reshape(len(d_image), -1), d_bias


@EXERCISE.wrong(
    "The mean of the two paths",
    "your `d_image` is half the sum; the gradients of the two paths are added.",
    "sec-layer-chain",
)
def mean_of_ways(d_out, image, weight, bias, sample_backward):
    d_image, d_weight, d_bias = finish(*parts(d_out, image, weight, bias, sample_backward), weight)
    return d_image / 2, d_weight, d_bias


@EXERCISE.wrong(
    "The upstream gradient is left out",
    "your function passes ones to `sample_backward` and gets the derivatives alone; pass it the upstream gradient, "
    "`d_out`.",
    "sec-layers-ones",
)
def ones_for_upstream(d_out, image, weight, bias, sample_backward):
    return finish(*parts(np.ones_like(d_out), image, weight, bias, sample_backward), weight)


@EXERCISE.wrong(
    "`d_weight` holds the last image only",
    "your `d_weight` comes from the last image alone; all images use the same weight, so add every image's "
    "contribution with `+=`.",
    "sec-layers-linear",
)
def last_image(d_out, image, weight, bias, sample_backward):
    flat, d_read, d_parameters = parts(d_out, image, weight, bias, sample_backward)
    d_image, _, d_bias = finish(flat, d_read, d_parameters, weight)
    return d_image, np.outer(d_parameters[-1], flat[-1]), d_bias


@EXERCISE.right_too
def image_by_image(d_out, image, weight, bias, sample_backward):
    theta = np.stack([(weight @ one.ravel() + bias).reshape(2, 3) for one in image])
    d_image, d_theta = sample_backward(d_out, image, theta)
    d_image = d_image.copy()
    d_weight, d_bias = np.zeros_like(weight), np.zeros_like(bias)
    for n, one in enumerate(image):
        for k, d in enumerate(d_theta[n].ravel()):
            d_image[n] += d * weight[k].reshape(one.shape)
            d_weight[k] += d * one.ravel()
            d_bias[k] += d
    return d_image, d_weight, d_bias


@EXERCISE.right_too
def sampled_image_by_image(d_out, image, weight, bias, sample_backward):
    d_image, d_weight, d_bias = np.empty_like(image), np.zeros_like(weight), np.zeros_like(bias)
    for n in range(len(image)):
        one = image[n : n + 1]
        theta = (weight @ one.ravel() + bias).reshape(1, 2, 3)
        d_read, d_theta = sample_backward(d_out[n : n + 1], one, theta)
        d_image[n] = d_read[0] + (weight.T @ d_theta.ravel()).reshape(one.shape[1:])
        d_weight += np.outer(d_theta, one)
        d_bias += d_theta.ravel()
    return d_image, d_weight, d_bias


@EXERCISE.right_too
def with_einsum(d_out, image, weight, bias, sample_backward):
    shape, dtype = image.shape, image.dtype
    folded = weight.reshape(2, 3, *shape[1:])
    theta = np.einsum("abchw,nchw->nab", folded, image) + bias.reshape(2, 3)
    d_read, d_theta = sample_backward(d_out, image, theta.astype(dtype))
    d_theta = d_theta.astype("float64")
    d_image = np.einsum("nab,abchw->nchw", d_theta, folded) + d_read
    d_weight = np.einsum("nab,nchw->abchw", d_theta, image).reshape(6, -1)
    return d_image.astype(dtype), d_weight.astype(dtype), np.einsum("nab->ab", d_theta).ravel().astype(dtype)


@EXERCISE.right_too
def by_nudging_pixels(d_out, image, weight, bias, sample_backward):
    """The network is linear: brightening a pixel by one adds its column of the weight to theta."""

    def decide(flat):
        return (flat @ weight.T + bias).reshape(-1, 2, 3)

    flat = image.reshape(len(image), -1)
    d_image, d_theta = sample_backward(d_out, image, decide(flat))
    pixels = np.eye(flat.shape[1], dtype=image.dtype)
    moves = decide(pixels) - decide(0 * pixels)
    d_looked = [[(d * move).sum() for move in moves] for d in d_theta]
    d_weight = sum(np.outer(d, one) for d, one in zip(d_theta, flat))
    return d_image + np.reshape(d_looked, image.shape).astype(image.dtype), d_weight, sum(d.ravel() for d in d_theta)


@EXERCISE.wrong(
    "theta is laid out column by column in both directions",
    "your function fills the columns of theta first and flattens `d_theta` in the same way; the six numbers are "
    "theta's first row and then its second, `reshape(N, 2, 3)`.",
    "sec-layer-hand",
)
def columns_throughout(d_out, image, weight, bias, sample_backward):
    flat = image.reshape(len(image), -1)
    theta = (flat @ weight.T + bias).reshape(-1, 3, 2).swapaxes(1, 2)
    d_read, d_theta = sample_backward(d_out, image, theta)
    return finish(flat, d_read, d_theta.swapaxes(1, 2).reshape(-1, 6), weight)
