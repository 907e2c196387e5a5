"""Turn the gradient of theta into the gradient of an angle.

Chapter:     8, Backwards through the grid: the gradient of theta
Difficulty:  1 of 3
Size:        about 4 lines
Check:       pytest --ex rotation_theta_backward

From the six numbers of theta to the one angle on which they depend, for a batch. You may assume that the arguments are
valid.
"""

import numpy as np


def rotation_theta_backward(d_theta: np.ndarray, parameters: np.ndarray) -> np.ndarray:
    """Gradient of `rotation_theta`: d_theta (N, 2, 3) to d_parameters (N, 1), loss per radian.

    The angle acts through four entries of theta, and each image has an angle of its own.
    """
    raise NotImplementedError("your answer goes here")


# Three hints, each more explicit than the one before. Stop as soon as you can go on alone.
HINTS = [
    "The angle occurs in four of the six entries of theta. How does each of them change as the angle grows a little?",
    "Differentiate theta entry by entry, multiply each derivative by the entry of `d_theta` in the same place, and "
    "add the products: one number for each image.",
    "The derivative of `[[cos, -sin, 0], [sin, cos, 0]]` is `[[-sin, -cos, 0], [cos, -sin, 0]]`. Collect the entries "
    "of `d_theta` that belong to `cos` and those that belong to `sin`, and return the result as `(N, 1)`.",
]
