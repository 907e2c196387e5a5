"""Wrong answers to `marginalise_backward`, and the calls that tell them apart."""

import numpy as np

from stn_numpy import marginalise_backward
from tests.judge import Case, Exercise

RNG = np.random.default_rng(0)
LOGITS, SCORES = np.log([[[0.9, 0.1], [0.5, 0.5]]]), np.log([[3.0, 1.0]])

EXERCISE = Exercise(
    name="marginalise_backward",
    answer="stn_numpy.turned_copies",
    gives=("d_logits", "d_scores"),
    also=("_log_joint", "_log_softmax"),
    cases=[
        Case(
            "minus the first class's output; its posteriors are 0.675 / 0.8 and 0.125 / 0.8, the shares 0.75 and 0.25",
            np.array([[-1.0, 0.0]]),
            LOGITS,
            SCORES,
            expected=([[[-0.084375, 0.084375], [-0.078125, 0.078125]]], [[0.75 - 0.84375, 0.25 - 0.15625]]),
        ),
        Case(
            "both classes at once: nothing is left for the scores but what they take", np.ones((1, 2)), LOGITS, SCORES
        ),
        Case(
            "two images, three copies, four classes",
            RNG.normal(size=(2, 4)),
            RNG.normal(size=(2, 3, 4)),
            RNG.normal(size=(2, 3)),
        ),
        Case(
            "the same in float32",
            RNG.normal(size=(3, 2)).astype("float32"),
            RNG.normal(size=(3, 5, 2)).astype("float32"),
            RNG.normal(size=(3, 5)).astype("float32"),
        ),
    ],
)


def softmax(numbers, axis=-1):
    powers = np.exp(numbers - numbers.max(axis=axis, keepdims=True))
    return powers / powers.sum(axis=axis, keepdims=True)


def parts(d_out, logits, scores):
    """Shares (N, K), probabilities (N, K, C), posteriors (N, K, C), and each copy's part of the gradient."""
    shares, right = softmax(scores), softmax(logits)
    joint = shares[:, :, None] * right
    posterior = joint / joint.sum(axis=1, keepdims=True)
    return shares, right, posterior, posterior * d_out[:, None]


def finish(part, shares, right):
    of_copy = part.sum(axis=2)
    d_scores = of_copy - shares * of_copy.sum(axis=1, keepdims=True)
    return part - right * of_copy[:, :, None], d_scores


@EXERCISE.wrong(
    "The share instead of the posterior",
    "your copies receive their shares of the gradient, however well they classify; a copy's part is its posterior, "
    "the share times p(class | copy) divided by the sum of these over the copies.",
    "sec-aerial-copies",
)
def by_share(d_out, logits, scores):
    shares, right, _, _ = parts(d_out, logits, scores)
    return finish(shares[:, :, None] * d_out[:, None], shares, right)


@EXERCISE.wrong(
    "The product is not divided by its sum",
    "your function uses share times probability; the derivative of the logarithm divides by the sum, so that the "
    "posterior adds up to 1 over the copies.",
    "sec-aerial-copies",
)
def undivided(d_out, logits, scores):
    shares, right, _, _ = parts(d_out, logits, scores)
    return finish(shares[:, :, None] * right * d_out[:, None], shares, right)


@EXERCISE.wrong(
    "The posterior is taken over the classes",
    "your posterior adds up to 1 over the classes of each copy; for each class it should add up to 1 over the copies.",
    "sec-aerial-copies",
)
def over_classes(d_out, logits, scores):
    shares, right, _, _ = parts(d_out, logits, scores)
    return finish(right * d_out[:, None], shares, right)


@EXERCISE.wrong(
    "All copies count the same",
    "your function gives every copy the same part of the gradient; the parts should be the posteriors.",
    "sec-aerial-copies",
)
def alike(d_out, logits, scores):
    shares, right, _, _ = parts(d_out, logits, scores)
    part = np.repeat(d_out[:, None], shares.shape[1], axis=1) / shares.dtype.type(shares.shape[1])
    return finish(part, shares, right)


@EXERCISE.wrong(
    "The copy with the largest score gets everything",
    "your function gives the whole gradient to the copy with the largest score; every copy receives its part, which "
    "is what makes the choice of a direction learnable.",
    "sec-aerial-copies",
)
def best_alone(d_out, logits, scores):
    shares, right, _, _ = parts(d_out, logits, scores)
    best = (scores == scores.max(axis=1, keepdims=True)).astype(scores.dtype)
    return finish(best[:, :, None] * d_out[:, None], shares, right)


@EXERCISE.wrong(
    "The softmax of the scores subtracts nothing",
    "your `d_scores` is each copy's part unchanged; a share that rises lowers the others, so subtract the shares "
    "times the sum of the parts.",
    "sec-aerial-copies",
)
def shares_take_nothing(d_out, logits, scores):
    shares, right, _, part = parts(d_out, logits, scores)
    return finish(part, shares, right)[0], part.sum(axis=2)


@EXERCISE.wrong(
    "The softmax of the classes subtracts nothing",
    "your `d_logits` is each copy's part unchanged; a class that rises lowers the others of its copy, so subtract the "
    "probabilities times the sum of the part.",
    "sec-aerial-copies",
)
def classes_take_nothing(d_out, logits, scores):
    shares, right, _, part = parts(d_out, logits, scores)
    return part, finish(part, shares, right)[1]


@EXERCISE.wrong(
    "Neither softmax subtracts anything",
    "your function returns the parts unchanged; the gradient of a log-softmax subtracts its probabilities times the "
    "sum of the upstream gradient, for the scores and for the logits.",
    "sec-aerial-copies",
)
def neither(d_out, logits, scores):
    part = parts(d_out, logits, scores)[3]
    return part, part.sum(axis=2)


@EXERCISE.wrong(
    "A softmax's gradient instead of a log-softmax's",
    "your function multiplies the part by the share or the probability once more, as for a softmax; the outputs are "
    "logarithms, so the part is not multiplied.",
    "sec-aerial-copies",
)
def softmax_twice(d_out, logits, scores):
    shares, right, _, part = parts(d_out, logits, scores)
    of_copy = part.sum(axis=2)
    d_scores = shares * (of_copy - (shares * of_copy).sum(axis=1, keepdims=True))
    return right * (part - (right * part).sum(axis=2, keepdims=True)), d_scores


@EXERCISE.wrong(
    "The scores have the wrong sign",
    "your `d_scores` has the wrong sign, so that the best direction would lose; for minus a log-probability it should "
    "be the share minus the posterior.",
    "sec-aerial-copies",
)
def scores_reversed(d_out, logits, scores):
    d_logits, d_scores = marginalise_backward(d_out, logits, scores)
    return d_logits, -d_scores


@EXERCISE.wrong(
    "The logits have the wrong sign",
    "your `d_logits` has the wrong sign; it should be the part minus the probabilities times the part's sum.",
    "sec-aerial-copies",
)
def logits_reversed(d_out, logits, scores):
    d_logits, d_scores = marginalise_backward(d_out, logits, scores)
    return -d_logits, d_scores


@EXERCISE.wrong(
    "The scores have no gradient",
    "your `d_scores` is 0; the shares come from the scores, and the directions are learned through them.",
    "sec-aerial-copies",
)
def no_scores(d_out, logits, scores):
    d_logits, d_scores = marginalise_backward(d_out, logits, scores)
    return d_logits, 0 * d_scores


@EXERCISE.wrong(
    "Only the first class",
    "your `d_scores` uses the first class alone; the share of a copy is in every class's sum, so add the gradients of "
    "all classes.",
    "sec-aerial-copies",
)
def first_class(d_out, logits, scores):
    shares, right, _, part = parts(d_out, logits, scores)
    of_copy = part[:, :, 0]
    return finish(part, shares, right)[0], of_copy - shares * of_copy.sum(axis=1, keepdims=True)


@EXERCISE.wrong(
    "The mean over the classes",
    "your `d_scores` is the mean over the classes; it should be the sum.",
    "sec-aerial-copies",
)
def mean_of_classes(d_out, logits, scores):
    d_logits, d_scores = marginalise_backward(d_out, logits, scores)
    return d_logits, d_scores / d_scores.dtype.type(d_out.shape[1])


@EXERCISE.wrong(
    "The posterior from unnormalised logits",
    "your posterior is the softmax over the copies of score plus logit; take the log-probability for the "
    "logit, the logit minus the logarithm of its copy's sum.",
    "sec-aerial-copies",
)
def unnormalised(d_out, logits, scores):
    shares, right, *_ = parts(d_out, logits, scores)
    return finish(softmax(logits + scores[:, :, None], axis=1) * d_out[:, None], shares, right)


@EXERCISE.wrong(
    "The sum runs over the copies in `d_logits`",
    "your `d_logits` subtracts the probabilities times the sum over the copies; each copy has a softmax of its own, so "
    "the sum runs over its classes.",
    "sec-aerial-copies",
)
def over_copies(d_out, logits, scores):
    shares, right, _, part = parts(d_out, logits, scores)
    return part - right * part.sum(axis=1, keepdims=True), finish(part, shares, right)[1]


@EXERCISE.right_too
def copy_by_copy(d_out, logits, scores):
    shares, right, posterior, _ = parts(d_out, logits, scores)
    d_logits, d_scores = np.zeros_like(logits), np.zeros_like(scores)
    total = d_out.sum(axis=1)
    for k in range(scores.shape[1]):
        part = posterior[:, k] * d_out
        d_logits[:, k] = part - right[:, k] * part.sum(axis=1, keepdims=True)
        d_scores[:, k] = part.sum(axis=1) - shares[:, k] * total
    return d_logits, d_scores


@EXERCISE.right_too
def by_einsum(d_out, logits, scores):
    shares, right, posterior, _ = parts(d_out, logits, scores)
    of_copy = np.einsum("nkc,nc->nk", posterior, d_out)
    return posterior * d_out[:, None] - right * of_copy[..., None], of_copy - shares * d_out.sum(axis=1, keepdims=True)
