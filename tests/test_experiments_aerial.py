"""The arms of chapter 17: that each is trained as it is named, and that headings are measured as arrows are."""

import dataclasses

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from series import record_of

from book.experiments.aerial import full_circle, headings
from book.experiments.aerial.arms import Arm, BestCopy, Compass, Trainer, build, turned_within, vote_loss
from book.experiments.aerial.headings import ARMS, averaged_error, measure, roses, tiles_of, tiles_within, train_arm
from book.experiments.aerial.measures import differences, heading_errors, mean_heading
from stn_numpy.aerial.tiles import KINDS
from stn_numpy.digits import load_digits
from stn_numpy.pytorch.tiles import build_tile_network
from stn_numpy.theta import rotation_angle

LOOKS_APART = 16  # steps, of which every second is looked at
DIFFERENT = ("copies", "cnn", "rotation-90", "copies-hard", "log-polar", "votes-told-all", "affine-180")


@pytest.fixture(autouse=True)
def small(monkeypatch):
    """One thread, few tiles, few steps."""
    for name, value in dict(TRAIN=48, HELD_OUT=40, TEST=40, GALLERY=16).items():
        monkeypatch.setattr(headings, name, value)
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def short(name, steps=16, **changes):
    """An arm of few steps."""
    arm = ARMS[name]
    return dataclasses.replace(arm, steps=steps, aligned_after=steps // 2 if arm.aligned_after else 0, **changes)


def heading_of(theta):
    return np.degrees(rotation_angle(theta.double().numpy()))


def test_means_and_differences_go_the_short_way_round():
    assert mean_heading([350, 20]) == pytest.approx(5)
    assert differences([359, 1, 180.0, 90], 0).tolist() == [-1, 1, -180, 90]


def test_heading_errors_of_headings_made_up():
    """Each kind off by a constant of its own, by 10 degrees more or less; a tenth tail first; ferries both ways."""
    rng, kinds = np.random.default_rng(0), np.arange(8000) % 8
    left = 37.0 * kinds + rng.choice([-10, 10], 8000) + 180 * (rng.random(8000) < 0.1)
    left[kinds == KINDS.index("ferry")] += rng.choice([0, 180], 1000)
    found = heading_errors(left, kinds)
    assert 9 < found["median"] < 11 and found["within"] == pytest.approx(0.9, abs=0.02)
    assert found["flipped"] == pytest.approx(0.1, abs=0.02)
    assert max(found["by_kind"]) < 12 and found["means"][1] == pytest.approx(37, abs=4)
    nothing = heading_errors(rng.uniform(0, 360, 8000), kinds)
    assert nothing["median"] == pytest.approx(90, abs=6) and nothing["within"] == pytest.approx(1 / 6, abs=0.03)
    assert nothing["by_kind"][KINDS.index("ferry")] == pytest.approx(45, abs=4)
    rose = np.array(roses(left, kinds))
    assert rose.sum(1).tolist() == [1000] * 8
    assert rose[0, 11:13].sum() > 800 and rose[0, [0, 23]].sum() == pytest.approx(100, abs=40)


def test_a_tile_turned_anew_has_a_new_true_theta():
    """Read by its new theta, it shows what it showed by the old one; mirrored or swapped it would not."""
    images, _, theta, _ = tiles_of("train", 24)
    turned, truth = turned_within(images, theta, torch.Generator().manual_seed(0))

    def upright(images, theta):
        smaller = 0.7 * theta + theta * torch.tensor([0, 0, 0.3])
        return F.grid_sample(images, F.affine_grid(smaller, images.shape, align_corners=False), align_corners=False)

    before, after = upright(images, theta)[..., 14:34, 14:34], upright(turned, truth)[..., 14:34, 14:34]
    assert (before - after).abs().mean() < 0.25 * (before - upright(images, truth)[..., 14:34, 14:34]).abs().mean()


def test_headings_within_a_limit():
    images, _, theta, _ = tiles_of("train", 48)
    for limit in (45.0, 180.0):
        heading = heading_of(turned_within(images, theta, torch.Generator().manual_seed(1), limit)[1])
        assert 0.8 * limit < abs(heading).max() <= limit
    _, _, heading = tiles_within("test", 40, 90.0)
    assert 70 < abs(heading).max() <= 90 and np.array_equal(heading, tiles_within("test", 40, 90.0)[2])


def test_votes_add_up_as_arrows_do():
    """North and east equally: north-east. West alone: west; the angle is the heading, in radians."""
    votes = torch.full((3, 16), -40.0)
    votes[0, [0, 4]], votes[1, 12], votes[2, [15, 1]] = 0.0, 0.0, 0.0
    degrees = torch.rad2deg(Compass()(votes))[:, 0]
    torch.testing.assert_close(degrees, torch.tensor([45.0, -90.0, 0.0]), rtol=0, atol=1e-4)


def test_votes_are_counted_against_the_true_heading():
    """Least for the nearest direction; a ferry has none."""
    theta = tiles_of("train", 48)[2][:1]
    heading, car, ferry = heading_of(theta)[0], torch.tensor([0]), KINDS.index("ferry")
    votes = [6 * F.one_hot(torch.tensor([k]), 16).float() for k in range(16)]
    losses = [vote_loss(vote, theta, car).item() for vote in votes]
    assert abs(differences(22.5 * np.argmin(losses), heading)) <= 11.3
    assert abs(differences(22.5 * np.argmax(losses), heading)) > 90
    both = vote_loss(torch.zeros(2, 16), theta.expand(2, -1, -1), torch.tensor([0, ferry]))
    assert both.item() == pytest.approx(np.log(16), abs=1e-5)
    assert vote_loss(torch.zeros(1, 16), theta, torch.tensor([ferry])).item() == 0


@pytest.mark.parametrize("name", DIFFERENT)
@pytest.mark.slow
def test_an_arm_learns_by_heart(name):
    """Eight tiles, seen again and again; the localisation network is reached wherever there is one."""
    arm = dataclasses.replace(ARMS[name], steps=60, limit=0.0)
    network = build(arm, 0)
    images, labels, theta, _ = tiles_of("train", 48)
    trainer = Trainer(arm, network, (4 * (images[:8] - 0.4), labels[:8], theta[:8]), 0)
    before = {key: value.clone() for key, value in network.named_parameters()}
    losses = [trainer() for _ in range(60)]
    assert np.mean(losses[-5:]) < 0.8 * np.mean(losses[:5])
    moved = [key for key, value in network.named_parameters() if not torch.equal(value, before[key])]
    assert len(moved) == len(before)


def test_the_frozen_arm_is_frozen():
    arm, (images, labels, theta, _) = ARMS["frozen"], tiles_of("train", 48)
    network = build(arm, 0)
    trainer = Trainer(arm, network, (4 * (images - 0.4), labels, theta), 0)
    for _ in range(3):
        trainer()
    torch.testing.assert_close(network.transformer.theta(images[:5]), torch.eye(2, 3).expand(5, -1, -1))


def test_the_gradient_of_the_best_copy_is_that_of_all_shares():
    """The output is the best copy's; the scores of all copies are moved."""
    whole = build_tile_network((3, 48, 48), 8, turned_copies=4, size=28, parameters=30_000, rng=0)
    network, images = BestCopy(whole.network, 4, 28), torch.rand(2, 3, 48, 48)
    logits, scores = whole.read(images)
    best = scores.argmax(1)
    torch.testing.assert_close(network(images), logits.log_softmax(2)[torch.arange(2), best])
    seen = []
    whole.network[-1].register_full_backward_hook(lambda *gradients: seen.append(gradients[2][0]))
    network(images)[:, 0].sum().backward()
    assert (seen[0].view(2, 4, 9)[..., -1].abs() > 0).all()


def test_log_polar_does_not_heed_the_direction():
    """A tile turned by a quarter has the same classes, up to the reading of its corners."""
    network = build(ARMS["log-polar"], 0).eval()
    y, x = torch.meshgrid(torch.linspace(-1, 1, 48), torch.linspace(-1, 1, 48), indexing="ij")
    image = torch.randn(1, 3, 48, 48, generator=torch.Generator().manual_seed(0)) * (torch.hypot(x, y) < 0.98)
    with torch.no_grad():
        for quarter in (1, 2):
            torch.testing.assert_close(network(image.rot90(quarter, (2, 3))), network(image), rtol=0, atol=1e-4)
        assert (network(image.flip(3)) - network(image)).abs().max() > 1e-3


def test_what_a_network_that_knows_leaves():
    """The true thetas in the network's place leave no heading."""

    class Knows(torch.nn.Module):
        family = "affine"

        @property
        def transformer(self):
            return self

        def forward(self, images):
            return torch.zeros(len(images), 8)

        def theta(self, images):
            return tiles_of("test", 40)[2][: len(images)]

    images, kinds, heading = tiles_within("test", 40, 180.0)
    found = measure(Knows(), images, kinds, heading)
    assert found["heading"]["median"] < 0.1 and found["heading"]["within"] == 1
    assert found["error"] == pytest.approx((kinds != 0).float().mean().item(), abs=1e-4)


def test_averaging_over_turns():
    """A network that reads the upper half alone: over all turns it sees what lies anywhere."""

    class Upper(torch.nn.Module):
        def forward(self, images):
            bright = images[:, 0, :20].amax((1, 2)) > 0.9
            return torch.stack([torch.full(bright.shape, 0.02), bright.float()], 1)

    images = torch.zeros(2, 3, 48, 48)
    images[1, :, 36:42, 22:26] = 1
    assert averaged_error(Upper(), images, torch.tensor([0, 1])) == 0
    assert (Upper()(images).argmax(1) == torch.tensor([0, 0])).all()


def test_a_cnn_after_turned_copies_learns_from_kept_headings():
    """The copies are as they were when the CNN began; the CNN is the one that learns then."""
    arm = short("copies-then-cnn", LOOKS_APART)
    network, _, found = train_arm(arm, 0)
    half, _, _ = train_arm(dataclasses.replace(arm, steps=LOOKS_APART // 2, aligned_after=0), 0)
    first = dict(half.named_parameters())
    assert all(torch.equal(value, first[name]) for name, value in network.copies.named_parameters())
    fresh = dict(build(Arm("cnn", 1), 0).named_parameters())
    assert not any(torch.equal(value, fresh[name]) for name, value in network.classifier.named_parameters())
    assert len(found["history"]) == headings.LOOKS["arms"]


CELLS = [("arms", "cnn"), ("arms", "copies-entropy"), ("short", "copies-told-8"), ("short", "rotation-90")]


@pytest.mark.parametrize(("part", "name"), CELLS)
def test_a_cell(tmp_path, part, name):
    result = record_of(headings.EXPERIMENT, tmp_path, f"part={part} name={name} seed=0", "steps=8").result
    assert 0 <= result["test"]["error"] <= 1 and result["parameters"] > 10_000
    assert len(result["history"]) == headings.LOOKS[part]
    assert ("life" in result) == ("heading" in result["test"]) == (name != "cnn")
    assert ("averaged" in result) == (name == "cnn") and ("shares" in result) == name.startswith("copies")
    assert not list(tmp_path.glob("runs/headings/*/*.pt"))
    assert ("gallery" in result) == (name == "copies-entropy")


def test_what_the_comparison_rests_on(tmp_path):
    data = record_of(headings.EXPERIMENT, tmp_path, "part=data").result
    assert len(data["kinds"]) == len(data["heading_before"]["180"]["by_kind"]) == 8
    assert data["heading_before"]["45"]["median"] < 35 < data["heading_before"]["180"]["median"]


@pytest.mark.parametrize("name", full_circle.ARMS)
def test_digits_on_a_full_circle(tmp_path, monkeypatch, name):
    """Small digits in MNIST's place; turned by the true angle they are as before."""
    monkeypatch.setattr(full_circle, "TRAIN", 200)
    monkeypatch.setattr(full_circle, "TEST", 100)
    monkeypatch.setattr(full_circle, "load_split", lambda data, part: load_digits(part))
    result = record_of(full_circle.EXPERIMENT, tmp_path, f"name={name} seed=0", "steps=4").result
    assert 0 <= result["error"] <= 1 and ("life" in result) == (not name.startswith("cnn"))
    assert ("angles" in result) == name.startswith(("copies", "rotation"))
    upright, _, angles = full_circle.digits_of("test", 30)
    again = full_circle.turned(full_circle.turned(upright, angles), -angles)
    assert (again - upright).abs().mean() < 0.35 * (full_circle.turned(upright, angles) - upright).abs().mean()
