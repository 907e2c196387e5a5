"""Measure how much a theta stretches, in the direction that it stretches most and in the other.

Chapter:     14, When it does not work: debugging an STN
Difficulty:  2 of 3
Size:        about 4 lines
Check:       pytest --ex singular_values

If one number is above 2 on a picture read at its own size, pixels are left out; if one is near 0, the output shows a
line. `np.linalg.svd` is allowed.
"""

import numpy as np


def singular_values(theta):
    """Compute by how much each theta stretches a picture's points, most and least.

    Parameters
    ----------
    theta : (N, 2, 3) array of float32 or float64
        One affine map for each image, from the output to the input, in normalised units.

    Returns
    -------
    (N, 2) array of theta's dtype
        The larger first; neither is negative.

    Notes
    -----
    Convention: a circle of radius 1 among the output's points becomes an ellipse on the input, and these are its
    half axes. Turning the output changes neither.
    """
    raise NotImplementedError("your answer goes here")


# Three hints, each more explicit than the one before. Stop as soon as you can go on alone.
HINTS = [
    "Which of theta's three columns moves the ellipse without changing its shape? Leave it out before anything else.",
    "There remains a 2 x 2 matrix A for each image. The eigenvalues of A are not the answer: those of a shear are "
    "both 1. The half axes are the square roots of the eigenvalues of A.T @ A.",
    "`np.linalg.svd` takes a whole batch: `np.linalg.svd(theta[:, :, :2], compute_uv=False)` are the half axes "
    "themselves, sorted.",
]
