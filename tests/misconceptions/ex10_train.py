"""Wrong answers to `train`, and the calls that tell them apart."""

import functools

import numpy as np

from book import by_hand
from book.by_hand import BATCH, OWN_RATE, RATE, first_weights
from tests.judge import Case, Exercise
from tests.judge.remembering import remembered

digits, scatter, training_step = (
    functools.cache(by_hand.digits),
    *map(remembered, (by_hand.scatter, by_hand.training_step)),
)

START = first_weights(np.random.default_rng(0))

EXERCISE = Exercise(
    name="train",
    answer="book.by_hand",
    gives=(*(f"weights[{net}][{k}]" for net in range(2) for k in range(8)), "losses"),
    cases=[
        Case("no step: both networks as `first_weights` gives them", 0, expected=(*START, *START, np.empty((0, 2)))),
        Case("one step", 1),
        Case("two steps, seed 1", 2, seed=1),
        Case("four steps, seed 2", 4, seed=2),
    ],
    smaller={"BATCH": 2},
)


def trained(
    steps,
    seed,
    start=lambda rng: [first_weights(rng)] * 2,
    rates=None,
    pick=None,
    kept=True,
    canvases=1,
    split="train",
    lay=scatter,
    before=(0, 1),
    named=lambda batch: batch,
):
    """The loop with another start, other rates (step, steps, k), another pick of digits or labels, or more canvases."""
    (images, labels), rng = digits(split), np.random.default_rng(seed)
    weights, losses = start(rng), np.empty((steps, 2))
    rates = rates or falling
    pick = pick or (lambda rng, step: rng.integers(len(images), size=BATCH))
    for step in range(steps):
        batch = pick(rng, step)
        laid = [lay(images[batch], rng)[0] for _ in range(canvases)]
        for k in range(2):
            moved, losses[step, k] = training_step(
                weights[before[k]], laid[k % canvases], labels[named(batch)], *rates(step, steps, k)
            )
            weights[k] = moved if kept else weights[k]
    return weights, losses


def falling(step, steps, k):
    """The program's rates."""
    return RATE * (1 - step / steps), k * OWN_RATE * (1 - step / steps)


@EXERCISE.wrong(
    "The rates do not decrease",
    "your rates stay constant; in step k both should be multiplied by `1 - k / steps`, so that the last steps are "
    "small.",
    "sec-training-hand",
)
def constant_rates(steps=3000, seed=0):
    return trained(steps, seed, rates=lambda step, steps, k: (RATE, k * OWN_RATE))


@EXERCISE.wrong(
    "The localisation network's rate does not decrease",
    "your function lowers `RATE` alone; both rates should be multiplied by `1 - k / steps`.",
    "sec-training-hand",
)
def own_rate_constant(steps=3000, seed=0):
    return trained(steps, seed, rates=lambda step, steps, k: (RATE * (1 - step / steps), k * OWN_RATE))


@EXERCISE.wrong(
    "The classifier's rate does not decrease",
    "your function lowers `OWN_RATE` alone; both rates should be multiplied by `1 - k / steps`.",
    "sec-training-hand",
)
def rate_constant(steps=3000, seed=0):
    return trained(steps, seed, rates=lambda step, steps, k: (RATE, k * OWN_RATE * (1 - step / steps)))


@EXERCISE.wrong(
    "The rates decrease one step early",
    "your function counts the steps from 1, so the last step does nothing; the first step is k = 0 and has the full "
    "rates.",
    "sec-training-hand",
)
def one_early(steps=3000, seed=0):
    return trained(steps, seed, rates=lambda step, steps, k: falling(step + 1, steps, k))


@EXERCISE.wrong(
    "The rates reach 0 in the last step",
    "your function divides k by `steps - 1`, so the last step does nothing; the rates are multiplied by `1 - k / "
    "steps`, which is above 0 in every step.",
    "sec-training-hand",
)
def zero_at_the_end(steps=3000, seed=0):
    return trained(steps, seed, rates=lambda step, steps, k: falling(step, max(steps - 1, 1), k))


@EXERCISE.wrong(
    "The rates increase",
    "your rates start at 0 and increase; they should decrease linearly from `RATE` and `OWN_RATE` towards 0, by `1 - "
    "k / steps`.",
    "sec-training-hand",
)
def rising(steps=3000, seed=0):
    return trained(steps, seed, rates=lambda step, steps, k: falling(steps - step, steps, k))


@EXERCISE.wrong(
    "Both transformers learn",
    "your function trains the localisation network in both; in the first of the two its rate should be 0, so that the "
    "transformer stays the identity.",
    "sec-training-pair",
)
def both_learn(steps=3000, seed=0):
    return trained(steps, seed, rates=lambda step, steps, k: falling(step, steps, 1))


@EXERCISE.wrong(
    "Neither transformer learns",
    "your function trains the localisation network in neither; in the second of the two its rate should be `OWN_RATE`.",
    "sec-training-pair",
)
def neither_learns(steps=3000, seed=0):
    return trained(steps, seed, rates=lambda step, steps, k: falling(step, steps, 0))


@EXERCISE.wrong(
    "`RATE` for the localisation network as well",
    "your function trains the localisation network at `RATE`; it has a rate of its own, `OWN_RATE`.",
    "sec-training-pair",
)
def one_rate(steps=3000, seed=0):
    return trained(
        steps, seed, rates=lambda step, steps, k: (falling(step, steps, k)[0], k * falling(step, steps, k)[0])
    )


@EXERCISE.wrong(
    "The one that learns comes first",
    "your function has the transformer that learns first; the one that is held at the identity should come first, in "
    "the weights and in the losses.",
    "sec-training-pair",
)
def exchanged(steps=3000, seed=0):
    weights, losses = trained(steps, seed)
    return weights[::-1], losses[:, ::-1]


@EXERCISE.wrong(
    "Different canvases",
    "your function scatters the digits again for each network; both should get the same canvases, so that only the "
    "transformer differs.",
    "sec-training-pair",
)
def other_canvases(steps=3000, seed=0):
    return trained(steps, seed, canvases=2)


@EXERCISE.wrong(
    "Different first weights",
    "your function draws the first weights again for each network; both should start from the same ones, so that only "
    "the transformer differs.",
    "sec-training-pair",
)
def other_starts(steps=3000, seed=0):
    return trained(steps, seed, start=lambda rng: [first_weights(rng), first_weights(rng)])


@EXERCISE.wrong(
    "The one that learns goes on from the other's weights",
    "your network that learns begins each step with the weights of the one that is held at the identity; each goes on "
    "from its own.",
    "sec-training-hand",
)
def from_the_others_weights(steps=3000, seed=0):
    return trained(steps, seed, before=(0, 0))


@EXERCISE.wrong(
    "Every step starts from the first weights",
    "your function does not keep the weights that `training_step` returns; they are the weights of the next step.",
    "sec-training-hand",
)
def not_kept(steps=3000, seed=0):
    return trained(steps, seed, kept=False)


@EXERCISE.wrong(
    "The seed is not used",
    "your function always uses seed 0; everything random comes from `np.random.default_rng(seed)`, so that another "
    "seed gives another run.",
    "sec-training-hand",
)
def always_zero(steps=3000, seed=0):
    return trained(steps, 0)


@EXERCISE.wrong(
    "A second generator for the weights",
    "your function makes a second generator of the same seed for the weights; one generator should draw the weights "
    "first and then the batches.",
    "sec-training-hand",
)
def second_generator(steps=3000, seed=0):
    return trained(steps, seed, start=lambda rng: [first_weights(np.random.default_rng(seed))] * 2)


@EXERCISE.wrong(
    "A new generator for the canvases of every step",
    "your function gives `scatter` a generator made anew in every step, so that all canvases have the same places and "
    "sizes; one generator draws the weights, the batches and the canvases.",
    "sec-training-hand",
)
def same_places(steps=3000, seed=0):
    return trained(steps, seed, lay=lambda images, rng: scatter(images, np.random.default_rng(seed)))


@EXERCISE.wrong(
    "The labels are not those of the batch",
    "your function takes the first labels in every step; those of a batch are `labels[batch]`.",
    "sec-training-hand",
)
def first_labels(steps=3000, seed=0):
    return trained(steps, seed, named=lambda batch: slice(BATCH))


@EXERCISE.wrong(
    "The two rates are exchanged",
    "your function exchanges the two rates; the classifier's is `RATE`, and the localisation network's `OWN_RATE`.",
    "sec-training-hand",
)
def exchanged_rates(steps=3000, seed=0):
    return trained(
        steps, seed, rates=lambda step, steps, k: (OWN_RATE * (1 - step / steps), k * RATE * (1 - step / steps))
    )


@EXERCISE.wrong(
    "The batches take the digits in order",
    "your function takes the digits in order; a batch is drawn by `rng.integers(len(images), size=BATCH)` and may "
    "contain a digit twice.",
    "sec-training-hand",
)
def in_order(steps=3000, seed=0):
    return trained(steps, seed, pick=lambda rng, step: np.arange(BATCH) + BATCH * step)


@EXERCISE.wrong(
    "The same batch in every step",
    "your function draws one batch before the loop; draw a new one in every step, inside the loop.",
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
    "your function does not return the losses; return them after the weights, since they show whether anything was "
    "learned.",
    "sec-training-hand",
)
def without_losses(steps=3000, seed=0):
    return trained(steps, seed)[0]


@EXERCISE.wrong(
    "One row of losses for each network",
    "your losses have a row for each network; they should have a row for each step and a column for each network.",
    "sec-training-hand",
)
def transposed(steps=3000, seed=0):
    weights, losses = trained(steps, seed)
    return weights, losses.T


@EXERCISE.wrong(
    "No digit twice in a batch",
    "your function draws the digits of a batch without replacement, which gives other numbers; draw them with "
    "`rng.integers(len(images), size=BATCH)`.",
    "sec-training-hand",
)
def without_replacement(steps=3000, seed=0):
    count = len(digits("train")[0])
    return trained(steps, seed, pick=lambda rng, step: rng.choice(count, BATCH, replace=False))


@EXERCISE.wrong(
    "The test digits",
    'your function trains on the test digits, which are kept to measure what was learned; train on `digits("train")`.',
    "sec-training-hand",
)
def on_test_digits(steps=3000, seed=0):
    return trained(steps, seed, split="test")


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
