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
    "your function composes the two in the other order; `pose` reads the digit and `theta` reads the result, so it is "
    "`compose_theta(pose, theta)`.",
    "sec-training-remains",
)
def in_the_other_order(pose, theta):
    return pose_left(theta, pose)


@EXERCISE.wrong(
    "Only the pose",
    "your function measures the pose alone, as if nothing had been learned; measure `pose` and `theta` composed.",
    "sec-training-remains",
)
def pose_alone(pose, theta):
    return measured(pose)


@EXERCISE.wrong(
    "Only `theta`",
    "your function measures how `theta` differs from digit to digit; measure `pose` and `theta` composed.",
    "sec-training-remains",
)
def theta_alone(pose, theta):
    return measured(theta)


@EXERCISE.wrong(
    "The thetas are subtracted",
    "your function subtracts `theta` from `pose`; two transformers in a row are composed with `compose_theta`, a "
    "product.",
    "sec-training-remains",
)
def subtracted(pose, theta):
    return measured(pose - theta + np.eye(2, 3, dtype=pose.dtype))


@EXERCISE.wrong(
    "The logarithm of the spread",
    "your function takes the standard deviation of the sizes and then its logarithm; take the logarithms first.",
    "sec-training-remains",
)
def logarithm_last(pose, theta):
    place, _, turn = pose_left(pose, theta)
    linear = compose_theta(pose, theta)[:, :, :2]
    return place, np.log(np.sqrt(np.abs(np.linalg.det(linear))).std()), turn


@EXERCISE.wrong(
    "The position in units",
    "your position is in normalised units; it has to be in pixels of the digit, and one unit is `DIGIT / 2` pixels.",
    "sec-training-remains",
)
def in_units(pose, theta):
    return measured(compose_theta(pose, theta), unit=1)


@EXERCISE.wrong(
    "One unit is taken for a whole digit",
    "your function gives twice the place: it multiplies by `DIGIT`, or adds x and y where their mean is due; a digit "
    "reaches from -1 to 1, two units, so one unit is `DIGIT / 2` pixels.",
    "sec-training-remains",
)
def whole_digit(pose, theta):
    return measured(compose_theta(pose, theta), unit=DIGIT)


@EXERCISE.wrong(
    "The canvas's pixels instead of the digit's",
    "your function multiplies by `CANVAS / 2`; the position is in the digit's own units, so one unit is `DIGIT / 2` "
    "pixels.",
    "sec-training-remains",
)
def canvas_pixels(pose, theta):
    return measured(compose_theta(pose, theta), unit=CANVAS / 2)


@EXERCISE.wrong(
    "The root of the mean square of both places",
    "your function averages the variances of x and y and takes the root; the place is the mean of the two standard "
    "deviations.",
    "sec-training-remains",
)
def root_mean_square(pose, theta):
    left = compose_theta(pose, theta)
    return np.sqrt(left[:, :, 2].var(axis=0).mean()) * DIGIT / 2, *measured(left)[1:]


@EXERCISE.wrong(
    "How far away, not where",
    "your function measures the spread of the distances from the middle, which is 0 for shifts in all directions, if "
    "they are equally long; the place is the mean of the standard deviations of x and of y.",
    "sec-training-remains",
)
def distances(pose, theta):
    left = compose_theta(pose, theta)
    return np.hypot(left[:, 0, 2], left[:, 1, 2]).std() * DIGIT / 2, *measured(left)[1:]


@EXERCISE.wrong(
    "The place of x alone",
    "your function measures x and leaves out y; the place is the mean of both standard deviations.",
    "sec-training-remains",
)
def x_alone(pose, theta):
    left = compose_theta(pose, theta)
    return left[:, 0, 2].std() * DIGIT / 2, *measured(left)[1:]


@EXERCISE.wrong(
    "The place of y alone",
    "your function measures y and leaves out x; the place is the mean of both standard deviations.",
    "sec-training-remains",
)
def y_alone(pose, theta):
    left = compose_theta(pose, theta)
    return left[:, 1, 2].std() * DIGIT / 2, *measured(left)[1:]


@EXERCISE.wrong(
    "The mean instead of the standard deviation",
    "your function takes the mean absolute value; only differences between digits count and a common offset does not, "
    "so take the standard deviation.",
    "sec-training-remains",
)
def mean_for_spread(pose, theta):
    return measured(compose_theta(pose, theta), lambda values, axis=None: np.abs(values).mean(axis=axis))


@EXERCISE.wrong(
    "The variance instead of the standard deviation",
    "your function takes the variance, `np.var`; the standard deviation, `np.std`, is its square root.",
    "sec-training-remains",
)
def variance(pose, theta):
    return measured(compose_theta(pose, theta), np.var)


@EXERCISE.wrong(
    "N - 1 instead of N",
    "your function divides by one less than the number of digits; the standard deviation divides by their number, as "
    "`np.std` does by default.",
    "sec-training-remains",
)
def one_less(pose, theta):
    return measured(compose_theta(pose, theta), lambda values, axis=None: np.std(values, axis=axis, ddof=1))


@EXERCISE.wrong(
    "x and y are not separated",
    "your function takes one standard deviation of all x and y; take it over the digits, axis 0, for x and y "
    "separately, and then the mean.",
    "sec-training-remains",
)
def together(pose, theta):
    left = compose_theta(pose, theta)
    return left[:, :, 2].std() * DIGIT / 2, *measured(left)[1:]


@EXERCISE.wrong(
    "Over x and y, not over the digits",
    "your standard deviation is that between x and y of each digit; take it over the digits, axis 0.",
    "sec-training-remains",
)
def over_the_axes(pose, theta):
    left = compose_theta(pose, theta)
    return left[:, :, 2].std(axis=1).mean() * DIGIT / 2, *measured(left)[1:]


@EXERCISE.wrong(
    "The area instead of the size",
    "your function takes the logarithm of the determinant, which is a factor of area; the size is its square root, so "
    "halve the logarithm.",
    "sec-training-remains",
)
def area(pose, theta):
    left = compose_theta(pose, theta)
    return measured(left, size=lambda linear: np.log(np.abs(np.linalg.det(linear))))


@EXERCISE.wrong(
    "The size without its logarithm",
    "your function measures the size itself; take its logarithm, so that twice and half as large count the same.",
    "sec-training-remains",
)
def without_logarithm(pose, theta):
    left = compose_theta(pose, theta)
    return measured(left, size=lambda linear: np.sqrt(np.abs(np.linalg.det(linear))))


@EXERCISE.wrong(
    "The angle in radians", "your angle is in radians; convert it to degrees with `np.degrees`.", "sec-training-remains"
)
def in_radians(pose, theta):
    place, size, turn = pose_left(pose, theta)
    return place, size, np.radians(turn)


@EXERCISE.wrong(
    "The angle of the first column",
    "your angle comes from the first column alone, which is right only without shear; it should be that of the "
    "nearest rotation, `arctan2(c - b, a + d)`.",
    "sec-training-angle",
)
def first_column(pose, theta):
    left = compose_theta(pose, theta)
    return *measured(left)[:2], np.degrees(np.arctan2(left[:, 1, 0], left[:, 0, 0]).std())


@EXERCISE.wrong(
    "The signs in the angle are exchanged",
    "your function takes c + b and a - d, which give the angle of a mirror image; a rotation is [[cos, -sin], "
    "[sin, cos]], so its sine is in c - b and its cosine in a + d.",
    "sec-training-angle",
)
def signs_in_the_angle(pose, theta):
    (a, b, _), (c, d, _) = compose_theta(pose, theta).transpose(1, 2, 0)
    return *pose_left(pose, theta)[:2], np.degrees(np.arctan2(c + b, a - d).std())


@EXERCISE.wrong(
    "The arguments of arctan2 are exchanged",
    "your function gives `np.arctan2` the cosine's part first, so the angle is measured from the other axis "
    "and jumps by 360 degrees at other places; the sine's part, c - b, comes first.",
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
