"""The program of the book: small enough, right in every gradient, equal to the library and to torch, and it learns."""

import ast
import inspect
import subprocess
import sys

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from support import away_from_zero, normal, smooth_grid
from tolerances import FINITE_DIFFERENCES, assert_agrees

from book import by_hand
from conftest import ROOT
from stn_numpy.gradcheck import gradcheck
from stn_numpy.localisation import LocalisationNetwork
from stn_numpy.model import Classifier
from stn_numpy.optimizer import SGD
from stn_numpy.training import training_step
from stn_numpy.transformer import SpatialTransformer
from tests.judge import catalogue, judge, stubs

PATH = ROOT / "book" / "by_hand.py"
TREE = ast.parse(PATH.read_text("utf8"))
FUNCTIONS = [node for node in TREE.body if isinstance(node, ast.FunctionDef)]
TAUGHT = {stub.name: catalogue(stub.path.stem) for stub in stubs() if hasattr(by_hand, stub.name)}
each_taught = pytest.mark.parametrize("name", TAUGHT)
LR, OWN_LR = 0.3, 0.03


@pytest.fixture
def tiny(monkeypatch):
    """The program for canvases of 6 x 6 pixels: small enough for finite differences."""
    for name, value in dict(SMALL=3, POOL=2, CANVAS=6, SEEN=4, HIDDEN=3).items():
        monkeypatch.setattr(by_hand, name, value)


def ten_batches():
    """Ten small batches of canvases in float64."""
    images, labels = by_hand.digits("train")
    rng = np.random.default_rng(4)
    for _ in range(10):
        batch = rng.integers(len(images), size=16)
        yield by_hand.scatter(images[batch].astype("float64"), rng)[0], labels[batch]


def start():
    """First weights in float64, and biases that are not zero, so that none of them can be forgotten."""
    weights = by_hand.first_weights(np.random.default_rng(3), np.float64)
    return tuple(one + 0.01 * normal(k, one.shape) for k, one in enumerate(weights))


def losses_by_hand():
    weights, losses = start(), []
    for canvas, target in ten_batches():
        weights, loss = by_hand.training_step(weights, canvas, target, LR, OWN_LR)
        losses.append(loss)
    return np.array(losses)


# --- The program's form


def test_it_fits_a_few_screens():
    assert len(PATH.read_text("utf8").splitlines()) <= 200
    for function in FUNCTIONS:
        docstring = function.body[0]
        assert ast.get_docstring(function) and docstring.lineno == docstring.end_lineno, function.name
        assert function.end_lineno - function.lineno <= 15, function.name


def test_it_needs_numpy_alone():
    """At the top; what follows `--mine` is loaded when the file is run as a program."""
    modules = {
        node.names[0].name if isinstance(node, ast.Import) else node.module
        for node in TREE.body
        if isinstance(node, ast.Import | ast.ImportFrom)
    }
    inside = {node.module for function in FUNCTIONS for node in ast.walk(function) if isinstance(node, ast.ImportFrom)}
    assert modules == {"numpy", "pathlib"} and inside == {"matplotlib.figure"}
    assert not any(isinstance(node, ast.Import) for function in FUNCTIONS for node in ast.walk(function))


def test_it_runs_from_any_folder(tmp_path):
    code = f"import runpy; print(len(runpy.run_path({str(PATH)!r})['digits']('test')[1]))"
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0 and done.stdout.split() == ["1000"], done.stderr


@each_taught
def test_its_functions_are_right_answers_to_the_exercises(name):
    verdict = judge(TAUGHT[name], getattr(by_hand, name))
    assert verdict.status == "right", verdict.message


@each_taught
def test_an_answer_to_an_exercise_takes_its_place(name, monkeypatch):
    """The program calls whatever has the name now, and trains as before."""
    calls, solution = [], TAUGHT[name].solution()

    def counted(*arguments, **options):
        calls.append(name)
        return solution(*arguments, **options)

    expected, (_, losses) = losses_by_hand(), by_hand.train(2)
    monkeypatch.setattr(by_hand, name, counted)
    assert_agrees(losses_by_hand(), expected)
    assert_agrees(by_hand.train(2)[1].astype("float32"), losses.astype("float32"))
    by_hand.pose_left(np.eye(2, 3)[None], np.eye(2, 3)[None])
    assert calls


@each_taught
def test_an_exercise_takes_the_programs_arguments(name):
    """In the program's order and with its defaults; an exercise may have more, which the program leaves out."""
    asked = inspect.signature(getattr(by_hand, name)).parameters
    taken = inspect.signature(TAUGHT[name].solution()).parameters
    assert list(asked) == [one for one in taken if one in asked]
    assert all(taken[one].default == asked[one].default for one in asked)
    assert all(taken[one].default is not inspect.Parameter.empty for one in taken if one not in asked)
    if list(asked) != list(taken)[: len(asked)]:  # then the program names what comes after
        calls = [node for node in ast.walk(TREE) if isinstance(node, ast.Call) and ast.unparse(node.func) == name]
        first = next(k for k, (one, other) in enumerate(zip(asked, taken)) if one != other)
        assert calls and all(len(node.args) <= first for node in calls)


def test_what_is_given_and_what_is_an_exercise():
    """Data and pictures are given; every other function of the program is an exercise."""
    assert {function.name for function in FUNCTIONS} - set(TAUGHT) == {"digits", "scatter", "report", "draw"}


# --- Equal to the library and to torch


def test_losses_are_the_librarys():
    localisation = LocalisationNetwork(
        (1, 40, 40), (1, 0, 0, 0, 1, 0), kind="fcn", hidden=(32,), downsample=4, dtype=np.float64
    )
    transformer = SpatialTransformer(localisation, "affine", size=(20, 20), align_corners=False)
    model = Classifier((1, 40, 40), "fcn", hidden=(32,), transformer=transformer, dtype=np.float64)
    parameters = localisation.parameters() + model.network.parameters()
    for parameter, weight in zip(parameters, start(), strict=True):
        parameter.data[...] = weight
    optimizer = SGD([{"params": localisation.parameters(), "lr": OWN_LR}, {"params": model.network.parameters()}], LR)
    assert_agrees(losses_by_hand(), np.array([training_step(model, optimizer, *batch) for batch in ten_batches()]))


def losses_of_torch():
    weights = [torch.tensor(weight, requires_grad=True) for weight in start()]
    losses = []
    for canvas, target in ten_batches():
        canvas = torch.tensor(canvas)
        small = F.avg_pool2d(canvas, 4).flatten(1)
        theta = F.linear(F.relu(F.linear(small, *weights[:2])), *weights[2:4]).reshape(-1, 2, 3)
        grid = F.affine_grid(theta, (len(canvas), 1, 20, 20), align_corners=False)
        seen = F.grid_sample(canvas, grid, mode="bilinear", padding_mode="zeros", align_corners=False)
        logits = F.linear(F.relu(F.linear(seen.flatten(1), *weights[4:6])), *weights[6:])
        loss = F.cross_entropy(logits, torch.tensor(target))
        for k, gradient in enumerate(torch.autograd.grad(loss, weights)):
            weights[k].data -= (OWN_LR if k < 4 else LR) * gradient
        losses.append(loss.item())
    return np.array(losses)


def test_losses_are_torchs():
    assert_agrees(losses_by_hand(), losses_of_torch())


# --- Every gradient, by finite differences with a random upstream gradient


def assert_gradients(forward, backward, *arguments):
    assert max(gradcheck(forward, backward, list(arguments))) < FINITE_DIFFERENCES


def test_linear_backward():
    assert_gradients(
        lambda inputs, weight, bias: inputs @ weight.T + bias,
        by_hand.linear_backward,
        normal(0, (3, 4)),
        normal(1, (2, 4)),
        normal(2, (2,)),
    )


def test_network_backward():
    inputs, weights = normal(0, (5, 4)), (normal(1, (6, 4)), normal(2, (6,)), normal(3, (2, 6)), normal(4, (2,)))
    before = inputs @ weights[0].T + weights[1]
    assert np.abs(before).min() > 1e-3 and (before < 0).any() and (before > 0).any()

    def backward(d_out, inputs, *weights):
        d_inputs, d_weights = by_hand.network_backward(d_out, inputs, weights)
        return d_inputs, *d_weights

    assert_gradients(lambda inputs, *weights: by_hand.network(inputs, weights), backward, inputs, *weights)


def test_cross_entropy_backward():
    target = np.array([0, 2, 2, 1, 0])
    assert_gradients(by_hand.cross_entropy, by_hand.cross_entropy_backward, normal(0, (5, 3)), target)


def test_sampler_d_grid(align_corners):
    image = normal(0, (2, 3, 5, 7))
    grid = smooth_grid(1, image, (2, 3, 4, 6), align_corners)
    assert (np.abs(grid) > 1).any()
    assert_gradients(
        lambda grid: by_hand.grid_sample(image, grid, align_corners),
        lambda d_out, grid: by_hand.sampler_d_grid(d_out, image, grid, align_corners),
        grid,
    )


def test_affine_grid_backward(align_corners):
    assert_gradients(
        lambda theta: by_hand.affine_grid(theta, (3, 1, 4, 5), align_corners),
        lambda d_grid, theta: by_hand.affine_grid_backward(d_grid, theta, align_corners),
        normal(0, (3, 2, 3)),
    )


def smooth_localisation(image):
    """Weights that send no point near a whole pixel and no unit near zero."""
    for seed in range(1000):
        shapes = (3, 9), (3,), (6, 3), (6,)
        weights = [0.3 * normal([seed, k], shape) for k, shape in enumerate(shapes)]
        weights[3] += [0.8, 0.1, 0.05, -0.1, 0.7, 0.1]
        before = by_hand.shrink(image) @ weights[0].T + weights[1]
        places = by_hand.to_pixels(by_hand.transform(image, weights)[1], by_hand.CANVAS)
        if np.abs(before).min() > 1e-3 and np.abs(places - places.round()).min() > 1e-3 and (before < 0).any():
            return weights
    raise AssertionError("expected weights away from the kinks, found none")


def test_transform_backward(tiny):
    image = away_from_zero(0, (2, 1, 6, 6))
    weights = smooth_localisation(image)
    assert_gradients(
        lambda *weights: by_hand.transform(image, weights)[0],
        lambda d_out, *weights: by_hand.transform_backward(
            d_out, image, *by_hand.transform(image, weights)[1:], weights
        ),
        *weights,
    )


def test_a_step_goes_against_the_gradient_of_the_loss(tiny):
    """What a step takes from each weight is its rate times the slope of the loss that the step returns."""
    image, target = away_from_zero(0, (2, 1, 6, 6)), np.array([3, 7])
    weights = [*smooth_localisation(image), normal(5, (3, 16)), normal(6, (3,)), normal(7, (10, 3)), normal(8, (10,))]

    def loss(*weights):
        return by_hand.training_step(weights, image, target, 1.0, 1.0)[1]

    def backward(d_loss, *weights):
        moved, _ = by_hand.training_step(weights, image, target, 0.5, 0.25)
        rates = [0.25] * 4 + [0.5] * 4
        return tuple(d_loss * (old - new) / rate for old, new, rate in zip(weights, moved, rates))

    assert_gradients(loss, backward, *weights)


# --- What no gradient check sees


def test_a_window_to_the_upper_right_shows_the_upper_right():
    """x is to the right and y down, in theta, in the grid and in the sampler: any exchange shows another corner."""
    image = np.arange(24.0).reshape(1, 1, 4, 6)
    theta = by_hand.look_at(np.array([[1 / 3, -0.5]]), np.array([[2 / 3, 0.5]]))
    grid = by_hand.affine_grid(theta, (1, 1, 2, 4), align_corners=False)
    assert_agrees(by_hand.grid_sample(image, grid, align_corners=False), image[:, :, :2, 2:], unit=24)


def test_a_digit_lies_where_its_pose_says(dtype):
    """Theta of the pose, turned round, is where the canvas holds the middle of the digit, and how large it is there."""
    bell = np.exp(-(((np.arange(28) - 13.5) / 3) ** 2) / 2)
    blob = np.broadcast_to(np.outer(bell, bell), (50, 1, 28, 28)).astype(dtype)
    canvas, pose = by_hand.scatter(blob, np.random.default_rng(0))
    assert canvas.dtype == pose.dtype == dtype and canvas.shape == (50, 1, 40, 40)
    ink = canvas.sum(axis=(1, 2, 3))
    row, column = ((canvas[:, 0].sum(axis=axis) * np.arange(40)).sum(axis=1) / ink for axis in (2, 1))
    place = -pose[:, :, 2] / pose[:, [0, 1], [0, 1]]
    assert np.abs(column - (20 * place[:, 0] + 19.5)).max() < 0.05
    assert np.abs(row - (20 * place[:, 1] + 19.5)).max() < 0.05
    assert np.abs(place).max() < 1 - 0.6 * 0.6
    assert np.ptp(row) > 15 and np.ptp(column) > 15 and np.abs(np.corrcoef(row, column)[0, 1]) < 0.3
    size = np.sqrt(ink / blob[0].sum())
    assert np.abs(size - 40 / 28 / pose[:, 0, 0]).max() < 0.05 and size.min() < 0.7 and size.max() > 1.1


def test_before_training_the_canvas_is_halved():
    canvas, _ = next(ten_batches())
    seen, _, theta = by_hand.transform(canvas, by_hand.first_weights(np.random.default_rng(0), np.float64)[:4])
    assert_agrees(theta, np.broadcast_to(np.eye(2, 3), (16, 2, 3)))
    assert_agrees(seen, canvas.reshape(16, 1, 20, 2, 20, 2).mean(axis=(3, 5)))


def test_what_is_left_of_a_pose():
    """Nothing, where theta undoes it; all of it under the identity; a common offset or zoom does not count."""
    _, pose = by_hand.scatter(np.zeros((200, 1, 28, 28)), np.random.default_rng(0))
    share = 1 / pose[:, [0, 1], [0, 1]]
    undone = by_hand.look_at((0.1 - pose[:, :, 2]) * share, 0.8 * share)
    assert np.allclose(by_hand.pose_left(pose, undone), 0, atol=1e-12)
    identity = np.broadcast_to(np.eye(2, 3), pose.shape)
    place, size, turn = by_hand.pose_left(pose, identity)
    assert_agrees(place, 14 * (pose[:, 0, 2].std() + pose[:, 1, 2].std()) / 2)
    assert_agrees(size, np.log(pose[:, 0, 0]).std())
    assert turn == 0
    angle = np.radians(normal(1, 200))
    turned = np.stack(
        [
            np.stack([np.cos(angle), -np.sin(angle), 0 * angle], 1),
            np.stack([np.sin(angle), np.cos(angle), 0 * angle], 1),
        ],
        1,
    )
    assert by_hand.pose_left(identity, turned)[2] == pytest.approx(np.degrees(angle).std())


# --- It learns


@pytest.fixture(scope="module")
def trained():
    """1,000 steps of 32 at a high rate: a few seconds."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in dict(BATCH=32, RATE=0.5, OWN_RATE=0.05).items():
            patch.setattr(by_hand, name, value)
        return by_hand.train(1000, seed=0)


def test_it_learns_to_look(trained):
    weights, losses = trained
    images, labels = by_hand.digits("test")
    canvas, pose = by_hand.scatter(images, np.random.default_rng(1))
    errors, places = [], []
    for model in weights:
        seen, _, theta = by_hand.transform(canvas, model[:4])
        errors.append(np.mean(by_hand.network(seen.reshape(1000, -1), model[4:]).argmax(axis=1) != labels))
        places.append(by_hand.pose_left(pose, theta)[0])
    assert all(weight.dtype == np.float32 for model in weights for weight in model)
    assert errors[0] > 0.5 and errors[1] < 0.25
    assert places[0] > 6.5 and places[1] < 2.5
    assert losses.shape == (1000, 2) and losses[-100:, 1].mean() < 0.7 < 1.5 < losses[-100:, 0].mean()


def test_without_a_transformer_theta_stays_the_identity(trained):
    for now, start in zip(trained[0][0][:4], by_hand.first_weights(np.random.default_rng(0))):
        assert np.array_equal(now, start)


def test_report_writes_what_it_measured_and_one_picture(trained, tmp_path, capsys):
    by_hand.report(trained[0], tmp_path / "picture.png")
    plain, transformed, path = capsys.readouterr().out.splitlines()
    assert "wrong" in plain and "wrong" in transformed and path.endswith("picture.png")
    percent = [float(line.split(": ")[1].split("%")[0]) for line in (plain, transformed)]
    assert percent[0] > 50 and percent[1] < 25
    assert (tmp_path / "picture.png").read_bytes().startswith(b"\x89PNG")


def test_the_picture_shows_where_each_canvas_is_read_and_marks_what_is_wrong():
    """Above, the even digits are read right; below, all but the 3; and each canvas is read in its middle."""
    labels = np.repeat(np.arange(10), 2)
    canvas, seen = np.zeros((20, 1, 40, 40)), np.ones((20, 1, 20, 20))
    grid = by_hand.affine_grid(by_hand.look_at(np.zeros((20, 2)), np.full((20, 2), 0.5)), seen.shape)
    answers = np.where(labels % 2 == 0, labels, 0), np.where(labels == 3, 8, labels)
    figure = by_hand.draw(canvas, grid, seen, labels, answers, ("above", "below"))
    above, below = figure.axes[:10], figure.axes[10:]
    assert [ax.get_xlabel().split() for ax in above] == [[str(k)] if k % 2 == 0 else ["0", "✗"] for k in range(10)]
    assert [ax.get_xlabel().split() for ax in below] == [[str(k)] if k != 3 else ["8", "✗"] for k in range(10)]
    for ax in above:
        outline = ax.lines[1].get_xydata()
        assert np.allclose(outline, [(10, 10), (29, 10), (29, 29), (10, 29), (10, 10)])
        assert ax.get_xlim() == (-0.5, 39.5) and ax.get_ylim() == (39.5, -0.5)
