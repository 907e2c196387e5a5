"""Find the bug at the border, and fix it.

Chapter:     7, Backwards through the sampler
Difficulty:  1 of 3
Size:        about 1 line
Check:       pytest --ex bug_border_slope

The symptom: a gradient check at random positions, inside and outside, passes. Then a transformer starts at the
identity, with border padding and align_corners=True, and the gradient of one column of its points is far
larger than any slope of the picture. It was so in PyTorch before version 1.5:
https://github.com/pytorch/pytorch/issues/23925
"""

import numpy as np


def bug_border_slope(row, position):
    """Compute how the value that is read changes with the position, in a picture of one row under border padding.

    Parameters
    ----------
    row : (W,) array of float32 or float64
        The pixels' brightness.
    position : (K,) array of row's dtype
        The positions at which the row is read, in pixels: 0 is the centre of the first, W - 1 that of the last.

    Returns
    -------
    (K,) array of row's dtype
        Brightness per pixel.

    Notes
    -----
    Convention: between two pixels the value is mixed from both; beyond the first and the last it stays as it is there.
    Exactly on a pixel there are two slopes, and the one to the right is returned; on the first and on the last pixel it
    is the outer one, which is 0, as torch has it.
    """
    raise NotImplementedError("find the bug, fix it, then delete this line")
    last = len(row) - 1
    moves = (position >= 0) & (position <= last)  # elsewhere the clamp fixes the position
    left = np.floor(np.clip(position, 0, last)).astype(int)
    slope = np.zeros_like(position)
    for neighbour, slope_of_weight in ((left, -1), (left + 1, 1)):
        exists = neighbour <= last
        slope += np.where(exists, slope_of_weight * row[np.minimum(neighbour, last)], 0)
    return np.where(moves, slope, 0)


# Three hints, each more explicit than the one before. Stop as soon as you can go on alone.
HINTS = [
    "Try it on a row of three pixels such as 2, 5, 4, and on positions of every kind: between two pixels, on a pixel, "
    "outside, and on the first and the last.",
    "At position `W - 1` follow both neighbours by hand. Which of them does not exist, which value is used for it, "
    "and what should the result be there?",
    "The slope must be 0 on the first and on the last pixel themselves, not only beyond them. Which comparison "
    "decides that?",
]
