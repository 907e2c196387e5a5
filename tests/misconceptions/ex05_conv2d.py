"""Wrong answers to `conv2d`, and the calls that tell them apart."""

import numpy as np

from stn_numpy import conv2d
from tests.judge import Case, Exercise

NINE = np.arange(1.0, 10).reshape(1, 1, 3, 3)
FOUR = np.array([[[[1.0, 2], [3, 4]]]])
RNG = np.random.default_rng(0)
RANDOM = np.random.default_rng(7)

EXERCISE = Exercise(
    name="conv2d",
    answer="stn_numpy.conv",
    gives=("out",),
    cases=[
        Case(
            "one filter of 2 x 2 and a bias of 10",
            np.array([[[[1.0, 2, 3], [0, 3, 1], [2, 0, 4]]]]),
            np.array([[[[2.0, 1], [0, -1]]]]),
            np.array([10.0]),
            expected=[[[[11, 16], [13, 13]]]],
        ),
        Case(
            "two filters of one row and two columns, two biases",
            np.arange(1.0, 7).reshape(1, 1, 2, 3),
            np.array([[[[1.0, 1]]], [[[3, -1]]]]),
            np.array([0.0, 10]),
            expected=[[[[3, 5], [9, 11]], [[11, 13], [17, 19]]]],
        ),
        Case(
            "two channels, the second ten times the first; a filter of one pixel",
            np.concatenate([FOUR, 10 * FOUR], axis=1),
            np.array([[[[2.0]], [[1]]]]),
            np.array([1.0]),
            expected=[[[[13, 25], [37, 49]]]],
        ),
        Case(
            "two pictures of one row, the second ten times the first",
            np.array([[[[1.0, 2, 3]]], [[[10, 20, 30]]]]),
            np.ones((1, 1, 1, 2)),
            np.array([1.0]),
            expected=[[[[4, 6]]], [[[31, 51]]]],
        ),
        Case(
            "a filter that copies, two pixels apart",
            NINE,
            np.ones((1, 1, 1, 1)),
            np.zeros(1),
            stride=2,
            expected=[[[[1, 3], [7, 9]]]],
        ),
        Case(
            "a filter that copies, two rows and one column apart",
            NINE,
            np.ones((1, 1, 1, 1)),
            np.zeros(1),
            stride=(2, 1),
            expected=[[[[1, 2, 3], [7, 8, 9]]]],
        ),
        Case(
            "a filter that sums, zeros all round",
            FOUR,
            np.ones((1, 1, 2, 2)),
            np.zeros(1),
            padding=1,
            expected=[[[[1, 3, 2], [4, 10, 6], [3, 7, 4]]]],
        ),
        Case(
            "a filter that sums, a column of zeros on the left and one on the right",
            FOUR,
            np.ones((1, 1, 1, 2)),
            np.zeros(1),
            padding=(0, 1),
            expected=[[[[1, 3, 2], [3, 7, 4]]]],
        ),
        Case(
            "two pictures, three channels, four filters that are wider than high",
            RNG.integers(-4, 5, (2, 3, 6, 4)).astype("float64"),
            RNG.integers(-4, 5, (4, 3, 2, 3)).astype("float64"),
            np.array([1.0, 2, 3, 5]),
            stride=(2, 1),
            padding=(0, 1),
        ),
        Case(
            "float32, and a last row that no window reaches",
            RNG.random((1, 1, 5, 4), np.float32),
            RNG.random((2, 1, 2, 2), np.float32),
            RNG.random(2, np.float32),
            stride=2,
        ),
        Case(
            "everything in other sizes, two rows of padding",
            RANDOM.standard_normal((2, 2, 7, 8)),
            RANDOM.standard_normal((3, 2, 3, 2)),
            RANDOM.standard_normal(3),
            stride=(2, 3),
            padding=(2, 1),
        ),
    ],
)


def _pair(pair):
    """One number or two, as two."""
    return tuple(map(int, np.broadcast_to(pair, 2)))


@EXERCISE.wrong(
    "The filter is rotated by half a turn",
    "your function flips the filter first, as a convolution in mathematics does; entry (0, 0) of a filter multiplies "
    "the upper left pixel of its window, as in torch.",
    "sec-localisation-slide",
)
def flipped(image, weight, bias, stride=1, padding=0):
    return conv2d(image, weight[:, :, ::-1, ::-1], bias, stride, padding)


@EXERCISE.wrong(
    "The filter's rows are taken for its columns",
    "your function exchanges the rows and columns of each filter; a weight is (O, C, kh, kw), rows before columns, "
    "and so is a window.",
    "sec-localisation-slide",
)
def transposed(image, weight, bias, stride=1, padding=0):
    return conv2d(image, weight.swapaxes(2, 3), bias, stride, padding)


@EXERCISE.wrong(
    "The bias is missing",
    "your function does not add the bias; `bias[o]` is added to every pixel of output channel o.",
    "sec-localisation-slide",
)
def without_bias(image, weight, bias, stride=1, padding=0):
    return conv2d(image, weight, 0 * bias, stride, padding)


@EXERCISE.wrong(
    "The bias is added once for each input channel",
    "your function adds the bias once for each input channel; it is outside the sum over the channels and is added "
    "once.",
    "sec-localisation-slide",
)
def bias_per_channel(image, weight, bias, stride=1, padding=0):
    return conv2d(image, weight, image.shape[1] * bias, stride, padding)


@EXERCISE.wrong(
    "The bias is added once for each pixel of the window",
    "your function adds the bias `kh * kw` times; `bias[o]` is added once to the finished sum.",
    "sec-localisation-slide",
)
def bias_per_pixel(image, weight, bias, stride=1, padding=0):
    return conv2d(image, weight, weight[0, 0].size * bias, stride, padding)


@EXERCISE.wrong(
    "The bias is inside the sum",
    "your function adds the bias for every weight of the filter, as in `(weight[o] * window + bias[o]).sum()`; "
    "`bias[o]` is added once to the finished sum.",
    "sec-localisation-slide",
)
def bias_in_the_sum(image, weight, bias, stride=1, padding=0):
    return conv2d(image, weight, weight[0].size * bias, stride, padding)


@EXERCISE.wrong(
    "The first picture is used for all",
    "your function uses picture 0 for the whole batch; result n should come from picture n.",
    "sec-localisation-slide",
)
def first_picture(image, weight, bias, stride=1, padding=0):
    return conv2d(np.repeat(image[:1], len(image), axis=0), weight, bias, stride, padding)


@EXERCISE.wrong(
    "Only the first picture is returned",
    "your function returns the result of the first picture alone; there is one result for each picture of the batch.",
    "sec-localisation-slide",
)
def first_alone(image, weight, bias, stride=1, padding=0):
    return conv2d(image[:1], weight, bias, stride, padding)


@EXERCISE.wrong(
    "The bias is added along the columns",
    "your function adds the bias along the last axis, as NumPy does with an array of one axis; `bias[o]` belongs to "
    "output channel o, and `bias[:, None, None]` gives it axes of length 1 for rows and columns.",
    "sec-localisation-slide",
)
def bias_along_columns(image, weight, bias, stride=1, padding=0):
    return conv2d(image, weight, 0 * bias, stride, padding) + bias


@EXERCISE.wrong(
    "The first input channel only",
    "your function uses only the first input channel; a filter has weights for each input channel, and its output is "
    "the sum over all of them.",
    "sec-localisation-slide",
)
def first_channel(image, weight, bias, stride=1, padding=0):
    return conv2d(image[:, :1], weight[:, :1], bias, stride, padding)


@EXERCISE.wrong(
    "The filters are mixed up in a `reshape`",
    "your function reshapes with `weight.reshape(-1, O)`, which splits the numbers at other places; "
    "`weight.reshape(O, -1)` makes one row of each filter.",
    "sec-localisation-slide",
)
def reshaped(image, weight, bias, stride=1, padding=0):
    mixed = weight.reshape(-1, len(weight)).T.reshape(weight.shape)
    return conv2d(image, mixed, bias, stride, padding)


@EXERCISE.wrong(
    "The mean instead of the sum",
    "your function divides the sum of the products by their number; the products of filter and window are only added.",
    "sec-localisation-slide",
)
def mean(image, weight, bias, stride=1, padding=0):
    return conv2d(image, weight / weight[0].size, bias, stride, padding)


@EXERCISE.wrong(
    "The stride is ignored",
    "your windows are always one pixel apart; they should be `stride` pixels apart, so the corner of window (i, j) is "
    "at `(i * stride, j * stride)`.",
    "sec-localisation-slide",
)
def stride_one(image, weight, bias, stride=1, padding=0):
    return conv2d(image, weight, bias, 1, padding)


@EXERCISE.wrong(
    "The stride counts the windows but does not move them",
    "your function computes the right number of windows but places them one pixel apart; the corner of window (i, j) "
    "is at `(i * stride, j * stride)`.",
    "sec-localisation-slide",
)
def stride_counted_only(image, weight, bias, stride=1, padding=0):
    height, width = conv2d(image, weight, bias, stride, padding).shape[2:]
    return conv2d(image, weight, bias, 1, padding)[:, :, :height, :width].copy()


@EXERCISE.wrong(
    "Neither stride nor padding",
    "your function ignores both `stride` and `padding`; the picture is first surrounded by zeros, and then the "
    "windows are `stride` pixels apart.",
    "sec-localisation-slide",
)
def neither(image, weight, bias, stride=1, padding=0):
    return conv2d(image, weight, bias)


@EXERCISE.wrong(
    "The padding is ignored",
    "your function does not pad the picture; it should be surrounded by `padding` rows and columns of zeros before "
    "the filter is applied.",
    "sec-localisation-slide",
)
def not_padded(image, weight, bias, stride=1, padding=0):
    return conv2d(image, weight, bias, stride)


@EXERCISE.wrong(
    "Padding counted once",
    "your picture grows by `padding` along each axis, or only above and on the left; zeros are added on all four "
    "sides, so it grows by `2 * padding`.",
    "sec-localisation-slide",
)
def padded_once(image, weight, bias, stride=1, padding=0):
    rows, columns = _pair(padding)
    return conv2d(np.pad(image, ((0, 0), (0, 0), (rows, 0), (columns, 0))), weight, bias, stride)


@EXERCISE.wrong(
    "The stride is taken as (columns, rows)",
    "your function takes the second number of `stride` for the rows; the first number is how far a window moves down, "
    "the second how far across.",
    "sec-localisation-slide",
)
def stride_swapped(image, weight, bias, stride=1, padding=0):
    return conv2d(image, weight, bias, _pair(stride)[::-1], padding)


@EXERCISE.wrong(
    "The first number of the stride for both",
    "your function uses the first number of `stride` for both axes; `stride` may be a pair (rows, columns), whose "
    "second number is how far a window moves across.",
    "sec-localisation-slide",
)
def stride_first(image, weight, bias, stride=1, padding=0):
    return conv2d(image, weight, bias, _pair(stride)[0], padding)


@EXERCISE.wrong(
    "The second number of the stride for both",
    "your function uses the second number of `stride` for both axes; `stride` may be a pair (rows, columns), whose "
    "first number is how far a window moves down.",
    "sec-localisation-slide",
)
def stride_second(image, weight, bias, stride=1, padding=0):
    return conv2d(image, weight, bias, _pair(stride)[1], padding)


@EXERCISE.wrong(
    "The padding is taken as (columns, rows)",
    "your function takes the second number of `padding` for the rows; the first is how many rows of zeros are added "
    "above and below, the second how many columns on the left and right.",
    "sec-localisation-slide",
)
def padding_swapped(image, weight, bias, stride=1, padding=0):
    return conv2d(image, weight, bias, stride, _pair(padding)[::-1])


@EXERCISE.wrong(
    "The first number of the padding for both",
    "your function uses the first number of `padding` for both axes; `padding` may be a pair (rows, columns), whose "
    "second number is how many columns of zeros are added on the left and right.",
    "sec-localisation-slide",
)
def padding_first(image, weight, bias, stride=1, padding=0):
    return conv2d(image, weight, bias, stride, _pair(padding)[0])


@EXERCISE.wrong(
    "The second number of the padding for both",
    "your function uses the second number of `padding` for both axes; `padding` may be a pair (rows, columns), whose "
    "first number is how many rows of zeros are added above and below.",
    "sec-localisation-slide",
)
def padding_second(image, weight, bias, stride=1, padding=0):
    return conv2d(image, weight, bias, stride, _pair(padding)[1])


@EXERCISE.wrong(
    "The pairs are taken as (columns, rows)",
    "your function uses the first number of each pair for the columns; `stride` and `padding` are (rows, columns), in "
    "the order of an array's axes.",
    "sec-localisation-slide",
)
def pairs_swapped(image, weight, bias, stride=1, padding=0):
    return conv2d(image, weight, bias, _pair(stride)[::-1], _pair(padding)[::-1])


@EXERCISE.wrong(
    "A pair is taken for one number",
    "your function uses `stride` and `padding` as numbers, but each may be a pair (rows, columns); "
    "`np.broadcast_to(stride, 2)` turns a number into a pair and leaves a pair unchanged.",
    "sec-localisation-slide",
)
def one_number(image, weight, bias, stride=1, padding=0):
    [(length + 2 * padding - 1) // stride + 1 for length in image.shape[2:]]
    return conv2d(image, weight, bias, stride, padding)


@EXERCISE.wrong(
    "All the zeros on one side",
    "your function adds all the zeros above and on the left, which shifts the picture; `padding` rows are added above "
    "and as many below, and columns on the left and right.",
    "sec-localisation-slide",
)
def padded_before(image, weight, bias, stride=1, padding=0):
    rows, columns = _pair(padding)
    padded = np.pad(image, ((0, 0), (0, 0), (2 * rows, 0), (2 * columns, 0)))
    return conv2d(padded, weight, bias, stride)


@EXERCISE.wrong(
    "The padding is taken for one number",
    "your function uses `padding` as one number, but it may be a pair (rows, columns); `np.broadcast_to(padding, 2)` "
    "gives one number for the rows and one for the columns, and `np.pad` takes a pair for each axis.",
    "sec-localisation-slide",
)
def padding_one_number(image, weight, bias, stride=1, padding=0):
    np.pad(image, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    return conv2d(image, weight, bias, stride, padding)


@EXERCISE.wrong(
    "One row and one column too few",
    "your function lacks the `+ 1` in `(H + 2 * padding - kh) // stride + 1`; the quotient counts the moves, and "
    "there is one window more than moves.",
    "sec-localisation-slide",
)
def without_last(image, weight, bias, stride=1, padding=0):
    return conv2d(image, weight, bias, stride, padding)[:, :, :-1, :-1].copy()


@EXERCISE.wrong(
    "The edge is repeated",
    'your function repeats the outermost pixels, as `np.pad` does with `mode="edge"`; outside the image there are '
    "zeros.",
    "sec-localisation-slide",
)
def edge_drawn_out(image, weight, bias, stride=1, padding=0):
    return conv2d(_framed(image, padding, "edge"), weight, bias, stride)


@EXERCISE.wrong(
    "Mirrored outside",
    'your function mirrors the image, as `np.pad` does with `mode="reflect"`; outside the image there are zeros.',
    "sec-localisation-slide",
)
def mirrored(image, weight, bias, stride=1, padding=0):
    return conv2d(_framed(image, padding, "reflect"), weight, bias, stride)


@EXERCISE.wrong(
    "Padded only below and on the right",
    "your function adds zeros only below and on the right; `padding` rows are added above and as many below, and "
    "columns on the left and right.",
    "sec-localisation-slide",
)
def padded_after(image, weight, bias, stride=1, padding=0):
    rows, columns = _pair(padding)
    return conv2d(np.pad(image, ((0, 0), (0, 0), (0, rows), (0, columns))), weight, bias, stride)


@EXERCISE.wrong(
    "All the zeros below and on the right",
    "your function adds all the zeros below and on the right, which shifts the picture; `padding` rows are added "
    "above and as many below, and columns on the left and right.",
    "sec-localisation-slide",
)
def padded_behind(image, weight, bias, stride=1, padding=0):
    rows, columns = _pair(padding)
    return conv2d(np.pad(image, ((0, 0), (0, 0), (0, 2 * rows), (0, 2 * columns))), weight, bias, stride)


@EXERCISE.wrong(
    "The mean over the input channels",
    "your function divides by the number of input channels; a filter's output is the sum over all input channels.",
    "sec-localisation-slide",
)
def mean_over_channels(image, weight, bias, stride=1, padding=0):
    return conv2d(image, (weight / image.shape[1]).astype(image.dtype), bias, stride, padding)


@EXERCISE.wrong(
    "The first channel of the filter is used for all",
    "your function multiplies every input channel by the filter's weights for the first; a filter has weights of its "
    "own for each input channel.",
    "sec-localisation-slide",
)
def first_layer(image, weight, bias, stride=1, padding=0):
    return conv2d(image, np.repeat(weight[:, :1], weight.shape[1], axis=1), bias, stride, padding)


@EXERCISE.wrong(
    "The first filter is used for all",
    "your function applies the first filter for every output channel; output channel o should come from filter o.",
    "sec-localisation-slide",
)
def first_filter(image, weight, bias, stride=1, padding=0):
    return conv2d(image, np.repeat(weight[:1], len(weight), axis=0), bias, stride, padding)


def _framed(image, padding, mode):
    rows, columns = _pair(padding)
    return np.pad(image, ((0, 0), (0, 0), (rows, rows), (columns, columns)), mode=mode)


@EXERCISE.right_too
def with_loops(image, weight, bias, stride=1, padding=0):
    (down, right), (above, left) = np.broadcast_to(stride, 2), np.broadcast_to(padding, 2)
    padded = np.pad(image, ((0, 0), (0, 0), (above, above), (left, left)))
    batch, filters, (kh, kw) = len(image), len(weight), weight.shape[2:]
    height, width = (padded.shape[2] - kh) // down + 1, (padded.shape[3] - kw) // right + 1
    out = np.empty((batch, filters, height, width), image.dtype)
    for n in range(batch):
        for o in range(filters):
            for i in range(height):
                for j in range(width):
                    window = padded[n, :, i * down : i * down + kh, j * right : j * right + kw]
                    out[n, o, i, j] = (weight[o] * window).sum() + bias[o]
    return out


@EXERCISE.right_too
def with_einsum(image, weight, bias, stride=1, padding=0):
    (down, right), (above, left) = np.broadcast_to(stride, 2), np.broadcast_to(padding, 2)
    padded = np.pad(image, ((0, 0), (0, 0), (above, above), (left, left))).astype("float64")
    windows = np.lib.stride_tricks.sliding_window_view(padded, weight.shape[2:], axis=(2, 3))[:, :, ::down, ::right]
    out = np.einsum("ncijrs,ocrs->noij", windows, weight.astype("float64")) + bias[:, None, None]
    return out.astype(image.dtype)


@EXERCISE.right_too
def filter_place_by_filter_place(image, weight, bias, stride=1, padding=0):
    (down, right), (above, left) = np.broadcast_to(stride, 2), np.broadcast_to(padding, 2)
    padded = np.pad(image, ((0, 0), (0, 0), (above, above), (left, left)))
    kh, kw = weight.shape[2:]
    rows, columns = padded.shape[2] - kh + 1, padded.shape[3] - kw + 1
    out = bias[None, :, None, None]
    for r in range(kh):
        for c in range(kw):
            view = padded[:, :, r : r + rows : down, c : c + columns : right]
            out = out + np.einsum("oc,ncij->noij", weight[:, :, r, c], view)
    return out
