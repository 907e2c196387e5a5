"""Find the bugs: behind this grid, all is black.

Chapter:     12, The same thing in PyTorch
Difficulty:  1 of 3
Size:        about 4 lines
Check:       pytest --ex bug_pixel_grid

Find the bugs, of which there are two. The function below is a published grid generator in NumPy. Its shapes, its types
and the order of x and y are right, but given to grid_sample its points lie almost all outside the picture; others have
met the same (https://github.com/cvg/nice-slam/issues/26). When that is mended, one of the two align_corners still
moves a picture that should stay.
"""

import numpy as np


def bug_pixel_grid(theta, input_size, output_size, align_corners=False):
    """Say for each pixel of the output which point of the input it shows.

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
    raise NotImplementedError("find the bugs, mend them, then delete this line")
    height, width = input_size
    rows, columns = output_size
    y, x = np.meshgrid(np.linspace(-1, 1, rows), np.linspace(-1, 1, columns), indexing="ij")
    base = np.stack([x, y, np.ones_like(x)], axis=-1).reshape(-1, 3)
    points = base @ theta.transpose(0, 2, 1)
    points = (points + 1) * np.array([width - 1, height - 1]) / 2
    return points.reshape(-1, rows, columns, 2).astype(theta.dtype)


# Three hints, each saying more than the one before. Stop as soon as you can go on alone.
HINTS = [
    "Print the grid of the identity for an output of 2 x 2. In which units are its numbers, and which does grid_sample "
    "expect?",
    "grid_sample turns normalised units into pixels itself, so the line that does it here has to go. Then ask where "
    "align_corners comes in: so far, nowhere.",
    "With align_corners=True the centres of the pixels run from -1 to 1, with False from -1 + 1 / columns to "
    "1 - 1 / columns, and the same for the rows.",
]
