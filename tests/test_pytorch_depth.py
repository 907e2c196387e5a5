"""A transformer before, in and behind a network, and one that is steered from its depths."""

import json
import math

import pytest
import torch

from book.experiments.more_than_one import depth
from book.experiments.more_than_one.depth import PLACES, Placed, measure

depth.test_digits.__test__ = False  # a function of the library, whatever its name looks like


@pytest.fixture
def images():
    return torch.rand(3, 1, 28, 28, generator=torch.Generator().manual_seed(0))


@pytest.fixture
def few_digits(monkeypatch):
    """Measure on some of the test digits."""
    few = [array[:200] for array in depth.test_digits()]
    monkeypatch.setattr(depth, "test_digits", lambda: few)


@pytest.mark.parametrize("name", PLACES)
def test_a_fresh_transformer_changes_nothing(name, images):
    """The same convolutions and the same classifier, wherever it stands, say the same at first."""
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
    turned = {"image": lambda x: two(one(x.rot90(1, (2, 3)))), "shared": lambda x: two(one(x.rot90(1, (2, 3)))),
              "behind one": lambda x: two(one(x).rot90(1, (2, 3))),
              "behind two": lambda x: two(one(x)).rot90(1, (2, 3))}
    assert torch.allclose(model(images), model.classifier(turned[name](images)), atol=1e-4)


def test_the_shared_one_learns_through_both_passes(images):
    model = Placed(**PLACES["shared"])
    with torch.no_grad():
        model.transformer.localisation.final.weight.normal_(generator=torch.Generator().manual_seed(1))
    assert model.angle(images).std() > 0
    [through_the_angle] = torch.autograd.grad(model.angle(images).sum(), model.blocks[0][0].weight)
    assert through_the_angle.abs().max() > 0


def test_what_is_left_of_the_angles(few_digits):
    """Standing still leaves what was given; saying the opposite of each true angle leaves nothing."""
    model = Placed(0)
    still = measure(model)
    assert still["remaining"] == pytest.approx(still["given"], abs=0.01) and 45 < still["given"] < 65
    given = depth.test_digits()[2]
    model.angle = lambda part, start=[0]: _next(given, part, start)
    assert measure(model)["remaining"] < 0.1


def _next(given, part, start):
    start[0] += len(part)
    return -given[start[0] - len(part):start[0], None]


def test_command(tmp_path, capsys, few_digits):
    path = tmp_path / "depth.json"
    depth.main(["--seeds", "1", "--steps", "2", "--out", str(path)])
    written = json.loads(path.read_text())
    assert [run["name"] for run in written["runs"]] == list(PLACES)
    assert all("commit" in run["made_by"] for run in written["runs"])
    depth.main(["--seeds", "1", "--steps", "2", "--out", str(path)])
    assert json.loads(path.read_text()) == written
    assert "behind two, seed 0" in capsys.readouterr().out
