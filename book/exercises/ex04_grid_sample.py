"""Read an image at the points of a grid.

Chapter:     4, Reading between pixels: the bilinear sampler
Difficulty:  3 of 3
Size:        about 20 lines
Check:       pytest --ex grid_sample

The sampler itself, for a batch of images of several channels. Only mode="bilinear" and padding_mode="zeros" are judged,
with both meanings of align_corners; you may ignore the other modes. You may assume that the arguments are valid and
that every point is finite; errors are not judged.
"""

import numpy as np


def grid_sample(
    image: np.ndarray,
    grid: np.ndarray,
    mode: str = "bilinear",
    padding_mode: str = "zeros",
    align_corners: bool = False,
) -> np.ndarray:
    """Read an image at the points of a grid.

    Parameters
    ----------
    image : (N, C, H, W) array of float32 or float64
        The images that are read.
    grid : (N, h, w, 2) array of the image's dtype
        The points at which they are read, (x, y) in normalised units.
    mode : {"bilinear", "nearest", "bicubic"}
        A value is a mixture of 4, 1 or 16 pixels.
    padding_mode : {"zeros", "border", "reflection"}
        What is read outside the image: zeros, the nearest edge pixel, or the image mirrored.
    align_corners : bool
        Whether -1 and 1 are the centres of the outermost pixels (True) or the outer edges of the image (False).

    Returns
    -------
    (N, C, h, w) array of the image's dtype
        All channels of an image are read at the same points.

    Notes
    -----
    Convention: the grid's last axis is (x, y), x to the right and y down. A NaN coordinate makes only its own output
    pixel NaN; so does an infinite one under "reflection". Elsewhere infinite points are simply far outside.
    Source: Jaderberg et al. 2015, eqs. 3 to 5; names, defaults and the pixel conventions are torch's.
    """
    raise NotImplementedError("your answer goes here")


# Three hints, each more explicit than the one before. Stop as soon as you can go on alone.
HINTS = [
    "Three steps: from normalised units to pixels, the four neighbours and their weights, the sum. Begin with one "
    "image of one channel, one point and plain loops; that is a right answer too, even if it is slow.",
    "The point `grid[n, i, j]` is (x, y). In pixels, x is `(x + 1) / 2 * (W - 1)` for centres and `((x + 1) * W - 1) "
    "/ 2` for edges; y the same with H. The left column is `np.floor` of that, and the weights are those of "
    "`bilinear_weights`. A neighbour counts only if `0 <= row < H` and `0 <= column < W`: -1 is a valid index for "
    "Python, and must not be used.",
    "Without loops over points: `left = np.floor(x)`, of shape `(N, h, w)`. For each of the four `(row, column, "
    "weight)`: `exists = (0 <= row) & (row < H) & (0 <= column) & (column < W)`; clip `row` and `column` into the "
    "image and make them `int`; then `out[n] += image[n][:, row[n], column[n]] * np.where(exists, weight, 0)[n]`, for "
    "each n.",
]
