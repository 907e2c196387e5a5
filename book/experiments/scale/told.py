"""Chapter 13's control that must succeed: a transformer that learns the true theta of every training digit."""

import torch
import torch.nn.functional as F

from book.experiments.measured import MeasuredRun
from stn_numpy.pytorch.digits import Digits

WEIGHT = 1.0  # of the squared error of theta, in normalised units, beside the cross-entropy of the classes


class ToldDigits(Digits):
    """Digits R, each with its label and its true theta, for a network with an affine transformer."""

    def wanted(self, labels, truth):
        """The label and the six numbers of the affine map that turns the digit back: (N, 7)."""
        # The pose's theta maps the picture's points to the digit's; a transformer's maps the other way.
        back = torch.linalg.inv(truth.theta[:, :, :2])
        theta = torch.cat([back, -back @ truth.theta[:, :, 2:]], 2)
        return torch.cat([labels[:, None].to(theta.dtype), theta.flatten(1)], 1)

    @staticmethod
    def loss_of(network, images, wanted):
        """Cross-entropy and the squared error of theta, and the share of misclassified images."""
        labels, theta = wanted[:, 0].long(), wanted[:, 1:]
        parameters = network.transformer.localisation(images)
        logits = network.network(network.transformer.sample(images, parameters)).float()
        loss = F.cross_entropy(logits, labels) + WEIGHT * F.mse_loss(parameters.float(), theta)
        return loss, (logits.detach().argmax(1) != labels).float().mean()


def told_run(settings, seed, device, folder, **how) -> MeasuredRun:
    """A run by the settings on `ToldDigits`."""
    return MeasuredRun(settings, seed, device, folder, digits=ToldDigits(settings, device), **how)
