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
    "The formula for a square, which shears",
    "your sines lack the ratio of the sides, so the picture is sheared; one unit is w / 2 pixels across and h / 2 "
    "down, so a rotation in units is not a rotation in pixels.",
    "sec-grid-wide",
)
def plain(angle, size):
    return wide_rotation(angle, (1, 1))


@EXERCISE.wrong(
    "Height and width are exchanged",
    "your ratios are exchanged, which shears the picture more than no ratio at all; `size` is (h, w), and the upper "
    "right sine takes `h / w` and the lower left one `w / h`, so a product of three matrices may also be in the wrong "
    "order.",
    "sec-grid-wide",
)
def exchanged(angle, size):
    return wide_rotation(angle, size[::-1])


@EXERCISE.wrong(
    "A whole row is scaled",
    "your second row has the ratio in both entries, because the rotation is converted back to units but not first to "
    "pixels; with both conversions the ratio cancels on the diagonal.",
    "sec-grid-wide",
)
def whole_row(angle, size):
    cos, sin, ratio = np.cos(angle), np.sin(angle), size[1] / size[0]
    return _theta(cos, -sin, sin * ratio, cos * ratio)


@EXERCISE.wrong(
    "A whole column is scaled",
    "your second column has the ratio in both entries, because the rotation is converted to pixels but not back to "
    "units; with both conversions the ratio cancels on the diagonal.",
    "sec-grid-wide",
)
def whole_column(angle, size):
    cos, sin, ratio = np.cos(angle), np.sin(angle), size[0] / size[1]
    return _theta(cos, -sin * ratio, sin, cos * ratio)


@EXERCISE.wrong(
    "Left in pixels",
    "your result is in pixels; theta takes and gives normalised units, so divide x by w / 2 and y by h / 2 after the "
    "rotation.",
    "sec-grid-wide",
)
def left_in_pixels(angle, size):
    cos, sin, (height, width) = np.cos(angle), np.sin(angle), size
    return _theta(cos * width / 2, -sin * height / 2, sin * width / 2, cos * height / 2)


@EXERCISE.wrong(
    "The same ratio for both sines",
    "your sines both have the ratio `h / w`; it belongs in the upper right entry, and its inverse, `w / h`, in the "
    "lower left one.",
    "sec-grid-wide",
)
def same_ratio(angle, size):
    cos, sin, ratio = np.cos(angle), np.sin(angle), size[0] / size[1]
    return _theta(cos, -sin * ratio, sin * ratio, cos)


@EXERCISE.wrong(
    "One of the sines lacks its ratio",
    "your lower left sine has no ratio; both sines map one axis to the other, so the upper right entry takes `h / w` "
    "and the lower left one `w / h`.",
    "sec-grid-wide",
)
def upper_alone(angle, size):
    cos, sin, ratio = np.cos(angle), np.sin(angle), size[0] / size[1]
    return _theta(cos, -sin * ratio, sin, cos)


@EXERCISE.wrong(
    "The ratio is on the diagonal",
    "your function multiplies the cosines by the ratios; a cosine maps an axis to itself and needs no ratio, while "
    "the sines map one axis to the other and do.",
    "sec-grid-wide",
)
def on_the_diagonal(angle, size):
    cos, sin, (height, width) = np.cos(angle), np.sin(angle), size
    return _theta(cos * height / width, -sin, sin, cos * width / height)


@EXERCISE.wrong(
    "Every entry has a ratio",
    "your sines are right, but your cosines have ratios too; a cosine maps an axis to itself, so the conversion to "
    "pixels and the one back to units cancel.",
    "sec-grid-wide",
)
def ratio_everywhere(angle, size):
    cos, sin, (height, width) = np.cos(angle), np.sin(angle), size
    return _theta(cos * height / width, -sin * height / width, sin * width / height, cos * width / height)


@EXERCISE.wrong(
    "The ratio is rounded down",
    "your function divides with `//`, which drops the fraction, so the smaller of the two ratios becomes 0; divide "
    "with `/`.",
    "sec-grid-wide",
)
def whole_ratio(angle, size):
    cos, sin, (height, width) = np.cos(angle), np.sin(angle), size
    return _theta(cos, -sin * (height // width), sin * (width // height), cos)


@EXERCISE.wrong(
    "One angle for the whole batch",
    "your function turns every picture by the first angle; each picture of the batch has its own.",
    "sec-grid-idea",
)
def first_angle(angle, size):
    return wide_rotation(np.repeat(angle[:1], len(angle)), size)


@EXERCISE.wrong(
    "The ratio of the other `align_corners`",
    "your ratio is `(h - 1) / (w - 1)`, which belongs to `align_corners=True`; here -1 and 1 are the edges, one unit "
    "is w / 2 pixels, and the ratio is `h / w`.",
    "sec-grid-wide",
)
def ratio_of_steps(angle, size):
    return wide_rotation(angle, (size[0] - 1, size[1] - 1))


@EXERCISE.wrong(
    "The picture turns clockwise",
    "your sines have the opposite signs; the picture turns against the sampling points, so the minus is at the upper "
    "right.",
    "sec-grid-pull",
)
def clockwise(angle, size):
    return wide_rotation(-angle, size)


@EXERCISE.wrong(
    "theta is transposed",
    "your 2 x 2 part is transposed; the first row of theta gives x, so `-sin * h / w` is at the upper right.",
    "sec-grid-idea",
)
def transposed(angle, size):
    cos, sin, (height, width) = np.cos(angle), np.sin(angle), size
    return _theta(cos, sin * width / height, -sin * height / width, cos)


@EXERCISE.wrong(
    "Degrees instead of radians",
    "your function converts the angle as if it were in degrees; it is in radians already, as `np.cos` and `np.sin` "
    "need it.",
    "sec-grid-special",
)
def degrees(angle, size):
    return wide_rotation(np.radians(angle), size)


@EXERCISE.wrong(
    "The other sine lacks its ratio",
    "your upper right sine has no ratio; both sines map one axis to the other, so the upper right entry takes `h / w` "
    "and the lower left one `w / h`.",
    "sec-grid-wide",
)
def lower_alone(angle, size):
    cos, sin = np.cos(angle), np.sin(angle)
    return _theta(cos, -sin, sin * (size[1] / size[0]), cos)


@EXERCISE.wrong(
    "The square of the ratio",
    "your function multiplies the sines by the squares of the ratios; each ratio belongs there once, `h / w` in the "
    "upper right entry and `w / h` in the lower left one.",
    "sec-grid-wide",
)
def ratio_squared(angle, size):
    return wide_rotation(angle, (size[0] ** 2, size[1] ** 2))


@EXERCISE.wrong(
    "The same ratio for both sines, w / h",
    "your sines both have the ratio `w / h`; it belongs in the lower left entry, and its inverse, `h / w`, in the "
    "upper right one.",
    "sec-grid-wide",
)
def same_inverse_ratio(angle, size):
    cos, sin, ratio = np.cos(angle), np.sin(angle), size[1] / size[0]
    return _theta(cos, -sin * ratio, sin * ratio, cos)


@EXERCISE.wrong(
    "The angle is changed",
    "your function multiplies the angle by the ratio; in pixels the picture turns by the angle itself, and only the "
    "sines are multiplied by a ratio.",
    "sec-grid-wide",
)
def another_angle(angle, size):
    return wide_rotation((angle * (size[0] / size[1])).astype(angle.dtype), (1, 1))


@EXERCISE.wrong(
    "The root of the ratio",
    "your function multiplies the sines by the square roots of the ratios; the conversions to pixels and back "
    "contribute a factor each, and together they make `h / w` and `w / h`.",
    "sec-grid-wide",
)
def root_of_ratio(angle, size):
    cos, sin, ratio = np.cos(angle), np.sin(angle), (size[0] / size[1]) ** 0.5
    return _theta(cos, -sin * ratio, sin / ratio, cos)


@EXERCISE.wrong(
    "The sides instead of their ratio",
    "your function multiplies the sines by the lengths of the sides; they should be multiplied by the ratios of the "
    "sides, `h / w` and `w / h`.",
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
