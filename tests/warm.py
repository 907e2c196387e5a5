"""A process that has loaded Numba and compiled once, and runs each program in its own child, which saves a second each.

Loading Numba, and what it loads at the first compilation, takes longer than compiling a small kernel. The child loads
the library itself, with the given environment, and shares no compiled kernel with its siblings.
"""

import json
import os
import subprocess
import sys
import traceback


class Warm:
    """A context manager; `run` has the effect of `python -c` in a folder and an environment."""

    def __enter__(self):
        # From any other folder on the path than the child's own, the library could be imported
        self._process = subprocess.Popen(
            [sys.executable, "-P", __file__], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        return self

    def __exit__(self, *error):
        self._process.communicate()

    def run(self, code, folder, environment, written):
        """Run a program; return its exit code, and what it wrote to stdout and to stderr, by two files in `written`."""
        self._process.stdin.write(json.dumps([code, str(folder), environment, str(written)]) + "\n")
        self._process.stdin.flush()
        exit_code = int(self._process.stdout.readline())
        return exit_code, *((written / name).read_text("utf8") for name in ("stdout", "stderr"))


def child(code, folder, environment, written):
    """Run the program in this process."""
    import numba

    for number, name in [(1, "stdout"), (2, "stderr")]:
        os.dup2(os.open(os.path.join(written, name), os.O_CREAT | os.O_WRONLY | os.O_TRUNC), number)
    os.chdir(folder)
    sys.path.insert(0, folder)
    sys.dont_write_bytecode = True
    os.environ.clear()
    os.environ.update(environment)
    numba.config.reload_config()
    try:
        exec(compile(code, "<program>", "exec"), {"__name__": "__main__"})
        status = 0
    except BaseException:
        traceback.print_exc()
        status = 1
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)


def main():
    import numba

    numba.njit(lambda array: array * 2)(__import__("numpy").ones((2, 3)))
    assert not any(name.startswith("stn_numpy") for name in sys.modules)
    for request in sys.stdin:
        if not (number := os.fork()):
            child(*json.loads(request))
        print(os.waitstatus_to_exitcode(os.waitpid(number, 0)[1]), flush=True)


if __name__ == "__main__":
    main()
