"""Where the pixels of an output lie, for the grids that `torch.nn.functional.affine_grid` cannot make."""

import torch


def base_points(height: int, width: int, align_corners: bool, dtype, device) -> torch.Tensor:
    """The output's own points (x, y, 1), one a row, in the order of its pixels: (h * w, 3), normalised units."""
    x = _pixel_centres(width, align_corners, dtype, device)
    y = _pixel_centres(height, align_corners, dtype, device)
    y, x = torch.meshgrid(y, x, indexing="ij")
    return torch.stack([x, y, torch.ones_like(x)], dim=-1).reshape(height * width, 3)


def _pixel_centres(length, align_corners, dtype, device):
    if align_corners and length > 1:
        return torch.linspace(-1, 1, length, dtype=dtype, device=device)
    return (2 * torch.arange(length, dtype=dtype, device=device) + 1) / length - 1
