"""Find the bug in a grid that shows almost nothing.

Chapter:     2, The whole transformer in one page
Difficulty:  2 of 3
Size:        about 4 lines
Check:       pytest --ex bug_black_picture

The code below is from a published answer to the question how to build a spatial transformer, where it was in other
words and for another library. It runs, and the shapes are right. But sample a digit with its grid, under the identity,
and the output is black almost everywhere: usually only one grey pixel remains, in the upper left corner, and it shows
the middle of the digit. More than one thing is wrong. You may assume that the arguments are valid, and that every
picture has two rows and two columns or more.
"""

import numpy as np


def bug_black_picture(theta, in_size, out_size, align_corners=False):
    """Compute for each output pixel the point of the input that it shows, in the units of `grid_sample`.

    Parameters
    ----------
    theta : (N, 2, 3) array of float32 or float64
        One affine map for each image of the batch, in normalised units.
    in_size : (H, W) ints
        Rows and columns of the input.
    out_size : (h, w) ints
        Rows and columns of the output.
    align_corners : bool
        Whether -1 and 1 are the centres of the outermost pixels (True) or the outer edges of the image (False); the
        sampler is called with the same value.

    Returns
    -------
    (N, h, w, 2) array of theta's dtype
        Points of the input in normalised units, x before y.

    Notes
    -----
    Convention: ``grid[n, i, j] = theta[n] @ (x_j, y_i, 1)``, where (x_j, y_i) is the centre of output pixel [i, j].
    """
    raise NotImplementedError("find the bug, fix it, then delete this line")
    (in_height, in_width), (height, width) = in_size, out_size
    x, y = np.meshgrid(np.linspace(-1, 1, width), np.linspace(-1, 1, height))
    points = np.stack([x.ravel(), y.ravel(), np.ones(height * width)]).astype(theta.dtype)  # (3, h * w)
    looks = theta @ points  # (N, 2, h * w)
    x = (looks[:, 0] + 1) * (in_width - 1) / 2
    y = (looks[:, 1] + 1) * (in_height - 1) / 2
    return np.stack([x, y], axis=-1).reshape(len(theta), height, width, 2)


# Three hints, each more explicit than the one before. Stop as soon as you can go on alone.
HINTS = [
    "Print the grid under the identity for two rows and three columns. Which numbers are in it, and which does a "
    "sampler expect at the left and at the right of a picture?",
    "Two things are wrong. Theta's points are in normalised units already, and then something more is done to them. "
    "And one argument is never used: what should depend on it?",
    "Return `looks` without converting it to pixels (its axes must still be moved: `(N, 2, h * w)` to `(N, h, w, "
    "2)`); `in_size` is then not needed. And `np.linspace(-1, 1, w)` holds the centres only where `align_corners` is "
    "`True`; where it is `False` they are `(2 * np.arange(w) + 1) / w - 1`.",
]
