"""Read a row of pixels without testing whether they exist.

Chapter:     11, From loops to machine code: how a readable loop becomes faster than a framework
Difficulty:  2 of 3
Size:        about 4 lines
Check:       pytest --ex hat_read

The hat formula along one axis: a cell that is clamped, so that both of its pixels exist, and weights that are zero
outside. Positions inside, outside and very far outside are tested. Loops, NumPy and Numba all pass.
"""

import numpy as np


def hat_read(row, position):
    """Read a row of pixels at arbitrary positions, with zeros outside.

    Parameters
    ----------
    row : (W,) array of float32 or float64
        The pixels' brightness; there are at least two.
    position : (K,) array of row's dtype
        Where the row is read, in pixels: 0 is the centre of the first, W - 1 that of the last. Finite, but of any size.

    Returns
    -------
    (K,) array of row's dtype
        The values that are read.

    Notes
    -----
    Convention: each pixel weighs ``max(0, 1 - |distance|)``, and a pixel that does not exist is a zero.
    Source: Jaderberg et al. 2015, eq. 5.
    """
    raise NotImplementedError("your answer goes here")


# Three hints, each more explicit than the one before. Stop as soon as you can go on alone.
HINTS = [
    "Two pixels next to each other are read for each position. For a position left of pixel 1, however far, they are "
    "pixels 0 and 1; right of the last but one, they are the last two. Clamp the cell, never the position.",
    "The cell is `floor(position)`, clamped to 0 and W - 2, where W is the length of the row. Clamp before you convert "
    "to an integer: 1e30 is too large for one. The distances are `position - cell` and `position - (cell + 1)`.",
    "`cell = np.clip(np.floor(position), 0, len(row) - 2)` and `d = position - cell`; then `hat(d) * row[c] + "
    "hat(d - 1) * row[c + 1]`, with `c = cell.astype(int)` and `hat(d) = np.maximum(0, 1 - np.abs(d))`.",
]
