"""Wrong answers to `bug_black_picture`, and the calls that tell them apart."""

import numpy as np

from stn_numpy import affine_grid
from tests.judge import Case, Exercise

IDENTITY = np.array([[[1.0, 0, 0], [0, 1, 0]]])
BENT = np.array([[[0.5, 0.25, 0.1], [-0.75, 1.5, -0.2]], [[1, 2, 3], [4, 5, 6]]])
RANDOM = np.random.default_rng(7)

EXERCISE = Exercise(
    name="bug_black_picture",
    answer="tests.solutions",
    gives=("grid",),
    cases=[
        Case(
            "the identity, two rows and three columns, -1 and 1 are centres",
            IDENTITY,
            (2, 3),
            (2, 3),
            align_corners=True,
            expected=[[[[-1, -1], [0, -1], [1, -1]], [[-1, 1], [0, 1], [1, 1]]]],
        ),
        Case(
            "the identity, two rows and four columns, -1 and 1 are edges",
            IDENTITY,
            (2, 4),
            (2, 4),
            align_corners=False,
            expected=[
                [
                    [[-0.75, -0.5], [-0.25, -0.5], [0.25, -0.5], [0.75, -0.5]],
                    [[-0.75, 0.5], [-0.25, 0.5], [0.25, 0.5], [0.75, 0.5]],
                ]
            ],
        ),
        Case(
            "a shift of half a unit to the right, -1 and 1 are edges",
            IDENTITY + [[[0, 0, 0.5], [0, 0, 0]]],
            (2, 2),
            (2, 2),
            align_corners=False,
            expected=[[[[0, -0.5], [1, -0.5]], [[0, 0.5], [1, 0.5]]]],
        ),
        Case(
            "the identity, read from an input of six rows and five columns",
            IDENTITY,
            (6, 5),
            (2, 3),
            align_corners=True,
            expected=[[[[-1, -1], [0, -1], [1, -1]], [[-1, 1], [0, 1], [1, 1]]]],
        ),
        Case("two bent thetas, one for each image of the batch", BENT, (7, 4), (2, 5), align_corners=False),
        Case("two bent thetas in float32", BENT.astype("float32"), (3, 8), (6, 3), align_corners=True),
        Case(
            "three thetas, five rows, -1 and 1 are edges",
            RANDOM.standard_normal((3, 2, 3)),
            (4, 6),
            (5, 3),
            align_corners=False,
        ),
        Case(
            "three thetas, four columns, -1 and 1 are centres",
            RANDOM.standard_normal((3, 2, 3)),
            (4, 6),
            (3, 4),
            align_corners=True,
        ),
    ],
)


def _grid(theta, size, align_corners):
    return affine_grid(theta, (len(theta), 1, *size), align_corners)


@EXERCISE.wrong(
    "As it was found",
    "the points are turned into pixels, counted from 0, but the sampler expects normalised units, as `theta` gives "
    "them; `align_corners` is not used either.",
    "sec-whole-pixels",
)
def as_found(theta, in_size, out_size, align_corners=False):
    (in_height, in_width), (height, width) = in_size, out_size
    x, y = np.meshgrid(np.linspace(-1, 1, width), np.linspace(-1, 1, height))
    points = np.stack([x.ravel(), y.ravel(), np.ones(height * width)]).astype(theta.dtype)  # (3, h * w)
    looks = theta @ points  # (N, 2, h * w)
    x = (looks[:, 0] + 1) * (in_width - 1) / 2
    y = (looks[:, 1] + 1) * (in_height - 1) / 2
    return np.stack([x, y], axis=-1).reshape(len(theta), height, width, 2)


@EXERCISE.wrong(
    "Half fixed, corners always",
    "the points are no longer in pixels, but your function places -1 and 1 at the outermost centres even where "
    "`align_corners=False`; there they are the outer edges, and the first centre lies half a pixel inside.",
    "sec-grid-units",
)
def always_corners(theta, in_size, out_size, align_corners=False):
    return _grid(theta, out_size, True)


@EXERCISE.wrong(
    "Half fixed, edges always",
    "the points are no longer in pixels, but your function places the centres half a pixel inside even where "
    "`align_corners=True`; there the first centre lies at -1 and the last at 1.",
    "sec-grid-units",
)
def always_edges(theta, in_size, out_size, align_corners=False):
    return _grid(theta, out_size, False)


@EXERCISE.wrong(
    "The other `align_corners`",
    "your function exchanges the two conventions; `align_corners=True` places -1 and 1 at the centres of the "
    "outermost pixels, `False` at the outer edges.",
    "sec-grid-units",
)
def other_convention(theta, in_size, out_size, align_corners=False):
    return _grid(theta, out_size, not align_corners)


@EXERCISE.wrong(
    "Still in pixels, now in both conventions",
    "your function turns normalised units into pixels by `align_corners`, but the sampler does that itself; it "
    "expects the points as `theta` gives them, in normalised units.",
    "sec-whole-pixels",
)
def pixels_in_both(theta, in_size, out_size, align_corners=False):
    grid, lengths = _grid(theta, out_size, align_corners), np.array(in_size[::-1], theta.dtype)
    return (grid + 1) * (lengths - 1) / 2 if align_corners else ((grid + 1) * lengths - 1) / 2


@EXERCISE.wrong(
    "`align_corners` used in the wrong place",
    "your function uses `align_corners` to turn units into pixels, which is the sampler's job; here it belongs to the "
    "two `np.linspace`, where it decides at which units the output's centres lie.",
    "sec-grid-idea",
)
def pixels_by_the_flag(theta, in_size, out_size, align_corners=False):
    grid, lengths = _grid(theta, out_size, True), np.array(in_size[::-1], theta.dtype)
    return (grid + 1) * (lengths - 1) / 2 if align_corners else ((grid + 1) * lengths - 1) / 2


@EXERCISE.wrong(
    "Half fixed, still in pixels",
    "`align_corners` now places the output's centres, but at the end your function still turns the points into "
    "pixels; the sampler expects them in normalised units, as `theta` gives them.",
    "sec-whole-pixels",
)
def pixels_at_the_end(theta, in_size, out_size, align_corners=False):
    return (_grid(theta, out_size, align_corners) + 1) * (np.array(in_size[::-1], theta.dtype) - 1) / 2


@EXERCISE.wrong(
    "The axes are not moved",
    "your function reshapes an array of shape (N, 2, h * w), and `reshape` alone does not move the axes; apply "
    "`swapaxes(1, 2)` first, so that the 2 comes last.",
    "sec-grid-all",
)
def axes_not_moved(theta, in_size, out_size, align_corners=False):
    grid = _grid(theta, out_size, align_corners)
    return np.moveaxis(grid, 3, 1).reshape(grid.shape)


@EXERCISE.wrong(
    "`meshgrid` the other way round",
    'your points follow one another down the columns, as `np.meshgrid` returns them with `indexing="ij"`; without it, '
    "`np.meshgrid(x, y)` has h rows and w columns, which is the order needed here.",
    "sec-grid-all",
)
def other_indexing(theta, in_size, out_size, align_corners=False):
    grid = _grid(theta, out_size, align_corners)
    return grid.swapaxes(1, 2).reshape(grid.shape)


@EXERCISE.wrong(
    "From 0 to 1",
    "your function places 0 at the first pixel and 1 at the last, whatever `align_corners` is; normalised units run "
    "from -1 to 1, with 0 in the middle.",
    "sec-whole-equation",
)
def from_zero_to_one(theta, in_size, out_size, align_corners=False):
    return (_grid(theta, out_size, True) + 1) / 2


@EXERCISE.wrong(
    "Divided by the output's size",
    "your function divides the pixels by the output's size, but they are pixels of the input; leave out the "
    "conversion to pixels, and there is nothing to undo.",
    "sec-whole-paper",
)
def divided_by_output(theta, in_size, out_size, align_corners=False):
    pixels = as_found(theta, in_size, out_size)
    return 2 * pixels / (np.array(out_size[::-1], theta.dtype) - 1) - 1


@EXERCISE.wrong(
    "Converted with W - 1, undone with W",
    "the original code converts to pixels with `(W - 1) / 2`, and your `2 * p / W - 1` is not the inverse of that; "
    "leave out the conversion to pixels, and there is nothing to undo.",
    "sec-grid-units",
)
def undone_with_size(theta, in_size, out_size, align_corners=False):
    return 2 * as_found(theta, in_size, out_size) / np.array(in_size[::-1], theta.dtype) - 1


@EXERCISE.wrong(
    "The input's size instead of the output's",
    "your grid has one point for each input pixel; it needs one for each output pixel, and `in_size` is not needed at "
    "all, since the points are in normalised units.",
    "sec-whole-paper",
)
def size_of_the_input(theta, in_size, out_size, align_corners=False):
    return _grid(theta, in_size, align_corners)


@EXERCISE.wrong(
    "x and y are swapped",
    "your last axis holds y first; it has to be (x, y), the column before the row, as in the original code.",
    "sec-whole-equation",
)
def swapped(theta, in_size, out_size, align_corners=False):
    return _grid(theta, out_size, align_corners)[..., ::-1].copy()


@EXERCISE.wrong(
    "Left edges instead of centres",
    "with `align_corners=False` your function places a pixel at its left or upper edge, `2 * j / w - 1`; its centre "
    "lies half a pixel further, at `(2 * j + 1) / w - 1`.",
    "sec-whole-hand",
)
def left_edges(theta, in_size, out_size, align_corners=False):
    if align_corners:
        return _grid(theta, out_size, True)
    half = np.array([[1 / out_size[1], 1 / out_size[0]]], theta.dtype)
    back = (theta[:, :, :2] @ half.T)[:, None, None, :, 0]
    return _grid(theta, out_size, False) - back


@EXERCISE.wrong(
    "Moved inwards after `theta`",
    "with `align_corners=False` your function shrinks the points after `theta` has mapped them, and so shrinks the "
    "shift as well; the output's centres have to lie half a pixel inside -1 and 1 before `theta` is applied.",
    "sec-grid-idea",
)
def shrunk_after_theta(theta, in_size, out_size, align_corners=False):
    if align_corners:
        return _grid(theta, out_size, True)
    lengths = np.array(out_size[::-1], theta.dtype)
    return _grid(theta, out_size, True) * (lengths - 1) / lengths


@EXERCISE.wrong(
    "The output's centres run from 0 to 1",
    "your function multiplies `theta` by centres between 0 and 1; normalised units run from -1 to 1, with 0 in the "
    "middle.",
    "sec-whole-equation",
)
def places_from_zero(theta, in_size, out_size, align_corners=False):
    shrunk = theta.copy()
    shrunk[:, :, :2] /= 2
    shrunk[:, :, 2] += shrunk[:, :, :2].sum(axis=2)
    return _grid(shrunk, out_size, align_corners)


@EXERCISE.wrong(
    "The half pixel is the input's",
    "with `align_corners=False` your first centre lies half a pixel of the input inside the edge; the centres are "
    "those of the output's pixels and depend on the output's size alone.",
    "sec-grid-size",
)
def half_pixel_of_the_input(theta, in_size, out_size, align_corners=False):
    if align_corners:
        return _grid(theta, out_size, True)
    inside = np.array([1 - 1 / in_size[1], 1 - 1 / in_size[0], 1], theta.dtype)
    return _grid(theta * inside, out_size, True)


@EXERCISE.wrong(
    "The last pixel reaches the edge",
    "with `align_corners=False` your last centre lies on the edge, at 1; it should lie half a pixel inside, like the "
    "first one, at `1 - 1 / w`.",
    "sec-grid-units",
)
def right_end_left(theta, in_size, out_size, align_corners=False):
    if align_corners:
        return _grid(theta, out_size, True)
    return _between(theta, out_size, lambda length: np.linspace(-1 + 1 / length, 1, length))


@EXERCISE.wrong(
    "The first pixel starts at the edge",
    "with `align_corners=False` your first centre lies on the edge, at -1; it should lie half a pixel inside, like "
    "the last one, at `-1 + 1 / w`.",
    "sec-grid-units",
)
def left_end_left(theta, in_size, out_size, align_corners=False):
    if align_corners:
        return _grid(theta, out_size, True)
    return _between(theta, out_size, lambda length: np.linspace(-1, 1 - 1 / length, length))


@EXERCISE.wrong(
    "A whole pixel inside",
    "with `align_corners=False` your first and last centres lie a whole pixel inside the edges; a pixel is `2 / w` "
    "wide, so the first centre lies half of that inside, at `-1 + 1 / w`.",
    "sec-grid-units",
)
def whole_pixel_inside(theta, in_size, out_size, align_corners=False):
    if align_corners:
        return _grid(theta, out_size, True)
    return _between(theta, out_size, lambda length: np.linspace(-1 + 2 / length, 1 - 2 / length, length))


def _between(theta, size, places):
    """theta of the points whose x and y are at these places, each a function of the axis's length."""
    height, width = size
    x, y = np.meshgrid(places(width), places(height))
    return np.einsum("nck,kij->nijc", theta, np.stack([x, y, np.ones_like(x)])).astype(theta.dtype)


@EXERCISE.wrong(
    "Fixed for x alone",
    "y is still in pixels, counted from 0; `theta` gives both coordinates in normalised units, and the sampler "
    "expects both that way.",
    "sec-whole-pixels",
)
def x_mended(theta, in_size, out_size, align_corners=False):
    grid = _grid(theta, out_size, align_corners)
    grid[..., 1] = (grid[..., 1] + 1) * (in_size[0] - 1) / 2
    return grid


@EXERCISE.wrong(
    "Fixed for y alone",
    "x is still in pixels, counted from 0; `theta` gives both coordinates in normalised units, and the sampler "
    "expects both that way.",
    "sec-whole-pixels",
)
def y_mended(theta, in_size, out_size, align_corners=False):
    grid = _grid(theta, out_size, align_corners)
    grid[..., 0] = (grid[..., 0] + 1) * (in_size[1] - 1) / 2
    return grid


@EXERCISE.wrong(
    "Clipped to the picture",
    "your function moves points beyond -1 and 1 onto the edge; they lie outside the image, and the sampler's padding "
    "decides which value is read there.",
    "sec-sampler-outside",
)
def clipped(theta, in_size, out_size, align_corners=False):
    return np.clip(_grid(theta, out_size, align_corners), -1, 1)


@EXERCISE.wrong(
    "Still in pixels, counted from the edges",
    "your function still turns the points into pixels, now as if -1 and 1 were always the outer edges; leave "
    "that step out, since the sampler takes normalised units and converts them itself.",
    "sec-whole-pixels",
)
def pixels_from_the_edges(theta, in_size, out_size, align_corners=False):
    lengths = np.array(in_size[::-1], theta.dtype)
    return ((_grid(theta, out_size, align_corners) + 1) * lengths - 1) / 2


@EXERCISE.right_too
def with_loops(theta, in_size, out_size, align_corners=False):
    height, width = out_size
    grid = np.empty((len(theta), height, width, 2), theta.dtype)
    for i in range(height):
        for j in range(width):
            if align_corners:
                x, y = 2 * j / (width - 1) - 1, 2 * i / (height - 1) - 1
            else:
                x, y = (2 * j + 1) / width - 1, (2 * i + 1) / height - 1
            grid[:, i, j] = theta @ [x, y, 1]
    return grid


@EXERCISE.right_too
def found_code_mended(theta, in_size, out_size, align_corners=False):
    height, width = out_size
    reach = [1 if align_corners else 1 - 1 / length for length in (width, height)]
    x, y = np.meshgrid(np.linspace(-reach[0], reach[0], width), np.linspace(-reach[1], reach[1], height))
    points = np.stack([x.ravel(), y.ravel(), np.ones(height * width)]).astype(theta.dtype)
    return (theta @ points).swapaxes(1, 2).reshape(-1, height, width, 2)


@EXERCISE.right_too
def there_and_back(theta, in_size, out_size, align_corners=False):
    """The pixels undone: correct, though a detour, since the input's size cancels."""
    (in_height, in_width), (height, width) = in_size, out_size
    inside = 0 if align_corners else 1
    x, y = ((np.arange(n) + inside / 2) * 2 / (n - 1 + inside) - 1 for n in (width, height))
    target = np.dstack([*np.meshgrid(x, y), np.ones((height, width))])
    units = np.einsum("nck,ijk->nijc", theta.astype("float64"), target)
    pixels = (units + 1) * [in_width - 1, in_height - 1] / 2
    return (2 * pixels / [in_width - 1, in_height - 1] - 1).astype(theta.dtype)


@EXERCISE.wrong(
    "The input's spacing instead of the output's",
    "with `align_corners=False` your points are spaced by the input's pixels; `theta` is applied to the centres of "
    "the output's pixels, which are `2 / w` apart, and the grid does not need the input's size.",
    "sec-grid-units",
)
def spaced_by_the_input(theta, in_size, out_size, align_corners=False):
    if align_corners:
        return _grid(theta, out_size, True)
    y, x = ((2 * np.arange(n) + 1) / of - 1 for n, of in zip(out_size, in_size))
    points = np.stack([*np.meshgrid(x, y), np.ones(out_size)], axis=-1).astype(theta.dtype)
    return points @ theta[:, None].swapaxes(-1, -2)
