"""Wrong corrections of `bug_lost_border`, and the calls that tell them apart."""

import numpy as np

from tests.judge import Case, Exercise

RNG = np.random.default_rng(0)
IMAGES = RNG.integers(1, 90, (2, 2, 3, 6)).astype("float64")
POINTS = RNG.uniform(-2, 2, (2, 2, 3, 2)).round(2)


def identity(height, width):
    """The grid that changes nothing, -1 and 1 being centres: (1, height, width, 2)."""
    return np.stack(np.meshgrid(np.linspace(-1, 1, width), np.linspace(-1, 1, height)), axis=-1)[None]


RANDOM = np.random.default_rng(7)

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
        Case(
            "three images of two channels",
            RANDOM.standard_normal((3, 2, 5, 4)),
            RANDOM.uniform(-1.4, 1.4, (3, 2, 3, 2)),
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
    "the code scales x by `width`, although x = 1 is the centre of the last pixel, number `width - 1`; and it "
    "measures the distances after clipping, where left and right can be the same pixel and both weights are 0.",
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
    "your function still measures the distances after clipping; in the last column right is clipped to left, both "
    "weights are 0, and the pixel becomes black.",
    "sec-sampler-identity",
)
def scale_mended(image, grid):
    return partly(image, grid, weights_x=False, weights_y=False)


@EXERCISE.wrong(
    "Only the weights are fixed",
    "your function still scales by the width and the height; three centres have two steps between them, so scale x by "
    "`width - 1` and y by `height - 1`.",
    "sec-sampler-identity",
)
def weights_mended(image, grid):
    return partly(image, grid, scale_x=False, scale_y=False)


@EXERCISE.wrong(
    "Fixed for the columns only",
    "the rows still have both mistakes, and the last row is still lost; make the same two corrections for y.",
    "sec-sampler-identity",
)
def columns_alone(image, grid):
    return partly(image, grid, scale_y=False, weights_y=False)


@EXERCISE.wrong(
    "Fixed for the rows only",
    "the columns still have both mistakes, and the last column is still lost; make the same two corrections for x.",
    "sec-sampler-identity",
)
def rows_alone(image, grid):
    return partly(image, grid, scale_x=False, weights_x=False)


@EXERCISE.wrong(
    "The scale of y is still wrong",
    "your function still scales y by `height`; the last row is number `height - 1`, and the rest is right.",
    "sec-sampler-identity",
)
def scale_y_left(image, grid):
    return partly(image, grid, scale_y=False)


@EXERCISE.wrong(
    "The scale of x is still wrong",
    "your function still scales x by `width`; the last column is number `width - 1`, and the rest is right.",
    "sec-sampler-identity",
)
def scale_x_left(image, grid):
    return partly(image, grid, scale_x=False)


@EXERCISE.wrong(
    "The weights of the rows are still wrong",
    "your function still clips above and below before it measures their distances to y, so the last row becomes "
    "black; the rest is right.",
    "sec-sampler-identity",
)
def weights_y_left(image, grid):
    return partly(image, grid, weights_y=False)


@EXERCISE.wrong(
    "The weights of the columns are still wrong",
    "your function still clips left and right before it measures their distances to x, so the last column becomes "
    "black; the rest is right.",
    "sec-sampler-identity",
)
def weights_x_left(image, grid):
    return partly(image, grid, weights_x=False)


@EXERCISE.wrong(
    "The scale of the other `align_corners`",
    "your function scales by `((x + 1) * W - 1) / 2`, which belongs to -1 and 1 as the outer edges; here they are the "
    "outermost centres, so scale x by `W - 1`.",
    "sec-grid-units",
)
def scaled_to_edges(image, grid):
    return read(image, grid, lambda p, length: ((p + 1) * length - 1) / 2)


@EXERCISE.wrong(
    "The other scale, and weights after clipping",
    "your function scales as if -1 and 1 were the outer edges, and measures the distances after clipping; here -1 and "
    "1 are the outermost centres, so scale x by `W - 1`, and measure the distances before clipping.",
    "sec-sampler-identity",
)
def scaled_to_edges_only(image, grid):
    return read(image, grid, lambda p, length: ((p + 1) * length - 1) / 2, clipped_first)


@EXERCISE.wrong(
    "Scaled by `width - 2`",
    "your function scales by `width - 2` and never reaches the last column; three centres have two steps between "
    "them, so x = 1 is column `width - 1`.",
    "sec-sampler-identity",
)
def one_short(image, grid):
    return read(image, grid, lambda p, length: (p + 1) / 2 * (length - 2))


@EXERCISE.wrong(
    "The position is clipped as well",
    "your function clips x, which helps on the left, but in the last column right is still clipped to left and both "
    "weights are 0; measure the distances before clipping.",
    "sec-sampler-identity",
)
def clipped_twice(image, grid):
    return read(image, grid, lambda p, length: np.clip(scaled(p, length), 0, length - 1), clipped_first)


@EXERCISE.wrong(
    "The edge is extrapolated",
    "your left column stops one before the last, so outside the image the weights leave the range from 0 to 1 and the "
    "brightness keeps rising or falling; measure the distances before clipping.",
    "sec-sampler-outside",
)
def extrapolated(image, grid):
    def pairs(p, length):
        left = np.clip(np.floor(p), 0, max(length - 2, 0))
        return (left, left + 1 - p), (left + 1, p - left)

    return read(image, grid, pairs=pairs)


@EXERCISE.wrong(
    "Black outside",
    'your function counts a pixel that does not exist as 0, which is `padding_mode="zeros"`; here the edge pixels are '
    "repeated outside.",
    "sec-sampler-outside",
)
def black_outside(image, grid):
    def pairs(p, length):
        return [
            (cell, np.where((0 <= cell) & (cell < length), weight, 0)) for cell, weight in measured_first(p, length)
        ]

    return read(image, grid, pairs=pairs)


@EXERCISE.wrong(
    "The opposite end of the axis outside",
    "outside the image your function reads from the opposite end of the axis, through `% width` or a negative index; "
    "the last column is repeated there, and the scale and the weights are right.",
    "sec-sampler-outside",
)
def wrapped(image, grid):
    def pairs(p, length):
        return [(cell % length, weight) for cell, weight in measured_first(p, length)]

    return read(image, grid, pairs=pairs)


@EXERCISE.wrong(
    "A pixel outside the image is read",
    "your function reads column `width`, where x = 1 has its right neighbour, and NumPy cannot read there even with a "
    "weight of 0; keep the weights, and clip the indices in the line that reads the image.",
    "sec-sampler-identity",
)
def not_clipped(image, grid):
    below = np.floor(scaled(grid[..., 1], image.shape[2])).astype(int)
    right = np.floor(scaled(grid[..., 0], image.shape[3])).astype(int) + 1
    image[:, :, below, right]
    return read(image, grid)


@EXERCISE.wrong(
    "A row outside the image is read",
    "your function scales by `width` and `height`, although the last column is `width - 1` and the last row `height - "
    "1`, and it reads outside the image, which NumPy cannot do even with a weight of 0; scale correctly, and clip the "
    "indices in the line that reads the image.",
    "sec-sampler-identity",
)
def neither_scaled_nor_clipped(image, grid):
    row, column = ((grid[..., axis] + 1) / 2 * image.shape[3 - axis] for axis in (1, 0))
    image[:, :, np.floor(row).astype(int), np.floor(column).astype(int)]
    return read(image, grid, lambda p, length: (p + 1) / 2 * length)


@EXERCISE.wrong(
    "Divided by the sum of the weights",
    "your function divides by a sum that is 0 where left and right are clipped to the same pixel; measure the "
    "distances before clipping, and the weights add up to 1 without a division.",
    "sec-sampler-identity",
)
def divided(image, grid):
    def pairs(p, length):
        (left, one), (right, other) = clipped_first(p, length)
        return (left, one / (one + other)), (right, other / (one + other))

    return read(image, grid, pairs=pairs)


@EXERCISE.wrong(
    "Mirrored outside",
    'outside the image your function reads it backwards, which is `padding_mode="reflection"`; here the edge pixels '
    "are repeated outside.",
    "sec-sampler-outside",
)
def mirrored(image, grid):
    def pairs(p, length):
        def inside(cell):
            return np.minimum(cell % (2 * length - 2), -cell % (2 * length - 2)) if length > 1 else 0 * cell

        return [(inside(cell), weight) for cell, weight in measured_first(p, length)]

    return read(image, grid, pairs=pairs)


@EXERCISE.wrong(
    "The last row and column are lost",
    "your function clips the position but never reads the last row and column; a position in the last column has it "
    "as its left neighbour, with weight 1, and only the right neighbour, with weight 0, must not be read.",
    "sec-sampler-identity",
)
def last_left_out(image, grid):
    def pairs(p, length):
        p = np.clip(p, 0, length - 1)
        return [(cell, np.where(cell < max(length - 1, 1), weight, 0)) for cell, weight in measured_first(p, length)]

    return read(image, grid, pairs=pairs)


@EXERCISE.wrong(
    "The nearest pixel only",
    "your scale is right, but your function reads only the nearest pixel; mix four pixels, weighted by their "
    "distances.",
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
