"""Chapter 16's experiments: digits that are added, a transformer at several depths, and co-localisation."""

import math

import numpy as np
import pytest
import torch
from series import record_of
from torch import nn

from book.experiments.more_than_one import addition, colocalise, depth
from book.experiments.more_than_one.addition import AdditionRun, AdditionSettings, Pairs, distort_pairs
from book.experiments.more_than_one.colocalise import (
    SCALE,
    Embedding,
    Window,
    crop_boxes,
    make_pictures,
    measure_window,
    overlap,
    triplet_loss,
)
from book.experiments.more_than_one.depth import PLACES, Placed, measure_turns
from book.experiments.more_than_one.parallel import ParallelTransformers
from book.experiments.more_than_one.tiles import tiled_starts
from stn_numpy.pytorch.run import Stopped
from stn_numpy.pytorch.transformer import SpatialTransformer

CPU = torch.device("cpu")
SMALL = dict(data="small", batch=8, iterations=4)
test_pairs = addition.test_pairs
test_pairs.__test__ = False  # a function of the library, whatever its name looks like


class Says(nn.Module):
    """A localisation network with a constant output."""

    def __init__(self, *numbers):
        super().__init__()
        self.numbers = nn.Parameter(torch.tensor(numbers))

    def forward(self, image):
        return self.numbers.expand(len(image), -1)


# --- Beside each other


def test_each_looks_at_the_same_image():
    """One looks a pixel to the right, one a pixel down; both at both channels, the first one's channels first."""
    image = torch.arange(32.0).reshape(1, 2, 4, 4)
    two = ParallelTransformers(
        [SpatialTransformer(Says(0.5, 0.0), "translation"), SpatialTransformer(Says(0.0, 0.5), "translation")]
    )
    out = two(image)
    assert out.shape == (1, 4, 4, 4)
    assert torch.allclose(out[:, :2, :, :3], image[..., 1:]) and torch.allclose(out[:, 2:, :3], image[:, :, 1:])
    assert two.theta(image)[:, 0, :, 2].tolist() == [[0.5, 0], [0, 0.5]]


def test_gradients_of_the_image_add_up():
    image = torch.rand(2, 2, 5, 5, dtype=torch.float64, requires_grad=True)
    parts = [
        SpatialTransformer(Says(0.3, 0.1), "translation").double(),
        SpatialTransformer(Says(-0.2, 0.4), "translation").double(),
    ]
    upstream = torch.randn(2, 4, 5, 5, dtype=torch.float64)
    [both] = torch.autograd.grad(ParallelTransformers(parts)(image), image, upstream)
    single = [torch.autograd.grad(part(image), image, d)[0] for part, d in zip(parts, upstream.split(2, dim=1))]
    assert torch.allclose(both, single[0] + single[1])


def test_tiles_by_hand():
    assert tiled_starts(1) == [(1.0, 0.0, 0.0)]
    assert tiled_starts(2) == [(0.5, -0.5, 0.0), (0.5, 0.5, 0.0)]
    assert tiled_starts(4) == [(0.5, -0.5, -0.5), (0.5, 0.5, -0.5), (0.5, -0.5, 0.5), (0.5, 0.5, 0.5)]
    assert tiled_starts(3)[2] == (0.5, 0.0, 0.5)  # alone in its row, in the middle of it
    assert tiled_starts(2, "affine", share=0.75) == [(0.75, 0, -0.25, 0, 0.75, 0), (0.75, 0, 0.25, 0, 0.75, 0)]


@pytest.mark.parametrize("count", [4, 9])
def test_square_numbers_of_tiles_see_every_pixel_once(count):
    side = round(count**0.5)
    image = torch.rand(1, 1, 6 * side, 6 * side)
    seen = [SpatialTransformer(Says(*start), "attention", size=6)(image)[0, 0] for start in tiled_starts(count)]
    rows = [torch.cat(seen[k : k + side], dim=1) for k in range(0, count, side)]
    assert torch.allclose(torch.cat(rows), image[0, 0], atol=1e-5)


def test_what_cannot_be_tiled_is_refused():
    with pytest.raises(ValueError, match="transform: expected one of 'attention', 'affine', got 'tps'"):
        tiled_starts(2, "tps")
    with pytest.raises(ValueError, match="share: expected more than 0 and at most 1, got 1.5"):
        tiled_starts(2, share=1.5)
    with pytest.raises(ValueError, match="count"):
        tiled_starts(0)


# --- Pairs


def test_each_digit_has_a_pose_of_its_own():
    """The true theta of each digit brings back that digit: read from a canvas made of it alone."""
    digits = torch.rand(2, 5, 1, 28, 28)
    pairs, theta = distort_pairs(digits, torch.Generator().manual_seed(0))
    assert pairs.shape == (5, 2, 42, 42) and theta.shape == (2, 5, 2, 3)
    assert (theta[0] - theta[1]).abs().amax((1, 2)).min() > 0.01
    for place in range(2):
        grid = nn.functional.affine_grid(theta[place], (5, 1, 42, 42), align_corners=False)
        again = nn.functional.grid_sample(digits[place], grid, align_corners=False)
        assert torch.allclose(again[:, 0], pairs[:, place], atol=1e-5)


def test_labels_are_sums_or_both_digits():
    first, second = torch.tensor([3, 9]), torch.tensor([4, 9])
    assert addition.answers_of("sum", first, second).tolist() == [7, 18]
    assert addition.answers_of("digits", first, second).tolist() == [34, 99]
    settings = {answer: AdditionSettings("fcn", answer=answer, **SMALL) for answer in addition.ANSWERS}
    (pairs, sums), (again, both) = (Pairs(one, CPU).piece(3, 0) for one in settings.values())
    assert pairs.shape == (25, 8, 2, 42, 42) and torch.equal(pairs, again)
    assert torch.equal(sums, both // 10 + both % 10)
    assert not torch.equal(pairs, Pairs(settings["sum"], CPU).piece(4, 0)[0])


def test_every_network_meets_the_same_test_pairs():
    pairs, digits, theta = test_pairs("small")
    assert pairs.shape == (1000, 2, 42, 42) and theta.shape == (2, 1000, 2, 3)
    assert torch.equal(pairs, test_pairs("small")[0])
    assert torch.equal(digits[0].bincount(), digits[1].bincount())  # each digit once in either place
    assert (digits[0] != digits[1]).float().mean() > 0.8


# --- Networks


@pytest.mark.parametrize("model", addition.MODELS)
@pytest.mark.parametrize("answer, classes", [("sum", 19), ("digits", 100)])
def test_networks_are_of_one_size(model, answer, classes):
    network = AdditionSettings(model, answer=answer).build(0)
    assert network(torch.rand(2, 2, 42, 42)).shape == (2, classes)
    assert abs(network.parameter_count() - 400_000) < 2_500
    count = 0 if network.transformers is None else len(network.transformers.transformers)
    assert count == addition.MODELS[model]


def test_the_logit_of_a_pair_is_the_sum_of_two():
    numbers = torch.randn(3, 20)
    logits = addition.BothDigits()(numbers)
    assert torch.equal(logits[1, 34], numbers[1, 3] + numbers[1, 14])
    target = torch.tensor([12, 99, 40])
    both = sum(
        nn.functional.cross_entropy(part, digit)
        for part, digit in zip(numbers.split(10, 1), (target // 10, target % 10))
    )
    assert torch.allclose(nn.functional.cross_entropy(logits, target), both)


@pytest.mark.parametrize("start", ["identity", "tiles"])
def test_transformers_start_where_they_are_told(start):
    network = AdditionSettings("2xst-fcn", start=start).build(0)
    expected = tiled_starts(2, "affine") if start == "tiles" else [(1.0, 0, 0, 0, 1, 0)] * 2
    found = network.transformers.theta(torch.rand(3, 2, 42, 42))
    assert torch.allclose(found, torch.tensor(expected).view(2, 1, 2, 3).expand(2, 3, 2, 3))


# --- The experiment


@pytest.fixture
def few_pairs(monkeypatch):
    pairs, digits, theta = test_pairs("small")
    monkeypatch.setattr(addition, "test_pairs", lambda data: (pairs[:100], digits[:, :100], theta[:, :100]))


@pytest.mark.parametrize("only", ["model=fcn", "model=2xst-fcn start=tiles"])
def test_a_cell_of_addition(tmp_path, few_pairs, only):
    result = record_of(
        addition.EXPERIMENT,
        tmp_path,
        f"{only} answer=digits seed=0",
        "data=small batch=8 iterations=4 precision=float32",
    ).result
    assert 0 < result["sum_error"] <= result["test_error"]
    assert ("division" in result) == ("life" in result) == ("examples" in result) == ("2xst" in only)
    if "division" in result:
        division = result["division"]
        assert np.shape(division["theta_mean"]) == (2, 2, 3) and len(division["behind"]) == len(division["before"]) == 2
        assert np.shape(result["examples"]) == (2, 6, 2, 3) and len(result["life"]) == 2


def test_a_stopped_run_goes_on_as_if_it_had_not_been(tmp_path):
    settings = AdditionSettings("st-fcn", answer="digits", **SMALL)
    whole = AdditionRun(settings, 0, CPU, tmp_path / "whole")
    whole.train()
    part = AdditionRun(settings, 0, CPU, tmp_path / "part")
    asked = iter([False, True])
    with pytest.raises(Stopped):
        part.train(stop=lambda: next(asked))
    again = AdditionRun(settings, 0, CPU, tmp_path / "part")
    assert again.step == 2
    again.train()
    assert torch.equal(again.losses, whole.losses)
    for name, tensor in whole.network.state_dict().items():
        assert torch.equal(tensor, again.network.state_dict()[name]), name


def test_a_transformer_that_centres_one_digit_owns_it():
    """Given the first digits' true places, one removes their spread, and leaves that of the second digits unchanged."""
    pairs, _, truth = test_pairs("small")
    still = torch.eye(2, 3).expand_as(truth[0])
    whole = torch.cat([truth[0], torch.tensor([[[0.0, 0, 1]]]).expand(len(pairs), 1, 3)], dim=1)
    undone = addition._pose(truth[0], torch.linalg.inv(whole)[:, :2])
    assert undone["pixels"] < 0.01 and undone["degrees"] < 0.1
    other = addition._pose(truth[1], torch.linalg.inv(whole)[:, :2])
    assert other["pixels"] > addition._pose(truth[1], still)["pixels"] > 5


# --- A transformer at several depths


@pytest.fixture
def images():
    return torch.rand(3, 1, 28, 28, generator=torch.Generator().manual_seed(0))


@pytest.fixture
def few_digits(monkeypatch):
    """Measure on some of the test digits."""
    images, labels, pose = depth.turned_test_digits()
    few = images[:200], labels[:200], type(pose)(**{name: value[:200] for name, value in vars(pose).items()})
    monkeypatch.setattr(depth, "turned_test_digits", lambda: few)


@pytest.mark.parametrize("name", PLACES)
def test_a_fresh_transformer_changes_nothing(name, images):
    """With the same convolutions and the same classifier, the transformer's place makes no difference at first."""
    model, plain = Placed(**PLACES[name]), Placed(None)
    weights = model.state_dict()
    plain.load_state_dict({key: value for key, value in weights.items() if not key.startswith("transformer")})
    assert torch.allclose(model(images), plain(images), atol=1e-4)


def turn_by(model, quarter_turns):
    with torch.no_grad():
        model.transformer.localisation.final.weight.zero_()
        model.transformer.localisation.final.bias.fill_(quarter_turns * math.pi / 2)


@pytest.mark.parametrize("name", [name for name in PLACES if name != "none"])
def test_where_it_turns(name, images):
    """A quarter turn is exact, so that what is turned, the picture or the maps, can be written down with rot90."""
    model = Placed(**PLACES[name])
    turn_by(model, 1)
    one, two = model.blocks
    turned = {
        "image": lambda x: two(one(x.rot90(1, (2, 3)))),
        "shared": lambda x: two(one(x.rot90(1, (2, 3)))),
        "behind one": lambda x: two(one(x).rot90(1, (2, 3))),
        "behind two": lambda x: two(one(x)).rot90(1, (2, 3)),
    }
    assert torch.allclose(model(images), model.classifier(turned[name](images)), atol=1e-4)


def test_the_shared_one_learns_through_both_passes(images):
    model = Placed(**PLACES["shared"])
    with torch.no_grad():
        model.transformer.localisation.final.weight.normal_(generator=torch.Generator().manual_seed(1))
    assert model.angle(images).std() > 0
    [through_the_angle] = torch.autograd.grad(model.angle(images).sum(), model.blocks[0][0].weight)
    assert through_the_angle.abs().max() > 0


def test_what_is_left_of_the_angles(few_digits):
    """The identity leaves the angles as they were; the opposite of each true angle leaves none."""
    model = Placed(0)
    still = measure_turns(model)
    assert still["remaining"] == pytest.approx(still["given"], abs=0.01) and 45 < still["given"] < 65
    given = depth.turned_test_digits()[2].angle
    model.angle = lambda part, start=[0]: _next(given, part, start)
    assert measure_turns(model)["remaining"] < 0.1


def _next(given, part, start):
    start[0] += len(part)
    return -given[start[0] - len(part) : start[0], None]


@pytest.mark.parametrize("name", PLACES)
@pytest.mark.slow
def test_a_cell_of_depth(tmp_path, few_digits, name):
    steps = 50 if name == "image" else 2
    result = record_of(depth.EXPERIMENT, tmp_path, ["seed=0", f"place={name}"], f"steps={steps}").result
    assert 0 <= result["error"] <= 1 and len(result["loss"]) == steps // 50
    assert ("life" in result) == (name != "none")
    if name != "none":
        assert np.shape(result["life"]["theta_mean"]) == (2, 3) and 0 <= result["life"]["outside"] < 1
        assert ("remaining" in result["life"]) == (name in ("image", "shared"))


# --- Co-localisation


@pytest.fixture
def quick_embedding(monkeypatch):
    """One that has learned for two steps."""
    network = colocalise.train_embedding.__wrapped__(0, 2)
    monkeypatch.setattr(colocalise, "train_embedding", lambda: network)
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
    assert more.min() > 20 and more.max() <= colocalise.PATCHES * colocalise.PATCH**2


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


def test_where_the_gradient_goes():
    """Only the first picture misses the margin: it moves alone, or both do."""
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

    class Knowing(Window):
        def shift(self, pictures):
            return (boxes[:, :2] + boxes[:, 2:]) / 2

    assert measure_window(Knowing(), pictures, boxes)["overlap"] == pytest.approx(1, abs=1e-4)
    assert measure_window(Window(), pictures, boxes)["share"] < 0.2


def test_the_embedding_knows_none_of_the_pictures_and_has_a_unit(quick_embedding):
    assert isinstance(quick_embedding, Embedding) and not any(p.requires_grad for p in quick_embedding.parameters())
    images = torch.from_numpy(colocalise.load_digits("train")[0])
    length = quick_embedding(images[::50]).square().sum(1).mean().sqrt()
    assert length == pytest.approx(colocalise.EMBEDDING_LENGTH, rel=0.2)


@pytest.mark.parametrize("only", ["clutter=true both_move=false", "clutter=false both_move=true"])
def test_a_cell_of_colocalisation(tmp_path, quick_embedding, only):
    result = record_of(colocalise.EXPERIMENT, tmp_path, f"digit=3 {only}", "steps=2").result
    assert 0 <= result["share"] <= 1 and len(result["shift"]) == 8 and len(result["course"]) == 1
    assert result["life"]["outside"] == 0 and np.shape(result["life"]["theta_spread"]) == (2, 3)
