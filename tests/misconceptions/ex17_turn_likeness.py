"""Wrong answers to `turn_likeness`, and the calls that tell them apart."""

import numpy as np

from tests.judge import Case, Exercise
from tests.solutions import turn_likeness


def some(seed, count, turns, features, dtype="float64"):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(count, turns, features)).astype(dtype), rng.normal(size=(turns, features)).astype(dtype)


NOSE = np.array([0, 1.0, 3, 1, 0, 0])[:, None]

EXERCISE = Exercise(
    name="turn_likeness",
    answer="tests.solutions",
    gives=("likeness",),
    cases=[
        Case(
            "three copies of one feature: 1, 2 and 5, with a template of 1, 10 and 100",
            np.array([[[1.0], [2], [5]]]),
            np.array([[1.0], [10], [100]]),
            expected=np.array([[521.0, 152, 215]]),
        ),
        Case("a template and the same, moved on by two places", np.roll(NOSE, 2, axis=0)[None], NOSE),
        Case("two images, five copies, three features", *some(0, 2, 5, 3)),
        Case("as many features as copies", *some(1, 3, 4, 4)),
        Case("one copy", *some(2, 2, 1, 3)),
        Case("in float32", *some(3, 2, 4, 2, "float32")),
    ],
)


@EXERCISE.wrong(
    "Turned the other way round",
    "your place s pairs copy k - s with the template's copy k; the definition pairs copy k + s.",
    "sec-aerial-congealing",
)
def other_way(features, template):
    return turn_likeness(features, template)[:, -np.arange(features.shape[1])]


@EXERCISE.wrong(
    "A convolution",
    "your template runs backwards: place s pairs copy s - k with copy k, which is a convolution; pair k + s with k.",
    "sec-aerial-congealing",
)
def convolved(features, template):
    return turn_likeness(features[:, -np.arange(features.shape[1])], template)[:, -np.arange(features.shape[1])]


@EXERCISE.wrong(
    "It does not go around",
    "your products stop where k + s reaches K; after the last copy comes the first.",
    "sec-aerial-congealing",
)
def cut_off(features, template):
    turns = features.shape[1]
    rows = [(features[:, s:] * template[: turns - s]).sum((1, 2)) for s in range(turns)]
    return np.stack(rows, axis=1)


@EXERCISE.wrong(
    "The mean over copies", "your likeness is a mean over copies; the definition is a sum.", "sec-aerial-congealing"
)
def mean_of_copies(features, template):
    return turn_likeness(features, template) / np.float32(features.shape[1])


@EXERCISE.wrong(
    "The mean over copies and features",
    "your likeness is a mean over copies and features; the definition is a sum.",
    "sec-aerial-congealing",
)
def mean_of_all(features, template):
    return turn_likeness(features, template) / np.float32(template.size)


@EXERCISE.wrong(
    "Lengths are divided out",
    "your likeness is divided by the lengths of both arrays; the definition is the plain sum of products.",
    "sec-aerial-congealing",
)
def cosine(features, template):
    lengths = np.linalg.norm(features, axis=(1, 2)) * np.linalg.norm(template)
    return turn_likeness(features, template) / lengths[:, None]


@EXERCISE.wrong(
    "Every feature meets every other",
    "your function adds up the features before it multiplies; each feature is multiplied with its own.",
    "sec-aerial-congealing",
)
def features_summed(features, template):
    return turn_likeness(features.sum(2, keepdims=True), template.sum(1, keepdims=True))


@EXERCISE.wrong(
    "The features are shifted, not the copies",
    "your shift moves the features, the last axis; move the copies.",
    "sec-aerial-congealing",
)
def along_features(features, template):
    rows = [(features * np.roll(template, s, axis=1)).sum((1, 2)) for s in range(features.shape[1])]
    return np.stack(rows, axis=1)


@EXERCISE.wrong(
    "A shift of the flat array",
    "your `np.roll` has no axis, so it moves single numbers from copy to copy; give it the axis of the copies.",
    "sec-aerial-congealing",
)
def flat(features, template):
    rows = [(features * np.roll(template, s)).sum((1, 2)) for s in range(features.shape[1])]
    return np.stack(rows, axis=1)


@EXERCISE.wrong(
    "A distance",
    "your function returns minus the squared distance; the definition is the sum of products.",
    "sec-aerial-congealing",
)
def distance(features, template):
    rows = [-((features - np.roll(template, s, axis=0)) ** 2).sum((1, 2)) for s in range(features.shape[1])]
    return np.stack(rows, axis=1)


@EXERCISE.wrong(
    "Shares", "your likenesses have gone through a softmax; return the sums themselves.", "sec-aerial-congealing"
)
def shares(features, template):
    likeness = turn_likeness(features, template)
    powers = np.exp(likeness - likeness.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


@EXERCISE.wrong(
    "One place too far", "your first place is a shift by one; place 0 is no shift.", "sec-aerial-congealing"
)
def from_one(features, template):
    return np.roll(turn_likeness(features, template), -1, axis=1)


@EXERCISE.wrong(
    "The mean is taken off",
    "your function subtracts the mean of the features over the copies first; the definition does not.",
    "sec-aerial-congealing",
)
def centred(features, template):
    return turn_likeness(features - features.mean(axis=1, keepdims=True), template)


@EXERCISE.right_too
def by_moving_the_features(features, template):
    rows = [np.einsum("nkd,kd->n", np.roll(features, -s, axis=1), template) for s in range(features.shape[1])]
    return np.stack(rows, axis=1)


@EXERCISE.right_too
def by_fourier(features, template):
    spectrum = np.fft.rfft(features, axis=1) * np.fft.rfft(template, axis=0).conj()
    return np.fft.irfft(spectrum.sum(axis=2), n=features.shape[1], axis=1).astype(features.dtype)
