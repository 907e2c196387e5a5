"""Wrong answers to `train`, and the calls that tell them apart."""

import numpy as np

from book.by_hand import BATCH, OWN_RATE, RATE, digits, first_weights, scatter, train, training_step
from tests.judge import Case, Exercise

START = first_weights(np.random.default_rng(0))

EXERCISE = Exercise(
    name="train",
    answer="book.by_hand",
    gives=(*(f"weights[{net}][{k}]" for net in range(2) for k in range(8)), "losses"),
    cases=[
        Case("no step: both networks as `first_weights` gives them", 0, expected=(*START, *START, np.empty((0, 2)))),
        Case("one step", 1),
        Case("three steps, seed 1", 3, seed=1),
        Case("four steps, seed 2", 4, seed=2),
    ],
)


def trained(steps, seed, start=lambda rng: [first_weights(rng)] * 2, rates=None, pick=None, kept=True, canvases=1):
    """The loop with another start, other rates (step, steps, k), another pick of digits, or more canvases."""
    (images, labels), rng = digits("train"), np.random.default_rng(seed)
    weights, losses = start(rng), np.empty((steps, 2))
    rates = rates or falling
    pick = pick or (lambda rng, step: rng.integers(len(images), size=BATCH))
    for step in range(steps):
        batch = pick(rng, step)
        laid = [scatter(images[batch], rng)[0] for _ in range(canvases)]
        for k in range(2):
            moved, losses[step, k] = training_step(
                weights[k], laid[k % canvases], labels[batch], *rates(step, steps, k)
            )
            weights[k] = moved if kept else weights[k]
    return weights, losses


def falling(step, steps, k):
    """The program's rates."""
    return RATE * (1 - step / steps), k * OWN_RATE * (1 - step / steps)


@EXERCISE.wrong(
    "The rates do not fall",
    "in step k both rates are multiplied with 1 - k / steps, so that the last steps are small; yours stay as they are.",
    "sec-training-hand",
)
def constant_rates(steps=3000, seed=0):
    return trained(steps, seed, rates=lambda step, steps, k: (RATE, k * OWN_RATE))


@EXERCISE.wrong(
    "The localisation network's rate does not fall",
    "both rates are multiplied with 1 - k / steps; yours lowers RATE alone.",
    "sec-training-hand",
)
def own_rate_constant(steps=3000, seed=0):
    return trained(steps, seed, rates=lambda step, steps, k: (RATE * (1 - step / steps), k * OWN_RATE))


@EXERCISE.wrong(
    "The classifier's rate does not fall",
    "both rates are multiplied with 1 - k / steps; yours lowers OWN_RATE alone.",
    "sec-training-hand",
)
def rate_constant(steps=3000, seed=0):
    return trained(steps, seed, rates=lambda step, steps, k: (RATE, k * OWN_RATE * (1 - step / steps)))


@EXERCISE.wrong(
    "The rates fall one step early",
    "the first step, k = 0, has the full rates; yours counts from 1, and its last step does nothing.",
    "sec-training-hand",
)
def one_early(steps=3000, seed=0):
    return trained(steps, seed, rates=lambda step, steps, k: falling(step + 1, steps, k))


@EXERCISE.wrong(
    "The rates rise",
    "the rates fall evenly from RATE and OWN_RATE towards 0, 1 - k / steps; yours begin at 0.",
    "sec-training-hand",
)
def rising(steps=3000, seed=0):
    return trained(steps, seed, rates=lambda step, steps, k: falling(steps - step, steps, k))


@EXERCISE.wrong(
    "Both transformers learn",
    "in the first of the two the localisation network has the rate 0, so that its transformer stays the identity; "
    "yours learns in both.",
    "sec-training-pair",
)
def both_learn(steps=3000, seed=0):
    return trained(steps, seed, rates=lambda step, steps, k: falling(step, steps, 1))


@EXERCISE.wrong(
    "Neither transformer learns",
    "in the second of the two the localisation network has the rate OWN_RATE; yours has 0 in both.",
    "sec-training-pair",
)
def neither_learns(steps=3000, seed=0):
    return trained(steps, seed, rates=lambda step, steps, k: falling(step, steps, 0))


@EXERCISE.wrong(
    "RATE for the localisation network as well",
    "the localisation network has a rate of its own, OWN_RATE, a tenth of RATE; yours moves it at RATE.",
    "sec-training-pair",
)
def one_rate(steps=3000, seed=0):
    return trained(
        steps, seed, rates=lambda step, steps, k: (falling(step, steps, k)[0], k * falling(step, steps, k)[0])
    )


@EXERCISE.wrong(
    "The one that learns comes first",
    "the one with the transformer held at the identity comes first, in the weights and in the losses; yours has them "
    "the other way round.",
    "sec-training-pair",
)
def exchanged(steps=3000, seed=0):
    weights, losses = train(steps, seed)
    return weights[::-1], losses[:, ::-1]


@EXERCISE.wrong(
    "Different canvases",
    "both see the same canvases, so that only the transformer differs; yours scatters the digits anew for each.",
    "sec-training-pair",
)
def other_canvases(steps=3000, seed=0):
    return trained(steps, seed, canvases=2)


@EXERCISE.wrong(
    "Different first weights",
    "both start from the same weights, so that only the transformer differs; yours draws them anew for each.",
    "sec-training-pair",
)
def other_starts(steps=3000, seed=0):
    return trained(steps, seed, start=lambda rng: [first_weights(rng), first_weights(rng)])


@EXERCISE.wrong(
    "Every step starts from the first weights",
    "the weights that `training_step` returns are those of the next step; yours are not kept.",
    "sec-training-hand",
)
def not_kept(steps=3000, seed=0):
    return trained(steps, seed, kept=False)


@EXERCISE.wrong(
    "The seed plays no part",
    "everything random comes from np.random.default_rng(seed), so that another seed gives another run; yours always "
    "takes 0.",
    "sec-training-hand",
)
def always_zero(steps=3000, seed=0):
    return train(steps, 0)


@EXERCISE.wrong(
    "A generator of their own for the weights",
    "one generator gives the weights first and then the batches; yours makes a second one of the same seed for the "
    "weights.",
    "sec-training-hand",
)
def second_generator(steps=3000, seed=0):
    return trained(steps, seed, start=lambda rng: [first_weights(np.random.default_rng(seed))] * 2)


@EXERCISE.wrong(
    "The batches go through the digits in order",
    "a batch is drawn by rng.integers(len(images), size=BATCH), with a digit perhaps twice; yours takes the digits in "
    "their order.",
    "sec-training-hand",
)
def in_order(steps=3000, seed=0):
    return trained(steps, seed, pick=lambda rng, step: np.arange(BATCH) + BATCH * step)


@EXERCISE.wrong(
    "The same batch in every step",
    "a new batch is drawn in every step, inside the loop; yours draws one before it.",
    "sec-training-hand",
)
def one_batch(steps=3000, seed=0):
    drawn = []

    def pick(rng, step):
        drawn.append(drawn[0] if drawn else rng.integers(len(digits("train")[1]), size=BATCH))
        return drawn[0]

    return trained(steps, seed, pick=pick)


@EXERCISE.wrong(
    "The losses are not returned",
    "the losses are returned after the weights; without them one cannot see whether anything was learned.",
    "sec-training-hand",
)
def without_losses(steps=3000, seed=0):
    return train(steps, seed)[0]


@EXERCISE.wrong(
    "One row of losses for each network",
    "losses has a row for each step and a column for each of the two; yours is transposed.",
    "sec-training-hand",
)
def transposed(steps=3000, seed=0):
    weights, losses = train(steps, seed)
    return weights, losses.T


@EXERCISE.wrong(
    "No digit twice in a batch",
    "the digits of a batch are rng.integers(len(images), size=BATCH), which may draw one twice; yours draws without "
    "replacement, and so other numbers.",
    "sec-training-hand",
)
def without_replacement(steps=3000, seed=0):
    count = len(digits("train")[0])
    return trained(steps, seed, pick=lambda rng, step: rng.choice(count, BATCH, replace=False))


@EXERCISE.right_too
def one_after_the_other(steps=3000, seed=0):
    """The canvases of all steps first."""
    (images, labels), rng = digits("train"), np.random.default_rng(seed)
    start, batches = first_weights(rng), []
    for _ in range(steps):
        batch = rng.integers(len(images), size=BATCH)
        batches.append((scatter(images[batch], rng)[0], labels[batch]))
    found, columns = [], np.zeros((2, steps))
    for k in range(2):
        weights = start
        for step, (canvas, target) in enumerate(batches):
            weights, columns[k, step] = training_step(weights, canvas, target, *falling(step, steps, k))
        found.append(weights)
    return found, columns.T.copy()


@EXERCISE.right_too
def in_a_tuple(steps=3000, seed=0):
    weights, losses = trained(steps, seed)
    return tuple(weights), losses
