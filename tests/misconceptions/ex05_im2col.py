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
        Case(
            "everything in other sizes, two rows of padding",
            np.random.default_rng(7).standard_normal((2, 2, 7, 8)),
            (3, 2),
            stride=(2, 3),
            padding=(2, 1),
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
    "your windows are the rows of the result; its shape should be (N, C * kh * kw, h * w), with a column for each "
    "window.",
    "sec-localisation-columns",
)
def in_rows(image, kernel_size, stride=1, padding=0):
    return im2col(image, kernel_size, stride, padding).swapaxes(1, 2).copy()


@EXERCISE.wrong(
    "Reshaped instead of transposed",
    "your function collects the windows as rows and then reshapes, which keeps the order of the numbers and so mixes "
    "the windows; exchange the axes instead.",
    "sec-localisation-columns",
)
def reshaped(image, kernel_size, stride=1, padding=0):
    right = im2col(image, kernel_size, stride, padding)
    return right.swapaxes(1, 2).reshape(right.shape)


@EXERCISE.wrong(
    "The windows are taken column by column",
    "your windows follow one another down the picture; column `i * w + j` belongs to output pixel (i, j), so they "
    "should follow one another along its rows.",
    "sec-localisation-columns",
)
def down_first(image, kernel_size, stride=1, padding=0):
    split = _split(image, kernel_size, stride, padding)
    return split.swapaxes(4, 5).reshape(_join(split).shape)


@EXERCISE.wrong(
    "Window (i, j) is written to column `i * h + j`",
    "your function writes window (i, j) to column `i * h + j`, so some windows overwrite others and some columns are "
    "never written; a row of the output has w pixels, so the column is `i * w + j`.",
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
    "The first picture is used for all",
    "your function uses picture 0 for the whole batch; matrix n of the result should come from picture n.",
    "sec-localisation-columns",
)
def first_picture(image, kernel_size, stride=1, padding=0):
    return im2col(np.repeat(image[:1], len(image), axis=0), kernel_size, stride, padding)


@EXERCISE.wrong(
    "Inside a window, columns come before rows",
    "your function lists each window column by column; list it row by row.",
    "sec-localisation-columns",
)
def window_down_first(image, kernel_size, stride=1, padding=0):
    split = _split(image, kernel_size, stride, padding)
    return split.swapaxes(2, 3).reshape(_join(split).shape)


@EXERCISE.wrong(
    "The windows are rotated by half a turn",
    "your function lists each window from its lower right pixel, as if a filter were flipped; start at the upper "
    "left, since nothing is flipped here.",
    "sec-localisation-slide",
)
def turned(image, kernel_size, stride=1, padding=0):
    return _join(_split(image, kernel_size, stride, padding)[:, :, ::-1, ::-1])


@EXERCISE.wrong(
    "Channels last inside a column",
    "your columns hold all channels of one pixel and then those of the next; a column should hold the whole window of "
    "channel 0, then that of channel 1.",
    "sec-localisation-columns",
)
def channels_last(image, kernel_size, stride=1, padding=0):
    split = _split(image, kernel_size, stride, padding)
    return np.moveaxis(split, 1, 3).reshape(_join(split).shape)


@EXERCISE.wrong(
    "A pair is taken as (columns, rows)",
    "your function takes the first number of each pair for the columns; `kernel_size`, `stride` and `padding` are "
    "(rows, columns), in the order of an array's axes.",
    "sec-localisation-slide",
)
def pair_swapped(image, kernel_size, stride=1, padding=0):
    return im2col(image, *(_pair(pair)[::-1] for pair in (kernel_size, stride, padding)))


@EXERCISE.wrong(
    "The kernel size is taken as (columns, rows)",
    "your function takes the second number of `kernel_size` for the rows; the first number is the height of a window, "
    "the second its width.",
    "sec-localisation-slide",
)
def kernel_swapped(image, kernel_size, stride=1, padding=0):
    return im2col(image, _pair(kernel_size)[::-1], stride, padding)


@EXERCISE.wrong(
    "The first number of the kernel size for both",
    "your function uses the first number of `kernel_size` for both axes; it may be a pair (rows, columns), whose "
    "second number is the width of a window.",
    "sec-localisation-slide",
)
def kernel_first(image, kernel_size, stride=1, padding=0):
    return im2col(image, _pair(kernel_size)[0], stride, padding)


@EXERCISE.wrong(
    "The second number of the kernel size for both",
    "your function uses the second number of `kernel_size` for both axes; it may be a pair (rows, columns), whose "
    "first number is the height of a window.",
    "sec-localisation-slide",
)
def kernel_second(image, kernel_size, stride=1, padding=0):
    return im2col(image, _pair(kernel_size)[1], stride, padding)


@EXERCISE.wrong(
    "The stride is taken as (columns, rows)",
    "your function takes the second number of `stride` for the rows; the first number is how far a window moves down, "
    "the second how far across.",
    "sec-localisation-slide",
)
def stride_swapped(image, kernel_size, stride=1, padding=0):
    return im2col(image, kernel_size, _pair(stride)[::-1], padding)


@EXERCISE.wrong(
    "The first number of the stride for both",
    "your function uses the first number of `stride` for both axes; `stride` may be a pair (rows, columns), whose "
    "second number is how far a window moves across.",
    "sec-localisation-slide",
)
def stride_first(image, kernel_size, stride=1, padding=0):
    return im2col(image, kernel_size, _pair(stride)[0], padding)


@EXERCISE.wrong(
    "The second number of the stride for both",
    "your function uses the second number of `stride` for both axes; `stride` may be a pair (rows, columns), whose "
    "first number is how far a window moves down.",
    "sec-localisation-slide",
)
def stride_second(image, kernel_size, stride=1, padding=0):
    return im2col(image, kernel_size, _pair(stride)[1], padding)


@EXERCISE.wrong(
    "The padding is taken as (columns, rows)",
    "your function takes the second number of `padding` for the rows; the first is how many rows of zeros are added "
    "above and below, the second how many columns on the left and right.",
    "sec-localisation-slide",
)
def padding_swapped(image, kernel_size, stride=1, padding=0):
    return im2col(image, kernel_size, stride, _pair(padding)[::-1])


@EXERCISE.wrong(
    "The first number of the padding for both",
    "your function uses the first number of `padding` for both axes; `padding` may be a pair (rows, columns), whose "
    "second number is how many columns of zeros are added on the left and right.",
    "sec-localisation-slide",
)
def padding_first(image, kernel_size, stride=1, padding=0):
    return im2col(image, kernel_size, stride, _pair(padding)[0])


@EXERCISE.wrong(
    "The second number of the padding for both",
    "your function uses the second number of `padding` for both axes; `padding` may be a pair (rows, columns), whose "
    "first number is how many rows of zeros are added above and below.",
    "sec-localisation-slide",
)
def padding_second(image, kernel_size, stride=1, padding=0):
    return im2col(image, kernel_size, stride, _pair(padding)[1])


@EXERCISE.wrong(
    "A pair is taken for one number",
    "your function uses `kernel_size`, `stride` and `padding` as numbers, but each may be a pair (rows, columns); "
    "`np.broadcast_to(kernel_size, 2)` turns a number into a pair and leaves a pair unchanged.",
    "sec-localisation-slide",
)
def one_number(image, kernel_size, stride=1, padding=0):
    [(length + 2 * padding - kernel_size) // stride + 1 for length in image.shape[2:]]
    return im2col(image, kernel_size, stride, padding)


@EXERCISE.wrong(
    "A pair is multiplied as one number",
    "your function multiplies `kernel_size` by itself, but it may be a pair (rows, columns), and a column then has C "
    "* kh * kw numbers; `np.broadcast_to(kernel_size, 2)` turns a number into a pair and leaves a pair unchanged.",
    "sec-localisation-slide",
)
def one_number_squared(image, kernel_size, stride=1, padding=0):
    image.shape[1] * kernel_size * kernel_size
    return im2col(image, kernel_size, stride, padding)


@EXERCISE.wrong(
    "The stride is ignored",
    "your windows are always one pixel apart; they should be `stride` pixels apart, so the corner of window (i, j) is "
    "at `(i * stride, j * stride)`.",
    "sec-localisation-slide",
)
def stride_one(image, kernel_size, stride=1, padding=0):
    return im2col(image, kernel_size, 1, padding)


@EXERCISE.wrong(
    "The stride counts the windows but does not move them",
    "your function computes the right number of windows but places them one pixel apart; the corner of window (i, j) "
    "is at `(i * stride, j * stride)`.",
    "sec-localisation-slide",
)
def stride_counted_only(image, kernel_size, stride=1, padding=0):
    height, width = _split(image, kernel_size, stride, padding).shape[4:]
    return _join(_split(image, kernel_size, 1, padding)[..., :height, :width])


@EXERCISE.wrong(
    "Neither stride nor padding",
    "your function ignores both `stride` and `padding`; the picture is first surrounded by zeros, and then the "
    "windows are `stride` pixels apart.",
    "sec-localisation-slide",
)
def neither(image, kernel_size, stride=1, padding=0):
    return im2col(image, kernel_size)


@EXERCISE.wrong(
    "The windows do not overlap",
    "your windows move by their own size and so lie side by side; they should move by `stride`, which is 1 by default.",
    "sec-localisation-slide",
)
def side_by_side(image, kernel_size, stride=1, padding=0):
    return im2col(image, kernel_size, kernel_size, padding)


@EXERCISE.wrong(
    "The padding is ignored",
    "your function does not pad the picture; it should be surrounded by `padding` rows and columns of zeros before "
    "the windows are taken.",
    "sec-localisation-slide",
)
def not_padded(image, kernel_size, stride=1, padding=0):
    return im2col(image, kernel_size, stride)


@EXERCISE.wrong(
    "Padding on one side only",
    "your picture grows by `padding` along each axis, or only above and on the left; zeros are added on all four "
    "sides, so it grows by `2 * padding`.",
    "sec-localisation-slide",
)
def padded_once(image, kernel_size, stride=1, padding=0):
    rows, columns = np.broadcast_to(padding, 2)
    return im2col(np.pad(image, ((0, 0), (0, 0), (rows, 0), (columns, 0))), kernel_size, stride)


@EXERCISE.wrong(
    "All the zeros on one side",
    "your function adds all the zeros above and on the left, which shifts the picture; `padding` rows are added above "
    "and as many below, and columns on the left and right.",
    "sec-localisation-slide",
)
def padded_before(image, kernel_size, stride=1, padding=0):
    rows, columns = _pair(padding)
    return im2col(np.pad(image, ((0, 0), (0, 0), (2 * rows, 0), (2 * columns, 0))), kernel_size, stride)


@EXERCISE.wrong(
    "One window too few along each axis",
    "your function lacks the `+ 1` in `(H + 2 * padding - kh) // stride + 1`, so the last row and column of windows "
    "are lost; the quotient counts the moves, and there is one window more than moves.",
    "sec-localisation-slide",
)
def without_last(image, kernel_size, stride=1, padding=0):
    return _join(_split(image, kernel_size, stride, padding)[..., :-1, :-1])


@EXERCISE.wrong(
    "Padded only below and on the right",
    "your function adds zeros only below and on the right; `padding` rows are added above and as many below, and "
    "columns on the left and right.",
    "sec-localisation-slide",
)
def padded_after(image, kernel_size, stride=1, padding=0):
    rows, columns = _pair(padding)
    return im2col(np.pad(image, ((0, 0), (0, 0), (0, rows), (0, columns))), kernel_size, stride)


@EXERCISE.wrong(
    "All the zeros below and on the right",
    "your function adds all the zeros below and on the right, which shifts the picture; `padding` rows are added "
    "above and as many below, and columns on the left and right.",
    "sec-localisation-slide",
)
def padded_behind(image, kernel_size, stride=1, padding=0):
    rows, columns = _pair(padding)
    return im2col(np.pad(image, ((0, 0), (0, 0), (0, 2 * rows), (0, 2 * columns))), kernel_size, stride)


@EXERCISE.wrong(
    "The edge is repeated",
    'your function repeats the outermost pixels, as `np.pad` does with `mode="edge"`; outside the image there are '
    "zeros.",
    "sec-localisation-slide",
)
def edge_drawn_out(image, kernel_size, stride=1, padding=0):
    rows, columns = _pair(padding)
    framed = np.pad(image, ((0, 0), (0, 0), (rows, rows), (columns, columns)), mode="edge")
    return im2col(framed, kernel_size, stride)


@EXERCISE.wrong(
    "The windows run backwards",
    "your columns start with the last window; column `i * w + j` belongs to output pixel (i, j), so they should start "
    "with the upper left one.",
    "sec-localisation-columns",
)
def last_window_first(image, kernel_size, stride=1, padding=0):
    return im2col(image, kernel_size, stride, padding)[:, :, ::-1].copy()


@EXERCISE.wrong(
    "One matrix for the whole batch",
    "your function places the matrices of all pictures side by side; the shape should be (N, C * kh * kw, h * w), a "
    "matrix for each picture.",
    "sec-localisation-columns",
)
def batch_beside(image, kernel_size, stride=1, padding=0):
    return np.concatenate(list(im2col(image, kernel_size, stride, padding)), axis=1)


@EXERCISE.wrong(
    "One window too many along each axis",
    "your function takes one window more than fit, which extends beyond the picture; `(H + 2 * padding - kh) // "
    "stride + 1` of them fit.",
    "sec-localisation-slide",
)
def one_window_more(image, kernel_size, stride=1, padding=0):
    (down, right), (above, left) = _pair(stride), _pair(padding)
    more = np.pad(image, ((0, 0), (0, 0), (above, above + down), (left, left + right)))
    return im2col(more, kernel_size, stride)


@EXERCISE.wrong(
    "A matrix for each channel",
    "your function makes a matrix for each channel; a column should hold the window in all channels, one channel "
    "below the other.",
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
