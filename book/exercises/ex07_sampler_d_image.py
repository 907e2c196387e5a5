"""Distribute the output's gradient to the pixels.

Chapter:     7, Backwards through the sampler
Difficulty:  2 of 3
Size:        about 12 lines
Check:       pytest --ex sampler_d_image

Bilinear, zeros outside, for a batch and several channels, in both conventions of align_corners. You may assume that the
arguments are valid and that every point is finite; points may lie far outside.
"""

import numpy as np


def sampler_d_image(d_out, image, grid, align_corners=False):
    """Distribute the gradient of a bilinear sampler's output to the pixels from which the output was mixed.

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
    (N, C, H, W) array of d_out's dtype
        The sum of what each pixel receives from all points that read it; shares of places outside the image are
        dropped.

    Notes
    -----
    Convention: the forward is ``grid_sample(image, grid, "bilinear", "zeros", align_corners)`` of the library.
    Source: Jaderberg et al. 2015, eq. 6.
    """
    raise NotImplementedError("your answer goes here")


# Three hints, each more explicit than the one before. Stop as soon as you can go on alone.
HINTS = [
    "Do not search, for each pixel, the points that read it. Loop over the points: each has four pixels and their "
    "weights, the same as in the forward, and adds weight times `d_out` to each of them.",
    "Convert the grid to pixels first (chapter 3's `to_pixels`), take the floor, as integers, for the left column and "
    "the top row, and leave out each neighbour that lies outside. Many points add to one pixel, so with arrays of "
    "indices `+=` is not enough.",
    "For each of the four pairs `(row, column)`: `weight = (1 - abs(p_x - column)) * (1 - abs(p_y - row))`; `n, i, j "
    "= np.nonzero(inside)`; `share = weight[n, i, j][:, None] * d_out[n, :, i, j]`; `np.add.at(d_image, (n, "
    "slice(None), row[n, i, j], column[n, i, j]), share)`.",
]
