"""Signs that a transformer works: units that are never active, theta's spread, samples outside, the remaining pose."""

import numpy as np
import torch
from torch import nn

from ..pose import circular_deviation, describe_angles, describe_life, label_readable_from
from ..theta import rotation_angle
from .digits import test_digits
from .watch import ROUNDING

TURNED = ("R", "RTS")  # the distortions that turn every digit by an angle of its own
PROBED = 5  # the class of one in so many test digits is read from theta


@torch.no_grad()
def signs_of_life(network, images, pose=None, batch=500) -> dict:
    """Measure over many pictures what distinguishes a transformer that works from one that ignores its input.

    As in `stn_numpy.pose.signs_of_life`, for a `SpatialTransformer` or a module with one as its attribute
    `transformer`; images and pose are tensors.
    """
    transformer = getattr(network, "transformer", network)
    active, thetas, outside = {}, [], 0.0

    def note(layer, _, out):
        others = [axis for axis in range(out.ndim) if axis != 1]
        active[layer] = active.get(layer, False) | (out != 0).any(dim=others)

    layers = [layer for layer in transformer.localisation.modules() if isinstance(layer, nn.ReLU)]
    hooks = [layer.register_forward_hook(note) for layer in layers]
    try:
        for part in images.split(batch):
            thetas.append(transformer.theta(part))
            size = *part.shape[:2], *(transformer.size or part.shape[2:])
            grid = transformer.transform.theta_grid(thetas[-1], size, transformer.reading["align_corners"])
            outside += (grid.abs() > 1 + ROUNDING).any(-1).double().mean(dim=(1, 2)).sum().item()
    finally:
        for hook in hooks:
            hook.remove()
    silent = [round(1 - units.double().mean().item(), 4) for units in active.values()]
    theta, truth = torch.cat(thetas).double().cpu().numpy(), None if pose is None else pose.theta.cpu()
    return describe_life(silent, theta, outside / len(images), truth, (transformer.size or images.shape[2:])[0])


def is_silent(life) -> bool:
    """Whether, by `signs_of_life`, the last hidden layer of a localisation network is silent for every picture."""
    return bool(life["silent"]) and life["silent"][-1] == 1


@torch.no_grad()
def thetas(network, images, batch=500) -> torch.Tensor:
    """The theta of each of many pictures, on the CPU."""
    device = next(network.parameters()).device
    return torch.cat([network.transformer.theta(part.to(device)) for part in images.split(batch)]).cpu()


def label_leak(network, known, known_labels, images, labels) -> float:
    """The share of test digits, of which every fifth is probed, whose class can be read from theta alone.

    It is read by a vote of the 15 nearest of the known training digits; one in ten is chance.
    """
    first, second = (thetas(network, digits).flatten(1).numpy() for digits in (known, images[::PROBED]))
    return label_readable_from(first, known_labels.cpu().numpy(), second, labels[::PROBED].cpu().numpy())


def angles_left(network, settings) -> dict:
    """``angles``, in degrees: ``before`` is the deviation of the angles by which the test digits were turned; the rest
    describes those after the transformer, see `stn_numpy.pose.describe_angles`. Empty where there are no angles."""
    if network.transformer is None or settings.distortion not in TURNED:
        return {}
    images, labels, truth = test_digits(settings.data, settings.distortion)
    theta = thetas(network, images)
    if theta.shape[1:] != (2, 3) or not theta.isfinite().all():
        return {}
    angle = truth.angle.double().numpy()
    found = dict(before=circular_deviation(angle))
    found |= describe_angles(angle + rotation_angle(theta.double().numpy()), labels.numpy())
    return dict(angles={name: np.round(value, 2).tolist() for name, value in found.items()})
