"""Find the bugs: with this grid, the output is black.

Chapter:     12, The same thing in PyTorch
Difficulty:  1 of 3
Size:        about 4 lines
Check:       pytest --ex bug_pixel_grid

The function below is a published grid generator in NumPy, and it has two bugs. Its shapes, its types and the order of x
and y are right, but grid_sample takes almost all of its points to be outside the image. Others have met the same bug
(https://github.com/cvg/nice-slam/issues/26). Once it is fixed, the identity still moves the image for one of the two
values of align_corners.
"""

import numpy as np


def bug_pixel_grid(theta, input_size, output_size, align_corners=False):
    """Grid of the input points that the output pixels show.

    Parameters
    ----------
    theta : (N, 2, 3) array of float32 or float64
        Maps output positions to input positions, ``theta[n] @ (x, y, 1)``, in normalised units.
    input_size : (H, W) ints
        Rows and columns of the input.
    output_size : (h, w) ints
        Rows and columns of the output; at least 2 each.
    align_corners : bool
        Whether -1 and 1 are the centres of the outermost pixels (True) or the outer edges of the image (False).

    Returns
    -------
    (N, h, w, 2) array of theta's dtype
        Points (x, y) as `grid_sample` takes them, with the same align_corners.

    Notes
    -----
    Source: Jaderberg et al. 2015, eq. 1.
    """
    raise NotImplementedError("find the bugs, fix them, then delete this line")
    height, width = input_size
    rows, columns = output_size
    y, x = np.meshgrid(np.linspace(-1, 1, rows), np.linspace(-1, 1, columns), indexing="ij")
    base = np.stack([x, y, np.ones_like(x)], axis=-1).reshape(-1, 3)
    points = base @ theta.transpose(0, 2, 1)
    points = (points + 1) * np.array([width - 1, height - 1]) / 2
    return points.reshape(-1, rows, columns, 2).astype(theta.dtype)


# Three hints, each more explicit than the one before. Stop as soon as you can go on alone.
HINTS = [
    "Print the grid of the identity for an output of 2 x 2. In which units are its numbers, and which does grid_sample "
    "expect?",
    "grid_sample converts normalised units to pixels itself, so the line that does it here has to go. Then look for "
    "align_corners: the function does not use it yet.",
    "With align_corners=True the centres of the pixels run from -1 to 1, with False from -1 + 1 / columns to "
    "1 - 1 / columns, and the same for the rows.",
]
