"""Transformers in series: warping repeatedly, or composing the thetas and warping once."""

import torch
from torch import nn

from ..check import check_choice
from .transformer import SpatialTransformer

WAYS = ("compose", "warp")


def compose_affine(first: torch.Tensor, second: torch.Tensor) -> torch.Tensor:
    """Join two (N, 2, 3) thetas, `first` being the one that reads the image; as `stn_numpy.compose_affine`."""
    shift = torch.zeros_like(second)
    shift[:, :, 2] = first[:, :, 2]
    return first[:, :, :2] @ second + shift


class SeriesTransformer(nn.Module):
    """Several localisation networks in series, each of which sees the image as the ones before it have corrected it.
    Forward: (N, C, H, W) to (N, C, h, w). A module may occur in `localisations` several times, and then learns from
    each. With the way "warp" each output is read from the one before. With "compose" a network sees the image through
    all corrections so far, and its own follows them, so that the image is interpolated once, whatever their number.
    Source: Lin and Lucey 2017.
    """

    def __init__(self, localisations, transform="affine", way="compose", **reading):
        super().__init__()
        check_choice("way", way, WAYS)
        if not localisations:
            raise ValueError("localisations: expected at least one, got none")
        self.steps = nn.ModuleList(SpatialTransformer(one, transform, **reading) for one in localisations)
        if tuple(self.steps[0].transform.forward(torch.tensor([self.steps[0].transform.identity])).shape) != (1, 2, 3):
            raise ValueError(f"transform: expected an affine family, got {transform!r}")
        self.reader = SpatialTransformer(nn.Identity(), "affine", **reading)
        self.way = way

    def forward(self, image):
        if self.way == "compose":
            return self._read(image, self.theta(image))
        for step in self.steps:
            image = step(image)
        return image

    def theta(self, image: torch.Tensor) -> torch.Tensor:
        """The joint theta of all steps, (N, 2, 3), from the last output to the image."""
        joint, seen = None, image
        for place, step in enumerate(self.steps):
            theta = step.theta(seen).to(torch.promote_types(image.dtype, torch.float32))
            with torch.autocast(image.device.type, enabled=False):  # as in SpatialTransformer
                joint = theta if joint is None else compose_affine(joint, theta)
            if place < len(self.steps) - 1:
                seen = self._read(image, joint) if self.way == "compose" else step(seen)
        return joint

    def _read(self, image, theta):
        return self.reader.sample(image, theta.flatten(1))
