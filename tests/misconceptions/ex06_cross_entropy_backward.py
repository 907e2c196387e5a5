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
    "The sum instead of the mean",
    "your gradient is that of the sum over the images; the loss is their mean, so divide by N.",
    "sec-layers-loss",
)
def not_divided(d_loss, logits, target):
    return cross_entropy_backward(d_loss, logits, target) * len(target)


@EXERCISE.wrong(
    "Divided by the classes as well",
    "your function divides by N times K; the loss is the mean over the N images, so divide by N alone.",
    "sec-layers-loss",
)
def divided_by_all(d_loss, logits, target):
    return cross_entropy_backward(d_loss, logits, target) / logits.shape[1]


@EXERCISE.wrong(
    "Divided by the classes instead of the images",
    "your function divides by K, the number of columns; the loss is the mean over the N images, the rows.",
    "sec-layers-loss",
)
def divided_by_classes(d_loss, logits, target):
    return cross_entropy_backward(d_loss, logits, target) * len(target) / logits.shape[1]


@EXERCISE.wrong(
    "`d_loss` is ignored",
    "your function leaves out `d_loss`, which is right only where it is 1; it is the upstream gradient and multiplies "
    "the result.",
    "sec-layers-chain",
)
def loss_is_the_end(d_loss, logits, target):
    return cross_entropy_backward(1.0, logits, target)


@EXERCISE.wrong(
    "The sign is wrong",
    "your gradient has the wrong sign; it should be the prediction minus the target, negative at the right class "
    "alone, so that a step against it reduces the loss.",
    "sec-layers-loss",
)
def other_sign(d_loss, logits, target):
    return -cross_entropy_backward(d_loss, logits, target)


@EXERCISE.wrong(
    "1 is not subtracted",
    "your function returns the probabilities, which are the derivative of the logarithm of the sum; the loss also "
    "contains minus the score of the right class, so subtract 1 there.",
    "sec-layers-loss",
)
def probabilities_only(d_loss, logits, target):
    return softmax(logits) * logits.dtype.type(d_loss / len(target))


@EXERCISE.wrong(
    "The gradient of the right score alone",
    "your gradient is -1 at the right class, over N, and zero elsewhere, as if the loss were minus the right score; "
    "the logarithm of the sum belongs to it, too, and its gradient is the probabilities.",
    "sec-layers-loss",
)
def right_score_alone(d_loss, logits, target):
    return -_right_class(logits, target) * logits.dtype.type(d_loss / len(target))


@EXERCISE.wrong(
    "-1 is written over the probability",
    "your function assigns -1 at the right class, with `=` instead of `-=`, and overwrites the probability; the "
    "gradient there should be the probability minus 1.",
    "sec-layers-loss",
)
def probability_overwritten(d_loss, logits, target):
    d_logits = softmax(logits)
    d_logits[np.arange(len(target)), target] = -1
    return d_logits * logits.dtype.type(d_loss / len(target))


@EXERCISE.wrong(
    "The sign at the right class is wrong",
    "your gradient at the right class is 1 minus the probability; it should be the probability minus 1.",
    "sec-layers-loss",
)
def other_sign_at_right_class(d_loss, logits, target):
    return cross_entropy_backward(d_loss, logits, target) * (1 - 2 * _right_class(logits, target))


@EXERCISE.wrong(
    "Sigmoid instead of softmax",
    "your function applies a sigmoid to each score by itself; the probabilities of an image add up to 1, so divide "
    "each `exp` by the sum over the row.",
    "sec-layers-loss",
)
def sigmoid(d_loss, logits, target):
    shares = (1 + np.tanh(logits / 2)) / 2
    return (shares - _right_class(logits, target)) * logits.dtype.type(d_loss / len(target))


@EXERCISE.wrong(
    "1 is subtracted in too many places",
    "your function subtracts 1 at every image's class, in all rows; subtract it in row n at `target[n]` only, for "
    "which the index needs the row as well as the class.",
    "sec-layers-loss",
)
def every_row(d_loss, logits, target):
    d_logits = softmax(logits)
    d_logits[:, target] -= 1
    return d_logits * logits.dtype.type(d_loss / len(target))


@EXERCISE.wrong(
    "The class index is subtracted",
    "your function subtracts the number in `target` from the whole row; that number is the index of the right class, "
    "and 1 is subtracted there.",
    "sec-layers-loss",
)
def number_subtracted(d_loss, logits, target):
    return (softmax(logits) - target[:, None].astype(logits.dtype)) * logits.dtype.type(d_loss / len(target))


@EXERCISE.wrong(
    "Only the probabilities are divided by N",
    "your function divides by N before it subtracts the 1; the mean divides the difference, probability less 1.",
    "sec-layers-loss",
)
def divided_too_early(d_loss, logits, target):
    return d_loss * (softmax(logits) / len(target) - _right_class(logits, target))


@EXERCISE.wrong(
    "p (1 - p) at the right class",
    "your function has `p * (1 - p)` at the right class, the derivative of a sigmoid; softmax and the logarithm "
    "together give `p - 1` there.",
    "sec-layers-loss",
)
def sigmoid_slope(d_loss, logits, target):
    p, right = softmax(logits), _right_class(logits, target)
    return d_loss / len(target) * np.where(right == 1, p * (1 - p), p)


@EXERCISE.wrong(
    "Only the 1 is divided by N",
    "your function divides only the 1 by N, perhaps because brackets are missing; divide the whole difference, "
    "probabilities included.",
    "sec-layers-loss",
)
def brackets_missing(d_loss, logits, target):
    return (softmax(logits) - _right_class(logits, target) / len(target)) * logits.dtype.type(d_loss)


@EXERCISE.wrong(
    "1 is subtracted before the softmax",
    "your function subtracts 1 from the score of the right class and then applies softmax; subtract it from the "
    "probability, after softmax.",
    "sec-layers-loss",
)
def before_softmax(d_loss, logits, target):
    return softmax(logits - _right_class(logits, target)) * logits.dtype.type(d_loss / len(target))


@EXERCISE.wrong(
    "The scores, not their probabilities",
    "your function subtracts 1 from the scores without applying softmax; the network's predictions are the "
    "probabilities, and the 1 is subtracted from those.",
    "sec-layers-loss",
)
def without_softmax(d_loss, logits, target):
    return (logits - _right_class(logits, target)) * logits.dtype.type(d_loss / len(target))


@EXERCISE.wrong(
    "Logarithms, not probabilities",
    "your function uses the logarithms of the probabilities; the derivative of the loss contains the probabilities "
    "themselves.",
    "sec-layers-loss",
)
def log_probabilities(d_loss, logits, target):
    shares = np.log(_plain_softmax(logits))
    return (shares - _right_class(logits, target)) * logits.dtype.type(d_loss / len(target))


@EXERCISE.wrong(
    "Only the right class gets a gradient",
    "your gradient is zero at all classes but the right one; every score is in the logarithm of the sum, so every "
    "class has a gradient, its probability.",
    "sec-layers-loss",
)
def right_class_only(d_loss, logits, target):
    return cross_entropy_backward(d_loss, logits, target) * _right_class(logits, target)


@EXERCISE.wrong(
    "The gradient with respect to the probabilities",
    "your function returns -1 / probability, the derivative of the logarithm alone; the gradient goes on through "
    "softmax to the scores.",
    "sec-layers-loss",
)
def for_probabilities(d_loss, logits, target):
    return -_right_class(logits, target) / softmax(logits) * logits.dtype.type(d_loss / len(target))


@EXERCISE.wrong(
    "Softmax along the wrong axis",
    "your probabilities add up to 1 over the images; each row is one image, and its probabilities should add up to 1 "
    "over the classes, axis 1.",
    "sec-layers-loss",
)
def over_images(d_loss, logits, target):
    return (softmax(logits.T.copy()).T - _right_class(logits, target)) * logits.dtype.type(d_loss / len(target))


@EXERCISE.wrong(
    "One sum for the whole batch",
    "your function divides all rows by one sum; each image's probabilities should add up to 1, so divide each row by "
    "its own sum.",
    "sec-layers-loss",
)
def one_sum(d_loss, logits, target):
    shares = softmax(logits.reshape(1, -1)).reshape(logits.shape)
    return (shares - _right_class(logits, target)) * logits.dtype.type(d_loss / len(target))


@EXERCISE.wrong(
    "Large scores overflow",
    "your `np.exp` of a large score is infinite; subtract the largest score of each row first, which leaves the "
    "probabilities unchanged.",
    "sec-layers-loss",
)
def overflow(d_loss, logits, target):
    return (_plain_softmax(logits) - _right_class(logits, target)) * logits.dtype.type(d_loss / len(target))


@EXERCISE.wrong(
    "One maximum for the whole batch",
    "your function subtracts the largest score of all, so a row of much smaller scores becomes zeros, and 0 / 0 is "
    "NaN; subtract each row's own largest score.",
    "sec-layers-loss",
)
def one_maximum(d_loss, logits, target):
    shares = _plain_softmax(logits - logits.max())
    return (shares - _right_class(logits, target)) * logits.dtype.type(d_loss / len(target))


@EXERCISE.wrong(
    "Multiplied by the probability once more",
    "your function multiplies the gradient by the probability; the probability minus 1 or 0 is already the gradient "
    "through both the logarithm and softmax.",
    "sec-layers-loss",
)
def times_probability(d_loss, logits, target):
    return cross_entropy_backward(d_loss, logits, target) * softmax(logits)


@EXERCISE.wrong(
    "Multiplied by a sigmoid's derivative once more",
    "your function multiplies the gradient by `p * (1 - p)`, the derivative of a sigmoid; the probability minus 1 or "
    "0 is already the gradient through both the logarithm and softmax.",
    "sec-layers-loss",
)
def times_slope(d_loss, logits, target):
    shares = softmax(logits)
    return cross_entropy_backward(d_loss, logits, target) * shares * (1 - shares)


@EXERCISE.wrong(
    "The gradient of squared errors",
    "your function returns the gradient of the squared differences, with a factor of 2 and the derivative of softmax; "
    "for cross-entropy the gradient is the probability minus 1 or 0.",
    "sec-layers-loss",
)
def squared_errors(d_loss, logits, target):
    shares = softmax(logits)
    apart = 2 * (shares - _right_class(logits, target))
    return shares * (apart - (apart * shares).sum(axis=1, keepdims=True)) * logits.dtype.type(d_loss / len(target))


@EXERCISE.wrong(
    "`d_loss` divides",
    "your function divides by `d_loss`; it is the upstream gradient and multiplies the result.",
    "sec-layers-chain",
)
def divided_by_upstream(d_loss, logits, target):
    return cross_entropy_backward(1 / d_loss, logits, target)


@EXERCISE.wrong(
    "1 is subtracted from every class",
    "your function subtracts 1 from the probability of every class; subtract it from that of the right class alone.",
    "sec-layers-loss",
)
def from_every_class(d_loss, logits, target):
    return (softmax(logits) - 1) * logits.dtype.type(d_loss / len(target))


@EXERCISE.wrong(
    "1 is subtracted at the class before",
    "your function subtracts 1 at the class before the right one; `target` holds class indices counted from 0, so use "
    "them as they are.",
    "sec-layers-loss",
)
def class_before(d_loss, logits, target):
    return cross_entropy_backward(d_loss, logits, target - 1 + logits.shape[1] * (target == 0))


@EXERCISE.wrong(
    "The target is smoothed",
    "your function subtracts 0.9 at the right class and 0.1 / K at every class, which is label smoothing; subtract 1 "
    "at the right class.",
    "sec-layers-loss",
)
def smoothed(d_loss, logits, target):
    wish = 0.9 * _right_class(logits, target) + 0.1 / logits.shape[1]
    return ((softmax(logits) - wish) * d_loss / len(target)).astype(logits.dtype)


@EXERCISE.wrong(
    "Less than 1 is subtracted", "your function subtracts 0.9 at the right class; subtract 1.", "sec-layers-loss"
)
def nine_tenths(d_loss, logits, target):
    return ((softmax(logits) - 0.9 * _right_class(logits, target)) * d_loss / len(target)).astype(logits.dtype)


@EXERCISE.wrong(
    "The gradient at the right class is 0",
    "your gradient at the right class is 0; it should be the probability minus 1.",
    "sec-layers-loss",
)
def right_class_zero(d_loss, logits, target):
    return cross_entropy_backward(d_loss, logits, target) * (1 - _right_class(logits, target))


@EXERCISE.wrong(
    "The largest score is taken for the right class",
    "your function subtracts 1 at the largest score; `target` is the right class, whatever the network predicts.",
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
