"""Chapter 2's experiment: it trains the program as the program trains itself."""

import numpy as np

from book import by_hand
from book.experiments.whole.rates import CELLS, measure_whole, train_one


def test_it_trains_as_the_program_does():
    """Both networks, to the last bit, and in the program's float type."""
    for own_rate, expected in zip((0.0, by_hand.OWN_RATE), by_hand.train(steps=4, seed=5)[0]):
        weights = train_one(by_hand.RATE, own_rate, seed=5, steps=4)
        for found, same in zip(weights, expected, strict=True):
            assert found.dtype == same.dtype == np.float32 and np.array_equal(found, same)


def test_held_at_the_identity_all_of_the_pose_is_left():
    cell = CELLS[-1] | dict(steps=1)
    found = measure_whole(cell, None)
    assert cell["own_rate"] == 0 and 0.5 < found["test_error"] <= 1
    assert 6 < found["place"] < 8 and 0.15 < found["log_size"] < 0.25 and found["degrees"] == 0
