"""Wrong answers to `bug_opencv_matrix`, and the calls that tell them apart."""

import numpy as np

from tests.judge import Case, Exercise
from tests.solutions import bug_opencv_matrix

RIGHT_BY_ONE = np.array([[[1.0, 0, 1], [0, 1, 0]]])
TWICE_AS_LARGE = np.array([[[2, 0, 0.5], [0, 2, 0.5]]])
QUARTER = np.array([[[0.0, 1, 0], [-1, 0, 2]]])
BENT = np.array([[[0.5, 0.25, 1], [-0.75, 1.5, 2]], [[1, 0.5, -1], [0.25, 2, 0.5]]])


def _units(x_step, x_first, y_step, y_first):
    """Pixels to units, (3, 3): the width of a pixel, and where the first one's centre lies."""
    return np.array([[x_step, 0, x_first], [0, y_step, y_first], [0, 0, 1]])


def _edges(size):
    """As it should be."""
    height, width = size
    return _units(2 / width, 1 / width - 1, 2 / height, 1 / height - 1)


def _full(matrix):
    """The row (0, 0, 1) put below: (N, 3, 3)."""
    below = np.broadcast_to([[[0.0, 0, 1]]], (len(matrix), 1, 3))
    return np.concatenate([matrix, below], axis=1)


def _theta(matrix, in_size, out_size, to_units):
    """The right steps, whatever to_units makes of a size."""
    goes = to_units(out_size) @ _full(matrix) @ np.linalg.inv(to_units(in_size))
    return np.linalg.inv(goes)[:, :2].astype(matrix.dtype)


EXERCISE = Exercise(
    name="bug_opencv_matrix",
    answer="tests.solutions",
    gives=("theta",),
    cases=[
        Case(
            "the picture goes one pixel to the right",
            RIGHT_BY_ONE,
            (2, 4),
            (2, 4),
            expected=[[[1, 0, -0.5], [0, 1, 0]]],
        ),
        Case(
            "twice as large, from the upper left corner",
            TWICE_AS_LARGE,
            (2, 2),
            (2, 2),
            expected=[[[0.5, 0, -0.5], [0, 0.5, -0.5]]],
        ),
        Case(
            "twice as large, into twice as many pixels",
            TWICE_AS_LARGE,
            (2, 3),
            (4, 6),
            expected=[[[1, 0, 0], [0, 1, 0]]],
        ),
        Case(
            "a quarter turn of two rows and three columns", QUARTER, (2, 3), (3, 2), expected=[[[0, -1, 0], [1, 0, 0]]]
        ),
        Case("two bent matrices, another size", BENT, (3, 8), (5, 12)),
        Case("two bent matrices in float32", BENT.astype("float32"), (9, 4), (6, 2)),
    ],
)


@EXERCISE.wrong(
    "As it was found, never inverted",
    "the matrix maps input to output, and your function returns it in normalised units without inverting it; theta "
    "maps output to input.",
    "sec-grid-pull",
)
def as_found(matrix, in_size, out_size):
    theta = _edges(out_size) @ _full(matrix) @ np.linalg.inv(_edges(in_size))
    return theta[:, :2].astype(matrix.dtype)


@EXERCISE.wrong(
    "Inverted, but left in pixels",
    "your theta is the inverse of the matrix, still in pixels; theta is in normalised units, so convert the output's "
    "units to its pixels, apply the inverse, and convert the input's pixels to its units.",
    "sec-grid-units",
)
def inverted_in_pixels(matrix, in_size, out_size):
    return np.linalg.inv(_full(matrix))[:, :2].astype(matrix.dtype)


@EXERCISE.wrong(
    "The matrix is returned as it is",
    "your function returns OpenCV's matrix, which is in pixels and maps input to output; theta is in normalised units "
    "and maps output to input, so convert the units and invert.",
    "sec-grid-pull",
)
def handed_on(matrix, in_size, out_size):
    return matrix.copy()


@EXERCISE.wrong(
    "The two sizes are exchanged",
    "your function uses each size where the other belongs; units become pixels by `out_size` and pixels become units "
    "by `in_size`, and if you inverted only the matrix in the middle of the product, invert the whole product instead.",
    "sec-grid-idea",
)
def sizes_exchanged(matrix, in_size, out_size):
    return bug_opencv_matrix(matrix, out_size, in_size)


@EXERCISE.wrong(
    "Only the sizes are exchanged",
    "the sizes are now in the right places, but the matrix between them still maps input to output; it has to be "
    "inverted as well.",
    "sec-grid-pull",
)
def sizes_alone(matrix, in_size, out_size):
    return as_found(matrix, out_size, in_size)


@EXERCISE.wrong(
    "`to_units` is taken for its inverse",
    "your function uses `to_units` where its inverse belongs, and the other way round; a point in the output's units "
    "is multiplied by the inverse of `to_units(out_size)`, then by the inverse of `full`, then by "
    "`to_units(in_size)`, and the S of the chapter's solution on paper is the inverse of this `to_units`.",
    "sec-grid-idea",
)
def units_for_pixels(matrix, in_size, out_size):
    theta = np.linalg.inv(_edges(in_size)) @ np.linalg.inv(_full(matrix)) @ _edges(out_size)
    return theta[:, :2].astype(matrix.dtype)


@EXERCISE.wrong(
    "The factors are turned round, but the matrix is not inverted",
    "your function turns the order of the factors round and moves `np.linalg.inv` to the other end; the inverse of a "
    "product is the product of all inverses in the other order, the matrix's as well, so invert the whole product.",
    "sec-grid-order",
)
def turned_round(matrix, in_size, out_size):
    theta = np.linalg.inv(_edges(in_size)) @ _full(matrix) @ _edges(out_size)
    return theta[:, :2].astype(matrix.dtype)


@EXERCISE.wrong(
    "The input's size for both",
    "your function uses the input's size twice, which shows only where the two sizes differ; the matrix gives pixels "
    "of the output, and these become units by the output's size.",
    "sec-grid-size",
)
def input_size_for_both(matrix, in_size, out_size):
    return bug_opencv_matrix(matrix, in_size, in_size)


@EXERCISE.wrong(
    "Height and width are exchanged",
    "your function takes the height for the width; a size is (rows, columns), while x comes first in the matrix, so x "
    "needs the second number of the size.",
    "sec-grid-all",
)
def height_for_width(matrix, in_size, out_size):
    return bug_opencv_matrix(matrix, in_size[::-1], out_size[::-1])


@EXERCISE.wrong(
    "The half pixel is missing",
    "your function places pixel 0 at the edge, -1; pixel 0 is the centre of the first pixel, which lies `1 / w` "
    "inside the edge.",
    "sec-grid-units",
)
def half_a_pixel(matrix, in_size, out_size):
    return _theta(matrix, in_size, out_size, lambda size: _units(2 / size[1], -1, 2 / size[0], -1))


@EXERCISE.wrong(
    "The other `align_corners`",
    "your function places -1 and 1 at the outermost centres, so its pixels are `2 / (w - 1)` wide; here -1 and 1 are "
    "the edges, and a pixel is `2 / w` wide.",
    "sec-grid-units",
)
def other_convention(matrix, in_size, out_size):
    return _theta(matrix, in_size, out_size, lambda size: _units(2 / (size[1] - 1), -1, 2 / (size[0] - 1), -1))


@EXERCISE.wrong(
    "Only the shift changes its sign",
    "your function only changes the sign of the third column; the inverse undoes the whole motion, the 2 x 2 part as "
    "well.",
    "sec-grid-pull",
)
def shift_alone(matrix, in_size, out_size):
    return as_found(matrix, in_size, out_size) * np.array([1, 1, -1], matrix.dtype)


@EXERCISE.wrong(
    "Only the 2 x 2 part is inverted",
    "your function keeps the old shift; the inverse's shift is the old one multiplied by the inverse of the 2 x 2 "
    "part, with the other sign, so put (0, 0, 1) below and invert the 3 x 3 matrix.",
    "sec-grid-order",
)
def linear_part_alone(matrix, in_size, out_size):
    theta = as_found(matrix, in_size, out_size)
    theta[:, :, :2] = np.linalg.inv(theta[:, :, :2])
    return theta


@EXERCISE.wrong(
    "Inverted piece by piece",
    "your function inverts the 2 x 2 part but only changes the sign of the shift; the inverse's shift is also "
    "multiplied by the inverse of the 2 x 2 part, so put (0, 0, 1) below and invert the 3 x 3 matrix.",
    "sec-grid-order",
)
def piece_by_piece(matrix, in_size, out_size):
    return linear_part_alone(matrix, in_size, out_size) * np.array([1, 1, -1], matrix.dtype)


@EXERCISE.wrong(
    "Inverted in pixels, but piece by piece",
    "your function inverts the 2 x 2 part in pixels but only changes the sign of the shift, and does not exchange the "
    "sizes; invert the whole product instead.",
    "sec-grid-order",
)
def pixels_piece_by_piece(matrix, in_size, out_size):
    back = matrix.copy()
    back[:, :, :2], back[:, :, 2] = np.linalg.inv(matrix[:, :, :2]), -matrix[:, :, 2]
    return as_found(back, in_size, out_size)


@EXERCISE.wrong(
    "The last row is dropped too early",
    "your function inverts 2 x 3 matrices, but only a square matrix has an inverse; invert the 3 x 3 matrices, with "
    "their last row (0, 0, 1), and drop that row afterwards.",
    "sec-grid-order",
)
def dropped_too_early(matrix, in_size, out_size):
    return np.linalg.inv(as_found(matrix, in_size, out_size))


@EXERCISE.wrong(
    "Inverted element by element",
    "your function divides one by each entry; the inverse is the map that undoes this one, and `np.linalg.inv` "
    "computes it from the 3 x 3 matrix.",
    "sec-grid-pull",
)
def number_by_number(matrix, in_size, out_size):
    return 1 / as_found(matrix, in_size, out_size)


@EXERCISE.wrong(
    "Transposed, not inverted",
    "your function transposes the 2 x 2 part, which inverts it only where it is a rotation or a reflection, and "
    "leaves the shift as it is; invert the 3 x 3 matrix.",
    "sec-grid-order",
)
def transposed(matrix, in_size, out_size):
    theta = as_found(matrix, in_size, out_size)
    theta[:, :, :2] = theta[:, :, :2].swapaxes(1, 2).copy()
    return theta


@EXERCISE.wrong(
    "The inverse's rows and columns are exchanged",
    "your inverse is right, but your function then transposes its 2 x 2 part; the rows of the inverse already belong "
    "to x and y of the input.",
    "sec-grid-order",
)
def inverse_transposed(matrix, in_size, out_size):
    theta = bug_opencv_matrix(matrix, in_size, out_size)
    theta[:, :, :2] = theta[:, :, :2].swapaxes(1, 2).copy()
    return theta


@EXERCISE.wrong(
    "The half pixel on one side only",
    "your function takes the centre of the first pixel for the edge in one of the two sizes; the input's size and the "
    "output's both need the half pixel.",
    "sec-grid-units",
)
def half_a_pixel_once(matrix, in_size, out_size):
    to_input = _units(2 / in_size[1], -1, 2 / in_size[0], -1)
    goes = _edges(out_size) @ _full(matrix) @ np.linalg.inv(to_input)
    return np.linalg.inv(goes)[:, :2].astype(matrix.dtype)


@EXERCISE.wrong(
    "Only the shift is converted",
    "your function inverts the matrix in pixels and then divides the shift by half the input's size; the whole map "
    "has to be converted, from the output's units to its pixels and from the input's pixels to its units.",
    "sec-grid-units",
)
def shift_in_units(matrix, in_size, out_size):
    theta = inverted_in_pixels(matrix, in_size, out_size)
    theta[:, :, 2] *= np.array([2 / in_size[1], 2 / in_size[0]], theta.dtype)
    return theta


@EXERCISE.wrong(
    "The shift is not inverted",
    "your function only changes the sign of the shift; the inverse of x -> A x + b is x -> A^-1 x - A^-1 b, so the "
    "shift is multiplied by the inverse as well.",
    "sec-grid-pull",
)
def shift_negated(matrix, in_size, out_size):
    full = _full(matrix.astype("float64"))
    back = np.linalg.inv(full)
    back[:, :2, 2] = -full[:, :2, 2]
    return (_edges(in_size) @ back @ np.linalg.inv(_edges(out_size)))[:, :2].astype(matrix.dtype)


@EXERCISE.wrong(
    "The output's size for both",
    "your function uses `out_size` on both sides; theta takes positions of the output and gives positions of the "
    "input, so the input's pixels become units by the input's size.",
    "sec-grid-units",
)
def output_size_for_both(matrix, in_size, out_size):
    return _theta(matrix, out_size, out_size, _edges)


@EXERCISE.wrong(
    "The factors of the units are left out",
    "your function moves the origin to the middle but stays in pixels; a pixel is `2 / w` of a unit wide, by the "
    "output's width on one side and the input's on the other.",
    "sec-grid-units",
)
def origin_alone(matrix, in_size, out_size):
    return _theta(matrix, in_size, out_size, lambda size: _units(1, (1 - size[1]) / 2, 1, (1 - size[0]) / 2))


@EXERCISE.right_too
def three_legs(matrix, in_size, out_size):
    """Output units to output pixels, back through the matrix, input pixels to input units."""
    to_pixels = np.linalg.inv(_edges(out_size))
    theta = _edges(in_size) @ np.linalg.inv(_full(matrix.astype("float64"))) @ to_pixels
    return theta[:, :2].astype(matrix.dtype)


@EXERCISE.right_too
def three_points(matrix, in_size, out_size):
    """Follow three points of the input, and ask which theta leads back."""
    points = np.array([[0.0, 1, 0], [0, 0, 1], [1, 1, 1]])
    (height_in, width_in), (height_out, width_out) = in_size, out_size
    sources = np.stack([(2 * points[0] + 1) / width_in - 1, (2 * points[1] + 1) / height_in - 1])
    theta = np.empty_like(matrix)
    for n, push in enumerate(matrix.astype("float64")):
        q, r = push @ points
        targets = np.stack([(2 * q + 1) / width_out - 1, (2 * r + 1) / height_out - 1, np.ones(3)])
        theta[n] = np.linalg.solve(targets.T, sources.T).T
    return theta
