"""What experiments record of a transformer on distorted digits beyond a run's own result: what chapter 13 compares."""

from functools import lru_cache

import numpy as np
import torch

from stn_numpy.pose import circular_deviation, describe_angles, label_readable_from
from stn_numpy.pytorch.digits import TEST_SEED, distorted_once, load_split, test_digits
from stn_numpy.pytorch.networks import SIZES
from stn_numpy.pytorch.run import Run
from stn_numpy.theta import rotation_angle

TURNED = ("R", "RTS")  # the distortions that turn every digit by an angle of its own
KNOWN = 5_000  # training digits that a probe of theta compares with
PROBED = 5  # the class of one in so many test digits is read from theta
SHOWN = 20  # test digits whose thetas the history keeps


class MeasuredRun(Run):
    """A `Run` whose result has the `angles_left`, and whose history has, on distorted digits, the `label_leak` and the
    ``thetas`` of `SHOWN` test digits at equal distances, from which their change can be drawn."""

    def look(self, network):
        if network.transformer is None or self.settings.distortion not in SIZES:
            return {}
        names = self.settings.data, self.settings.distortion
        images, labels, _ = test_digits(*names)
        some = thetas(network, images[shown(len(images))]).flatten(1).double().numpy()
        leak = label_leak(network, *known_digits(*names), images, labels)
        return dict(label_leak=leak, thetas=np.round(some, 4).tolist())

    def measure(self, network):
        return angles_left(network, self.settings)


def shown(count: int) -> slice:
    """The indices of `SHOWN` of `count` test digits, at equal distances."""
    step = count // SHOWN
    return slice(0, SHOWN * step, step)


@lru_cache(maxsize=2)
def known_digits(data: str, distortion: str) -> tuple[torch.Tensor, torch.Tensor]:
    """The first training digits, distorted once, and their labels."""
    images, labels = load_split(data, "train")
    return distorted_once(images[:KNOWN], labels[:KNOWN], distortion, TEST_SEED + 1)[:2]


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
