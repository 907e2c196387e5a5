"""The paper's distortions R, RTS, P, E and TC in torch: whole batches on their own device, without waiting for it."""

import math
from functools import lru_cache

import torch
import torch.nn.functional as F

from ..check import check_choice
from ..distortions import DISTORTIONS, MOVED, PATCH, PATCHES, TC_CANVAS, Pose, check_clutter, rts_canvas
from .grid import quick_affine_grid
from .projective import homography_from_square, projective_grid
from .tps import tps_grid

SQUARE = ((-1.0, -1.0), (1.0, -1.0), (1.0, 1.0), (-1.0, 1.0))


def distort(images: torch.Tensor, distortion: str, generator: torch.Generator) -> tuple:
    """Distort a batch of images as the paper distorts MNIST; return them and their poses.

    As `stn_numpy.digits.distort`, in tensors; the generator is on the images' device.
    """
    return apply(images, distortion, draw(images, distortion, generator))


def draw(images: torch.Tensor, distortion: str, generator: torch.Generator) -> dict:
    """Draw what `apply` does to a batch: a dict of tensors, named and shaped as in `stn_numpy.distortions.draw`."""
    _check(images, distortion)
    if not isinstance(generator, torch.Generator):
        raise TypeError(f"generator: expected a torch.Generator, got {type(generator).__name__}")
    if generator.device.type != images.device.type:
        raise ValueError(f"generator: expected one on the device {images.device}, got one on {generator.device}")
    return _DRAW[distortion](images, _Random(generator, images))


def apply(images: torch.Tensor, distortion: str, parameters: dict) -> tuple:
    """Distort a batch with drawn parameters, as `stn_numpy.distortions.apply` does."""
    _check(images, distortion)
    with torch.no_grad(), torch.autocast(images.device.type, enabled=False):
        return _APPLY[distortion](images, **parameters)


def _check(images, distortion):
    check_choice("distortion", distortion, DISTORTIONS)
    if not isinstance(images, torch.Tensor) or images.dtype not in (torch.float32, torch.float64):
        given = getattr(images, "dtype", type(images).__name__)
        raise TypeError(f"images: expected a tensor of float32 or float64, got {given}")
    if images.ndim != 4:
        raise ValueError(f"images: expected shape (N, C, H, W), got {tuple(images.shape)}")


class _Random:
    """Random numbers of the images' dtype, on their device."""

    def __init__(self, generator, images):
        self.options = dict(generator=generator, device=images.device)
        self.dtype = images.dtype

    def uniform(self, low, high, *shape):
        return low + (high - low) * torch.rand(shape, dtype=self.dtype, **self.options)

    def normal(self, deviation, *shape):
        return deviation * torch.randn(shape, dtype=self.dtype, **self.options)

    def below(self, limit, *shape):
        return torch.randint(limit, shape, **self.options)


# --- R and RTS


def _draw_r(images, random):
    return dict(angle=random.uniform(-math.pi / 2, math.pi / 2, len(images)))


def _draw_rts(images, random):
    count = len(images)
    return dict(
        angle=random.uniform(-math.pi / 4, math.pi / 4, count),
        scale=random.uniform(0.7, 1.2, count),
        place=random.uniform(0, 1, count, 2),
    )


def _apply_r(images, angle):
    shift = torch.zeros_like(angle)[:, None].expand(-1, 2)
    return _turn(images, angle, torch.ones_like(angle), shift, images.shape[2:])


def _apply_rts(images, angle, scale, place):
    out_size = rts_canvas(*images.shape[2:])
    corners = _ink_corners(images) @ _rotation(angle) * scale[:, None, None]
    out_half = _half(out_size, images)
    lowest, highest = -out_half - corners.amin(1), out_half - corners.amax(1)
    shift = torch.where(lowest < highest, lowest + place * (highest - lowest), 0)
    return _turn(images, angle, scale, shift, out_size)


def _turn(images, angle, scale, shift, out_size):
    pose = _pose(images, angle, scale, shift, out_size)
    return F.grid_sample(images, quick_affine_grid(pose.theta, out_size), align_corners=False), pose


def _pose(images, angle, scale, shift, out_size):
    """Scaled, turned and shifted; the map from output to input undoes the shift first."""
    turn_back, in_half = _rotation(angle) / scale[:, None, None], _half(images.shape[2:], images)
    linear = turn_back * _half(out_size, images) / in_half[:, None]
    offset = -(turn_back @ shift[:, :, None]) / in_half[:, None]
    return Pose(angle, scale, shift[:, 0], shift[:, 1], torch.cat([linear, offset], dim=2))


def _rotation(angle):
    """(N, 2, 2): turns points (x, y), y down, clockwise as seen."""
    cos, sin = angle.cos(), angle.sin()
    return torch.stack([cos, -sin, sin, cos], dim=1).reshape(-1, 2, 2)


def _ink_corners(images):
    """Corners (N, 4, 2) of the box around each picture's ink, (x, y) in pixels from the middle of the image."""
    ink = (images != 0).any(dim=1)
    left, right = _first_and_last(ink.any(dim=1))
    top, bottom = _first_and_last(ink.any(dim=2))
    corners = [torch.stack([x, y], -1) for x in (left, right) for y in (top, bottom)]
    return torch.stack(corners, 1).to(images.dtype)


def _first_and_last(occupied):
    """Where each row's True entries begin and end, half a pixel further out, from the middle: (N,), (N,)."""
    length = occupied.shape[1]
    place = torch.arange(length, device=occupied.device)
    first = torch.where(occupied, place, length).amin(1) % length  # a row without True counts as full
    last = torch.where(occupied, place, -1).amax(1) % length
    return first - 0.5 - length / 2, last + 1.5 - length / 2


# --- P


def _draw_p(images, random):
    count = len(images)
    scale, amounts = random.uniform(0.75, 1, count), random.normal(MOVED["P"], count, 4, 1)
    half = _half(images.shape[2:], images)
    return _unfolded(images, scale, amounts * _constant(SQUARE, images.dtype, images.device) * half / half.norm())


def _draw_p2(images, random):
    count = len(images)
    return _unfolded(images, random.uniform(0.75, 1, count), random.normal(MOVED["P2"], count, 4, 2))


def _unfolded(images, scale, corners):
    whole, half = (_convex(_quadrilateral(images, scale, corners * part)) for part in (1, 0.5))
    part = torch.where(whole, 1, torch.where(half, 0.5, 0.25))
    return dict(scale=scale, corners=corners * part[:, None, None].to(corners.dtype))


def _apply_p(images, scale, corners):
    half = _half(images.shape[2:], images)
    theta = homography_from_square(_quadrilateral(images, scale, corners) / half)
    return F.grid_sample(images, projective_grid(theta, images.shape), align_corners=False), theta


def _quadrilateral(images, scale, corners):
    """Where the image's corners end, in pixels from the middle: (N, 4, 2)."""
    square = _constant(SQUARE, images.dtype, images.device) * _half(images.shape[2:], images)
    return scale[:, None, None] * square + corners


def _convex(corners):
    """Whether each quadrilateral turns the same way, clockwise as seen, at all four corners: (N,)."""
    side = corners.roll(-1, dims=1) - corners
    following = side.roll(-1, dims=1)
    return (side[..., 0] * following[..., 1] > side[..., 1] * following[..., 0]).all(dim=1)


# --- E


def _draw_e(images, random):
    count = len(images)
    return dict(scale=random.uniform(0.75, 1, count), points=random.normal(MOVED["E"], count, 16, 2))


def _apply_e(images, scale, points):
    grid = tps_grid(points / _half(images.shape[2:], images), images.shape)
    return F.grid_sample(images, grid / scale[:, None, None, None], align_corners=False), None


# --- TC


def _draw_tc(images, random):
    count, _, height, width = images.shape
    check_clutter(count, height, width)
    others = torch.arange(count, device=images.device)[:, None] + 1 + random.below(count - 1, count, PATCHES)
    return dict(
        place=_pairs(random, TC_CANVAS - width + 1, TC_CANVAS - height + 1, count),
        others=others % count,
        cut=_pairs(random, width - PATCH + 1, height - PATCH + 1, count, PATCHES),
        paste=_pairs(random, TC_CANVAS - PATCH + 1, TC_CANVAS - PATCH + 1, count, PATCHES),
    )


def _pairs(random, columns, rows, *shape):
    return torch.stack([random.below(columns, *shape), random.below(rows, *shape)], dim=-1)


def _apply_tc(images, place, others, cut, paste):
    count, channels, height, width = images.shape
    rows, columns = (torch.arange(length, device=images.device) for length in images.shape[2:])
    inside = torch.arange(PATCH, device=images.device)
    canvas = images.new_zeros(count, channels, TC_CANVAS**2)
    frame = _cells(place[:, None], rows, columns, TC_CANVAS)
    canvas.scatter_(2, _for_channels(frame, channels), images.reshape(count, channels, -1))
    source = _cells(cut, inside, inside, width) + others.repeat_interleave(PATCH**2, dim=1) * (height * width)
    clutter = images.transpose(0, 1).reshape(channels, -1)[:, source].transpose(0, 1)
    target = _for_channels(_cells(paste, inside, inside, TC_CANVAS), channels)
    canvas.scatter_reduce_(2, target, clutter, "amax")
    shift = place + _half((height, width), images) - TC_CANVAS / 2
    angle = torch.zeros_like(shift[:, 0])
    pose = _pose(images, angle, torch.ones_like(angle), shift, (TC_CANVAS, TC_CANVAS))
    return canvas.reshape(count, channels, TC_CANVAS, TC_CANVAS), pose


def _cells(corner, rows, columns, width):
    """Flat indices (N, K * h * w) of rectangles with their upper left corners (x, y) at (N, K, 2)."""
    row = corner[:, :, 1, None, None] + rows[:, None]
    return (row * width + corner[:, :, 0, None, None] + columns).flatten(1)


def _for_channels(index, channels):
    return index[:, None].expand(-1, channels, -1)


# --- Shared


def _half(size, images):
    """Half the width and half the height, in pixels, as a tensor like the images: (2,)."""
    height, width = size
    return _constant((width / 2, height / 2), images.dtype, images.device)


@torch.compiler.assume_constant_result
def _constant(numbers, dtype, device):
    """Numbers as a tensor on a device: copied there once, as a copy makes the device wait."""
    return _copied(numbers, dtype, device)


@lru_cache(maxsize=64)
def _copied(numbers, dtype, device):
    with torch.inference_mode(False):  # a later use may need gradients
        return torch.tensor(numbers, dtype=dtype, device=device)


_DRAW = dict(R=_draw_r, RTS=_draw_rts, P=_draw_p, E=_draw_e, TC=_draw_tc, P2=_draw_p2)
_APPLY = dict(R=_apply_r, RTS=_apply_rts, P=_apply_p, E=_apply_e, TC=_apply_tc, P2=_apply_p)
