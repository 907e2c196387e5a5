"""The windows of an image that convolution and pooling slide over."""

from collections.abc import Iterator

import numpy as np


def output_length(name: str, length: int, kernel: int, stride: int, padding: int = 0) -> int:
    """The number of windows that fit along one axis; an error if none does."""
    if kernel > length + 2 * padding:
        raise ValueError(f"{name}: expected at most {length + 2 * padding}, the padded image, got {kernel}")
    return (length + 2 * padding - kernel) // stride + 1


def window_views(image: np.ndarray, kernel: tuple, stride: tuple, out_shape: tuple) -> Iterator[tuple]:
    """For each place in the window, the view of the image that holds it for every window.

    Yields
    ------
    (row, column, view)
        ``view[n, c, i, j] = image[n, c, i * stride + row, j * stride + column]``. Within one view no pixel occurs
        twice, so adding to a view loses nothing.
    """
    height, width = out_shape
    for row in range(kernel[0]):
        for column in range(kernel[1]):
            yield (
                row,
                column,
                image[
                    :,
                    :,
                    row : row + stride[0] * (height - 1) + 1 : stride[0],
                    column : column + stride[1] * (width - 1) + 1 : stride[1],
                ],
            )


def pad(image: np.ndarray, padding: tuple) -> np.ndarray:
    """Surround an image by rows and columns of zeros."""
    rows, columns = padding
    if not rows and not columns:
        return image
    return np.pad(image, ((0, 0), (0, 0), (rows, rows), (columns, columns)))
