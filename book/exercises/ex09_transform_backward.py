"""Go back from the transformer's output to the weights of its localisation network.

Chapter:     9, The transformer as one layer
Difficulty:  2 of 3
Size:        about 3 lines
Check:       pytest --ex transform_backward

The backward of `transform`, in three steps whose functions are given. The gradient with respect to the canvas is not
needed, since nothing before the canvas is trained.
"""

import numpy as np

from book.by_hand import affine_grid_backward, network_backward, sampler_d_grid, shrink


def transform_backward(d_seen, image, grid, theta, localisation):
    """Take the output's gradient back to the weights of the localisation network.

    Parameters
    ----------
    d_seen : (N, 1, SEEN, SEEN) array of float32 or float64
        Gradient of the loss with respect to the output of `transform`.
    image : (N, 1, H, W) array of d_seen's dtype
        The canvases.
    grid : (N, SEEN, SEEN, 2) array of d_seen's dtype
        The points at which they were read, as `transform` returned it.
    theta : (N, 2, 3) array of d_seen's dtype
        As `transform` returned it.
    localisation : tuple of four arrays of d_seen's dtype
        Weights of the localisation network.

    Returns
    -------
    tuple of four arrays
        Their gradients, in the same order.

    Notes
    -----
    Convention: ``align_corners=False`` throughout; write it by its name, `align_corners=False`, in both calls.
    """
    raise NotImplementedError("your answer goes here")


# Three hints, each more explicit than the one before. Stop as soon as you can go on alone.
HINTS = [
    "The forward has three lines: theta, grid, seen. Read them from the last to the first. Which function takes a "
    "gradient back through each?",
    "`sampler_d_grid` gives the gradient of the grid, `affine_grid_backward` that of theta. The localisation network "
    "gave theta as six numbers in a row, and so its gradient goes back as six numbers in a row.",
    "`network_backward(d_theta.reshape(-1, 6), shrink(image), localisation)` returns the gradient of its inputs and "
    "the gradients of its weights; return the second.",
]
