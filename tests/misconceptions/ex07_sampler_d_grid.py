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
    "one normalised unit is W / 2 pixels in x, or (W - 1) / 2, so the gradient per unit is that many times the "
    "gradient per pixel, and likewise in y; yours lacks that factor.",
    "sec-sback-pull",
)
def no_factor(d_out, image, grid, align_corners=False):
    return per_pixel(d_out, image, grid, align_corners)


@EXERCISE.wrong(
    "Divided by the factor",
    "the gradient per unit is the gradient per pixel times the pixels in one unit; yours divides by them.",
    "sec-sback-pull",
)
def divided(d_out, image, grid, align_corners=False):
    return per_pixel(d_out, image, grid, align_corners) / per_unit(image, align_corners)


@EXERCISE.wrong(
    "The factor of the other align_corners",
    "a unit is W / 2 pixels if -1 and 1 are edges and (W - 1) / "
    "2 if they are centres; your points are right, and the factor is the other convention's.",
    "sec-sback-pull",
)
def other_factor(d_out, image, grid, align_corners=False):
    return per_pixel(d_out, image, grid, align_corners) * per_unit(image, not align_corners)


@EXERCISE.wrong(
    "The other align_corners",
    "True puts -1 and 1 on the centres of the outermost pixels, False on the "
    "outer edges; yours does it the other way round.",
    "sec-grid-units",
)
def other_convention(d_out, image, grid, align_corners=False):
    return right(d_out, image, grid, not align_corners)


@EXERCISE.wrong(
    "align_corners is ignored, edges always",
    "with True, -1 and 1 are the centres of the outermost "
    "pixels, so a position is (x + 1) * (W - 1) / 2 pixels; yours counts from the edges always.",
    "sec-grid-units",
)
def always_edges(d_out, image, grid, align_corners=False):
    return right(d_out, image, grid, False)


@EXERCISE.wrong(
    "align_corners is ignored, centres always",
    "with False, -1 and 1 are the outer edges, so a position "
    "is ((x + 1) * W - 1) / 2 pixels; yours counts from the centres always.",
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
    "with edges, -1 lies half a pixel before the first centre, so a position "
    "is ((x + 1) * W - 1) / 2 pixels; yours, (x + 1) * W / 2, counts from the edge and reads half a pixel "
    "too far.",
    "sec-grid-units",
)
def without_half_pixel(d_out, image, grid, align_corners=False):
    points = (grid + 1) * (np.array(image.shape[:1:-1]) - align_corners) / 2
    return at_pixels(d_out, image, grid, points) * per_unit(image, align_corners)


@EXERCISE.wrong(
    "(x + 1) * W / 2 in both conventions",
    "with edges a position is ((x + 1) * W - 1) / 2 pixels, half a "
    "pixel less, and with centres it is (x + 1) * (W - 1) / 2, with (W - 1) / 2 for the factor too.",
    "sec-grid-units",
)
def one_rule_without_half_pixel(d_out, image, grid, align_corners=False):
    points = (grid + 1) * np.array(image.shape[:1:-1]) / 2
    return at_pixels(d_out, image, grid, points) * per_unit(image, False)


@EXERCISE.wrong(
    "Positions of (x + 1) * W / 2 in both conventions",
    "your factor is right, and a position is ((x + 1) "
    "* W - 1) / 2 pixels with edges, half a pixel less, and (x + 1) * (W - 1) / 2 with centres.",
    "sec-grid-units",
)
def one_position_without_half_pixel(d_out, image, grid, align_corners=False):
    points = (grid + 1) * np.array(image.shape[:1:-1]) / 2
    return at_pixels(d_out, image, grid, points) * per_unit(image, align_corners)


@EXERCISE.wrong(
    "The positions are those of edges always",
    "your factor is right, but with align_corners=True, -1 and "
    "1 are centres, and a position is (x + 1) * (W - 1) / 2 pixels.",
    "sec-grid-units",
)
def positions_from_edges(d_out, image, grid, align_corners=False):
    return per_pixel(d_out, image, grid, False) * per_unit(image, align_corners)


@EXERCISE.wrong(
    "The positions are those of centres always",
    "your factor is right, but with align_corners=False, -1 "
    "and 1 are the outer edges, and a position is ((x + 1) * W - 1) / 2 pixels.",
    "sec-grid-units",
)
def positions_from_centres(d_out, image, grid, align_corners=False):
    return per_pixel(d_out, image, grid, True) * per_unit(image, align_corners)


@EXERCISE.wrong(
    "The grid's numbers are taken for pixels",
    "the grid is in normalised units, -1 to 1 across the image, "
    "so turn its points into pixels before you look for the neighbours.",
    "sec-grid-units",
)
def grid_as_pixels(d_out, image, grid, align_corners=False):
    return at_pixels(d_out, image, grid, grid) * per_unit(image, align_corners)


@EXERCISE.wrong(
    "The grid's numbers are pixels, and no factor",
    "the grid is in normalised units, so turn its points into pixels before you look for the neighbours, and the "
    "gradient per pixel into the gradient per unit.",
    "sec-sback-pull",
)
def grid_as_pixels_without_factor(d_out, image, grid, align_corners=False):
    return at_pixels(d_out, image, grid, grid)


@EXERCISE.wrong(
    "The factor is W / 2 always",
    "with align_corners=True one unit is (W - 1) / 2 pixels, from centre "
    "to centre; your points are right, and the factor ignores align_corners.",
    "sec-sback-pull",
)
def half_the_width_always(d_out, image, grid, align_corners=False):
    return per_pixel(d_out, image, grid, align_corners) * per_unit(image, False)


@EXERCISE.wrong(
    "The factor is (W - 1) / 2 always",
    "with align_corners=False one unit is W / 2 pixels, from edge to "
    "edge; your points are right, and the factor ignores align_corners.",
    "sec-sback-pull",
)
def one_less_always(d_out, image, grid, align_corners=False):
    return per_pixel(d_out, image, grid, align_corners) * per_unit(image, True)


@EXERCISE.wrong(
    "The factor is twice too large",
    "from -1 to 1 are two units, so one unit is half the width, W / 2 "
    "or (W - 1) / 2 pixels, and half the height; yours takes the whole.",
    "sec-sback-pull",
)
def whole_width(d_out, image, grid, align_corners=False):
    return 2 * right(d_out, image, grid, align_corners)


@EXERCISE.wrong(
    "The width's factor for both axes",
    "x moves along the width and y along the height, so the first "
    "component takes its factor from W and the second from H.",
    "sec-sback-pull",
)
def width_for_both(d_out, image, grid, align_corners=False):
    return per_pixel(d_out, image, grid, align_corners) * per_unit(image, align_corners)[0]


@EXERCISE.wrong(
    "Each axis has the other's factor",
    "x moves along the width and y along the height, so the first "
    "component takes its factor from W and the second from H; yours has them exchanged.",
    "sec-sback-pull",
)
def factors_exchanged(d_out, image, grid, align_corners=False):
    return per_pixel(d_out, image, grid, align_corners) * per_unit(image, align_corners)[::-1]


@EXERCISE.wrong(
    "x and y are swapped in what is returned",
    "the last axis of d_grid is (x, y), as the grid's is, the gradient along x first and the one along y second.",
    "sec-sback-idea",
)
def swapped_result(d_out, image, grid, align_corners=False):
    return right(d_out, image, grid, align_corners)[..., ::-1].copy()


@EXERCISE.wrong(
    "The points are read as (row, column)",
    "in the grid's last axis, (x, y), the first number leads to "
    "the column and the second to the row; yours takes them the other way round.",
    "sec-sback-idea",
)
def swapped_points(d_out, image, grid, align_corners=False):
    return right(d_out, image, grid[..., ::-1], align_corners)


@EXERCISE.wrong(
    "The mean over the channels",
    "all channels move with the same point, so their gradients are added, not averaged.",
    "sec-sback-idea",
)
def mean_of_channels(d_out, image, grid, align_corners=False):
    return right(d_out, image, grid, align_corners) / d_out.dtype.type(d_out.shape[1])


@EXERCISE.wrong(
    "The first channel only",
    "all channels move with the same point, so the gradients of all of them are added; yours takes the first.",
    "sec-sback-idea",
)
def first_channel(d_out, image, grid, align_corners=False):
    return right(d_out[:, :1], image[:, :1], grid, align_corners)


@EXERCISE.wrong(
    "The slope alone, without d_out",
    "the slope is how the output changes as the point moves, and d_out is how the loss changes with the output; the "
    "chain rule multiplies the two, channel by channel.",
    "sec-sback-idea",
)
def without_d_out(d_out, image, grid, align_corners=False):
    return right(np.ones_like(d_out), image, grid, align_corners)


@EXERCISE.wrong(
    "Every sign is reversed",
    "as a point moves to the right its value goes from the left pixel to the "
    "right one, so the slope is right less left, and lower less upper.",
    "sec-sback-pull",
)
def reversed_sign(d_out, image, grid, align_corners=False):
    return -right(d_out, image, grid, align_corners)


@EXERCISE.wrong(
    "The slope in x has the wrong sign",
    "as a point moves to the right its value goes from the left pixel "
    "to the right one, so the slope in x is the right pixel less the left one, in both rows; yours is left "
    "less right.",
    "sec-sback-pull",
)
def reversed_x(d_out, image, grid, align_corners=False):
    return right(d_out, image, grid, align_corners) * np.array([-1, 1], grid.dtype)


@EXERCISE.wrong(
    "The brightness in place of the slope",
    "how bright the output is does not matter, only how the "
    "picture changes around the point; yours multiplies d_out by the value that was read.",
    "sec-sback-pull",
)
def brightness(d_out, image, grid, align_corners=False):
    value = grid_sample(image, grid, align_corners=align_corners)
    return pull(d_out, value, value) * per_unit(image, align_corners)


@EXERCISE.wrong(
    "The brightness in place of the slope, and no factor",
    "how bright the output is does not matter, "
    "only how the picture changes around the point; and the change per pixel is then multiplied by the "
    "pixels in one unit.",
    "sec-sback-pull",
)
def brightness_alone(d_out, image, grid, align_corners=False):
    value = grid_sample(image, grid, align_corners=align_corners)
    return pull(d_out, value, value)


@EXERCISE.wrong(
    "y points up",
    "rows are counted downwards and y grows with them, so the slope in y is the lower "
    "pixel less the upper one; yours has the sign of a y that points up.",
    "sec-sback-pull",
)
def y_points_up(d_out, image, grid, align_corners=False):
    return right(d_out, image, grid, align_corners) * np.array([1, -1], grid.dtype)


@EXERCISE.wrong(
    "A neighbour outside counts as the border",
    "with zeros padding a neighbour that does not exist has "
    "the value 0, so a point half outside feels the edge of the picture; yours gives it the border's "
    "value.",
    "sec-sback-outside",
)
def border_value(d_out, image, grid, align_corners=False):
    x, y, corners = around(image, grid, align_corners, outside_is_border=True)
    return pull(d_out, *slopes(x, y, *corners)) * per_unit(image, align_corners)


@EXERCISE.wrong(
    "Index -1 is the last pixel",
    "a row or column of -1 is outside and counts as 0, but to NumPy it is "
    "the last one, so ask for both: at least 0 and less than the length.",
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
    "they are H - 1 and W - 1, counted from 0, and belong to the "
    "image, so inside is all that is less than H and less than W.",
    "sec-sback-outside",
)
def last_ones_left_out(d_out, image, grid, align_corners=False):
    image = image.copy()
    image[:, :, -1] = 0
    image[..., -1] = 0
    return right(d_out, image, grid, align_corners)


@EXERCISE.wrong(
    "A point with a neighbour outside gets no gradient",
    "up to one pixel beyond the outermost centres a point still reads pixels inside and gets a gradient from them; a "
    "missing neighbour counts as 0, and the others stay.",
    "sec-sback-outside",
)
def all_or_nothing(d_out, image, grid, align_corners=False):
    points = in_pixels(image, grid, align_corners)
    last = np.maximum(np.array(image.shape[:1:-1]) - 2, 0)
    whole = ((np.floor(points) >= 0) & (np.floor(points) <= last)).all(axis=-1)
    return right(d_out * whole[:, None], image, grid, align_corners)


@EXERCISE.wrong(
    "Cut off towards 0 in place of the floor",
    "the left neighbour of -0.5 is -1, not 0, so take "
    "np.floor first and make whole numbers of that; int and astype(int) alone cut off towards 0.",
    "sec-sback-idea",
)
def truncated(d_out, image, grid, align_corners=False):
    x, y, corners = around(image, grid, align_corners, to_whole=np.trunc)
    return pull(d_out, *slopes(x, y, *corners)) * per_unit(image, align_corners)


@EXERCISE.wrong(
    "The other axis has no weight",
    "the slope in x is the upper difference times (1 - f_y) plus the "
    "lower one times f_y, and likewise in y with f_x; yours takes one of the two differences whole.",
    "sec-sback-pull",
)
def one_difference(d_out, image, grid, align_corners=False):
    x, y, corners = around(image, grid, align_corners)
    return pull(d_out, *slopes(0 * x, 0 * y, *corners)) * per_unit(image, align_corners)


@EXERCISE.wrong(
    "The other axis' weights are exchanged",
    "the nearer difference counts more, so for the slope in x "
    "the upper difference has the weight (1 - f_y) and the lower one f_y; yours has them the other way "
    "round.",
    "sec-sback-pull",
)
def weights_exchanged(d_out, image, grid, align_corners=False):
    x, y, corners = around(image, grid, align_corners)
    return pull(d_out, *slopes(1 - x, 1 - y, *corners)) * per_unit(image, align_corners)


@EXERCISE.wrong(
    "Each slope is weighed by its own fraction",
    "the slope in x is weighed by how far down the point "
    "lies, f_y, and the slope in y by f_x; yours has it the other way round.",
    "sec-sback-pull",
)
def own_fraction(d_out, image, grid, align_corners=False):
    x, y, corners = around(image, grid, align_corners)
    return pull(d_out, *slopes(y, x, *corners)) * per_unit(image, align_corners)


@EXERCISE.wrong(
    "Both differences count half",
    "the slope in x is the upper difference times (1 - f_y) plus the "
    "lower one times f_y; yours takes the mean of the two, and in y likewise, wherever the point lies.",
    "sec-sback-pull",
)
def half_and_half(d_out, image, grid, align_corners=False):
    x, y, corners = around(image, grid, align_corners)
    return pull(d_out, *slopes(0 * x + x.dtype.type(0.5), 0 * y + y.dtype.type(0.5), *corners)) * (
        per_unit(image, align_corners)
    )


@EXERCISE.wrong(
    "Both differences count whole",
    "the slope in x is the upper difference times (1 - f_y) plus the "
    "lower one times f_y; yours adds the two as they are.",
    "sec-sback-pull",
)
def both_whole(d_out, image, grid, align_corners=False):
    x, y, (upper_left, upper_right, lower_left, lower_right) = around(image, grid, align_corners)
    across = upper_right - upper_left + lower_right - lower_left
    down = lower_left - upper_left + lower_right - upper_right
    return pull(d_out, across, down) * per_unit(image, align_corners)


@EXERCISE.wrong(
    "The height's factor for both axes",
    "x moves along the width and y along the height, so the first "
    "component takes its factor from W and the second from H; yours takes both from H.",
    "sec-sback-pull",
)
def height_for_both(d_out, image, grid, align_corners=False):
    return per_pixel(d_out, image, grid, align_corners) * per_unit(image, align_corners)[1]


@EXERCISE.wrong(
    "d_out of the first channel for all",
    "each channel's slope is multiplied by its own d_out before "
    "the channels are added; yours uses the first channel's d_out for all of them.",
    "sec-sback-idea",
)
def first_upstream(d_out, image, grid, align_corners=False):
    return right(np.repeat(d_out[:, :1], d_out.shape[1], axis=1), image, grid, align_corners)


@EXERCISE.wrong(
    "Added up before they are multiplied",
    "each channel's slope is multiplied by its own d_out before "
    "the channels are added; yours adds slopes and d_out apart and multiplies the sums.",
    "sec-sback-idea",
)
def sums_multiplied(d_out, image, grid, align_corners=False):
    sums = np.repeat(d_out.sum(axis=1, keepdims=True), d_out.shape[1], axis=1)
    return right(sums, image, grid, align_corners)


@EXERCISE.wrong(
    "The differences are those of whole neighbours to both sides",
    "between two pixels the picture is a "
    "straight line, whose slope is right less left; yours is a difference over two pixels, halved.",
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
