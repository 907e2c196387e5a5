"""Affine maps that always have an inverse: the matrix exponential of six numbers."""

import numpy as np

from .check import check_arrays

TERMS = 16  # of the series: with matrices of size 1/2 or less, the next term is below float64's rounding
MOST_SQUARINGS = 60


def affine_exp_theta(parameters: np.ndarray) -> np.ndarray:
    """Turn six numbers into an affine map: a steady flow, followed for one unit of time.

    Parameters
    ----------
    parameters : (N, 6) array of float32 or float64
        ``[[a, b, c], [d, e, f]]``, row by row: the point (x, y) moves at the speed ``(a x + b y + c, d x + e y + f)``
        in normalised units. Zeros do nothing.

    Returns
    -------
    (N, 2, 3) array
        The first two rows of ``exp([[a, b, c], [d, e, f], [0, 0, 0]])``, normalised units. Its 2 x 2 part has the
        determinant ``exp(a + e)``, so it never collapses or mirrors; the negated parameters give its inverse.

    Notes
    -----
    Computed in float64 by scaling and squaring, ``exp(A) = exp(A / 2^s)^(2^s)``. Where the result is too large for its
    dtype it is infinite or NaN. Not every affine map that keeps its orientation is such an exponential: a half turn
    with unequal scales, such as ``[[-1, 0, 0], [0, -2, 0]]``, is none.
    Source: Moler and Van Loan 2003, method 3; Skafte Detlefsen et al. 2018, Deep Diffeomorphic Transformer Networks.
    """
    check_arrays(parameters=(parameters, "N 6"))
    generator = _generator(parameters)
    with np.errstate(all="ignore"):
        return _exponential(generator, _size(generator))[:, :2].astype(parameters.dtype)


def affine_exp_theta_backward(d_theta: np.ndarray, parameters: np.ndarray) -> np.ndarray:
    """Gradient of `affine_exp_theta`: d_theta (N, 2, 3) to d_parameters (N, 6), row by row.

    With A the 3 x 3 matrix and G the gradient with respect to its exponential, the gradient with respect to A is the
    upper right block of ``exp([[A.T, G], [0, A.T]])``. Source: Higham 2008, Functions of Matrices, theorem 3.6 and
    section 10.6.
    """
    check_arrays(parameters=(parameters, "N 6"), d_theta=(d_theta, "N 2 3"))
    generator = _generator(parameters)
    block = np.zeros((len(parameters), 6, 6))
    block[:, :3, :3] = block[:, 3:, 3:] = generator.swapaxes(1, 2)
    block[:, :2, 3:] = d_theta
    with np.errstate(all="ignore"):
        d_generator = _exponential(block, _size(generator))[:, :3, 3:]  # linear in d_theta, whose size does not matter
        return d_generator[:, :2].reshape(-1, 6).astype(parameters.dtype)


def _generator(parameters):
    """The six numbers as (N, 3, 3) matrices of float64 with a last row of zeros."""
    generator = np.zeros((len(parameters), 3, 3))
    generator[:, :2] = parameters.reshape(-1, 2, 3)
    return generator


def _size(matrices):
    """The largest row sum of absolute values of each matrix: (N,)."""
    return np.abs(matrices).sum(axis=2).max(axis=1)


def _exponential(matrices, size):
    """exp of (N, M, M) matrices: halve them until they are small, add up the series, square as many times."""
    squarings = np.clip(np.ceil(np.log2(2 * np.where(size > 0.5, size, 0.5))), 0, MOST_SQUARINGS)
    scaled = matrices / 2 ** squarings[:, None, None]
    one = np.eye(matrices.shape[1])
    result = one + scaled / TERMS
    for term in range(TERMS - 1, 0, -1):
        result = one + scaled @ result / term
    for count in range(int(squarings.max())):
        result = np.where((squarings > count)[:, None, None], result @ result, result)
    return result
