"""Find out why theta never moves.

Chapter:     9, The transformer as one layer
Difficulty:  1 of 3
Size:        about 1 line
Check:       pytest --ex bug_still_theta

The function runs, and all shapes are right. In training the loss falls, the pictures of the warped images look as theta
says, and theta stays where it started, however long one waits. Found in a widely read program:
https://github.com/kevinzakka/spatial-transformer-network/issues/3
"""

import numpy as np


def bug_still_theta(image, localise, sample, classify):
    """Run a classifier behind a transformer: one forward, as a training step begins with it.

    Parameters
    ----------
    image : (N, C, H, W) array of float32 or float64
    localise : callable
        ``localise(image) -> theta``, (N, C, H, W) to (N, 2, 3).
    sample : callable
        ``sample(image, theta) -> warped``, to (N, C, h, w); the output's size is settled in it.
    classify : callable
        ``classify(image) -> scores``, (N, C, height, width) of any height and width to (N, K).

    Returns
    -------
    theta : (N, 2, 3) array
        What the localisation network said of the images.
    warped : (N, C, h, w) array
        The images as the transformer passes them on.
    scores : (N, K) array
        What the classifier makes of what it is passed; the loss is computed from these.

    Notes
    -----
    Convention: theta maps output positions to input positions. Source: Jaderberg et al. 2015, section 3.
    """
    raise NotImplementedError("find the bug, mend it, then delete this line")
    theta = localise(image)
    warped = sample(image, theta)
    scores = classify(image)
    return theta, warped, scores


# Three hints, each saying more than the one before. Stop as soon as you can go on alone.
HINTS = [
    "Begin at the scores, from which the loss is made, and go back line by line. Which arrays does a gradient reach?",
    "If another theta stood there, would the scores be others? A loss that doesn't depend on theta has the gradient "
    "zero for it.",
    "`warped` is made and returned, and the scores never see it. Look at what the classifier is given.",
]
