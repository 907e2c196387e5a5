"""The grid of a tilted plane: where each output pixel reads.

Chapter:     15, Other families of transformations
Difficulty:  2 of 3
Size:        about 8 lines
Check:       pytest --ex projective_grid

The projective grid, in both conventions of align_corners. You may assume that the arguments are valid, that the output
has two rows and two columns or more, and that no pixel reads at the horizon or beyond it: the library handles those.
"""

import numpy as np


def projective_grid(theta: np.ndarray, size: tuple, align_corners: bool = False) -> np.ndarray:
    """Compute for each output pixel the point of the input that it shows, under a projective map theta.

    Parameters
    ----------
    theta : (N, 3, 3) array of float32 or float64
        One homography for each image of the batch, in normalised units. Only the ratios of its nine numbers count.
    size, align_corners
        As in `affine_grid`: the shape (N, C, h, w) of the **output**, and what -1 and 1 are.

    Returns
    -------
    (N, h, w, 2) array of theta's dtype
        Points of the input in normalised units, x before y.

    Notes
    -----
    Convention: ``(a, b, c) = theta[n] @ (x_j, y_i, 1)`` and ``grid[n, i, j] = (a / c, b / c)``. Theta maps output
    positions to input positions; the last axis is (x, y), x to the right and y down; the image spans -1 to 1 both ways.
    Where c has another sign than at the output's centre, or is zero, the pixel looks at or behind the horizon: its
    point is ``(+-FAR, +-FAR)``, by the signs of a and b, outside every image, and it passes no gradient. If c is zero
    at the centre, positive is in front. Source: Jaderberg et al. 2015, section 3.2; Hartley and Zisserman, Multiple
    View Geometry, section 2.3.
    """
    raise NotImplementedError("your answer goes here")


# Three hints, each more explicit than the one before. Stop as soon as you can go on alone.
HINTS = [
    "Begin as for an affine theta: the output's own points (x, y, 1). A 3 x 3 theta gives three numbers for each, "
    "where a 2 x 3 theta gave two.",
    "The third number is the distance, and the grid has no room for it. What is twice as far away looks half as large, "
    "in x as well as in y: divide.",
    "With `points` of shape `(h * w, 3)`, `seen = points @ theta.swapaxes(1, 2)` has shape `(N, h * w, 3)`, and "
    "`seen[..., :2] / seen[..., 2:]` is the grid except for its shape. With "
    "`align_corners=False` the pixels are at `(2 * j + 1) / w - 1`, with `True` at `np.linspace(-1, 1, w)`.",
]
