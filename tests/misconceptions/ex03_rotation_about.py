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
    "your third column is 0, so the picture turns about the middle, (0, 0); the third column has to be `centre - turn "
    "@ centre`, which keeps the centre in its place.",
    "sec-grid-order",
)
def about_the_middle(angle, centre):
    return _theta(_turn(angle), np.zeros_like(centre))


@EXERCISE.wrong(
    "The centre itself is the shift",
    "your third column is the centre, so the output's middle is mapped to the centre and the centre itself moves; the "
    "third column is `centre - turn @ centre`.",
    "sec-grid-reading",
)
def centre_as_shift(angle, centre):
    return _theta(_turn(angle), centre)


@EXERCISE.wrong(
    "Never moved back",
    "your shift lacks the last of three steps, which are to move the centre to the middle, turn, and move it back; "
    "the output's centre is now mapped to the middle.",
    "sec-grid-order",
)
def not_moved_back(angle, centre):
    return _theta(_turn(angle), -_times(_turn(angle), centre))


@EXERCISE.wrong(
    "Turned about the opposite point",
    "your function adds the centre before the turn and subtracts it afterwards, so the point that stays is `-centre`; "
    "subtract it first and add it afterwards.",
    "sec-grid-order",
)
def opposite_point(angle, centre):
    return _theta(_turn(angle), _times(_turn(angle), centre) - centre)


@EXERCISE.wrong(
    "The turned centre has the wrong sign",
    "your function adds the centre and the turned centre; the shift is their difference, `centre - turn @ centre`, so "
    "that turn and shift together leave the centre in its place.",
    "sec-grid-order",
)
def sum_for_difference(angle, centre):
    return _theta(_turn(angle), centre + _times(_turn(angle), centre))


@EXERCISE.wrong(
    "The picture turns clockwise",
    "your sines have the opposite signs; the picture turns against the sampling points, so `[[cos, -sin], [sin, "
    "cos]]` turns it counter-clockwise.",
    "sec-grid-pull",
)
def clockwise(angle, centre):
    return rotation_about(-angle, centre)


@EXERCISE.wrong(
    "The centre is turned the wrong way",
    "your shift turns the centre by `-angle`, as `centre @ turn` does; it should be `centre - turn @ centre`, with "
    "the same turn as in the first two columns.",
    "sec-grid-order",
)
def row_times_turn(angle, centre):
    return _theta(_turn(angle), centre - _times(_turn(-angle), centre))


@EXERCISE.wrong(
    "Degrees instead of radians",
    "your function converts the angle as if it were in degrees; it is in radians already, as `np.cos` and `np.sin` "
    "need it.",
    "sec-grid-special",
)
def degrees(angle, centre):
    return rotation_about(np.radians(angle), centre)


@EXERCISE.wrong(
    "x and y of the centre are swapped",
    "your function takes y of the centre first; the centre is (x, y), the column before the row, as in the last axis "
    "of a grid.",
    "sec-grid-all",
)
def swapped(angle, centre):
    return rotation_about(angle, centre[:, ::-1])


@EXERCISE.wrong(
    "One centre for the whole batch",
    "your function turns every picture about the first centre; each image of the batch has its own angle and centre.",
    "sec-grid-idea",
)
def first_centre(angle, centre):
    return rotation_about(angle, np.repeat(centre[:1], len(centre), axis=0))


@EXERCISE.wrong(
    "One angle for the whole batch",
    "your function turns every picture by the first angle; each image of the batch has its own angle and centre.",
    "sec-grid-idea",
)
def first_angle(angle, centre):
    return rotation_about(np.repeat(angle[:1], len(angle)), centre)


@EXERCISE.wrong(
    "Clockwise, and about the opposite point",
    "your sines have the opposite signs, and so has your third column; it should be `centre - turn @ centre`, where "
    "`turn` is `[[cos, -sin], [sin, cos]]`.",
    "sec-grid-order",
)
def clockwise_opposite(angle, centre):
    return opposite_point(-angle, centre)


@EXERCISE.wrong(
    "The centres are not made columns",
    "`turn @ centre` takes the centres, of shape (N, 2), for one matrix; `centre[:, :, None]` makes N columns of "
    "them, and `[..., 0]` removes the last axis afterwards.",
    "sec-grid-order",
)
def not_columns(angle, centre):
    turn = _turn(angle)
    theta = np.zeros((len(angle), 2, 3), angle.dtype)
    theta[:, :, 2] = centre - turn @ centre
    return theta


@EXERCISE.wrong(
    "Half of the shift",
    "your shift is half of `centre - turn @ centre`, so the picture turns about `centre / 2`; use the whole of it.",
    "sec-grid-order",
)
def half_the_shift(angle, centre):
    return _theta(_turn(angle), (centre - _times(_turn(angle), centre)) / 2)


@EXERCISE.wrong(
    "The shift has no sines",
    "your function multiplies each coordinate of the centre by the cosine alone; `turn @ centre` is a matrix product, "
    "and both of its coordinates contain x and y.",
    "sec-grid-order",
)
def cosines_alone(angle, centre):
    return _theta(_turn(angle), centre - np.cos(angle)[:, None] * centre)


@EXERCISE.wrong(
    "theta is transposed",
    "your 2 x 2 part is transposed, although your shift was computed with the right one; the first row of theta gives "
    "x, so the minus of `[[cos, -sin], [sin, cos]]` is at the upper right.",
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
