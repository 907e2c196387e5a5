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
    "Counter-clockwise",
    "a compass counts from up towards the right; yours grows towards the left, as angles in mathematics do.",
    "sec-aerial-compass",
)
def anticlockwise(theta):
    return degrees(theta[:, 0, 1], theta[:, 1, 1])


@EXERCISE.wrong(
    "Forward and inverse are swapped",
    "theta leads from the output to the input, and that is the way that "
    "the arrow goes; yours follows its inverse, which undoes the heading instead of naming it.",
    "sec-aerial-compass",
)
def inverse(theta):
    back = np.linalg.pinv(theta[:, :, :2])
    return degrees(-back[:, 0, 1], back[:, 1, 1])


@EXERCISE.wrong(
    "x and y are swapped",
    "on a compass the sine lies along x and the cosine up along -y, so x is "
    "arctan2's first argument; yours gives it the other one first.",
    "sec-aerial-compass",
)
def swapped(theta):
    return degrees(theta[:, 1, 1], -theta[:, 0, 1])


@EXERCISE.wrong(
    "Radians",
    "a compass has 360 degrees; np.arctan2 gives radians, and yours are never converted.",
    "sec-aerial-compass",
)
def radians(theta):
    return np.arctan2(-theta[:, 0, 1], theta[:, 1, 1]) % theta.dtype.type(2 * np.pi)


@EXERCISE.wrong(
    "arctan for arctan2",
    "the quotient of the two is the same for an arrow and for its opposite, so half "
    "of the compass is lost; np.arctan2 looks at both signs.",
    "sec-aerial-compass",
)
def half_lost(theta):
    with np.errstate(all="ignore"):
        return np.degrees(np.arctan(-theta[:, 0, 1] / theta[:, 1, 1])) % 360


@EXERCISE.wrong(
    "Not brought to 0 to 360",
    "np.arctan2 goes from -180 to 180 degrees, and west comes out as -90; `% 360` makes it 270.",
    "sec-aerial-compass",
)
def negative(theta):
    return np.degrees(np.arctan2(-theta[:, 0, 1], theta[:, 1, 1]))


@EXERCISE.wrong(
    "Counted from the right",
    "a compass begins at the top; yours begins on the right, where angles in mathematics begin, and is 90 degrees off.",
    "sec-aerial-compass",
)
def from_east(theta):
    return degrees(-theta[:, 1, 1], -theta[:, 0, 1])


@EXERCISE.wrong(
    "The tail for the nose",
    "rows count downwards, so that up is (0, -1); yours follows (0, 1), which is where the tail is.",
    "sec-aerial-compass",
)
def tail(theta):
    return degrees(theta[:, 0, 1], -theta[:, 1, 1])


@EXERCISE.wrong(
    "The wing for the nose",
    "the first column is where theta puts the arrow to the right; the same angle "
    "as long as theta only turns, but after a shear the nose is in the second column alone.",
    "sec-aerial-compass",
)
def wing(theta):
    return degrees(theta[:, 1, 0], theta[:, 0, 0])


@EXERCISE.wrong(
    "The rotation nearest to theta",
    "that is the best single angle for the whole picture, and it lies between those of the nose and the wing; the "
    "nose is required.",
    "sec-aerial-compass",
)
def nearest_rotation(theta):
    return degrees(theta[:, 1, 0] - theta[:, 0, 1], theta[:, 0, 0] + theta[:, 1, 1])


@EXERCISE.wrong(
    "The direction of the shift",
    "the third column is where the output's middle lies on the input; an aircraft in the middle has a heading too.",
    "sec-aerial-compass",
)
def shift(theta):
    return degrees(theta[:, 0, 2], -theta[:, 1, 2])


@EXERCISE.wrong(
    "The place of the point, not the arrow",
    "an arrow has a foot and a head, and the shift moves both; yours adds the shift to the head alone.",
    "sec-aerial-compass",
)
def with_shift(theta):
    return degrees(theta[:, 0, 2] - theta[:, 0, 1], theta[:, 1, 1] - theta[:, 1, 2])


@EXERCISE.wrong(
    "One heading for all",
    "each tile has a theta of its own, and so a heading of its own; yours gives the first tile's to all.",
    "sec-aerial-compass",
)
def first_alone(theta):
    return degrees(-theta[:1, 0, 1], theta[:1, 1, 1]).repeat(len(theta))


@EXERCISE.wrong(
    "Rows are counted upwards",
    "rows count downwards, so the output's upper side is in the direction "
    "(0, -1) and up on the input is -y; yours turns the sign of one of the two, and sees north and south "
    "exchanged.",
    "sec-aerial-compass",
)
def rows_upwards(theta):
    return degrees(-theta[:, 0, 1], -theta[:, 1, 1])


@EXERCISE.wrong(
    "The size of the sine alone",
    "a heading to the left is between 180 and 360; yours takes the arrow's x "
    "without its sign, as np.arccos of its other coordinate does.",
    "sec-aerial-compass",
)
def without_sign(theta):
    return degrees(abs(theta[:, 0, 1]), theta[:, 1, 1])


@EXERCISE.wrong(
    "Rows of theta for its columns",
    "the arrow (0, -1) becomes minus the second column of theta; yours takes the second row.",
    "sec-aerial-compass",
)
def second_row(theta):
    return degrees(-theta[:, 1, 0], theta[:, 1, 1])


@EXERCISE.wrong(
    "The inverse turn of the columns",
    "the arrow's x is -theta[:, 0, 1]; yours is -theta[:, 1, 0], "
    "which is the same in size for a turn, and has the other sign.",
    "sec-aerial-compass",
)
def transposed(theta):
    return degrees(theta[:, 1, 0], theta[:, 1, 1])


@EXERCISE.wrong(
    "Degrees, and then degrees again",
    "np.degrees is due once; yours turns the degrees into degrees once more.",
    "sec-aerial-compass",
)
def twice_converted(theta):
    return np.degrees(np.degrees(np.arctan2(-theta[:, 0, 1], theta[:, 1, 1]))) % 360


@EXERCISE.wrong(
    "The first parameter of a turn by arcsin",
    "np.arcsin of the sine is between -90 and 90, and scale and shear change it besides; np.arctan2 takes both.",
    "sec-aerial-compass",
)
def by_arcsin(theta):
    return np.degrees(np.arcsin(np.clip(-theta[:, 0, 1], -1, 1))) % 360


@EXERCISE.wrong("Rounded", "headings lie between whole degrees as well; yours are rounded to them.", "sec-aerial-error")
def rounded(theta):
    return np.rint(heading_of_theta(theta)) % 360


@EXERCISE.wrong(
    "From 0 to 180",
    "the compass has 360 degrees, and nose and tail are not the same; yours brings the heading to below 180.",
    "sec-aerial-error",
)
def half_compass(theta):
    return heading_of_theta(theta) % 180


@EXERCISE.wrong(
    "360 for 0",
    "a heading is brought to 0 to below 360 with % 360; yours adds 360 to those that are "
    "not positive, and straight up becomes 360.",
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
