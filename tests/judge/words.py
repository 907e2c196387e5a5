"""The form of the judge's messages: paragraphs of 80 columns, aligned arrays, no colour needed."""

import inspect
import linecache
import pprint
import textwrap
import traceback
from pathlib import Path

import numpy as np

WIDTH = 80
PAPER = 64  # the most numbers of an array that are printed


def paragraph(text):
    """Wrap one paragraph."""
    return "\n".join(textwrap.wrap(text, WIDTH, break_long_words=False, break_on_hyphens=False))


def clip(line, width=100):
    """One line, cut where it is too long."""
    return line if len(line) <= width else line[: width - 3] + "..."


def value(name, content):
    """A named value, its further lines lined up below the first."""
    if isinstance(content, np.ndarray) and content.size > PAPER:
        text = f"an array of shape {content.shape}, {content.dtype}; too long to print"
    elif isinstance(content, (np.ndarray, np.generic, float)) and np.asarray(content).dtype.kind in "fiub":
        text = _array(np.asarray(content), WIDTH - len(name) - 7)
    elif isinstance(content, np.random.Generator):
        text = "a generator, as np.random.default_rng makes one"
    elif callable(content):
        said = (inspect.getdoc(content) or "a function of the exercise's").partition("\n")[0]
        return textwrap.fill(f"{name}: {said}", WIDTH, initial_indent="    ", subsequent_indent=" " * 8)
    else:
        text = pprint.pformat(_plain(content), width=WIDTH - len(name) - 7, sort_dicts=False)
    first, *others = [line for line in text.splitlines() if line.strip()] or [""]
    lines = [f"    {name} = {first}"] + [" " * (len(name) + 7) + line for line in others]
    return "\n".join(clip(line) for line in lines)


def _plain(content):
    """Arrays inside lists and dictionaries as lists of short numbers."""
    if isinstance(content, np.ndarray) and content.size > PAPER:
        return f"an array of shape {content.shape}"
    if isinstance(content, np.ndarray):
        return np.round(content.astype("float64"), 4).tolist() if content.dtype.kind == "f" else content.tolist()
    if isinstance(content, dict):
        return {key: _plain(value) for key, value in content.items()}
    return type(content)(map(_plain, content)) if isinstance(content, (list, tuple)) else content


def _array(array, width):
    small = size(array) < 1e-3
    if array.dtype.kind == "f" and not small:
        array = np.round(array, 12) + 0.0  # without rounding errors and minus zeros
    return np.array2string(array, precision=4, suppress_small=not small, max_line_width=width, threshold=PAPER + 1)


def size(array):
    """The largest absolute value of an array, 1 if there is none but 0."""
    array = np.asarray(array, "float64")
    return float(np.max(np.abs(array), where=np.isfinite(array), initial=0.0)) or 1.0


def first_difference(given, expected):
    """The first place at which two arrays of one shape differ by more than rounding; None if there is none, or no
    axis."""
    small = 1e-5 if np.asarray(expected).dtype == np.float32 else 1e-9
    wrong = np.argwhere(~np.isclose(given, expected, rtol=small, atol=small * min(1, size(expected)), equal_nan=True))
    return tuple(int(k) for k in wrong[0]) if wrong.size else None


def difference_line(given, expected):
    """Where two arrays of one shape first differ."""
    given, expected, place = np.asarray(given), np.asarray(expected), first_difference(given, expected)
    if place is None:
        return ""
    scale = size(expected)
    return (
        f"First difference at {list(place)}: expected {number(expected[place], scale)}, "
        f"given {number(given[place], scale)}."
    )


def number(value, scale=1.0):
    """A number, with zero for what is only rounding among numbers of this size."""
    return f"{round(float(value) / scale, 12) * scale + 0.0:.10g}" if np.isfinite(value) else f"{float(value)}"


def where_raised(error, path=None):
    """The reader's own line on which an error arose, in words; empty if none was reached."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if frame.filename == str(path) or path is None and not _ours(frame.filename)]
    if isinstance(error, SyntaxError) and error.lineno:
        return line(error.lineno, error.text or "")
    if not own:
        return ""
    return line(own[-1].lineno, own[-1].line or linecache.getline(own[-1].filename, own[-1].lineno or 0))


def line(number, text):
    """A line of the reader's, as it is quoted."""
    return f"    line {number}: {clip(text.strip(), 64)}"


def _ours(filename):
    return Path(filename).parent == Path(__file__).parent


def full_traceback(error):
    """The whole traceback, without the judge's own part of it."""
    trace = error.__traceback__
    while trace and _ours(trace.tb_frame.f_code.co_filename):
        trace = trace.tb_next
    return "".join(traceback.format_exception(type(error), error, trace))
