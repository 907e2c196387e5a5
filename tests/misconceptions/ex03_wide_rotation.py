"""Wrong answers to `wide_rotation`, and the calls that tell them apart."""

import numpy as np

from tests.judge import Case, Exercise
from tests.solutions import wide_rotation

ANGLES = np.random.default_rng(0).uniform(-2, 2, 3)


def _theta(first_x, first_y, second_x, second_y):
    """Four (N,) arrays, row by row, and no shift: (N, 2, 3)."""
    theta = np.zeros((len(first_x), 2, 3), first_x.dtype)
    theta[:, 0, 0], theta[:, 0, 1], theta[:, 1, 0], theta[:, 1, 1] = first_x, first_y, second_x, second_y
    return theta


EXERCISE = Exercise(
    name="wide_rotation",
    answer="tests.solutions",
    gives=("theta",),
    cases=[
        Case("a quarter turn of a square picture", np.array([np.pi / 2]), (3, 3), expected=[[[0, -1, 0], [1, 0, 0]]]),
        Case(
            "a quarter turn of a picture twice as wide as high",
            np.array([np.pi / 2]),
            (2, 4),
            expected=[[[0, -0.5, 0], [2, 0, 0]]],
        ),
        Case(
            "cosine 4/5 and sine 3/5, twice as high as wide",
            np.array([np.arctan2(3, 4)]),
            (4, 2),
            expected=[[[0.8, -1.2, 0], [0.3, 0.8, 0]]],
        ),
        Case("three turns, 30 rows and 80 columns", ANGLES, (30, 80)),
        Case("three turns in float32, 7 rows and 5 columns", ANGLES.astype("float32"), (7, 5)),
    ],
)


@EXERCISE.wrong(
    "The plain formula, which slants",
    "one unit is w / 2 pixels across and h / 2 down, so a turn in units "
    "is no turn in pixels; the sines need the ratio of the two.",
    "sec-grid-wide",
)
def plain(angle, size):
    return wide_rotation(angle, (1, 1))


@EXERCISE.wrong(
    "Height and width are exchanged",
    "size is (h, w), rows first; the upper right sine takes h / w and "
    "the lower left one w / h, and with the ratios exchanged, or the product of three matrices running the "
    "wrong way, the picture slants more than without them.",
    "sec-grid-wide",
)
def exchanged(angle, size):
    return wide_rotation(angle, size[::-1])


@EXERCISE.wrong(
    "A whole row is scaled",
    "go to pixels, turn, and go back to units: the ratio is on both sides of the turn and so drops out of the "
    "diagonal; yours allows for it on the way back alone.",
    "sec-grid-wide",
)
def whole_row(angle, size):
    cos, sin, ratio = np.cos(angle), np.sin(angle), size[1] / size[0]
    return _theta(cos, -sin, sin * ratio, cos * ratio)


@EXERCISE.wrong(
    "A whole column is scaled",
    "go to pixels, turn, and go back to units: the ratio is on both sides of the turn and so drops out of the "
    "diagonal; yours allows for it on the way there alone.",
    "sec-grid-wide",
)
def whole_column(angle, size):
    cos, sin, ratio = np.cos(angle), np.sin(angle), size[0] / size[1]
    return _theta(cos, -sin * ratio, sin, cos * ratio)


@EXERCISE.wrong(
    "Left in pixels",
    "theta takes normalised units and gives them, so after the turn in pixels divide x by w / 2 and y by h / 2 again.",
    "sec-grid-wide",
)
def left_in_pixels(angle, size):
    cos, sin, (height, width) = np.cos(angle), np.sin(angle), size
    return _theta(cos * width / 2, -sin * height / 2, sin * width / 2, cos * height / 2)


@EXERCISE.wrong(
    "The same ratio for both sines",
    "what is squeezed on the way from y to x is stretched on the way from "
    "x to y: h / w in the upper right entry, its inverse w / h in the lower left one.",
    "sec-grid-wide",
)
def same_ratio(angle, size):
    cos, sin, ratio = np.cos(angle), np.sin(angle), size[0] / size[1]
    return _theta(cos, -sin * ratio, sin * ratio, cos)


@EXERCISE.wrong(
    "One of the sines lacks its ratio",
    "both sines lead from one axis to the other, so both need a ratio: "
    "h / w in the upper right entry, w / h in the lower left one, which yours leaves as it is.",
    "sec-grid-wide",
)
def upper_alone(angle, size):
    cos, sin, ratio = np.cos(angle), np.sin(angle), size[0] / size[1]
    return _theta(cos, -sin * ratio, sin, cos)


@EXERCISE.wrong(
    "The ratio is on the diagonal",
    "a cosine leads from an axis to itself and needs no ratio; it is the sines that lead from one axis to the other.",
    "sec-grid-wide",
)
def on_the_diagonal(angle, size):
    cos, sin, (height, width) = np.cos(angle), np.sin(angle), size
    return _theta(cos * height / width, -sin, sin, cos * width / height)


@EXERCISE.wrong(
    "Every entry has a ratio",
    "your sines are right, but a cosine leads from an axis to itself: what the "
    "way to pixels multiplies by, the way back divides by, and no ratio is left.",
    "sec-grid-wide",
)
def ratio_everywhere(angle, size):
    cos, sin, (height, width) = np.cos(angle), np.sin(angle), size
    return _theta(cos * height / width, -sin * height / width, sin * width / height, cos * width / height)


@EXERCISE.wrong(
    "The ratio is rounded down",
    "h / w and w / h are fractions as a rule, and // drops the digits after the point, so that the smaller of the two "
    "becomes 0; divide with /.",
    "sec-grid-wide",
)
def whole_ratio(angle, size):
    cos, sin, (height, width) = np.cos(angle), np.sin(angle), size
    return _theta(cos, -sin * (height // width), sin * (width // height), cos)


@EXERCISE.wrong(
    "One angle for the whole batch",
    "each picture of the batch has an angle of its own; yours turns all by the first.",
    "sec-grid-idea",
)
def first_angle(angle, size):
    return wide_rotation(np.repeat(angle[:1], len(angle)), size)


@EXERCISE.wrong(
    "The ratio of the other align_corners",
    "with -1 and 1 at the edges one unit is w / 2 pixels, so the "
    "ratio is h / w; (h - 1) / (w - 1) belongs to align_corners=True.",
    "sec-grid-wide",
)
def ratio_of_steps(angle, size):
    return wide_rotation(angle, (size[0] - 1, size[1] - 1))


@EXERCISE.wrong(
    "The picture turns clockwise",
    "it moves against its points, so the minus is at the upper right sine; yours has the sines' signs the other way "
    "round.",
    "sec-grid-pull",
)
def clockwise(angle, size):
    return wide_rotation(-angle, size)


@EXERCISE.wrong(
    "theta is transposed",
    "the first row of theta gives x, so -sin * h / w is at the upper right; yours has rows and columns exchanged.",
    "sec-grid-idea",
)
def transposed(angle, size):
    cos, sin, (height, width) = np.cos(angle), np.sin(angle), size
    return _theta(cos, sin * width / height, -sin * height / width, cos)


@EXERCISE.wrong(
    "Degrees for radians",
    "the angle comes in radians, as np.cos and np.sin take it; yours converts it as if it came in degrees.",
    "sec-grid-special",
)
def degrees(angle, size):
    return wide_rotation(np.radians(angle), size)


@EXERCISE.wrong(
    "The other sine lacks its ratio",
    "both sines lead from one axis to the other, so both need a ratio: "
    "h / w in the upper right entry, which yours leaves as it is, and w / h in the lower left one.",
    "sec-grid-wide",
)
def lower_alone(angle, size):
    cos, sin = np.cos(angle), np.sin(angle)
    return _theta(cos, -sin, sin * (size[1] / size[0]), cos)


@EXERCISE.wrong(
    "The square of the ratio",
    "what the way to pixels multiplies by, the way back divides by the other "
    "axis': h / w and w / h, each once; yours has their squares.",
    "sec-grid-wide",
)
def ratio_squared(angle, size):
    return wide_rotation(angle, (size[0] ** 2, size[1] ** 2))


@EXERCISE.wrong(
    "The same ratio for both sines, w / h",
    "what is squeezed on the way from y to x is stretched on the "
    "way from x to y: h / w in the upper right entry, its inverse w / h in the lower left one.",
    "sec-grid-wide",
)
def same_inverse_ratio(angle, size):
    cos, sin, ratio = np.cos(angle), np.sin(angle), size[1] / size[0]
    return _theta(cos, -sin * ratio, sin * ratio, cos)


@EXERCISE.wrong(
    "The angle is changed",
    "the picture turns by the angle itself in pixels, and the ratio multiplies the sines alone; yours puts it into "
    "the angle.",
    "sec-grid-wide",
)
def another_angle(angle, size):
    return wide_rotation((angle * (size[0] / size[1])).astype(angle.dtype), (1, 1))


@EXERCISE.wrong(
    "The root of the ratio",
    "the way to pixels and the way back each bring one factor, and together "
    "they are h / w and w / h; yours has the roots of these.",
    "sec-grid-wide",
)
def root_of_ratio(angle, size):
    cos, sin, ratio = np.cos(angle), np.sin(angle), (size[0] / size[1]) ** 0.5
    return _theta(cos, -sin * ratio, sin / ratio, cos)


@EXERCISE.wrong(
    "The length of the sides for the ratio",
    "only the ratio of the sides counts, h / w and w / h; yours multiplies the sines by the lengths themselves.",
    "sec-grid-wide",
)
def lengths(angle, size):
    cos, sin = np.cos(angle), np.sin(angle)
    return _theta(cos, -sin * size[0], sin * size[1], cos)


@EXERCISE.right_too
def three_matrices(angle, size):
    height, width = size
    to_pixels = np.diag([width / 2, height / 2])
    theta = np.zeros((len(angle), 2, 3))
    for n, a in enumerate(angle):
        turn = np.array([[np.cos(a), -np.sin(a)], [np.sin(a), np.cos(a)]])
        theta[n, :, :2] = np.linalg.inv(to_pixels) @ turn @ to_pixels
    return theta.astype(angle.dtype)


@EXERCISE.right_too
def through_axes(angle, size):
    """Where the output's two axes look, measured in pixels and then in units."""
    units = 2 / np.array(size[::-1], angle.dtype)
    across, down = 1 / units
    x_axis = np.stack([across * np.cos(angle), across * np.sin(angle)], axis=1) * units
    y_axis = np.stack([down * -np.sin(angle), down * np.cos(angle)], axis=1) * units
    return np.stack([x_axis, y_axis, np.zeros_like(x_axis)], axis=2)


@EXERCISE.right_too
def scaled_entry_by_entry(angle, size):
    height, width = size
    cos, sin = np.cos(angle), np.sin(angle)
    plain = np.stack([cos, -sin, 0 * cos, sin, cos, 0 * cos], axis=1).reshape(-1, 2, 3)
    return plain * np.array([[1, height / width, 1], [width / height, 1, 1]], angle.dtype)
