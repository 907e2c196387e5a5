"""Carry a theta from one align_corners to the other.

Chapter:     12, The same thing in PyTorch
Difficulty:  2 of 3
Size:        about 5 lines
Check:       pytest --ex theta_between_conventions

A transformer was trained with align_corners=True, and its thetas are to be used in a program that has False. The same
numbers would look at other places: a little, and least in the middle, so it is easily missed.
"""

import numpy as np


def theta_between_conventions(theta, in_size, out_size):
    """Write a theta that was learned with align_corners=True as the one that does the same with False.

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
        In units in which -1 and 1 are the outer edges: each pixel of the output looks at the same place of the input.

    Notes
    -----
    Convention: theta maps output positions to input positions, ``theta[n] @ (x, y, 1)``.
    """
    raise NotImplementedError("your answer goes here")


# Three hints, each saying more than the one before. Stop as soon as you can go on alone.
HINTS = [
    "Along one axis of W pixels, what is the coordinate of pixel p with centres, and what with edges? Both count from "
    "the middle, so the one is a multiple of the other.",
    "A coordinate with centres is one with edges times W / (W - 1). A theta meets the output's coordinates on its "
    "right, and gives the input's on its left, so two such factors are needed, of two sizes.",
    "Multiply the row of x by (W - 1) / W and that of y by (H - 1) / H; then the columns by w / (w - 1), by "
    "h / (h - 1) and by 1.",
]
