"""Compute the weights of the four pixels around a point.

Chapter:     4, Reading between pixels: the bilinear sampler
Difficulty:  1 of 3
Size:        about 5 lines
Check:       pytest --ex bilinear_weights

The four products of the bilinear sampler, for any number of points at once. No pixel is read yet, and there is no
padding: a neighbour that does not exist has a weight like any other. Points left of the first column and above the
first row are judged too.
"""

import numpy as np


def bilinear_weights(x, y):
    """Compute the weight of each of the four pixels around a point.

    Parameters
    ----------
    x, y : two arrays of any one shape S, float32 or float64
        Positions in pixels: columns to the right and rows down, whole numbers at the pixels' centres.

    Returns
    -------
    (4, *S) array of x's dtype
        The weights of the upper left, upper right, lower left and lower right neighbour, in this order.

    Notes
    -----
    Convention: the upper left neighbour is the pixel in column floor(x) and row floor(y), whether it exists or not; the
    lower right one is a column and a row further. Source: Jaderberg et al. 2015, eq. 5.
    """
    raise NotImplementedError("your answer goes here")


# Three hints, each more explicit than the one before. Stop as soon as you can go on alone.
HINTS = [
    "Begin with one axis. A point lies between a left and a right neighbour: how far is it to each of them, and how "
    "much does each count? At x = 0.2 the left one should count 0.8.",
    "With `fx = x - np.floor(x)`, the left neighbour has the share `1 - fx` and the right one `fx`, below 0 as well. "
    "The same goes for `fy` and the rows. A pixel's weight is the product of its column's share and its row's.",
    "`return np.stack([(1 - fx) * (1 - fy), ..., ..., ...])`: in the upper right one the column is the right one and "
    "the row still the upper, `fx * (1 - fy)`.",
]
