"""Whether a transformer lives: units that are never active, theta's spread, samples outside, the pose that remains."""

import math

import numpy as np
import torch
from torch import nn

from ..pose import circular_deviation, describe_angles, label_readable_from, remaining_pose
from ..theta import rotation_angle
from .digits import test_digits
from .watch import ROUNDING

TURNED = ("R", "RTS")  # the distortions that turn every digit by an angle of its own
DIGIT = 28  # pixels a side, before a digit is distorted
PROBED = 5  # every so manieth test digit's class is read from theta


@torch.no_grad()
def signs_of_life(network, images, pose=None, batch=500) -> dict:
    """Measure over many pictures what tells a transformer that works from one that stands still.

    Parameters
    ----------
    network : Module
        With a `SpatialTransformer` as its attribute `transformer`, or a `SpatialTransformer` itself.
    images : (N, C, H, W) tensor
        On the network's device.
    pose : Pose or None
        How each picture was made, as `distort` returns it.
    batch : int
        Pictures at a time.

    Returns
    -------
    dict
        ``silent``: for each hidden layer of the localisation network the share of its units, or channels, that are 0
        for every picture. ``theta_mean`` and ``theta_spread``: mean and standard deviation of each entry of theta over
        the pictures. ``outside``: share of the samples that lie outside their picture. ``remaining``, with a pose and
        an affine theta: see `stn_numpy.pose.remaining_pose`. None stands for what is not finite.
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
    theta = torch.cat(thetas).double().cpu()
    silent = [round(1 - units.double().mean().item(), 4) for units in active.values()]
    mean, spread = (_short(values.tolist()) for values in (theta.mean(0), theta.std(0, correction=0)))
    found = dict(silent=silent, theta_mean=mean, theta_spread=spread, outside=_short(outside / len(images)))
    return found | _remaining(theta, pose, (transformer.size or images.shape[2:])[0])


def _remaining(theta, pose, seen_size):
    if pose is None or theta.shape[1:] != (2, 3):
        return {}
    try:
        found = remaining_pose(pose.theta.cpu(), theta, DIGIT, seen_size)
    except np.linalg.LinAlgError:  # a theta of zeros shows a single point: no pose is left to be measured
        return {}
    return dict(remaining={name: _short(value) for name, value in found.items()})


def _short(value):
    """Numbers, nested in lists as they come, with five significant digits."""
    if isinstance(value, list):
        return [_short(part) for part in value]
    return float(f"{value:.5g}") if math.isfinite(value) else None


def is_silent(life) -> bool:
    """Whether the last hidden layer of a localisation network is silent for every picture, as `signs_of_life` says."""
    return bool(life["silent"]) and life["silent"][-1] == 1


@torch.no_grad()
def thetas(network, images, batch=500) -> torch.Tensor:
    """The theta of each of many pictures, on the CPU."""
    return torch.cat([network.transformer.theta(part) for part in images.split(batch)]).cpu()


def label_leak(network, known, known_labels, images, labels) -> float:
    """How often a digit's class can be read from theta alone, by a vote of the 15 nearest of the known digits.

    Parameters
    ----------
    network : Classifier
    known, images : (N, 1, H, W), (M, 1, H, W) tensors
        Training digits, and test digits of which every fifth is probed.
    known_labels, labels : (N,), (M,) tensors

    Returns
    -------
    float
        A share, 0 to 1; one in ten is chance.
    """
    first, second = (thetas(network, digits).flatten(1).numpy() for digits in (known, images[::PROBED]))
    return label_readable_from(first, known_labels.cpu().numpy(), second, labels[::PROBED].cpu().numpy())


def angles_left(network, settings) -> dict:
    """``angles``, in degrees: how the test digits stand ``before`` and after a transformer, where it can turn them.

    What is said of after is described in `stn_numpy.pose.describe_angles`.
    """
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
