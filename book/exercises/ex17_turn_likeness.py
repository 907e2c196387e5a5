"""Compare an image with a template at every turn.

Chapter:     17, Aerial images at any heading and scale
Difficulty:  2 of 3
Size:        about 4 lines
Check:       pytest --ex turn_likeness

The step of congealing that finds a heading: the features of K turned copies of an image are those of the template, but
for a shift.
"""

import numpy as np


def turn_likeness(features, template):
    """Correlate the features of images with a template, shifted by every number of places.

    Parameters
    ----------
    features : (N, K, D) array of float32 or float64
        D features of each of K turned copies of N images. The copies go once around, so after the last comes the first.
    template : (K, D) array of features' dtype

    Returns
    -------
    (N, K) array of the same dtype
        At place s, from 0 to K - 1: the sum over copies k and features d of
        ``features[n, k + s, d] * template[k, d]``, places modulo K.
    """
    raise NotImplementedError("your answer goes here")


# Three hints, each more explicit than the one before. Stop as soon as you can go on alone.
HINTS = [
    "Write down K = 3, D = 1 first: which three products does place 1 add up? Which copy does the last copy of the "
    "template meet?",
    "Either the features move back by s places, or the template moves on by s places; `np.roll` does both, along one "
    "axis. Then multiply and sum.",
    "For each s: `np.roll(template, s, axis=0)`, and its sum of products with every image's features, for example by "
    "`np.einsum('nkd,kd->n', ...)`.",
]
