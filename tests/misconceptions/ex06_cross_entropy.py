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
        Case(
            "large scores of one picture, small ones of the other",
            np.array([[1000.0, 1000], [0, 0]]),
            np.array([0, 1]),
            expected=np.log(2),
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
    "The sum instead of the mean",
    "your loss is the sum over the batch; it has to be the mean, which does not grow with the number of pictures.",
    "sec-layers-loss",
)
def summed(logits, target):
    return surprises(logits, target).sum()


@EXERCISE.wrong(
    "One loss for each picture",
    "your function returns a loss for each picture; the result should be one number, the mean over the batch.",
    "sec-layers-loss",
)
def not_averaged(logits, target):
    return surprises(logits, target)


@EXERCISE.wrong(
    "The mean over pictures and classes",
    "your function divides by the number of all scores; only the right class of each picture counts, so divide the "
    "sum by N.",
    "sec-layers-loss",
)
def mean_over_all(logits, target):
    return surprises(logits, target).sum() / logits.dtype.type(logits.size)


@EXERCISE.wrong(
    "Large scores overflow",
    "your `np.exp` of a large score is infinite; subtract each row's largest score first, or use "
    "`np.logaddexp.reduce` for the logarithm of the sum.",
    "sec-layers-loss",
)
def overflows(logits, target):
    shares = np.exp(logits)
    return -np.log(shares[np.arange(len(target)), target] / shares.sum(axis=1)).mean()


@EXERCISE.wrong(
    "One maximum for the whole batch",
    "your function subtracts the largest score of all, so a row of much smaller scores becomes zeros, and their "
    "logarithm is infinite; subtract each row's own largest score.",
    "sec-layers-loss",
)
def one_maximum(logits, target):
    lower = logits - logits.max()
    return (np.log(np.exp(lower).sum(axis=1)) - lower[np.arange(len(target)), target]).mean()


@EXERCISE.wrong(
    "The sign is wrong",
    "your loss has the wrong sign and would grow as the network gets better; a probability is at most 1 and its "
    "logarithm negative, so the loss is minus that.",
    "sec-layers-loss",
)
def negative(logits, target):
    return -cross_entropy(logits, target)


@EXERCISE.wrong(
    "1 minus the probability",
    "your loss is 1 - p, which is never larger than 1 however sure the network is of a wrong class; it has to be "
    "-log(p).",
    "sec-layers-loss",
)
def without_logarithm(logits, target):
    return (1 - np.exp(-surprises(logits, target))).mean()


@EXERCISE.wrong(
    "The logarithm of the mean",
    "your function averages the probabilities and then takes the logarithm; take each picture's logarithm first and "
    "then the mean.",
    "sec-layers-loss",
)
def mean_first(logits, target):
    return -np.log(np.exp(-surprises(logits, target)).mean())


@EXERCISE.wrong(
    "The binary logarithm",
    "your function uses `np.log2`; it has to be the natural logarithm, `np.log`.",
    "sec-layers-loss",
)
def in_bits(logits, target):
    return cross_entropy(logits, target) / logits.dtype.type(np.log(2))


@EXERCISE.wrong(
    "The largest score instead of the logarithm of the sum",
    "your function subtracts the right score from the largest, which is only close to the logarithm of the sum of "
    "exp(scores); use that logarithm.",
    "sec-layers-loss",
)
def margin(logits, target):
    return (logits.max(axis=1) - logits[np.arange(len(target)), target]).mean()


@EXERCISE.wrong(
    "Only the right score",
    "your loss is minus the right score, which ignores all the others; it should be log(sum of exp(scores)) minus the "
    "right score.",
    "sec-layers-loss",
)
def score_alone(logits, target):
    return -logits[np.arange(len(target)), target].mean()


@EXERCISE.wrong(
    "Softmax over the batch",
    "your softmax is taken over the pictures, along axis 0; the probabilities of one picture should add up to 1, "
    "along axis 1.",
    "sec-layers-loss",
)
def over_the_batch(logits, target):
    return -(logits - np.logaddexp.reduce(logits, axis=0))[np.arange(len(target)), target].mean()


@EXERCISE.wrong(
    "All classes are averaged",
    "your function averages -log(p) over all classes; only that of the right class should count.",
    "sec-layers-loss",
)
def all_classes(logits, target):
    return (np.logaddexp.reduce(logits, axis=1, keepdims=True) - logits).mean()


@EXERCISE.wrong(
    "The wrong classes count as well",
    "your function adds -log(1 - p) of the wrong classes, as for independent yes-or-no questions; cross-entropy over "
    "classes is -log(p) of the right class alone.",
    "sec-layers-loss",
)
def wrong_classes_too(logits, target):
    rest = 1 - probabilities(logits)
    rest[np.arange(len(target)), target] = 1
    return (surprises(logits, target) - np.log(np.maximum(rest, 1e-300)).sum(axis=1)).mean()


@EXERCISE.wrong(
    "The squared distance",
    "your loss is the squared distance between the probabilities and the target; it has to be -log(p) of the right "
    "class.",
    "sec-layers-loss",
)
def squared(logits, target):
    return np.square(probabilities(logits) - np.eye(logits.shape[1], dtype=logits.dtype)[target]).sum(axis=1).mean()


@EXERCISE.wrong(
    "The last class is taken for the right one",
    "your function takes the last score of each row; `logits[np.arange(N), target]` takes the score of the right "
    "class.",
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
        "your function limits large scores, and so the loss; subtract the largest score of each row instead, "
        "which loses nothing, since only differences between scores count.",
        "sec-layers-loss",
    )(clipped(bound))


@EXERCISE.wrong(
    "The largest class instead of the right one",
    "your loss is that of the class with the largest score, whatever the target; take the score of the right class, "
    "`logits[np.arange(N), target]`.",
    "sec-layers-loss",
)
def largest_class(logits, target):
    return surprises(logits, logits.argmax(axis=1)).mean()


@EXERCISE.wrong(
    "A sigmoid for each class",
    "your function treats each class as a yes-or-no question of its own, as binary cross-entropy does; the classes "
    "exclude each other, so take one softmax over all of them.",
    "sec-layers-loss",
)
def binary(logits, target):
    rows = np.arange(len(target))
    return (np.logaddexp(0, logits).sum(axis=1) - logits[rows, target]).mean()


@EXERCISE.wrong(
    "A sigmoid for each class",
    "your function treats each class as a yes-or-no question of its own, as binary cross-entropy does; the classes "
    "exclude each other, so take one softmax over all of them.",
    "sec-layers-loss",
)
def binary_mean(logits, target):
    return (binary(logits, target) / logits.shape[1]).astype(logits.dtype)


def with_a_small_number(small):
    """Another way to keep the logarithm finite."""

    def answer(logits, target):
        right = probabilities(logits)[np.arange(len(target)), target]
        return -np.log(right + logits.dtype.type(small)).mean()

    return answer


for small in (1e-6, 1e-7, 1e-8, 1e-10, 1e-12):
    EXERCISE.wrong(
        "A small number is added before the logarithm",
        "your function adds a small number to the probability, which limits the loss where it should be large; use the "
        "logarithm of the sum minus the score, where no probability is needed.",
        "sec-layers-loss",
    )(with_a_small_number(small))


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
