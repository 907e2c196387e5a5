"""The fast paths of the fused sampler: bilinear, zeros outside. Images that they cannot do are marked for taps.py.

The ideas of chapter 11, as each kernel names them:

hat formula           a pixel weighs max(0, 1 - |d|) from a clamped base cell: no ifs, right everywhere
no aliasing           loops index arrays made before prange: Numba promises the compiler that none overlaps another;
                      hence one row of scratch for each thread, at the index `me`, the number of the thread
fused grid            a row of the output is a line in the input, x = ax * xs[j] + bx, made as it is needed
threads over the batch    no two threads write one pixel; each has images that lie together, since neighbours that are
                      written by turns go back and forth between the caches of two cores
bands                 an image in bands of rows; sampling a band with zeros around it gives just that band's share
channels in lanes     channels next to each other in memory, so that one read fetches a pixel of all of them
inside or mixed       columns that can reach no pixel are left out; the hats vanish in those that are half outside

Indices are unsigned: Numba guards signed ones against -1, and that guard keeps a loop from being vectorised.

The nested loops stay in one piece, as in chapter 11, so that all reads and writes for a pixel are in one place. A plain
helper in an inner loop is slower, as its arrays lose the promise of no aliasing (see `spread` in taps.py).
"""

import numpy as np
from numba import prange

from .compiling import APART, helper, kernel

BLOCK = 8  # channels that are processed at once, in lanes
BAND = 32  # rows that one thread takes at least
Index = np.uint64

# The backward's scratch for each column of a row: distances, gradients, and the weights of the two columns and rows.
DX, DY, PULL_X, PULL_Y, NEAR, FAR, ABOVE, BELOW, SCRATCH = range(9)


@helper
def hat(d):
    """The paper's kernel, max(0, 1 - |d|)."""
    one = type(d)(1)
    return max(type(d)(0), one - abs(d))


@helper
def hat_slope(d):
    """Its slope; on the kinks the one to the right."""
    one, zero = type(d)(1), type(d)(0)
    if d < -one or d >= one:
        return zero
    return one if d < zero else -one


@helper
def base_cell(x, last):
    """The first of the two pixels a sample reads, clamped so that both are inside, and the distance to it."""
    cell = np.int64(min(max(x, type(x)(0)), last))
    return Index(cell), x - type(x)(cell)


@helper
def narrowed(first, stop, per_pixel, start, origin, length):
    """Of the columns first to stop, those whose coordinate may lie in -1 to length, and a few more."""
    if not abs(per_pixel) < 1e12:  # a single column, or a coordinate that hardly moves along the row
        return first, stop if -2 < start < length + 1 else first
    one_end, other_end = (-2.0 - start) * per_pixel - origin, (length + 1.0 - start) * per_pixel - origin
    low = min(max(min(one_end, other_end) - 1.0, first), stop)
    return int(low), int(min(max(max(one_end, other_end) + 2.0, low), stop))


@kernel(parallel=True)
def lines(theta, xs, ys, height, width, corners, line, span, bad):
    """Fused grid, inside or mixed; threads over the batch.

    line : (N, h, 4), to be filled: where a row of the output lies in the input, in pixels, as ax, bx, ay, by:
        x = ax * xs[j] + bx and y = ay * xs[j] + by.
    span : (N, bands, h, 2), to be filled: the columns, from and to, that may see each band of the input's rows.
    bad : (N,), to be filled: whether theta is not finite.
    """
    columns, bands, per_x, per_y = len(xs), span.shape[1], (width - corners) / 2, (height - corners) / 2
    step = (xs[columns - 1] - xs[0]) / (columns - 1.0)
    origin, tall = xs[0] / step, height // bands
    for n in prange(len(theta)):
        ax, ay, wrong = per_x * theta[n, 0, 0], per_y * theta[n, 1, 0], False
        per_pixel_x, per_pixel_y = 1 / (ax * step), 1 / (ay * step)
        for i in range(len(ys)):
            bx = per_x * (theta[n, 0, 1] * ys[i] + theta[n, 0, 2]) + (width - 1) / 2
            by = per_y * (theta[n, 1, 1] * ys[i] + theta[n, 1, 2]) + (height - 1) / 2
            line[n, i, 0], line[n, i, 1], line[n, i, 2], line[n, i, 3] = ax, bx, ay, by
            finite = abs(line[n, i, 0]) + abs(line[n, i, 1]) + abs(line[n, i, 2]) + abs(line[n, i, 3]) < np.inf
            wrong |= not finite
            low = high = first = stop = 0
            if finite:  # other numbers cannot be converted to integers
                low, high = narrowed(0, columns, per_pixel_x, bx, origin, width)
            for band in range(bands):
                if finite:
                    rows = height - band * tall if band == bands - 1 else tall
                    first, stop = narrowed(low, high, per_pixel_y, by - band * tall, origin, rows)
                span[n, band, i, 0], span[n, band, i, 1] = first, stop
        bad[n] = wrong


@kernel(parallel=True, fastmath={"contract"})
def gather(image, height, width, line, span, xs, threads, outside, out, odd):
    """Hat formula, no aliasing, fused grid, inside or mixed; threads over the batch, and over bands of the output.

    Rows that show a NaN are marked as odd.
    """
    batch, channels = image.shape[:2]
    rows, columns, real = out.shape[2], out.shape[3], image.dtype.type
    down, right = Index(width), Index(1)
    cell, weight = np.empty((threads, columns + APART), Index), np.empty((threads, 4, columns + APART), image.dtype)
    bands = (rows + BAND - 1) // BAND
    for me in prange(threads):
        for task in range(batch * bands * me // threads, batch * bands * (me + 1) // threads):
            n, top = task // bands, task % bands * BAND
            for i in range(top, min(top + BAND, rows)):
                ax, bx, ay, by = line[n, i, 0], line[n, i, 1], line[n, i, 2], line[n, i, 3]
                begin, end = span[n, 0, i, 0], span[n, 0, i, 1]
                for j in range(begin, end):
                    column, dx = base_cell(ax * xs[j] + bx, real(width - 2))
                    row, dy = base_cell(ay * xs[j] + by, real(height - 2))
                    cell[me, j] = row * down + column
                    above, below, near, far = hat(dy), hat(dy - real(1)), hat(dx), hat(dx - real(1))
                    weight[me, 0, j], weight[me, 1, j] = above * near, above * far
                    weight[me, 2, j], weight[me, 3, j] = below * near, below * far
                nans = 0
                for c in range(channels):
                    for j in range(begin):
                        out[n, c, i, j] = outside
                    for j in range(begin, end):
                        o = cell[me, j]
                        value = weight[me, 0, j] * image[n, c, o] + weight[me, 1, j] * image[n, c, o + right]
                        value += weight[me, 2, j] * image[n, c, o + down]
                        value += weight[me, 3, j] * image[n, c, o + down + right]
                        out[n, c, i, j] = value
                        nans |= value != value
                    for j in range(end, Index(columns)):
                        out[n, c, i, j] = outside
                odd[n, i] = nans != 0


@kernel(parallel=True, fastmath={"contract"})
def gather_lanes(image, height, width, line, span, xs, threads, outside, out, odd):
    """Channels in lanes; hat formula, no aliasing, fused grid, inside or mixed; threads over the batch and the blocks.

    Blocks of channels that show a NaN are marked as odd.
    """
    batch, channels = image.shape[:2]
    rows, columns, real = out.shape[2], out.shape[3], image.dtype.type
    down, right = Index(width), Index(1)
    pixels = np.zeros((threads, height * width + APART // BLOCK, BLOCK), image.dtype)
    seen = np.empty((threads, columns + APART // BLOCK, BLOCK), image.dtype)
    blocks = (channels + BLOCK - 1) // BLOCK
    for me in prange(threads):
        for task in range(batch * blocks * me // threads, batch * blocks * (me + 1) // threads):
            n, block, nans = task // blocks, task % blocks, 0
            first, count = Index(block * BLOCK), Index(min(BLOCK, channels - block * BLOCK))
            for c in range(count):
                for p in range(height * width):
                    pixels[me, p, c] = image[n, first + c, p]
            for i in range(rows):
                ax, bx, ay, by = line[n, i, 0], line[n, i, 1], line[n, i, 2], line[n, i, 3]
                begin, end = span[n, 0, i, 0], span[n, 0, i, 1]
                for j in range(begin, end):
                    column, dx = base_cell(ax * xs[j] + bx, real(width - 2))
                    row, dy = base_cell(ay * xs[j] + by, real(height - 2))
                    above, below, near, far = hat(dy), hat(dy - real(1)), hat(dx), hat(dx - real(1))
                    o = row * down + column
                    for c in range(BLOCK):
                        seen[me, j, c] = (
                            above * near * pixels[me, o, c]
                            + above * far * pixels[me, o + right, c]
                            + below * near * pixels[me, o + down, c]
                            + below * far * pixels[me, o + down + right, c]
                        )
                for c in range(count):
                    for j in range(begin):
                        out[n, first + c, i, j] = outside
                    for j in range(begin, end):
                        out[n, first + c, i, j] = seen[me, j, c]
                        nans |= seen[me, j, c] != seen[me, j, c]
                    for j in range(end, Index(columns)):
                        out[n, first + c, i, j] = outside
            odd[n, block] = nans != 0


@kernel(parallel=True, fastmath={"contract", "reassoc", "nsz"})
def scatter(d_out, image, height, width, line, span, xs, ys, threads, d_image, d_theta):
    """Hat formula, no aliasing, fused grid, inside or mixed; threads over the batch, and over bands of the input.

    d_theta is (N, bands, 2, 3), in pixels, zeros at first: each band's share. It is not finite where an input was not.
    """
    batch, channels = image.shape[:2]
    columns, bands, real = d_out.shape[3], d_theta.shape[1], image.dtype.type
    down, right = Index(width), Index(1)
    cell, rest = np.empty((threads, columns + APART), Index), np.empty((threads, SCRATCH, columns + APART), image.dtype)
    for me in prange(threads):
        for task in range(batch * bands * me // threads, batch * bands * (me + 1) // threads):
            n, band = task // bands, task % bands
            top = band * (height // bands)
            tall = height - top if band == bands - 1 else height // bands
            for i in range(len(ys)):
                ax, bx, ay, by = line[n, i, 0], line[n, i, 1], line[n, i, 2], line[n, i, 3] - real(top)
                begin, end = span[n, band, i, 0], span[n, band, i, 1]
                for j in range(begin, end):
                    column, dx = base_cell(ax * xs[j] + bx, real(width - 2))
                    row, dy = base_cell(ay * xs[j] + by, real(tall - 2))
                    cell[me, j] = (Index(top) + row) * down + column
                    rest[me, NEAR, j], rest[me, FAR, j] = hat(dx), hat(dx - real(1))
                    rest[me, ABOVE, j], rest[me, BELOW, j] = hat(dy), hat(dy - real(1))
                    rest[me, DX, j], rest[me, DY, j] = dx, dy
                    rest[me, PULL_X, j], rest[me, PULL_Y, j] = 0, 0
                for c in range(channels):
                    for j in range(begin, end):
                        o, d, dx, dy = cell[me, j], d_out[n, c, i, j], rest[me, DX, j], rest[me, DY, j]
                        p, q = image[n, c, o], image[n, c, o + right]
                        r, s = image[n, c, o + down], image[n, c, o + down + right]
                        near, far = rest[me, NEAR, j], rest[me, FAR, j]
                        above, below = rest[me, ABOVE, j], rest[me, BELOW, j]
                        slope, next_slope = hat_slope(dx), hat_slope(dx - real(1))
                        pull = above * (slope * p + next_slope * q) + below * (slope * r + next_slope * s)
                        rest[me, PULL_X, j] += d * pull
                        slope, next_slope = hat_slope(dy), hat_slope(dy - real(1))
                        pull = near * (slope * p + next_slope * r) + far * (slope * q + next_slope * s)
                        rest[me, PULL_Y, j] += d * pull
                    for j in range(begin, end):
                        o, d, near, far = cell[me, j], d_out[n, c, i, j], rest[me, NEAR, j], rest[me, FAR, j]
                        above, below = d * rest[me, ABOVE, j], d * rest[me, BELOW, j]
                        d_image[n, c, o] += above * near
                        d_image[n, c, o + right] += above * far
                        d_image[n, c, o + down] += below * near
                        d_image[n, c, o + down + right] += below * far
                for axis in range(2):
                    along, across = real(0), real(0)
                    for j in range(begin, end):
                        along += rest[me, PULL_X + axis, j] * xs[j]
                        across += rest[me, PULL_X + axis, j]
                    d_theta[n, band, axis, 0] += along
                    d_theta[n, band, axis, 1] += across * ys[i]
                    d_theta[n, band, axis, 2] += across


@kernel(parallel=True, fastmath={"contract", "reassoc", "nsz"})
def scatter_lanes(d_out, image, height, width, line, span, xs, ys, threads, d_image, d_theta):
    """Channels in lanes; hat formula, no aliasing, fused grid, inside or mixed; threads over the batch and the blocks.

    d_theta is (N, blocks, 2, 3), in pixels, zeros at first: each block's share. It is not finite where an input was
    not.
    """
    batch, channels = image.shape[:2]
    columns, blocks, real = d_out.shape[3], d_theta.shape[1], image.dtype.type
    down, right = Index(width), Index(1)
    pixels = np.zeros((threads, height * width + APART // BLOCK, BLOCK), image.dtype)
    d_pixels = np.empty((threads, height * width + APART // BLOCK, BLOCK), image.dtype)
    d_block = np.zeros((threads, columns + APART // BLOCK, BLOCK), image.dtype)
    for me in prange(threads):
        for task in range(batch * blocks * me // threads, batch * blocks * (me + 1) // threads):
            n, block = task // blocks, task % blocks
            first, count = Index(block * BLOCK), Index(min(BLOCK, channels - block * BLOCK))
            for p in range(height * width):
                for c in range(BLOCK):
                    d_pixels[me, p, c] = 0
            for c in range(count):
                for p in range(height * width):
                    pixels[me, p, c] = image[n, first + c, p]
            for i in range(len(ys)):
                ax, bx, ay, by = line[n, i, 0], line[n, i, 1], line[n, i, 2], line[n, i, 3]
                begin, end = span[n, 0, i, 0], span[n, 0, i, 1]
                along_x = along_y = across_x = across_y = real(0)
                for c in range(BLOCK):
                    for j in range(begin, end):
                        d_block[me, j, c] = d_out[n, first + c, i, j] if c < count else real(0)
                for j in range(begin, end):
                    column, dx = base_cell(ax * xs[j] + bx, real(width - 2))
                    row, dy = base_cell(ay * xs[j] + by, real(height - 2))
                    o, d_x, d_y = row * down + column, real(0), real(0)
                    u0, u1, v0, v1 = hat(dx), hat(dx - real(1)), hat(dy), hat(dy - real(1))
                    s0, s1, t0, t1 = hat_slope(dx), hat_slope(dx - real(1)), hat_slope(dy), hat_slope(dy - real(1))
                    for c in range(BLOCK):
                        p, q = pixels[me, o, c], pixels[me, o + right, c]
                        r, s = pixels[me, o + down, c], pixels[me, o + down + right, c]
                        d_x += d_block[me, j, c] * (v0 * (s0 * p + s1 * q) + v1 * (s0 * r + s1 * s))
                        d_y += d_block[me, j, c] * (u0 * (t0 * p + t1 * r) + u1 * (t0 * q + t1 * s))
                    for c in range(BLOCK):
                        d_pixels[me, o, c] += d_block[me, j, c] * (v0 * u0)
                    for c in range(BLOCK):
                        d_pixels[me, o + right, c] += d_block[me, j, c] * (v0 * u1)
                    for c in range(BLOCK):
                        d_pixels[me, o + down, c] += d_block[me, j, c] * (v1 * u0)
                    for c in range(BLOCK):
                        d_pixels[me, o + down + right, c] += d_block[me, j, c] * (v1 * u1)
                    along_x, along_y = along_x + d_x * xs[j], along_y + d_y * xs[j]
                    across_x, across_y = across_x + d_x, across_y + d_y
                for axis, along, across in ((0, along_x, across_x), (1, along_y, across_y)):
                    d_theta[n, block, axis, 0] += along
                    d_theta[n, block, axis, 1] += across * ys[i]
                    d_theta[n, block, axis, 2] += across
            for c in range(count):
                for p in range(height * width):
                    d_image[n, first + c, p] = d_pixels[me, p, c]
