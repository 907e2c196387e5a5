"""The affine warp of an image by random thetas, as each side computes it."""

import importlib
from functools import partial

import numpy as np

from book.experiments.fast.sides import Side

SHAPES = [(256, 1, 28, 28), (64, 3, 32, 32), (32, 16, 64, 64), (4, 3, 512, 512), (1, 3, 2048, 2048)]
DIRECTIONS = ("forward", "backward")
THETAS = "the identity plus 0.3 times standard normal numbers, one for each image"

# Bytes that must move for each value of the image in float32, and their equivalent in copies of the image: the forward
# # reads it and writes as much; the backward reads it and d_out, and writes d_image.
BYTES_A_VALUE = {"forward": 8, "backward": 12}

CONVENTIONS = {
    "torch": "F.grid_sample(x, F.affine_grid(theta, size)), and torch.autograd.grad of it for x and theta.",
    "OpenCV": "cv2.warpAffine: images as H W C, prepared beforehand, four channels at a time; its matrix in pixels, "
    "made by us. No gradient.",
    "SciPy": "ndimage.affine_transform, order 1, mode grid-constant: plane by plane; (row, column) in pixels. "
    "No gradient.",
    "skimage": "transform.warp, order 1: images as H W C, prepared beforehand; its matrix in pixels, made by us. "
    "No gradient.",
    "NumPy": "stn_numpy.sampler: the code of the book, written to be read.",
}


def example(shape, seed=0):
    """Smooth images that fade out towards their edges, random affine maps that look partly outside and a random
    upstream gradient, in float32. If an image jumped, as at its edge under zero padding, the rounding of one coordinate
    could decide between two slopes: two right answers for d_theta, up to a per cent apart at 2048 pixels."""
    rng = np.random.default_rng(seed)
    batch, channels, height, width = shape
    phase = rng.uniform(0, 2 * np.pi, (batch, channels, 2, 1, 1))
    rows, columns = (np.arange(n) + 0.5 for n in (height, width))
    rows, columns = rows[:, None] / height, columns / width
    fade = np.sin(np.pi * rows) * np.sin(np.pi * columns)
    image = fade * np.sin(5 * rows + phase[:, :, 0]) * np.cos(7 * columns + phase[:, :, 1])
    theta = np.eye(2, 3) + 0.3 * rng.standard_normal((batch, 2, 3))
    return image.astype(np.float32), theta.astype(np.float32), rng.standard_normal(shape).astype(np.float32)


def tolerance(shape):
    """The largest difference allowed between two sides: among L pixels, float32 rounds a coordinate by about L *
    1e-7."""
    return 8 * float(np.finfo(np.float32).eps) * max(*shape[2:], 16)


def sides(direction, packages, image, theta, d_out):
    """Every side that has this direction and whose package is installed: name -> Side."""
    ours, numpy = (partial(_own, direction, f"stn_numpy.{name}") for name in ("fast.sampler", "sampler"))
    makers = {"ours": ours, "NumPy": numpy, "torch": partial(_torch, direction)}
    if direction == "forward":
        makers |= {"OpenCV": _opencv, "SciPy": _scipy, "skimage": _skimage}
    return {name: make(image, theta, d_out) for name, make in makers.items() if name in packages}


def pixel_matrices(theta, height, width):
    """Theta as (N, 2, 3) matrices from output pixels (column, row, 1) to input pixels, for align_corners=False."""
    size = np.array([width, height])
    linear, shift = theta[:, :, :2].astype(float), theta[:, :, 2].astype(float)
    matrix = linear * (size[:, None] / size)
    corner = (1 - size) / size  # the centre of the first pixel, normalised
    # Normalised x is (2 column + 1) / W - 1, so a column is (x + 1) W / 2 - 1/2.
    moved = (linear @ corner + shift + 1) * size / 2 - 0.5
    return np.concatenate([matrix, moved[:, :, None]], axis=2)


def _own(direction, module, image, theta, d_out):
    sampler = importlib.import_module(module)
    if direction == "forward":
        return Side(lambda: sampler.affine_sample(image, theta, image.shape), lambda out: [out])
    return Side(lambda: sampler.affine_sample_backward(d_out, image, theta), list)


def _torch(direction, image, theta, d_out):
    import torch
    from torch.nn import functional as F

    def warp(image, theta):
        grid = F.affine_grid(theta, image.shape, align_corners=False)
        return F.grid_sample(image, grid, mode="bilinear", padding_mode="zeros", align_corners=False)

    if direction == "forward":
        call = torch.no_grad()(partial(warp, torch.from_numpy(image), torch.from_numpy(theta)))
        return Side(call, lambda out: [out.numpy()])
    tensors = torch.tensor(image, requires_grad=True), torch.tensor(theta, requires_grad=True)
    call = partial(torch.autograd.grad, warp(*tensors), tensors, torch.from_numpy(d_out), retain_graph=True)
    return Side(call, lambda gradients: [gradient.numpy() for gradient in gradients])


def _opencv(image, theta, d_out):
    import cv2

    size, flags = image.shape[:1:-1], cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    channels = range(0, image.shape[1], 4)
    pictures = [[_channels_last(one[k : k + 4]) for k in channels] for one in image]
    matrices = pixel_matrices(theta, *image.shape[2:])

    warp = partial(cv2.warpAffine, dsize=size, flags=flags, borderMode=cv2.BORDER_CONSTANT)

    def call():
        return [[warp(part, matrix) for part in parts] for parts, matrix in zip(pictures, matrices)]

    def read(out):
        return [np.stack([np.concatenate([_channels_first(part) for part in parts]) for parts in out])]

    return Side(call, read)


def _scipy(image, theta, d_out):
    from scipy.ndimage import affine_transform

    matrices = pixel_matrices(theta, *image.shape[2:])[:, ::-1, [1, 0, 2]]  # rows before columns

    def call():
        out = np.empty_like(image)
        for planes, results, matrix in zip(image, out, matrices):
            for plane, result in zip(planes, results):
                affine_transform(plane, matrix[:, :2], matrix[:, 2], output=result, order=1, mode="grid-constant")
        return out

    return Side(call, lambda out: [out])


def _skimage(image, theta, d_out):
    from skimage.transform import warp

    pictures = [_channels_last(one) for one in image]
    matrices = [np.vstack([matrix, [0, 0, 1]]) for matrix in pixel_matrices(theta, *image.shape[2:])]

    how = dict(order=1, mode="constant", preserve_range=True)

    def call():
        return [warp(picture, matrix, **how) for picture, matrix in zip(pictures, matrices)]

    return Side(call, lambda out: [np.stack([_channels_first(picture) for picture in out])])


def _channels_last(image):
    return np.ascontiguousarray(np.moveaxis(image, 0, -1)) if len(image) > 1 else image[0].copy()


def _channels_first(picture):
    return np.moveaxis(picture, -1, 0) if picture.ndim == 3 else picture[None]
