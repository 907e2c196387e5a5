"""Wrong answers to `affine_grid`, and the calls that tell them apart."""

import numpy as np

from stn_numpy import affine_grid
from tests.judge import Case, Exercise

IDENTITY = np.array([[[1.0, 0, 0], [0, 1, 0]]])
BENT = np.array([[[0.5, 0.25, 0.1], [-0.75, 1.5, -0.2]], [[1, 2, 3], [4, 5, 6]]])

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
    ],
)


@EXERCISE.wrong(
    "x and y are swapped",
    "the grid's last axis is (x, y), the column before the row; yours holds the row first.",
    "sec-grid-all",
)
def swapped(theta, size, align_corners=False):
    return affine_grid(theta, size, align_corners)[..., ::-1].copy()


@EXERCISE.wrong(
    "x and y are swapped before theta",
    "the output's own point is (x, y, 1), the place of its column before that of its row; yours puts the row first.",
    "sec-grid-trap",
)
def swapped_in(theta, size, align_corners=False):
    return affine_grid(theta[:, :, [1, 0, 2]], size, align_corners)


@EXERCISE.wrong(
    "x and y are swapped twice",
    "the point that goes into theta and the one that comes out are both "
    "(x, y), the column before the row; yours has the row first in both, which the identity cannot show.",
    "sec-grid-trap",
)
def swapped_twice(theta, size, align_corners=False):
    return affine_grid(theta[:, :, [1, 0, 2]], size, align_corners)[..., ::-1].copy()


@EXERCISE.wrong(
    "The other align_corners",
    "True puts -1 and 1 on the centres of the outermost pixels, False on the "
    "outer edges; yours does it the other way round.",
    "sec-grid-units",
)
def other_convention(theta, size, align_corners=False):
    return affine_grid(theta, size, not align_corners)


@EXERCISE.wrong(
    "align_corners is ignored",
    "with False, -1 and 1 are the outer edges, so the first centre lies half a "
    "pixel inside; yours starts at -1 always.",
    "sec-grid-units",
)
def always_corners(theta, size, align_corners=False):
    return affine_grid(theta, size, True)


@EXERCISE.wrong(
    "align_corners is ignored, edges always",
    "with True, -1 and 1 are the centres of the outermost pixels; yours starts half a pixel inside always.",
    "sec-grid-units",
)
def always_edges(theta, size, align_corners=False):
    return affine_grid(theta, size, False)


@EXERCISE.wrong(
    "The pixels' edges for their centres",
    "a pixel's place is its centre, so with edges the first point "
    "lies half a pixel inside, at -1 + 1 / w; yours begins at -1, where the pixel begins.",
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
    "a grid is in normalised units from -1 to 1, whatever the size of the image; yours counts pixels.",
    "sec-grid-units",
)
def pixels(theta, size, align_corners=False):
    grid = affine_grid(theta, size, align_corners)
    lengths = np.array(size[:1:-1], theta.dtype)
    return (grid + 1) * (lengths - 1) / 2 if align_corners else ((grid + 1) * lengths - 1) / 2


@EXERCISE.wrong(
    "Pixel coordinates, always by the edges' formula",
    "a grid is in normalised units from -1 to 1, as theta gives them; turning them into pixels is the sampler's part, "
    "by the convention that it is given.",
    "sec-grid-idea",
)
def pixels_by_edges(theta, size, align_corners=False):
    return ((affine_grid(theta, size, align_corners) + 1) * np.array(size[:1:-1], theta.dtype) - 1) / 2


@EXERCISE.wrong(
    "theta is applied to pixel numbers",
    "theta takes places from -1 to 1, so first work out where the centres of the columns and rows lie in units; yours "
    "takes their numbers, 0, 1, 2 and so on.",
    "sec-grid-units",
)
def numbers_for_places(theta, size, align_corners=False):
    x, y = np.meshgrid(np.arange(size[3]), np.arange(size[2]))
    points = np.stack([x, y, np.ones_like(x)], axis=-1).reshape(-1, 3).astype(theta.dtype)
    return (points @ theta.swapaxes(1, 2)).reshape(-1, *size[2:], 2)


@EXERCISE.wrong(
    "The axes are not moved",
    "theta @ points has the shape (N, 2, h * w), and reshape alone leaves its "
    "numbers in that order; swapaxes(1, 2) brings the 2 to the end, and then reshape is right.",
    "sec-grid-all",
)
def axes_not_moved(theta, size, align_corners=False):
    grid = affine_grid(theta, size, align_corners)
    return np.moveaxis(grid, 3, 1).reshape(grid.shape)


@EXERCISE.wrong(
    "meshgrid the other way round",
    "np.meshgrid(x, y) gives h rows and w columns as it is; "
    'indexing="ij" turns that round, and the points then follow one another down the columns.',
    "sec-grid-all",
)
def other_indexing(theta, size, align_corners=False):
    grid = affine_grid(theta, size, align_corners)
    return grid.swapaxes(1, 2).reshape(grid.shape)


@EXERCISE.wrong(
    "y points up",
    "row 0 is the top of the picture and y grows downwards, as the rows do; yours gives the top row the largest y, "
    "and the picture is upside down.",
    "sec-grid-all",
)
def upside_down(theta, size, align_corners=False):
    return affine_grid(theta * np.array([1, -1, 1], theta.dtype), size, align_corners)


@EXERCISE.wrong(
    "Rows for columns",
    "the shape is (N, h, w, 2), rows before columns, although x comes before y in the "
    "last axis; yours has the columns first.",
    "sec-grid-all",
)
def rows_for_columns(theta, size, align_corners=False):
    return affine_grid(theta, size, align_corners).swapaxes(1, 2).copy()


@EXERCISE.wrong(
    "theta is transposed",
    "each point is theta @ (x, y, 1), so the first row of theta gives x; yours multiplies from the other side.",
    "sec-grid-idea",
)
def transposed(theta, size, align_corners=False):
    turned = theta.copy()
    turned[:, :, :2] = theta[:, :, :2].swapaxes(1, 2)
    return affine_grid(turned, size, align_corners)


@EXERCISE.wrong(
    "theta is inverted",
    "theta already maps each output point to its place in the input, so it is used as it comes; the inverse is the "
    "motion that the picture seems to make.",
    "sec-grid-pull",
)
def inverted(theta, size, align_corners=False):
    full = np.concatenate([theta, np.broadcast_to([[[0.0, 0, 1]]], (len(theta), 1, 3))], axis=1)
    return affine_grid(np.linalg.inv(full)[:, :2].astype(theta.dtype), size, align_corners)


@EXERCISE.wrong(
    "The shift is lost",
    "theta has three columns, and the third is added to every point: the point is (x, y, 1), not (x, y).",
    "sec-grid-idea",
)
def without_shift(theta, size, align_corners=False):
    still = theta.copy()
    still[:, :, 2] = 0
    return affine_grid(still, size, align_corners)


@EXERCISE.wrong(
    "One theta for the whole batch",
    "each image of the batch has a theta of its own; yours uses the first for all.",
    "sec-grid-idea",
)
def first_theta(theta, size, align_corners=False):
    return affine_grid(np.repeat(theta[:1], len(theta), axis=0), size, align_corners)


@EXERCISE.wrong(
    "theta is applied to places from 0 to 1",
    "theta takes places from -1 to 1, with 0 in the middle; yours run from 0 to 1.",
    "sec-grid-units",
)
def places_from_zero(theta, size, align_corners=False):
    shrunk = theta.copy()
    shrunk[:, :, :2] /= 2
    shrunk[:, :, 2] += shrunk[:, :, :2].sum(axis=2)
    return affine_grid(shrunk, size, align_corners)


@EXERCISE.wrong(
    "The grid runs from 0 to 1",
    "a grid's points are in units from -1 to 1, as theta gives them; yours are halved and moved to 0 to 1 at the end.",
    "sec-grid-units",
)
def from_zero_to_one(theta, size, align_corners=False):
    return (affine_grid(theta, size, align_corners) + 1) / 2


@EXERCISE.wrong(
    "The last pixel never reaches the end",
    "np.linspace(-1, 1, w) puts the last centre on 1; with "
    "endpoint=False, or steps of 2 / w from -1, yours ends a step before it, in both conventions.",
    "sec-grid-units",
)
def without_the_end(theta, size, align_corners=False):
    half = np.array([1 / size[3], 1 / size[2], 0], theta.dtype)
    moved = theta.copy()
    moved[:, :, 2] -= theta @ half
    return affine_grid(moved, size, False)


@EXERCISE.wrong(
    "Moved inside after theta",
    "with align_corners=False the output's centres lie half a pixel inside "
    "-1 and 1 before theta maps them; yours shrinks what theta made of them, and theta's shift with it.",
    "sec-grid-idea",
)
def shrunk_after_theta(theta, size, align_corners=False):
    if align_corners:
        return affine_grid(theta, size, True)
    lengths = np.array(size[:1:-1], theta.dtype)
    return affine_grid(theta, size, True) * (lengths - 1) / lengths


@EXERCISE.wrong(
    "The last pixel reaches the edge",
    "with edges the last centre lies half a pixel inside, as the first one does, at 1 - 1 / w; yours ends at 1.",
    "sec-grid-units",
)
def right_end_left(theta, size, align_corners=False):
    if align_corners:
        return affine_grid(theta, size, True)
    return between(theta, size, lambda length: np.linspace(-1 + 1 / length, 1, length))


@EXERCISE.wrong(
    "A whole pixel inside",
    "with edges the first centre lies half a pixel inside, at -1 + 1 / w, since "
    "a pixel is 2 / w wide; yours lies a whole pixel inside, at both ends.",
    "sec-grid-units",
)
def whole_pixel_inside(theta, size, align_corners=False):
    if align_corners:
        return affine_grid(theta, size, True)
    return between(theta, size, lambda length: np.linspace(-1 + 2 / length, 1 - 2 / length, length))


@EXERCISE.wrong(
    "Half a unit inside",
    "with edges the first centre lies half a pixel inside, and a pixel is 2 / w "
    "wide, whatever its number; yours lies half a unit inside.",
    "sec-grid-units",
)
def half_a_unit(theta, size, align_corners=False):
    if align_corners:
        return affine_grid(theta, size, True)
    return between(theta, size, lambda length: np.linspace(-0.5, 0.5, length))


@EXERCISE.wrong(
    "The division drops the fraction",
    "2 * j / (w - 1) is seldom whole, so divide with /; // leaves whole numbers, and all places become -1, 0 or 1.",
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
    "points beyond -1 and 1 are outside, and the sampler's padding decides what is read there; yours moves them onto "
    "the edge.",
    "sec-sampler-outside",
)
def clipped(theta, size, align_corners=False):
    return np.clip(affine_grid(theta, size, align_corners), -1, 1)


@EXERCISE.wrong(
    "x is spread over the rows",
    "x_t runs along a row, over w places, and y_t down a column, over h; "
    "yours takes h places for x and w for y, and cuts them as if it had the other number.",
    "sec-grid-all",
)
def lengths_exchanged(theta, size, align_corners=False):
    batch, channels, height, width = size
    return affine_grid(theta, (batch, channels, width, height), align_corners).reshape(batch, height, width, 2)


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
