"""A spatial transformer for a network of your own, in PyTorch alone."""

import torch
import torch.nn.functional as F
from torch import nn

IDENTITY = [1.0, 0, 0, 0, 1, 0]  # theta, row by row
FAMILIES = {  # theta is a weighted sum of these; the localisation network gives the weights
    "affine": torch.eye(6).tolist(),
    "similarity": [IDENTITY, [0.0, -1, 0, 1, 0, 0], [0.0, 0, 1, 0, 0, 0], [0.0, 0, 0, 0, 0, 1]],
    "attention": [IDENTITY, [0.0, 0, 1, 0, 0, 0], [0.0, 0, 0, 0, 0, 1]],
}


class SpatialTransformer(nn.Module):
    """Read each image (N, C, H, W) at points that a small network chooses; the output is (N, C, *size)."""

    def __init__(
        self, channels, size, family="affine", mode="bilinear", padding_mode="zeros", align_corners=False, hidden=32
    ):
        super().__init__()
        self.size, self.reading = size, dict(mode=mode, padding_mode=padding_mode, align_corners=align_corners)
        self.register_buffer("basis", torch.tensor(FAMILIES[family]))
        self.localisation = nn.Sequential(
            *(nn.AvgPool2d(2), nn.Conv2d(channels, 8, 5, padding=2), nn.ReLU()),  # half the size is enough to find it
            *(nn.MaxPool2d(2), nn.Conv2d(8, 10, 5, padding=2), nn.ReLU(), nn.AdaptiveAvgPool2d(5)),  # from any size
            *(nn.Flatten(), nn.Linear(10 * 5 * 5, hidden), nn.ReLU(), nn.Linear(hidden, len(self.basis))),
        )
        with torch.no_grad():  # start by changing nothing
            self.localisation[-1].weight.zero_()
            self.localisation[-1].bias.copy_(self.basis @ torch.tensor(IDENTITY) / self.basis.square().sum(dim=1))

    def theta(self, image):
        """The map from output points to input points, each (x, y) from -1 to 1: (N, 2, 3)."""
        return (self.localisation(image) @ self.basis).reshape(-1, 2, 3)

    def forward(self, image):
        theta, wide = self.theta(image), torch.promote_types(image.dtype, torch.float32)
        with torch.autocast(image.device.type, enabled=False):  # 16 bits are too few for the place of a pixel
            size = (*image.shape[:2], *self.size)
            grid = F.affine_grid(theta.to(wide), size, align_corners=self.reading["align_corners"])
            return F.grid_sample(image.to(wide), grid, **self.reading).to(image.dtype)


def parameter_groups(model, lr, localisation_lr):
    """For an optimizer: the localisation networks with a learning rate of their own, and the rest."""
    found = [module.localisation for module in model.modules() if isinstance(module, SpatialTransformer)]
    localisation = [parameter for one in found for parameter in one.parameters()]
    known = set(localisation)
    rest = [parameter for parameter in model.parameters() if parameter not in known]
    return [dict(params=rest, lr=lr), dict(params=localisation, lr=localisation_lr)]


@torch.no_grad()
def silent_share(transformer, images):
    """The share of last hidden units that are 0 for every image; at 1, theta is the same for every image."""
    return (transformer.localisation[:-1](images) == 0).all(dim=0).float().mean().item()
