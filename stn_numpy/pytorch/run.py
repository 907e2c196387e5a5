"""One training run on one device or many: batches, steps, checkpoints, results."""

import contextlib
import json
import math
import time
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import torch
from torch import distributed

from ..files import locked, write_json
from .digits import STEPS_A_PIECE, Digits, test_digits
from .life import signs_of_life
from .quick import quicken
from .steps import Stepper, choose_acceleration, copies_loss, make_optimizer, set_rate
from .weights import read_whole, save, write_whole

KEPT = ("step", "seconds", "processor_seconds", "history")
POSED = ("R", "RTS", "TC")  # the distortions that give each digit an angle, a scale and a place


class Stopped(Exception):
    """The run was stopped; its progress is saved."""


@dataclass(frozen=True)
class World:
    """The processes that train one run together, and the number of this one."""

    rank: int = 0
    size: int = 1

    def slice(self, batch: int) -> slice:
        """This process's images of each batch."""
        part = batch // self.size
        return slice(self.rank * part, (self.rank + 1) * part)

    def add_up(self, tensor: torch.Tensor) -> torch.Tensor:
        """The sum over the processes, in place."""
        if self.size > 1:
            distributed.all_reduce(tensor)
        return tensor


class Run:
    """Train one network; a subclass may `measure` more, or `look` at more on the way.

    `folder` takes the checkpoint and, at the end, the weights (.pt) and the result (.json). The result's history has an
    entry, see `record`, every `record_every` steps, 0 for none. `digits` is another source of images with the methods
    of `Digits`; for `acceleration` see `choose_acceleration` and `Stepper`.
    """

    def __init__(
        self,
        settings,
        seed,
        device,
        folder,
        acceleration="auto",
        checkpoint_every=1000,
        world=None,
        digits=None,
        record_every=0,
    ):
        if device.type == "cuda" and device.index is None:
            device = torch.device("cuda", torch.cuda.current_device())
        self.settings, self.seed, self.device, self.world = settings, seed, device, world or World()
        self.checkpoint_every, self.record_every = checkpoint_every, record_every
        self.acceleration = choose_acceleration(acceleration, device, self.world.size)
        self.digits = digits or Digits(settings, device)
        if device.type == "cuda":
            torch.cuda.set_device(device)  # steps are recorded on the current device
        network = quicken(settings.build(seed)) if device.type == "cpu" else settings.build(seed)
        self.network = network.to(device, memory_format=torch.channels_last)
        self.optimizer = make_optimizer(self.network, settings, device)
        parallel = torch.nn.parallel.DistributedDataParallel if self.world.size > 1 else lambda network: network
        how = settings.precision, self.acceleration, settings.clip
        loss_of = self.digits.loss_of or (partial(copies_loss, entropy=settings.entropy) if settings.entropy else None)
        self.stepper = Stepper(parallel(self.network), self.optimizer, *how, loss_of)
        self.name = f"{settings.name}-seed{seed}"
        self.folder, self.checkpoint = Path(folder), Path(folder) / f"{self.name}.checkpoint.pt"
        self.step, self.seconds, self.processor_seconds, self.history = 0, 0.0, 0.0, []
        self.losses, self.errors = torch.zeros(2, settings.iterations)
        with contextlib.suppress(FileNotFoundError):
            self._load()

    def train(self, progress=lambda steps, loss, error: None, stop=lambda: False, until=None) -> None:
        """Take the remaining steps, or those up to `until`; save at intervals, and at the end.

        ``progress(steps, loss, error)`` is called with a number of steps and their means; when ``stop()`` is true, the
        progress is saved, and `Stopped` is raised.
        """
        until = min(until or self.settings.iterations, self.settings.iterations)
        with self._locked():
            while self.step < until:
                before, to_record = self.step, self._next_record()
                start, processor_start = time.perf_counter(), time.process_time()
                stopped = self._take_piece(stop, min(until, to_record))
                self.seconds += time.perf_counter() - start
                self.processor_seconds += time.process_time() - processor_start
                if self.step > before:
                    done = slice(before, self.step)
                    progress(self.step - before, self.losses[done].mean().item(), self.errors[done].mean().item())
                if self.record_every and self.step == to_record:
                    self.record()
                stopped = stopped and self.step < self.settings.iterations
                due = self.step // self.checkpoint_every > before // self.checkpoint_every
                if stopped or (due and self.step < self.settings.iterations):
                    self._save()
                if stopped:
                    raise Stopped

    def _next_record(self):
        """The next step for which the history has an entry: a multiple of `record_every`, or the last step."""
        every = self.record_every or self.settings.iterations
        return min((self.step // every + 1) * every, self.settings.iterations)

    def _take_piece(self, stop, until):
        """Take the steps of one piece of data, to `until` at most; return whether a stop was requested.

        Measurements stay on the device until its end. A run that was stopped within a piece makes it again and skips
        the steps that were taken. Several processes stop only at its end: all must take the same steps.
        """
        piece, first = divmod(self.step, STEPS_A_PIECE)
        last = min(STEPS_A_PIECE, until - piece * STEPS_A_PIECE)
        images, labels = self.digits.piece(self.seed, piece, self.world.slice(self.settings.batch))
        measured = torch.zeros(2, last, device=self.device)
        stopped, taken = False, first
        while taken < last and not stopped:
            set_rate(self.optimizer, self.settings.rate_at(piece * STEPS_A_PIECE + taken))
            measured[0, taken], measured[1, taken] = self.stepper(images[taken], labels[taken])
            taken += 1
            stopped = self.world.size == 1 and stop()
        if self.world.size > 1:
            stopped = bool(self.world.add_up(torch.tensor(float(stop()), device=self.device)) > 0)
            measured = self.world.add_up(measured) / self.world.size
        done = slice(self.step, self.step + taken - first)
        self.losses[done], self.errors[done] = measured[:, first:taken].cpu()
        self.step += taken - first
        return stopped

    def record(self) -> None:
        """Add an entry to the history: step, test error, `life`, and what `look` returns."""
        if self.world.rank == 0:
            network = self._as_built().to(self.device)
            entry = dict(step=self.step, test_error=self._test(), **self.life(network))
            self.history.append(entry | self.look(network))

    def look(self, network) -> dict:
        """Measurements for an entry of the history, in addition to those of `record`."""
        return {}

    def finish(self, made_by: dict) -> dict:
        """Measure the trained network, write weights and result, delete the checkpoint; return the result."""
        with self._locked():
            self._save()  # the rest may fail on a full disk, and then resumes from here
            network, error = self._as_built(), self._test()
            save(self.folder / f"{self.name}.pt", network, **self.digits.beside(network))
            speed = self.settings.batch * self.step / max(self.seconds, 1e-9)
            found = dict(made_by=made_by, settings=self.settings.facts(), seed=self.seed)
            found |= dict(parameters=network.parameter_count(), test_error=error, test_images=self.digits.test_count)
            found |= dict(processes=self.world.size, acceleration=self.acceleration)
            found |= dict(seconds=round(self.seconds, 1), processor_seconds=round(self.processor_seconds, 1))
            found |= dict(images_per_second=round(speed), **self.measure(network), **self.life(network))
            found |= dict(history=self.history) if self.history else {}
            found |= dict(curve=curve(self.losses, self.errors))
            write_json(self.folder / f"{self.name}.json", found)
            self.checkpoint.unlink(missing_ok=True)
            return found

    def measure(self, network) -> dict:
        """Measurements of a trained network for its result, in addition to its error and its transformer's `life`."""
        return {}

    def life(self, network) -> dict:
        """``life``: `signs_of_life` over the test images, a list for several transformers; nothing without one."""
        if network.transformer is None:
            return {}
        images = torch.cat([images for images, _ in self.digits.test_batches(500)])
        images = images.to(next(network.parameters()).device)
        if hasattr(network.transformer, "transformers"):
            return dict(life=[signs_of_life(part, images) for part in network.transformer.transformers])
        posed = self.settings.distortion in POSED
        pose = test_digits(self.settings.data, self.settings.distortion)[2] if posed else None
        return dict(life=signs_of_life(network, images, pose))

    def _as_built(self):
        """The network as its settings build it, on the CPU."""
        network = self.settings.build(self.seed)
        network.load_state_dict(self.network.state_dict())
        return network

    @torch.no_grad()
    def _test(self, batch=500):
        """The share of test digits that the network misclassifies."""
        parts = self.digits.test_batches(batch)
        wrong = sum((self.network(images).argmax(1) != labels).sum() for images, labels in parts)
        return wrong.item() / self.digits.test_count

    def _locked(self):
        """A lock, since another run with this name would write the same files."""
        return contextlib.nullcontext() if self.world.rank else locked(self.folder / f"{self.name}.lock")

    def _facts(self):
        return self.settings.facts() | dict(seeds=[self.seed], device=self.device.type)

    def _save(self):
        if self.world.rank == 0:
            content = dict(facts=self._facts()) | {name: getattr(self, name) for name in KEPT}
            content |= {name: getattr(self, name)[: self.step].clone() for name in ("losses", "errors")}
            content |= {name: getattr(self, name).state_dict() for name in ("network", "optimizer")}
            write_whole(self.checkpoint, content)

    def _load(self):
        content = load_checkpoint(self.checkpoint, self.device)
        check_facts(self.checkpoint, self._facts(), content["facts"])
        if "networks" in content:  # from when several seeds could be trained as one
            content["network"] = {name.removeprefix("only."): tensor for name, tensor in content["networks"].items()}
            content |= {name: content[name].flatten() for name in ("losses", "errors")}
            content["history"] = content["history"][0]
        for name in KEPT:
            setattr(self, name, content.get(name, getattr(self, name)))
        for name in ("losses", "errors"):
            getattr(self, name)[: self.step] = content[name].cpu()
        for name in ("network", "optimizer"):
            getattr(self, name).load_state_dict(content[name])


def finished(folder, settings, seed: int) -> dict | None:
    """The result of a finished run, or None; ValueError for one that is damaged or belongs to other settings."""
    path = Path(folder) / f"{settings.name}-seed{seed}.json"
    try:
        result = json.loads(path.read_text())
        found = result["settings"] | dict(seed=result["seed"])
    except FileNotFoundError:
        return None
    except (ValueError, KeyError, TypeError) as error:
        raise ValueError(f"{path} is damaged ({error}); delete it to run again") from error
    check_facts(path, settings.facts() | dict(seed=seed), found)
    return result


def load_checkpoint(path, device="cpu") -> dict:
    """Read a checkpoint that `write_whole` wrote: ValueError if it is damaged, OSError if it cannot be read."""
    try:
        return read_whole(path, device)
    except ValueError as error:
        raise ValueError(f"checkpoint: {path} is damaged ({error}); delete it to start again") from error


def check_facts(path, expected: dict, found: dict) -> None:
    """Refuse a file of another run, and name the setting that differs."""
    for name in sorted(expected | found):
        if expected.get(name) != found.get(name):
            words = f"{name}: expected {expected.get(name)!r}, got {found.get(name)!r}"
            remedy = "name another folder, or delete the file to start again"
            raise ValueError(f"{path} belongs to another run ({words}); {remedy}")


def name_of(device) -> dict:
    """The entry for a device in a result's ``made_by``; empty for the processor."""
    return dict(device=f"cuda: {torch.cuda.get_device_name(device)}") if device.type == "cuda" else {}


def curve(losses, errors, points: int = 200) -> dict:
    """Losses and training errors, averaged over steps so that about `points` remain; None where not a number."""
    every = max(1, len(losses) // points)
    means = [tensor[: len(tensor) // every * every].view(-1, every).mean(1) for tensor in (losses, errors)]
    loss, error = ([round(value, 4) if math.isfinite(value) else None for value in mean.tolist()] for mean in means)
    return dict(every=every, loss=loss, error=error)
