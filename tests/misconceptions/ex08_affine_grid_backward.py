"""Wrong answers to `affine_grid_backward`, and the calls that tell them apart."""

import numpy as np

from stn_numpy import affine_grid_backward, pixel_centres
from tests.judge import Case, Exercise

RNG = np.random.default_rng(0)
SIX = np.array([[[[1.0, 2], [0, 2], [4, 0]], [[0, 0], [3, 4], [0, 7]]]])
TWO_OF_EIGHT = np.zeros((1, 2, 4, 2))
TWO_OF_EIGHT[0, 0, 3] = 4, 0
TWO_OF_EIGHT[0, 1, 1] = 0, 8
ONE_ROW = np.array([[[[1.0, 4], [2, 0], [5, -3]]]])
THETA = np.array([[[1.0, 0, 0.5], [0.5, 2, 0]]])
TWO_THETAS = np.concatenate([THETA, -THETA])
RANDOM = np.random.default_rng(7)

EXERCISE = Exercise(
    name="affine_grid_backward",
    answer="stn_numpy.grid",
    gives=("d_theta",),
    also=("pixel_centres", "base_points"),
    cases=[
        Case("2 x 3 pixels, -1 and 1 are centres", SIX, THETA, align_corners=True, expected=[[[3, -2, 8], [5, 7, 15]]]),
        Case(
            "2 x 4 pixels, two of them with a gradient, -1 and 1 are edges",
            TWO_OF_EIGHT,
            THETA,
            align_corners=False,
            expected=[[[3, -2, 4], [-2, 4, 8]]],
        ),
        Case(
            "two images of one row of two pixels",
            np.array([[[[0, 3.0], [0, -3]]], [[[2, 0], [2, 0]]]]),
            TWO_THETAS,
            align_corners=False,
            expected=[[[0, 0, 0], [-3, 0, 0]], [[0, 0, 4], [0, 0, 0]]],
        ),
        Case("two images of 6 x 3 pixels", RNG.normal(size=(2, 6, 3, 2)), TWO_THETAS, align_corners=False),
        Case(
            "two images of 2 x 5 pixels, in float32",
            RNG.normal(size=(2, 2, 5, 2)).astype("float32"),
            TWO_THETAS.astype("float32"),
            align_corners=True,
        ),
        Case(
            "one row of three pixels, -1 and 1 are centres",
            ONE_ROW,
            THETA,
            align_corners=True,
            expected=[[[4, 0, 8], [-7, 0, 1]]],
        ),
        Case(
            "three images, four columns, -1 and 1 are centres",
            RANDOM.standard_normal((3, 3, 4, 2)),
            RANDOM.standard_normal((3, 2, 3)),
            align_corners=True,
        ),
        Case(
            "three images of one column, -1 and 1 are edges",
            RANDOM.standard_normal((3, 5, 1, 2)),
            RANDOM.standard_normal((3, 2, 3)),
            align_corners=False,
        ),
    ],
)


def arms(d_grid, align_corners):
    """The lever arms x_t and y_t of all pixels, (h, w) each."""
    _, height, width, _ = d_grid.shape
    return np.meshgrid(
        pixel_centres(width, align_corners, d_grid.dtype), pixel_centres(height, align_corners, d_grid.dtype)
    )


def summed(d_grid, x, y, one=1):
    """The sum over pixels of d_grid times (x, y, one): (N, 2, 3)."""
    columns = [(d_grid * np.broadcast_to(arm, d_grid.shape[1:3])[..., None]).sum(axis=(1, 2)) for arm in (x, y, one)]
    return np.stack(columns, axis=-1).astype(d_grid.dtype)


@EXERCISE.wrong(
    "Only the shift has a gradient",
    "your first two columns are zero, so `theta` could never learn to turn or scale; they should be the sums of each "
    "pixel's gradient times x_t and times y_t.",
    "sec-theta-sum",
)
def shift_alone(d_grid, theta, align_corners=False):
    return summed(d_grid, 0, 0)


@EXERCISE.wrong(
    "The shift is lost",
    "your third column is zero; the lever arm is (x_t, y_t, 1), and the column of the 1 is the plain sum of all "
    "gradients.",
    "sec-theta-sum",
)
def without_shift(d_grid, theta, align_corners=False):
    return summed(d_grid, *arms(d_grid, align_corners), 0)


@EXERCISE.wrong(
    "The lever arms are missing",
    "your three columns are all the plain sum; each pixel's gradient is multiplied by x_t in the first column and by "
    "y_t in the second.",
    "sec-theta-sum",
)
def without_arms(d_grid, theta, align_corners=False):
    return summed(d_grid, 1, 1)


@EXERCISE.wrong(
    "`=` instead of `+=` in the sum over the pixels",
    "your function assigns, so that only the last pixel's contribution is left; add every pixel's with `+=`.",
    "sec-theta-hand",
)
def last_pixel(d_grid, theta, align_corners=False):
    last = np.zeros_like(d_grid)
    last[:, -1, -1] = d_grid[:, -1, -1]
    return affine_grid_backward(last, theta, align_corners)


@EXERCISE.wrong(
    "The 1 comes first",
    "your columns belong to 1, x_t and y_t; the order should be x_t, y_t, 1, so the plain sum of the gradients is the "
    "third column.",
    "sec-theta-sum",
)
def one_first(d_grid, theta, align_corners=False):
    return affine_grid_backward(d_grid, theta, align_corners)[..., [2, 0, 1]]


@EXERCISE.wrong(
    "y_t points up",
    "your y_t decreases from the top row to the bottom; it should grow with the rows, from -1 at the top to 1 at the "
    "bottom.",
    "sec-grid-units",
)
def y_points_up(d_grid, theta, align_corners=False):
    x, y = arms(d_grid, align_corners)
    return summed(d_grid, x, -y)


@EXERCISE.wrong(
    "Reshaped instead of transposed",
    "your function reshapes (h * w, 2) to (2, h * w), which mixes x with y; exchange the axes, as `swapaxes` does.",
    "sec-theta-sum",
)
def reshaped(d_grid, theta, align_corners=False):
    batch, height, width, _ = d_grid.shape
    points = np.stack([arm.ravel() for arm in arms(d_grid, align_corners)] + [np.ones(height * width, d_grid.dtype)], 1)
    return d_grid.reshape(batch, 2, height * width) @ points


@EXERCISE.wrong(
    "Height and width are exchanged",
    "your function uses h different x_t and w different y_t; an image of h rows and w columns has w different x_t and "
    "h different y_t, listed row by row.",
    "sec-theta-hand",
)
def sizes_exchanged(d_grid, theta, align_corners=False):
    _, height, width, _ = d_grid.shape
    x, y = (arm.reshape(height, width) for arm in arms(d_grid.swapaxes(1, 2), align_corners))
    return summed(d_grid, x, y)


@EXERCISE.wrong(
    "x_t is divided by the height, y_t by the width",
    "your function divides the column's index by h and the row's by w; x_t runs along a row, which has w pixels, and "
    "y_t down a column, which has h.",
    "sec-grid-units",
)
def measured_by_the_other(d_grid, theta, align_corners=False):
    def place(index, length):
        if align_corners:
            return 2 * index / (length - 1) - 1 if length > 1 else 0 * index
        return (2 * index + 1) / length - 1

    _, height, width, _ = d_grid.shape
    return summed(d_grid, place(np.arange(width), height), place(np.arange(height), width)[:, None])


@EXERCISE.wrong(
    "The mean over the pixels",
    "your function divides by the number of pixels; `theta` affects every pixel, so their gradients are added.",
    "sec-theta-sum",
)
def mean(d_grid, theta, align_corners=False):
    return affine_grid_backward(d_grid, theta, align_corners) / d_grid.dtype.type(d_grid.shape[1] * d_grid.shape[2])


@EXERCISE.wrong(
    "Summed over the batch as well",
    "your function sums over the images as well; each image of the batch has its own theta, so sum over the pixels of "
    "one image, which gives (N, 2, 3).",
    "sec-theta-sum",
)
def over_the_batch(d_grid, theta, align_corners=False):
    return affine_grid_backward(d_grid, theta, align_corners).sum(axis=0)


@EXERCISE.wrong(
    "Only the first image, without the batch axis",
    "your function returns the first image's sum, (2, 3); each image of the batch has its own theta, so the result is "
    "(N, 2, 3).",
    "sec-theta-sum",
)
def first_image(d_grid, theta, align_corners=False):
    return affine_grid_backward(d_grid, theta, align_corners)[0]


@EXERCISE.wrong(
    "The batch's sum for every image",
    "your function gives every image the sum over the batch; each image has its own theta, whose gradient comes from "
    "its own pixels alone.",
    "sec-theta-sum",
)
def batch_for_everyone(d_grid, theta, align_corners=False):
    right = affine_grid_backward(d_grid, theta, align_corners)
    return np.broadcast_to(right.sum(axis=0), right.shape).copy()


@EXERCISE.wrong(
    "The outer product is transposed",
    "your outer product is transposed, and the `reshape` does not undo that; the rows should belong to x and y of "
    "`d_grid`, the columns to the lever arms (x_t, y_t, 1).",
    "sec-theta-sum",
)
def transposed(d_grid, theta, align_corners=False):
    return affine_grid_backward(d_grid, theta, align_corners).swapaxes(1, 2).reshape(-1, 2, 3)


@EXERCISE.wrong(
    "The other `align_corners`",
    "your lever arms are those of the other convention; `align_corners=True` places -1 and 1 at the centres of the "
    "outermost pixels, `False` at the outer edges.",
    "sec-grid-units",
)
def other_convention(d_grid, theta, align_corners=False):
    return affine_grid_backward(d_grid, theta, not align_corners)


@EXERCISE.wrong(
    "`align_corners` is ignored, centres always",
    "your lever arms reach -1 and 1 even where `align_corners=False`; there -1 and 1 are the outer edges, and the "
    "outermost lever arms should end half a pixel inside.",
    "sec-grid-units",
)
def always_corners(d_grid, theta, align_corners=False):
    return affine_grid_backward(d_grid, theta, True)


@EXERCISE.wrong(
    "`align_corners` is ignored, edges always",
    "your lever arms end half a pixel inside even where `align_corners=True`; there -1 and 1 are the centres of the "
    "outermost pixels.",
    "sec-grid-units",
)
def always_edges(d_grid, theta, align_corners=False):
    return affine_grid_backward(d_grid, theta, False)


@EXERCISE.wrong(
    "Lever arms in pixels",
    "your lever arms count columns and rows; they should be the pixels' positions in normalised units, from -1 to 1, "
    "with 0 in the middle.",
    "sec-theta-sum",
)
def arms_in_pixels(d_grid, theta, align_corners=False):
    _, height, width, _ = d_grid.shape
    return summed(d_grid, np.arange(width, dtype=d_grid.dtype), np.arange(height, dtype=d_grid.dtype)[:, None])


@EXERCISE.wrong(
    "x_t and y_t are swapped",
    "your function uses y_t for the first column and x_t for the second; the lever arm is (x_t, y_t, 1), and x_t "
    "changes from column to column of the picture.",
    "sec-theta-sum",
)
def arms_swapped(d_grid, theta, align_corners=False):
    return summed(d_grid, *arms(d_grid, align_corners)[::-1])


@EXERCISE.wrong(
    "The pixels are listed column by column",
    "your lever arms are listed column by column, as `np.meshgrid` returns them with `indexing='ij'`; `d_grid` lists "
    "its pixels row by row, so x_t runs through a whole row before y_t changes.",
    "sec-theta-hand",
)
def column_by_column(d_grid, theta, align_corners=False):
    _, height, width, _ = d_grid.shape
    x, y = (arm.T.reshape(height, width) for arm in arms(d_grid, align_corners))
    return summed(d_grid, x, y)


@EXERCISE.wrong(
    "The rows of `theta` are swapped",
    "your function writes the gradients of x into the second row; the first row of `theta` gives x, and x comes first "
    "in the last axis of `d_grid`.",
    "sec-theta-sum",
)
def rows_swapped(d_grid, theta, align_corners=False):
    return affine_grid_backward(d_grid, theta, align_corners)[:, ::-1].copy()


@EXERCISE.wrong(
    "A single pixel lies at -1",
    "your function places the centre of a single row or column at -1, as `np.linspace(-1, 1, 1)` does; it should lie "
    "in the middle, at 0, in both conventions.",
    "sec-grid-units",
)
def single_pixel_at_the_edge(d_grid, theta, align_corners=False):
    x, y = arms(d_grid, align_corners)
    if align_corners:
        x, y = x - (x.shape[1] == 1), y - (y.shape[0] == 1)
    return summed(d_grid, x, y)


@EXERCISE.wrong(
    "The descent direction instead of the gradient",
    "your result has the opposite sign; `d_theta` is the sum of the gradients, and the optimizer takes the step "
    "against it.",
    "sec-theta-hand",
)
def opposite_sign(d_grid, theta, align_corners=False):
    return -affine_grid_backward(d_grid, theta, align_corners)


@EXERCISE.wrong(
    "Converted from units to pixels once more",
    "your function multiplies by W / 2 or (W - 1) / 2; `d_grid` is per normalised unit already, since the sampler has "
    "applied that factor.",
    "sec-sback-pull",
)
def factor_again(d_grid, theta, align_corners=False):
    lengths = np.array(d_grid.shape[2:0:-1], d_grid.dtype)
    return affine_grid_backward(d_grid * ((lengths - align_corners) / 2).astype(d_grid.dtype), theta, align_corners)


@EXERCISE.wrong(
    "Left edges as lever arms",
    "with `align_corners=False` your lever arms are the pixels' left and upper edges, `2 * j / w - 1`; a pixel's "
    "position is its centre, `(2 * j + 1) / w - 1`.",
    "sec-grid-units",
)
def left_edges(d_grid, theta, align_corners=False):
    x, y = arms(d_grid, align_corners)
    half = 0 if align_corners else 1
    return summed(d_grid, x - half / d_grid.shape[2], y - half / d_grid.shape[1])


@EXERCISE.wrong(
    "Lever arms from 0 to 1",
    "your lever arms run from 0 to 1; they should be the pixels' positions in normalised units, from -1 to 1, with 0 "
    "in the middle.",
    "sec-grid-units",
)
def from_zero_to_one(d_grid, theta, align_corners=False):
    x, y = arms(d_grid, align_corners)
    return summed(d_grid, (x + 1) / 2, (y + 1) / 2)


@EXERCISE.wrong(
    "The last lever arm is too short",
    "your lever arms end a step of `2 / w` before 1 in both conventions, as with `endpoint=False`; with "
    "`align_corners=True`, `np.linspace(-1, 1, w)` ends at 1.",
    "sec-grid-units",
)
def without_the_end(d_grid, theta, align_corners=False):
    x, y = arms(d_grid, False)
    return summed(d_grid, x - 1 / d_grid.shape[2], y - 1 / d_grid.shape[1])


@EXERCISE.wrong(
    "Only the first pixel",
    "your result is the first pixel's contribution, perhaps because the `return` is inside the loop; add those of all "
    "pixels.",
    "sec-theta-hand",
)
def first_pixel(d_grid, theta, align_corners=False):
    first = np.zeros_like(d_grid)
    first[:, 0, 0] = d_grid[:, 0, 0]
    return affine_grid_backward(first, theta, align_corners)


@EXERCISE.wrong(
    "x_t for both columns",
    "your second column is multiplied by x_t as well; the first column sums the gradients times x_t and the second "
    "those times y_t.",
    "sec-theta-sum",
)
def x_for_both(d_grid, theta, align_corners=False):
    x, _ = arms(d_grid, align_corners)
    return summed(d_grid, x, x)


@EXERCISE.wrong(
    "The mean over the batch",
    "your function gives every image the mean over the batch; each image has its own theta and its own gradient.",
    "sec-theta-sum",
)
def mean_of_batch(d_grid, theta, align_corners=False):
    right = affine_grid_backward(d_grid, theta, align_corners)
    return np.broadcast_to(right.mean(axis=0), right.shape).astype(d_grid.dtype)


@EXERCISE.wrong(
    "The lever arms are distances",
    "your lever arms are absolute values; x_t is negative on the left half of the picture, and y_t on the upper half.",
    "sec-theta-sum",
)
def arms_without_sign(d_grid, theta, align_corners=False):
    x, y = arms(d_grid, align_corners)
    return summed(d_grid, abs(x), abs(y))


@EXERCISE.wrong(
    "Only the first column",
    "your second and third columns are zero; the second sums each pixel's gradient times y_t, and the third sums the "
    "gradients unweighted.",
    "sec-theta-sum",
)
def first_column_alone(d_grid, theta, align_corners=False):
    return summed(d_grid, arms(d_grid, align_corners)[0], 0, 0)


@EXERCISE.wrong(
    "Each row has only its own lever arm",
    "your first row lacks y_t and your second x_t; both rows of `theta` are multiplied by x_t, y_t and 1.",
    "sec-theta-sum",
)
def own_arm_alone(d_grid, theta, align_corners=False):
    return affine_grid_backward(d_grid, theta, align_corners) * np.array([[1, 0, 1], [0, 1, 1]], d_grid.dtype)


@EXERCISE.wrong(
    "Lever arms from 0 to 1",
    "your lever arms run from 0 to 1; they should be the pixels' positions in normalised units, from -1 to 1, with 0 "
    "in the middle.",
    "sec-grid-units",
)
def from_zero_to_one_but_alone(d_grid, theta, align_corners=False):
    x, y = ((arm + 1) / 2 if arm.size > 1 else arm for arm in _axes(d_grid, align_corners))
    return summed(d_grid, x, y[:, None])


def _axes(d_grid, align_corners):
    return (pixel_centres(length, align_corners, d_grid.dtype) for length in d_grid.shape[2:0:-1])


@EXERCISE.right_too
def with_loops(d_grid, theta, align_corners=False):
    batch, height, width, _ = d_grid.shape
    d_theta = np.zeros((batch, 2, 3))
    for n, i, j in np.ndindex(batch, height, width):
        if align_corners:
            x = 2 * j / (width - 1) - 1 if width > 1 else 0
            y = 2 * i / (height - 1) - 1 if height > 1 else 0
        else:
            x, y = (2 * j + 1) / width - 1, (2 * i + 1) / height - 1
        d_theta[n] += np.outer(d_grid[n, i, j], [x, y, 1])
    return d_theta.astype(d_grid.dtype)


@EXERCISE.right_too
def with_einsum(d_grid, theta, align_corners=False):
    _, height, width, _ = d_grid.shape
    reach_x, reach_y = (width > 1, height > 1) if align_corners else (1 - 1 / width, 1 - 1 / height)
    y, x = np.meshgrid(np.linspace(-reach_y, reach_y, height), np.linspace(-reach_x, reach_x, width), indexing="ij")
    points = np.stack([x, y, np.ones_like(x)])
    return np.einsum("nijc,kij->nck", d_grid.astype("float64"), points).astype(d_grid.dtype)


@EXERCISE.right_too
def axis_by_axis(d_grid, theta, align_corners=False):
    """Sums along one axis first: x_t is the same in a whole column, y_t in a whole row."""
    of_columns, of_rows = d_grid.sum(axis=1), d_grid.sum(axis=2)  # (N, w, 2), (N, h, 2)

    def places(length):
        if length == 1:
            return np.zeros(1)
        return (np.arange(length) - (length - 1) / 2) * (2 / (length - 1 if align_corners else length))

    return np.stack(
        [
            (of_columns * places(d_grid.shape[2])[:, None]).sum(axis=1),
            (of_rows * places(d_grid.shape[1])[:, None]).sum(axis=1),
            of_rows.sum(axis=1),
        ],
        axis=-1,
    ).astype(d_grid.dtype)


@EXERCISE.wrong(
    "The input's points instead of the output's",
    "your function multiplies the gradient by the points of the input, which `theta` computes; `theta` multiplies the "
    "output's own points (x_t, y_t, 1), so these are the factors of its gradient.",
    "sec-theta-sum",
)
def points_of_the_input(d_grid, theta, align_corners=False):
    x, y = arms(d_grid, align_corners)
    points = np.stack([x, y, np.ones_like(x)], axis=-1) @ theta[:, None].swapaxes(-1, -2)
    arms_of_the_input = np.concatenate([points, np.ones_like(points[..., :1])], axis=-1)
    return np.einsum("nhwc,nhwk->nck", d_grid, arms_of_the_input).astype(d_grid.dtype)
