"""Wrong answers to `sampler_d_image`, and the calls that tell them apart."""

import numpy as np

from stn_numpy import grid_sample_backward
from tests.judge import Case, Exercise

RNG = np.random.default_rng(0)
IDENTITY = np.array([[[[-1.0, -1], [0, -1], [1, -1]], [[-1, 1], [0, 1], [1, 1]]]])
PICTURE = np.array([[[[2.0, 5, 3], [7, 4, 6]]]])
PAIRS = np.array([[[[2.0, 5]], [[3, 7]]], [[[4, 6]], [[9, 8]]]])
RANDOM = np.random.default_rng(7)

EXERCISE = Exercise(
    name="sampler_d_image",
    answer="tests.solutions",
    gives=("d_image",),
    also=("_in_pixels",),
    cases=[
        Case(
            "one point, at x = 1.25 and y = 0.75 in pixels",
            np.array([[[[16.0]]]]),
            PICTURE,
            np.array([[[[0.25, 0.5]]]]),
            align_corners=True,
            expected=[[[[0, 3, 1], [0, 9, 3]]]],
        ),
        Case(
            "three points on the first row, at x = 0.25, 0.75 and 1.25 in pixels",
            np.array([[[[4.0, 8, 4]]]]),
            PICTURE,
            np.array([[[[-0.75, -1], [-0.25, -1], [0.25, -1]]]]),
            align_corners=True,
            expected=[[[[5, 10, 1], [0, 0, 0]]]],
        ),
        Case(
            "the identity, so each pixel gets its own back",
            np.array([[[[1.0, 2, 3], [4, 5, 6]]]]),
            PICTURE,
            IDENTITY,
            align_corners=True,
            expected=[[[[1, 2, 3], [4, 5, 6]]]],
        ),
        Case(
            "one point a quarter of a pixel outside on the left, at x = -0.25 and y = 0.25 in pixels",
            np.array([[[[16.0]]]]),
            PICTURE[..., :2].copy(),
            np.array([[[[-0.75, -0.25]]]]),
            align_corners=False,
            expected=[[[[9, 0], [3, 0]]]],
        ),
        Case(
            "two images of two channels; the first is read at x = 0.25 in pixels, the second at x = 0.75",
            np.array([[[[4.0]], [[8]]], [[[12]], [[4]]]]),
            PAIRS,
            np.array([[[[-0.5, 0]]], [[[0.5, 0]]]]),
            align_corners=True,
            expected=[[[[3, 1]], [[6, 2]]], [[[3, 9]], [[1, 3]]]],
        ),
        Case(
            "two images of two channels, eight points each, inside and outside",
            RNG.normal(size=(2, 2, 2, 4)),
            RNG.normal(size=(2, 2, 3, 6)),
            RNG.uniform(-1.4, 1.4, (2, 2, 4, 2)),
            align_corners=False,
        ),
        Case(
            "an output larger than the image, in float32",
            RNG.normal(size=(1, 3, 4, 7)).astype("float32"),
            RNG.normal(size=(1, 3, 2, 5)).astype("float32"),
            RNG.uniform(-1.6, 1.6, (1, 4, 7, 2)).astype("float32"),
            align_corners=True,
        ),
        Case(
            "three images of two channels, -1 and 1 are edges",
            RANDOM.standard_normal((3, 2, 2, 3)),
            RANDOM.standard_normal((3, 2, 5, 4)),
            RANDOM.uniform(-1.4, 1.4, (3, 2, 3, 2)),
            align_corners=False,
        ),
    ],
)


def in_pixels(grid, image, align_corners):
    lengths = np.array(image.shape[:1:-1])  # W, H
    points = (grid + 1) * (lengths - 1) / 2 if align_corners else ((grid + 1) * lengths - 1) / 2
    return points[..., 0], points[..., 1]


def shares(d_out, image, grid, align_corners):
    """For each image, channel and point: its four (row, column, weight, share), one after the other."""
    for n, c, i, j in np.ndindex(d_out.shape):
        x, y = (axis[n, i, j] for axis in in_pixels(grid, image, align_corners))
        top, left = int(np.floor(y)), int(np.floor(x))
        for row in (top, top + 1):
            for column in (left, left + 1):
                weight = (1 - abs(x - column)) * (1 - abs(y - row))
                yield n, c, row, column, weight * d_out[n, c, i, j]


def inside(image, row, column):
    return (0 <= row) & (row < image.shape[2]) & (0 <= column) & (column < image.shape[3])


def corner_by_corner(d_out, image, grid, align_corners, write):
    """All points at once, one of the four corners after the other, as NumPy is usually written."""
    d_image = np.zeros_like(image)
    x, y = in_pixels(grid, image, align_corners)
    left, top = np.floor(x).astype(int), np.floor(y).astype(int)
    for row in (top, top + 1):
        for column in (left, left + 1):
            n, i, j = np.nonzero(inside(image, row, column))
            weight = (1 - abs(x - column)) * (1 - abs(y - row))
            for c in range(image.shape[1]):
                write(d_image, (n, c, row[n, i, j], column[n, i, j]), weight[n, i, j] * d_out[n, c, i, j])
    return d_image


@EXERCISE.wrong(
    "`=` instead of `+=`",
    "your function assigns, so that each share replaces the one before; many points may read one pixel, and their "
    "shares should be added.",
    "sec-sback-lost",
)
def assigned(d_out, image, grid, align_corners=False):
    return corner_by_corner(d_out, image, grid, align_corners, np.ndarray.__setitem__)


@EXERCISE.wrong(
    "`=` instead of `+=`, point by point",
    "your function assigns, so that the last point that reads a pixel replaces the shares of earlier ones; add each "
    "point's four shares to what is already there.",
    "sec-sback-scatter",
)
def assigned_point_by_point(d_out, image, grid, align_corners=False):
    d_image = np.zeros_like(image)
    for n, c, row, column, share in shares(d_out, image, grid, align_corners):
        if inside(image, row, column):
            d_image[n, c, row, column] = share
    return d_image


@EXERCISE.wrong(
    "`+=` with arrays of indices",
    "your `d[rows, columns] += part` keeps only one of several shares for the same pixel; `np.add.at`, or "
    "`np.bincount` with weights, adds them all.",
    "sec-sback-lost",
)
def added_with_indices(d_out, image, grid, align_corners=False):
    def write(d_image, where, part):
        d_image[where] += part

    return corner_by_corner(d_out, image, grid, align_corners, write)


@EXERCISE.wrong(
    "x and y are swapped",
    "your function takes the first number of a point for the row; the grid's last axis is (x, y), so the first number "
    "leads to the column and the second to the row.",
    "sec-sback-idea",
)
def swapped(d_out, image, grid, align_corners=False):
    return grid_sample_backward(d_out, image, grid[..., ::-1], align_corners=align_corners)[0]


@EXERCISE.wrong(
    "The weights are at the opposite corners",
    "your left column's weight is the fraction of x; the nearer a pixel is, the more it receives, so the left "
    "column's weight is 1 minus the fraction and the right one's is the fraction, and likewise for the rows.",
    "sec-sback-scatter",
)
def opposite_weights(d_out, image, grid, align_corners=False):
    d_image = np.zeros_like(image)
    x, y = in_pixels(grid, image, align_corners)
    for n, c, i, j in np.ndindex(d_out.shape):
        left, top = int(np.floor(x[n, i, j])), int(np.floor(y[n, i, j]))
        f_x, f_y = x[n, i, j] - left, y[n, i, j] - top
        for row, weight_y in ((top, f_y), (top + 1, 1 - f_y)):
            for column, weight_x in ((left, f_x), (left + 1, 1 - f_x)):
                if inside(image, row, column):
                    d_image[n, c, row, column] += d_out[n, c, i, j] * weight_x * weight_y
    return d_image


def weighed(d_out, image, grid, align_corners, weigh):
    """d_image, where weigh(across, down, value) says which part a pixel gets that is so near the point."""
    d_image = np.zeros_like(image)
    x, y = in_pixels(grid, image, align_corners)
    for n, c, i, j in np.ndindex(d_out.shape):
        left, top = int(np.floor(x[n, i, j])), int(np.floor(y[n, i, j]))
        for row in (top, top + 1):
            for column in (left, left + 1):
                if inside(image, row, column):
                    across, down = 1 - abs(x[n, i, j] - column), 1 - abs(y[n, i, j] - row)
                    d_image[n, c, row, column] += d_out[n, c, i, j] * weigh(across, down, image[n, c, row, column])
    return d_image


@EXERCISE.wrong(
    "The weights are missing",
    "your function gives the whole of `d_out` to each of the four pixels; each should receive its own weight of it, "
    "and the four weights add up to 1.",
    "sec-sback-scatter",
)
def without_weights(d_out, image, grid, align_corners=False):
    return weighed(d_out, image, grid, align_corners, lambda across, down, value: 1)


@EXERCISE.wrong(
    "The weights of x and y are added",
    "your weight is the weight across plus the weight down; it should be the product of the two, so that the four "
    "weights add up to 1.",
    "sec-sback-idea",
)
def weights_added(d_out, image, grid, align_corners=False):
    return weighed(d_out, image, grid, align_corners, lambda across, down, value: across + down)


@EXERCISE.wrong(
    "Multiplied by the image's value",
    "your function multiplies by the brightness of the image as well; the output is linear in the image, so its "
    "derivative with respect to a pixel is that pixel's weight, however bright the pixel is.",
    "sec-sback-idea",
)
def times_value(d_out, image, grid, align_corners=False):
    return weighed(d_out, image, grid, align_corners, lambda across, down, value: across * down * value)


@EXERCISE.wrong(
    "All of it goes to the nearest pixel",
    "your function gives all of `d_out` to the nearest pixel; the output was mixed from four pixels, and each should "
    "receive its weight of `d_out`.",
    "sec-sback-scatter",
)
def nearest(d_out, image, grid, align_corners=False):
    return grid_sample_backward(d_out, image, grid, "nearest", "zeros", align_corners)[0]


@EXERCISE.wrong(
    "Only the nearest pixel gets its share",
    "your function adds the nearest pixel's share alone; the output was mixed from four pixels, and each should "
    "receive its weight of `d_out`.",
    "sec-sback-scatter",
)
def nearest_share(d_out, image, grid, align_corners=False):
    def weigh(across, down, value):
        return across * down * ((across > 0.5) & (down > 0.5))

    return weighed(d_out, image, grid, align_corners, weigh)


@EXERCISE.wrong(
    "Shares outside the image go to its edge",
    "your function adds the share of a neighbour outside the image to the nearest edge pixel, as for border padding; "
    "with zeros padding that share should be dropped.",
    "sec-sback-outside",
)
def clamped(d_out, image, grid, align_corners=False):
    return grid_sample_backward(d_out, image, grid, "bilinear", "border", align_corners)[0]


@EXERCISE.wrong(
    "Index -1 is the last pixel",
    "your function adds the share of row or column -1 to the last one, as NumPy does with that index; -1 is outside "
    "and its share should be dropped, so check both ends.",
    "sec-sback-outside",
)
def wrapped(d_out, image, grid, align_corners=False):
    d_image = np.zeros_like(image)
    height, width = image.shape[2:]
    for n, c, row, column, share in shares(d_out, image, grid, align_corners):
        if -height <= row < height and -width <= column < width:
            d_image[n, c, row, column] += share
    return d_image


@EXERCISE.wrong(
    "The last row and column receive nothing",
    "your function gives nothing to the last row and column; they are H - 1 and W - 1 and belong to the image, so a "
    "pixel exists if its row is less than H and its column less than W.",
    "sec-sback-outside",
)
def last_ones_left_out(d_out, image, grid, align_corners=False):
    d_image = grid_sample_backward(d_out, image, grid, align_corners=align_corners)[0]
    d_image[:, :, -1] = 0
    d_image[..., -1] = 0
    return d_image


@EXERCISE.wrong(
    "A point with a neighbour outside is left out",
    "your function drops all four shares where one neighbour is outside, as also happens if the neighbours are "
    "clipped before the weights are computed; check each neighbour separately.",
    "sec-sback-outside",
)
def all_or_nothing(d_out, image, grid, align_corners=False):
    x, y = in_pixels(grid, image, align_corners)
    whole = inside(image, np.floor(y), np.floor(x)) & inside(image, np.floor(y) + 1, np.floor(x) + 1)
    return grid_sample_backward(d_out * whole[:, None], image, grid, align_corners=align_corners)[0]


@EXERCISE.wrong(
    "Rounded towards zero",
    "your function rounds towards zero, as `int` and `astype(int)` do; the left neighbour of -0.25 is -1, so use "
    "`np.floor` first.",
    "sec-sback-idea",
)
def truncated(d_out, image, grid, align_corners=False):
    return cut_off(d_out, image, grid, align_corners, lambda fraction: (1 - abs(fraction), 1 - abs(fraction - 1)))


@EXERCISE.wrong(
    "Rounded towards zero, with a negative fraction",
    "your function rounds towards zero, as `int` and `astype(int)` do, which makes the fraction negative; the left "
    "neighbour of -0.25 is -1 and the fraction 0.75, so use `np.floor` first.",
    "sec-sback-idea",
)
def truncated_with_fractions(d_out, image, grid, align_corners=False):
    return cut_off(d_out, image, grid, align_corners, lambda fraction: (1 - fraction, fraction))


def cut_off(d_out, image, grid, align_corners, weigh):
    d_image = np.zeros_like(image)
    x, y = in_pixels(grid, image, align_corners)
    for n, c, i, j in np.ndindex(d_out.shape):
        left, top = int(x[n, i, j]), int(y[n, i, j])
        for row, weight_y in zip((top, top + 1), weigh(y[n, i, j] - top)):
            for column, weight_x in zip((left, left + 1), weigh(x[n, i, j] - left)):
                if inside(image, row, column):
                    d_image[n, c, row, column] += weight_x * weight_y * d_out[n, c, i, j]
    return d_image


@EXERCISE.wrong(
    "The other `align_corners`",
    "your function exchanges the two conventions; `align_corners=True` places -1 and 1 at the centres of the "
    "outermost pixels, `False` at the outer edges.",
    "sec-grid-units",
)
def other_convention(d_out, image, grid, align_corners=False):
    return grid_sample_backward(d_out, image, grid, align_corners=not align_corners)[0]


@EXERCISE.wrong(
    "`align_corners` is ignored, edges always",
    "your function takes -1 and 1 for the edges even where `align_corners=True`; there they are the outermost "
    "centres, and a position is `(x + 1) * (W - 1) / 2` pixels.",
    "sec-grid-units",
)
def always_edges(d_out, image, grid, align_corners=False):
    return grid_sample_backward(d_out, image, grid, align_corners=False)[0]


@EXERCISE.wrong(
    "`align_corners` is ignored, centres always",
    "your function takes -1 and 1 for the outermost centres even where `align_corners=False`; there they are the "
    "outer edges, and a position is `((x + 1) * W - 1) / 2` pixels.",
    "sec-grid-units",
)
def always_centres(d_out, image, grid, align_corners=False):
    return grid_sample_backward(d_out, image, grid, align_corners=True)[0]


def at_pixels(d_out, image, pixels):
    """The right d_image, for points (x, y) that are in pixels already."""
    scale = 2 / np.array(image.shape[:1:-1])
    return grid_sample_backward(d_out, image, ((pixels + 0.5) * scale - 1).astype(image.dtype))[0]


@EXERCISE.wrong(
    "The half pixel is missing",
    "with `align_corners=False` your positions, `(x + 1) * W / 2`, lie half a pixel too far right and down; -1 is "
    "half a pixel before the first centre, so a position is `((x + 1) * W - 1) / 2` pixels.",
    "sec-grid-units",
)
def without_half_pixel(d_out, image, grid, align_corners=False):
    lengths = np.array(image.shape[:1:-1])
    return at_pixels(d_out, image, (grid + 1) * (lengths - align_corners) / 2)


@EXERCISE.wrong(
    "`(x + 1) * W / 2` in both conventions",
    "your function uses `(x + 1) * W / 2` in both conventions; a position is `((x + 1) * W - 1) / 2` pixels with "
    "`align_corners=False` and `(x + 1) * (W - 1) / 2` with `True`.",
    "sec-grid-units",
)
def one_rule_without_half_pixel(d_out, image, grid, align_corners=False):
    return at_pixels(d_out, image, (grid + 1) * np.array(image.shape[:1:-1]) / 2)


@EXERCISE.wrong(
    "The brackets around x + 1 are missing",
    "your function multiplies only the 1 by the length; x + 1 is multiplied, as in `(x + 1) * (W - 1) / 2` or `((x + "
    "1) * W - 1) / 2`.",
    "sec-grid-units",
)
def brackets_missing(d_out, image, grid, align_corners=False):
    last = np.array(image.shape[:1:-1]) - 1
    return at_pixels(d_out, image, grid + last / 2 if align_corners else (grid + last) / 2)


@EXERCISE.wrong(
    "The grid's numbers are taken for pixels",
    "your function takes the numbers of the grid for pixels; they are in normalised units, -1 to 1 across the image, "
    "so convert them first.",
    "sec-grid-units",
)
def grid_as_pixels(d_out, image, grid, align_corners=False):
    return at_pixels(d_out, image, grid)


@EXERCISE.wrong(
    "The channels are added",
    "your function adds the channels of `d_out`; each channel of `d_image` should come from the same channel of "
    "`d_out` alone, and only `d_grid` is a sum over the channels.",
    "sec-sback-idea",
)
def channels_added(d_out, image, grid, align_corners=False):
    added = np.broadcast_to(d_out.sum(axis=1, keepdims=True), d_out.shape)
    return grid_sample_backward(added, image, grid, align_corners=align_corners)[0]


@EXERCISE.wrong(
    "One image's points for the whole batch",
    "your function uses the first image's points for every image; each image of the batch was read at points of its "
    "own, `grid[n]`.",
    "sec-sback-scatter",
)
def first_grid(d_out, image, grid, align_corners=False):
    points = np.repeat(grid[:1], len(grid), axis=0)
    return grid_sample_backward(d_out, image, points, align_corners=align_corners)[0]


@EXERCISE.wrong(
    "`d_out` is left out",
    "your function returns the weights alone; the chain rule multiplies each weight, the derivative of the output "
    "with respect to a pixel, by `d_out`, the derivative of the loss with respect to the output.",
    "sec-sback-idea",
)
def without_d_out(d_out, image, grid, align_corners=False):
    return grid_sample_backward(np.ones_like(d_out), image, grid, align_corners=align_corners)[0]


@EXERCISE.wrong(
    "A quarter to each of the four",
    "your function gives each of the four pixels a quarter; the nearer a pixel is to the point, the more it receives.",
    "sec-sback-scatter",
)
def quarters(d_out, image, grid, align_corners=False):
    return weighed(d_out, image, grid, align_corners, lambda across, down, value: 0.25)


@EXERCISE.wrong(
    "The mean over the channels",
    "your function averages `d_out` over the channels; each channel of `d_image` should come from the same channel of "
    "`d_out` alone.",
    "sec-sback-idea",
)
def mean_of_channels(d_out, image, grid, align_corners=False):
    mean = np.repeat(d_out.mean(axis=1, keepdims=True), d_out.shape[1], axis=1)
    return grid_sample_backward(mean, image, grid, align_corners=align_corners)[0]


@EXERCISE.wrong(
    "The first channel's `d_out` is used for all",
    "your function uses the first channel of `d_out` for every channel; each channel of `d_image` should come from "
    "the same channel of `d_out`.",
    "sec-sback-idea",
)
def first_channel(d_out, image, grid, align_corners=False):
    first = np.repeat(d_out[:, :1], d_out.shape[1], axis=1)
    return grid_sample_backward(first, image, grid, align_corners=align_corners)[0]


@EXERCISE.wrong(
    "All of it goes to the upper left pixel",
    "your function gives all of `d_out` to the upper left pixel; the output was mixed from four pixels, and each "
    "should receive its weight of `d_out`.",
    "sec-sback-scatter",
)
def upper_left(d_out, image, grid, align_corners=False):
    d_image = np.zeros_like(image)
    x, y = in_pixels(grid, image, align_corners)
    for n, c, i, j in np.ndindex(d_out.shape):
        row, column = int(np.floor(y[n, i, j])), int(np.floor(x[n, i, j]))
        if inside(image, row, column):
            d_image[n, c, row, column] += d_out[n, c, i, j]
    return d_image


@EXERCISE.wrong(
    "The image instead of `d_out`",
    "your function returns the image times the weights with which it was read; `d_image` is computed from `d_out` and "
    "the weights, and the brightness of the image plays no part.",
    "sec-sback-idea",
)
def image_times_weights(d_out, image, grid, align_corners=False):
    ones = np.ones_like(d_out)
    return image * grid_sample_backward(ones, image, grid, align_corners=align_corners)[0]


@EXERCISE.wrong(
    "Divided by the sum of the weights",
    "your function divides by the sum of the weights with which a pixel was read; many points may read one pixel, and "
    "their shares are added, not averaged.",
    "sec-sback-lost",
)
def mean_of_points(d_out, image, grid, align_corners=False):
    read = grid_sample_backward(np.ones_like(d_out), image, grid, align_corners=align_corners)[0]
    return (grid_sample_backward(d_out, image, grid, align_corners=align_corners)[0] / np.where(read, read, 1)).astype(
        image.dtype
    )


@EXERCISE.wrong(
    "Every sign is reversed",
    "your gradient has the opposite sign; it should be `d_out` times the weights, and the optimizer takes the step "
    "against it.",
    "sec-sback-idea",
)
def reversed_sign(d_out, image, grid, align_corners=False):
    return -grid_sample_backward(d_out, image, grid, align_corners=align_corners)[0]


@EXERCISE.wrong(
    "Upper right and lower left weights are exchanged",
    "your function exchanges the weights of the upper right and the lower left neighbour; the upper right one "
    "receives `f_x * (1 - f_y)` of `d_out` and the lower left one `(1 - f_x) * f_y`.",
    "sec-sback-scatter",
)
def crossed_weights(d_out, image, grid, align_corners=False):
    d_image = np.zeros_like(image)
    for n, i, j in np.ndindex(grid.shape[:3]):
        x, y = (axis[n, i, j] for axis in in_pixels(grid, image, align_corners))
        top, left = int(np.floor(y)), int(np.floor(x))
        for down, right in np.ndindex(2, 2):
            if inside(image, top + down, left + right):
                weight = (1 - abs(x - left - down)) * (1 - abs(y - top - right))
                d_image[n, :, top + down, left + right] += weight * d_out[n, :, i, j]
    return d_image


@EXERCISE.wrong(
    "`+=` with arrays of indices",
    "your `d[rows, columns] += part` keeps only one of several shares for the same pixel; `np.add.at`, or "
    "`np.bincount` with weights, adds them all.",
    "sec-sback-lost",
)
def added_with_clipped_indices(d_out, image, grid, align_corners=False):
    d_image = np.zeros_like(image)
    x, y = in_pixels(grid, image, align_corners)
    n, (height, width) = np.arange(len(image))[:, None, None], image.shape[2:]
    for row in (np.floor(y), np.floor(y) + 1):
        for column in (np.floor(x), np.floor(x) + 1):
            weight = (1 - abs(x - column)) * (1 - abs(y - row)) * inside(image, row, column)
            rows, columns = np.clip(row, 0, height - 1).astype(int), np.clip(column, 0, width - 1).astype(int)
            for c in range(image.shape[1]):
                d_image[n, c, rows, columns] += weight * d_out[:, c]
    return d_image


@EXERCISE.wrong(
    "The factor of the grid's gradient",
    "your function multiplies by the pixels in one unit; that factor belongs to the gradient of a point, and the "
    "image's pixels receive the weight times the upstream gradient.",
    "sec-sback-idea",
)
def with_units(d_out, image, grid, align_corners=False):
    return grid_sample_backward(d_out, image, grid, align_corners=align_corners)[0] * image.dtype.type(
        image.shape[3] / 2
    )


@EXERCISE.wrong(
    "The mean over the points",
    "your function divides by the number of points; each pixel receives the sum of all that the points give it.",
    "sec-sback-scatter",
)
def mean_over_points(d_out, image, grid, align_corners=False):
    count = image.dtype.type(d_out.shape[2] * d_out.shape[3])
    return grid_sample_backward(d_out, image, grid, align_corners=align_corners)[0] / count


@EXERCISE.right_too
def with_loops(d_out, image, grid, align_corners=False):
    d_image = np.zeros(image.shape)
    for n, c, row, column, share in shares(d_out, image, grid, align_corners):
        if inside(image, row, column):
            d_image[n, c, row, column] += share
    return d_image.astype(image.dtype)


@EXERCISE.right_too
def with_every_pixel_asked(d_out, image, grid, align_corners=False):
    """The paper's eq. 6 to the letter: each pixel sums over all points, by the tent max(0, 1 - distance)."""
    x, y = in_pixels(grid.astype("float64"), image, align_corners)
    height, width = image.shape[2:]
    for_columns = np.maximum(0, 1 - abs(x[..., None] - np.arange(width)))  # (N, h, w, W)
    for_rows = np.maximum(0, 1 - abs(y[..., None] - np.arange(height)))  # (N, h, w, H)
    return np.einsum("ncij,nijr,nijq->ncrq", d_out, for_rows, for_columns).astype(image.dtype)


@EXERCISE.right_too
def with_a_frame_and_bincount(d_out, image, grid, align_corners=False):
    """The outside as a frame of one pixel around the image, thrown away at the end."""
    (batch, channels, height, width), (x, y) = image.shape, in_pixels(grid, image, align_corners)
    x, y = np.clip(x, -1, width) + 1, np.clip(y, -1, height) + 1
    left, top = np.floor(x).astype(int), np.floor(y).astype(int)
    long, wide = height + 3, width + 3
    planes = np.arange(batch * channels).reshape(batch, channels, 1, 1) * long * wide
    total = np.zeros(batch * channels * long * wide)
    for down, weight_y in ((0, 1 - y + top), (1, y - top)):
        for right, weight_x in ((0, 1 - x + left), (1, x - left)):
            place = planes + ((top + down) * wide + left + right)[:, None]
            total += np.bincount(place.ravel(), (d_out * (weight_x * weight_y)[:, None]).ravel(), len(total))
    return total.reshape(batch, channels, long, wide)[:, :, 1:-2, 1:-2].astype(image.dtype)
