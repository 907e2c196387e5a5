"""The training loop: torch's losses, the same losses every time, and its output."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from support import assert_refused
from tiny_run import SHAPE, build_model, build_optimizer, make_batch, record, run, same
from torch import nn
from twins import TorchClassifier, TorchLocalisation, TorchTransformer, data_of, randomise, with_same_parameters

from stn_numpy.families import TRANSFORMS
from stn_numpy.layer import Layer
from stn_numpy.optimizer import SGD
from stn_numpy.training import error_rate, train

HEADS = {
    "cnn": lambda: [nn.Conv2d(1, 3, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(3 * 7 * 3, 4)],
    "fcn": lambda: [nn.Flatten(), nn.Linear(153, 6), nn.ReLU(), nn.Linear(6, 4)],
}
TORCH_OPTIMIZERS = {
    "Adam": lambda groups: torch.optim.Adam(groups, lr=1e-2),
    "SGD": lambda groups: torch.optim.SGD(groups, lr=0.1, momentum=0.9),
}


def build_twin(kind, transform, align_corners):
    outputs = len(TRANSFORMS[transform].identity)
    localisation = TorchLocalisation(
        nn.Conv2d(1, 2, 3, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(2, 3, 3, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(3 * 4 * 2, 5),
        nn.ReLU(),
        final=nn.Linear(5, outputs),
    )
    transformer = TorchTransformer(localisation, transform, align_corners=align_corners)
    return TorchClassifier(*HEADS[kind](), transformer=transformer)


def losses_of_twin(twin, optimizer, seed, steps):
    losses = []
    for step in range(steps):
        images, labels = make_batch(np.random.default_rng([seed, step]))
        loss = F.cross_entropy(twin(torch.tensor(images)), torch.tensor(labels))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


@pytest.mark.parametrize("start", ["identity", "anywhere"])
@pytest.mark.parametrize("optimizer", TORCH_OPTIMIZERS)
@pytest.mark.parametrize("kind, transform", [("cnn", "affine"), ("fcn", "affine"), ("cnn", "rotation")])
def test_losses_of_torch_for_ten_steps(kind, transform, optimizer, start):
    """From the identity, too, where every point lies on a kink of the sampler and rounding decides which slope is
    taken. Corners as -1 and 1, and sides of 2 ** k + 1 pixels, leave nothing to round in either library.
    """
    align_corners = start == "identity"
    model = build_model(kind=kind, transform=transform, align_corners=align_corners)
    if start == "anywhere":
        bias = model.transformer.localisation.final.bias.data.copy()
        randomise(model)
        model.transformer.localisation.final.bias.data[:] = bias + 0.1
    twin = with_same_parameters(build_twin(kind, transform, align_corners), model)
    groups = [{"params": twin.network.parameters()}, {"params": twin.transformer.parameters(), "lr": 3e-3}]
    expected = losses_of_twin(twin, TORCH_OPTIMIZERS[optimizer](groups), 5, 10)
    before = data_of(model)
    history = train(model, build_optimizer(model, optimizer), make_batch, 10, seed=5, progress=False)
    np.testing.assert_allclose(history.losses, expected, rtol=0, atol=1e-6)
    for parameter, then in zip(model.parameters(), before, strict=True):
        assert np.abs(parameter.data - then).max() > 1e-5  # every parameter took part
    theirs = dict(twin.named_parameters())
    for name, parameter in model.named_parameters().items():
        np.testing.assert_allclose(parameter.data, theirs[name].detach().numpy(), rtol=0, atol=1e-6)


def test_it_learns():
    losses = run(100)[2].losses
    assert np.mean(losses[-10:]) < 0.6 * np.mean(losses[:10])


def test_a_seed_decides_the_losses():
    assert run(4, seed=1)[2].losses == run(4, seed=1)[2].losses
    one, other = run(4, seed=1)[2].losses, run(4, seed=2)[2].losses
    assert all(a != b for a, b in zip(one, other, strict=True))
    assert len(set(one)) == 4


def test_what_a_record_sees(tmp_path):
    """The model before the step of that number, and after the last one."""
    seen = []
    model, _, history = run(3, record=lambda model: seen.append(data_of(model)) or record(model), record_at=(0, 3))
    np.testing.assert_array_equal(seen[0][0], data_of(build_model(0))[0])
    np.testing.assert_array_equal(seen[1][0], data_of(model)[0])
    assert list(history.records) == [0, 3] and set(history.records[3]) == {"bias", "sum"}
    assert run(3, record=record)[2].records == {} and run(3, record_at=(1,))[2].records == {}


def test_numpy_numbers_do_as_well(tmp_path):
    path = tmp_path / "run.npz"
    first = run(np.int64(3), seed=np.int64(5), checkpoint=path)
    assert same(first, run(3)) and same(run(5, checkpoint=str(path)), run(5))


def test_seconds_grow_over_the_parts_of_a_run(tmp_path):
    first = run(3, checkpoint=tmp_path / "run.npz")[2].seconds
    assert 0 < first < run(5, checkpoint=tmp_path / "run.npz")[2].seconds


def test_a_bar_on_stderr_changes_nothing(tmp_path, capsys):
    quiet = run(30)
    assert capsys.readouterr() == ("", "")
    assert same(quiet, run(30, progress=True))
    out, err = capsys.readouterr()
    assert out == "" and "30/30" in err and "100%" in err and "step" in err and "loss=" in err
    run(10, checkpoint=tmp_path / "run.npz")
    assert same(quiet, run(30, progress=True, checkpoint=tmp_path / "run.npz"))
    assert "10/30" in capsys.readouterr().err


@pytest.mark.parametrize(
    "name, value, expected",
    [
        ("steps", -1, "at least 0"),
        ("steps", 2.5, "whole number"),
        ("seed", -1, "at least 0"),
        ("seed", None, "whole number"),
        ("checkpoint_every", 0, "at least 1"),
    ],
)
def test_bad_arguments_are_refused(name, value, expected):
    model = build_model()
    arguments = dict(model=model, optimizer=build_optimizer(model), make_batch=make_batch, steps=1, progress=False)
    assert_refused(lambda: train(**arguments | {name: value}), name, expected, str(value))


def test_gradients_of_a_batch_do_not_leak_into_the_next():
    """One step of plain SGD after another is what each gradient alone would give."""
    model = build_model()
    optimizer = SGD(model.parameters(), lr=0.0)
    train(model, optimizer, make_batch, 2, seed=5, progress=False)
    once = [parameter.grad.copy() for parameter in model.parameters()]
    train(model, optimizer, lambda _: make_batch(np.random.default_rng([5, 1])), 1, progress=False)
    for parameter, grad in zip(model.parameters(), once, strict=True):
        np.testing.assert_array_equal(parameter.grad, grad)


class Reads(Layer):
    """A classifier for images that show their class: pixel k is bright for class k."""

    def forward(self, image):
        self.largest_batch = max(len(image), getattr(self, "largest_batch", 0))
        return image.reshape(len(image), -1)


@pytest.mark.parametrize("batch_size", [1, 4, 7, 250])
def test_error_rate_counts_every_image_once(batch_size):
    said, labels = np.array([0, 1, 2, 3, 0, 1, 2, 3, 0, 1]), np.array([0, 1, 2, 3, 0, 1, 2, 0, 1, 2])
    images, model = np.eye(4)[said].reshape(10, 1, 2, 2), Reads()
    found = error_rate(model, images, labels, batch_size=batch_size)
    assert found == 0.3 and isinstance(found, float)
    assert model.largest_batch == min(batch_size, 10)
    assert error_rate(model, images, said, batch_size) == 0.0


def test_the_tiny_images_are_of_the_shape_that_the_twin_was_written_for():
    assert SHAPE == (1, 17, 9)
