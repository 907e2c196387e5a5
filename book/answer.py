"""A spatial transformer for a network of your own, in PyTorch alone."""
import torch
import torch.nn.functional as F
from torch import nn

IDENTITY = [1.0, 0, 0, 0, 1, 0]  # theta, row by row
TURN = [0.0, -1, 0, 1, 0, 0]
ACROSS, DOWN = [0.0, 0, 1, 0, 0, 0], [0.0, 0, 0, 0, 0, 1]
FAMILIES = {  # theta is a weighted sum of these; the network gives the weights
    "affine": torch.eye(6).tolist(),
    "similarity": [IDENTITY, TURN, ACROSS, DOWN],
    "attention": [IDENTITY, ACROSS, DOWN]}

class SpatialTransformer(nn.Module):
    """Sample images (N, C, H, W) where a small network chooses: (N, C, *size)."""

    def __init__(self, channels, size, family="affine", mode="bilinear",
                 padding_mode="zeros", align_corners=False, hidden=32):
        super().__init__()
        self.size, self.align_corners = size, align_corners
        self.reading = dict(mode=mode, padding_mode=padding_mode)
        self.register_buffer("basis", torch.tensor(FAMILIES[family]))
        self.localisation = nn.Sequential(
            nn.AvgPool2d(2), nn.Conv2d(channels, 8, 5, padding=2), nn.ReLU(),
            nn.MaxPool2d(2), nn.Conv2d(8, 10, 5, padding=2), nn.ReLU(),
            nn.AdaptiveAvgPool2d(5), nn.Flatten(),  # 10 x 5 x 5 from any image
            nn.Linear(250, hidden), nn.ReLU(), nn.Linear(hidden, len(self.basis)))
        start = self.basis @ torch.tensor(IDENTITY) / (self.basis**2).sum(dim=1)
        with torch.no_grad():  # start by changing nothing
            self.localisation[-1].weight.zero_()
            self.localisation[-1].bias.copy_(start)

    def theta(self, image):
        """Map output points to input points, each (x, y) from -1 to 1: (N, 2, 3)."""
        return (self.localisation(image) @ self.basis).reshape(-1, 2, 3)

    def forward(self, image):
        theta, size = self.theta(image), (*image.shape[:2], *self.size)
        wide = torch.promote_types(image.dtype, torch.float32)
        corners = dict(align_corners=self.align_corners)  # the same for both
        with torch.autocast(image.device.type, enabled=False):  # 16 bits are too few
            grid = F.affine_grid(theta.to(wide), size, **corners)
            out = F.grid_sample(image.to(wide), grid, **self.reading, **corners)
        return out.to(image.dtype)

def parameter_groups(model, lr, localisation_lr):
    """Parameter groups for an optimizer, with a rate of their own for localisation networks."""
    own = [p for module in model.modules() if isinstance(module, SpatialTransformer)
           for p in module.localisation.parameters()]
    known = set(own)
    rest = [p for p in model.parameters() if p not in known]
    return [dict(params=rest, lr=lr), dict(params=own, lr=localisation_lr)]

@torch.no_grad()
def silent_share(transformer, images):
    """Share of the last hidden layer's units that are 0 for all images; 1 is dead."""
    hidden = transformer.localisation[:-1](images)
    return (hidden == 0).all(dim=0).float().mean().item()
