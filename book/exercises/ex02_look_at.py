"""Look at a window of the picture.

Chapter:     2, The whole transformer in one page
Difficulty:  1 of 3
Size:        about 5 lines
Check:       pytest --ex look_at

One theta for each window, from the place of its middle and its share of the picture's width and height. A window may
reach beyond the edge, and it may be larger than the picture. You may assume that the arguments are valid.
"""

import numpy as np


def look_at(centre, share):
    """Make the theta that shows a window of the picture, from the window's centre and its share of the picture.

    Parameters
    ----------
    centre : (N, 2) array of float32 or float64
        The middle of each window in the input, x before y, in normalised units.
    share : (N, 2) array of centre's dtype
        The share of the picture that each window shows, width before height; 1 is the whole width or height.

    Returns
    -------
    (N, 2, 3) array of centre's dtype
        One theta for each window, in normalised units.

    Notes
    -----
    Convention: theta maps output positions to input positions, ``theta[n] @ (x, y, 1)``; -1 and 1 are the outer edges
    of the picture (``align_corners=False``). A window is not turned.
    """
    raise NotImplementedError("your answer goes here")


# Three hints, each more explicit than the one before. Stop as soon as you can go on alone.
HINTS = [
    "Three points of the output determine everything: its middle (0, 0), the middle of its right edge (1, 0) and the "
    "middle of its lower edge (0, 1). Where in the input should each of them look?",
    "The middle looks at the centre, so the centre is theta's third column. The picture is 2 units wide and the "
    "window `2 * share`; how far is it from the window's middle to its right edge?",
    "`theta[n]` is `[[share_x, 0, x], [0, share_y, y]]`. Begin with `np.zeros((N, 2, 3), centre.dtype)` and fill in "
    "`theta[:, 0, 0]`, `theta[:, 1, 1]` and `theta[:, :, 2]`.",
]
