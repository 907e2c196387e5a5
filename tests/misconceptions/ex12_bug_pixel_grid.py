"""Wrong corrections of `bug_pixel_grid`, and the calls that tell them apart."""

import numpy as np

from tests.judge import Case, Exercise
from tests.solutions import bug_pixel_grid

IDENTITY = np.array([[[1.0, 0, 0], [0, 1, 0]]])
HALF_AND_RIGHT = np.array([[[0.5, 0, 0.25], [0, 0.5, 0]]])
BENT = np.array([[[0.5, 0.25, 1], [-0.75, 1.5, 2]], [[1, 0.5, -1], [0.25, 2, 0.5]]])
RANDOM = np.random.default_rng(7)

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
        Case(
            "three thetas, four columns, -1 and 1 are centres",
            RANDOM.standard_normal((3, 2, 3)),
            (6, 5),
            (3, 4),
            align_corners=True,
        ),
    ],
)


def to_pixels(grid, input_size, align_corners):
    """The step that belongs to the sampler."""
    height, width = input_size
    length = np.array([width, height], grid.dtype)
    return (grid + 1) * (length - 1) / 2 if align_corners else ((grid + 1) * length - 1) / 2


@EXERCISE.wrong(
    "As it was found",
    "the code turns the points into pixels, although `grid_sample` expects normalised units and converts them itself; "
    "leave that step out, and then let `align_corners` decide where the output's pixels are.",
    "sec-torch-units",
)
def as_found(theta, input_size, output_size, align_corners=False):
    return to_pixels(bug_pixel_grid(theta, input_size, output_size, True), input_size, True)


@EXERCISE.wrong(
    "Still in pixels, now by the convention",
    "your function turns the points into pixels by `align_corners`; leave that step out, since `grid_sample` takes "
    "normalised units and converts them itself, and the rest is right.",
    "sec-torch-units",
)
def still_in_pixels(theta, input_size, output_size, align_corners=False):
    return to_pixels(bug_pixel_grid(theta, input_size, output_size, align_corners), input_size, align_corners)


@EXERCISE.wrong(
    "Still in pixels, by one formula",
    "your output's centres now follow `align_corners`, but the points are still turned into pixels; `grid_sample` "
    "takes normalised units.",
    "sec-torch-units",
)
def in_pixels_by_one(theta, input_size, output_size, align_corners=False):
    return to_pixels(bug_pixel_grid(theta, input_size, output_size, align_corners), input_size, True)


@EXERCISE.wrong(
    "Still in pixels, only the formula is fixed",
    "your function corrects the conversion to pixels, which has to be left out, since `grid_sample` does it; "
    "`align_corners` decides where the output's centres are.",
    "sec-torch-units",
)
def other_formula(theta, input_size, output_size, align_corners=False):
    return to_pixels(bug_pixel_grid(theta, input_size, output_size, True), input_size, align_corners)


@EXERCISE.wrong(
    "`align_corners` is still ignored",
    "your units are right, but your centres lie at -1 and 1 even where `align_corners=False`; there they should lie "
    "half a pixel inside.",
    "sec-torch-corners",
)
def always_corners(theta, input_size, output_size, align_corners=False):
    return bug_pixel_grid(theta, input_size, output_size, True)


@EXERCISE.wrong(
    "`align_corners` is ignored, edges always",
    "your centres lie half a pixel inside even where `align_corners=True`; there the first and the last should be at "
    "-1 and 1.",
    "sec-torch-corners",
)
def always_edges(theta, input_size, output_size, align_corners=False):
    return bug_pixel_grid(theta, input_size, output_size, False)


@EXERCISE.wrong(
    "The other `align_corners`",
    "your function exchanges the two conventions; `align_corners=True` places -1 and 1 at the centres of the "
    "outermost pixels, `False` at the outer edges.",
    "sec-torch-corners",
)
def other_convention(theta, input_size, output_size, align_corners=False):
    return bug_pixel_grid(theta, input_size, output_size, not align_corners)


@EXERCISE.wrong(
    "Half a pixel of the input",
    "with `align_corners=False` your first centre lies half a pixel of the input inside the edge; the centres are "
    "those of the output's pixels and depend on the output's size alone.",
    "sec-grid-size",
)
def input_s_half_pixel(theta, input_size, output_size, align_corners=False):
    if align_corners:
        return bug_pixel_grid(theta, input_size, output_size, True)
    height, width = input_size
    inside = np.array([[1 - 1 / width, 0, 0], [0, 1 - 1 / height, 0], [0, 0, 1]])
    return bug_pixel_grid((theta @ inside).astype(theta.dtype), input_size, output_size, True)


@EXERCISE.wrong(
    "Moved inwards after `theta`",
    "with `align_corners=False` your function shrinks the points after `theta` has mapped them, and so shrinks the "
    "shift as well; the output's centres have to lie half a pixel inside -1 and 1 before `theta` is applied.",
    "sec-torch-corners",
)
def shrunk_behind(theta, input_size, output_size, align_corners=False):
    grid = bug_pixel_grid(theta, input_size, output_size, True)
    rows, columns = output_size
    inside = np.array([1 - 1 / columns, 1 - 1 / rows], theta.dtype)
    return grid if align_corners else grid * inside


@EXERCISE.wrong(
    "From 0 to 1",
    "your points run from 0 to 1; normalised units run from -1 to 1, with 0 in the middle.",
    "sec-grid-units",
)
def from_zero(theta, input_size, output_size, align_corners=False):
    return (bug_pixel_grid(theta, input_size, output_size, align_corners) + 1) / 2


@EXERCISE.wrong(
    "x and y are exchanged",
    "your last axis holds y first; the order of the original code was right, x before y.",
    "sec-grid-all",
)
def exchanged(theta, input_size, output_size, align_corners=False):
    return bug_pixel_grid(theta, input_size, output_size, align_corners)[..., ::-1].copy()


@EXERCISE.wrong(
    "Clipped to the picture",
    "your function moves points outside the picture to its edge; the sampler's padding decides which value is read "
    "there.",
    "sec-sampler-outside",
)
def clipped(theta, input_size, output_size, align_corners=False):
    return bug_pixel_grid(theta, input_size, output_size, align_corners).clip(-1, 1)


@EXERCISE.wrong(
    "The centres of rows and columns are exchanged",
    "with `align_corners=False` your function uses half a pixel of the rows for x and of the columns for y; x has as "
    "many positions as there are columns, so its half pixel is `1 / columns`.",
    "sec-grid-all",
)
def centres_exchanged(theta, input_size, output_size, align_corners=False):
    if align_corners:
        return bug_pixel_grid(theta, input_size, output_size, True)
    rows, columns = output_size
    inside = np.array([1 - 1 / rows, 1 - 1 / columns, 1], theta.dtype)
    return bug_pixel_grid(theta * inside, input_size, output_size, True)


@EXERCISE.wrong(
    "Left edges instead of centres",
    "with `align_corners=False` your function places a pixel at its left or upper edge, `2 * j / columns - 1`; its "
    "centre is `(2 * j + 1) / columns - 1`.",
    "sec-torch-corners",
)
def left_edges(theta, input_size, output_size, align_corners=False):
    if align_corners:
        return bug_pixel_grid(theta, input_size, output_size, True)
    moved = theta.copy()
    moved[:, :, 2] -= theta[:, :, :2] @ np.array([1 / output_size[1], 1 / output_size[0]], theta.dtype)
    return bug_pixel_grid(moved, input_size, output_size, False)


@EXERCISE.wrong(
    "The shift is lost",
    "your function leaves out the third column of `theta`; each point is `theta @ (x, y, 1)`, with the shift.",
    "sec-grid-idea",
)
def without_shift(theta, input_size, output_size, align_corners=False):
    still = theta.copy()
    still[:, :, 2] = 0
    return bug_pixel_grid(still, input_size, output_size, align_corners)


@EXERCISE.wrong(
    "`theta` is transposed",
    "your function multiplies by the 2 x 2 part without transposing it; the points are `base @ theta.transpose(0, 2, "
    "1)`, as in the original code.",
    "sec-grid-idea",
)
def transposed(theta, input_size, output_size, align_corners=False):
    turned = theta.copy()
    turned[:, :, :2] = theta[:, :, :2].swapaxes(1, 2)
    return bug_pixel_grid(turned, input_size, output_size, align_corners)


@EXERCISE.wrong(
    "Divided by the size at the end",
    "your function turns the points into pixels and divides them by the input's size; `theta` gives normalised units "
    "already, so nothing has to be divided.",
    "sec-torch-units",
)
def divided_by_size(theta, input_size, output_size, align_corners=False):
    grid = bug_pixel_grid(theta, input_size, output_size, align_corners)
    length = np.array(input_size[::-1], grid.dtype)
    return (grid + 1) * (length - 1) / length - 1


@EXERCISE.wrong(
    "`meshgrid` the other way round",
    'your points follow one another down the columns; `np.meshgrid(y, x, indexing="ij")` has rows and columns in the '
    "right order, as in the original code.",
    "sec-grid-all",
)
def other_indexing(theta, input_size, output_size, align_corners=False):
    grid = bug_pixel_grid(theta, input_size, output_size, align_corners)
    return grid.swapaxes(1, 2).reshape(grid.shape)


@EXERCISE.wrong(
    "x and y are swapped before `theta`",
    "your function applies `theta` to (y, x, 1); the output's own point is (x, y, 1), as in the original code.",
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
    "The input's spacing instead of the output's",
    "with `align_corners=False` your points are spaced by the input's pixels; `theta` is applied to the centres of "
    "the output's pixels, which are `2 / w` apart, and the grid does not need the input's size.",
    "sec-torch-units",
)
def spaced_by_the_input(theta, input_size, output_size, align_corners=False):
    if align_corners:
        return bug_pixel_grid(theta, input_size, output_size, True)
    y, x = ((2 * np.arange(n) + 1) / of - 1 for n, of in zip(output_size, input_size))
    points = np.stack([*np.meshgrid(x, y), np.ones(output_size)], axis=-1) @ theta[:, None].swapaxes(-1, -2)
    return points.astype(theta.dtype)
