"""The Spatial Transformer as a torch module: localisation network, grid generator and sampler."""

import torch
import torch.nn.functional as F
from torch import nn

from ..check import check_choice, check_pair
from ..taps import MODES, PADDING_MODES
from .families import TRANSFORMS


class SpatialTransformer(nn.Module):
    """Transform each image as its localisation network says; twin of `stn_numpy.SpatialTransformer`.

    Parameters
    ----------
    localisation : Module
        (N, C, H, W) to (N, P), where P is the number of parameters of the transform.
    transform : str
        The family of transformations: a name in `TRANSFORMS`.
    size : int, (h, w) or None
        Size of the output in pixels; None for that of the input.
    mode, padding_mode, align_corners
        As in `torch.nn.functional.grid_sample`.

    Raises
    ------
    TypeError, ValueError
        If an argument does not fit; the message says what was expected and what came.

    Notes
    -----
    Forward: (N, C, H, W) to (N, C, h, w). Unlike its NumPy twin it remembers nothing of a forward, so that it can be
    compiled, and many of it can run as one; `theta` says what it would do to a batch.
    """

    def __init__(self, localisation, transform="affine", size=None, mode="bilinear", padding_mode="zeros",
                 align_corners=False):
        super().__init__()
        check_choice("transform", transform, tuple(TRANSFORMS))
        check_choice("mode", mode, MODES)
        check_choice("padding_mode", padding_mode, PADDING_MODES)
        self.localisation = localisation
        self.family = transform
        self.transform = TRANSFORMS[transform]
        self.size = None if size is None else check_pair("size", size, 1)
        self.reading = dict(mode=mode, padding_mode=padding_mode, align_corners=align_corners)

    def forward(self, image):
        return self.sample(image, self.localisation(image))

    def sample(self, image, parameters):
        """Read each image where its parameters say.

        Parameters
        ----------
        image : (N, C, H, W) tensor
        parameters : (N, P) tensor

        Returns
        -------
        (N, C, h, w) tensor
        """
        size = (*image.shape[:2], *(self.size or image.shape[2:]))
        wide = torch.promote_types(image.dtype, torch.float32)  # bfloat16 moves points by up to a pixel of 512
        with torch.autocast(image.device.type, enabled=False):
            grid = self.transform.grid(parameters.to(wide), size, self.reading["align_corners"])
            return F.grid_sample(image.to(wide), grid, **self.reading).to(image.dtype)

    def theta(self, image):
        """What the images of a batch are given: (N, 2, 3) maps from output to input, or what the family has instead."""
        return self.transform.forward(self.localisation(image))

    def extra_repr(self):
        return f"transform={self.family!r}, size={self.size}, " + ", ".join(f"{k}={v!r}" for k, v in
                                                                            self.reading.items())
