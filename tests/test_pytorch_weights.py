"""A file of weights: read back exactly, never run, and refused by what it is not."""

import pickle

import pytest
import torch

from stn_numpy import pytorch
from stn_numpy.pytorch import architecture, build, load, save


@pytest.fixture(scope="module")
def networks():
    return {name: build(*name.split(), rng=0) for name in ("cnn R", "fcn R", "st-cnn R", "st-cnn RTS", "st-fcn R")}


@pytest.mark.parametrize("name", ["cnn R", "st-cnn RTS"])
def test_comes_back_as_it_was(name, networks, tmp_path):
    save(tmp_path / "made" / "weights.pt", networks[name])
    other = build(*name.split(), rng=1)
    assert load(tmp_path / "made" / "weights.pt", other) is other
    state = networks[name].state_dict()
    assert any(not torch.equal(tensor, build(*name.split(), rng=1).state_dict()[key]) for key, tensor in state.items())
    assert all(torch.equal(tensor, other.state_dict()[key]) for key, tensor in state.items())
    assert [path.name for path in (tmp_path / "made").iterdir()] == ["weights.pt"]


@pytest.mark.parametrize(
    "saved, asked, says",
    [
        ("cnn R", "fcn R", r"network.0: expected Flatten, got Conv2d\(1, 64, \(9, 9\)"),
        ("cnn R", "st-cnn R", r"transformer: expected SpatialTransformer\(transform='affine'.*, got no such part"),
        ("st-cnn R", "cnn R", r"transformer: expected no such part, got SpatialTransformer\(transform='affine'"),
        ("st-cnn R", "st-cnn RTS", r"features.7: expected Linear\(320, 20\), got Linear\(20, 20\)"),
    ],
)
def test_another_architecture_is_refused_by_name(saved, asked, says, networks, tmp_path):
    save(tmp_path / "weights.pt", networks[saved])
    before = {key: tensor.clone() for key, tensor in networks[asked].state_dict().items()}
    with pytest.raises(ValueError, match=f"^checkpoint: expected .*{says}"):
        load(tmp_path / "weights.pt", networks[asked])
    assert all(torch.equal(tensor, before[key]) for key, tensor in networks[asked].state_dict().items())


@pytest.mark.parametrize(
    "changed, says",
    [
        (
            dict(transform="tps"),
            "transform='affine'.*transform='tps'",
        ),  # its 32 numbers follow from the last layer, too
        (dict(align_corners=True), "align_corners=False.*align_corners=True"),
        (dict(size=20), r"size=None.*size=\(20, 20\)"),
    ],
)
def test_the_same_shapes_that_read_otherwise_are_refused(changed, says, tmp_path):
    localisation = pytorch.LocalisationNetwork((1, 28, 28), (0.0,) * 6)
    save(tmp_path / "weights.pt", pytorch.SpatialTransformer(localisation, **changed))
    with pytest.raises(ValueError, match=says):
        load(tmp_path / "weights.pt", pytorch.SpatialTransformer(localisation))


def test_the_float_type_is_part_of_the_architecture(networks, tmp_path):
    save(tmp_path / "weights.pt", build("cnn", "R", rng=0, dtype=torch.float64))
    with pytest.raises(ValueError, match="dtype: expected torch.float32, got torch.float64"):
        load(tmp_path / "weights.pt", networks["cnn R"])


def test_every_seed_has_the_same_architecture(networks):
    assert architecture(build("st-cnn", "RTS", rng=5)) == architecture(networks["st-cnn RTS"])


@pytest.mark.parametrize("harm", [lambda data: data[:1000], lambda data: b"", lambda data: b"<html>" + data])
def test_a_damaged_file_is_refused(harm, networks, tmp_path):
    path = tmp_path / "weights.pt"
    save(path, networks["cnn R"])
    path.write_bytes(harm(path.read_bytes()))
    with pytest.raises(ValueError, match=r"^checkpoint: expected a file that save wrote, got .*weights\.pt"):
        load(path, networks["cnn R"])


class Trap:
    """A pickle that runs code when it is read."""

    ran = False

    def __reduce__(self):
        return setattr, (Trap, "ran", True)


def test_nothing_in_a_file_is_run(networks, tmp_path):
    torch.save({"architecture": {}, "state": Trap()}, tmp_path / "weights.pt")
    with pytest.raises(ValueError, match="^checkpoint: expected"):
        load(tmp_path / "weights.pt", networks["cnn R"])
    assert not Trap.ran
    pickle.loads(pickle.dumps(Trap()))
    assert Trap.ran  # the trap works


def test_no_file_is_said_so(networks, tmp_path):
    with pytest.raises(FileNotFoundError, match="nothing.pt"):
        load(tmp_path / "nothing.pt", networks["cnn R"])
