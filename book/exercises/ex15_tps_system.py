"""Write down the linear system of a thin-plate spline.

Chapter:     15, Other families of transformations
Difficulty:  2 of 3
Size:        about 8 lines
Check:       pytest --ex tps_system

The matrix that chapter 15 draws: invert it once for a set of control points, and you have every spline through them.
"""

import numpy as np


def tps_system(points):
    """Write down the linear system whose solution is the thin-plate spline through some points.

    Parameters
    ----------
    points : (K, 2) array of float32 or float64
        Control points (x, y) in normalised units; no two in one place.

    Returns
    -------
    (K + 3, K + 3) array of points' dtype
        It takes the K weights, then the factors of x, of y and of 1, to the K values at the control points, then three
        zeros.

    Notes
    -----
    Convention: value k is ``sum over l of weight_l * U(|points_k - points_l|) + factor_x * x_k + factor_y * y_k +
    factor_1`` with U(r) = r^2 log r and U(0) = 0. The last three rows are the side conditions: the weights
    times x, the weights times y and the weights themselves each add up to zero, in this order. Source: Bookstein 1989.
    """
    raise NotImplementedError("your answer goes here")


# Three hints, each more explicit than the one before. Stop as soon as you can go on alone.
HINTS = [
    "The matrix has four blocks. The first K rows say that the spline passes through the control points, and the last "
    "three that the weights add up to zero, also when each is multiplied by its point's x or y.",
    "The upper left block is U of the distance between any two control points, K x K, with zeros on its diagonal. The "
    "upper right one is (x, y, 1) for each point, K x 3. The lower left one is its transpose, and the "
    "lower right one is zero.",
    "`points[:, None] - points` has shape `(K, K, 2)`; its lengths are the distances. `np.block([[bent, affine], "
    "[affine.T, np.zeros((3, 3))]])` joins the four. U(0) is 0 and not NaN: exercise tps_radial.",
]
