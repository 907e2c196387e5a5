"""Wrong answers to `affine_grid`, and the calls that tell them apart."""

import numpy as np

from stn_numpy import affine_grid
from tests.judge import Case, Exercise

IDENTITY = np.array([[[1.0, 0, 0], [0, 1, 0]]])
BENT = np.array([[[0.5, 0.25, 0.1], [-0.75, 1.5, -0.2]], [[1, 2, 3], [4, 5, 6]]])
RANDOM = np.random.default_rng(7)

EXERCISE = Exercise(
    name="affine_grid",
    answer="stn_numpy.grid",
    gives=("grid",),
    also=("pixel_centres", "base_points"),
    cases=[
        Case(
            "the identity, two rows and three columns, -1 and 1 are centres",
            IDENTITY,
            (1, 1, 2, 3),
            align_corners=True,
            expected=[[[[-1, -1], [0, -1], [1, -1]], [[-1, 1], [0, 1], [1, 1]]]],
        ),
        Case(
            "the identity, two rows and four columns, -1 and 1 are edges",
            IDENTITY,
            (1, 1, 2, 4),
            align_corners=False,
            expected=[
                [
                    [[-0.75, -0.5], [-0.25, -0.5], [0.25, -0.5], [0.75, -0.5]],
                    [[-0.75, 0.5], [-0.25, 0.5], [0.25, 0.5], [0.75, 0.5]],
                ]
            ],
        ),
        Case(
            "a shift of one unit to the right",
            IDENTITY + [[[0, 0, 1], [0, 0, 0]]],
            (1, 1, 2, 2),
            align_corners=True,
            expected=[[[[0, -1], [2, -1]], [[0, 1], [2, 1]]]],
        ),
        Case(
            "a quarter turn",
            np.array([[[0.0, -1, 0], [1, 0, 0]]]),
            (1, 1, 2, 2),
            align_corners=True,
            expected=[[[[1, -1], [1, 1]], [[-1, -1], [-1, 1]]]],
        ),
        Case("two bent thetas, one for each image of the batch", BENT, (2, 1, 2, 5), align_corners=False),
        Case("two bent thetas in float32", BENT.astype("float32"), (2, 3, 6, 3), align_corners=True),
        Case(
            "three thetas, five rows, -1 and 1 are edges",
            RANDOM.standard_normal((3, 2, 3)),
            (3, 1, 5, 3),
            align_corners=False,
        ),
        Case(
            "three thetas, four columns, -1 and 1 are centres",
            RANDOM.standard_normal((3, 2, 3)),
            (3, 2, 3, 4),
            align_corners=True,
        ),
    ],
)


@EXERCISE.wrong(
    "x and y are swapped",
    "your last axis holds y first; it has to be (x, y), the column before the row.",
    "sec-grid-all",
)
def swapped(theta, size, align_corners=False):
    return affine_grid(theta, size, align_corners)[..., ::-1].copy()


@EXERCISE.wrong(
    "x and y are swapped before `theta`",
    "your function applies `theta` to (y, x, 1); the output's own point is (x, y, 1), its column's position before "
    "its row's.",
    "sec-grid-trap",
)
def swapped_in(theta, size, align_corners=False):
    return affine_grid(theta[:, :, [1, 0, 2]], size, align_corners)


@EXERCISE.wrong(
    "x and y are swapped twice",
    "your function has y first both in the point to which `theta` is applied and in the result, a mistake that the "
    "identity cannot show; both are (x, y), the column before the row.",
    "sec-grid-trap",
)
def swapped_twice(theta, size, align_corners=False):
    return affine_grid(theta[:, :, [1, 0, 2]], size, align_corners)[..., ::-1].copy()


@EXERCISE.wrong(
    "The other `align_corners`",
    "your function exchanges the two conventions; `align_corners=True` places -1 and 1 at the centres of the "
    "outermost pixels, `False` at the outer edges.",
    "sec-grid-units",
)
def other_convention(theta, size, align_corners=False):
    return affine_grid(theta, size, not align_corners)


@EXERCISE.wrong(
    "`align_corners` is ignored",
    "your first centre lies at -1 even where `align_corners=False`; there -1 and 1 are the outer edges, and the first "
    "centre lies half a pixel inside.",
    "sec-grid-units",
)
def always_corners(theta, size, align_corners=False):
    return affine_grid(theta, size, True)


@EXERCISE.wrong(
    "`align_corners` is ignored, edges always",
    "your first centre lies half a pixel inside even where `align_corners=True`; there -1 and 1 are the centres of "
    "the outermost pixels.",
    "sec-grid-units",
)
def always_edges(theta, size, align_corners=False):
    return affine_grid(theta, size, False)


@EXERCISE.wrong(
    "Pixel edges instead of centres",
    "with `align_corners=False` your first point is -1, the edge of the first pixel; a pixel's position is its "
    "centre, which lies half a pixel inside, at `-1 + 1 / w`.",
    "sec-grid-units",
)
def edges_of_pixels(theta, size, align_corners=False):
    if align_corners:
        return affine_grid(theta, size, True)
    half = np.array([1 / size[3], 1 / size[2], 0], theta.dtype)
    moved = theta.copy()
    moved[:, :, 2] -= theta @ half
    return affine_grid(moved, size, False)


@EXERCISE.wrong(
    "Pixel coordinates",
    "your function returns pixel coordinates; a grid is in normalised units, from -1 to 1 whatever the size of the "
    "image.",
    "sec-grid-units",
)
def pixels(theta, size, align_corners=False):
    grid = affine_grid(theta, size, align_corners)
    lengths = np.array(size[:1:-1], theta.dtype)
    return (grid + 1) * (lengths - 1) / 2 if align_corners else ((grid + 1) * lengths - 1) / 2


@EXERCISE.wrong(
    "Pixel coordinates, always by the formula for edges",
    "your function turns the points into pixels, by the formula for edges even where `align_corners=True`; a grid "
    "stays in the normalised units that `theta` gives, and the sampler converts them.",
    "sec-grid-idea",
)
def pixels_by_edges(theta, size, align_corners=False):
    return ((affine_grid(theta, size, align_corners) + 1) * np.array(size[:1:-1], theta.dtype) - 1) / 2


@EXERCISE.wrong(
    "`theta` is applied to pixel indices",
    "your function applies `theta` to the indices 0, 1, 2 and so on; `theta` takes positions in normalised units, so "
    "first work out where the centres of the columns and rows lie.",
    "sec-grid-units",
)
def numbers_for_places(theta, size, align_corners=False):
    x, y = np.meshgrid(np.arange(size[3]), np.arange(size[2]))
    points = np.stack([x, y, np.ones_like(x)], axis=-1).reshape(-1, 3).astype(theta.dtype)
    return (points @ theta.swapaxes(1, 2)).reshape(-1, *size[2:], 2)


@EXERCISE.wrong(
    "The axes are not moved",
    "your function reshapes `theta @ points`, of shape (N, 2, h * w), and `reshape` alone does not move the axes; "
    "apply `swapaxes(1, 2)` first, so that the 2 comes last.",
    "sec-grid-all",
)
def axes_not_moved(theta, size, align_corners=False):
    grid = affine_grid(theta, size, align_corners)
    return np.moveaxis(grid, 3, 1).reshape(grid.shape)


@EXERCISE.wrong(
    "`meshgrid` the other way round",
    'your points follow one another down the columns, as `np.meshgrid` returns them with `indexing="ij"`; without it, '
    "`np.meshgrid(x, y)` has h rows and w columns, which is the order needed here.",
    "sec-grid-all",
)
def other_indexing(theta, size, align_corners=False):
    grid = affine_grid(theta, size, align_corners)
    return grid.swapaxes(1, 2).reshape(grid.shape)


@EXERCISE.wrong(
    "y points up",
    "your function gives the top row the largest y, which turns the picture upside down; row 0 is the top, and y "
    "grows downwards with the rows.",
    "sec-grid-all",
)
def upside_down(theta, size, align_corners=False):
    return affine_grid(theta * np.array([1, -1, 1], theta.dtype), size, align_corners)


@EXERCISE.wrong(
    "Rows and columns are exchanged",
    "your grid has the columns as its second axis and the rows as its third; the shape should be (N, h, w, 2), rows "
    "before columns, although x comes before y in the last axis.",
    "sec-grid-all",
)
def rows_for_columns(theta, size, align_corners=False):
    return affine_grid(theta, size, align_corners).swapaxes(1, 2).copy()


@EXERCISE.wrong(
    "`theta` is transposed",
    "your function multiplies by the transpose of the linear part; each point is `theta @ (x, y, 1)`, so the first "
    "row of `theta` gives x.",
    "sec-grid-idea",
)
def transposed(theta, size, align_corners=False):
    turned = theta.copy()
    turned[:, :, :2] = theta[:, :, :2].swapaxes(1, 2)
    return affine_grid(turned, size, align_corners)


@EXERCISE.wrong(
    "`theta` is inverted",
    "your function inverts `theta`, which gives the apparent motion of the picture; `theta` already maps each output "
    "point to its position in the input and is used as it is.",
    "sec-grid-pull",
)
def inverted(theta, size, align_corners=False):
    full = np.concatenate([theta, np.broadcast_to([[[0.0, 0, 1]]], (len(theta), 1, 3))], axis=1)
    return affine_grid(np.linalg.inv(full)[:, :2].astype(theta.dtype), size, align_corners)


@EXERCISE.wrong(
    "The shift is lost",
    "your function leaves out the third column of `theta`, which is added to every point; the point to multiply is "
    "(x, y, 1), not (x, y).",
    "sec-grid-idea",
)
def without_shift(theta, size, align_corners=False):
    still = theta.copy()
    still[:, :, 2] = 0
    return affine_grid(still, size, align_corners)


@EXERCISE.wrong(
    "One `theta` for the whole batch",
    "your function uses the first `theta` for every image; each image of the batch has its own.",
    "sec-grid-idea",
)
def first_theta(theta, size, align_corners=False):
    return affine_grid(np.repeat(theta[:1], len(theta), axis=0), size, align_corners)


@EXERCISE.wrong(
    "`theta` is applied to positions from 0 to 1",
    "your function applies `theta` to positions between 0 and 1; normalised units run from -1 to 1, with 0 in the "
    "middle.",
    "sec-grid-units",
)
def places_from_zero(theta, size, align_corners=False):
    shrunk = theta.copy()
    shrunk[:, :, :2] /= 2
    shrunk[:, :, 2] += shrunk[:, :, :2].sum(axis=2)
    return affine_grid(shrunk, size, align_corners)


@EXERCISE.wrong(
    "The grid runs from 0 to 1",
    "your function halves the points and moves them to 0 to 1 at the end; return the points in the normalised units "
    "that `theta` gives, from -1 to 1 for the image.",
    "sec-grid-units",
)
def from_zero_to_one(theta, size, align_corners=False):
    return (affine_grid(theta, size, align_corners) + 1) / 2


@EXERCISE.wrong(
    "The last pixel never reaches the end",
    "your last centre lies a step of `2 / w` before 1 in both conventions, as with `endpoint=False`; with "
    "`align_corners=True`, `np.linspace(-1, 1, w)` places it at 1.",
    "sec-grid-units",
)
def without_the_end(theta, size, align_corners=False):
    half = np.array([1 / size[3], 1 / size[2], 0], theta.dtype)
    moved = theta.copy()
    moved[:, :, 2] -= theta @ half
    return affine_grid(moved, size, False)


@EXERCISE.wrong(
    "Moved inwards after `theta`",
    "with `align_corners=False` your function shrinks the points after `theta` has mapped them, and so shrinks the "
    "shift as well; the output's centres have to lie half a pixel inside -1 and 1 before `theta` is applied.",
    "sec-grid-idea",
)
def shrunk_after_theta(theta, size, align_corners=False):
    if align_corners:
        return affine_grid(theta, size, True)
    lengths = np.array(size[:1:-1], theta.dtype)
    return affine_grid(theta, size, True) * (lengths - 1) / lengths


@EXERCISE.wrong(
    "The last pixel reaches the edge",
    "with `align_corners=False` your last centre lies on the edge, at 1; it should lie half a pixel inside, like the "
    "first one, at `1 - 1 / w`.",
    "sec-grid-units",
)
def right_end_left(theta, size, align_corners=False):
    if align_corners:
        return affine_grid(theta, size, True)
    return between(theta, size, lambda length: np.linspace(-1 + 1 / length, 1, length))


@EXERCISE.wrong(
    "A whole pixel inside",
    "with `align_corners=False` your first and last centres lie a whole pixel inside the edges; a pixel is `2 / w` "
    "wide, so the first centre lies half of that inside, at `-1 + 1 / w`.",
    "sec-grid-units",
)
def whole_pixel_inside(theta, size, align_corners=False):
    if align_corners:
        return affine_grid(theta, size, True)
    return between(theta, size, lambda length: np.linspace(-1 + 2 / length, 1 - 2 / length, length))


@EXERCISE.wrong(
    "Half a unit inside",
    "with `align_corners=False` your first and last centres lie half a unit inside the edges; they should lie half a "
    "pixel inside, and a pixel is `2 / w` wide.",
    "sec-grid-units",
)
def half_a_unit(theta, size, align_corners=False):
    if align_corners:
        return affine_grid(theta, size, True)
    return between(theta, size, lambda length: np.linspace(-0.5, 0.5, length))


@EXERCISE.wrong(
    "The division drops the fraction",
    "your function divides with `//`, which drops the fraction, so every position becomes -1, 0 or 1; divide with `/`.",
    "sec-grid-units",
)
def whole_division(theta, size, align_corners=False):
    def places(length):
        if align_corners:
            return -1 + 2 * np.arange(length) // max(length - 1, 1)
        return (2 * np.arange(length) + 1) // length - 1

    return between(theta, size, places)


def between(theta, size, places):
    """theta of the points whose x and y are at these places, each a function of the axis's length."""
    x, y = np.meshgrid(*(places(length).astype(theta.dtype) for length in (size[3], size[2])))
    return np.einsum("nck,kij->nijc", theta, np.stack([x, y, np.ones_like(x)])).astype(theta.dtype)


@EXERCISE.wrong(
    "Clipped to the picture",
    "your function moves points beyond -1 and 1 onto the edge; they lie outside the image, and the sampler's padding "
    "decides which value is read there.",
    "sec-sampler-outside",
)
def clipped(theta, size, align_corners=False):
    return np.clip(affine_grid(theta, size, align_corners), -1, 1)


@EXERCISE.wrong(
    "x is spread over the rows",
    "your function takes h positions for x and w for y and then reshapes them to (h, w); x runs along a row, over w "
    "positions, and y down a column, over h.",
    "sec-grid-all",
)
def lengths_exchanged(theta, size, align_corners=False):
    batch, channels, height, width = size
    return affine_grid(theta, (batch, channels, width, height), align_corners).reshape(batch, height, width, 2)


@EXERCISE.wrong(
    "The centres of x are spaced by the height",
    "your function spaces x by the number of rows and y by the number of columns; `size` is (N, C, h, w), so the w "
    "centres along x are spaced by w and the h centres along y by h.",
    "sec-grid-units",
)
def other_length(theta, size, align_corners=False):
    h, w = size[2:]
    x = 2 * np.arange(w) / (h - 1) - 1 if align_corners else (2 * np.arange(w) + 1) / h - 1
    y = 2 * np.arange(h) / (w - 1) - 1 if align_corners else (2 * np.arange(h) + 1) / w - 1
    points = np.stack([*np.meshgrid(x, y), np.ones((h, w))], axis=-1).reshape(-1, 3).astype(theta.dtype)
    return (points @ theta.swapaxes(1, 2)).reshape(-1, h, w, 2)


@EXERCISE.right_too
def with_loops(theta, size, align_corners=False):
    batch, _, height, width = size
    grid = np.empty((batch, height, width, 2), theta.dtype)
    for n in range(batch):
        for i in range(height):
            for j in range(width):
                if align_corners:
                    x, y = -1 + 2 * j / max(width - 1, 1), -1 + 2 * i / max(height - 1, 1)
                else:
                    x, y = (2 * j + 1) / width - 1, (2 * i + 1) / height - 1
                grid[n, i, j] = theta[n] @ np.array([x, y, 1])
    return grid


@EXERCISE.right_too
def with_einsum(theta, size, align_corners=False):
    _, _, height, width = size
    inside = (0, 0) if align_corners else (1 / width, 1 / height)
    x, y = np.meshgrid(
        np.linspace(-1 + inside[0], 1 - inside[0], width), np.linspace(-1 + inside[1], 1 - inside[1], height)
    )
    points = np.stack([x, y, np.ones_like(x)])
    return np.einsum("nck,kij->nijc", theta.astype("float64"), points).astype(theta.dtype)
