"""Wrong answers to `rotation_theta_backward`, and the calls that tell them apart."""

import numpy as np

from tests.judge import Case, Exercise

RNG = np.random.default_rng(0)
D_THETA = np.array([[[1.0, 2, 7], [4, 5, 8]]])
SIX_TENTHS = np.array([[np.arctan2(0.8, 0.6)]])  # cos 0.6, sin 0.8

EXERCISE = Exercise(
    name="rotation_theta_backward",
    answer="stn_numpy.theta",
    gives=("d_angle",),
    cases=[
        Case("no turn: cos is 1 and sin is 0", D_THETA, np.array([[0.0]]), expected=[[2]]),
        Case("a quarter turn: cos is 0 and sin is 1", D_THETA, np.array([[np.pi / 2]]), expected=[[-6]]),
        Case("an angle whose cos is 0.6 and whose sin is 0.8", D_THETA, SIX_TENTHS, expected=[[-3.6]]),
        Case("three images, each with its own angle", RNG.normal(size=(3, 2, 3)), RNG.uniform(-2, 2, (3, 1))),
        Case(
            "two images, in float32",
            RNG.normal(size=(2, 2, 3)).astype("float32"),
            RNG.uniform(-2, 2, (2, 1)).astype("float32"),
        ),
    ],
)


def entries(d_theta, parameters):
    """cos and sin of the angles, and the four entries of d_theta on which the angle acts: (N, 1) each."""
    return (
        np.cos(parameters),
        np.sin(parameters),
        d_theta[:, 0, :1],
        d_theta[:, 0, 1:2],
        d_theta[:, 1, :1],
        d_theta[:, 1, 1:2],
    )


def right(d_theta, parameters):
    cos, sin, g11, g12, g21, g22 = entries(d_theta, parameters)
    return cos * (g21 - g12) - sin * (g11 + g22)


@EXERCISE.wrong(
    "The cosine's derivative lacks its minus",
    "your terms of the diagonal have the wrong sign; the derivative of the cosine is -sin, so the two entries on the "
    "diagonal are multiplied by -sin.",
    "sec-theta-one",
)
def sine_without_minus(d_theta, parameters):
    cos, sin, g11, g12, g21, g22 = entries(d_theta, parameters)
    return cos * (g21 - g12) + sin * (g11 + g22)


@EXERCISE.wrong(
    "The signs of the sine's terms are exchanged",
    "your function multiplies `d_theta[:, 1, 0]` by -cos and `d_theta[:, 0, 1]` by cos; theta has -sin in its first "
    "row and sin in its second, so the signs are the other way round.",
    "sec-theta-one",
)
def other_way(d_theta, parameters):
    cos, sin, g11, g12, g21, g22 = entries(d_theta, parameters)
    return cos * (g12 - g21) - sin * (g11 + g22)


@EXERCISE.wrong(
    "The minus of -sin is lost",
    "your function adds the term of `d_theta[:, 0, 1]`; theta has -sin there, whose derivative is -cos, so the term "
    "is subtracted.",
    "sec-theta-one",
)
def plus_sine(d_theta, parameters):
    cos, sin, g11, g12, g21, g22 = entries(d_theta, parameters)
    return cos * (g21 + g12) - sin * (g11 + g22)


@EXERCISE.wrong(
    "theta instead of its derivative",
    "your function multiplies `d_theta` by theta itself; multiply by the derivative of theta with respect to the "
    "angle, `[[-sin, -cos, 0], [cos, -sin, 0]]`, and sum.",
    "sec-theta-one",
)
def not_differentiated(d_theta, parameters):
    cos, sin, g11, g12, g21, g22 = entries(d_theta, parameters)
    return cos * (g11 + g22) + sin * (g21 - g12)


@EXERCISE.wrong(
    "Every sign is reversed",
    "your result has the opposite sign; `d_theta` is multiplied by the derivative of theta with respect to the angle, "
    "`[[-sin, -cos, 0], [cos, -sin, 0]]`, and the products are added.",
    "sec-theta-one",
)
def opposite(d_theta, parameters):
    return -right(d_theta, parameters)


@EXERCISE.wrong(
    "Columns are counted from 1",
    "your rows are right but your columns are one too far; NumPy counts from 0, so the entry of theta_21 is "
    "`d_theta[:, 1, 0]` and that of theta_12 `d_theta[:, 0, 1]`.",
    "sec-theta-one",
)
def columns_from_one(d_theta, parameters):
    return right(np.roll(d_theta, -1, axis=2), parameters)


@EXERCISE.wrong(
    "The diagonal is missing",
    "your sum lacks the two entries on the diagonal; all four entries of the 2 x 2 part depend on the angle, so the "
    "chain rule adds four terms.",
    "sec-theta-one",
)
def off_diagonal(d_theta, parameters):
    cos, _, _, g12, g21, _ = entries(d_theta, parameters)
    return cos * (g21 - g12)


@EXERCISE.wrong(
    "Only the diagonal",
    "your sum lacks the two entries off the diagonal; all four entries of the 2 x 2 part depend on the angle, so the "
    "chain rule adds four terms.",
    "sec-theta-one",
)
def diagonal(d_theta, parameters):
    _, sin, g11, _, _, g22 = entries(d_theta, parameters)
    return -sin * (g11 + g22)


@EXERCISE.wrong(
    "Only the first row",
    "your sum has the terms of theta's first row only; all four entries of the 2 x 2 part depend on the angle, so the "
    "chain rule adds four terms.",
    "sec-theta-one",
)
def first_row(d_theta, parameters):
    cos, sin, g11, g12, _, _ = entries(d_theta, parameters)
    return -sin * g11 - cos * g12


@EXERCISE.wrong(
    "Only one entry",
    "your sum has the term of `d_theta[:, 1, 0]` only; all four entries of the 2 x 2 part depend on the angle, so the "
    "chain rule adds four terms.",
    "sec-theta-one",
)
def one_entry(d_theta, parameters):
    cos, _, _, _, g21, _ = entries(d_theta, parameters)
    return cos * g21


@EXERCISE.wrong(
    "As if the angle were 0",
    "your result, `d_theta[:, 1, 0] - d_theta[:, 0, 1]`, is the gradient at angle 0; at other angles the derivative "
    "of theta contains cos and sin.",
    "sec-theta-one",
)
def at_zero(d_theta, parameters):
    _, _, _, g12, g21, _ = entries(d_theta, parameters)
    return g21 - g12


@EXERCISE.wrong(
    "The mean of the six entries",
    "your function divides the sum by 6; the loss depends on the angle through four entries, and their terms are "
    "added, not averaged.",
    "sec-theta-one",
)
def mean_of_entries(d_theta, parameters):
    return right(d_theta, parameters) / d_theta.dtype.type(6)


@EXERCISE.wrong(
    "The angle is taken for degrees",
    "your function converts the angle as if it were in degrees; the parameters are in radians, as `np.cos` and "
    "`np.sin` need them.",
    "sec-theta-one",
)
def degrees(d_theta, parameters):
    return right(d_theta, np.radians(parameters))


@EXERCISE.wrong(
    "Summed over the batch",
    "your function sums over the images; each image has its own angle, so the gradients form an (N, 1) array.",
    "sec-theta-sum",
)
def over_the_batch(d_theta, parameters):
    return right(d_theta, parameters).sum(axis=0, keepdims=True)


@EXERCISE.wrong(
    "The batch's sum in every row",
    "your function gives every image the sum over the batch; each image has its own angle, whose gradient comes from "
    "its own `d_theta` alone.",
    "sec-theta-sum",
)
def batch_for_everyone(d_theta, parameters):
    return np.repeat(over_the_batch(d_theta, parameters), len(parameters), axis=0)


@EXERCISE.wrong(
    "(N, 1) times (N,) becomes (N, N)",
    "your product of (N, 1) and (N,) is (N, N), since NumPy places (N,) along the last axis; take `parameters[:, 0]`, "
    "or keep the last axis of both.",
    "sec-theta-one",
)
def every_angle_with_every_image(d_theta, parameters):
    cos, sin = np.cos(parameters), np.sin(parameters)
    return cos * (d_theta[:, 1, 0] - d_theta[:, 0, 1]) - sin * (d_theta[:, 0, 0] + d_theta[:, 1, 1])


@EXERCISE.wrong(
    "One image's angle for the whole batch",
    "your function uses the cosine and sine of the first image for every image; each was turned by its own angle, "
    "`parameters[n]`.",
    "sec-theta-sum",
)
def first_angle(d_theta, parameters):
    return right(d_theta, np.repeat(parameters[:1], len(parameters), axis=0))


@EXERCISE.wrong(
    "The last axis is missing",
    "your result is (N,); each image has a list of parameters, here of one, so the gradient is (N, 1), as the "
    "parameters are.",
    "sec-theta-one",
)
def flat(d_theta, parameters):
    return right(d_theta, parameters)[:, 0]


@EXERCISE.wrong(
    "Only the second row",
    "your sum has the terms of theta's second row only; all four entries of the 2 x 2 part depend on the angle, so "
    "the chain rule adds four terms.",
    "sec-theta-one",
)
def second_row(d_theta, parameters):
    cos, sin, _, _, g21, g22 = entries(d_theta, parameters)
    return cos * g21 - sin * g22


@EXERCISE.wrong(
    "Sine and cosine are exchanged",
    "your function multiplies the diagonal by -cos and the other two entries by the sine; the diagonal of theta is "
    "the cosine, whose derivative is -sin, and the other two are sines, whose derivative is the cosine.",
    "sec-theta-one",
)
def exchanged(d_theta, parameters):
    cos, sin, g11, g12, g21, g22 = entries(d_theta, parameters)
    return sin * (g21 - g12) - cos * (g11 + g22)


@EXERCISE.wrong(
    "The shift's entries are added",
    "your function adds the third column of `d_theta`; only the 2 x 2 part depends on the angle.",
    "sec-theta-one",
)
def with_shift(d_theta, parameters):
    return right(d_theta, parameters) + d_theta[:, :, 2].sum(axis=1, keepdims=True)


@EXERCISE.wrong(
    "The mean over the four entries",
    "your function divides the sum by 4; the loss depends on the angle through four entries, and their terms are "
    "added, not averaged.",
    "sec-theta-one",
)
def mean_of_four(d_theta, parameters):
    return right(d_theta, parameters) / d_theta.dtype.type(4)


@EXERCISE.right_too
def entry_by_entry(d_theta, parameters):
    d_angle = np.zeros(parameters.shape, parameters.dtype)
    for n, (angle,) in enumerate(parameters):
        way = np.array([[-np.sin(angle), -np.cos(angle), 0], [np.cos(angle), -np.sin(angle), 0]])
        d_angle[n, 0] = (d_theta[n] * way).sum()
    return d_angle


@EXERCISE.right_too
def a_quarter_turn_further(d_theta, parameters):
    """The derivative of a rotation is the rotation by a quarter turn more."""
    further = parameters[:, 0].astype("float64") + np.pi / 2
    way = np.zeros(d_theta.shape)
    way[:, 0, 0], way[:, 1, 1] = np.cos(further), np.cos(further)
    way[:, 1, 0], way[:, 0, 1] = np.sin(further), -np.sin(further)
    return np.einsum("nab,nab->n", d_theta, way)[:, None].astype(parameters.dtype)


@EXERCISE.right_too
def with_complex_numbers(d_theta, parameters):
    """A step along the imaginary axis gives a derivative without a difference."""
    angle = parameters[:, 0] + 1e-20j
    cos, sin = np.cos(angle), np.sin(angle)
    loss = cos * (d_theta[:, 0, 0] + d_theta[:, 1, 1]) + sin * (d_theta[:, 1, 0] - d_theta[:, 0, 1])
    return (loss.imag / 1e-20)[:, None].astype(parameters.dtype)
