"""Wrong answers to `max_pool2d_backward`, and the calls that tell them apart."""

import numpy as np

from tests.judge import Case, Exercise

rng = np.random.default_rng(0)
PICTURES = rng.permutation(np.linspace(-1, 1, 64)).reshape(2, 2, 4, 4)
WIDE = rng.permutation(np.linspace(-1, 1, 60)).reshape(1, 2, 5, 6).astype("float32")
ARRIVES = rng.standard_normal((2, 2, 2, 2))
RANDOM = np.random.default_rng(7)

EXERCISE = Exercise(
    name="max_pool2d_backward",
    answer="stn_numpy.pool",
    gives=("d_image",),
    cases=[
        Case(
            "one window of 2 x 2",
            np.array([[[[8.0]]]]),
            np.array([[[[1.0, 5], [3, 4]]]]),
            2,
            expected=[[[[0, 8], [0, 0]]]],
        ),
        Case(
            "two windows side by side, stride left out",
            np.array([[[[8.0, -4]]]]),
            np.array([[[[1.0, 5, 2, 0], [3, 4, 1, 7]]]]),
            2,
            expected=[[[[0, 8, 0, 0], [0, 0, 0, -4]]]],
        ),
        Case(
            "one window of negative numbers",
            np.array([[[[8.0]]]]),
            np.array([[[[-4.0, -1], [-2, -3]]]]),
            2,
            expected=[[[[0, 8], [0, 0]]]],
        ),
        Case(
            "two windows that overlap, each with a winner of its own",
            np.array([[[[1.0, 10]]]]),
            np.array([[[[1.0, 4, 2], [3, 0, 5]]]]),
            2,
            stride=1,
            expected=[[[[0, 1, 0], [0, 0, 10]]]],
        ),
        Case(
            "two windows that overlap, the same pixel wins both",
            np.array([[[[1.0, 10]]]]),
            np.array([[[[1.0, 9, 2], [3, 4, 5]]]]),
            2,
            stride=1,
            expected=[[[[0, 11, 0], [0, 0, 0]]]],
        ),
        Case(
            "a tie of three pixels",
            np.array([[[[12.0]]]]),
            np.array([[[[1.0, 3], [3, 3]]]]),
            2,
            expected=[[[[0, 12], [0, 0]]]],
        ),
        Case("two images, two channels, no ties", ARRIVES, PICTURES, 2),
        Case(
            "windows of 3 x 3 that overlap, with a column left over at the right, float32",
            ARRIVES[:1].astype("float32"),
            WIDE,
            3,
            stride=2,
        ),
        Case(
            "windows of 3 x 3 side by side, stride left out",
            ARRIVES[:1, :, :1].astype("float32"),
            WIDE[:, :, :3, :6],
            3,
        ),
        Case(
            "windows of 3, two pixels apart",
            RANDOM.standard_normal((3, 2, 3, 2)),
            RANDOM.standard_normal((3, 2, 8, 6)),
            3,
            stride=2,
        ),
        Case(
            "windows of 2, three pixels apart",
            RANDOM.standard_normal((1, 2, 2, 3)),
            RANDOM.standard_normal((1, 2, 5, 9)),
            2,
            stride=3,
        ),
    ],
)


def _windows(d_out, image, kernel_size, stride):
    """For each output pixel: its place, the window's numbers, and the window's corner."""
    stride = kernel_size if stride is None else stride
    for n, c, i, j in np.ndindex(d_out.shape):
        top, left = i * stride, j * stride
        yield (n, c, i, j), image[n, c, top : top + kernel_size, left : left + kernel_size], (top, left)


def _share_out(d_out, image, kernel_size, stride, shares):
    """d_image, where shares(window) says what part of what arrives each pixel of a window receives."""
    d_image = np.zeros_like(image)
    for (n, c, i, j), window, (top, left) in _windows(d_out, image, kernel_size, stride):
        height, width = window.shape
        d_image[n, c, top : top + height, left : left + width] += d_out[n, c, i, j] * shares(window)
    return d_image


def _only(window, place):
    """1 at one place of a window, which is counted row by row, and 0 at the others."""
    shares = np.zeros(window.size, window.dtype)
    shares[place] = 1
    return shares.reshape(window.shape)


def _winner(window):
    return _only(window, window.argmax())


@EXERCISE.wrong(
    "Shared among all pixels of the window",
    "your function divides the gradient among all pixels of the window, as for average-pooling; a pooled pixel is a "
    "copy of the largest, which should receive the whole upstream gradient.",
    "sec-layers-pooling",
)
def average(d_out, image, kernel_size, stride=None):
    return _share_out(d_out, image, kernel_size, stride, lambda window: np.full_like(window, 1 / window.size))


@EXERCISE.wrong(
    "Every pixel of the window receives the whole gradient",
    "your function gives every pixel of the window the upstream gradient; only the largest should receive it, since "
    "the pooled pixel is a copy of that one.",
    "sec-layers-pooling",
)
def everyone(d_out, image, kernel_size, stride=None):
    return _share_out(d_out, image, kernel_size, stride, np.ones_like)


@EXERCISE.wrong(
    "Passed on to every positive pixel",
    "your function passes the gradient to every positive pixel, as for ReLU; in a pool it should go to the largest "
    "pixel of the window, whatever its sign.",
    "sec-layers-pooling",
)
def positive(d_out, image, kernel_size, stride=None):
    return _share_out(d_out, image, kernel_size, stride, lambda window: (window > 0).astype(window.dtype))


@EXERCISE.wrong(
    "The smallest pixel receives the gradient",
    "your function passes the gradient to the smallest pixel; it should go to the largest of the window, the one that "
    "was copied.",
    "sec-layers-pooling",
)
def smallest(d_out, image, kernel_size, stride=None):
    return _share_out(d_out, image, kernel_size, stride, lambda window: _only(window, window.argmin()))


@EXERCISE.wrong(
    "Row and column of the largest pixel are exchanged",
    "your function exchanges row and column of the largest pixel; in a window of k columns, position p counted row by "
    "row is row `p // k` and column `p % k`.",
    "sec-layers-pooling",
)
def row_for_column(d_out, image, kernel_size, stride=None):
    return _share_out(d_out, image, kernel_size, stride, lambda window: _winner(window).T)


@EXERCISE.wrong(
    "The window's corner is not added",
    "your function uses the largest pixel's row and column within the window as those of the image; add the row and "
    "column of the window's corner.",
    "sec-layers-pooling",
)
def without_corner(d_out, image, kernel_size, stride=None):
    d_image = np.zeros_like(image)
    for (n, c, i, j), window, _ in _windows(d_out, image, kernel_size, stride):
        row, column = divmod(window.argmax(), window.shape[1])
        d_image[n, c, row, column] += d_out[n, c, i, j]
    return d_image


@EXERCISE.wrong(
    "The window ends one pixel too early",
    "your window lacks its last row and column; a Python slice excludes its end, so the window runs from `top` to "
    "`top + kernel_size`.",
    "sec-layers-pooling",
)
def too_short(d_out, image, kernel_size, stride=None):
    d_image = np.zeros_like(image)
    for (n, c, i, j), window, (top, left) in _windows(d_out, image, kernel_size, stride):
        window = window[:-1, :-1]
        row, column = divmod(window.argmax(), window.shape[1])
        d_image[n, c, top + row, left + column] += d_out[n, c, i, j]
    return d_image


@EXERCISE.wrong(
    "The largest absolute value",
    "your function passes the gradient to the pixel with the largest absolute value; it should go to the largest "
    "number, and -1 is larger than -4.",
    "sec-layers-pooling",
)
def farthest_from_zero(d_out, image, kernel_size, stride=None):
    return _share_out(d_out, image, kernel_size, stride, lambda window: _winner(abs(window)))


@EXERCISE.wrong(
    "The largest pixel receives 1",
    "your function leaves out `d_out`; 1 is the derivative of the output with respect to the largest pixel, and the "
    "gradient is that times the upstream gradient.",
    "sec-layers-chain",
)
def factor_alone(d_out, image, kernel_size, stride=None):
    return _share_out(np.ones_like(d_out), image, kernel_size, stride, _winner)


@EXERCISE.wrong(
    "Multiplied by the largest pixel's value",
    "your function multiplies the upstream gradient by the value of the largest pixel; the output is a copy of that "
    "pixel, so its derivative is 1.",
    "sec-layers-pooling",
)
def value_for_factor(d_out, image, kernel_size, stride=None):
    return _share_out(d_out, image, kernel_size, stride, lambda window: window * _winner(window))


@EXERCISE.wrong(
    "A negative maximum receives nothing",
    "your function passes nothing to a window whose pixels are all negative, as when the search starts from 0; start "
    "it from the window's first pixel or from `-np.inf`.",
    "sec-layers-pooling",
)
def from_zero(d_out, image, kernel_size, stride=None):
    return _share_out(d_out, image, kernel_size, stride, lambda window: _winner(window) * (window > 0))


@EXERCISE.wrong(
    "`=` instead of `+=` where windows overlap",
    "in your function a later window replaces the gradient of an earlier one, as `=` does, and also `+=` with arrays "
    "of indices, which counts a repeated index once; a pixel can be the largest of several windows and their "
    "gradients are added, for instance with `np.add.at`.",
    "sec-layers-pooling",
)
def later_window_replaces(d_out, image, kernel_size, stride=None):
    d_image = np.zeros_like(image)
    for (n, c, i, j), window, (top, left) in _windows(d_out, image, kernel_size, stride):
        row, column = divmod(window.argmax(), window.shape[1])
        d_image[n, c, top + row, left + column] = d_out[n, c, i, j]
    return d_image


@EXERCISE.wrong(
    "`=` instead of `+=`, one position after another",
    "in your function a later position in the window replaces the gradient of an earlier one; a pixel can be the "
    "largest of several windows, at another position in each, so add their gradients with `+=`.",
    "sec-layers-pooling",
)
def later_place_replaces(d_out, image, kernel_size, stride=None):
    d_image = np.zeros_like(image)
    for row, column in np.ndindex(kernel_size, kernel_size):
        for (n, c, i, j), window, (top, left) in _windows(d_out, image, kernel_size, stride):
            if window.argmax() == row * kernel_size + column:
                d_image[n, c, top + row, left + column] = d_out[n, c, i, j]
    return d_image


@EXERCISE.wrong(
    "`=` instead of `+=`, and whole windows are overwritten",
    "in your function each window, zeros included, overwrites the gradients of earlier ones; windows may overlap, so "
    "add each window's gradient with `+=`.",
    "sec-layers-pooling",
)
def whole_window_replaces(d_out, image, kernel_size, stride=None):
    d_image = np.zeros_like(image)
    for (n, c, i, j), window, (top, left) in _windows(d_out, image, kernel_size, stride):
        height, width = window.shape
        d_image[n, c, top : top + height, left : left + width] = d_out[n, c, i, j] * _winner(window)
    return d_image


@EXERCISE.wrong(
    "`stride` is ignored",
    "your windows always lie side by side; window (i, j) starts at row `i * stride` and column `j * stride`, and "
    "`stride` equals `kernel_size` only where it is left out.",
    "sec-layers-pooling",
)
def side_by_side(d_out, image, kernel_size, stride=None):
    return _share_out(d_out, image, kernel_size, None, _winner)


@EXERCISE.wrong(
    "A missing `stride` is taken for 1",
    "your function moves the windows by one pixel where `stride` is `None`; `None` means `kernel_size`, so that the "
    "windows lie side by side.",
    "sec-layers-pooling",
)
def one_pixel_apart(d_out, image, kernel_size, stride=None):
    return _share_out(d_out, image, kernel_size, 1 if stride is None else stride, _winner)


@EXERCISE.wrong(
    "Every tied pixel receives the whole gradient",
    "your function gives the whole gradient to each of several equal pixels; only one of them was copied, the first "
    "row by row, and it alone should receive the gradient.",
    "sec-layers-kinks",
)
def all_ties(d_out, image, kernel_size, stride=None):
    return _share_out(d_out, image, kernel_size, stride, lambda window: (window == window.max()).astype(window.dtype))


@EXERCISE.wrong(
    "A tie is divided",
    "your function divides the gradient among several equal pixels; the first of them, row by row, should receive it "
    "all.",
    "sec-layers-pooling",
)
def tie_shared(d_out, image, kernel_size, stride=None):
    def equal_parts(window):
        equal = (window == window.max()).astype(window.dtype)
        return equal / equal.sum()

    return _share_out(d_out, image, kernel_size, stride, equal_parts)


@EXERCISE.wrong(
    "The last pixel of a tie is taken",
    "your function passes the gradient to the last of several equal pixels, as a search with `>=` instead of `>` "
    "does; the first of them, row by row, should receive it.",
    "sec-layers-pooling",
)
def last_of_tie(d_out, image, kernel_size, stride=None):
    return _share_out(
        d_out, image, kernel_size, stride, lambda window: _only(window, window.size - 1 - window.ravel()[::-1].argmax())
    )


@EXERCISE.wrong(
    "A tie is searched column by column",
    "your function finds the first of several equal pixels column by column; it should be the first row by row.",
    "sec-layers-pooling",
)
def down_the_columns(d_out, image, kernel_size, stride=None):
    return _share_out(d_out, image, kernel_size, stride, lambda window: _winner(window.T).T)


@EXERCISE.wrong(
    "Always the first pixel of the window",
    "your function always passes the gradient to the upper left pixel of the window; it should go to the largest.",
    "sec-layers-pooling",
)
def first_pixel(d_out, image, kernel_size, stride=None):
    return _share_out(d_out, image, kernel_size, stride, lambda window: _only(window, 0))


@EXERCISE.wrong(
    "Always the last pixel of the window",
    "your function always passes the gradient to the lower right pixel of the window; it should go to the largest.",
    "sec-layers-pooling",
)
def last_pixel(d_out, image, kernel_size, stride=None):
    return _share_out(d_out, image, kernel_size, stride, lambda window: _only(window, window.size - 1))


@EXERCISE.wrong(
    "The largest pixel of the whole picture",
    "your function passes all gradients of a channel to the largest pixel of the whole picture; each window has a "
    "largest pixel of its own.",
    "sec-layers-pooling",
)
def winner_of_all(d_out, image, kernel_size, stride=None):
    d_image = np.zeros_like(image)
    for n, c in np.ndindex(d_out.shape[:2]):
        d_image[n, c][np.unravel_index(image[n, c].argmax(), image.shape[2:])] = d_out[n, c].sum()
    return d_image


@EXERCISE.wrong(
    "The pixels are returned instead of the gradient",
    "your function returns the image's own numbers at the largest pixels; the gradient there should be `d_out`, and 0 "
    "elsewhere.",
    "sec-layers-pooling",
)
def winners_themselves(d_out, image, kernel_size, stride=None):
    return np.where(_share_out(np.ones_like(d_out), image, kernel_size, stride, _winner) > 0, image, 0)


@EXERCISE.wrong(
    "The first channel decides for all",
    "your function looks for the largest pixels in the first channel alone; each channel has its own.",
    "sec-layers-pooling",
)
def first_channel(d_out, image, kernel_size, stride=None):
    return _share_out(d_out, np.repeat(image[:, :1], image.shape[1], axis=1), kernel_size, stride, _winner)


@EXERCISE.wrong(
    "The mean over several windows",
    "your function averages the gradients of a pixel that is the largest of several windows; they should be added.",
    "sec-layers-pooling",
)
def mean_of_windows(d_out, image, kernel_size, stride=None):
    won = _share_out(np.ones_like(d_out), image, kernel_size, stride, _winner)
    return (_share_out(d_out, image, kernel_size, stride, _winner) / np.maximum(won, 1)).astype(image.dtype)


@EXERCISE.wrong(
    "The second largest pixel receives the gradient",
    "your function passes the gradient to the second largest pixel; it should go to the largest of the window, the "
    "one that was copied.",
    "sec-layers-pooling",
)
def second_largest(d_out, image, kernel_size, stride=None):
    return _share_out(d_out, image, kernel_size, stride, lambda window: _only(window, window.ravel().argsort()[-2:][0]))


@EXERCISE.wrong(
    "Divided by a softmax",
    "your function divides the gradient among all pixels of the window as a softmax does, more to the larger ones; "
    "only the largest should receive it.",
    "sec-layers-pooling",
)
def softmax_shares(d_out, image, kernel_size, stride=None):
    def shares(window):
        exponential = np.exp(window - window.max())
        return (exponential / exponential.sum()).astype(window.dtype)

    return _share_out(d_out, image, kernel_size, stride, shares)


@EXERCISE.wrong(
    "The median receives the gradient",
    "your function passes the gradient to the median of the window; it should go to the largest pixel.",
    "sec-layers-pooling",
)
def median(d_out, image, kernel_size, stride=None):
    def shares(window):
        return _only(window, window.ravel().argsort()[window.size // 2])

    return _share_out(d_out, image, kernel_size, stride, shares)


@EXERCISE.right_too
def with_loops(d_out, image, kernel_size, stride=None):
    step = kernel_size if stride is None else stride
    d_image = np.zeros_like(image)
    for n, c, i, j in np.ndindex(d_out.shape):
        best = i * step, j * step
        for row in range(i * step, i * step + kernel_size):
            for column in range(j * step, j * step + kernel_size):
                if image[n, c, row, column] > image[n, c, best[0], best[1]]:
                    best = row, column
        d_image[n, c, best[0], best[1]] += d_out[n, c, i, j]
    return d_image


@EXERCISE.right_too
def all_at_once(d_out, image, kernel_size, stride=None):
    step = kernel_size if stride is None else stride
    batch, channels, height, width = d_out.shape
    windows = np.lib.stride_tricks.sliding_window_view(image, (kernel_size, kernel_size), axis=(2, 3))
    windows = windows[:, :, ::step, ::step][:, :, :height, :width]
    rows, columns = np.divmod(windows.reshape(*d_out.shape, -1).argmax(axis=-1), kernel_size)
    n, c, i, j = np.indices(d_out.shape)
    d_image = np.zeros(image.shape)
    np.add.at(d_image, (n, c, i * step + rows, j * step + columns), d_out)
    return d_image.astype(image.dtype)
