"""Wrong answers to `winding_number`, and the calls that tell them apart."""

import numpy as np

from tests.judge import Case, Exercise
from tests.solutions import winding_number


def curve(degrees, scale=1.0, shift=0.0):
    """Thetas of some angles, which may be scaled and shifted."""
    angle = np.radians(np.asarray(degrees, float))
    a, b, none = scale * np.cos(angle), scale * np.sin(angle), 0 * angle
    return np.stack([a, -b, none + shift, b, a, none - shift], axis=1).reshape(-1, 2, 3)


AROUND = np.arange(0, 360, 30.0)
SEAM = np.concatenate([np.arange(0, 171, 10.0), np.arange(150, -170, -40.0), np.arange(-170, 0, 10.0)])
SHEARED = curve(AROUND) @ np.array([[1, 0.9, 0], [0, 1, 0], [0, 0, 1]])

MIRROR = np.array([[1.0, 0, 0], [0, -1, 0]])

EXERCISE = Exercise(
    name="winding_number",
    answer="tests.solutions",
    gives=("turns",),
    cases=[
        Case("quarter turns: 0, 90, 180 and 270 degrees, and back to 0", curve([0, 90, 180, 270]), expected=1),
        Case("thirds of a turn", curve([10, 130, 250]), expected=1),
        Case("quarter turns the other way round", curve([0, -90, -180, -270]), expected=-1),
        Case("a transformer that swings to 80 degrees and back", curve([0, 40, 80, 40, 0, -40]), expected=0),
        Case("one number with a seam: up to 170 degrees, and back the long way", curve(SEAM), expected=0),
        Case("twice around, beginning at 200 degrees", curve(200 + 2 * np.arange(0, 360, 20.0)), expected=2),
        Case("three times backwards, scaled and shifted", curve(-3 * np.arange(0, 360, 15.0), 0.5, 0.3), expected=-3),
        Case("once around, with a shear", SHEARED),
        Case("once around, with a larger mirror image on top", curve(AROUND) + 1.5 * MIRROR, expected=1),
        Case("in float32", curve(AROUND + 100).astype("float32")),
        Case("there and back over 180 degrees", curve([170, 190, 210, 190, 170, 150]), expected=0),
    ],
)


def angles(theta):
    return np.arctan2(theta[:, 1, 0] - theta[:, 0, 1], theta[:, 0, 0] + theta[:, 1, 1]).astype(float)


def short(steps):
    return (steps + np.pi) % (2 * np.pi) - np.pi


def closed(angle):
    return np.diff(angle, append=angle[:1])


@EXERCISE.wrong(
    "The curve is not closed",
    "your sum stops at the last `theta`; the curve is closed, so add the step from the last to the first.",
    "sec-aerial-winding",
)
def left_open(theta):
    return float(np.trunc(short(np.diff(angles(theta))).sum() / (2 * np.pi)))


@EXERCISE.wrong(
    "The curve is not closed, and a part is missing",
    "your result is not a whole number, because the step from the last `theta` to the first is missing; add it.",
    "sec-aerial-winding",
)
def part_of_a_turn(theta):
    return float(short(np.diff(angles(theta))).sum() / (2 * np.pi))


@EXERCISE.wrong(
    "The steps give 0, however often it turns",
    "your steps contain the jump of 2 * pi that `np.arctan2` makes at 180 degrees, or you take their mean; bring each "
    "step to between -pi and pi, and add them.",
    "sec-aerial-winding",
)
def with_jumps(theta):
    return float(round(closed(angles(theta)).sum() / (2 * np.pi)))


@EXERCISE.wrong(
    "The other way round",
    "your steps have the opposite sign; a turn should be positive where the angle grows from one `theta` to the next.",
    "sec-aerial-winding",
)
def other_way(theta):
    return -winding_number(theta)


@EXERCISE.wrong(
    "The number of turns without its sign",
    "your function returns the absolute value; turns backwards should be negative.",
    "sec-aerial-winding",
)
def without_sign(theta):
    return abs(winding_number(theta))


@EXERCISE.wrong(
    "The direction, not the number of turns",
    "your function returns 1, 0 or -1; a curve can go around several times.",
    "sec-aerial-winding",
)
def sign(theta):
    return float(np.sign(winding_number(theta)))


@EXERCISE.wrong(
    "All steps count forwards",
    "your function adds the absolute values of the steps, so a transformer that swings there and back seems to turn; "
    "steps backwards undo steps forwards.",
    "sec-aerial-winding",
)
def sizes(theta):
    return float(round(abs(short(closed(angles(theta)))).sum() / (2 * np.pi)))


@EXERCISE.wrong(
    "Steps between 0 and 2 * pi",
    "your function counts a step backwards as nearly a full turn forwards; bring each step to between -pi and pi.",
    "sec-aerial-winding",
)
def to_full_turns(theta):
    return float(round((closed(angles(theta)) % (2 * np.pi)).sum() / (2 * np.pi)))


@EXERCISE.wrong(
    "The jumps are counted, not the turns",
    "your function counts every jump of `np.arctan2`; each counts in its own direction, and a jump there and one back "
    "cancel.",
    "sec-aerial-winding",
)
def jumps(theta):
    return float((abs(closed(angles(theta))) > np.pi).sum())


@EXERCISE.wrong("Half turns", "your function divides by pi; a full turn is 2 * pi.", "sec-aerial-winding")
def half_turns(theta):
    return 2 * winding_number(theta)


@EXERCISE.wrong(
    "The sum in radians",
    "your function returns the sum of the steps in radians; divide by 2 * pi to get full turns.",
    "sec-aerial-winding",
)
def radians(theta):
    return float(short(closed(angles(theta))).sum())


@EXERCISE.wrong(
    "The sum in degrees",
    "your function returns the sum of the steps in degrees; divide by 360 to get full turns.",
    "sec-aerial-winding",
)
def degrees(theta):
    return 360 * winding_number(theta)


@EXERCISE.wrong(
    "The last angle minus the first",
    "your function subtracts the first angle from the last, which does not depend on the way between them; add the "
    "steps.",
    "sec-aerial-winding",
)
def ends_alone(theta):
    angle = angles(theta)
    return float(round(float(angle[-1] - angle[0]) / (2 * np.pi)))


@EXERCISE.wrong(
    "The span of the angles",
    "your function returns the range of the angles, which a swing to both sides has as well; add the steps.",
    "sec-aerial-winding",
)
def span(theta):
    return float(round(float(np.ptp(angles(theta))) / (2 * np.pi)))


@EXERCISE.wrong(
    "`arctan` instead of `arctan2`",
    "your function uses the quotient, which is the same for an angle and its opposite, so every half turn counts as a "
    "full one; `np.arctan2` uses both signs.",
    "sec-aerial-winding",
)
def by_arctan(theta):
    with np.errstate(all="ignore"):
        angle = np.arctan((theta[:, 1, 0] - theta[:, 0, 1]) / (theta[:, 0, 0] + theta[:, 1, 1])).astype(float)
    steps = closed(np.nan_to_num(angle))
    return float(round(((steps + np.pi / 2) % np.pi - np.pi / 2).sum() / np.pi))


@EXERCISE.wrong(
    "The angle of the first column",
    "your function follows the first column alone, which may not turn where the rotation does; the angle is "
    "that of the nearest rotation, `arctan2(theta[1, 0] - theta[0, 1], theta[0, 0] + theta[1, 1])`.",
    "sec-aerial-winding",
)
def first_column(theta):
    return float(np.round(short(closed(np.arctan2(theta[:, 1, 0], theta[:, 0, 0]).astype(float))).sum() / (2 * np.pi)))


@EXERCISE.wrong(
    "Rounded down",
    "your function rounds down, and so loses a turn where rounding errors leave the sum a little too small; "
    "round to the nearest whole number.",
    "sec-aerial-winding",
)
def rounded_down(theta):
    return float(np.floor(short(closed(angles(theta))).sum() / (2 * np.pi) - 1e-9))


@EXERCISE.wrong(
    "Degrees for radians",
    "your angles are in degrees, but your steps are brought to between -pi and pi and divided by 2 * pi; leave the "
    "angles in radians.",
    "sec-aerial-winding",
)
def in_degrees(theta):
    return float(np.round(short(closed(np.degrees(angles(theta)))).sum() / (2 * np.pi)))


@EXERCISE.wrong(
    "From the first theta to the last, rounded down",
    "your function takes the angle of the last theta minus that of the first and rounds down, so a turn that is not "
    "yet closed is lost; add the step from the last theta to the first, and round to the nearest.",
    "sec-aerial-winding",
)
def first_to_last(theta):
    angle = np.unwrap(angles(theta))
    return float(np.floor((angle[-1] - angle[0]) / (2 * np.pi)))


@EXERCISE.right_too
def unwrapped(theta):
    angle = angles(theta)
    way = np.unwrap(np.append(angle, angle[0]))
    return float(round((way[-1] - way[0]) / (2 * np.pi)))


@EXERCISE.right_too
def as_complex_numbers(theta):
    arrow = theta[:, 0, 0] + theta[:, 1, 1] + 1j * (theta[:, 1, 0] - theta[:, 0, 1])
    return float(np.rint(np.angle(np.roll(arrow, -1) / arrow).sum() / (2 * np.pi)))
