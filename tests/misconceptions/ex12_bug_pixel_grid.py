"""Wrong corrections of `bug_pixel_grid`, and the calls that tell them apart."""

import numpy as np

from tests.judge import Case, Exercise
from tests.solutions import bug_pixel_grid

IDENTITY = np.array([[[1.0, 0, 0], [0, 1, 0]]])
HALF_AND_RIGHT = np.array([[[0.5, 0, 0.25], [0, 0.5, 0]]])
BENT = np.array([[[0.5, 0.25, 1], [-0.75, 1.5, 2]], [[1, 0.5, -1], [0.25, 2, 0.5]]])

EXERCISE = Exercise(
    name="bug_pixel_grid",
    answer="tests.solutions",
    gives=("grid",),
    cases=[
        Case(
            "the identity, 2 x 2 pixels from 4 x 6, -1 and 1 are centres",
            IDENTITY,
            (4, 6),
            (2, 2),
            align_corners=True,
            expected=[[[[-1, -1], [1, -1]], [[-1, 1], [1, 1]]]],
        ),
        Case(
            "the identity, 2 x 2 pixels from 4 x 6, -1 and 1 are edges",
            IDENTITY,
            (4, 6),
            (2, 2),
            align_corners=False,
            expected=[[[[-0.5, -0.5], [0.5, -0.5]], [[-0.5, 0.5], [0.5, 0.5]]]],
        ),
        Case(
            "half as far, and a little to the right; 2 x 4 pixels from 3 x 3, edges",
            HALF_AND_RIGHT,
            (3, 3),
            (2, 4),
            align_corners=False,
            expected=[
                [
                    [[-0.125, -0.25], [0.125, -0.25], [0.375, -0.25], [0.625, -0.25]],
                    [[-0.125, 0.25], [0.125, 0.25], [0.375, 0.25], [0.625, 0.25]],
                ]
            ],
        ),
        Case("two bent thetas, 2 x 5 pixels from 4 x 7, centres", BENT, (4, 7), (2, 5), align_corners=True),
        Case("two bent thetas, 2 x 5 pixels from 4 x 7, edges", BENT, (4, 7), (2, 5), align_corners=False),
        Case("two bent thetas in float32, 4 x 7 pixels from 9 x 6, edges", BENT.astype("float32"), (9, 6), (4, 7)),
    ],
)


def to_pixels(grid, input_size, align_corners):
    """The step that belongs to the sampler."""
    height, width = input_size
    length = np.array([width, height], grid.dtype)
    return (grid + 1) * (length - 1) / 2 if align_corners else ((grid + 1) * length - 1) / 2


@EXERCISE.wrong(
    "As it was found",
    "grid_sample expects normalised units and turns them into pixels itself; take that step out, and then let "
    "align_corners decide where the output's pixels are.",
    "sec-torch-units",
)
def as_found(theta, input_size, output_size, align_corners=False):
    return to_pixels(bug_pixel_grid(theta, input_size, output_size, True), input_size, True)


@EXERCISE.wrong(
    "In pixels still, though by the convention",
    "whatever align_corners is, grid_sample takes normalised units and does the step to pixels itself; yours is right "
    "up to that step.",
    "sec-torch-units",
)
def still_in_pixels(theta, input_size, output_size, align_corners=False):
    return to_pixels(bug_pixel_grid(theta, input_size, output_size, align_corners), input_size, align_corners)


@EXERCISE.wrong(
    "In pixels still, by one formula",
    "the output's pixels now follow align_corners, but the points still "
    "leave in pixels; grid_sample takes normalised units.",
    "sec-torch-units",
)
def in_pixels_by_one(theta, input_size, output_size, align_corners=False):
    return to_pixels(bug_pixel_grid(theta, input_size, output_size, align_corners), input_size, True)


@EXERCISE.wrong(
    "In pixels still, the formula alone is fixed",
    "the step to pixels does not have to be fixed but left out: grid_sample does it, and the centres of the output's "
    "pixels are where align_corners comes in.",
    "sec-torch-units",
)
def other_formula(theta, input_size, output_size, align_corners=False):
    return to_pixels(bug_pixel_grid(theta, input_size, output_size, True), input_size, align_corners)


@EXERCISE.wrong(
    "align_corners is still ignored",
    "the units are right now; with False the centres of the output's "
    "pixels lie half a pixel inside -1 and 1, and yours lie on them always.",
    "sec-torch-corners",
)
def always_corners(theta, input_size, output_size, align_corners=False):
    return bug_pixel_grid(theta, input_size, output_size, True)


@EXERCISE.wrong(
    "align_corners is ignored, edges always",
    "with True the first and the last centre are at -1 and 1; yours lie half a pixel inside always.",
    "sec-torch-corners",
)
def always_edges(theta, input_size, output_size, align_corners=False):
    return bug_pixel_grid(theta, input_size, output_size, False)


@EXERCISE.wrong(
    "The other align_corners",
    "True puts -1 and 1 on the centres of the outermost pixels, False on the "
    "outer edges; yours does it the other way round.",
    "sec-torch-corners",
)
def other_convention(theta, input_size, output_size, align_corners=False):
    return bug_pixel_grid(theta, input_size, output_size, not align_corners)


@EXERCISE.wrong(
    "Half a pixel of the input",
    "where the output's pixels lie depends on the output's size alone; yours "
    "moves them in by half a pixel of the input.",
    "sec-grid-size",
)
def input_s_half_pixel(theta, input_size, output_size, align_corners=False):
    if align_corners:
        return bug_pixel_grid(theta, input_size, output_size, True)
    height, width = input_size
    inside = np.array([[1 - 1 / width, 0, 0], [0, 1 - 1 / height, 0], [0, 0, 1]])
    return bug_pixel_grid((theta @ inside).astype(theta.dtype), input_size, output_size, True)


@EXERCISE.wrong(
    "The points are moved in, not the pixels",
    "the half pixel belongs to the output's places, before "
    "theta; yours shrinks what theta has given, its shift included.",
    "sec-torch-corners",
)
def shrunk_behind(theta, input_size, output_size, align_corners=False):
    grid = bug_pixel_grid(theta, input_size, output_size, True)
    rows, columns = output_size
    inside = np.array([1 - 1 / columns, 1 - 1 / rows], theta.dtype)
    return grid if align_corners else grid * inside


@EXERCISE.wrong(
    "From 0 to 1", "normalised units run from -1 to 1, with 0 in the middle; yours run from 0 to 1.", "sec-grid-units"
)
def from_zero(theta, input_size, output_size, align_corners=False):
    return (bug_pixel_grid(theta, input_size, output_size, align_corners) + 1) / 2


@EXERCISE.wrong(
    "x and y are exchanged",
    "the order was right as it was found: x, which belongs to the columns, comes first in the last axis.",
    "sec-grid-all",
)
def exchanged(theta, input_size, output_size, align_corners=False):
    return bug_pixel_grid(theta, input_size, output_size, align_corners)[..., ::-1].copy()


@EXERCISE.wrong(
    "Clipped to the picture",
    "a point may lie outside, and the sampler's padding decides what is read there; yours moves it to the edge.",
    "sec-sampler-outside",
)
def clipped(theta, input_size, output_size, align_corners=False):
    return bug_pixel_grid(theta, input_size, output_size, align_corners).clip(-1, 1)


@EXERCISE.wrong(
    "The centres of rows and columns are exchanged",
    "x has as many places as there are columns, and their half pixel is 1 / columns; yours takes the rows' for them.",
    "sec-grid-all",
)
def centres_exchanged(theta, input_size, output_size, align_corners=False):
    if align_corners:
        return bug_pixel_grid(theta, input_size, output_size, True)
    rows, columns = output_size
    inside = np.array([1 - 1 / rows, 1 - 1 / columns, 1], theta.dtype)
    return bug_pixel_grid(theta * inside, input_size, output_size, True)


@EXERCISE.wrong(
    "Left edges for centres",
    "with False a pixel's centre is (2 * j + 1) / columns - 1; yours is its left edge, 2 * j / columns - 1.",
    "sec-torch-corners",
)
def left_edges(theta, input_size, output_size, align_corners=False):
    if align_corners:
        return bug_pixel_grid(theta, input_size, output_size, True)
    moved = theta.copy()
    moved[:, :, 2] -= theta[:, :, :2] @ np.array([1 / output_size[1], 1 / output_size[0]], theta.dtype)
    return bug_pixel_grid(moved, input_size, output_size, False)


@EXERCISE.wrong(
    "The place before theta is lost",
    "the points are theta @ (x, y, 1), its shift included; yours lacks the third column.",
    "sec-grid-idea",
)
def without_shift(theta, input_size, output_size, align_corners=False):
    still = theta.copy()
    still[:, :, 2] = 0
    return bug_pixel_grid(still, input_size, output_size, align_corners)


@EXERCISE.wrong(
    "theta is transposed",
    "the points are base @ theta.transpose(0, 2, 1), as it was found; yours multiplies by the 2 x 2 part as it stands.",
    "sec-grid-idea",
)
def transposed(theta, input_size, output_size, align_corners=False):
    turned = theta.copy()
    turned[:, :, :2] = theta[:, :, :2].swapaxes(1, 2)
    return bug_pixel_grid(turned, input_size, output_size, align_corners)


@EXERCISE.wrong(
    "Divided by the size at the end",
    "the points come out of theta in normalised units, and nothing has "
    "to be divided; yours makes pixels and divides them by the input's size.",
    "sec-torch-units",
)
def divided_by_size(theta, input_size, output_size, align_corners=False):
    grid = bug_pixel_grid(theta, input_size, output_size, align_corners)
    length = np.array(input_size[::-1], grid.dtype)
    return (grid + 1) * (length - 1) / length - 1


@EXERCISE.wrong(
    "meshgrid the other way round",
    'np.meshgrid(y, x, indexing="ij") gives rows and columns as it was '
    "found; turned round, the points follow one another down the columns.",
    "sec-grid-all",
)
def other_indexing(theta, input_size, output_size, align_corners=False):
    grid = bug_pixel_grid(theta, input_size, output_size, align_corners)
    return grid.swapaxes(1, 2).reshape(grid.shape)


@EXERCISE.wrong(
    "x and y are swapped before theta",
    "the output's own point is (x, y, 1), as it was in the code that you found; yours puts the row first.",
    "sec-grid-trap",
)
def swapped_before(theta, input_size, output_size, align_corners=False):
    return bug_pixel_grid(theta[:, :, [1, 0, 2]], input_size, output_size, align_corners)


@EXERCISE.right_too
def point_by_point(theta, input_size, output_size, align_corners=False):
    rows, columns = output_size
    grid = np.empty((len(theta), rows, columns, 2), theta.dtype)
    for n, row, column in np.ndindex(grid.shape[:3]):
        if align_corners:
            place = (2 * column / (columns - 1) - 1, 2 * row / (rows - 1) - 1, 1)
        else:
            place = ((2 * column + 1) / columns - 1, (2 * row + 1) / rows - 1, 1)
        grid[n, row, column] = theta[n] @ np.array(place, theta.dtype)
    return grid


@EXERCISE.right_too
def linspace_moved_in(theta, input_size, output_size, align_corners=False):
    ends = [1 if align_corners else 1 - 1 / length for length in output_size]
    y, x = (np.linspace(-end, end, length) for end, length in zip(ends, output_size))
    linear = theta[:, None, None, :, 0] * x[:, None] + theta[:, None, None, :, 1] * y[:, None, None]
    return (linear + theta[:, None, None, :, 2]).astype(theta.dtype)


@EXERCISE.wrong(
    "The input's pixels for the output's",
    "the points that theta multiplies are the centres of the output's pixels, spaced 2 / w apart with edges; yours "
    "are spaced by the width and height of the input, which the grid does not need.",
    "sec-torch-units",
)
def spaced_by_the_input(theta, input_size, output_size, align_corners=False):
    if align_corners:
        return bug_pixel_grid(theta, input_size, output_size, True)
    y, x = ((2 * np.arange(n) + 1) / of - 1 for n, of in zip(output_size, input_size))
    points = np.stack([*np.meshgrid(x, y), np.ones(output_size)], axis=-1) @ theta[:, None].swapaxes(-1, -2)
    return points.astype(theta.dtype)
