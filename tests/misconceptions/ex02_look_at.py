"""Wrong answers to `look_at`, and the calls that tell them apart."""

import numpy as np

from tests.judge import Case, Exercise
from tests.solutions import look_at

CENTRES = np.array([[0.25, -0.5], [-0.1, 0.7], [0.9, 0.3]])
SHARES = np.array([[0.5, 0.75], [0.2, 0.1], [1.5, 0.6]])

EXERCISE = Exercise(
    name="look_at",
    answer="tests.solutions",
    gives=("theta",),
    cases=[
        Case("the whole picture", np.array([[0.0, 0]]), np.array([[1.0, 1]]), expected=[[[1, 0, 0], [0, 1, 0]]]),
        Case(
            "the left upper quarter: half the width, half the height",
            np.array([[-0.5, -0.5]]),
            np.array([[0.5, 0.5]]),
            expected=[[[0.5, 0, -0.5], [0, 0.5, -0.5]]],
        ),
        Case(
            "half the width and a quarter of the height, a little right of the middle",
            np.array([[0.25, 0]]),
            np.array([[0.5, 0.25]]),
            expected=[[[0.5, 0, 0.25], [0, 0.25, 0]]],
        ),
        Case(
            "half the width, all of the height, and half of that window beyond the right edge",
            np.array([[1.0, 0]]),
            np.array([[0.5, 1]]),
            expected=[[[0.5, 0, 1], [0, 1, 0]]],
        ),
        Case(
            "two windows, one for each image of the batch",
            CENTRES[:2],
            SHARES[:2],
            expected=[[[0.5, 0, 0.25], [0, 0.75, -0.5]], [[0.2, 0, -0.1], [0, 0.1, 0.7]]],
        ),
        Case(
            "three windows in float32, the last one wider than the picture",
            CENTRES.astype("float32"),
            SHARES.astype("float32"),
        ),
    ],
)


@EXERCISE.wrong(
    "The zoom is the wrong way round",
    "your scales are `1 / share`, so a window of half the width gets the scale 2 and shows more than the picture; "
    "theta scales the sampling points, not the picture, so the scale is `share`.",
    "sec-whole-paper",
)
def wrong_way_round(centre, share):
    return look_at(centre, 1 / share)


@EXERCISE.wrong(
    "Zoom and shift are the picture's",
    "your theta describes how the picture moves; theta scales and shifts the sampling points, so half the width has "
    "the scale 1/2, and a window right of the middle has a positive shift.",
    "sec-whole-paper",
)
def motion_of_the_picture(centre, share):
    return look_at(-centre, 1 / share)


@EXERCISE.wrong(
    "theta is inverted",
    "your theta maps input to output, the way in which the picture moves; theta has to map each position of the "
    "output to the position of the input that it shows.",
    "sec-whole-pull",
)
def inverted(centre, share):
    return look_at(-centre / share, 1 / share)


@EXERCISE.wrong(
    "The shift is scaled as well",
    "your function multiplies the shift by `share`; the output's middle is (0, 0), which the scales do not move, so "
    "the third column of theta is `centre` itself.",
    "sec-whole-paper",
)
def shift_scaled(centre, share):
    return look_at(centre * share, share)


@EXERCISE.wrong(
    "The shift has the wrong sign",
    "your function changes the sign of the shift; theta maps output to input, so a window right of the middle has a "
    "positive shift, although the picture itself moves to the left.",
    "sec-whole-paper",
)
def wrong_sign(centre, share):
    return look_at(-centre, share)


@EXERCISE.wrong(
    "x and y are swapped",
    "your first row is made from the height and the centre's y; the first row of theta gives x, so it takes the "
    "width's share and the centre's x, both of which come first.",
    "sec-whole-equation",
)
def swapped(centre, share):
    return look_at(centre[:, ::-1], share[:, ::-1])


@EXERCISE.wrong(
    "The centre's x and y are swapped",
    "your third column is (y, x), although your shares are in the right order; it has to be (x, y), in the order of "
    "`centre`.",
    "sec-whole-equation",
)
def centre_swapped(centre, share):
    return look_at(centre[:, ::-1], share)


@EXERCISE.wrong(
    "The shift is counted from 0 to 1",
    "your shift is 0 at the left edge and 1/2 in the middle; in normalised units the middle of the picture is 0 and "
    "its edges are -1 and 1.",
    "sec-whole-equation",
)
def from_zero_to_one(centre, share):
    return look_at((centre + 1) / 2, share)


@EXERCISE.wrong(
    "The centre is converted a second time",
    "your function takes `centre` for a fraction from 0 to 1 and stretches it to -1 to 1; `centre` is in normalised "
    "units already and is used as it is.",
    "sec-whole-equation",
)
def converted_again(centre, share):
    return look_at(2 * centre - 1, share)


@EXERCISE.wrong(
    "The window's size in units",
    "your scale is the window's width or height in units, twice `share`; the output's points already run from -1 to "
    "1, two units, so the scale is `share` itself.",
    "sec-whole-paper",
)
def size_in_units(centre, share):
    return look_at(centre, 2 * share)


@EXERCISE.wrong(
    "Half the share",
    "your window reaches only `share / 2` from its middle to either side; the output's points reach 1 to either side, "
    "so the scale is `share` itself.",
    "sec-whole-paper",
)
def half_the_share(centre, share):
    return look_at(centre, share / 2)


@EXERCISE.wrong(
    "The corner instead of the centre",
    "your shift is the window's upper left corner; the output's middle, (0, 0), is mapped to the third column of "
    "theta, so that column should be the window's centre.",
    "sec-whole-paper",
)
def corner(centre, share):
    return look_at(centre - share, share)


@EXERCISE.wrong(
    "The share is in two columns",
    "your function writes `share` into both columns of the 2 x 2 part, which shears the window; x depends on the "
    "output's x alone and y on its y alone, so the two entries off the diagonal are 0.",
    "sec-whole-equation",
)
def two_columns(centre, share):
    theta = look_at(centre, share)
    theta[:, :, :2] = share[:, :, None]
    return theta


@EXERCISE.wrong(
    "The share is on the other diagonal",
    "your theta exchanges x and y; the input's x comes from the output's x, and y from y, so the scales belong at [0, "
    "0] and [1, 1].",
    "sec-whole-equation",
)
def other_diagonal(centre, share):
    theta = look_at(centre, share)
    theta[:, :, :2] = theta[:, :, 1::-1].copy()
    return theta


@EXERCISE.wrong(
    "The window is kept inside the picture",
    "your function moves or shrinks the window until it fits into the picture; a window may extend over the edge or "
    "be larger than the picture, so `centre` and `share` are used as they are.",
    "sec-whole-paper",
)
def kept_inside(centre, share):
    share = np.minimum(share, 1)
    return look_at(np.clip(centre, share - 1, 1 - share), share)


@EXERCISE.wrong(
    "One scale for both axes",
    "your function uses the width's share for both axes; a window has a share of the width and another of the height.",
    "sec-whole-paper",
)
def one_scale(centre, share):
    return look_at(centre, np.repeat(share[:, :1], 2, axis=1))


@EXERCISE.wrong(
    "One window for the whole batch",
    "your function uses the first window for every image; each image of the batch has a window of its own.",
    "sec-whole-equation",
)
def first_window(centre, share):
    return np.repeat(look_at(centre[:1], share[:1]), len(centre), axis=0)


@EXERCISE.wrong(
    "Centre and share have changed places",
    "your diagonal holds `centre` and your third column `share`; the share is the scale, on the diagonal, and the "
    "centre is the shift, in the third column.",
    "sec-whole-equation",
)
def changed_places(centre, share):
    return look_at(share, centre)


@EXERCISE.wrong(
    "The lower right corner instead of the centre",
    "your shift is the window's lower right corner; the output's middle, (0, 0), is mapped to the third column of "
    "theta, so that column has to be the window's centre.",
    "sec-whole-paper",
)
def lower_corner(centre, share):
    return look_at(centre + share, share)


@EXERCISE.wrong(
    "The shift is divided by the share",
    "your function divides the shift by `share`; the output's middle is (0, 0), which the scales do not move, so the "
    "third column of theta is `centre` itself.",
    "sec-whole-paper",
)
def shift_divided(centre, share):
    return look_at(centre / share, share)


@EXERCISE.wrong(
    "Each axis has the other's share",
    "your first row has the height's share and your second the width's, although your centre is right; `share` is "
    "(width, height), and the width's share scales x, in the first row.",
    "sec-whole-equation",
)
def share_swapped(centre, share):
    return look_at(centre, share[:, ::-1])


@EXERCISE.right_too
def row_by_row(centre, share):
    return np.array([[[width, 0, x], [0, height, y]] for (x, y), (width, height) in zip(centre, share)], centre.dtype)


@EXERCISE.right_too
def from_the_edges(centre, share):
    """The window's edges are where -1 and 1 have to go: half their difference scales, half their sum shifts."""
    low, high = centre - share, centre + share
    scales = np.eye(2, dtype=centre.dtype) * (high - low)[:, None] / 2
    return np.concatenate([scales, (high + low)[:, :, None] / 2], axis=2)


@EXERCISE.right_too
def with_einsum(centre, share):
    scales = np.einsum("nk,kl->nkl", share, np.eye(2))
    return np.append(scales, centre[..., None], axis=-1).astype(centre.dtype)
