"""Train one network on distorted digits: ``python -m stn_numpy.pytorch.train``."""

import contextlib
import os
import sys
from dataclasses import dataclass

import torch
from torch import distributed

from ..arguments import add_arguments, from_arguments, option
from ..files import provenance
from ..pictures import colour
from .command import Parser, Refusal, Stop, best_precision, find_devices, plain_errors
from .folder import AUGMENTATIONS, DEFAULTS, open_folder
from .life import is_silent
from .run import Run, Stopped, World, finished, name_of
from .settings import Settings
from .steps import ACCELERATIONS, choose_acceleration
from .tiles import LEAST_SIZE

PROGRAM = "python -m stn_numpy.pytorch.train"

DESCRIPTION = """\
Train one of the paper's networks on digits that are distorted afresh for every batch, and measure its error on all test
digits, distorted once and the same for every network. Or train a network on your own tiles: --data-folder.

The defaults are the paper's protocol, as far as it is known: stochastic gradient descent, 150,000 steps of 256 images,
a rate of 0.01 that falls to a tenth after each third, no weight decay. Momentum and the localisation network's rate
are not known; 0.9 and a tenth of the base rate are our choices. With fewer steps the rate still falls after each third.
"""

EPILOG = """\
In DIR: a checkpoint while the run lasts; at its end the weights (.pt) and the result (.json). A run that was stopped
(Ctrl-C) or killed resumes when the same command is given again, and ends with the same losses as without the stop
(on a GPU no two runs are exactly equal).

MNIST's four files are taken from the folder that the environment variable STN_DATA names, or else downloaded.
Your own tiles may have any common format, colours and size; files that cannot be read are named and skipped.
For them the defaults differ: %s.
At the end of a CNN's training a direction is found for each class, to which `align` turns tiles.

On several devices of one machine, or several processors:
  torchrun --standalone --nproc-per-node 2 -m stn_numpy.pytorch.train --model st-cnn ...
Each batch is divided among the processes; they must be able to divide it evenly.

Exit codes: 0 done, 1 something failed, 2 a wrong argument, 130 stopped and saved.
"""

SILENT = """\
warning: the localisation network's last hidden layer is silent for every picture: theta is a constant; \
lower --localisation-rate"""


TILES = "train on your own tiles instead of digits: image files, in one folder for each class; a fifth are for testing"
ACCELERATION = """\
how steps are run: one by one, through torch.compile, or recorded once and replayed (CUDA only); auto is the last with \
CUDA, else the first"""
HISTORY = """\
steps between two entries of the result's history: test error, and the transformer's signs of life; 0 for no history"""


@dataclass(frozen=True)
class Options:
    """Options of a run that, apart from the seed and the tiles, do not determine its numbers."""

    seed: int = option(0, "of the first weights, the batches and the distortions", least=0)
    data_folder: str | None = option(None, TILES, metavar="DIR")
    tile_size: int = option(48, "pixels; tiles are cut to their middle square and resized to it", least=LEAST_SIZE)
    acceleration: str = option("auto", ACCELERATION, choices=("auto", *ACCELERATIONS))
    checkpoint_every: int = option(1000, "steps", least=1)
    record_every: int = option(0, HISTORY, least=0)
    device: str = option("auto", "auto, cpu, cuda or cuda:N; auto is CUDA if available", metavar="NAME")
    out: str = option("runs/train", "folder of checkpoint and result", metavar="DIR")


AUGMENT = "each of your own tiles is turned by any angle, scaled by up to a fifth, or both, afresh each time it is read"
HEADINGS = """\
with --turned-copies: a table of your own tiles, with the columns file (below --data-folder) and degrees (the \
heading, clockwise from the top); tiles without an entry, or without degrees, are used for training as well"""


def make_parser() -> Parser:
    """The command's arguments."""
    epilog = EPILOG % ", ".join(f"--{name} {value}" for name, value in DEFAULTS.items())
    parser = Parser(prog=PROGRAM, description=DESCRIPTION, epilog=epilog)
    pictures = parser.add_mutually_exclusive_group(required=True)
    add_arguments(pictures, Settings, only=("distortion",), distortion=None)
    add_arguments(pictures, Options, only=("data_folder",))
    add_arguments(parser, Settings, omit=("distortion",), precision="auto")
    add_arguments(parser, Options, omit=("data_folder",))
    parser.add_argument(
        "--background",
        type=colour,
        metavar="COLOUR",
        help="the colour under a tile's transparent pixels, by name or as #rrggbb (default: its own mean colour)",
    )
    parser.add_argument("--augment", choices=AUGMENTATIONS, help=AUGMENT)
    parser.add_argument("--headings", metavar="FILE", help=HEADINGS)
    return parser


def parse(arguments):
    """The arguments; for the user's own tiles, those that the command does not give are taken from `DEFAULTS`."""
    parser = make_parser()
    args = parser.parse_args(arguments)
    if not args.data_folder:
        for name in ("augment", "headings"):
            if getattr(args, name):
                raise Refusal(f"--{name}: expected it with --data-folder, got none", 2)
        return args
    parser.set_defaults(**DEFAULTS)
    return parser.parse_args(arguments)


def settings_of(args, device, **changes) -> Settings:
    """The `Settings` in parsed arguments, for a device, on which the precision "auto" depends."""
    if args.precision == "auto":
        changes["precision"] = best_precision(device)
    try:
        return from_arguments(Settings, args, **changes)
    except ValueError as error:
        name, *words = str(error).split(":")
        raise Refusal(f"--{name.replace('_', '-')}:{':'.join(words)}", 2) from error


@contextlib.contextmanager
def join_world(name: str):
    """The processes that torchrun has started, and this one's device; without torchrun, this process alone."""
    if "WORLD_SIZE" not in os.environ or "RANK" not in os.environ:
        yield World(), find_devices(name)[0]
        return
    world = World(int(os.environ["RANK"]), int(os.environ["WORLD_SIZE"]))
    find_devices(name, place=int(os.environ.get("LOCAL_WORLD_SIZE", 1)) - 1)  # if one lacks a device, all refuse
    device = find_devices(name, place=int(os.environ.get("LOCAL_RANK", 0)))[0]
    if device.type == "cuda":
        torch.cuda.set_device(device)
    distributed.init_process_group("nccl" if device.type == "cuda" else "gloo")
    try:
        yield world, device
    except SystemExit:  # a stop, which all processes agreed on
        distributed.destroy_process_group()
        raise
    # After an error in one process, the others may wait for it in a reduction, and destroying the group would wait for
    # them. So that process ends without doing so, and torchrun ends the others.
    distributed.destroy_process_group()


@contextlib.contextmanager
def show_progress(run, hidden: bool):
    """A bar with the time that is left, loss, error and images per second, or nothing."""
    from tqdm import tqdm

    with tqdm(total=run.settings.iterations, initial=run.step, unit="step", disable=hidden) as bar:
        before = run.seconds

        def progress(steps, loss, error):
            nonlocal before
            images, before = steps * run.settings.batch / max(run.seconds - before, 1e-9), run.seconds
            bar.set_postfix_str(f"loss {loss:.4f}, error {error:.2%}, {images:,.0f} images/s", refresh=False)
            bar.update(steps)

        yield progress


def check_together(args, device, world) -> None:
    """Refuse what a device, or several processes, cannot do."""
    if args.batch % world.size:
        raise Refusal(f"--batch: expected a multiple of {world.size}, the number of processes, got {args.batch}", 2)
    option = "--headings" if args.headings else "--entropy" if args.entropy else None
    if option and world.size > 1:
        raise Refusal(f"{option}: expected a single process with it, got {world.size}", 2)
    try:
        choose_acceleration(args.acceleration, device, world.size)
    except ValueError as error:
        raise Refusal(f"--{error}", 2) from error


def train_one(args, settings, digits, device, world, command) -> dict | None:
    """Train a network, from its checkpoint if there is one; return its result in the first process, None in others."""

    def say(*words):
        if world.rank == 0:
            print(*words, file=sys.stderr)

    with Stop(patient=world.size > 1) as stop:
        every = args.checkpoint_every, world, digits, args.record_every
        run = Run(settings, args.seed, device, args.out, args.acceleration, *every)
        if run.step:
            say(f"resuming after step {run.step} of {settings.iterations}")
        try:
            with show_progress(run, hidden=world.rank > 0) as progress:
                if args.data_folder:
                    run.train(progress, stop, until=run.step + 10)  # with what only the first steps take
                    first, seconds = run.step, run.seconds
                    run.train(progress, stop, until=run.step + 10)  # which show how long it will take
                    left = (settings.iterations - run.step) * (run.seconds - seconds) / max(run.step - first, 1) / 60
                    say(f"{settings.iterations} steps of {settings.batch} tiles: about {left:.1f} minutes more")
                run.train(progress, stop)
        except Stopped:
            say(
                f"stopped after step {run.step} of {settings.iterations}, saved in {run.checkpoint};",
                "the same command resumes from there",
            )
            raise SystemExit(130) from None
    return run.finish(provenance(command) | name_of(device)) if world.rank == 0 else None


def report(result, path) -> None:
    """Print the result of a run, and warn if its transformer ignores its input."""
    if "life" in result and is_silent(result["life"]):
        print(SILENT, file=sys.stderr)
    size, speed = result["parameters"], result["images_per_second"]
    print(f"test error {result['test_error']:.2%}, {size:,} parameters, {speed:,} images/s; written to {path}")


def main(arguments=None) -> None:
    """The command; see ``--help``."""
    with plain_errors("train", rank=int(os.environ.get("RANK", 0))):
        args = parse(arguments)
    command = " ".join([PROGRAM, *(sys.argv[1:] if arguments is None else arguments)])
    with plain_errors("train", rank=int(os.environ.get("RANK", 0))), join_world(args.device) as (world, device):
        check_together(args, device, world)
        settings, digits = settings_of(args, device), None
        if args.data_folder:
            augment = args.augment.split(",") if args.augment else ()
            own = dict(background=args.background, augment=augment, headings=args.headings)
            say = world.rank == 0
            settings, digits = open_folder(args.data_folder, args.tile_size, settings, device, say, args.out, **own)
        result = finished(args.out, settings, args.seed)
        if result is None:
            result = train_one(args, settings, digits, device, world, command)
        elif world.rank == 0:
            print("done already", file=sys.stderr)
        if world.rank == 0:
            report(result, f"{args.out}/{settings.name}-seed{args.seed}.json")


if __name__ == "__main__":
    main()
