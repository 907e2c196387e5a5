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
    "Handed on as it is",
    "the two conventions have different units, for the output's places and for the "
    "input's, so theta has to change unless both changes cancel.",
    "sec-torch-corners",
)
def handed_on(theta, in_size, out_size):
    return theta.copy()


@EXERCISE.wrong(
    "The other direction",
    "the theta that comes in is for centres and the one that goes out for edges, so a shift becomes smaller; yours "
    "becomes larger.",
    "sec-torch-corners",
)
def other_direction(theta, in_size, out_size):
    return scaled(theta, stretch(in_size), [*shrink(out_size), 1])


@EXERCISE.wrong(
    "The output's side is forgotten",
    "theta is multiplied with places of the output, and these change "
    "their units as well; multiply the columns by w / (w - 1) and h / (h - 1).",
    "sec-torch-corners",
)
def output_forgotten(theta, in_size, out_size):
    return scaled(theta, shrink(in_size), [1, 1, 1])


@EXERCISE.wrong(
    "The input's side is forgotten",
    "theta gives places of the input, and these change their units as "
    "well; multiply the rows by (W - 1) / W and (H - 1) / H.",
    "sec-torch-corners",
)
def input_forgotten(theta, in_size, out_size):
    return scaled(theta, [1, 1], [*stretch(out_size), 1])


@EXERCISE.wrong(
    "The two sizes are exchanged",
    "the rows of theta belong to the input and its columns to the output; yours has the sizes the other way round.",
    "sec-grid-size",
)
def sizes_exchanged(theta, in_size, out_size):
    return theta_between_conventions(theta, out_size, in_size)


@EXERCISE.wrong(
    "The input's size for both",
    "the columns of theta belong to the output, so their factors come from "
    "out_size; it shows only where the two sizes differ.",
    "sec-grid-size",
)
def input_for_both(theta, in_size, out_size):
    return theta_between_conventions(theta, in_size, in_size)


@EXERCISE.wrong(
    "The output's size for both",
    "the rows of theta belong to the input, so their factors come from "
    "in_size; it shows only where the two sizes differ.",
    "sec-grid-size",
)
def output_for_both(theta, in_size, out_size):
    return theta_between_conventions(theta, out_size, out_size)


@EXERCISE.wrong(
    "Height and width are exchanged",
    "a size is (rows, columns), but x comes first in theta: x needs the width, which comes second in the size.",
    "sec-grid-all",
)
def height_for_width(theta, in_size, out_size):
    return theta_between_conventions(theta, in_size[::-1], out_size[::-1])


@EXERCISE.wrong(
    "The shift is left as it was",
    "the shift is a distance in the input's units, so it is multiplied by "
    "(W - 1) / W and (H - 1) / H like the rest of its row.",
    "sec-torch-corners",
)
def shift_left(theta, in_size, out_size):
    changed = theta_between_conventions(theta, in_size, out_size)
    changed[:, :, 2] = theta[:, :, 2]
    return changed


@EXERCISE.wrong(
    "The shift alone is changed",
    "a turn mixes x and y, whose units change differently, and the two sizes "
    "may differ; so the 2 x 2 part has its factors, too.",
    "sec-torch-corners",
)
def shift_alone(theta, in_size, out_size):
    changed = theta.copy()
    changed[:, :, 2] = theta_between_conventions(theta, in_size, out_size)[:, :, 2]
    return changed


@EXERCISE.wrong(
    "The shift meets the output's factor",
    "the third column is multiplied with 1, which has no unit, so "
    "it is changed by the input's factor and not by the output's.",
    "sec-torch-corners",
)
def shift_twice(theta, in_size, out_size):
    changed = theta_between_conventions(theta, in_size, out_size)
    changed[:, :, 2] *= np.array(stretch(out_size), theta.dtype)
    return changed


@EXERCISE.wrong(
    "Half a pixel is added",
    "both conventions have their 0 in the middle of the picture, so one is a "
    "multiple of the other and nothing is added; half a pixel comes in only where one counts from the "
    "first pixel.",
    "sec-grid-units",
)
def half_a_pixel(theta, in_size, out_size):
    changed = theta_between_conventions(theta, in_size, out_size)
    changed[:, :, 2] += np.array([1 / in_size[1], 1 / in_size[0]], theta.dtype)
    return changed


@EXERCISE.wrong(
    "One factor for each row",
    "the row of x is multiplied with x and with y of the output, and each of "
    "these has a factor of its own, w / (w - 1) and h / (h - 1); yours uses the first for both.",
    "sec-torch-corners",
)
def factor_by_row(theta, in_size, out_size):
    changed = scaled(theta, shrink(in_size), [1, 1, 1])
    changed[:, :, :2] *= np.array(stretch(out_size), theta.dtype)[:, None]
    return changed


@EXERCISE.wrong(
    "Divided on both sides",
    "the input's places come out in edges' units, smaller by (W - 1) / W, and the "
    "output's go in larger by w / (w - 1); yours makes both smaller.",
    "sec-torch-corners",
)
def smaller_twice(theta, in_size, out_size):
    return scaled(theta, shrink(in_size), [*shrink(out_size), 1])


@EXERCISE.wrong(
    "The width's factors for both axes",
    "the row of x and the first column have the width's factors, "
    "the row of y and the second column the height's; yours takes the width for all.",
    "sec-torch-corners",
)
def width_for_both(theta, in_size, out_size):
    return theta_between_conventions(theta, (in_size[1],) * 2, (out_size[1],) * 2)


@EXERCISE.wrong(
    "The height's factors for both axes",
    "the row of x and the first column have the width's factors, "
    "the row of y and the second column the height's; yours takes the height for all.",
    "sec-torch-corners",
)
def height_for_both(theta, in_size, out_size):
    return theta_between_conventions(theta, (in_size[0],) * 2, (out_size[0],) * 2)


@EXERCISE.wrong(
    "One more for one less",
    "a coordinate with centres is one with edges times W / (W - 1); yours has "
    "(W + 1) / W, which is near it and not the same.",
    "sec-torch-corners",
)
def one_more(theta, in_size, out_size):
    left = [length / (length + 1) for length in in_size[::-1]]
    return scaled(theta, left, [*[(length + 1) / length for length in out_size[::-1]], 1])


@EXERCISE.wrong(
    "One more for one less, in the output",
    "a coordinate with centres is one with edges times w / (w - "
    "1); yours has (w + 1) / w for the output, which is near it and not the same.",
    "sec-torch-corners",
)
def one_more_in_output(theta, in_size, out_size):
    return scaled(theta, shrink(in_size), [*[(length + 1) / length for length in out_size[::-1]], 1])


@EXERCISE.wrong(
    "Multiplied on both sides",
    "the input's places come out in edges' units, smaller by (W - 1) / W, "
    "and the output's go in larger by w / (w - 1); yours makes both larger.",
    "sec-torch-corners",
)
def larger_twice(theta, in_size, out_size):
    return scaled(theta, stretch(in_size), [*stretch(out_size), 1])


@EXERCISE.wrong(
    "Half a pixel is taken off",
    "both conventions have their 0 in the middle of the picture, so one is "
    "a multiple of the other and nothing is taken off.",
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
