"""The kernels as the compiler translates them, without a GPU: `python -m stn_numpy.cuda.ptx` prints their needs.

It needs the CUDA toolkit: NVVM for PTX, the assembler of all NVIDIA GPUs, and `ptxas` for the registers and memory that
a thread occupies.
"""

import json
import re
import subprocess
import tempfile
from pathlib import Path
from types import SimpleNamespace
from unittest import mock

from numba import cuda, types

from . import kernels

COMPUTE_CAPABILITY = (8, 0)


def signatures(real) -> dict:
    """The arguments of every kernel, as Numba's types, for float32 or float64."""
    image, pair, axis, small = real[:, :, :, ::1], types.UniTuple(real, 2), real[::1], real[:, :, ::1]
    frame, shares = (small, axis, axis, pair, pair), types.float64[:, :, ::1]
    return {
        "read_values": (image, *frame, image),
        "read_pixels": (image, *frame, image),
        "clear": (image,),
        "scatter": (image, *frame, image),
        "collect": (image, *frame, pair, pair, real, image),
        "theta_shares": (image, image, *frame, shares),
        "add_shares": (shares, small),
    }


def compile_kernel(name: str, real=types.float32, cc: tuple = COMPUTE_CAPABILITY) -> str:
    """The PTX of one kernel, for a compute capability."""
    gpu = SimpleNamespace(compute_capability=cc)  # Numba reads it where a kernel calls functions
    with mock.patch("numba.cuda.dispatcher.get_current_device", lambda: gpu):
        return cuda.compile_ptx(getattr(kernels, name).py_func, types.void(*signatures(real)[name]), cc=cc)[0]


def occupied(ptx: str, cc: tuple = COMPUTE_CAPABILITY) -> dict:
    """Registers of a thread, and bytes of shared memory of a block, as `ptxas` counts them."""
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "kernel.ptx"
        source.write_text(ptx)
        command = ["ptxas", f"-arch=sm_{cc[0]}{cc[1]}", "-v", str(source), "-o", str(source.with_suffix(".cubin"))]
        says = subprocess.run(command, capture_output=True, text=True, check=True).stderr
    found = {word: re.search(rf"(\d+) {word}", says) for word in ("registers", "bytes smem")}
    return {
        "registers": int(found["registers"][1]),
        "shared": int(found["bytes smem"][1] if found["bytes smem"] else 0),
    }


def main():
    """Print what each kernel occupies, for both float types, as JSON."""
    table = {
        str(real): {name: occupied(compile_kernel(name, real)) for name in signatures(real)}
        for real in (types.float32, types.float64)
    }
    version = subprocess.run(["ptxas", "--version"], capture_output=True, text=True, check=True).stdout
    notes = {
        "command": "python -m stn_numpy.cuda.ptx",
        "compute_capability": COMPUTE_CAPABILITY,
        "block": kernels.BLOCK,
        "ptxas": re.search(r"V[\d.]+", version)[0],
    }
    print(json.dumps(notes | {"kernels": table}, indent=1))


if __name__ == "__main__":
    main()
