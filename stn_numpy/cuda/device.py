"""The kernels launched on arrays that are on the GPU already, Numba's or (by `numba.cuda.as_cuda_array`) torch's.

They do not wait; copying a result back does. They run on the default stream of the current device, so torch's tensors
must be on that device, detached, and ready there. Only shapes and types are checked, since a kernel that gets others
writes beyond its arrays.
"""

from functools import lru_cache
from threading import get_ident

import numpy as np
from numba import cuda

from ..coordinates import pixel_centres, pixels_per_unit
from . import kernels


def affine_sample(image, theta, size: tuple, align_corners: bool = False, channels_inside: bool = True, out=None):
    """Warp an image: (N, C, H, W) and (N, 2, 3) to (N, C, h, w), written to `out` if there is one.

    With `channels_inside`, one thread a pixel, which loops over the channels; without, one for each number of the
    output.
    """
    name, out = ("size", cuda.device_array(size, image.dtype)) if out is None else ("out", out)
    _check_like(name, out, (len(image), image.shape[1], *size[2:]), image.dtype)
    _check_like("theta", theta, (len(image), 2, 3), image.dtype)
    kernel = kernels.read_pixels if channels_inside else kernels.read_values
    planes = size[0] if channels_inside else size[0] * size[1]
    kernel[blocks(planes, out), kernels.BLOCK](
        image, theta, *_axes(out, align_corners), *frame(image, align_corners), out
    )
    return out


def affine_sample_backward(d_out, image, theta, align_corners: bool = False, atomics: bool = False, out=None):
    """Gradients d_image (N, C, H, W) and d_theta (N, 2, 3), written to the pair `out` if there is one.

    With `atomics`, the output's threads add up d_image, in no fixed order; without, the input's threads do, each by
    visiting the output pixels that read it in a fixed order.
    """
    axes, to_pixels = _axes(d_out, align_corners), frame(image, align_corners)
    d_image, d_theta = out or (cuda.device_array(like.shape, like.dtype) for like in (image, theta))
    expected = dict(theta=(len(image), 2, 3), d_out=(*image.shape[:2], *d_out.shape[2:]), d_image=image.shape)
    for name, array in dict(theta=theta, d_out=d_out, d_image=d_image).items():
        _check_like(name, array, expected[name], image.dtype)
    _check_like("d_theta", d_theta, theta.shape, image.dtype)
    over_image, over_out = blocks(len(image), image), blocks(len(image), d_out)
    if atomics:
        kernels.clear[over_image, kernels.BLOCK](d_image)
        kernels.scatter[over_out, kernels.BLOCK](d_out, theta, *axes, *to_pixels, d_image)
    else:
        epsilon = np.finfo(image.dtype).eps
        kernels.collect[over_image, kernels.BLOCK](
            d_out, theta, *axes, *to_pixels, *frame(d_out, align_corners), epsilon, d_image
        )
    shares = _scratch((len(image), over_out[1] * over_out[2], 6), _this_device(), get_ident())
    kernels.theta_shares[over_out, kernels.BLOCK](d_out, image, theta, *axes, *to_pixels, shares)
    kernels.add_shares[len(image), (6, kernels.LANES)](shares, d_theta)
    return d_image, d_theta


def blocks(planes: int, picture) -> tuple:
    """The number of blocks: planes, across, down. Planes come first, on the axis where CUDA allows most blocks."""
    height, width = picture.shape[2:]
    columns, rows = kernels.BLOCK
    return planes, -(-width // columns), -(-height // rows)


def frame(picture, align_corners: bool) -> tuple:
    """The factors from normalised units to pixels of a picture: half its extent and its middle, each (x, y)."""
    real, lengths = picture.dtype.type, (picture.shape[3], picture.shape[2])
    half = tuple(real(pixels_per_unit(length, align_corners)) for length in lengths)
    return half, tuple(real((length - 1) / 2) for length in lengths)


def _check_like(name, array, shape, dtype):
    if tuple(array.shape) != tuple(shape) or array.dtype != dtype:
        raise ValueError(f"{name}: expected {tuple(shape)} of {dtype}, got {tuple(array.shape)} of {array.dtype}")


def _axes(out, align_corners):
    """The output's own pixel centres along x and along y, on the GPU."""
    gpu = _this_device()
    return tuple(_axis(length, align_corners, out.dtype, gpu) for length in (out.shape[3], out.shape[2]))


def _this_device() -> str:
    """A name of the current GPU, to keep things by: Numba's contexts can't be keys of a cache."""
    return cuda.current_context().device.uuid


# Copies to the GPU and new memory there cost more than a small kernel, so those that repeat are kept. The kernels of a
# Python thread run in the order of its calls, so that each finds the scratch memory free; every thread has its own.
@lru_cache(maxsize=64)
def _axis(length, align_corners, dtype, gpu):
    return cuda.to_device(pixel_centres(length, align_corners, dtype))


@lru_cache(maxsize=8)
def _scratch(shape, gpu, thread):
    return cuda.device_array(shape, np.float64)
