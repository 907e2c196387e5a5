"""Wrong answers to `cross_entropy`, and the calls that tell them apart."""

import numpy as np

from book.by_hand import cross_entropy
from tests.judge import Case, Exercise


def drawn(seed, dtype="float64"):
    rng = np.random.default_rng(seed)
    return rng.normal(0, 2, (5, 3)).astype(dtype), rng.integers(3, size=5)


EXERCISE = Exercise(
    name="cross_entropy",
    answer="book.by_hand",
    gives=("loss",),
    cases=[
        Case(
            "one picture, two equal scores: the probability is 1/2", np.zeros((1, 2)), np.array([0]), expected=np.log(2)
        ),
        Case(
            "two pictures; the right classes have the probabilities 3/4 and 1/4",
            np.log([[3.0, 1], [3, 1]]),
            np.array([0, 1]),
            expected=np.log(16 / 3) / 2,
        ),
        Case(
            "large scores, the right class 1000 below the other", np.array([[1000.0, 0]]), np.array([1]), expected=1000
        ),
        Case("five pictures, three classes", *drawn(0)),
        Case(
            "ten equal scores, another number added to each row",
            np.tile([[5.0], [-3]], 10),
            np.array([9, 0]),
            expected=np.log(10),
        ),
        Case("five pictures, three classes, float32", *drawn(1, "float32")),
    ],
)


def surprises(logits, target):
    """The loss of each picture."""
    return np.logaddexp.reduce(logits, axis=1) - logits[np.arange(len(target)), target]


def probabilities(logits):
    shares = np.exp(logits - logits.max(axis=1, keepdims=True))
    return shares / shares.sum(axis=1, keepdims=True)


@EXERCISE.wrong(
    "The sum for the mean",
    "the loss is the mean over the batch, so that it does not grow with the number of pictures; yours is the sum.",
    "sec-layers-loss",
)
def summed(logits, target):
    return surprises(logits, target).sum()


@EXERCISE.wrong(
    "Every picture's loss",
    "one number is asked for, the mean over the batch; yours has one for each picture.",
    "sec-layers-loss",
)
def not_averaged(logits, target):
    return surprises(logits, target)


@EXERCISE.wrong(
    "The mean over pictures and classes",
    "only the right class of each picture counts, so the sum is divided by N; yours divides by the number of all "
    "scores.",
    "sec-layers-loss",
)
def mean_over_all(logits, target):
    return surprises(logits, target).sum() / logits.dtype.type(logits.size)


@EXERCISE.wrong(
    "Large scores overflow",
    "np.exp(1000) is infinite; subtract each row's largest score first, or let np.logaddexp.reduce take the logarithm "
    "of the sum.",
    "sec-layers-loss",
)
def overflows(logits, target):
    shares = np.exp(logits)
    return -np.log(shares[np.arange(len(target)), target] / shares.sum(axis=1)).mean()


@EXERCISE.wrong(
    "The sign is the wrong way round",
    "a probability is at most 1 and its logarithm is negative, so the loss has a minus before it; yours would grow as "
    "the network gets better.",
    "sec-layers-loss",
)
def negative(logits, target):
    return -cross_entropy(logits, target)


@EXERCISE.wrong(
    "1 less the probability",
    "the loss is -log(p); yours is 1 - p, which is never larger than 1, however sure the mistake is.",
    "sec-layers-loss",
)
def without_logarithm(logits, target):
    return (1 - np.exp(-surprises(logits, target))).mean()


@EXERCISE.wrong(
    "The logarithm of the mean",
    "each picture's logarithm is taken first and averaged then; yours averages the probabilities first.",
    "sec-layers-loss",
)
def mean_first(logits, target):
    return -np.log(np.exp(-surprises(logits, target)).mean())


@EXERCISE.wrong("The binary logarithm", "the natural logarithm is meant, np.log; yours is np.log2.", "sec-layers-loss")
def in_bits(logits, target):
    return cross_entropy(logits, target) / logits.dtype.type(np.log(2))


@EXERCISE.wrong(
    "The largest score for the logarithm of the sum",
    "the loss is log(sum of exp(scores)) less the right score; the largest score alone is only near to that logarithm.",
    "sec-layers-loss",
)
def margin(logits, target):
    return (logits.max(axis=1) - logits[np.arange(len(target)), target]).mean()


@EXERCISE.wrong(
    "The score alone",
    "the loss compares the right score with all scores, as log(sum of exp(scores)) less it; yours leaves the first "
    "term out.",
    "sec-layers-loss",
)
def score_alone(logits, target):
    return -logits[np.arange(len(target)), target].mean()


@EXERCISE.wrong(
    "Softmax over the batch",
    "the probabilities of one picture add up to 1, along axis 1; yours are taken over the pictures, along axis 0.",
    "sec-layers-loss",
)
def over_the_batch(logits, target):
    return -(logits - np.logaddexp.reduce(logits, axis=0))[np.arange(len(target)), target].mean()


@EXERCISE.wrong(
    "All classes count",
    "the surprise at the right class alone is meant; yours averages it over all classes.",
    "sec-layers-loss",
)
def all_classes(logits, target):
    return (np.logaddexp.reduce(logits, axis=1, keepdims=True) - logits).mean()


@EXERCISE.wrong(
    "The wrong classes count as well",
    "cross-entropy over classes has the right class's -log(p) alone; yours adds -log(1 - p) of the others, as for "
    "independent yes-or-no questions.",
    "sec-layers-loss",
)
def wrong_classes_too(logits, target):
    rest = 1 - probabilities(logits)
    rest[np.arange(len(target)), target] = 1
    return (surprises(logits, target) - np.log(np.maximum(rest, 1e-300)).sum(axis=1)).mean()


@EXERCISE.wrong(
    "Squared distance",
    "the loss is -log(p) of the right class; yours is the squared distance between probabilities and the right answer.",
    "sec-layers-loss",
)
def squared(logits, target):
    return np.square(probabilities(logits) - np.eye(logits.shape[1], dtype=logits.dtype)[target]).sum(axis=1).mean()


@EXERCISE.wrong(
    "The last score of each row is taken for the right one",
    "`logits[np.arange(N), target]` picks the score of the right class in each row; yours takes the last column.",
    "sec-layers-loss",
)
def last_class(logits, target):
    return cross_entropy(logits, np.full_like(target, logits.shape[1] - 1))


def clipped(bound):
    """Another way to keep exponentials small."""

    def answer(logits, target):
        return surprises(np.clip(logits, -bound, bound), target).mean()

    return answer


for bound in (50, 100, 500, 700):
    EXERCISE.wrong(
        "The scores are clipped",
        "only differences between scores count, so the largest score of each row is subtracted, and nothing is lost; "
        "yours cuts large scores off, and with them the loss.",
        "sec-layers-loss",
    )(clipped(bound))


@EXERCISE.right_too
def picture_by_picture(logits, target):
    total = 0.0
    for row, right in zip(logits, target):
        total += row.max() + np.log(sum(np.exp(score - row.max()) for score in row)) - row[right]
    return total / len(target)


@EXERCISE.right_too
def by_logarithms_of_probabilities(logits, target):
    shifted = logits - logits.max(axis=1, keepdims=True)
    logarithms = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return -np.mean(logarithms[range(len(target)), target])
