"""The affine sampler on a GPU: the same as stn_numpy/sampler.py, for bilinear interpolation with zeros outside."""

import numpy as np
from numba import cuda

from ..check import check_arrays, check_choice, check_flag, check_output
from . import device

MODES, PADDING_MODES = ("bilinear",), ("zeros",)


def affine_sample(
    image: np.ndarray,
    theta: np.ndarray,
    size: tuple,
    mode: str = "bilinear",
    padding_mode: str = "zeros",
    align_corners: bool = False,
) -> np.ndarray:
    """As `stn_numpy.affine_sample`, on a GPU; "bilinear" with "zeros" alone.

    Raises
    ------
    RuntimeError
        If there is neither a GPU nor the simulator.
    """
    check_arrays(image=(image, "N C H W"), theta=(theta, "N 2 3"))
    check_output(size, theta=(theta, "N 2 3"))
    if size[1] != image.shape[1]:
        raise ValueError(f"size: expected C={image.shape[1]} like image, got {tuple(size)}")
    corners = _checked(mode, padding_mode, align_corners)
    return device.affine_sample(*_on_device(image, theta), tuple(size), corners).copy_to_host()


def affine_sample_backward(
    d_out: np.ndarray,
    image: np.ndarray,
    theta: np.ndarray,
    mode: str = "bilinear",
    padding_mode: str = "zeros",
    align_corners: bool = False,
) -> tuple[np.ndarray, np.ndarray]:
    """As `stn_numpy.affine_sample_backward`, on a GPU; the same bits on every run.

    For each pixel of the image a thread visits the output pixels that may read it, near the point given by theta's
    inverse. If theta is singular, it visits the whole output, which takes long for large pictures. Raises as
    `affine_sample` does.
    """
    return _backward(d_out, image, theta, mode, padding_mode, align_corners, atomics=False)


def affine_sample_backward_atomics(
    d_out: np.ndarray,
    image: np.ndarray,
    theta: np.ndarray,
    mode: str = "bilinear",
    padding_mode: str = "zeros",
    align_corners: bool = False,
) -> tuple[np.ndarray, np.ndarray]:
    """As `affine_sample_backward`, but d_image is added up by atomics in no fixed order, so its last bits may
    differ."""
    return _backward(d_out, image, theta, mode, padding_mode, align_corners, atomics=True)


def _backward(d_out, image, theta, mode, padding_mode, align_corners, atomics):
    check_arrays(image=(image, "N C H W"), theta=(theta, "N 2 3"), d_out=(d_out, "N C h w"))
    corners = _checked(mode, padding_mode, align_corners)
    arrays = _on_device(d_out, image, theta)
    return tuple(part.copy_to_host() for part in device.affine_sample_backward(*arrays, corners, atomics))


def _checked(mode, padding_mode, align_corners):
    check_choice("mode", mode, MODES)
    check_choice("padding_mode", padding_mode, PADDING_MODES)
    return check_flag("align_corners", align_corners)


def _on_device(*arrays):
    if why := why_not():
        raise RuntimeError(
            f"{why}; to run the kernels in Numba's simulator, set NUMBA_ENABLE_CUDASIM=1 before Numba is imported"
        )
    return [cuda.to_device(np.ascontiguousarray(array)) for array in arrays]


def why_not() -> str:
    """Why Numba cannot use CUDA here; nothing if it can."""
    if cuda.is_available():
        return ""
    if cuda.cuda_error() is not None:
        return "no GPU that CUDA can use"
    return "there is a GPU, but not NVVM, with which Numba compiles kernels and which is part of the CUDA toolkit"
