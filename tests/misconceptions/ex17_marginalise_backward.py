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
    "The share for the posterior",
    "a copy's part is its posterior, the share times p(class | copy), over the sum of these; yours takes the share "
    "alone, and a copy that reads the class well gets no more than one that reads it badly.",
    "sec-aerial-copies",
)
def by_share(d_out, logits, scores):
    shares, right, _, _ = parts(d_out, logits, scores)
    return finish(shares[:, :, None] * d_out[:, None], shares, right)


@EXERCISE.wrong(
    "The product is not divided by its sum",
    "the logarithm of the sum divides by the sum: the posterior adds up to 1 over the copies; yours is share times "
    "probability.",
    "sec-aerial-copies",
)
def undivided(d_out, logits, scores):
    shares, right, _, _ = parts(d_out, logits, scores)
    return finish(shares[:, :, None] * right * d_out[:, None], shares, right)


@EXERCISE.wrong(
    "The posterior runs over the classes",
    "for each class the posterior adds up to 1 over the copies; yours adds up to 1 over the classes of each copy.",
    "sec-aerial-copies",
)
def over_classes(d_out, logits, scores):
    shares, right, _, _ = parts(d_out, logits, scores)
    return finish(right * d_out[:, None], shares, right)


@EXERCISE.wrong(
    "All copies count alike",
    "the gradient is divided among the copies by the posterior; yours gives each of them the same part.",
    "sec-aerial-copies",
)
def alike(d_out, logits, scores):
    shares, right, _, _ = parts(d_out, logits, scores)
    part = np.repeat(d_out[:, None], shares.shape[1], axis=1) / shares.dtype.type(shares.shape[1])
    return finish(part, shares, right)


@EXERCISE.wrong(
    "The best copy gets all",
    "every copy receives its part, which is what makes the choice of a direction learnable; yours gives all of it to "
    "the copy with the largest score.",
    "sec-aerial-copies",
)
def best_alone(d_out, logits, scores):
    shares, right, _, _ = parts(d_out, logits, scores)
    best = (scores == scores.max(axis=1, keepdims=True)).astype(scores.dtype)
    return finish(best[:, :, None] * d_out[:, None], shares, right)


@EXERCISE.wrong(
    "The softmax of the scores gives nothing back",
    "what raises one share lowers the others: the shares times the sum of what comes in is taken off; yours leaves the "
    "scores' part as it came.",
    "sec-aerial-copies",
)
def shares_take_nothing(d_out, logits, scores):
    shares, right, _, part = parts(d_out, logits, scores)
    return finish(part, shares, right)[0], part.sum(axis=2)


@EXERCISE.wrong(
    "The softmax of the classes gives nothing back",
    "what raises one class of a copy lowers its others: the probabilities times the sum of what comes in is taken off; "
    "yours leaves the logits' part as it came.",
    "sec-aerial-copies",
)
def classes_take_nothing(d_out, logits, scores):
    shares, right, _, part = parts(d_out, logits, scores)
    return part, finish(part, shares, right)[1]


@EXERCISE.wrong(
    "Neither softmax gives anything back",
    "both log-softmaxes take their mean off: the probabilities times the sum of what comes in; yours hands on the "
    "parts as they came.",
    "sec-aerial-copies",
)
def neither(d_out, logits, scores):
    part = parts(d_out, logits, scores)[3]
    return part, part.sum(axis=2)


@EXERCISE.wrong(
    "A softmax's gradient for a log-softmax's",
    "the outputs are logarithms, so the part comes in as it is; yours multiplies it by the share once more, as if "
    "shares were added and no logarithm were taken.",
    "sec-aerial-copies",
)
def softmax_twice(d_out, logits, scores):
    shares, right, _, part = parts(d_out, logits, scores)
    of_copy = part.sum(axis=2)
    d_scores = shares * (of_copy - (shares * of_copy).sum(axis=1, keepdims=True))
    return right * (part - (right * part).sum(axis=2, keepdims=True)), d_scores


@EXERCISE.wrong(
    "The scores have the wrong sign",
    "for minus a log-probability the gradient of the scores is the share less the posterior; yours is the posterior "
    "less the share, and the best direction would lose.",
    "sec-aerial-copies",
)
def scores_reversed(d_out, logits, scores):
    d_logits, d_scores = marginalise_backward(d_out, logits, scores)
    return d_logits, -d_scores


@EXERCISE.wrong(
    "The logits have the wrong sign",
    "the gradient of the logits is the part less the probabilities times its sum; yours is the other way round.",
    "sec-aerial-copies",
)
def logits_reversed(d_out, logits, scores):
    d_logits, d_scores = marginalise_backward(d_out, logits, scores)
    return -d_logits, d_scores


@EXERCISE.wrong(
    "The scores get nothing",
    "the shares are made of the scores, and through them the directions are learned; yours leaves their gradient at 0.",
    "sec-aerial-copies",
)
def no_scores(d_out, logits, scores):
    d_logits, d_scores = marginalise_backward(d_out, logits, scores)
    return d_logits, 0 * d_scores


@EXERCISE.wrong(
    "The first class alone",
    "the share of a copy is part of every class's sum, so its gradient adds up what comes from all classes; yours has "
    "the first alone.",
    "sec-aerial-copies",
)
def first_class(d_out, logits, scores):
    shares, right, _, part = parts(d_out, logits, scores)
    of_copy = part[:, :, 0]
    return finish(part, shares, right)[0], of_copy - shares * of_copy.sum(axis=1, keepdims=True)


@EXERCISE.wrong(
    "The mean over the classes",
    "the gradient of the scores adds up what comes from the classes; yours takes their mean.",
    "sec-aerial-copies",
)
def mean_of_classes(d_out, logits, scores):
    d_logits, d_scores = marginalise_backward(d_out, logits, scores)
    return d_logits, d_scores / d_scores.dtype.type(d_out.shape[1])


@EXERCISE.wrong(
    "The posterior from the logits as they are",
    "the posterior is the softmax over the copies of log share + log p(class | copy), and log p is the logit less the "
    "logarithm of its copy's sum; yours leaves that sum out.",
    "sec-aerial-copies",
)
def unnormalised(d_out, logits, scores):
    shares, right, *_ = parts(d_out, logits, scores)
    return finish(softmax(logits + scores[:, :, None], axis=1) * d_out[:, None], shares, right)


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
