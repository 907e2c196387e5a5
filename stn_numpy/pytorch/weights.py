"""Weights between NumPy and torch, both ways, and between torch and a file that only its own architecture accepts."""

import io
import zipfile
from functools import partial

import numpy as np
import torch
from torch import nn

from .. import families as numpy_families
from .. import layer as numpy_layer
from .. import localisation as numpy_localisation
from .. import model as numpy_model
from .. import transformer as numpy_transformer
from .. import turned_copies as numpy_turned_copies
from ..files import whole_file
from . import families
from .layer import layer_from_numpy
from .localisation import LocalisationNetwork
from .model import Classifier
from .transformer import SpatialTransformer
from .turned_copies import TurnedCopies


def from_numpy(layer: numpy_layer.Layer) -> nn.Module:
    """The torch twin of a NumPy layer or network, compiled or not, with a copy of its weights in its dtype.

    Its `state_dict` has the names of the layer's `named_parameters`. TypeError if a layer is of a class that this
    library does not know, or its family not one of `TRANSFORMS`.
    """
    if type(layer).__module__.partition(".")[0] != "stn_numpy":  # a subclass may have a forward of its own
        raise TypeError(f"layer: expected one of stn_numpy's own, got {type(layer).__name__}")
    match layer:
        case numpy_layer.Sequential():
            return nn.Sequential(*map(from_numpy, layer.layers))
        case numpy_localisation.LocalisationNetwork():
            return LocalisationNetwork.of(from_numpy(layer.features), from_numpy(layer.final))
        case numpy_transformer.SpatialTransformer():
            family = _same_family("layer", layer.transform, numpy_families.TRANSFORMS, families.TRANSFORMS)
            return SpatialTransformer(from_numpy(layer.localisation), family, layer.size, **layer.reading)
        case numpy_model.Classifier():
            return Classifier.of(from_numpy(layer.network), layer.transformer and from_numpy(layer.transformer))
        case numpy_turned_copies.TurnedCopies():
            return TurnedCopies(from_numpy(layer.network), layer.turns, layer.size)
    return layer_from_numpy(layer)


def to_numpy(module: nn.Module) -> numpy_layer.Layer:
    """The NumPy twin of a torch module, with a copy of its weights, in its dtype.

    The module is a network of this package, on any device, or one of torch's Linear, Conv2d, ReLU, MaxPool2d,
    AvgPool2d, Flatten and Sequential. TypeError if a module has no twin that computes the same: another class or a
    subclass, a hook, weights in two places, an option or a dtype that the NumPy layers do not have.
    """
    _check_plain(module)
    kind = type(module)  # a subclass may have a forward of its own
    if kind is nn.Sequential:
        return numpy_layer.Sequential(*map(to_numpy, module))
    if kind is LocalisationNetwork:
        return _of(numpy_localisation.LocalisationNetwork, features=module.features, final=module.final)
    if kind is SpatialTransformer:
        family = _same_family("module", module.transform, families.TRANSFORMS, numpy_families.TRANSFORMS)
        return numpy_transformer.SpatialTransformer(
            to_numpy(module.localisation), family, module.size, **module.reading
        )
    if kind is Classifier:
        return _of(numpy_model.Classifier, transformer=module.transformer, network=module.network)
    if kind is TurnedCopies and module.congealed is None:  # the twin turns by the largest share
        return numpy_turned_copies.TurnedCopies(to_numpy(module.network), module.turns, module.size)
    if kind in PLAIN:
        match module:
            case nn.Linear(bias=nn.Parameter()):
                return _carried(numpy_layer.Linear(module.in_features, module.out_features), module)
            case nn.Conv2d(bias=nn.Parameter(), groups=1, dilation=(1, 1), padding_mode="zeros", padding=(_, _)):
                sizes = map(_one, (module.kernel_size, module.stride, module.padding))
                return _carried(numpy_layer.Conv2d(module.in_channels, module.out_channels, *sizes), module)
            case nn.AvgPool2d(padding=0 | (0, 0), ceil_mode=False, divisor_override=None):
                return numpy_layer.AvgPool2d(module.kernel_size, module.stride)
            case nn.MaxPool2d(padding=0 | (0, 0), dilation=1 | (1, 1), ceil_mode=False, return_indices=False):
                return numpy_layer.MaxPool2d(module.kernel_size, module.stride)
            case nn.ReLU():
                return numpy_layer.ReLU()
            case nn.Flatten(start_dim=1, end_dim=-1):
                return numpy_layer.Flatten()
    raise TypeError(f"module: expected one with a twin in stn_numpy, got {module!r}")


PLAIN = (nn.Linear, nn.Conv2d, nn.AvgPool2d, nn.MaxPool2d, nn.ReLU, nn.Flatten)
HOOKED = ("forward", "forward_pre", "backward", "backward_pre", "post_accumulate_grad")
HOOKS = [f"_{name}_hooks" for name in HOOKED]


def _check_plain(module):
    """Refuse modules that do not compute what their class does: with hooks, a forward of their own, or shared
    weights."""
    if not isinstance(module, nn.Module):
        raise TypeError(f"module: expected a torch.nn.Module, got {type(module).__name__}")
    for part in (*module.modules(), *module.parameters()):
        hooks = [name for name in HOOKS if getattr(part, name, None)]
        if hooks or "forward" in vars(part):
            raise TypeError(
                f"module: expected no hooks and no forward of its own, got {type(part).__name__} with "
                f"{', '.join(hooks) or 'a forward'}"
            )
        if isinstance(part, nn.Parameter) and part.dtype not in (torch.float32, torch.float64):
            raise TypeError(f"module: expected parameters of float32 or float64, got {part.dtype}")
    places = [name for name, _ in module.named_parameters(remove_duplicate=False)]
    shared = set(places) - {name for name, _ in module.named_parameters()}
    if shared:
        raise TypeError(f"module: expected every parameter in one place, got {sorted(shared)[0]} in two")


def _same_family(argument, family, registry, other):
    """The family of the same name in the other library, if this one is that of its name in its own."""
    own = registry.get(family.name)
    if own is None or family.name not in other or _maps(own) != _maps(family):
        raise TypeError(f"{argument}: expected a family of TRANSFORMS in both libraries, got {family!r}")
    return other[family.name]


def _maps(family):
    """A family's maps such that equal ones compare equal: copies of one `functools.partial` do not."""
    maps = (family.forward, family.theta_grid)
    return [
        (one.func, [np.asarray(value).tolist() for value in (*one.args, *one.keywords.values())])
        if isinstance(one, partial)
        else one
        for one in maps
    ]


def _carried(layer, module):
    """A NumPy layer with a copy of a torch layer's weights, in their dtype."""
    layer.weight, layer.bias = (
        numpy_layer.Parameter(tensor.detach().cpu().numpy().copy()) for tensor in (module.weight, module.bias)
    )
    return layer


def _one(pair):
    """The number of a pair of equal ones; the NumPy layers have no unequal pairs."""
    if len(set(pair)) > 1:
        raise TypeError(f"module: expected the same kernel size, stride and padding along both axes, got {pair}")
    return pair[0]


def _of(kind, **parts):
    """A NumPy network of the twins of a torch network's parts, without drawing weights or building a part twice."""
    network = kind.__new__(kind)
    vars(network).update({name: None if part is None else to_numpy(part) for name, part in parts.items()})
    return network


def architecture(module: nn.Module) -> dict[str, str]:
    """A network's parts, for a checkpoint: ``{"network.0": "Conv2d(1, 64, 9)", ...}``, and ``"dtype"``."""
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
        case TurnedCopies():
            return f"TurnedCopies({part.extra_repr()})"
    return type(part).__name__


def save(path, module: nn.Module, **extra) -> None:
    """Write a network's weights and its architecture, and `extra` by name, which `load` ignores.

    The file is the old one or the new one, never half of one.
    """
    write_whole(path, {"architecture": architecture(module), "state": module.state_dict()} | extra)


def write_whole(path, content) -> None:
    """Write content in the format of ``torch.save``, safely, by `whole_file`."""
    packed = io.BytesIO()
    torch.save(content, packed)
    try:
        with whole_file(path) as file:
            file.write(packed.getbuffer())
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from error


def read_whole(path, device="cpu"):
    """Read what `write_whole` wrote; ValueError, with the reason alone, if it is damaged, OSError if it is
    unreadable."""
    try:
        with zipfile.ZipFile(path) as file:
            if file.testzip():  # torch.load does not check the checksums
                raise ValueError("a checksum is wrong")
        return torch.load(path, map_location=device, weights_only=True)
    except (OSError, torch.OutOfMemoryError, torch.AcceleratorError):  # the file may be undamaged
        raise
    except Exception as error:  # a single wrong bit can raise nearly anything
        raise ValueError(str(error).strip().partition("\n")[0].partition(". ")[0] or type(error).__name__) from error


def load(path, module: nn.Module) -> nn.Module:
    """Read weights that `save` wrote into a network of the same architecture; return the network.

    The network does not change if the file does not fit. ValueError if it is damaged or has another architecture.
    """
    try:
        saved = read_whole(path)
        found, state = saved["architecture"], saved["state"]
    except (ValueError, KeyError, TypeError) as error:
        raise ValueError(
            f"checkpoint: expected a file that save wrote, got {path}, which is not one or is damaged ({error})"
        ) from error
    expected = architecture(module)
    differing = [name for name in {**expected, **found} if expected.get(name) != found.get(name)]
    if differing:
        first = "; ".join(
            f"{name}: expected {expected.get(name, 'no such part')}, got {found.get(name, 'no such part')}"
            for name in differing[:3]
        )
        more = f"; and {len(differing) - 3} parts more" if len(differing) > 3 else ""
        raise ValueError(f"checkpoint: expected the network's own architecture, got another in {path} ({first}{more})")
    module.load_state_dict(state)
    return module
