"""Convolution, compiled: the same as stn_numpy/conv.py, with no matrix of windows in memory."""

import functools

import numpy as np
from numba import prange

from .._check import check_arrays, check_pair
from .._windows import output_length
from ._compile import helper, kernel, ready
from .lanes import lanes_for, pack, unpack

SUMS = {"fastmath": {"contract", "reassoc", "nsz"}}  # sums may go in another order; NaN and infinity stay what they are
ROWS_FIRST = (0, 2, 1, 3)  # the order of a filter's taps: row, channel, column


def conv2d(image, weight, bias, stride=1, padding=0):
    """Slide a bank of small filters over an image (a cross-correlation, as in torch: nothing is flipped).

    Parameters
    ----------
    image : (N, C, H, W) array of float32 or float64
    weight : (O, C, kh, kw) array of the image's dtype
        One filter for each output channel.
    bias : (O,) array of the image's dtype
    stride, padding : int or (int, int)
        In pixels; outside the image stand zeros.

    Returns
    -------
    (N, O, h, w) array
        ``h = (H + 2 * padding - kh) // stride + 1``, and so the width.

    Raises
    ------
    TypeError, ValueError
        If an argument has the wrong type or shape; the message says what was expected and what came.
    """
    check_arrays(image=(image, "N C H W"), weight=(weight, "O C kh kw"), bias=(bias, "O"))
    lanes = lanes_for(len(image))
    out = conv2d_lanes(pack(image, lanes), lanes, weight, bias, stride, padding)
    return unpack(out, lanes, len(image))


def conv2d_backward(d_out, image, weight, bias, stride=1, padding=0):
    """Gradients of `conv2d` for image, weight and bias.

    Parameters
    ----------
    d_out : (N, O, h, w) array
        Gradient of the loss for the output.
    image, weight, bias, stride, padding
        What the forward saw.

    Returns
    -------
    d_image : (N, C, H, W) array
    d_weight : (O, C, kh, kw) array
    d_bias : (O,) array

    Raises
    ------
    TypeError, ValueError
        If an argument has the wrong type or shape; the message says what was expected and what came.
    """
    check_arrays(image=(image, "N C H W"), weight=(weight, "O C kh kw"), bias=(bias, "O"))
    height, width = _geometry(image.shape[2:], weight, stride, padding)[2]
    check_arrays(image=(image, "N C H W"), weight=(weight, "O C kh kw"), d_out=(d_out, f"N O {height} {width}"))
    lanes = lanes_for(len(image))
    d_image, *others = conv2d_lanes_backward(pack(d_out, lanes), pack(image, lanes), lanes, weight, stride, padding)
    return unpack(d_image, lanes, len(image)), *others


def conv2d_lanes(image, lanes, weight, bias, stride=1, padding=0):
    """`conv2d` for images in lanes: (groups, C, H, W * lanes) to (groups, O, h, w * lanes)."""
    size = image.shape[2], image.shape[3] // lanes
    stride, padding, (height, width) = _geometry(size, weight, stride, padding)
    out = np.empty((len(image), len(weight), height, width * lanes), image.dtype)
    plan = _plan(size, (height, width), weight.shape[1:], stride, padding, (1, 1), lanes)
    _correlate(image, _flat(weight), ready(bias), *plan, lanes, out)
    return out


def conv2d_lanes_backward(d_out, image, lanes, weight, stride=1, padding=0):
    """`conv2d_backward` for images in lanes; the gradient for the image comes in lanes too.

    The gradient for the image is a convolution again: of the output's gradient, its pixels set `stride` apart, with
    the filters turned by half a turn and inputs and outputs exchanged.
    """
    size = image.shape[2], image.shape[3] // lanes
    stride, padding, out_size = _geometry(size, weight, stride, padding)
    plan = _plan(size, out_size, weight.shape[1:], stride, padding, (1, 1), lanes)
    partial = np.zeros((len(image), len(weight), weight[0].size + 1), image.dtype)
    _correlate_gradients(d_out, image, *plan, lanes, partial)
    total = partial.sum(axis=0)  # group after group, whatever thread each was counted by
    turned = weight[:, :, ::-1, ::-1].swapaxes(0, 1)
    around = tuple(k - 1 - p for k, p in zip(weight.shape[2:], padding))
    plan = _plan(out_size, size, turned.shape[1:], (1, 1), around, stride, lanes)
    d_image = np.empty_like(image)
    _correlate(d_out, _flat(turned), np.zeros(len(turned), image.dtype), *plan, lanes, d_image)
    d_weight = total[:, :-1].reshape([weight.shape[k] for k in ROWS_FIRST]).transpose(ROWS_FIRST).copy()
    return d_image, d_weight, total[:, -1].copy()


def _flat(weight):
    """The filters as rows of a matrix, in the order of a plan's taps."""
    return ready(weight.transpose(ROWS_FIRST)).reshape(len(weight), -1)


def _geometry(size, weight, stride, padding):
    """Stride and padding as pairs, checked, and the size of the output."""
    stride, padding = check_pair("stride", stride, 1), check_pair("padding", padding, 0)
    out_size = tuple(output_length("kernel_size", *axis) for axis in zip(size, weight.shape[2:], stride, padding))
    return stride, padding, out_size


@functools.lru_cache(64)
def _plan(size, out_size, weight_shape, stride, offset, spread, lanes):
    """Where a padded copy of the images holds what.

    Pixel (i, j) stands in row ``offset + i * spread``, and so its column. The columns of the copy are sorted by their
    rest modulo the stride, so that what one tap of the filter reads for neighbouring outputs stands side by side.

    Returns
    -------
    rows, columns : (H,) and (W,) arrays of ints
        Row of the copy and place in it, for each of the image's; -1 where the copy leaves it out.
    taps : (kh * C * kw,) array of ints
        Where each tap of the filter reads for output pixel (0, 0), in the flat copy.
    spans : (h, 2) array of ints
        First tap, and the one after the last, that read anything but rows of zeros, for each row of outputs.
    step : int
        How much further it reads for the next row of outputs.
    height, width : int
        Of one channel of the copy; the width in numbers.
    """
    channels, *kernel_size = weight_shape
    height, width = ((n - 1) * s + k for n, s, k in zip(out_size, stride, kernel_size))
    each = -(-width // stride[1])  # columns of one rest

    def place(column):
        return column % stride[1] * each + column // stride[1]

    rows, columns = (o + s * np.arange(n) for o, s, n in zip(offset, spread, size))
    rows[(rows < 0) | (rows >= height)] = -1
    filled = np.isin(stride[0] * np.arange(out_size[0])[:, None] + np.arange(kernel_size[0]), rows)
    spans = np.stack([filled.argmax(axis=1), kernel_size[0] - filled[:, ::-1].argmax(axis=1)], axis=1)
    spans[~filled.any(axis=1)] = 0
    columns = np.where((columns < 0) | (columns >= width), -1, place(columns))
    width = each * stride[1] * lanes
    row, channel, column = np.ogrid[:kernel_size[0], :channels, :kernel_size[1]]
    taps = (channel * height + row) * width + place(column) * lanes
    return rows, columns, taps.ravel(), spans * (channels * kernel_size[1]), stride[0] * width, height, width


@kernel(parallel=True)
def _correlate(image, weight, bias, rows, columns, taps, spans, step, height, width, lanes, out):
    """Threads over the batch: each takes groups of images."""
    for group in prange(len(image)):
        copy = _padded(image[group], rows, columns, height, width, lanes)
        _correlate_group(copy, weight, bias, taps, spans, step, out[group])


@kernel(parallel=True)
def _correlate_gradients(d_out, image, rows, columns, taps, spans, step, height, width, lanes, partial):
    """Threads over the batch: each group of images has sums of its own."""
    for group in prange(len(image)):
        copy = _padded(image[group], rows, columns, height, width, lanes)
        _correlate_gradients_of_group(d_out[group], copy, taps, spans, step, partial[group])


@helper
def _padded(image, rows, columns, height, width, lanes):
    """Copy the images of one group to where the plan wants their pixels, zeros around."""
    copy = np.zeros((len(image), height, width), image.dtype)
    for c in range(len(image)):
        for i in range(len(rows)):
            for j in range(len(columns)):
                if rows[i] >= 0 and columns[j] >= 0:
                    for lane in range(lanes):
                        copy[c, rows[i], columns[j] * lanes + lane] = image[c, i, j * lanes + lane]
    return copy.ravel()


@helper
def _correlate_group(copy, weight, bias, taps, spans, step, out):
    """Images in lanes: a row of each output at once, in the nearest cache until all taps have been added to it."""
    sums, paired = np.empty((len(weight), out.shape[2]), out.dtype), len(weight) - len(weight) % 2
    for i in range(out.shape[1]):
        first, end = spans[i]
        for o in range(len(weight)):
            sums[o] = bias[o]
        rest = end - (end - first) % 4
        for tap in range(first, rest, 4):
            _add_four_taps_to_pairs(sums, copy, i * step, taps, weight, tap)
        for tap in range(rest, end):
            for o in range(paired):
                _add_one_tap(sums[o], copy, np.uint64(i * step + taps[tap]), weight[o, tap])
        if paired < len(weight):
            rest = end - (end - first) % 8
            for tap in range(first, rest, 8):
                _add_eight_taps(sums[-1], copy, i * step, taps, weight[-1], tap)
            for tap in range(rest, end):
                _add_one_tap(sums[-1], copy, np.uint64(i * step + taps[tap]), weight[-1, tap])
        for o in range(len(weight)):
            out[o, i] = sums[o]


@helper(**SUMS)
def _add_four_taps_to_pairs(sums, copy, start, taps, weight, tap):
    """Images in lanes: whole rows; what four taps read once, two outputs use."""
    a, b, c, d = _four(start, taps, tap)
    for o in range(0, len(weight) - 1, 2):
        row, w = sums[o], weight[o, tap:]
        other, v = sums[o + 1], weight[o + 1, tap:]
        w0, w1, w2, w3, v0, v1, v2, v3 = w[0], w[1], w[2], w[3], v[0], v[1], v[2], v[3]
        for p in range(np.uint64(len(row))):
            row[p] += w0 * copy[a + p] + w1 * copy[b + p] + w2 * copy[c + p] + w3 * copy[d + p]
            other[p] += v0 * copy[a + p] + v1 * copy[b + p] + v2 * copy[c + p] + v3 * copy[d + p]


@helper(**SUMS)
def _add_eight_taps(row, copy, start, taps, weight, tap):
    """Images in lanes: the last of an odd number of outputs shares with none, so it takes more taps at once."""
    a, b, c, d = _four(start, taps, tap)
    e, f, g, h = _four(start, taps, tap + 4)
    w = weight[tap:]
    w0, w1, w2, w3, w4, w5, w6, w7 = w[0], w[1], w[2], w[3], w[4], w[5], w[6], w[7]
    for p in range(np.uint64(len(row))):
        row[p] += (w0 * copy[a + p] + w1 * copy[b + p] + w2 * copy[c + p] + w3 * copy[d + p]
                   + w4 * copy[e + p] + w5 * copy[f + p] + w6 * copy[g + p] + w7 * copy[h + p])


@helper(**SUMS)
def _add_one_tap(row, copy, start, w):
    for p in range(np.uint64(len(row))):
        row[p] += w * copy[start + p]


@helper(**SUMS)
def _correlate_gradients_of_group(d_out, copy, taps, spans, step, sums):
    """Images in lanes: how each tap's pixels go with each output's gradients, and in the last column their sum."""
    outputs, rows = d_out.shape[:2]
    for i in range(rows):
        first, end = spans[i]
        rest = end - (end - first) % 4
        for tap in range(first, rest, 4):
            for o in range(0, outputs - 1, 2):
                _sum_four_taps(d_out[o, i], d_out[o + 1, i], copy, i * step, taps, sums[o:o + 2, tap:tap + 4], tap)
        for o in range(outputs):
            unpaired = o == outputs - 1 and outputs % 2
            for tap in range(first if unpaired else rest, end):
                sums[o, tap] += _sum_one_tap(d_out[o, i], copy, np.uint64(i * step + taps[tap]))
            sums[o, -1] += d_out[o, i].sum()


@helper(**SUMS)
def _sum_four_taps(row, other, copy, start, taps, sums, tap):
    """Images in lanes: eight sums grow at once, each as wide as the machine."""
    a, b, c, d = _four(start, taps, tap)
    w0 = w1 = w2 = w3 = v0 = v1 = v2 = v3 = copy.dtype.type(0)
    for p in range(np.uint64(len(row))):
        w0, v0 = w0 + row[p] * copy[a + p], v0 + other[p] * copy[a + p]
        w1, v1 = w1 + row[p] * copy[b + p], v1 + other[p] * copy[b + p]
        w2, v2 = w2 + row[p] * copy[c + p], v2 + other[p] * copy[c + p]
        w3, v3 = w3 + row[p] * copy[d + p], v3 + other[p] * copy[d + p]
    for k, (w, v) in enumerate(((w0, v0), (w1, v1), (w2, v2), (w3, v3))):
        sums[0, k] += w
        sums[1, k] += v


@helper(**SUMS)
def _sum_one_tap(row, copy, start):
    total = copy.dtype.type(0)
    for p in range(np.uint64(len(row))):
        total += row[p] * copy[start + p]
    return total


@helper
def _four(start, taps, tap):
    """Where four taps begin to read. Unsigned: for an index that might be negative, Numba would add a branch."""
    return (np.uint64(start + taps[tap]), np.uint64(start + taps[tap + 1]), np.uint64(start + taps[tap + 2]),
            np.uint64(start + taps[tap + 3]))
