"""Convert a theta from one align_corners to the other.

Chapter:     12, The same thing in PyTorch
Difficulty:  2 of 3
Size:        about 5 lines
Check:       pytest --ex theta_between_conventions

A transformer was trained with align_corners=True, and its thetas are to be used in a program that has False.
Unconverted, they would read slightly different places. The error is smallest in the middle, so it is easily missed.
"""

import numpy as np


def theta_between_conventions(theta, in_size, out_size):
    """Convert a theta learned with align_corners=True into the one that does the same with False.

    Parameters
    ----------
    theta : (N, 2, 3) array of float32 or float64
        In units in which -1 and 1 are the centres of the outermost pixels, of the input and of the output.
    in_size : (H, W) ints
        Rows and columns of the input; at least 2 each.
    out_size : (h, w) ints
        Rows and columns of the output; at least 2 each.

    Returns
    -------
    (N, 2, 3) array of theta's dtype
        In units in which -1 and 1 are the outer edges: each output pixel reads the same place of the input.

    Notes
    -----
    Convention: theta maps output positions to input positions, ``theta[n] @ (x, y, 1)``.
    """
    raise NotImplementedError("your answer goes here")


# Three hints, each more explicit than the one before. Stop as soon as you can go on alone.
HINTS = [
    "Along one axis of W pixels, what is the coordinate of pixel p if -1 and 1 are the outer pixels' centres (True), "
    "and if they are the picture's edges (False)? Both are measured from the middle, so one is a multiple of the "
    "other.",
    "The coordinate for True is that for False times W / (W - 1). A theta takes the output's coordinates and returns "
    "the input's, so it needs two such factors: one with the output's size, one with the input's.",
    "Multiply the row of x by (W - 1) / W and that of y by (H - 1) / H; then the columns by w / (w - 1), by "
    "h / (h - 1) and by 1.",
]
