"""Find the bug that makes the last row and column black.

Chapter:     4, Reading between pixels: the bilinear sampler
Difficulty:  3 of 3
Size:        about 5 lines
Check:       pytest --ex bug_lost_border

The sampler below runs without an error. Given the numbers 0 to 8 as a picture of 3 x 3 pixels, and the grid that
should change nothing, it returns

    0    1.5  0
    4.5  6    0
    0    0    0

A widely read program returned exactly this (https://github.com/tensorflow/models/pull/7559); here it is rebuilt in
our own words. There are two mistakes in it. Once you have fixed one of them, the check names the other.
"""

import numpy as np


def bug_lost_border(image, grid):
    """Read an image at the points of a grid, with the outermost pixels repeated outside.

    Parameters
    ----------
    image : (N, C, H, W) array of float32 or float64
        The images that are read.
    grid : (N, h, w, 2) array of the image's dtype
        The points at which they are read, (x, y) in normalised units; -1 and 1 are the centres of the outermost pixels.

    Returns
    -------
    (N, C, h, w) array of the image's dtype
        Bilinear mixtures of four pixels; a pixel that does not exist is replaced by the nearest one that does.

    Notes
    -----
    Convention: ``grid_sample(image, grid, "bilinear", "border", align_corners=True)`` of the library.
    """
    raise NotImplementedError("find the bug, fix it, then delete this line")
    batch, channels, height, width = image.shape
    x = (grid[:, None, ..., 0] + 1) / 2 * width  # (N, 1, h, w)
    y = (grid[:, None, ..., 1] + 1) / 2 * height
    left, above = np.floor(x), np.floor(y)
    right, below = left + 1, above + 1
    left, right = np.clip(left, 0, width - 1), np.clip(right, 0, width - 1)
    above, below = np.clip(above, 0, height - 1), np.clip(below, 0, height - 1)
    picture = np.arange(batch)[:, None, None, None]
    channel = np.arange(channels)[:, None, None]
    out = np.zeros((batch, channels, *grid.shape[1:3]), image.dtype)
    for row, weight_y in ((above, below - y), (below, y - above)):
        for column, weight_x in ((left, right - x), (right, x - left)):
            out += weight_y * weight_x * image[picture, channel, row.astype(int), column.astype(int)]
    return out


# Three hints, each more explicit than the one before. Stop as soon as you can go on alone.
HINTS = [
    "Follow the picture's upper right pixel, x = 1 and y = -1, on paper: its column x in pixels, then `left` and "
    "`right`, then the two weights. Which of these numbers is the first that is not as it should be?",
    "Two things are wrong along each axis. The centre of the last of three pixels is at 2, so x = 1 must become 2. And "
    "the distances `right - x` and `x - left` are measured to columns that have been moved already.",
    "Scale by `width - 1` and `height - 1`. Keep `left`, `right`, `above` and `below` as they are for the weights, and "
    "clip only what is used as an index, in the line that reads the image.",
]
