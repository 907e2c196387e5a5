"""Chapter 2's figures: `book/by_hand.py` with several seeds, and its classifier alone at several learning rates."""

import numpy as np

from book import by_hand
from book.experiments.engine import Experiment

STEPS = 3000
SEEDS = range(3)
RATES = (0.03, 0.1, 0.3, 1.0, 3.0)  # of the classifier alone; 0.3 is the program's

CELLS = [
    *(dict(rate=by_hand.RATE, own_rate=by_hand.OWN_RATE, steps=STEPS, seed=seed) for seed in SEEDS),
    *(dict(rate=rate, own_rate=0.0, steps=STEPS, seed=seed) for rate in RATES for seed in SEEDS),
]


def train_one(rate, own_rate, seed, steps):
    """Train one of the program's two networks on the program's canvases; own_rate 0 freezes theta at the identity."""
    (images, labels), rng = by_hand.digits("train"), np.random.default_rng(seed)
    weights = by_hand.first_weights(rng)
    for step in range(steps):
        left = 1 - step / steps  # a Python float: NumPy's would make the weights float64
        batch = rng.integers(len(images), size=by_hand.BATCH)
        canvas, _ = by_hand.scatter(images[batch], rng)
        weights, _ = by_hand.training_step(weights, canvas, labels[batch], rate * left, own_rate * left)
    return weights


def measure_whole(cell, context):
    """Train and measure one cell: the test error, and the pose that remains."""
    weights = train_one(cell["rate"], cell["own_rate"], cell["seed"], cell["steps"])
    images, labels = by_hand.digits("test")
    canvas, pose = by_hand.scatter(images, np.random.default_rng(1))
    seen, _, theta = by_hand.transform(canvas, weights[:4])
    answers = by_hand.network(seen.reshape(len(seen), -1), weights[4:]).argmax(axis=1)
    place, log_size, degrees = by_hand.pose_left(pose, theta)
    return dict(test_error=np.mean(answers != labels), place=place, log_size=log_size, degrees=degrees)


EXPERIMENT = Experiment("by_hand_rates", 2, CELLS, measure_whole)
