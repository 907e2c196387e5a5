"""The training loop: seeded, checkpointed atomically, resumed exactly."""

import json
import time
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from .check import check_whole
from .files import whole_file
from .loss import cross_entropy, cross_entropy_backward
from .optimizer import clip_gradients


@dataclass
class History:
    """The record of a training run.

    Attributes
    ----------
    losses : list of float
        One for each step.
    records : dict of int to dict of arrays
        What `record` returned, by the number of steps done by then.
    seconds : float
        Time spent in training steps, over all resumed parts.
    """

    losses: list = field(default_factory=list)
    records: dict = field(default_factory=dict)
    seconds: float = 0.0


def train(
    model,
    optimizer,
    make_batch,
    steps,
    seed=0,
    schedule=None,
    checkpoint=None,
    checkpoint_every=100,
    record=None,
    record_at=(),
    progress=True,
    clip=None,
) -> History:
    """Train a model for a number of steps; resume from a checkpoint, if there is one.

    Step k draws its batch from ``default_rng([seed, k])``, so a resumed run sees the same batches as an uninterrupted
    one, and ends with the same losses.

    Parameters
    ----------
    model : Layer
        Images to logits.
    optimizer : Optimizer
        Over the model's parameters.
    make_batch : callable
        ``make_batch(rng) -> (images, labels)``.
    steps : int
        In all, those of a checkpoint included.
    seed : int
        Of the batches; at least 0.
    schedule : StepLR, CosineLR or None
        Its `step` is called after each of the optimizer's.
    checkpoint : path or None
        File that is written every `checkpoint_every` steps and at the end, and read at the start if it exists. If it is
        damaged or belongs to another run, a ValueError explains what to do (see `load_checkpoint`).
    record : callable or None
        ``record(model) -> dict of arrays``, called before each step whose number is in `record_at`, and after the last
        one if `steps` is; kept in the checkpoint.
    progress : bool
        Whether to show a bar.
    clip : float or None
        The largest norm of all gradients together; larger ones are scaled to it, see `clip_gradients`.
    """
    steps, seed = check_whole("steps", steps, 0), check_whole("seed", seed, 0)
    check_whole("checkpoint_every", checkpoint_every, 1)
    history = History()
    if checkpoint and Path(checkpoint).exists():
        history = load_checkpoint(checkpoint, model, optimizer, seed, steps, schedule)
    for step in _steps(len(history.losses), steps, progress, history):
        if record and step in record_at and step not in history.records:
            history.records[step] = record(model)
        start = time.perf_counter()
        history.losses.append(
            training_step(model, optimizer, *make_batch(np.random.default_rng([seed, step])), clip=clip)
        )
        if schedule:
            schedule.step()
        history.seconds += time.perf_counter() - start
        if checkpoint and (step + 1) % checkpoint_every == 0 and step + 1 < steps:
            save_checkpoint(checkpoint, model, optimizer, history, seed, schedule)
    if record and steps in record_at and steps not in history.records:
        history.records[steps] = record(model)
    if checkpoint:
        save_checkpoint(checkpoint, model, optimizer, history, seed, schedule)
    return history


def training_step(model, optimizer, images: np.ndarray, labels: np.ndarray, clip: float | None = None) -> float:
    """Forward, backward and one step of the optimizer, with gradients clipped to a norm of `clip` unless it is None;
    return the loss before the step."""
    logits = model(images)
    loss = cross_entropy(logits, labels)
    optimizer.zero_grad()
    model.backward(cross_entropy_backward(1.0, logits, labels))
    if clip is not None:
        clip_gradients(optimizer.parameters(), clip)
    optimizer.step()
    return float(loss)


def error_rate(model, images: np.ndarray, labels: np.ndarray, batch_size: int = 250) -> float:
    """Share of images (N, C, H, W) that the model misclassifies, 0 to 1; `batch_size` of them in each forward."""
    starts = range(0, len(images), batch_size)
    wrong = sum((model(images[k : k + batch_size]).argmax(axis=1) != labels[k : k + batch_size]).sum() for k in starts)
    return float(wrong / len(images))


def _steps(done, steps, progress, history):
    """Count from done to steps, with a bar if `progress` is true."""
    if not progress:
        yield from range(done, steps)
        return
    from tqdm import tqdm

    with tqdm(total=steps, initial=done, unit="step") as bar:
        for step in range(done, steps):
            yield step
            bar.update()
            if step % 20 == 0:
                bar.set_postfix(loss=f"{np.mean(history.losses[-20:]):.3f}", refresh=False)


def save_checkpoint(path, model, optimizer, history, seed, schedule=None) -> None:
    """Write everything that a resumed run needs, so that the file is the old one or the new one, never half of one.

    It is an .npz of arrays only, so reading it executes no code.
    """
    arrays = _state(model, optimizer)
    for step, recorded in history.records.items():
        arrays |= {f"record/{step}/{name}": array for name, array in recorded.items()}
    facts = _facts(optimizer, seed, schedule) | {"seconds": history.seconds}
    with whole_file(path) as file:
        np.savez(file, losses=np.array(history.losses), facts=json.dumps(facts), **arrays)


def load_checkpoint(path, model, optimizer, seed, steps=None, schedule=None) -> History:
    """Put a checkpoint's state into a model and an optimizer, built as those that were saved; return its History.

    `seed` and `steps` are those of the resumed run, steps in all; None for any number. A ValueError explains what to do
    if the file is damaged, holds another model, optimizer, schedule or seed, or has more steps.
    """
    arrays = _read_arrays(path)
    facts = json.loads(str(arrays["facts"]))
    mine = _kinds(_state(model, optimizer))
    theirs = _kinds({k: array for k, array in arrays.items() if k.startswith(("model/", "optimizer/"))})
    ours = _facts(optimizer, seed, schedule)
    seconds = facts.pop("seconds")
    compared = [(name, ours[name], facts.get(name)) for name in ("seed", "optimizer")]
    compared += [(name, mine.get(name), theirs.get(name)) for name in sorted(mine | theirs)]
    compared += [(name, ours.get(name), facts.get(name)) for name in ours | facts]
    for what, expected, found in compared:
        if expected != found:
            raise ValueError(
                f"checkpoint: {path} belongs to another run ({what}: expected {expected}, got {found}); "
                "name another file, or delete this one to start again"
            )
    done = len(arrays["losses"])
    if steps is not None and steps < done:
        raise ValueError(
            f"steps: expected at least {done}, which {path} has done, got {steps}; "
            "ask for more, name another file, or delete this one to start again"
        )
    for name, parameter in model.named_parameters().items():
        parameter.data[...] = arrays[f"model/{name}"]
    prefix = "optimizer/"
    optimizer.load_state_dict({k[len(prefix) :]: array for k, array in arrays.items() if k.startswith(prefix)})
    records = {}
    for key, array in arrays.items():
        if key.startswith("record/"):
            _, step, name = key.split("/", 2)
            records.setdefault(int(step), {})[name] = array
    return History(arrays["losses"].tolist(), records, seconds)


def _facts(optimizer, seed, schedule):
    """What a run and a resumed run must have in common besides their arrays, as it is in JSON."""
    facts = dict(seed=seed, optimizer=type(optimizer).__name__, schedule=schedule and type(schedule).__name__)
    for part in (optimizer, schedule):
        facts |= {name: np.asarray(getattr(part, name)).tolist() for name in getattr(part, "hyperparameters", ())}
    return facts


def _state(model, optimizer):
    """The parameters' data and the optimizer's state, by their names in the file."""
    state = {f"model/{name}": p.data for name, p in model.named_parameters().items()}
    return state | {f"optimizer/{name}": array for name, array in optimizer.state_dict().items()}


def _kinds(arrays):
    return {name: f"{array.dtype} {array.shape}" for name, array in arrays.items()}


def _read_arrays(path):
    try:
        with np.load(path, allow_pickle=False) as file:
            arrays = dict(file)
        arrays["losses"], arrays["facts"]
        return arrays
    except Exception as error:  # a single wrong bit can raise nearly anything
        raise ValueError(f"checkpoint: {path} is damaged ({error}); delete it to start again") from error
