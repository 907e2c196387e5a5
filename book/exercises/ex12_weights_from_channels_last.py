"""Convert weights with the channels last to torch's order.

Chapter:     12, The same thing in PyTorch
Difficulty:  2 of 3
Size:        about 4 lines
Check:       pytest --ex weights_from_channels_last

A network with a convolution, and a linear layer on its flattened output, comes from a framework in which images are
(N, H, W, C). Samplers have been written for both layouts (https://github.com/fxia22/stn.pytorch/issues/5), and a weight
in the wrong layout need not have the wrong shape.
"""

import numpy as np


def weights_from_channels_last(kernel, dense, size):
    """Convert a convolution and the linear layer after it from channels last to torch's order.

    Parameters
    ----------
    kernel : (k_h, k_w, C_in, C) array of float32 or float64
        Weights of the convolution: row, column, input channel, output channel.
    dense : (H * W * C, K) array of kernel's dtype
        Weights of the linear layer, a column for each of its K outputs. Its inputs are the convolution's output,
        (H, W, C) for each image, flattened.
    size : (H, W) ints
        Rows and columns of the convolution's output.

    Returns
    -------
    weight : (C, C_in, k_h, k_w) array
        Of `torch.nn.Conv2d`.
    linear_weight : (K, C * H * W) array
        Of `torch.nn.Linear`, whose inputs are the convolution's output, (C, H, W) for each image, flattened.

    Notes
    -----
    Convention: both frameworks slide the kernel without flipping it, and flatten arrays with the last axis running
    fastest.
    """
    raise NotImplementedError("your answer goes here")


# Three hints, each more explicit than the one before. Stop as soon as you can go on alone.
HINTS = [
    "The convolution: write down the names of the axes as they are, and as they should be. One transpose does it.",
    "The linear layer: transposing makes the shape right. But which input of the layer was its second one: the second "
    "channel of the first pixel, or the first channel of the second pixel? And in torch?",
    "Split the flat axis into its three axes, `dense.reshape(H, W, C, K)`, bring them into the order (K, C, H, W), and "
    "flatten the last three again.",
]
