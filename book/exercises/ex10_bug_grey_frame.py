"""Find the bug that draws a grey frame around the picture.

Chapter:     10, Training it with nothing but NumPy
Difficulty:  1 of 3
Size:        about 2 lines
Check:       pytest --ex bug_grey_frame

The symptom: as soon as a grid reaches past the edge of a digit, the digit is on a dark patch in a grey frame. In
training the transformer zooms out, and may collapse early. Found in a widely read tutorial:
https://github.com/pytorch/tutorials/issues/1117
"""

import numpy as np


def bug_grey_frame(image, grid, mean, deviation, sample):
    """Read images at the points of a grid and normalise them for the classifier; outside an image, all is black.

    Parameters
    ----------
    image : (N, C, H, W) array of float32 or float64
        Brightness, not normalised; 0 is black.
    grid : (N, h, w, 2) array of the image's dtype
        Points (x, y) in normalised units.
    mean, deviation : (C,) arrays of the image's dtype
        Of each channel, over all pixels of the training images.
    sample : function
        ``sample(image, grid)`` reads images at the points of a grid, zeros outside: (N, C, h, w).

    Returns
    -------
    (N, C, h, w) array of the image's dtype
        Brightness in deviations from the mean, also of what was read outside the image.

    Notes
    -----
    Convention: a brightness v becomes ``(v - mean) / deviation``, so black is ``-mean / deviation``.
    """
    raise NotImplementedError("find the bug, fix it, then delete this line")
    channel_mean = mean[:, None, None]
    channel_deviation = deviation[:, None, None]
    normalised = (image - channel_mean) / channel_deviation
    return sample(normalised, grid)


# Three hints, each more explicit than the one before. Stop as soon as you can go on alone.
HINTS = [
    "Take one row of two pixels, a black one and a white one, and follow a point far outside through the function, "
    "with mean 0.5 and deviation 0.5. What is the result for it, and what for the black pixel?",
    "Outside, `sample` reads 0, whatever the mean is. Before the mean is subtracted that is black; afterwards it is "
    "the mean brightness, a grey.",
    "Exchange the two steps: `seen = sample(image, grid)` first, then `(seen - channel_mean) / channel_deviation`.",
]
