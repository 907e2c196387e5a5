"""Find the bug: a matrix from OpenCV moves the picture the wrong way.

Chapter:     3, Where to look: coordinates and the grid
Difficulty:  2 of 3
Size:        about 1 line
Check:       pytest --ex bug_opencv_matrix

Find the bug. The function below runs, its shapes and types are right, and half a turn is correct. But a matrix that
should move the picture to the right moves it to the left, and one that should enlarge it makes it smaller. The question
is asked often: https://github.com/pytorch/pytorch/issues/35775. One line fixes it.
"""

import numpy as np


def bug_opencv_matrix(matrix, in_size, out_size):
    """Convert a matrix for OpenCV's warpAffine into the theta that moves a picture in the same way.

    Parameters
    ----------
    matrix : (N, 2, 3) array of float32 or float64
        The place to which each pixel of the input moves: column q and row r move to ``matrix[n] @ (q, r, 1)``, a column
        and a row of the output. In pixels; (0, 0) is the centre of the first one.
    in_size : (H, W) ints
        Rows and columns of the input.
    out_size : (h, w) ints
        Rows and columns of the output.

    Returns
    -------
    (N, 2, 3) array of matrix's dtype
        Theta for ``affine_grid(theta, (N, C, h, w), align_corners=False)``, in normalised units.

    Notes
    -----
    Convention: theta maps output positions to input positions, ``theta[n] @ (x, y, 1)``; -1 and 1 are the outer edges
    of the picture.
    """
    raise NotImplementedError("find the bug, fix it, then delete this line")

    def to_units(size):
        height, width = size
        return np.array([[2 / width, 0, 1 / width - 1], [0, 2 / height, 1 / height - 1], [0, 0, 1]])

    full = np.zeros((len(matrix), 3, 3))
    full[:, :2] = matrix
    full[:, 2, 2] = 1
    theta = to_units(out_size) @ full @ np.linalg.inv(to_units(in_size))
    return theta[:, :2].astype(matrix.dtype)


# Three hints, each more explicit than the one before. Stop as soon as you can go on alone.
HINTS = [
    "Take a simple matrix for which the result is wrong, such as a shift by one pixel to the right, and print the "
    "result. How large is its shift, and which sign should it have?",
    "The lines up to the product are right: they convert the matrix from pixels to normalised units. Does the matrix "
    "map the input to the output or back, and what does a theta map?",
    "The product maps places of the input to places of the output. Theta is the inverse, so invert the 3 x 3 matrices "
    "with `np.linalg.inv` before you drop their last row.",
]
