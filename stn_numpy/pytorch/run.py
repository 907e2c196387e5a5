"""One training run on one device or many: batches, steps, checkpoints, results."""

import json
import math
import platform
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import distributed

from ..distortions import Pose
from ..files import provenance, write_json
from ..pose import circular_deviation, describe_angles
from ..theta import rotation_angle
from . import checkpoints
from .command import Refusal
from .digits import STEPS_A_PIECE, Digits, known_digits, test_digits
from .life import label_leak, signs_of_life
from .networks import SIZES
from .quick import quicken
from .steps import SideBySide, Stepper, make_optimizer, set_rate
from .weights import save

TURNED = ("R", "RTS")  # the distortions that turn every digit by an angle of its own


class Stopped(Exception):
    """The run was asked to stop; what was done is saved."""


@dataclass(frozen=True)
class World:
    """The processes that train one run together, and which of them this one is."""

    rank: int = 0
    size: int = 1

    def slice(self, batch):
        """Which images of each batch are this process's."""
        part = batch // self.size
        return slice(self.rank * part, (self.rank + 1) * part)

    def add_up(self, tensor):
        """The sum over the processes, in place."""
        if self.size > 1:
            distributed.all_reduce(tensor)
        return tensor


class Run:
    """Train one network, or several side by side that differ by their seed alone.

    Parameters
    ----------
    settings : Settings
    seeds : sequence of int
        One network for each.
    device : torch.device
    folder : path
        Of the checkpoint and what is left at the end: for each seed the weights (.pt) and the result (.json).
    acceleration : {"auto", "eager", "compile", "graph"}
        How steps are taken; see `Stepper`. "auto" takes what is fastest on the device.
    checkpoint_every : int
        Steps between two checkpoints.
    world : World
    digits : Digits or None
        Another source of images, with the methods of `Digits`; None for the digits that the settings say.
    record_every : int
        Steps between two entries of the results' history, see `record`; 0 for no history.
    """

    def __init__(self, settings, seeds, device, folder, acceleration="auto", checkpoint_every=1000, world=None,
                 digits=None, record_every=0):
        self.settings, self.seeds, self.device = settings, tuple(seeds), device
        self.world, self.checkpoint_every, self.record_every = world or World(), checkpoint_every, record_every
        if device.type == "cuda":
            torch.cuda.set_device(device)  # a recording takes place on the current one
        elif acceleration == "graph":
            raise Refusal(f"--acceleration: graph needs a CUDA device, got {device}", 2)
        if acceleration == "graph" and self.world.size > 1:
            raise Refusal("--acceleration: graph is for one process, expected auto, eager or compile with several", 2)
        self.digits = digits or Digits(settings, device)
        networks = [settings.build(seed) for seed in self.seeds]
        if device.type == "cpu" and len(networks) == 1:
            networks = [quicken(networks[0])]
        self.networks = SideBySide(networks)
        self.networks.to(device, **dict(memory_format=torch.channels_last) if len(self.seeds) == 1 else {})
        self.optimizer = make_optimizer(self.networks, settings, device)
        model = self.networks
        if self.world.size > 1:
            model = torch.nn.parallel.DistributedDataParallel(model)
        if acceleration == "auto":
            acceleration = "graph" if device.type == "cuda" and self.world.size == 1 else "eager"
        self.acceleration = acceleration
        self.stepper = Stepper(model, self.optimizer, settings.precision, acceleration, settings.clip)
        folder = Path(folder)
        self.paths = [folder / f"{settings.name}-seed{seed}" for seed in self.seeds]
        self.checkpoint = folder / f"{settings.name}-seed{'+'.join(map(str, self.seeds))}.checkpoint.pt"
        self.step, self.seconds, self.processor_seconds = 0, 0.0, 0.0
        self.losses = torch.zeros(settings.iterations, len(self.seeds))
        self.errors = torch.zeros(settings.iterations, len(self.seeds))
        self.history = [[] for _ in self.seeds]
        if self.checkpoint.exists():
            self._load()

    def train(self, progress=lambda steps, loss, error: None, stop=lambda: False):
        """Take the steps that are left; save now and then, and before leaving.

        Parameters
        ----------
        progress : callable
            ``progress(steps, loss, error)`` after some steps: how many, and their means.
        stop : callable
            Says whether to save and leave.

        Raises
        ------
        Stopped
            If `stop` said so.
        """
        while self.step < self.settings.iterations:
            before, to_record = self.step, self._next_record()
            start, processor_start = time.perf_counter(), time.process_time()
            asked = self._take_piece(stop)
            self.seconds += time.perf_counter() - start
            self.processor_seconds += time.process_time() - processor_start
            done = slice(before, self.step)
            if self.step > before:
                progress(self.step - before, self.losses[done].mean().item(), self.errors[done].mean().item())
            if self.record_every and self.step == to_record:
                self.record()
            saved = before // self.checkpoint_every
            if asked or (self.step // self.checkpoint_every > saved and self.step < self.settings.iterations):
                self._save()
            if asked:
                raise Stopped

    def _next_record(self):
        """The next step that the history has an entry for: a multiple of `record_every`, or the last step."""
        every = self.record_every or self.settings.iterations
        return min((self.step // every + 1) * every, self.settings.iterations)

    def record(self):
        """Add an entry to each network's history: ``step``, ``test_error``, and for a transformer its ``life``, see
        `signs_of_life`, and on distorted digits the ``label_leak``, see there."""
        if self.world.rank:
            return
        for place, (error, entries) in enumerate(zip(self._test(), self.history)):
            network = self._network(place).to(self.device)
            entries.append(dict(step=self.step, test_error=error, **self.life(network)))
            if network.transformer is not None and self.settings.distortion in SIZES:
                known = known_digits(self.settings.data, self.settings.distortion)
                images, labels, _ = test_digits(self.settings.data, self.settings.distortion)
                entries[-1]["label_leak"] = label_leak(network, *(part.to(self.device) for part in known),
                                                       images.to(self.device), labels)

    def life(self, network):
        """Whether the transformer of a network lives, over the test images: `signs_of_life`; a list for several."""
        if network.transformer is None:
            return {}
        device = next(network.parameters()).device
        images = torch.cat([images.to(device) for images, _ in self.digits.test_batches(500)])
        truth = None
        if self.settings.distortion in SIZES:
            truth = test_digits(self.settings.data, self.settings.distortion)[2]
        pose = truth if isinstance(truth, Pose) else None
        several = getattr(network.transformer, "transformers", None)
        return dict(life=[signs_of_life(one, images) for one in several] if several
                    else signs_of_life(network, images, pose))

    def _take_piece(self, stop):
        """Take the steps of one piece of data; whatever is measured stays on the device until its end.

        A stop may come in the middle; a run that goes on makes the piece again and leaves out what was done. Processes
        that train together ask one another at its end.
        """
        piece, first = divmod(self.step, STEPS_A_PIECE)
        last = min(STEPS_A_PIECE, self._next_record() - piece * STEPS_A_PIECE)
        images, labels = self.digits.piece(self.seeds, piece, self.world.slice(self.settings.batch))
        measured = torch.zeros(2, last, len(self.seeds), device=self.device)
        asked, taken = False, first
        for k in range(first, last):
            set_rate(self.optimizer, self.settings.rate_at(self.step + taken - first))
            losses, errors = self.stepper(images[:, k], labels[:, k])
            measured[0, k], measured[1, k] = losses, errors
            taken += 1
            if self.world.size == 1 and stop():
                asked = True
                break
        if self.world.size > 1:
            wishes = self.world.add_up(torch.tensor(float(stop()), device=self.device))
            measured, asked = self.world.add_up(measured) / self.world.size, bool(wishes > 0)
        done = slice(self.step, self.step + taken - first)
        self.losses[done], self.errors[done] = measured[:, first:taken].cpu()
        self.step += taken - first
        return asked and self.step < self.settings.iterations

    def finish(self, made_by):
        """Measure what was trained, write weights and results, and take the checkpoint away.

        Returns
        -------
        list of dict
            One for each seed.
        """
        self._save()  # what follows may fail on a full disk, and then goes on from here
        wrong = self._test()
        results = []
        for place, (seed, path) in enumerate(zip(self.seeds, self.paths)):
            network = self._network(place)
            save(path.with_name(path.name + ".pt"), network, **self.settings.beside())
            results.append(dict(
                made_by=made_by, settings=self.settings.facts(), seed=seed,
                parameters=network.parameter_count(), test_error=wrong[place],
                test_images=self.digits.test_count, processes=self.world.size, side_by_side=len(self.seeds),
                acceleration=self.acceleration, seconds=round(self.seconds, 1),
                processor_seconds=round(self.processor_seconds, 1),
                images_per_second=round(self.settings.batch * self.step * len(self.seeds) / max(self.seconds, 1e-9)),
                **self.measure(network), **self.life(network),
                **({"history": self.history[place]} if self.history[place] else {}),
                curve=curve(self.losses[:, place], self.errors[:, place])))
        for result, path in zip(results, self.paths):
            write_json(path.with_name(path.name + ".json"), result)
        self.checkpoint.unlink(missing_ok=True)
        return results

    def _network(self, place):
        """One of the networks by itself, on the CPU."""
        network = self.settings.build(self.seeds[place])
        network.load_state_dict(self.networks.weights(place))
        return network

    def measure(self, network):
        """What a result says of a trained network beside its error."""
        return angles_left(self.settings, network)

    @torch.no_grad()
    def _test(self, batch=500):
        """The share of test digits that each network gets wrong."""
        wrong = torch.zeros(len(self.seeds), device=self.device)
        for images, labels in self.digits.test_batches(batch):
            logits = self.networks(images.expand(len(self.seeds), *images.shape))
            wrong += (logits.argmax(2) != labels).sum(1)
        return [count / self.digits.test_count for count in wrong.tolist()]

    def _facts(self):
        return self.settings.facts() | dict(seeds=list(self.seeds), device=self.device.type)

    def _save(self):
        if self.world.rank == 0:
            checkpoints.save(self.checkpoint, dict(
                facts=self._facts(), step=self.step, seconds=self.seconds,
                processor_seconds=self.processor_seconds, networks=self.networks.state_dict(),
                optimizer=self.optimizer.state_dict(), losses=self.losses[:self.step].clone(),
                errors=self.errors[:self.step].clone(), history=self.history))

    def _load(self):
        content = checkpoints.load(self.checkpoint, self.device)
        checkpoints.check_facts(self.checkpoint, self._facts(), content["facts"])
        self.networks.load_state_dict(content["networks"])
        self.optimizer.load_state_dict(content["optimizer"])
        self.step, self.seconds = content["step"], content["seconds"]
        self.processor_seconds = content["processor_seconds"]
        self.history = content.get("history", self.history)
        self.losses[:self.step], self.errors[:self.step] = content["losses"].cpu(), content["errors"].cpu()


def finished(folder, settings, seed):
    """The result of a run that is done, or None.

    Raises
    ------
    Refusal
        If the file is damaged or belongs to other settings.
    """
    path = Path(folder) / f"{settings.name}-seed{seed}.json"
    if not path.exists():
        return None
    try:
        result = json.loads(path.read_text())
        found = result["settings"] | dict(seed=result["seed"])
    except (ValueError, KeyError, TypeError) as error:
        raise Refusal(f"{path} is damaged ({error}); delete it to run again") from error
    checkpoints.check_facts(path, settings.facts() | dict(seed=seed), found)
    return result


@torch.no_grad()
def angles_left(settings, network, batch=500):
    """How the test digits stand before and behind a transformer, where angles mean something; else nothing.

    Returns
    -------
    dict
        ``angles``: in degrees, ``before`` is the deviation of the turns that the digits were given; the rest is
        described in `stn_numpy.pose.describe_angles`.
    """
    if not settings.model.startswith("st-") or settings.distortion not in TURNED:
        return {}
    images, labels, truth = test_digits(settings.data, settings.distortion)
    theta = torch.cat([network.transformer.theta(part) for part in images.split(batch)])
    if theta.shape[1:] != (2, 3) or not theta.isfinite().all():
        return {}
    given = truth.angle.double().numpy()
    found = describe_angles(given + rotation_angle(theta.double().numpy()), labels.numpy())
    return dict(angles={name: np.round(value, 2).tolist()
                        for name, value in dict(before=circular_deviation(given), **found).items()})


def made_by(command, device):
    """What makes a result: `stn_numpy.files.provenance`, and torch and its device."""
    name = torch.cuda.get_device_name(device) if device.type == "cuda" else _processor()
    return provenance(command) | dict(torch=torch.__version__, device=f"{device.type}: {name}",
                                      threads=torch.get_num_threads())


def _processor():
    try:
        names = [line.partition(":")[2] for line in open("/proc/cpuinfo") if line.startswith("model name")]
    except OSError:
        names = []
    return names[0].strip() if names else platform.processor() or platform.machine()


def curve(losses, errors, points=200):
    """Losses and training errors in means of so many steps that about `points` numbers are left; None for no number."""
    every = max(1, len(losses) // points)
    means = [tensor[:len(tensor) // every * every].view(-1, every).mean(1) for tensor in (losses, errors)]
    loss, error = ([round(value, 4) if math.isfinite(value) else None for value in mean.tolist()] for mean in means)
    return dict(every=every, loss=loss, error=error)
