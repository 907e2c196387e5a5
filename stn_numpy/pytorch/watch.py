"""Observe how a module samples: each call of `grid_sample` in it, and measures of the grid."""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch.func import functional_call
from torch.overrides import TorchFunctionMode

from .grid import base_points

ROUNDING = 1e-4  # of half a picture: a turned corner in float32 is not outside


@dataclass
class Look:
    """One call of `grid_sample`: copies of its image, its grid and its output, without gradients.

    `made_with` is the ``align_corners`` of the `affine_grid` that made the grid, None if another function did;
    `live_grid` and `live_out` are grid and output in the graph of the loss.
    """

    image: torch.Tensor
    grid: torch.Tensor
    out: torch.Tensor
    padding_mode: str
    align_corners: bool
    made_with: bool | None
    live_grid: torch.Tensor
    live_out: torch.Tensor


class _Watch(TorchFunctionMode):
    """While it is active, every call of the two functions is recorded, in any module."""

    def __init__(self):
        super().__init__()
        self.looks, self.grids = [], []

    def __torch_function__(self, function, types, args=(), kwargs=None):
        result = function(*args, **(kwargs or {}))
        if function is F.affine_grid:
            named = dict(zip(("theta", "size", "align_corners"), args)) | (kwargs or {})
            self.grids.append((result, bool(named.get("align_corners"))))
        if function is F.grid_sample and result.ndim == 4:
            self._note(result, *args, **(kwargs or {}))
        return result

    def _note(self, out, input, grid, mode="bilinear", padding_mode="zeros", align_corners=None):  # torch's names
        made_with = next((corners for made, corners in self.grids if made is grid), None)
        then = [tensor.detach().clone() for tensor in (input, grid, out)]
        self.looks.append(Look(*then, padding_mode, bool(align_corners), made_with, grid, out))


def watch(model: torch.nn.Module, images: torch.Tensor, loss=None) -> tuple:
    """Run a module once and record every call of `grid_sample`; its buffers and the random numbers do not change.

    Returns the `Look` of each call, ``loss(model(images))`` with its graph, or None, and the trained parameters.
    """
    trained = [parameter for parameter in model.parameters() if parameter.requires_grad]
    buffers = {name: buffer.clone() for name, buffer in model.named_buffers()}  # running means are updated in these
    devices = [images.device] if images.is_cuda else []
    with torch.random.fork_rng(devices), torch.enable_grad(), _Watch() as watching:
        out = functional_call(model, buffers, (images,))
        total = None if loss is None else loss(out)
    return watching.looks, total, trained


def nearest_affine(grid: torch.Tensor, align_corners: bool = False) -> torch.Tensor:
    """The affine maps nearest to some grids (N, h, w, 2), by least squares over all points: (N, 2, 3)."""
    points = base_points(*grid.shape[1:3], align_corners, grid.dtype, grid.device)
    return (torch.linalg.pinv(points) @ grid.flatten(1, 2)).mT


def measure_grid(look: Look) -> dict:
    """Measure the grid of one look, image by image, in float64; NaN for an image whose grid is not finite.

    ``theta`` (N, 2, 3): the affine map nearest to the grid; ``bend``: the root mean square of the residual, in pixels,
    a float; ``singular_values`` (N, 2) of its linear part, the larger first; ``mirrored`` (N), 1 where its determinant
    is negative; ``stride`` (N): the largest distance of neighbouring samples, in pixels of the image; ``outside`` (N):
    the share of the points outside; ``drift`` (N): their mean distance from the identity's, in pixels.
    """
    grid, corners = look.grid.double(), look.align_corners
    batch, height, width, _ = grid.shape
    points = base_points(height, width, corners, grid.dtype, grid.device)
    finite = torch.isfinite(grid).all(-1).all(-1).all(-1)
    flat = torch.where(finite[:, None, None], grid.flatten(1, 2), torch.nan)
    theta = torch.zeros(batch, 2, 3, dtype=grid.dtype, device=grid.device) * flat[:, :1, :1]
    theta[finite] = nearest_affine(grid[finite], corners)
    pixel, step = _lengths(look.image.shape, corners), _lengths(look.out.shape, corners)
    pixel, step = (torch.tensor(lengths, dtype=grid.dtype, device=grid.device) / 2 for lengths in (pixel, step))
    linear = theta[:, :, :2]
    left = (flat - points @ theta.mT) * pixel
    return dict(
        theta=theta,
        bend=left[finite].square().sum(-1).mean().sqrt().item(),
        singular_values=_singular_values(linear),
        mirrored=torch.where(finite, (torch.linalg.det(torch.nan_to_num(linear)) < 0).double(), torch.nan),
        stride=_singular_values(linear * pixel[:, None] / step.clamp_min(0.5))[:, 0],
        outside=torch.where(finite, (flat.abs() > 1 + ROUNDING).any(-1).double().mean(1), torch.nan),
        drift=((flat - points[:, :2]) * pixel).norm(dim=-1).mean(1),
    )


def _lengths(shape, corners):
    """The number of pixels (x, y) between -1 and 1."""
    return [max(length - corners, 1) for length in shape[:1:-1]]


def _singular_values(matrix):
    """The singular values of 2 x 2 matrices, the larger first; in closed form, which accepts NaN."""
    (a, b), (c, d) = matrix.movedim(0, -1)
    together, apart = torch.hypot(a + d, c - b), torch.hypot(a - d, b + c)
    return torch.stack([together + apart, (together - apart).abs()], dim=-1) / 2
