"""Max-pooling with ReLU, and one whole training step of the network of PyTorch's tutorial."""

def cases(packages, shapes):
    return iter(())
