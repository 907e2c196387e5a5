"""The family of affine maps that always have an inverse, in torch: the matrix exponential of six numbers."""

import torch

TERMS, SQUARINGS = 16, 10  # to 1e-12 of the largest number, up to a size of 700, beyond which float64 overflows


def affine_exp_theta(parameters: torch.Tensor) -> torch.Tensor:
    """(N, 6) to (N, 2, 3). As in `stn_numpy.affine_exp.affine_exp_theta`.

    By scaling and squaring in float64, equally often for every matrix: `torch.linalg.matrix_exp` makes a GPU wait.
    """
    flow = torch.nn.functional.pad(parameters.double().reshape(-1, 2, 3), (0, 0, 0, 1)) / 2**SQUARINGS
    total = term = torch.eye(3, dtype=flow.dtype, device=flow.device).expand_as(flow)
    for order in range(1, TERMS):
        term = term @ flow / order
        total = total + term
    for _ in range(SQUARINGS):
        total = total @ total
    return total[:, :2].to(parameters.dtype)
