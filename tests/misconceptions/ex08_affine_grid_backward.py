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
    "Only the shift is there",
    "theta's first two columns sum each pixel's gradient times its place, x_t "
    "and y_t; yours leaves them at zero, and no picture would ever be turned or scaled.",
    "sec-theta-sum",
)
def shift_alone(d_grid, theta, align_corners=False):
    return summed(d_grid, 0, 0)


@EXERCISE.wrong(
    "The shift is lost",
    "the lever arm is (x_t, y_t, 1), and the column of the 1 is the plain sum of all gradients; yours leaves the "
    "third column at zero.",
    "sec-theta-sum",
)
def without_shift(d_grid, theta, align_corners=False):
    return summed(d_grid, *arms(d_grid, align_corners), 0)


@EXERCISE.wrong(
    "The lever arms are missing",
    "each pixel's gradient is multiplied by its place, x_t for the first "
    "column and y_t for the second; yours puts the plain sum into all three.",
    "sec-theta-sum",
)
def without_arms(d_grid, theta, align_corners=False):
    return summed(d_grid, 1, 1)


@EXERCISE.wrong(
    "= for += in the sum over the pixels",
    "every pixel's share is added to what the pixels before it have "
    "left, with +=; yours assigns, so that only the last pixel's is there at the end.",
    "sec-theta-hand",
)
def last_pixel(d_grid, theta, align_corners=False):
    last = np.zeros_like(d_grid)
    last[:, -1, -1] = d_grid[:, -1, -1]
    return affine_grid_backward(last, theta, align_corners)


@EXERCISE.wrong(
    "The 1 comes first",
    "theta's columns belong to x_t, y_t and 1 in this order, so the plain sum of the "
    "gradients is the third; yours is (1, x_t, y_t).",
    "sec-theta-sum",
)
def one_first(d_grid, theta, align_corners=False):
    return affine_grid_backward(d_grid, theta, align_corners)[..., [2, 0, 1]]


@EXERCISE.wrong(
    "y_t points up",
    "rows are counted downwards and y_t grows with them, from -1 at the top to 1 at the "
    "bottom; your lever arms run the other way.",
    "sec-grid-units",
)
def y_points_up(d_grid, theta, align_corners=False):
    x, y = arms(d_grid, align_corners)
    return summed(d_grid, x, -y)


@EXERCISE.wrong(
    "Reshaped where it should be transposed",
    "(h * w, 2) becomes (2, h * w) by exchanging its axes, as "
    "swapaxes does; a reshape only cuts the row of numbers at other places, and mixes x with y.",
    "sec-theta-sum",
)
def reshaped(d_grid, theta, align_corners=False):
    batch, height, width, _ = d_grid.shape
    points = np.stack([arm.ravel() for arm in arms(d_grid, align_corners)] + [np.ones(height * width, d_grid.dtype)], 1)
    return d_grid.reshape(batch, 2, height * width) @ points


@EXERCISE.wrong(
    "Height and width are exchanged",
    "an image of h rows and w columns has w different x_t and h "
    "different y_t, and lists them row by row; yours has h of the one and w of the other.",
    "sec-theta-hand",
)
def sizes_exchanged(d_grid, theta, align_corners=False):
    _, height, width, _ = d_grid.shape
    x, y = (arm.reshape(height, width) for arm in arms(d_grid.swapaxes(1, 2), align_corners))
    return summed(d_grid, x, y)


@EXERCISE.wrong(
    "x_t is measured by the height, y_t by the width",
    "x_t runs along a row, which has w pixels, and y_t "
    "down a column, which has h; yours divides the column's number by h and the row's by w.",
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
    "every pixel acts on theta, and their gradients are added; yours divides by the number of pixels.",
    "sec-theta-sum",
)
def mean(d_grid, theta, align_corners=False):
    return affine_grid_backward(d_grid, theta, align_corners) / d_grid.dtype.type(d_grid.shape[1] * d_grid.shape[2])


@EXERCISE.wrong(
    "Summed over the batch as well",
    "each image of the batch has a theta of its own, so the sum runs "
    "over the pixels of one image and the result is (N, 2, 3).",
    "sec-theta-sum",
)
def over_the_batch(d_grid, theta, align_corners=False):
    return affine_grid_backward(d_grid, theta, align_corners).sum(axis=0)


@EXERCISE.wrong(
    "Only the first image, without the batch's axis",
    "each image of the batch has a theta of its own, so "
    "the result is (N, 2, 3), a sum of its own for each image; yours is the first image's, (2, 3).",
    "sec-theta-sum",
)
def first_image(d_grid, theta, align_corners=False):
    return affine_grid_backward(d_grid, theta, align_corners)[0]


@EXERCISE.wrong(
    "The batch's sum for every image",
    "each image of the batch has a theta of its own, which depends on its own pixels only; yours gives all images the "
    "sum over all.",
    "sec-theta-sum",
)
def batch_for_everyone(d_grid, theta, align_corners=False):
    right = affine_grid_backward(d_grid, theta, align_corners)
    return np.broadcast_to(right.sum(axis=0), right.shape).copy()


@EXERCISE.wrong(
    "Transposed",
    "an outer product is column times row, the pixel's (x, y) gradient down the rows and "
    "its lever arm (x_t, y_t, 1) along the columns; yours has them exchanged, and a reshape does not "
    "turn them back.",
    "sec-theta-sum",
)
def transposed(d_grid, theta, align_corners=False):
    return affine_grid_backward(d_grid, theta, align_corners).swapaxes(1, 2).reshape(-1, 2, 3)


@EXERCISE.wrong(
    "The other align_corners",
    "True puts -1 and 1 on the centres of the outermost pixels, False on the "
    "outer edges; your lever arms are those of the other convention.",
    "sec-grid-units",
)
def other_convention(d_grid, theta, align_corners=False):
    return affine_grid_backward(d_grid, theta, not align_corners)


@EXERCISE.wrong(
    "align_corners is ignored, centres always",
    "with False, -1 and 1 are the outer edges, so the "
    "outermost lever arms are half a pixel shorter than 1; yours reach to -1 and 1 always.",
    "sec-grid-units",
)
def always_corners(d_grid, theta, align_corners=False):
    return affine_grid_backward(d_grid, theta, True)


@EXERCISE.wrong(
    "align_corners is ignored, edges always",
    "with True, -1 and 1 are the centres of the outermost pixels; your lever arms end half a pixel inside always.",
    "sec-grid-units",
)
def always_edges(d_grid, theta, align_corners=False):
    return affine_grid_backward(d_grid, theta, False)


@EXERCISE.wrong(
    "Lever arms in pixels",
    "the lever arms are the pixels' places in normalised units, from -1 to 1, "
    "with 0 in the middle; yours count columns and rows.",
    "sec-theta-sum",
)
def arms_in_pixels(d_grid, theta, align_corners=False):
    _, height, width, _ = d_grid.shape
    return summed(d_grid, np.arange(width, dtype=d_grid.dtype), np.arange(height, dtype=d_grid.dtype)[:, None])


@EXERCISE.wrong(
    "x_t and y_t are swapped",
    "in the lever arm, (x_t, y_t, 1), x_t changes from column to column and "
    "makes theta's first column, y_t its second.",
    "sec-theta-sum",
)
def arms_swapped(d_grid, theta, align_corners=False):
    return summed(d_grid, *arms(d_grid, align_corners)[::-1])


@EXERCISE.wrong(
    "The pixels are listed column by column",
    "d_grid lists its pixels row by row, so x_t runs through a "
    "whole row before y_t changes; yours lists the lever arms the other way, as np.meshgrid does with "
    "indexing='ij'.",
    "sec-theta-hand",
)
def column_by_column(d_grid, theta, align_corners=False):
    _, height, width, _ = d_grid.shape
    x, y = (arm.T.reshape(height, width) for arm in arms(d_grid, align_corners))
    return summed(d_grid, x, y)


@EXERCISE.wrong(
    "The rows of theta are swapped",
    "the first row of theta gives x and receives the x parts of d_grid, which come first in its last axis; yours "
    "writes them into the second row.",
    "sec-theta-sum",
)
def rows_swapped(d_grid, theta, align_corners=False):
    return affine_grid_backward(d_grid, theta, align_corners)[:, ::-1].copy()


@EXERCISE.wrong(
    "A single pixel sits at -1",
    "a single row or column has its centre in the middle, at 0, in both "
    "conventions; np.linspace(-1, 1, 1) puts it at -1.",
    "sec-grid-units",
)
def single_pixel_at_the_edge(d_grid, theta, align_corners=False):
    x, y = arms(d_grid, align_corners)
    if align_corners:
        x, y = x - (x.shape[1] == 1), y - (y.shape[0] == 1)
    return summed(d_grid, x, y)


@EXERCISE.wrong(
    "The descent direction in place of the gradient",
    "d_theta is the sum of the gradients as they come; the step in the opposite direction is the optimizer's part.",
    "sec-theta-hand",
)
def opposite_sign(d_grid, theta, align_corners=False):
    return -affine_grid_backward(d_grid, theta, align_corners)


@EXERCISE.wrong(
    "Units become pixels a second time",
    "d_grid comes in normalised units already, so no factor of W / "
    "2 or (W - 1) / 2 is due here; the sampler has put it in.",
    "sec-sback-pull",
)
def factor_again(d_grid, theta, align_corners=False):
    lengths = np.array(d_grid.shape[2:0:-1], d_grid.dtype)
    return affine_grid_backward(d_grid * ((lengths - align_corners) / 2).astype(d_grid.dtype), theta, align_corners)


@EXERCISE.wrong(
    "Left edges for lever arms",
    "a pixel's place is its centre, with edges at (2 * j + 1) / w - 1; your "
    "lever arms are the pixels' left and upper edges, 2 * j / w - 1.",
    "sec-grid-units",
)
def left_edges(d_grid, theta, align_corners=False):
    x, y = arms(d_grid, align_corners)
    half = 0 if align_corners else 1
    return summed(d_grid, x - half / d_grid.shape[2], y - half / d_grid.shape[1])


@EXERCISE.wrong(
    "Lever arms from 0 to 1",
    "the lever arms are the pixels' places in normalised units, from -1 to 1, "
    "with 0 in the middle; yours run from 0 to 1.",
    "sec-grid-units",
)
def from_zero_to_one(d_grid, theta, align_corners=False):
    x, y = arms(d_grid, align_corners)
    return summed(d_grid, (x + 1) / 2, (y + 1) / 2)


@EXERCISE.wrong(
    "The last lever arm is not reached",
    "np.linspace(-1, 1, w) ends at 1; with endpoint=False, or steps "
    "of 2 / w from -1, your lever arms end a step before it in both conventions.",
    "sec-grid-units",
)
def without_the_end(d_grid, theta, align_corners=False):
    x, y = arms(d_grid, False)
    return summed(d_grid, x - 1 / d_grid.shape[2], y - 1 / d_grid.shape[1])


@EXERCISE.wrong(
    "The first pixel alone",
    "every pixel's share is added, from the first to the last; yours has that of the first, perhaps because the "
    "return is inside the loop.",
    "sec-theta-hand",
)
def first_pixel(d_grid, theta, align_corners=False):
    first = np.zeros_like(d_grid)
    first[:, 0, 0] = d_grid[:, 0, 0]
    return affine_grid_backward(first, theta, align_corners)


@EXERCISE.wrong(
    "x_t for both columns",
    "theta's first column sums the gradients times x_t, and its second times y_t; yours multiplies by x_t in both.",
    "sec-theta-sum",
)
def x_for_both(d_grid, theta, align_corners=False):
    x, _ = arms(d_grid, align_corners)
    return summed(d_grid, x, x)


@EXERCISE.wrong(
    "The mean over the batch",
    "each image of the batch has a theta of its own; yours gives all images the mean over them.",
    "sec-theta-sum",
)
def mean_of_batch(d_grid, theta, align_corners=False):
    right = affine_grid_backward(d_grid, theta, align_corners)
    return np.broadcast_to(right.mean(axis=0), right.shape).astype(d_grid.dtype)


@EXERCISE.wrong(
    "The lever arms are distances",
    "a pixel on the left has a negative lever arm, x_t with its sign; yours takes its size alone.",
    "sec-theta-sum",
)
def arms_without_sign(d_grid, theta, align_corners=False):
    x, y = arms(d_grid, align_corners)
    return summed(d_grid, abs(x), abs(y))


@EXERCISE.wrong(
    "The first column is there alone",
    "theta's second column sums each pixel's gradient times y_t, and "
    "its third the gradients as they are; yours leaves both at zero.",
    "sec-theta-sum",
)
def first_column_alone(d_grid, theta, align_corners=False):
    return summed(d_grid, arms(d_grid, align_corners)[0], 0, 0)


@EXERCISE.wrong(
    "Each row has its own arm alone",
    "theta's first row is multiplied with x_t, y_t and 1, and so is "
    "its second; yours has x_t in the first and y_t in the second alone.",
    "sec-theta-sum",
)
def own_arm_alone(d_grid, theta, align_corners=False):
    return affine_grid_backward(d_grid, theta, align_corners) * np.array([[1, 0, 1], [0, 1, 1]], d_grid.dtype)


@EXERCISE.wrong(
    "Lever arms from 0 to 1",
    "the lever arms are the pixels' places in normalised units, from -1 to 1, "
    "with 0 in the middle; yours run from 0 to 1.",
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
    "The points of the input for those of the output",
    "theta multiplies the output's own points (x_t, y_t, 1), so the gradient is multiplied by these; yours multiplies "
    "it by the points that theta makes of them.",
    "sec-theta-sum",
)
def points_of_the_input(d_grid, theta, align_corners=False):
    x, y = arms(d_grid, align_corners)
    points = np.stack([x, y, np.ones_like(x)], axis=-1) @ theta[:, None].swapaxes(-1, -2)
    arms_of_the_input = np.concatenate([points, np.ones_like(points[..., :1])], axis=-1)
    return np.einsum("nhwc,nhwk->nck", d_grid, arms_of_the_input).astype(d_grid.dtype)
