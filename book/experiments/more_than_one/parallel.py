"""Transformers in parallel: each looks at the same picture in its own way."""

import torch
from torch import nn


class ParallelTransformers(nn.Module):
    """T transformers that see the same image (N, C, H, W); their outputs are concatenated channels (N, T * C, h, w).

    Source: Jaderberg et al. 2015, section 3.4.
    """

    def __init__(self, transformers):
        super().__init__()
        self.transformers = nn.ModuleList(transformers)

    def forward(self, image):
        return torch.cat([transformer(image) for transformer in self.transformers], dim=1)

    def theta(self, image: torch.Tensor) -> torch.Tensor:
        """The theta of each transformer for each image: (T, N, 2, 3)."""
        return torch.stack([transformer.theta(image) for transformer in self.transformers])
