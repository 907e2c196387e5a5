"""Train one network on distorted digits: ``python -m stn_numpy.pytorch.train``."""

import argparse
import contextlib
import os
import sys

import torch
from torch import distributed

from ..pictures import colour
from .command import DATA, Parser, Refusal, Stop, best_precision, find_devices, plain_errors
from .families import TRANSFORMS
from .folder import open_folder
from .networks import MODELS
from .run import Run, Stopped, World, finished, made_by
from .settings import DISTORTIONS, PRECISIONS, Settings
from .steps import ACCELERATIONS
from .tiles import LEAST_SIZE

PROGRAM = "python -m stn_numpy.pytorch.train"

DESCRIPTION = """\
Train one of the paper's networks on digits that are distorted anew for every batch, and measure its error on all test
digits, distorted once and the same for every network. Or train a network on tiles of your own: --data-folder.

The defaults are the paper's protocol as far as it is known: stochastic gradient descent, 150,000 steps of 256 images,
a rate of 0.01 that falls to a tenth after each third, no weight decay. Momentum and the localisation network's rate
are not known: 0.9 and a tenth of the base rate are choices of ours. With fewer steps the thirds stay thirds.
"""

EPILOG = """\
In DIR: a checkpoint while the run lasts; at its end the weights (.pt) and the result (.json). A run that was stopped
(Ctrl-C) or killed goes on when the same command is given again, and ends with the losses that it would have had
(on a GPU: but for rounding).

MNIST's four files are taken from the folder that the environment variable STN_DATA names, or else downloaded.
Tiles of your own may have any common format, colours and size; files that cannot be read are named and skipped.

On several devices of one machine, or several processors:
  torchrun --standalone --nproc-per-node 2 -m stn_numpy.pytorch.train --model st-cnn ...
Each batch is divided among the processes; they must be able to divide it evenly.

Exit codes: 0 done, 1 something failed, 2 a wrong argument, 130 stopped and saved.
"""


def make_parser():
    """The command's arguments."""
    parser = Parser(prog=PROGRAM, description=DESCRIPTION, epilog=EPILOG, allow_abbrev=False,
                    formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add("--model", required=True, choices=MODELS, help="fully connected or convolutional; st-: behind a transformer")
    what = parser.add_mutually_exclusive_group(required=True).add_argument
    what("--distortion", choices=DISTORTIONS,
         help="rotation; rotation, scale and translation; projective; elastic; translation and clutter")
    what("--data-folder", metavar="DIR",
         help="no digits, but your own tiles: image files, in one folder for each class; a fifth is tested on")
    add("--tile-size", type=whole(LEAST_SIZE), default=48, metavar="N",
        help="pixels; tiles of a folder are cut to their middle square and resized to it (default: %(default)s)")
    add("--background", type=colour, metavar="COLOUR",
        help="what shows through a tile's transparent pixels, by name or as #rrggbb (default: its own mean colour)")
    add("--transform", choices=tuple(TRANSFORMS), default=Settings.transform,
        help="the family of maps that a transformer chooses from, by so many numbers: "
             + ", ".join(f"{name} {len(family.identity)}" for name, family in TRANSFORMS.items())
             + " (default: %(default)s)")
    add("--seed", type=whole(0), default=0, help="of the first weights, the batches and the distortions (default: 0)")
    add_settings(add)
    add("--device", default="auto", metavar="NAME", help="auto, cpu, cuda or cuda:N (default: auto, CUDA if there is)")
    add("--out", default="runs/train", metavar="DIR", help="folder of checkpoint and result (default: %(default)s)")
    return parser


def add_settings(add):
    """The arguments that the training command and the table share."""
    base = Settings("st-cnn", "R")
    add("--localisation-depth", type=whole(0, 3), default=base.localisation_depth, metavar="N",
        help="convolutions, or hidden layers, of the localisation network, 0 to 3 (default: %(default)s, the paper's)")
    add("--localisation-rate", type=real(0), default=base.localisation_rate, metavar="X",
        help="what the rate is multiplied by for the localisation network; 0 holds it still (default: %(default)s)")
    add("--iterations", type=whole(1), default=base.iterations, metavar="N", help="steps (default: %(default)s)")
    add("--batch", type=whole(1), default=base.batch, metavar="N", help="images a step (default: %(default)s)")
    add("--rate", type=real(0), default=base.rate, metavar="X", help="of the first third (default: %(default)s)")
    add("--momentum", type=real(0), default=base.momentum, metavar="X",
        help="not stated in the paper (default: %(default)s)")
    add("--precision", choices=("auto", *PRECISIONS), default="auto",
        help="of convolutions and products while training; grid, loss and weights are float32, and so is the test "
             "(default: auto, bfloat16 on a processor that computes in it, else float32; torch's convolutions on CUDA "
             "then use TF32)")
    add("--data", choices=tuple(DATA), default=base.data,
        help="all of MNIST, or the 5,000 digits that come with the package (default: %(default)s)")
    add("--acceleration", choices=("auto", *ACCELERATIONS), default="auto",
        help="how steps are taken: as they come, through torch.compile, or recorded once and replayed (CUDA only); "
             "default: auto, the last where there is CUDA, else the first")
    add("--checkpoint-every", type=whole(1), default=1000, metavar="N", help="steps (default: %(default)s)")


def whole(least, most=None):
    """A type for argparse: a whole number, at least so large."""
    def number(text):
        try:
            value = int(text)
        except ValueError:
            value = least - 1
        if value < least or (most is not None and value > most):
            limits = f"{least} or more" if most is None else f"from {least} to {most}"
            raise argparse.ArgumentTypeError(f"expected a whole number, {limits}, got {text!r}")
        return value
    return number


def real(least):
    """A type for argparse: a number, at least so large."""
    def number(text):
        try:
            value = float(text)
        except ValueError:
            value = float("nan")
        if not least <= value < float("inf"):
            raise argparse.ArgumentTypeError(f"expected a number, {least} or more, got {text!r}")
        return value
    return number


def settings_of(given, device, **cell):
    """The `Settings` in parsed arguments, for a device."""
    found = {name: value for name, value in vars(given).items() if name in Settings.__dataclass_fields__}
    if found["precision"] == "auto":
        found["precision"] = best_precision(device)
    return Settings(**found | cell)


@contextlib.contextmanager
def join_world(name):
    """The processes that torchrun has started, and this one's device; alone where there is no torchrun."""
    if "WORLD_SIZE" not in os.environ or "RANK" not in os.environ:
        yield World(), find_devices(name)[0]
        return
    world = World(int(os.environ["RANK"]), int(os.environ["WORLD_SIZE"]))
    find_devices(name, place=int(os.environ.get("LOCAL_WORLD_SIZE", 1)) - 1)  # where one lacks a device, all refuse
    device = find_devices(name, place=int(os.environ.get("LOCAL_RANK", 0)))[0]
    if device.type == "cuda":
        torch.cuda.set_device(device)
    distributed.init_process_group("nccl" if device.type == "cuda" else "gloo")
    try:
        yield world, device
    finally:
        distributed.destroy_process_group()


@contextlib.contextmanager
def show_progress(run, hidden):
    """A bar with loss, error and images per second, or nothing."""
    from tqdm import tqdm

    with tqdm(total=run.settings.iterations, initial=run.step, unit="step", disable=hidden) as bar:
        before = run.seconds

        def progress(steps, loss, error):
            nonlocal before
            images, before = steps * run.settings.batch / max(run.seconds - before, 1e-9), run.seconds
            bar.set_postfix_str(f"loss {loss:.4f}, error {error:.2%}, {images:,.0f} images/s", refresh=False)
            bar.update(steps)
        yield progress


def check_together(given, world):
    """Refuse what several processes cannot do."""
    if given.batch % world.size:
        raise Refusal(f"--batch: expected a multiple of {world.size}, the number of processes, got {given.batch}", 2)


def train(given, command):
    """Run the command; the last line says what came of it."""
    with join_world(given.device) as (world, device):
        check_together(given, world)
        settings, digits = settings_of(given, device), None
        leads = world.rank == 0
        if given.data_folder:
            settings, digits = open_folder(given.data_folder, given.tile_size, settings, device, leads, given.out,
                                           given.background)
        result = finished(given.out, settings, given.seed)
        if result is None:
            with Stop(patient=world.size > 1) as stop:
                run = Run(settings, [given.seed], device, given.out, given.acceleration, given.checkpoint_every, world,
                          digits)
                if run.step and leads:
                    print(f"going on after step {run.step} of {settings.iterations}", file=sys.stderr)
                try:
                    with show_progress(run, hidden=not leads) as progress:
                        run.train(progress, stop)
                except Stopped:
                    if leads:
                        print(f"stopped after step {run.step} of {settings.iterations}, saved in {run.checkpoint}; "
                              "the same command goes on from there", file=sys.stderr)
                    raise SystemExit(130) from None
            if not leads:
                return
            result = run.finish(made_by(command, device))[0]
        elif leads:
            print("done already", file=sys.stderr)
        if leads:
            print(f"test error {result['test_error']:.2%}, {result['parameters']:,} parameters, "
                  f"{result['images_per_second']:,} images/s; "
                  f"written to {given.out}/{settings.name}-seed{given.seed}.json")


def main(arguments=None):
    """The command; see ``--help``."""
    given = make_parser().parse_args(arguments)
    command = " ".join([PROGRAM, *(sys.argv[1:] if arguments is None else arguments)])
    with plain_errors("train", rank=int(os.environ.get("RANK", 0))):
        train(given, command)


if __name__ == "__main__":
    main()
