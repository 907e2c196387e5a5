"""Find the bug: a matrix from OpenCV moves the picture the wrong way.

Chapter:     3, Where to look: coordinates and the grid
Difficulty:  2 of 3
Size:        about 1 line
Check:       pytest --ex bug_opencv_matrix

Find the bug. The function below runs, its shapes and types are right, and half a turn comes out as it should. But a
matrix that moves the picture to the right moves it to the left, and one that enlarges it makes it smaller. It is a
question that keeps coming back: https://github.com/pytorch/pytorch/issues/35775. One line mends it.
"""

import numpy as np


def bug_opencv_matrix(matrix, in_size, out_size):
    """Turn a matrix as OpenCV's warpAffine takes it into the theta that moves a picture in the same way.

    Parameters
    ----------
    matrix : (N, 2, 3) array of float32 or float64
        Says where each pixel of the input goes: column q and row r go to ``matrix[n] @ (q, r, 1)``, a column and a row
        of the output. In pixels; (0, 0) is the centre of the first one.
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
    raise NotImplementedError("find the bug, mend it, then delete this line")

    def to_units(size):
        height, width = size
        return np.array([[2 / width, 0, 1 / width - 1], [0, 2 / height, 1 / height - 1], [0, 0, 1]])

    full = np.zeros((len(matrix), 3, 3))
    full[:, :2] = matrix
    full[:, 2, 2] = 1
    theta = to_units(out_size) @ full @ np.linalg.inv(to_units(in_size))
    return theta[:, :2].astype(matrix.dtype)


# Three hints, each saying more than the one before. Stop as soon as you can go on alone.
HINTS = [
    "Take a small matrix that goes wrong, such as a shift by one pixel to the right, and print what comes back. How "
    "large is its shift, and which way should it go?",
    "The lines up to the product are right: they say in normalised units what the matrix says in pixels. Which way "
    "does the matrix go, from the input to the output or back, and which way does a theta go?",
    "The product says where places of the input go in the output. Theta is the way back, so invert the 3 x 3 matrices "
    "with `np.linalg.inv` before you drop their last row.",
]
