"""The kernels against torch on a GPU: `python -m stn_numpy.cuda.benchmark`. It prints one JSON object a line.

Both sides compute the same from the same arrays on the GPU, in turn; each time is a median. For the share of the
memory's bandwidth each number that has to be moved counts once, and the reference is a copy on the same GPU.
"""

import argparse
import json

import numpy as np
from numba import cuda

from . import device

SHAPES = ((256, 1, 28, 28), (64, 3, 32, 32), (32, 16, 64, 64), (4, 3, 512, 512), (1, 3, 2048, 2048))


def seconds_of(calls: dict, repeats: int) -> dict:
    """Median seconds of each call, on the GPU's own clock, in turn."""
    import torch

    taken = {name: [] for name in calls}
    for _ in range(repeats + 3):
        for name, call in calls.items():
            start, end = (torch.cuda.Event(enable_timing=True) for _ in range(2))
            start.record()
            call()
            end.record()
            end.synchronize()
            taken[name].append(start.elapsed_time(end) / 1000)
    return {name: float(np.median(times[3:])) for name, times in taken.items()}  # the first ones compile and warm up


def check_agreement(calls: dict, expected, parts) -> None:
    """Refuse to time a side whose results are not torch's: in float32, by the largest number of each."""
    import torch

    for name, call in calls.items():
        for found, right in zip(parts(call()), expected, strict=True):
            found, scale = torch.as_tensor(found, device=right.device), float(right.abs().max())
            torch.testing.assert_close(found, right, rtol=0, atol=1e-3 * scale, msg=f"{name}: {{}}".format)


def measure(shape: tuple, copy_speed: float, repeats: int) -> dict:
    """One row: seconds of every side, ratios to torch, and shares of the bandwidth."""
    import torch
    import torch.nn.functional as F

    drawn = torch.Generator("cuda").manual_seed(0)
    image = torch.randn(shape, device="cuda", generator=drawn)
    d_out = torch.randn(shape, device="cuda", generator=drawn)
    identity = torch.eye(2, 3, device="cuda")
    theta = identity + 0.2 * torch.randn((shape[0], 2, 3), device="cuda", generator=drawn)
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
    row, size = {"shape": shape}, 4 * image.numel()
    for name, calls, moved in (("forward", forward, 2 * size), ("backward", backward, 3 * size)):
        seconds = seconds_of(calls, repeats)
        row[name] = {
            side: {"seconds": taken, "to torch": taken / seconds["torch"], "bandwidth": moved / taken / copy_speed}
            for side, taken in seconds.items()
        }
    return row


def main():
    """Measure every shape, after the speed of a copy."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--repeats", type=int, default=50, help="calls of each side")
    repeats = parser.parse_args().repeats
    if not cuda.is_available():
        raise SystemExit("the benchmark needs a GPU that CUDA can use, and there is none")
    import torch

    source = torch.ones(2**28, device="cuda")
    target = torch.empty_like(source)
    copy_speed = 8 * source.numel() / seconds_of({"copy": lambda: target.copy_(source)}, repeats)["copy"]
    name = torch.cuda.get_device_name()
    print(json.dumps({"device": name, "torch": torch.__version__, "copy, bytes a second": copy_speed}))
    for shape in SHAPES:
        print(json.dumps(measure(shape, copy_speed, repeats)), flush=True)


if __name__ == "__main__":
    main()
