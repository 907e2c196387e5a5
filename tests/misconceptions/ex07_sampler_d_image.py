"""Wrong answers to `sampler_d_image`, and the calls that tell them apart."""

import numpy as np

from stn_numpy import grid_sample_backward
from tests.judge import Case, Exercise

RNG = np.random.default_rng(0)
IDENTITY = np.array([[[[-1.0, -1], [0, -1], [1, -1]], [[-1, 1], [0, 1], [1, 1]]]])
PICTURE = np.array([[[[2.0, 5, 3], [7, 4, 6]]]])
PAIRS = np.array([[[[2.0, 5]], [[3, 7]]], [[[4, 6]], [[9, 8]]]])

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
    "= where += belongs",
    "many points may read one pixel, and what they give it adds up; yours assigns, "
    "so that each part erases the one before.",
    "sec-sback-lost",
)
def assigned(d_out, image, grid, align_corners=False):
    return corner_by_corner(d_out, image, grid, align_corners, np.ndarray.__setitem__)


@EXERCISE.wrong(
    "= where += belongs, point by point",
    "the four parts of a point must be added to what earlier "
    "points left in their pixels; yours assigns, so that the last point to come has a shared pixel to "
    "itself.",
    "sec-sback-scatter",
)
def assigned_point_by_point(d_out, image, grid, align_corners=False):
    d_image = np.zeros_like(image)
    for n, c, row, column, share in shares(d_out, image, grid, align_corners):
        if inside(image, row, column):
            d_image[n, c, row, column] = share
    return d_image


@EXERCISE.wrong(
    "+= with arrays of indices",
    "in d[rows, columns] += part NumPy keeps only one of several parts for "
    "the same pixel; np.add.at, or np.bincount with weights, adds them all.",
    "sec-sback-lost",
)
def added_with_indices(d_out, image, grid, align_corners=False):
    def write(d_image, where, part):
        d_image[where] += part

    return corner_by_corner(d_out, image, grid, align_corners, write)


@EXERCISE.wrong(
    "x and y are swapped",
    "in the grid's last axis, (x, y), the first number leads to the column and "
    "the second to the row; yours takes them the other way round.",
    "sec-sback-idea",
)
def swapped(d_out, image, grid, align_corners=False):
    return grid_sample_backward(d_out, image, grid[..., ::-1], align_corners=align_corners)[0]


@EXERCISE.wrong(
    "The weights are at the opposite corners",
    "the nearer a pixel is to the point, the more it gets, so the left column's weight is 1 less the fraction of x, "
    "the right one's is the fraction, and so for the rows.",
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
    "each of the four pixels gets its own weight of d_out, and the four weights "
    "add up to 1; yours gives the whole of it to each.",
    "sec-sback-scatter",
)
def without_weights(d_out, image, grid, align_corners=False):
    return weighed(d_out, image, grid, align_corners, lambda across, down, value: 1)


@EXERCISE.wrong(
    "The weights of x and y are added",
    "a pixel's weight is the weight across times the weight down, "
    "which makes the four add up to 1; yours adds the two.",
    "sec-sback-idea",
)
def weights_added(d_out, image, grid, align_corners=False):
    return weighed(d_out, image, grid, align_corners, lambda across, down, value: across + down)


@EXERCISE.wrong(
    "Multiplied by the image's value",
    "the output is linear in the image, so its slope for a pixel is "
    "that pixel's weight, however bright the pixel is; yours multiplies by the brightness too.",
    "sec-sback-idea",
)
def times_value(d_out, image, grid, align_corners=False):
    return weighed(d_out, image, grid, align_corners, lambda across, down, value: across * down * value)


@EXERCISE.wrong(
    "All of it goes to the nearest pixel",
    "the output pixel was mixed from four pixels, and each of the four gets its weight of d_out back.",
    "sec-sback-scatter",
)
def nearest(d_out, image, grid, align_corners=False):
    return grid_sample_backward(d_out, image, grid, "nearest", "zeros", align_corners)[0]


@EXERCISE.wrong(
    "What lies outside goes to the border",
    "with zeros padding the part of a neighbour outside the image is lost; yours adds it to the nearest pixel inside, "
    "which is border padding.",
    "sec-sback-outside",
)
def clamped(d_out, image, grid, align_corners=False):
    return grid_sample_backward(d_out, image, grid, "bilinear", "border", align_corners)[0]


@EXERCISE.wrong(
    "Index -1 is the last pixel",
    "a row or column of -1 is outside and gets nothing, but to NumPy it is "
    "the last one, so ask for both: at least 0 and less than the length.",
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
    "The last row and column get nothing",
    "they are H - 1 and W - 1, counted from 0, and belong to the "
    "image, so inside is all that is less than H and less than W.",
    "sec-sback-outside",
)
def last_ones_left_out(d_out, image, grid, align_corners=False):
    d_image = grid_sample_backward(d_out, image, grid, align_corners=align_corners)[0]
    d_image[:, :, -1] = 0
    d_image[..., -1] = 0
    return d_image


@EXERCISE.wrong(
    "A point with a neighbour outside gives nothing",
    "each of the four neighbours is checked on its own; yours loses all four where one is missing, as also happens if "
    "the neighbours are clipped before the weights are taken.",
    "sec-sback-outside",
)
def all_or_nothing(d_out, image, grid, align_corners=False):
    x, y = in_pixels(grid, image, align_corners)
    whole = inside(image, np.floor(y), np.floor(x)) & inside(image, np.floor(y) + 1, np.floor(x) + 1)
    return grid_sample_backward(d_out * whole[:, None], image, grid, align_corners=align_corners)[0]


@EXERCISE.wrong(
    "Cut off towards 0 in place of the floor",
    "the left neighbour of -0.25 is -1, not 0, so take "
    "np.floor first and make whole numbers of that; int and astype(int) alone cut off towards 0.",
    "sec-sback-idea",
)
def truncated(d_out, image, grid, align_corners=False):
    return cut_off(d_out, image, grid, align_corners, lambda fraction: (1 - abs(fraction), 1 - abs(fraction - 1)))


@EXERCISE.wrong(
    "Cut off towards 0, with a fraction below 0",
    "the left neighbour of -0.25 is -1, not 0, and the "
    "fraction is 0.75, so take np.floor first and make whole numbers of that; int and astype(int) alone "
    "cut off towards 0.",
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
    "The other align_corners",
    "True puts -1 and 1 on the centres of the outermost pixels, False on the "
    "outer edges; yours does it the other way round.",
    "sec-grid-units",
)
def other_convention(d_out, image, grid, align_corners=False):
    return grid_sample_backward(d_out, image, grid, align_corners=not align_corners)[0]


@EXERCISE.wrong(
    "align_corners is ignored, edges always",
    "with True, -1 and 1 are the centres of the outermost "
    "pixels, so a position is (x + 1) * (W - 1) / 2 pixels; yours counts from the edges always.",
    "sec-grid-units",
)
def always_edges(d_out, image, grid, align_corners=False):
    return grid_sample_backward(d_out, image, grid, align_corners=False)[0]


@EXERCISE.wrong(
    "align_corners is ignored, centres always",
    "with False, -1 and 1 are the outer edges, so a position "
    "is ((x + 1) * W - 1) / 2 pixels; yours counts from the centres always.",
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
    "with edges, -1 lies half a pixel before the first centre, so a position "
    "is ((x + 1) * W - 1) / 2 pixels; yours, (x + 1) * W / 2, counts from the edge and reads half a pixel "
    "too far.",
    "sec-grid-units",
)
def without_half_pixel(d_out, image, grid, align_corners=False):
    lengths = np.array(image.shape[:1:-1])
    return at_pixels(d_out, image, (grid + 1) * (lengths - align_corners) / 2)


@EXERCISE.wrong(
    "(x + 1) * W / 2 in both conventions",
    "with edges a position is ((x + 1) * W - 1) / 2 pixels, half a "
    "pixel less, and with centres it is (x + 1) * (W - 1) / 2.",
    "sec-grid-units",
)
def one_rule_without_half_pixel(d_out, image, grid, align_corners=False):
    return at_pixels(d_out, image, (grid + 1) * np.array(image.shape[:1:-1]) / 2)


@EXERCISE.wrong(
    "The brackets around x + 1 are missing",
    "x + 1 is what is multiplied, as (x + 1) * (W - 1) / 2 or "
    "((x + 1) * W - 1) / 2; without the brackets only the 1 is.",
    "sec-grid-units",
)
def brackets_missing(d_out, image, grid, align_corners=False):
    last = np.array(image.shape[:1:-1]) - 1
    return at_pixels(d_out, image, grid + last / 2 if align_corners else (grid + last) / 2)


@EXERCISE.wrong(
    "The grid's numbers are taken for pixels",
    "the grid is in normalised units, -1 to 1 across the image, and its points must be turned into pixels first.",
    "sec-grid-units",
)
def grid_as_pixels(d_out, image, grid, align_corners=False):
    return at_pixels(d_out, image, grid)


@EXERCISE.wrong(
    "The channels are added up",
    "the channels share their points and nothing else, so each channel of "
    "d_image comes from the same channel of d_out alone; only d_grid adds them.",
    "sec-sback-idea",
)
def channels_added(d_out, image, grid, align_corners=False):
    added = np.broadcast_to(d_out.sum(axis=1, keepdims=True), d_out.shape)
    return grid_sample_backward(added, image, grid, align_corners=align_corners)[0]


@EXERCISE.wrong(
    "One image's points for the whole batch",
    "each image of the batch was read at points of its own, grid[n]; yours uses the first image's for all.",
    "sec-sback-scatter",
)
def first_grid(d_out, image, grid, align_corners=False):
    points = np.repeat(grid[:1], len(grid), axis=0)
    return grid_sample_backward(d_out, image, points, align_corners=align_corners)[0]


@EXERCISE.wrong(
    "d_out is left out",
    "the weight is how the output changes with a pixel, and d_out is how the loss changes with the output; the chain "
    "rule multiplies the two, and yours has the weights alone.",
    "sec-sback-idea",
)
def without_d_out(d_out, image, grid, align_corners=False):
    return grid_sample_backward(np.ones_like(d_out), image, grid, align_corners=align_corners)[0]


@EXERCISE.wrong(
    "A quarter to each of the four",
    "the nearer a pixel is to the point, the more it gets; yours gives each of the four a quarter.",
    "sec-sback-scatter",
)
def quarters(d_out, image, grid, align_corners=False):
    return weighed(d_out, image, grid, align_corners, lambda across, down, value: 0.25)


@EXERCISE.wrong(
    "The mean over the channels",
    "the channels share their points and nothing else, so each channel of "
    "d_image comes from the same channel of d_out alone; yours averages them.",
    "sec-sback-idea",
)
def mean_of_channels(d_out, image, grid, align_corners=False):
    mean = np.repeat(d_out.mean(axis=1, keepdims=True), d_out.shape[1], axis=1)
    return grid_sample_backward(mean, image, grid, align_corners=align_corners)[0]


@EXERCISE.wrong(
    "The first channel's d_out for all",
    "each channel of d_image comes from the same channel of d_out; yours gives all of them the first one's.",
    "sec-sback-idea",
)
def first_channel(d_out, image, grid, align_corners=False):
    first = np.repeat(d_out[:, :1], d_out.shape[1], axis=1)
    return grid_sample_backward(first, image, grid, align_corners=align_corners)[0]


@EXERCISE.wrong(
    "All of it goes to the upper left pixel",
    "the output pixel was mixed from four pixels, and each of "
    "the four gets its weight of d_out back; yours gives all of it to one of them.",
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
    "The image is read, not given its gradient",
    "d_image is made from d_out and the weights, and the picture's own brightness plays no part; yours returns what "
    "the forward read, or a picture times its weights.",
    "sec-sback-idea",
)
def image_times_weights(d_out, image, grid, align_corners=False):
    ones = np.ones_like(d_out)
    return image * grid_sample_backward(ones, image, grid, align_corners=align_corners)[0]


@EXERCISE.wrong(
    "Divided by how often a pixel was read",
    "many points may read one pixel, and what they give it adds up; yours takes the mean over them.",
    "sec-sback-lost",
)
def mean_of_points(d_out, image, grid, align_corners=False):
    read = grid_sample_backward(np.ones_like(d_out), image, grid, align_corners=align_corners)[0]
    return (grid_sample_backward(d_out, image, grid, align_corners=align_corners)[0] / np.where(read, read, 1)).astype(
        image.dtype
    )


@EXERCISE.wrong(
    "Every sign is reversed",
    "the gradient is d_out times the weights, as it is; the step against it is the optimizer's part.",
    "sec-sback-idea",
)
def reversed_sign(d_out, image, grid, align_corners=False):
    return -grid_sample_backward(d_out, image, grid, align_corners=align_corners)[0]


@EXERCISE.wrong(
    "Upper right and lower left weights are exchanged",
    "the upper right neighbour gets f_x * (1 - f_y) of d_out and the lower left one (1 - f_x) * f_y; yours has these "
    "two exchanged.",
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
    "+= with arrays of indices",
    "in d[rows, columns] += part NumPy keeps only one of several parts for "
    "the same pixel; np.add.at, or np.bincount with weights, adds them all.",
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
