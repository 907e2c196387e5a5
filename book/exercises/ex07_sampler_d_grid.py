"""Compute the gradient of each point of the grid.

Chapter:     7, Backwards through the sampler
Difficulty:  3 of 3
Size:        about 14 lines
Check:       pytest --ex sampler_d_grid

Bilinear, zeros outside, for a batch and several channels, in both conventions of align_corners. You may assume that the
arguments are valid and that every point is finite; points may lie far outside, and none of those that are judged lies
on a whole pixel.
"""

import numpy as np


def sampler_d_grid(d_out, image, grid, align_corners=False):
    """Compute how the loss changes as each point of a bilinear sampler's grid moves.

    Parameters
    ----------
    d_out : (N, C, h, w) array of float32 or float64
        Gradient of the loss with respect to the output.
    image : (N, C, H, W) array of d_out's dtype
        The images that the forward read.
    grid : (N, h, w, 2) array of d_out's dtype
        The points at which they were read: finite points (x, y) in normalised units.
    align_corners : bool
        Whether -1 and 1 are the centres of the outermost pixels (True) or the outer edges of the image (False).

    Returns
    -------
    (N, h, w, 2) array of d_out's dtype
        Loss per normalised unit, x before y.

    Notes
    -----
    Convention: the forward is ``grid_sample(image, grid, "bilinear", "zeros", align_corners)`` of the library. Exactly
    on a whole pixel the slope to the right and downwards is taken. Source: Jaderberg et al. 2015, eq. 7.
    """
    raise NotImplementedError("your answer goes here")


# Three hints, each more explicit than the one before. Stop as soon as you can go on alone.
HINTS = [
    "The gradient of a point does not depend on how bright its output pixel is, only on differences of neighbours. "
    "Write out the slope in x and the one in y for one point, from its four pixels.",
    "The slope in x is the upper difference, right less left, times `(1 - f_y)`, plus the lower one times `f_y`; y "
    "likewise with `f_x`. A neighbour outside counts as 0, and -1 is outside, though NumPy reads the last pixel "
    "there. Then each channel's slope is multiplied by its own `d_out`, and the channels are added.",
    "That is the gradient per pixel. One normalised unit is `W / 2` pixels in x and `H / 2` in y; with "
    "`align_corners=True` it is `(W - 1) / 2` and `(H - 1) / 2`. Multiply x by the one and y by the other, and stack "
    "them with x first: `(N, h, w, 2)`. An array of floats less an array of whole numbers, as in `f_x`, is float64, so "
    "end with `.astype(d_out.dtype)`.",
]
