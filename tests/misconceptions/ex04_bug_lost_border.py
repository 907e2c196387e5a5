"""Wrong corrections of `bug_lost_border`, and the calls that tell them apart."""

import numpy as np

from tests.judge import Case, Exercise

RNG = np.random.default_rng(0)
IMAGES = RNG.integers(1, 90, (2, 2, 3, 6)).astype("float64")
POINTS = RNG.uniform(-2, 2, (2, 2, 3, 2)).round(2)


def identity(height, width):
    """The grid that changes nothing, -1 and 1 being centres: (1, height, width, 2)."""
    return np.stack(np.meshgrid(np.linspace(-1, 1, width), np.linspace(-1, 1, height)), axis=-1)[None]


EXERCISE = Exercise(
    name="bug_lost_border",
    answer="tests.solutions",
    gives=("out",),
    cases=[
        Case(
            "the identity, the numbers 0 to 8",
            np.arange(9.0).reshape(1, 1, 3, 3),
            identity(3, 3),
            expected=np.arange(9.0).reshape(1, 1, 3, 3),
        ),
        Case(
            "one point, at column 0.75 and row 0.2",
            np.array([[[[10.0, 20], [30, 60]]]]),
            np.array([[[[0.5, -0.6]]]]),
            expected=[[[[24.5]]]],
        ),
        Case(
            "one row, and points on both sides of it",
            np.array([[[[10.0, 20, 40]]]]),
            np.array([[[[-1.5, 0], [0.5, 0], [1, 0], [3, 0]]]]),
            expected=[[[[10, 30, 40, 40]]]],
            outside=np.array([True, False, False, True]),
        ),
        Case(
            "two images of two channels, 3 x 6 pixels, read at 2 x 3 points",
            IMAGES,
            POINTS,
            outside=(np.abs(POINTS) > 1).any(axis=-1)[:, None],
        ),
        Case(
            "two images of two channels, 3 x 6 pixels, in float32", IMAGES.astype("float32"), POINTS.astype("float32")
        ),
    ],
)


def lookup(image, row, column):
    """The pixels at (N, 1, h, w) rows and columns, those outside taken from the edge: (N, C, h, w)."""
    row, column = (np.clip(k, 0, n - 1).astype(int) for k, n in ((row, image.shape[2]), (column, image.shape[3])))
    return image[np.arange(len(image))[:, None, None, None], np.arange(image.shape[1])[:, None, None], row, column]


def scaled(p, length):
    return (p + 1) / 2 * (length - 1)


def measured_first(p, length):
    """Right: weights, then clipping, which `lookup` does."""
    left = np.floor(p)
    return (left, left + 1 - p), (left + 1, p - left)


def clipped_first(p, length):
    left, right = np.clip(np.floor(p), 0, length - 1), np.clip(np.floor(p) + 1, 0, length - 1)
    return (left, right - p), (right, p - left)


def read(image, grid, to_pixels=scaled, pairs=measured_first):
    height, width = image.shape[2:]
    x, y = to_pixels(grid[:, None, ..., 0], width), to_pixels(grid[:, None, ..., 1], height)
    out = np.zeros(image.shape[:2] + grid.shape[1:3], image.dtype)
    for row, weight_y in pairs(y, height):
        for column, weight_x in pairs(x, width):
            out += weight_y * weight_x * lookup(image, row, column)
    return out


@EXERCISE.wrong(
    "As it was found",
    "x = 1 is the centre of the last pixel, number width - 1, and is scaled to width "
    "here; and the weights are taken after clipping, where left and right are one pixel and cancel.",
    "sec-sampler-identity",
)
def as_found(image, grid):
    batch, channels, height, width = image.shape
    x = (grid[:, None, ..., 0] + 1) / 2 * width
    y = (grid[:, None, ..., 1] + 1) / 2 * height
    left, above = np.floor(x), np.floor(y)
    right, below = left + 1, above + 1
    left, right = np.clip(left, 0, width - 1), np.clip(right, 0, width - 1)
    above, below = np.clip(above, 0, height - 1), np.clip(below, 0, height - 1)
    picture = np.arange(batch)[:, None, None, None]
    channel = np.arange(channels)[:, None, None]
    out = np.zeros((batch, channels, *grid.shape[1:3]), image.dtype)
    for row, weight_y in ((above, below - y), (below, y - above)):
        for column, weight_x in ((left, right - x), (right, x - left)):
            out += weight_y * weight_x * image[picture, channel, row.astype(int), column.astype(int)]
    return out


def partly(image, grid, scale_x=True, scale_y=True, weights_x=True, weights_y=True):
    """As it was found, but for what is mended: the scale along x and y, the weights along x and y."""
    height, width = image.shape[2:]
    x = (grid[:, None, ..., 0] + 1) / 2 * (width - scale_x)
    y = (grid[:, None, ..., 1] + 1) / 2 * (height - scale_y)
    columns = (measured_first if weights_x else clipped_first)(x, width)
    rows = (measured_first if weights_y else clipped_first)(y, height)
    return sum(
        weight_y * weight_x * lookup(image, row, column) for row, weight_y in rows for column, weight_x in columns
    )


@EXERCISE.wrong(
    "Only the scale is fixed",
    "the weights are still taken after clipping: on the last column, right is clipped to left, both distances are 0, "
    "and the pixel goes black.",
    "sec-sampler-identity",
)
def scale_mended(image, grid):
    return partly(image, grid, weights_x=False, weights_y=False)


@EXERCISE.wrong(
    "Only the weights are fixed",
    "x is still scaled by the width: three centres have two steps between them, so -1 to 1 is width - 1 pixels.",
    "sec-sampler-identity",
)
def weights_mended(image, grid):
    return partly(image, grid, scale_x=False, scale_y=False)


@EXERCISE.wrong(
    "Fixed for the columns alone",
    "both mistakes are made twice, once for x and once for y; the last row is still lost.",
    "sec-sampler-identity",
)
def columns_alone(image, grid):
    return partly(image, grid, scale_y=False, weights_y=False)


@EXERCISE.wrong(
    "Fixed for the rows alone",
    "both mistakes are made twice, once for x and once for y; the last column is still lost.",
    "sec-sampler-identity",
)
def rows_alone(image, grid):
    return partly(image, grid, scale_x=False, weights_x=False)


@EXERCISE.wrong(
    "The scale of y is left",
    "one thing is left to fix: y is still scaled by the height, and the last of so many rows is number height - 1.",
    "sec-sampler-identity",
)
def scale_y_left(image, grid):
    return partly(image, grid, scale_y=False)


@EXERCISE.wrong(
    "The scale of x is left",
    "one thing is left to fix: x is still scaled by the width, and the last of so many columns is number width - 1.",
    "sec-sampler-identity",
)
def scale_x_left(image, grid):
    return partly(image, grid, scale_x=False)


@EXERCISE.wrong(
    "The weights of the rows are left",
    "one thing is left to fix: above and below are still clipped before y is measured to them, so the last row goes "
    "black.",
    "sec-sampler-identity",
)
def weights_y_left(image, grid):
    return partly(image, grid, weights_y=False)


@EXERCISE.wrong(
    "The weights of the columns are left",
    "one thing is left to fix: left and right are still clipped before x is measured to them, so the last column goes "
    "black.",
    "sec-sampler-identity",
)
def weights_x_left(image, grid):
    return partly(image, grid, weights_x=False)


@EXERCISE.wrong(
    "The scale of the other align_corners",
    "((x + 1) * W - 1) / 2 belongs to -1 and 1 as outer edges; "
    "here they are the outermost centres, and x scales by W - 1.",
    "sec-grid-units",
)
def scaled_to_edges(image, grid):
    return read(image, grid, lambda p, length: ((p + 1) * length - 1) / 2)


@EXERCISE.wrong(
    "The other scale, and weights still after clipping",
    "here -1 and 1 are the outermost centres, so x "
    "scales by W - 1; and the distances must be measured before the neighbours are clipped.",
    "sec-sampler-identity",
)
def scaled_to_edges_only(image, grid):
    return read(image, grid, lambda p, length: ((p + 1) * length - 1) / 2, clipped_first)


@EXERCISE.wrong(
    "Scaled by width - 2",
    "three centres have two steps between them, so x = 1 is column width - 1; yours scales by width - 2, and never "
    "reaches the last column.",
    "sec-sampler-identity",
)
def one_short(image, grid):
    return read(image, grid, lambda p, length: (p + 1) / 2 * (length - 2))


@EXERCISE.wrong(
    "The position is clipped as well",
    "clipping x helps on the left, but on the last column right is "
    "still clipped to left, and both distances are 0: measure them before.",
    "sec-sampler-identity",
)
def clipped_twice(image, grid):
    return read(image, grid, lambda p, length: np.clip(scaled(p, length), 0, length - 1), clipped_first)


@EXERCISE.wrong(
    "The last step goes on without end",
    "keeping left one short of the end saves the last column, but outside the two weights leave 0 to 1, and "
    "brightness keeps rising or falling.",
    "sec-sampler-outside",
)
def extrapolated(image, grid):
    def pairs(p, length):
        left = np.clip(np.floor(p), 0, max(length - 2, 0))
        return (left, left + 1 - p), (left + 1, p - left)

    return read(image, grid, pairs=pairs)


@EXERCISE.wrong(
    "Black outside",
    "the pixels of the edge are to be repeated outside; yours counts a pixel that does "
    'not exist as 0, which is padding_mode="zeros".',
    "sec-sampler-outside",
)
def black_outside(image, grid):
    def pairs(p, length):
        return [
            (cell, np.where((0 <= cell) & (cell < length), weight, 0)) for cell, weight in measured_first(p, length)
        ]

    return read(image, grid, pairs=pairs)


@EXERCISE.wrong(
    "The other end of the axis outside",
    "the scale and the weights are fixed; but beyond the last column the last one is repeated, and % width, or an "
    "index below 0, reads from the other end.",
    "sec-sampler-outside",
)
def wrapped(image, grid):
    def pairs(p, length):
        return [(cell % length, weight) for cell, weight in measured_first(p, length)]

    return read(image, grid, pairs=pairs)


@EXERCISE.wrong(
    "A pixel is read that does not exist",
    "the weights may be measured to column width, where x = 1 "
    "has its right neighbour, but NumPy cannot read there even with a weight of 0: clip what is used as "
    "an index, in the line that reads the image.",
    "sec-sampler-identity",
)
def not_clipped(image, grid):
    below = np.floor(scaled(grid[..., 1], image.shape[2])).astype(int)
    right = np.floor(scaled(grid[..., 0], image.shape[3])).astype(int) + 1
    image[:, :, below, right]
    return read(image, grid)


@EXERCISE.wrong(
    "A row is read that does not exist",
    "first, x = 1 is scaled to width, where width - 1 is the last "
    "column, and y so too; then clip what is used as an index, in the line that reads the image, since "
    "NumPy cannot read a pixel outside even with a weight of 0.",
    "sec-sampler-identity",
)
def neither_scaled_nor_clipped(image, grid):
    row, column = ((grid[..., axis] + 1) / 2 * image.shape[3 - axis] for axis in (1, 0))
    image[:, :, np.floor(row).astype(int), np.floor(column).astype(int)]
    return read(image, grid, lambda p, length: (p + 1) / 2 * length)


@EXERCISE.wrong(
    "Divided by the sum of the weights",
    "weights measured to the neighbours before clipping add up to 1 by themselves; after clipping their sum can be 0, "
    "and no division fixes that.",
    "sec-sampler-identity",
)
def divided(image, grid):
    def pairs(p, length):
        (left, one), (right, other) = clipped_first(p, length)
        return (left, one / (one + other)), (right, other / (one + other))

    return read(image, grid, pairs=pairs)


@EXERCISE.wrong(
    "Mirrored outside",
    "the pixels of the edge are to be repeated outside; yours runs backwards there, "
    'which is padding_mode="reflection".',
    "sec-sampler-outside",
)
def mirrored(image, grid):
    def pairs(p, length):
        def inside(cell):
            return np.minimum(cell % (2 * length - 2), -cell % (2 * length - 2)) if length > 1 else 0 * cell

        return [(inside(cell), weight) for cell, weight in measured_first(p, length)]

    return read(image, grid, pairs=pairs)


@EXERCISE.wrong(
    "Only the position is clipped, the last cell left",
    "a clipped position on the last column has that "
    "column for its left neighbour, with weight 1, and a right one with weight 0 that must not be read "
    "elsewhere; yours loses the last row and column.",
    "sec-sampler-identity",
)
def last_left_out(image, grid):
    def pairs(p, length):
        p = np.clip(p, 0, length - 1)
        return [(cell, np.where(cell < max(length - 1, 1), weight, 0)) for cell, weight in measured_first(p, length)]

    return read(image, grid, pairs=pairs)


@EXERCISE.wrong(
    "The nearest pixel only",
    "the scale is fixed; but four pixels are mixed, each by how near it is, and yours reads the nearest one.",
    "sec-sampler-dial",
)
def nearest(image, grid):
    return read(image, grid, pairs=lambda p, length: [(np.rint(p), 1.0)])


@EXERCISE.right_too
def clipped_position(image, grid):
    """With border padding it comes to the same to clip the position, if the last cell is chosen with care."""
    height, width = image.shape[2:]
    axes = []
    for p, length in ((grid[..., 1], height), (grid[..., 0], width)):
        p = np.clip((p + 1) * (length - 1) / 2, 0, length - 1)
        left = np.minimum(p.astype(int), max(length - 2, 0))
        axes.append((left, np.minimum(left + 1, length - 1), p - left.astype(p.dtype)))
    (above, below, down), (left, right, across) = axes
    out = np.empty(image.shape[:2] + grid.shape[1:3], image.dtype)
    for n in range(len(image)):
        upper = image[n][:, above[n], left[n]] * (1 - across[n]) + image[n][:, above[n], right[n]] * across[n]
        lower = image[n][:, below[n], left[n]] * (1 - across[n]) + image[n][:, below[n], right[n]] * across[n]
        out[n] = upper * (1 - down[n]) + lower * down[n]
    return out


@EXERCISE.right_too
def with_loops(image, grid):
    height, width = image.shape[2:]
    out = np.zeros(image.shape[:2] + grid.shape[1:3], image.dtype)
    for n, i, j in np.ndindex(grid.shape[:3]):
        x, y = float(grid[n, i, j, 0] + 1) / 2 * (width - 1), float(grid[n, i, j, 1] + 1) / 2 * (height - 1)
        for row in (int(np.floor(y)), int(np.floor(y)) + 1):
            for column in (int(np.floor(x)), int(np.floor(x)) + 1):
                near = image[n, :, min(max(row, 0), height - 1), min(max(column, 0), width - 1)]
                out[n, :, i, j] += (1 - abs(x - column)) * (1 - abs(y - row)) * near
    return out


@EXERCISE.right_too
def with_a_frame(image, grid):
    """The edge drawn out by a pixel: then every neighbour of a clipped position exists."""
    framed = np.pad(image, ((0, 0), (0, 0), (1, 1), (1, 1)), mode="edge")
    lengths = np.array([image.shape[3], image.shape[2]], grid.dtype)
    p = np.clip((grid + 1) / 2 * (lengths - 1), -1, lengths - 1) + 1
    tents = [np.maximum(0, 1 - np.abs(p[..., axis, None] - np.arange(framed.shape[3 - axis]))) for axis in (0, 1)]
    return np.einsum("ncrq,nijr,nijq->ncij", framed, tents[1], tents[0]).astype(image.dtype)
