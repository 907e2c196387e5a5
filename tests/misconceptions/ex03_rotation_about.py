"""Wrong answers to `rotation_about`, and the calls that tell them apart."""

import numpy as np

from tests.judge import Case, Exercise
from tests.solutions import rotation_about

RNG = np.random.default_rng(0)
ANGLES, CENTRES = RNG.uniform(-2, 2, 3), RNG.uniform(-1, 1, (3, 2))


def _turn(angle):
    """The 2 x 2 part, (N, 2, 2)."""
    cos, sin = np.cos(angle), np.sin(angle)
    return np.stack([np.stack([cos, -sin], axis=1), np.stack([sin, cos], axis=1)], axis=1)


def _times(turn, points):
    """One matrix times one point, for each image: (N, 2)."""
    return np.einsum("nij,nj->ni", turn, points)


def _theta(turn, shift):
    return np.concatenate([turn, shift[:, :, None]], axis=2)


EXERCISE = Exercise(
    name="rotation_about",
    answer="tests.solutions",
    gives=("theta",),
    cases=[
        Case(
            "a quarter turn about the middle",
            np.array([np.pi / 2]),
            np.zeros((1, 2)),
            expected=[[[0, -1, 0], [1, 0, 0]]],
        ),
        Case(
            "half a turn about the point (1/2, 1/4)",
            np.array([np.pi]),
            np.array([[0.5, 0.25]]),
            expected=[[[-1, 0, 1], [0, -1, 0.5]]],
        ),
        Case(
            "a quarter turn about the middle of the right edge",
            np.array([np.pi / 2]),
            np.array([[1.0, 0]]),
            expected=[[[0, -1, 1], [1, 0, -1]]],
        ),
        Case(
            "no turn, and a quarter turn back about the lower right corner",
            np.array([0, -np.pi / 2]),
            np.array([[0.5, -0.5], [1, 1]]),
            expected=[[[1, 0, 0], [0, 1, 0]], [[0, 1, 0], [-1, 0, 2]]],
        ),
        Case("three turns about three points", ANGLES, CENTRES),
        Case("three turns in float32", ANGLES.astype("float32"), CENTRES.astype("float32")),
    ],
)


@EXERCISE.wrong(
    "Turned about the middle",
    "with zeros in the third column the point that stays is the middle, (0, 0); "
    "that column must bring the turned centre back to where the centre was.",
    "sec-grid-order",
)
def about_the_middle(angle, centre):
    return _theta(_turn(angle), np.zeros_like(centre))


@EXERCISE.wrong(
    "The centre itself is the shift",
    "the third column is where the output's middle looks, centre - turn @ centre; yours puts the centre there, and "
    "then the centre does not stay.",
    "sec-grid-reading",
)
def centre_as_shift(angle, centre):
    return _theta(_turn(angle), centre)


@EXERCISE.wrong(
    "Never moved back",
    "three steps are joined: take the centre to the middle, turn, and bring it back; "
    "yours lacks the last, so the output's centre looks at the middle.",
    "sec-grid-order",
)
def not_moved_back(angle, centre):
    return _theta(_turn(angle), -_times(_turn(angle), centre))


@EXERCISE.wrong(
    "Turned about the opposite point",
    "take the centre off before the turn and add it after; yours adds "
    "first and takes off last, so the point that stays is -centre.",
    "sec-grid-order",
)
def opposite_point(angle, centre):
    return _theta(_turn(angle), _times(_turn(angle), centre) - centre)


@EXERCISE.wrong(
    "The turned centre has the wrong sign",
    "the shift is centre - turn @ centre, so that turn and shift "
    "together leave the centre in its place; yours adds the two.",
    "sec-grid-order",
)
def sum_for_difference(angle, centre):
    return _theta(_turn(angle), centre + _times(_turn(angle), centre))


@EXERCISE.wrong(
    "The picture turns clockwise",
    "it moves against its points, so [[cos, -sin], [sin, cos]] turns the "
    "picture counter-clockwise; yours has the signs of the sines the other way round.",
    "sec-grid-pull",
)
def clockwise(angle, centre):
    return rotation_about(-angle, centre)


@EXERCISE.wrong(
    "The centre is turned the wrong way",
    "the shift is centre - turn @ centre with the same turn as in "
    "the first two columns; yours turns the centre by -angle there, as centre @ turn does.",
    "sec-grid-order",
)
def row_times_turn(angle, centre):
    return _theta(_turn(angle), centre - _times(_turn(-angle), centre))


@EXERCISE.wrong(
    "Degrees for radians",
    "the angle comes in radians, as np.cos and np.sin take it; yours converts it as if it came in degrees.",
    "sec-grid-special",
)
def degrees(angle, centre):
    return rotation_about(np.radians(angle), centre)


@EXERCISE.wrong(
    "x and y of the centre are swapped",
    "the centre is (x, y), the column before the row, as in a grid's last axis; yours takes y first.",
    "sec-grid-all",
)
def swapped(angle, centre):
    return rotation_about(angle, centre[:, ::-1])


@EXERCISE.wrong(
    "One centre for the whole batch",
    "each image of the batch has an angle and a centre of its own; yours turns all about the first centre.",
    "sec-grid-idea",
)
def first_centre(angle, centre):
    return rotation_about(angle, np.repeat(centre[:1], len(centre), axis=0))


@EXERCISE.wrong(
    "One angle for the whole batch",
    "each image of the batch has an angle and a centre of its own; yours turns all by the first angle.",
    "sec-grid-idea",
)
def first_angle(angle, centre):
    return rotation_about(np.repeat(angle[:1], len(angle)), centre)


@EXERCISE.wrong(
    "Clockwise, and about the opposite point",
    "the signs of the sines are the other way round, and so is "
    "the third column: with [[cos, -sin], [sin, cos]] as turn it is centre - turn @ centre.",
    "sec-grid-order",
)
def clockwise_opposite(angle, centre):
    return opposite_point(-angle, centre)


@EXERCISE.wrong(
    "The centres are not made columns",
    "turn has the shape (N, 2, 2) and centre (N, 2), which @ takes for "
    "one matrix; centre[:, :, None] makes it N columns, and [..., 0] takes the last axis off again.",
    "sec-grid-order",
)
def not_columns(angle, centre):
    turn = _turn(angle)
    theta = np.zeros((len(angle), 2, 3), angle.dtype)
    theta[:, :, 2] = centre - turn @ centre
    return theta


@EXERCISE.wrong(
    "Half of the way back",
    "the shift is the whole of centre - turn @ centre; yours is half of it, and the point that stays is another one.",
    "sec-grid-order",
)
def half_the_shift(angle, centre):
    return _theta(_turn(angle), (centre - _times(_turn(angle), centre)) / 2)


@EXERCISE.wrong(
    "The shift is multiplied coordinate by coordinate",
    "turn @ centre mixes x and y, each row of the "
    "turn with both; yours multiplies each coordinate by its own cosine alone.",
    "sec-grid-order",
)
def cosines_alone(angle, centre):
    return _theta(_turn(angle), centre - np.cos(angle)[:, None] * centre)


@EXERCISE.wrong(
    "theta is transposed",
    "the first row of theta makes x, so [[cos, -sin], [sin, cos]] has its minus "
    "at the upper right; the shift is right, and was made with the turn as it should be.",
    "sec-grid-idea",
)
def transposed(angle, centre):
    theta = rotation_about(angle, centre)
    theta[:, :, :2] = theta[:, :, :2].swapaxes(1, 2).copy()
    return theta


@EXERCISE.right_too
def joined(angle, centre):
    """Three 3 x 3 matrices: to the middle, turn, back."""
    full = np.zeros((3, len(angle), 3, 3))
    full[:] = np.eye(3)
    full[0, :, :2, 2], full[2, :, :2, 2] = centre, -centre
    full[1, :, 0, 0] = full[1, :, 1, 1] = np.cos(angle)
    full[1, :, 1, 0] = np.sin(angle)
    full[1, :, 0, 1] = -full[1, :, 1, 0]
    return (full[0] @ full[1] @ full[2])[:, :2].astype(angle.dtype)


@EXERCISE.right_too
def entry_by_entry(angle, centre):
    theta = []
    for a, (x, y) in zip(angle, centre):
        cos, sin = np.cos(a), np.sin(a)
        theta.append([[cos, -sin, x - x * cos + y * sin], [sin, cos, y - x * sin - y * cos]])
    return np.array(theta, angle.dtype)


@EXERCISE.right_too
def complex_numbers(angle, centre):
    turn = np.exp(1j * angle.astype("float64"))
    shift = (1 - turn) * (centre[:, 0] + 1j * centre[:, 1])
    rows = [[turn.real, -turn.imag, shift.real], [turn.imag, turn.real, shift.imag]]
    return np.array(rows).transpose(2, 0, 1).astype(angle.dtype)
