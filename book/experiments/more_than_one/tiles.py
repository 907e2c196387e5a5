"""Starting thetas of several transformers: each at its own part of the picture."""

import math

from stn_numpy.check import check_choice, check_whole
from stn_numpy.pytorch.families import TRANSFORMS

TILED = {"attention": (0, 0, 1, 2), "affine": (0, 4, 2, 5)}  # where scale x, scale y, shift x and shift y are


def tiled_starts(count: int, transform: str = "attention", share: float | None = None) -> list[tuple]:
    """The parameters, in normalised units, by which each of `count` transformers, "attention" or "affine", begins at
    its own part of the picture, in as many columns as rows, or one more. Each sees `share` of its width and height:
    None for 1 over the columns, once the whole width together; a row that is not full is spread over the width."""
    check_whole("count", count, 1)
    check_choice("transform", transform, tuple(TILED))
    columns = math.ceil(math.sqrt(count))
    rows = math.ceil(count / columns)
    share = 1 / columns if share is None else float(share)
    if not 0 < share <= 1:
        raise ValueError(f"share: expected more than 0 and at most 1, got {share}")
    starts = []
    for place in range(count):
        row, column = divmod(place, columns)
        across = min(columns, count - row * columns)  # transformers in this row
        start = list(TRANSFORMS[transform].identity)
        x, y = ((1 - share) * _spread(*where) for where in ((column, across), (row, rows)))
        for entry, value in zip(TILED[transform], (share, share, x, y)):
            start[entry] = value
        starts.append(tuple(start))
    return starts


def _spread(place, count):
    """The place-th of `count` steps from -1 to 1; a single one is in the middle."""
    return 2 * place / (count - 1) - 1 if count > 1 else 0.0
