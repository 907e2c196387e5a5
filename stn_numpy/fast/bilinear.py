"""The fast paths of the fused sampler: bilinear, zeros outside. Images that they cannot do are marked for taps.py.

The ideas of chapter 11 and its appendix, as each kernel names them:

hat formula           a pixel weighs max(0, 1 - |d|) from a clamped base cell: no ifs, right everywhere
fused grid            a point follows from theta and the output's own x and y, and is computed when it is needed
eight at a time       explicit vectors of eight points (vectors.py); a pixel and its neighbour in one read
strips                cells and weights of up to STRIP points are kept near by while all channels are read
outside               eight points that can reach no pixel are left out; the hats vanish in those that are half outside
flat                  a small output is one long row, so that eight points always are eight; `Places` has x and y for it
threads over the batch    no two threads write one pixel; each has images that lie together, since neighbours that are
                      written by turns go back and forth between the caches of two cores
bands                 an image in bands of rows; sampling a band with zeros around it gives just that band's share
quads                 the gradients of a cell's four corners lie together, so that one addition adds to all four
channels in lanes     channels next to each other in memory, so that one read fetches a pixel of all of them

The nested loops stay in one piece, as in the book, so that all reads and writes for a pixel are in one place.
"""

from typing import NamedTuple

import numpy as np
from numba import prange

from .compiling import helper, kernel
from .vectors import (
    WIDTH,
    add_quads,
    as_floats,
    every,
    larger,
    lesser,
    load,
    magnitude,
    pairs,
    prefetch,
    select,
    spread,
    store,
    sum_quads,
    total,
    turned,
    whole,
)

BAND = 32  # rows of the output that one thread takes at least
STRIP = 128  # points whose weights are kept at once
AHEAD = 6  # rows between reading a pixel and asking memory for it
FLAT = 2**14  # points of an output that is one long row
NARROW = 128  # columns of such an output at most

# What is kept of each point of a strip: the weights of the two columns and rows, and their slopes
NEAR, FAR, ABOVE, BELOW, SLOPE_NEAR, SLOPE_FAR, SLOPE_ABOVE, SLOPE_BELOW, KEPT = range(9)


class Places(NamedTuple):
    """The output's own x and y, in normalised units, as the kernels read them, eight at a time.

    xs : (columns,) array
    ys : (rows * 8,) array, each y eight times; of a flat output (columns,), the y of each point.
    flat : int
        1 if the output is one long row, or 0.
    """

    xs: np.ndarray
    ys: np.ndarray
    flat: int

    @property
    def size(self):
        """Rows and columns of the output, as the kernels go through it."""
        return (1, len(self.xs)) if self.flat else (len(self.ys) // WIDTH, len(self.xs))


def places(xs, ys):
    """`Places` for an output's x and y; None where it has fewer than eight points side by side."""
    if len(xs) < NARROW and len(xs) * len(ys) <= FLAT:
        xs, ys, flat = np.tile(xs, len(ys)), np.repeat(ys, len(xs)), 1
    else:
        ys, flat = np.repeat(ys, WIDTH), 0
    return Places(xs, ys, flat) if len(xs) >= WIDTH else None


@helper
def hat(d):
    """The paper's kernel, max(0, 1 - |d|)."""
    return larger(1 - magnitude(d), 0)


@helper
def hat_slope(d, one):
    """Its slope, from a vector of ones; on the kinks the one to the right."""
    return select((d < -1) | (d >= 1), one - one, select(d < 0, one, one - 2))


@helper
def base_cell(x, last):
    """The first of the two pixels that a point reads, clamped so that both are inside, and the distance to it."""
    cell = whole(lesser(larger(x, 0), last))
    return cell, x - as_floats(cell, x)


@helper
def outside(x, y, width, height):
    """Whether eight points can reach no pixel, not even by the slope of its hat. NaN can."""
    return every((x < -1) | (x >= width) | (y < -1) | (y >= height))


@helper
def narrowed(columns, step, start, height):
    """Of a row's columns those, from and to, whose y may lie in -1 to height, and a few more. y = start + step * j."""
    if not (abs(step) > 1e-12 and abs(start) < np.inf):  # hardly any step, or none that is a number
        return 0, columns
    one_end, other_end = (-2.0 - start) / step, (height + 1.0 - start) / step
    first = min(max(min(one_end, other_end) - 1.0, 0.0), float(columns))
    return int(first), int(min(max(max(one_end, other_end) + 2.0, first), float(columns)))


@kernel(parallel=True, fastmath={"contract"})
def gather(image, height, width, theta, xs, ys, flat, threads, out, odd):
    """Fused grid, hat formula, eight at a time, strips; threads over the batch, and over bands of the output.

    theta : (N, 2, 3), from the output's normalised units to the image's pixels.
    odd : (N, bands), to be filled: whether a value read in the band is NaN or infinite.
    """
    batch, channels = image.shape[:2]
    rows, columns, bands, real = out.shape[2], out.shape[3], odd.shape[1], image.dtype.type
    for me in prange(threads):
        cells, weights = np.empty(STRIP, np.int32), np.empty((4, STRIP), image.dtype)
        starts = np.empty(STRIP // WIDTH, np.int64)
        for task in range(batch * bands * me // threads, batch * bands * (me + 1) // threads):
            n, top, spoilt = task // bands, task % bands * BAND, spread(real(0))
            ax, bx, cx = theta[n, 0, 0], theta[n, 0, 1], theta[n, 0, 2]
            ay, by, cy = theta[n, 1, 0], theta[n, 1, 1], theta[n, 1, 2]
            ahead = pixels_ahead(bx, by, rows, width)
            for left in range(0, columns, STRIP):
                for i in range(top, min(top + BAND, rows)):
                    seen = 0
                    for block in range(left, min(left + STRIP, columns), WIDTH):
                        j = min(block, columns - WIDTH)
                        x_out, y_out = load(xs, (j,)), load(ys, (i * WIDTH + j * flat,))
                        x, y = ax * x_out + (bx * y_out + cx), ay * x_out + (by * y_out + cy)
                        if outside(x, y, width, height):
                            for c in range(channels):
                                store(out, (n, c, i, j), spread(real(0)))
                            continue
                        column, dx = base_cell(x, width - 2)
                        row, dy = base_cell(y, height - 2)
                        k = seen * WIDTH
                        store(cells, (k,), row * width + column)
                        store(weights, (NEAR, k), hat(dx))
                        store(weights, (FAR, k), hat(dx - 1))
                        store(weights, (ABOVE, k), hat(dy))
                        store(weights, (BELOW, k), hat(dy - 1))
                        starts[seen] = j
                        seen += 1
                        if not flat:
                            for c in range(channels):
                                prefetch(image, (n, c, cells[k] + ahead))
                                prefetch(image, (n, c, cells[k + WIDTH - 1] + ahead))
                    for c in range(channels):
                        for b in range(seen):
                            k = b * WIDTH
                            p, q = pairs(image, (n, c, 0), cells, k)
                            r, s = pairs(image, (n, c, width), cells, k)
                            near, far = load(weights, (NEAR, k)), load(weights, (FAR, k))
                            value = load(weights, (ABOVE, k)) * (near * p + far * q)
                            value += load(weights, (BELOW, k)) * (near * r + far * s)
                            store(out, (n, c, i, starts[b]), value)
                            spoilt += value * 0
            odd[n, task % bands] = total(spoilt) != 0


@helper
def pixels_ahead(bx, by, rows, width):
    """How far on in the image a point lies that is read AHEAD rows later."""
    x, y = 2.0 * AHEAD / rows * bx, 2.0 * AHEAD / rows * by
    return int(y) * width + int(x) if abs(x) + abs(y) < 1e4 else 0


@kernel(parallel=True, fastmath={"contract"})
def scatter(d_out, image, height, width, theta, xs, ys, flat, threads, d_image, d_theta):
    """Fused grid, hat formula, eight at a time, quads; threads over the batch, channel groups and bands of the input.

    d_theta : (N, groups, bands, 2, 3), zeros at first: each one's share, from the output's units to the image's pixels.
        It is not finite where an input was not.
    """
    groups, bands, real = d_theta.shape[1], d_theta.shape[2], image.dtype.type
    rows, columns, group = d_out.shape[2], d_out.shape[3], image.shape[1] // groups
    before = 4 * (width + 1)  # quads that stay zero: those above the first row and left of the first column
    each = before + 4 * (height - (bands - 1) * (height // bands)) * width  # a channel's, in the last and highest band
    for me in prange(threads):
        cells, new = np.empty(WIDTH, np.int32), np.zeros(2 * WIDTH, image.dtype)
        new[WIDTH:], one, quads = 1, spread(real(1)), np.empty(group * each, image.dtype)
        for task in range(d_theta.size // 6 * me // threads, d_theta.size // 6 * (me + 1) // threads):
            n, part, band = task // bands // groups, task // bands % groups, task % bands
            top = band * (height // bands)
            tall = height - top if band == bands - 1 else height // bands
            ax, bx, cx = theta[n, 0, 0], theta[n, 0, 1], theta[n, 0, 2]
            ay, by, cy = theta[n, 1, 0], theta[n, 1, 1], theta[n, 1, 2] - real(top)
            ahead = pixels_ahead(bx, by, rows, width)
            for k in range(group * each):
                quads[k] = 0
            for i in range(rows):
                first, stop = 0, columns
                if not flat:
                    first, stop = narrowed(columns, ay * (xs[1] - xs[0]), ay * xs[0] + (by * ys[i * WIDTH] + cy), tall)
                for left in range(first, stop, STRIP):
                    xx = xy = x1 = yx = yy = y1 = spread(real(0))
                    for block in range(left, min(left + STRIP, stop), WIDTH):
                        j = min(block, columns - WIDTH)
                        x_out, y_out = load(xs, (j,)), load(ys, (i * WIDTH + j * flat,))
                        x, y = ax * x_out + (bx * y_out + cx), ay * x_out + (by * y_out + cy)
                        if outside(x, y, width, tall):
                            continue
                        column, dx = base_cell(x, width - 2)
                        row, dy = base_cell(y, tall - 2)
                        store(cells, (0,), row * width + column)
                        near, far, above, below = hat(dx), hat(dx - 1), hat(dy), hat(dy - 1)
                        slope, next_slope = hat_slope(dx, one), hat_slope(dx - 1, one)
                        fall, next_fall = hat_slope(dy, one), hat_slope(dy - 1, one)
                        not_yet = load(new, (WIDTH - (block - j),))  # 0 for points that the block before had
                        for c in range(part * group, (part + 1) * group):
                            start = before + (c - part * group) * each
                            if not flat:
                                for k in (0, WIDTH - 1):
                                    prefetch(image, (n, c, top * width + cells[k] + ahead))
                                    prefetch(quads, (start + 4 * (cells[k] + ahead),))
                            d = load(d_out, (n, c, i, j)) * not_yet
                            p, q = pairs(image, (n, c, top * width), cells, 0)
                            r, s = pairs(image, (n, c, (top + 1) * width), cells, 0)
                            upper, lower = d * above, d * below
                            add_quads(quads, (start,), cells, 0, upper * near, upper * far, lower * near, lower * far)
                            d_x = upper * (slope * p + next_slope * q) + lower * (slope * r + next_slope * s)
                            d_y = d * (fall * (near * p + far * q) + next_fall * (near * r + far * s))
                            xx, xy, x1 = xx + d_x * x_out, xy + d_x * y_out, x1 + d_x
                            yx, yy, y1 = yx + d_y * x_out, yy + d_y * y_out, y1 + d_y
                    add_up(d_theta, n, part, band, xx, xy, x1, yx, yy, y1)
            for c in range(part * group, (part + 1) * group):
                for block in range(0, tall * width, WIDTH):
                    p = min(block, tall * width - WIDTH)
                    start = before + (c - part * group) * each + 4 * p
                    store(d_image, (n, c, top * width + p), sum_quads(quads, (start,), 4 * width, 4))


@helper
def add_up(d_theta, n, part, band, xx, xy, x1, yx, yy, y1):
    """Add sums over a strip, eight in each, to a share of theta's gradient."""
    d_theta[n, part, band, 0, 0] += total(xx)
    d_theta[n, part, band, 0, 1] += total(xy)
    d_theta[n, part, band, 0, 2] += total(x1)
    d_theta[n, part, band, 1, 0] += total(yx)
    d_theta[n, part, band, 1, 1] += total(yy)
    d_theta[n, part, band, 1, 2] += total(y1)


@helper
def eight_channels(image, n, first, last, p):
    """Eight pixels of eight channels, turned: eight vectors of channels. Beyond the last channel, it is read again."""
    return turned(
        load(image, (n, first, p)),
        load(image, (n, min(first + 1, last), p)),
        load(image, (n, min(first + 2, last), p)),
        load(image, (n, min(first + 3, last), p)),
        load(image, (n, min(first + 4, last), p)),
        load(image, (n, min(first + 5, last), p)),
        load(image, (n, min(first + 6, last), p)),
        load(image, (n, min(first + 7, last), p)),
    )


@helper
def put_in_lanes(image, n, first, last, start, length, pixels):
    """Copy eight channels of `length` pixels into a scratch (pixel, channel)."""
    for block in range(0, length, WIDTH):
        p = min(block, length - WIDTH)
        a, b, c, d, e, f, g, h = eight_channels(image, n, first, last, start + p)
        p *= WIDTH
        store(pixels, (p,), a)
        store(pixels, (p + WIDTH,), b)
        store(pixels, (p + 2 * WIDTH,), c)
        store(pixels, (p + 3 * WIDTH,), d)
        store(pixels, (p + 4 * WIDTH,), e)
        store(pixels, (p + 5 * WIDTH,), f)
        store(pixels, (p + 6 * WIDTH,), g)
        store(pixels, (p + 7 * WIDTH,), h)


@helper
def take_from_lanes(pixels, k, image, n, first, last, p):
    """Copy eight pixels of a scratch (pixel, channel) back to their channels."""
    k *= WIDTH
    a, b, c, d, e, f, g, h = turned(
        load(pixels, (k,)),
        load(pixels, (k + WIDTH,)),
        load(pixels, (k + 2 * WIDTH,)),
        load(pixels, (k + 3 * WIDTH,)),
        load(pixels, (k + 4 * WIDTH,)),
        load(pixels, (k + 5 * WIDTH,)),
        load(pixels, (k + 6 * WIDTH,)),
        load(pixels, (k + 7 * WIDTH,)),
    )
    # From the last to the first: what lies beyond the last channel is overwritten by it
    store(image, (n, min(first + 7, last), p), h)
    store(image, (n, min(first + 6, last), p), g)
    store(image, (n, min(first + 5, last), p), f)
    store(image, (n, min(first + 4, last), p), e)
    store(image, (n, min(first + 3, last), p), d)
    store(image, (n, min(first + 2, last), p), c)
    store(image, (n, min(first + 1, last), p), b)
    store(image, (n, first, p), a)


@kernel(parallel=True, fastmath={"contract"})
def gather_lanes(image, height, width, theta, xs, ys, flat, threads, out, odd):
    """Channels in lanes; fused grid, hat formula; threads over the batch and the blocks of channels.

    out : (N, C, h * w), to be filled.
    odd : (N, blocks), to be filled: whether a block shows what is not finite.
    """
    batch, channels = image.shape[:2]
    columns, blocks, zero = len(xs), odd.shape[1], image.dtype.type(0)
    for me in prange(threads):
        cells, weights = np.empty(WIDTH, np.int32), np.empty((4, WIDTH), image.dtype)
        pixels, seen = np.empty(height * width * WIDTH, image.dtype), np.empty(WIDTH * WIDTH, image.dtype)
        for task in range(batch * blocks * me // threads, batch * blocks * (me + 1) // threads):
            n, first, spoilt = task // blocks, task % blocks * WIDTH, spread(zero)
            ax, bx, cx = theta[n, 0, 0], theta[n, 0, 1], theta[n, 0, 2]
            ay, by, cy = theta[n, 1, 0], theta[n, 1, 1], theta[n, 1, 2]
            put_in_lanes(image, n, first, channels - 1, 0, height * width, pixels)
            for i in range(out.shape[2] // columns):
                for block in range(0, columns, WIDTH):
                    j = min(block, columns - WIDTH)
                    x_out, y_out = load(xs, (j,)), load(ys, (i * WIDTH + j * flat,))
                    x, y = ax * x_out + (bx * y_out + cx), ay * x_out + (by * y_out + cy)
                    if outside(x, y, width, height):
                        for c in range(first, min(first + WIDTH, channels)):
                            store(out, (n, c, i * columns + j), spread(zero))
                        continue
                    column, dx = base_cell(x, width - 2)
                    row, dy = base_cell(y, height - 2)
                    store(cells, (0,), row * width + column)
                    near, far, above, below = hat(dx), hat(dx - 1), hat(dy), hat(dy - 1)
                    store(weights, (0, 0), above * near)
                    store(weights, (1, 0), above * far)
                    store(weights, (2, 0), below * near)
                    store(weights, (3, 0), below * far)
                    for k in range(WIDTH):
                        o = np.int64(cells[k]) * WIDTH
                        value = weights[0, k] * load(pixels, (o,)) + weights[1, k] * load(pixels, (o + WIDTH,))
                        o += width * WIDTH
                        value += weights[2, k] * load(pixels, (o,)) + weights[3, k] * load(pixels, (o + WIDTH,))
                        store(seen, (k * WIDTH,), value)
                        spoilt += value * 0
                    take_from_lanes(seen, 0, out, n, first, channels - 1, i * columns + j)
            odd[n, task % blocks] = total(spoilt) != 0


@kernel(parallel=True, fastmath={"contract"})
def scatter_lanes(d_out, image, height, width, theta, xs, ys, flat, threads, d_image, d_theta):
    """Channels in lanes; fused grid, hat formula; threads over the batch and the blocks of channels.

    d_out : (N, C, h * w).
    d_theta : (N, blocks, 1, 2, 3), zeros at first: each block's share, as in `scatter`.
    """
    batch, channels = image.shape[:2]
    columns, blocks, real = len(xs), d_theta.shape[1], image.dtype.type
    for me in prange(threads):
        cells, kept = np.empty(WIDTH, np.int32), np.empty((KEPT, WIDTH), image.dtype)
        pixels, d_pixels = np.empty((2, height * width * WIDTH), image.dtype)
        d_seen, exist = np.empty(WIDTH * WIDTH, image.dtype), np.zeros(2 * WIDTH, image.dtype)
        exist[:WIDTH], one = 1, spread(real(1))
        for task in range(batch * blocks * me // threads, batch * blocks * (me + 1) // threads):
            n, block_of, first = task // blocks, task % blocks, task % blocks * WIDTH
            last, there = channels - 1, load(exist, (max(0, first + WIDTH - channels),))  # 0 beyond the last channel
            ax, bx, cx = theta[n, 0, 0], theta[n, 0, 1], theta[n, 0, 2]
            ay, by, cy = theta[n, 1, 0], theta[n, 1, 1], theta[n, 1, 2]
            put_in_lanes(image, n, first, last, 0, height * width, pixels)
            for k in range(height * width * WIDTH):
                d_pixels[k] = 0
            for i in range(d_out.shape[2] // columns):
                for left in range(0, columns, STRIP):
                    xx = xy = x1 = yx = yy = y1 = spread(real(0))
                    for block in range(left, min(left + STRIP, columns), WIDTH):
                        j = min(block, columns - WIDTH)
                        x_out, y_out = load(xs, (j,)), load(ys, (i * WIDTH + j * flat,))
                        x, y = ax * x_out + (bx * y_out + cx), ay * x_out + (by * y_out + cy)
                        if outside(x, y, width, height):
                            continue
                        column, dx = base_cell(x, width - 2)
                        row, dy = base_cell(y, height - 2)
                        store(cells, (0,), row * width + column)
                        store(kept, (NEAR, 0), hat(dx))
                        store(kept, (FAR, 0), hat(dx - 1))
                        store(kept, (ABOVE, 0), hat(dy))
                        store(kept, (BELOW, 0), hat(dy - 1))
                        store(kept, (SLOPE_NEAR, 0), hat_slope(dx, one))
                        store(kept, (SLOPE_FAR, 0), hat_slope(dx - 1, one))
                        store(kept, (SLOPE_ABOVE, 0), hat_slope(dy, one))
                        store(kept, (SLOPE_BELOW, 0), hat_slope(dy - 1, one))
                        put_in_lanes(d_out, n, first, last, i * columns + j, WIDTH, d_seen)
                        for k in range(block - j, WIDTH):  # those not done yet
                            here = np.int64(cells[k]) * WIDTH
                            right, under = here + WIDTH, here + width * WIDTH
                            p, q = load(pixels, (here,)), load(pixels, (right,))
                            r, s = load(pixels, (under,)), load(pixels, (under + WIDTH,))
                            d = load(d_seen, (k * WIDTH,)) * there
                            near, far, above, below = kept[NEAR, k], kept[FAR, k], kept[ABOVE, k], kept[BELOW, k]
                            slope, next_slope = kept[SLOPE_NEAR, k], kept[SLOPE_FAR, k]
                            d_x = d * (above * (slope * p + next_slope * q) + below * (slope * r + next_slope * s))
                            slope, next_slope = kept[SLOPE_ABOVE, k], kept[SLOPE_BELOW, k]
                            d_y = d * (near * (slope * p + next_slope * r) + far * (slope * q + next_slope * s))
                            xx, xy, x1 = xx + d_x * xs[j + k], xy + d_x * ys[i * WIDTH + (j + k) * flat], x1 + d_x
                            yx, yy, y1 = yx + d_y * xs[j + k], yy + d_y * ys[i * WIDTH + (j + k) * flat], y1 + d_y
                            store(d_pixels, (here,), load(d_pixels, (here,)) + above * near * d)
                            store(d_pixels, (right,), load(d_pixels, (right,)) + above * far * d)
                            store(d_pixels, (under,), load(d_pixels, (under,)) + below * near * d)
                            under += WIDTH
                            store(d_pixels, (under,), load(d_pixels, (under,)) + below * far * d)
                    add_up(d_theta, n, block_of, 0, xx, xy, x1, yx, yy, y1)
            for block in range(0, height * width, WIDTH):
                p = min(block, height * width - WIDTH)
                take_from_lanes(d_pixels, p, d_image, n, first, last, p)
