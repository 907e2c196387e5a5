"""The program of book/by_hand.py with the reader's own functions in it: python book/by_hand.py --mine.

The judge checks each answer first, and only right ones replace the program's functions. They then call one another:
where the reader's `transform` calls `grid_sample`, it calls the reader's, if there is one. They are trained in a
separate process, because code that is stuck in a compiled loop cannot be stopped from within. Two copies of the program
are trained there with the same seed, and their losses are compared.
"""

import ast
import contextlib
import faulthandler
import importlib.util
import io
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = ROOT / "book" / "by_hand.py"
STEPS, SHORT = 3000, 100  # of --mine, and of yours()
SECONDS, SHORT_SECONDS = 120, 20  # of training, if the reader's functions are much slower than the program's
PATIENCE = 60  # seconds for one step of training: a slow function is not a mistake
EARLY, ROUNDING = 10, 1e-4  # in the first ten steps right answers differ by less than this share of a loss
WIDTH = 24  # of the progress bar
CHILD = "import sys; from book.exercises.mine import child; sys.exit(child())"


def main(folder=None, steps=STEPS, seconds=SECONDS, brief=False):
    """Train the program with the reader's right answers; return 0 if no answer is wrong, else 1.

    Parameters
    ----------
    folder : path or None
        Where the answers are; None for book/exercises.
    steps : int
        How many, at most.
    seconds : float
        For the training; functions that are much slower than the program's take fewer steps.
    brief : bool
        Whether to leave out the table of functions and the picture, for a notebook's cell.
    """
    if str(ROOT) not in sys.path:
        sys.path.insert(0, str(ROOT))
    places, verdicts, files = lines(), {}, {}
    from tests.judge import Bench, stubs

    with Bench() as bench:
        for stub in stubs(folder):
            if stub.name in places:
                files[stub.name] = stub
                verdicts[stub.name] = bench.judge(stub)[0]
    own = [name for name, verdict in verdicts.items() if verdict.status == "right"]
    wrong = [name for name, verdict in verdicts.items() if verdict.status == "wrong"]
    if not brief:
        _print_table(places, files, verdicts)
    for name in wrong:
        print(f"\nNot right yet, so the program's own {name} is used (pytest --ex {name}):\n")
        print(_indented(_shortened(verdicts[name].message) if brief else verdicts[name].message) + "\n")
    print(bar(sum(places[name][1] for name in own), sum(count for _, count in places.values())))
    if not own:
        first = next((files[name] for name in places if name in files and name not in wrong), None)
        print(f"Begin with {first.shown}, for example." if first else "")
        return int(bool(wrong))
    job = {"files": {name: str(files[name].path) for name in own}, "patience": PATIENCE}
    return _train_apart(job | {"steps": steps, "seconds": seconds, "brief": brief}) or int(bool(wrong))


def yours(steps=SHORT, folder=None):
    """Train the program for a few steps with the reader's right answers, and print how the losses compare.

    Parameters
    ----------
    steps : int
        How many.
    folder : path or None
        Where the answers are; None for book/exercises.
    """
    main(folder, steps, SHORT_SECONDS, brief=True)


def lines():
    """For each function of the program that is an exercise, its first line and its number of lines."""
    exercises = {path.stem[5:] for path in Path(__file__).parent.glob("ex[0-9][0-9]_*.py")}
    body = ast.parse(PROGRAM.read_text("utf8")).body
    functions = [node for node in body if isinstance(node, ast.FunctionDef) and node.name in exercises]
    return {node.name: (node.lineno, node.end_lineno - node.lineno + 1) for node in functions}


def bar(done, total):
    """The share of the program's lines that are the reader's, as a bar and in words."""
    full = WIDTH * done // total
    return f"[{'#' * full}{'.' * (WIDTH - full)}] {done} of {total} lines are yours"


def _print_table(places, files, verdicts):
    print("chapter  function                 lines of book/by_hand.py")
    said = {"right": "yours", "untouched": "not begun", "wrong": "not right yet"}
    for name, (first, count) in places.items():
        state = said[verdicts[name].status] if name in verdicts else "no file"
        chapter = files[name].chapter if name in files else ""
        print(f"{chapter:7}  {name:24} {first:3} to {first + count - 1:3}  {state}")
    print("\nData and pictures are given: digits, scatter, report, draw.")


def _indented(text):
    return "\n".join(f"    {line}".rstrip() for line in text.splitlines())


def _shortened(message):
    return message.partition("\n\n")[0]


def _train_apart(job):
    """Train in a second process and print its output, with a reason if it failed; return its exit code."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        trace = Path(folder, "trace")
        trace.touch()
        paths = [str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
        environment = os.environ | {"PYTHONPATH": os.pathsep.join(paths), "PYTHONIOENCODING": "utf8:backslashreplace"}
        process = subprocess.Popen(
            [sys.executable, "-P", "-u", "-c", CHILD, json.dumps(job | {"trace": str(trace)})],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=environment,
            encoding="utf8",
            errors="replace",
        )
        try:
            for line in process.stdout:
                print(line, end="", flush=True)
            code = process.wait()
        finally:
            process.kill()
            process.communicate()
        return _explained(code, trace.read_text("utf8", "replace"), job)


def _explained(code, trace, job):
    """The exit code, after a sentence if the process was stopped, or ended by the reader's code."""
    from tests.judge import paragraph
    from tests.judge.words import line

    if trace.startswith("Timeout"):
        print(paragraph(f"One step of training has not ended after {job['patience']} seconds, and was stopped."))
        for path, number in re.findall(r'File "(.+)", line (\d+)', trace):
            name = next((name for name, own in job["files"].items() if own == path), None)
            if name:
                print(f"It was in your {name}:")
                print(line(int(number), Path(path).read_text("utf8", "replace").splitlines()[int(number) - 1]))
                break
    elif code not in (0, 1):
        print(paragraph(f"Your functions have ended Python itself (exit code {code})."))
    return int(code != 0)


# --- In the second process


def copy(name="by_hand"):
    """A new copy of the program, as a module."""
    spec = importlib.util.spec_from_file_location(name, PROGRAM)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def assembled(files):
    """A copy of the program with the functions of some files, {name: path}, in place of its own."""
    from tests.judge import Stub

    program = copy()
    given = {id(getattr(program, name)): name for name in lines()}
    sys.modules["book.by_hand"] = program  # from which the files import
    modules = {name: Stub(Path(path)).run() for name, path in files.items()}
    for name, module in modules.items():
        setattr(program, name, getattr(module, name))
    for module in modules.values():
        for name, value in list(vars(module).items()):
            if id(value) in given:
                setattr(module, name, getattr(program, given[id(value)]))
    return program


def watch(program, patience, trace):
    """Let no step of training last longer than `patience` seconds: a stuck one writes a trace and ends the process."""
    step = program.training_step

    def training_step(*arguments, **options):
        faulthandler.dump_traceback_later(patience, exit=True, file=trace)
        return step(*arguments, **options)

    for module in {id(one): one for one in (vars(program), getattr(program.train, "__globals__", {}))}.values():
        for name in [name for name, value in module.items() if value is step]:
            module[name] = training_step
    faulthandler.dump_traceback_later(patience, exit=True, file=trace)


def train_both(job, trace):
    """Train the reader's program and the original, and print how their losses compare; 0 if they agree."""
    program, original = assembled(job["files"]), copy("original")
    watch(program, job["patience"], trace)
    steps = _steps_in_time(program, original, job)
    weights, losses = program.train(steps)
    if not job["brief"]:
        faulthandler.dump_traceback_later(20 * job["patience"], exit=True, file=trace)  # all test digits at once
        program.report(weights)
    faulthandler.cancel_dump_traceback_later()
    if not job["brief"]:
        print("\nNow the original, to compare: it prints nothing.")
    with contextlib.redirect_stdout(io.StringIO()):
        _, expected = original.train(steps)
    said, right = compared(losses, expected)
    print(f"\n{said}")
    if not right:
        for name, path in job["files"].items():
            alone = assembled({name: path}).train(EARLY)[1]
            if not compared(alone, original.train(EARLY)[1])[1]:
                print(f"Your {name} alone causes such a difference.")
    return int(not right)


def _steps_in_time(program, original, job):
    """The requested number of steps; fewer if the reader's functions are so slow that they would take too long."""
    seconds = []
    for one in (program, original):
        one.train(1)  # compiles functions that need it
        start = time.perf_counter()
        one.train(2)
        seconds.append((time.perf_counter() - start) / 2)
    if seconds[0] < 4 * seconds[1] or seconds[0] * job["steps"] < job["seconds"]:
        return job["steps"]
    steps = max(2, int(job["seconds"] / seconds[0]))
    print(f"Your functions take {seconds[0]:.2g} seconds a step, the program's own {seconds[1]:.2g}: {steps} steps.")
    return steps


def compared(losses, expected):
    """A sentence on how losses (steps, 2) differ from the original's, and whether rounding explains it."""
    import numpy as np

    from tests.judge import paragraph

    losses = np.asarray(losses)
    if losses.shape != expected.shape:
        return f"The losses have the shape {losses.shape}; the original's have {expected.shape}.", False
    steps, different = len(losses), np.flatnonzero((losses != expected).any(axis=1))
    if not different.size:
        return f"The losses of all {steps} steps are the original's, to the last digit.", True
    first = different[0]
    apart = np.abs(losses - expected) / expected
    since = f"From step {first + 1} on" if first else "From the first step on"
    if apart[:EARLY].max() <= ROUNDING:
        return paragraph(
            f"{since} the losses differ from the original's only by rounding: by "
            f"{apart[:EARLY].max():.0e} of a loss at most in the first {min(EARLY, steps)} steps, where "
            f"{ROUNDING:.0e} is allowed. Training makes such differences grow: after {steps} steps they are "
            f"{apart[-EARLY:].mean():.0e}."
        ), True
    worst = np.unravel_index(np.nan_to_num(apart[:EARLY], nan=np.inf).argmax(), apart[:EARLY].shape)
    return paragraph(
        f"{since} the losses differ from the original's by more than rounding can: in step {worst[0] + 1} "
        f"expected {expected[worst]:.6g}, got {losses[worst]:.6g}."
    ), False


def _raised(error, files):
    """The error that the reader's code raised, with the last of the reader's lines that was reached."""
    from tests.judge.verdict import raised
    from tests.judge.words import full_traceback

    trace = full_traceback(error)
    name, path = max(files.items(), key=lambda one: trace.rfind(f'"{one[1]}"'))
    if f'"{path}"' not in trace:
        return trace
    return raised(error, f"Your {name} raised", Path(path))


def child():
    """Do the job that the command line describes; return the exit code."""
    job = json.loads(sys.argv[1])
    with open(job["trace"], "w") as trace:
        try:
            return train_both(job, trace)
        except (Exception, SystemExit) as error:
            print(_raised(error, job["files"]))
            return 1
        finally:
            faulthandler.cancel_dump_traceback_later()
