"""Find the reason why theta never changes.

Chapter:     9, The transformer as one layer
Difficulty:  1 of 3
Size:        about 1 line
Check:       pytest --ex bug_still_theta

The function runs, and all shapes are right. In training the loss falls, the warped images look as they should for their
thetas, and theta never leaves its starting value. Found in a widely read program:
https://github.com/kevinzakka/spatial-transformer-network/issues/3
"""

import numpy as np


def bug_still_theta(image, localise, sample, classify):
    """Run a transformer and a classifier after it: the forward of a training step.

    Parameters
    ----------
    image : (N, C, H, W) array of float32 or float64
    localise : callable
        ``localise(image) -> theta``, (N, C, H, W) to (N, 2, 3).
    sample : callable
        ``sample(image, theta) -> warped``, to (N, C, h, w); it determines the output's size.
    classify : callable
        ``classify(image) -> scores``, (N, C, height, width) of any height and width to (N, K).

    Returns
    -------
    theta : (N, 2, 3) array
        The predictions of the localisation network.
    warped : (N, C, h, w) array
        The outputs of the transformer.
    scores : (N, K) array
        The classifier's scores, from which the loss is computed.

    Notes
    -----
    Convention: theta maps output positions to input positions. Source: Jaderberg et al. 2015, section 3.
    """
    raise NotImplementedError("find the bug, fix it, then delete this line")
    theta = localise(image)
    warped = sample(image, theta)
    scores = classify(image)
    return theta, warped, scores


# Three hints, each more explicit than the one before. Stop as soon as you can go on alone.
HINTS = [
    "Begin at the scores, from which the loss is computed, and go back line by line. Which arrays does a gradient "
    "reach?",
    "With another theta, would the scores differ? If a loss does not depend on theta, its gradient with respect to "
    "theta is zero.",
    "`warped` is computed and returned, but the scores do not depend on it. Look at the classifier's input.",
]
