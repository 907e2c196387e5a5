"""Small spatial transformers with one fault each: the patients of chapter 14."""

import math
from functools import cache

import torch
import torch.nn.functional as F
from torch import nn

from book.experiments.engine import NO_SERIES
from stn_numpy.digits import load_digits
from stn_numpy.pytorch.distortions import distort
from stn_numpy.pytorch.watch import measure_grid, watch

CANVAS, SEEN = 42, 28  # pixels a side: of the picture, and of the transformer's output
RATE, BATCH = 3e-3, 64
MEAN, DEVIATION = 0.06, 0.2  # of such canvases, about


class Healthy(nn.Module):
    """A linear classifier after a transformer, written in torch in the usual way."""

    def __init__(self, seen=SEEN):
        super().__init__()
        self.seen = seen
        first = nn.Conv2d(1, 8, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2)
        second = nn.Conv2d(8, 10, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2)
        head = nn.Flatten(), nn.Linear(250, 32), nn.ReLU(), nn.Linear(32, 6)
        self.localisation = nn.Sequential(nn.AvgPool2d(2), *first, *second, *head)
        self.classifier = nn.Sequential(nn.Flatten(), nn.Linear(seen * seen, 10))
        self.start()

    def start(self):
        last = self.localisation[-1]
        nn.init.zeros_(last.weight)
        last.bias.data = torch.tensor([1.0, 0, 0, 0, 1, 0])

    def grid(self, image, align_corners=False):
        theta = self.localisation(image).view(-1, 2, 3)
        size = (*image.shape[:2], self.seen, self.seen)
        return F.affine_grid(theta, size, align_corners=align_corners)

    def look(self, image):
        return F.grid_sample(image, self.grid(image), align_corners=False)

    def forward(self, image):
        return self.classifier(self.look(image))


class NormalisedFirst(Healthy):
    def forward(self, image):
        return self.classifier(self.look((image - MEAN) / DEVIATION))


class NormalisedAfter(Healthy):
    def forward(self, image):
        return self.classifier((self.look(image) - MEAN) / DEVIATION)


class NoIdentity(Healthy):
    def start(self):
        self.localisation[-1].reset_parameters()  # torch's: small numbers


class ZeroStart(Healthy):
    def start(self):
        nn.init.zeros_(self.localisation[-1].weight)
        nn.init.zeros_(self.localisation[-1].bias)


class SwappedAxes(Healthy):
    def look(self, image):
        return F.grid_sample(image, self.grid(image).flip(-1), align_corners=False)


class MixedCorners(Healthy):
    def look(self, image):
        grid = self.grid(image, align_corners=True)
        return F.grid_sample(image, grid, align_corners=False)


class PixelCoordinates(Healthy):
    def look(self, image):
        pixels = (self.grid(image) + 1) * image.shape[-1] / 2
        return F.grid_sample(image, pixels, align_corners=False)


class Shrinking(Healthy):
    def __init__(self):
        super().__init__(seen=8)


class BlurredFirst(Shrinking):
    def look(self, image):
        blurred = F.avg_pool2d(image, 5, stride=1, padding=2)
        return F.grid_sample(blurred, self.grid(image), align_corners=False)


class Unfed(Healthy):
    def forward(self, image):
        self.look(image)
        small = F.interpolate(image, (self.seen, self.seen), mode="area")
        return self.classifier(small)


class OnFeatures(Healthy):
    """Convolution, transformer, classifier."""

    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(nn.Conv2d(1, 8, 7, padding=3), nn.ReLU())
        self.classifier = nn.Sequential(nn.AvgPool2d(2), nn.Flatten(), nn.Linear(8 * (SEEN // 2) ** 2, 10))

    def forward(self, image):
        features = self.features(image)
        seen = F.grid_sample(features, self.grid(image), align_corners=False)
        return self.classifier(seen)


class BeforeFeatures(OnFeatures):
    """The same parts: transformer, convolution, classifier."""

    def forward(self, image):
        return self.classifier(self.features(self.look(image)))


# The model of each run, with the rates of the localisation network and of the rest.
PATIENTS = {
    "healthy": (Healthy, RATE, RATE),
    "normalised first": (NormalisedFirst, RATE, RATE),
    "normalised after": (NormalisedAfter, RATE, RATE),
    "too fast": (Healthy, 10 * RATE, 10 * RATE),
    "too fast, localisation slower": (Healthy, RATE, 10 * RATE),
    "too fast, localisation slowest": (Healthy, RATE / 10, 10 * RATE),
    "no identity": (NoIdentity, RATE, RATE),
    "zero start": (ZeroStart, RATE, RATE),
    "swapped axes": (SwappedAxes, RATE, RATE),
    "mixed corners": (MixedCorners, RATE, RATE),
    "pixel coordinates": (PixelCoordinates, RATE, RATE),
    "shrinking": (Shrinking, RATE, RATE),
    "blurred first": (BlurredFirst, RATE, RATE),
    "unfed": (Unfed, RATE, RATE),
    "on features": (OnFeatures, RATE, RATE),
    "before features": (BeforeFeatures, RATE, RATE),
}


@cache
def digits(split):
    """The package's digits as tensors: images, labels."""
    return tuple(map(torch.tensor, load_digits(split)))


def training_batch(generator, size=BATCH):
    """Training digits, turned, scaled and placed afresh: images (N, 1, 42, 42), labels (N)."""
    images, labels = digits("train")
    chosen = torch.randint(len(images), (size,), generator=generator)
    return distort(images[chosen], "RTS", generator)[0], labels[chosen]


@cache
def test_set():
    """The test digits, each distorted once, always in the same way: images, labels, pose."""
    images, labels = digits("test")
    distorted, pose = distort(images, "RTS", torch.Generator().manual_seed(2015))
    return distorted, labels, pose


def train_patient(name, steps, seed=0, every=25, context=NO_SERIES, clip=math.inf):
    """Train one of the `PATIENTS`; return the model and its history: the ``loss`` of every step, the ``error`` on test
    digits at the end, and every `every` steps, on the same training digits, the means of ``outside`` and of the
    ``larger`` and the ``smaller`` singular value, and the pixels by which the step ``moved`` the point that it moved
    most. The gradient of each part is clipped to the norm `clip`."""
    kind, slow, fast = PATIENTS[name]
    generator = torch.Generator().manual_seed(seed)
    with torch.random.fork_rng([]):
        torch.manual_seed(seed)
        model = kind()
    parts = {True: [], False: []}
    for label, parameter in model.named_parameters():
        parts[label.startswith("localisation")].append(parameter)
    optimizer = torch.optim.Adam([{"params": parts[True], "lr": slow}, {"params": parts[False], "lr": fast}])
    probe = training_batch(torch.Generator().manual_seed(7), 64)[0]
    course = {key: [] for key in ("loss", "step", "outside", "larger", "smaller", "moved")}
    for step in context.steps(steps):
        looked = step % every == 0
        before = _look(model, probe, course, step) if looked else None
        images, labels = training_batch(generator)
        loss = F.cross_entropy(model(images), labels)
        optimizer.zero_grad()
        loss.backward()
        for own in parts.values():
            nn.utils.clip_grad_norm_(own, clip)
        optimizer.step()
        course["loss"].append(loss.item())
        if looked:
            moved = (watch(model, probe)[0][0].grid - before).norm(dim=-1) * CANVAS / 2
            course["moved"].append(moved.max().item())
    if steps % every == 0:
        _look(model, probe, course, steps)
    course["error"] = test_error(model)
    return model, course


def _look(model, probe, course, step):
    """Record where a model looks; return its grid."""
    look = watch(model, probe)[0][0]
    found = measure_grid(look)
    larger, smaller = found["singular_values"].mean(0).tolist()
    for key, value in dict(step=step, outside=found["outside"].mean().item(), larger=larger, smaller=smaller).items():
        course[key].append(value)
    return look.grid


def test_error(model):
    """Share of the test digits that a model misclassifies."""
    images, labels, _ = test_set()
    with torch.no_grad():
        return (model(images).argmax(1) != labels).double().mean().item()
