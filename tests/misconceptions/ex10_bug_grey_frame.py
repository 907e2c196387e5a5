"""Wrong answers to `bug_grey_frame`, and the calls that tell them apart."""

import numpy as np

from stn_numpy import grid_sample
from tests.judge import Case, Exercise


def sample(image, grid):
    """Bilinear, zeros outside; -1 and 1 are the outermost centres."""
    return grid_sample(image, grid, padding_mode="zeros", align_corners=True)


def along(*x):
    """A grid of one row, at y = 0."""
    return np.stack([np.array(x, "float64"), np.zeros(len(x))], axis=-1)[None, None]


BLACK_AND_WHITE = np.array([[[[0.0, 1.0]]]])
HALF = np.array([0.5])
RNG = np.random.default_rng(0)
PICTURES = RNG.random((2, 2, 3, 3))
POINTS = RNG.uniform(-1.8, 1.8, (2, 2, 3, 2))

EXERCISE = Exercise(
    name="bug_grey_frame",
    answer="tests.solutions",
    gives=("normalised",),
    cases=[
        Case(
            "a black pixel, a white one, and a point two pixels outside",
            BLACK_AND_WHITE,
            along(-1, 1, 5),
            HALF,
            HALF,
            sample,
            expected=[[[[-1, 1, -1]]]],
            outside=[[[[False, False, True]]]],
        ),
        Case(
            "a point half a pixel past the white pixel, so half white and half black",
            BLACK_AND_WHITE,
            along(1, 2),
            HALF,
            HALF,
            sample,
            expected=[[[[1, 0]]]],
            outside=[[[[False, True]]]],
        ),
        Case(
            "a mid-grey pixel, which is 0 once normalised; the deviation is a quarter",
            BLACK_AND_WHITE / 2,
            along(-1, 1, 5),
            HALF,
            HALF / 2,
            sample,
            expected=[[[[-2, 0, -2]]]],
            outside=[[[[False, False, True]]]],
        ),
        Case(
            "two pictures of two channels, each channel with its own mean",
            PICTURES,
            POINTS,
            np.array([0.25, 0.5]),
            np.array([0.5, 2.0]),
            sample,
            outside=(abs(POINTS) > 1).any(axis=-1)[:, None],
        ),
        Case(
            "two pictures of two channels in float32",
            PICTURES.astype("float32"),
            POINTS.astype("float32"),
            np.array([0.1, 0.2], "float32"),
            np.array([0.3, 0.4], "float32"),
            sample,
            outside=(abs(POINTS) > 1).any(axis=-1)[:, None],
        ),
    ],
)


@EXERCISE.wrong(
    "As it was found",
    "outside, the sampler reads 0, which is black only as long as the mean has not "
    "been subtracted, so sample first and normalise what was read.",
    "sec-training-ground",
)
def as_found(image, grid, mean, deviation, sample):
    channel_mean = mean[:, None, None]
    channel_deviation = deviation[:, None, None]
    normalised = (image - channel_mean) / channel_deviation
    return sample(normalised, grid)


@EXERCISE.wrong(
    "Normalised before and after",
    "the mean is subtracted once, from what was read; take the line away that does it before.",
    "sec-training-ground",
)
def twice(image, grid, mean, deviation, sample):
    seen = as_found(image, grid, mean, deviation, sample)
    return (seen - mean[:, None, None]) / deviation[:, None, None]


@EXERCISE.wrong(
    "Not normalised at all",
    "the frame is gone, but the classifier expects brightness in deviations from "
    "the mean: subtract the mean and divide after sampling.",
    "sec-training-ground",
)
def never(image, grid, mean, deviation, sample):
    return sample(image, grid)


@EXERCISE.wrong(
    "The mean of what was read",
    "mean and deviation are the training images', the same for every "
    "picture; those of the output depend on how much black theta has let in.",
    "sec-training-ground",
)
def own_mean(image, grid, mean, deviation, sample):
    seen = sample(image, grid)
    return (seen - seen.mean(axis=(0, 2, 3), keepdims=True)) / seen.std(axis=(0, 2, 3), keepdims=True)


@EXERCISE.wrong(
    "Zeros are painted over",
    "black goes wherever a sample lies outside, and a normalised 0 is no sign "
    "of that: a mid-grey pixel is 0 too, and a sample half outside is not; sample first and nothing need "
    "be painted.",
    "sec-training-ground",
)
def zeros_replaced(image, grid, mean, deviation, sample):
    seen = as_found(image, grid, mean, deviation, sample)
    return np.where(seen == 0, -(mean / deviation)[:, None, None], seen)


@EXERCISE.wrong(
    "Everything past the edge is painted black",
    "a point less than a pixel outside still sees part of "
    "the outermost pixel; sample first, and the sampler mixes it with black by itself.",
    "sec-training-ground",
)
def edge_replaced(image, grid, mean, deviation, sample):
    seen = as_found(image, grid, mean, deviation, sample)
    outside = (abs(grid) > 1).any(axis=-1)[:, None]
    return np.where(outside, -(mean / deviation)[:, None, None], seen)


@EXERCISE.wrong(
    "The points are clamped to the edge",
    "around an image all is to be black, and a clamped point "
    "repeats the outermost pixel; leave the grid as it is, and sample before the mean is subtracted.",
    "sec-training-ground",
)
def clamped(image, grid, mean, deviation, sample):
    return as_found(image, np.clip(grid, -1, 1), mean, deviation, sample)


@EXERCISE.wrong(
    "The brackets are missing",
    "the mean is subtracted before the division, (v - mean) / deviation; "
    "without brackets Python divides the mean alone.",
    "sec-training-ground",
)
def without_brackets(image, grid, mean, deviation, sample):
    return sample(image, grid) - mean[:, None, None] / deviation[:, None, None]


@EXERCISE.wrong(
    "The mean is not divided",
    "what is subtracted after the division is mean / deviation, black's "
    "distance from the mean; yours divides the brightness and then takes the whole mean away.",
    "sec-training-ground",
)
def divided_first(image, grid, mean, deviation, sample):
    return sample(image / deviation[:, None, None], grid) - mean[:, None, None]


@EXERCISE.wrong(
    "Multiplied by the deviation",
    "you sample first, as it should be; but brightness in deviations from "
    "the mean is (v - mean) / deviation, and yours multiplies.",
    "sec-training-ground",
)
def times_deviation(image, grid, mean, deviation, sample):
    return (sample(image, grid) - mean[:, None, None]) * deviation[:, None, None]


@EXERCISE.wrong(
    "The mean is added",
    "you sample first, as it should be; but the mean is subtracted, so that black "
    "becomes -mean / deviation, and yours adds it.",
    "sec-training-ground",
)
def mean_added(image, grid, mean, deviation, sample):
    return (sample(image, grid) + mean[:, None, None]) / deviation[:, None, None]


@EXERCISE.wrong(
    "Only the mean is subtracted",
    "after sampling two things remain, to subtract the mean and to divide "
    "by the deviation; yours does the first alone.",
    "sec-training-ground",
)
def undivided(image, grid, mean, deviation, sample):
    return sample(image, grid) - mean[:, None, None]


@EXERCISE.wrong(
    "One mean and one deviation for all channels",
    "each channel has a mean and a deviation of its own, mean[:, None, None]; yours uses their average for all.",
    "sec-training-ground",
)
def one_for_all(image, grid, mean, deviation, sample):
    return ((sample(image, grid) - mean.mean()) / deviation.mean()).astype(image.dtype)


@EXERCISE.wrong(
    "The first channel's mean for all",
    "each channel has a mean and a deviation of its own, mean[:, None, None]; yours uses the first one's for all.",
    "sec-training-ground",
)
def first_for_all(image, grid, mean, deviation, sample):
    return (sample(image, grid) - mean[0]) / deviation[0]


@EXERCISE.wrong(
    "The mean lies along the columns",
    "mean[:, None, None] belongs to the channels; without the two "
    "axes NumPy lays it along the last axis, where it does not fit, or fits by chance.",
    "sec-training-ground",
)
def along_columns(image, grid, mean, deviation, sample):
    return (sample(image, grid) - mean) / deviation


@EXERCISE.wrong(
    "The variance for the deviation",
    "brightness is divided by the deviation as it comes; yours divides by its square.",
    "sec-training-ground",
)
def variance(image, grid, mean, deviation, sample):
    return (sample(image, grid) - mean[:, None, None]) / deviation[:, None, None] ** 2


@EXERCISE.wrong(
    "The frame is painted black by hand, too large",
    "black goes where nothing was read, and a sample "
    "half outside is a mixture; yours paints whatever has no part of the image's 0 to 1, and so the dark "
    "pixels too.",
    "sec-training-ground",
)
def dark_painted(image, grid, mean, deviation, sample):
    seen = as_found(image, grid, mean, deviation, sample)
    return np.minimum(seen, -(mean / deviation)[:, None, None])


@EXERCISE.wrong(
    "The image is read without its black",
    "outside, a brightness of 0 is read, and stays -mean / "
    "deviation once normalised; yours divides by the share that lies inside, and so leaves the outside "
    "out.",
    "sec-training-ground",
)
def without_black(image, grid, mean, deviation, sample):
    inside = sample(np.ones_like(image), grid)
    seen = sample(image, grid) / np.where(inside, inside, 1)
    return ((seen - mean[:, None, None]) / deviation[:, None, None]).astype(image.dtype)


@EXERCISE.wrong(
    "Each image's own mean",
    "the mean is the one that comes in, taken over all training images, so that a bright image stays bright; yours "
    "subtracts the mean of the image itself.",
    "sec-training-ground",
)
def mean_of_the_image(image, grid, mean, deviation, sample):
    return (sample(image, grid) - image.mean(axis=(2, 3), keepdims=True)) / deviation[:, None, None]


@EXERCISE.right_too
def channel_by_channel(image, grid, mean, deviation, sample):
    seen = sample(image, grid).astype("float64")
    for channel, (its_mean, its_deviation) in enumerate(zip(mean, deviation)):
        seen[:, channel] -= its_mean
        seen[:, channel] /= its_deviation
    return seen.astype(image.dtype)


@EXERCISE.right_too
def black_put_in_by_share(image, grid, mean, deviation, sample):
    """Normalise first, and add black for the share of each sample that lay outside."""
    normalised = (image - mean[:, None, None]) / deviation[:, None, None]
    inside = sample(np.ones_like(image), grid)
    return sample(normalised, grid) - (1 - inside) * mean[:, None, None] / deviation[:, None, None]


@EXERCISE.right_too
def ground_at_zero(image, grid, mean, deviation, sample):
    """Divide first, which keeps black at 0, and shift after sampling."""
    return sample(image / deviation[:, None, None], grid) - (mean / deviation)[:, None, None]
