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
    "The flat inputs are not reordered",
    "your linear weight is only transposed, which gives the right shape, but its inputs still run pixel by pixel; in "
    "torch they run channel by channel.",
    "sec-torch-hand",
)
def only_transposed(kernel, dense, size):
    weight, _ = weights_from_channels_last(kernel, dense, size)
    return weight, dense.T.copy()


@EXERCISE.wrong(
    "Reshaped instead of transposed",
    "your function reshapes both weights, which keeps the numbers in their old order; to change the order of the "
    "axes, transpose.",
    "sec-torch-hand",
)
def both_reshaped(kernel, dense, size):
    k_h, k_w, inputs, channels = kernel.shape
    return kernel.reshape(channels, inputs, k_h, k_w), dense.reshape(dense.shape[1], -1)


@EXERCISE.wrong(
    "The kernel is reshaped, not transposed",
    "your function reshapes the kernel, which keeps the numbers in their old order; bring the channels to the front "
    "by a transpose, (3, 2, 0, 1).",
    "sec-torch-hand",
)
def kernel_reshaped(kernel, dense, size):
    k_h, k_w, inputs, channels = kernel.shape
    return kernel.reshape(channels, inputs, k_h, k_w), weights_from_channels_last(kernel, dense, size)[1]


@EXERCISE.wrong(
    "The linear weight is reshaped, not transposed",
    "your function reshapes the linear weight, which keeps the numbers in their old order; `dense` has a column for "
    "each output and torch a row, so bring the outputs to the front by a transpose.",
    "sec-torch-hand",
)
def dense_reshaped(kernel, dense, size):
    return weights_from_channels_last(kernel, dense, size)[0], dense.reshape(dense.shape[1], -1)


@EXERCISE.wrong(
    "The flat axis is read as channels first",
    "your function takes the inputs for (C, H, W) and reorders them to (H, W, C); they were flattened as (H, W, C), "
    "so reshape to that and transpose to (C, H, W).",
    "sec-torch-hand",
)
def the_other_way(kernel, dense, size):
    places = dense.reshape(kernel.shape[3], *size, -1)
    linear_weight = places.transpose(3, 1, 2, 0).reshape(dense.shape[1], -1)
    return weights_from_channels_last(kernel, dense, size)[0], linear_weight


@EXERCISE.wrong(
    "Split as channels first, rows and columns exchanged",
    "your function reshapes the inputs to (C, H, W), which does not bring the channels to the front, and then "
    "exchanges rows and columns; they were flattened as (H, W, C), so reshape to that and transpose to (C, H, W).",
    "sec-torch-hand",
)
def cut_and_left(kernel, dense, size):
    places = dense.reshape(kernel.shape[3], *size, -1)
    linear_weight = places.transpose(3, 0, 2, 1).reshape(dense.shape[1], -1)
    return weights_from_channels_last(kernel, dense, size)[0], linear_weight


@EXERCISE.wrong(
    "Columns before rows in the flat inputs",
    "your inputs are in the order (C, W, H); torch flattens (C, H, W), rows before columns.",
    "sec-torch-idea",
)
def columns_first(kernel, dense, size):
    places = dense.reshape(*size, kernel.shape[3], -1)
    linear_weight = places.transpose(3, 2, 1, 0).reshape(dense.shape[1], -1)
    return weights_from_channels_last(kernel, dense, size)[0], linear_weight


@EXERCISE.wrong(
    "Height and width are exchanged in size",
    "your function splits the flat inputs as (W, H, C); `size` is (rows, columns), so split them as (H, W, C).",
    "sec-torch-idea",
)
def size_exchanged(kernel, dense, size):
    places = dense.reshape(*size[::-1], kernel.shape[3], -1)
    linear_weight = places.transpose(3, 2, 1, 0).reshape(dense.shape[1], -1)
    return weights_from_channels_last(kernel, dense, size)[0], linear_weight


@EXERCISE.wrong(
    "The kernel is flipped",
    "your function reverses the kernel's rows and columns; both frameworks slide the kernel without flipping it, so "
    "they keep their order.",
    "sec-localisation-slide",
)
def turned_over(kernel, dense, size):
    weight, linear_weight = weights_from_channels_last(kernel, dense, size)
    return weight[:, :, ::-1, ::-1].copy(), linear_weight


@EXERCISE.wrong(
    "Input and output channels are exchanged",
    "your axes are in the order (2, 3, 0, 1); torch has the output channels first and the input channels second, (3, "
    "2, 0, 1).",
    "sec-torch-hand",
)
def channels_exchanged(kernel, dense, size):
    return kernel.transpose(2, 3, 0, 1).copy(), weights_from_channels_last(kernel, dense, size)[1]


@EXERCISE.wrong(
    "The kernel's rows and columns are exchanged",
    "your axes are in the order (3, 2, 1, 0), as with `.T`; the kernel's rows stay rows, (3, 2, 0, 1).",
    "sec-torch-hand",
)
def kernel_turned(kernel, dense, size):
    return kernel.T.copy(), weights_from_channels_last(kernel, dense, size)[1]


@EXERCISE.wrong(
    "The linear weight is not transposed",
    "your inputs are in the right order, but rows and columns of the linear weight are exchanged; torch has a row for "
    "each output, (K, C * H * W).",
    "sec-torch-hand",
)
def dense_not_transposed(kernel, dense, size):
    weight, linear_weight = weights_from_channels_last(kernel, dense, size)
    return weight, linear_weight.T.copy()


@EXERCISE.wrong(
    "The kernel is unchanged",
    "your function returns the kernel unchanged, as (row, column, input, output); torch has (output, input, row, "
    "column), so transpose by (3, 2, 0, 1).",
    "sec-torch-hand",
)
def kernel_as_it_came(kernel, dense, size):
    return kernel.copy(), weights_from_channels_last(kernel, dense, size)[1]


@EXERCISE.wrong(
    "The linear weight is unchanged",
    "your function returns `dense` unchanged, with a column for each output and inputs that run pixel by pixel; torch "
    "has a row for each output and inputs that run channel by channel.",
    "sec-torch-hand",
)
def dense_as_it_came(kernel, dense, size):
    return weights_from_channels_last(kernel, dense, size)[0], dense.copy()


@EXERCISE.wrong(
    "Rows, channels, columns",
    "your inputs are in the order (H, C, W); torch flattens (C, H, W), the channels first.",
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
