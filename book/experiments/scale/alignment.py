"""How far a transformer of any family undoes a distortion: the turn, scale and place that remain."""

import torch

from stn_numpy.pose import remaining_pose
from stn_numpy.pytorch.digits import TEST_SEED, load_split, test_digits
from stn_numpy.pytorch.distortions import draw
from stn_numpy.pytorch.projective import projective_grid
from stn_numpy.pytorch.tps import tps_grid
from stn_numpy.pytorch.watch import nearest_affine

DIGIT = 28  # pixels a side, before a digit is distorted


@torch.no_grad()
def true_maps(data: str, distortion: str) -> torch.Tensor:
    """The affine maps nearest to those by which the test digits were distorted, from picture to digit: (N, 2, 3).

    R, RTS and TC are affine themselves.
    """
    images, _, truth = test_digits(data, distortion)
    if distortion in ("P", "P2"):
        return nearest_affine(projective_grid(truth.double(), images.shape))
    if distortion == "E":
        digits = torch.from_numpy(load_split(data, "test")[0])
        drawn = draw(digits, distortion, torch.Generator().manual_seed(TEST_SEED))
        grid = tps_grid(drawn["points"].double() / (DIGIT / 2), images.shape)
        return nearest_affine(grid / drawn["scale"].double()[:, None, None, None])
    return truth.theta.double()


@torch.no_grad()
def transformer_maps(network, images, batch=500) -> torch.Tensor:
    """The affine maps nearest to a transformer's grids, from its output to the picture: (N, 2, 3)."""
    transformer, maps = network.transformer, []
    for part in images.split(batch):
        size = *part.shape[:2], *(transformer.size or part.shape[2:])
        grid = transformer.transform.theta_grid(transformer.theta(part), size, transformer.reading["align_corners"])
        maps.append(nearest_affine(grid.double()))
    return torch.cat(maps)


def measure_alignment(network, data: str, distortion: str) -> dict:
    """`remaining_pose` before the transformer and after it, over the test digits."""
    images, truth = test_digits(data, distortion)[0], true_maps(data, distortion)
    seen = (network.transformer.size or images.shape[2:])[0]
    still = torch.eye(2, 3, dtype=truth.dtype).expand_as(truth)
    return dict(
        before=remaining_pose(truth, still, DIGIT, images.shape[-1]),
        after=remaining_pose(truth, transformer_maps(network, images), DIGIT, seen),
    )
