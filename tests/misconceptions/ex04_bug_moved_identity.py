"""Wrong corrections of `bug_moved_identity`, and the calls that tell them apart."""

import numpy as np

from tests.judge import Case, Exercise
from tests.solutions import bug_moved_identity

RNG = np.random.default_rng(0)
IMAGES = RNG.integers(1, 90, (2, 2, 3, 6)).astype("float64")
POINTS = RNG.uniform(-1.6, 1.6, (2, 2, 3, 2)).round(2)


def identity(height, width):
    """The grid that changes nothing, -1 and 1 being centres: (1, height, width, 2)."""
    return np.stack(np.meshgrid(np.linspace(-1, 1, width), np.linspace(-1, 1, height)), axis=-1)[None]


RANDOM = np.random.default_rng(7)

EXERCISE = Exercise(
    name="bug_moved_identity",
    answer="tests.solutions",
    gives=("out",),
    cases=[
        Case(
            "one row of five, the identity",
            np.arange(5.0).reshape(1, 1, 1, 5),
            identity(1, 5),
            expected=np.arange(5.0).reshape(1, 1, 1, 5),
        ),
        Case(
            "one point, at column 0.75 and row 0.2",
            np.array([[[[10.0, 20], [30, 60]]]]),
            np.array([[[[0.5, -0.6]]]]),
            expected=[[[[24.5]]]],
        ),
        Case(
            "the identity, the numbers 0 to 24",
            np.arange(25.0).reshape(1, 1, 5, 5),
            identity(5, 5),
            expected=np.arange(25.0).reshape(1, 1, 5, 5),
        ),
        Case(
            "one row; the first and the last point lie half a pixel outside",
            np.array([[[[10.0, 20, 40]]]]),
            np.array([[[[-1.5, 0], [0.5, 0], [1, 0], [1.5, 0]]]]),
            expected=[[[[5, 30, 40, 20]]]],
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


@EXERCISE.wrong(
    "As it was found",
    "the code subtracts another 1 from `last_column`, so a pixel is left out and the picture is enlarged, by 4/3 for "
    "5 pixels; the last column is number `width - 1`, and x = 1 is its centre.",
    "sec-sampler-identity",
)
def as_found(image, grid):
    batch, channels, height, width = image.shape
    last_column, last_row = width - 1, height - 1
    x = (grid[:, None, ..., 0] + 1) / 2 * (last_column - 1)
    y = (grid[:, None, ..., 1] + 1) / 2 * (last_row - 1)
    picture = np.arange(batch)[:, None, None, None]
    channel = np.arange(channels)[:, None, None]
    out = np.zeros((batch, channels, *grid.shape[1:3]), image.dtype)
    for row in (np.floor(y), np.floor(y) + 1):
        for column in (np.floor(x), np.floor(x) + 1):
            weight = (1 - np.abs(x - column)) * (1 - np.abs(y - row))
            exists = (0 <= column) & (column <= last_column) & (0 <= row) & (row <= last_row)
            near_column = np.clip(column, 0, last_column).astype(int)
            near_row = np.clip(row, 0, last_row).astype(int)
            out += np.where(exists, weight, 0) * image[picture, channel, near_row, near_column]
    return out


def read(image, grid, to_columns, to_rows=None, padding="zeros"):
    """Read with other steps from normalised units to pixels; each is a function of the coordinate and the length."""
    height, width = image.shape[2:]
    x = to_columns(grid[:, None, ..., 0], width)
    y = (to_rows or to_columns)(grid[:, None, ..., 1], height)
    picture, channel = np.arange(len(image))[:, None, None, None], np.arange(image.shape[1])[:, None, None]
    out = np.zeros(image.shape[:2] + grid.shape[1:3], image.dtype)
    for row, weight_y in ((np.floor(y), 1 - y % 1), (np.floor(y) + 1, y % 1)):
        for column, weight_x in ((np.floor(x), 1 - x % 1), (np.floor(x) + 1, x % 1)):
            near_row, near_column = np.clip(row, 0, height - 1), np.clip(column, 0, width - 1)
            exists = (near_row == row) & (near_column == column) if padding == "zeros" else True
            pixel = image[picture, channel, near_row.astype(int), near_column.astype(int)]
            out += np.where(exists, weight_y * weight_x, 0) * pixel
    return out


def right(p, length):
    return (p + 1) / 2 * (length - 1)


def one_short(p, length):
    return (p + 1) / 2 * (length - 2)


@EXERCISE.wrong(
    "Fixed for the columns only",
    "the line of y still has the same mistake; the last row is number `height - 1`.",
    "sec-sampler-identity",
)
def columns_alone(image, grid):
    return read(image, grid, right, one_short)


@EXERCISE.wrong(
    "Fixed for the rows only",
    "the line of x still has the same mistake; the last column is number `width - 1`.",
    "sec-sampler-identity",
)
def rows_alone(image, grid):
    return read(image, grid, one_short, right)


@EXERCISE.wrong(
    "One step too many",
    "your function scales by the width, so x = 1 lies outside the picture; five pixels have four steps between them, "
    "and x = 1 is column `width - 1`.",
    "sec-sampler-identity",
)
def one_too_many(image, grid):
    return read(image, grid, lambda p, length: (p + 1) / 2 * length)


@EXERCISE.wrong(
    "The scale of the other `align_corners`",
    "your function scales by `((x + 1) * W - 1) / 2`, which belongs to -1 and 1 as the outer edges; here they are the "
    "outermost centres, so scale x by `W - 1`.",
    "sec-grid-units",
)
def scaled_to_edges(image, grid):
    return read(image, grid, lambda p, length: ((p + 1) * length - 1) / 2)


@EXERCISE.wrong(
    "Shifted, not scaled",
    "your function adds a whole pixel to every position; the upper left pixel was right already and the error grows "
    "to the right and downwards, so a factor is wrong, not a shift.",
    "sec-sampler-identity",
)
def shifted(image, grid):
    return read(image, grid, lambda p, length: one_short(p, length) + 1)


@EXERCISE.wrong(
    "Shifted by half a pixel, not scaled",
    "your function adds half a pixel, which centres the picture but leaves it enlarged; the factor itself has to be "
    "`width - 1`.",
    "sec-sampler-identity",
)
def shifted_by_half(image, grid):
    return read(image, grid, lambda p, length: one_short(p, length) + 0.5)


@EXERCISE.wrong(
    "Subtracted after the scaling",
    "your function subtracts a whole pixel after scaling, so only x = 1 is right; subtract 1 from the length before "
    "you scale, `(x + 1) / 2 * (width - 1)`.",
    "sec-sampler-identity",
)
def taken_off_behind(image, grid):
    return read(image, grid, lambda p, length: (p + 1) / 2 * length - 1)


@EXERCISE.wrong(
    "Width and height are exchanged",
    "your function scales x by the height and y by the width, which a square picture does not show; x runs along a "
    "row, so scale it by `width - 1`, and y by `height - 1`.",
    "sec-grid-units",
)
def exchanged(image, grid):
    height, width = image.shape[2:]
    return read(image, grid, lambda p, _: right(p, height), lambda p, _: right(p, width))


@EXERCISE.wrong(
    "A pixel outside the image is read",
    "your function reads column `width`; the last column is number `width - 1`, the original value of `last_column`, "
    "and every index is clipped to it, even where its weight is 0.",
    "sec-sampler-outside",
)
def beyond_the_last(image, grid):
    row = np.floor(right(grid[:, None, ..., 1], image.shape[2])).astype(int)
    column = np.floor(right(grid[:, None, ..., 0], image.shape[3])).astype(int)
    picture, channel = np.arange(len(image))[:, None, None, None], np.arange(image.shape[1])[:, None, None]
    image[picture, channel, row, column + 1]
    return bug_moved_identity(image, grid)


@EXERCISE.wrong(
    "The edge is repeated",
    "your scale is right, but your function repeats the edge pixels outside; a pixel that does not exist counts as 0, "
    "as in the original code.",
    "sec-sampler-outside",
)
def drawn_out(image, grid):
    return read(image, grid, right, padding="border")


@EXERCISE.wrong(
    "The last row and column are left out",
    "your scale is right, but your function leaves out the last row and column; they exist, so the condition is `<= "
    "last_column`, as in the original code.",
    "sec-sampler-outside",
)
def last_left_out(image, grid):
    shortened = image.copy()
    shortened[:, :, -1], shortened[..., -1] = 0, 0
    return bug_moved_identity(shortened, grid)


@EXERCISE.wrong(
    "The opposite end of the axis outside",
    "your scale is right, but outside the image your function reads from the opposite end of the axis, through `% "
    "width` or a negative index; a pixel that does not exist counts as 0, as in the original code.",
    "sec-sampler-outside",
)
def wrapped(image, grid):
    height, width = image.shape[2:]
    around = np.concatenate([image[..., -1:], image, image[..., :1]], axis=3)
    around = np.concatenate([around[:, :, -1:], around, around[:, :, :1]], axis=2)
    lengths = np.array([width, height], image.dtype)
    place = ((grid + 1) / 2 * (lengths - 1) + 1) / (lengths + 1)
    return read(around, 2 * place - 1, right)


@EXERCISE.wrong(
    "The width is used for both axes",
    "your function scales y by the width as well; scale x by `width - 1` and y by `height - 1`.",
    "sec-grid-units",
)
def width_for_both(image, grid):
    return read(image, grid, right, lambda p, _: right(p, image.shape[3]))


@EXERCISE.wrong(
    "The height is used for both axes",
    "your function scales x by the height as well; scale x by `width - 1` and y by `height - 1`.",
    "sec-grid-units",
)
def height_for_both(image, grid):
    return read(image, grid, lambda p, _: right(p, image.shape[2]), right)


@EXERCISE.wrong(
    "One column and one row too many",
    "your `last_column` is the width and your `last_row` the height, so the index goes one past the image; the last of "
    "`width` columns is number `width - 1`, and only the line that subtracts one more was wrong.",
    "sec-sampler-identity",
)
def one_past_the_end(image, grid):
    (batch, channels, height, width), (x, y) = image.shape, np.moveaxis(grid[:, None], -1, 0)
    picture, channel = np.arange(batch)[:, None, None, None], np.arange(channels)[:, None, None]
    x, y = (x + 1) / 2 * width, (y + 1) / 2 * height
    out = np.zeros((batch, channels, *grid.shape[1:3]), image.dtype)
    for row in (np.floor(y), np.floor(y) + 1):
        for column in (np.floor(x), np.floor(x) + 1):
            rows, columns = np.clip(row, 0, height).astype(int), np.clip(column, 0, width).astype(int)
            weight = np.where((rows == row) & (columns == column), (1 - abs(x - column)) * (1 - abs(y - row)), 0)
            out += weight * image[picture, channel, rows, columns]
    return out


@EXERCISE.right_too
def with_loops(image, grid):
    height, width = image.shape[2:]
    out = np.zeros(image.shape[:2] + grid.shape[1:3], image.dtype)
    for n, i, j in np.ndindex(grid.shape[:3]):
        x, y = float(grid[n, i, j, 0] + 1) * (width - 1) / 2, float(grid[n, i, j, 1] + 1) * (height - 1) / 2
        for row in range(height):
            for column in range(width):
                out[n, :, i, j] += max(0, 1 - abs(x - column)) * max(0, 1 - abs(y - row)) * image[n, :, row, column]
    return out


@EXERCISE.right_too
def with_a_frame(image, grid):
    """A frame of zeros, two pixels wide, and positions clipped onto it."""
    framed = np.pad(image, ((0, 0), (0, 0), (2, 2), (2, 2)))
    x = np.clip(grid[..., 0] * (image.shape[3] - 1) / 2 + (image.shape[3] - 1) / 2, -1, image.shape[3]) + 2
    y = np.clip(grid[..., 1] * (image.shape[2] - 1) / 2 + (image.shape[2] - 1) / 2, -1, image.shape[2]) + 2
    left, above = np.floor(x).astype(int), np.floor(y).astype(int)
    out = []
    for n, one in enumerate(framed):
        a, b = (x[n] - np.floor(x[n])), (y[n] - np.floor(y[n]))
        upper = one[:, above[n], left[n]] * (1 - a) + one[:, above[n], left[n] + 1] * a
        lower = one[:, above[n] + 1, left[n]] * (1 - a) + one[:, above[n] + 1, left[n] + 1] * a
        out.append(upper * (1 - b) + lower * b)
    return np.stack(out)
