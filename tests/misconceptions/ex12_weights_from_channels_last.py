"""Wrong answers to `weights_from_channels_last`, and the calls that tell them apart."""

import numpy as np

from tests.judge import Case, Exercise
from tests.solutions import weights_from_channels_last


def numbered(*shape, dtype="float64", start=1):
    """An array of the numbers start, start + 1, ..."""
    return np.arange(start, start + np.prod(shape), dtype=dtype).reshape(shape)


EXERCISE = Exercise(
    name="weights_from_channels_last",
    answer="tests.solutions",
    gives=("weight", "linear_weight"),
    cases=[
        Case(
            "a kernel of 1 x 1 to two channels; behind it one row of two pixels, and one output",
            np.array([[[[5.0, 7]]]]),
            np.array([[1.0], [2], [3], [4]]),
            (1, 2),
            expected=([[[[5]]], [[[7]]]], [[1, 3, 2, 4]]),
        ),
        Case(
            "a kernel of one row, two columns and two input channels; behind it one pixel and two outputs",
            numbered(1, 2, 2, 1),
            np.array([[8.0, 9]]),
            (1, 1),
            expected=([[[[1, 3]], [[2, 4]]]], [[8], [9]]),
        ),
        Case(
            "a kernel of 2 x 3 to one channel; behind it 2 x 3 pixels and two outputs",
            numbered(2, 3, 1, 1),
            numbered(6, 2),
            (2, 3),
            expected=([[[[1, 2, 3], [4, 5, 6]]]], [[1, 3, 5, 7, 9, 11], [2, 4, 6, 8, 10, 12]]),
        ),
        Case(
            "two channels behind each other, 2 x 2 pixels, one output",
            np.array([[[[1.0, 2]]]]),
            numbered(8, 1),
            (2, 2),
            expected=([[[[1]]], [[[2]]]], [[1, 3, 5, 7, 2, 4, 6, 8]]),
        ),
        Case(
            "a kernel of 2 x 3, from 4 channels to 5; behind it 3 x 2 pixels and 6 outputs",
            numbered(2, 3, 4, 5),
            numbered(30, 6),
            (3, 2),
        ),
        Case(
            "a kernel of 3 x 3, from 2 channels to 4, 2 x 5 pixels and 3 outputs, float32",
            numbered(3, 3, 2, 4, dtype="float32"),
            numbered(40, 3, dtype="float32"),
            (2, 5),
        ),
    ],
)


@EXERCISE.wrong(
    "The order of the flat inputs is forgotten",
    "transposing makes the shape of the linear weight right, "
    "but its inputs still run pixel by pixel, and in torch they run channel by channel; no shape tells.",
    "sec-torch-hand",
)
def only_transposed(kernel, dense, size):
    weight, _ = weights_from_channels_last(kernel, dense, size)
    return weight, dense.T.copy()


@EXERCISE.wrong(
    "Reshaped where it should be transposed",
    "reshape keeps the numbers in their old order and only cuts them up differently; to change the order of the axes "
    "takes a transpose, for both weights.",
    "sec-torch-hand",
)
def both_reshaped(kernel, dense, size):
    k_h, k_w, inputs, channels = kernel.shape
    return kernel.reshape(channels, inputs, k_h, k_w), dense.reshape(dense.shape[1], -1)


@EXERCISE.wrong(
    "The kernel is reshaped, not transposed",
    "reshape cuts the numbers up differently without changing their order; the channels have to come to the front by "
    "a transpose, (3, 2, 0, 1).",
    "sec-torch-hand",
)
def kernel_reshaped(kernel, dense, size):
    k_h, k_w, inputs, channels = kernel.shape
    return kernel.reshape(channels, inputs, k_h, k_w), weights_from_channels_last(kernel, dense, size)[1]


@EXERCISE.wrong(
    "The linear weight is reshaped, not transposed",
    "dense has a column for each output and torch has a "
    "row, so the outputs come to the front by a transpose; reshape leaves the numbers in their old order.",
    "sec-torch-hand",
)
def dense_reshaped(kernel, dense, size):
    return weights_from_channels_last(kernel, dense, size)[0], dense.reshape(dense.shape[1], -1)


@EXERCISE.wrong(
    "The flat axis is read as channels first",
    "the input is laid flat as (H, W, C), so it is first reshaped to that and then brought to (C, H, W); yours goes "
    "the way from torch to channels last.",
    "sec-torch-hand",
)
def the_other_way(kernel, dense, size):
    places = dense.reshape(kernel.shape[3], *size, -1)
    linear_weight = places.transpose(3, 1, 2, 0).reshape(dense.shape[1], -1)
    return weights_from_channels_last(kernel, dense, size)[0], linear_weight


@EXERCISE.wrong(
    "Cut up as channels first, rows and columns exchanged",
    "a reshape to (C, H, W) does not bring the "
    "channels to the front: cut the axis up as it was laid flat, (H, W, C), and bring it to (C, H, W) by a "
    "transpose.",
    "sec-torch-hand",
)
def cut_and_left(kernel, dense, size):
    places = dense.reshape(kernel.shape[3], *size, -1)
    linear_weight = places.transpose(3, 0, 2, 1).reshape(dense.shape[1], -1)
    return weights_from_channels_last(kernel, dense, size)[0], linear_weight


@EXERCISE.wrong(
    "Columns before rows in the flat inputs",
    "a picture (C, H, W) laid flat runs along its rows, so its columns come last; yours has (C, W, H).",
    "sec-torch-idea",
)
def columns_first(kernel, dense, size):
    places = dense.reshape(*size, kernel.shape[3], -1)
    linear_weight = places.transpose(3, 2, 1, 0).reshape(dense.shape[1], -1)
    return weights_from_channels_last(kernel, dense, size)[0], linear_weight


@EXERCISE.wrong(
    "Height and width are exchanged in size",
    "size is (rows, columns), and the flat inputs are cut up as (H, W, C); yours cuts them as (W, H, C).",
    "sec-torch-idea",
)
def size_exchanged(kernel, dense, size):
    places = dense.reshape(*size[::-1], kernel.shape[3], -1)
    linear_weight = places.transpose(3, 2, 1, 0).reshape(dense.shape[1], -1)
    return weights_from_channels_last(kernel, dense, size)[0], linear_weight


@EXERCISE.wrong(
    "The kernel is turned over",
    "what both frameworks call a convolution slides the kernel as it is, so "
    "its rows and columns keep their order; yours are reversed.",
    "sec-localisation-slide",
)
def turned_over(kernel, dense, size):
    weight, linear_weight = weights_from_channels_last(kernel, dense, size)
    return weight[:, :, ::-1, ::-1].copy(), linear_weight


@EXERCISE.wrong(
    "Input and output channels are exchanged",
    "torch has the output channels first and the input "
    "channels second, so the axes come to the order (3, 2, 0, 1); yours is (2, 3, 0, 1).",
    "sec-torch-hand",
)
def channels_exchanged(kernel, dense, size):
    return kernel.transpose(2, 3, 0, 1).copy(), weights_from_channels_last(kernel, dense, size)[1]


@EXERCISE.wrong(
    "The kernel's rows and columns are exchanged",
    "the kernel's rows stay rows, so the axes come to the order (3, 2, 0, 1); yours is (3, 2, 1, 0), as .T gives it.",
    "sec-torch-hand",
)
def kernel_turned(kernel, dense, size):
    return kernel.T.copy(), weights_from_channels_last(kernel, dense, size)[1]


@EXERCISE.wrong(
    "The linear weight is not transposed",
    "torch has a row for each output, (K, C * H * W); your order "
    "of the inputs is right, and rows and columns are exchanged.",
    "sec-torch-hand",
)
def dense_not_transposed(kernel, dense, size):
    weight, linear_weight = weights_from_channels_last(kernel, dense, size)
    return weight, linear_weight.T.copy()


@EXERCISE.wrong(
    "The kernel as it came",
    "the kernel comes as (row, column, input, output), and torch has (output, "
    "input, row, column): it takes a transpose, (3, 2, 0, 1).",
    "sec-torch-hand",
)
def kernel_as_it_came(kernel, dense, size):
    return kernel.copy(), weights_from_channels_last(kernel, dense, size)[1]


@EXERCISE.wrong(
    "The linear weight as it came",
    "dense has a column for each output, and its inputs run pixel by "
    "pixel; torch has a row for each output, and inputs that run channel by channel.",
    "sec-torch-hand",
)
def dense_as_it_came(kernel, dense, size):
    return weights_from_channels_last(kernel, dense, size)[0], dense.copy()


@EXERCISE.wrong(
    "Rows, channels, columns",
    "a picture laid flat in torch is (C, H, W), the channels first; yours "
    "brings them between the rows and the columns.",
    "sec-torch-idea",
)
def channels_in_the_middle(kernel, dense, size):
    places = dense.reshape(*size, kernel.shape[3], -1)
    return weights_from_channels_last(kernel, dense, size)[0], (
        places.transpose(3, 0, 2, 1).reshape(dense.shape[1], -1)
    )


@EXERCISE.right_too
def one_by_one(kernel, dense, size):
    k_h, k_w, inputs, channels = kernel.shape
    weight = np.empty((channels, inputs, k_h, k_w), kernel.dtype)
    for row, column, i, o in np.ndindex(kernel.shape):
        weight[o, i, row, column] = kernel[row, column, i, o]
    height, width = size
    linear_weight = np.empty((dense.shape[1], dense.shape[0]), dense.dtype)
    for row, column, channel in np.ndindex(height, width, channels):
        came, goes = (row * width + column) * channels + channel, (channel * height + row) * width + column
        linear_weight[:, goes] = dense[came]
    return weight, linear_weight


@EXERCISE.right_too
def by_places(kernel, dense, size):
    order = np.arange(len(dense)).reshape(*size, kernel.shape[3])
    return np.einsum("hwio->oihw", kernel), dense[np.moveaxis(order, 2, 0).ravel()].T


@EXERCISE.right_too
def pixels_and_channels(kernel, dense, size):
    """Rows and columns never part, so one axis serves for both."""
    outputs = dense.shape[1]
    by_channel = dense.reshape(-1, kernel.shape[3], outputs).swapaxes(0, 1).reshape(-1, outputs)
    return np.moveaxis(kernel, (3, 2), (0, 1)).copy(), by_channel.T.copy()
