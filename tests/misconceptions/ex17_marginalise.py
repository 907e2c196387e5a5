"""Wrong answers to `marginalise`, and the calls that tell them apart."""

import numpy as np

from stn_numpy import marginalise
from tests.judge import Case, Exercise

RNG = np.random.default_rng(0)
HALVES, NINTH = np.log([0.5, 0.5]), np.log([0.9, 0.1])

EXERCISE = Exercise(
    name="marginalise",
    answer="stn_numpy.turned_copies",
    gives=("out",),
    also=("_log_joint", "_log_softmax"),
    cases=[
        Case(
            "shares of 3/4 and 1/4; the first copy gives 9/10 and 1/10, the second a half each: 0.8 and 0.2",
            np.array([[NINTH, HALVES]]),
            np.log([[3.0, 1.0]]),
            expected=np.log([[0.8, 0.2]]),
        ),
        Case(
            "two images, and a score that is the same for all copies",
            np.array([[NINTH, HALVES], [HALVES, HALVES[::-1]]]) + [[[1], [2]]],
            np.array([[5.0, 5], [-5, -5]]),
            expected=np.log([[0.7, 0.3], [0.5, 0.5]]),
        ),
        Case("two images, three copies, four classes", RNG.normal(size=(2, 3, 4)), RNG.normal(size=(2, 3))),
        Case(
            "the same in float32",
            RNG.normal(size=(2, 5, 3)).astype("float32"),
            RNG.normal(size=(2, 5)).astype("float32"),
        ),
        Case("logits and scores of a thousand", 1000 * RNG.normal(size=(1, 3, 2)), 1000 * RNG.normal(size=(1, 3))),
    ],
)


def softmax(numbers, axis=-1):
    powers = np.exp(numbers - numbers.max(axis=axis, keepdims=True))
    return powers / powers.sum(axis=axis, keepdims=True)


def log_softmax(numbers, axis=-1):
    shifted = numbers - numbers.max(axis=axis, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=axis, keepdims=True))


def log_sum(joint, axis=1):
    largest = joint.max(axis=axis, keepdims=True)
    return (largest + np.log(np.exp(joint - largest).sum(axis=axis, keepdims=True))).squeeze(axis)


@EXERCISE.wrong(
    "The mean of the logarithms",
    "probabilities are added up and the logarithm comes last; yours averages the logarithms, and one copy that rules a "
    "class out rules it out for all.",
    "sec-aerial-copies",
)
def mean_of_logs(logits, scores):
    return (softmax(scores)[:, :, None] * log_softmax(logits)).sum(axis=1)


@EXERCISE.wrong(
    "The logits are averaged",
    "each copy's logits become probabilities by a softmax of their own before they are added up; yours adds up logits.",
    "sec-aerial-copies",
)
def mean_of_logits(logits, scores):
    return (softmax(scores)[:, :, None] * logits).sum(axis=1)


@EXERCISE.wrong(
    "The best copy alone",
    "the sum runs over all copies, so that each of them receives a gradient; yours reads the one with the largest "
    "score.",
    "sec-aerial-copies",
)
def best_alone(logits, scores):
    return log_softmax(logits[np.arange(len(logits)), scores.argmax(axis=1)])


@EXERCISE.wrong(
    "All copies count alike",
    "a copy counts by its share, the softmax of the scores; yours leaves the scores out.",
    "sec-aerial-copies",
)
def alike(logits, scores):
    return log_sum(log_softmax(logits)) - np.log(np.float32(logits.shape[1])).astype(logits.dtype)


@EXERCISE.wrong(
    "The copies are added up without shares",
    "the shares of an image add up to 1; yours adds up the copies' probabilities as they are, up to K of them.",
    "sec-aerial-copies",
)
def without_shares(logits, scores):
    return log_sum(log_softmax(logits))


@EXERCISE.wrong(
    "Scores for shares",
    "the shares are the softmax of the scores; yours adds the scores as they are, and the probabilities do not add up "
    "to 1.",
    "sec-aerial-copies",
)
def scores_as_they_are(logits, scores):
    return log_sum(log_softmax(logits) + scores[:, :, None])


@EXERCISE.wrong(
    "The classes have no softmax",
    "of each copy the logits are made probabilities first; yours adds the logits to the logarithms of the shares as "
    "they are.",
    "sec-aerial-copies",
)
def logits_as_they_are(logits, scores):
    return log_sum(logits + log_softmax(scores)[:, :, None])


@EXERCISE.wrong(
    "One softmax over copies and classes",
    "the classes of each copy have a softmax of their own; yours puts all of an image's numbers into one, and a copy "
    "with large logits has a larger share than its score says.",
    "sec-aerial-copies",
)
def joint_softmax(logits, scores):
    joint = logits + scores[:, :, None]
    return log_sum(log_softmax(joint.reshape(len(joint), -1)).reshape(joint.shape))


@EXERCISE.wrong(
    "The softmax of the classes runs over the copies",
    "p(class | copy k) adds up to 1 over the classes of one copy, the last axis; yours adds up to 1 over the copies.",
    "sec-aerial-copies",
)
def over_copies(logits, scores):
    return log_sum(log_softmax(logits, axis=1) + log_softmax(scores)[:, :, None])


@EXERCISE.wrong(
    "The softmax of the scores runs over the images",
    "the shares of one image's copies add up to 1; yours adds up to 1 over the batch.",
    "sec-aerial-copies",
)
def over_images(logits, scores):
    return log_sum(log_softmax(logits) + log_softmax(scores, axis=0)[:, :, None])


@EXERCISE.wrong(
    "The sum runs over the classes",
    "the copies are summed over and the classes stay; yours sums over the last axis, and what is left is the "
    "logarithm of each share.",
    "sec-aerial-copies",
)
def sum_over_classes(logits, scores):
    return log_sum(log_softmax(logits) + log_softmax(scores)[:, :, None], axis=2)


@EXERCISE.wrong(
    "Probabilities, not their logarithms",
    "the logarithm of the sum is asked for, since cross_entropy takes logits; yours is the sum itself.",
    "sec-aerial-copies",
)
def without_log(logits, scores):
    return np.exp(marginalise(logits, scores))


@EXERCISE.wrong(
    "The loss, not the output",
    "the logarithm of a probability is negative or 0; yours is minus that.",
    "sec-aerial-copies",
)
def negative(logits, scores):
    return -marginalise(logits, scores)


@EXERCISE.wrong(
    "The likeliest copy for each class",
    "all copies are added up; yours takes, for each class, the copy in which share times probability is largest.",
    "sec-aerial-copies",
)
def largest(logits, scores):
    return (log_softmax(logits) + log_softmax(scores)[:, :, None]).max(axis=1)


@EXERCISE.wrong(
    "Exponentials that overflow",
    "np.exp of a thousand is infinite, and infinity over infinity is NaN; take the largest number off first.",
    "sec-aerial-copies",
)
def overflowing(logits, scores):
    with np.errstate(all="ignore"):
        right = np.exp(logits) / np.exp(logits).sum(axis=2, keepdims=True)
        shares = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
        return np.log((shares[:, :, None] * right).sum(axis=1))


@EXERCISE.wrong(
    "The logits are averaged",
    "probabilities add up, and logits do not: each copy's softmax comes first, then the sum over the copies; yours "
    "averages the logits by the shares and takes one softmax.",
    "sec-aerial-copies",
)
def softmax_of_mean(logits, scores):
    return log_softmax((logits * softmax(scores)[:, :, None]).sum(axis=1))


def with_a_small_number(small):
    """Another way to keep the logarithm finite."""

    def answer(logits, scores):
        return np.log(np.exp(marginalise(logits, scores)) + logits.dtype.type(small))

    return answer


for small in (1e-6, 1e-8):
    EXERCISE.wrong(
        "A small number is added before the logarithm",
        "with a number such as 1e-8 added, improbable classes all end near its logarithm; work with logarithms "
        "throughout, as np.logaddexp does.",
        "sec-aerial-copies",
    )(with_a_small_number(small))


@EXERCISE.right_too
def image_by_image(logits, scores):
    out = np.zeros((len(logits), logits.shape[2]), logits.dtype)
    for n, (some, own) in enumerate(zip(logits, scores)):
        out[n] = np.logaddexp.reduce(log_softmax(some) + log_softmax(own)[:, None], axis=0)
    return out


@EXERCISE.right_too
def in_one_expression(logits, scores):
    above = np.logaddexp.reduce(logits, axis=2, keepdims=True)
    shares = scores - np.logaddexp.reduce(scores, axis=1, keepdims=True)
    return np.logaddexp.reduce(logits - above + shares[..., None], axis=1)
