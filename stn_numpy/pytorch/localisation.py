"""The localisation network in torch: from an image to the parameters of its transformation."""

import torch
from torch import nn

from .. import localisation
from ..layer import Linear
from .layer import layer_from_numpy, numpy_dtype


class LocalisationNetwork(nn.Module):
    """Predict from an image its transformation's parameters. As `stn_numpy.LocalisationNetwork`, first weights too."""

    def __init__(self, *arguments, dtype=torch.float32, **options):
        super().__init__()
        start = localisation.LocalisationNetwork(*arguments, dtype=numpy_dtype(dtype), **options)
        self.features = nn.Sequential(*map(layer_from_numpy, start.features.layers))
        self.final = layer_from_numpy(start.final)

    @classmethod
    def of(cls, features: nn.Module, final: nn.Module) -> "LocalisationNetwork":
        """A localisation network of your own layers: any features, and a last layer that gives the parameters."""
        network = cls.__new__(cls)
        nn.Module.__init__(network)
        network.features, network.final = features, final
        return network

    def forward(self, image):
        return self.final(self.features(image))


def identity_layer(width, identity, rng, dtype) -> nn.Linear:
    """A last layer that starts with zero weights and the identity as bias."""
    layer = layer_from_numpy(Linear(width, len(identity), rng, numpy_dtype(dtype)))
    with torch.no_grad():
        layer.weight.zero_()
        layer.bias.copy_(torch.tensor(identity))
    return layer
