"""An exercise that pytest can judge: `{exercise}` with the option `stub`.

The box then links the reader's file, shows the difficulty and length of the answer and the command that judges it, and
has the file's three hints as dropdowns. The answer follows, folded, included from its own file.
"""

import ast
import contextlib
from pathlib import Path

from docutils import nodes
from docutils.parsers.rst import directives
from docutils.statemachine import StringList
from sphinx.application import Sphinx
from sphinx_exercise.directive import ExerciseDirective

from tests.judge import Exercise, Stub, catalogue

ROOT = Path(__file__).resolve().parents[2]
ORDINALS = ("First", "Second", "Third")
FACTS = """
[{path}](/{path}){{.stub-file}} · difficulty {difficulty} · {size}

```console
$ pytest --ex {name}
```
"""
HINT = """
:::{{admonition}} {ordinal} hint
:class: tip dropdown
{text}
:::
"""
ANSWER = """
```{{literalinclude}} /{path}
:pyobject: {name}
:lines: {lines}
:language: python
```
"""


def box(stub: Stub) -> str:
    """The part of the box below the author's own words."""
    fields, path = stub.fields, stub.shown
    facts = FACTS.format(path=path, name=stub.name, difficulty=fields["Difficulty"], size=fields["Size"])
    return facts + "".join(HINT.format(ordinal=ordinal, text=text) for ordinal, text in zip(ORDINALS, stub.hints))


def without_docstring(function: ast.FunctionDef) -> str:
    """The lines of a function, counted from its first, without the docstring, which the stub already shows."""
    first, body = function.lineno - 1, function.body
    if ast.get_docstring(function) is None:
        return "1-"
    return f"1-{body[0].lineno - first - 1},{body[1].lineno - first}-"


def answer(exercise: Exercise, label: str) -> str:
    """The folded answer: the function and its helpers, each from its file."""
    shown = ""
    for name in (exercise.name, *exercise.also):
        path, function = definition(exercise.answer, name)
        shown += ANSWER.format(path=path, name=name, lines=without_docstring(function))
    return f"````{{solution}} {label}\n:class: dropdown\n:label: sol-{label}\n{shown}\n````\n"


def definition(module: str, name: str) -> tuple[str, ast.FunctionDef]:
    """The file of a function, and the function; where the module lacks it, from a module that it imports from."""
    path = module.replace(".", "/") + ".py"
    path = path if (ROOT / path).is_file() else f"tests/{path}"
    body = ast.parse((ROOT / path).read_text("utf8")).body
    for node in body:
        if isinstance(node, ast.FunctionDef) and node.name == name:
            return path, node
    package = module.rpartition(".")[0]
    for node in body:
        if isinstance(node, ast.ImportFrom) and node.level == 1 and node.module:
            with contextlib.suppress(LookupError):
                return definition(f"{package}.{node.module}", name)
    raise LookupError(f"{module}: expected a function {name}, or an import of its module")


class StubExercise(ExerciseDirective):
    """The exercise directive with the option `stub`; without it, sphinx-exercise's own."""

    option_spec = ExerciseDirective.option_spec | {"stub": directives.unchanged_required}

    def run(self):
        if "stub" not in self.options:
            return super().run()
        paths = list((ROOT / "book/exercises").glob(f"ex??_{self.options['stub']}.py"))
        if len(paths) != 1 or not self.options.get("label"):
            raise self.error(f"exercise: expected a stub in book/exercises and a label, got {self.options}")
        stub = Stub(paths[0])
        exercise = catalogue(stub.path.stem)
        self.env.note_dependency(str(stub.path))
        self.env.note_dependency(str(ROOT / "tests/misconceptions" / stub.path.name))
        self.content = self.content + StringList(box(stub).splitlines(), stub.shown)
        return super().run() + self._parsed(answer(exercise, self.options["label"]))

    def _parsed(self, text):
        holder = nodes.Element()
        self.state.nested_parse(StringList(text.splitlines(), self.env.docname), self.content_offset, holder)
        return holder.children


def setup(app: Sphinx) -> dict:
    """Replace sphinx-exercise's directive."""
    app.setup_extension("sphinx_exercise")
    app.add_directive("exercise", StubExercise, override=True)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
