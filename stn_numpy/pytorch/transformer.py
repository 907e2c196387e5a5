"""The Spatial Transformer as a torch module: localisation network, grid generator and sampler."""

import torch
import torch.nn.functional as F
from torch import nn

from ..check import check_choice, check_flag, check_pair
from ..taps import MODES, PADDING_MODES
from .families import as_transform


class SpatialTransformer(nn.Module):
    """Transform each image by the theta that its localisation network predicts. As in `stn_numpy.SpatialTransformer`.

    Unlike its NumPy twin it keeps no state of a forward, so that it can be compiled; `theta` returns what it would use
    for a batch.
    """

    def __init__(
        self, localisation, transform="affine", size=None, mode="bilinear", padding_mode="zeros", align_corners=False
    ):
        super().__init__()
        check_choice("mode", mode, MODES)
        check_choice("padding_mode", padding_mode, PADDING_MODES)
        check_flag("align_corners", align_corners)
        self.localisation, self.transform = localisation, as_transform(transform)
        self.size = None if size is None else check_pair("size", size, 1)
        self.reading = dict(mode=mode, padding_mode=padding_mode, align_corners=align_corners)

    @property
    def family(self) -> str:
        """The name of the family of transformations."""
        return self.transform.name

    def forward(self, image):
        return self.sample(image, self.localisation(image))

    def sample(self, image: torch.Tensor, parameters: torch.Tensor) -> torch.Tensor:
        """Read each image (N, C, H, W) by its parameters (N, P): (N, C, h, w)."""
        size = (*image.shape[:2], *(self.size or image.shape[2:]))
        wide = torch.promote_types(image.dtype, torch.float32)  # bfloat16 moves points by up to a pixel of 512
        with torch.autocast(image.device.type, enabled=False):
            grid = self.transform.grid(parameters.to(wide), size, self.reading["align_corners"])
            return F.grid_sample(image.to(wide), grid, **self.reading).to(image.dtype)

    def theta(self, image: torch.Tensor) -> torch.Tensor:
        """The maps that transform a batch of images: (N, 2, 3), from output to input, or the family's own."""
        return self.transform.forward(self.localisation(image))

    def extra_repr(self) -> str:
        return f"transform={self.family!r}, size={self.size}, " + ", ".join(
            f"{k}={v!r}" for k, v in self.reading.items()
        )
