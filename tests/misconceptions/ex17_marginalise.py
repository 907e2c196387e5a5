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
    "your function averages logarithms, so that a copy that rules a class out rules it out for all; add the "
    "probabilities, and take the logarithm at the end.",
    "sec-aerial-copies",
)
def mean_of_logs(logits, scores):
    return (softmax(scores)[:, :, None] * log_softmax(logits)).sum(axis=1)


@EXERCISE.wrong(
    "The sum of the logarithms",
    "your function adds logarithms over the copies, which multiplies probabilities; take the exponential first, add, "
    "and then take the logarithm, as `np.logaddexp` does.",
    "sec-aerial-copies",
)
def sum_of_logs(logits, scores):
    return (log_softmax(logits) + log_softmax(scores, axis=1)[:, :, None]).sum(axis=1)


@EXERCISE.wrong(
    "The logits are averaged",
    "your function averages the logits; turn each copy's logits into probabilities by a softmax of their own before "
    "you add them.",
    "sec-aerial-copies",
)
def mean_of_logits(logits, scores):
    return (softmax(scores)[:, :, None] * logits).sum(axis=1)


@EXERCISE.wrong(
    "Only the copy with the largest score",
    "your function uses only the copy with the largest score; the sum runs over all copies, so that each has a "
    "gradient.",
    "sec-aerial-copies",
)
def best_alone(logits, scores):
    return log_softmax(logits[np.arange(len(logits)), scores.argmax(axis=1)])


@EXERCISE.wrong(
    "All copies count the same",
    "your function leaves out the scores; a copy's share is the softmax of the scores.",
    "sec-aerial-copies",
)
def alike(logits, scores):
    return log_sum(log_softmax(logits)) - np.log(np.float32(logits.shape[1])).astype(logits.dtype)


@EXERCISE.wrong(
    "The copies are added without shares",
    "your function adds the copies' probabilities without shares, up to a sum of K; the shares of an image add up to "
    "1.",
    "sec-aerial-copies",
)
def without_shares(logits, scores):
    return log_sum(log_softmax(logits))


@EXERCISE.wrong(
    "Scores instead of shares",
    "your function uses the scores without a softmax, so the probabilities do not add up to 1; the shares are the "
    "softmax of the scores.",
    "sec-aerial-copies",
)
def scores_as_they_are(logits, scores):
    return log_sum(log_softmax(logits) + scores[:, :, None])


@EXERCISE.wrong(
    "No softmax over the classes",
    "your function adds the logits themselves to the logarithms of the shares; take the log-softmax of each copy's "
    "logits first.",
    "sec-aerial-copies",
)
def logits_as_they_are(logits, scores):
    return log_sum(logits + log_softmax(scores)[:, :, None])


@EXERCISE.wrong(
    "One softmax over copies and classes",
    "your function applies one softmax to all numbers of an image, so a copy with large logits has a larger share "
    "than its score gives it; the classes of each copy have a softmax of their own.",
    "sec-aerial-copies",
)
def joint_softmax(logits, scores):
    joint = logits + scores[:, :, None]
    return log_sum(log_softmax(joint.reshape(len(joint), -1)).reshape(joint.shape))


@EXERCISE.wrong(
    "The softmax of the classes is taken over the copies",
    "your probabilities add up to 1 over the copies; p(class | copy k) should add up to 1 over the classes of one "
    "copy, the last axis.",
    "sec-aerial-copies",
)
def over_copies(logits, scores):
    return log_sum(log_softmax(logits, axis=1) + log_softmax(scores)[:, :, None])


@EXERCISE.wrong(
    "The softmax of the scores is taken over the images",
    "your shares add up to 1 over the batch; the shares of one image's copies should add up to 1.",
    "sec-aerial-copies",
)
def over_images(logits, scores):
    return log_sum(log_softmax(logits) + log_softmax(scores, axis=0)[:, :, None])


@EXERCISE.wrong(
    "The sum is taken over the classes",
    "your function sums over the classes, the last axis, which leaves the logarithm of each share; sum over the "
    "copies.",
    "sec-aerial-copies",
)
def sum_over_classes(logits, scores):
    return log_sum(log_softmax(logits) + log_softmax(scores)[:, :, None], axis=2)


@EXERCISE.wrong(
    "Probabilities instead of their logarithms",
    "your function returns the sum itself; return its logarithm, since `cross_entropy` takes logits.",
    "sec-aerial-copies",
)
def without_log(logits, scores):
    return np.exp(marginalise(logits, scores))


@EXERCISE.wrong(
    "The sign is wrong",
    "your function returns minus the logarithm, as for a loss; return the logarithm itself, which is negative or 0.",
    "sec-aerial-copies",
)
def negative(logits, scores):
    return -marginalise(logits, scores)


@EXERCISE.wrong(
    "The maximum over the copies",
    "your function takes, for each class, the copy in which share times probability is largest; sum over all copies.",
    "sec-aerial-copies",
)
def largest(logits, scores):
    return (log_softmax(logits) + log_softmax(scores)[:, :, None]).max(axis=1)


@EXERCISE.wrong(
    "The exponentials overflow",
    "your `np.exp` of a large number is infinite, and infinity over infinity is NaN; subtract the largest number "
    "first.",
    "sec-aerial-copies",
)
def overflowing(logits, scores):
    with np.errstate(all="ignore"):
        right = np.exp(logits) / np.exp(logits).sum(axis=2, keepdims=True)
        shares = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
        return np.log((shares[:, :, None] * right).sum(axis=1))


@EXERCISE.wrong(
    "One softmax of the mean logits",
    "your function averages the logits by the shares and takes one softmax; take the softmax of each copy "
    "first and then sum the probabilities.",
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
        "your function adds a small number before the logarithm, so improbable classes all get nearly its "
        "logarithm; compute with logarithms throughout, as `np.logaddexp` does.",
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
