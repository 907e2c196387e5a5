"""Wrong answers to `pose_left`, and the calls that tell them apart."""

import numpy as np

from book.by_hand import CANVAS, DIGIT, compose_theta, pose_left
from tests.judge import Case, Exercise


def upright(*windows):
    """Thetas that do not turn: (share, x, y) for each."""
    return np.array([[[share, 0, x], [0, share, y]] for share, x, y in windows], float)


def turned(*degrees):
    angles = np.radians(degrees)
    return np.stack([np.eye(2, 3)[None] @ _rotation(angle) for angle in angles])[:, 0]


def _rotation(angle):
    return np.array([[np.cos(angle), -np.sin(angle), 0], [np.sin(angle), np.cos(angle), 0], [0, 0, 1]])


def drawn(seed, dtype):
    rng = np.random.default_rng(seed)
    pose = np.eye(2, 3) * 1.5 + rng.normal(0, 0.3, (6, 2, 3))
    return pose.astype(dtype), (np.eye(2, 3) * 0.7 + rng.normal(0, 0.2, (6, 2, 3))).astype(dtype)


IDENTITY = upright((1, 0, 0), (1, 0, 0))

EXERCISE = Exercise(
    name="pose_left",
    answer="book.by_hand",
    gives=("place", "size", "turn"),
    cases=[
        Case(
            "x differs by 1 unit, which is 14 pixels; theta is the identity",
            upright((2, 0, 0), (2, 1, 0)),
            IDENTITY,
            expected=(3.5, 0, 0),
        ),
        Case("the sizes are 1 and 4", upright((1, 0, 0), (4, 0, 0)), IDENTITY, expected=(0, np.log(2), 0)),
        Case("one is turned by 90 degrees", turned(0, 90), IDENTITY, expected=(0, 0, 45)),
        Case(
            "theta halves both and shifts one by 1 unit, which is 2 units of a digit whose pose is 2",
            upright((2, 0, 0), (2, 0, 0)),
            upright((0.5, 0, 0), (0.5, 0, 1)),
            expected=(7, 0, 0),
        ),
        Case(
            "theta undoes both poses",
            upright((2, 1, 0), (4, 0, 2)),
            upright((0.5, -0.5, 0), (0.25, 0, -0.5)),
            expected=(0, 0, 0),
        ),
        Case("one is turned by 80 degrees and one by 120", turned(80, 120), IDENTITY, expected=(0, 0, 20)),
        Case("one is turned by -80 degrees and one by -120", turned(-80, -120), IDENTITY, expected=(0, 0, 20)),
        Case("six random poses and thetas", *drawn(0, "float64")),
        Case("six random poses and thetas, float32", *drawn(1, "float32")),
    ],
)


def measured(left, spread=np.std, size=lambda linear: np.log(np.abs(np.linalg.det(linear))) / 2, unit=DIGIT / 2):
    """The three numbers of what is left, with another spread, size or unit."""
    turn = np.arctan2(left[:, 1, 0] - left[:, 0, 1], left[:, 0, 0] + left[:, 1, 1])
    place = spread(left[:, :, 2], axis=0).mean() * unit
    return place, spread(size(left[:, :, :2])), np.degrees(spread(turn))


@EXERCISE.wrong(
    "The two thetas are exchanged",
    "the pose reads the digit and theta reads what the pose wrote, compose_theta(pose, theta); yours has them the "
    "other way round.",
    "sec-training-remains",
)
def in_the_other_order(pose, theta):
    return pose_left(theta, pose)


@EXERCISE.wrong(
    "The pose alone",
    "what remains is the pose and theta together; yours measures the pose, as if nothing had been learned.",
    "sec-training-remains",
)
def pose_alone(pose, theta):
    return measured(pose)


@EXERCISE.wrong(
    "theta alone",
    "what remains is the pose and theta together; yours measures how theta differs from digit to digit.",
    "sec-training-remains",
)
def theta_alone(pose, theta):
    return measured(theta)


@EXERCISE.wrong(
    "The thetas are subtracted",
    "two transformers in a row are one theta by `compose_theta`, a product; yours subtracts one from the other.",
    "sec-training-remains",
)
def subtracted(pose, theta):
    return measured(pose - theta + np.eye(2, 3, dtype=pose.dtype))


@EXERCISE.wrong(
    "The place in units",
    "the place is in pixels of the digit, and one unit is DIGIT / 2 pixels; yours is in units.",
    "sec-training-remains",
)
def in_units(pose, theta):
    return measured(compose_theta(pose, theta), unit=1)


@EXERCISE.wrong(
    "One unit is taken for a whole digit",
    "a digit reaches from -1 to 1, which is two units, so that one unit is DIGIT / 2 pixels; yours is twice as large: "
    "multiplied by DIGIT, or x and y added where their mean is due.",
    "sec-training-remains",
)
def whole_digit(pose, theta):
    return measured(compose_theta(pose, theta), unit=DIGIT)


@EXERCISE.wrong(
    "The canvas's pixels for the digit's",
    "what remains is in the digit's own units, so that one unit is DIGIT / 2 pixels; yours multiplies by CANVAS / 2.",
    "sec-training-remains",
)
def canvas_pixels(pose, theta):
    return measured(compose_theta(pose, theta), unit=CANVAS / 2)


@EXERCISE.wrong(
    "The mean for the standard deviation",
    "only differences between digits count, and a common offset does not; yours takes the mean absolute value.",
    "sec-training-remains",
)
def mean_for_spread(pose, theta):
    return measured(compose_theta(pose, theta), lambda values, axis=None: np.abs(values).mean(axis=axis))


@EXERCISE.wrong(
    "The variance for the standard deviation",
    "the standard deviation is the root of the variance, np.std and not np.var.",
    "sec-training-remains",
)
def variance(pose, theta):
    return measured(compose_theta(pose, theta), np.var)


@EXERCISE.wrong(
    "N - 1 for N",
    "the standard deviation divides by the number of digits, as np.std does unless told otherwise; yours divides by "
    "one less.",
    "sec-training-remains",
)
def one_less(pose, theta):
    return measured(compose_theta(pose, theta), lambda values, axis=None: np.std(values, axis=axis, ddof=1))


@EXERCISE.wrong(
    "x and y are thrown together",
    "the standard deviation is taken over the digits, axis 0, for x and y apart, and then the mean; yours takes one "
    "over all numbers.",
    "sec-training-remains",
)
def together(pose, theta):
    left = compose_theta(pose, theta)
    return left[:, :, 2].std() * DIGIT / 2, *measured(left)[1:]


@EXERCISE.wrong(
    "Over x and y, not over the digits",
    "the standard deviation is taken over the digits, axis 0; yours is that between x and y of each digit.",
    "sec-training-remains",
)
def over_the_axes(pose, theta):
    left = compose_theta(pose, theta)
    return left[:, :, 2].std(axis=1).mean() * DIGIT / 2, *measured(left)[1:]


@EXERCISE.wrong(
    "The area for the size",
    "a size is the root of the area's factor, the determinant, so its logarithm is half of that of the determinant; "
    "yours is not halved.",
    "sec-training-remains",
)
def area(pose, theta):
    left = compose_theta(pose, theta)
    return measured(left, size=lambda linear: np.log(np.abs(np.linalg.det(linear))))


@EXERCISE.wrong(
    "The size without its logarithm",
    "the logarithm of the size is measured, so that twice and half as large count alike; yours takes the size itself.",
    "sec-training-remains",
)
def without_logarithm(pose, theta):
    left = compose_theta(pose, theta)
    return measured(left, size=lambda linear: np.sqrt(np.abs(np.linalg.det(linear))))


@EXERCISE.wrong(
    "The angle in radians", "the angle is in degrees, np.degrees of what arctan2 gives.", "sec-training-remains"
)
def in_radians(pose, theta):
    place, size, turn = pose_left(pose, theta)
    return place, size, np.radians(turn)


@EXERCISE.wrong(
    "The angle of the first column",
    "the angle is that of the nearest rotation, arctan2(c - b, a + d); yours follows the first column alone, which is "
    "the same only without shear.",
    "sec-training-angle",
)
def first_column(pose, theta):
    left = compose_theta(pose, theta)
    return *measured(left)[:2], np.degrees(np.arctan2(left[:, 1, 0], left[:, 0, 0]).std())


@EXERCISE.wrong(
    "The signs in the angle are exchanged",
    "a rotation is [[cos, -sin], [sin, cos]], so its sine is in c - b and its cosine in a + d; yours takes c + b and "
    "a - d, which see a mirror image's angle.",
    "sec-training-angle",
)
def signs_in_the_angle(pose, theta):
    (a, b, _), (c, d, _) = compose_theta(pose, theta).transpose(1, 2, 0)
    return *pose_left(pose, theta)[:2], np.degrees(np.arctan2(c + b, a - d).std())


@EXERCISE.wrong(
    "x and y are exchanged in arctan2",
    "np.arctan2 takes what goes with the sine first, c - b; with the two exchanged the angle is counted from the other "
    "axis, and jumps by 360 degrees elsewhere.",
    "sec-training-angle",
)
def cosine_first(pose, theta):
    (a, b, _), (c, d, _) = compose_theta(pose, theta).transpose(1, 2, 0)
    return *pose_left(pose, theta)[:2], np.degrees(np.arctan2(a + d, c - b).std())


@EXERCISE.right_too
def digit_by_digit(pose, theta):
    shifts, sizes, angles = [], [], []
    for one, other in zip(pose, theta):
        (a, b, x), (c, d, y) = one[:, :2] @ other + np.stack([0 * one[:, 0], 0 * one[:, 0], one[:, 2]], axis=1)
        shifts.append((x, y))
        sizes.append(np.log(abs(a * d - b * c) ** 0.5))
        angles.append(np.degrees(np.arctan2(c - b, a + d)))
    return (np.std(shifts, axis=0) * DIGIT / 2).mean(), np.std(sizes), np.std(angles)


@EXERCISE.right_too
def by_whole_matrices(pose, theta):
    below = np.broadcast_to(np.array([[0, 0, 1]], pose.dtype), (len(pose), 1, 3))
    left = np.concatenate([pose, below], axis=1) @ np.concatenate([theta, below], axis=1)
    return list(measured(left[:, :2]))
