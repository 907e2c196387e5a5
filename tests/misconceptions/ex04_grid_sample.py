"""Wrong answers to `grid_sample`, and the calls that tell them apart."""

import numpy as np

from stn_numpy import grid_sample
from tests.judge import Case, Exercise

RNG = np.random.default_rng(0)
CENTRES = np.array([[[[-1.0, -1], [0, -1], [1, -1]], [[-1, 1], [0, 1], [1, 1]]]])
ROW = np.array([[[[10.0, 40, 30, 20]]]])
PAIRS = np.array([[[[1.0, 2]], [[10, 20]]], [[[3, 4]], [[30, 40]]]])
IMAGES = RNG.integers(1, 90, (2, 2, 3, 6)).astype("float64")
INSIDE = RNG.uniform(-0.6, 0.6, (2, 2, 3, 2)).round(2)  # between the outermost centres in both conventions
ANYWHERE = RNG.uniform(-2, 2, (2, 3, 3, 2)).round(2)

RANDOM = np.random.default_rng(7)

EXERCISE = Exercise(
    name="grid_sample",
    answer="stn_numpy.sampler",
    gives=("out",),
    also=("_weigh", "_taps", "_planes"),
    cases=[
        Case(
            "one point, at column 0.75 and row 0.2",
            np.array([[[[10.0, 20], [30, 60]]]]),
            np.array([[[[0.5, -0.6]]]]),
            align_corners=True,
            expected=[[[[24.5]]]],
        ),
        Case(
            "the identity, -1 and 1 are centres",
            np.array([[[[1.0, 2, 3], [4, 5, 6]]]]),
            CENTRES,
            align_corners=True,
            expected=[[[[1, 2, 3], [4, 5, 6]]]],
        ),
        Case(
            "two images of two channels, one point each",
            PAIRS,
            np.array([[[[-1.0, 0]]], [[[1, 0]]]]),
            align_corners=True,
            expected=[[[[1]], [[10]]], [[[4]], [[40]]]],
        ),
        Case(
            "one row, -1 and 1 are edges; the first and the last point lie outside",
            ROW,
            np.array([[[[-1.0, 0], [0, 0], [0.75, 0], [1.25, 0]]]]),
            align_corners=False,
            expected=[[[[5, 35, 20, 0]]]],
            outside=np.array([True, False, False, True]),
        ),
        Case("two images of two channels, 3 x 6 pixels, read at 2 x 3 points", IMAGES, INSIDE, align_corners=True),
        Case("two images of two channels, 3 x 6 pixels, -1 and 1 are edges", IMAGES, INSIDE, align_corners=False),
        Case(
            "two images of two channels in float32, -1 and 1 are edges",
            IMAGES.astype("float32"),
            INSIDE.astype("float32"),
            align_corners=False,
        ),
        Case(
            "some points far outside",
            IMAGES[:, :1],
            ANYWHERE,
            align_corners=True,
            outside=(np.abs(ANYWHERE) > 1).any(axis=-1)[:, None],
        ),
        Case(
            "three images of two channels, five rows",
            RANDOM.standard_normal((3, 2, 5, 4)),
            RANDOM.uniform(-1.4, 1.4, (3, 2, 3, 2)),
            align_corners=False,
        ),
    ],
)


def in_pixels(points, length, align_corners):
    """The right step from normalised units to pixels."""
    return (points + 1) / 2 * (length - 1) if align_corners else ((points + 1) * length - 1) / 2


def two_axes(grid, image, align_corners, to_pixels=in_pixels):
    """x and y in pixels, (N, h, w) each."""
    height, width = image.shape[2:]
    return to_pixels(grid[..., 0], width, align_corners), to_pixels(grid[..., 1], height, align_corners)


def within(cells, length):
    return (0 <= cells) & (cells < length)


def read(image, x, y, pairs=lambda p, length: [(np.floor(p), 1 - p % 1), (np.floor(p) + 1, p % 1)], exists=within):
    """Sum pixel times weight over all pairs (cell, weight) of the two axes; `exists` says which cells count."""
    height, width = image.shape[2:]
    out = np.zeros(image.shape[:2] + x.shape[1:], image.dtype)
    for row, weight_y in pairs(y, height):
        for column, weight_x in pairs(x, width):
            pixel = gather(image, row, column)
            out += pixel * np.where(exists(row, height) & exists(column, width), weight_y * weight_x, 0)[:, None]
    return out


def gather(image, row, column):
    """The pixels at (N, h, w) rows and columns, those outside taken from the edge: (N, C, h, w)."""
    row = np.clip(row, 0, image.shape[2] - 1).astype(int)
    column = np.clip(column, 0, image.shape[3] - 1).astype(int)
    return np.stack([one[:, r, c] for one, r, c in zip(image, row, column)])


def everywhere(cells, length):
    return np.full(cells.shape, True)


def tent(distance):
    """The weight as eq. 5 has it within a pixel; further out it is negative."""
    return 1 - np.abs(distance)


@EXERCISE.wrong(
    "x and y are swapped",
    "your function takes the first number of a point for the row; the grid's last axis is (x, y), so the first number "
    "chooses the column and the second the row.",
    "sec-grid-all",
)
def swapped(image, grid, mode="bilinear", padding_mode="zeros", align_corners=False):
    return grid_sample(image, grid[..., ::-1].copy(), mode, padding_mode, align_corners)


@EXERCISE.wrong(
    "Width and height are exchanged",
    "your function scales x by the height and y by the width; x runs along a row and is scaled by the width, "
    "`shape[3]`, and y by the height, `shape[2]`.",
    "sec-grid-units",
)
def exchanged_lengths(image, grid, mode="bilinear", padding_mode="zeros", align_corners=False):
    height, width = image.shape[2:]
    return read(image, in_pixels(grid[..., 0], height, align_corners), in_pixels(grid[..., 1], width, align_corners))


@EXERCISE.wrong(
    "The width is used for both axes",
    "your function scales y by the width as well; y runs down a column and is scaled by the height, `shape[2]`.",
    "sec-grid-units",
)
def width_for_both(image, grid, mode="bilinear", padding_mode="zeros", align_corners=False):
    width = image.shape[3]
    return read(image, in_pixels(grid[..., 0], width, align_corners), in_pixels(grid[..., 1], width, align_corners))


@EXERCISE.wrong(
    "The height is used for both axes",
    "your function scales x by the height as well; x runs along a row and is scaled by the width, `shape[3]`.",
    "sec-grid-units",
)
def height_for_both(image, grid, mode="bilinear", padding_mode="zeros", align_corners=False):
    height = image.shape[2]
    return read(image, in_pixels(grid[..., 0], height, align_corners), in_pixels(grid[..., 1], height, align_corners))


@EXERCISE.wrong(
    "`align_corners` is ignored, corners always",
    "your function scales by `W - 1` even where `align_corners=False`; there -1 and 1 are the outer edges, and x is "
    "at pixel `((x + 1) * W - 1) / 2`.",
    "sec-grid-units",
)
def always_corners(image, grid, mode="bilinear", padding_mode="zeros", align_corners=False):
    return grid_sample(image, grid, mode, padding_mode, True)


@EXERCISE.wrong(
    "`align_corners` is ignored, edges always",
    "your function scales by `W` even where `align_corners=True`; there -1 and 1 are the outermost centres, and x is "
    "at pixel `(x + 1) / 2 * (W - 1)`.",
    "sec-grid-units",
)
def always_edges(image, grid, mode="bilinear", padding_mode="zeros", align_corners=False):
    return grid_sample(image, grid, mode, padding_mode, False)


@EXERCISE.wrong(
    "The other `align_corners`",
    "your function exchanges the two conventions; `align_corners=True` places -1 and 1 at the centres of the "
    "outermost pixels, `False` at the outer edges.",
    "sec-grid-units",
)
def other_convention(image, grid, mode="bilinear", padding_mode="zeros", align_corners=False):
    return grid_sample(image, grid, mode, padding_mode, not align_corners)


@EXERCISE.wrong(
    "Half a pixel too far",
    "with `align_corners=False` your function places -1 at pixel 0; -1 is the outer edge of that pixel, at -1/2, so "
    "the `- 1` in `((x + 1) * W - 1) / 2` is missing.",
    "sec-grid-units",
)
def half_too_far(image, grid, mode="bilinear", padding_mode="zeros", align_corners=False):
    def to_pixels(points, length, corners):
        return (points + 1) / 2 * (length - 1 if corners else length)

    return read(image, *two_axes(grid, image, align_corners, to_pixels))


@EXERCISE.wrong(
    "Half a pixel too early",
    "with `align_corners=False` your function subtracts a whole pixel; `((x + 1) * W - 1) / 2` subtracts half of one, "
    "so that -1 is at pixel -1/2.",
    "sec-grid-units",
)
def half_too_early(image, grid, mode="bilinear", padding_mode="zeros", align_corners=False):
    def to_pixels(points, length, corners):
        return (points + 1) / 2 * (length - 1) if corners else (points + 1) / 2 * length - 1

    return read(image, *two_axes(grid, image, align_corners, to_pixels))


@EXERCISE.wrong(
    "Points taken for pixels",
    "your function takes the numbers of the grid for columns and rows; they are in normalised units, from -1 to 1 "
    "whatever the size of the image.",
    "sec-sampler-tents",
)
def taken_for_pixels(image, grid, mode="bilinear", padding_mode="zeros", align_corners=False):
    return read(image, grid[..., 0], grid[..., 1])


@EXERCISE.wrong(
    "The + 1 is missing",
    "your function does not add 1 to x before it scales; x = 0 is the middle of the image, not pixel 0.",
    "sec-grid-units",
)
def not_shifted(image, grid, mode="bilinear", padding_mode="zeros", align_corners=False):
    def to_pixels(points, length, corners):
        return points / 2 * (length - 1) if corners else (points * length - 1) / 2

    return read(image, *two_axes(grid, image, align_corners, to_pixels))


@EXERCISE.wrong(
    "The output's size instead of the input's",
    "your function scales the points by the output's size, h and w; they should be scaled to the pixels of the image "
    "that is read, by H and W.",
    "sec-grid-idea",
)
def scaled_to_output(image, grid, mode="bilinear", padding_mode="zeros", align_corners=False):
    height, width = grid.shape[1:3]
    return read(image, in_pixels(grid[..., 0], width, align_corners), in_pixels(grid[..., 1], height, align_corners))


@EXERCISE.wrong(
    "y runs upwards",
    "your function turns y upside down; y is -1 in the first row and 1 in the last, and rows count downwards as well.",
    "sec-sampler-tents",
)
def upwards(image, grid, mode="bilinear", padding_mode="zeros", align_corners=False):
    return grid_sample(image, grid * np.array([1, -1], grid.dtype), mode, padding_mode, align_corners)


@EXERCISE.wrong(
    "The edge is repeated outside",
    'your function reads the edge pixel in place of a neighbour outside, which is `padding_mode="border"`; with '
    '`"zeros"` such a neighbour counts as 0.',
    "sec-sampler-outside",
)
def border(image, grid, mode="bilinear", padding_mode="zeros", align_corners=False):
    return read(image, *two_axes(grid, image, align_corners), exists=everywhere)


@EXERCISE.wrong(
    "Mirrored outside",
    'outside the image your function reads it mirrored, which is `padding_mode="reflection"`; with `"zeros"` a '
    "neighbour outside counts as 0.",
    "sec-sampler-outside",
)
def mirrored(image, grid, mode="bilinear", padding_mode="zeros", align_corners=False):
    return grid_sample(image, grid, mode, "reflection", align_corners)


@EXERCISE.wrong(
    "The border is lost",
    "your function gives 0 as soon as one of the four neighbours is outside, because of a check or because the "
    "weights are computed after clipping and cancel; the neighbour outside counts as 0, and the others are still read.",
    "sec-sampler-identity",
)
def all_four(image, grid, mode="bilinear", padding_mode="zeros", align_corners=False):
    def pairs(p, length):
        one, other = np.clip(np.floor(p), 0, length - 1), np.clip(np.floor(p) + 1, 0, length - 1)
        return [(one, other - p), (other, p - one)]

    return read(image, *two_axes(grid, image, align_corners), pairs)


@EXERCISE.wrong(
    "Weights computed after clipping",
    "your function measures the distance to the clipped neighbour, so that both distances are 0 in the last column; "
    "measure the distance first, and then clip the index.",
    "sec-sampler-identity",
)
def weights_after_clipping(image, grid, mode="bilinear", padding_mode="zeros", align_corners=False):
    def pairs(p, length):
        one, other = np.floor(p), np.floor(p) + 1
        return [(one, np.clip(other, 0, length - 1) - p), (other, p - np.clip(one, 0, length - 1))]

    return read(image, *two_axes(grid, image, align_corners), pairs)


@EXERCISE.wrong(
    "The edge pixels are counted twice",
    "your function checks whether a neighbour exists after clipping its index, so that in the last column both "
    "neighbours are that column, with weight 1 each; check first, and then clip.",
    "sec-sampler-identity",
)
def counted_twice(image, grid, mode="bilinear", padding_mode="zeros", align_corners=False):
    def pairs(p, length):
        cells = [np.clip(np.floor(p) + step, 0, length - 1) for step in (0, 1)]
        return [(cell, tent(p - cell)) for cell in cells]

    return read(image, *two_axes(grid, image, align_corners), pairs)


@EXERCISE.wrong(
    "The last row and column are left out",
    "your function does not read the last row and column; the last column is number W - 1, so a column exists if `0 "
    "<= column < W` and a row if `0 <= row < H`.",
    "sec-sampler-outside",
)
def last_left_out(image, grid, mode="bilinear", padding_mode="zeros", align_corners=False):
    return read(image, *two_axes(grid, image, align_corners), exists=lambda cells, length: within(cells, length - 1))


@EXERCISE.wrong(
    "Index -1 wraps round",
    "your function reads the last column in place of column -1, as NumPy does with the index -1; column -1 does not "
    "exist and counts as 0, so check both ends of the axis.",
    "sec-sampler-outside",
)
def wraps(image, grid, mode="bilinear", padding_mode="zeros", align_corners=False):
    def pairs(p, length):
        cells = [(np.floor(p), 1 - p % 1), (np.floor(p) + 1, p % 1)]
        return [(np.where((-length <= cell) & (cell < 0), cell + length, cell), weight) for cell, weight in cells]

    return read(image, *two_axes(grid, image, align_corners), pairs)


INSIDE_ALWAYS = (
    "your function reads a row or column outside the image, which NumPy cannot do even with a weight of 0; the right "
    "neighbour of the last column is column W, so clip the indices to the image, and set the weights of the neighbours "
    "outside to 0."
)


@EXERCISE.wrong("A neighbour outside the image is read", INSIDE_ALWAYS, "sec-sampler-outside")
def index_not_clipped(image, grid, mode="bilinear", padding_mode="zeros", align_corners=False):
    x, y = two_axes(grid, image, align_corners)
    for n, one in enumerate(image):
        for row in (np.floor(y[n]).astype(int), np.floor(y[n]).astype(int) + 1):
            for column in (np.floor(x[n]).astype(int), np.floor(x[n]).astype(int) + 1):
                one[:, row, column]
    return grid_sample(image, grid, mode, padding_mode, align_corners)


@EXERCISE.wrong("A pixel outside the image is read", INSIDE_ALWAYS, "sec-sampler-outside")
def index_of_all_not_clipped(image, grid, mode="bilinear", padding_mode="zeros", align_corners=False):
    """As above, but for what the error says: image and channel are indexed along with row and column."""
    x, y = two_axes(grid, image, align_corners)
    n, c = np.arange(len(image))[:, None, None, None], np.arange(image.shape[1])[:, None, None]
    for row in (np.floor(y).astype(int), np.floor(y).astype(int) + 1):
        for column in (np.floor(x).astype(int), np.floor(x).astype(int) + 1):
            image[n, c, row[:, None], column[:, None]]
    return grid_sample(image, grid, mode, padding_mode, align_corners)


@EXERCISE.wrong(
    "Cut off at the outermost centres",
    "your function gives 0 for every point beyond the outermost centres; a point less than a pixel outside them still "
    "has neighbours that exist, so its value falls towards 0 with the distance.",
    "sec-sampler-outside",
)
def cut_off(image, grid, mode="bilinear", padding_mode="zeros", align_corners=False):
    x, y = two_axes(grid, image, align_corners)
    height, width = image.shape[2:]
    inside = (0 <= x) & (x <= width - 1) & (0 <= y) & (y <= height - 1)
    return read(image, x, y) * inside[:, None]


@EXERCISE.wrong(
    "The nearest pixel only",
    'your function reads only the nearest pixel, which is `mode="nearest"`; four pixels are mixed, weighted by their '
    "distances.",
    "sec-sampler-dial",
)
def nearest(image, grid, mode="bilinear", padding_mode="zeros", align_corners=False):
    return grid_sample(image, grid, "nearest", padding_mode, align_corners)


@EXERCISE.wrong(
    "The weights go to the opposite pixels",
    "your function gives the left column the weight `fx`, where `fx = x - floor(x)`; the nearer a neighbour is, the "
    "more it counts, so the left column has `1 - fx` and the right one `fx`.",
    "sec-sampler-neighbours",
)
def opposite(image, grid, mode="bilinear", padding_mode="zeros", align_corners=False):
    def pairs(p, length):
        return [(np.floor(p), p % 1), (np.floor(p) + 1, 1 - p % 1)]

    return read(image, *two_axes(grid, image, align_corners), pairs)


@EXERCISE.wrong(
    "`=` instead of `+=`",
    "your function assigns each of the four terms instead of adding it, so that only the lower right neighbour's is "
    "left; the four terms add up.",
    "sec-sampler-neighbours",
)
def last_term(image, grid, mode="bilinear", padding_mode="zeros", align_corners=False):
    def pairs(p, length):
        return [(np.floor(p) + 1, p % 1)]

    return read(image, *two_axes(grid, image, align_corners), pairs)


@EXERCISE.wrong(
    "Rounded towards zero",
    "your function rounds towards zero, as `int()` and `astype(int)` do, so a weight becomes negative left of pixel "
    "0; the left neighbour there is pixel -1, which `np.floor` finds.",
    "sec-sampler-neighbours",
)
def truncated(image, grid, mode="bilinear", padding_mode="zeros", align_corners=False):
    def pairs(p, length):
        return [(np.trunc(p), 1 - (p - np.trunc(p))), (np.trunc(p) + 1, p - np.trunc(p))]

    return read(image, *two_axes(grid, image, align_corners), pairs)


@EXERCISE.wrong(
    "Rounded towards zero, and a negative weight",
    "your function rounds towards zero, as `int()` and `astype(int)` do, so that `1 - |x - 1|` is negative left of "
    "pixel 0; the left neighbour there is pixel -1, which `np.floor` finds.",
    "sec-sampler-neighbours",
)
def truncated_tents(image, grid, mode="bilinear", padding_mode="zeros", align_corners=False):
    def pairs(p, length):
        return [(np.trunc(p) + step, tent(p - np.trunc(p) - step)) for step in (0, 1)]

    return read(image, *two_axes(grid, image, align_corners), pairs)


@EXERCISE.wrong(
    "A whole pixel is counted twice",
    "your function takes `np.ceil(x)` for the right neighbour, so where x is whole left and right are one pixel, with "
    "weight 1 each; the right neighbour is `floor(x) + 1`, also there.",
    "sec-sampler-neighbours",
)
def ceiling_tents(image, grid, mode="bilinear", padding_mode="zeros", align_corners=False):
    def pairs(p, length):
        return [(cell, tent(p - cell)) for cell in (np.floor(p), np.ceil(p))]

    return read(image, *two_axes(grid, image, align_corners), pairs)


@EXERCISE.wrong(
    "On a whole pixel all weights are 0",
    "your function takes `np.ceil(x)` for the right neighbour, so where x is whole both distances are 0 and the pixel "
    "becomes black; the right neighbour is `floor(x) + 1`, also there.",
    "sec-sampler-neighbours",
)
def ceiling(image, grid, mode="bilinear", padding_mode="zeros", align_corners=False):
    def pairs(p, length):
        return [(np.floor(p), np.ceil(p) - p), (np.ceil(p), p - np.floor(p))]

    return read(image, *two_axes(grid, image, align_corners), pairs)


@EXERCISE.wrong(
    "One image for the whole batch",
    "your function reads the first image for every output; output n is read from image n at the points of grid n.",
    "sec-sampler-channels",
)
def first_image(image, grid, mode="bilinear", padding_mode="zeros", align_corners=False):
    return grid_sample(np.repeat(image[:1], len(image), axis=0), grid, mode, padding_mode, align_corners)


@EXERCISE.wrong(
    "The batch ends after its first image",
    "your function leaves every output but the first at 0, perhaps because the `return` is inside the loop over the "
    "images; output n is read from image n.",
    "sec-sampler-channels",
)
def first_only(image, grid, mode="bilinear", padding_mode="zeros", align_corners=False):
    out = grid_sample(image, grid, mode, padding_mode, align_corners)
    out[1:] = 0
    return out


@EXERCISE.wrong(
    "Only the first output is returned",
    "your function returns the first output alone, perhaps because the `return` is inside the loop over the images; "
    "there is one output for each image.",
    "sec-sampler-channels",
)
def first_alone(image, grid, mode="bilinear", padding_mode="zeros", align_corners=False):
    return grid_sample(image[:1], grid[:1], mode, padding_mode, align_corners)


@EXERCISE.wrong(
    "One grid for the whole batch",
    "your function reads every image at the first image's points; output n is read from image n at the points of grid "
    "n.",
    "sec-sampler-channels",
)
def first_grid(image, grid, mode="bilinear", padding_mode="zeros", align_corners=False):
    return grid_sample(image, np.repeat(grid[:1], len(grid), axis=0), mode, padding_mode, align_corners)


@EXERCISE.wrong(
    "One channel for all",
    "your function reads the first channel for every channel of the output; each is read from its own channel of the "
    "image, all at the same points.",
    "sec-sampler-channels",
)
def first_channel(image, grid, mode="bilinear", padding_mode="zeros", align_corners=False):
    return grid_sample(np.repeat(image[:, :1], image.shape[1], axis=1), grid, mode, padding_mode, align_corners)


@EXERCISE.wrong(
    "Channels last",
    "your result has the channels on its last axis; its shape should be (N, C, h, w), the channels before the rows, "
    "as in the image.",
    "sec-sampler-channels",
)
def channels_last(image, grid, mode="bilinear", padding_mode="zeros", align_corners=False):
    return np.moveaxis(grid_sample(image, grid, mode, padding_mode, align_corners), 1, -1).copy()


@EXERCISE.wrong(
    "Rows and columns of the output are exchanged",
    "your function writes the value at `grid[n, i, j]` to `out[n, :, j, i]`; it belongs in `out[n, :, i, j]`, rows "
    "before columns, although x comes before y in the point.",
    "sec-sampler-tents",
)
def transposed(image, grid, mode="bilinear", padding_mode="zeros", align_corners=False):
    return grid_sample(image, grid, mode, padding_mode, align_corners).swapaxes(2, 3).copy()


@EXERCISE.wrong(
    "Computed in float32",
    "your function rounds to float32 at some step; float64 arguments give a float64 result with all its digits.",
    "sec-sampler-check",
)
def in_float32(image, grid, mode="bilinear", padding_mode="zeros", align_corners=False):
    small = (array.astype("float32") for array in (image, grid))
    return grid_sample(*small, mode, padding_mode, align_corners).astype(image.dtype)


@EXERCISE.wrong(
    "The weights of x and y are averaged",
    "your weight is the weight across plus the weight down, divided by 4, so that a neighbour a whole pixel away "
    "along one axis still counts; it should be the product of the two.",
    "sec-sampler-neighbours",
)
def weights_averaged(image, grid, mode="bilinear", padding_mode="zeros", align_corners=False):
    return weighed(image, grid, align_corners, lambda across, down: (across + down) / 4)


@EXERCISE.wrong(
    "The weights of x and y are added",
    "your weight is the weight across plus the weight down; it should be the product of the two, so that the four "
    "weights add up to 1.",
    "sec-sampler-neighbours",
)
def weights_added(image, grid, mode="bilinear", padding_mode="zeros", align_corners=False):
    return weighed(image, grid, align_corners, lambda across, down: across + down)


@EXERCISE.wrong(
    "The mean of the four neighbours",
    "your function gives each neighbour a quarter; they should be weighted by their distances.",
    "sec-sampler-neighbours",
)
def quarters(image, grid, mode="bilinear", padding_mode="zeros", align_corners=False):
    return weighed(image, grid, align_corners, lambda across, down: 0.25 + 0 * across)


@EXERCISE.wrong(
    "Only the upper left neighbour",
    "your function reads only the upper left neighbour, as if the position were rounded down; four pixels are mixed, "
    "weighted by their distances.",
    "sec-sampler-dial",
)
def upper_left(image, grid, mode="bilinear", padding_mode="zeros", align_corners=False):
    return read(image, *two_axes(grid, image, align_corners), lambda p, length: [(np.floor(p), 1.0)])


def weighed(image, grid, align_corners, weigh):
    """Read with other weights, of how near a neighbour is across and down."""
    x, y = two_axes(grid, image, align_corners)
    out = np.zeros(image.shape[:2] + x.shape[1:], image.dtype)
    for row in (np.floor(y), np.floor(y) + 1):
        for column in (np.floor(x), np.floor(x) + 1):
            exists = within(row, image.shape[2]) & within(column, image.shape[3])
            weight = np.where(exists, weigh(tent(x - column), tent(y - row)), 0)
            out += gather(image, row, column) * weight[:, None].astype(image.dtype)
    return out


@EXERCISE.wrong(
    "The weights are smoothed",
    "your function smooths the weights, as 3 f^2 - 2 f^3 does, which is another interpolation; a pixel's weight falls "
    "linearly with its distance.",
    "sec-sampler-neighbours",
)
def smoothed(image, grid, mode="bilinear", padding_mode="zeros", align_corners=False):
    def pairs(p, length):
        fraction = p % 1
        share = fraction * fraction * (3 - 2 * fraction)
        return [(np.floor(p), 1 - share), (np.floor(p) + 1, share)]

    return read(image, *two_axes(grid, image, align_corners), pairs=pairs)


@EXERCISE.wrong(
    "Divided by the weights that exist",
    "your function divides by the sum of the weights inside the image, so the picture does not fade at its edge; a "
    "pixel that does not exist counts as 0 and keeps its weight.",
    "sec-sampler-outside",
)
def divided_by_weights(image, grid, mode="bilinear", padding_mode="zeros", align_corners=False):
    axes = two_axes(grid, image, align_corners)
    there = read(np.ones_like(image), *axes)
    return read(image, *axes) / np.where(there > 0, there, 1).astype(image.dtype)


def checked_along(image, grid, align_corners, axes):
    """A neighbour counts as 0 where it lies outside along one of these axes; along the others the edge is read."""
    sizes = np.array([image.shape[3], image.shape[2]], grid.dtype)
    scaled = (grid + 1) * (sizes - 1) / 2 if align_corners else ((grid + 1) * sizes - 1) / 2
    others = [axis for axis in (0, 1) if axis not in axes]
    scaled[..., others] = np.clip(scaled[..., others], 0, sizes[others] - 1)
    back = (
        np.where(sizes > 1, 2 * scaled / np.maximum(sizes - 1, 1) - 1, 0)
        if align_corners
        else ((2 * scaled + 1) / sizes - 1)
    )
    return grid_sample(image, back.astype(grid.dtype), align_corners=align_corners)


@EXERCISE.wrong(
    "Only the column is checked",
    "your function checks only whether the column exists, and reads the edge above and below the image; a neighbour "
    "counts as 0 if its column or its row does not exist.",
    "sec-sampler-outside",
)
def columns_alone(image, grid, mode="bilinear", padding_mode="zeros", align_corners=False):
    return checked_along(image, grid, align_corners, [0])


@EXERCISE.wrong(
    "Only the row is checked",
    "your function checks only whether the row exists, and reads the edge left and right of the image; a neighbour "
    "counts as 0 if its column or its row does not exist.",
    "sec-sampler-outside",
)
def rows_alone(image, grid, mode="bilinear", padding_mode="zeros", align_corners=False):
    return checked_along(image, grid, align_corners, [1])


@EXERCISE.wrong(
    "Upper right and lower left weights are exchanged",
    "your function exchanges the weights of the upper right and the lower left neighbour; the upper right one has `fx "
    "* (1 - fy)` and the lower left one `(1 - fx) * fy`, where `fx` and `fy` are the fractions of x and y.",
    "sec-sampler-neighbours",
)
def crossed_weights(image, grid, mode="bilinear", padding_mode="zeros", align_corners=False):
    x, y = two_axes(grid, image, align_corners)
    shares = (1 - y % 1, y % 1), (1 - x % 1, x % 1)
    out = np.zeros(image.shape[:2] + x.shape[1:], image.dtype)
    for down, right in np.ndindex(2, 2):
        row, column = np.floor(y) + down, np.floor(x) + right
        exists = within(row, image.shape[2]) & within(column, image.shape[3])
        out += gather(image, row, column) * (exists * shares[0][right] * shares[1][down])[:, None]
    return out


@EXERCISE.wrong(
    "Row and column are exchanged in the image",
    "your function reads `image[n, :, column, row]`; the image's axes are rows and then columns, so the index "
    "made from y comes first.",
    "sec-sampler-neighbours",
)
def column_first(image, grid, mode="bilinear", padding_mode="zeros", align_corners=False):
    return read(image.swapaxes(2, 3), *two_axes(grid, image, align_corners))


@EXERCISE.right_too
def with_loops(image, grid, mode="bilinear", padding_mode="zeros", align_corners=False):
    batch, channels, height, width = image.shape
    out = np.zeros((batch, channels, *grid.shape[1:3]), image.dtype)
    for n, i, j in np.ndindex(grid.shape[:3]):
        x, y = grid[n, i, j]
        if align_corners:
            x, y = (x + 1) / 2 * (width - 1), (y + 1) / 2 * (height - 1)
        else:
            x, y = (x + 1) / 2 * width - 0.5, (y + 1) / 2 * height - 0.5
        for row in (int(np.floor(y)), int(np.floor(y)) + 1):
            for column in (int(np.floor(x)), int(np.floor(x)) + 1):
                if 0 <= row < height and 0 <= column < width:
                    out[n, :, i, j] += image[n, :, row, column] * (1 - abs(x - column)) * (1 - abs(y - row))
    return out


@EXERCISE.right_too
def with_all_tents(image, grid, mode="bilinear", padding_mode="zeros", align_corners=False):
    """The paper's double sum over all pixels, in one einsum."""
    tents = []
    for axis, length in ((1, image.shape[2]), (0, image.shape[3])):
        step = 2 / (length - 1) if align_corners and length > 1 else 2 / length
        first = -step * (length - 1) / 2
        position = (grid[..., axis].astype("float64") - first) / step
        if align_corners and length == 1:
            position = 0 * position
        tents.append(np.maximum(0, 1 - np.abs(position[..., None] - np.arange(length))))
    return np.einsum("ncrq,nijr,nijq->ncij", image, *tents).astype(image.dtype)


@EXERCISE.right_too
def with_a_frame(image, grid, mode="bilinear", padding_mode="zeros", align_corners=False):
    """Two pixels of black around the image, and points further out brought onto the frame: no neighbour is missing."""
    height, width = image.shape[2:]
    framed = np.pad(image, ((0, 0), (0, 0), (2, 2), (2, 2)))
    lengths = np.array([width, height], grid.dtype)
    pixels = (grid + 1) * (lengths - 1) / 2 if align_corners else (grid + 1) * lengths / 2 - grid.dtype.type(0.5)
    pixels = np.minimum(np.maximum(pixels, -2), lengths) + 2
    cell = np.minimum(pixels.astype(int), lengths.astype(int) + 2)
    share = pixels - cell.astype(grid.dtype)
    n, column, row = np.arange(len(image))[:, None, None], cell[..., 0], cell[..., 1]
    corner = np.moveaxis(framed, 1, -1)
    upper = corner[n, row, column] * (1 - share[..., :1]) + corner[n, row, column + 1] * share[..., :1]
    lower = corner[n, row + 1, column] * (1 - share[..., :1]) + corner[n, row + 1, column + 1] * share[..., :1]
    return np.moveaxis(upper * (1 - share[..., 1:]) + lower * share[..., 1:], -1, 1)
