"""The judge of the exercises: it compares an answer with the right one and names the mistake."""

import ast
import importlib

from .exercise import Case, Exercise
from .stub import Stub, select, stubs
from .verdict import Verdict, judge, raised
from .words import clip, full_traceback, paragraph


def catalogue(stem):
    """The exercise of a stem such as ``ex03_affine_grid``: its cases and its named wrong answers."""
    return importlib.import_module(f"misconceptions.{stem}").EXERCISE


def judge_stub(stub):
    """Judge what stands in a reader's file."""
    if not stub.touched():
        return Verdict("untouched", _where_to_start(stub))
    try:
        function = stub.load()
    except (Exception, SystemExit) as error:
        return Verdict("wrong", raised(error, f"{stub.shown} does not run:", stub.path), None, full_traceback(error))
    if function is None:
        others = [node.name for node in stub.tree().body if isinstance(node, ast.FunctionDef)]
        defined = f" It defines {', '.join(others)}." if others else ""
        return Verdict("wrong", paragraph(f"{stub.shown} defines no function {stub.name}.{defined}"))
    return judge(catalogue(stub.path.stem), function, stub.path)


def _where_to_start(stub):
    fields, line = stub.fields(), stub.placeholder()
    if stub.name.startswith("bug_"):
        task = f"Mend the code in {stub.shown} and delete line {line}, `raise NotImplementedError`."
    else:
        task = f"Write your answer in {stub.shown}, in place of line {line}, `raise NotImplementedError`."
    return "\n".join([
        paragraph(f"Not begun: {stub.title()}. {task}"),
        paragraph(f"Chapter {stub.chapter}, difficulty {fields.get('Difficulty')}, {fields.get('Size')}. "
                  "Three hints stand at the end of the file. Then, once more:"),
        f"    pytest --ex {stub.name}",
    ])
