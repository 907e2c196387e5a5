"""A family of a reader's own costs under 40 lines for both libraries, and does all that the library's own do."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from support import normal
from tolerances import FINITE_DIFFERENCES, assert_agrees
from twins import as_functions, data_of, randomise

import stn_numpy
from book.experiments.families import slant
from book.experiments.families.slant import SLANT, SLANT_IN_TORCH
from stn_numpy import SGD, Classifier, LocalisationNetwork, SpatialTransformer, fast, gradcheck, pytorch
from stn_numpy.pytorch import train
from stn_numpy.training import training_step


@pytest.fixture
def registered(monkeypatch):
    """The family by its name, in both libraries."""
    monkeypatch.setitem(stn_numpy.TRANSFORMS, "slant", SLANT)
    monkeypatch.setitem(pytorch.TRANSFORMS, "slant", SLANT_IN_TORCH)


def network(transform=SLANT):
    """A small classifier, none of whose weights is zero, of images slanted each in its own way."""
    localisation = randomise(LocalisationNetwork((1, 9, 8), SLANT.identity, channels=(2,), dtype="float64"))
    localisation.final.bias.data[:] = 0.17
    return Classifier((1, 9, 8), "linear", 3, SpatialTransformer(localisation, transform), rng=0, dtype="float64")


def test_it_costs_under_40_lines():
    assert len(Path(slant.__file__).read_text().splitlines()) < 40


def test_its_grid_is_the_definition(align_corners):
    """x moves by m times y, row by row."""
    grid = SLANT.grid(np.array([[0.0], [0.3]]), (2, 1, 4, 5), align_corners)
    expected = grid[0].copy()
    expected[..., 0] += 0.3 * expected[..., 1]
    assert_agrees(grid[1], expected)


def test_gradcheck():
    [error] = gradcheck(
        lambda p: SLANT.grid(p, (3, 1, 5, 6), align_corners=False),
        lambda d_grid, p: SLANT.grid_backward(d_grid, p, align_corners=False),
        [normal(0, (3, 1))],
    )
    assert error < FINITE_DIFFERENCES
    layer = network().transformer
    errors = gradcheck(*as_functions(layer), [normal(0, (2, 1, 9, 8)), *data_of(layer)])
    assert max(errors) < FINITE_DIFFERENCES, errors


def test_five_steps_in_each_library(registered):
    """The same five losses, by the object and by the name, compiled or not."""
    models = [network(), network("slant"), fast.compiled(network())]
    module = pytorch.from_numpy(network())
    assert module.transformer.transform is SLANT_IN_TORCH
    optimizer = torch.optim.SGD(module.parameters(), lr=0.1)
    optimizers = [SGD(model.parameters(), lr=0.1) for model in models]
    losses = []
    for step in range(5):
        images, labels = normal(step, (6, 1, 9, 8)), np.arange(6) % 3
        loss = torch.nn.functional.cross_entropy(module(torch.tensor(images)), torch.tensor(labels))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(
            [
                loss.item(),
                *(training_step(model, own, images, labels) for model, own in zip(models, optimizers, strict=True)),
            ]
        )
    losses = np.array(losses)
    assert_agrees(losses[:, 1:], np.repeat(losses[:, :1], 3, axis=1), unit=10)
    bias = models[0].transformer.localisation.final.bias.data
    assert np.ptp(losses[:, 0]) > 0.01 and np.abs(bias - 0.17).max() > 1e-4


def test_there_and_back(registered):
    layer = network().transformer
    images = normal(1, (2, 1, 9, 8))
    back = pytorch.to_numpy(pytorch.from_numpy(layer))
    assert back.transform is SLANT
    assert_agrees(back(images), layer(images))


def test_the_papers_networks_take_it():
    module = pytorch.build("st-fcn", "R", SLANT_IN_TORCH, rng=0)
    assert module.transformer.transform is SLANT_IN_TORCH and len(module.transformer.localisation.final.bias) == 1


def test_the_training_command_takes_its_name(registered, tmp_path):
    train.main(
        [
            "--model",
            "st-fcn",
            "--distortion",
            "E",
            "--transform",
            "slant",
            "--data",
            "small",
            "--iterations",
            "2",
            "--batch",
            "4",
            "--device",
            "cpu",
            "--out",
            str(tmp_path),
        ]
    )
    assert json.loads((tmp_path / "st-fcn-E-slant-seed0.json").read_text())["settings"]["transform"] == "slant"
