"""Convolution, compiled: the same as stn_numpy/conv.py, with no matrix of windows in memory."""

import functools

import numpy as np
from numba import prange

from ..check import check_arrays, check_gradient, check_pair
from ..windows import output_length
from .compiling import helper, kernel, num_threads, ready
from .lanes import lanes_for, pack, unpack
from .memory import empty
from .vectors import WIDE, WIDTH, load, load_wide, spread, spread_wide, store

SUMS = {"fastmath": {"contract", "reassoc", "nsz"}}  # sums may be reordered; NaN and infinity keep their meaning
Index = np.uint64
BLOCK = 4 * WIDE  # numbers of a row of outputs that are processed at once
ROWS_FIRST = (0, 2, 1, 3)  # the order of a filter's taps: row, channel, column


def conv2d(
    image: np.ndarray, weight: np.ndarray, bias: np.ndarray, stride: int | tuple = 1, padding: int | tuple = 0
) -> np.ndarray:
    """As `stn_numpy.conv2d`, compiled."""
    check_arrays(image=(image, "N C H W"), weight=(weight, "O C kh kw"), bias=(bias, "O"))
    lanes = lanes_for(len(image))
    out = conv2d_lanes(pack(image, lanes), lanes, weight, bias, stride, padding)
    return unpack(out, lanes, len(image))


def conv2d_backward(
    d_out: np.ndarray,
    image: np.ndarray,
    weight: np.ndarray,
    bias: np.ndarray,
    stride: int | tuple = 1,
    padding: int | tuple = 0,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """As `stn_numpy.conv2d_backward`, compiled."""
    check_arrays(image=(image, "N C H W"), weight=(weight, "O C kh kw"), bias=(bias, "O"))
    *_, out_size = _geometry(image.shape[2:], weight, stride, padding)
    check_gradient("d_out", d_out, (len(image), len(weight), *out_size), image.dtype)
    lanes = lanes_for(len(image))
    d_image, *others = conv2d_lanes_backward(pack(d_out, lanes), pack(image, lanes), lanes, weight, stride, padding)
    return unpack(d_image, lanes, len(image)), *others


def conv2d_lanes(
    image: np.ndarray,
    lanes: int,
    weight: np.ndarray,
    bias: np.ndarray,
    stride: int | tuple = 1,
    padding: int | tuple = 0,
) -> np.ndarray:
    """`conv2d` for images in lanes: (groups, C, H, W * lanes) to (groups, O, h, w * lanes)."""
    size = image.shape[2], image.shape[3] // lanes
    stride, padding, (height, width) = _geometry(size, weight, stride, padding)
    out = empty((len(image), len(weight), height, width * lanes), image.dtype)
    plan = _plan(size, (height, width), weight.shape[1:], stride, padding, (1, 1), lanes)
    correlate(image, _flat(weight), ready(bias), *plan, lanes, num_threads(), out)
    return out


def conv2d_lanes_backward(
    d_out: np.ndarray,
    image: np.ndarray,
    lanes: int,
    weight: np.ndarray,
    stride: int | tuple = 1,
    padding: int | tuple = 0,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """`conv2d_backward` for images in lanes; the image's gradient is in lanes too.

    The image's gradient is a convolution again: of the output's gradient, its pixels set `stride` apart, with the
    filters turned by half a turn and inputs and outputs exchanged.
    """
    size = image.shape[2], image.shape[3] // lanes
    stride, padding, out_size = _geometry(size, weight, stride, padding)
    plan = _plan(size, out_size, weight.shape[1:], stride, padding, (1, 1), lanes)
    partial = np.zeros((len(image), len(weight), weight[0].size + 1), image.dtype)
    _correlate_gradients(d_out, image, *plan, lanes, num_threads(), partial)
    sums = partial.sum(axis=0)  # in the order of the groups, so that the number of threads changes no bit
    turned = weight[:, :, ::-1, ::-1].swapaxes(0, 1)
    around = tuple(k - 1 - p for k, p in zip(weight.shape[2:], padding))
    plan = _plan(out_size, size, turned.shape[1:], (1, 1), around, stride, lanes)
    d_image = empty(image.shape, image.dtype)
    correlate(d_out, _flat(turned), np.zeros(len(turned), image.dtype), *plan, lanes, num_threads(), d_image)
    d_weight = sums[:, :-1].reshape([weight.shape[k] for k in ROWS_FIRST]).transpose(ROWS_FIRST).copy()
    return d_image, d_weight, sums[:, -1].copy()


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
    """The layout of a padded copy of the images.

    Pixel (i, j) is in row ``offset + i * spread``, and its column likewise. The columns of the copy are sorted by their
    remainder modulo the stride, so that the pixels that one tap of the filter reads for neighbouring outputs are
    adjacent.

    Returns
    -------
    rows, columns : (H,) and (W,) arrays of ints
        Row of the copy and place in it, for each of the image's; -1 where the copy leaves it out.
    taps : (kh * C * kw,) array of ints
        The place that each tap of the filter reads for output pixel (0, 0), in the flat copy.
    spans : (h, 2) array of ints
        For each row of outputs, the first tap that reads more than rows of zeros, and the one after the last.
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
    row, channel, column = np.ogrid[: kernel_size[0], :channels, : kernel_size[1]]
    taps = (channel * height + row) * width + place(column) * lanes
    return rows, columns, taps.ravel(), spans * (channels * kernel_size[1]), stride[0] * width, height, width


@kernel(parallel=True, **SUMS)
def correlate(image, weight, bias, rows, columns, taps, spans, step, height, width, lanes, threads, out):
    """Images in lanes, in wide vectors; threads over the batch.

    Four vectors for each of two outputs stay in registers until all taps have been added. What is read for a tap serves
    both outputs. The last four vectors of a row overlap the ones before, so that they are complete.
    """
    outputs, height_out, length = out.shape[1:]
    for me in prange(threads):
        copy = np.zeros(image.shape[1] * height * width, image.dtype)
        for group in range(len(image) * me // threads, len(image) * (me + 1) // threads):
            _copy_padded(image, group, rows, columns, height, width, lanes, copy)
            for i in range(height_out):
                first, end, start = spans[i, 0], spans[i, 1], i * step
                if length < BLOCK:
                    _correlate_row(copy, weight, bias, taps, first, end, start, group, i, out)
                    continue
                for u in range(0, outputs - 1, 2):
                    v = u + 1
                    for block in range(0, length, BLOCK):
                        p = min(block, length - BLOCK)
                        u0 = u1 = u2 = u3 = spread_wide(bias[u])
                        v0 = v1 = v2 = v3 = spread_wide(bias[v])
                        for tap in range(first, end):
                            a, b, c, d = _load_four(copy, start + taps[tap] + p)
                            w = weight[u, tap]
                            u0, u1, u2, u3 = u0 + w * a, u1 + w * b, u2 + w * c, u3 + w * d
                            w = weight[v, tap]
                            v0, v1, v2, v3 = v0 + w * a, v1 + w * b, v2 + w * c, v3 + w * d
                        _store_four(out, group, u, i, p, u0, u1, u2, u3)
                        _store_four(out, group, v, i, p, v0, v1, v2, v3)
                for block in range(0, length if outputs % 2 else 0, 2 * BLOCK):  # the last of an odd number: two blocks
                    u, p, q = outputs - 1, min(block, length - BLOCK), min(block + BLOCK, length - BLOCK)
                    u0 = u1 = u2 = u3 = v0 = v1 = v2 = v3 = spread_wide(bias[u])
                    for tap in range(first, end):
                        w = weight[u, tap]
                        a, b, c, d = _load_four(copy, start + taps[tap] + p)
                        u0, u1, u2, u3 = u0 + w * a, u1 + w * b, u2 + w * c, u3 + w * d
                        a, b, c, d = _load_four(copy, start + taps[tap] + q)
                        v0, v1, v2, v3 = v0 + w * a, v1 + w * b, v2 + w * c, v3 + w * d
                    _store_four(out, group, u, i, p, u0, u1, u2, u3)
                    _store_four(out, group, u, i, q, v0, v1, v2, v3)


@helper
def _load_four(copy, at):
    """Four neighbouring vectors."""
    return (
        load_wide(copy, (at,)),
        load_wide(copy, (at + WIDE,)),
        load_wide(copy, (at + 2 * WIDE,)),
        load_wide(copy, (at + 3 * WIDE,)),
    )


@helper
def _store_four(out, group, o, i, p, a, b, c, d):
    """Write four neighbouring vectors."""
    store(out, (group, o, i, p), a)
    store(out, (group, o, i, p + WIDE), b)
    store(out, (group, o, i, p + 2 * WIDE), c)
    store(out, (group, o, i, p + 3 * WIDE), d)


@helper
def _correlate_row(copy, weight, bias, taps, first, end, start, group, i, out):
    """A row of outputs that is too short for four vectors: one of each of four outputs."""
    outputs, length = out.shape[1], out.shape[3]
    for o in range(0, outputs, 4):
        t, u, v, w = o, min(o + 1, outputs - 1), min(o + 2, outputs - 1), min(o + 3, outputs - 1)
        for block in range(0, length if length >= WIDTH else 0, WIDTH):
            p = min(block, length - WIDTH)
            a, b, c, d = spread(bias[t]), spread(bias[u]), spread(bias[v]), spread(bias[w])
            for tap in range(first, end):
                x = load(copy, (start + taps[tap] + p,))
                a, b = a + weight[t, tap] * x, b + weight[u, tap] * x
                c, d = c + weight[v, tap] * x, d + weight[w, tap] * x
            store(out, (group, t, i, p), a)
            store(out, (group, u, i, p), b)
            store(out, (group, v, i, p), c)
            store(out, (group, w, i, p), d)
    for p in range(length if length < WIDTH else 0):
        for o in range(outputs):
            value = bias[o]
            for tap in range(first, end):
                value += weight[o, tap] * copy[start + taps[tap] + p]
            out[group, o, i, p] = value


@kernel(parallel=True, **SUMS)
def _correlate_gradients(d_out, image, rows, columns, taps, spans, step, height, width, lanes, threads, partial):
    """Images in lanes; no aliasing; threads over the batch.

    partial : (groups, O, taps + 1), zeros at first: for each output and tap, the sum over pixels of the output's
        gradient times the tap's pixel; in the last column, of the gradient alone (the bias). Four taps and two outputs
        are processed together: eight sums, each as wide as the machine's registers.
    """
    outputs, height_out, length = d_out.shape[1:]
    zero = image.dtype.type(0)
    for me in prange(threads):
        copy = np.zeros(image.shape[1] * height * width, image.dtype)
        for group in range(len(image) * me // threads, len(image) * (me + 1) // threads):
            _copy_padded(image, group, rows, columns, height, width, lanes, copy)
            for i in range(height_out):
                first, end, start = spans[i, 0], spans[i, 1], i * step
                rest = end - (end - first) % 4
                for tap in range(first, rest, 4):
                    a, b, c, d = _four(start, taps, tap)
                    for o in range(0, outputs - 1, 2):
                        w0 = w1 = w2 = w3 = v0 = v1 = v2 = v3 = zero
                        for p in range(Index(length)):
                            one, other = d_out[group, o, i, p], d_out[group, o + 1, i, p]
                            x, y, z, t = copy[a + p], copy[b + p], copy[c + p], copy[d + p]
                            w0, w1, w2, w3 = w0 + one * x, w1 + one * y, w2 + one * z, w3 + one * t
                            v0, v1, v2, v3 = v0 + other * x, v1 + other * y, v2 + other * z, v3 + other * t
                        for k, w, v in ((0, w0, v0), (1, w1, v1), (2, w2, v2), (3, w3, v3)):
                            partial[group, o, tap + k] += w
                            partial[group, o + 1, tap + k] += v
                for o in range(outputs):
                    unpaired = o == outputs - 1 and outputs % 2
                    for tap in range(first if unpaired else rest, end):
                        a, w0 = Index(start + taps[tap]), zero
                        for p in range(Index(length)):
                            w0 += d_out[group, o, i, p] * copy[a + p]
                        partial[group, o, tap] += w0
                    w0 = zero
                    for p in range(Index(length)):
                        w0 += d_out[group, o, i, p]
                    partial[group, o, partial.shape[2] - 1] += w0


@helper
def _copy_padded(image, group, rows, columns, height, width, lanes, copy):
    """Copy the images of one group into the padded layout of the plan; around them, zeros stay."""
    for c in range(image.shape[1]):
        for i in range(len(rows)):
            for j in range(len(columns)):
                if rows[i] >= 0 and columns[j] >= 0:
                    to, start = Index((c * height + rows[i]) * width + columns[j] * lanes), Index(j * lanes)
                    for lane in range(Index(lanes)):
                        copy[to + lane] = image[group, c, i, start + lane]


@helper
def _four(start, taps, tap):
    """The first places that four taps read. Unsigned: for an index that might be negative, Numba would add a branch."""
    return (
        Index(start + taps[tap]),
        Index(start + taps[tap + 1]),
        Index(start + taps[tap + 2]),
        Index(start + taps[tap + 3]),
    )
