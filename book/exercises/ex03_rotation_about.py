"""Turn a picture about a point of your choice.

Chapter:     3, Where to look: coordinates and the grid
Difficulty:  2 of 3
Size:        about 8 lines
Check:       pytest --ex rotation_about

The picture is square, so a turn in normalised units is a true one. Only theta is judged; no picture is warped. Each
image of the batch has its own angle and its own centre.
"""

import numpy as np


def rotation_about(angle, centre):
    """Make the theta that turns a square picture about a point of your choice.

    Parameters
    ----------
    angle : (N,) array of float32 or float64
        Radians. A positive angle turns the picture counter-clockwise as it is seen.
    centre : (N, 2) array of angle's dtype
        The point that does not move, x before y, in normalised units.

    Returns
    -------
    (N, 2, 3) array of angle's dtype
        One theta for each angle and centre, in normalised units.

    Notes
    -----
    Convention: theta maps output positions to input positions, ``theta[n] @ (x, y, 1)``; a turn about the middle is
    ``[[cos, -sin, 0], [sin, cos, 0]]``.
    """
    raise NotImplementedError("your answer goes here")


# Three hints, each more explicit than the one before. Stop as soon as you can go on alone.
HINTS = [
    "The first two columns are those of a turn about the middle: the directions turn in the same way about any point. "
    "Only the third column is new.",
    "The centre c must stay where it is: `theta @ (c_x, c_y, 1) = c`. With the turn R in the first two columns this "
    "means `R @ c + shift = c`.",
    "`shift = c - R @ c`. For a batch: `R` is `(N, 2, 2)`, and `(R @ centre[:, :, None])[..., 0]` is `R @ c` for "
    "every image; write turn and shift into an array `(N, 2, 3)` of the angle's dtype.",
]
