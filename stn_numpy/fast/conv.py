"""Convolution, compiled: the same as stn_numpy/conv.py, with no matrix of windows in memory."""

import numpy as np
from numba import prange

from .._check import check_arrays, check_pair
from .._windows import output_length
from ._compile import helper, kernel, ready
from .lanes import lanes_for, pack, unpack

SUMS = {"fastmath": {"contract", "reassoc", "nsz"}}  # sums may go in another order; NaN and infinity stay what they are


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
    plan = _plan(size, (height, width), weight.shape[1:], stride, padding, 1, lanes)
    _correlate(image, ready(weight).reshape(len(weight), -1), ready(bias), *plan, lanes, out)
    return out


def conv2d_lanes_backward(d_out, image, lanes, weight, stride=1, padding=0):
    """`conv2d_backward` for images in lanes; the gradient for the image comes in lanes too.

    The gradient for the image is a convolution again: of the output's gradient, its pixels set `stride` apart, with
    the filters turned by half a turn and inputs and outputs exchanged.
    """
    size = image.shape[2], image.shape[3] // lanes
    stride, padding, out_size = _geometry(size, weight, stride, padding)
    plan = _plan(size, out_size, weight.shape[1:], stride, padding, 1, lanes)
    partial = np.zeros((len(image), len(weight), weight[0].size + 1), image.dtype)
    _correlate_gradients(d_out, image, *plan, lanes, partial)
    total = partial.sum(axis=0)  # group after group, whatever thread each was counted by
    turned = weight[:, :, ::-1, ::-1].swapaxes(0, 1)
    around = [k - 1 - p for k, p in zip(weight.shape[2:], padding)]
    plan = _plan(out_size, size, turned.shape[1:], (1, 1), around, stride, lanes)
    d_image = np.empty_like(image)
    _correlate(d_out, ready(turned).reshape(len(turned), -1), np.zeros(len(turned), image.dtype), *plan, lanes, d_image)
    return d_image, total[:, :-1].reshape(weight.shape), total[:, -1].copy()


def _geometry(size, weight, stride, padding):
    """Stride and padding as pairs, checked, and the size of the output."""
    stride, padding = check_pair("stride", stride, 1), check_pair("padding", padding, 0)
    out_size = [output_length("kernel_size", *axis) for axis in zip(size, weight.shape[2:], stride, padding)]
    return stride, padding, out_size


def _plan(size, out_size, weight_shape, stride, offset, spread, lanes):
    """Where a padded copy of the images holds what.

    Pixel (i, j) stands in row ``offset + i * spread``, and so its column. The columns of the copy are sorted by their
    rest modulo the stride, so that what one tap of the filter reads for neighbouring outputs stands side by side.

    Returns
    -------
    rows, columns : (H,) and (W,) arrays of ints
        Row of the copy and place in it, for each of the image's; -1 where the copy leaves it out.
    taps : (C * kh * kw,) array of ints
        Where each tap of the filter reads for output pixel (0, 0), in the flat copy.
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

    spread = np.broadcast_to(spread, 2)
    rows, columns = (o + s * np.arange(n) for o, s, n in zip(offset, spread, size))
    rows[(rows < 0) | (rows >= height)] = -1
    columns = np.where((columns < 0) | (columns >= width), -1, place(columns))
    width = each * stride[1] * lanes
    channel, row, column = np.ogrid[:channels, :kernel_size[0], :kernel_size[1]]
    taps = (channel * height + row) * width + place(column) * lanes
    return rows, columns, taps.ravel(), stride[0] * width, height, width


@kernel(parallel=True, **SUMS)
def _correlate(image, weight, bias, rows, columns, taps, step, height, width, lanes, out):
    """Threads over the batch: each takes groups of images. Images in lanes: rows of outputs, four taps a turn."""
    for group in prange(len(image)):
        copy = _padded(image, group, rows, columns, height, width, lanes)
        for i in range(out.shape[2]):
            for o in range(len(weight)):
                out[group, o, i] = bias[o]
            for tap in range(0, len(taps) - 3, 4):
                for o in range(0, len(weight) - 1, 2):
                    _add_to_two(out[group, o, i], out[group, o + 1, i], copy, i * step, taps, weight, o, tap)
                if len(weight) % 2:
                    _add_to_one(out[group, -1, i], copy, i * step, taps, weight, tap)
            for tap in range(len(taps) - len(taps) % 4, len(taps)):
                for o in range(len(weight)):
                    _add_one_tap(out[group, o, i], copy, i * step + taps[tap], weight[o, tap])


@kernel(parallel=True, **SUMS)
def _correlate_gradients(d_out, image, rows, columns, taps, step, height, width, lanes, partial):
    """Threads over the batch, each group with sums of its own. Images in lanes: four taps of two filters a turn."""
    for group in prange(len(image)):
        copy = _padded(image, group, rows, columns, height, width, lanes)
        sums = partial[group]
        for i in range(d_out.shape[2]):
            for tap in range(0, len(taps) - 3, 4):
                for o in range(0, d_out.shape[1] - 1, 2):
                    _sum_for_two(d_out[group, o, i], d_out[group, o + 1, i], copy, i * step, taps, sums, o, tap)
            for o in range(d_out.shape[1]):
                paired = o < d_out.shape[1] - d_out.shape[1] % 2
                for tap in range(len(taps) - len(taps) % 4 if paired else 0, len(taps)):
                    sums[o, tap] += _sum_for_one(d_out[group, o, i], copy, i * step + taps[tap])
                sums[o, -1] += d_out[group, o, i].sum()


@helper
def _padded(image, group, rows, columns, height, width, lanes):
    """One group of images, copied to where the plan wants it, zeros around."""
    copy = np.zeros((image.shape[1], height, width), image.dtype)
    for c in range(image.shape[1]):
        for i in range(len(rows)):
            for j in range(len(columns)):
                if rows[i] >= 0 and columns[j] >= 0:
                    for lane in range(lanes):
                        copy[c, rows[i], columns[j] * lanes + lane] = image[group, c, i, j * lanes + lane]
    return copy.ravel()


@helper(**SUMS)
def _add_to_two(row, other, copy, start, taps, weight, o, tap):
    """Images in lanes: four numbers are loaded once and used for two outputs."""
    a, b, c, d = _four(start, taps, tap)
    w, x, y, z = weight[o, tap], weight[o, tap + 1], weight[o, tap + 2], weight[o, tap + 3]
    w2, x2, y2, z2 = weight[o + 1, tap], weight[o + 1, tap + 1], weight[o + 1, tap + 2], weight[o + 1, tap + 3]
    for p in range(np.uint64(len(row))):
        row[p] += w * copy[a + p] + x * copy[b + p] + y * copy[c + p] + z * copy[d + p]
        other[p] += w2 * copy[a + p] + x2 * copy[b + p] + y2 * copy[c + p] + z2 * copy[d + p]


@helper(**SUMS)
def _add_to_one(row, copy, start, taps, weight, tap):
    """The last output where their number is odd."""
    a, b, c, d = _four(start, taps, tap)
    w, x, y, z = weight[-1, tap], weight[-1, tap + 1], weight[-1, tap + 2], weight[-1, tap + 3]
    for p in range(np.uint64(len(row))):
        row[p] += w * copy[a + p] + x * copy[b + p] + y * copy[c + p] + z * copy[d + p]


@helper(**SUMS)
def _add_one_tap(row, copy, start, w):
    """The taps that are left over from groups of four."""
    start = np.uint64(start)
    for p in range(np.uint64(len(row))):
        row[p] += w * copy[start + p]


@helper(**SUMS)
def _sum_for_two(row, other, copy, start, taps, sums, o, tap):
    """Images in lanes: eight sums grow at once, each as wide as the machine."""
    a, b, c, d = _four(start, taps, tap)
    w = x = y = z = w2 = x2 = y2 = z2 = copy.dtype.type(0)
    for p in range(np.uint64(len(row))):
        w, x, y, z = (w + row[p] * copy[a + p], x + row[p] * copy[b + p], y + row[p] * copy[c + p],
                      z + row[p] * copy[d + p])
        w2, x2, y2, z2 = (w2 + other[p] * copy[a + p], x2 + other[p] * copy[b + p], y2 + other[p] * copy[c + p],
                          z2 + other[p] * copy[d + p])
    for k, (one, two) in enumerate(((w, w2), (x, x2), (y, y2), (z, z2))):
        sums[o, tap + k] += one
        sums[o + 1, tap + k] += two


@helper(**SUMS)
def _sum_for_one(row, copy, start):
    start, total = np.uint64(start), copy.dtype.type(0)
    for p in range(np.uint64(len(row))):
        total += row[p] * copy[start + p]
    return total


@helper
def _four(start, taps, tap):
    """Where four taps begin to read. Unsigned: for an index that might be negative, Numba would add a branch."""
    return (np.uint64(start + taps[tap]), np.uint64(start + taps[tap + 1]), np.uint64(start + taps[tap + 2]),
            np.uint64(start + taps[tap + 3]))
