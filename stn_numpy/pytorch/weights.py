"""Weights between NumPy and torch, both ways, and between torch and a file that only its own architecture reads."""

import io

import torch
from torch import nn

from .. import layer as numpy_layer
from .. import localisation as numpy_localisation
from .. import model as numpy_model
from .. import transformer as numpy_transformer
from .._backend import BACKENDS
from ..check import check_choice
from ..families import TRANSFORMS as NUMPY_TRANSFORMS
from ..files import whole_file
from .localisation import LocalisationNetwork
from .model import Classifier
from .transformer import SpatialTransformer


def from_numpy(layer):
    """The torch twin of a NumPy layer or network, with a copy of its weights.

    Parameters
    ----------
    layer : Layer
        Any network of this library's layers.

    Returns
    -------
    torch.nn.Module
        On the CPU, in the same dtype; its `state_dict` has the names of the layer's `named_parameters`.

    Raises
    ------
    TypeError
        If a layer has no twin; the message names it.
    """
    match layer:
        case numpy_layer.Linear():
            out_features, in_features = layer.weight.data.shape
            return _filled(nn.utils.skip_init(nn.Linear, in_features, out_features), layer)
        case numpy_layer.Conv2d():
            out_channels, in_channels, *kernel_size = layer.weight.data.shape
            return _filled(nn.utils.skip_init(nn.Conv2d, in_channels, out_channels, kernel_size, layer.stride,
                                              layer.padding), layer)
        case numpy_layer.AvgPool2d():  # before MaxPool2d, whose child it is
            return nn.AvgPool2d(layer.kernel_size, layer.stride)
        case numpy_layer.MaxPool2d():
            return nn.MaxPool2d(layer.kernel_size, layer.stride)
        case numpy_layer.ReLU():
            return nn.ReLU()
        case numpy_layer.Flatten():
            return nn.Flatten()
        case numpy_layer.Sequential():
            return nn.Sequential(*map(from_numpy, layer.layers))
        case numpy_localisation.LocalisationNetwork():
            return LocalisationNetwork.of(from_numpy(layer.features), from_numpy(layer.final))
        case numpy_transformer.SpatialTransformer():
            family = next(name for name, transform in NUMPY_TRANSFORMS.items() if transform is layer.transform)
            return SpatialTransformer(from_numpy(layer.localisation), family, layer.size, **layer.reading)
        case numpy_model.Classifier():
            return Classifier.of(from_numpy(layer.network), layer.transformer and from_numpy(layer.transformer))
    raise TypeError(f"layer: expected one of stn_numpy's own, got {type(layer).__name__}")


def to_numpy(module, backend="numpy"):
    """The NumPy twin of a torch module, with a copy of its weights.

    Parameters
    ----------
    module : torch.nn.Module
        A network of this package, on any device; or one of torch's Linear, Conv2d, ReLU, MaxPool2d, AvgPool2d,
        Flatten and Sequential, in the forms that the NumPy layers have.
    backend : {"numpy", "numba"}
        Who computes the twin.

    Returns
    -------
    Layer
        In the same dtype.

    Raises
    ------
    TypeError, ValueError
        If a module has no twin or there is no such backend; the message names it.
    """
    check_choice("backend", backend, tuple(BACKENDS))
    match module:
        case nn.Linear(bias=nn.Parameter()):
            return _carried(numpy_layer.Linear(module.in_features, module.out_features, backend=backend), module)
        case nn.Conv2d(bias=nn.Parameter(), groups=1, dilation=(1, 1), padding_mode="zeros"):
            return _carried(numpy_layer.Conv2d(module.in_channels, module.out_channels, _one(module.kernel_size),
                                               _one(module.stride), _one(module.padding), backend=backend), module)
        case nn.AvgPool2d(padding=0, ceil_mode=False):
            return numpy_layer.AvgPool2d(module.kernel_size, module.stride, backend)
        case nn.MaxPool2d(padding=0, dilation=1, ceil_mode=False):
            return numpy_layer.MaxPool2d(module.kernel_size, module.stride, backend)
        case nn.ReLU():
            return numpy_layer.ReLU(backend)
        case nn.Flatten(start_dim=1, end_dim=-1):
            return numpy_layer.Flatten()
        case nn.Sequential():
            return numpy_layer.Sequential(*(to_numpy(part, backend) for part in module), backend=backend)
        case LocalisationNetwork():
            return _of(numpy_localisation.LocalisationNetwork, features=to_numpy(module.features, backend),
                       final=to_numpy(module.final, backend))
        case SpatialTransformer():
            return numpy_transformer.SpatialTransformer(to_numpy(module.localisation, backend), module.family,
                                                        module.size, **module.reading, backend=backend)
        case Classifier():
            transformer = None if module.transformer is None else to_numpy(module.transformer, backend)
            return _of(numpy_model.Classifier, transformer=transformer, network=to_numpy(module.network, backend))
    raise TypeError(f"module: expected one with a twin in stn_numpy, got {module!r}")


def _filled(module, layer):
    """A torch layer with a copy of a NumPy layer's weights, in their dtype."""
    module.weight = nn.Parameter(torch.tensor(layer.weight.data))
    module.bias = nn.Parameter(torch.tensor(layer.bias.data))
    return module


def _carried(layer, module):
    """A NumPy layer with a copy of a torch layer's weights, in their dtype."""
    layer.weight, layer.bias = (numpy_layer.Parameter(tensor.detach().cpu().numpy().copy())
                                for tensor in (module.weight, module.bias))
    return layer


def _one(pair):
    """The one number of a pair of equal ones, as the NumPy layers know no others."""
    if len(set(pair)) > 1:
        raise TypeError(f"module: expected the same kernel size, stride and padding along both axes, got {pair}")
    return pair[0]


def _of(kind, **parts):
    """A NumPy network of parts that exist: nothing is drawn, nothing is built twice."""
    network = kind.__new__(kind)
    vars(network).update(parts)
    return network


def architecture(module):
    """Describe what a network is made of, for a checkpoint: names of parts to what they are.

    Parameters
    ----------
    module : torch.nn.Module

    Returns
    -------
    dict of str to str
        Such as ``{"network.0": "Conv2d(1, 64, 9)", ...}``, and ``"dtype"``.
    """
    parts = {name or "whole": _describe(part) for name, part in module.named_modules()}
    return parts | {"dtype": str(next(module.parameters()).dtype)}


def _describe(part):
    match part:
        case nn.Linear():
            return f"Linear({part.in_features}, {part.out_features})"
        case nn.Conv2d():
            stride, padding = (f", {name} {getattr(part, name)}" for name in ("stride", "padding"))
            return f"Conv2d({part.in_channels}, {part.out_channels}, {part.kernel_size}{stride}{padding})"
        case nn.MaxPool2d() | nn.AvgPool2d():
            return f"{type(part).__name__}({part.kernel_size})"
        case SpatialTransformer():
            return f"SpatialTransformer({part.extra_repr()})"
    return type(part).__name__


def check_architecture(module, found, path="checkpoint"):
    """Refuse a checkpoint of another architecture.

    Parameters
    ----------
    module : torch.nn.Module
        The network that shall take the weights.
    found : dict of str to str
        What `architecture` said of the network that was saved.
    path : path
        Of the checkpoint, for the message.

    Raises
    ------
    ValueError
        If the two differ; the message names the parts, what was expected and what came.
    """
    expected = architecture(module)
    differing = [name for name in {**expected, **found} if expected.get(name) != found.get(name)]
    if differing:
        first = "; ".join(f"{name}: expected {expected.get(name, 'no such part')}, "
                          f"got {found.get(name, 'no such part')}" for name in differing[:3])
        more = f"; and {len(differing) - 3} parts more" if len(differing) > 3 else ""
        raise ValueError(f"checkpoint: expected the network that is to take it, got another in {path} ({first}{more})")


def save(path, module, **beside):
    """Write a network's weights and what it is made of; the file is the old one or the new one, never half of one.

    Parameters
    ----------
    path : path
    module : torch.nn.Module
    **beside
        What else the file shall hold, by name; `load` does not look at it.
    """
    write_whole(path, {"architecture": architecture(module), "state": module.state_dict()} | beside)


def write_whole(path, content):
    """Write what ``torch.save`` makes of content: beside the old file, down to the disk, then in the old one's place.

    Raises
    ------
    OSError
        If the disk is full or the folder cannot be written; the old file stays as it was.
    """
    packed = io.BytesIO()
    torch.save(content, packed)
    try:
        with whole_file(path) as file:
            file.write(packed.getbuffer())
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from error


def load(path, module):
    """Read weights that `save` wrote into a network of the same architecture; return the network.

    Parameters
    ----------
    path : path
    module : torch.nn.Module
        It is not touched if the file does not fit.

    Raises
    ------
    ValueError
        If the file is damaged or belongs to another architecture.
    FileNotFoundError
        If there is none.
    """
    with open(path, "rb") as file:
        try:
            saved = torch.load(file, map_location="cpu", weights_only=True)
            found, state = saved["architecture"], saved["state"]
        except Exception as error:  # a single wrong bit can raise nearly anything
            raise ValueError(f"checkpoint: expected a file that save wrote, got {path}, which is none or is damaged "
                             f"({type(error).__name__})") from error
    check_architecture(module, found, path)
    module.load_state_dict(state)
    return module
