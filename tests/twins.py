"""The networks written again in torch, and functions that compare a layer of this library with them."""

import numpy as np
import torch
import torch.nn.functional as F
from scipy.interpolate import RBFInterpolator
from support import assert_same_as_torch, normal, output_points
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
    """Draw every parameter of a layer at random, so that none is zero; return the layer."""
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
    """A localisation network with given outputs."""

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
        "affine-exp": lambda *six: six,
        "projective": lambda *eight: [*eight, one],
        "tps": lambda *numbers: numbers,
    }[transform](*p.T)
    theta = torch.stack(rows, dim=1).reshape(-1, *{"projective": (3, 3), "tps": (16, 2)}.get(transform, (2, 3)))
    if transform == "affine-exp":
        return torch.linalg.matrix_exp(F.pad(theta, (0, 0, 0, 1)))[:, :2]
    return theta


def torch_grid(transform, theta, size, align_corners):
    """The definition of each grid, in torch."""
    if transform not in ("projective", "tps"):
        return F.affine_grid(theta, size, align_corners=align_corners)
    places = torch.tensor(output_points(size, align_corners), dtype=theta.dtype)
    if transform == "projective":
        points = F.pad(places, (0, 1), value=1) @ theta.transpose(1, 2)
        points = points[..., :2] / points[..., 2:]
    else:
        four = np.linspace(-1, 1, 4)
        control = np.stack(np.meshgrid(four, four), axis=-1).reshape(16, 2)
        follows = RBFInterpolator(control, np.eye(16), kernel="thin_plate_spline", degree=1)  # linear in the values
        points = places + torch.tensor(follows(places.double().numpy()), dtype=theta.dtype) @ theta
    return points.reshape(size[0], *size[2:], 2)


class TorchLocalisation(nn.Module):
    """`LocalisationNetwork` around features that the test writes out."""

    def __init__(self, *features, final):
        super().__init__()
        self.features, self.final = nn.Sequential(*features), final

    def forward(self, image):
        return self.final(self.features(image))


class TorchTransformer(nn.Module):
    """`SpatialTransformer` by `torch_grid` and torch's `grid_sample`."""

    def __init__(
        self, localisation, transform="affine", size=None, mode="bilinear", padding_mode="zeros", align_corners=False
    ):
        super().__init__()
        self.localisation, self.transform, self.size = localisation, transform, size
        self.mode, self.padding_mode, self.align_corners = mode, padding_mode, align_corners

    def forward(self, image):
        return self.sample(image, torch_theta(self.transform, self.localisation(image)))

    def sample(self, image, theta):
        size = [*image.shape[:2], *(self.size or image.shape[2:])]
        grid = torch_grid(self.transform, theta, size, self.align_corners)
        return F.grid_sample(image, grid, self.mode, self.padding_mode, self.align_corners)


class TorchClassifier(nn.Module):
    """`Classifier` around a network that the test writes out."""

    def __init__(self, *network, transformer=None):
        super().__init__()
        self.transformer, self.network = transformer, nn.Sequential(*network)

    def forward(self, image):
        return self.network(self.transformer(image) if self.transformer else image)
