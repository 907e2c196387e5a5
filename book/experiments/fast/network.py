"""Max-pooling with ReLU, and one whole training step of the network of PyTorch's tutorial."""

import importlib
from functools import partial

import numpy as np

from book.experiments.fast.sides import Side

POOL_SHAPES = [(64, 10, 24, 24), (256, 10, 24, 24)]  # outputs of the tutorial's first convolution
BATCHES = [64, 256]
TOLERANCES = {"pool": 1e-6, "step": 1e-4}
SLANTED = [1.1, 0.13, 0.05, -0.12, 0.9, -0.04]

# Bytes for each value of the image: the pooling reads it and writes a quarter as many; its backward reads both and
# writes d_image. A training step reads each image once; each parameter and its two running means are read and written.
POOL_BYTES = {"forward": 5, "backward": 9, "both": 14}
STEP_BYTES = {"image": 4, "parameter": 24}

CONVENTIONS = {
    "max-pool, ReLU": "windows of 2 x 2; F.relu(F.max_pool2d(x, 2)) in torch.",
    "training step": "forward, cross-entropy, backward and Adam, torch in eager mode with its default Adam; the "
    "network of PyTorch's tutorial without dropout, checked by its loss and all its gradients. "
    "NumPy's products of matrices, ours too, on one thread.",
}


def cases(packages, shapes):
    """The cases of this module, one dict a row."""
    for shape in shapes.get("pool", POOL_SHAPES):
        rng = np.random.default_rng(0)
        image = rng.standard_normal(shape).astype(np.float32)
        for direction, bytes_a_value in POOL_BYTES.items():
            how = dict(direction=direction, tolerance=TOLERANCES["pool"], bytes_moved=bytes_a_value * image.size)
            make = partial(pool_sides, direction, packages, image)
            yield dict(what="pool", shape=shape, image=image, sides=make, **how)
    for batch in shapes.get("step", BATCHES):
        images, labels = step_example(batch)
        moved = STEP_BYTES["image"] * images.size + STEP_BYTES["parameter"] * network().parameter_count()
        how = dict(direction="both", tolerance=TOLERANCES["step"], bytes_moved=moved)
        make = partial(step_sides, packages, images, labels)
        yield dict(what="step", shape=images.shape, image=images, sides=make, **how)


def pool_sides(direction, packages, image):
    """Every side of max-pooling with ReLU: name -> Side."""
    fast = [importlib.import_module(f"stn_numpy.fast.{name}") for name in ("pool", "linear")]
    plain = [importlib.import_module(f"stn_numpy.{name}") for name in ("pool", "linear")]
    d_out = np.random.default_rng(1).standard_normal([*image.shape[:2], *(n // 2 for n in image.shape[2:])])
    d_out = d_out.astype(np.float32)
    own = partial(_own_pool, image=image, d_out=d_out)
    torch_side = partial(_torch_pool, direction, image, d_out)
    makers = {"ours": partial(own, direction, *fast), "NumPy": partial(own, direction, *plain), "torch": torch_side}
    return {name: make() for name, make in makers.items() if name in packages}


def _own_pool(direction, pool, linear, image, d_out):
    def backward(pooled):
        return pool.max_pool2d_backward(linear.relu_backward(d_out, pooled), image, 2)

    def both():
        pooled = pool.max_pool2d(image, 2)
        return linear.relu(pooled), backward(pooled)

    if direction == "both":
        return Side(both, list)
    pooled = pool.max_pool2d(image, 2)
    if direction == "backward":
        return Side(lambda: backward(pooled), lambda d: [d])
    return Side(lambda: linear.relu(pool.max_pool2d(image, 2)), lambda out: [out])


def _torch_pool(direction, image, d_out):
    import torch
    from torch.nn import functional as F

    tensor, upstream = torch.tensor(image, requires_grad=True), torch.from_numpy(d_out)

    def forward():
        return F.relu(F.max_pool2d(tensor, 2))

    def both():
        out = forward()
        return out, *torch.autograd.grad(out, tensor, upstream)

    def read(found):
        return [array.detach().numpy() for array in found]

    if direction == "both":
        return Side(both, read)
    if direction == "forward":
        return Side(torch.no_grad()(forward), lambda out: read([out]))
    return Side(partial(torch.autograd.grad, forward(), tensor, upstream, retain_graph=True), read)


def step_example(batch):
    """Smooth images of 28 x 28 and labels for them; the time of a step does not depend on their content."""
    rng = np.random.default_rng(0)
    rows, columns = np.mgrid[:28, :28] / 28
    phase = rng.uniform(0, 6, (batch, 2, 1, 1))
    images = np.sin(6 * rows + phase[:, 0]) * np.cos(5 * columns + phase[:, 1])
    return images[:, None].astype(np.float32), rng.integers(0, 10, batch)


def network():
    """The tutorial's network, with first parameters that turn and stretch each image differently: as the identity, it
    would read exactly at pixels, where the value has a kink and two right gradients differ."""
    from book.experiments.fast.tutorial import tutorial_network

    model = tutorial_network(seed=0)
    weight, bias = model.layers[0].localisation.parameters()[-2:]
    weight.data[:] = 0.1 * np.random.default_rng(1).standard_normal(weight.data.shape)
    bias.data[:] = SLANTED
    return model


def step_sides(packages, images, labels):
    """Every side of a training step: name -> Side, each with its own network, which learns with every call."""
    makers = {"ours": partial(_own_step, True), "NumPy": partial(_own_step, False), "torch": _torch_step}
    return {name: make(images, labels) for name, make in makers.items() if name in packages}


def _own_step(fast, images, labels):
    from stn_numpy.fast import compiled
    from stn_numpy.loss import cross_entropy, cross_entropy_backward
    from stn_numpy.optimizer import Adam

    model = compiled(network()) if fast else network()
    optimizer = Adam(model.parameters(), lr=1e-3)

    def call():
        optimizer.zero_grad()
        logits = model(images)
        loss = cross_entropy(logits, labels)
        model.backward(cross_entropy_backward(np.float32(1), logits, labels))
        optimizer.step()
        return loss

    return Side(call, lambda loss: [np.asarray(loss), *(parameter.grad for parameter in optimizer.parameters())])


def _torch_step(images, labels):
    import torch
    from torch.nn import functional as F

    model = torch_network([parameter.data for parameter in network().parameters()])
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    images, labels = torch.from_numpy(images), torch.from_numpy(labels)

    def call():
        optimizer.zero_grad()
        loss = F.cross_entropy(model(images), labels)
        loss.backward()
        optimizer.step()
        return loss

    return Side(call, lambda loss: [loss.detach().numpy(), *(weight.grad.numpy() for weight in model.parameters())])


def torch_network(weights):
    """The tutorial's network in torch, as its users write it, with the weights given in the order of its layers."""
    import torch
    from torch import nn
    from torch.nn import functional as F

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            first = nn.Conv2d(1, 8, 7), nn.MaxPool2d(2, 2), nn.ReLU(True)
            second = nn.Conv2d(8, 10, 5), nn.MaxPool2d(2, 2), nn.ReLU(True)
            self.localization = nn.Sequential(*first, *second)
            self.fc_loc = nn.Sequential(nn.Linear(90, 32), nn.ReLU(True), nn.Linear(32, 6))
            self.conv1, self.conv2 = nn.Conv2d(1, 10, 5), nn.Conv2d(10, 20, 5)
            self.fc1, self.fc2 = nn.Linear(320, 50), nn.Linear(50, 10)

        def forward(self, x):
            theta = self.fc_loc(self.localization(x).flatten(1)).view(-1, 2, 3)
            x = F.grid_sample(x, F.affine_grid(theta, x.size(), align_corners=False), align_corners=False)
            x = F.relu(F.max_pool2d(self.conv1(x), 2))
            x = F.relu(F.max_pool2d(self.conv2(x), 2))
            return self.fc2(F.relu(self.fc1(x.flatten(1))))

    model = Net()
    with torch.no_grad():
        for weight, value in zip(model.parameters(), weights, strict=True):
            weight.copy_(torch.from_numpy(value))
    return model
