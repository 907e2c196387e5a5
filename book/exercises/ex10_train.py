"""Train two networks on the same canvases.

Chapter:     10, Training it with nothing but NumPy
Difficulty:  3 of 3
Size:        about 12 lines
Check:       pytest --ex train

The loop. Two copies of the weights see the same canvases: with the first one the localisation network has the rate 0,
so that its transformer stays the identity, and with the second one it learns. The random numbers are drawn in a fixed
order. You may print what you like.
"""

import numpy as np

from book.by_hand import BATCH, OWN_RATE, RATE, digits, first_weights, scatter, training_step


def train(steps=3000, seed=0):
    """Train on the same canvases with a transformer that is held at the identity, and with one that learns.

    Parameters
    ----------
    steps : int
        The number of batches.
    seed : int
        Of ``np.random.default_rng``, from which all random numbers are drawn.

    Returns
    -------
    weights : list of two tuples of eight arrays
        After the last step: with the transformer held at the identity, and with the one that learns.
    losses : (steps, 2) array of float64
        Of every batch, before its step, in the same order.

    Notes
    -----
    Convention: one generator gives first the weights, the same for both, and then for every step
    ``rng.integers(len(images), size=BATCH)``, the digits of the batch, and ``scatter(images[batch], rng)``, the canvas
    and its pose. In step k the rates are RATE and OWN_RATE times ``1 - k / steps``.
    """
    raise NotImplementedError("your answer goes here")


# Three hints, each more explicit than the one before. Stop as soon as you can go on alone.
HINTS = [
    'Before the loop: the training digits, `digits("train")`, one generator, and the first weights twice. In the '
    "loop: one batch, one canvas, and a step for each of the two.",
    "`training_step` returns the new weights and the loss. Keep the weights for the next step, and the loss in row "
    "`step` of an array made by `np.empty((steps, 2))`.",
    "For each step: `batch = rng.integers(len(images), size=BATCH)`, then `canvas, _ = scatter(images[batch], rng)`. "
    "For k and own_rate in (0, 0) and (1, OWN_RATE * left): `weights[k], losses[step, k] = training_step(weights[k], "
    "canvas, labels[batch], RATE * left, own_rate)`, where `left` is `1 - step / steps`.",
]
