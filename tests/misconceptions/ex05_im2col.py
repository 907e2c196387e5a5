"""Wrong answers to `im2col`, and the calls that tell them apart."""

import numpy as np

from stn_numpy import im2col
from tests.judge import Case, Exercise

COUNTED = np.arange(1.0, 13).reshape(1, 1, 3, 4)
SIX = np.arange(1.0, 7).reshape(1, 1, 2, 3)
NINE = np.arange(1.0, 10).reshape(1, 1, 3, 3)
RANDOM = np.random.default_rng(0).integers(-9, 10, (2, 3, 4, 3)).astype("float64")

EXERCISE = Exercise(
    name="im2col",
    answer="stn_numpy.conv",
    gives=("columns",),
    also=("_geometry",),
    cases=[
        Case(
            "three rows and four columns hold six windows of 2 x 2",
            COUNTED,
            2,
            expected=[[[1, 2, 3, 5, 6, 7], [2, 3, 4, 6, 7, 8], [5, 6, 7, 9, 10, 11], [6, 7, 8, 10, 11, 12]]],
        ),
        Case(
            "two channels, the second ten times the first, windows of one row and two columns",
            np.concatenate([SIX, 10 * SIX], axis=1),
            (1, 2),
            expected=[[[1, 2, 4, 5], [2, 3, 5, 6], [10, 20, 40, 50], [20, 30, 50, 60]]],
        ),
        Case("windows of one pixel, two pixels apart", NINE, 1, stride=2, expected=[[[1, 3, 7, 9]]]),
        Case(
            "windows of one pixel, two rows and one column apart",
            NINE,
            1,
            stride=(2, 1),
            expected=[[[1, 2, 3, 7, 8, 9]]],
        ),
        Case(
            "a column of zeros on the left and one on the right",
            np.array([[[[1.0, 2], [3, 4]]]]),
            (1, 2),
            padding=(0, 1),
            expected=[[[0, 1, 2, 0, 3, 4], [1, 2, 0, 3, 4, 0]]],
        ),
        Case(
            "two pictures of one row, the second ten times the first",
            np.array([[[[1.0, 2, 3]]], [[[10, 20, 30]]]]),
            (1, 2),
            expected=[[[1, 2], [2, 3]], [[10, 20], [20, 30]]],
        ),
        Case(
            "two pictures, three channels, a row of zeros above and one below, two rows and one column apart",
            RANDOM,
            (2, 1),
            stride=(2, 1),
            padding=(1, 0),
        ),
        Case(
            "float32, and a last row that no window reaches",
            np.arange(20, dtype="float32").reshape(1, 1, 5, 4),
            2,
            stride=2,
        ),
    ],
)


def _split(image, kernel_size, stride, padding):
    """The right columns, with an axis for each thing that is flattened: (N, C, kh, kw, h, w)."""
    kernel, stride, padding = (np.broadcast_to(pair, 2) for pair in (kernel_size, stride, padding))
    size = (np.array(image.shape[2:]) + 2 * padding - kernel) // stride + 1
    return im2col(image, tuple(map(int, kernel)), tuple(map(int, stride)), tuple(map(int, padding))).reshape(
        *image.shape[:2], *kernel, *size
    )


def _pair(pair):
    """One number or two, as two."""
    return tuple(map(int, np.broadcast_to(pair, 2)))


def _join(split):
    """Flatten an array (N, C, kh, kw, h, w) to columns."""
    return split.reshape(len(split), -1, split.shape[4] * split.shape[5])


@EXERCISE.wrong(
    "Each window is a row",
    "the result has the shape (N, C * kh * kw, h * w), so a window goes down a column; yours goes along a row.",
    "sec-localisation-columns",
)
def in_rows(image, kernel_size, stride=1, padding=0):
    return im2col(image, kernel_size, stride, padding).swapaxes(1, 2).copy()


@EXERCISE.wrong(
    "Reshaped where it should be transposed",
    "windows that were collected as rows become columns by an "
    "exchange of axes; reshape keeps the order of the numbers, and so mixes the windows.",
    "sec-localisation-columns",
)
def reshaped(image, kernel_size, stride=1, padding=0):
    right = im2col(image, kernel_size, stride, padding)
    return right.swapaxes(1, 2).reshape(right.shape)


@EXERCISE.wrong(
    "The windows are taken column by column",
    "column i * w + j belongs to output pixel (i, j), so "
    "the windows follow each other along a row of the picture; yours go down first.",
    "sec-localisation-columns",
)
def down_first(image, kernel_size, stride=1, padding=0):
    split = _split(image, kernel_size, stride, padding)
    return split.swapaxes(4, 5).reshape(_join(split).shape)


@EXERCISE.wrong(
    "Window (i, j) is written to column i * h + j",
    "a row of the output has w pixels, so window (i, j) "
    "goes to column i * w + j; with i * h + j some windows overwrite others, and some columns are never "
    "written.",
    "sec-localisation-columns",
)
def counted_by_height(image, kernel_size, stride=1, padding=0):
    split = _split(image, kernel_size, stride, padding)
    height, width = split.shape[4:]
    columns = np.full(_join(split).shape, np.nan, image.dtype)
    for i in range(height):
        for j in range(width):
            columns[:, :, i * height + j] = split[..., i, j].reshape(len(image), -1)
    return columns


@EXERCISE.wrong(
    "The first picture for all",
    "the batch comes first, and picture n of it gives matrix n of the result; yours takes picture 0 for all.",
    "sec-localisation-columns",
)
def first_picture(image, kernel_size, stride=1, padding=0):
    return im2col(np.repeat(image[:1], len(image), axis=0), kernel_size, stride, padding)


@EXERCISE.wrong(
    "Inside a window, columns come before rows",
    "a window is read as one reads a page, its first row and then its second; yours goes down its first column first.",
    "sec-localisation-columns",
)
def window_down_first(image, kernel_size, stride=1, padding=0):
    split = _split(image, kernel_size, stride, padding)
    return split.swapaxes(2, 3).reshape(_join(split).shape)


@EXERCISE.wrong(
    "The windows are turned by half a turn",
    "a window is read as one reads a page, from its upper left "
    "pixel on; yours begins at the lower right, as if a filter were flipped, which none is here.",
    "sec-localisation-slide",
)
def turned(image, kernel_size, stride=1, padding=0):
    return _join(_split(image, kernel_size, stride, padding)[:, :, ::-1, ::-1])


@EXERCISE.wrong(
    "Channels last inside a column",
    "a column holds the whole window of channel 0, then that of channel "
    "1; yours holds all channels of one pixel, then those of the next.",
    "sec-localisation-columns",
)
def channels_last(image, kernel_size, stride=1, padding=0):
    split = _split(image, kernel_size, stride, padding)
    return np.moveaxis(split, 1, 3).reshape(_join(split).shape)


@EXERCISE.wrong(
    "A pair is taken as (columns, rows)",
    "kernel_size, stride and padding are (rows, columns), as the "
    "axes of an array are; yours takes the first number for the columns.",
    "sec-localisation-slide",
)
def pair_swapped(image, kernel_size, stride=1, padding=0):
    return im2col(image, *(_pair(pair)[::-1] for pair in (kernel_size, stride, padding)))


@EXERCISE.wrong(
    "The pair of the kernel is taken as (columns, rows)",
    "a pair is (rows, columns): the first number is how high a window is, the second how wide.",
    "sec-localisation-slide",
)
def kernel_swapped(image, kernel_size, stride=1, padding=0):
    return im2col(image, _pair(kernel_size)[::-1], stride, padding)


@EXERCISE.wrong(
    "The first number of the kernel for both",
    "kernel_size may be a pair (rows, columns), whose first number is how high a window is and whose second how wide; "
    "yours takes the first for both.",
    "sec-localisation-slide",
)
def kernel_first(image, kernel_size, stride=1, padding=0):
    return im2col(image, _pair(kernel_size)[0], stride, padding)


@EXERCISE.wrong(
    "The second number of the kernel for both",
    "kernel_size may be a pair (rows, columns), whose first number is how high a window is and whose second how wide; "
    "yours takes the second for both.",
    "sec-localisation-slide",
)
def kernel_second(image, kernel_size, stride=1, padding=0):
    return im2col(image, _pair(kernel_size)[1], stride, padding)


@EXERCISE.wrong(
    "The pair of the stride is taken as (columns, rows)",
    "a pair is (rows, columns): the first number is how far a window moves down, the second how far across.",
    "sec-localisation-slide",
)
def stride_swapped(image, kernel_size, stride=1, padding=0):
    return im2col(image, kernel_size, _pair(stride)[::-1], padding)


@EXERCISE.wrong(
    "The first number of the stride for both",
    "stride may be a pair (rows, columns), whose first number is how far a window moves down and whose second how far "
    "across; yours takes the first for both.",
    "sec-localisation-slide",
)
def stride_first(image, kernel_size, stride=1, padding=0):
    return im2col(image, kernel_size, _pair(stride)[0], padding)


@EXERCISE.wrong(
    "The second number of the stride for both",
    "stride may be a pair (rows, columns), whose first number is how far a window moves down and whose second how far "
    "across; yours takes the second for both.",
    "sec-localisation-slide",
)
def stride_second(image, kernel_size, stride=1, padding=0):
    return im2col(image, kernel_size, _pair(stride)[1], padding)


@EXERCISE.wrong(
    "The pair of the padding is taken as (columns, rows)",
    "a pair is (rows, columns): the first number is how many rows of zeros are put above and below, the second how "
    "many columns to the left and right.",
    "sec-localisation-slide",
)
def padding_swapped(image, kernel_size, stride=1, padding=0):
    return im2col(image, kernel_size, stride, _pair(padding)[::-1])


@EXERCISE.wrong(
    "The first number of the padding for both",
    "padding may be a pair (rows, columns), whose first number is how many rows of zeros are put above and below and "
    "whose second how many columns to the left and right; yours takes the first for both.",
    "sec-localisation-slide",
)
def padding_first(image, kernel_size, stride=1, padding=0):
    return im2col(image, kernel_size, stride, _pair(padding)[0])


@EXERCISE.wrong(
    "The second number of the padding for both",
    "padding may be a pair (rows, columns), whose first number is how many rows of zeros are put above and below and "
    "whose second how many columns to the left and right; yours takes the second for both.",
    "sec-localisation-slide",
)
def padding_second(image, kernel_size, stride=1, padding=0):
    return im2col(image, kernel_size, stride, _pair(padding)[1])


@EXERCISE.wrong(
    "A pair is taken for one number",
    "kernel_size, stride and padding may each be a pair (rows, "
    "columns): np.broadcast_to(kernel_size, 2) makes two numbers of one, and leaves a pair as it is.",
    "sec-localisation-slide",
)
def one_number(image, kernel_size, stride=1, padding=0):
    [(length + 2 * padding - kernel_size) // stride + 1 for length in image.shape[2:]]
    return im2col(image, kernel_size, stride, padding)


@EXERCISE.wrong(
    "A pair is multiplied as one number",
    "kernel_size may be a pair (rows, columns), and a column then "
    "has C * kh * kw numbers: np.broadcast_to(kernel_size, 2) makes two numbers of one, and leaves a "
    "pair as it is.",
    "sec-localisation-slide",
)
def one_number_squared(image, kernel_size, stride=1, padding=0):
    image.shape[1] * kernel_size * kernel_size
    return im2col(image, kernel_size, stride, padding)


@EXERCISE.wrong(
    "The stride is ignored",
    "windows are stride pixels apart, so the corner of window (i, j) is at (i * "
    "stride, j * stride); yours move by one pixel always.",
    "sec-localisation-slide",
)
def stride_one(image, kernel_size, stride=1, padding=0):
    return im2col(image, kernel_size, 1, padding)


@EXERCISE.wrong(
    "The stride counts the windows but does not move them",
    "the corner of window (i, j) is at (i * "
    "stride, j * stride); yours takes the right number of windows, each one pixel from the next.",
    "sec-localisation-slide",
)
def stride_counted_only(image, kernel_size, stride=1, padding=0):
    height, width = _split(image, kernel_size, stride, padding).shape[4:]
    return _join(_split(image, kernel_size, 1, padding)[..., :height, :width])


@EXERCISE.wrong(
    "Neither stride nor padding",
    "the picture is surrounded by zeros first, and then the windows are "
    "stride pixels apart; columns_of by hand needed neither.",
    "sec-localisation-slide",
)
def neither(image, kernel_size, stride=1, padding=0):
    return im2col(image, kernel_size)


@EXERCISE.wrong(
    "The windows do not overlap",
    "the stride is how far a window moves, 1 by default; yours moves by the whole window, so that they lie side by "
    "side.",
    "sec-localisation-slide",
)
def side_by_side(image, kernel_size, stride=1, padding=0):
    return im2col(image, kernel_size, kernel_size, padding)


@EXERCISE.wrong(
    "The padding is ignored",
    "the picture is surrounded by padding rows and columns of zeros before any window is laid on it.",
    "sec-localisation-slide",
)
def not_padded(image, kernel_size, stride=1, padding=0):
    return im2col(image, kernel_size, stride)


@EXERCISE.wrong(
    "Padding on one side only",
    "zeros are added on all four sides, so a side grows by 2 * padding; yours puts them above and on the left alone, "
    "or counts them only once.",
    "sec-localisation-slide",
)
def padded_once(image, kernel_size, stride=1, padding=0):
    rows, columns = np.broadcast_to(padding, 2)
    return im2col(np.pad(image, ((0, 0), (0, 0), (rows, 0), (columns, 0))), kernel_size, stride)


@EXERCISE.wrong(
    "All the zeros on one side",
    "padding rows of zeros are added above the picture and as many below, and columns left and right; yours puts both "
    "lots above and on the left, and the picture is moved.",
    "sec-localisation-slide",
)
def padded_before(image, kernel_size, stride=1, padding=0):
    rows, columns = _pair(padding)
    return im2col(np.pad(image, ((0, 0), (0, 0), (2 * rows, 0), (2 * columns, 0))), kernel_size, stride)


@EXERCISE.wrong(
    "One window too few each way",
    "(H + 2 * padding - kh) // stride counts the moves, and there is one "
    "window more than moves; yours lacks the + 1, so the last row and column of windows are lost.",
    "sec-localisation-slide",
)
def without_last(image, kernel_size, stride=1, padding=0):
    return _join(_split(image, kernel_size, stride, padding)[..., :-1, :-1])


@EXERCISE.wrong(
    "Padding below and on the right alone",
    "zeros are added on all four sides, so a side grows by 2 * padding; yours puts them below and on the right only.",
    "sec-localisation-slide",
)
def padded_after(image, kernel_size, stride=1, padding=0):
    rows, columns = _pair(padding)
    return im2col(np.pad(image, ((0, 0), (0, 0), (0, rows), (0, columns))), kernel_size, stride)


@EXERCISE.wrong(
    "All the zeros below and on the right",
    "padding rows of zeros are added above the picture and as many below, and columns left and right; yours puts both "
    "lots below and on the right, and the picture is moved.",
    "sec-localisation-slide",
)
def padded_behind(image, kernel_size, stride=1, padding=0):
    rows, columns = _pair(padding)
    return im2col(np.pad(image, ((0, 0), (0, 0), (0, 2 * rows), (0, 2 * columns))), kernel_size, stride)


@EXERCISE.wrong(
    "The edge is drawn out",
    'there are zeros outside the image; yours repeats the outermost pixels there, as np.pad does with mode="edge".',
    "sec-localisation-slide",
)
def edge_drawn_out(image, kernel_size, stride=1, padding=0):
    rows, columns = _pair(padding)
    framed = np.pad(image, ((0, 0), (0, 0), (rows, rows), (columns, columns)), mode="edge")
    return im2col(framed, kernel_size, stride)


@EXERCISE.wrong(
    "The windows run backwards",
    "column i * w + j belongs to output pixel (i, j), from the upper left on; yours begins with the last window.",
    "sec-localisation-columns",
)
def last_window_first(image, kernel_size, stride=1, padding=0):
    return im2col(image, kernel_size, stride, padding)[:, :, ::-1].copy()


@EXERCISE.wrong(
    "Windows and their numbers are exchanged, and the batch last",
    "the result has the shape (N, C * kh * kw, h * w), a matrix for each picture; in yours the pictures lie side by "
    "side.",
    "sec-localisation-columns",
)
def batch_beside(image, kernel_size, stride=1, padding=0):
    return np.concatenate(list(im2col(image, kernel_size, stride, padding)), axis=1)


@EXERCISE.wrong(
    "One window more each way",
    "(H + 2 * padding - kh) // stride + 1 windows fit; yours takes one more, which reaches beyond the picture.",
    "sec-localisation-slide",
)
def one_window_more(image, kernel_size, stride=1, padding=0):
    (down, right), (above, left) = _pair(stride), _pair(padding)
    more = np.pad(image, ((0, 0), (0, 0), (above, above + down), (left, left + right)))
    return im2col(more, kernel_size, stride)


@EXERCISE.wrong(
    "Each channel's columns by themselves",
    "a column holds the window in all channels, one channel below the other; yours has a matrix for each channel.",
    "sec-localisation-columns",
)
def by_channel(image, kernel_size, stride=1, padding=0):
    split = _split(image, kernel_size, stride, padding)
    return split.reshape(*split.shape[:2], split.shape[2] * split.shape[3], -1)


@EXERCISE.right_too
def with_loops(image, kernel_size, stride=1, padding=0):
    (kh, kw), (down, right), (above, left) = (np.broadcast_to(pair, 2) for pair in (kernel_size, stride, padding))
    batch, channels, height, width = image.shape
    columns = []
    for top in range(-above, height + above - kh + 1, down):
        for start in range(-left, width + left - kw + 1, right):
            column = np.zeros((batch, channels, kh, kw), image.dtype)
            for r in range(kh):
                for c in range(kw):
                    if 0 <= top + r < height and 0 <= start + c < width:
                        column[:, :, r, c] = image[:, :, top + r, start + c]
            columns.append(column.reshape(batch, -1))
    return np.stack(columns, axis=2)


@EXERCISE.right_too
def with_sliding_windows(image, kernel_size, stride=1, padding=0):
    kernel, stride, padding = (tuple(np.broadcast_to(pair, 2)) for pair in (kernel_size, stride, padding))
    padded = np.pad(image, ((0, 0), (0, 0), (padding[0],) * 2, (padding[1],) * 2))
    windows = np.lib.stride_tricks.sliding_window_view(padded, kernel, axis=(2, 3))[:, :, :: stride[0], :: stride[1]]
    return windows.transpose(0, 1, 4, 5, 2, 3).reshape(len(image), image.shape[1] * kernel[0] * kernel[1], -1)
