"""Wrong answers to `heading_of_theta`, and the calls that tell them apart."""

import numpy as np

from tests.judge import Case, Exercise
from tests.solutions import heading_of_theta


def theta(*entries):
    return np.array(entries, "float64").reshape(-1, 2, 3)


def turned(degrees, scale=1.0, shift=(0.0, 0.0)):
    a, b = scale * np.cos(np.radians(degrees)), scale * np.sin(np.radians(degrees))
    return theta(a, -b, shift[0], b, a, shift[1])


RANDOM = np.random.default_rng(3).standard_normal((5, 2, 3))

EXERCISE = Exercise(
    name="heading_of_theta",
    answer="tests.solutions",
    gives=("heading",),
    cases=[
        Case(
            "a shear and a shift: the output's upper side looks three to the right and four up",
            theta(1, -3, 0.25, 0.5, 4, -0.5),
            expected=[np.degrees(np.arctan2(3, 4))],
        ),
        Case("the identity: up is up", theta(1, 0, 0, 0, 1, 0), expected=[0]),
        Case("the output's upper side looks at the input's right", theta(0, -1, 0, 1, 0, 0), expected=[90]),
        Case("west, at twice the width and shifted", theta(0, 2, 0.25, -2, 0, 0.5), expected=[270]),
        Case("south-east, seen from closer", turned(135, 0.5, (0.1, -0.2)), expected=[135]),
        Case("a shear that leans the nose to the right by half a right angle", theta(1, -1, 0, 0, 1, 0), expected=[45]),
        Case("two tiles: 30 degrees, and 300", np.concatenate([turned(30), turned(300, 1.5)]), expected=[30, 300]),
        Case("five random thetas", RANDOM),
        Case("five random thetas in float32", RANDOM.astype("float32")),
    ],
)


def degrees(sine, cosine):
    return np.degrees(np.arctan2(sine, cosine)) % 360


@EXERCISE.wrong(
    "Anticlockwise",
    "your headings grow anticlockwise, as angles in mathematics do; on a compass they grow from up towards the right.",
    "sec-aerial-compass",
)
def anticlockwise(theta):
    return degrees(theta[:, 0, 1], theta[:, 1, 1])


@EXERCISE.wrong(
    "`theta` is inverted",
    "your function inverts `theta`; the output's upper side is mapped to the input by `theta` itself.",
    "sec-aerial-compass",
)
def inverse(theta):
    back = np.linalg.pinv(theta[:, :, :2])
    return degrees(-back[:, 0, 1], back[:, 1, 1])


@EXERCISE.wrong(
    "x and y are swapped",
    "your function exchanges the arguments of `np.arctan2`; on a compass the sine lies along x and the cosine along "
    "-y, so x is the first argument.",
    "sec-aerial-compass",
)
def swapped(theta):
    return degrees(theta[:, 1, 1], -theta[:, 0, 1])


@EXERCISE.wrong(
    "In radians",
    "your headings are in radians, as `np.arctan2` returns them; convert them to degrees.",
    "sec-aerial-compass",
)
def radians(theta):
    return np.arctan2(-theta[:, 0, 1], theta[:, 1, 1]) % theta.dtype.type(2 * np.pi)


@EXERCISE.wrong(
    "`arctan` instead of `arctan2`",
    "your function uses the quotient, which is the same for an arrow and its opposite, so half of the compass is "
    "lost; `np.arctan2` uses both signs.",
    "sec-aerial-compass",
)
def half_lost(theta):
    with np.errstate(all="ignore"):
        return np.degrees(np.arctan(-theta[:, 0, 1] / theta[:, 1, 1])) % 360


@EXERCISE.wrong(
    "Not brought to between 0 and 360",
    "your headings run from -180 to 180 degrees, so west is -90; `% 360` makes it 270.",
    "sec-aerial-compass",
)
def negative(theta):
    return np.degrees(np.arctan2(-theta[:, 0, 1], theta[:, 1, 1]))


@EXERCISE.wrong(
    "Measured from the right",
    "your headings start on the right, as angles in mathematics do; a compass starts at the top, 90 degrees away.",
    "sec-aerial-compass",
)
def from_east(theta):
    return degrees(-theta[:, 1, 1], -theta[:, 0, 1])


@EXERCISE.wrong(
    "The tail instead of the nose",
    "your function follows (0, 1), the direction of the tail; rows count downwards, so up is (0, -1).",
    "sec-aerial-compass",
)
def tail(theta):
    return degrees(theta[:, 0, 1], -theta[:, 1, 1])


@EXERCISE.wrong(
    "The wing instead of the nose",
    "your function uses the first column of `theta`, which maps the arrow to the right; its angle is the same only "
    "without shear, so use the second column, which maps the nose.",
    "sec-aerial-compass",
)
def wing(theta):
    return degrees(theta[:, 1, 0], theta[:, 0, 0])


@EXERCISE.wrong(
    "The right side instead of the upper one",
    "your function follows (1, 0), the first column of `theta`, to where the output's right side points; the nose is "
    "at its upper side, (0, -1), which the second column maps, with its sign reversed.",
    "sec-aerial-compass",
)
def right_side(theta):
    return degrees(theta[:, 0, 0], -theta[:, 1, 0])


@EXERCISE.wrong(
    "The nearest rotation",
    "your angle is that of the rotation nearest to `theta`, which lies between the angles of the nose and the wing; "
    "the nose's is required.",
    "sec-aerial-compass",
)
def nearest_rotation(theta):
    return degrees(theta[:, 1, 0] - theta[:, 0, 1], theta[:, 0, 0] + theta[:, 1, 1])


@EXERCISE.wrong(
    "The direction of the shift",
    "your angle is the direction of the third column, where the output's middle lies on the input; the heading does "
    "not depend on the shift.",
    "sec-aerial-compass",
)
def shift(theta):
    return degrees(theta[:, 0, 2], -theta[:, 1, 2])


@EXERCISE.wrong(
    "The shift is added to the arrow",
    "your function adds the shift to the head of the arrow; the shift moves its foot as well, so leave it out.",
    "sec-aerial-compass",
)
def with_shift(theta):
    return degrees(theta[:, 0, 2] - theta[:, 0, 1], theta[:, 1, 1] - theta[:, 1, 2])


@EXERCISE.wrong(
    "One heading for the whole batch",
    "your function returns the first tile's heading for every tile; each tile has its own theta and its own heading.",
    "sec-aerial-compass",
)
def first_alone(theta):
    return degrees(-theta[:1, 0, 1], theta[:1, 1, 1]).repeat(len(theta))


@EXERCISE.wrong(
    "Rows are counted upwards",
    "your y has the wrong sign in one of the two places, which exchanges north and south; rows count downwards, so "
    "the output's upper side is in the direction (0, -1), and up on the input is -y.",
    "sec-aerial-compass",
)
def rows_upwards(theta):
    return degrees(-theta[:, 0, 1], -theta[:, 1, 1])


@EXERCISE.wrong(
    "x without its sign",
    "your function uses the absolute value of the arrow's x, as `np.arccos` of the other coordinate would; a heading "
    "to the left lies between 180 and 360.",
    "sec-aerial-compass",
)
def without_sign(theta):
    return degrees(abs(theta[:, 0, 1]), theta[:, 1, 1])


@EXERCISE.wrong(
    "The second row instead of the second column",
    "your function uses minus the second row of `theta`; the arrow (0, -1) is mapped to minus the second column.",
    "sec-aerial-compass",
)
def second_row(theta):
    return degrees(-theta[:, 1, 0], theta[:, 1, 1])


@EXERCISE.wrong(
    "x of the arrow comes from the second row",
    "your function uses `theta[:, 1, 0]` for the arrow's x, which is right only where `theta` is a rotation with one "
    "scale; it should be `-theta[:, 0, 1]`.",
    "sec-aerial-compass",
)
def transposed(theta):
    return degrees(theta[:, 1, 0], theta[:, 1, 1])


@EXERCISE.wrong(
    "Converted to degrees twice", "your function applies `np.degrees` twice; apply it once.", "sec-aerial-compass"
)
def twice_converted(theta):
    return np.degrees(np.degrees(np.arctan2(-theta[:, 0, 1], theta[:, 1, 1]))) % 360


@EXERCISE.wrong(
    "`arcsin` of one entry",
    "your `np.arcsin` lies between -90 and 90 degrees and changes with scale and shear; `np.arctan2` uses both "
    "coordinates of the arrow.",
    "sec-aerial-compass",
)
def by_arcsin(theta):
    return np.degrees(np.arcsin(np.clip(-theta[:, 0, 1], -1, 1))) % 360


@EXERCISE.wrong("Rounded", "your headings are rounded to whole degrees; return them as they are.", "sec-aerial-error")
def rounded(theta):
    return np.rint(heading_of_theta(theta)) % 360


@EXERCISE.wrong(
    "From 0 to 180",
    "your headings lie below 180 degrees, which makes nose and tail the same; a compass has 360 degrees.",
    "sec-aerial-error",
)
def half_compass(theta):
    return heading_of_theta(theta) % 180


@EXERCISE.wrong(
    "360 instead of 0",
    "your heading for straight up is 360, because 360 is added where it is not positive; `% 360` gives 0.",
    "sec-aerial-error",
)
def full_circle_for_none(theta):
    heading = heading_of_theta(theta)
    return np.where(heading == 0, 360, heading).astype(theta.dtype)


@EXERCISE.right_too
def by_following_the_arrow(theta):
    foot, head = theta @ np.array([0, 0, 1], theta.dtype), theta @ np.array([0, -1, 1], theta.dtype)
    x, y = (head - foot).T
    return (90 - np.degrees(np.arctan2(-y, x))) % 360


@EXERCISE.right_too
def complex_numbers(theta):
    return np.mod(np.angle(theta[:, 1, 1] - 1j * theta[:, 0, 1], deg=True), 360).astype(theta.dtype)
