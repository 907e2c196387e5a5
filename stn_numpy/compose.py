"""Two affine maps in a row as one: the theta of transformers in series."""

import numpy as np

from .check import check_arrays


def compose_affine(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Join two thetas into one, whose single warp has the effect of both in a row.

    Parameters
    ----------
    first : (N, 2, 3) array of float32 or float64
        The theta that reads the image, in normalised units.
    second : (N, 2, 3) array of first's dtype
        The theta that reads the output of `first`, in normalised units.

    Returns
    -------
    (N, 2, 3) array of first's dtype
        The theta that leads from the second one's output straight to the image.

    Notes
    -----
    Convention: each theta maps output positions to input positions, so ``theta(p) = first(second(p))``; the first
    transformer is applied last. The pictures' sizes do not matter, as long as all have one `align_corners`.
    Source: Lin and Lucey 2017, the composition of warps.
    """
    check_arrays(first=(first, "N 2 3"), second=(second, "N 2 3"))
    with np.errstate(all="ignore"):  # infinite and NaN entries pass through; the sampler handles them
        theta = first[:, :, :2] @ second
        theta[:, :, 2] += first[:, :, 2]  # as if second had a third row (0, 0, 1)
    return theta


def compose_affine_backward(
    d_theta: np.ndarray, first: np.ndarray, second: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Gradients of `compose_affine`: d_theta (N, 2, 3) to d_first and d_second (N, 2, 3), loss per normalised unit.

    ``d_first = d_theta @ below(second).T`` with the row (0, 0, 1) below; ``d_second = first[:, :, :2].T @ d_theta``,
    without the shift of `first`.
    """
    check_arrays(first=(first, "N 2 3"), second=(second, "N 2 3"), d_theta=(d_theta, "N 2 3"))
    with np.errstate(all="ignore"):
        d_linear = d_theta @ second.swapaxes(1, 2)
        d_second = first[:, :, :2].swapaxes(1, 2) @ d_theta
    return np.concatenate([d_linear, d_theta[:, :, 2:]], axis=2), d_second
