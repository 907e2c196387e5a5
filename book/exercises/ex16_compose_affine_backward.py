"""Gradients with respect to the two thetas that a theta is composed from.

Chapter:     16, More than one transformer
Difficulty:  2 of 3
Size:        about 4 lines
Check:       pytest --ex compose_affine_backward

Two transformers in series, composed into one theta and applied with a single warp. The warp gives the gradient of the
composed theta, and each of the two localisation networks needs that of its own. You may omit the checks of arguments.
"""

import numpy as np


def compose_affine_backward(
    d_theta: np.ndarray, first: np.ndarray, second: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Gradients of `compose_affine`: d_theta (N, 2, 3) to d_first and d_second (N, 2, 3), loss per normalised unit.

    ``d_first = d_theta @ below(second).T`` with the row (0, 0, 1) below; ``d_second = first[:, :, :2].T @ d_theta``,
    without the shift of `first`.
    """
    raise NotImplementedError("your answer goes here")


# Three hints, each more explicit than the one before. Stop as soon as you can go on alone.
HINTS = [
    "The forward is a product, `first @ below(second)`, where below puts the row (0, 0, 1) under a theta. Chapter 6 "
    "has the backward of a product: each factor's gradient is multiplied by the other factor, transposed.",
    "For `first` that is `d_theta` times the transpose of `below(second)`, (2, 3) times (3, 3). For the whole matrix "
    "`below(second)` it would be the transpose of `first` times `d_theta`, (3, 2) times (2, 3); but its third row is a "
    "constant and needs no gradient.",
    "So `d_second` is `first[:, :, :2].swapaxes(1, 2) @ d_theta`. And `d_first` has two parts: its linear part is "
    "`d_theta @ second.swapaxes(1, 2)`, its shift is the shift of `d_theta`, unchanged; `np.concatenate` along axis 2. "
    "For the pair above, `d_first` has the rows (2.5, 2, 3) and (7, 5, 6), `d_second` (4, 5, 6) and (-1, -2, -3).",
]
