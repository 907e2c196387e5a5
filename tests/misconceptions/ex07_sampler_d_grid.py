"""Wrong answers to `sampler_d_grid`, and the calls that tell them apart."""

import numpy as np

from stn_numpy import grid_sample, grid_sample_backward
from tests.judge import Case, Exercise

RNG = np.random.default_rng(0)


def off_kinks(shape, lengths, align_corners):
    """Random points, some of them outside, each at least 0.1 pixels from every whole and every half pixel."""
    lengths = np.array(lengths)  # W, H
    pixels = RNG.integers(-2, lengths + 1, shape) + RNG.choice([0, 0.5], shape) + RNG.uniform(0.1, 0.4, shape)
    return 2 * pixels / (lengths - 1) - 1 if align_corners else (2 * pixels + 1) / lengths - 1


INSIDE_AND_OUTSIDE = off_kinks((2, 2, 4, 2), (6, 3), align_corners=False)
IN_FLOAT32 = off_kinks((1, 4, 7, 2), (5, 2), align_corners=True).astype("float32")
RANDOM = np.random.default_rng(7)
AMONG = RANDOM.integers(-2, 5, (3, 2, 3, 2)) + RANDOM.uniform(0.2, 0.8, (3, 2, 3, 2))  # in pixels, and on none

EXERCISE = Exercise(
    name="sampler_d_grid",
    answer="tests.solutions",
    gives=("d_grid",),
    also=("_in_pixels", "_value"),
    cases=[
        Case(
            "two rows and four columns, one point at x = 0.75 and y = 0.5 in pixels",
            np.array([[[[4.0]]]]),
            np.array([[[[0.0, 4, 1, 2], [8, 16, 5, 3]]]]),
            np.array([[[[-0.5, 0]]]]),
            align_corners=True,
            expected=[[[[36, 22]]]],
        ),
        Case(
            "-1 and 1 are edges, one point at x = 1.5 and y = 0.25 in pixels",
            np.array([[[[2.0]]]]),
            np.array([[[[0.0, 1, 5, 6], [2, 5, 5, 2]]]]),
            np.array([[[[0, -0.25]]]]),
            align_corners=False,
            expected=[[[[12, 4]]]],
        ),
        Case(
            "two channels, one point at x = 0.5 and y = 0.5 in pixels",
            np.array([[[[3.0]], [[-1]]]]),
            np.array([[[[0.0, 2, 0], [0, 4, 0]], [[1, 0, 0], [3, 0, 0]]]]),
            np.array([[[[-0.5, 0]]]]),
            align_corners=True,
            expected=[[[[11, 1]]]],
        ),
        Case(
            "one point half a pixel outside on the left, at x = -0.5 and y = 0.25 in pixels",
            np.array([[[[2.0]]]]),
            np.array([[[[4.0, 6], [8, 2]]]]),
            np.array([[[[-1, -0.25]]]]),
            align_corners=False,
            expected=[[[[10, 4]]]],
            outside=True,
        ),
        Case(
            "two images of two channels, points inside and outside",
            RNG.normal(size=(2, 2, 2, 4)),
            RNG.normal(size=(2, 2, 3, 6)),
            INSIDE_AND_OUTSIDE,
            align_corners=False,
            outside=(abs(INSIDE_AND_OUTSIDE) > 1).any(axis=-1, keepdims=True),
        ),
        Case(
            "an output larger than the image, in float32",
            RNG.normal(size=(1, 3, 4, 7)).astype("float32"),
            RNG.normal(size=(1, 3, 2, 5)).astype("float32"),
            IN_FLOAT32,
            align_corners=True,
            outside=(abs(IN_FLOAT32) > 1).any(axis=-1, keepdims=True),
        ),
        Case(
            "three images of two channels, -1 and 1 are edges",
            RANDOM.standard_normal((3, 2, 2, 3)),
            RANDOM.standard_normal((3, 2, 5, 4)),
            (2 * AMONG + 1) / [4, 5] - 1,
            align_corners=False,
        ),
    ],
)


def per_unit(image, align_corners):
    """Pixels in one normalised unit, in x and in y."""
    return ((np.array(image.shape[:1:-1]) - align_corners) / 2).astype(image.dtype)


def right(d_out, image, grid, align_corners):
    return grid_sample_backward(d_out, image, grid, align_corners=align_corners)[1]


def per_pixel(d_out, image, grid, align_corners):
    """The right pull where one unit is a pixel: what is there before the factor."""
    x, y, corners = around(image, grid, align_corners)
    return pull(d_out, *slopes(x, y, *corners))


def in_pixels(image, grid, align_corners):
    """The points (x, y) in pixels."""
    lengths = np.array(image.shape[:1:-1])
    return (grid + 1) * (lengths - 1) / 2 if align_corners else ((grid + 1) * lengths - 1) / 2


def around(image, grid, align_corners, outside_is_border=False, to_whole=np.floor, points=None):
    """The two fractions of every point, (N, 1, h, w), and its four pixels, (N, C, h, w) each."""
    batch, _, height, width = image.shape
    points = in_pixels(image, grid, align_corners) if points is None else points
    x, y = points[..., 0], points[..., 1]
    left, top, n = to_whole(x).astype(int), to_whole(y).astype(int), np.arange(batch)[:, None, None]
    corners = []
    for row in (top, top + 1):
        for column in (left, left + 1):
            value = image[n, :, row.clip(0, height - 1), column.clip(0, width - 1)]
            exists = (row >= 0) & (row < height) & (column >= 0) & (column < width) | outside_is_border
            corners.append((value * exists[..., None]).transpose(0, 3, 1, 2))
    return (x - left)[:, None].astype(grid.dtype), (y - top)[:, None].astype(grid.dtype), corners


def slopes(f_x, f_y, upper_left, upper_right, lower_left, lower_right):
    return (
        (1 - f_y) * (upper_right - upper_left) + f_y * (lower_right - lower_left),
        (1 - f_x) * (lower_left - upper_left) + f_x * (lower_right - upper_right),
    )


def pull(d_out, slope_x, slope_y):
    return np.stack([(d_out * slope).sum(axis=1) for slope in (slope_x, slope_y)], axis=-1)


@EXERCISE.wrong(
    "The gradient per pixel",
    "your gradient is per pixel; one unit is W / 2 pixels in x, or (W - 1) / 2 with `align_corners=True`, so multiply "
    "by that, and likewise in y.",
    "sec-sback-pull",
)
def no_factor(d_out, image, grid, align_corners=False):
    return per_pixel(d_out, image, grid, align_corners)


@EXERCISE.wrong(
    "Divided by the factor",
    "your function divides by the pixels in one unit; the gradient per unit is the gradient per pixel times that "
    "number.",
    "sec-sback-pull",
)
def divided(d_out, image, grid, align_corners=False):
    return per_pixel(d_out, image, grid, align_corners) / per_unit(image, align_corners)


@EXERCISE.wrong(
    "The factor of the other `align_corners`",
    "your points are right, but the factor belongs to the other convention; a unit is W / 2 pixels with "
    "`align_corners=False` and (W - 1) / 2 with `True`.",
    "sec-sback-pull",
)
def other_factor(d_out, image, grid, align_corners=False):
    return per_pixel(d_out, image, grid, align_corners) * per_unit(image, not align_corners)


@EXERCISE.wrong(
    "The other `align_corners`",
    "your function exchanges the two conventions; `align_corners=True` places -1 and 1 at the centres of the "
    "outermost pixels, `False` at the outer edges.",
    "sec-grid-units",
)
def other_convention(d_out, image, grid, align_corners=False):
    return right(d_out, image, grid, not align_corners)


@EXERCISE.wrong(
    "`align_corners` is ignored, edges always",
    "your function takes -1 and 1 for the edges even where `align_corners=True`; there they are the outermost "
    "centres, and a position is `(x + 1) * (W - 1) / 2` pixels.",
    "sec-grid-units",
)
def always_edges(d_out, image, grid, align_corners=False):
    return right(d_out, image, grid, False)


@EXERCISE.wrong(
    "`align_corners` is ignored, centres always",
    "your function takes -1 and 1 for the outermost centres even where `align_corners=False`; there they are the "
    "outer edges, and a position is `((x + 1) * W - 1) / 2` pixels.",
    "sec-grid-units",
)
def always_centres(d_out, image, grid, align_corners=False):
    return right(d_out, image, grid, True)


def at_pixels(d_out, image, grid, points):
    """The right pull per pixel, at points (x, y) that are in pixels already."""
    x, y, corners = around(image, grid, None, points=points)
    return pull(d_out, *slopes(x, y, *corners))


@EXERCISE.wrong(
    "The half pixel is missing",
    "with `align_corners=False` your positions, `(x + 1) * W / 2`, lie half a pixel too far right and down; -1 is "
    "half a pixel before the first centre, so a position is `((x + 1) * W - 1) / 2` pixels.",
    "sec-grid-units",
)
def without_half_pixel(d_out, image, grid, align_corners=False):
    points = (grid + 1) * (np.array(image.shape[:1:-1]) - align_corners) / 2
    return at_pixels(d_out, image, grid, points) * per_unit(image, align_corners)


@EXERCISE.wrong(
    "`(x + 1) * W / 2` in both conventions",
    "your function uses `(x + 1) * W / 2` and the factor W / 2 in both conventions; with `align_corners=False` a "
    "position is `((x + 1) * W - 1) / 2` pixels, and with `True` it is `(x + 1) * (W - 1) / 2` and the factor (W - 1) "
    "/ 2.",
    "sec-grid-units",
)
def one_rule_without_half_pixel(d_out, image, grid, align_corners=False):
    points = (grid + 1) * np.array(image.shape[:1:-1]) / 2
    return at_pixels(d_out, image, grid, points) * per_unit(image, False)


@EXERCISE.wrong(
    "Positions of `(x + 1) * W / 2` in both conventions",
    "your factor is right, but your function uses `(x + 1) * W / 2` in both conventions; a position is `((x + 1) * W "
    "- 1) / 2` pixels with `align_corners=False` and `(x + 1) * (W - 1) / 2` with `True`.",
    "sec-grid-units",
)
def one_position_without_half_pixel(d_out, image, grid, align_corners=False):
    points = (grid + 1) * np.array(image.shape[:1:-1]) / 2
    return at_pixels(d_out, image, grid, points) * per_unit(image, align_corners)


@EXERCISE.wrong(
    "Positions always by the formula for edges",
    "your factor is right, but your positions take -1 and 1 for the edges even where `align_corners=True`; there they "
    "are the outermost centres, and a position is `(x + 1) * (W - 1) / 2` pixels.",
    "sec-grid-units",
)
def positions_from_edges(d_out, image, grid, align_corners=False):
    return per_pixel(d_out, image, grid, False) * per_unit(image, align_corners)


@EXERCISE.wrong(
    "Positions always by the formula for centres",
    "your factor is right, but your positions take -1 and 1 for the outermost centres even where "
    "`align_corners=False`; there they are the outer edges, and a position is `((x + 1) * W - 1) / 2` pixels.",
    "sec-grid-units",
)
def positions_from_centres(d_out, image, grid, align_corners=False):
    return per_pixel(d_out, image, grid, True) * per_unit(image, align_corners)


@EXERCISE.wrong(
    "The grid's numbers are taken for pixels",
    "your function takes the numbers of the grid for pixels; they are in normalised units, -1 to 1 across the image, "
    "so convert them before you look for the neighbours.",
    "sec-grid-units",
)
def grid_as_pixels(d_out, image, grid, align_corners=False):
    return at_pixels(d_out, image, grid, grid) * per_unit(image, align_corners)


@EXERCISE.wrong(
    "The grid's numbers are taken for pixels, without a factor",
    "your function takes the numbers of the grid for pixels and returns the gradient per pixel; the grid is in "
    "normalised units, so convert the points to pixels, and the gradient to one per unit.",
    "sec-sback-pull",
)
def grid_as_pixels_without_factor(d_out, image, grid, align_corners=False):
    return at_pixels(d_out, image, grid, grid)


@EXERCISE.wrong(
    "The factor is W / 2 always",
    "your points are right, but your factor is W / 2 even where `align_corners=True`; there one unit is (W - 1) / 2 "
    "pixels, from centre to centre.",
    "sec-sback-pull",
)
def half_the_width_always(d_out, image, grid, align_corners=False):
    return per_pixel(d_out, image, grid, align_corners) * per_unit(image, False)


@EXERCISE.wrong(
    "The factor is (W - 1) / 2 always",
    "your points are right, but your factor is (W - 1) / 2 even where `align_corners=False`; there one unit is W / 2 "
    "pixels, from edge to edge.",
    "sec-sback-pull",
)
def one_less_always(d_out, image, grid, align_corners=False):
    return per_pixel(d_out, image, grid, align_corners) * per_unit(image, True)


@EXERCISE.wrong(
    "The factor is twice too large",
    "your factor is the whole width; from -1 to 1 there are two units, so one unit is half the width, W / 2 or (W - "
    "1) / 2 pixels, and half the height in y.",
    "sec-sback-pull",
)
def whole_width(d_out, image, grid, align_corners=False):
    return 2 * right(d_out, image, grid, align_corners)


@EXERCISE.wrong(
    "The width's factor for both axes",
    "your function uses the factor of the width for both axes; x moves along the width and y along the height, so the "
    "first component takes its factor from W and the second from H.",
    "sec-sback-pull",
)
def width_for_both(d_out, image, grid, align_corners=False):
    return per_pixel(d_out, image, grid, align_corners) * per_unit(image, align_corners)[0]


@EXERCISE.wrong(
    "Each axis has the other's factor",
    "your function exchanges the factors of the two axes; x moves along the width and y along the height, so the "
    "first component takes its factor from W and the second from H.",
    "sec-sback-pull",
)
def factors_exchanged(d_out, image, grid, align_corners=False):
    return per_pixel(d_out, image, grid, align_corners) * per_unit(image, align_corners)[::-1]


@EXERCISE.wrong(
    "x and y are swapped in the result",
    "your result has the gradient in y first; its last axis should be (x, y), as in the grid.",
    "sec-sback-idea",
)
def swapped_result(d_out, image, grid, align_corners=False):
    return right(d_out, image, grid, align_corners)[..., ::-1].copy()


@EXERCISE.wrong(
    "The points are read as (row, column)",
    "your function takes the first number of a point for the row; the grid's last axis is (x, y), so the first number "
    "leads to the column and the second to the row.",
    "sec-sback-idea",
)
def swapped_points(d_out, image, grid, align_corners=False):
    return right(d_out, image, grid[..., ::-1], align_corners)


@EXERCISE.wrong(
    "The mean over the channels",
    "your function averages over the channels; all channels move with the same point, so their gradients are added.",
    "sec-sback-idea",
)
def mean_of_channels(d_out, image, grid, align_corners=False):
    return right(d_out, image, grid, align_corners) / d_out.dtype.type(d_out.shape[1])


@EXERCISE.wrong(
    "The first channel only",
    "your function uses the first channel alone; all channels move with the same point, so their gradients are added.",
    "sec-sback-idea",
)
def first_channel(d_out, image, grid, align_corners=False):
    return right(d_out[:, :1], image[:, :1], grid, align_corners)


@EXERCISE.wrong(
    "The slope alone, without `d_out`",
    "your function returns the slope of the output; the chain rule multiplies it by `d_out`, the upstream gradient, "
    "channel by channel.",
    "sec-sback-idea",
)
def without_d_out(d_out, image, grid, align_corners=False):
    return right(np.ones_like(d_out), image, grid, align_corners)


@EXERCISE.wrong(
    "Every sign is reversed",
    "your slopes have the opposite sign; as a point moves to the right its value goes from the left pixel to the "
    "right one, so the slope is right minus left, and lower minus upper.",
    "sec-sback-pull",
)
def reversed_sign(d_out, image, grid, align_corners=False):
    return -right(d_out, image, grid, align_corners)


@EXERCISE.wrong(
    "The slope in x has the wrong sign",
    "your slope in x is left minus right; as a point moves to the right its value goes from the left pixel to the "
    "right one, so it is right minus left, in both rows.",
    "sec-sback-pull",
)
def reversed_x(d_out, image, grid, align_corners=False):
    return right(d_out, image, grid, align_corners) * np.array([-1, 1], grid.dtype)


@EXERCISE.wrong(
    "The brightness instead of the slope",
    "your function multiplies `d_out` by the value that was read; multiply by the slope, how much that value changes "
    "as the point moves.",
    "sec-sback-pull",
)
def brightness(d_out, image, grid, align_corners=False):
    value = grid_sample(image, grid, align_corners=align_corners)
    return pull(d_out, value, value) * per_unit(image, align_corners)


@EXERCISE.wrong(
    "The brightness instead of the slope, and no factor",
    "your function multiplies `d_out` by the value that was read; multiply by the slope, how much that value changes "
    "as the point moves, and then by the pixels in one unit.",
    "sec-sback-pull",
)
def brightness_alone(d_out, image, grid, align_corners=False):
    value = grid_sample(image, grid, align_corners=align_corners)
    return pull(d_out, value, value)


@EXERCISE.wrong(
    "y points up",
    "your slope in y is upper minus lower; rows are counted downwards and y grows with them, so it is lower minus "
    "upper.",
    "sec-sback-pull",
)
def y_points_up(d_out, image, grid, align_corners=False):
    return right(d_out, image, grid, align_corners) * np.array([1, -1], grid.dtype)


@EXERCISE.wrong(
    "A neighbour outside has the edge pixel's value",
    "your function gives a neighbour outside the value of the edge pixel; with zeros padding it is 0, so a point half "
    "outside has the slope from that 0 to the edge.",
    "sec-sback-outside",
)
def border_value(d_out, image, grid, align_corners=False):
    x, y, corners = around(image, grid, align_corners, outside_is_border=True)
    return pull(d_out, *slopes(x, y, *corners)) * per_unit(image, align_corners)


@EXERCISE.wrong(
    "Index -1 is the last pixel",
    "your function reads the last row or column in place of -1, as NumPy does with that index; row or column -1 is "
    "outside and counts as 0, so check both ends.",
    "sec-sback-outside",
)
def wrapped(d_out, image, grid, align_corners=False):
    height, width = image.shape[2:]
    before = np.pad(image, ((0, 0), (0, 0), (height, 0), (width, 0)), mode="wrap")
    points = in_pixels(image, grid, align_corners) + np.array([width, height])
    x, y, corners = around(before, grid, align_corners, points=points.astype(grid.dtype))
    return pull(d_out, *slopes(x, y, *corners)) * per_unit(image, align_corners)


@EXERCISE.wrong(
    "The last row and column count as 0",
    "your function counts the last row and column as 0; they are H - 1 and W - 1 and belong to the image, so a pixel "
    "exists if its row is less than H and its column less than W.",
    "sec-sback-outside",
)
def last_ones_left_out(d_out, image, grid, align_corners=False):
    image = image.copy()
    image[:, :, -1] = 0
    image[..., -1] = 0
    return right(d_out, image, grid, align_corners)


@EXERCISE.wrong(
    "A point with a neighbour outside has no gradient",
    "your gradient is 0 as soon as a neighbour is outside; a missing neighbour counts as 0 and the others remain, so "
    "points up to one pixel beyond the outermost centres have a gradient.",
    "sec-sback-outside",
)
def all_or_nothing(d_out, image, grid, align_corners=False):
    points = in_pixels(image, grid, align_corners)
    last = np.maximum(np.array(image.shape[:1:-1]) - 2, 0)
    whole = ((np.floor(points) >= 0) & (np.floor(points) <= last)).all(axis=-1)
    return right(d_out * whole[:, None], image, grid, align_corners)


@EXERCISE.wrong(
    "Rounded towards zero",
    "your function rounds towards zero, as `int` and `astype(int)` do; the left neighbour of -0.5 is -1, so use "
    "`np.floor` first.",
    "sec-sback-idea",
)
def truncated(d_out, image, grid, align_corners=False):
    x, y, corners = around(image, grid, align_corners, to_whole=np.trunc)
    return pull(d_out, *slopes(x, y, *corners)) * per_unit(image, align_corners)


@EXERCISE.wrong(
    "Only one difference on each axis",
    "your slope in x is the upper difference alone, and your slope in y the left one; in x it is the upper difference "
    "times `1 - f_y` plus the lower one times `f_y`, and likewise in y with `f_x`.",
    "sec-sback-pull",
)
def one_difference(d_out, image, grid, align_corners=False):
    x, y, corners = around(image, grid, align_corners)
    return pull(d_out, *slopes(0 * x, 0 * y, *corners)) * per_unit(image, align_corners)


@EXERCISE.wrong(
    "The weights of the two differences are exchanged",
    "your slope in x weights the upper difference by `f_y`; the nearer difference counts more, so the upper one has "
    "`1 - f_y` and the lower one `f_y`, and likewise in y.",
    "sec-sback-pull",
)
def weights_exchanged(d_out, image, grid, align_corners=False):
    x, y, corners = around(image, grid, align_corners)
    return pull(d_out, *slopes(1 - x, 1 - y, *corners)) * per_unit(image, align_corners)


@EXERCISE.wrong(
    "Each slope is weighted by its own fraction",
    "your slope in x is weighted by `f_x`; it should be weighted by how far down the point lies, `f_y`, and the slope "
    "in y by `f_x`.",
    "sec-sback-pull",
)
def own_fraction(d_out, image, grid, align_corners=False):
    x, y, corners = around(image, grid, align_corners)
    return pull(d_out, *slopes(y, x, *corners)) * per_unit(image, align_corners)


@EXERCISE.wrong(
    "Both differences count by half",
    "your slope in x is the mean of the upper and the lower difference, and likewise in y; it should be the upper one "
    "times `1 - f_y` plus the lower one times `f_y`.",
    "sec-sback-pull",
)
def half_and_half(d_out, image, grid, align_corners=False):
    x, y, corners = around(image, grid, align_corners)
    return pull(d_out, *slopes(0 * x + x.dtype.type(0.5), 0 * y + y.dtype.type(0.5), *corners)) * (
        per_unit(image, align_corners)
    )


@EXERCISE.wrong(
    "The two differences are added unweighted",
    "your slope in x is the sum of the upper and the lower difference, and likewise in y; it should be the upper one "
    "times `1 - f_y` plus the lower one times `f_y`.",
    "sec-sback-pull",
)
def both_whole(d_out, image, grid, align_corners=False):
    x, y, (upper_left, upper_right, lower_left, lower_right) = around(image, grid, align_corners)
    across = upper_right - upper_left + lower_right - lower_left
    down = lower_left - upper_left + lower_right - upper_right
    return pull(d_out, across, down) * per_unit(image, align_corners)


@EXERCISE.wrong(
    "The height's factor for both axes",
    "your function uses the factor of the height for both axes; x moves along the width and y along the height, so "
    "the first component takes its factor from W and the second from H.",
    "sec-sback-pull",
)
def height_for_both(d_out, image, grid, align_corners=False):
    return per_pixel(d_out, image, grid, align_corners) * per_unit(image, align_corners)[1]


@EXERCISE.wrong(
    "`d_out` of the first channel for all",
    "your function uses the first channel's `d_out` for every channel; each channel's slope should be multiplied by "
    "its own `d_out` before the channels are added.",
    "sec-sback-idea",
)
def first_upstream(d_out, image, grid, align_corners=False):
    return right(np.repeat(d_out[:, :1], d_out.shape[1], axis=1), image, grid, align_corners)


@EXERCISE.wrong(
    "Channels added before they are multiplied",
    "your function adds the slopes of all channels, adds all of `d_out`, and multiplies the sums; each channel's "
    "slope should be multiplied by its own `d_out` before the channels are added.",
    "sec-sback-idea",
)
def sums_multiplied(d_out, image, grid, align_corners=False):
    sums = np.repeat(d_out.sum(axis=1, keepdims=True), d_out.shape[1], axis=1)
    return right(sums, image, grid, align_corners)


@EXERCISE.wrong(
    "A difference over two pixels",
    "your slope is half the difference between the values one pixel before and one pixel after the point; between two "
    "pixels the value is a straight line, whose slope is right minus left.",
    "sec-sback-pull",
)
def over_two_pixels(d_out, image, grid, align_corners=False):
    points = in_pixels(image, grid, align_corners)
    found = []
    for step in ((1, 0), (0, 1)):
        ahead, behind = (_read(image, points + move) for move in (np.array(step), -np.array(step)))
        found.append((ahead - behind) / 2)
    return pull(d_out, *found) * per_unit(image, align_corners)


def _read(image, points):
    """The picture at points in pixels: (N, C, h, w)."""
    lengths = np.array(image.shape[:1:-1])
    return grid_sample(image, ((2 * points + 1) / lengths - 1).astype(image.dtype), align_corners=False)


@EXERCISE.right_too
def with_loops(d_out, image, grid, align_corners=False):
    batch, channels, height, width = image.shape

    def value(n, c, row, column):
        return float(image[n, c, row, column]) if 0 <= row < height and 0 <= column < width else 0.0

    d_grid = np.zeros(grid.shape)
    unit_x, unit_y = ((width - 1) / 2, (height - 1) / 2) if align_corners else (width / 2, height / 2)
    for n, i, j in np.ndindex(grid.shape[:3]):
        x = (grid[n, i, j, 0] + 1) * unit_x - (0 if align_corners else 0.5)
        y = (grid[n, i, j, 1] + 1) * unit_y - (0 if align_corners else 0.5)
        left, top = int(np.floor(x)), int(np.floor(y))
        for c in range(channels):
            for row, weight in ((top, top + 1 - y), (top + 1, y - top)):
                step = value(n, c, row, left + 1) - value(n, c, row, left)
                d_grid[n, i, j, 0] += d_out[n, c, i, j] * weight * step * unit_x
            for column, weight in ((left, left + 1 - x), (left + 1, x - left)):
                step = value(n, c, top + 1, column) - value(n, c, top, column)
                d_grid[n, i, j, 1] += d_out[n, c, i, j] * weight * step * unit_y
    return d_grid.astype(grid.dtype)


@EXERCISE.right_too
def with_the_tents_slope(d_out, image, grid, align_corners=False):
    """The paper's eq. 7 off the whole pixels: the tent max(0, 1 - |d|) has the slope -sign(d) where it is not 0."""
    pixels = (np.array(image.shape[:1:-1]) - align_corners) / 2
    points = (grid.astype("float64") + 1) * pixels - (0 if align_corners else 0.5)
    tents, rises = [], []
    for axis, length in ((0, image.shape[3]), (1, image.shape[2])):
        away = points[..., axis, None] - np.arange(length)  # (N, h, w, length)
        tents.append(np.maximum(0, 1 - abs(away)))
        rises.append(np.where(abs(away) < 1, -np.sign(away), 0) * pixels[axis])
    return np.stack(
        [
            np.einsum("ncij,ncrq,nijr,nijq->nij", d_out, image, tents[1], rises[0]),
            np.einsum("ncij,ncrq,nijr,nijq->nij", d_out, image, rises[1], tents[0]),
        ],
        axis=-1,
    ).astype(grid.dtype)


@EXERCISE.right_too
def with_differences(d_out, image, grid, align_corners=False):
    """Between two pixels the output is a straight line, so a finite difference is exact."""
    d_grid = np.zeros(grid.shape)
    for axis in (0, 1):
        step = np.zeros(2)
        step[axis] = 0.02
        ahead, behind = (
            grid_sample(image.astype("float64"), grid + move, align_corners=align_corners) for move in (step, -step)
        )
        d_grid[..., axis] = (d_out * (ahead - behind)).sum(axis=1) / 0.04
    return d_grid.astype(grid.dtype)
