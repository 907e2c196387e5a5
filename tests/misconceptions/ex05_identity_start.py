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
    "your bias is zero, and since the weight is too, so is theta, and every output pixel shows the middle of the "
    "picture; the bias has to be the identity, 1, 0, 0, 0, 1, 0.",
    "sec-localisation-start",
)
def zero_bias(features, dtype=np.float32):
    return np.zeros((6, features), dtype), np.zeros(6, dtype)


@EXERCISE.wrong(
    "The bias is all ones",
    "your bias has six ones, so x and y are equal at every point and only the diagonal of the picture is read; the "
    "identity is the theta `[[1, 0, 0], [0, 1, 0]]`.",
    "sec-localisation-start",
)
def ones(features, dtype=np.float32):
    return np.zeros((6, features), dtype), np.ones(6, dtype)


@EXERCISE.wrong(
    "The bias holds theta column by column",
    "your bias holds theta column by column; laid out in rows it is `[[1, 0, 0], [1, 0, 0]]`, so that y equals x "
    "everywhere, while the first row of theta followed by the second gives 1, 0, 0, 0, 1, 0.",
    "sec-localisation-idea",
)
def column_order(features, dtype=np.float32):
    return np.zeros((6, features), dtype), np.eye(2, 3, dtype=dtype).T.ravel()


@EXERCISE.wrong(
    "The bias has two rows",
    "your bias is a 2 x 3 matrix; a linear layer outputs six numbers in a row, so flatten theta row by row.",
    "sec-localisation-idea",
)
def bias_as_matrix(features, dtype=np.float32):
    return np.zeros((6, features), dtype), np.eye(2, 3, dtype=dtype)


@EXERCISE.wrong(
    "Nine numbers instead of six",
    "your layer has nine outputs; theta has two rows, so it has six, and the row 0, 0, 1 of a 3 x 3 matrix is not "
    "learned.",
    "sec-localisation-idea",
)
def nine(features, dtype=np.float32):
    return np.zeros((9, features), dtype), np.eye(3, dtype=dtype).ravel()


@EXERCISE.wrong(
    "The weight is transposed",
    "your weight is (features, 6); a linear layer's weight is (outputs, inputs), here (6, features).",
    "sec-localisation-idea",
)
def transposed(features, dtype=np.float32):
    return np.zeros((features, 6), dtype), np.array(IDENTITY, dtype)


@EXERCISE.wrong(
    "The identity is in the weight",
    "your function puts the identity into the weight, so theta would consist of features, which differ from picture "
    "to picture; the weight is zero, and the identity is in the bias.",
    "sec-localisation-start",
)
def identity_weight(features, dtype=np.float32):
    return np.eye(6, features, dtype=dtype), np.zeros(6, dtype)


@EXERCISE.wrong(
    "Weights of one",
    "your weight is 1, so the features change theta before anything is learned; the weight of the last layer starts "
    "at 0.",
    "sec-localisation-start",
)
def weights_of_one(features, dtype=np.float32):
    return np.ones((6, features), dtype), np.array(IDENTITY, dtype)


@EXERCISE.wrong(
    "The bias before the weight",
    "your function returns the bias first; the weight comes first and the bias second, as in every layer of the book.",
    "sec-localisation-idea",
)
def bias_first(features, dtype=np.float32):
    return np.array(IDENTITY, dtype), np.zeros((6, features), dtype)


@EXERCISE.wrong(
    "float64 always",
    "your arrays are always float64, NumPy's default; both should have the type `dtype`, which is float32 by default.",
    "sec-localisation-start",
)
def double(features, dtype=np.float32):
    return np.zeros((6, features)), np.array(IDENTITY, "float64")


@EXERCISE.wrong(
    "float32 always",
    "your arrays are always float32; that is only the default, and both should have the type `dtype`.",
    "sec-localisation-start",
)
def single(features, dtype=np.float32):
    return np.zeros((6, features), "float32"), np.array(IDENTITY, "float32")


@EXERCISE.wrong(
    "The shifts are 1 and the scales 0",
    "your ones are in the third column of theta, so every pixel shows one corner; the identity is `[[1, 0, 0], [0, 1, "
    "0]]`, with ones as the first and the fifth number.",
    "sec-localisation-start",
)
def shifts_of_one(features, dtype=np.float32):
    return np.zeros((6, features), dtype), np.array([0, 0, 1, 0, 0, 1], dtype)


@EXERCISE.wrong(
    "Both scales are in the first row",
    "your second 1 is in the first row of theta; it belongs in the middle of the second row, as the fifth of the six "
    "numbers.",
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
    "your weight is random, so the features change theta before anything is learned; the weight of the last layer "
    "starts at 0, unlike those of the layers before it.",
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
