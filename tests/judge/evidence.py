"""What the judge shows below its first lines: the call, what was expected, and what came."""

import numpy as np

from . import calling, words
from .calling import Outcome
from .form import type_name


def evidence(exercise, answer, case, given, right):
    """The call, its arguments, what was expected and what came."""
    names = calling.argument_names(answer, case)
    options = [f"{key}={getattr(content, '__name__', repr(content))}" for key, content in case.options.items()]
    call = words.paragraph(f"{exercise.name}({', '.join(names + options)}): {case.story}")
    parts = [call + "\n\n" + "\n".join(words.value(name, content) for name, content in zip(names, case.args))]
    shapes_fit = len(given.parts) == len(right.parts) and given.many == right.many and given.error is None
    for k, (name, asked) in enumerate(zip(exercise.gives, right.parts)):
        mine = given.parts[k] if shapes_fit else None
        if shapes_fit and all(calling.same(Outcome((mine,)), Outcome((asked,)))):
            parts.append(f"{name}: right")
            continue
        if shapes_fit and calling.close(mine, asked) and not calling.same_type(mine, np.asarray(asked)):
            types = np.asarray(asked).dtype, type_name(mine)
            parts.append("    {0} as expected: {1}\n    {0} as given:    {2}".format(name, *types))
            continue
        head = f"{name}, " if len(exercise.gives) > 1 else ""
        lines = [words.value(f"{head}expected", np.asarray(asked))]
        if shapes_fit:
            lines.append(words.value(f"{head}given" + " " * 3, mine if mine is None else _shown(mine)))
            if calling.numbers(mine) and np.shape(mine) == np.shape(asked):
                lines.append("    " + words.difference_line(mine, asked))
        parts.append("\n".join(line for line in lines if line.strip()))
    return parts + [words.value(f"{name}, afterwards", left) for name, left in given.changed.items()]


def _shown(part):
    return np.asarray(part) if calling.numbers(part) else part
