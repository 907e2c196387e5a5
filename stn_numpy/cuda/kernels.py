"""The sampler's kernels: the work of one thread.

`half` and `middle` are pairs (x, y) that turn normalised units into pixels of the input: pixel = unit * half + middle.
`xs` and `ys` are the output's own pixel centres, in normalised units. All numbers have the image's type: in Numba a
float32 with a plain 1 is a float64, for which most GPUs are slow, so that constants are made by `type(x)(1)`.
"""

import math

from numba import config, cuda

# Columns and rows of a block. A warp, 32 threads that run in step, is then a tile of 8 x 4 pixels and not a row of 32,
# whose points would lie in 32 rows of the input after a quarter turn. The simulator starts a Python thread for each.
BLOCK = (4, 2) if config.ENABLE_CUDASIM else (8, 32)
THREADS = BLOCK[0] * BLOCK[1]
CHANNELS = 4  # that a thread of `collect` adds up at a time, in registers
LANES = 2 if config.ENABLE_CUDASIM else 64  # threads of `add_shares` for each number of d_theta


@cuda.jit(device=True)
def my_pixel():
    """The pixel of this thread: image (or plane), row and column."""
    row = cuda.blockIdx.z * cuda.blockDim.y + cuda.threadIdx.y
    column = cuda.blockIdx.y * cuda.blockDim.x + cuda.threadIdx.x
    return cuda.blockIdx.x, row, column


@cuda.jit(device=True)
def position(theta, n, axis, x, y, half, middle):
    """The coordinate that a pixel of the output reads along one axis (0 is x), in pixels of the input."""
    return (theta[n, axis, 0] * x + theta[n, axis, 1] * y + theta[n, axis, 2]) * half[axis] + middle[axis]


@cuda.jit(device=True)
def clamp(number, low, high):
    """The nearest number from low to high."""
    if number < low:
        return low
    return high if number > high else number


@cuda.jit(device=True)
def cell(p, length):
    """The pixel at or before a position, and how far past it the position is."""
    real = type(p)
    p = clamp(p, real(-2), real(length + 1))  # still outside, and it fits an integer
    first = int(math.floor(p))  # on a GPU floor is a float
    return first, p - real(first)


@cuda.jit(device=True)
def pixel(image, n, c, row, column):
    """One pixel of a channel; 0 outside the image."""
    if 0 <= row < image.shape[2] and 0 <= column < image.shape[3]:
        return image[n, c, row, column]
    return image.dtype.type(0)


@cuda.jit(device=True)
def times(weight, number):
    """Their product; 0 where the weight is 0, even if the number is NaN."""
    return weight * number if weight else type(weight)(0)


@cuda.jit(device=True)
def tap(image, n, c, row, column, weight):
    """What one pixel adds to a sample: nothing outside the image or where its weight is 0, even if the pixel is NaN."""
    if weight and 0 <= row < image.shape[2] and 0 <= column < image.shape[3]:
        return weight * image[n, c, row, column]
    return type(weight)(0)


@cuda.jit(device=True)
def sample(image, n, c, top, left, y, x):
    """Four pixels of one channel, mixed."""
    one = type(x)(1)
    upper = tap(image, n, c, top, left, (one - y) * (one - x)) + tap(image, n, c, top, left + 1, (one - y) * x)
    return upper + tap(image, n, c, top + 1, left, y * (one - x)) + tap(image, n, c, top + 1, left + 1, y * x)


@cuda.jit
def read_values(image, theta, xs, ys, half, middle, out):
    """Step 1: one thread for each number of the output. Each channel works out the same point again."""
    plane, i, j = my_pixel()
    if i >= out.shape[2] or j >= out.shape[3]:
        return
    n, c = plane // out.shape[1], plane % out.shape[1]
    p_x = position(theta, n, 0, xs[j], ys[i], half, middle)
    p_y = position(theta, n, 1, xs[j], ys[i], half, middle)
    if math.isnan(p_x) or math.isnan(p_y):
        out[n, c, i, j] = p_x + p_y
        return
    left, x = cell(p_x, image.shape[3])
    top, y = cell(p_y, image.shape[2])
    out[n, c, i, j] = sample(image, n, c, top, left, y, x)


@cuda.jit
def read_pixels(image, theta, xs, ys, half, middle, out):
    """Step 2: one thread for each pixel of the output, which works out its point once and loops over the channels."""
    n, i, j = my_pixel()
    if i >= out.shape[2] or j >= out.shape[3]:
        return
    p_x = position(theta, n, 0, xs[j], ys[i], half, middle)
    p_y = position(theta, n, 1, xs[j], ys[i], half, middle)
    if math.isnan(p_x) or math.isnan(p_y):
        for c in range(out.shape[1]):
            out[n, c, i, j] = p_x + p_y
        return
    left, x = cell(p_x, image.shape[3])
    top, y = cell(p_y, image.shape[2])
    for c in range(out.shape[1]):
        out[n, c, i, j] = sample(image, n, c, top, left, y, x)


@cuda.jit
def clear(d_image):
    """Fill d_image with zeros, to which other kernels add."""
    n, row, column = my_pixel()
    if row < d_image.shape[2] and column < d_image.shape[3]:
        for c in range(d_image.shape[1]):
            d_image[n, c, row, column] = 0


@cuda.jit(device=True)
def add(d_image, n, c, row, column, weight, d):
    """Add a share to one pixel, atomically: if another thread did so at the same time, a plain += would lose one
    share."""
    if weight and 0 <= row < d_image.shape[2] and 0 <= column < d_image.shape[3]:
        cuda.atomic.add(d_image, (n, c, row, column), weight * d)


@cuda.jit
def scatter(d_out, theta, xs, ys, half, middle, d_image):
    """d_image by atomics: one thread for each pixel of the output adds to the four pixels from which it was mixed."""
    n, i, j = my_pixel()
    if i >= d_out.shape[2] or j >= d_out.shape[3]:
        return
    p_x = position(theta, n, 0, xs[j], ys[i], half, middle)
    p_y = position(theta, n, 1, xs[j], ys[i], half, middle)
    if math.isnan(p_x) or math.isnan(p_y):
        return
    left, x = cell(p_x, d_image.shape[3])
    top, y = cell(p_y, d_image.shape[2])
    one = type(x)(1)
    for c in range(d_out.shape[1]):
        d = d_out[n, c, i, j]
        add(d_image, n, c, top, left, (one - y) * (one - x), d)
        add(d_image, n, c, top, left + 1, (one - y) * x, d)
        add(d_image, n, c, top + 1, left, y * (one - x), d)
        add(d_image, n, c, top + 1, left + 1, y * x, d)


@cuda.jit(device=True)
def span(at, reach, half, middle, length):
    """The places of an output axis within `reach` of `at`, in normalised units: the first, and one after the last."""
    real = type(at)
    low, high = (at - reach) * half + middle, (at + reach) * half + middle
    first = int(math.floor(clamp(low, real(0), real(length))))
    last = int(math.floor(clamp(high, real(-1), real(length - 1))))
    return first, last + 1


@cuda.jit(device=True)
def finite(theta, n):
    """Whether all six numbers of a theta are."""
    for axis in range(2):
        for k in range(3):
            if not math.isfinite(theta[n, axis, k]):
                return False
    return True


@cuda.jit(device=True)
def readers(theta, n, row, column, half, middle, out_half, out_middle, height, width, epsilon):
    """Rows and columns of the output that include every output pixel that reads one input pixel.

    Their points lie less than a pixel from it, in a box, which the inverse of theta maps to the output. `slack` is how
    much rounding may move it; where theta is singular or nearly so, any output pixel may read the input pixel.
    """
    a, b, t_x = theta[n, 0, 0], theta[n, 0, 1], theta[n, 0, 2]
    d, e, t_y = theta[n, 1, 0], theta[n, 1, 1], theta[n, 1, 2]
    real = type(a)
    determinant = a * e - b * d
    terms = abs(a * e) + abs(b * d)
    certain = abs(determinant) > real(256) * epsilon * terms and half[0] > real(0) and half[1] > real(0)
    if not certain:  # also if it is not a number
        return 0, height, 0, width
    slack = real(32) * epsilon * terms / abs(determinant)
    reach_x = real(1) / half[0] + slack * (real(1) + abs(a) + abs(b) + abs(t_x))
    reach_y = real(1) / half[1] + slack * (real(1) + abs(d) + abs(e) + abs(t_y))
    x = (real(column) - middle[0]) / half[0] - t_x
    y = (real(row) - middle[1]) / half[1] - t_y
    wide = (abs(e) * reach_x + abs(b) * reach_y) / abs(determinant)
    high = (abs(d) * reach_x + abs(a) * reach_y) / abs(determinant)
    first_j, end_j = span((e * x - b * y) / determinant, wide, out_half[0], out_middle[0], width)
    first_i, end_i = span((a * y - d * x) / determinant, high, out_half[1], out_middle[1], height)
    return first_i, end_i, first_j, end_j


@cuda.jit
def collect(d_out, theta, xs, ys, half, middle, out_half, out_middle, epsilon, d_image):
    """d_image without atomics: one thread for each pixel of the input visits its readers in a fixed order."""
    n, row, column = my_pixel()
    if row >= d_image.shape[2] or column >= d_image.shape[3]:
        return
    height, width = d_out.shape[2], d_out.shape[3]
    first_i, end_i, first_j, end_j = 0, 0, 0, 0
    if finite(theta, n):  # otherwise no sampling point is
        first_i, end_i, first_j, end_j = readers(
            theta, n, row, column, half, middle, out_half, out_middle, height, width, epsilon
        )
    one, channels = type(epsilon)(1), d_image.shape[1]
    sums = cuda.local.array(CHANNELS, d_image.dtype)
    for start in range(0, channels, CHANNELS):
        for k in range(CHANNELS):
            sums[k] = 0
        for i in range(first_i, end_i):
            for j in range(first_j, end_j):
                beside = abs(position(theta, n, 0, xs[j], ys[i], half, middle) - type(epsilon)(column))
                above = abs(position(theta, n, 1, xs[j], ys[i], half, middle) - type(epsilon)(row))
                if beside < one and above < one:
                    weight = (one - beside) * (one - above)
                    for k in range(CHANNELS):
                        if start + k < channels:
                            sums[k] += weight * d_out[n, start + k, i, j]
        for k in range(CHANNELS):
            if start + k < channels:
                d_image[n, start + k, row, column] = sums[k]


@cuda.jit
def theta_shares(d_out, image, theta, xs, ys, half, middle, shares):
    """The share of each block in d_theta: its threads add up their six numbers in shared memory, in pairs.

    `shares` is (N, blocks of an image, 6). Every thread of a block has to reach every `syncthreads`, including those
    without a pixel.
    """
    n, i, j = my_pixel()
    here = cuda.threadIdx.y * cuda.blockDim.x + cuda.threadIdx.x
    sums = cuda.shared.array((6, THREADS), image.dtype)
    for k in range(6):
        sums[k, here] = 0
    if i < d_out.shape[2] and j < d_out.shape[3]:
        p_x = position(theta, n, 0, xs[j], ys[i], half, middle)
        p_y = position(theta, n, 1, xs[j], ys[i], half, middle)
        d_x = d_y = type(p_x)(0)
        if math.isnan(p_x) or math.isnan(p_y):
            d_x = d_y = p_x + p_y
        else:
            left, x = cell(p_x, image.shape[3])
            top, y = cell(p_y, image.shape[2])
            one = type(x)(1)
            for c in range(d_out.shape[1]):
                upper, beside = pixel(image, n, c, top, left), pixel(image, n, c, top, left + 1)
                lower, last = pixel(image, n, c, top + 1, left), pixel(image, n, c, top + 1, left + 1)
                d = d_out[n, c, i, j]
                d_x += d * (times(one - y, beside - upper) + times(y, last - lower))
                d_y += d * (times(one - x, lower - upper) + times(x, last - beside))
            d_x *= half[0]
            d_y *= half[1]
        sums[0, here], sums[1, here], sums[2, here] = d_x * xs[j], d_x * ys[i], d_x
        sums[3, here], sums[4, here], sums[5, here] = d_y * xs[j], d_y * ys[i], d_y
    cuda.syncthreads()
    step = THREADS // 2
    while step > 0:
        if here < step:
            for k in range(6):
                sums[k, here] += sums[k, here + step]
        cuda.syncthreads()
        step //= 2
    if here < 6:
        shares[n, cuda.blockIdx.z * cuda.gridDim.y + cuda.blockIdx.y, here] = sums[here, 0]


@cuda.jit
def add_shares(shares, d_theta):
    """The sum of the blocks' shares of one image, always in the same order: `LANES` threads for each number of d_theta
    each add up every `LANES`-th share, and then their sums in pairs."""
    n, k, lane = cuda.blockIdx.x, cuda.threadIdx.x, cuda.threadIdx.y
    sums = cuda.shared.array((LANES, 6), shares.dtype)
    total = 0.0
    for block in range(lane, shares.shape[1], LANES):
        total += shares[n, block, k]
    sums[lane, k] = total
    cuda.syncthreads()
    step = LANES // 2
    while step > 0:
        if lane < step:
            sums[lane, k] += sums[lane + step, k]
        cuda.syncthreads()
        step //= 2
    if lane == 0:
        d_theta[n, k // 3, k % 3] = sums[0, k]
