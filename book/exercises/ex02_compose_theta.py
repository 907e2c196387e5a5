"""Join two thetas into one.

Chapter:     2, The whole transformer in one page
Difficulty:  2 of 3
Size:        about 3 lines
Check:       pytest --ex compose_theta

Two transformers in a row, each with a theta for every image of the batch. You may suppose that the arguments are as
they should be, and that both have the same dtype. Nothing is sampled here: six numbers and six numbers give six.
"""

import numpy as np


def compose_theta(first, second):
    """Join two thetas into the one that does in a single warp what both do in a row.

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
    pictures play no part.
    """
    raise NotImplementedError("your answer goes here")


# Three hints, each saying more than the one before. Stop as soon as you can go on alone.
HINTS = [
    "Follow one output pixel. A pixel of the last picture sits at p. Which of the two thetas does it meet first, "
    "and which point does the other theta get to see?",
    "It meets `second`, and what comes out goes on to `first`: `first` applied to (`second` applied to p). The point "
    "that `first` gets must end in a 1 again, as every point does that a theta is given.",
    "Put the row (0, 0, 1) below each theta of `second`, which makes it `(N, 3, 3)`; `np.concatenate` along axis 1 "
    "does it. Then the answer is `first` @ that, `(N, 2, 3) @ (N, 3, 3)`. Make the row in the dtype of `second`.",
]
