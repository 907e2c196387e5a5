"""The kernels against torch on a GPU: `python -m stn_numpy.cuda.benchmark`. It prints one JSON object a line.

Both sides compute the same from the same arrays on the GPU, in turn; each time is a median. Before each call a copy of
a large array clears the caches and keeps the GPU busy while the CPU launches the call. So the GPU's time is that of the
kernels; the time of launch and kernels together, with warm caches, stands beside it. For the share of the memory's
bandwidth each number of the image, of the output and of their gradients counts once, and the reference is the large
copy.

Our side writes to memory that is already there and keeps the output's axes between calls. torch allocates its results
and keeps the grid, which ours never writes; our backward computes the points again.
"""

import argparse
import json
import sys
import time

import numba
import numpy as np
from numba import cuda

from ..files import provenance
from . import device, kernels
from .sampler import why_not

SHAPES = ((256, 1, 28, 28), (64, 3, 32, 32), (32, 16, 64, 64), (4, 3, 512, 512), (1, 3, 2048, 2048))
WARM_UP = 3  # rounds that do not count


def seconds_of(calls: dict, repeats: int, busy) -> dict:
    """Median seconds of each call, in turn: on the GPU's own clock, and with the launch. `busy` is called before."""
    import torch

    taken = {name: [] for name in calls}
    for _ in range(repeats + WARM_UP):
        for name, call in calls.items():
            start, end = (torch.cuda.Event(enable_timing=True) for _ in range(2))
            busy()
            start.record()
            call()
            end.record()
            end.synchronize()
            begin = time.perf_counter()
            call()
            torch.cuda.synchronize()
            taken[name].append((start.elapsed_time(end) / 1000, time.perf_counter() - begin))
    medians = {name: np.median(times[WARM_UP:], axis=0).tolist() for name, times in taken.items()}
    return {name: dict(zip(("kernels", "launched"), both, strict=True)) for name, both in medians.items()}


def smooth(shape: tuple, generator):
    """A random picture without the noise of single pixels. In float32, two programs put some points into different
    cells; in a smooth picture that hardly changes theta's gradient."""
    import torch
    import torch.nn.functional as F

    few = torch.randn((*shape[:2], 8, 8), device=generator.device, generator=generator)
    return F.interpolate(few, shape[2:], mode="bicubic", align_corners=False).contiguous()


def check_agreement(calls: dict, expected, parts) -> None:
    """Refuse to time a side whose results are not torch's: in float32, by the largest number of each."""
    import torch

    for name, call in calls.items():
        for found, right in zip(parts(call()), expected, strict=True):
            found, scale = torch.as_tensor(found, device=right.device), float(right.abs().max())
            torch.testing.assert_close(found, right, rtol=0, atol=1e-3 * scale, msg=f"{name}: {{}}".format)


def sides(shape: tuple, where: str = "cuda") -> tuple:
    """The calls of every side, forward and backward, on one set of arrays; refused if their results differ."""
    import torch
    import torch.nn.functional as F

    drawn = torch.Generator(where).manual_seed(0)
    image, d_out = smooth(shape, drawn), smooth(shape, drawn)
    theta = torch.eye(2, 3, device=where) + 0.2 * torch.randn((shape[0], 2, 3), device=where, generator=drawn)
    ours = [cuda.as_cuda_array(array) for array in (d_out, image, theta)]
    leaves = image.clone().requires_grad_(), theta.clone().requires_grad_()

    def by_torch(image, theta):
        return F.grid_sample(image, F.affine_grid(theta, shape, align_corners=False), align_corners=False)

    graph = by_torch(*leaves)
    out, *gradients = (cuda.as_cuda_array(torch.empty_like(like)) for like in (image, image, theta))
    forward = {
        "torch": lambda: by_torch(image, theta),
        "a thread a number": lambda: device.affine_sample(*ours[1:], shape, channels_inside=False, out=out),
        "a thread a pixel": lambda: device.affine_sample(*ours[1:], shape, out=out),
    }
    backward = {
        "torch": lambda: torch.autograd.grad(graph, leaves, d_out, retain_graph=True),
        "atomics": lambda: device.affine_sample_backward(*ours, atomics=True, out=gradients),
        "no atomics": lambda: device.affine_sample_backward(*ours, out=gradients),
    }
    check_agreement(forward, [graph.detach()], lambda found: [found])
    check_agreement(backward, backward["torch"](), list)
    return forward, backward


def measure(shape: tuple, repeats: int, busy, copy_speed: float) -> dict:
    """One row: seconds of every side, their ratios to torch, and shares of the bandwidth."""
    row, size = {"shape": shape}, 4 * int(np.prod(shape))
    for name, calls, moved in zip(("forward", "backward"), sides(shape), (2 * size, 3 * size), strict=True):
        seconds = seconds_of(calls, repeats, busy)
        row[name] = {
            side: {
                "seconds": taken,
                "to torch": {clock: taken[clock] / seconds["torch"][clock] for clock in taken},
                "bandwidth": moved / taken["kernels"] / copy_speed,
            }
            for side, taken in seconds.items()
        }
    return row


def read_options():
    """The command's options; it ends with one line if there is no GPU that both sides can use."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--repeats", type=int, default=50, help="calls of each side")
    parser.add_argument("--shapes", type=int, default=len(SHAPES), help="only the first so many shapes")
    options = parser.parse_args()
    for name, number in vars(options).items():
        if number < 1:
            parser.error(f"--{name}: expected at least 1, got {number}")
    import torch

    if why := why_not():
        raise SystemExit(f"the benchmark needs a GPU: {why}")
    if numba.config.ENABLE_CUDASIM:
        raise SystemExit("the benchmark needs a GPU, not the simulator: unset NUMBA_ENABLE_CUDASIM")
    if not torch.cuda.is_available():
        raise SystemExit("the benchmark needs a build of torch with CUDA; this one can use no GPU")
    return options


def describe(copy_speed: float, repeats: int) -> dict:
    """What the rows depend on: command, commit, machine, versions and the speed of a copy."""
    import torch

    command = " ".join(["python -m stn_numpy.cuda.benchmark", *sys.argv[1:]])
    names = {"device": torch.cuda.get_device_name(), "cuda": torch.version.cuda, "numba": numba.__version__}
    how = {"block": kernels.BLOCK, "repeats": repeats, "dtype": "float32"}
    return provenance(command) | names | how | {"copy, bytes a second": copy_speed}


def main():
    """Measure every shape, after the speed of a copy; a shape that fails is reported, and the others are measured."""
    options = read_options()
    import torch

    numba.config.CUDA_LOW_OCCUPANCY_WARNINGS = 0  # small shapes are part of the question
    torch.backends.cuda.matmul.allow_tf32 = False  # else affine_grid's coordinates have ten bits
    source = torch.ones(2**28, device="cuda")
    target = torch.empty_like(source)

    def busy():
        for _ in range(2):
            target.copy_(source)

    copied = seconds_of({"copy": lambda: target.copy_(source)}, options.repeats, busy)["copy"]["kernels"]
    copy_speed = 8 * source.numel() / copied
    print(json.dumps(describe(copy_speed, options.repeats)), flush=True)
    for shape in SHAPES[: options.shapes]:
        try:
            row = measure(shape, options.repeats, busy, copy_speed)
        except AssertionError as error:
            row = {"shape": shape, "not timed": str(error)}
        print(json.dumps(row), flush=True)


if __name__ == "__main__":
    main()
