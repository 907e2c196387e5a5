"""The training command: what it learns, that nothing is lost, and its messages when something is wrong."""

import errno
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from signals import signal_when
from torch import nn

from stn_numpy.files import locked
from stn_numpy.pytorch import train
from stn_numpy.pytorch.command import Refusal
from stn_numpy.pytorch.digits import Digits, test_digits
from stn_numpy.pytorch.families import TRANSFORMS
from stn_numpy.pytorch.run import Run, Stopped, World, load_checkpoint
from stn_numpy.pytorch.settings import LATER, Settings
from stn_numpy.pytorch.steps import Stepper, make_optimizer, set_rate
from stn_numpy.pytorch.train import check_together, join_world, main, make_parser
from stn_numpy.pytorch.weights import load, write_whole

ROOT = Path(__file__).parents[1]
TINY = dict(data="small", batch=8)
ARGUMENTS = [
    "--model",
    "st-fcn",
    "--distortion",
    "R",
    "--data",
    "small",
    "--batch",
    "8",
    "--device",
    "cpu",
    "--precision",
    "float32",
]

test_digits.__test__ = False  # a function of the library, whatever its name looks like


@pytest.fixture(autouse=True)
def one_thread():
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def tiny(iterations=12, model="st-fcn", distortion="R", **options):
    return Settings(model, distortion, iterations=iterations, **TINY | options)


def trained(folder, settings, **options):
    """A run that has taken all its steps, and its result."""
    run = Run(settings, 0, torch.device("cpu"), folder, **options)
    run.train()
    return run, run.finish({})


def command(*arguments, launcher=()):
    """The command in a process of its own."""
    whole = [
        sys.executable,
        "-m",
        *launcher,
        *["-m"] * bool(launcher),
        "stn_numpy.pytorch.train",
        *ARGUMENTS,
        *map(str, arguments),
    ]
    return subprocess.Popen(
        whole,
        cwd=ROOT,
        env=os.environ | {"OMP_NUM_THREADS": "1"},
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def wait_for(path, process):
    while not path.exists():
        assert process.poll() is None, process.communicate()
        time.sleep(0.01)


def complaint(arguments, capsys, code):
    """The single line of the command when it refuses."""
    with pytest.raises(SystemExit) as left:
        main(arguments)
    assert left.value.code == code
    said = capsys.readouterr().err.splitlines()
    lines = [line for line in said if line and "step/s" not in line and "resuming" not in line]  # nor the bar
    assert len(lines) == 1 and lines[0].startswith("train: "), lines
    return lines[0]


# --- What a run does


@pytest.mark.parametrize("model", ["fcn", "cnn"])
def test_turned_copies_on_digits(tmp_path, model):
    """They learn, have a name and facts of their own, and are measured as transformers are."""
    settings = tiny(30, model=model, turned_copies=4, rate=0.05)
    assert settings.name == f"{model}-R-turned_copies4" and settings.facts()["turned_copies"] == 4
    assert "turned_copies" not in tiny(model=model).facts()
    run, result = trained(tmp_path, settings)
    assert result["parameters"] == pytest.approx(45_000, rel=0.02)
    assert run.losses[-5:].mean() < run.losses[:5].mean()
    assert len(result["life"]["silent"]) == 2
    network = settings.build(0)
    load(tmp_path / f"{settings.name}-seed0.pt", network)


@pytest.fixture
def off_the_kinks(monkeypatch):
    """First weights that put no point on a whole pixel, where rounding decides which one-sided slope is taken."""
    original = Settings.build

    def build(self, seed):
        network = original(self, seed)
        final = network.transformer.localisation.final
        with torch.no_grad():
            final.bias += torch.tensor([0.1, 0.07, 0.03, -0.05, 0.08, -0.02])
            final.weight.copy_(0.1 * torch.randn(final.weight.shape, generator=torch.Generator().manual_seed(seed)))
        return network

    monkeypatch.setattr(Settings, "build", build)


@pytest.mark.parametrize("model", ["st-fcn", "st-cnn"])
def test_the_losses_are_those_of_a_loop_written_plainly(tmp_path, model, off_the_kinks):
    """Rates, thirds, momentum and the localisation network's own rate, by hand; no optimizer of torch's."""
    settings = tiny(9, model=model, rate=0.05, localisation_rate=0.2)
    run, _ = trained(tmp_path, settings)
    network = settings.build(0)
    images, labels = Digits(settings, torch.device("cpu")).piece(0, 0)
    speeds = {name: torch.zeros_like(parameter) for name, parameter in network.named_parameters()}
    for step in range(9):
        loss = F.cross_entropy(network(images[step]), labels[step])
        assert run.losses[step].item() == pytest.approx(loss.item(), abs=1e-5)
        network.zero_grad()
        loss.backward()
        with torch.no_grad():
            for name, parameter in network.named_parameters():
                rate = 0.05 * (1, 0.1, 0.01)[step // 3] * (0.2 if "localisation" in name else 1)
                speeds[name].mul_(0.9).add_(parameter.grad)
                parameter -= rate * speeds[name]


def test_adamw_on_a_cosine_after_a_warm_up_and_clipped(tmp_path, off_the_kinks):
    """The losses of a loop written plainly, with torch's own clipping."""
    settings = tiny(8, rate=0.01, optimizer="adamw", schedule="cosine", warm_up=0.25, clip=0.5, weight_decay=0.1)
    assert [settings.rate_at(step) for step in range(4)] == pytest.approx(
        [0.005, 0.01, 0.01, 0.01 * (1 + np.cos(np.pi / 6)) / 2]
    )
    assert 0 < settings.rate_at(7) < 0.001
    run, _ = trained(tmp_path, settings)
    network = settings.build(0)
    images, labels = Digits(settings, torch.device("cpu")).piece(0, 0)
    groups = [[p for name, p in network.named_parameters() if ("localisation" in name) == which] for which in (0, 1)]
    optimizer = torch.optim.AdamW([dict(params=group) for group in groups], weight_decay=0.1)
    for step in range(8):
        loss = F.cross_entropy(network(images[step]), labels[step])
        assert run.losses[step].item() == pytest.approx(loss.item(), abs=1e-5)
        optimizer.zero_grad()
        loss.backward()
        assert nn.utils.clip_grad_norm_(network.parameters(), 0.5) > 0.5
        for group, factor in zip(optimizer.param_groups, (1, settings.localisation_rate)):
            group["lr"] = factor * settings.rate_at(step)
        optimizer.step()


def test_settings_are_named_where_they_differ_from_the_default():
    assert not set(Settings("cnn", "R").facts()) & set(LATER) and Settings("cnn", "R").name == "cnn-R"
    settings = Settings("st-fcn", "R", optimizer="adamw", schedule="cosine", warm_up=0.05)
    assert settings.name == "st-fcn-R-affine-adamw-cosine-warm_up0.05"
    assert settings.facts().keys() - Settings("st-fcn", "R").facts().keys() == {"optimizer", "schedule", "warm_up"}
    assert Settings(**settings.facts()) == settings
    assert Settings("fcn", "R", nesterov=True).name == "fcn-R-nesterov"
    with pytest.raises(ValueError, match="nesterov: expected it with the optimizer sgd, got adamw"):
        Settings("fcn", "R", optimizer="adamw", nesterov=True)


def test_it_learns(tmp_path):
    """Digits that it was not trained on, after a hundred small steps."""
    _, result = trained(tmp_path, tiny(150, model="fcn", batch=32, rate=0.05))
    assert result["test_error"] < 0.6 and result["test_images"] == 1000
    assert np.mean(result["curve"]["loss"][-20:]) < 0.8 * np.mean(result["curve"]["loss"][:20])


def test_what_a_result_holds(tmp_path, capsys):
    main([*ARGUMENTS, "--iterations", "3", "--seed", "5", "--out", str(tmp_path)])
    result = json.loads((tmp_path / "st-fcn-R-affine-seed5.json").read_text())
    assert {"command", "commit", "python", "numpy", "torch", "machine", "device"} <= set(result["made_by"])
    assert "--seed 5" in result["made_by"]["command"]
    assert result["seed"] == 5 and result["settings"]["localisation_rate"] == 0.1
    assert len(result["curve"]["loss"]) == 3
    network = load(tmp_path / "st-fcn-R-affine-seed5.pt", tiny().build(0))
    assert result["parameters"] == network.parameter_count()
    images, labels, _ = test_digits("small", "R")
    with torch.no_grad():
        wrong = (network(images).argmax(1) != labels).float().mean().item()
    assert result["test_error"] == pytest.approx(wrong)
    assert f"test error {result['test_error']:.2%}" in capsys.readouterr().out


def test_a_rate_of_zero_holds_the_localisation_network_still(tmp_path):
    run, _ = trained(tmp_path, tiny(5, localisation_rate=0.0))
    before = tiny().build(0).state_dict()
    for name, after in run.network.state_dict().items():
        assert torch.equal(before[name], after) == ("localisation" in name), name


def test_test_digits_are_always_the_same():
    first, again = (test_digits.__wrapped__("small", "RTS")[0] for _ in range(2))  # as another process makes them
    assert torch.equal(first, again) and first.shape == (1000, 1, 42, 42)


def test_pieces_are_decided_by_seed_and_number():
    digits = Digits(tiny(), torch.device("cpu"))
    images, labels = digits.piece(3, 1)
    assert torch.equal(images, digits.piece(3, 1)[0]) and torch.equal(labels, digits.piece(3, 1)[1])
    for seed, number in ((3, 0), (1, 3), (4, 1)):
        assert not torch.equal(images, digits.piece(seed, number)[0])
    assert torch.equal(images[:, 2:4], digits.piece(3, 1, slice(2, 4))[0])


def test_half_precision_changes_the_loss_a_little_and_the_grid_not_at_all():
    settings = tiny(model="st-cnn", precision="bfloat16")
    images, labels = Digits(settings, torch.device("cpu")).piece(0, 0)
    losses = {}
    for precision in ("float32", "bfloat16"):
        network = settings.build(0)
        optimizer = make_optimizer(network, settings, torch.device("cpu"))
        set_rate(optimizer, 0.01)
        losses[precision] = Stepper(network, optimizer, precision)(images[0], labels[0])[0].item()
    assert losses["float32"] != losses["bfloat16"] == pytest.approx(losses["float32"], abs=0.01)


# --- Nothing is lost


@pytest.mark.slow
def test_a_killed_run_goes_on_to_the_very_same_end(tmp_path):
    options = ["--iterations", 300, "--checkpoint-every", 25, "--out", tmp_path / "killed"]
    process = command(*options)
    wait_for(tmp_path / "killed" / "st-fcn-R-affine-seed0.checkpoint.pt", process)
    process.send_signal(signal.SIGKILL)
    _, said = process.communicate()
    assert not list((tmp_path / "killed").glob("*.json")), said
    main([*ARGUMENTS, *map(str, options)])
    whole, result = trained(tmp_path / "whole", tiny(300))
    resumed = json.loads((tmp_path / "killed" / "st-fcn-R-affine-seed0.json").read_text())
    assert resumed["curve"] == result["curve"] and resumed["test_error"] == result["test_error"]
    weights = load(tmp_path / "killed" / "st-fcn-R-affine-seed0.pt", tiny().build(1)).state_dict()
    assert all(torch.equal(weights[name], tensor) for name, tensor in whole.network.state_dict().items())
    assert sorted(path.suffix for path in (tmp_path / "killed").iterdir()) == [".json", ".pt"]


def test_control_c_saves_and_leaves_with_a_plain_line(tmp_path, capsys):
    checkpoint = tmp_path / "st-fcn-R-affine-seed0.checkpoint.pt"
    with signal_when(checkpoint.exists, signal.SIGINT), pytest.raises(SystemExit) as left:
        main([*ARGUMENTS, "--iterations", "5000", "--checkpoint-every", "25", "--out", str(tmp_path)])
    out, said = capsys.readouterr()
    assert left.value.code == 130 and "Traceback" not in said
    assert "stopped after step" in said.splitlines()[-1] and not out
    assert load_checkpoint(checkpoint)["step"] > 0


def test_a_stop_at_any_step_changes_nothing(tmp_path):
    """In the middle of a piece of 25 steps, at its end, and on both sides of it."""
    settings = tiny(60)
    for stop in (1, 2, 5, 24, 25, 26, 30, 50):
        run = Run(settings, 0, torch.device("cpu"), tmp_path / "stopped")
        left = iter(range(run.step + 1, 61))
        with pytest.raises(Stopped):
            run.train(stop=lambda left=left, stop=stop: next(left) >= stop)
        assert run.step == stop
    resumed, result = trained(tmp_path / "stopped", settings)
    whole, expected = trained(tmp_path / "whole", settings)
    assert torch.equal(resumed.losses, whole.losses) and torch.equal(resumed.errors, whole.errors)
    assert result["test_error"] == expected["test_error"]


@pytest.mark.parametrize("transform", TRANSFORMS)
def test_every_family_trains_stops_and_goes_on(transform, tmp_path, capsys):
    """By its name, through the command; the second step of the theta is one that the first has moved."""
    path, settings = tmp_path / "stopped", tiny(2, transform=transform)
    checkpoint = stopped_run(path, settings)
    assert load_checkpoint(checkpoint)["step"] == 1
    main([*ARGUMENTS, "--transform", transform, "--iterations", "2", "--out", str(path)])
    assert f"st-fcn-R-{transform}-seed0.json" in capsys.readouterr().out
    whole, result = trained(tmp_path / "whole", settings)
    resumed = json.loads((path / f"st-fcn-R-{transform}-seed0.json").read_text())
    assert resumed["settings"]["transform"] == transform and resumed["curve"] == result["curve"]
    network = load(path / f"st-fcn-R-{transform}-seed0.pt", settings.build(1))
    final, start = network.transformer.localisation.final, TRANSFORMS[transform].identity
    assert len(final.bias) == len(start) and (final.bias != torch.tensor(start)).any()
    assert all(torch.equal(network.state_dict()[name], weights) for name, weights in whole.network.state_dict().items())


def test_help_names_every_family(capsys):
    with pytest.raises(SystemExit):
        main(["--help"])
    said = " ".join(capsys.readouterr().out.split())
    for name, family in TRANSFORMS.items():
        assert f"{name} {len(family.identity)}" in said


def test_a_run_that_is_done_is_not_run_again(tmp_path, capsys):
    arguments = [*ARGUMENTS, "--iterations", "2", "--out", str(tmp_path)]
    main(arguments)
    first = capsys.readouterr().out
    before = (tmp_path / "st-fcn-R-affine-seed0.json").stat().st_mtime_ns
    main(arguments)
    again = capsys.readouterr()
    assert again.out == first and "done already" in again.err
    assert (tmp_path / "st-fcn-R-affine-seed0.json").stat().st_mtime_ns == before


# --- Its messages when something is wrong


@pytest.mark.parametrize(
    "arguments, part",
    [
        (["--model", "resnet"], "'resnet'"),
        (["--distortion", "Q"], "'Q'"),
        (["--transform", "swirl"], "'swirl'"),
        (["--iterations", "none"], "expected a whole number, 1 or more, got 'none'"),
        (["--batch", "0"], "expected a whole number, 1 or more, got '0'"),
        (["--localisation-rate", "-1"], "expected a number, 0 or more, got '-1'"),
        (["--localisation-depth", "4"], "from 0 to 3"),
        (["--seeds", "3"], "--seeds"),
        (["--device", "tpu"], "expected one of auto, cpu"),
        (["--device", "cuda:99"], "'cuda:99'"),
    ],
)
def test_wrong_arguments(arguments, part, capsys, tmp_path):
    assert part in complaint([*ARGUMENTS, "--out", str(tmp_path), *arguments], capsys, 2)


def stopped_run(folder, settings=None):
    """A checkpoint after one step; its path."""
    run = Run(settings or tiny(), 0, torch.device("cpu"), folder)
    with pytest.raises(Stopped):
        run.train(stop=lambda: run.step == 0)
    return run.checkpoint


def test_a_checkpoint_of_several_seeds_as_one_goes_on(tmp_path):
    """In the form that they had: each weight below "only", an axis and a list for the seeds."""
    settings = tiny(3)
    path = stopped_run(tmp_path / "stopped", settings)
    content = load_checkpoint(path)
    content["networks"] = {f"only.{name}": tensor for name, tensor in content.pop("network").items()}
    content |= {name: content[name][:, None] for name in ("losses", "errors")} | dict(history=[content["history"]])
    write_whole(path, content)
    resumed, result = trained(tmp_path / "stopped", settings)
    whole, expected = trained(tmp_path / "whole", settings)
    assert torch.equal(resumed.losses, whole.losses) and result["test_error"] == expected["test_error"]


@pytest.mark.parametrize("damage", ["cut", "bit", "empty", "text"])
def test_a_damaged_checkpoint(damage, tmp_path, capsys):
    path = stopped_run(tmp_path)
    content = bytearray(path.read_bytes())
    if damage == "bit":
        content[len(content) // 2] ^= 1  # in the middle of some weight, where the file's form stays sound
    path.write_bytes({"cut": content[:-1000], "bit": content, "empty": b"", "text": b"weights"}[damage])
    said = complaint([*ARGUMENTS, "--iterations", "12", "--out", str(tmp_path)], capsys, 1)
    assert f"{path} is damaged" in said and "delete it" in said


@pytest.mark.parametrize(
    "error, part",
    [
        (torch.OutOfMemoryError("CUDA out of memory"), "the device is out of memory"),
        (OSError(errno.EIO, "Input/output error"), "Input/output error"),
    ],
)
def test_a_sound_checkpoint_that_cannot_be_read_is_not_called_damaged(error, part, tmp_path, capsys, monkeypatch):
    stopped_run(tmp_path)

    def refuse(*_, **__):
        raise error

    monkeypatch.setattr(torch, "load", refuse)
    said = complaint([*ARGUMENTS, "--iterations", "12", "--out", str(tmp_path)], capsys, 1)
    assert part in said and "delete" not in said


def test_missing_denied_and_damaged_are_three_messages(tmp_path, capsys, monkeypatch):
    """A folder in a file's place cannot be read, not even by root."""
    path, said = stopped_run(tmp_path), []
    path.write_bytes(b"?")
    arguments = [*ARGUMENTS, "--iterations", "2", "--out", str(tmp_path)]
    said.append(complaint(arguments, capsys, 1))
    path.unlink()
    path.mkdir()
    said.append(complaint(arguments, capsys, 1))
    path.rmdir()
    (tmp_path / "st-fcn-R-affine-seed0.json").mkdir()
    said.append(complaint(arguments, capsys, 1))
    assert "is damaged" in said[0] and f"{path}: Is a directory" in said[1]
    assert "seed0.json: Is a directory" in said[2] and "damaged" not in said[1] + said[2]
    (tmp_path / "st-fcn-R-affine-seed0.json").rmdir()
    with pytest.raises(FileNotFoundError):
        load_checkpoint(path)
    main(arguments)  # where nothing is, a run begins


@pytest.mark.slow
def test_the_second_of_two_runs_into_one_folder_is_told(tmp_path, capsys):
    lock = tmp_path / "st-fcn-R-affine-seed0.lock"
    first = command("--iterations", 100_000, "--out", tmp_path)
    wait_for(lock, first)
    try:
        said = complaint([*ARGUMENTS, "--iterations", "2", "--out", str(tmp_path)], capsys, 1)
        assert f"is in use by process {first.pid}" in said
        main([*ARGUMENTS, "--iterations", "2", "--seed", "1", "--out", str(tmp_path)])  # which writes other files
    finally:
        first.kill()
        first.communicate()
    assert lock.exists()  # and locks nothing, its process being gone
    main([*ARGUMENTS, "--iterations", "2", "--out", str(tmp_path)])
    assert not lock.exists()
    with locked(lock), pytest.raises(BlockingIOError, match=str(os.getpid())), locked(lock):
        pass


def test_a_checkpoint_of_another_run(tmp_path, capsys):
    path = stopped_run(tmp_path)
    said = complaint([*ARGUMENTS, "--iterations", "13", "--out", str(tmp_path)], capsys, 1)
    assert f"{path} belongs to another run (iterations: expected 13, got 12)" in said


def test_a_result_of_another_run_or_damaged(tmp_path, capsys):
    arguments = [*ARGUMENTS, "--iterations", "2", "--out", str(tmp_path)]
    main(arguments)
    capsys.readouterr()
    assert "rate: expected 0.5, got 0.01" in complaint([*arguments, "--rate", "0.5"], capsys, 1)
    path = tmp_path / "st-fcn-R-affine-seed0.json"
    path.write_text(path.read_text()[:-30])
    assert "is damaged" in complaint(arguments, capsys, 1)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full")
def test_a_full_disk_leaves_the_old_checkpoint(tmp_path, capsys):
    path = stopped_run(tmp_path, tiny(60))
    before = path.read_bytes()
    (tmp_path / f"{path.name}.part").symlink_to("/dev/full")  # every byte written there is one too many
    arguments = [*ARGUMENTS, "--iterations", "60", "--checkpoint-every", "25", "--out", str(tmp_path)]
    said = complaint(arguments, capsys, 1)
    assert f"{path}: No space left on device; free some space" in said
    assert path.read_bytes() == before and not (tmp_path / f"{path.name}.part").is_symlink()


def test_a_folder_that_cannot_be_made(tmp_path, capsys):
    (tmp_path / "file").write_text("")
    said = complaint([*ARGUMENTS, "--iterations", "2", "--out", str(tmp_path / "file" / "deeper")], capsys, 1)
    assert "Not a directory" in said


def test_digits_that_are_missing_or_damaged(tmp_path, capsys, monkeypatch):
    arguments = [*ARGUMENTS, "--data", "mnist", "--out", str(tmp_path / "out")]
    monkeypatch.setenv("STN_DATA", str(tmp_path / "nowhere"))
    assert "is not a folder" in complaint(arguments, capsys, 1)
    monkeypatch.setenv("STN_DATA", str(tmp_path))
    (tmp_path / "train-images-idx3-ubyte").write_bytes(b"digits")
    assert "is not MNIST's train-images" in complaint(arguments, capsys, 1)


# --- Several processes, few needs


@pytest.mark.slow
def test_two_processes_have_the_losses_of_one(tmp_path, capsys):
    options = ["--iterations", 12, "--batch", 16, "--seed", 3]
    process = command(
        *options, "--out", tmp_path / "two", launcher=("torch.distributed.run", "--standalone", "--nproc-per-node", "2")
    )
    main([*ARGUMENTS, *map(str, options), "--out", str(tmp_path / "one")])
    out, said = process.communicate()
    assert process.returncode == 0, said
    one, two = (json.loads((tmp_path / name / "st-fcn-R-affine-seed3.json").read_text()) for name in ("one", "two"))
    assert two["processes"] == 2 and one["processes"] == 1
    np.testing.assert_allclose(two["curve"]["loss"], one["curve"]["loss"], rtol=0, atol=1e-4)
    assert two["test_error"] == pytest.approx(one["test_error"], abs=0.002)
    assert sorted(path.suffix for path in (tmp_path / "two").iterdir()) == [".json", ".pt"]
    assert out == capsys.readouterr().out.replace("/one/", "/two/").replace(
        f"{one['images_per_second']:,}", f"{two['images_per_second']:,}"
    )  # one process reports
    assert said.count("12/12") <= 2  # and one draws the bar


@pytest.mark.parametrize(
    "error, said",
    [
        (torch.OutOfMemoryError(), "train: rank 1: the device is out of memory; a smaller --batch needs less\n"),
        (OSError(errno.EIO, "Input/output error"), "train: rank 1: Input/output error\n"),
        (Refusal("all of them meet this"), ""),
        (KeyboardInterrupt(), ""),
    ],
)
def test_what_one_process_alone_meets_is_said_by_it(error, said, capsys, monkeypatch):
    def fail(*_):
        raise error

    monkeypatch.setattr(train, "check_together", fail)
    monkeypatch.setenv("RANK", "1")
    with pytest.raises(SystemExit) as left:
        main(ARGUMENTS)
    assert left.value.code and capsys.readouterr().err == said


def test_a_device_too_few_is_met_by_every_process(monkeypatch):
    """The one that reports has a device."""
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 1)
    for name, value in dict(RANK=0, LOCAL_RANK=0, WORLD_SIZE=2, LOCAL_WORLD_SIZE=2).items():
        monkeypatch.setenv(name, str(value))
    with pytest.raises(Refusal, match="2 processes need a device each, torch finds 1 here"), join_world("cuda"):
        pass


def test_a_batch_that_cannot_be_divided():
    args = make_parser().parse_args([*ARGUMENTS, "--batch", "9"])
    with pytest.raises(Refusal, match="--batch: expected a multiple of 2"):
        check_together(args, torch.device("cpu"), World(0, 2))


@pytest.mark.slow
def test_torch_numpy_and_tqdm_are_all_it_needs(tmp_path):
    """A training machine often has nothing else, and no git."""
    code = f"""
import sys
for name in ("pooch", "numba", "matplotlib", "scipy", "PIL", "torchvision", "pandas"):
    sys.modules[name] = None
from stn_numpy.pytorch.train import main
main({[*ARGUMENTS, "--iterations", "2", "--out", str(tmp_path)]})
"""
    environment = {name: value for name, value in os.environ.items() if name != "STN_DATA"} | {"PATH": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=environment, text=True, capture_output=True)
    assert done.returncode == 0, done.stderr
    assert json.loads((tmp_path / "st-fcn-R-affine-seed0.json").read_text())["made_by"]["commit"] == "unknown"
