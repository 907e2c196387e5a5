"""Checkpoints: a run that was stopped, broken off or killed ends as if nothing had happened; bad files are refused."""

import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from tiny_run import KILLED_STEPS, build_model, build_optimizer, make_batch, record, run, same
from twins import data_of

from stn_numpy.optimizer import SGD, Adam, StepLR
from stn_numpy.training import train

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize("stops", [[5], [1, 2, 9], [0, 11], [4, 4, 12]], ids=str)
@pytest.mark.parametrize("optimizer", ["SGD", "Adam"])
def test_a_resumed_run_ends_like_one_that_was_not_stopped(tmp_path, optimizer, stops):
    options = dict(optimizer=optimizer, decay=(4, 0.5), record=record, record_at=(0, 4, 5, 7, 12))
    whole = run(12, **options)
    path = tmp_path / "deeper" / "run.npz"
    for place, steps in enumerate(stops):
        run(steps, checkpoint=path, model_seed=place, **options)
    resumed = run(12, checkpoint=path, model_seed=9, **options)
    assert same(whole, resumed)
    assert sorted(whole[2].records) == [0, 4, 5, 7, 12] and len(whole[2].losses) == 12
    assert same(whole, run(12, checkpoint=path, model_seed=10, **options))  # a finished one takes no step


class Stop(Exception):
    pass


def test_a_run_that_broke_off_goes_on_from_its_last_checkpoint(tmp_path):
    path, taken = tmp_path / "run.npz", []

    def breaks_off(rng):
        taken.append(rng)
        if len(taken) == 8:
            raise Stop
        return make_batch(rng)

    with pytest.raises(Stop):
        run(12, checkpoint=path, checkpoint_every=3, batches=breaks_off)
    resumed = run(12, checkpoint=path, batches=lambda rng: taken.append(rng) or make_batch(rng))
    assert len(taken) == 8 + (12 - 6)  # seven steps were done, six were saved
    assert same(run(12), resumed)


def killed(path, steps, pause):
    """Start the tiny run in a process of its own; kill it `pause` seconds after the last but one of its steps began.

    More steps than these it is not granted, so that it cannot run to its end on a machine that is slow to kill.
    """
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "tests")])}
    command = [sys.executable, str(ROOT / "tests" / "tiny_run.py"), str(path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment) as process:
        process.stdin.write(b"\n" * steps)
        process.stdin.flush()
        for _ in range(steps - 1):
            assert process.stdout.readline()
        time.sleep(pause)
        process.kill()  # SIGKILL: nothing is flushed, closed or tidied up
    assert process.returncode != 0


def test_a_killed_run_ends_like_one_that_was_not_killed(tmp_path):
    """Killed several times, at moments that fall into a step or into the writing of a checkpoint."""
    path, rng = tmp_path / "run.npz", np.random.default_rng(11)
    done = [0]
    for _ in range(4):
        killed(path, rng.integers(3, 12), rng.uniform(0, 0.01))
        assert path.exists() and set(tmp_path.iterdir()) <= {path, tmp_path / "run.npz.part"}
        with np.load(path) as file:
            done.append(len(file["losses"]))
    assert 0 < done[1] and done == sorted(set(done)), done  # every part continued where the one before had ended
    taken = []
    options = dict(decay=(10, 0.9), checkpoint_every=1)
    resumed = run(
        KILLED_STEPS, checkpoint=path, model_seed=3, batches=lambda rng: taken.append(rng) or make_batch(rng), **options
    )
    assert len(taken) == KILLED_STEPS - done[-1]
    assert same(run(KILLED_STEPS, **options), resumed)


def test_a_part_left_behind_does_no_harm(tmp_path):
    path, part = tmp_path / "run.npz", tmp_path / "run.npz.part"
    for steps in (0, 5):
        run(steps, checkpoint=path)
        part.write_bytes(b"half of a file")
    assert same(run(8), run(8, checkpoint=path)) and not part.exists()
    path.unlink()
    part.write_bytes(b"half of a file")
    assert same(run(8), run(8, checkpoint=path)) and not part.exists()


@pytest.mark.parametrize("where", ["np.savez", "os.fsync", "os.replace"])
def test_a_failure_while_writing_leaves_the_old_file(tmp_path, monkeypatch, where):
    path = tmp_path / "run.npz"
    run(4, checkpoint=path)
    before = path.read_bytes()

    def fails(file, *_, **arrays):
        if arrays:
            file.write(before[:100])
        raise OSError("no space left")

    monkeypatch.setattr(
        *{"np.savez": (np, "savez"), "os.fsync": (os, "fsync"), "os.replace": (os, "replace")}[where], fails
    )
    with pytest.raises(OSError, match="no space left"):
        run(8, checkpoint=path)
    assert path.read_bytes() == before
    monkeypatch.undo()
    assert same(run(8), run(8, checkpoint=path))


def rewrite(change):
    """A damage that takes the arrays of a checkpoint out, changes them and writes them again."""

    def damage(path):
        with np.load(path) as file:
            arrays = dict(file)
        change(arrays)
        np.savez(path, **arrays)

    return damage


def cut(share):
    return lambda path: path.write_bytes(path.read_bytes()[: int(share * path.stat().st_size)])


def flip(name):
    """Damage one bit in the middle of an array."""

    def damage(path):
        content = bytearray(path.read_bytes())
        with np.load(path) as file:
            content[content.index(file[name].tobytes()) + file[name].nbytes // 2] ^= 0x10
        path.write_bytes(content)

    return damage


DAMAGES = {
    "empty": cut(0),
    "a tenth": cut(0.1),
    "half": cut(0.5),
    "all but the end": cut(0.999),
    "text": lambda path: path.write_text("losses: 0.1\n"),
    "one array": lambda path: np.save(path.open("wb"), np.ones(3)),
    "a pickle": lambda path: np.save(path.open("wb"), np.array([{}]), allow_pickle=True),
    "no losses": rewrite(lambda arrays: arrays.pop("losses")),
    "no facts": rewrite(lambda arrays: arrays.pop("facts")),
    "a folder": lambda path: (path.unlink(), path.mkdir()),
    "a wrong bit in a weight": flip("model/network.0.weight"),
    "a wrong bit in the losses": flip("losses"),
    "a wrong bit in the list of contents": lambda path: path.write_bytes(
        path.read_bytes().replace(b"PK\x01\x02", b"PK\x01\x03")
    ),
    "said to be locked": lambda path: path.write_bytes(  # the first flag of the first entry
        path.read_bytes().replace(b"PK\x01\x02\x2d\x03\x2d\x00\x00", b"PK\x01\x02\x2d\x03\x2d\x00\x01", 1)
    ),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_checkpoint_is_refused(tmp_path, damage):
    path = tmp_path / "run.npz"
    run(4, checkpoint=path)
    before = path.read_bytes()
    DAMAGES[damage](path)
    assert path.is_dir() or path.read_bytes() != before
    with pytest.raises(ValueError, match="is damaged") as caught:
        run(8, checkpoint=path)
    assert str(path) in str(caught.value) and "delete it to start again" in str(caught.value)


def as_it_was(**changes):
    """Build the run that resumes from the checkpoint: the same, except for the changes."""
    model = build_model(**changes.get("model", {}))
    optimizer = changes.get("optimizer", build_optimizer)(model)
    return model, optimizer, changes.get("seed", 5), changes.get("schedule", lambda optimizer: None)(optimizer)


def in_one_group(model):
    return Adam(model.network.parameters() + model.transformer.parameters())


def in_other_order(model):
    return Adam([{"params": model.transformer.parameters()}, {"params": model.network.parameters()}])


OTHERS = {
    "another classifier": (dict(model=dict(kind="fcn")), "model/network"),
    "another width": (dict(model=dict(hidden=(6,))), "model/transformer.localisation.features.7"),
    "another depth": (dict(model=dict(hidden=(5, 5))), "model/transformer.localisation.f"),
    "another transform": (dict(model=dict(transform="rotation")), "model/transformer.localisation.final"),
    "another float type": (dict(model=dict(dtype="float32")), "float64"),
    "another optimizer": (dict(optimizer=lambda model: build_optimizer(model, "SGD")), "expected SGD, got Adam"),
    "one group for two": (dict(optimizer=in_one_group), "optimizer/lr"),
    "groups in another order": (dict(optimizer=in_other_order), "optimizer/0"),
    "another seed": (dict(seed=6), "seed"),
    "another rate": (dict(optimizer=lambda model: rated(model, 3e-2, 3e-3)), "first_rates: expected [0.03, 0.003]"),
    "another rate of a group": (dict(optimizer=lambda model: rated(model, 1e-2, 3e-4)), "first_rates"),
    "other betas": (dict(optimizer=lambda model: rated(model, 1e-2, 3e-3, betas=(0.8, 0.999))), "betas"),
    "another eps": (dict(optimizer=lambda model: rated(model, 1e-2, 3e-3, eps=1e-6)), "eps: expected 1e-06, got 1e-08"),
    "a schedule for none": (dict(schedule=lambda optimizer: StepLR(optimizer, 2)), "expected StepLR, got None"),
}


def rated(model, lr, own, **options):
    """The run's optimizer with other numbers."""
    groups = [{"params": model.network.parameters()}, {"params": model.transformer.parameters(), "lr": own}]
    return Adam(groups, lr, **options)


@pytest.mark.parametrize("case", OTHERS)
def test_a_checkpoint_of_another_run_is_refused(tmp_path, case):
    """And nothing of it is taken over."""
    path = tmp_path / "run.npz"
    run(4, checkpoint=path)
    content = path.read_bytes()
    changes, named = OTHERS[case]
    model, optimizer, seed, schedule = as_it_was(**changes)
    before, state = data_of(model), {name: array.copy() for name, array in optimizer.state_dict().items()}
    with pytest.raises(ValueError, match="belongs to another run") as caught:
        train(model, optimizer, make_batch, 8, seed, schedule, checkpoint=path, progress=False)
    for part in (str(path), named, "name another file, or delete this one"):
        assert part in str(caught.value)
    assert all(np.array_equal(*pair) for pair in zip(data_of(model), before, strict=True))
    assert all(np.array_equal(array, state[name]) for name, array in optimizer.state_dict().items())
    assert path.read_bytes() == content


def test_fewer_steps_than_the_checkpoint_has_are_refused(tmp_path):
    """And nothing of it is taken over."""
    path = tmp_path / "run.npz"
    run(4, checkpoint=path)
    content, (model, optimizer, seed, _) = path.read_bytes(), as_it_was()
    before = data_of(model)
    with pytest.raises(ValueError, match="steps: expected at least 4, .* got 3; ask for more, name another") as caught:
        train(model, optimizer, make_batch, 3, seed, checkpoint=path, progress=False)
    assert str(path) in str(caught.value) and path.read_bytes() == content
    assert all(np.array_equal(*pair) for pair in zip(data_of(model), before, strict=True))


def test_the_unchanged_run_is_not_refused(tmp_path):
    run(4, checkpoint=tmp_path / "run.npz")
    model, optimizer, seed, _ = as_it_was()
    history = train(model, optimizer, make_batch, 8, seed, checkpoint=tmp_path / "run.npz", progress=False)
    assert same(run(8), (model, optimizer, history))


@pytest.mark.parametrize(
    "changes, named",
    [
        (dict(), None),
        (dict(momentum=0.0), "momentum: expected 0.0, got 0.9"),
        (dict(lr=0.5), "first_rates"),
        (dict(step_size=3), "step_size: expected 3, got 2"),
        (dict(gamma=0.5), "gamma: expected 0.5, got 0.1"),
    ],
)
def test_sgd_and_its_schedule_go_on_as_they_were(tmp_path, changes, named):
    """Although the rate has fallen since, the run is the same if it began with the same numbers."""

    def go_on(steps, lr=0.1, momentum=0.9, step_size=2, gamma=0.1):
        model = build_model()
        optimizer = SGD(model.parameters(), lr, momentum)
        return train(
            model,
            optimizer,
            make_batch,
            steps,
            5,
            StepLR(optimizer, step_size, gamma),
            checkpoint=tmp_path / "run.npz",
            progress=False,
        )

    go_on(4)
    if named is None:
        assert len(go_on(8).losses) == 8
    else:
        with pytest.raises(ValueError, match="belongs to another run") as caught:
            go_on(8, **changes)
        assert named in str(caught.value)
