"""Co-localisation: pictures and boxes that can be checked by hand, the loss, and the command."""

import json

import pytest
import torch

from book.experiments.more_than_one import colocalise
from book.experiments.more_than_one.colocalise import (
    SCALE,
    Embedding,
    Window,
    crop_boxes,
    make_pictures,
    measure,
    overlap,
    triplet_loss,
)


@pytest.fixture(autouse=True)
def quick_embedding(monkeypatch):
    """One that has learned for two steps."""
    network = colocalise.embedding.__wrapped__(0, 2)
    monkeypatch.setattr(colocalise, "embedding", lambda: network)
    return network


def test_the_box_holds_the_digit_and_nothing_lies_beside_it():
    pictures, boxes = make_pictures(3, clutter=False)
    assert pictures.shape == (100, 1, 84, 84) and boxes.shape == (100, 4)
    corners = ((boxes + 1) * 42).round().long().tolist()
    for picture, (left, top, right, bottom) in zip(pictures, corners):
        assert (right - left, bottom - top) == (28, 28) and min(left, top) >= 0 and max(right, bottom) <= 84
        inside = picture[:, top:bottom, left:right].sum()
        assert inside > 10 and torch.isclose(inside, picture.sum())
    assert len({tuple(box) for box in corners}) > 90


def test_clutter_is_added_and_hides_nothing():
    plain, boxes = make_pictures(3, clutter=False)
    cluttered, again = make_pictures(3, clutter=True)
    assert torch.equal(boxes, again) and (cluttered >= plain).all()
    more = (cluttered > plain).flatten(1).sum(1)
    assert more.min() > 20 and more.max() <= colocalise.PATCHES * colocalise.PATCH ** 2


def test_overlap_by_hand():
    """The same; half beside; one in the other; side by side; apart."""
    boxes = torch.tensor([[0.0, 0, 1, 1], [0, 0, 1, 1], [0, 0, 2, 2], [0, 0, 1, 1], [0, 0, 1, 1]])
    others = torch.tensor([[0.0, 0, 1, 1], [0.5, 0, 1.5, 1], [0, 0, 1, 1], [1, 0, 2, 1], [3, 3, 4, 4]])
    assert torch.allclose(overlap(boxes, others), torch.tensor([1, 1 / 3, 1 / 4, 0, 0]))


def test_the_loss_by_hand():
    """Features on a line: 0 and 2 are shown, random pieces have 1 and 5; squares 4 - 1 + 1 and 4 - 9 + 1 cut at 0."""
    shown, anywhere = torch.tensor([[0.0], [2.0]]), torch.tensor([[1.0], [5.0]])
    assert triplet_loss(shown, anywhere).item() == pytest.approx((4 + 0) / 2)
    assert triplet_loss(shown, anywhere, margin=9).item() == pytest.approx((12 + 4) / 2)


def test_who_hears_the_gradient():
    """The first picture alone is dissatisfied: alone it moves, or both do."""
    for both_move, expected in ((False, [[-1.0], [0.0]]), (True, [[-1.0], [2.0]])):
        shown = torch.tensor([[0.0], [2.0]], requires_grad=True)
        triplet_loss(shown, torch.tensor([[1.0], [5.0]]), both_move=both_move).backward()
        assert torch.allclose(shown.grad, torch.tensor(expected)), both_move


def test_a_window_starts_in_the_middle_and_never_leaves_the_picture():
    pictures, _ = make_pictures(1, clutter=False)
    window = Window()
    with torch.no_grad():
        assert window.shift(pictures[:3]).abs().max() == 0
        assert torch.allclose(window(pictures[:3]), pictures[:3, :, 28:56, 28:56], atol=1e-5)
        window.localisation.final.bias.copy_(torch.tensor([100.0, -100.0]))
        corner = torch.tensor([[1 - 2 * SCALE, -1, 1, 2 * SCALE - 1]])
        assert torch.allclose(crop_boxes(window.shift(pictures[:1])), corner)
        assert torch.allclose(window(pictures[:3]), pictures[:3, :, :28, 56:], atol=1e-5)


def test_the_truth_is_measured_as_found():
    pictures, boxes = make_pictures(2, clutter=True)

    class Told(Window):
        def shift(self, pictures):
            return (boxes[:, :2] + boxes[:, 2:]) / 2

    assert measure(Told(), pictures, boxes)["overlap"] == pytest.approx(1, abs=1e-4)
    assert measure(Window(), pictures, boxes)["share"] < 0.2


def test_the_embedding_knows_none_of_the_pictures_and_has_a_unit(quick_embedding):
    assert isinstance(quick_embedding, Embedding) and not any(p.requires_grad for p in quick_embedding.parameters())
    images = torch.from_numpy(colocalise.load_digits("train")[0])
    length = quick_embedding(images[::50]).square().sum(1).mean().sqrt()
    assert length == pytest.approx(colocalise.EMBEDDING_LENGTH, rel=0.2)


def test_command(tmp_path, capsys):
    path = tmp_path / "found.json"
    arguments = ["--digits", "3", "--steps", "2", "--out", str(path)]
    colocalise.main(arguments)
    first = json.loads(path.read_text())["runs"]
    assert [(run["digit"], run["clutter"]) for run in first] == [(3, False), (3, True)]
    assert all(0 <= run["share"] <= 1 and len(run["shift"]) == 8 and "commit" in run["made_by"] for run in first)
    colocalise.main([*arguments, "--both-move"])
    runs = json.loads(path.read_text())["runs"]
    assert runs[:2] == first and [run["both_move"] for run in runs] == [False, False, True, True]
    colocalise.main(arguments)  # is there already
    assert json.loads(path.read_text())["runs"] == runs and "digit 3, with clutter" in capsys.readouterr().out
