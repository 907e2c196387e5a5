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
    "the code normalises before it samples, and the sampler reads 0 outside, which is no longer black; sample first, "
    "and then normalise.",
    "sec-training-ground",
)
def as_found(image, grid, mean, deviation, sample):
    channel_mean = mean[:, None, None]
    channel_deviation = deviation[:, None, None]
    normalised = (image - channel_mean) / channel_deviation
    return sample(normalised, grid)


@EXERCISE.wrong(
    "Normalised before and after",
    "your function normalises before and after sampling; delete the line that does it before.",
    "sec-training-ground",
)
def twice(image, grid, mean, deviation, sample):
    seen = as_found(image, grid, mean, deviation, sample)
    return (seen - mean[:, None, None]) / deviation[:, None, None]


@EXERCISE.wrong(
    "Not normalised",
    "your function does not normalise; the frame is gone, but the classifier expects brightness in deviations from "
    "the mean, so subtract the mean and divide after sampling.",
    "sec-training-ground",
)
def never(image, grid, mean, deviation, sample):
    return sample(image, grid)


@EXERCISE.wrong(
    "The mean of what was read",
    "your mean and deviation are those of the output, which depend on how much black theta lets in; use `mean` and "
    "`deviation`, which come from the training images and are the same for every picture.",
    "sec-training-ground",
)
def own_mean(image, grid, mean, deviation, sample):
    seen = sample(image, grid)
    return (seen - seen.mean(axis=(0, 2, 3), keepdims=True)) / seen.std(axis=(0, 2, 3), keepdims=True)


@EXERCISE.wrong(
    "Zeros are replaced with black",
    "your function replaces every normalised 0 with black, but a mid-grey pixel is 0 as well, and a sample half "
    "outside is not; sample first, and nothing has to be replaced.",
    "sec-training-ground",
)
def zeros_replaced(image, grid, mean, deviation, sample):
    seen = as_found(image, grid, mean, deviation, sample)
    return np.where(seen == 0, -(mean / deviation)[:, None, None], seen)


@EXERCISE.wrong(
    "Everything beyond the edge is replaced with black",
    "your function makes every point beyond the edge black, but a point less than a pixel outside still reads part of "
    "the outermost pixel; sample first, and the sampler mixes that pixel with black.",
    "sec-training-ground",
)
def edge_replaced(image, grid, mean, deviation, sample):
    seen = as_found(image, grid, mean, deviation, sample)
    outside = (abs(grid) > 1).any(axis=-1)[:, None]
    return np.where(outside, -(mean / deviation)[:, None, None], seen)


@EXERCISE.wrong(
    "The points are clipped to the image",
    "your function clips the points, so the outermost pixel is repeated around the image; all is black there, so "
    "leave the grid as it is, and sample before you subtract the mean.",
    "sec-training-ground",
)
def clamped(image, grid, mean, deviation, sample):
    return as_found(image, np.clip(grid, -1, 1), mean, deviation, sample)


@EXERCISE.wrong(
    "The brackets are missing",
    "your function divides the mean alone, since brackets are missing; subtract before you divide, `(v - mean) / "
    "deviation`.",
    "sec-training-ground",
)
def without_brackets(image, grid, mean, deviation, sample):
    return sample(image, grid) - mean[:, None, None] / deviation[:, None, None]


@EXERCISE.wrong(
    "The mean is not divided",
    "your function divides the brightness and then subtracts the whole mean; after the division `mean / deviation` "
    "has to be subtracted.",
    "sec-training-ground",
)
def divided_first(image, grid, mean, deviation, sample):
    return sample(image / deviation[:, None, None], grid) - mean[:, None, None]


@EXERCISE.wrong(
    "Multiplied by the deviation",
    "your function samples first, as it should, but multiplies by the deviation; divide by it, `(v - mean) / "
    "deviation`.",
    "sec-training-ground",
)
def times_deviation(image, grid, mean, deviation, sample):
    return (sample(image, grid) - mean[:, None, None]) * deviation[:, None, None]


@EXERCISE.wrong(
    "The mean is added",
    "your function samples first, as it should, but adds the mean; subtract it, so that black becomes `-mean / "
    "deviation`.",
    "sec-training-ground",
)
def mean_added(image, grid, mean, deviation, sample):
    return (sample(image, grid) + mean[:, None, None]) / deviation[:, None, None]


@EXERCISE.wrong(
    "Only the mean is subtracted",
    "your function subtracts the mean but does not divide by the deviation; do both after sampling.",
    "sec-training-ground",
)
def undivided(image, grid, mean, deviation, sample):
    return sample(image, grid) - mean[:, None, None]


@EXERCISE.wrong(
    "One mean and one deviation for all channels",
    "your function uses the average mean and deviation for every channel; each channel has its own, `mean[:, None, "
    "None]`.",
    "sec-training-ground",
)
def one_for_all(image, grid, mean, deviation, sample):
    return ((sample(image, grid) - mean.mean()) / deviation.mean()).astype(image.dtype)


@EXERCISE.wrong(
    "The first channel's mean and deviation for all",
    "your function uses the first channel's mean and deviation for every channel; each channel has its own, `mean[:, "
    "None, None]`.",
    "sec-training-ground",
)
def first_for_all(image, grid, mean, deviation, sample):
    return (sample(image, grid) - mean[0]) / deviation[0]


@EXERCISE.wrong(
    "The mean is subtracted along the columns",
    "your function subtracts the mean along the last axis, as NumPy does with an array of one axis; it belongs to the "
    "channels, so give it axes for rows and columns, `mean[:, None, None]`.",
    "sec-training-ground",
)
def along_columns(image, grid, mean, deviation, sample):
    return (sample(image, grid) - mean) / deviation


@EXERCISE.wrong(
    "The variance instead of the deviation",
    "your function divides by the square of the deviation; divide by the deviation itself.",
    "sec-training-ground",
)
def variance(image, grid, mean, deviation, sample):
    return (sample(image, grid) - mean[:, None, None]) / deviation[:, None, None] ** 2


@EXERCISE.wrong(
    "Everything becomes black",
    "your function takes the smaller of each value and black, which is black everywhere; sample first, and nothing "
    "has to be replaced.",
    "sec-training-ground",
)
def dark_painted(image, grid, mean, deviation, sample):
    seen = as_found(image, grid, mean, deviation, sample)
    return np.minimum(seen, -(mean / deviation)[:, None, None])


@EXERCISE.wrong(
    "The black outside is divided out",
    "your function divides by the share of the sample that lies inside the image; outside, a brightness of 0 is read "
    "and takes part, and becomes `-mean / deviation` once normalised.",
    "sec-training-ground",
)
def without_black(image, grid, mean, deviation, sample):
    inside = sample(np.ones_like(image), grid)
    seen = sample(image, grid) / np.where(inside, inside, 1)
    return ((seen - mean[:, None, None]) / deviation[:, None, None]).astype(image.dtype)


@EXERCISE.wrong(
    "Each image's own mean",
    "your function subtracts the mean of the image itself; subtract `mean`, which comes from all training images, so "
    "that a bright image stays bright.",
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
