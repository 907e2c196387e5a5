"""Go back through the whole transformer.

Chapter:     9, The transformer as one layer
Difficulty:  2 of 3
Size:        about 7 lines
Check:       pytest --ex transformer_backward

Only the joining is asked for: the backward of grid and sampler is an argument, and the localisation network is one
linear layer. All three gradients are judged, in the arguments' dtype. The arguments' shapes are right.
"""

import numpy as np


def transformer_backward(d_out, image, weight, bias, sample_backward):
    """Take a gradient back through a transformer whose localisation network is one linear layer.

    Parameters
    ----------
    d_out : (N, C, h, w) array of float32 or float64
        Gradient of the loss with respect to the layer's output.
    image : (N, C, H, W) array of d_out's dtype
        The input of the forward.
    weight : (6, C * H * W) array of d_out's dtype
        Of the localisation network: a row for each entry of theta, first the three of x, then the three of y.
    bias : (6,) array of d_out's dtype
        Of the localisation network.
    sample_backward : callable
        ``sample_backward(d_out, image, theta) -> (d_image, d_theta)``, the backward of the grid and the sampler. It
        takes theta as given, without a localisation network.

    Returns
    -------
    d_image : (N, C, H, W) array
        How the loss changes with each pixel.
    d_weight : (6, C * H * W) array
    d_bias : (6,) array

    Notes
    -----
    Forward: ``theta = (flat @ weight.T + bias).reshape(N, 2, 3)``, where flat is the image as (N, C * H * W); then
    ``out = affine_sample(image, theta, size)``. Theta was not kept, and has to be computed again.
    Source: Jaderberg et al. 2015, sections 3.1 to 3.3; no numbered equation of the paper joins the parts.
    """
    raise NotImplementedError("your answer goes here")


# Three hints, each more explicit than the one before. Stop as soon as you can go on alone.
HINTS = [
    "How often does the image occur in the two lines of the forward? Follow each occurrence back from the output; the "
    "diagram of the chain in chapter 9 shows the paths.",
    "`sample_backward` gives the first part of `d_image`, and `d_theta`. With `d_theta` as `(N, 6)`, row by row, what "
    "remains is the backward of a linear layer, chapter 6: three gradients, one of them with respect to its input.",
    "`d_parameters = d_theta.reshape(-1, 6)` gives `d_parameters @ weight`, which goes back to the image's shape and "
    "is added to the sampler's `d_image`; `d_weight` is `d_parameters.T @ flat`, and `d_bias` is `d_parameters` "
    "summed over the batch.",
]
