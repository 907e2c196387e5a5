"""Transformers in series: each corrects what those before it show."""

import torch
from torch import nn

from stn_numpy.pytorch.transformer import SpatialTransformer


def compose_affine(first: torch.Tensor, second: torch.Tensor) -> torch.Tensor:
    """Join two (N, 2, 3) thetas, `first` being the one that reads the image; as `stn_numpy.compose_affine`."""
    shift = torch.zeros_like(second)
    shift[:, :, 2] = first[:, :, 2]
    return first[:, :, :2] @ second + shift


class SeriesTransformer(nn.Module):
    """Affine transformers, each of which sees the image through all corrections so far; it is interpolated once.

    Forward: (N, C, H, W) to (N, C, h, w). A module may occur in `localisations` several times, and then learns from
    each. Source: Lin and Lucey 2017.
    """

    def __init__(self, localisations, transform="affine", **reading):
        super().__init__()
        self.steps = nn.ModuleList(SpatialTransformer(one, transform, **reading) for one in localisations)
        self.reader = SpatialTransformer(nn.Identity(), "affine", **reading)

    def forward(self, image):
        return self.reader.sample(image, self.theta(image).flatten(1))

    def theta(self, image: torch.Tensor) -> torch.Tensor:
        """The joint theta of all steps, (N, 2, 3), from the last output to the image."""
        joint = self.steps[0].theta(image)
        for step in self.steps[1:]:
            seen = self.reader.sample(image, joint.flatten(1))
            joint = compose_affine(joint, step.theta(seen))
        return joint
