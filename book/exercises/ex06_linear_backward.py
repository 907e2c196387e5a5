"""Take the gradient back through a linear layer.

Chapter:     6, Backwards through the layers
Difficulty:  1 of 3
Size:        about 4 lines
Check:       pytest --ex linear_backward

The three gradients of a linear layer, for a batch; the forward was `inputs @ weight.T + bias`. You may assume that the
arguments are valid; float32 in gives float32 out.
"""

import numpy as np


def linear_backward(
    d_out: np.ndarray, inputs: np.ndarray, weight: np.ndarray, bias: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Gradients of `linear`: d_out (N, O) to d_inputs (N, I), d_weight (O, I) and d_bias (O,)."""
    raise NotImplementedError("your answer goes here")


# Three hints, each more explicit than the one before. Stop as soon as you can go on alone.
HINTS = [
    "For each of the three ask: which outputs does this number touch, by what factor, and over what is the sum? "
    "Chapter 6 answers it for one image, and then for a batch.",
    "Let the shapes help. `d_inputs` keeps the images and sums over the outputs. `d_weight` and `d_bias` keep the "
    "outputs and sum over the images. Two of the three are matrix products.",
    "A product of two arrays sums over the axis between them: `(N, O) @ (O, I)` sums over the outputs, and so gives "
    "`d_inputs`. Which of `d_out` and `inputs` has to be transposed, so that the images lie between them and `(O, I)` "
    "remains?",
]
