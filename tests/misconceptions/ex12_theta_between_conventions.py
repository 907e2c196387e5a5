"""Wrong answers to `theta_between_conventions`, and the calls that tell them apart."""

import numpy as np

from tests.judge import Case, Exercise
from tests.solutions import theta_between_conventions

IDENTITY = np.array([[[1.0, 0, 0], [0, 1, 0]]])
ONE_RIGHT = np.array([[[1, 0, 2 / 3], [0, 1, 0]]])
QUARTER = np.array([[[0.0, -1, 0], [1, 0, 0]]])
BENT = np.array([[[0.5, 0.25, 1], [-0.75, 1.5, 2]], [[1, 0.5, -1], [0.25, 2, 0.5]]])

EXERCISE = Exercise(
    name="theta_between_conventions",
    answer="tests.solutions",
    gives=("theta",),
    cases=[
        Case("one pixel to the right, 2 x 4 pixels", ONE_RIGHT, (2, 4), (2, 4), expected=[[[1, 0, 0.5], [0, 1, 0]]]),
        Case("the identity, 2 x 4 pixels: it stays", IDENTITY, (2, 4), (2, 4), expected=IDENTITY),
        Case(
            "the identity, from 2 x 4 pixels to 3 x 5",
            IDENTITY,
            (2, 4),
            (3, 5),
            expected=[[[15 / 16, 0, 0], [0, 0.75, 0]]],
        ),
        Case("a quarter turn on 2 x 4 pixels", QUARTER, (2, 4), (2, 4), expected=[[[0, -1.5, 0], [2 / 3, 0, 0]]]),
        Case("two bent thetas, from 3 x 8 pixels to 5 x 12", BENT, (3, 8), (5, 12)),
        Case("two bent thetas in float32, from 9 x 4 pixels to 6 x 2", BENT.astype("float32"), (9, 4), (6, 2)),
    ],
)


def scaled(theta, left, right):
    """Rows by left, columns by right."""
    return (np.array(left)[:, None] * theta * np.array(right)).astype(theta.dtype)


def shrink(size):
    """From centres to edges, for x and y."""
    height, width = size
    return [(width - 1) / width, (height - 1) / height]


def stretch(size):
    """From edges to centres, for x and y."""
    return [1 / factor for factor in shrink(size)]


@EXERCISE.wrong(
    "Returned unchanged",
    "your function returns `theta` unchanged; the units of the output's positions and of the input's both change, so "
    "`theta` changes too, unless the two changes cancel.",
    "sec-torch-corners",
)
def handed_on(theta, in_size, out_size):
    return theta.copy()


@EXERCISE.wrong(
    "The other direction",
    "your shifts become larger; the `theta` passed in is for centres and the one returned for edges, so a shift "
    "becomes smaller.",
    "sec-torch-corners",
)
def other_direction(theta, in_size, out_size):
    return scaled(theta, stretch(in_size), [*shrink(out_size), 1])


@EXERCISE.wrong(
    "The output's factors are missing",
    "your function leaves out the output's factors; `theta` is multiplied by positions of the output, whose units "
    "change too, so multiply the columns by `w / (w - 1)` and `h / (h - 1)`.",
    "sec-torch-corners",
)
def output_forgotten(theta, in_size, out_size):
    return scaled(theta, shrink(in_size), [1, 1, 1])


@EXERCISE.wrong(
    "The input's factors are missing",
    "your function leaves out the input's factors; `theta` gives positions of the input, whose units change too, so "
    "multiply the rows by `(W - 1) / W` and `(H - 1) / H`.",
    "sec-torch-corners",
)
def input_forgotten(theta, in_size, out_size):
    return scaled(theta, [1, 1], [*stretch(out_size), 1])


@EXERCISE.wrong(
    "The two sizes are exchanged",
    "your function uses each size where the other belongs; the rows of `theta` belong to the input and its columns to "
    "the output.",
    "sec-grid-size",
)
def sizes_exchanged(theta, in_size, out_size):
    return theta_between_conventions(theta, out_size, in_size)


@EXERCISE.wrong(
    "The input's size for both",
    "your function uses `in_size` twice, which shows only where the two sizes differ; the columns of `theta` belong "
    "to the output, so their factors come from `out_size`.",
    "sec-grid-size",
)
def input_for_both(theta, in_size, out_size):
    return theta_between_conventions(theta, in_size, in_size)


@EXERCISE.wrong(
    "The output's size for both",
    "your function uses `out_size` twice, which shows only where the two sizes differ; the rows of `theta` belong to "
    "the input, so their factors come from `in_size`.",
    "sec-grid-size",
)
def output_for_both(theta, in_size, out_size):
    return theta_between_conventions(theta, out_size, out_size)


@EXERCISE.wrong(
    "Height and width are exchanged",
    "your function takes the height for the width; a size is (rows, columns), while x comes first in `theta`, so x "
    "needs the second number of the size.",
    "sec-grid-all",
)
def height_for_width(theta, in_size, out_size):
    return theta_between_conventions(theta, in_size[::-1], out_size[::-1])


@EXERCISE.wrong(
    "The shift is unchanged",
    "your function does not change the shift; it is a distance in the input's units, so it is multiplied by `(W - 1) "
    "/ W` and `(H - 1) / H` like the rest of its row.",
    "sec-torch-corners",
)
def shift_left(theta, in_size, out_size):
    changed = theta_between_conventions(theta, in_size, out_size)
    changed[:, :, 2] = theta[:, :, 2]
    return changed


@EXERCISE.wrong(
    "Only the shift is changed",
    "your function does not change the 2 x 2 part; a rotation mixes x and y, whose units change differently, and the "
    "two sizes may differ, so that part has factors too.",
    "sec-torch-corners",
)
def shift_alone(theta, in_size, out_size):
    changed = theta.copy()
    changed[:, :, 2] = theta_between_conventions(theta, in_size, out_size)[:, :, 2]
    return changed


@EXERCISE.wrong(
    "The shift is multiplied by the output's factor",
    "your function multiplies the shift by the output's factor as well; the third column is multiplied by 1, which "
    "has no unit, so it takes the input's factor alone.",
    "sec-torch-corners",
)
def shift_twice(theta, in_size, out_size):
    changed = theta_between_conventions(theta, in_size, out_size)
    changed[:, :, 2] *= np.array(stretch(out_size), theta.dtype)
    return changed


@EXERCISE.wrong(
    "Half a pixel is added",
    "your function adds half a pixel to the shift; 0 is the middle of the picture in both conventions, so one is a "
    "multiple of the other and nothing is added.",
    "sec-grid-units",
)
def half_a_pixel(theta, in_size, out_size):
    changed = theta_between_conventions(theta, in_size, out_size)
    changed[:, :, 2] += np.array([1 / in_size[1], 1 / in_size[0]], theta.dtype)
    return changed


@EXERCISE.wrong(
    "One factor for each row",
    "your function uses one output factor for both columns of a row; the first column is multiplied by x of the "
    "output and the second by y, so their factors are `w / (w - 1)` and `h / (h - 1)`.",
    "sec-torch-corners",
)
def factor_by_row(theta, in_size, out_size):
    changed = scaled(theta, shrink(in_size), [1, 1, 1])
    changed[:, :, :2] *= np.array(stretch(out_size), theta.dtype)[:, None]
    return changed


@EXERCISE.wrong(
    "Made smaller on both sides",
    "your function uses a factor below 1 for the output too; the input's positions become smaller, by `(W - 1) / W`, "
    "but the output's are divided by that, so their factor is `w / (w - 1)`.",
    "sec-torch-corners",
)
def smaller_twice(theta, in_size, out_size):
    return scaled(theta, shrink(in_size), [*shrink(out_size), 1])


@EXERCISE.wrong(
    "The width's factors for both axes",
    "your function uses the width's factors throughout; the row of x and the first column have the width's factors, "
    "the row of y and the second column the height's.",
    "sec-torch-corners",
)
def width_for_both(theta, in_size, out_size):
    return theta_between_conventions(theta, (in_size[1],) * 2, (out_size[1],) * 2)


@EXERCISE.wrong(
    "The height's factors for both axes",
    "your function uses the height's factors throughout; the row of x and the first column have the width's factors, "
    "the row of y and the second column the height's.",
    "sec-torch-corners",
)
def height_for_both(theta, in_size, out_size):
    return theta_between_conventions(theta, (in_size[0],) * 2, (out_size[0],) * 2)


@EXERCISE.wrong(
    "One more instead of one less",
    "your function uses `(W + 1) / W`, which is close to the factor but not equal; a coordinate for centres is one "
    "for edges times `W / (W - 1)`.",
    "sec-torch-corners",
)
def one_more(theta, in_size, out_size):
    left = [length / (length + 1) for length in in_size[::-1]]
    return scaled(theta, left, [*[(length + 1) / length for length in out_size[::-1]], 1])


@EXERCISE.wrong(
    "One more instead of one less, in the output",
    "your function uses `(w + 1) / w` for the output, which is close to the factor but not equal; a coordinate for "
    "centres is one for edges times `w / (w - 1)`.",
    "sec-torch-corners",
)
def one_more_in_output(theta, in_size, out_size):
    return scaled(theta, shrink(in_size), [*[(length + 1) / length for length in out_size[::-1]], 1])


@EXERCISE.wrong(
    "Made larger on both sides",
    "your function uses a factor above 1 for the input too; the input's positions become smaller, by `(W - 1) / W`, "
    "and only the output's factor, `w / (w - 1)`, is above 1.",
    "sec-torch-corners",
)
def larger_twice(theta, in_size, out_size):
    return scaled(theta, stretch(in_size), [*stretch(out_size), 1])


@EXERCISE.wrong(
    "Half a pixel is subtracted",
    "your function subtracts half a pixel from the shift; 0 is the middle of the picture in both conventions, so one "
    "is a multiple of the other and nothing is subtracted.",
    "sec-grid-units",
)
def half_a_pixel_off(theta, in_size, out_size):
    changed = theta_between_conventions(theta, in_size, out_size)
    changed[:, :, 2] -= np.array([1 / in_size[1], 1 / in_size[0]], theta.dtype)
    return changed


@EXERCISE.right_too
def through_pixels(theta, in_size, out_size):
    """Edges to pixels to centres, theta, centres to pixels to edges."""

    def edges(size):
        height, width = size
        return np.array([[2 / width, 0, 1 / width - 1], [0, 2 / height, 1 / height - 1], [0, 0, 1]])

    def centres(size):
        height, width = size
        return np.array([[2 / (width - 1), 0, -1], [0, 2 / (height - 1), -1], [0, 0, 1]])

    full = np.concatenate([theta, np.broadcast_to([[[0.0, 0, 1]]], (len(theta), 1, 3))], axis=1)
    whole = edges(in_size) @ np.linalg.inv(centres(in_size)) @ full @ centres(out_size) @ np.linalg.inv(edges(out_size))
    return whole[:, :2].astype(theta.dtype)


@EXERCISE.right_too
def entry_by_entry(theta, in_size, out_size):
    changed = np.empty_like(theta)
    for n, row, column in np.ndindex(theta.shape):
        length = in_size[1 - row]
        value = float(theta[n, row, column]) * (length - 1) / length
        if column < 2:
            length = out_size[1 - column]
            value *= length / (length - 1)
        changed[n, row, column] = value
    return changed


@EXERCISE.right_too
def with_diagonals(theta, in_size, out_size):
    rows, columns = np.diag(shrink(in_size)), np.diag([*stretch(out_size), 1])
    return np.einsum("ab,nbc,cd->nad", rows, theta, columns).astype(theta.dtype)
