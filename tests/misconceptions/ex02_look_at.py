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
    "theta scales the points that look and not the picture, so a "
    "window of half the width has the scale 1/2; yours has 2 and looks at more than there is.",
    "sec-whole-paper",
)
def wrong_way_round(centre, share):
    return look_at(centre, 1 / share)


@EXERCISE.wrong(
    "Zoom and shift are the picture's",
    "theta scales and moves the points that look and not the picture, "
    "so half the width has the scale 1/2, and a window right of the middle a positive shift.",
    "sec-whole-paper",
)
def motion_of_the_picture(centre, share):
    return look_at(-centre, 1 / share)


@EXERCISE.wrong(
    "theta is inverted",
    "theta leads from a place of the output to the place of the input that it shows; "
    "yours leads from input to output, the way in which the picture moves.",
    "sec-whole-pull",
)
def inverted(centre, share):
    return look_at(-centre / share, 1 / share)


@EXERCISE.wrong(
    "The shift is scaled as well",
    "the output's middle is (0, 0), so the scales do not touch it and "
    "theta's third column is the centre as it stands; yours multiplies it by the share.",
    "sec-whole-paper",
)
def shift_scaled(centre, share):
    return look_at(centre * share, share)


@EXERCISE.wrong(
    "The shift has the wrong sign",
    "theta maps output to input, so a window right of the middle has a positive shift, although the picture itself "
    "moves to the left.",
    "sec-whole-paper",
)
def wrong_sign(centre, share):
    return look_at(-centre, share)


@EXERCISE.wrong(
    "x and y are swapped",
    "the first row of theta makes x, from the width's share and the centre's x, "
    "which both come first; yours has y in the first row.",
    "sec-whole-equation",
)
def swapped(centre, share):
    return look_at(centre[:, ::-1], share[:, ::-1])


@EXERCISE.wrong(
    "The centre's x and y are swapped",
    "the third column of theta is (x, y), in the order in which the "
    "centre comes; yours is (y, x), although your shares are in the right order.",
    "sec-whole-equation",
)
def centre_swapped(centre, share):
    return look_at(centre[:, ::-1], share)


@EXERCISE.wrong(
    "The shift is counted from 0 to 1",
    "in normalised units the middle of the picture is 0 and its edges "
    "are -1 and 1; your shift has 0 at the left edge and 1/2 in the middle.",
    "sec-whole-equation",
)
def from_zero_to_one(centre, share):
    return look_at((centre + 1) / 2, share)


@EXERCISE.wrong(
    "The centre is converted a second time",
    "the centre comes in normalised units and goes into theta as "
    "it is; yours takes it for a fraction from 0 to 1 and stretches that to -1 to 1.",
    "sec-whole-equation",
)
def converted_again(centre, share):
    return look_at(2 * centre - 1, share)


@EXERCISE.wrong(
    "The window's size in units",
    "the output's points already reach from -1 to 1, two units, so the "
    "scale is the share itself; yours is twice that, the window's width and height in units.",
    "sec-whole-paper",
)
def size_in_units(centre, share):
    return look_at(centre, 2 * share)


@EXERCISE.wrong(
    "Half the share",
    "the picture is 2 units wide and half of it is 1, so a window reaches from its "
    "middle by the share itself to either side; yours reaches half as far.",
    "sec-whole-paper",
)
def half_the_share(centre, share):
    return look_at(centre, share / 2)


@EXERCISE.wrong(
    "The corner instead of the centre",
    "the output's middle, (0, 0), looks at the point in theta's third column, so that is the window's centre; yours "
    "is its upper left corner.",
    "sec-whole-paper",
)
def corner(centre, share):
    return look_at(centre - share, share)


@EXERCISE.wrong(
    "The share is in two columns",
    "a window is not slanted, so x depends on the output's x alone and y on its y alone, and the two numbers beside "
    "the scales are 0.",
    "sec-whole-equation",
)
def two_columns(centre, share):
    theta = look_at(centre, share)
    theta[:, :, :2] = share[:, :, None]
    return theta


@EXERCISE.wrong(
    "The share is on the other diagonal",
    "x is made from the output's x and y from its y, so the scales stand in the upper left and in the middle of the "
    "lower row; yours exchanges x and y.",
    "sec-whole-equation",
)
def other_diagonal(centre, share):
    theta = look_at(centre, share)
    theta[:, :, :2] = theta[:, :, 1::-1].copy()
    return theta


@EXERCISE.wrong(
    "The window is kept inside the picture",
    "a window may reach over the edge or be larger than the "
    "picture, and its centre and share go into theta as they come; yours moves or shrinks it to fit.",
    "sec-whole-paper",
)
def kept_inside(centre, share):
    share = np.minimum(share, 1)
    return look_at(np.clip(centre, share - 1, 1 - share), share)


@EXERCISE.wrong(
    "One scale for both axes",
    "a window has a share of the width and a share of the height; yours uses the width's for both.",
    "sec-whole-paper",
)
def one_scale(centre, share):
    return look_at(centre, np.repeat(share[:, :1], 2, axis=1))


@EXERCISE.wrong(
    "One window for the whole batch",
    "each image of the batch is looked at in its own way; yours uses the first window for all.",
    "sec-whole-equation",
)
def first_window(centre, share):
    return np.repeat(look_at(centre[:1], share[:1]), len(centre), axis=0)


@EXERCISE.wrong(
    "Centre and share have changed places",
    "the share scales, on the diagonal, and the centre is the "
    "shift, in the third column; yours has the centre on the diagonal and the share in the third column.",
    "sec-whole-equation",
)
def changed_places(centre, share):
    return look_at(share, centre)


@EXERCISE.wrong(
    "The lower right corner instead of the centre",
    "the output's middle, (0, 0), looks at the point in theta's third column, so that is the window's centre; yours "
    "is its lower right corner.",
    "sec-whole-paper",
)
def lower_corner(centre, share):
    return look_at(centre + share, share)


@EXERCISE.wrong(
    "The shift is divided by the share",
    "the output's middle is (0, 0), so the scales do not touch it "
    "and theta's third column is the centre as it stands; yours divides it by the share.",
    "sec-whole-paper",
)
def shift_divided(centre, share):
    return look_at(centre / share, share)


@EXERCISE.wrong(
    "Each axis has the other's share",
    "a share is (width, height), and the width's scales x, in the first row; your shares are in the other order, "
    "although your centre is right.",
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
