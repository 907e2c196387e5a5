"""Judging a reader's file, in this process; `apart` does it in another."""

import ast
import importlib

from . import calling
from .verdict import Verdict, does_not_end, judge, raised
from .words import full_traceback, paragraph, where_raised


def catalogue(stem):
    """The exercise of a stem such as ``ex03_affine_grid``: its cases and its named wrong answers."""
    return importlib.import_module(f"tests.misconceptions.{stem}").EXERCISE


def judge_stub(stub, patience=calling.PATIENCE, watch=calling.UNWATCHED):
    """Judge a reader's file, within `patience` seconds in all, from its first line on.

    All the reader's code runs inside the context manager `watch`, which is entered more than once.
    """
    if verdict := without_running(stub):
        return verdict
    exercise, clock = catalogue(stub.path.stem), calling.Clock(patience)
    try:
        with watch, clock.limit():
            function = stub.load()
    except calling.Late as error:
        return Verdict("wrong", does_not_end(stub.shown, patience, where_raised(error, stub.path)))
    except (Exception, SystemExit) as error:
        return Verdict("wrong", raised(error, f"{stub.shown} does not run:", stub.path), None, full_traceback(error))
    if function is None:
        others = [node.name for node in stub.tree.body if isinstance(node, ast.FunctionDef)]
        defined = f" It defines {', '.join(others)}." if others else ""
        return Verdict("wrong", paragraph(f"{stub.shown} defines no function {stub.name}.{defined}"))
    return judge(exercise, function, stub.path, clock, watch)


def without_running(stub):
    """The verdict on a file that has not been begun, or that Python cannot read; None on any other."""
    if not stub.touched:
        return Verdict("untouched", _where_to_start(stub))
    if stub.unreadable:
        return Verdict("wrong", stub.unreadable)
    return None


def _where_to_start(stub):
    fields, line = stub.fields, stub.placeholder
    if stub.name.startswith("bug_"):
        task = f"Fix the code in {stub.shown} and delete line {line}, `raise NotImplementedError`."
    else:
        task = f"Write your answer in {stub.shown}, in place of line {line}, `raise NotImplementedError`."
    return "\n".join(
        [
            paragraph(f"Not begun: {stub.title}. {task}"),
            paragraph(
                f"Chapter {stub.chapter}, difficulty {fields.get('Difficulty')}, {fields.get('Size')}. "
                "There are three hints at the end of the file. Then, once more:"
            ),
            f"    pytest --ex {stub.name}",
        ]
    )
