"""Find the bug that makes the identity enlarge the picture.

Chapter:     4, Reading between pixels: the bilinear sampler
Difficulty:  1 of 3
Size:        about 2 lines
Check:       pytest --ex bug_moved_identity

The sampler below runs without an error, and digits still look like digits after it. But given the numbers 0 to 24 as a
picture of 5 x 5 pixels, and the grid that should change nothing, it returns 0 in the upper left, as it should, and 18
in the lower right, which is off by 6: the picture has been enlarged a little. Such a mistake was in a widely read
program (https://github.com/kevinzakka/spatial-transformer-network/issues/13); here it is rebuilt in our own words.
"""

import numpy as np


def bug_moved_identity(image, grid):
    """Read an image at the points of a grid, with zeros outside.

    Parameters
    ----------
    image : (N, C, H, W) array of float32 or float64
        The images that are read.
    grid : (N, h, w, 2) array of the image's dtype
        The points at which they are read, (x, y) in normalised units; -1 and 1 are the centres of the outermost pixels.

    Returns
    -------
    (N, C, h, w) array of the image's dtype
        Bilinear mixtures of four pixels; a pixel that does not exist counts as 0.

    Notes
    -----
    Convention: ``grid_sample(image, grid, "bilinear", "zeros", align_corners=True)`` of the library.
    """
    raise NotImplementedError("find the bug, fix it, then delete this line")
    batch, channels, height, width = image.shape
    last_column, last_row = width - 1, height - 1
    x = (grid[:, None, ..., 0] + 1) / 2 * (last_column - 1)  # (N, 1, h, w)
    y = (grid[:, None, ..., 1] + 1) / 2 * (last_row - 1)
    picture = np.arange(batch)[:, None, None, None]
    channel = np.arange(channels)[:, None, None]
    out = np.zeros((batch, channels, *grid.shape[1:3]), image.dtype)
    for row in (np.floor(y), np.floor(y) + 1):
        for column in (np.floor(x), np.floor(x) + 1):
            weight = (1 - np.abs(x - column)) * (1 - np.abs(y - row))
            exists = (0 <= column) & (column <= last_column) & (0 <= row) & (row <= last_row)
            near_column = np.clip(column, 0, last_column).astype(int)
            near_row = np.clip(row, 0, last_row).astype(int)
            out += np.where(exists, weight, 0) * image[picture, channel, near_row, near_column]
    return out


# Three hints, each more explicit than the one before. Stop as soon as you can go on alone.
HINTS = [
    "The upper left corner is right, the lower right one is not, and in between the error grows evenly. Which lines "
    "determine the distance between the points, in pixels?",
    "Put x = 1 into the line that computes x, for a picture of 5 columns. In which column should a point at 1 be, and "
    "in which one is it?",
    "`last_column` is `width - 1` already, the number of the last pixel, since the first is number 0. One more is "
    "subtracted after it, for x and for y.",
]
