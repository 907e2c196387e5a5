"""Wrong answers to `compose_theta`, and the calls that tell them apart."""

import numpy as np

from tests.judge import Case, Exercise
from tests.solutions import compose_theta

ZOOM = np.array([[[0.5, 0, 0], [0, 0.5, -0.5]]])
RIGHT = np.array([[[1.0, 0, 0.5], [0, 1, 0]]])
QUARTER = np.array([[[0.0, -1, 0], [1, 0, 0]]])
BENT = np.array([[[0.5, 0.25, 0.1], [-0.75, 1.5, -0.2]], [[1, 2, 3], [4, 5, 6]], [[2, 0, 0], [0.5, 1, -1]]])

EXERCISE = Exercise(
    name="compose_theta",
    answer="tests.solutions",
    gives=("theta",),
    cases=[
        Case(
            "a zoom that looks upwards, behind it a look to the right",
            ZOOM,
            RIGHT,
            expected=[[[0.5, 0, 0.25], [0, 0.5, -0.5]]],
        ),
        Case("a quarter turn, behind it a look to the right", QUARTER, RIGHT, expected=[[[0, -1, 0], [1, 0, 0.5]]]),
        Case("a look to the right, behind it a quarter turn", RIGHT, QUARTER, expected=[[[0, -1, 0.5], [1, 0, 0]]]),
        Case("two pairs, one for each image of the batch", BENT[:2], BENT[1:]),
        Case("three pairs in float32", BENT.astype("float32"), BENT[::-1].astype("float32")),
    ],
)


def _put(linear, shift):
    """Theta of a linear part (N, 2, 2) and a shift (N, 2)."""
    return np.concatenate([linear, shift[..., None]], axis=2)


def _mapped(linear, shift):
    return (linear @ shift[..., None])[..., 0]


@EXERCISE.wrong(
    "The order is reversed",
    "your product has `second` on the left; a pixel of the last picture is mapped by `second` and the result by "
    "`first`, so `first` belongs on the left.",
    "sec-grid-order",
)
def reversed_order(first, second):
    return compose_theta(second, first)


@EXERCISE.wrong(
    "The shifts are added as they are",
    "your function adds the two shifts unchanged; `second` gives a point that `first` still has to map, so the shift "
    "of `second` is multiplied by the linear part of `first` before the shift of `first` is added.",
    "sec-grid-order",
)
def shifts_added(first, second):
    return _put(first[:, :, :2] @ second[:, :, :2], first[:, :, 2] + second[:, :, 2])


@EXERCISE.wrong(
    "The shift is composed in the other order",
    "your linear part is right, but your shift exchanges the two maps; it has to be the linear part of `first` times "
    "the shift of `second`, plus the shift of `first`.",
    "sec-grid-order",
)
def shift_reversed(first, second):
    return _put(first[:, :, :2] @ second[:, :, :2], _mapped(second[:, :, :2], first[:, :, 2]) + second[:, :, 2])


@EXERCISE.wrong(
    "The shift of `first` is lost",
    "your function multiplies the shift of `first` by 0; the row below `second` is (0, 0, 1), and its 1 is the factor "
    "of that shift.",
    "sec-grid-order",
)
def first_shift_lost(first, second):
    return _put(first[:, :, :2] @ second[:, :, :2], _mapped(first[:, :, :2], second[:, :, 2]))


@EXERCISE.wrong(
    "The shift of `second` is lost",
    "your result leaves out the shift of `second`; `first` maps every point that `second` gives, so all three columns "
    "of `second` belong in the product.",
    "sec-grid-order",
)
def second_shift_lost(first, second):
    return _put(first[:, :, :2] @ second[:, :, :2], first[:, :, 2])


@EXERCISE.wrong(
    "Linear parts only",
    "your third column is 0; it has to be the linear part of `first` times the shift of `second`, plus the shift of "
    "`first`.",
    "sec-grid-order",
)
def linear_parts_only(first, second):
    return _put(first[:, :, :2] @ second[:, :, :2], np.zeros_like(first[:, :, 2]))


@EXERCISE.wrong(
    "Element by element",
    "your function multiplies the entries at the same place; composing two maps is a matrix product, each row times "
    "each column.",
    "sec-grid-order",
)
def number_by_number(first, second):
    return first * second


@EXERCISE.wrong(
    "The thetas are added",
    "your function adds the two; composing two maps is a matrix product, and composing with the identity has to leave "
    "a theta unchanged.",
    "sec-grid-order",
)
def added(first, second):
    return first + second


@EXERCISE.wrong(
    "The changes are added",
    "your function returns `first` + `second` minus the identity, which is close only where both are near the "
    "identity; composing two maps is a matrix product.",
    "sec-grid-order",
)
def changes_added(first, second):
    return first + second - np.eye(2, 3, dtype=first.dtype)


@EXERCISE.wrong(
    "`second` is transposed",
    "your function multiplies the rows of `first` by the rows of `second`; in a matrix product each row of `first` is "
    "multiplied by each column of `second`.",
    "sec-grid-order",
)
def second_transposed(first, second):
    turned = second.copy()
    turned[:, :, :2] = second[:, :, :2].swapaxes(1, 2)
    return compose_theta(first, turned)


@EXERCISE.wrong(
    "The joint theta is inverted",
    "your function inverts the product; `first` and `second` map output to input, and so does the theta to return, so "
    "nothing has to be inverted.",
    "sec-grid-pull",
)
def inverted(first, second):
    below = np.broadcast_to(np.array([[[0, 0, 1]]], first.dtype), (len(first), 1, 3))
    return np.linalg.inv(np.concatenate([compose_theta(first, second), below], axis=1))[:, :2]


@EXERCISE.wrong(
    "One pair for the whole batch",
    "your function composes the first pair and returns it for every image; each image of the batch has its own "
    "`first` and `second`.",
    "sec-whole-equation",
)
def first_pair(first, second):
    return np.repeat(compose_theta(first[:1], second[:1]), len(first), axis=0)


@EXERCISE.wrong(
    "One `second` for the whole batch",
    "your function uses the `second` of the first image for every image; each image of the batch has its own.",
    "sec-whole-equation",
)
def second_of_first_image(first, second):
    return compose_theta(first, np.repeat(second[:1], len(second), axis=0))


@EXERCISE.wrong(
    "The row (0, 0, 1) is missing",
    "your function multiplies a 2 x 3 matrix by another, but the one on the right needs three rows; put (0, 0, 1) "
    "below each theta of `second`, so that the mapped point ends in 1 again.",
    "sec-grid-order",
)
def no_row_below(first, second):
    return first @ second


@EXERCISE.wrong(
    "A row of ones below",
    "your function puts (1, 1, 1) below `second`, which adds the shift of `first` in all three columns; with (0, 0, "
    "1) it is added in the third alone.",
    "sec-grid-order",
)
def row_of_ones(first, second):
    return first @ np.concatenate([second, np.ones_like(second[:, :1])], axis=1)


@EXERCISE.wrong(
    "The linear parts are in the other order",
    "your shift is right, but your linear part exchanges the two maps; the 2 x 2 part of `first` is on the left of "
    "the product and that of `second` on the right, as in the shift.",
    "sec-grid-order",
)
def linear_reversed(first, second):
    return _put(second[:, :, :2] @ first[:, :, :2], compose_theta(first, second)[:, :, 2])


@EXERCISE.right_too
def with_loops(first, second):
    theta = first.copy()
    for n in range(len(first)):
        for row in range(2):
            for column in range(3):
                theta[n, row, column] = sum(first[n, row, k] * second[n, k, column] for k in range(2))
            theta[n, row, 2] += first[n, row, 2]
    return theta


@EXERCISE.right_too
def with_einsum(first, second):
    theta = np.einsum("nij,njk->nik", first[..., :2], second)
    theta[..., 2] += first[..., 2]
    return theta


@EXERCISE.right_too
def from_three_points(first, second):
    """Where the middle, the right edge and the lower edge of the last picture end up settles theta."""
    ends = []
    for point in ([0, 0], [1, 0], [0, 1]):
        middle = [one @ [*point, 1] for one in second.astype("float64")]
        ends.append([one @ [*between, 1] for one, between in zip(first.astype("float64"), middle)])
    origin, right, below = np.array(ends)
    return np.stack([right - origin, below - origin, origin], axis=2).astype(first.dtype)
