"""Wrong answers to `cross_entropy_backward`, and the calls that tell them apart."""

import numpy as np

from stn_numpy import cross_entropy_backward, softmax
from tests.judge import Case, Exercise

rng = np.random.default_rng(0)
TWO = np.log([[1.0, 1, 2], [1, 2, 1]])
FOUR = 2 * rng.standard_normal((4, 5))

EXERCISE = Exercise(
    name="cross_entropy_backward",
    answer="stn_numpy.loss",
    gives=("d_logits",),
    also=("softmax",),
    cases=[
        Case(
            "two images, odds 1 : 1 : 2 and 1 : 2 : 1, and 8 arrives at the loss",
            8.0,
            TWO,
            np.array([0, 1]),
            expected=[[-3, 1, 2], [1, -2, 1]],
        ),
        Case(
            "one image, odds 1 : 2 : 1, the last class is right",
            1.0,
            np.log([[1.0, 2, 1]]),
            np.array([2]),
            expected=[[0.25, 0.5, -0.75]],
        ),
        Case(
            "a large score",
            1.0,
            np.array([[1000.0, 0], [0, 0]]),
            np.array([1, 0]),
            expected=[[0.5, -0.5], [-0.25, 0.25]],
        ),
        Case("four images, five classes", 0.5, FOUR, np.array([0, 4, 2, 2])),
        Case("four images, five classes, in float32", -1.5, FOUR.astype("float32"), np.array([3, 3, 1, 0])),
    ],
)


def _right_class(logits, target):
    """1 at the right class of each image, 0 elsewhere."""
    return np.eye(logits.shape[1], dtype=logits.dtype)[target]


def _plain_softmax(logits):
    exponential = np.exp(logits)
    return exponential / exponential.sum(axis=1, keepdims=True)


@EXERCISE.wrong(
    "Sum for the mean",
    "the loss is the mean over the N images, so each image's gradient is divided by N; yours is that of their sum.",
    "sec-layers-loss",
)
def not_divided(d_loss, logits, target):
    return cross_entropy_backward(d_loss, logits, target) * len(target)


@EXERCISE.wrong(
    "Divided by the classes as well",
    "the loss is the mean over the N images, each of which has one surprise; yours divides by N times K.",
    "sec-layers-loss",
)
def divided_by_all(d_loss, logits, target):
    return cross_entropy_backward(d_loss, logits, target) / logits.shape[1]


@EXERCISE.wrong(
    "Divided by the classes for the images",
    "the loss is the mean over the N images, the rows; yours divides by K, the number of columns.",
    "sec-layers-loss",
)
def divided_by_classes(d_loss, logits, target):
    return cross_entropy_backward(d_loss, logits, target) * len(target) / logits.shape[1]


@EXERCISE.wrong(
    "d_loss is ignored",
    "d_loss is the upstream gradient and multiplies the result; to leave it out is right only where the loss is the "
    "end and d_loss is 1.",
    "sec-layers-chain",
)
def loss_is_the_end(d_loss, logits, target):
    return cross_entropy_backward(1.0, logits, target)


@EXERCISE.wrong(
    "The sign is the wrong way round",
    "the gradient is the prediction minus the target, so it is negative at the right class alone; a step against it "
    "makes the loss smaller.",
    "sec-layers-loss",
)
def other_sign(d_loss, logits, target):
    return -cross_entropy_backward(d_loss, logits, target)


@EXERCISE.wrong(
    "1 is not subtracted",
    "the probabilities are the slope of the logarithm of the sum; the score of the right class also enters the loss, "
    "with a minus, and adds -1 there.",
    "sec-layers-loss",
)
def probabilities_only(d_loss, logits, target):
    return softmax(logits) * logits.dtype.type(d_loss / len(target))


@EXERCISE.wrong(
    "-1 is written over the probability",
    "the gradient at the right class is its probability minus 1; yours assigns the -1, with = for -=, and the "
    "probability is gone.",
    "sec-layers-loss",
)
def probability_overwritten(d_loss, logits, target):
    d_logits = softmax(logits)
    d_logits[np.arange(len(target)), target] = -1
    return d_logits * logits.dtype.type(d_loss / len(target))


@EXERCISE.wrong(
    "The right class has the other sign",
    "the probability comes first at the right class too, and 1 is "
    "taken from it; yours takes the probability from 1, at that class alone.",
    "sec-layers-loss",
)
def other_sign_at_right_class(d_loss, logits, target):
    return cross_entropy_backward(d_loss, logits, target) * (1 - 2 * _right_class(logits, target))


@EXERCISE.wrong(
    "Sigmoid for softmax",
    "the classes of an image share one probability of 1, so each exp is divided by "
    "the sum over the row; a sigmoid judges each score by itself.",
    "sec-layers-loss",
)
def sigmoid(d_loss, logits, target):
    shares = (1 + np.tanh(logits / 2)) / 2
    return (shares - _right_class(logits, target)) * logits.dtype.type(d_loss / len(target))


@EXERCISE.wrong(
    "1 is subtracted in too many places",
    "row n loses 1 at its own class target[n] only, for which the "
    "index needs the row as well as the class; yours subtracts it at every image's class, in all rows.",
    "sec-layers-loss",
)
def every_row(d_loss, logits, target):
    d_logits = softmax(logits)
    d_logits[:, target] -= 1
    return d_logits * logits.dtype.type(d_loss / len(target))


@EXERCISE.wrong(
    "The class's number is subtracted",
    "target holds the numbers of the right classes, and what is "
    "subtracted is 1 at that place in the row; yours subtracts the number itself, from the whole row.",
    "sec-layers-loss",
)
def number_subtracted(d_loss, logits, target):
    return (softmax(logits) - target[:, None].astype(logits.dtype)) * logits.dtype.type(d_loss / len(target))


@EXERCISE.wrong(
    "Only the 1 is divided by N",
    "the whole difference is divided by N, the probabilities too; a pair of brackets may be missing.",
    "sec-layers-loss",
)
def brackets_missing(d_loss, logits, target):
    return (softmax(logits) - _right_class(logits, target) / len(target)) * logits.dtype.type(d_loss)


@EXERCISE.wrong(
    "1 is subtracted before the softmax",
    "the 1 is subtracted from the probability of the right class; "
    "yours takes it from the score, and makes probabilities of that.",
    "sec-layers-loss",
)
def before_softmax(d_loss, logits, target):
    return softmax(logits - _right_class(logits, target)) * logits.dtype.type(d_loss / len(target))


@EXERCISE.wrong(
    "The scores, not their probabilities",
    "the network's predictions are the probabilities, and the 1 is subtracted from them; yours subtracts it from the "
    "scores and leaves the softmax out.",
    "sec-layers-loss",
)
def without_softmax(d_loss, logits, target):
    return (logits - _right_class(logits, target)) * logits.dtype.type(d_loss / len(target))


@EXERCISE.wrong(
    "Logarithms, not probabilities",
    "the logarithm is gone after differentiating, and the gradient holds the probabilities themselves; yours has "
    "their logarithms.",
    "sec-layers-loss",
)
def log_probabilities(d_loss, logits, target):
    shares = np.log(_plain_softmax(logits))
    return (shares - _right_class(logits, target)) * logits.dtype.type(d_loss / len(target))


@EXERCISE.wrong(
    "Only the right class gets a gradient",
    "every score is in the logarithm of the sum, so every class has a slope, its probability; yours is zero at all "
    "but the right one.",
    "sec-layers-loss",
)
def right_class_only(d_loss, logits, target):
    return cross_entropy_backward(d_loss, logits, target) * _right_class(logits, target)


@EXERCISE.wrong(
    "The gradient for the probabilities",
    "-1 / probability is the slope of the logarithm alone, and the way back goes on through the softmax to the scores.",
    "sec-layers-loss",
)
def for_probabilities(d_loss, logits, target):
    return -_right_class(logits, target) / softmax(logits) * logits.dtype.type(d_loss / len(target))


@EXERCISE.wrong(
    "Softmax along the wrong axis",
    "each row is one image, and its probabilities sum to 1 over the classes, axis 1; yours sum to 1 over the images.",
    "sec-layers-loss",
)
def over_images(d_loss, logits, target):
    return (softmax(logits.T.copy()).T - _right_class(logits, target)) * logits.dtype.type(d_loss / len(target))


@EXERCISE.wrong(
    "One sum for the whole batch",
    "each image's probabilities sum to 1 by themselves, so each row is "
    "divided by its own sum; yours divides all by one sum.",
    "sec-layers-loss",
)
def one_sum(d_loss, logits, target):
    shares = softmax(logits.reshape(1, -1)).reshape(logits.shape)
    return (shares - _right_class(logits, target)) * logits.dtype.type(d_loss / len(target))


@EXERCISE.wrong(
    "Large scores overflow",
    "take the largest score of each row from that row before np.exp, which leaves "
    "the probabilities as they are; exp(1000) is too large for a float.",
    "sec-layers-loss",
)
def overflow(d_loss, logits, target):
    return (_plain_softmax(logits) - _right_class(logits, target)) * logits.dtype.type(d_loss / len(target))


@EXERCISE.wrong(
    "One maximum for the whole batch",
    "each row loses its own largest score before np.exp; with the "
    "largest of all, a row of much smaller scores becomes zeros, and 0 / 0.",
    "sec-layers-loss",
)
def one_maximum(d_loss, logits, target):
    shares = _plain_softmax(logits - logits.max())
    return (shares - _right_class(logits, target)) * logits.dtype.type(d_loss / len(target))


@EXERCISE.wrong(
    "Multiplied by the softmax's slope once more",
    "probability less 1 or 0 is already the way back "
    "through both, softmax and logarithm; yours multiplies by p, or by p * (1 - p), as if the softmax "
    "were still to come.",
    "sec-layers-loss",
)
def times_probability(d_loss, logits, target):
    return cross_entropy_backward(d_loss, logits, target) * softmax(logits)


@EXERCISE.wrong(
    "Multiplied by a sigmoid's slope once more",
    "probability less 1 or 0 is already the way back "
    "through both, softmax and logarithm; yours multiplies by p * (1 - p), as if a sigmoid were still to "
    "come.",
    "sec-layers-loss",
)
def times_slope(d_loss, logits, target):
    shares = softmax(logits)
    return cross_entropy_backward(d_loss, logits, target) * shares * (1 - shares)


@EXERCISE.wrong(
    "The gradient of squared errors",
    "for cross-entropy the slope of a score is its probability less 1 "
    "or 0; yours is that of the squared differences, which has a factor of 2 and the softmax's slope.",
    "sec-layers-loss",
)
def squared_errors(d_loss, logits, target):
    shares = softmax(logits)
    apart = 2 * (shares - _right_class(logits, target))
    return shares * (apart - (apart * shares).sum(axis=1, keepdims=True)) * logits.dtype.type(d_loss / len(target))


@EXERCISE.wrong(
    "d_loss divides",
    "d_loss is the upstream gradient and multiplies the result; yours divides by it.",
    "sec-layers-chain",
)
def divided_by_upstream(d_loss, logits, target):
    return cross_entropy_backward(1 / d_loss, logits, target)


@EXERCISE.wrong(
    "1 is subtracted from every class",
    "1 is taken from the probability of the right class alone; yours takes it from all of them.",
    "sec-layers-loss",
)
def from_every_class(d_loss, logits, target):
    return (softmax(logits) - 1) * logits.dtype.type(d_loss / len(target))


@EXERCISE.wrong(
    "1 is subtracted at the class beside",
    "target holds the classes' numbers, counted from 0; yours is one off, and subtracts 1 at the class before or "
    "after the right one.",
    "sec-layers-loss",
)
def class_before(d_loss, logits, target):
    return cross_entropy_backward(d_loss, logits, target - 1 + logits.shape[1] * (target == 0))


@EXERCISE.wrong(
    "The label is smoothed",
    "the right class is right in full, and 1 is subtracted from its "
    "probability; yours subtracts nine tenths and spreads the rest over all classes.",
    "sec-layers-loss",
)
def smoothed(d_loss, logits, target):
    wish = 0.9 * _right_class(logits, target) + 0.1 / logits.shape[1]
    return ((softmax(logits) - wish) * d_loss / len(target)).astype(logits.dtype)


@EXERCISE.wrong(
    "Less than 1 is subtracted",
    "the right class is right in full, and 1 is subtracted from its probability; yours subtracts nine tenths.",
    "sec-layers-loss",
)
def nine_tenths(d_loss, logits, target):
    return ((softmax(logits) - 0.9 * _right_class(logits, target)) * d_loss / len(target)).astype(logits.dtype)


@EXERCISE.wrong(
    "The right class receives nothing",
    "the gradient at the right class is its probability minus 1; yours puts 0 there and leaves the other classes as "
    "they are.",
    "sec-layers-loss",
)
def right_class_zero(d_loss, logits, target):
    return cross_entropy_backward(d_loss, logits, target) * (1 - _right_class(logits, target))


@EXERCISE.wrong(
    "The largest score is taken for the right class",
    "target names the right class, whatever the network predicts; yours subtracts 1 at the largest score.",
    "sec-layers-loss",
)
def largest_for_target(d_loss, logits, target):
    return cross_entropy_backward(d_loss, logits, logits.argmax(axis=1))


@EXERCISE.right_too
def image_by_image(d_loss, logits, target):
    d_logits = np.zeros_like(logits)
    for n, right in enumerate(target):
        odds = np.exp(logits[n] - logits[n].max())
        for k in range(len(odds)):
            d_logits[n, k] = d_loss * (odds[k] / odds.sum() - (k == right)) / len(target)
    return d_logits


@EXERCISE.right_too
def from_log_probabilities(d_loss, logits, target):
    scores = logits.astype("float64")
    shifted = scores - scores.max(axis=-1)[:, None]
    log_shares = shifted - np.log(np.exp(shifted).sum(axis=-1))[:, None]
    hot = np.arange(logits.shape[1]) == target[:, None]
    return (d_loss * (np.exp(log_shares) - hot) / len(logits)).astype(logits.dtype)


@EXERCISE.right_too
def by_odds(d_loss, logits, target):
    """Each probability from the differences of the scores alone."""
    gaps = logits[:, None, :] - logits[:, :, None]
    shares = 1 / np.exp(gaps).sum(axis=2)
    shares[np.arange(len(target)), target] -= 1
    return shares * logits.dtype.type(d_loss / len(target))
