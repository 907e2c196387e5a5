"""What the commands share: one line for an error, a stop that saves first, the device, the digits."""

import argparse
import contextlib
import errno
import signal
import sys

import torch

from ..digits import load_digits, load_mnist

DATA = {"mnist": load_mnist, "small": load_digits}


class Refusal(Exception):
    """An error that the reader can mend: one line, no traceback.

    Parameters
    ----------
    message : str
        What is wrong and what to do.
    code : int
        Exit code: 2 for a wrong argument, 1 for anything else.
    """

    def __init__(self, message, code=1):
        super().__init__(message, code)
        self.message, self.code = message, code


class Parser(argparse.ArgumentParser):
    """Says in one line what is wrong with an argument."""

    def error(self, message):
        self.exit(2, f"{self.prog.rpartition('.')[2]}: {message}; --help explains\n")


@contextlib.contextmanager
def plain_errors(command, rank=0):
    """Turn errors that the reader can mend into one line on stderr and an exit code.

    Parameters
    ----------
    command : str
        What the line begins with.
    rank : int
        Of this process, where several work together. What all of them meet alike, the first alone says.
    """
    alike = False
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # not in a notebook
            stream.reconfigure(errors="backslashreplace")  # a name that the terminal cannot show ends no command
    try:
        yield
    except Refusal as error:
        message, code, alike = error.message, error.code, True
    except torch.OutOfMemoryError:
        message, code = "the device is out of memory; a smaller --batch needs less", 1
    except OSError as error:
        message, code = _describe(error), 1
    except (ValueError, ImportError) as error:  # of the library's loaders
        message, code = str(error), 1
    except KeyboardInterrupt:
        message, code, alike = "stopped; only what was saved is kept", 130, True
    else:
        return
    if rank == 0 or not alike:
        who = f"{command}: rank {rank}" if rank else command
        print(f"{who}: {' '.join(message.split())}", file=sys.stderr)
    raise SystemExit(code)


def _describe(error):
    where = f"{error.filename}: " if error.filename else ""
    remedy = "; free some space and run the same command again" if error.errno in (
        errno.ENOSPC, errno.EFBIG, errno.EDQUOT) else ""
    return f"{where}{error.strerror or error}{remedy}"


class Stop:
    """A context in which SIGINT (Ctrl-C) and SIGTERM ask for a stop instead of ending the program.

    A second SIGINT ends it at once, unless `patient`: torchrun hands on the one that the terminal has sent already.
    """

    def __init__(self, patient=False):
        self.patient, self.asked = patient, False

    def __enter__(self):
        self.before = {number: signal.signal(number, self._ask) for number in (signal.SIGINT, signal.SIGTERM)}
        return self

    def __exit__(self, *_):
        for number, handler in self.before.items():
            signal.signal(number, handler)

    def __call__(self):
        return self.asked

    def _ask(self, number, _):
        if self.asked and number == signal.SIGINT and not self.patient:
            raise KeyboardInterrupt
        self.asked = True


def find_devices(name, place=None):
    """The devices that a ``--device`` means.

    Parameters
    ----------
    name : str
        "auto" (every CUDA device, or else the CPU), "cpu", "cuda" or "cuda:N".
    place : int or None
        Which of several to take, for one of several processes; None for all of them.

    Returns
    -------
    list of torch.device

    Raises
    ------
    Refusal
        If there is no such device here.
    """
    count = torch.cuda.device_count() if torch.cuda.is_available() else 0
    every = [torch.device("cuda", number) for number in range(count)]
    if name == "auto":
        found = every or [torch.device("cpu")]
    elif name == "cpu":
        found = [torch.device("cpu")]
    else:
        found = every if name == "cuda" else [device for device in every if str(device) == name]
    if not found:
        here = ", ".join(["auto", "cpu", *(["cuda"] if every else []), *map(str, every)])
        raise Refusal(f"--device: expected one of {here}, which are what torch finds here, got {name!r}", 2)
    if place is None or found[0].type == "cpu":
        return found
    if place >= len(found):
        raise Refusal(f"--device: {place + 1} processes want a device each, torch finds {len(found)} here; "
                      f"start no more than that (--nproc-per-node)", 2)
    return [found[place]]


def best_precision(device):
    """What ``--precision auto`` means: bfloat16 on a processor that computes in it, and float32 elsewhere.

    On CUDA convolutions use TF32 with float32, which is torch's own choice.
    """
    can = torch.cpu.get_capabilities()
    return "bfloat16" if device.type == "cpu" and (can.get("avx512_bf16") or can.get("amx_bf16")) else "float32"


def load_split(data, split):
    """Digits and labels as `stn_numpy.digits` loads them; what is missing or damaged is a `Refusal`.

    Parameters
    ----------
    data : {"mnist", "small"}
        All of MNIST, or the digits that come with the package.
    split : {"train", "test"}
    """
    try:
        return DATA[data](split)
    except ModuleNotFoundError as error:
        raise Refusal(f"MNIST is not here, and downloading it needs the package {error.name}; set STN_DATA to a "
                      f"folder with its four files, or take the digits of the package: --data small") from error
    except (ValueError, OSError) as error:
        raise Refusal(str(error)) from error
