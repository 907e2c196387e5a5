"""Wrong answers to `max_pool2d_backward`, and the calls that tell them apart."""

import numpy as np

from tests.judge import Case, Exercise

rng = np.random.default_rng(0)
PICTURES = rng.permutation(np.linspace(-1, 1, 64)).reshape(2, 2, 4, 4)
WIDE = rng.permutation(np.linspace(-1, 1, 60)).reshape(1, 2, 5, 6).astype("float32")
ARRIVES = rng.standard_normal((2, 2, 2, 2))

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
    "a pooled pixel is a copy of the largest, so the largest "
    "receives all that arrives and the others nothing; yours is the gradient of average-pooling.",
    "sec-layers-pooling",
)
def average(d_out, image, kernel_size, stride=None):
    return _share_out(d_out, image, kernel_size, stride, lambda window: np.full_like(window, 1 / window.size))


@EXERCISE.wrong(
    "Every pixel of the window gets all of it",
    "only the largest pixel receives the upstream gradient; yours gives it to all, so that more leaves the window "
    "than arrived.",
    "sec-layers-pooling",
)
def everyone(d_out, image, kernel_size, stride=None):
    return _share_out(d_out, image, kernel_size, stride, np.ones_like)


@EXERCISE.wrong(
    "Paid where the pixel is positive",
    "that is ReLU's question; in a pool the question is whether the "
    "pixel is the largest of its window, whatever its sign.",
    "sec-layers-pooling",
)
def positive(d_out, image, kernel_size, stride=None):
    return _share_out(d_out, image, kernel_size, stride, lambda window: (window > 0).astype(window.dtype))


@EXERCISE.wrong(
    "The smallest pixel wins",
    "the upstream gradient goes to the largest pixel of the window, the one that was copied; yours goes to the "
    "smallest.",
    "sec-layers-pooling",
)
def smallest(d_out, image, kernel_size, stride=None):
    return _share_out(d_out, image, kernel_size, stride, lambda window: _only(window, window.argmin()))


@EXERCISE.wrong(
    "Row and column of the winner are exchanged",
    "in a window of k columns, place p counted row by row is "
    "row p // k and column p % k; yours has them the other way round.",
    "sec-layers-pooling",
)
def row_for_column(d_out, image, kernel_size, stride=None):
    return _share_out(d_out, image, kernel_size, stride, lambda window: _winner(window).T)


@EXERCISE.wrong(
    "The window's own start is left out",
    "the winner's row and column are counted from the window's "
    "corner, so the corner's row and column are added to find the pixel in the image.",
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
    "Python's slices leave their end out, so a window runs "
    "from top to top + kernel_size without a minus 1; yours misses the last row and column.",
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
    "The largest without its sign",
    "-1 is larger than -4, and the pool keeps the largest as it stands; yours takes the one that is farthest from 0.",
    "sec-layers-pooling",
)
def farthest_from_zero(d_out, image, kernel_size, stride=None):
    return _share_out(d_out, image, kernel_size, stride, lambda window: _winner(abs(window)))


@EXERCISE.wrong(
    "The winner receives 1",
    "1 is the factor by which the output follows the winner, and the gradient is that factor times the upstream "
    "gradient; yours leaves d_out out.",
    "sec-layers-chain",
)
def factor_alone(d_out, image, kernel_size, stride=None):
    return _share_out(np.ones_like(d_out), image, kernel_size, stride, _winner)


@EXERCISE.wrong(
    "The upstream gradient is multiplied by the winner's value",
    "the output is a copy of the winner and follows it by the factor 1, however large it is; yours takes its value "
    "for the factor.",
    "sec-layers-pooling",
)
def value_for_factor(d_out, image, kernel_size, stride=None):
    return _share_out(d_out, image, kernel_size, stride, lambda window: window * _winner(window))


@EXERCISE.wrong(
    "A negative winner gets nothing",
    "the largest of several negative numbers is a winner too; a search "
    "that starts from 0 does not find it, so start from the window's first pixel or from -np.inf.",
    "sec-layers-pooling",
)
def from_zero(d_out, image, kernel_size, stride=None):
    return _share_out(d_out, image, kernel_size, stride, lambda window: _winner(window) * (window > 0))


@EXERCISE.wrong(
    "= for += where windows overlap",
    "a pixel can win several windows, and their gradients are added; in yours a later window replaces an earlier one, "
    "as = does, and also += with arrays of indices, which counts a repeated index once, where np.add.at counts each.",
    "sec-layers-pooling",
)
def later_window_replaces(d_out, image, kernel_size, stride=None):
    d_image = np.zeros_like(image)
    for (n, c, i, j), window, (top, left) in _windows(d_out, image, kernel_size, stride):
        row, column = divmod(window.argmax(), window.shape[1])
        d_image[n, c, top + row, left + column] = d_out[n, c, i, j]
    return d_image


@EXERCISE.wrong(
    "= for +=, one place in the window after the other",
    "a pixel can win several windows, at another place in each, and the gradients are added with +=; in yours a later "
    "place replaces an earlier one.",
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
    "= for +=, and a window wipes out its neighbour's",
    "windows may overlap, so each window's gradient is added with +=, zeros and all; yours writes over what an "
    "earlier window has left there.",
    "sec-layers-pooling",
)
def whole_window_replaces(d_out, image, kernel_size, stride=None):
    d_image = np.zeros_like(image)
    for (n, c, i, j), window, (top, left) in _windows(d_out, image, kernel_size, stride):
        height, width = window.shape
        d_image[n, c, top : top + height, left : left + width] = d_out[n, c, i, j] * _winner(window)
    return d_image


@EXERCISE.wrong(
    "stride is ignored",
    "window (i, j) starts at row i * stride and column j * stride, and stride is "
    "kernel_size only where it is left out; yours lays the windows side by side always.",
    "sec-layers-pooling",
)
def side_by_side(d_out, image, kernel_size, stride=None):
    return _share_out(d_out, image, kernel_size, None, _winner)


@EXERCISE.wrong(
    "A stride that is left out is taken for 1",
    "a stride of None means kernel_size, windows side by side; yours moves them by one pixel.",
    "sec-layers-pooling",
)
def one_pixel_apart(d_out, image, kernel_size, stride=None):
    return _share_out(d_out, image, kernel_size, 1 if stride is None else stride, _winner)


@EXERCISE.wrong(
    "Every tied pixel gets all of it",
    "where several pixels are the largest, one of them was copied, the first, row by row; yours gives all of it to "
    "each of them, so that more leaves the window than arrived.",
    "sec-layers-kinks",
)
def all_ties(d_out, image, kernel_size, stride=None):
    return _share_out(d_out, image, kernel_size, stride, lambda window: (window == window.max()).astype(window.dtype))


@EXERCISE.wrong(
    "A tie is shared",
    "where several pixels are the largest, the first of them, row by row, receives all; "
    "yours gives each an equal part.",
    "sec-layers-pooling",
)
def tie_shared(d_out, image, kernel_size, stride=None):
    def equal_parts(window):
        equal = (window == window.max()).astype(window.dtype)
        return equal / equal.sum()

    return _share_out(d_out, image, kernel_size, stride, equal_parts)


@EXERCISE.wrong(
    "The last of a tie wins",
    "where several pixels are the largest, the first of them, row by row, "
    "receives all; yours gives it to the last, as a search with >= in place of > does.",
    "sec-layers-pooling",
)
def last_of_tie(d_out, image, kernel_size, stride=None):
    return _share_out(
        d_out, image, kernel_size, stride, lambda window: _only(window, window.size - 1 - window.ravel()[::-1].argmax())
    )


@EXERCISE.wrong(
    "A tie is searched column by column",
    "where several pixels are the largest, the first of them is meant row by row; yours goes down the columns.",
    "sec-layers-pooling",
)
def down_the_columns(d_out, image, kernel_size, stride=None):
    return _share_out(d_out, image, kernel_size, stride, lambda window: _winner(window.T).T)


@EXERCISE.wrong(
    "The first pixel of the window, whatever it is",
    "the upstream gradient goes to the largest pixel of the window; yours goes to its upper left one always.",
    "sec-layers-pooling",
)
def first_pixel(d_out, image, kernel_size, stride=None):
    return _share_out(d_out, image, kernel_size, stride, lambda window: _only(window, 0))


@EXERCISE.wrong(
    "The last pixel of the window, whatever it is",
    "the upstream gradient goes to the largest pixel of the window; yours goes to its lower right one always.",
    "sec-layers-pooling",
)
def last_pixel(d_out, image, kernel_size, stride=None):
    return _share_out(d_out, image, kernel_size, stride, lambda window: _only(window, window.size - 1))


@EXERCISE.wrong(
    "The winner of the whole picture",
    "each window has a winner of its own; yours looks for the largest "
    "pixel of the picture, and of each channel, and gives all that arrives to it.",
    "sec-layers-pooling",
)
def winner_of_all(d_out, image, kernel_size, stride=None):
    d_image = np.zeros_like(image)
    for n, c in np.ndindex(d_out.shape[:2]):
        d_image[n, c][np.unravel_index(image[n, c].argmax(), image.shape[2:])] = d_out[n, c].sum()
    return d_image


@EXERCISE.wrong(
    "The winner is kept, and d_out lost",
    "the gradient is 0 everywhere but at the winners, and d_out "
    "there; yours holds the pictures' own numbers at those places.",
    "sec-layers-pooling",
)
def winners_themselves(d_out, image, kernel_size, stride=None):
    return np.where(_share_out(np.ones_like(d_out), image, kernel_size, stride, _winner) > 0, image, 0)


@EXERCISE.wrong(
    "The first channel's winners for all",
    "each channel has its own winners; yours looks for them in the first channel.",
    "sec-layers-pooling",
)
def first_channel(d_out, image, kernel_size, stride=None):
    return _share_out(d_out, np.repeat(image[:, :1], image.shape[1], axis=1), kernel_size, stride, _winner)


@EXERCISE.wrong(
    "The winner is divided among its windows",
    "a pixel that wins several windows receives the sum of their gradients; yours takes the mean.",
    "sec-layers-pooling",
)
def mean_of_windows(d_out, image, kernel_size, stride=None):
    won = _share_out(np.ones_like(d_out), image, kernel_size, stride, _winner)
    return (_share_out(d_out, image, kernel_size, stride, _winner) / np.maximum(won, 1)).astype(image.dtype)


@EXERCISE.wrong(
    "The second largest wins",
    "the upstream gradient goes to the largest pixel of the window, the one that was copied; yours goes to the second "
    "largest.",
    "sec-layers-pooling",
)
def second_largest(d_out, image, kernel_size, stride=None):
    return _share_out(d_out, image, kernel_size, stride, lambda window: _only(window, window.ravel().argsort()[-2:][0]))


@EXERCISE.wrong(
    "Shared in the windows' proportions",
    "only the largest pixel receives the upstream gradient; yours shares it among all, the larger the pixel the more, "
    "as a softmax does.",
    "sec-layers-pooling",
)
def softmax_shares(d_out, image, kernel_size, stride=None):
    def shares(window):
        exponential = np.exp(window - window.max())
        return (exponential / exponential.sum()).astype(window.dtype)

    return _share_out(d_out, image, kernel_size, stride, shares)


@EXERCISE.wrong(
    "The middle one wins",
    "the upstream gradient goes to the largest pixel of the window; yours goes to the median.",
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
