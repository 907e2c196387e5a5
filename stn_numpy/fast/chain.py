"""Layers that follow one another, with the batch in lanes from the first of the image layers to the last."""

from functools import partial

import numpy as np

from .. import layer
from ..check import check_arrays
from .lanes import lanes_for, pack, unpack


def chain(layers):
    """Replace each run of compiled image layers by one `Run`; leave the others, and a ReLU among them, as they are."""
    steps, run = [], []
    for member in (*layers, None):
        if hasattr(member, "forward_lanes"):
            run.append(member)
            continue
        steps += [Run(run)] if any(not isinstance(part, layer.ReLU) for part in run) else run
        steps += [member] if member is not None else []
        run = []
    return tuple(steps)


class Run(layer.Layer):
    """Image layers one after the other: packed into lanes once before the first, unpacked once after the last.

    Pooling alone gains less by lanes than packing costs.
    """

    def __init__(self, layers):
        self.pays = any(isinstance(part, layer.Conv2d) for part in layers)
        self.links = _link(layers)

    def forward(self, image):
        check_arrays(image=(image, "N C H W"))
        self.batch, self.lanes = len(image), lanes_for(len(image)) if self.pays else 1
        image, self.images = pack(image, self.lanes), []
        for forward, _ in self.links:
            self.images.append(image)
            image = forward(image, self.lanes)
        out = unpack(image, self.lanes, self.batch)
        self.like = np.broadcast_to(out.dtype.type(0), out.shape)  # d_out must match it: the kernels do not check
        return out

    def backward(self, d_out):
        check_arrays(out=(self.like, "N C h w"), d_out=(d_out, "N C h w"))
        d_image = pack(d_out, self.lanes)
        for (_, backward), image in zip(reversed(self.links), reversed(self.images)):
            d_image = backward(d_image, image, self.lanes)
        return unpack(d_image, self.lanes, self.batch)


def _link(layers):
    """Forward and backward of each layer, and of each max-pooling together with the ReLU before or after it.

    The order does not matter: the maximum of numbers clipped at zero is their maximum, clipped at zero, and the
    gradient goes to the same pixel.
    """
    links, place = [], 0
    while place < len(layers):
        one, *other = layers[place : place + 2]
        pools = [part for part in (one, *other) if isinstance(part, layer.MaxPool2d)]
        both = len(pools) == 1 and any(isinstance(part, layer.ReLU) for part in (one, *other))
        if both:
            links.append(tuple(partial(move, relu=True) for move in (pools[0].forward_lanes, pools[0].backward_lanes)))
        else:
            links.append((one.forward_lanes, one.backward_lanes))
        place += 1 + both
    return links
