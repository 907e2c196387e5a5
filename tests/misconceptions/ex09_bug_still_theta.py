"""Wrong answers to `bug_still_theta`, and the calls that tell them apart."""

import numpy as np

from stn_numpy import affine_sample
from tests.judge import Case, Exercise


def localise(image):
    """A window shifted to the right by half of each image's mean."""
    theta = np.zeros((len(image), 2, 3), image.dtype)
    theta[:, 0, 0] = theta[:, 1, 1] = 1
    theta[:, 0, 2] = image.mean(axis=(1, 2, 3)) / 2
    return theta


def sample(height, width):
    """A sampler whose output has this size."""

    def sample(image, theta):
        return affine_sample(image, theta, (*image.shape[:2], height, width), align_corners=False)

    sample.__doc__ = f"The real sampler, outputs of {height} x {width}, align_corners=False."
    return sample


def classify(image):
    """Sums of pixels: weighed 1, 2, 3, ... by column, and unweighed."""
    columns = np.arange(1, image.shape[3] + 1, dtype=image.dtype)
    return np.stack([(image * columns).sum(axis=(1, 2, 3)), image.sum(axis=(1, 2, 3))], axis=1)


def shift(right):
    return [[1, 0, right], [0, 1, 0]]


RNG = np.random.default_rng(0)

EXERCISE = Exercise(
    name="bug_still_theta",
    answer="tests.solutions",
    gives=("theta", "warped", "scores"),
    cases=[
        Case(
            "localise shifts by half the image's mean, here by one pixel",
            np.array([[[[0.0, 0, 4, 0]]]]),
            localise,
            sample(1, 4),
            classify,
            expected=([shift(1 / 2)], [[[[0, 4, 0, 0]]]], [[8, 4]]),
        ),
        Case(
            "two images, which localise shifts by half their means, here by one pixel and by two",
            np.array([[[[0.0, 0, 4, 0]]], [[[0, 8, 0, 0]]]]),
            localise,
            sample(1, 4),
            classify,
            expected=([shift(1 / 2), shift(1)], [[[[0, 4, 0, 0]]], [[[0, 0, 0, 0]]]], [[8, 4], [0, 0]]),
        ),
        Case(
            "two images, two channels of 3 x 4, outputs of 3 x 4",
            RNG.uniform(0, 1, (2, 2, 3, 4)),
            localise,
            sample(3, 4),
            classify,
        ),
        Case(
            "two images of 4 x 5, outputs of 2 x 3", RNG.uniform(0, 1, (2, 1, 4, 5)), localise, sample(2, 3), classify
        ),
        Case(
            "two images of 4 x 5 in float32, outputs of 2 x 3",
            RNG.uniform(0, 1, (2, 1, 4, 5)).astype("float32"),
            localise,
            sample(2, 3),
            classify,
        ),
    ],
)


@EXERCISE.wrong(
    "As it was found",
    "the code passes the untransformed image to the classifier, so the scores and the loss do not depend on theta and "
    "its gradient is zero; pass `warped` instead.",
    "sec-layer-failures",
)
def as_found(image, localise, sample, classify):
    theta = localise(image)
    warped = sample(image, theta)
    scores = classify(image)
    return theta, warped, scores


@EXERCISE.wrong(
    "The image is warped twice",
    "your function applies theta again to the warped image; the classifier should receive the image warped once, the "
    "one that is returned.",
    "sec-layer-chain",
)
def warped_twice(image, localise, sample, classify):
    theta = localise(image)
    warped = sample(image, theta)
    return theta, warped, classify(sample(warped, theta))


@EXERCISE.wrong(
    "Warped with the identity",
    "your function samples with the identity, so the scores still do not depend on theta; sample with the theta that "
    "`localise` returns.",
    "sec-layer-failures",
)
def with_the_identity(image, localise, sample, classify):
    theta = localise(image)
    identity = np.zeros_like(theta)
    identity[:, 0, 0] = identity[:, 1, 1] = 1
    warped = sample(image, identity)
    return theta, warped, classify(warped)


@EXERCISE.wrong(
    "The localisation network receives the warped image",
    "your function returns `localise(warped)`; theta comes from the image before it is warped, `localise(image)`, as "
    "in the original code.",
    "sec-layer-chain",
)
def localised_after(image, localise, sample, classify):
    warped = sample(image, localise(image))
    return localise(warped), warped, classify(warped)


@EXERCISE.wrong(
    "Localised and sampled a second time",
    "your function localises again on the warped image and samples with that theta; the layer localises once and "
    "samples once, from the original image.",
    "sec-layer-chain",
)
def second_round(image, localise, sample, classify):
    warped = sample(image, localise(image))
    theta = localise(warped)
    warped = sample(image, theta)
    return theta, warped, classify(warped)


@EXERCISE.wrong(
    "theta is inverted",
    "your function inverts theta; theta already maps each output pixel to its position in the input and is used as it "
    "is, so the bug is elsewhere.",
    "sec-layer-chain",
)
def inverted(image, localise, sample, classify):
    theta = localise(image)
    inverse = theta.copy()
    inverse[:, :, :2] = np.linalg.inv(theta[:, :, :2])
    inverse[:, :, 2:] = -inverse[:, :, :2] @ theta[:, :, 2:]
    warped = sample(image, inverse)
    return theta, warped, classify(warped)


@EXERCISE.wrong(
    "The untransformed image is returned",
    "your scores are right, but the second result is the untransformed image; return the warped one, which the "
    "classifier received.",
    "sec-layer-chain",
)
def image_returned(image, localise, sample, classify):
    theta = localise(image)
    return theta, image.copy(), classify(sample(image, theta))


@EXERCISE.wrong(
    "Both images are classified and added",
    "your function adds the scores of the untransformed image, so the classifier can do without the transformer; the "
    "scores should be those of the warped image alone.",
    "sec-layer-failures",
)
def both(image, localise, sample, classify):
    theta = localise(image)
    warped = sample(image, theta)
    return theta, warped, classify(image) + classify(warped)


@EXERCISE.wrong(
    "One theta for the whole batch",
    "your function uses the first theta for every image; `localise` returns one for each.",
    "sec-layer-chain",
)
def first_theta(image, localise, sample, classify):
    theta = np.repeat(localise(image)[:1], len(image), axis=0)
    warped = sample(image, theta)
    return theta, warped, classify(warped)


@EXERCISE.wrong(
    "The scores of the untransformed image are subtracted",
    "your function subtracts the scores of the untransformed image; the scores should be those of the warped image "
    "alone.",
    "sec-layer-failures",
)
def difference(image, localise, sample, classify):
    theta = localise(image)
    warped = sample(image, theta)
    return theta, warped, classify(warped) - classify(image)


@EXERCISE.wrong(
    "The mean of both images' scores",
    "your function averages the scores with those of the untransformed image, so the classifier can do without the "
    "transformer; the scores should be those of the warped image alone.",
    "sec-layer-failures",
)
def mean_of_both(image, localise, sample, classify):
    theta = localise(image)
    warped = sample(image, theta)
    return theta, warped, ((classify(image) + classify(warped)) / 2).astype(image.dtype)


@EXERCISE.wrong(
    "The identity is returned instead of theta",
    "your function returns the identity as theta; return the theta that `localise` predicted and the sampler used.",
    "sec-layer-chain",
)
def identity_returned(image, localise, sample, classify):
    theta = localise(image)
    warped = sample(image, theta)
    identity = np.zeros_like(theta)
    identity[:, 0, 0] = identity[:, 1, 1] = 1
    return identity, warped, classify(warped)


@EXERCISE.right_too
def under_one_name(image, localise, sample, classify):
    theta = localise(image)
    image = sample(image, theta)
    return theta, image, classify(image)


@EXERCISE.right_too
def one_by_one(image, localise, sample, classify):
    found = []
    for n in range(len(image)):
        one = image[n : n + 1]
        out = sample(one, localise(one))
        found.append((localise(one), out, classify(out)))
    return [np.concatenate(part) for part in zip(*found)]


@EXERCISE.wrong(
    "The image is warped twice, and returned like that",
    "your function applies theta again to the warped image and returns the result; apply theta once, and pass the "
    "classifier the same image that is returned.",
    "sec-layer-chain",
)
def twice_and_returned(image, localise, sample, classify):
    theta = localise(image)
    warped = sample(sample(image, theta), theta)
    return theta, warped, classify(warped)
