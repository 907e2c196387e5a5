"""Gradient of a projective grid with respect to theta, by the quotient rule.

Chapter:     15, Other families of transformations
Difficulty:  3 of 3
Size:        about 12 lines
Check:       pytest --ex projective_grid_backward

For a batch, in both conventions of align_corners. You may assume that the arguments are valid, that the output has two
rows and two columns or more, and that no pixel reads at the horizon or beyond it.
"""

import numpy as np


def projective_grid_backward(d_grid: np.ndarray, theta: np.ndarray, align_corners: bool = False) -> np.ndarray:
    """Gradient of `projective_grid`: d_grid (N, h, w, 2), x before y, to d_theta (N, 3, 3).

    The quotient rule: for the three rows ``d_a = d_x / c``, ``d_b = d_y / c`` and ``d_c = -(x * d_x + y * d_y) / c``,
    each times (x_j, y_i, 1) and summed over the pixels in front of the horizon.
    """
    raise NotImplementedError("your answer goes here")


# Three hints, each more explicit than the one before. Stop as soon as you can go on alone.
HINTS = [
    "Call the three numbers that theta computes from a point a, b and c. The point read is (a / c, b / c). How does "
    "each of these two move when a, b or c changes?",
    "a acts on x alone, by `1 / c`, and b on y alone. c acts on both: by `-a / c**2` on x and by `-b / c**2` on y, "
    "which is `-x / c` and `-y / c`. The gradient with respect to c is the sum of the two, each times its upstream "
    "gradient.",
    "Make `points` of shape `(h * w, 3)` and `a, b, c` as in the forward. With `d_x, d_y` of shape `(N, h * w)`, stack "
    "`d_x / c`, `d_y / c` and `-(d_x * a + d_y * b) / c**2` to `(N, 3, h * w)`: that, `@ points`, is `(N, 3, 3)`. Each "
    "row of theta is then what an affine theta's row would be.",
]
