"""Signs that a transformer works: units that are never active, theta's spread, samples outside, the remaining pose."""

import torch
from torch import nn

from ..pose import describe_life
from .watch import ROUNDING


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
