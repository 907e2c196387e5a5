"""The distortions in torch: the same pictures and poses as in NumPy, from the same numbers, without waiting."""

import numpy as np
import pytest
import torch
from support import assert_refused
from torch.utils._python_dispatch import TorchDispatchMode

from stn_numpy import distortions as ours
from stn_numpy.digits import load_digits
from stn_numpy.pytorch import distortions as theirs

DIGITS = load_digits("test")[0][:300]
DISTORTIONS = pytest.mark.parametrize("distortion", ours.DISTORTIONS)


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


def as_tensors(parameters, dtype=torch.float32):
    return {
        name: torch.tensor(array, dtype=dtype if array.dtype.kind == "f" else None)
        for name, array in parameters.items()
    }


def as_arrays(truth):
    """The numbers of a truth, in float64."""
    if truth is None:
        return []
    parts = vars(truth).values() if isinstance(truth, ours.Pose) else [truth]
    return [np.asarray(part, np.float64) for part in parts]


def assert_same_truth(one, other):
    """Of homographies, only the ratios count."""
    for here, there in zip(as_arrays(one), as_arrays(other), strict=True):
        if here.shape[1:] == (3, 3):
            here, there = (
                h / np.linalg.norm(h, axis=(1, 2), keepdims=True) * np.sign(h[:, 2:, 2:]) for h in (here, there)
            )
        np.testing.assert_allclose(here, there, atol=1e-4)


@DISTORTIONS
@pytest.mark.parametrize("drawn_by", ["numpy", "torch"])
def test_the_same_numbers_give_the_same_pictures_and_truth(distortion, drawn_by):
    if drawn_by == "numpy":
        parameters = ours.draw(DIGITS, distortion, np.random.default_rng(0))
        tensors = as_tensors(parameters)
    else:
        tensors = theirs.draw(torch.tensor(DIGITS), distortion, seeded())
        parameters = {name: tensor.numpy() for name, tensor in tensors.items()}
    expected, truth = ours.apply(DIGITS.astype("float64"), distortion, parameters)
    distorted, same_truth = theirs.apply(torch.tensor(DIGITS), distortion, tensors)
    assert distorted.dtype == torch.float32
    np.testing.assert_allclose(distorted.numpy(), expected, rtol=0, atol=1e-4)
    assert_same_truth(truth, same_truth)


@DISTORTIONS
def test_other_sizes_and_channels(distortion):
    images = np.random.default_rng(1).random((3, 2, 24, 40))
    images[:, :, :5] = 0
    parameters = ours.draw(images, distortion, np.random.default_rng(2))
    expected, truth = ours.apply(images, distortion, parameters)
    distorted, same_truth = theirs.apply(torch.tensor(images), distortion, as_tensors(parameters, torch.float64))
    np.testing.assert_allclose(distorted.numpy(), expected, rtol=0, atol=1e-8)
    assert_same_truth(truth, same_truth)


@DISTORTIONS
def test_both_draw_from_the_same_ranges(distortion):
    many = np.broadcast_to(DIGITS[:1], (4000, 1, 28, 28))
    drawn = ours.draw(many, distortion, np.random.default_rng(0))
    tensors = theirs.draw(torch.tensor(many.copy()), distortion, seeded())
    assert list(drawn) == list(tensors)
    for name, array in drawn.items():
        other = tensors[name].numpy()
        assert other.shape == array.shape and other.dtype.kind == array.dtype.kind
        spread = array.std()
        np.testing.assert_allclose(other.mean(axis=0), array.mean(axis=0), atol=0.09 * spread, err_msg=name)
        np.testing.assert_allclose(other.std(axis=0), array.std(axis=0), rtol=0.09, err_msg=name)
        if array.dtype.kind == "i":
            assert (other.min(), other.max()) == (array.min(), array.max())


def test_no_image_is_cluttered_by_itself():
    others = theirs.draw(torch.tensor(DIGITS), "TC", seeded())["others"]
    assert not (others == torch.arange(300)[:, None]).any() and others.unique().numel() > 290


@DISTORTIONS
def test_a_seed_decides(distortion):
    images = torch.tensor(DIGITS[:20])
    before = images.clone()
    first, again, other = (theirs.distort(images, distortion, seeded(seed))[0] for seed in (3, 3, 4))
    assert torch.equal(first, again) and not torch.equal(first, other) and torch.equal(images, before)


def test_a_picture_without_ink_and_one_too_large_are_placed_as_in_numpy():
    for images in (np.zeros((4, 1, 28, 28)), np.ones((4, 1, 28, 28))):
        parameters = ours.draw(images, "RTS", np.random.default_rng(0))
        _, pose = ours.apply(images, "RTS", parameters)
        _, same = theirs.apply(torch.tensor(images), "RTS", as_tensors(parameters, torch.float64))
        np.testing.assert_allclose(same.shift_x.numpy(), pose.shift_x, atol=1e-9)


class Watch(TorchDispatchMode):
    """Remembers the operations that make a GPU be waited for: numbers read back, copies, shapes that depend on data."""

    WAITS = (
        "_local_scalar_dense",
        "nonzero",
        "masked_select",
        "unique",
        "equal",
        "lift_fresh",
        "_to_copy.device",
        "linalg_inv",
        "linalg_solve",
        "_linalg_svd",
    )

    def __init__(self):
        super().__init__()
        self.found, self.count = [], 0

    def __torch_dispatch__(self, operation, types, arguments=(), keywords=None):
        name = str(operation)
        self.count += 1
        self.found += [name for word in self.WAITS if f"aten.{word}" in name]
        return operation(*arguments, **(keywords or {}))


@DISTORTIONS
def test_a_batch_is_distorted_without_waiting_for_the_device(distortion):
    images, generator = torch.tensor(DIGITS[:8]), seeded()
    theirs.distort(images, distortion, generator)  # constants are made once
    with Watch() as watch:
        theirs.distort(images, distortion, generator)
    assert watch.count > 5 and not watch.found
    with Watch() as watch:
        float(images.sum())
    assert watch.found  # the watch works


@DISTORTIONS
def test_compiles_as_one_graph(distortion):
    images = torch.tensor(DIGITS[:8])
    parameters = theirs.draw(images, distortion, seeded())

    def distort(images, parameters):
        return theirs.apply(images, distortion, parameters)[0]

    compiled = torch.compile(distort, backend="eager", fullgraph=True)
    torch.testing.assert_close(compiled(images, parameters), distort(images, parameters))


def test_half_precision_around_it_changes_nothing():
    images = torch.tensor(DIGITS[:8])
    for distortion in ours.DISTORTIONS:
        parameters = theirs.draw(images, distortion, seeded())
        expected, _ = theirs.apply(images, distortion, parameters)
        with torch.autocast("cpu", torch.bfloat16):
            assert torch.equal(theirs.apply(images, distortion, parameters)[0], expected)


def test_bad_arguments_are_refused():
    images = torch.tensor(DIGITS[:2])
    assert_refused(lambda: theirs.distort(images, "S", seeded()), "distortion", "'R', 'RTS', 'P', 'E', 'TC'", "'S'")
    assert_refused(lambda: theirs.distort(images, "R", 0), "generator", "torch.Generator", "int")
    assert_refused(lambda: theirs.distort(images[0], "R", seeded()), "images", "(N, C, H, W)", "(1, 28, 28)")
    assert_refused(lambda: theirs.distort(images.int(), "R", seeded()), "images", "float32 or float64", "torch.int32")
    assert_refused(
        lambda: theirs.distort(images.half(), "R", seeded()), "images", "float32 or float64", "torch.float16"
    )
    assert_refused(lambda: theirs.distort(DIGITS, "R", seeded()), "images", "tensor", "float32")
    assert_refused(lambda: theirs.distort(images[:1], "TC", seeded()), "images", "at least 2", "1")
    assert_refused(lambda: theirs.distort(torch.ones(2, 1, 28, 61), "TC", seeded()), "images", "6 to 60", "28x61")
