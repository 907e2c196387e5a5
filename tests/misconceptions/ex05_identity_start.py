"""Wrong answers to `identity_start`, and the calls that tell them apart."""

import numpy as np

from tests.judge import Case, Exercise

IDENTITY = (1, 0, 0, 0, 1, 0)

EXERCISE = Exercise(
    name="identity_start",
    answer="tests.solutions",
    gives=("weight", "bias"),
    cases=[
        Case("two features; without weights they cannot move theta", 2, expected=(np.zeros((6, 2)), IDENTITY)),
        Case("one feature, float64", 1, dtype=np.float64, expected=(np.zeros((6, 1)), IDENTITY)),
        Case("as many features as parameters", 6, expected=(np.zeros((6, 6)), IDENTITY)),
        Case("ten features, float64", 10, dtype=np.float64, expected=(np.zeros((6, 10)), IDENTITY)),
    ],
)


@EXERCISE.wrong(
    "The bias is left at zero",
    "with zero weights phi is the bias, so the bias has to be the identity, "
    "1, 0, 0, 0, 1, 0; with yours theta is zero, and every output pixel shows the middle of the picture.",
    "sec-localisation-start",
)
def zero_bias(features, dtype=np.float32):
    return np.zeros((6, features), dtype), np.zeros(6, dtype)


@EXERCISE.wrong(
    "The bias is all ones",
    "the identity is the theta [[1, 0, 0], [0, 1, 0]]; with six ones x and y are "
    "equal at every point, and the picture is read along its diagonal alone.",
    "sec-localisation-start",
)
def ones(features, dtype=np.float32):
    return np.zeros((6, features), dtype), np.ones(6, dtype)


@EXERCISE.wrong(
    "The bias holds theta column by column",
    "the six numbers are the first row of theta and then its "
    "second, so the bias is 1, 0, 0, 0, 1, 0; laid out in rows, yours is [[1, 0, 0], [1, 0, 0]], and y is "
    "x everywhere.",
    "sec-localisation-idea",
)
def column_order(features, dtype=np.float32):
    return np.zeros((6, features), dtype), np.eye(2, 3, dtype=dtype).T.ravel()


@EXERCISE.wrong(
    "The bias has two rows",
    "a linear layer gives a row of six numbers, and so its bias is one: flatten theta, row by row.",
    "sec-localisation-idea",
)
def bias_as_matrix(features, dtype=np.float32):
    return np.zeros((6, features), dtype), np.eye(2, 3, dtype=dtype)


@EXERCISE.wrong(
    "Nine numbers for six",
    "theta has two rows and not three, so the layer has six outputs; the row 0, "
    "0, 1 of a 3 x 3 matrix is never learned.",
    "sec-localisation-idea",
)
def nine(features, dtype=np.float32):
    return np.zeros((9, features), dtype), np.eye(3, dtype=dtype).ravel()


@EXERCISE.wrong(
    "The weight is transposed",
    "a linear layer's weight is (outputs, inputs), here (6, features).",
    "sec-localisation-idea",
)
def transposed(features, dtype=np.float32):
    return np.zeros((features, 6), dtype), np.array(IDENTITY, dtype)


@EXERCISE.wrong(
    "The identity is in the weight",
    "weights multiply features, which differ from picture to picture, so theta would be some features of the picture; "
    "the weight is zero, and the identity is in the bias.",
    "sec-localisation-start",
)
def identity_weight(features, dtype=np.float32):
    return np.eye(6, features, dtype=dtype), np.zeros(6, dtype)


@EXERCISE.wrong(
    "Weights of one",
    "a weight that is not zero lets the features bend theta before anything is learned; "
    "the last layer starts with none.",
    "sec-localisation-start",
)
def weights_of_one(features, dtype=np.float32):
    return np.ones((6, features), dtype), np.array(IDENTITY, dtype)


@EXERCISE.wrong(
    "The bias before the weight",
    "the weight comes first and the bias second, as in every layer of the book.",
    "sec-localisation-idea",
)
def bias_first(features, dtype=np.float32):
    return np.array(IDENTITY, dtype), np.zeros((6, features), dtype)


@EXERCISE.wrong(
    "float64 always",
    "both arrays have the dtype that is passed in, float32 by default; NumPy makes float64 where no dtype is given.",
    "sec-localisation-start",
)
def double(features, dtype=np.float32):
    return np.zeros((6, features)), np.array(IDENTITY, "float64")


@EXERCISE.wrong(
    "float32 always",
    "both arrays have the dtype that is passed in; float32 is only the default.",
    "sec-localisation-start",
)
def single(features, dtype=np.float32):
    return np.zeros((6, features), "float32"), np.array(IDENTITY, "float32")


@EXERCISE.wrong(
    "The shifts are 1 and the scales 0",
    "the identity is theta = [[1, 0, 0], [0, 1, 0]], whose ones are the first and the fifth number; yours are in its "
    "third column, and every pixel looks at one corner.",
    "sec-localisation-start",
)
def shifts_of_one(features, dtype=np.float32):
    return np.zeros((6, features), dtype), np.array([0, 0, 1, 0, 0, 1], dtype)


@EXERCISE.wrong(
    "Both scales are in the first row",
    "the second 1 of the identity is the middle of theta's second row, the fifth of the six numbers; yours is in the "
    "first row.",
    "sec-localisation-start",
)
def first_row(features, dtype=np.float32):
    return np.zeros((6, features), dtype), np.array([1, 1, 0, 0, 0, 0], dtype)


def _random(seed, scale):
    def answer(features, dtype=np.float32):
        weight = np.random.default_rng(seed).normal(0, scale, (6, features))
        return weight.astype(dtype), np.array(IDENTITY, dtype)

    return answer


EXERCISE.wrong(
    "Random weights",
    "a weight that is not zero lets the features bend theta before anything is learned; "
    "the last layer starts with none, other than the layers before it.",
    "sec-localisation-start",
)(_random(0, 0.1))


@EXERCISE.right_too
def from_theta(features, dtype=np.float32):
    theta = np.eye(3)[:2]
    return np.outer(np.zeros(6), np.zeros(features)).astype(dtype), theta.reshape(6).astype(dtype)


@EXERCISE.right_too
def filled_in(features, dtype=np.float32):
    weight, bias = np.empty((6, features), dtype), np.zeros(6, dtype)
    weight[:] = 0
    bias[[0, 4]] = 1
    return [weight, bias]
