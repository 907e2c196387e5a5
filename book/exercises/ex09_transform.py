"""Put the spatial transformer together.

Chapter:     9, The transformer as one layer
Difficulty:  1 of 3
Size:        about 3 lines
Check:       pytest --ex transform

All parts in three lines: the localisation network, the grid generator and the sampler. SEEN, 20, is the height and
width of the classifier's input.
"""

import numpy as np

from book.by_hand import SEEN, affine_grid, grid_sample, network, shrink


def transform(image, localisation):
    """Predict theta, make the grid, sample the image; return the output, the grid and theta.

    Parameters
    ----------
    image : (N, 1, H, W) array of float32 or float64
        The canvases; H and W are 40, as `shrink` requires.
    localisation : tuple of four arrays of the image's dtype
        Weights of the localisation network, whose input is the shrunk canvas.

    Returns
    -------
    seen : (N, 1, SEEN, SEEN) array
        The output for each canvas.
    grid : (N, SEEN, SEEN, 2) array
        The points at which it is read, in normalised units.
    theta : (N, 2, 3) array
        The six numbers of the localisation network, row by row.

    Notes
    -----
    Convention: ``align_corners=False`` throughout; write it by its name, `align_corners=False`, in both calls.
    """
    raise NotImplementedError("your answer goes here")


# Three hints, each more explicit than the one before. Stop as soon as you can go on alone.
HINTS = [
    "Which function gives six numbers for each canvas, which one turns theta into points, and which one reads at "
    "points?",
    "The localisation network's input is `shrink(image)`, and its six numbers are the rows of theta: `.reshape(-1, 2, "
    "3)`. The grid has the size of the output, and the sampler reads the canvas itself.",
    "`theta = network(shrink(image), localisation).reshape(-1, 2, 3)`, then `grid = affine_grid(theta, (len(image), "
    "1, SEEN, SEEN), align_corners=False)`, then `grid_sample(image, grid, ...)`.",
]
