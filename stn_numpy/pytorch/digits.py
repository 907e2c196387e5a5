"""Distorted digits, made on the device in large pieces, so that no step waits for data."""

from functools import lru_cache

import numpy as np
import torch

from ..digits import load_digits, load_mnist
from .distortions import distort

VALIDATION = 10_000  # the last of MNIST's training digits, to choose settings on


def load_validation(split: str) -> tuple:
    """MNIST's training digits in two parts, so that settings can be chosen without its test digits."""
    images, labels = load_mnist("train")
    part = slice(-VALIDATION) if split == "train" else slice(-VALIDATION, None)
    return images[part], labels[part]


DATA = {"mnist": load_mnist, "small": load_digits, "validation": load_validation}
STEPS_A_PIECE = 25  # in one call of `distort`; the digits of a seed depend on it
TEST_SEED = 2015  # the test digits are distorted once, the same for every model, seed and device


def load_split(data: str, split: str) -> tuple:
    """Digits and labels, ``"train"`` or ``"test"``, from one of the sources in `DATA`."""
    try:
        return DATA[data](split)
    except ModuleNotFoundError as error:
        remedy = "set STN_DATA to a folder with its four files, or take the digits of the package: --data small"
        words = f"MNIST is not here, and downloading it needs the package {error.name}; {remedy}"
        raise FileNotFoundError(words) from error


class Digits:
    """Training digits that stay on the device, and the test digits."""

    loss_of = None  # another loss than that of the classes, see `Stepper`

    def __init__(self, settings, device):
        self.settings, self.device = settings, device
        images, labels = load_split(settings.data, "train")
        self.images, self.labels = torch.from_numpy(images).to(device), torch.from_numpy(labels).to(device)
        self.test_count = None

    def piece(self, seed: int, number: int, part=slice(None)) -> tuple[torch.Tensor, torch.Tensor]:
        """Several steps' digits, drawn with replacement and freshly distorted: (steps, B, 1, h, w), and their labels.

        Seed and number determine them; each batch is made in full and a part of it returned, so that parts fit
        together.
        """
        generator = torch.Generator(self.device).manual_seed(mixed_seed(seed, number))
        shape = STEPS_A_PIECE, self.settings.batch
        index = torch.randint(len(self.images), (shape[0] * shape[1],), generator=generator, device=self.device)
        images, truth = distort(self.images[index], self.settings.distortion, generator)
        wanted = self.wanted(self.labels[index], truth)
        return images.unflatten(0, shape)[:, part], wanted.unflatten(0, shape)[:, part]

    def wanted(self, labels, truth):
        """The targets for digits with these labels and the poses that `distort` returned: the labels."""
        return labels

    def beside(self, network) -> dict:
        """Further contents of the file of trained weights: none, since the settings rebuild the network."""
        return {}

    def test_batches(self, batch: int):
        """The test digits, as pairs of images (B, 1, h, w) and labels (B,)."""
        images, labels = self._test_set()
        self.test_count = len(images)
        for parts in zip(images.split(batch), labels.split(batch)):
            yield tuple(part.to(self.device) for part in parts)

    def _test_set(self):
        return test_digits(self.settings.data, self.settings.distortion)[:2]


@lru_cache(maxsize=2)
def test_digits(data: str, distortion: str) -> tuple:
    """The test digits, the same for every model: images (N, 1, h, w), labels (N,), and the poses of `distort`."""
    return distorted_once(*load_split(data, "test"), distortion, TEST_SEED)


def distorted_once(images, labels, distortion, seed) -> tuple:
    """Digits, NumPy arrays, distorted by the numbers of one seed; their labels; and poses as `distort` returns them."""
    generator = torch.Generator().manual_seed(seed)  # on the CPU, since other devices draw other numbers
    distorted, truth = distort(torch.from_numpy(images), distortion, generator)
    return distorted, torch.from_numpy(labels), truth


def mixed_seed(seed: int, number: int) -> int:
    """A generator's seed from two numbers; torch's on the CPU uses 32 bits, so they must be well mixed."""
    return int(np.random.SeedSequence([seed, number]).generate_state(1, np.uint64)[0]) >> 1
