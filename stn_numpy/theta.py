"""From a network's outputs to theta, by small differentiable maps that start at the identity; and reading a theta."""

import numpy as np

from .check import check_arrays


def affine_theta(parameters: np.ndarray) -> np.ndarray:
    """Write six numbers, row by row, as a theta: rotation, scale, shear and shift, anything affine.

    Parameters
    ----------
    parameters : (N, 6) array of float32 or float64

    Returns
    -------
    (N, 2, 3) array
        Normalised units. Source: Jaderberg et al. 2015, eq. 1.
    """
    check_arrays(parameters=(parameters, "N 6"))
    return parameters.reshape(-1, 2, 3).copy()


def affine_theta_backward(d_theta: np.ndarray, parameters: np.ndarray) -> np.ndarray:
    """Gradient of `affine_theta`: d_theta (N, 2, 3) to d_parameters (N, 6), row by row."""
    check_arrays(parameters=(parameters, "N 6"), d_theta=(d_theta, "N 2 3"))
    return d_theta.reshape(-1, 6).copy()


def similarity_theta(parameters: np.ndarray) -> np.ndarray:
    """Rotation, one scale for both axes, and shift, from (a, b, shift_x, shift_y).

    Parameters
    ----------
    parameters : (N, 4) array of float32 or float64
        ``a = scale * cos(angle)``, ``b = scale * sin(angle)``: no angle to wrap around, no scale to keep positive.

    Returns
    -------
    (N, 2, 3) array
        ``[[a, -b, shift_x], [b, a, shift_y]]``, normalised units. A true similarity on square images only.
    """
    check_arrays(parameters=(parameters, "N 4"))
    a, b, x, y = parameters.T
    return _theta((a, -b, x), (b, a, y))


def similarity_theta_backward(d_theta: np.ndarray, parameters: np.ndarray) -> np.ndarray:
    """Gradient of `similarity_theta`: d_theta (N, 2, 3) to d_parameters (N, 4). a and b each collect two entries."""
    check_arrays(parameters=(parameters, "N 4"), d_theta=(d_theta, "N 2 3"))
    (g00, g01, g02), (g10, g11, g12) = d_theta.transpose(1, 2, 0)
    return np.stack([g00 + g11, g10 - g01, g02, g12], axis=1)


def rotation_theta(parameters: np.ndarray) -> np.ndarray:
    """Rotation about the centre of the image, from one angle.

    Parameters
    ----------
    parameters : (N, 1) array of float32 or float64
        Radians. A positive angle turns the picture counter-clockwise as it is seen, since rows count downwards.

    Returns
    -------
    (N, 2, 3) array
        ``[[cos, -sin, 0], [sin, cos, 0]]``, normalised units. A true rotation on square images only.
    """
    check_arrays(parameters=(parameters, "N 1"))
    cos, sin = np.cos(parameters[:, 0]), np.sin(parameters[:, 0])
    zero = np.zeros_like(cos)
    return _theta((cos, -sin, zero), (sin, cos, zero))


def rotation_theta_backward(d_theta: np.ndarray, parameters: np.ndarray) -> np.ndarray:
    """Gradient of `rotation_theta`: d_theta (N, 2, 3) to d_parameters (N, 1), loss per radian.

    The angle acts through four entries of theta, and each image has an angle of its own.
    """
    check_arrays(parameters=(parameters, "N 1"), d_theta=(d_theta, "N 2 3"))
    cos, sin = np.cos(parameters[:, 0]), np.sin(parameters[:, 0])
    (g00, g01, _), (g10, g11, _) = d_theta.transpose(1, 2, 0)
    return (cos * (g10 - g01) - sin * (g00 + g11))[:, None]


def attention_theta(parameters: np.ndarray) -> np.ndarray:
    """A window of one scale at any place, from (scale, shift_x, shift_y).

    Parameters
    ----------
    parameters : (N, 3) array of float32 or float64
        A scale of 0.5 looks at half the image's width and so shows it twice as large.

    Returns
    -------
    (N, 2, 3) array
        ``[[scale, 0, shift_x], [0, scale, shift_y]]``, normalised units. Source: Jaderberg et al. 2015, eq. 2.
    """
    check_arrays(parameters=(parameters, "N 3"))
    scale, x, y = parameters.T
    zero = np.zeros_like(scale)
    return _theta((scale, zero, x), (zero, scale, y))


def attention_theta_backward(d_theta: np.ndarray, parameters: np.ndarray) -> np.ndarray:
    """Gradient of `attention_theta`: d_theta (N, 2, 3) to d_parameters (N, 3). The scale collects two entries."""
    check_arrays(parameters=(parameters, "N 3"), d_theta=(d_theta, "N 2 3"))
    (g00, _, g02), (_, g11, g12) = d_theta.transpose(1, 2, 0)
    return np.stack([g00 + g11, g02, g12], axis=1)


def translation_theta(parameters: np.ndarray) -> np.ndarray:
    """Shift alone, from (shift_x, shift_y).

    Parameters
    ----------
    parameters : (N, 2) array of float32 or float64
        Normalised units. The sampling points move right and down, so the picture moves left and up.

    Returns
    -------
    (N, 2, 3) array
        ``[[1, 0, shift_x], [0, 1, shift_y]]``.
    """
    check_arrays(parameters=(parameters, "N 2"))
    x, y = parameters.T
    zero, one = np.zeros_like(x), np.ones_like(x)
    return _theta((one, zero, x), (zero, one, y))


def translation_theta_backward(d_theta: np.ndarray, parameters: np.ndarray) -> np.ndarray:
    """Gradient of `translation_theta`: d_theta (N, 2, 3) to d_parameters (N, 2), loss per normalised unit."""
    check_arrays(parameters=(parameters, "N 2"), d_theta=(d_theta, "N 2 3"))
    return d_theta[:, :, 2].copy()


def read_theta(theta: np.ndarray) -> dict[str, np.ndarray]:
    """Read a theta as angle, scale, shear and shift.

    Parameters
    ----------
    theta : (N, 2, 3) array of float32 or float64

    Returns
    -------
    dict of (N,) arrays
        ``angle`` in radians, ``scale_x``, ``scale_y``, ``shear``, ``shift_x`` and ``shift_y`` in normalised units,
        such that the 2 x 2 part is ``R(angle) @ [[scale_x, shear * scale_y], [0, scale_y]]``. `scale_x` is not
        negative; a mirror image has a negative `scale_y`. They describe where theta looks: a scale of 2 looks at twice
        the width, so the picture appears half as large.
    """
    check_arrays(theta=(theta, "N 2 3"))
    (a, b, shift_x), (c, d, shift_y) = theta.transpose(1, 2, 0)
    angle = np.arctan2(c, a)
    cos, sin = np.cos(angle), np.sin(angle)
    scale_y = cos * d - sin * b
    along = cos * b + sin * d
    shear = np.divide(along, scale_y, out=np.full_like(along, np.nan), where=scale_y != 0)
    return dict(angle=angle, scale_x=np.hypot(a, c), scale_y=scale_y, shear=shear, shift_x=shift_x, shift_y=shift_y)


def rotation_angle(theta: np.ndarray) -> np.ndarray:
    """The angle of the rotation nearest to theta, whatever scale and shear come with it.

    Parameters
    ----------
    theta : (N, 2, 3) array of float32 or float64

    Returns
    -------
    (N,) array
        Radians, counter-clockwise as seen: the turn that brings the 2 x 2 part closest in the sum of squares.
    """
    check_arrays(theta=(theta, "N 2 3"))
    return np.arctan2(theta[:, 1, 0] - theta[:, 0, 1], theta[:, 0, 0] + theta[:, 1, 1])


def _theta(first_row, second_row):
    """Stack two rows of three (N,) arrays into (N, 2, 3)."""
    return np.stack([np.stack(first_row, axis=1), np.stack(second_row, axis=1)], axis=1)
