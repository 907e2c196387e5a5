"""Shared by the commands with torch, besides `stn_numpy.command`: the device, and the precision for it."""

import torch

from ..command import Parser, Refusal, Stop, check_folder, plain_errors  # noqa: F401  for its importers


def find_devices(name: str, place: int | None = None) -> list[torch.device]:
    """The devices of a ``--device``: "auto" (every CUDA device, or else the CPU), "cpu", "cuda" or "cuda:N".

    Where several processes share them, `place` is that of the one to take.
    """
    count = torch.cuda.device_count() if torch.cuda.is_available() else 0
    every, cpu = [torch.device("cuda", number) for number in range(count)], [torch.device("cpu")]
    choices = {"auto": every or cpu, "cpu": cpu, "cuda": every} | {str(device): [device] for device in every}
    found = choices.get(name)
    if not found:
        here = ", ".join(choice for choice, devices in choices.items() if devices)
        built = "" if torch.version.cuda else " (this torch is built without CUDA)"
        raise Refusal(f"--device: expected one of {here}, which are what torch finds here{built}, got {name!r}", 2)
    if place is None or found == cpu:
        return found
    if place >= len(found):
        words = f"{place + 1} processes need a device each, torch finds {len(found)} here; start no more than that"
        raise Refusal(f"--device: {words} (--nproc-per-node)", 2)
    return [found[place]]


def best_precision(device: torch.device) -> str:
    """The precision of ``--precision auto``: bfloat16 on a processor that computes in it, and float32 elsewhere.

    On CUDA convolutions use TF32 with float32, which is torch's own choice.
    """
    can = torch.cpu.get_capabilities()
    return "bfloat16" if device.type == "cpu" and (can.get("avx512_bf16") or can.get("amx_bf16")) else "float32"
