"""Join two thetas into one.

Chapter:     2, The whole transformer in one page
Difficulty:  2 of 3
Size:        about 3 lines
Check:       pytest --ex compose_theta

Two transformers in a row, each with a theta for every image of the batch. You may assume that the arguments are valid,
and that both have the same dtype. No picture is sampled here: six numbers and six numbers give six.
"""

import numpy as np


def compose_theta(first, second):
    """Join two thetas into one, whose single warp has the effect of both in a row.

    Parameters
    ----------
    first : (N, 2, 3) array of float32 or float64
        The theta of the transformer that reads the image, in normalised units.
    second : (N, 2, 3) array of first's dtype
        The theta of the transformer that reads the first one's output, in normalised units.

    Returns
    -------
    (N, 2, 3) array of first's dtype
        The theta that leads from the second one's output straight to the image.

    Notes
    -----
    Convention: each theta maps output positions to input positions, ``theta[n] @ (x, y, 1)``. The sizes of the three
    pictures do not matter.
    """
    raise NotImplementedError("your answer goes here")


# Three hints, each more explicit than the one before. Stop as soon as you can go on alone.
HINTS = [
    "Follow one output pixel. A pixel of the last picture sits at p. Which of the two thetas is applied to it first, "
    "and to which point is the other one applied?",
    "`second` is applied first, and `first` to its result: `first` applied to (`second` applied to p). That point "
    "must end in a 1 again, like every point to which a theta is applied.",
    "Put the row (0, 0, 1) below each theta of `second`, which makes it `(N, 3, 3)`; `np.concatenate` along axis 1 "
    "does it. Then the answer is `first` @ that, `(N, 2, 3) @ (N, 3, 3)`. Make the row in the dtype of `second`.",
]
