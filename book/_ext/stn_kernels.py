"""Kernels that have loaded their packages before they start: each is a child of a process that loaded them once.

Loading torch, matplotlib and IPython takes longer than the cells of most pages. As a program, with names of packages as
its arguments, this is the process that has loaded them. A line on stdin holds a kernel's command, folder and
environment; the answer on stdout is the number of its process. The program ends when stdin does.
"""

import contextlib
import gc
import importlib
import json
import os
import signal
import subprocess
import sys


class Kernel:
    """A kernel's process, as jupyter_client needs it; its parent is another process, which waits for it."""

    stdin = stdout = stderr = None

    def __init__(self, pid):
        self.pid = pid

    def poll(self):
        """None while it runs."""
        try:
            return os.kill(self.pid, 0)
        except ProcessLookupError:
            return 0

    wait = poll  # called when it has ended

    def send_signal(self, number):
        os.kill(self.pid, number)

    def terminate(self):
        self.send_signal(signal.SIGTERM)

    def kill(self):
        self.send_signal(signal.SIGKILL)


class Starter:
    """Starts kernels in place of jupyter_client's `launch_kernel`."""

    def __init__(self, packages):
        command = [sys.executable, "-P", __file__, *packages]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def __call__(self, command, cwd=None, env=None, **_):
        self.process.stdin.write(json.dumps([command, str(cwd or "."), env or dict(os.environ)]) + "\n")
        self.process.stdin.flush()
        return Kernel(int(self.process.stdout.readline()))


def load_before(*packages):
    """From now on, this process's kernels have loaded these packages; where a process cannot fork, nothing changes."""
    from jupyter_client.provisioning import local_provisioner

    if hasattr(os, "fork"):
        local_provisioner.launch_kernel = Starter(packages)


def become_kernel(answer, command, folder, environment):
    """Do in the child what `python -m ipykernel_launcher` does in a process of its own."""
    from ipykernel import kernelapp

    os.setsid()
    os.write(answer, b"%d\n" % os.getpid())
    os.close(answer)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = command[command.index("ipykernel_launcher") :]
    kernelapp.launch_new_instance(sys.argv[1:])


def main():
    answer = os.dup(1)
    os.dup2(2, 1)  # for what packages and kernels print
    # What a kernel sets, or asks for, before it loads packages
    os.environ |= dict(MPLBACKEND="module://matplotlib_inline.backend_inline", JPY_PARENT_PID=str(os.getpid()))
    for name in ("ipykernel.kernelapp", *sys.argv[1:]):
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    gc.freeze()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # children that have ended are forgotten
    for line in sys.stdin:
        if not os.fork():
            become_kernel(answer, *json.loads(line))
            break


if __name__ == "__main__":
    main()
