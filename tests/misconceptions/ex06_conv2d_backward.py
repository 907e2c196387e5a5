"""Wrong answers to `conv2d_backward`, and the calls that tell them apart."""

import numpy as np

from stn_numpy import conv2d_backward
from tests.judge import Case, Exercise

rng = np.random.default_rng(0)
FILTER = np.array([[[[2.0, 5]]]])
NO_BIAS = np.zeros(1)
IMAGES = np.array([[[[1.0, 2]], [[3, 4]]], [[[5, 0]], [[0, 1]]]])
FILTERS = np.array([[[[1.0, 2]], [[3, 4]]], [[[5, 6]], [[7, 8]]]])


def _numbers(*shapes, dtype="float64"):
    return [rng.standard_normal(shape).astype(dtype) for shape in shapes]


RANDOM = np.random.default_rng(7)

EXERCISE = Exercise(
    name="conv2d_backward",
    answer="stn_numpy.conv",
    gives=("d_image", "d_weight", "d_bias"),
    also=("col2im",),
    cases=[
        Case(
            "one row of pixels, and a filter of 1 x 2 at two places",
            np.array([[[[1.0, 10]]]]),
            np.array([[[[1.0, 2, 3]]]]),
            FILTER,
            NO_BIAS,
            expected=([[[[2, 25, 50]]]], [[[[21, 32]]]], [11]),
        ),
        Case(
            "one row of four pixels, and a filter of 1 x 2 that moves by two pixels",
            np.array([[[[1.0, 10]]]]),
            np.array([[[[1.0, 2, 3, 4]]]]),
            FILTER,
            NO_BIAS,
            stride=2,
            expected=([[[[2, 5, 20, 50]]]], [[[[31, 42]]]], [11]),
        ),
        Case(
            "a single pixel with a frame of zeros, and a filter of 2 x 2 at four places",
            np.array([[[[1.0, 10], [100, 1000]]]]),
            np.array([[[[3.0]]]]),
            np.array([[[[1.0, 2], [3, 4]]]]),
            NO_BIAS,
            padding=1,
            expected=([[[[1234]]]], [[[[3000, 300], [30, 3]]]], [1111]),
        ),
        Case(
            "two images, two channels, two filters that just cover an image",
            np.array([[[[1.0]], [[10]]], [[[2]], [[-1]]]]),
            IMAGES,
            FILTERS,
            np.zeros(2),
            expected=(
                [[[[51, 62]], [[73, 84]]], [[[-3, -2]], [[-1, 0]]]],
                [[[[11, 2]], [[3, 6]]], [[[5, 20]], [[30, 39]]]],
                [3, 9],
            ),
        ),
        Case(
            "two channels, stride and padding, and a last row that no window reaches",
            *_numbers((1, 2, 2, 3), (1, 2, 4, 4), (2, 2, 3, 2), (2,)),
            stride=2,
            padding=1,
        ),
        Case(
            "two images, three channels, four filters, float32",
            *_numbers((2, 4, 4, 2), (2, 3, 5, 2), (4, 3, 2, 1), (4,), dtype="float32"),
        ),
        Case(
            "a stride of 3, two rows of padding",
            RANDOM.standard_normal((2, 3, 4, 4)),
            RANDOM.standard_normal((2, 2, 8, 7)),
            RANDOM.standard_normal((3, 2, 3, 2)),
            np.zeros(3),
            stride=3,
            padding=2,
        ),
    ],
)


def _window_by_window(d_out, image, weight, stride, padding, put):
    """d_image, where put(window, gradients) writes what goes back to one window, (N, C, kh, kw)."""
    batch, channels, height, width = image.shape
    d_padded = np.zeros((batch, channels, height + 2 * padding, width + 2 * padding), image.dtype)
    for i, j in np.ndindex(d_out.shape[2:]):
        window = d_padded[:, :, i * stride : i * stride + weight.shape[2], j * stride : j * stride + weight.shape[3]]
        put(window, np.tensordot(d_out[:, :, i, j], weight, axes=1))
    return d_padded[:, :, padding : padding + height, padding : padding + width].copy()


@EXERCISE.wrong(
    "The filter is flipped in `d_image`",
    "your `d_image` has the filter backwards; the gradient of a window is the filter as it is times the upstream "
    "gradient, and only a `d_image` computed as a convolution of `d_out` needs the filter flipped.",
    "sec-layers-convolution",
)
def filter_flipped(d_out, image, weight, bias, stride=1, padding=0):
    flipped = weight[:, :, ::-1, ::-1].copy()
    _, d_weight, d_bias = conv2d_backward(d_out, image, weight, bias, stride, padding)
    return conv2d_backward(d_out, image, flipped, bias, stride, padding)[0], d_weight, d_bias


@EXERCISE.wrong(
    "`=` instead of `+=` where windows overlap",
    "in your function a later window replaces the gradient of an earlier one; a pixel lies in several windows, so add "
    "the gradients of all of them with `+=`.",
    "sec-layers-convolution",
)
def later_window_replaces(d_out, image, weight, bias, stride=1, padding=0):
    def replace(window, gradients):
        window[:] = gradients

    _, d_weight, d_bias = conv2d_backward(d_out, image, weight, bias, stride, padding)
    return _window_by_window(d_out, image, weight, stride, padding, replace), d_weight, d_bias


@EXERCISE.wrong(
    "`=` instead of `+=`, one filter position after another",
    "in your function a later position in the filter replaces the gradient of an earlier one; a pixel is multiplied "
    "by several positions of the filter, so add the gradients of all of them with `+=`.",
    "sec-layers-convolution",
)
def later_place_replaces(d_out, image, weight, bias, stride=1, padding=0):
    _, d_weight, d_bias = conv2d_backward(d_out, image, weight, bias, stride, padding)
    batch, channels, height, width = image.shape
    d_padded = np.zeros((batch, channels, height + 2 * padding, width + 2 * padding), image.dtype)
    down, across = stride * (d_out.shape[2] - 1) + 1, stride * (d_out.shape[3] - 1) + 1
    for row, column in np.ndindex(weight.shape[2:]):
        back = np.einsum("noij,oc->ncij", d_out, weight[:, :, row, column])
        d_padded[:, :, row : row + down : stride, column : column + across : stride] = back
    return d_padded[:, :, padding : padding + height, padding : padding + width].copy(), d_weight, d_bias


@EXERCISE.wrong(
    "`=` instead of `+=`, over windows and filters",
    "in your function the last window and filter replace the gradients of the others; add the gradients of every "
    "window and every filter with `+=`.",
    "sec-layers-convolution",
)
def last_filter_replaces(d_out, image, weight, bias, stride=1, padding=0):
    def replace(window, gradients):
        window[:] = gradients

    _, d_weight, d_bias = conv2d_backward(d_out, image, weight, bias, stride, padding)
    return _window_by_window(d_out[:, -1:], image, weight[-1:], stride, padding, replace), d_weight, d_bias


@EXERCISE.wrong(
    "`stride` is ignored",
    "your windows start one pixel apart; the window of output pixel (i, j) should start at row `i * stride` and "
    "column `j * stride`, in the backward pass as in the forward pass.",
    "sec-layers-convolution",
)
def without_stride(d_out, image, weight, bias, stride=1, padding=0):
    padded = np.pad(image, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    reached = padded[:, :, : d_out.shape[2] + weight.shape[2] - 1, : d_out.shape[3] + weight.shape[3] - 1].copy()
    d_reached, d_weight, d_bias = conv2d_backward(d_out, reached, weight, bias)
    d_padded = np.zeros_like(padded)
    d_padded[:, :, : reached.shape[2], : reached.shape[3]] = d_reached
    rows, columns = image.shape[2:]
    return d_padded[:, :, padding : padding + rows, padding : padding + columns].copy(), d_weight, d_bias


@EXERCISE.wrong(
    "The frame of zeros is not removed",
    "your `d_image` still has the frame; the padding is no part of the image, so cut the gradient of the frame off at "
    "the end.",
    "sec-layers-convolution",
)
def frame_left(d_out, image, weight, bias, stride=1, padding=0):
    padded = np.pad(image, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    return conv2d_backward(d_out, padded, weight, bias, stride)


@EXERCISE.wrong(
    "The frame is cut off on one side only",
    "your `d_image` starts at row and column 0 of the padded image; the frame of zeros is on all four sides, so the "
    "image starts at row and column `padding`.",
    "sec-layers-convolution",
)
def cut_at_the_end(d_out, image, weight, bias, stride=1, padding=0):
    d_padded, d_weight, d_bias = frame_left(d_out, image, weight, bias, stride, padding)
    return d_padded[:, :, : image.shape[2], : image.shape[3]].copy(), d_weight, d_bias


@EXERCISE.wrong(
    "Without padding nothing is left",
    "your slice from `padding` to `-padding` is empty where `padding` is 0, since -0 is the start; slice from "
    "`padding` to `padding + H`.",
    "sec-layers-convolution",
)
def cut_to_nothing(d_out, image, weight, bias, stride=1, padding=0):
    d_padded, d_weight, d_bias = frame_left(d_out, image, weight, bias, stride, padding)
    return d_padded[:, :, padding:-padding, padding:-padding].copy(), d_weight, d_bias


@EXERCISE.wrong(
    "The weight is reshaped instead of transposed",
    "your function reshapes the weight, which only splits the numbers at other places; transposing it exchanges rows "
    "and columns, so that each filter becomes a column.",
    "sec-layers-convolution",
)
def reshaped(d_out, image, weight, bias, stride=1, padding=0):
    columns = weight.reshape(-1, len(weight))
    mixed = columns.T.reshape(weight.shape).copy()
    _, d_weight, d_bias = conv2d_backward(d_out, image, weight, bias, stride, padding)
    return conv2d_backward(d_out, image, mixed, bias, stride, padding)[0], d_weight, d_bias


@EXERCISE.wrong(
    "Filters and channels are exchanged",
    "your `d_image` sums over the second axis of `weight`; `weight[o, c]` connects channel c of the image to output "
    "o, so it sums over o, the first axis.",
    "sec-layers-convolution",
)
def channels_exchanged(d_out, image, weight, bias, stride=1, padding=0):
    _, d_weight, d_bias = conv2d_backward(d_out, image, weight, bias, stride, padding)
    if weight.shape[0] != weight.shape[1]:
        raise ValueError(f"{weight.shape[0]} filters do not fit {weight.shape[1]} channels")
    exchanged = weight.swapaxes(0, 1).copy()
    return conv2d_backward(d_out, image, exchanged, bias, stride, padding)[0], d_weight, d_bias


@EXERCISE.wrong(
    "`d_weight` is flipped",
    "your `d_weight` is backwards; the forward pass flips nothing, so entry (r, q) of `d_weight` uses pixel (r, q) of "
    "every window.",
    "sec-layers-convolution",
)
def weight_flipped(d_out, image, weight, bias, stride=1, padding=0):
    d_image, d_weight, d_bias = conv2d_backward(d_out, image, weight, bias, stride, padding)
    return d_image, d_weight[:, :, ::-1, ::-1].copy(), d_bias


@EXERCISE.wrong(
    "`d_weight` holds the last image only",
    "your `d_weight` comes from the last image alone; all images use the same filters, so add every image's "
    "contribution, with `+=` in a loop.",
    "sec-layers-convolution",
)
def last_image(d_out, image, weight, bias, stride=1, padding=0):
    d_image, _, d_bias = conv2d_backward(d_out, image, weight, bias, stride, padding)
    return d_image, conv2d_backward(d_out[-1:], image[-1:], weight, bias, stride, padding)[1], d_bias


@EXERCISE.wrong(
    "`d_weight` holds the last window only",
    "your `d_weight` comes from the last window of each image; a filter is used at every window, so add every "
    "window's contribution with `+=`.",
    "sec-layers-convolution",
)
def last_window_of_each(d_out, image, weight, bias, stride=1, padding=0):
    d_image, _, d_bias = conv2d_backward(d_out, image, weight, bias, stride, padding)
    return d_image, _last_window(d_out, image, weight, bias, stride, padding), d_bias


def _last_window(d_out, image, weight, bias, stride, padding):
    last = np.zeros_like(d_out)
    last[:, :, -1, -1] = d_out[:, :, -1, -1]
    return conv2d_backward(last, image, weight, bias, stride, padding)[1]


@EXERCISE.wrong(
    "`=` instead of `+=` in both `d_image` and `d_weight`",
    "in your function a later window replaces an earlier one in both gradients; a pixel lies in several windows and a "
    "filter is used at all of them, so both sums need `+=`.",
    "sec-layers-convolution",
)
def both_replaced(d_out, image, weight, bias, stride=1, padding=0):
    def replace(window, gradients):
        window[:] = gradients

    d_image = _window_by_window(d_out, image, weight, stride, padding, replace)
    return d_image, _last_window(d_out, image, weight, bias, stride, padding), np.einsum("noij->o", d_out)


@EXERCISE.wrong(
    "`d_weight` holds one window of one image",
    "your `d_weight` comes from the last window of the last image; a filter is used at every window of every image, "
    "so add every contribution with `+=`.",
    "sec-layers-convolution",
)
def last_window(d_out, image, weight, bias, stride=1, padding=0):
    d_image, _, d_bias = conv2d_backward(d_out, image, weight, bias, stride, padding)
    last = np.zeros_like(d_out)
    last[-1, :, -1, -1] = d_out[-1, :, -1, -1]
    return d_image, conv2d_backward(last, image, weight, bias, stride, padding)[1], d_bias


@EXERCISE.wrong(
    "The mean over the batch instead of the sum",
    "your function divides `d_weight` and `d_bias` by N; all images use the same filters and biases, so their "
    "gradients are added, and the loss has already divided by N.",
    "sec-layers-convolution",
)
def mean_over_batch(d_out, image, weight, bias, stride=1, padding=0):
    d_image, d_weight, d_bias = conv2d_backward(d_out, image, weight, bias, stride, padding)
    return d_image, d_weight / len(image), d_bias / len(image)


@EXERCISE.wrong(
    "The mean instead of the sum in `d_bias`",
    "your `d_bias` is the mean of the upstream gradient; the bias is added to every pixel of every image, so `d_bias` "
    "is the sum over its output channel.",
    "sec-layers-convolution",
)
def mean_bias(d_out, image, weight, bias, stride=1, padding=0):
    d_image, d_weight, _ = conv2d_backward(d_out, image, weight, bias, stride, padding)
    return d_image, d_weight, d_out.mean(axis=(0, 2, 3))


@EXERCISE.wrong(
    "`d_bias` is summed over the batch only",
    "your `d_bias` still has rows and columns; the bias is added to every pixel of every image, so sum over rows and "
    "columns as well, which leaves (O,).",
    "sec-layers-convolution",
)
def bias_over_batch(d_out, image, weight, bias, stride=1, padding=0):
    d_image, d_weight, _ = conv2d_backward(d_out, image, weight, bias, stride, padding)
    return d_image, d_weight, d_out.sum(axis=0)


@EXERCISE.wrong(
    "`d_bias` is summed over the pixels only",
    "your `d_bias` still has an axis for the images; the bias is added to every pixel of every image, so sum over the "
    "images as well, which leaves (O,).",
    "sec-layers-convolution",
)
def bias_over_pixels(d_out, image, weight, bias, stride=1, padding=0):
    d_image, d_weight, _ = conv2d_backward(d_out, image, weight, bias, stride, padding)
    return d_image, d_weight, d_out.sum(axis=(2, 3))


@EXERCISE.wrong(
    "`d_bias` holds the sum over all filters",
    "your `d_bias` has the same sum for every filter; each filter has its own bias, whose gradient is the sum over "
    "its own output channel.",
    "sec-layers-convolution",
)
def bias_of_all(d_out, image, weight, bias, stride=1, padding=0):
    d_image, d_weight, _ = conv2d_backward(d_out, image, weight, bias, stride, padding)
    return d_image, d_weight, np.full_like(bias, d_out.sum())


@EXERCISE.wrong(
    "`d_bias` is all ones",
    "your `d_bias` leaves out `d_out`; 1 is the derivative of an output with respect to its bias, and the gradient is "
    "that times the upstream gradient.",
    "sec-layers-convolution",
)
def bias_of_ones(d_out, image, weight, bias, stride=1, padding=0):
    d_image, d_weight, _ = conv2d_backward(d_out, image, weight, bias, stride, padding)
    return d_image, d_weight, np.ones_like(bias)


@EXERCISE.wrong(
    "`d_weight` is computed from the unpadded image",
    "your `d_weight` takes its windows from the image without the frame; the filter was applied to the padded image, "
    "so `d_weight` needs that one.",
    "sec-layers-convolution",
)
def weight_without_frame(d_out, image, weight, bias, stride=1, padding=0):
    d_image, _, d_bias = conv2d_backward(d_out, image, weight, bias, stride, padding)
    moved = np.pad(image, ((0, 0), (0, 0), (0, 2 * padding), (0, 2 * padding)))
    return d_image, conv2d_backward(d_out, moved, weight, bias, stride)[1], d_bias


@EXERCISE.wrong(
    "`d_weight` holds the first image only",
    "your `d_weight` comes from the first image alone; all images use the same filters, so add every image's "
    "contribution.",
    "sec-layers-convolution",
)
def first_image(d_out, image, weight, bias, stride=1, padding=0):
    d_image, _, d_bias = conv2d_backward(d_out, image, weight, bias, stride, padding)
    return d_image, conv2d_backward(d_out[:1], image[:1], weight, bias, stride, padding)[1], d_bias


@EXERCISE.wrong(
    "Every image gets the batch's sum in `d_image`",
    "your `d_image` is summed over the images; filters and biases are shared by the batch but the images are not, so "
    "each depends on its own `d_out` alone.",
    "sec-layers-convolution",
)
def images_of_all(d_out, image, weight, bias, stride=1, padding=0):
    d_image, d_weight, d_bias = conv2d_backward(d_out, image, weight, bias, stride, padding)
    return np.repeat(d_image.sum(axis=0, keepdims=True), len(image), axis=0), d_weight, d_bias


@EXERCISE.wrong(
    "The upstream gradient is left out",
    "your function returns the layer's derivatives, as if `d_out` were all ones; a gradient is those derivatives "
    "times the upstream gradient, `d_out`.",
    "sec-layers-chain",
)
def slopes_alone(d_out, image, weight, bias, stride=1, padding=0):
    return conv2d_backward(np.ones_like(d_out), image, weight, bias, stride, padding)


@EXERCISE.right_too
def window_by_window(d_out, image, weight, bias, stride=1, padding=0):
    def add(window, gradients):
        window += gradients

    padded = np.pad(image, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    d_weight = np.zeros_like(weight)
    for n, o, i, j in np.ndindex(d_out.shape):
        top, left = i * stride, j * stride
        d_weight[o] += d_out[n, o, i, j] * padded[n, :, top : top + weight.shape[2], left : left + weight.shape[3]]
    return _window_by_window(d_out, image, weight, stride, padding, add), d_weight, np.einsum("noij->o", d_out)


@EXERCISE.right_too
def place_by_place(d_out, image, weight, bias, stride=1, padding=0):
    """In float64, the places of the filter one after the other."""
    padded = np.pad(image.astype("float64"), ((0, 0), (0, 0), (padding,) * 2, (padding,) * 2))
    d_padded, d_weight = np.zeros_like(padded), np.zeros(weight.shape)
    height, width = d_out.shape[2:]
    for row, column in np.ndindex(weight.shape[2:]):
        rows, columns = row + stride * np.arange(height), column + stride * np.arange(width)
        place = (..., rows[:, None], columns)
        d_weight[:, :, row, column] = np.tensordot(d_out, padded[place], axes=((0, 2, 3), (0, 2, 3)))
        d_padded[place] += np.einsum("noij,oc->ncij", d_out, weight[:, :, row, column])
    inside = slice(padding, padding + image.shape[2]), slice(padding, padding + image.shape[3])
    gradients = d_padded[:, :, *inside], d_weight, d_out.astype("float64").sum(axis=(0, 2, 3))
    return tuple(gradient.astype(image.dtype) for gradient in gradients)


@EXERCISE.right_too
def as_convolutions(d_out, image, weight, bias, stride=1, padding=0):
    """What arrives, spread out by the stride and padded, meets the flipped filter; and the image meets what arrives."""
    _, _, height, width = image.shape
    rows, columns = weight.shape[2:]
    places = height + 2 * padding - rows + 1, width + 2 * padding - columns + 1
    spread = np.zeros((*d_out.shape[:2], *places), d_out.dtype)
    spread[:, :, ::stride, ::stride][:, :, : d_out.shape[2], : d_out.shape[3]] = d_out
    framed = np.pad(spread, ((0, 0), (0, 0), (rows - 1, rows - 1), (columns - 1, columns - 1)))
    windows = np.lib.stride_tricks.sliding_window_view(framed, (rows, columns), axis=(2, 3))
    d_padded = np.einsum("noijkl,ockl->ncij", windows, weight[:, :, ::-1, ::-1])
    padded = np.pad(image, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    patches = np.lib.stride_tricks.sliding_window_view(padded, places, axis=(2, 3))
    d_weight = np.einsum("nckrij,noij->ockr", patches, spread)
    d_image = d_padded[:, :, padding : padding + height, padding : padding + width]
    return d_image.copy(), d_weight, spread.sum(axis=(0, 2, 3))
