"""The judge's evidence: the call, the expected outputs and the given ones, never more than a screen."""

import numpy as np

from . import calling, words
from .calling import Outcome
from .form import type_name

SCREEN = 22  # lines
FEW = 3  # outputs that are shown each by itself


def evidence(exercise, answer, case, given, right):
    """Paragraphs: the call and its arguments; each output, as expected and as given; arguments that were changed."""
    names = calling.argument_names(answer, case)
    options = [f"{key}={getattr(content, '__name__', repr(content))}" for key, content in case.options.items()]
    call = words.paragraph(f"{exercise.name}({', '.join(names + options)}): {case.story}")
    arguments = [words.value(name, content) for name, content in zip(names, case.args)]
    written = [words.value(f"{name}, afterwards", left) for name, left in given.changed.items()]
    depths = [0] * len(exercise.gives)
    while True:
        outputs = _few([_output(exercise, given, right, k, depth) for k, depth in enumerate(depths)])
        blocks = [call, *arguments, *outputs, *written]
        lines = sum(block.count("\n") + 1 for block in blocks) + 1 + len(outputs) + len(written)
        if lines <= SCREEN or not (_cut(arguments) or _cut(written) or _go_deeper(depths, outputs)):
            return ["\n".join([call, "", *arguments]), *outputs, *written]


def _cut(blocks):
    """Cut the longest of some blocks to its first and last line; whether there was one to cut."""
    k = max(range(len(blocks)), key=lambda k: blocks[k].count("\n"), default=None)
    lines = blocks[k].splitlines() if blocks else []
    if len(lines) < 4:
        return False
    blocks[k] = "\n".join([lines[0], f"        ... ({len(lines) - 2} lines more)", lines[-1]])
    return True


def _go_deeper(depths, outputs):
    """Reduce the longest output to one entry along one more axis; whether that was possible."""
    if len(depths) > FEW:
        return False
    k = max(range(len(outputs)), key=lambda k: outputs[k].count("\n") * (depths[k] < 3))
    if depths[k] > 2 or outputs[k].count("\n") < 3:
        return False
    depths[k] += 1
    return True


def _few(outputs):
    """The first wrong output of many, the next if there is room, and the others in a line or two."""
    if len(outputs) <= FEW:
        return outputs
    right = [shown.removesuffix(": right") for shown in outputs if shown.endswith(": right")]
    wrong = [shown for shown in outputs if not shown.endswith(": right")]
    shown = wrong[: 1 + (sum(block.count("\n") for block in wrong[:2]) < SCREEN / 2)]
    more = len(wrong) - len(shown)
    said = [f"{more} more, not shown: not right"] * bool(more)
    said += [words.paragraph(f"{', '.join(right)}: right")] * bool(right)
    return [*shown, "\n".join(said)] if said else shown


def _output(exercise, given, right, k, depth):
    """An output as expected and as given; of long ones, the part at this depth in which the first difference is."""
    name, asked = exercise.gives[k], np.asarray(right.parts[k])
    fit = len(given.parts) == len(right.parts) and given.many == right.many and given.nested == right.nested
    fit = fit and given.error is None
    mine = given.parts[k] if fit else None
    if fit and all(calling.same(Outcome((mine,)), Outcome((asked,), relative=right.relative))):
        return f"{name}: right" + ", but in the memory of an argument" * (exercise.fresh and k in given.shared)
    if fit and calling.close(mine, asked) and not calling.same_type(mine, asked):
        return f"    {name} as expected: {asked.dtype}\n    {name} as given:    {type_name(mine)}"
    comparable = fit and calling.numbers(mine) and np.shape(mine) == np.shape(asked)
    line = comparable and words.difference_line(mine, asked)
    shown = name if len(exercise.gives) > 1 else ""
    if depth and line:
        place = words.first_difference(mine, asked)[:depth]
        shown, mine, asked = f"{name}{list(place)}", np.asarray(mine)[place], asked[place]
    head = f"{shown}, " * bool(shown)
    lines = [words.value(f"{head}expected", asked)]
    if fit and depth and not comparable:
        lines.append(f"    {head}given    = an object of shape {np.shape(mine)}, {type_name(mine)}")
    elif fit:
        lines.append(words.value(f"{head}given   ", np.asarray(mine) if calling.numbers(mine) else mine))
    return "\n".join(lines + [f"    {line}"] * bool(line))
