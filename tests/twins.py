"""The networks once more in torch, and what it takes to compare a layer of this library with them."""

import numpy as np
import torch
import torch.nn.functional as F
from support import assert_same_as_torch, normal
from torch import nn

from stn_numpy.layer import Layer


def as_functions(layer):
    """A layer's forward and backward as functions of its inputs and of the data of every parameter."""
    parameters = layer.parameters()

    def forward(inputs, *data):
        for parameter, array in zip(parameters, data, strict=True):
            parameter.data = array
        return layer(inputs)

    def backward(d_out, inputs, *data):
        forward(inputs, *data)
        layer.zero_grad()
        return layer.backward(d_out), *(parameter.grad.copy() for parameter in parameters)

    return forward, backward


def data_of(layer):
    """A copy of the data of every parameter, in order."""
    return [parameter.data.copy() for parameter in layer.parameters()]


def randomise(layer, seed=0, scale=0.3):
    """Draw every parameter of a layer anew, so that none is zero; return the layer."""
    for place, parameter in enumerate(layer.parameters()):
        parameter.data[...] = scale * normal([seed, place], parameter.data.shape)
    return layer


def assert_same_as_twin(layer, twin, inputs, unit=1.0):
    """Compare output, input gradient and every parameter's gradient with a torch module that has the same parameters.

    Both must name their parameters alike.
    """
    names = list(layer.named_parameters())
    assert set(names) == {name for name, _ in twin.named_parameters()}

    def reference(tensor, *tensors):
        return torch.func.functional_call(twin, dict(zip(names, tensors, strict=True)), (tensor,))

    assert_same_as_torch(*as_functions(layer), reference, [inputs, *data_of(layer)], unit)


class Says(Layer):
    """A localisation network that says what it is told."""

    def __init__(self, *rows):
        self.rows = np.array(rows, float)

    def forward(self, image):
        return self.rows


def with_same_parameters(twin, layer):
    """Give a float64 torch module the parameters of a layer, name by name; return the module."""
    twin.double().load_state_dict({name: torch.tensor(p.data) for name, p in layer.named_parameters().items()})
    return twin


def torch_theta(transform, p):
    """The definition of each transform, in torch."""
    zero, one = torch.zeros_like(p[:, 0]), torch.ones_like(p[:, 0])
    rows = {
        "translation": lambda x, y: [one, zero, x, zero, one, y],
        "rotation": lambda a: [torch.cos(a), -torch.sin(a), zero, torch.sin(a), torch.cos(a), zero],
        "attention": lambda s, x, y: [s, zero, x, zero, s, y],
        "similarity": lambda a, b, x, y: [a, -b, x, b, a, y],
        "affine": lambda *six: six,
    }[transform](*p.T)
    return torch.stack(rows, dim=1).reshape(-1, 2, 3)


class TorchLocalisation(nn.Module):
    """`LocalisationNetwork` around features that the test writes out."""

    def __init__(self, *features, final):
        super().__init__()
        self.features, self.final = nn.Sequential(*features), final

    def forward(self, image):
        return self.final(self.features(image))


class TorchTransformer(nn.Module):
    """`SpatialTransformer` by `affine_grid` and `grid_sample`."""

    def __init__(self, localisation, transform="affine", size=None, mode="bilinear", padding_mode="zeros",
                 align_corners=False):
        super().__init__()
        self.localisation, self.transform, self.size = localisation, transform, size
        self.mode, self.padding_mode, self.align_corners = mode, padding_mode, align_corners

    def forward(self, image):
        return self.sample(image, torch_theta(self.transform, self.localisation(image)))

    def sample(self, image, theta):
        size = [*image.shape[:2], *(self.size or image.shape[2:])]
        grid = F.affine_grid(theta, size, align_corners=self.align_corners)
        return F.grid_sample(image, grid, self.mode, self.padding_mode, self.align_corners)


class TorchClassifier(nn.Module):
    """`Classifier` around a network that the test writes out."""

    def __init__(self, *network, transformer=None):
        super().__init__()
        self.transformer, self.network = transformer, nn.Sequential(*network)

    def forward(self, image):
        return self.network(self.transformer(image) if self.transformer else image)
